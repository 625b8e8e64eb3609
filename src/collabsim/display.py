"""How numbers are shown to people: an outcome's unit decides the scale, the decimals and the words.

Shares are shown in per cent and rates per 100 posts, because most readers find 71% easier than 0.712.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from collabsim.analysis.differences import Difference, Estimate
from collabsim.outcomes import Outcome

NONE = "–"
"""Where there is no number."""

MINUS = "−"


@dataclass(frozen=True)
class Scale:
    """How the numbers of one unit are shown.

    Attributes
    ----------
    unit : str
        What an axis or a heading says.
    factor : float
        What a number is multiplied with.
    decimals : int
    after : str
        What follows a level in a sentence.
    after_change : str
        What follows a difference of two levels in a sentence.
    """

    unit: str
    factor: float
    decimals: int
    after: str = ""
    after_change: str = ""

    def level(self, value: float) -> str:
        """A level, as in 71.2%."""
        return self.bare(value) + self.after

    def bare(self, value: float) -> str:
        """A level without its unit, as in 71.2."""
        return number(value * self.factor, self.decimals)

    def change(self, value: float) -> str:
        """A difference with its sign, as in +16.7."""
        return number(value * self.factor, self.decimals, signed=True)

    def size(self, value: float) -> str:
        """How large a difference is, without its sign, as in 16.7 points."""
        return number(abs(value) * self.factor, self.decimals) + self.after_change

    def half_width(self, found: Estimate) -> str:
        """Half an interval's width, as in ±1.2."""
        half = found.half_width
        return f"±{number(half * self.factor, self.decimals)}" if math.isfinite(half) else NONE

    def interval(self, found: Estimate, *, signed: bool = False) -> str:
        """An interval's ends, as in 15.5 to 17.9."""
        return interval(found.low * self.factor, found.high * self.factor, self.decimals, signed=signed)


_SCALES = {
    "0-1": Scale("scale from 0 to 1", 1, 3),
    "share": Scale("%", 100, 1, "%", " points"),
    "per post-year": Scale("per 100 posts a year", 100, 1, " per 100 posts a year", " per 100 posts a year"),
    "months": Scale("months", 1, 1, " months", " months"),
    "weeks": Scale("weeks", 1, 1, " weeks", " weeks"),
    "per case": Scale("per case", 1, 2, " per case", " per case"),
    "SD": Scale("standard deviations", 1, 2, " SD", " SD"),
    "£ a year": Scale("£ a year", 1, 0, " £ a year", " £ a year"),
    "£": Scale("£", 1, 0, " £", " £"),
}


def scale(outcome: Outcome) -> Scale:
    """How an outcome's numbers are shown."""
    return _SCALES[outcome.unit]


# --- what a mean leaves out ---------------------------------------------------------------------


def known(outcome: Outcome, found: Estimate, replicates: int) -> str:
    """Of how many replicates a mean is, where some have no number; nothing where all have one.

    Examples
    --------
    >>> from collabsim.outcomes import OUTCOME
    >>> known(OUTCOME["recovery"], Estimate(117.6, 103.4, 131.8, 70.5, 97), 100)
    'of 97 of 100 replicates; 3 did not recover'
    """
    if found.n == replicates:
        return ""
    return "; ".join([_of(found.n, replicates, "replicates"), *_left_out("", outcome, found, replicates)])


def known_pairs(outcome: Outcome, found: Difference, replicates: int) -> str:
    """The same of a paired difference, and of the two means that it stands beside."""
    if found.difference.n == replicates:
        return ""
    sides = (("base: ", found.base), ("other: ", found.other))
    lacking = [words for who, side in sides for words in _left_out(who, outcome, side, replicates)]
    return "; ".join([_of(found.difference.n, replicates, "pairs"), *lacking])


def _of(n: int, replicates: int, what: str) -> str:
    return f"of {n:,} of {replicates:,} {what}" if n else f"in none of {replicates:,} {what}"


def _left_out(who: str, outcome: Outcome, found: Estimate, replicates: int) -> list[str]:
    """How many have no number and why; where none has one the reason may be another, and a dash says enough."""
    return [f"{who}{replicates - found.n:,} {outcome.lacking}"] if 0 < found.n < replicates else []


# --- numbers and words --------------------------------------------------------------------------


def number(value: float, decimals: int, *, signed: bool = False) -> str:
    """A number with thousands separators and a true minus; a dash where there is none; never minus zero."""
    if not math.isfinite(value):
        return NONE
    rounded = round(value, decimals) + 0.0
    text = f"{rounded:+,.{decimals}f}" if signed and rounded else f"{rounded:,.{decimals}f}"
    return text.replace("-", MINUS)


def interval(low: float, high: float, decimals: int, *, signed: bool = False) -> str:
    """The ends of an interval."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return NONE
    return f"{number(low, decimals, signed=signed)} to {number(high, decimals, signed=signed)}"


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{number(100 * share, 0)}%" if math.isfinite(share) else NONE


def percent_interval(found: Estimate) -> str:
    """The ends of a share's interval in whole per cent."""
    return f"{percent(found.low)} to {percent(found.high)}"


def listed(words: Sequence[str]) -> str:
    """Words with commas and an 'and'."""
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else "".join(words)


def begun(sentence: str) -> str:
    """A sentence with its first letter made large."""
    return sentence[:1].upper() + sentence[1:]
