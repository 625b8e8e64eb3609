"""Policies made to cost the same: priced levers are scaled until their yearly cost is a given sum."""

from __future__ import annotations

from dataclasses import dataclass

from collabsim.checks import checked
from collabsim.display import number
from collabsim.parameters import LEVERS, PARAMETER, Parameter, Value, doses, encode
from collabsim.scenario import Scenario

SETUP_YEARS = 10
"""Years over which what is paid once is spread."""
BUDGET = 70_000
"""Pounds a year, as in the shipped experiment of equal-cost packages."""
MOST_BUDGET = 2_000_000
_ROUNDS = 60


@dataclass(frozen=True)
class Priced:
    """A scenario at a budget.

    Attributes
    ----------
    scenario : Scenario
    cost : float
        Pounds a year, at the table's prices, of the reference partnership of 45 posts.
    words : str
        What was done, in one sentence.
    """

    scenario: Scenario
    cost: float
    words: str


def yearly_cost(scenario: Scenario) -> float:
    """What a scenario's policy costs a year beyond every lever's default: cash, staff time, a tenth of the set-up."""
    return sum(_cost(PARAMETER[name], value) for name, value in scenario.policy.items())


def _cost(parameter: Parameter, value: Value) -> float:
    cost = parameter.cost
    if cost is None:
        return 0.0
    return doses(parameter, value) * (cost.yearly + cost.staff_time + cost.setup / SETUP_YEARS)


def at_budget(scenario: Scenario, budget: float) -> Priced:
    """The scenario with its priced levers scaled, all by one factor, so that they cost the budget.

    Switches and choices stay; no lever goes beyond what the table accepts.

    Parameters
    ----------
    scenario : Scenario
    budget : float
        Pounds a year.
    """
    before = yearly_cost(scenario)
    moved = _scalable(scenario)
    if not moved:
        words = f"costs £{number(before, 0)} a year at the table's prices; it has no priced lever to scale."
        return Priced(scenario, before, words)
    low, high = 0.0, 1.0
    while yearly_cost(_scaled(scenario, moved, high)) < budget and high < 64:
        high *= 2
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        is_below = yearly_cost(_scaled(scenario, moved, middle)) < budget
        low, high = (middle, high) if is_below else (low, middle)
    found = _scaled(scenario, moved, high)
    cost = yearly_cost(found)
    reached = (
        ""
        if abs(cost - budget) < 0.01 * budget
        else f" The budget of £{number(budget, 0)} is out of its reach."
    )
    words = f"cost £{number(before, 0)} a year; its doses are multiplied by {high:.2f} and cost £{number(cost, 0)}.{reached}"
    return Priced(found, cost, words)


def _scalable(scenario: Scenario) -> list[Parameter]:
    """Priced levers that are numbers and cost something here."""
    return [p for p in LEVERS if p.type == "number" and _cost(p, scenario.policy[p.name]) > 0]


def _scaled(scenario: Scenario, levers: list[Parameter], factor: float) -> Scenario:
    values: dict[str, Value] = {}
    for lever in levers:
        usual = encode(lever, lever.default)
        value = usual + factor * (encode(lever, scenario.policy[lever.name]) - usual)
        values[lever.name] = checked(lever, min(lever.maximum, max(lever.minimum, value)))
    return scenario.with_values(values)
