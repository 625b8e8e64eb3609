"""The equal-cost design: every priced lever at the dose that each budget buys, in worlds with prices of their own.

A world is a draw of every lever's price from its range in the table of parameters, and of the uncertainties that the
experiment varies: a Latin hypercube over both. In each world there is the partnership as it is, and each lever alone at
each budget. A dose is as large as the budget buys above what the scenario has already, up to the feasible end of the
lever; a switch or a choice is bought whole or not at all. Cash and staff time are one budget, and set-up costs are
spread over the years of the run; the columns keep them apart.

A lever without a price (such as `colocation.share_of_posts`) is not free: nobody has priced it. It stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from collabsim.experiment import sampling
from collabsim.parameters import PARAMETER, REFERENCE_POSTS, Cost, Parameter, Value, encode

if TYPE_CHECKING:
    from collabsim.experiment.factors import Factor
    from collabsim.experiment.types import Experiment
    from collabsim.scenario import Scenario

AS_IT_IS = "as it is"
WITH: Mapping[str, Mapping[str, Value]] = {"purpose.workshops_per_year": {"purpose.vision_pull": 0.25}}
"""What comes with a lever and has no price of its own: a workshop that pulls nobody is none."""


@dataclass(frozen=True)
class Price:
    """What one dose of a lever costs the partnership in one world, in pounds.

    Attributes
    ----------
    setup : float
        Once.
    cash, time, funder : float
        A year: cash, staff time at opportunity cost, and what the funder gives up and nobody pays.
    """

    setup: float
    cash: float
    time: float
    funder: float = 0.0

    def yearly(self, years: int) -> float:
        """All of it a year, set-up spread over the years."""
        return self.setup / years + self.cash + self.time + self.funder

    def times(self, doses: float) -> Price:
        """The price of so many doses."""
        return Price(*(doses * part for part in (self.setup, self.cash, self.time, self.funder)))


def drawn_price(cost: Cost, share: float, posts: int) -> Price:
    """The price of a dose at a point of its range, for a partnership of so many posts.

    Parameters
    ----------
    cost : Cost
    share : float
        0 for the low end of the yearly range, 1 for the high end. Set-up, cash and staff time keep the proportions
        that they have in the table; what the table books as neither is the funder's.
    posts : int
    """
    scale, usual = posts / REFERENCE_POSTS, cost.yearly + cost.staff_time
    drawn = cost.low + share * (cost.high - cost.low)
    if usual == 0:
        return Price(cost.setup * scale, 0.0, 0.0, drawn * scale)
    ratio = drawn / usual * scale
    return Price(cost.setup * ratio, cost.yearly * ratio, cost.staff_time * ratio)


def bought(
    lever: Parameter,
    own: Value,
    budget: float,
    price: Price,
    years: int,
    ends: tuple[float, float] | None = None,
) -> tuple[Value, float]:
    """What a budget buys of a lever: its value, and how many doses more than the scenario has.

    Parameters
    ----------
    lever : Parameter
        With a cost.
    own : bool, int, float or str
        The scenario's value.
    budget : float
        Pounds a year.
    price : Price
        Of one dose.
    years : int
        Over which set-up costs are spread.
    ends : (float, float), optional
        The feasible range, if it is not the table's.
    """
    assert lever.cost is not None
    unit = price.yearly(years)
    most = budget / unit if unit > 0 else np.inf
    if lever.type == "boolean":
        return (True, 1.0) if most >= 1 and own is not True else (own, 0.0)
    if lever.type == "choice":
        return _choice(lever, own, most)
    low, high = ends or (lever.low, lever.high)
    start, per_dose = encode(lever, own), lever.cost.per_dose
    end = high if per_dose > 0 else low
    room = max(0.0, (end - start) / per_dose)
    value = start + per_dose * min(most, room)
    if lever.type == "integer":
        value = float(np.floor(value + 1e-9) if per_dose > 0 else np.ceil(value - 1e-9))
        return int(value), (value - start) / per_dose
    return round(value, 9), min(most, room)


def _choice(lever: Parameter, own: Value, most: float) -> tuple[Value, float]:
    """The dearest choice that the budget reaches."""
    assert lever.cost is not None
    priced = dict(zip(lever.choices, lever.cost.doses, strict=True))
    better = {name: doses - priced[str(own)] for name, doses in priced.items() if doses > priced[str(own)]}
    reached = [name for name, doses in better.items() if doses <= most]
    best = max(reached, key=lambda name: better[name], default=str(own))
    return best, better.get(best, 0.0)


# --- rows ---------------------------------------------------------------------------------------


def priced(factors: Sequence[Factor]) -> list[Factor]:
    """The factors that are levers with a price."""
    return [f for f in factors if f.name in PARAMETER and PARAMETER[f.name].cost is not None]


def unpriced(factors: Sequence[Factor]) -> list[str]:
    """The levers among the factors that nobody has priced and that come with no other: they stay as they are."""
    names = [f.name for f in factors if f.name in PARAMETER and PARAMETER[f.name].kind == "lever"]
    return [name for name in names if PARAMETER[name].cost is None and name not in columns(factors)]


def varied(factors: Sequence[Factor]) -> list[Factor]:
    """The factors that differ from world to world: all that are no levers."""
    return [f for f in factors if f.name in PARAMETER and PARAMETER[f.name].kind != "lever"]


def columns(factors: Sequence[Factor]) -> list[str]:
    """The parameters that a row may set."""
    levers = [f.name for f in priced(factors)]
    with_them = [name for lever in levers for name in WITH.get(lever, {})]
    return list(dict.fromkeys([*levers, *with_them, *(f.name for f in varied(factors))]))


def rows(experiment: Experiment) -> pd.DataFrame:
    """Every row: for each world and scenario the partnership as it is, then each lever at each budget.

    Returns
    -------
    DataFrame
        ``scenario``, ``label`` (a lever's name, or "as it is"), ``world``, ``budget``; ``cash``, ``time``, ``funder``
        (pounds a year) and ``setup`` (pounds once) that the dose costs in this world, ``booked`` (the cash a year that
        the model books for it, at the table's price); the parameters, empty where the scenario's own value stays. A
        budget that buys no more than a smaller one has no row.
    """
    factors = experiment.factors
    levers, others = priced(factors), varied(factors)
    points = sampling.latin(len(levers) + len(others), experiment.design["size"], experiment.seed)
    found: list[dict[str, Any]] = []
    for world, point in enumerate(points):
        shares = dict(zip((f.name for f in levers), point, strict=False))
        values = {f.name: f.at(point[k : k + 1])[0] for k, f in enumerate(others, len(levers))}
        for name, scenario in experiment.loaded.items():
            for row in _of_world(experiment, scenario, levers, shares):
                found.append({"scenario": name, "world": world, **row, **values})
    table = pd.DataFrame(found)
    front = ["scenario", "label", "world", "budget", "cash", "time", "funder", "setup", "booked"]
    present = [name for name in columns(factors) if name in table]
    return table[[*front, *present]]


def _of_world(
    experiment: Experiment, scenario: Scenario, levers: Sequence[Factor], shares: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    nothing = {"budget": 0.0, "cash": 0.0, "time": 0.0, "funder": 0.0, "setup": 0.0, "booked": 0.0}
    yield {"label": AS_IT_IS, **nothing}
    posts = sum(agency.posts for agency in scenario.agencies)
    years = experiment.years or scenario.years
    for factor in levers:
        lever, before = PARAMETER[factor.name], 0.0
        assert lever.cost is not None
        price = drawn_price(lever.cost, shares[factor.name], posts)
        ends = None if factor.values else (factor.low, factor.high)
        for budget in experiment.design["budgets"]:
            value, doses = bought(lever, scenario.policy[lever.name], budget, price, years, ends)
            if doses > before + 1e-9:
                before = doses
                spent = price.times(doses)
                yield {
                    "label": lever.name, "budget": float(budget), "cash": spent.cash, "time": spent.time,
                    "funder": spent.funder, "setup": spent.setup,
                    "booked": doses * lever.cost.yearly * posts / REFERENCE_POSTS,
                    lever.name: value, **WITH.get(lever.name, {}),
                }  # fmt: skip


def number_of_rows(experiment: Experiment) -> int:
    """How many rows `rows` has."""
    return len(rows(experiment))
