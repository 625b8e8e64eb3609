"""PRIM, the patient rule induction method: the corner of a design in which runs of interest are thick.

When to use it: "where do partnerships fail?", on any design that fills its space (a Latin hypercube, best).

What it needs: points with numbers and categories, and for each how many of its runs are of interest out of how
many. Replicates of one row share their inputs, so a row is one point: quasi-p values allow for how alike its
replicates are (Rao and Scott's design effect).

What it returns: boxes. A box peels off a small share of the points at a time, always that which leaves runs of
interest thickest for what it gives up; limits that prove nothing are taken off again.

References
----------
Friedman, J. H. and Fisher, N. I. (1999). Bump hunting in high-dimensional data. Statistics and Computing 9,
123-143: peeling, pasting, covering.
Bryant, B. P. and Lempert, R. J. (2010). Thinking inside the box. Technological Forecasting and Social Change 77,
34-49: coverage, density, quasi-p values, reproducibility over resamples.
Kwakkel, J. H. and Jaxa-Rozen, M. (2016). Improving scenario discovery for handling heterogeneous uncertainties and
multinomial classified outcomes. Environmental Modelling & Software 79, 311-321: gain of density for mass given up.
Lavrac, N., Flach, P. and Zupan, B. (1999). Rule evaluation measures. ILP-99: weighted relative accuracy.

Compatible with EMA Workbench 2.5.3 (`Prim`, objective ``lenient1``): the same peeling trajectory and quasi-p
values on continuous factors (tests/data/prim_ema_workbench.json).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from collabsim.analysis.boxes import Box, Points, everything, quality, quasi_p

PEEL, MASS, QUASI_P, LEAST_USE = 0.05, 0.05, 0.05, 0.01
"""Share peeled at a time; least mass of a box; most that a limit's quasi-p value may be; what a limit must add
to coverage less mass."""


# --- peeling ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A box on a peeling trajectory, with the runs and the runs of interest in it."""

    box: Box
    runs: float
    hits: float

    @property
    def density(self) -> float:
        """Share of its runs that are of interest."""
        return self.hits / self.runs if self.runs else 0.0


def trajectory(points: Points, peel: float = PEEL, mass: float = MASS) -> list[Step]:
    """Peel, one share after another, until no peel helps or the box gets too small.

    Parameters
    ----------
    points : Points
    peel : float
        Share of a box's points that a peel of a number takes off.
    mass : float
        Least share of all runs that a box holds.

    Returns
    -------
    list of Step
        The first is everything.
    """
    box = everything(points)
    steps = [Step(box, float(points.runs.sum()), float(points.hits.sum()))]
    inside, least = points, mass * points.runs.sum()
    while True:
        found = _best_peel(inside, steps[-1], peel, least)
        if found is None:
            return steps
        steps.append(found)
        inside = inside.at(found.box.holds(inside))


def _best_peel(inside: Points, step: Step, peel: float, least: float) -> Step | None:
    """The box after the peel that gains most density for the mass that it gives up; fewer limits win a tie."""
    best: tuple[float, int, Step] | None = None
    for runs, hits, box_after in _peels(inside, step.box, peel):
        allowed = (runs >= least) & (runs < step.runs)
        given_up = np.where(allowed, step.runs - runs, 1.0)
        gain = np.where(allowed, (hits / np.maximum(runs, 1e-300) - step.density) / given_up, -1.0)
        for place in np.flatnonzero((gain > 0) & (gain >= gain.max())):
            box = box_after(int(place))
            found = (float(gain[place]), -len({name for name, _ in box.limits(inside)}))
            if best is None or found > best[:2]:
                best = (*found, Step(box, float(runs[place]), float(hits[place])))
    return best[2] if best else None


def _peels(
    inside: Points, box: Box, peel: float
) -> Iterator[tuple[np.ndarray, np.ndarray, Callable[[int], Box]]]:
    """Runs and hits that peels leave, a kind of peel at a time, and what makes the box of one of them."""
    for side, ends in _ends(inside.numbers, peel):
        kept = inside.numbers <= ends if side == "high" else inside.numbers >= ends
        yield inside.runs @ kept, inside.hits @ kept, partial(_with_one_of, box, side, ends)
    for place in range(len(box.allowed)):
        present = np.unique(inside.codes[:, place])
        if len(present) > 1:
            kept = inside.codes[:, place, None] != present
            yield inside.runs @ kept, inside.hits @ kept, partial(_without_one_of, box, place, present)


