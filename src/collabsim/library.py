"""Finds what CollabSim ships: scenarios and experiments, in a checkout or an installed package."""

from __future__ import annotations

import re
from pathlib import Path

from collabsim.checks import nearest, shown

_PACKAGE = Path(__file__).resolve().parent
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")

LESSONS = "dashboards/lessons"
"""The folder of shipped lessons, below a root."""

SCENARIO_GROUPS = {
    "Reference": "where every comparison starts",
    "Funding": "how long money lasts, what strings it has, who competes for it",
    "Place": "where partners work, how far apart they are, and how many",
    "Leadership": "sponsors, project managers, key workers and brokers",
    "Structures": "boards, seats and alliances, agreements and joined-up services",
    "Learning": "training, reflection, evaluation, shared purpose and ways of talking",
    "Shocks": "what happens to a partnership one day",
}
"""The groups of shipped scenarios, in the order of the tour; each has a folder of its name in small letters."""


def shipped_roots() -> tuple[Path, Path]:
    """Where shipped folders may be: inside an installed package, or at a checkout's root."""
    return _PACKAGE / "_shipped", _PACKAGE.parents[1]


def shipped_folder(kind: str) -> Path:
    """The folder of shipped files of a kind, such as ``scenarios``."""
    installed, checkout = shipped_roots()
    return installed / kind if installed.is_dir() else checkout / kind


def shipped_files(kind: str) -> dict[str, Path]:
    """The shipped files of a kind, by name in alphabetical order; they stand in its folder or one folder below.

    Lessons are Markdown files, all others TOML.

    A name is unique whatever its folder, so that nobody needs to know where a file stands.
    """
    folder = shipped_folder(kind)
    ending = "md" if kind == LESSONS else "toml"
    files = [*folder.glob(f"*/*.{ending}"), *folder.glob(f"*.{ending}")]
    return {path.stem: path for path in sorted(files, key=lambda path: path.stem)}


def shipped_names(kind: str) -> list[str]:
    """Names of the shipped files of a kind, in alphabetical order."""
    return list(shipped_files(kind))


def is_shipped(path: Path) -> bool:
    """Whether a file stands where shipped files stand."""
    kinds = ("scenarios", "experiments", LESSONS)
    folders = {root / kind for root in shipped_roots() for kind in kinds}
    return bool({path.parent, path.parent.parent} & folders)


def shipped_path(kind: str, name: str) -> Path:
    """The file of a shipped name. A name is a word, never a path.

    Raises
    ------
    LookupError
        When nothing of that name is shipped; the message names the nearest.
    """
    files = shipped_files(kind) if is_name(name) else {}
    if name in files:
        return files[name]
    raise LookupError(f"There is no {_one(kind)} called {shown(name)}{_meant(kind, name)}")


_RUNS = {"scenarios": "run", "experiments": "sweep"}
"""The command that runs what is of a kind."""


def _meant(kind: str, name: str) -> str:
    """A hint at what was meant, which may be of the other kind; else what there is."""
    names = shipped_names(kind)
    others = {other: shipped_names(other) for other in _RUNS if kind in _RUNS and other != kind}
    for other, theirs in others.items():
        a = "an" if _one(other)[0] in "aeiou" else "a"
        if name in theirs:
            return f": it is {a} {_one(other)}, which 'collabsim {_RUNS[other]}' runs"
        hint = nearest(name, [*names, *theirs])
        if hint and nearest(name, names) != hint:
            return hint.replace("mean ", f"mean the {_one(other)} ", 1)
    return nearest(name, names) or _known(kind, names)


def _one(kind: str) -> str:
    """What one file of a kind is called."""
    return kind.rpartition("/")[2].removesuffix("s")


def _known(kind: str, names: list[str]) -> str:
    """What there is instead, where that fits a sentence."""
    if len(names) > 20:
        return f"; 'collabsim {kind}' lists them" if kind == "scenarios" else f"; there are {len(names)}"
    return f"; there are {', '.join(names) or 'none'}"


def is_name(text: str) -> bool:
    """Whether a text can be a shipped name: letters, digits, hyphens and underscores."""
    return _NAME.fullmatch(text) is not None


def scenario_names() -> list[str]:
    """Names of the shipped scenarios, in alphabetical order."""
    return shipped_names("scenarios")


def scenario_path(name: str) -> Path:
    """The file of a shipped scenario.

    Raises
    ------
    LookupError
        When there is none of that name.
    """
    return shipped_path("scenarios", name)
