"""Finds what CollabSim ships: scenarios and experiments, in a checkout or an installed package."""

from __future__ import annotations

import re
from pathlib import Path

from collabsim.checks import nearest, shown

_PACKAGE = Path(__file__).resolve().parent
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def shipped_roots() -> tuple[Path, Path]:
    """Where shipped folders may be: inside an installed package, or at a checkout's root."""
    return _PACKAGE / "_shipped", _PACKAGE.parents[1]


def shipped_folder(kind: str) -> Path:
    """The folder of shipped files of a kind, such as ``scenarios``."""
    installed, checkout = shipped_roots()
    return installed / kind if installed.is_dir() else checkout / kind


def shipped_names(kind: str) -> list[str]:
    """Names of the shipped files of a kind, in alphabetical order."""
    return sorted(path.stem for path in shipped_folder(kind).glob("*.toml"))


def shipped_path(kind: str, name: str) -> Path:
    """The file of a shipped name. A name is a word, never a path.

    Raises
    ------
    LookupError
        When nothing of that name is shipped; the message names the nearest.
    """
    path = shipped_folder(kind) / f"{name}.toml"
    if is_name(name) and path.is_file():
        return path
    names = shipped_names(kind)
    hint = nearest(name, names) or f"; there are {', '.join(names) or 'none'}"
    raise LookupError(f"There is no {kind.removesuffix('s')} called {shown(name)}{hint}")


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
