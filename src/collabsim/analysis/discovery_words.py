"""What a scenario discovery found, in sentences that are computed from its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from collabsim import display
from collabsim.display import percent
from collabsim.outcomes import find_scalar
from collabsim.parameters import PARAMETER

if TYPE_CHECKING:
    from collabsim.analysis.discovery import Discovery, Found, Limit

SURE = 0.5
"""A limit that fewer resamples than this share find again is said to be unsure."""


def sentences(found: Discovery) -> Iterator[str]:
    """The answer: one sentence for each box that can be told, and what stays open."""
    if found.hits in (0, found.runs):
        yield _no_difference(found)
        return
    told = [box for box in found.boxes if box.told]
    for number, box in enumerate(told):
        yield _box(found, box, first=number == 0)
        yield from _doubt(box)
    if not told:
        yield (
            f"Cannot tell where: {found.where.words} in {_runs(found.hits, found.runs)} overall, and no corner of "
            "what was varied is surely denser on rows that were not used to find it."
        )
        return
    covered = sum(box.quality.hits for box in told) / found.hits
    yield (
        f"Together they hold {percent(covered)} of all runs with {found.where.words}."
        if len(told) > 1
        else (
            f"The other {percent(1 - covered)} of runs with {found.where.words} lie outside; no second corner can be told."
        )
    )


def _no_difference(found: Discovery) -> str:
    all_or_none = "all" if found.hits else "none"
    return (
        f"Cannot tell where: {all_or_none} of the {found.runs:,} runs have {found.where.words}. Another threshold "
        "would tell them apart."
    )


def _box(found: Discovery, box: Found, first: bool) -> str:
    what = display.begun(found.where.words)
    place = display.listed([limit_words(limit) for limit in box.limits])
    q = box.quality
    against = f", against {_runs(found.hits, found.runs)} overall" if first else ""
    also = "" if first else "also "
    return (
        f"{what} is {also}found where {place}: in {_runs(q.hits, q.runs)} there{against} "
        f"({percent(box.unseen)} on rows not used to find such a corner, {_range(box)}). "
        f"That corner is {percent(q.mass)} of all runs and holds {percent(q.coverage)} of those."
    )


def _doubt(box: Found) -> Iterator[str]:
    unsure = [limit for limit in box.limits if limit.reproducibility < SURE]
    if unsure:
        names = display.listed([f"{limit.factor} ({percent(limit.reproducibility)})" for limit in unsure])
        yield f"Unsure: fewer than half of the resamples limit {names} again."


def limit_words(limit: Limit) -> str:
    """A limit in words, as in "funding.grant_months is under 18 months (length of a grant ...)"."""
    if limit.side == "values":
        assert isinstance(limit.value, tuple)
        return f"{limit.factor} is {_either(limit.value)}{_meaning(limit.factor)}"
    assert isinstance(limit.value, float)
    sign = "under" if limit.side == "high" else "over"
    return f"{limit.factor} is {sign} {number(limit.factor, limit.value)}{_meaning(limit.factor)}"


def _either(values: tuple[str, ...]) -> str:
    words = {"True": "on", "False": "off"}
    named = [words.get(value, value) for value in values]
    return " or ".join(named)


def number(factor: str, value: float) -> str:
    """A value with its unit, where the unit is a word that can follow it."""
    unit = PARAMETER[factor].unit if factor in PARAMETER else ""
    follows = unit[:1].isalpha() and unit not in (
        "share",
        "weight",
        "ratio",
        "exponent",
        "probability",
        "logit",
    )
    return f"{value:,.3g} {unit}" if follows else f"{value:,.3g}"


def _meaning(factor: str) -> str:
    if factor not in PARAMETER:
        return ""
    words = PARAMETER[factor].meaning
    for mark in (";", ":"):
        words = words.split(mark)[0]
    return f" ({words.strip()})"


def _runs(hits: float, runs: float) -> str:
    """What was counted, and its share."""
    return f"{hits:,.0f} of {runs:,.0f} runs ({percent(hits / runs)})"


def _range(box: Found) -> str:
    return f"95% interval {percent(box.unseen_low)} to {percent(box.unseen_high)}"


def heading(found: Discovery) -> str:
    """What was asked and of how much."""
    outcome, _ = find_scalar(found.where.outcome)
    return (
        f"{outcome.title}: {found.where} in {found.hits:,} of {found.runs:,} runs "
        f"({found.rows:,} rows, {len(found.factors)} factors)"
    )
