"""Times that can be compared: the sides of a ratio alternate in one process, and every figure has an interval."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

LEVEL = 0.95
REDRAWS = 2_000


def seconds(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how long a piece of work takes by a clock: `time.thread_time` leaves out what others do on this core."""
    start = clock()
    work()
    return clock() - start


def alternate(
    works: Mapping[str, Callable[[], Any]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, list[float]]:
    """Time pieces of work in turn, so that whatever else the machine does hits all of them.

    Parameters
    ----------
    works : mapping of str to callable
    rounds : int
        How often each is done.
    clock : callable

    Returns
    -------
    dict of str to list of float
        Seconds, in the order of the rounds.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken[name].append(seconds(work, clock))
    return taken


def median_interval(sample: Sequence[float]) -> dict[str, float]:
    """Return the median of a sample with its 95% interval by order statistics (no distribution assumed)."""
    ordered = np.sort(np.asarray(sample, dtype=float))
    n = len(ordered)
    below = max(0, math.floor(n / 2 - 1.96 * math.sqrt(n) / 2))
    return {
        "median": float(np.median(ordered)),
        "low": float(ordered[below]),
        "high": float(ordered[n - 1 - below]),
        "fastest": float(ordered[0]),
        "runs": n,
    }


def ratio_interval(slow: Sequence[float], fast: Sequence[float]) -> dict[str, float]:
    """Return the ratio of the medians of two samples with its 95% bootstrap interval."""
    luck = np.random.default_rng(0)
    drawn = [
        np.median(luck.choice(np.asarray(sample), (REDRAWS, len(sample))), axis=1) for sample in (slow, fast)
    ]
    low, high = np.quantile(drawn[0] / drawn[1], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {"median": float(np.median(slow) / np.median(fast)), "low": float(low), "high": float(high)}
