"""What a budget buys, in sentences that are computed from the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from collabsim import display
from collabsim.analysis.counts import counted
from collabsim.outcomes import find_scalar

if TYPE_CHECKING:
    from collabsim.analysis.value import Value

SURE, LIKELY = 0.95, 0.5
"""From which chance of being first a lever is said to be first, and likely first."""

PARTS = {
    "cash": "in cash",
    "time": "in staff time",
    "funder": "given up by the funder",
    "setup": "for set-up",
}
"""The sums a year that a lever takes, which £10,000 are counted of, and how a sentence says each."""

COUNTED = (
    "The £10,000 are cash, staff time, what the funder gives up and nobody pays, and set-up spread over the years, "
    "all together."
)


def sentences(found: Value) -> Iterator[str]:
    """The answer, a sentence or two for each budget, and what has no price."""
    for budget in found.budgets:
        rows = found.table[found.table["budget"] == budget].to_dict("records")
        yield _first(found, budget, [row for row in rows if row["clear"]])
    yield COUNTED
    yield from _harmful(found)
    if found.unpriced:
        yield f"Nobody has priced {display.listed(list(found.unpriced))}: not free, but left as they are."


def _first(found: Value, budget: float, clear: list[dict[Any, Any]]) -> str:
    title = find_scalar(found.outcome)[0].title.lower()
    start = f"With £{budget:,.0f} a year"
    if not clear:
        return f"{start}: cannot tell, as no lever's gain in {title} can be told from nothing."
    best = clear[0]
    chance, most = best["p_first"], max(clear, key=lambda row: row["p_most"])
    what = f"most improvement in {title} per £10,000"
    often = counted(most["p_most"], found.worlds)
    largest = f"The largest for the whole sum is most often that of {most['lever']}, in {often}."
    if chance >= LIKELY:
        likely = "" if chance >= SURE else "likely "
        return f"{start} {what} {likely}comes from {best['lever']}: first in {counted(chance, found.worlds)}. {largest}"
    names = [
        f"{row['lever']} in {counted(row['p_first'], found.worlds, level=False)}"
        for row in clear[:3]
        if row["p_first"] > 0
    ]
    return f"{start}: cannot tell what gives {what}. First, with 95% intervals: {display.listed(names)}. {largest}"


def _harmful(found: Value) -> Iterator[str]:
    worst = found.table[(found.table["budget"] == found.budgets[-1]) & (found.table["high"] < 0)]
    if len(worst):
        names = display.listed([str(name) for name in worst["lever"]])
        title = find_scalar(found.outcome)[0].title.lower()
        yield f"Money that makes {title} worse, surely: {names} at £{found.budgets[-1]:,.0f} a year."


def about(found: Value) -> str:
    """Of how much the answer is made."""
    return (
        f"{found.outcome}: {found.worlds} worlds (prices and uncertainties drawn from their ranges), "
        f"{found.replicates} replicates each, {found.runs:,} runs"
    )
