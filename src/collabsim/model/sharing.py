"""Information sharing: requests on shared cases, the choice to answer, relay by key worker or centre, over-sharing."""

from __future__ import annotations

import numpy as np

from collabsim.model import dimensions, draws, funding, governance, state, workload
from collabsim.model import trust as trust_rules
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import (
    clip,
    exp_of_minus,
    falls_below,
    log,
    logistic,
    part,
    stream,
    uniform,
    word,
)
from collabsim.model.leadership import safety

LOGISTIC, PRIVACY_CALCULUS = 0, 1
FAMILIAR_CONTACTS = 8
AT_ONCE = 32  # encounters whose requests are weighed side by side
MOST_AT_ONCE = AT_ONCE * draws.MOST_POISSON
HALF = np.uint64(1 << 15)  # of 16 bits
GUARD_OF_AGREEMENT = 0.7  # of the risk of over-sharing that a full agreement takes away (judgement)


@rule
def feel_safe(m):
    """Set how safe it is in each agency to ask and to answer."""
    for a in range(len(m.agencies)):
        m.agencies[a]["safe"] = safety(m.agencies[a], m.policy, m.context)


@rule
def ask(m, place):
    """Turn this week's contacts on a place's cases into requests for information, some encounters at a time."""
    luck = stream(m.key, draws.REQUEST, m.world["week"])
    stop = place["first_met"] + place["met"]
    for first in range(place["first_met"], stop, AT_ONCE):
        ask_some(m, luck, first, min(first + AT_ONCE, stop))


@rule
def ask_some(m, luck, first, stop):
    """Make the requests of some of this week's encounters: their chances are worked out side by side before."""
    wanted = list_requests(m, luck, first, stop)
    for n in range(wanted):
        m.requests[n]["answered_before"] = last_answer(m, m.requests[n])
    for n in range(wanted):
        m.rates[n] = sharing_logit(m, luck, m.requests[n])
    exp_of_minus(m.rates, wanted, m.none)
    for n in range(wanted):
        request(m, luck, m.requests[n], 1.0 / (1.0 + m.none[n]))
    for n in range(wanted):
        count_request(m, m.requests[n])


@rule
def list_requests(m, luck, first, stop):
    """List a request for each contact on a case: who asks whom, and the word that decides it; return how many."""
    listed = 0
    for n in range(first, stop):
        met = m.encounters[n]
        if met["case"] != state.NO_CASE:
            for turn in range(met["count"]):
                list_request(m.requests[listed], met, luck, met["number"] + 16 * turn)
                listed += 1
    return listed


@rule
def list_request(wanted, met, luck, number):
    """Put a request on the list: part 0 of its word says who of the two asks."""
    shared = word(luck, met["entity"], number)
    asks_first = part(shared, 0, 16) < HALF
    wanted["word"] = shared
    wanted["asker"] = met["first"] if asks_first else met["second"]
    wanted["holder"] = met["second"] if asks_first else met["first"]
    wanted["case"] = met["case"]
    wanted["number"] = number


@rule
def last_answer(m, wanted):
    """Return what became of the last request that went the other way: 1 answered, 0 not, -1 none yet."""
    return m.answered[wanted["holder"], m.posts[wanted["asker"]]["slot"]]


@rule
def request(m, luck, wanted, chance):
    """Make one request: unheard agencies are asked less; what is refused may still come through the key worker.

    Parts 1 to 3 of its word and draws `number` + 4..11 of `luck` decide it. `chance` is weighed again where an earlier
    request of the week has changed what it rests on.
    """
    wanted["made"], wanted["answered"] = 0, 0
    case, shared, number = m.cases[wanted["case"]], wanted["word"], wanted["number"]
    asker, holder = wanted["asker"], wanted["holder"]
    case["needed"] += 1
    m.month["needed"] += 1.0
    heard = m.agencies[m.posts[holder]["agency"]]["heard"]
    if not falls_below(heard, part(shared, 2, 16), luck, case["id"], number + 10):
        return
    case["requested"] += 1
    m.month["requested"] += 1.0
    if m.context["sharing_request_hours"] > 0.0:
        keep_waiting(m, case)
    if last_answer(m, wanted) != wanted["answered_before"] or m.context["sharing_breach_risk"] > 0.0:
        chance = logistic(sharing_logit(m, luck, wanted))
    chance = chance * useful_share(m) * governance.attention(m, m.posts[holder]["agency"])
    told = falls_below(chance, part(shared, 3, 16), luck, case["id"], number + 11)
    answered = told
    place = m.places[m.posts[asker]["place"]]
    if place["hub"] > 0.0 or m.policy["governance_form"] != governance.SHARED:
        answered = told or passed_on(m, place, case, luck, number, asker, holder)
    wanted["made"], wanted["answered"] = 1, 1 if answered else 0
    m.answered[asker, m.posts[holder]["slot"]] = 1 if answered else 0
    case["received"] += 1 if answered else 0
    m.month["received"] += 1.0 if answered else 0.0
    if m.context["sharing_breach_risk"] > 0.0 and told:
        overshare(m, luck, wanted)


