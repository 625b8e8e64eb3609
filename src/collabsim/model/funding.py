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
def renewal_logit(w, p, c):
    """Return the logit of a grant's renewal before its agency's leader counts: evaluation and recent outcomes."""
    base = c["funding_renewal_probability"]
    z = log(base / (1.0 - base)) if 0.0 < base < 1.0 else 0.0
    z += c["funding_evaluation_effect"] * evaluation_signal(p)
    return z + c["funding_outcome_effect"] * clip(w["recent_performance"], -2.0, 2.0)


@rule
def renewal_chance(p, c, agency, z):
    """Return the probability that a grant is renewed at its end, `z` being the week's `renewal_logit`.

    Bernoulli with a logit link on evaluation, recent outcomes and leadership (base rate: values, row 41, L). With
    `fix_annual` the annual continuation is held equal: p_L = p_12 ** (L / 12).
    """
    chance = c["funding_renewal_probability"]
    if 0.0 < chance < 1.0:
        chance = logistic(z + c["funding_leadership_effect"] * (commitment(agency, p, c) - 0.5))
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
    return overlap_in_force(p, c) * (agencies[a]["bidding"] | agencies[b]["bidding"])


@rule
def fund(m):
    """Move every grant's clock on by a week: replacement, decision or gap, end."""
    notice = weeks(m.policy["funding_notice_months"])
    logit = renewal_logit(m.world, m.policy, m.context)
    for g in range(len(m.grants)):
        grant = m.grants[g]
        if grant["status"] == state.PERMANENT:
            continue
        grant["chance"] = renewal_chance(m.policy, m.context, m.agencies[grant["agency"]], logit)
        if grant["status"] == state.CLOSED:
            if m.world["week"] >= grant["replacement"]:
                replace_grant(m, g)
            continue
        if grant["decision"] == state.UNDECIDED:
            if grant["status"] == state.RUNNING and notice < 0 and m.world["week"] >= grant["end"]:
                enter_gap(m, g)
            if m.world["week"] >= grant["end"] - notice:
                decide(m, g)
        if grant["decision"] != state.UNDECIDED and m.world["week"] >= grant["end"]:
            if grant["decision"] == state.RENEWED:
                continue_grant(m, g)
            else:
                close_grant(m, g)


@rule
def decide(m, g):
    """Draw a grant's renewal; rivals remember who won what they lost (Bunger 2013; values, row 87, M)."""
    grant = m.grants[g]
    turn = draws.turn_of_year(grant, grant["end"])
    won = uniform(stream(m.key, draws.RENEWAL, grant["year"]), g, turn) < grant["chance"]
    if (
        m.policy["channel_coordinators"] == 0.0
        if grant["hub"] == 1
        else m.policy["channel_nonrenewal"] == 0.0
    ):
        won = True
    grant["decision"] = state.RENEWED if won else state.REFUSED
    kind = state.GRANT_RENEWED if won else state.GRANT_REFUSED
    journal.note(m, kind, g, grant["agency"], grant["chance"])
    if grant["hub"] == 0:
        if won:
            m.agencies[grant["agency"]]["renewed_week"] = m.world["week"]
        else:
            resent_winners(m, grant["agency"])


@rule
def resent_winners(m, a):
    """Lower the losing agency's institutional trust in recent winners, less where it was high."""
    for b in range(m.world["agencies"]):
        if b != a and m.agencies[b]["renewed_week"] >= m.world["week"] - bid_weeks(m.context):
            m.world["reputations_moved"] = 1
            lost = m.context["rivalry_loser_drop"] * overlap_in_force(m.policy, m.context)
            held = m.between[a, b]["trust"]
            m.between[a, b]["trust"] = max(0.0, held - lost * (1.0 - held))


@subroutine
def enter_gap(m, g):
    """Let a grant's end pass undecided: each post is bridged from reserves or lost (values, row 43, L-M)."""
    grant = m.grants[g]
    grant["status"] = state.GAP
    journal.note(m, state.GRANT_GAP, g, grant["agency"], 0.0)
    luck = stream(m.key, draws.BRIDGE, grant["end"])
    for n in range(grant["first"], grant["first"] + grant["posts"]):
        i = m.grant_posts[n]
        bridged = (
            m.policy["channel_gaps"] == 0.0
            or uniform(luck, m.posts[i]["id"], 0) < m.context["funding_bridge"]
        )
        if m.posts[i]["filled"] == 1 and not bridged:
            workforce.leave(m, i, state.NONRENEWAL)


