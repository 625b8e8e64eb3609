"""Points in the unit cube, one column per factor: the only module that draws samples with SALib.

SALib is guarded here. It takes ``seed=0`` for no seed, so it is handed a generator; it writes into the
problem that it is given, so it gets a copy; some of its functions reseed numpy's global generator, whose
state is put back; and every point is checked to be a finite number from 0 to 1.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

Problem = dict[str, Any]


def sobol(problem: Problem, size: int, seed: int, *, second_order: bool) -> np.ndarray:
    """Saltelli's design on a scrambled Sobol' sequence.

    For each of ``size`` base points: the point A, A with each factor (or group) from B, with
    ``second_order`` B with each from A, and B. A larger size begins with the same rows.

    Parameters
    ----------
    problem : dict
        SALib's, with bounds of 0 and 1.
    size : int
        A power of two.
    seed : int
    second_order : bool

    Returns
    -------
    array (size x (D + 2), factors), or (size x (2 D + 2), factors) with ``second_order``

    References
    ----------
    Saltelli et al. 2010, Computer Physics Communications 181(2), 259-270.
    Owen 2020, On dropping the first Sobol' point, arXiv:2008.08051.
    """
    from SALib.sample.sobol import sample

    return _guarded(
        problem, lambda copied: sample(copied, size, calc_second_order=second_order, seed=_generator(seed))
    )


def morris(problem: Problem, size: int, seed: int, *, levels: int) -> np.ndarray:
    """Trajectories of Morris, each changing one factor (or group) after another.

    A larger size begins with the same rows.

    Parameters
    ----------
    problem : dict
        SALib's, with bounds of 0 and 1.
    size : int
        Trajectories.
    seed : int
    levels : int
        Values that a factor takes; even.

    Returns
    -------
    array (size x (D + 1), factors)

    References
    ----------
    Morris 1991, Technometrics 33, 161-174.
    Campolongo, Cariboni and Saltelli 2007, Environmental Modelling & Software 22, 1509-1518.
    """
    from SALib.sample.morris import sample

    return _guarded(problem, lambda copied: sample(copied, size, num_levels=levels, seed=_generator(seed)))


def latin(factors: int, size: int, seed: int) -> np.ndarray:
    """A Latin hypercube that grows by doubling: each of ``size`` strata of a factor holds one point.

    It begins with an odd number of points and doubles, new points going where a factor's finer strata
    are still empty. So ``2 size`` begins with the rows of ``size``, and both are Latin hypercubes.

    Parameters
    ----------
    factors, size, seed : int

    Returns
    -------
    array (size, factors)

    References
    ----------
    McKay, Beckman and Conover 1979, Technometrics 21, 239-245.
    Sallaberry, Helton and Hora 2008, Reliability Engineering & System Safety 93, 1047-1059.
    """
    generator = _generator(seed)
    odd = size
    while odd % 2 == 0:
        odd //= 2
    points = _spread(generator, np.tile(np.arange(odd), (factors, 1)), odd)
    while len(points) < size:
        strata = 2 * len(points)
        points = np.vstack([points, _spread(generator, _empty_strata(points, strata), strata)])
    return _checked(points)


def _empty_strata(points: np.ndarray, strata: int) -> np.ndarray:
    """For each factor (rows), the strata that hold no point."""
    taken = np.minimum((points * strata).astype(np.int64), strata - 1)
    return np.array([np.setdiff1d(np.arange(strata), column) for column in taken.T]).reshape(
        points.shape[1], -1
    )


def _spread(generator: np.random.Generator, chosen: np.ndarray, strata: int) -> np.ndarray:
    """One point in each of the chosen strata of each factor (rows), shuffled from factor to factor."""
    shuffled = generator.permuted(chosen, axis=1)
    # A little inside the stratum: rounding must not move a point to the next.
    inside = 1e-9 + (1 - 2e-9) * generator.random(shuffled.shape)
    return ((shuffled + inside) / strata).T


def _generator(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _guarded(problem: Problem, sample: Callable[[Problem], np.ndarray]) -> np.ndarray:
    with _global_state_kept():
        return _checked(np.asarray(sample(copy.deepcopy(problem)), dtype=float))


@contextmanager
def _global_state_kept() -> Iterator[None]:
    """Put the state of numpy's global generator back, whatever others do to it."""
    state = np.random.get_state()  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002


def _checked(points: np.ndarray) -> np.ndarray:
    """The points, if all lie in the unit cube.

    Raises
    ------
    ValueError
    """
    if not (np.isfinite(points).all() and (points >= -1e-12).all() and (points <= 1 + 1e-12).all()):
        raise ValueError("The sampler gave points that are not numbers from 0 to 1.")
    return np.clip(points, 0.0, 1.0)