@rule
def count_request(m, wanted):
    """Count a request, and its answer, with the two posts: apart, as all these counts are far away."""
    tie = m.ties[wanted["asker"], m.posts[wanted["holder"]]["slot"]]
    tie["requests"] += wanted["made"]
    tie["answers"] += wanted["answered"]


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
def is_sensitive(m, luck, wanted):
    """Say whether what is asked for is sensitive."""
    share, first = m.context["sharing_sensitive_share"], part(wanted["word"], 1, 16)
    return falls_below(share, first, luck, m.cases[wanted["case"]]["id"], wanted["number"] + 9)


@rule
def believed_in(m, asker, holder, sensitive):
    """Return the trust that an answer rests on; of two dimensions it is goodwill where information is sensitive."""
    k = m.posts[asker]["slot"]
    if m.context["structure_trust_dimensions"] == dimensions.TWO and sensitive:
        return m.sides[dimensions.GOODWILL, holder, k]
    return m.trust[holder, k]


@subroutine
def overshare(m, luck, wanted):
    """Let sensitive information reach someone who should not have it: likelier with trust, less with an agreement.

    P = risk * T * (1 - 0.7 agreement): trust is not always good (judgement; no rate is known). What comes out is a
    breach of the holder's agency.
    """
    if not is_sensitive(m, luck, wanted):
        return
    holder = wanted["holder"]
    believed = believed_in(m, wanted["asker"], holder, True)
    guarded = 1.0 - GUARD_OF_AGREEMENT * m.policy["shared_record_agreement"]
    u = uniform(luck, m.cases[wanted["case"]]["id"], wanted["number"] + 5)
    if u < m.context["sharing_breach_risk"] * believed * guarded:
        trust_rules.breach(m, m.posts[holder]["agency"], 1.0)
        m.month["breaches"] += 1.0
        m.month["breaches_cost"] += m.context["costs_breach"]


@rule
def sharing_logit(m, luck, wanted):
    """Return the logit of the probability that the holder answers (values, rows 69-71; direct terms are capped).

    Logistic choice by default; as a variant the privacy calculus (Culnan & Armstrong 1999): share when trust times
    benefit beats distrust times harm, with a log-logistic benefit-harm ratio.
    """
    asker, holder = wanted["asker"], wanted["holder"]
    sensitive = is_sensitive(m, luck, wanted)
    believed = believed_in(m, asker, holder, sensitive)
    direct = direct_terms(m, asker, holder, sensitive)
    if m.context["structure_sharing_rule"] == LOGISTIC:
        return m.context["sharing_base"] + m.context["sharing_trust"] * believed + direct
    bounded = clip(believed, 0.01, 0.99)
    odds = log(bounded / (1.0 - bounded))
    return m.context["sharing_calculus_slope"] * odds + m.context["sharing_calculus_benefit"] + direct


@rule
def direct_terms(m, asker, holder, sensitive):
    """Return what moves sharing apart from trust (logit): agreement, record, familiarity, roles, safety and so on.

    What holds or not counts 1 or 0 times: it differs from request to request, so a branch would often be guessed wrong.
    """
    k = m.posts[asker]["slot"]
    a, b = m.posts[holder]["agency"], m.posts[asker]["agency"]
    z = m.context["sharing_agreement"] * m.policy["shared_record_agreement"]
    z += m.context["sharing_record"] * m.policy["shared_record_interoperability"]
    z += m.context["sharing_familiarity"] * (m.contacts[holder, k] > FAMILIAR_CONTACTS)
    z += m.context["sharing_role"] * (m.between[a, b]["clarity"] - 0.5)
    z += m.context["sharing_safety"] * (m.agencies[a]["safe"] - 0.5)
    z -= m.context["sharing_sensitivity"] * sensitive
    z -= m.context["sharing_rivalry"] * funding.rivalry(m.policy, m.context, m.agencies, a, b)
    answered = m.answered[holder, k]
    answered_before = (answered >= 0) * (answered - 0.5)
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
