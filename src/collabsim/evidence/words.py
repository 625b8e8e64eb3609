"""The crosswalk in words, for the terminal and for the documentation."""

from __future__ import annotations

import math
from collections.abc import Mapping

from collabsim.display import Scale, interval, number, scale
from collabsim.evidence.comparison import changes
from collabsim.evidence.crosswalk import Move
from collabsim.evidence.figures import READ, Figure, Verdict
from collabsim.outcomes import OUTCOME
from collabsim.parameters import Value

VERDICTS: Mapping[Verdict, str] = {
    "holds": "as expected",
    "reversed": "the other way",
    "no effect": "no effect",
    "cannot tell": "cannot tell",
    "moves": "it moves",
}
"""What is said of an arrow."""

AGAINST = {
    "defaults": "everything at its default",
    "no policy": "its own baseline",
    "no events": "itself without its events",
}

PERIODS = {"last": "the last year", "year_1": "year 1", "year_3": "year 3", "year_5": "year 5"}
"""Periods other than the usual one, all six years."""


def moved(move: Move) -> str:
    """What a move compares: parameters from here to there, or a scenario with another."""
    values = "; ".join(_change(*change) for change in changes(move))
    if move.base:
        return f"{move.base}: {values}"
    if not move.against:
        return f"{move.scenario}: {values}"
    against = AGAINST.get(move.against, move.against)
    return f"{move.scenario} against {against}" + (f", both with {values}" if values else "")


def _change(name: str, before: Value, after: Value) -> str:
    return f"{name} {_plain(after)}" if before == after else f"{name} {_plain(before)} to {_plain(after)}"


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:,g}".replace("-", "−") if isinstance(value, float) else str(value)


def measured(figure: Figure) -> str:
    """The mean difference and its interval in the outcome's usual scale, as in +3.1 (2.7 to 3.5) points."""
    shown = _scale(figure)
    low, high = figure.low * shown.factor, figure.high * shown.factor
    decimals = shown.decimals
    while min(abs(low), abs(high)) > 0 and round(min(abs(low), abs(high)), decimals) == 0 and decimals < 6:
        decimals += 1
    change = number(figure.change * shown.factor, decimals, signed=True)
    return f"{change} ({interval(low, high, decimals, signed=True)}){shown.after_change}"


def started(figure: Figure) -> str:
    """The mean before the move."""
    shown = _scale(figure)
    return shown.level(figure.before) if math.isfinite(figure.before) else "–"


def _scale(figure: Figure) -> Scale:
    if figure.outcome in OUTCOME:
        return scale(OUTCOME[figure.outcome])
    if READ[figure.outcome].unit == "a week":
        return Scale("a week", 1, 3, " a week", " a week")
    return scale(READ[figure.outcome])


def title(figure: Figure) -> str:
    """The outcome's title."""
    return READ[figure.outcome].title
