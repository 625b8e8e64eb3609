"""Pounds: what the policy costs, and what turnover, bids and gaps cost. Cash and staff time are kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from collabsim.model import state
from collabsim.model.compiled import rule
from collabsim.parameters import LEVERS, REFERENCE_POSTS, Value, doses


class ProgrammeCost(NamedTuple):
    """What a policy costs a partnership: set-up, cash a year, staff time a year, in pounds (2024-25 prices)."""

    setup: float
    cash: float
    time: float


def programme_cost(policy: Mapping[str, Value], posts: int) -> ProgrammeCost:
    """Return the cost of a policy's doses above the defaults, for a partnership of `posts` ordinary posts.

    Costs are stated for the reference partnership of 45 posts and scale with posts. Sources and grades are in the
    table of parameters.
    """
    setup = cash = time = 0.0
    for lever in LEVERS:
        if lever.cost is not None:
            number = doses(lever, policy[lever.name])
            setup += number * lever.cost.setup
            cash += number * lever.cost.yearly
            time += number * lever.cost.staff_time
    scale = posts / REFERENCE_POSTS
    return ProgrammeCost(setup * scale, cash * scale, time * scale)


@rule
def book_costs(m):
    """Book a week's costs that are not booked when they happen (costs, sections 5.1 and 5.2)."""
    m.month["programme_cash"] += m.policy["cost_cash"] / 52.0
    m.month["staff_time"] += m.policy["cost_time"] / 52.0
    if m.policy["cost_setup"] > m.world["setup_paid"]:
        m.month["programme_cash"] += m.policy["cost_setup"] - m.world["setup_paid"]
        m.world["setup_paid"] = m.policy["cost_setup"]
    for g in range(len(m.grants)):
        if m.grants[g]["status"] == state.RUNNING:
            m.month["reporting_cost"] += m.context["costs_reporting"] / 52.0
    weekly_pay = m.context["costs_post_year"] / 52.0
    cover = m.context["hiring_cover_share"] * m.context["costs_cover_premium"] * weekly_pay
    for i in range(len(m.posts)):
        if m.posts[i]["filled"] == 0 and m.posts[i]["kind"] == state.ORDINARY:
            m.month["vacancy_saving"] += weekly_pay
            m.month["cover_cost"] += cover if m.posts[i]["open"] == 1 else 0.0
