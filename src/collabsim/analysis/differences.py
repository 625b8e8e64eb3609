"""Means and paired differences with intervals, and how many replicates it takes.

When to use it: to say what a scenario gives, or what a change of policy does, and how sure that is given the
model's luck. It says nothing about the uncertainty of the model's coefficients.

What it needs: one number per replicate; for a difference, the same replicates (the same luck) under both
policies.

References
----------
Law, A. M. (2015). Simulation Modeling and Analysis (5th ed.), sections 4.5, 9.4 and 11.2: confidence
intervals, sequential procedures, and common random numbers. McGraw-Hill.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from collabsim.analysis.student import t_quantile

LEVEL = 0.95
_NAN = math.nan


@dataclass(frozen=True)
class Estimate:
    """A mean over replicates with its confidence interval.

    Attributes
    ----------
    mean, low, high : float
        NaN where there is nothing to estimate from.
    sd : float
        Standard deviation between replicates.
    n : int
        Replicates that have the number; those without (NaN) are left out.
    """

    mean: float
    low: float
    high: float
    sd: float
    n: int

    @property
    def half_width(self) -> float:
        """Half the interval's width."""
        return (self.high - self.low) / 2

    @property
    def excludes_zero(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0


def estimate(values: np.ndarray, level: float = LEVEL) -> Estimate:
    """The mean with Student's t interval, `mean ± t(n-1) sd/√n`.

    Parameters
    ----------
    values : array (replicates,)
        NaN is left out.
    level : float
        Confidence, 0.95 by default.
    """
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    n = len(known)
    if n == 0:
        return Estimate(_NAN, _NAN, _NAN, _NAN, 0)
    mean = _mean(known)
    if n == 1:
        return Estimate(mean, _NAN, _NAN, _NAN, 1)
    sd = _sd(known)
    half = t_quantile(level, n - 1) * sd / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, sd, n)


def _mean(values: np.ndarray) -> float:
    """The mean; of equal numbers, exactly that number."""
    return float(values[0] + (values - values[0]).mean())


def _sd(values: np.ndarray) -> float:
    """The standard deviation; of equal numbers, exactly 0."""
    return float((values - values[0]).std(ddof=1))


@dataclass(frozen=True)
class Difference:
    """What one policy gives beyond another, replicate by replicate under the same luck.

    Attributes
    ----------
    base, other : Estimate
        Each over all its replicates.
    difference : Estimate
        Other less base, over the replicates that have both.
    saving : float
        How many times more replicates independent seeds would need for the same interval (`saving`).
    """

    base: Estimate
    other: Estimate
    difference: Estimate
    saving: float


def paired(base: np.ndarray, other: np.ndarray, level: float = LEVEL) -> Difference:
    """The difference of two policies' outcomes, paired by replicate (common random numbers)."""
    both = np.asarray(other, dtype=float) - np.asarray(base, dtype=float)
    return Difference(
        estimate(base, level), estimate(other, level), estimate(both, level), saving(base, other)
    )


def paired_all(base: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> dict[str, Difference]:
    """The paired difference of every outcome that both have."""
    return {name: paired(base[name], other[name]) for name in base if name in other}


# --- what common random numbers save ------------------------------------------------------------


def saving(base: np.ndarray, other: np.ndarray) -> float:
    """How many times more replicates independent seeds need: `(var base + var other) / var difference`.

    Infinite when the difference does not vary though the outcomes do; NaN when nothing varies, or fewer than
    two replicates have both.
    """
    a, b = _pairs(base, other)
    if len(a) < 2:
        return _NAN
    apart, together = _sd(a) ** 2 + _sd(b) ** 2, _sd(b - a) ** 2
    if together == 0:
        return math.inf if apart > 0 else _NAN
    return apart / together


def saving_interval(base: np.ndarray, other: np.ndarray, level: float = LEVEL) -> Estimate:
    """The saving with a jackknife interval, taken on its logarithm (`sd` is not given)."""
    a, b = _pairs(base, other)
    n, ratio = len(a), saving(base, other)
    if n < 3 or not 0 < ratio < math.inf or not (_without_each(b - a) > 0).all():
        return Estimate(ratio, _NAN, _NAN, _NAN, n)
    logs = np.log(_without_each(a) + _without_each(b)) - np.log(_without_each(b - a))
    error = math.sqrt((n - 1) / n * float(((logs - logs.mean()) ** 2).sum()))
    half = t_quantile(level, n - 1) * error
    return Estimate(ratio, ratio * math.exp(-half), ratio * math.exp(half), _NAN, n)


def _pairs(base: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both outcomes in the replicates that have both."""
    a, b = np.asarray(base, dtype=float), np.asarray(other, dtype=float)
    known = ~(np.isnan(a) | np.isnan(b))
    return a[known], b[known]


def _without_each(values: np.ndarray) -> np.ndarray:
    """The variance without each value in turn."""
    n = len(values)
    away = values - values.mean()
    squares = (away**2).sum()
    return (squares - away**2 * n / (n - 1)) / (n - 2)


def median_saving(differences: Iterable[Difference]) -> float:
    """The median saving over outcomes that vary; NaN without any."""
    savings = [d.saving for d in differences if math.isfinite(d.saving)]
    return float(np.median(savings)) if savings else _NAN


# --- how many replicates ------------------------------------------------------------------------


def replicates_for(half_width: float, wanted: float, n: int, most: int) -> int:
    """How many replicates to have next, so that an interval gets as narrow as wanted.

    The half-width falls with the square root of the number. A tenth is added because the variance is itself
    an estimate; the number at most quadruples at a time.

    Parameters
    ----------
    half_width : float
        With the `n` replicates so far.
    wanted : float
    n, most : int
    """
    if half_width <= wanted:
        return n
    if not math.isfinite(half_width):
        return min(most, 4 * n)
    needed = math.ceil(1.1 * n * (half_width / wanted) ** 2)
    return min(most, 4 * n, max(needed, n + 1))
