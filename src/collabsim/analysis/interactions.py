"""Which enablers work otherwise together than alone: second-order indices, and maps of the mean outcome.

A design with ``second_order = true`` gives second-order indices of enablers. Any other sample gives an estimate from
maps: the mean outcome in bins of two factors, less what all factors do alone (`additive`); its mean square, less what
luck and the sample add to it, over the variance of the outcome. It is coarse (four bins) and misses what lies within a
bin, so it is a lower bound. With hundreds of pairs the strongest looks strong by chance: a pair counts only if it is
stronger than every pair is when the values of its second factor are dealt out anew among the blocks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from collabsim.analysis.additive import Additive, additive
from collabsim.analysis.blocks import Blocks
from collabsim.analysis.bootstrap import block_weights, equal_weights
from collabsim.analysis.effects import BINS, Bins, all_binned, bin_means

CELLS = 4
DRAWS, SCREEN = 200, 60
SHOWN = 6
COLUMNS = ["first", "second", "share", "low", "high", "kind"]
"""Of a table of interactions, also of one without any."""


@dataclass(frozen=True)
class HeatMap:
    """The mean outcome in bins of two factors.

    Attributes
    ----------
    first, second : str
    first_values, second_values : list of str
    mean : array (values of first, values of second)
    apart : array of the same shape
        The mean less what the two factors do alone: the interaction itself.
    share, low, high : float
        Of the variance of the mean outcome.
    """

    first: str
    second: str
    first_values: list[str]
    second_values: list[str]
    mean: np.ndarray
    apart: np.ndarray
    share: float
    low: float
    high: float


def heat_maps(
    blocks: Blocks, variance: float, factors: list[str], shown: int = SHOWN, seed: int = 0
) -> list[HeatMap]:
    """The strongest interactions between factors, strongest first.

    Parameters
    ----------
    blocks : Blocks
    variance : float
        Of the mean outcome over the design, luck taken off.
    factors : list of str
        Among which: those of enablers that can be told from nothing.
    shown : int
        How many at most.
    """
    bins = all_binned(blocks, CELLS)
    fitted = additive(blocks.y.mean(axis=2).ravel(), all_binned(blocks, BINS))
    rest = fitted.rest.reshape(blocks.y.shape[:2])
    weights = np.vstack([equal_weights(blocks.blocks), block_weights(blocks.blocks, SCREEN, seed)])
    found, by_chance = {}, []
    dealt = _dealt_anew(bins, blocks, seed)
    for pair in combinations([name for name in bins if name in factors], 2):
        found[pair] = _strength(_cells(rest, bins[pair[0]], bins[pair[1]], weights))
        by_chance.append(_strength(_cells(rest, bins[pair[0]], dealt[pair[1]], weights)))
    beyond = [pair for pair in found if found[pair] > max(by_chance, default=0.0)]
    best = sorted(beyond, key=lambda pair: -found[pair])[:shown]
    weights = np.vstack([equal_weights(blocks.blocks), block_weights(blocks.blocks, DRAWS, seed + 1)])
    maps = [_map(fitted, rest.shape, bins, pair, variance, weights) for pair in best]
    return [one for one in maps if one.low > 0]


def _dealt_anew(bins: dict[str, Bins], blocks: Blocks, seed: int) -> dict[str, Bins]:
    """The bins of each factor with the blocks in another order, the rows of a block staying together."""
    generator = np.random.default_rng([seed, 4])
    shape = (blocks.blocks, blocks.layout.rows)
    orders = {name: generator.permutation(blocks.blocks) for name in bins}
    return {name: replace(b, codes=b.codes.reshape(shape)[orders[name]].ravel()) for name, b in bins.items()}


Pair = tuple[str, str]


def _cells(y: np.ndarray, first: Bins, second: Bins, weights: np.ndarray) -> np.ndarray:
    """Mean of y (blocks, rows) in each cell under each set of weights: array (draws, first, second)."""
    rows, columns = len(first.labels), len(second.labels)
    means = bin_means(y, first.codes * columns + second.codes, rows * columns, weights)
    return means.reshape(len(weights), rows, columns)


def _apart(cells: np.ndarray) -> np.ndarray:
    """What is left of cells when the means of rows and columns are taken off; empty cells count for nothing."""
    filled = np.where(np.isfinite(cells), cells, np.nanmean(cells, axis=(1, 2), keepdims=True))
    rows, columns = filled.mean(axis=2, keepdims=True), filled.mean(axis=1, keepdims=True)
    return np.asarray(filled - rows - columns + filled.mean(axis=(1, 2), keepdims=True))


def _strength(cells: np.ndarray) -> float:
    """The mean square of the interaction less what the redraws say is chance."""
    apart = _apart(cells)
    return float((apart[0] ** 2).mean() - apart[1:].var(axis=0).mean())


def _map(
    fitted: Additive,
    shape: tuple[int, ...],
    bins: dict[str, Bins],
    pair: Pair,
    variance: float,
    weights: np.ndarray,
) -> HeatMap:
    first, second = bins[pair[0]], bins[pair[1]]
    apart = _apart(_cells(fitted.rest.reshape(shape), first, second, weights))
    chance = apart[1:].var(axis=0).mean()
    shares = ((apart**2).mean(axis=(1, 2)) - chance) / variance
    # A redraw adds chance once more to what the sample has already.
    low, high = np.quantile(shares[1:] - chance / variance, [0.025, 0.975])
    both = (fitted.of(pair[0]) + fitted.parts[pair[1]]).reshape(shape)
    mean = _cells(both, first, second, weights[:1])[0]
    return HeatMap(
        *pair, first.labels, second.labels, mean, apart[0], float(shares[0]), float(low), float(high)
    )


def table(maps: list[HeatMap]) -> pd.DataFrame:
    """Maps as rows: ``first``, ``second``, ``share``, ``low``, ``high``, ``kind``."""
    rows = [(m.first, m.second, m.share, m.low, m.high, "binned") for m in maps]
    return pd.DataFrame(rows, columns=COLUMNS)
