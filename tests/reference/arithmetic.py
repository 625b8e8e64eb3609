"""The few functions that the declaration's equations use, and its numbering of draws by year and turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, floor, log


def clip(x: float, low: float, high: float) -> float:
    """Return x held between low and high."""
    return min(max(x, low), high)


def logistic(z: float) -> float:
    """Return 1 / (1 + e^-z)."""
    return 1 / (1 + exp(-z))


def logit(p: float) -> float:
    """Return the log odds of a probability."""
    return log(p / (1 - p))


def chance(hazard: float) -> float:
    """Return the probability that an event of this hazard happens: P(h)."""
    return 1 - exp(-hazard)


def poisson(u: float, mean: float) -> int:
    """Return the smallest count whose distribution function exceeds u, at most 20."""
    term = reached = exp(-mean)
    count = 0
    while u >= reached and count < 20:
        count += 1
        term *= mean / count
        reached += term
    return count


def joined(first: int, width: int, rest: int) -> float:
    """Return a draw between 0 and 1 of 53 bits: `width` of them are given, the others begin the word `rest`."""
    return ((first << 53 - width | rest >> 11 + width) + 0.5) * 2.0**-53


def below(chance: float, first: int, rest: Callable[[], int]) -> bool:
    """Tell whether a draw that begins with these 16 bits is below a chance; the other bits are seldom asked for."""
    least = first * 2.0**-16
    if least < chance < least + 2.0**-16:
        return joined(first, 16, rest()) < chance
    return least < chance


def weeks(months: float) -> int:
    """Return a time in months as whole weeks."""
    return floor(months * 52 / 12 + 0.5)


def is_month_end(week: int) -> bool:
    """Tell whether a week is its month's last."""
    return (week + 1) * 12 // 52 != week * 12 // 52


def is_quarter_end(week: int) -> bool:
    """Tell whether a week is its quarter's last."""
    return (week + 1) % 13 == 0


@dataclass(slots=True)
class Turns:
    """The year of the last of some occasions, and which of that year's it was. Year -1 is the founding."""

    year: int = -1
    turn: int = 0

    def take(self, week: int) -> None:
        """Another occasion, in or for this week."""
        year = week // 52
        self.turn = self.turn + 1 if year == self.year else 0
        self.year = year
