"""Ledgers of a mean, the journal of events and the monthly record (declaration, section 8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reference.governance import equity
from reference.workforce import granted, insecurity

if TYPE_CHECKING:
    from reference.partnership import ReferencePartnership

TRUST_LINES = (
    "good contacts", "bad contacts", "conflicts", "repairs", "drift", "breaches", "left: quit",
    "left: nonrenewal", "left: reorganisation", "newcomers", "introductions",
)  # fmt: skip
KNOWLEDGE_LINES = ("learned", "forgotten", "left", "newcomers")
SUMS = (
    "quits", "nonrenewals", "reorganised", "hires", "filled_weeks", "grant_quits", "grant_separations",
    "grant_filled_weeks", "grant_post_weeks", "needed", "requested", "received", "contacts", "conflicts", "breaches",
    "cases_opened", "cases_closed", "worker_changes", "completeness_sum", "wait_sum", "performance_sum",
    "outcome_sum", "programme_cash", "staff_time", "bids_cost", "reporting_cost", "leavers_cost", "closures_cost",
    "cover_cost", "breaches_cost", "vacancy_saving",
)  # fmt: skip
LOW_TRUST = 0.4


class MeanLedger:
    """The mean of a changing set of values; every change of it is booked to a line."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.names = tuple(lines)
        self.total = 0.0
        self.count = 0
        self.lines = dict.fromkeys(self.names, 0.0)

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0

    def change(self, line: str, by: float) -> None:
        """Book the change of one member's value."""
        self.total += by
        self.lines[line] += by / self.count

    def join(self, line: str, values: list[float]) -> None:
        """Book values that come in."""
        before = self.mean
        self.total += sum(values)
        self.count += len(values)
        self.lines[line] += self.mean - before

    def leave(self, line: str, values: list[float]) -> None:
        """Book values that go."""
        before = self.mean
        self.total -= sum(values)
        self.count -= len(values)
        self.lines[line] += self.mean - before

    def close(self) -> dict[str, float]:
        """Return the lines and start them anew."""
        closed, self.lines = self.lines, dict.fromkeys(self.names, 0.0)
        return closed


def record_week(model: ReferencePartnership) -> None:
    """Add the posts filled at the week's end to the month's sums."""
    posts = model.ordinary_posts
    paid_by_grants = [post for post in posts if granted(post)]
    model.month["filled_weeks"] += sum(post.filled for post in posts)
    model.month["grant_filled_weeks"] += sum(post.filled for post in paid_by_grants)
    model.month["grant_post_weeks"] += len(paid_by_grants)


def record_month(model: ReferencePartnership) -> None:
    """Close the month: its state, its sums and its ledgers."""
    state = trust_state(model) | staff_state(model) | partnership_state(model)
    model.series.append({"month": model.week * 12 // 52} | state | model.month)
    model.month = dict.fromkeys(SUMS, 0.0)
    model.ledger.append(model.trust_ledger.close())
    model.knowledge_ledger.append(model.knowledge_book.close())


def trust_state(model: ReferencePartnership) -> dict[str, float]:
    """Trust between ordinary staff, both directions."""
    relationships = [one for place in model.localities for one in place.relationships if one.ordinary]
    ties = [tie for one in relationships for tie in one.ties]
    insecure = [tie.trust for tie in ties if granted(tie.holder.post) or granted(tie.other.post)]
    return {
        "trust_sum": sum(tie.trust for tie in ties),
        "ties": len(ties),
        "trust_grant_sum": sum(insecure),
        "grant_ties": len(insecure),
        "low_trust_ties": sum(tie.trust < LOW_TRUST for tie in ties),
        "tie_weeks": sum(2 * (model.week - one.began + 1) for one in relationships),
    }


def staff_state(model: ReferencePartnership) -> dict[str, float]:
    """Posts, staff and what they know."""
    staff = model.ordinary_staff
    hub_posts = [post for post in model.hub_posts if post.open]
    hub_filled = sum(post.filled for post in hub_posts) / len(hub_posts) if hub_posts else 0.0
    return {
        "posts_filled": len(staff),
        "posts": len(model.ordinary_posts),
        "knowledge_sum": sum(person.knowledge for person in staff),
        "insecure": sum(insecurity(model, person.post) > 0.1 for person in staff),
        "hub_filled": hub_filled,
    }


def partnership_state(model: ReferencePartnership) -> dict[str, float]:
    """What belongs to the agencies and to the partnership."""
    trust = [one.trust[other] for one in model.agencies for other in model.agencies if one is not other]
    overload = [team.overload for place in model.localities for team in place.teams if team.posts]
    return {
        "equity": equity(model),
        "alignment": model.alignment,
        "practice": model.practice,
        "institutional": sum(trust) / len(trust) if trust else 0.0,
        "overload": sum(overload) / len(overload),
        "leaders_vacant": sum(agency.leader_vacant for agency in model.agencies),
    }
