"""Information sharing: requests on shared cases, the choice to answer, relay by key worker or centre, over-sharing."""

from __future__ import annotations

import numpy as np

from collabsim.model import dimensions, draws, funding, governance, state, workload
from collabsim.model import trust as trust_rules
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import clip, falls_below, log, logistic, part, stream, uniform, word
from collabsim.model.leadership import safety

LOGISTIC, PRIVACY_CALCULUS = 0, 1
FAMILIAR_CONTACTS = 8
HALF = np.uint64(1 << 15)  # of 16 bits
GUARD_OF_AGREEMENT = 0.7  # of the risk of over-sharing that a full agreement takes away (judgement)


@rule
def ask(m):
    """Turn this week's contacts on cases into requests for information."""
    luck = stream(m.key, draws.REQUEST, m.world["week"])
    for a in range(len(m.agencies)):
        m.agencies[a]["safe"] = safety(m.agencies[a], m.policy, m.context)
    for n in range(m.world["encounters"]):
        met = m.encounters[n]
        if met["case"] != state.NO_CASE:
            first, second = met["first"], met["second"]
            place = m.places[m.posts[first]["place"]]
            for turn in range(met["count"]):
                number = met["number"] + 16 * turn
                shared = word(luck, met["entity"], number)
                asks_first = part(shared, 0, 16) < HALF
                asker = first if asks_first else second
                holder = second if asks_first else first
                request(m, place, m.cases[met["case"]], shared, luck, number, asker, holder)


@rule
def request(m, place, case, shared, luck, number, asker, holder):
    """Make one request: unheard agencies are asked less; what is refused may still come through the key worker.

    Parts 1 to 3 of the word `shared` and draws `number` + 4..11 of `luck` decide it.
    """
    case["needed"] += 1
    m.month["needed"] += 1.0
    heard = m.agencies[m.posts[holder]["agency"]]["heard"]
    if not falls_below(heard, part(shared, 2, 16), luck, case["id"], number + 10):
        return
    case["requested"] += 1
    m.month["requested"] += 1.0
    if m.context["sharing_request_hours"] > 0.0:
        keep_waiting(m, case)
    sensitive = falls_below(
        m.context["sharing_sensitive_share"], part(shared, 1, 16), luck, case["id"], number + 9
    )
    believed = believed_in(m, asker, holder, sensitive)
    chance = sharing_chance(m, asker, holder, sensitive, believed) * useful_share(m)
    chance *= governance.attention(m, m.posts[holder]["agency"])
    told = falls_below(chance, part(shared, 3, 16), luck, case["id"], number + 11)
    answered = told
    if place["hub"] > 0.0 or m.policy["governance_form"] != governance.SHARED:
        answered = told or passed_on(m, place, case, luck, number, asker, holder)
    tie = m.ties[asker, m.posts[holder]["slot"]]
    tie["requests"] += 1
    tie["answered"] = 1 if answered else 0
    tie["answers"] += 1 if answered else 0
    case["received"] += 1 if answered else 0
    m.month["received"] += 1.0 if answered else 0.0
    if m.context["sharing_breach_risk"] > 0.0 and told and sensitive:
        overshare(m, holder, uniform(luck, case["id"], number + 5), believed)


@subroutine
def passed_on(m, place, case, luck, number, asker, holder):
    """Say whether an answer that was not given comes through the key worker, or else through the centre."""
    relayed = False
    if place["hub"] > 0.0:
        chance = relay_chance(place, m.posts, m.trust, asker, holder)
        relayed = uniform(luck, case["id"], number + 4) < chance
    if not relayed and m.policy["governance_form"] != governance.SHARED:
        relayed = uniform(luck, case["id"], number + 6) < governance.brokered(m, place)
    return relayed


@rule
def keep_waiting(m, case):
    """Let a case wait for as long as asking in person takes (crosswalk B13; judgement).

    Looking into a shared record takes no time; who went to the wrong person has to ask again.
    """
    hours = m.context["sharing_request_hours"] * (1.0 - m.policy["shared_record_interoperability"])
    lost = hours * (1.0 + astray(m)) / workload.HOURS_A_WEEK
    case["wait"] += lost
    case["progress"] -= lost


@rule
def astray(m):
    """Return the share of requests that go to the wrong person."""
    return m.context["sharing_misdirected"] * (1.0 - m.policy["shared_record_directory"])


