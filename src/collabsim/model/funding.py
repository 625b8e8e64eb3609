"""Grants: the renewal lottery, decisions, endings, gaps and replacements; bid windows and rivalry."""

from __future__ import annotations

import math

from collabsim.model import draws, journal, state, workforce
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import clip, exp, log, logistic, stream, uniform
from collabsim.model.leadership import commitment, weeks


@rule
def evaluation_signal(p):
    """Return E: the share of budget spent on evaluation, 0 at the default (3%), 1 at a full dose (15%)."""
    return (p["reflection_evaluation_share"] - 0.03) / 0.12


@subroutine
def renewal_chance(w, p, c, agency):
    """Return the probability that a grant is renewed at its end.

    Bernoulli with a logit link on evaluation, recent outcomes and leadership (base rate: values, row 41, L). With
    `fix_annual` the annual continuation is held equal: p_L = p_12 ** (L / 12).
    """
    base = c["funding_renewal_probability"]
    if base <= 0.0 or base >= 1.0:
        chance = base
    else:
        z = log(base / (1.0 - base)) + c["funding_evaluation_effect"] * evaluation_signal(p)
        z += c["funding_outcome_effect"] * clip(w["case_outcome"], -2.0, 2.0)
        z += c["funding_leadership_effect"] * (commitment(agency, p, c) - 0.5)
        chance = logistic(z)
    if p["funding_fix_annual"] > 0.0 and chance > 0.0:
        chance = exp(log(chance) * p["funding_grant_months"] / 12.0)
    return chance


@rule
def is_bidding(w, p, c, grant):
    """Say whether a grant is in the weeks of bidding before its decision (penalty window; judgement)."""
    if grant["status"] > state.GAP or grant["decision"] != state.UNDECIDED:
        return False
    decided = grant["end"] - weeks(p["funding_notice_months"])
    return decided - bid_weeks(c) <= w["week"] < decided


@rule
def bid_weeks(c):
    """Return the length of a bid window in whole weeks."""
    return int(math.floor(c["rivalry_window"] + 0.5))


@rule
def overlap_in_force(p, c):
    """Return how far agencies chase the same money (0-1): less with a pooled budget, none with joint bids."""
    return (
        0.0
        if p["pooled_budget_joint_bids"] > 0.0
        else c["rivalry_overlap"] * (1.0 - p["pooled_budget_share"])
    )


@rule
def rivalry(p, c, agencies, a, b):
    """Return the rivalry between two agencies this week (0-1)."""
    return overlap_in_force(p, c) if agencies[a]["bidding"] == 1 or agencies[b]["bidding"] == 1 else 0.0


@subroutine
def fund(key, w, p, c, places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, cap, met, ties, repairs, cases, member_post, member_team, open_cases, s, led, events):  # fmt: skip
    """Move every grant's clock on by a week: replacement, decision or gap, end."""
    notice = weeks(p["funding_notice_months"])
    for g in range(len(grants)):
        grant = grants[g]
        if grant["status"] == state.PERMANENT:
            continue
        grant["chance"] = renewal_chance(w, p, c, agencies[grant["agency"]])
        if grant["status"] == state.CLOSED:
            if w["week"] >= grant["replacement"]:
                replace_grant(key, w, p, c, agencies, grants, grant_posts, posts, events, g)
            continue
        if grant["decision"] == state.UNDECIDED:
            if grant["status"] == state.RUNNING and notice < 0 and w["week"] >= grant["end"]:
                enter_gap(key, w, p, c, places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events, g)  # fmt: skip
            if w["week"] >= grant["end"] - notice:
                decide(key, w, p, c, agencies, between, grants, events, g)
        if grant["decision"] != state.UNDECIDED and w["week"] >= grant["end"]:
            if grant["decision"] == state.RENEWED:
                continue_grant(key, w, p, c, agencies, grants, grant_posts, posts, g)
            else:
                close_grant(key, w, p, c, places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, cap, met, ties, repairs, cases, member_post, member_team, open_cases, s, led, events, g)  # fmt: skip


@rule
def decide(key, w, p, c, agencies, between, grants, events, g):
    """Draw a grant's renewal; rivals remember who won what they lost (Bunger 2013; values, row 87, M)."""
    grant = grants[g]
    turn = draws.turn_of_year(grant, grant["end"])
    won = uniform(stream(key, draws.RENEWAL, grant["year"]), g, turn) < grant["chance"]
    if p["channel_coordinators"] == 0.0 if grant["hub"] == 1 else p["channel_nonrenewal"] == 0.0:
        won = True
    grant["decision"] = state.RENEWED if won else state.REFUSED
    kind = state.GRANT_RENEWED if won else state.GRANT_REFUSED
    journal.note(w, events, kind, g, grant["agency"], grant["chance"])
    if grant["hub"] == 0:
        if won:
            agencies[grant["agency"]]["renewed_week"] = w["week"]
        else:
            resent_winners(w, p, c, agencies, between, grant["agency"])