def _with_one_of(box: Box, side: str, ends: np.ndarray, column: int) -> Box:
    return box.with_end(column, side, ends[column])


def _without_one_of(box: Box, place: int, present: np.ndarray, number: int) -> Box:
    return box.allowing(place, frozenset(int(code) for code in np.delete(present, number)))


def _ends(numbers: np.ndarray, peel: float) -> Iterator[tuple[str, np.ndarray]]:
    """New upper and lower ends of each factor: midway between two different values about the quantile.

    A limit between two values means the same on either side of it, and works where values repeat.
    """
    if not numbers.size:
        return
    ordered = np.sort(numbers, axis=0)
    last = len(ordered) - 1
    above = ordered[int(np.ceil(last * (1 - peel)))]
    below = ordered[int(np.floor(last * (1 - peel)))]
    smaller = np.where(ordered < above, ordered, -np.inf).max(axis=0)
    yield "high", _midway(np.where(below < above, below, smaller), above)
    low, next_up = ordered[int(np.floor(last * peel))], ordered[int(np.ceil(last * peel))]
    larger = np.where(ordered > low, ordered, np.inf).min(axis=0)
    yield "low", _midway(low, np.where(next_up > low, next_up, larger))


def _midway(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The middle; infinite where all values are equal, and such a peel, which keeps nothing, is never taken."""
    return (one + other) / 2


# --- choosing a box -----------------------------------------------------------------------------


def choose(points: Points, peel: float = PEEL, mass: float = MASS, density: float | None = None) -> Box:
    """One box: the best of its trajectory, pasted, and without limits that prove or add nothing.

    Parameters
    ----------
    points : Points
    peel, mass : float
    density : float, optional
        Take the first box that is at least so dense (the densest, if none is), instead of the best lift.
    """
    steps = trajectory(points, peel, mass)
    box = _of_density(steps, density) if density is not None else _of_lift(steps, points)
    return simpler(pasted(box, points, peel), points)


def _of_lift(steps: list[Step], points: Points) -> Box:
    return max(steps, key=lambda step: quality(step.box, points).lift).box


def _of_density(steps: list[Step], density: float) -> Box:
    dense = [step for step in steps if step.density >= density]
    return dense[0].box if dense else max(steps, key=lambda step: step.density).box


def pasted(box: Box, points: Points, paste: float = PEEL) -> Box:
    """Let each end out again, a share at a time, as long as that does not make the box thinner."""
    while True:
        now = quality(box, points)
        better = [(quality(wider, points), wider) for wider in _pastes(box, points, paste)]
        better = [(q, wider) for q, wider in better if q.runs > now.runs and q.density >= now.density]
        if not better:
            return box
        box = max(better, key=lambda pair: (pair[0].density, pair[0].runs))[1]


def _pastes(box: Box, points: Points, paste: float) -> Iterator[Box]:
    share = max(1, round(paste * box.holds(points).sum()))
    for name, side in box.limits(points):
        if side == "values":
            place = points.words.index(name)
            for code in set(range(len(points.categories[place]))) - box.allowed[place]:
                yield box.allowing(place, box.allowed[place] | {code})
            continue
        column, free = points.names.index(name), box.without(points, (name, side))
        values = np.sort(points.numbers[free.holds(points) & ~box.holds(points), column])
        if len(values):
            let_in = values[::-1][:share][-1] if side == "low" else values[:share][-1]
            yield box.with_end(column, side, float(let_in))


def simpler(box: Box, points: Points, most: float = QUASI_P, least: float = LEAST_USE) -> Box:
    """Take limits off, the least useful first, while one has a quasi-p above `most` or adds less than `least`."""
    while limits := list(box.limits(points)):
        lift = quality(box, points).lift
        use = {limit: lift - quality(box.without(points, limit), points).lift for limit in limits}
        weak = [limit for limit in limits if use[limit] < least or quasi_p(box, points, limit) > most]
        if not weak:
            return box
        box = box.without(points, min(weak, key=lambda limit: use[limit]))
    return box
