"""Corners of a design: points with their runs, boxes about some of them, and how well a box does.

References
----------
Bryant, B. P. and Lempert, R. J. (2010). Thinking inside the box. Technological Forecasting and Social Change 77,
34-49: coverage, density, quasi-p values.
Rao, J. N. K. and Scott, A. J. (1992). A simple method for the analysis of clustered binary data. Biometrics 48.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Points:
    """What PRIM looks at: `n` points.

    Attributes
    ----------
    numbers : array (n, p)
        Factors that have an order.
    codes : array (n, q) of int
        Factors that have none, as the place of their value in `categories`.
    categories : tuple of tuple
        The values of each of those.
    names, words : tuple of str
        Names of the factors in `numbers`, and in `codes`.
    runs, hits : array (n,)
        Runs of each point, and how many of them are of interest.
    """

    numbers: np.ndarray
    codes: np.ndarray
    categories: tuple[tuple[object, ...], ...]
    names: tuple[str, ...]
    words: tuple[str, ...]
    runs: np.ndarray
    hits: np.ndarray

    def __len__(self) -> int:
        return len(self.runs)

    def at(self, chosen: np.ndarray) -> Points:
        """Some of the points, by mask or by number (which may repeat)."""
        return replace(
            self,
            numbers=self.numbers[chosen], codes=self.codes[chosen],
            runs=self.runs[chosen], hits=self.hits[chosen],
        )  # fmt: skip

    @property
    def density(self) -> float:
        """Share of runs that are of interest."""
        return float(self.hits.sum() / self.runs.sum()) if len(self) else 0.0

    @cached_property
    def design_effect(self) -> float:
        """How many runs count as one, because replicates of a point are alike; 1 or more.

        The variance of the estimated share over points, against that of independent runs.
        """
        share, total = self.density, self.runs.sum()
        if not 0 < share < 1:
            return 1.0
        apart = self.hits - share * self.runs
        return max(1.0, float((apart**2).sum()) / (share * (1 - share) * total))


@dataclass(frozen=True)
class Box:
    """A corner of the space: for each factor what lies in it.

    Attributes
    ----------
    low, high : array (p,)
        Ends for the numbers; minus and plus infinity where there is no limit.
    allowed : tuple of frozenset of int
        Codes for the others.
    """

    low: np.ndarray
    high: np.ndarray
    allowed: tuple[frozenset[int], ...]

    def holds(self, points: Points) -> np.ndarray:
        """Which points lie in it."""
        inside = ((points.numbers >= self.low) & (points.numbers <= self.high)).all(axis=1)
        for column, allowed in enumerate(self.allowed):
            inside &= np.isin(points.codes[:, column], list(allowed))
        return np.asarray(inside)

    def limits(self, points: Points) -> Iterator[tuple[str, str]]:
        """The factors that it limits and how: ``low``, ``high`` or ``values``."""
        for number, name in enumerate(points.names):
            if np.isfinite(self.low[number]):
                yield name, "low"
            if np.isfinite(self.high[number]):
                yield name, "high"
        for number, name in enumerate(points.words):
            if len(self.allowed[number]) < len(points.categories[number]):
                yield name, "values"

    def without(self, points: Points, limit: tuple[str, str]) -> Box:
        """The same box with one limit less."""
        name, side = limit
        if side == "values":
            place = points.words.index(name)
            full = frozenset(range(len(points.categories[place])))
            return self.allowing(place, full)
        ends = {"low": -np.inf, "high": np.inf}
        return self.with_end(points.names.index(name), side, ends[side])

    def with_end(self, column: int, side: str, value: float) -> Box:
        """The same box with another end of a number."""
        ends = getattr(self, side).copy()
        ends[column] = value
        return replace(self, low=ends) if side == "low" else replace(self, high=ends)

    def allowing(self, place: int, codes: frozenset[int]) -> Box:
        """The same box with other values of a factor without order."""
        allowed = (*self.allowed[:place], codes, *self.allowed[place + 1 :])
        return replace(self, allowed=allowed)


def everything(points: Points) -> Box:
    """The box without limits."""
    p = points.numbers.shape[1]
    return Box(
        np.full(p, -np.inf), np.full(p, np.inf), tuple(frozenset(range(len(c))) for c in points.categories)
    )


@dataclass(frozen=True)
class Quality:
    """How well a box does, on some points.

    Attributes
    ----------
    coverage : float
        Share of all runs of interest that lie in it.
    density : float
        Share of its runs that are of interest.
    mass : float
        Share of all runs that lie in it.
    runs, hits : float
    """

    coverage: float
    density: float
    mass: float
    runs: float
    hits: float

    @property
    def lift(self) -> float:
        """Coverage less mass: weighted relative accuracy over the overall share; 0 for everything."""
        return self.coverage - self.mass


def quality(box: Box, points: Points, all_points: Points | None = None) -> Quality:
    """Coverage, density and mass of a box; with `all_points`, as shares of those (after earlier boxes)."""
    whole = points if all_points is None else all_points
    inside = box.holds(points)
    runs, hits = float(points.runs[inside].sum()), float(points.hits[inside].sum())
    total_runs, total_hits = float(whole.runs.sum()), float(whole.hits.sum())
    return Quality(
        hits / total_hits if total_hits else 0.0, hits / runs if runs else 0.0,
        runs / total_runs if total_runs else 0.0, runs, hits,
    )  # fmt: skip


def quasi_p(box: Box, points: Points, limit: tuple[str, str]) -> float:
    """Chance of so many runs of interest, or more, if this limit changed nothing.

    One-sided binomial: the box's runs, at the density of the box without the limit (Bryant and Lempert 2010). Both
    numbers are divided by the design effect.
    """
    from scipy.special import bdtrc  # scipy.stats takes seconds to import

    with_it, without = quality(box, points), quality(box.without(points, limit), points)
    effect = points.design_effect
    runs, hits = round(with_it.runs / effect), round(with_it.hits / effect)
    return float(bdtrc(hits - 1, runs, without.density)) if hits else 1.0
