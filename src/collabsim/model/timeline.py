"""What the scenario's timeline does to a partnership: policies that take effect, and events."""

from __future__ import annotations

import math

from collabsim.model import draws, funding, journal, leadership, state, workforce
from collabsim.model import trust as trust_rules
from collabsim.model.compiled import rule
from collabsim.model.draws import stream, uniform
from collabsim.model.leadership import weeks

NEVER = 1 << 40


# --- policies ---------------------------------------------------------------------------------------------------


@rule
def adopt(m):
    """Let the policy now in force change what is founded on it: money, hub posts, who sits together."""
    adopt_funding(m)
    for q in range(len(m.places)):
        call_hub(m, q)
    seat_together(m.policy, m.teams, m.posts)
    choose_core_group(m)


@rule
def adopt_funding(m):
    """Make grants permanent, or start their clocks anew, where the policy says so."""
    for g in range(len(m.grants)):
        grant = m.grants[g]
        core = grant["hub"] == 1 and m.policy["key_worker_grant_funded"] == 0.0
        lasting = m.policy["funding_permanent"] > 0.0 or core
        in_wait = grant["status"] == state.CLOSED and grant["replacement"] != NEVER
        if lasting and (grant["status"] <= state.GAP or (core and in_wait)):
            grant["status"] = state.PERMANENT
            grant["decision"] = state.UNDECIDED
            funding.open_posts(m, g)
        elif not lasting and grant["status"] == state.PERMANENT:
            start_clock(m.world, m.policy, grant)


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
def call_hub(m, q):
    """Open the hub posts that the policy newly calls for and close those it no longer does."""
    place = m.places[q]
    newly, grant = 0, -1
    for i in range(place["first"] + place["ordinary"], place["first"] + place["slots"]):
        before = m.posts[i]["fte"]
        m.posts[i]["fte"] = hours_called_for(m.policy, place, i, m.posts[i]["kind"])
        grant = m.posts[i]["grant"]
        newly += 1 if m.posts[i]["fte"] > 0.0 and before == 0.0 else 0
        if m.posts[i]["fte"] == 0.0 and before > 0.0:
            if m.posts[i]["filled"] == 1:
                workforce.leave(m, i, state.CLOSURE)
            m.posts[i]["open"] = 0
    count_hub(m.policy, place, m.teams, m.posts, m.world["agencies"])
    if grant >= 0 and m.teams[place["first_team"] + m.world["agencies"]]["posts"] == 0:
        idle(m.grants[grant])
    elif newly > 0:
        if m.grants[grant]["status"] == state.CLOSED:
            start_clock(m.world, m.policy, m.grants[grant])
            if m.policy["funding_permanent"] > 0.0 or m.policy["key_worker_grant_funded"] == 0.0:
                m.grants[grant]["status"] = state.PERMANENT
        funding.open_posts(m, grant)


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
def choose_core_group(m):
    """Choose the core group: posts in turn from each agency, first posts first."""
    for i in range(len(m.posts)):
        m.posts[i]["core_group"] = 0
    wanted = int(m.policy["meetings_core_group_size"])
    turn, taken, found = 0, 0, 1
    while taken < wanted and found > 0:
        found = 0
        for a in range(m.world["agencies"]):
            if taken < wanted and turn < m.agencies[a]["posts"]:
                m.posts[nth_post(m.posts, a, turn)]["core_group"] = 1
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


@rule
def happen(m):
    """Let this week's events happen, in the order of the file."""
    for n in range(len(m.timed)):
        if m.timed[n]["week"] == m.world["week"]:
            shock(m, m.timed[n])


@rule
def shock(m, event):
    """Let one event happen."""
    kind = event["kind"]
    if kind == state.GRANT_CLIFF:
        cut_grants(m, event["agency"])
    elif kind == state.LEADER_DEPARTURE:
        lose_leaders(m, event["agency"])
    elif kind == state.DEMAND:
        m.world["demand_factor"] = event["value"]
        m.world["demand_until"] = m.world["week"] + event["weeks"]
    elif kind == state.DATA_BREACH:
        trust_rules.breach(m, event["agency"], 0.0)
    elif kind == state.KEY_WORKER_DEPARTURE:
        lose_key_workers(m)
    elif kind == state.REORGANISATION_EVENT:
        reorganise(m, event["value"])


@rule
def lose_key_workers(m):
    """Let every key worker leave."""
    for i in range(len(m.posts)):
        if m.posts[i]["kind"] == state.KEY_WORKER and m.posts[i]["filled"] == 1:
            workforce.leave(m, i, state.QUITS)


@rule
def reorganise(m, share):
    """Move a share of ordinary staff away and every leader out (crosswalk X61)."""
    luck = stream(m.key, draws.REORGANISATION, m.world["week"])
    for i in range(len(m.posts)):
        moves = m.posts[i]["filled"] == 1 and m.posts[i]["kind"] == state.ORDINARY
        if moves and uniform(luck, m.posts[i]["id"], 0) < share:
            workforce.leave(m, i, state.REORGANISED)
    lose_leaders(m, -1)


@rule
def cut_grants(m, a):
    """Refuse and end this week every running grant of agency `a` (-1: of all)."""
    for g in range(len(m.grants)):
        grant = m.grants[g]
        if grant["status"] <= state.GAP and (a < 0 or grant["agency"] == a):
            grant["decision"] = state.REFUSED
            grant["end"] = m.world["week"]
            journal.note(m, state.GRANT_REFUSED, g, grant["agency"], 0.0)


@rule
def lose_leaders(m, a):
    """Let the leader of agency `a` go (-1: every leader)."""
    for b in range(m.world["agencies"]):
        if a < 0 or a == b:
            leadership.leave_office(m, b)
