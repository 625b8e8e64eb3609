"""The search for packages: NSGA-II of pymoo over steps of levers, every package kept within the budget.

pymoo is guarded here: it is imported when a search begins, its progress is its own business, and nothing random in it
comes from a global generator.

References
----------
Blank, J. and Deb, K. (2020). pymoo: multi-objective optimization in Python. IEEE Access 8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from collabsim.analysis.packages import Laboratory, Option, Package, objectives

POPULATION = 24


def costs(choices: Sequence[Option], years: int) -> list[np.ndarray]:
    """What each step of each lever costs a year."""
    return [np.array([price.yearly(years) for price in option.prices]) for option in choices]


def within(
    package: np.ndarray, prices: Sequence[np.ndarray], budget: float, luck: np.random.Generator
) -> np.ndarray:
    """The package with steps taken back, of levers chosen at random, until the budget holds it."""
    kept = np.clip(np.round(package).astype(int), 0, [len(p) - 1 for p in prices])
    while sum(float(p[s]) for p, s in zip(prices, kept, strict=True)) > budget + 1e-6:
        kept[luck.choice(np.flatnonzero(kept))] -= 1
    return np.asarray(kept)


def alone(prices: Sequence[np.ndarray], budget: float) -> list[Package]:
    """Each lever alone, as far as the budget goes."""
    found = []
    for lever, steps in enumerate(prices):
        package = np.zeros(len(prices), dtype=int)
        package[lever] = int(np.searchsorted(steps, budget, side="right")) - 1
        found.append(tuple(int(step) for step in package))
    return list(dict.fromkeys(package for package in found if any(package)))


def greedy(
    gains: np.ndarray, singles: Sequence[Package], prices: Sequence[np.ndarray], budget: float
) -> Package:
    """A package filled with the levers that alone gave most for their price, until the budget is spent.

    Parameters
    ----------
    gains : array (singles,)
        Of each of the packages `singles`, which hold one lever each.
    """
    levers = [int(np.flatnonzero(package)[0]) for package in singles]
    paid = np.array([prices[k][p[k]] for k, p in zip(levers, singles, strict=True)])
    package, left = np.zeros(len(prices), dtype=int), budget
    for place in np.argsort(-gains / np.maximum(paid, 1.0), kind="stable"):
        if gains[place] <= 0:
            break
        lever = levers[place]
        package[lever] = int(np.searchsorted(prices[lever], left, side="right")) - 1
        left -= float(prices[lever][package[lever]])
    return tuple(int(step) for step in package)


def beginnings(
    laboratory: Laboratory, prices: Sequence[np.ndarray], budget: float, count: int, luck: np.random.Generator
) -> np.ndarray:
    """Packages to begin with: nothing, greedy ones for each scalar and share of the budget, and random ones."""
    singles = [p for p in alone(prices, budget) if p in laboratory.known]
    found: list[Package] = [(0,) * len(prices)]
    gains = np.array([laboratory.gains(p).mean(axis=0) for p in singles]).reshape(-1, len(laboratory.names))
    scaled = gains / np.maximum(np.abs(gains).max(axis=0, initial=0.0), 1e-12)
    aims = [*scaled.T, scaled.sum(axis=1)]
    for share in (1.0, 0.5, 0.25):
        found += [greedy(aim, singles, prices, share * budget) for aim in aims]
    found = list(dict.fromkeys(found))[:count]
    while len(found) < count:
        found.append(tuple(int(step) for step in _random(prices, budget, luck)))
    return np.array(found)


def _random(prices: Sequence[np.ndarray], budget: float, luck: np.random.Generator) -> np.ndarray:
    """A package that spends some of the budget on levers in random order."""
    package, left = np.zeros(len(prices), dtype=int), budget * luck.random()
    for lever in luck.permutation(len(prices)):
        affordable = int(np.searchsorted(prices[lever], left, side="right")) - 1
        package[lever] = luck.integers(affordable + 1)
        left -= float(prices[lever][package[lever]])
    return package


def search(
    laboratory: Laboratory,
    budget: float,
    evaluations: int,
    *,
    population: int = POPULATION,
    seed: int = 0,
    more: Callable[[int], None] | None = None,
) -> None:
    """Search for packages; what was run is in ``laboratory.known`` afterwards.

    Parameters
    ----------
    laboratory : Laboratory
    budget : float
        Pounds a year.
    evaluations : int
        How many different packages to run, at most.
    population, seed : int
        Of the optimiser.
    more : callable, optional
        Called with the number of runs that a generation is about to make.
    """
    years, luck = laboratory.scenario.years, np.random.default_rng(seed)
    prices = costs(laboratory.choices, years)
    first = [(0,) * len(prices), *alone(prices, budget)][: max(1, evaluations // 2)]
    if more is not None:
        more(laboratory.replicates * len(first))
    for package in first:
        laboratory.run(package)
    if len(laboratory.known) == 1:  # the budget buys nothing
        return
    size = max(4, min(population, evaluations - len(laboratory.known)))
    algorithm = _algorithm(
        prices, budget, beginnings(laboratory, prices, budget, size, luck), luck, seed, len(laboratory.names)
    )
    idle = 0
    while len(laboratory.known) < evaluations and idle < 10:
        before = len(laboratory.known)
        asked = algorithm.ask()
        packages = [tuple(int(step) for step in x) for x in asked.get("X")]
        runs = list(_affordable(packages, laboratory, evaluations))
        if more is not None:
            more(laboratory.replicates * sum(package not in laboratory.known for package in set(runs)))
        asked.set("F", _judged(packages, runs, laboratory, years))
        algorithm.tell(infills=asked)
        idle = idle + 1 if len(laboratory.known) == before else 0


def _affordable(packages: Sequence[Package], laboratory: Laboratory, evaluations: int) -> Iterator[Package]:
    """Those that are known already, and new ones as long as the evaluations last."""
    known = set(laboratory.known)
    for package in packages:
        if package in known or len(known) < evaluations:
            known.add(package)
            yield package


def _judged(
    packages: Sequence[Package], runs: Sequence[Package], laboratory: Laboratory, years: int
) -> np.ndarray:
    """Objectives; packages that were not run any more are worse than all."""
    found = np.full((len(packages), len(laboratory.names) + 1), 1e9)
    chosen = set(runs)
    for place, package in enumerate(packages):
        if package in chosen:
            found[place] = objectives(laboratory, [package], years)[0]
    return found


def _algorithm(
    prices: Sequence[np.ndarray],
    budget: float,
    first: np.ndarray,
    luck: np.random.Generator,
    seed: int,
    scalars: int,
) -> Any:
    """NSGA-II, ready to be asked."""
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import Problem
    from pymoo.core.repair import Repair
    from pymoo.operators.crossover.ux import UniformCrossover
    from pymoo.operators.mutation.pm import PM

    class InBudget(Repair):
        def _do(self, problem: Any, X: np.ndarray, **others: Any) -> np.ndarray:
            return np.array([within(x, prices, budget, luck) for x in X])

    last = np.array([len(p) - 1 for p in prices])
    algorithm = NSGA2(
        pop_size=len(first),
        sampling=first,
        crossover=UniformCrossover(),
        mutation=PM(prob=1.0, prob_var=2.0 / len(prices), eta=3, vtype=float),
        repair=InBudget(),
        eliminate_duplicates=True,
    )
    problem = Problem(n_var=len(prices), n_obj=scalars + 1, xl=0, xu=last, vtype=int)
    algorithm.setup(problem, seed=seed, verbose=False, termination=("n_gen", 1_000_000))
    return algorithm
