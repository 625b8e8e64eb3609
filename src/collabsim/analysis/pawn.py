"""PAWN: how far fixing an enabler moves the whole distribution of the outcome, not just its variance.

When to use it: as a check beside other indices, on any design that samples (luck included, as it works on single
runs). Its order depends on its settings more than Sobol's does (Puy et al. 2020), so it is a check, not the answer.

The statistic: the outcomes in each of up to ten slices of an enabler's values are compared with all outcomes
(Kolmogorov's distance); the index is the median over slices, of a group the largest of its factors. It is never 0
in a sample. The floor is what factors that enter nothing reach in the same design: such columns are drawn and put
through the same arithmetic.

SALib's PAWN has no slices for choices and switches, no whole-block redraws and no floor; on continuous inputs both
agree, which a test checks.

References
----------
Pianosi, F. and Wagener, T. (2018). Distribution-based sensitivity analysis from a generic input-output sample.
Environmental Modelling & Software 108, 197-207.
Puy, A., Lo Piano, S. and Saltelli, A. (2020). A sensitivity analysis of the PAWN sensitivity index.
Environmental Modelling & Software 127, 104679. arXiv:1904.04488.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collabsim.analysis.blocks import Blocks, Layout
from collabsim.analysis.bootstrap import LEVEL, basic_interval, block_weights, equal_weights

SLICES = 10
THRESHOLDS = 100
"""Quantiles of the outcome at which distributions are compared: to a hundredth."""
DRAWS, NULLS = 100, 20


@dataclass(frozen=True)
class Pawn:
    """PAWN indices of the enablers of a layout, in its order.

    Attributes
    ----------
    index, low, high : array (enablers,)
    floor : array (enablers,)
        What as many factors that enter nothing stay below in 95 of 100 cases.
    drawn : array (draws, enablers)
    """

    index: np.ndarray
    low: np.ndarray
    high: np.ndarray
    floor: np.ndarray
    drawn: np.ndarray


def pawn(blocks: Blocks, draws: int = DRAWS, seed: int = 0) -> Pawn:
    """PAWN indices from a sampled design.

    Parameters
    ----------
    blocks : Blocks
    draws, seed : int
        Redraws of whole blocks for the interval.
    """
    layout, bins = blocks.layout, _bins(blocks.y)
    weights = np.vstack([equal_weights(blocks.blocks), block_weights(blocks.blocks, draws, seed)])
    columns, sliced = [], {}
    for name in layout.names:
        slices = [_slices(blocks.design[member].to_numpy()) for member in layout.members[name]]
        columns.append(np.max([_statistic(weights, s, bins) for s in slices], axis=0))
        sliced[name] = [int(s.max()) + 1 for s in slices]
    found = np.column_stack(columns)
    low, high = basic_interval(found[0], found[1:])
    floor = _floors(sliced, blocks, bins, seed)
    return Pawn(found[0], np.maximum(low, 0.0), high, floor, found[1:])


def _bins(y: np.ndarray) -> np.ndarray:
    """Between which quantiles each run lies: whole numbers of shape (blocks, rows, replicates)."""
    edges = np.unique(np.quantile(y, np.arange(1, THRESHOLDS) / THRESHOLDS))
    return np.searchsorted(edges, y, side="left")


def _slices(values: np.ndarray) -> np.ndarray:
    """Which slice each row lies in: its value where there are few, else one of ten with equal counts."""
    distinct, codes = np.unique(values, return_inverse=True)
    if len(distinct) <= SLICES:
        return codes
    edges = np.quantile(values, np.arange(1, SLICES) / SLICES)
    return np.unique(np.searchsorted(edges, values, side="right"), return_inverse=True)[1]


def _statistic(weights: np.ndarray, slices: np.ndarray, bins: np.ndarray) -> np.ndarray:
    """The median over slices of the distance between a slice's outcomes and all, for each set of weights."""
    count, depth = int(slices.max()) + 1, int(bins.max()) + 1
    blocks, rows, _ = bins.shape
    place = np.arange(blocks)[:, None, None] * count + slices.reshape(blocks, rows, 1)
    counts = np.bincount((place * depth + bins).ravel(), minlength=blocks * count * depth)
    of_blocks = counts.reshape(blocks, count * depth).astype(np.float32)
    below = (weights.astype(np.float32) @ of_blocks).reshape(-1, count, depth).cumsum(axis=2)
    everyone = below.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(below / below[:, :, -1:] - everyone / everyone[:, :, -1:]).max(axis=2)
    return np.asarray(np.nanmedian(apart, axis=1), dtype=float)


# --- the floor ----------------------------------------------------------------------------------


def _floors(sliced: dict[str, list[int]], blocks: Blocks, bins: np.ndarray, seed: int) -> np.ndarray:
    """For each enabler, what nothing reaches with as many factors cut into as many slices."""
    generator = np.random.default_rng([seed, 1])
    shares = [_nothing(generator, blocks.blocks, blocks.layout) for _ in range(NULLS)]
    nulls = {
        cuts: _null(cuts, shares, bins) for cuts in sorted({c for cuts in sliced.values() for c in cuts})
    }
    return np.array([_floor([nulls[c] for c in sliced[name]]) for name in blocks.layout.names])


def _nothing(generator: np.random.Generator, blocks: int, layout: Layout) -> np.ndarray:
    """A column of a factor that enters nothing, placed in the blocks as the design places factors."""
    a, b = generator.random((2, blocks))
    column = np.repeat(a[:, None], layout.rows, axis=1)
    if layout.kind == "sobol":
        column[:, 1 + len(layout.names) :] = b[:, None]
    if layout.kind == "morris":
        turned = np.arange(layout.rows)[None, :] >= 1 + (b * (layout.rows - 1)).astype(int)[:, None]
        column = np.where(turned, (column + 0.5) % 1, column)
    return column.ravel()


def _null(cuts: int, shares: list[np.ndarray], bins: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of the index of nothing, cut into so many slices."""
    weights = equal_weights(len(bins))
    found = [_statistic(weights, np.minimum((s * cuts).astype(int), cuts - 1), bins)[0] for s in shares]
    return float(np.mean(found)), float(np.std(found, ddof=1))


def _floor(nulls: list[tuple[float, float]]) -> float:
    """The level that the largest of some indices of nothing passes in 5 of 100 cases."""
    from scipy.special import ndtri

    quantile = ndtri(LEVEL ** (1 / len(nulls)))
    return max(mean + quantile * sd for mean, sd in nulls)
