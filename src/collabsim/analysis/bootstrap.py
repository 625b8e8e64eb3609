"""Redraws of a design's blocks, and what follows from them: intervals, places, probabilities.

A block (a base point of Saltelli's design with all its rows, a trajectory) is drawn whole, with its replicates.
Where every row has luck of its own, replicates are nested in rows, and a redrawn row brings its luck with it:
redrawing them a second time within the row would count the luck twice (Davison and Hinkley 1997, section 3.8).
Where all rows meet the same luck, replicates cross the rows, and they are redrawn as well.

References
----------
Efron, B. and Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman & Hall.
Davison, A. C. and Hinkley, D. V. (1997). Bootstrap Methods and their Application, section 3.8. Cambridge.
Archer, G. E. B., Saltelli, A. and Sobol', I. M. (1997). Sensitivity measures, ANOVA-like techniques and the
use of bootstrap. Journal of Statistical Computation and Simulation 58, 99-120.
"""

from __future__ import annotations

import numpy as np

LEVEL = 0.95
DRAWS = 1000


def equal_weights(blocks: int) -> np.ndarray:
    """The weights of the estimate itself: array (1, blocks)."""
    return np.full((1, blocks), 1 / blocks)


def block_weights(blocks: int, draws: int, seed: int) -> np.ndarray:
    """Weights of blocks in each redraw with replacement.

    Returns
    -------
    array (draws, blocks)
        Each row sums to 1.
    """
    generator = np.random.default_rng([seed, blocks])
    drawn = generator.integers(blocks, size=(draws, blocks)) + blocks * np.arange(draws)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=draws * blocks)
    return counts.reshape(draws, blocks) / blocks


def interval(drawn: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """The percentile interval of each column of the redraws (draws, columns)."""
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.asarray(low), np.asarray(high)


def basic_interval(
    found: np.ndarray, drawn: np.ndarray, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """The basic interval, for a statistic that redrawing shifts: the percentiles mirrored in the estimate."""
    low, high = interval(drawn, level)
    return 2 * found - high, 2 * found - low


def places(indices: np.ndarray) -> np.ndarray:
    """The place of each enabler in each redraw, 1 for the largest index.

    Parameters
    ----------
    indices : array (draws, enablers)
    """
    order = np.argsort(-indices, axis=1, kind="stable")
    found = np.empty_like(order)
    np.put_along_axis(found, order, np.arange(1, indices.shape[1] + 1)[None, :], axis=1)
    return found
