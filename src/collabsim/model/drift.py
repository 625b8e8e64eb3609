"""Drift: trust in those whom one does not meet moves towards that in their institution (values, row 58, M)."""

from __future__ import annotations

from collabsim.model import dimensions, ledger, state
from collabsim.model.compiled import rule, subroutine
from collabsim.model.dimensions import TWO
from collabsim.model.state import NO_TIE
from collabsim.model.trust import BAD, BETA, GOOD, from_evidence


@rule
def aim(m, place):
    """Set what trust drifts towards, for each team and slot of a place: the institution's trust, or none."""
    if m.world["reputations_moved"] == 1 and m.context["structure_drift_target"] == 0.0:
        for a in range(m.world["agencies"] + 1):
            goal = m.target[place["first_team"] + a]
            for k in range(place["slots"]):
                goal[k] = m.between[a, m.posts[place["first"] + k]["agency"]]["trust"]


@rule
def drift(m, place):
    """Let trust move towards its target in every relationship of a place that had no contact this week.

    Rows are summed slot by slot (`moved`), so that the order of addition never depends on the machine.
    """
    m.moved[:] = 0.0
    for a in range(m.world["agencies"] + 1):
        drift_team(m, place, a)
    total = 0.0
    for k in range(place["ordinary"]):
        total += m.moved[0, k]
    if m.world["ties"] > 0:
        m.ledger["drift"] += ledger.change_of_trust(m.world, total)


@rule
def drift_team(m, place, a):
    """Let the trust of the posts of agency `a` in everybody move, by the rule in force; hub posts are not in the ledger."""
    t, hub = place["first_team"] + a, a == m.world["agencies"]
    first = m.teams[t]["first"]
    beyond = place["first"] + place["slots"] if hub else first + m.teams[t]["posts"]
    row = 1 if hub else 0
    if m.context["structure_trust_dimensions"] == TWO or m.context["structure_trust_rule"] == BETA:
        for i in range(first, beyond):
            if m.posts[i]["filled"] == 1:
                drift_post(m, place, i, row)
    else:
        rows = slice(first, beyond)
        week, speed = m.world["week"], m.context["trust_drift"]
        drift_rows(week, speed, m.trust[rows], m.cap[rows], m.met[rows], m.target[t], m.moved[row])


@rule
def drift_post(m, place, i, row):
    """Let the two dimensions, or the evidence, of post `i` about everybody move."""
    if m.context["structure_trust_dimensions"] == TWO:
        dimensions.drift_sides(m, place, i, row)
    else:
        forget_evidence(m, place, i)


@subroutine
def drift_rows(week, speed, trust, cap, met, target, moved):
    """Move the trust of posts side by side towards its targets: T += drift (target - T).

    Whole teams at one go: that the arrays lie apart is then asked once, not for every post.
    """
    for i in range(len(trust)):
        for k in range(trust.shape[1]):
            step = min(trust[i, k] + speed * (target[k] - trust[i, k]), cap[i, k]) - trust[i, k]
            step = step if NO_TIE < met[i, k] < week else 0.0  # else they met, or have no relationship
            trust[i, k] += step
            moved[k] += step


@rule
def forget_evidence(m, place, i):
    """Let one post's evidence fade towards its prior (beta rule)."""
    lost = 1.0 - m.context["beta_forgetting"]
    goal = m.target[m.posts[i]["team"]]
    for k in range(place["slots"]):
        if m.met[i, k] != m.world["week"] and m.met[i, k] > NO_TIE:
            before = m.trust[i, k]
            good, bad = m.evidence[GOOD, i, k], m.evidence[BAD, i, k]
            m.evidence[GOOD, i, k] += lost * (m.context["beta_prior_weight"] * goal[k] - good)
            m.evidence[BAD, i, k] += lost * (m.context["beta_prior_weight"] * (1.0 - goal[k]) - bad)
            m.trust[i, k] = from_evidence(m.evidence, m.cap, i, k)
            both = m.posts[i]["kind"] == state.ORDINARY and k < place["ordinary"]
            m.moved[0 if both else 1, k] += m.trust[i, k] - before
