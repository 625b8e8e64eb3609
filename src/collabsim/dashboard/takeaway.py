"""Files that visitors take away: data as CSV, the scenario as TOML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from collabsim import display, outcomes
from collabsim.analysis.differences import estimate, paired
from collabsim.analysis.samples import kept
from collabsim.dashboard.frames import by_quarter, course_of
from collabsim.dashboard.live import Picture
from collabsim.outcomes import MONTHLY
from collabsim.provenance import NOTE, identity
from collabsim.scenario_text import to_toml

MENU = [
    {"kind": "courses", "title": "Download courses (CSV)"},
    {"kind": "outcomes", "title": "Download differences (CSV)"},
    {"kind": "scenario", "title": "Download scenario (TOML)"},
]

CHANGED = (
    "Nothing was downloaded, because what is chosen has just changed: try again once its figure is there."
)


def menu(titles: Sequence[str]) -> list[dict[str, str]]:
    """What can be taken away of several scenarios: as in `MENU`, with a file for each of them."""
    files = [
        {"kind": f"scenario-{number}", "title": f"Download “{title}” (TOML)"}
        for number, title in enumerate(titles, 1)
    ]
    return [*MENU[:-1], *files]


def file(kind: str, picture: Picture) -> dict[str, str]:
    """A file of one of the kinds in `MENU` or `menu`: name, text, media type.

    Raises
    ------
    LookupError
        When there is no such kind.
    """
    wish = picture.wish
    count = picture.done  # looked at once: more replicates may come while a file is written
    if kind == "scenario":
        return _file(f"{wish.current.name}.toml", to_toml(wish.current), "application/toml")
    if kind in (kinds := [f"scenario-{number}" for number in range(1, len(wish.scenarios) + 1)]):
        number = kinds.index(kind)
        return _file(
            f"{_different(picture)[number]}.toml", to_toml(wish.scenarios[number]), "application/toml"
        )
    if kind == "outcomes":
        return _file(
            f"{wish.current.name}-differences.csv",
            _csv(_differences(picture, count), picture, count),
            "text/csv",
        )
    if kind == "courses":
        return _file(
            f"{wish.current.name}-courses.csv", _csv(_courses(picture, count), picture, count), "text/csv"
        )
    raise LookupError(f"There is no file of the kind {kind}")


def _file(name: str, text: str, media: str) -> dict[str, str]:
    return {"name": name, "text": text, "kind": media}


def _csv(rows: Iterable[Sequence[object]], picture: Picture, count: int) -> str:
    """Rows under a line that says where they come from."""
    about = identity(picture.wish.scenarios, picture.wish.seed)
    digests = " and ".join(scenario["digest"][:12] for scenario in about["scenarios"])
    text = io.StringIO()
    text.write(
        f"# CollabSim {about['version']}; seed {about['seed']}; {count} replicates; "
        f"scenarios {digests}. {NOTE}\n"
    )
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _names(picture: Picture) -> list[str]:
    """What the scenarios are called in a file: baseline and current, or each by its own name, made different."""
    found = [scenario.name for scenario in picture.wish.scenarios]
    return ["baseline", "current"] if len(set(found)) == 1 and len(found) == 2 else _different(picture)


def _different(picture: Picture) -> list[str]:
    """The scenarios' names, with a number where one comes again."""
    found = [scenario.name for scenario in picture.wish.scenarios]
    return [name if found.index(name) == k else f"{name}-{k + 1}" for k, name in enumerate(found)]


def _differences(picture: Picture, count: int) -> Iterable[Sequence[object]]:
    """Every scalar of the base and of each other scenario, and their paired differences."""
    ends = ("mean", "low", "high")
    columns = [f"{who}_{end}" for who in ("baseline", "scenario", "difference") for end in ends]
    yield ["outcome", "unit", "scenario", *columns, "replicates", "of", "left_out"]
    names = _names(picture)
    samples = [kept(r.runs, s) for r, s in zip(picture.replicates, picture.wish.scenarios, strict=True)]
    for name in samples[0].scalars:
        for who, sample in zip(names[1:], samples[1:], strict=True):
            found = paired(samples[0].scalars[name][:count], sample.scalars[name][:count])
            three = (found.base, found.other, found.difference)
            numbers = (number for e in three for number in (e.mean, e.low, e.high))
            outcome = outcomes.find_scalar(name)[0]
            left_out = display.known_pairs(outcome, found, count)
            yield [name, outcome.unit, who, *numbers, found.difference.n, count, left_out]


def _courses(picture: Picture, count: int) -> Iterable[Sequence[object]]:
    yield [
        "outcome",
        "unit",
        "scenario",
        "quarter",
        "year",
        "mean",
        "low_10",
        "high_90",
        "interval_low",
        "interval_high",
    ]
    for outcome in MONTHLY:
        for who, replicates in zip(_names(picture), picture.replicates, strict=True):
            values = by_quarter(outcome, replicates.runs)[:count]
            yield from _course(outcome, who, values, picture.wish.base.burn_in_years)


def _course(
    outcome: outcomes.Outcome, who: str, values: np.ndarray, burn_in: int
) -> Iterable[Sequence[object]]:
    course = course_of(values)
    none = np.full(values.shape[1], np.nan)
    low, high = course.get("low", none), course.get("high", none)
    for quarter in range(values.shape[1]):
        found = estimate(values[:, quarter])
        yield [
            outcome.name, outcome.unit, who, quarter, (quarter + 0.5) / 4 - burn_in,
            course["mean"][quarter], low[quarter], high[quarter], found.low, found.high,
        ]  # fmt: skip
