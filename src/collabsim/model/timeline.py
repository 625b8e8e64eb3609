"""What the scenario's timeline does to a partnership: policies that take effect, and events."""

from __future__ import annotations

import math

from collabsim.model import draws, funding, journal, leadership, state, trust as trust_rules, workforce
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import stream, uniform
from collabsim.model.leadership import weeks

NEVER = 1 << 40


# --- policies ---------------------------------------------------------------------------------------------------


@subroutine
def adopt(key, w, p, c, places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events):  # fmt: skip
    """Let the policy now in force change what is founded on it: money, hub posts, who sits together."""
    adopt_funding(key, w, p, c, agencies, grants, grant_posts, posts)
    for q in range(len(places)):
        call_hub(key, w, p, c, places, q, teams, leavers, agencies, between, grants, grant_posts, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events)  # fmt: skip
    seat_together(p, teams, posts)
    choose_core_group(w, p, agencies, posts)


@rule
def adopt_funding(key, w, p, c, agencies, grants, grant_posts, posts):
    """Make grants permanent, or start their clocks anew, where the policy says so."""
    for g in range(len(grants)):
        grant = grants[g]
        core = grant["hub"] == 1 and p["key_worker_grant_funded"] == 0.0
        lasting = p["funding_permanent"] > 0.0 or core
        in_wait = grant["status"] == state.CLOSED and grant["replacement"] != NEVER
        if lasting and (grant["status"] <= state.GAP or (core and in_wait)):
            grant["status"] = state.PERMANENT
            grant["decision"] = state.UNDECIDED
            funding.open_posts(key, w, p, c, agencies, grants, grant_posts, posts, g)
        elif not lasting and grant["status"] == state.PERMANENT:
            start_clock(w, p, grant)


@rule
def start_clock(w, p, grant):
    """Start a grant's term now."""
    grant["status"] = state.RUNNING
    grant["decision"] = state.UNDECIDED
    grant["end"] = w["week"] + weeks(p["funding_grant_months"])


@rule
def idle(grant):
    """Let a grant that funds no post called for wait, without a clock, until one is."""
    grant["status"] = state.CLOSED
    grant["decision"] = state.UNDECIDED
    grant["replacement"] = NEVER


@rule
def call_hub(key, w, p, c, places, q, teams, leavers, agencies, between, grants, grant_posts, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events):  # fmt: skip
    """Open the hub posts that the policy newly calls for and close those it no longer does."""
    place = places[q]
    newly, grant = 0, -1
    for i in range(place["first"] + place["ordinary"], place["first"] + place["slots"]):
        before = posts[i]["fte"]
        posts[i]["fte"] = hours_called_for(p, place, i, posts[i]["kind"])
        grant = posts[i]["grant"]
        newly += 1 if posts[i]["fte"] > 0.0 and before == 0.0 else 0
        if posts[i]["fte"] == 0.0 and before > 0.0:
            if posts[i]["filled"] == 1:
                workforce.leave(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events, i, state.CLOSURE)  # fmt: skip
            posts[i]["open"] = 0
    count_hub(p, place, teams, posts, w["agencies"])
    if grant >= 0 and teams[place["first_team"] + w["agencies"]]["posts"] == 0:
        idle(grants[grant])
    elif newly > 0:
        if grants[grant]["status"] == state.CLOSED:
            start_clock(w, p, grants[grant])
            if p["funding_permanent"] > 0.0 or p["key_worker_grant_funded"] == 0.0:
                grants[grant]["status"] = state.PERMANENT
        funding.open_posts(key, w, p, c, agencies, grants, grant_posts, posts, grant)


@rule
def hours_called_for(p, place, i, kind):
    """Return the full-time equivalents that the policy calls for in hub post `i` (0: not called for)."""
    if kind == state.PROJECT_MANAGER:
        return p["project_manager_fte"]
    total = p["key_worker_fte_per_20"] * place["ordinary"] / 20.0
    number = int(math.ceil(total - 1e-9))
    return total / number if i - place["first"] - place["ordinary"] < number else 0.0


