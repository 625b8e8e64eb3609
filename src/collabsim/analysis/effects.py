"""Which way an enabler pushes: the mean outcome at its values, the others varying as the design has them.

When to use it: after a ranking, which says how much and not which way. What it needs: any design that samples. What the
other factors do alone is taken off first (`additive`). Rows of a block share values, so bands come from redraws of
whole blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from collabsim.analysis.additive import additive
from collabsim.analysis.blocks import Blocks
from collabsim.analysis.bootstrap import block_weights, equal_weights
from collabsim.experiment.factors import DUMMY, Factor

BINS = 8
DRAWS = 400


@dataclass(frozen=True)
class Bins:
    """The values of a factor in a few bins.

    Attributes
    ----------
    codes : array (rows,)
        Which bin each row lies in.
    labels : list of str
    positions : array (bins,)
        Mean value in each bin; of choices, their number.
    ordered : bool
        False for choices.
    """

    codes: np.ndarray
    labels: list[str]
    positions: np.ndarray
    ordered: bool


def binned(values: pd.Series, factor: Factor, most: int = BINS) -> Bins:
    """Cut the values of a factor into bins: each value where there are few, else parts of equal count."""
    if factor.values and isinstance(factor.values[0], str | bool):
        order = {value: n for n, value in enumerate(factor.values)}
        codes = values.map(order).to_numpy(dtype=int)
        labels = [_label(value) for value in factor.values]
        return Bins(codes, labels, np.arange(len(labels), dtype=float), isinstance(factor.values[0], bool))
    numbers = values.to_numpy(dtype=float)
    distinct, codes = np.unique(numbers, return_inverse=True)
    if len(distinct) > most:
        edges = np.quantile(numbers, np.arange(1, most) / most)
        codes = np.unique(np.searchsorted(edges, numbers, side="right"), return_inverse=True)[1]
    means = np.bincount(codes, numbers) / np.bincount(codes)
    return Bins(codes, [f"{mean:.3g}" for mean in means], means, True)


def _label(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def curves(blocks: Blocks, draws: int = DRAWS, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Main-effect curves of every factor with 95% bands, and what each comes to.

    Returns
    -------
    curves : DataFrame
        ``factor``, ``value``, ``position``, ``mean``, ``low``, ``high``: a row for each bin.
    effects : DataFrame
        ``factor``, ``enabler``, ``low_value``, ``high_value``, ``change`` (from the lowest to the highest bin; of
        choices, from the one with the lowest mean to the one with the highest), ``low``, ``high``, ``direction``
        (``raises``, ``lowers``, ``mixed``, ``unclear``), ``ordered``. Choices are ``mixed`` or ``unclear``.
    """
    weights = np.vstack([equal_weights(blocks.blocks), block_weights(blocks.blocks, draws, seed)])
    lines, summaries = [], []
    cut = all_binned(blocks, BINS)
    fitted = additive(blocks.y.mean(axis=2).ravel(), cut)
    for enabler, members in blocks.layout.members.items():
        for name in (member for member in members if member in cut):
            bins = cut[name]
            y = fitted.of(name).reshape(blocks.y.shape[:2])
            means = bin_means(y, bins.codes, len(bins.labels), weights)
            lines.append(_curve(name, bins, means))
            summaries.append({"factor": name, "enabler": enabler, **_effect(bins, means)})
    return pd.concat(lines, ignore_index=True), pd.DataFrame(summaries)


def from_trajectories(pushes: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """The same with what Morris's trajectories say, which is sharper: the mean elementary effect of each factor.

    Parameters
    ----------
    pushes : DataFrame
        The effects of `curves`.
    table : DataFrame
        Of a ranking: ``enabler``, ``mu``, ``mu_low``, ``mu_high``, ``above_noise``. Groups keep what they have.
    """
    single = table[table["mu"].notna()].set_index("enabler")
    found = pushes.copy()
    for n, factor in zip(found.index[found["factor"].isin(single.index)],
                         found["factor"][found["factor"].isin(single.index)], strict=True):  # fmt: skip
        row = single.loc[factor]
        low, high = row["mu_low"], row["mu_high"]
        way = "raises" if low > 0 else "lowers" if high < 0 else "mixed" if row["above_noise"] else "unclear"
        found.loc[n, ["change", "low", "high", "direction"]] = [row["mu"], low, high, way]
    return found


def all_binned(blocks: Blocks, most: int) -> dict[str, Bins]:
    """Every factor but the dummy, cut into bins."""
    factors = blocks.layout.factors
    return {n: binned(blocks.design[n], factor, most) for n, factor in factors.items() if n != DUMMY}


def bin_means(y: np.ndarray, codes: np.ndarray, count: int, weights: np.ndarray) -> np.ndarray:
    """The mean outcome in each bin under each set of weights: array (draws, bins).

    Parameters
    ----------
    y : array (blocks, rows of a block)
    codes : array (blocks x rows,)
        The bin of each row.
    count : int
        Of bins.
    weights : array (draws, blocks)
    """
    blocks, rows = y.shape
    place = (np.arange(blocks)[:, None] * count + codes.reshape(blocks, rows)).ravel()
    sums = np.bincount(place, y.ravel(), minlength=blocks * count).reshape(blocks, count)
    counts = np.bincount(place, minlength=blocks * count).reshape(blocks, count)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((weights @ sums) / (weights @ counts))


def _curve(name: str, bins: Bins, means: np.ndarray) -> pd.DataFrame:
    low, high = np.nanquantile(means[1:], [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {"factor": name, "value": bins.labels, "position": bins.positions,
         "mean": means[0], "low": low, "high": high}
    )  # fmt: skip


def _effect(bins: Bins, means: np.ndarray) -> dict[str, Any]:
    """The change from end to end with its interval, and a word for the direction."""
    first, last = (0, -1) if bins.ordered else (int(means[0].argmin()), int(means[0].argmax()))
    change = means[:, last] - means[:, first]
    low, high = np.nanquantile(change[1:], [0.025, 0.975])
    ends = {"low_value": bins.labels[first], "high_value": bins.labels[last], "ordered": bins.ordered}
    return {
        **ends,
        "change": change[0],
        "low": low,
        "high": high,
        "direction": _direction(bins, means, low, high),
    }


def _direction(bins: Bins, means: np.ndarray, low: float, high: float) -> str:
    if bins.ordered and (low > 0 or high < 0):
        return "raises" if low > 0 else "lowers"
    may_bend = means.shape[1] > 2 or not bins.ordered
    return "mixed" if may_bend and _bends(means) else "unclear"


def _bends(means: np.ndarray) -> bool:
    """Whether two bins surely differ: at a level of 1%, all pairs of bins being allowed for."""
    bins = means.shape[1]
    error = np.nanstd(means[1:, :, None] - means[1:, None, :], axis=0)
    apart = np.abs(means[0][:, None] - means[0][None, :])
    from scipy.special import ndtri

    quantile = ndtri(1 - 0.005 / max(bins * (bins - 1) / 2, 1))
    return bool((apart > quantile * error)[~np.eye(bins, dtype=bool)].any()) if bins > 1 else False