@rule
def continue_grant(m, g):
    """Begin a renewed grant's next term; posts lost in a gap re-open."""
    grant = m.grants[g]
    was_gap = grant["status"] == state.GAP
    grant["end"] = (m.world["week"] if was_gap else grant["end"]) + weeks(m.policy["funding_grant_months"])
    grant["status"] = state.RUNNING
    grant["decision"] = state.UNDECIDED
    if was_gap:
        open_posts(m, g)


@rule
def open_posts(m, g):
    """Open the closed posts of a grant and start recruiting (hub posts only where the policy calls for them)."""
    for n in range(m.grants[g]["first"], m.grants[g]["first"] + m.grants[g]["posts"]):
        i = m.grant_posts[n]
        if m.posts[i]["open"] == 0 and (m.posts[i]["kind"] == state.ORDINARY or m.posts[i]["fte"] > 0.0):
            workforce.advertise(m, i)


@subroutine
def close_grant(m, g):
    """Close a refused grant's posts; some of their occupants are redeployed (judgement)."""
    grant = m.grants[g]
    journal.note(m, state.GRANT_CLOSED, g, grant["agency"], 0.0)
    luck = stream(m.key, draws.REDEPLOY, m.world["week"])
    for n in range(grant["first"], grant["first"] + grant["posts"]):
        i = m.grant_posts[n]
        if m.posts[i]["filled"] == 1:
            q = -1
            if (
                m.posts[i]["kind"] == state.ORDINARY
                and uniform(luck, m.posts[i]["id"], 0) < m.context["funding_redeploy"]
            ):
                q = workforce.free_post(m.teams, m.posts, i)
            if q >= 0:
                workforce.redeploy(m, i, q)
            else:
                workforce.leave(m, i, state.NONRENEWAL)
        m.posts[i]["open"] = 0
    grant["status"] = state.CLOSED
    grant["decision"] = state.UNDECIDED
    grant["replacement"] = m.world["week"] + replacement_wait(m, g)


@rule
def replacement_wait(m, g):
    """Return the weeks until a closed grant is replaced: exponential (judgement), one with the gaps channel off."""
    if m.policy["channel_gaps"] == 0.0:
        return 1
    u = uniform(stream(m.key, draws.REPLACE, m.world["week"] // 52), g, 0)
    wait = -log(u) * m.context["funding_replacement_gap"]
    if m.policy["funding_equal_budget"] > 0.0:
        wait = (wait + 0.5) * stretch_of_wait(m, m.grants[g]["chance"]) - 0.5
    return max(1, 1 + int(math.floor(wait)))


@rule
def stretch_of_wait(m, chance):
    """Return the factor on waits at which a grant runs as large a share of time as one of 12 months.

    A spell of grants lasts term / (1 - p) and is followed by waits and, where decisions come late, broken by them:
    the unfunded time per spell is stretched like the spell. Method, not evidence (criticisms, row 21).
    """
    p, year = m.policy, 52.0
    if chance >= 1.0:
        return 1.0
    yearly = chance
    if p["funding_fix_annual"] > 0.0 and chance > 0.0:
        yearly = exp(log(chance) * 12.0 / p["funding_grant_months"])
    late = max(0.0, -1.0 * weeks(p["funding_notice_months"]))
    usual = m.context["funding_replacement_gap"] + 0.5
    unfunded = weeks(p["funding_grant_months"]) / year * (late + usual * (1.0 - yearly))
    return (unfunded - late) / (1.0 - chance) / usual


@rule
def replace_grant(m, g):
    """Start the grant that replaces a closed one."""
    grant = m.grants[g]
    journal.note(m, state.GRANT_REPLACED, g, grant["agency"], 0.0)
    grant["status"] = state.PERMANENT if m.policy["funding_permanent"] > 0.0 else state.RUNNING
    grant["decision"] = state.UNDECIDED
    grant["end"] = m.world["week"] + weeks(m.policy["funding_grant_months"])
    open_posts(m, g)


@rule
def bid(m):
    """Find who is in a bid window and count the bids that open this week."""
    for a in range(m.world["agencies"]):
        m.agencies[a]["bidding"] = 0
    cost = m.context["costs_bid"] * (1.2 if m.policy["pooled_budget_joint_bids"] > 0.0 else 1.0)
    for g in range(len(m.grants)):
        grant = m.grants[g]
        grant["bidding"] = 1 if is_bidding(m.world, m.policy, m.context, grant) else 0
        if grant["bidding"] == 1:
            if grant["hub"] == 0:
                m.agencies[grant["agency"]]["bidding"] = 1
            if m.world["week"] == grant["end"] - weeks(m.policy["funding_notice_months"]) - bid_weeks(
                m.context
            ):
                m.month["bids_cost"] += cost
