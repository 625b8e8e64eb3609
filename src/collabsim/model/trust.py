"""Trust: what newcomers begin with, what good and bad contacts do to it, breaches.

Two rules share the steady state T* = gain(1-b) / (gain(1-b) + loss*b): the asymmetric delta rule (default; Slovic
1993, Poortinga & Pidgeon 2004: values, rows 60-61, M/L) and the beta reputation with forgetting (Josang & Ismail 2002).
"""

from __future__ import annotations

from collabsim.model import dimensions, journal, ledger, state
from collabsim.model.compiled import rule, subroutine
from collabsim.model.dimensions import LEAST_TRUST, TWO
from collabsim.model.state import NOT_YET

DELTA, BETA = 0, 1
GOOD, BAD = 0, 1  # layers of `evidence`: r and s of the beta rule


# --- beginning --------------------------------------------------------------------------------------------------


@rule
def prior(c, between, posts, i, j):
    """Return a newcomer's trust: agency reputation and own disposition (McKnight et al. 1998; values, row 63, L)."""
    reputation = between[posts[i]["agency"], posts[j]["agency"]]["trust"]
    weight = c["trust_institution_weight"]
    return weight * reputation + (1.0 - weight) * posts[i]["disposition"]


@rule
def begin_tie(m, i, j):
    """Begin what post `i` holds about post `j`; return the trust that an introduction adds (0 without one)."""
    k = m.posts[j]["slot"]
    stored = m.trust[i, k]
    start = prior(m.context, m.between, m.posts, i, j)
    added = 0.0
    if is_introduced(m.posts, m.ties, i, j):
        added = m.context["trust_introduction"] * max(0.0, stored - start)
    m.trust[i, k] = start + added
    m.met[i, k] = NOT_YET
    tie = m.ties[i, k]
    m.cap[i, k] = 1.0
    m.contacts[i, k] = 0
    m.answered[i, k] = -1
    tie["began"] = m.world["week"]
    tie["requests"] = 0
    tie["answers"] = 0
    if m.context["structure_trust_dimensions"] == TWO:
        dimensions.begin_sides(m, i, k)
    elif m.context["structure_trust_rule"] == BETA:
        m.evidence[GOOD, i, k] = m.context["beta_prior_weight"] * m.trust[i, k]
        m.evidence[BAD, i, k] = m.context["beta_prior_weight"] * (1.0 - m.trust[i, k])
    return added


@rule
def is_introduced(posts, ties, i, j):
    """Say whether the newcomer of the pair was introduced to the other, who was there when the leaver left."""
    newcomer, other = (i, j) if posts[i]["introduced"] == 1 else (j, i)
    if posts[newcomer]["introduced"] == 0:
        return False
    return ties[newcomer, posts[other]["slot"]]["partner"] == posts[other]["occupant"]


@subroutine
def begin_ties(m, i):
    """Begin the relationships of the newcomer in post `i`, both ways, and book them."""
    place = m.places[m.posts[i]["place"]]
    total, added, count = 0.0, 0.0, 0
    for k in range(place["slots"]):
        j = place["first"] + k
        if m.posts[j]["filled"] == 1 and m.posts[j]["team"] != m.posts[i]["team"]:
            gift = begin_tie(m, i, j)
            gift += begin_tie(m, j, i)
            if m.posts[i]["kind"] == state.ORDINARY and m.posts[j]["kind"] == state.ORDINARY:
                total += m.trust[i, k] + m.trust[j, m.posts[i]["slot"]] - gift
                added += gift
                count += 2
    m.posts[i]["introduced"] = 0
    m.world["ties_began"] += count * m.world["week"]
    if count > 0:
        m.ledger["newcomers"] += ledger.change_of_ties(m.world, total, count)
        if added != 0.0:
            m.ledger["introductions"] += ledger.change_of_trust(m.world, added)


