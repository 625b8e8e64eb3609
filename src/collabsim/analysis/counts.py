"""How often something was counted among drawn worlds, said as it was counted: 8 of 24 worlds, never 33 of 100.

Worlds are few, so their share has a wide interval. Wilson's keeps to its level where few worlds are drawn, and where
something holds in all of them or in none. Ties share a place, so a count may hold halves. Worlds of a Latin hypercube lie
more evenly than independent ones, for which the interval is made: it is rather too wide than too narrow.

References
----------
Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
Statistical Association 22, 209-212.
Brown, L. D., Cai, T. T. and DasGupta, A. (2001). Interval estimation for a binomial proportion. Statistical Science 16,
101-133.
"""

from __future__ import annotations

import math

from collabsim.display import percent

_Z = 1.959963984540054
"""The normal quantile of a 95% interval."""


def wilson(share: float, of: int) -> tuple[float, float]:
    """The 95% interval of a share that was counted among `of` draws."""
    centre = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    half = _Z / (1 + _Z**2 / of) * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def number(share: float, of: int) -> str:
    """The count itself, with a decimal where ties were shared."""
    return f"{round(share * of, 1):g}"


def counted(share: float, of: int, what: str = "worlds", *, level: bool = True) -> str:
    """A count with its interval, as in 8 of 24 worlds (95% interval 18% to 53%).

    Parameters
    ----------
    share : float
    of : int
        How many were drawn.
    what : str
    level : bool
        Whether to say that the interval is a 95% interval.
    """
    low, high = wilson(share, of)
    said = "95% interval " if level else ""
    return f"{number(share, of)} of {of:,} {what} ({said}{percent(low)} to {percent(high)})"
