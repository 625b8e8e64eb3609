"""What each factor of a full grid changes, averaged over all values of the others.

When to use it: on a grid, where every value of a factor meets every value of the others equally often. In each
replicate the rows with a value are averaged, so replicates stay whole and the interval is a paired one.

References
----------
Box, G. E. P., Hunter, J. S. and Hunter, W. G. (2005). Statistics for Experimenters (2nd ed.), chapter 5: main effects
of factorial designs. Wiley.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from collabsim.analysis.differences import estimate
from collabsim.analysis.options import firsts, redrawn, simultaneous


def main_effects(
    values: np.ndarray, design: pd.DataFrame, levels: Mapping[str, Sequence[object]], seed: int = 0
) -> pd.DataFrame:
    """The change of the outcome between two values of each factor, the largest first.

    Parameters
    ----------
    values : array (rows, replicates)
        NaN where a run is missing.
    design : DataFrame
        The factors' values in each row.
    levels : mapping of factor to its values
        In order for a number: the change is from the first to the last. Of words: from the least to the most.
    seed : int

    Returns
    -------
    DataFrame
        ``factor``, ``first``, ``last`` (values), ``change``, ``low``, ``high`` (all intervals right together with 95%),
        ``told``, ``p_most`` (share of redraws in which it is the largest).
    """
    pairs = sum(_pairs(of_factor) for of_factor in levels.values())
    rows, sizes = [], []
    for name, of_factor in levels.items():
        means = np.stack([_mean(values[(design[name] == value).to_numpy()]) for value in of_factor])
        first, last = _ends(means, of_factor)
        change = means[last] - means[first]
        found = estimate(change, simultaneous(pairs))
        rows.append({"factor": name, "first": of_factor[first], "last": of_factor[last],
                     "change": found.mean, "low": found.low, "high": found.high, "told": found.excludes_zero})  # fmt: skip
        sizes.append(change)
    table = pd.DataFrame(rows).assign(p_most=firsts(np.abs(redrawn(np.stack(sizes), True, seed))))
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _is_ordered(values: Sequence[object]) -> bool:
    return all(isinstance(value, (int, float, np.number)) and not isinstance(value, bool) for value in values)


def _pairs(values: Sequence[object]) -> int:
    """Comparisons among a factor's values: one for ordered ones, every pair for words."""
    return 1 if _is_ordered(values) else len(values) * (len(values) - 1) // 2


def _ends(means: np.ndarray, values: Sequence[object]) -> tuple[int, int]:
    if _is_ordered(values):
        return int(np.argmin(np.array(values, dtype=float))), int(np.argmax(np.array(values, dtype=float)))
    total = np.nan_to_num(np.array([_whole(row) for row in means]))
    return int(total.argmin()), int(total.argmax())


def _whole(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else 0.0


def _mean(rows: np.ndarray) -> np.ndarray:
    """The mean over rows in each replicate; NaN where any row of the replicate is missing, which keeps the balance."""
    return np.asarray(rows.mean(axis=0))
