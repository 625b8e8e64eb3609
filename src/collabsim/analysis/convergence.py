"""Whether a design is large enough: indices against its size, and how much more it would take.

Criteria of Sarrazin, Pianosi and Wagener, on indices from 0 to 1 (mu* and PAWN divided by the largest):

- for screening: among enablers with an index below 0.05, the widest 95% interval is narrower than 0.05;
- for ranking: in 95 of 100 pairs of redraws the places differ by less than half a place, enablers that matter
  counting more (the paper asks for less than one place, which two leaders that change places all the time still pass).

Both measures fall with the square root of the size, which gives the size that is needed.

Reference
---------
Sarrazin, F., Pianosi, F. and Wagener, T. (2016). Global Sensitivity Analysis of environmental models: convergence
and validation. Environmental Modelling & Software 79, 135-152.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from collabsim.analysis.blocks import CannotRank
from collabsim.analysis.bootstrap import interval, places

NARROW, SMALL = 0.05, 0.05
CALM = 0.5
"""Places by which redraws may differ."""
PARTS = (8, 4, 2, 1)
"""The design is looked at in its first eighth, quarter, half, and whole."""
FEWEST = 4
MOST = 64
"""More than so many times the size is not asked for: the enablers are as good as equal."""


@dataclass(frozen=True)
class Verdict:
    """Whether a design is large enough.

    Attributes
    ----------
    ranking, screening : bool
        Converged for that.
    width, unrest : float
        What the criteria look at: the widest interval of small indices, and the change of places.
    more, more_runs : int
        Further base points, trajectories or rows that ranking needs, and their runs; 0 when it has converged.
    sentence : str
    """

    ranking: bool
    screening: bool
    width: float
    unrest: float
    more: int
    more_runs: int
    sentence: str = ""


def judged(found: np.ndarray, drawn: np.ndarray, blocks: int, seed: int = 0) -> Verdict:
    """The verdict on a design of so many blocks, without words; `more_runs` is left at 0.

    Parameters
    ----------
    found : array (enablers,)
    drawn : array (draws, enablers)
    blocks : int
    """
    largest = float(np.max(found))
    found, drawn = (found / largest, drawn / largest) if largest > 0 else (found, drawn)
    low, high = interval(drawn)
    small = found < SMALL
    width = float((high - low)[small].max()) if small.any() else 0.0
    moved = unrest(drawn, seed)
    factor = max((moved / CALM) ** 2, (width / NARROW) ** 2)
    needed = min(math.ceil(blocks * factor), MOST * blocks)
    ranking, screening = moved < CALM, width < NARROW
    return Verdict(
        ranking, screening, width, moved, 0 if ranking and screening else max(needed - blocks, 1), 0
    )


def unrest(drawn: np.ndarray, seed: int = 0) -> float:
    """By how many places pairs of redraws differ, in 95 of 100 pairs at most.

    Places count with the square of the larger index, so that swaps among enablers without effect count little.
    """
    draws = len(drawn)
    shuffled = np.random.default_rng([seed, 2]).permutation(draws)
    first, second = drawn[shuffled[: draws // 2]], drawn[shuffled[draws // 2 : 2 * (draws // 2)]]
    weight = np.maximum(np.maximum(first, second), 0.0) ** 2
    apart = np.abs(places(first) - places(second))
    total = weight.sum(axis=1)
    moved = np.divide((apart * weight).sum(axis=1), total, out=np.zeros_like(total), where=total > 0)
    return float(np.quantile(moved, 0.95))


def against_size(
    drawn: Callable[[int, int], np.ndarray], blocks: int, names: Sequence[str], draws: int = 200
) -> pd.DataFrame:
    """Indices of the first parts of a design.

    Parameters
    ----------
    drawn : callable
        Size and number of redraws -> array (1 + draws, enablers), the estimate first.
    blocks : int
    names : sequence of str

    Returns
    -------
    DataFrame
        ``size``, ``enabler``, ``index``, ``low``, ``high``; without rows where no part tells anything from luck.
    """
    tables = []
    for size in sorted({blocks // part for part in PARTS if blocks // part >= FEWEST}):
        try:
            found = drawn(size, draws)
        except CannotRank:  # too small a part to tell anything from luck
            continue
        low, high = interval(found[1:])
        columns = {"size": size, "enabler": list(names), "index": found[0], "low": low, "high": high}
        tables.append(pd.DataFrame(columns))
    if not tables:
        return pd.DataFrame(columns=["size", "enabler", "index", "low", "high"])
    return pd.concat(tables, ignore_index=True)