@rule
def count_hub(p, place, teams, posts, hub_agency):
    """Count the hub posts that the policy calls for."""
    called = 0
    for i in range(place["first"] + place["ordinary"], place["first"] + place["slots"]):
        called += 1 if posts[i]["fte"] > 0.0 else 0
    teams[place["first_team"] + hub_agency]["posts"] = called


@rule
def seat_together(p, teams, posts):
    """Mark the posts that share a building on co-location days: the first ones of every team."""
    for i in range(len(posts)):
        team = teams[posts[i]["team"]]
        moved = int(math.floor(p["colocation_share_of_posts"] * team["posts"] + 0.5))
        within = (
            posts[i]["kind"] == state.ORDINARY and p["colocation_days"] > 0.0 and i - team["first"] < moved
        )
        posts[i]["colocated"] = 1 if within else 0


@rule
def choose_core_group(w, p, agencies, posts):
    """Choose the core group: posts in turn from each agency, first posts first."""
    for i in range(len(posts)):
        posts[i]["core_group"] = 0
    wanted = int(p["meetings_core_group_size"])
    turn, taken, found = 0, 0, 1
    while taken < wanted and found > 0:
        found = 0
        for a in range(w["agencies"]):
            if taken < wanted and turn < agencies[a]["posts"]:
                posts[nth_post(posts, a, turn)]["core_group"] = 1
                taken += 1
                found += 1
        turn += 1


@rule
def nth_post(posts, a, n):
    """Return the n-th ordinary post of agency `a`."""
    for i in range(len(posts)):
        if posts[i]["agency"] == a:
            if n == 0:
                return i
            n -= 1
    return -1


# --- events -----------------------------------------------------------------------------------------------------


@subroutine
def happen(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, timed, s, led, events):  # fmt: skip
    """Let this week's events happen, in the order of the file."""
    for n in range(len(timed)):
        if timed[n]["week"] != w["week"]:
            continue
        kind, a = timed[n]["kind"], timed[n]["agency"]
        if kind == state.GRANT_CLIFF:
            cut_grants(w, grants, events, a)
        elif kind == state.LEADER_DEPARTURE:
            lose_leaders(w, c, agencies, events, a)
        elif kind == state.DEMAND:
            w["demand_factor"] = timed[n]["value"]
            w["demand_until"] = w["week"] + timed[n]["weeks"]
        elif kind == state.DATA_BREACH:
            trust_rules.breach(w, c, places, agencies, between, posts, trust, ties, led, events, a)
        elif kind == state.KEY_WORKER_DEPARTURE:
            for i in range(len(posts)):
                if posts[i]["kind"] == state.KEY_WORKER and posts[i]["filled"] == 1:
                    workforce.leave(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events, i, state.QUITS)  # fmt: skip
        elif kind == state.REORGANISATION_EVENT:
            luck = stream(key, draws.REORGANISATION, w["week"])
            for i in range(len(posts)):
                moves = posts[i]["filled"] == 1 and posts[i]["kind"] == state.ORDINARY
                if moves and uniform(luck, posts[i]["id"], 0) < timed[n]["value"]:
                    workforce.leave(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events, i, state.REORGANISED)  # fmt: skip
            lose_leaders(w, c, agencies, events, -1)


@rule
def cut_grants(w, grants, events, a):
    """Refuse and end this week every running grant of agency `a` (-1: of all)."""
    for g in range(len(grants)):
        if grants[g]["status"] <= state.GAP and (a < 0 or grants[g]["agency"] == a):
            grants[g]["decision"] = state.REFUSED
            grants[g]["end"] = w["week"]
            journal.note(w, events, state.GRANT_REFUSED, g, grants[g]["agency"], 0.0)


@rule
def lose_leaders(w, c, agencies, events, a):
    """Let the leader of agency `a` go (-1: every leader)."""
    for b in range(w["agencies"]):
        if a < 0 or a == b:
            leadership.leave_office(w, b, agencies, c, events)
