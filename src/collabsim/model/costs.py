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
def book_costs(w, p, c, teams, grants, posts, s):
    """Book a week's costs that are not booked when they happen (costs, sections 5.1 and 5.2)."""
    s["programme_cash"] += p["cost_cash"] / 52.0
    s["staff_time"] += p["cost_time"] / 52.0
    if p["cost_setup"] > w["setup_paid"]:
        s["programme_cash"] += p["cost_setup"] - w["setup_paid"]
        w["setup_paid"] = p["cost_setup"]
    for g in range(len(grants)):
        if grants[g]["status"] == state.RUNNING:
            s["reporting_cost"] += c["costs_reporting"] / 52.0
    weekly_pay = c["costs_post_year"] / 52.0
    cover = c["hiring_cover_share"] * c["costs_cover_premium"] * weekly_pay
    for i in range(len(posts)):
        if posts[i]["filled"] == 0 and posts[i]["kind"] == state.ORDINARY:
            s["vacancy_saving"] += weekly_pay
            s["cover_cost"] += cover if posts[i]["open"] == 1 else 0.0
