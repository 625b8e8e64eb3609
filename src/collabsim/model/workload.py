"""Time: overheads, capacity, demand, overload, attendance; the strength of the hub."""

from __future__ import annotations

from collabsim.model import state
from collabsim.model.compiled import rule
from collabsim.model.draws import clip, exp
from collabsim.model.leadership import commitment

HOURS_A_MONTH, DAYS_A_YEAR, HOURS_A_WEEK = 150.0, 220.0, 37.5
MOST_OVERLOAD = 5.0
FULL_PROTECTION = 0.1  # the share of time at which attendance no longer falls with demand


@rule
def productivity(tenure, c):
    """Return a member of staff's output (0-1) after `tenure` weeks: 95% at week 28 (values, rows 31-32, M/L)."""
    start = c["hiring_starting_productivity"]
    return start + (1.0 - start) * (1.0 - exp(-tenure / c["hiring_ramp"]))


@rule
def tabulate_output(m):
    """Write down what staff put out by weeks of tenure: it is asked for every week of everybody."""
    for tenure in range(len(m.output)):
        m.output[tenure] = productivity(tenure, m.context)


@rule
def output(m, tenure):
    """Return a member of staff's output (0-1) after `tenure` weeks."""
    return m.output[tenure] if tenure < len(m.output) else productivity(tenure, m.context)


@rule
def partnership_time(p):
    """Return the share of everybody's time that the partnership takes: meetings, training, reflection, workshops."""
    meetings = 2.0 * (p["meetings_per_month"] + p["meetings_steering_per_quarter"] / 3.0) / HOURS_A_MONTH
    days = (p["training_days_per_year"] + p["purpose_workshops_per_year"]) / DAYS_A_YEAR
    return meetings + days + p["reflection_sessions_per_month"] / HOURS_A_MONTH + p["meetings_protected_time"]


@rule
def grant_time(p, c, grant):
    """Return the share of a grant-funded post's time that reporting and bidding take (values, rows 45-46, M)."""
    if p["channel_load"] == 0.0 or grant["status"] == state.PERMANENT:
        return 0.0
    time = p["flexibility_reporting_load"]
    if grant["bidding"] == 1:
        hours = c["funding_bid_hours"] * (1.2 if p["pooled_budget_joint_bids"] > 0.0 else 1.0)
        time += hours / (HOURS_A_WEEK * c["rivalry_window"] * grant["posts"])
    return time


@rule
def overhead(p, c, grants, post, shared_time):
    """Return the share of a member of staff's time that is not case work (at most 0.9)."""
    time = shared_time
    if post["core_group"] == 1:
        time += 2.0 * p["meetings_per_month"] / HOURS_A_MONTH
    if post["grant"] != state.CORE:
        time += grant_time(p, c, grants[post["grant"]])
    return min(0.9, time)


@rule
def weigh_up(m, place):
    """Set a place's hub, and its teams' capacity, demand, overload and attendance."""
    shared_time = partnership_time(m.policy)
    for t in range(place["first_team"], place["first_team"] + m.world["agencies"] + 1):
        m.teams[t]["demand"] = team_demand(m.context, m.teams[t])
        m.teams[t]["capacity"] = team_capacity(m, m.teams[t], shared_time)
    place["hub"] = hub_strength(m.policy, place, m.posts)
    place["pm"] = manager_strength(m.policy, place, m.posts)
    share_capacity(m.policy, place, m.teams, m.world["agencies"])
    attend(m, place)


@rule
def team_capacity(m, team, shared_time):
    """Return the full-time equivalents that a team has for cases; agency cover fills part of a vacancy."""
    total = 0.0
    for i in range(team["first"], team["first"] + team["posts"]):
        post = m.posts[i]
        if post["kind"] != state.ORDINARY:
            continue
        if post["filled"] == 1:
            total += output(m, post["tenure"]) * (
                1.0 - overhead(m.policy, m.context, m.grants, post, shared_time)
            )
        elif post["open"] == 1:
            total += m.context["hiring_cover_share"] * m.context["hiring_starting_productivity"]
    return total


@rule
def team_demand(c, team):
    """Return what open cases ask of a team; without one agreed plan work is done twice (judgement)."""
    return c["cases_load"] * (team["cases"] + c["cases_duplication"] * team["unplanned"])


@rule
def share_capacity(p, place, teams, agencies):
    """Let flexible capacity move to where demand exceeds it, then set overload in the place's teams."""
    excess, spare = 0.0, 0.0
    for t in range(place["first_team"], place["first_team"] + agencies):
        teams[t]["excess"] = max(0.0, teams[t]["demand"] - teams[t]["capacity"])
        excess += teams[t]["excess"]
        spare += max(0.0, teams[t]["capacity"] - teams[t]["demand"])
    left = 1.0 - min(p["flexibility_movable_capacity"] * spare, excess) / excess if excess > 0.0 else 0.0
    for t in range(place["first_team"], place["first_team"] + agencies):
        over = teams[t]["excess"] * left
        if teams[t]["capacity"] > 0.0:
            teams[t]["overload"] = min(MOST_OVERLOAD, over / teams[t]["capacity"])
        else:
            teams[t]["overload"] = MOST_OVERLOAD if over > 0.0 else 0.0
        teams[t]["delay"] = teams[t]["overload"] / (1.0 + teams[t]["overload"])


@rule
def attend(m, place):
    """Set attendance at meetings (0-1): leadership raises it, overload lowers it unless time is protected."""
    exposed = 1.0 - min(1.0, m.policy["meetings_protected_time"] / FULL_PROTECTION)
    total, count = 0.0, 0
    for a in range(m.world["agencies"]):
        team = m.teams[place["first_team"] + a]
        team["attendance"] = willing(m.policy, m.context, m.agencies[a], place["pm"]) / (
            1.0 + team["overload"] * exposed
        )
        if team["posts"] > 0:
            total += team["attendance"]
            count += 1
    if m.policy["colocation_site"] > 0.0 and m.policy["colocation_days"] > 0.0 and count > 0:
        for a in range(m.world["agencies"]):
            team = m.teams[place["first_team"] + a]
            team["attendance"] = max(team["attendance"], total / count)


@rule
def willing(p, c, agency, manager):
    """Return attendance before overload: base, own leader, system leadership, project manager, paid seats (VCSE)."""
    a = c["attendance_base"] + c["attendance_leadership"] * commitment(agency, p, c)
    a += c["attendance_system"] * p["leadership_system"] + c["attendance_project_manager"] * manager
    if agency["vcse"] == 1:
        a += c["attendance_paid"] * min(1.0, p["power_sharing_paid_participation"] / 150.0)
    return clip(a, 0.0, 1.0)


@rule
def hub_strength(p, place, posts):
    """Return how far key workers link a place (0-1); a deputy halves the loss of one (values, row 88, M)."""
    opened, filled = 0, 0
    for i in range(place["first"] + place["ordinary"], place["first"] + place["slots"]):
        if posts[i]["kind"] == state.KEY_WORKER and posts[i]["open"] == 1:
            opened += 1
            filled += posts[i]["filled"] == 1
    if p["key_worker_fte_per_20"] == 0.0:
        return 0.0
    share = filled / opened if opened > 0 else 0.0
    return min(1.0, p["key_worker_fte_per_20"] * (share + 0.5 * (1.0 - share) * p["key_worker_backup"]))


@rule
def manager_strength(p, place, posts):
    """Return the project manager's weight: FTE times (0.5 + authority) while in post."""
    i = place["manager"]
    if i < 0 or posts[i]["filled"] == 0:
        return 0.0
    return p["project_manager_fte"] * (0.5 + p["project_manager_authority"])
