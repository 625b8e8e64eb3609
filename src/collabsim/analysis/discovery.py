"""Scenario discovery on the results of a sweep: where a condition holds, how surely, and in plain sentences.

When to use it: "where does a partnership fail?". What it needs: results of a design that varies several factors at
once; a Latin hypercube fills the space best. It finds boxes with `collabsim.analysis.prim`, one after another, each in
the rows that the earlier ones left, and then asks of every box what it does on rows that it has not seen:

- two thirds of the rows are drawn at random (all replicates of a row together), a box is found in them, and looked at
  on the other third; again and again (not with replacement: a row that is there twice looks like two that agree);
- a limit's *reproducibility* is the share of resamples whose box limits that factor on that side;
- a box is *told* only if it is surely denser than its surroundings on rows not seen: one-sided test at 5%, with the
  variance over resamples corrected for their sharing rows. Else the answer is "cannot tell".

References
----------
Bryant, B. P. and Lempert, R. J. (2010). Thinking inside the box. Technological Forecasting and Social Change 77, 34-49.
Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning 52, 239-281: the correction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from collabsim.analysis import prim
from collabsim.analysis.boxes import Box, Points, Quality, quality, quasi_p
from collabsim.analysis.corners import FEWEST_ROWS, CannotDiscover, points_of
from collabsim.analysis.prim import Step
from collabsim.analysis.student import t_quantile
from collabsim.analysis.where import Where
from collabsim.experiment.results import Results

__all__ = ["AMONG", "CannotDiscover", "Discovery", "Found", "Limit", "discover", "points_of"]

AMONG = ("all", "levers", "uncertainties")
RESAMPLES = 100
DRAWN = 2 / 3
"""Share of the rows that a resample holds."""
BOXES = 3


@dataclass(frozen=True)
class Limit:
    """One side of a box.

    Attributes
    ----------
    factor : str
    side : str
        ``low``, ``high`` or ``values``.
    value : float or tuple of str
        The end, or the values that lie in the box.
    quasi_p : float
        Chance of so many runs of interest if the limit changed nothing (`boxes.quasi_p`).
    reproducibility : float
        Share of resamples whose box limits this factor on this side.
    low, high : float
        Between which the end lies in 95 of 100 of those; NaN for values.
    """

    factor: str
    side: str
    value: float | tuple[str, ...]
    quasi_p: float
    reproducibility: float
    low: float
    high: float


@dataclass(frozen=True)
class Found:
    """A box.

    Attributes
    ----------
    limits : tuple of Limit
    quality : Quality
        On the rows that it was found in; coverage and mass are shares of all rows.
    unseen, unseen_low, unseen_high : float
        Density on rows not drawn, over resamples: mean and 95% interval.
    told : bool
        Whether it is surely denser than its surroundings on rows not seen.
    trajectory : DataFrame
        The peeling: step, coverage, density, mass, limited (number of factors).
    """

    limits: tuple[Limit, ...]
    quality: Quality
    unseen: float
    unseen_low: float
    unseen_high: float
    told: bool
    trajectory: pd.DataFrame = field(compare=False)


@dataclass(frozen=True)
class Discovery:
    """What a discovery found.

    Attributes
    ----------
    where : Where
    rows, runs, hits : int
        Of the design; runs with a number; those in which the condition holds.
    left_out : int
        Runs that failed or have no such number.
    factors : tuple of str
        What was varied.
    boxes : tuple of Found
        Those that are told first to last; the last one may be one that is not.
    sentences : tuple of str
        The answer.
    """

    where: Where
    rows: int
    runs: int
    hits: int
    left_out: int
    factors: tuple[str, ...]
    boxes: tuple[Found, ...]
    sentences: tuple[str, ...]

    @property
    def density(self) -> float:
        """Share of all runs in which the condition holds."""
        return self.hits / self.runs


def discover(
    results: Results,
    where: Where,
    *,
    peel: float = prim.PEEL,
    mass: float = prim.MASS,
    density: float | None = None,
    among: str = "all",
    boxes: int = BOXES,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Discovery:
    """Find where a condition holds.

    Parameters
    ----------
    results : Results
        Of a design with at least one factor that varies and `FEWEST_ROWS` rows.
    where : Where
    peel, mass : float
        Share peeled at a time; least mass of a box.
    density : float, optional
        Take the first box so dense on the way, instead of the one with most coverage above its mass.
    among : str
        What a box may limit: ``all``, ``levers`` or ``uncertainties`` (all that is no lever).
    boxes : int
        At most so many.
    resamples : int
    seed : int
        Of the resampling.

    Raises
    ------
    CannotDiscover
        When there is nothing to look in, or nothing to tell apart.
    """
    points = points_of(results, where, among)
    runs, hits = int(points.runs.sum()), int(points.hits.sum())
    planned = sum(plan.runs for plan in results.plans)
    settings = {"peel": peel, "mass": mass, "density": density}
    found = _cover(points, boxes, resamples, seed, settings) if 0 < hits < runs else ()
    about = Discovery(
        where, len(points), runs, hits, planned - runs, (*points.names, *points.words), found, ()
    )
    from collabsim.analysis.discovery_words import sentences

    return Discovery(**{**vars(about), "sentences": tuple(sentences(about))})


# --- boxes --------------------------------------------------------------------------------------


def _cover(
    points: Points, boxes: int, resamples: int, seed: int, settings: Mapping[str, Any]
) -> tuple[Found, ...]:
    """Boxes one after another, each in the points that the earlier ones left."""
    found: list[Found] = []
    left = points
    while len(found) < boxes and len(left) >= FEWEST_ROWS and 0 < left.hits.sum() < left.runs.sum():
        box = prim.choose(left, **settings)
        if not list(box.limits(left)):
            break
        found.append(_examined(box, left, points, resamples, seed + len(found), settings))
        if not found[-1].told:
            break
        left = left.at(~box.holds(left))
    return tuple(found)


def _examined(
    box: Box, points: Points, all_points: Points, resamples: int, seed: int, settings: Mapping[str, Any]
) -> Found:
    """A box with what resamples say of it."""
    generator = np.random.default_rng(seed)
    others: list[Box] = []
    seen: list[tuple[float, float]] = []
    for _ in range(resamples):
        order = generator.permutation(len(points))
        drawn, rest = (points.at(part) for part in np.split(order, [round(DRAWN * len(points))]))
        other = prim.choose(drawn, **settings)
        others.append(other)
        there = quality(other, rest)
        if there.runs:  # a small corner may hold none of the rows that were not drawn
            seen.append((there.density, rest.density))
    unseen = np.array(seen).reshape(-1, 2)
    low, mean, high = _corrected(unseen[:, 0], 0.95)
    gain = _corrected(unseen[:, 0] - unseen[:, 1], 0.90)[0]
    limits = tuple(_limit(box, points, limit, others) for limit in box.limits(points))
    return Found(
        limits, quality(box, points, all_points), mean, max(0.0, low), min(1.0, high),
        bool(gain > 0), _table(prim.trajectory(points, settings["peel"], settings["mass"]), points, all_points),
    )  # fmt: skip


def _corrected(values: np.ndarray, level: float) -> tuple[float, float, float]:
    """Mean over resamples with its interval, allowing for the rows that resamples share (Nadeau and Bengio)."""
    n = len(values)
    if n < 2:
        return (float("nan"),) * 3
    mean = float(values.mean())
    error = float(np.sqrt((1 / n + (1 - DRAWN) / DRAWN) * values.var(ddof=1)))
    half = t_quantile(level, n - 1) * error
    return mean - half, mean, mean + half


def _limit(box: Box, points: Points, limit: tuple[str, str], others: Sequence[Box]) -> Limit:
    name, side = limit
    again = [other for other in others if limit in set(other.limits(points))]
    share = len(again) / len(others) if others else float("nan")
    p = quasi_p(box, points, limit)
    if side == "values":
        place = points.words.index(name)
        values = tuple(str(points.categories[place][code]) for code in sorted(box.allowed[place]))
        return Limit(name, side, values, p, share, float("nan"), float("nan"))
    column = points.names.index(name)
    ends = [getattr(other, side)[column] for other in again] or [float("nan")]
    low, high = np.quantile(ends, [0.025, 0.975])
    return Limit(name, side, float(getattr(box, side)[column]), p, share, float(low), float(high))


def _table(steps: Sequence[Step], points: Points, all_points: Points) -> pd.DataFrame:
    """The peeling trajectory."""
    rows = []
    for number, step in enumerate(steps):
        q = quality(step.box, points, all_points)
        limited = len({name for name, _ in step.box.limits(points)})
        rows.append((number, q.coverage, q.density, q.mass, limited))
    return pd.DataFrame(rows, columns=["step", "coverage", "density", "mass", "limited"])
