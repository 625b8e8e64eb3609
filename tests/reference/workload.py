"""Capacity, demand, overload, attendance; the hub's strength (declaration, 7.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference.arithmetic import clip
from reference.places import PROJECT_MANAGER
from reference.workforce import granted

if TYPE_CHECKING:
    from reference.partnership import ReferencePartnership
    from reference.places import Locality, Post, Team
    from reference.workforce import ReferenceStaff

MONTH_HOURS, WEEK_HOURS, YEAR_DAYS = 150, 37.5, 220
MOST_OVERLOAD, MOST_OVERHEAD = 5.0, 0.9


def workload(model: ReferencePartnership) -> None:
    """Every team's overload and attendance this week."""
    everybody = common_overhead(model)
    for locality in model.localities:
        locality.hub_strength = hub_strength(model, locality)
        locality.managed = project_management(model, locality)
        share_work(model, locality.teams, everybody)
        for team in locality.teams:
            team.attendance = attendance(model, team)
        if model.policy["colocation.site"] == "neutral" and model.policy["colocation.days"] > 0:
            meet_on_neutral_ground(locality)


# Capacity and demand


def common_overhead(model: ReferencePartnership) -> float:
    """Share of time that everybody gives to the partnership."""
    policy = model.policy
    meetings = policy["meetings.per_month"] + policy["meetings.steering_per_quarter"] / 3
    return (
        2 * meetings / MONTH_HOURS
        + policy["meetings.protected_time"]
        + policy["training.days_per_year"] / YEAR_DAYS
        + policy["reflection.sessions_per_month"] / MONTH_HOURS
        + policy["purpose.workshops_per_year"] / YEAR_DAYS
    )


def overhead(model: ReferencePartnership, post: Post, everybody: float) -> float:
    """Share of a post's time that does not go into cases."""
    share = everybody
    if post.in_core_group:
        share += 2 * model.policy["meetings.per_month"] / MONTH_HOURS
    if granted(post) and model.channels["load"]:
        share += model.policy["flexibility.reporting_load"]
        if post.grant.in_bid_window:
            share += bid_load(model, post)
    return min(share, MOST_OVERHEAD)


def bid_load(model: ReferencePartnership, post: Post) -> float:
    """Share of time that the post's part of a bid takes during its window."""
    hours = model.values["funding.bid_hours"] * model.bid_effort
    return hours / (WEEK_HOURS * model.values["rivalry.window"] * len(post.grant.posts))


def capacity(model: ReferencePartnership, team: Team, everybody: float) -> float:
    """What the team can do in a week, in full-time equivalents."""
    values = model.values
    cover = values["hiring.cover_share"] * values["hiring.starting_productivity"]
    working = sum(work_time(model, person, everybody) for person in team.staff)
    return working + cover * sum(post.vacant for post in team.posts)


def work_time(model: ReferencePartnership, person: ReferenceStaff, everybody: float) -> float:
    """What one person can do in a week."""
    return person.productivity() * (1 - overhead(model, person.post, everybody))


def demand(model: ReferencePartnership, team: Team) -> float:
    """What the team's open cases ask for."""
    duplication = model.values["cases.duplication"]
    return model.values["cases.load"] * sum(1 if case.coherent else 1 + duplication for case in team.cases)


def share_work(model: ReferencePartnership, teams: list[Team], everybody: float) -> None:
    """Spare capacity moves to where it is short; what remains is overload."""
    capacities = [capacity(model, team, everybody) for team in teams]
    balances = [have - demand(model, team) for have, team in zip(capacities, teams, strict=True)]
    spare = sum(max(0.0, balance) for balance in balances)
    short = sum(max(0.0, -balance) for balance in balances)
    moved = min(model.policy["flexibility.movable_capacity"] * spare, short)
    left = 1 - moved / short if short else 0.0
    for team, have, balance in zip(teams, capacities, balances, strict=True):
        team.overload = overload(max(0.0, -balance) * left, have)


def overload(excess: float, capacity: float) -> float:
    """Work that is left over, against what can be done."""
    if excess <= 0:
        return 0.0
    return min(MOST_OVERLOAD, excess / capacity) if capacity > 0 else MOST_OVERLOAD


# Attendance


def attendance(model: ReferencePartnership, team: Team) -> float:
    """The share of meetings that the team's staff attend."""
    values, policy = model.values, model.policy
    willing = (
        values["attendance.base"]
        + values["attendance.leadership"] * team.agency.commitment
        + values["attendance.system"] * policy["leadership.system"]
        + values["attendance.project_manager"] * team.locality.managed
    )
    if team.agency.sector == "vcse":
        willing += values["attendance.paid"] * min(1.0, policy["power_sharing.paid_participation"] / 150)
    exposed = 1 - min(1.0, policy["meetings.protected_time"] / 0.1)
    return clip(willing, 0, 1) / (1 + team.overload * exposed)


def meet_on_neutral_ground(locality: Locality) -> None:
    """On neutral ground no team attends less than the mean."""
    teams = [team for team in locality.teams if team.posts]
    mean = sum(team.attendance for team in teams) / len(teams)
    for team in teams:
        team.attendance = max(team.attendance, mean)


# The hub


def hub_strength(model: ReferencePartnership, locality: Locality) -> float:
    """How strongly key workers link the locality, half as strongly through a deputy."""
    posts = locality.key_workers
    filled = sum(post.filled for post in posts) / len(posts) if posts else 0.0
    linked = filled + 0.5 * (1 - filled) * model.policy["key_worker.backup"]
    return min(1.0, model.policy["key_worker.fte_per_20"] * linked)


def project_management(model: ReferencePartnership, locality: Locality) -> float:
    """What a project manager in post does, by time and authority."""
    policy = model.policy
    in_post = any(post.filled and post.kind == PROJECT_MANAGER for post in locality.hub_team.posts)
    return policy["project_manager.fte"] * (0.5 + policy["project_manager.authority"]) if in_post else 0.0
