"""What the week costs, in pounds (declaration, 7.12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from collabsim.parameters import LEVERS, REFERENCE_POSTS, doses
from reference.grants import RUNNING

if TYPE_CHECKING:
    from reference.partnership import ReferencePartnership


def programme_cost(policy: Mapping[str, object], posts: int) -> tuple[float, float, float]:
    """Set-up cash, yearly cash and yearly staff time of a policy's levers at their doses."""
    size = posts / REFERENCE_POSTS
    bought = [(doses(lever, policy[lever.name]) * size, lever.cost) for lever in LEVERS if lever.cost]
    return (
        sum(dose * cost.setup for dose, cost in bought),
        sum(dose * cost.yearly for dose, cost in bought),
        sum(dose * cost.staff_time for dose, cost in bought),
    )


def costs(model: ReferencePartnership) -> None:
    """Book the week's costs; bids, leavers and closures were booked when they happened."""
    month, values, posts = model.month, model.values, model.ordinary_posts
    setup, cash, time = programme_cost(model.policy, len(posts))
    month["programme_cash"] += cash / 52 + max(0.0, setup - model.setup_paid)
    model.setup_paid = max(setup, model.setup_paid)
    month["staff_time"] += time / 52
    running = sum(grant.status == RUNNING for grant in model.grants)
    month["reporting_cost"] += values["costs.reporting"] * running / 52
    weekly_pay = values["costs.post_year"] / 52
    premium = values["hiring.cover_share"] * values["costs.cover_premium"]
    month["cover_cost"] += premium * weekly_pay * sum(post.vacant for post in posts)
    month["vacancy_saving"] += weekly_pay * sum(not post.filled for post in posts)
