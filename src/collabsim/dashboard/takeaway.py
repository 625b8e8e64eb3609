"""Files that visitors take away: data as CSV, the scenario as TOML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from collabsim import outcomes
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


def file(kind: str, picture: Picture) -> dict[str, str]:
    """A file of one of the kinds in `MENU`: name, text, media type.

    Raises
    ------
    LookupError
        When there is no such kind.
    """
    wish = picture.wish
    if kind == "scenario":
        return _file(f"{wish.current.name}.toml", to_toml(wish.current), "application/toml")
    if kind == "outcomes":
        return _file(f"{wish.current.name}-differences.csv", _csv(_differences(picture), picture), "text/csv")
    if kind == "courses":
        return _file(f"{wish.current.name}-courses.csv", _csv(_courses(picture), picture), "text/csv")
    raise LookupError(f"There is no file of the kind {kind}")


def _file(name: str, text: str, media: str) -> dict[str, str]:
    return {"name": name, "text": text, "kind": media}


def _csv(rows: Iterable[Sequence[object]], picture: Picture) -> str:
    """Rows under a line that says where they come from."""
    about = identity([picture.wish.base, picture.wish.current], picture.wish.seed)
    digests = " and ".join(scenario["digest"][:12] for scenario in about["scenarios"])
    text = io.StringIO()
    text.write(
        f"# CollabSim {about['version']}; seed {about['seed']}; {picture.current.done} replicates; "
        f"scenarios {digests}. {NOTE}\n"
    )
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _differences(picture: Picture) -> Iterable[Sequence[object]]:
    base, now = kept(picture.base.runs, picture.wish.base), kept(picture.current.runs, picture.wish.current)
    ends = ("mean", "low", "high")
    yield [
        "outcome",
        *(f"{who}_{end}" for who in ("baseline", "current", "difference") for end in ends),
        "replicates",
    ]
    for name in now.scalars:
        if name in base.scalars:
            count = picture.current.done
            found = paired(base.scalars[name][:count], now.scalars[name][:count])
            three = (found.base, found.other, found.difference)
            yield [name, *(number for e in three for number in (e.mean, e.low, e.high)), found.difference.n]


def _courses(picture: Picture) -> Iterable[Sequence[object]]:
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
        base = by_quarter(outcome, picture.base.runs)
        for who, values in (("baseline", base), ("current", by_quarter(outcome, picture.current.runs))):
            yield from _course(outcome, who, values, picture.wish.current.burn_in_years)


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
