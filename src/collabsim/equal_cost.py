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
    bounds = [_most(lever, scenario.policy[lever.name]) for lever in moved]
    most = max(bounds)
    factor = _factor(scenario, moved, budget, most)
    found = _scaled(scenario, moved, factor)
    cost = yearly_cost(found)
    reached = (
        ""
        if abs(cost - budget) < 0.01 * budget
        else f" The budget of £{number(budget, 0)} is out of its reach."
    )
    done = _at_most(before, cost) if reached and factor == most else _multiplied(factor, min(bounds), cost)
    return Priced(found, cost, f"costs £{number(before, 0)} a year; {done}{reached}")


def _factor(scenario: Scenario, levers: list[Parameter], budget: float, most: float) -> float:
    """What doses must be multiplied with to cost the budget: at most so much."""
    if yearly_cost(_scaled(scenario, levers, most)) < budget:
        return most
    low, high = 0.0, most
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        is_below = yearly_cost(_scaled(scenario, levers, middle)) < budget
        low, high = (middle, high) if is_below else (low, middle)
    return high


def _most(lever: Parameter, value: Value) -> float:
    """The factor that takes a lever to its bound, beyond which no factor moves it."""
    usual, now = encode(lever, lever.default), encode(lever, value)
    return ((lever.maximum if now > usual else lever.minimum) - usual) / (now - usual)


def _multiplied(factor: float, first: float, cost: float) -> str:
    """What is said of a factor; some doses may be at their upper bounds, where the first bound is met before it."""
    up_to = ", each up to its upper bound," if factor > first else ""
    return f"its doses are multiplied by {factor:.2f}{up_to} and cost £{number(cost, 0)}."


def _at_most(before: float, cost: float) -> str:
    """What is said where every dose is at its upper bound: there is no one factor then that all were multiplied with."""
    if abs(cost - before) < 0.5:
        return "its doses are at their upper bounds already."
    return f"its doses are taken to their upper bounds and cost £{number(cost, 0)}."


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
