"""Packages of levers within a budget: what one costs, what it gains, and what of the gain is luck.

When to use it: "what is the best way to spend £100,000 a year?". What it needs: a scenario, a budget, and an outcome; the
levers are those that the table of parameters prices, in steps of a quarter of their feasible range. A package is a step
for each lever. What it returns: the packages that no other one searched beats on the outcome, equity of voice and cost
together (the Pareto front), run again on fresh seeds.

All packages of a search meet the same luck (common random numbers), so that they can be compared after few replicates.
The best of many is flattered by that luck, and by how much is measured: *optimism* is the gain in the search less the
gain on fresh seeds, for packages that were chosen by the search alone.

References
----------
Deb, K., Pratap, A., Agarwal, S. and Meyarivan, T. (2002). A fast and elitist multiobjective genetic algorithm: NSGA-II.
IEEE Transactions on Evolutionary Computation 6(2).
Smith, J. E. and Winkler, R. L. (2006). The optimizer's curse. Management Science 52(3), 311-322.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from collabsim import outcomes
from collabsim.analysis.differences import Estimate, estimate, paired
from collabsim.experiment.equal_cost import WITH, Price
from collabsim.model.simulate import simulate
from collabsim.outcomes import find_scalar
from collabsim.parameters import LEVERS, REFERENCE_POSTS, Parameter, Value, encode
from collabsim.scenario import Scenario

STEPS = 4
"""Into how many steps a lever's feasible range is divided."""
EQUITY = "equity"
Package = tuple[int, ...]


@dataclass(frozen=True)
class Option:
    """A lever that can be bought: its value at each step, and the price of each.

    Attributes
    ----------
    lever : Parameter
    values : tuple
        The first is the scenario's own.
    prices : tuple of Price
        The first is nothing.
    """

    lever: Parameter
    values: tuple[Value, ...]
    prices: tuple[Price, ...]


def options(scenario: Scenario) -> tuple[Option, ...]:
    """Every lever with a price that has room above the scenario's own value."""
    posts = sum(agency.posts for agency in scenario.agencies)
    found = (_option(lever, scenario.policy[lever.name], posts) for lever in LEVERS if lever.cost is not None)
    return tuple(option for option in found if len(option.values) > 1)


def _option(lever: Parameter, own: Value, posts: int) -> Option:
    assert lever.cost is not None
    values, counts = [own], [0.0]
    for value, doses in _steps(lever, own):
        if doses > counts[-1] + 1e-9:
            values.append(value)
            counts.append(doses)
    unit = table_price(lever, posts)
    return Option(lever, tuple(values), tuple(unit.times(count) for count in counts))


def _steps(lever: Parameter, own: Value) -> list[tuple[Value, float]]:
    """Values above the scenario's own, and how many doses more each is."""
    assert lever.cost is not None
    if lever.type == "boolean":
        return [] if own is True else [(True, 1.0)]
    if lever.type == "choice":
        priced = dict(zip(lever.choices, lever.cost.doses, strict=True))
        more = [(name, doses - priced[str(own)]) for name, doses in priced.items()]
        return sorted([pair for pair in more if pair[1] > 0], key=lambda pair: pair[1])
    end = lever.high if lever.cost.per_dose > 0 else lever.low
    start = encode(lever, own)
    values = [start + (end - start) * step / STEPS for step in range(1, STEPS + 1)]
    if lever.type == "integer":
        whole = [round(value) for value in values]
        return [(value, (value - start) / lever.cost.per_dose) for value in whole]
    return [(round(value, 9), (value - start) / lever.cost.per_dose) for value in values]


def table_price(lever: Parameter, posts: int) -> Price:
    """The table's own price of a dose; what it books as neither cash nor time at the middle of its range."""
    cost = lever.cost
    assert cost is not None
    scale = posts / REFERENCE_POSTS
    funder = 0.0 if cost.yearly + cost.staff_time else (cost.low + cost.high) / 2
    return Price(cost.setup * scale, cost.yearly * scale, cost.staff_time * scale, funder * scale)


# --- one package --------------------------------------------------------------------------------


def price_of(package: Package, choices: Sequence[Option]) -> Price:
    """What a package costs."""
    parts = [option.prices[step] for option, step in zip(choices, package, strict=True)]
    return Price(*(sum(getattr(p, name) for p in parts) for name in ("setup", "cash", "time", "funder")))


def values_of(package: Package, choices: Sequence[Option]) -> dict[str, Value]:
    """The levers that a package changes, with what comes with them."""
    changed: dict[str, Value] = {}
    for option, step in zip(choices, package, strict=True):
        if step:
            changed |= {option.lever.name: option.values[step], **WITH.get(option.lever.name, {})}
    return changed