@rule
def useful_share(m):
    """Return the share of answers that come from the right person and can be used (crosswalk E10, E14, C23; judgement)."""
    return (1.0 - astray(m)) * (1.0 - m.context["sharing_unusable"])


@rule
def believed_in(m, asker, holder, sensitive):
    """Return the trust that an answer rests on; of two dimensions it is goodwill where information is sensitive."""
    k = m.posts[asker]["slot"]
    if m.context["structure_trust_dimensions"] == dimensions.TWO and sensitive:
        return m.sides[dimensions.GOODWILL, holder, k]
    return m.trust[holder, k]


@subroutine
def overshare(m, holder, u, believed):
    """Let sensitive information reach someone who should not have it: likelier with trust, less with an agreement.

    P = risk * T * (1 - 0.7 agreement): trust is not always good (judgement; no rate is known). What comes out is a
    breach of the holder's agency.
    """
    guarded = 1.0 - GUARD_OF_AGREEMENT * m.policy["shared_record_agreement"]
    if u < m.context["sharing_breach_risk"] * believed * guarded:
        trust_rules.breach(m, m.posts[holder]["agency"], 1.0)
        m.month["breaches"] += 1.0
        m.month["breaches_cost"] += m.context["costs_breach"]


@rule
def sharing_chance(m, asker, holder, sensitive, believed):
    """Return the probability that the holder, who trusts so far, answers (values, rows 69-71; direct terms are capped).

    Logistic choice by default; as a variant the privacy calculus (Culnan & Armstrong 1999): share when trust times
    benefit beats distrust times harm, with a log-logistic benefit-harm ratio.
    """
    direct = direct_terms(m, asker, holder, sensitive)
    if m.context["structure_sharing_rule"] == LOGISTIC:
        return logistic(m.context["sharing_base"] + m.context["sharing_trust"] * believed + direct)
    bounded = clip(believed, 0.01, 0.99)
    odds = log(bounded / (1.0 - bounded))
    return logistic(
        m.context["sharing_calculus_slope"] * odds + m.context["sharing_calculus_benefit"] + direct
    )


@rule
def direct_terms(m, asker, holder, sensitive):
    """Return what moves sharing apart from trust (logit): agreement, record, familiarity, roles, safety and so on.

    What holds or not counts 1 or 0 times: it differs from request to request, so a branch would often be guessed wrong.
    """
    tie = m.ties[holder, m.posts[asker]["slot"]]
    a, b = m.posts[holder]["agency"], m.posts[asker]["agency"]
    z = m.context["sharing_agreement"] * m.policy["shared_record_agreement"]
    z += m.context["sharing_record"] * m.policy["shared_record_interoperability"]
    z += m.context["sharing_familiarity"] * (tie["contacts"] > FAMILIAR_CONTACTS)
    z += m.context["sharing_role"] * (m.between[a, b]["clarity"] - 0.5)
    z += m.context["sharing_safety"] * (m.agencies[a]["safe"] - 0.5)
    z -= m.context["sharing_sensitivity"] * sensitive
    z -= m.context["sharing_rivalry"] * funding.rivalry(m.policy, m.context, m.agencies, a, b)
    answered_before = (tie["answered"] >= 0) * (tie["answered"] - 0.5)
    return z + m.context["sharing_reciprocity"] * answered_before


@rule
def relay_chance(place, posts, trust, asker, holder):
    """Return the probability that the pair's key worker passes the answer on: hub strength times trust along the way."""
    k = key_worker_of(place, posts, min(posts[asker]["id"], posts[holder]["id"]))
    if k < 0 or posts[k]["filled"] == 0:
        return 0.0
    return place["hub"] * trust[holder, posts[k]["slot"]] * trust[k, posts[asker]["slot"]]


@rule
def key_worker_of(place, posts, number):
    """Return the key-worker post, among the open ones, that looks after pair `number`; -1 when none is open."""
    first, last = place["first"] + place["ordinary"], place["first"] + place["slots"]
    opened = 0
    for k in range(first, last):
        opened += 1 if posts[k]["kind"] == state.KEY_WORKER and posts[k]["open"] == 1 else 0
    turn = number % opened if opened > 0 else -1
    for k in range(first, last):
        if posts[k]["kind"] == state.KEY_WORKER and posts[k]["open"] == 1:
            if turn == 0:
                return k
            turn -= 1
    return -1
