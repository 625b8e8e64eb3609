"""Statistics of many replicates from sums of each, with an interval by leaving one replicate out at a time.

A rate, a ratio, a correlation or a standardised difference of all replicates together is a function of sums, and
sums without one replicate are those of all less its own. So the jackknife (Efron & Stein 1981) costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from collabsim.analysis.differences import LEVEL, Estimate
from collabsim.analysis.student import t_quantile

Statistic = Callable[[np.ndarray], float]


@dataclass(frozen=True)
class Bound(Estimate):
    """A number that lies beyond what the runs show (it is censored): `mean` is a bound, not the number.

    Attributes
    ----------
    censored : str
        Why, in words. The bound is a lower one where `high` is infinite, an upper one where `low` is; where both
        are, nothing is known and `mean` is NaN.
    """

    censored: str


def jackknife(statistic: Statistic, pieces: np.ndarray) -> Estimate:
    """A statistic of the sum of all pieces, with its jackknife interval.

    Parameters
    ----------
    statistic : callable
        Takes an array of the shape of one piece.
    pieces : array (replicates, ...)
        What each replicate adds to the sums.

    Returns
    -------
    Estimate
        `sd` is the jackknife's standard error times √n; NaN ends with fewer than three replicates.
    """
    total, n = pieces.sum(axis=0), len(pieces)
    value = float(statistic(total))
    if n < 3 or not math.isfinite(value):
        return Estimate(value, math.nan, math.nan, math.nan, n)
    without = np.array([statistic(sums) for sums in without_each(pieces)])
    error = math.sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))
    half = t_quantile(LEVEL, n - 1) * error
    return Estimate(value, value - half, value + half, error * math.sqrt(n), n)


def without_each(pieces: np.ndarray) -> np.ndarray:
    """The sum of all pieces but one, for each in turn: an array of the shape of the pieces."""
    return np.asarray(pieces.sum(axis=0) - pieces)


def exactly(value: float) -> Estimate:
    """A number without luck: its interval is itself."""
    return Estimate(value, value, value, 0.0, 1)


# --- statistics ---------------------------------------------------------------------------------


def ratio(sums: np.ndarray) -> float:
    """First over second; NaN over nothing."""
    return float(sums[0] / sums[1]) if sums[1] else math.nan


def quotient(over: float, under: float) -> float:
    """One number over another; NaN over nothing."""
    return over / under if under else math.nan


def mantel_haenszel(sums: np.ndarray) -> float:
    """The ratio of two groups' rates over strata (Mantel & Haenszel 1959, for person-time).

    Parameters
    ----------
    sums : array (strata, 4)
        Events and time of the group, events and time of those that it is compared with.
    """
    events, time, others, their_time = np.moveaxis(sums.reshape(-1, 4), -1, 0)
    both = time + their_time
    known = both > 0
    share = np.divide(1.0, both, out=np.zeros_like(both), where=known)
    against = float((others * time * share).sum())
    return float((events * their_time * share).sum()) / against if against else math.nan


def moments(x: np.ndarray, y: np.ndarray | None = None) -> np.ndarray:
    """What `mean`, `deviation` and `correlation` need: n, Σx, Σx² and, with y, Σy, Σy², Σxy."""
    x = np.asarray(x, dtype=float)
    own = [len(x), x.sum(), (x**2).sum()]
    if y is None:
        return np.array(own)
    y = np.asarray(y, dtype=float)
    return np.array([*own, y.sum(), (y**2).sum(), (x * y).sum()])


def mean(sums: np.ndarray) -> float:
    """The mean."""
    return float(sums[1] / sums[0]) if sums[0] else math.nan


def variance(sums: np.ndarray) -> float:
    """The variance."""
    return float(sums[2] / sums[0] - (sums[1] / sums[0]) ** 2) if sums[0] else math.nan


def correlation(sums: np.ndarray) -> float:
    """Pearson's correlation."""
    n, x, xx, y, yy, xy = sums[:6]
    spread = (n * xx - x * x) * (n * yy - y * y)
    return float((n * xy - x * y) / math.sqrt(spread)) if spread > 0 else math.nan


def slope(sums: np.ndarray) -> float:
    """The slope of y on x."""
    n, x, xx, y, _, xy = sums[:6]
    spread = n * xx - x * x
    return float((n * xy - x * y) / spread) if spread > 0 else math.nan


def standardised(sums: np.ndarray) -> float:
    """The standardised mean difference: (other - base) / standard deviation of the base.

    Parameters
    ----------
    sums : array (2, 3)
        `moments` of the base and of the other.
    """
    base, other = sums
    spread = variance(base)
    return (mean(other) - mean(base)) / math.sqrt(spread) if spread > 0 else math.nan


def curvature(powers: np.ndarray) -> float:
    """The coefficient of x² in the least-squares parabola of y on x.

    Parameters
    ----------
    powers : array (8,)
        n, Σx, Σx², Σx³, Σx⁴, Σy, Σxy, Σx²y.
    """
    n, s1, s2, s3, s4, y0, y1, y2 = powers
    left = np.array([[n, s1, s2], [s1, s2, s3], [s2, s3, s4]])
    return float(np.linalg.solve(left, [y0, y1, y2])[2])


def powers(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What `curvature` needs of points."""
    return np.array([*((x**k).sum() for k in range(5)), y.sum(), (x * y).sum(), (x**2 * y).sum()])