@dataclass
class Laboratory:
    """Runs packages, each once, under one luck.

    Attributes
    ----------
    scenario : Scenario
    choices : tuple of Option
    names : tuple of str
        The scalars to look at: the outcome and equity over the same period.
    replicates, seed : int
    workers : int or None
    tick : callable
        Called after every run.
    known : dict
        Package -> (replicates, names), filled as packages are run.
    """

    scenario: Scenario
    choices: tuple[Option, ...]
    names: tuple[str, ...]
    replicates: int
    seed: int
    workers: int | None = None
    tick: Callable[[], None] | None = None
    known: dict[Package, np.ndarray] = field(default_factory=dict)

    def run(self, package: Package) -> np.ndarray:
        """The scalars of every replicate of a package: (replicates, names)."""
        if package not in self.known:
            scenario = self.scenario.with_values(values_of(package, self.choices))
            runs = simulate(scenario, self.replicates, self.seed, workers=self.workers, progress=self.tick)
            self.known[package] = outcomes.chosen_scalars(self.names, runs, scenario)
        return self.known[package]

    def gains(self, package: Package) -> np.ndarray:
        """Paired gains over the scenario as it is, turned so that more is better: (replicates, names)."""
        nothing = (0,) * len(self.choices)
        return np.asarray((self.run(package) - self.run(nothing)) * self.signs)

    @property
    def signs(self) -> np.ndarray:
        """1 where higher is better, else -1."""
        return np.array([1.0 if find_scalar(name)[0].direction == "higher" else -1.0 for name in self.names])


def scalars(outcome: str) -> tuple[str, ...]:
    """The outcome, and equity over the same period; one of them where they are the same."""
    found, period = find_scalar(outcome)
    return (outcome,) if found.name == EQUITY else (outcome, f"{EQUITY}_{period or 'last'}")


# --- what a search found ------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A package on the front.

    Attributes
    ----------
    package : tuple of int
    values : mapping
        The levers that it changes.
    price : Price
    yearly : float
        All of the price a year.
    searched, fresh : tuple of Estimate
        Gains in each scalar in the search, and on fresh seeds.
    still : bool
        Whether it is still on the front by its fresh gains.
    """

    package: Package
    values: Mapping[str, Value]
    price: Price
    yearly: float
    searched: tuple[Estimate, ...]
    fresh: tuple[Estimate, ...]
    still: bool


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes
    ----------
    names : tuple of str
        The scalars.
    budget : float
    years : int
    front : tuple of Choice
        By the gain in the search, best first.
    optimism : tuple of Estimate
        Mean over the front of searched less fresh gain, for each scalar; paired by package.
    evaluated : tuple of (package, yearly, means)
        Every package that was run in the search.
    replicates, fresh_replicates : int
    """

    names: tuple[str, ...]
    budget: float
    years: int
    front: tuple[Choice, ...]
    optimism: tuple[Estimate, ...]
    evaluated: tuple[tuple[Package, float, tuple[float, ...]], ...]
    replicates: int
    fresh_replicates: int

    @property
    def best(self) -> Choice | None:
        """The package with the largest gain in the search: chosen before its fresh runs."""
        return self.front[0] if self.front else None


def nondominated(objectives: np.ndarray) -> np.ndarray:
    """Which rows no other row beats: none at least as small in every column and smaller in one."""
    no_worse = (objectives[:, None] <= objectives[None]).all(axis=2)
    smaller = (objectives[:, None] < objectives[None]).any(axis=2)
    return np.asarray(~(no_worse & smaller).any(axis=0))


def objectives(laboratory: Laboratory, packages: Sequence[Package], years: int) -> np.ndarray:
    """What is to be small: the gains with a minus, and the cost; (packages, scalars + 1)."""
    rows = [
        [*(-laboratory.gains(p).mean(axis=0)), price_of(p, laboratory.choices).yearly(years)]
        for p in packages
    ]
    return np.array(rows)


def on_the_front(search: Laboratory, budget: float) -> int:
    """How many packages of a search are on its front."""
    return len(_front(search, budget)[2])


def _front(search: Laboratory, budget: float) -> tuple[list[Package], np.ndarray, list[Package]]:
    """The packages within the budget, their objectives, and those that none beats, best first."""
    years = search.scenario.years
    packages = [p for p in search.known if price_of(p, search.choices).yearly(years) <= budget + 1e-6]
    found = objectives(search, packages, years)
    front = [packages[n] for n in np.flatnonzero(nondominated(found))]
    return packages, found, sorted(front, key=lambda p: -search.gains(p)[:, 0].mean())


def examined(search: Laboratory, fresh: Laboratory, budget: float) -> Found:
    """The front of everything that a search has run, run again on fresh seeds."""
    years = search.scenario.years
    packages, found, front = _front(search, budget)
    again = objectives(fresh, front, years)
    still = nondominated(again)
    choices = tuple(
        _choice(package, search, fresh, years, bool(kept)) for package, kept in zip(front, still, strict=True)
    )
    evaluated = tuple(
        (p, float(row[-1]), tuple(float(-v) for v in row[:-1]))
        for p, row in zip(packages, found, strict=True)
    )
    return Found(
        search.names, budget, years, choices, _optimism(choices, len(search.names)), evaluated,
        search.replicates, fresh.replicates,
    )  # fmt: skip


def _choice(package: Package, search: Laboratory, fresh: Laboratory, years: int, still: bool) -> Choice:
    price = price_of(package, search.choices)
    gains = (search.gains(package), fresh.gains(package))
    both = [tuple(estimate(g[:, k]) for k in range(g.shape[1])) for g in gains]
    return Choice(
        package, values_of(package, search.choices), price, price.yearly(years), both[0], both[1], still
    )


def _optimism(choices: Sequence[Choice], scalars: int) -> tuple[Estimate, ...]:
    """Mean of searched less fresh over packages that change something."""
    real = [choice for choice in choices if any(choice.package)]
    return tuple(
        paired(
            np.array([choice.fresh[k].mean for choice in real]),
            np.array([choice.searched[k].mean for choice in real]),
        ).difference
        for k in range(scalars)
    )
