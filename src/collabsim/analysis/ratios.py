"""A part of a whole when both are estimated: the ratio of two means, with a bootstrap interval.

When to use it: "how much of the difference comes through this channel", "what share of a benefit goes when
something is held equal". Part and whole come from the same replicates, so they are resampled together.

What it needs: two numbers per replicate. Without a whole that is surely not zero a share means nothing, and
the estimate is NaN.

References
----------
Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap, chapters 6, 10 and 13: bootstrap of
a ratio, percentile intervals. Chapman and Hall.
"""

from __future__ import annotations

import math

import numpy as np

from collabsim.analysis.differences import LEVEL, Estimate, estimate

DRAWS = 4_000
_FIXED = 20_250_101  # the same numbers give the same interval


def share(part: np.ndarray, whole: np.ndarray, level: float = LEVEL) -> Estimate:
    """`mean(part) / mean(whole)` with a percentile bootstrap interval over replicates.

    Parameters
    ----------
    part, whole : array (replicates,)
        Paired; a replicate without one of them (NaN) is left out.
    level : float

    Returns
    -------
    Estimate
        Of NaN when the interval of the whole includes zero or cannot be told.
    """
    known = ~(np.isnan(part) | np.isnan(whole))
    part, whole = np.asarray(part, dtype=float)[known], np.asarray(whole, dtype=float)[known]
    n = len(whole)
    if not estimate(whole, level).excludes_zero:
        return Estimate(math.nan, math.nan, math.nan, math.nan, n)
    ratios = _resampled(part, whole)
    low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(float(part.mean() / whole.mean()), float(low), float(high), float(ratios.std()), n)


def _resampled(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The ratio in replicates drawn again with replacement; draws whose whole is zero are left out."""
    picks = np.random.default_rng(_FIXED).integers(len(whole), size=(DRAWS, len(whole)))
    parts, wholes = part[picks].mean(axis=1), whole[picks].mean(axis=1)
    return np.asarray(parts[wholes != 0] / wholes[wholes != 0])