@rule
def copy_tie(m, i, k, into_i, into_k):
    """Copy what one post holds about another to another place in the matrices."""
    m.trust[into_i, into_k], m.cap[into_i, into_k] = m.trust[i, k], m.cap[i, k]
    m.met[into_i, into_k], m.contacts[into_i, into_k] = m.met[i, k], m.contacts[i, k]
    m.answered[into_i, into_k] = m.answered[i, k]
    if m.context["structure_trust_dimensions"] == TWO:
        dimensions.move_sides(m, i, k, into_i, into_k)
    elif m.context["structure_trust_rule"] == BETA:
        m.evidence[GOOD, into_i, into_k] = m.evidence[GOOD, i, k]
        m.evidence[BAD, into_i, into_k] = m.evidence[BAD, i, k]
    source, target = m.ties[i, k], m.ties[into_i, into_k]
    target["began"] = source["began"]
    target["requests"] = source["requests"]
    target["answers"] = source["answers"]


# --- changing ---------------------------------------------------------------------------------------------------


@rule
def good_contact(m, i, k):
    """Raise trust after a good contact: T += gain (1 - T), or one unit of good evidence."""
    if m.context["structure_trust_dimensions"] == TWO:
        dimensions.praise(m, i, k)
    elif m.context["structure_trust_rule"] == DELTA:
        m.trust[i, k] = min(m.trust[i, k] + m.context["trust_gain"] * (1.0 - m.trust[i, k]), m.cap[i, k])
    else:
        m.evidence[GOOD, i, k] += 1.0
        m.trust[i, k] = from_evidence(m.evidence, m.cap, i, k)


@rule
def bad_contact(m, i, k):
    """Lower trust after a bad contact that is no conflict."""
    if m.context["structure_trust_dimensions"] == TWO:
        dimensions.disappoint(m, i, k)
    else:
        lose_trust(m, i, k, 1.0)


@rule
def lose_trust(m, i, k, times):
    """Lower trust after a bad contact: T -= loss T, or bad evidence; a conflict counts twice."""
    if m.context["structure_trust_rule"] == DELTA:
        m.trust[i, k] = max(0.0, m.trust[i, k] - times * m.context["trust_loss"] * m.trust[i, k])
    else:
        m.evidence[BAD, i, k] += times * m.context["beta_bad_weight"]
        m.trust[i, k] = from_evidence(m.evidence, m.cap, i, k)


@rule
def from_evidence(evidence, cap, i, k):
    """Return the trust that the evidence supports: r / (r + s), at most the cap."""
    good, bad = evidence[GOOD, i, k], evidence[BAD, i, k]
    return min(good / (good + bad), cap[i, k])


# --- breaches ---------------------------------------------------------------------------------------------------


@subroutine
def breach(m, a, overshared):
    """Let agency `a` break faith (leaked data, withdrawal): the others' trust in it and in its members falls.

    `overshared` is 1 when a member shared what should not be shared, 0 when the timeline says so.
    """
    journal.note(m, state.BREACH, a, -1, overshared)
    for b in range(m.world["agencies"]):
        if b != a:
            m.between[b, a]["trust"] = max(0.0, m.between[b, a]["trust"] - m.context["trust_breach_drop"])
    m.world["reputations_moved"] = 1
    for i in range(len(m.posts)):
        if m.posts[i]["filled"] == 1 and m.posts[i]["kind"] == state.ORDINARY and m.posts[i]["agency"] != a:
            breach_ties(m, i, a)


@rule
def breach_ties(m, i, a):
    """Lower the trust of post `i` in the members of agency `a` (Zaheer et al. 1998 for the spill; values, row 65, M)."""
    place = m.places[m.posts[i]["place"]]
    for k in range(place["ordinary"]):
        j = place["first"] + k
        if m.posts[j]["filled"] == 1 and m.posts[j]["agency"] == a:
            before = m.trust[i, k]
            lost = m.context["trust_breach_spill"] * min(m.context["trust_breach_drop"], before)
            m.trust[i, k] = before - lost
            if m.context["structure_trust_dimensions"] == TWO:
                dimensions.break_faith(m, i, k, lost)
            elif m.context["structure_trust_rule"] == BETA:
                believed = max(before - lost, LEAST_TRUST)
                m.trust[i, k] = believed
                m.evidence[BAD, i, k] = m.evidence[GOOD, i, k] * (1.0 - believed) / believed
            m.ledger["breaches"] += ledger.change_of_trust(m.world, m.trust[i, k] - before)
