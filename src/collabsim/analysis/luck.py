"""How much of the variation of an outcome is luck: analysis of variance over replicates.

When to use it: beside every ranking. What it needs: 2 or more replicates of every row. One-way analysis of variance
with random rows: the variance within rows is luck, the variance of row means less its share of luck is the design's.

Reference
---------
Searle, S. R., Casella, G. and McCulloch, C. E. (1992). Variance Components, chapter 3. Wiley.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from collabsim.analysis.bootstrap import block_weights, equal_weights, interval


@dataclass(frozen=True)
class Luck:
    """The share of an outcome's variance that is luck.

    Attributes
    ----------
    share, low, high : float
        Of the variance of single runs, with the 95% interval; NaN with one replicate.
    share_of_mean : float
        Of the variance of means over the replicates there are.
    replicates : int
    """

    share: float
    low: float
    high: float
    share_of_mean: float
    replicates: int


def luck(y: np.ndarray, draws: int = 400, seed: int = 0) -> Luck:
    """The share of luck.

    Parameters
    ----------
    y : array (blocks, rows of a block, replicates)
    draws, seed : int
        Redraws of blocks for the interval.
    """
    replicates = y.shape[2]
    if replicates < 2:
        return Luck(math.nan, math.nan, math.nan, math.nan, replicates)
    mean = y.mean(axis=2) - y.mean()
    within = y.var(axis=2, ddof=1).mean(axis=1)
    columns = np.column_stack([mean.mean(axis=1), (mean**2).mean(axis=1), within])
    drawn = _shares(block_weights(len(y), draws, seed) @ columns, replicates)
    low, high = interval(drawn[:, :1])
    share, of_mean = _shares(equal_weights(len(y)) @ columns, replicates)[0]
    return Luck(float(share), float(low[0]), float(high[0]), float(of_mean), replicates)


def _shares(means: np.ndarray, replicates: int) -> np.ndarray:
    """Shares of luck in single runs and in means over replicates, for each set of means."""
    noise = means[:, 2]
    design = np.maximum(means[:, 1] - means[:, 0] ** 2 - noise / replicates, 0.0)
    total, of_mean = design + noise, design + noise / replicates
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.column_stack([noise / total, noise / replicates / of_mean])