@rule
def resent_winners(w, p, c, agencies, between, a):
    """Lower the losing agency's institutional trust in recent winners, less where it was high."""
    for b in range(w["agencies"]):
        if b != a and agencies[b]["renewed_week"] >= w["week"] - bid_weeks(c):
            w["reputations_moved"] = 1
            lost = c["rivalry_loser_drop"] * overlap_in_force(p, c)
            between[a, b]["trust"] -= lost * (1.0 - between[a, b]["trust"])


@subroutine
def enter_gap(key, w, p, c, places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events, g):  # fmt: skip
    """Let a grant's end pass undecided: each post is bridged from reserves or lost (values, row 43, L-M)."""
    grant = grants[g]
    grant["status"] = state.GAP
    journal.note(w, events, state.GRANT_GAP, g, grant["agency"], 0.0)
    luck = stream(key, draws.BRIDGE, grant["end"])
    for n in range(grant["first"], grant["first"] + grant["posts"]):
        i = grant_posts[n]
        bridged = p["channel_gaps"] == 0.0 or uniform(luck, posts[i]["id"], 0) < c["funding_bridge"]
        if posts[i]["filled"] == 1 and not bridged:
            workforce.leave(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events, i, state.NONRENEWAL)  # fmt: skip


@rule
def continue_grant(key, w, p, c, agencies, grants, grant_posts, posts, g):
    """Begin a renewed grant's next term; posts lost in a gap re-open."""
    grant = grants[g]
    was_gap = grant["status"] == state.GAP
    grant["end"] = (w["week"] if was_gap else grant["end"]) + weeks(p["funding_grant_months"])
    grant["status"] = state.RUNNING
    grant["decision"] = state.UNDECIDED
    if was_gap:
        open_posts(key, w, p, c, agencies, grants, grant_posts, posts, g)


@rule
def open_posts(key, w, p, c, agencies, grants, grant_posts, posts, g):
    """Open the closed posts of a grant and start recruiting (hub posts only where the policy calls for them)."""
    for n in range(grants[g]["first"], grants[g]["first"] + grants[g]["posts"]):
        i = grant_posts[n]
        if posts[i]["open"] == 0 and (posts[i]["kind"] == state.ORDINARY or posts[i]["fte"] > 0.0):
            workforce.advertise(key, w, p, c, agencies, grants, posts, i)


@subroutine
def close_grant(key, w, p, c, places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, cap, met, ties, repairs, cases, member_post, member_team, open_cases, s, led, events, g):  # fmt: skip
    """Close a refused grant's posts; some of their occupants are redeployed (judgement)."""
    grant = grants[g]
    journal.note(w, events, state.GRANT_CLOSED, g, grant["agency"], 0.0)
    luck = stream(key, draws.REDEPLOY, w["week"])
    for n in range(grant["first"], grant["first"] + grant["posts"]):
        i = grant_posts[n]
        if posts[i]["filled"] == 1:
            q = -1
            if (
                posts[i]["kind"] == state.ORDINARY
                and uniform(luck, posts[i]["id"], 0) < c["funding_redeploy"]
            ):
                q = workforce.free_post(teams, posts, i)
            if q >= 0:
                workforce.redeploy(w, p, c, places, posts, trust, cap, met, ties, repairs, member_post, cases, open_cases, events, i, q)  # fmt: skip
            else:
                workforce.leave(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events, i, state.NONRENEWAL)  # fmt: skip
        posts[i]["open"] = 0
    grant["status"] = state.CLOSED
    grant["decision"] = state.UNDECIDED
    grant["replacement"] = w["week"] + replacement_wait(key, w, p, c, g)


@rule
def replacement_wait(key, w, p, c, g):
    """Return the weeks until a closed grant is replaced: exponential (judgement), one with the gaps channel off."""
    if p["channel_gaps"] == 0.0:
        return 1
    u = uniform(stream(key, draws.REPLACE, w["week"] // 52), g, 0)
    return 1 + int(math.floor(-log(u) * c["funding_replacement_gap"]))


@rule
def replace_grant(key, w, p, c, agencies, grants, grant_posts, posts, events, g):
    """Start the grant that replaces a closed one."""
    grant = grants[g]
    journal.note(w, events, state.GRANT_REPLACED, g, grant["agency"], 0.0)
    grant["status"] = state.PERMANENT if p["funding_permanent"] > 0.0 else state.RUNNING
    grant["decision"] = state.UNDECIDED
    grant["end"] = w["week"] + weeks(p["funding_grant_months"])
    open_posts(key, w, p, c, agencies, grants, grant_posts, posts, g)


@rule
def bid(w, p, c, agencies, grants, s):
    """Find who is in a bid window and count the bids that open this week."""
    for a in range(w["agencies"]):
        agencies[a]["bidding"] = 0
    cost = c["costs_bid"] * (1.2 if p["pooled_budget_joint_bids"] > 0.0 else 1.0)
    for g in range(len(grants)):
        grant = grants[g]
        grant["bidding"] = 1 if is_bidding(w, p, c, grant) else 0
        if grant["bidding"] == 1:
            if grant["hub"] == 0:
                agencies[grant["agency"]]["bidding"] = 1
            if w["week"] == grant["end"] - weeks(p["funding_notice_months"]) - bid_weeks(c):
                s["bids_cost"] += cost
