"""Requests for information over cases, and what becomes of them (declaration, 7.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from collabsim.model.draws import REQUEST, uniform, word
from reference.arithmetic import below, clip, logistic, logit
from reference.funding import rivalry
from reference.trust import breach

if TYPE_CHECKING:
    import numpy as np

    from reference.casework import Case
    from reference.governance import ReferenceAgency
    from reference.partnership import ReferencePartnership
    from reference.places import Locality
    from reference.trust import Tie
    from reference.workforce import ReferenceStaff

    Pair = tuple[ReferenceStaff, ReferenceStaff]

FAMILIAR = 8  # contacts


def requests(model: ReferencePartnership, case: Case) -> None:
    """Every contact over a case this week raises one need to know."""
    luck = model.stream(REQUEST)
    for pair, one, another in case.pairs():
        for m in range(case.contacts.get(pair, 0)):
            need(model, case, (one, another), luck, 16 * (32 * pair + m))


def need(model: ReferencePartnership, case: Case, pair: Pair, luck: np.uint64, number: int) -> None:
    """One needs to know something that the other holds; it may be asked, and answered."""
    shared = word(luck, case.id, number)

    def decided(k: int, chance: float) -> bool:
        return below(chance, shared >> 16 * k & 65535, lambda: word(luck, case.id, number + 8 + k))

    asker, holder = pair if decided(0, 0.5) else reversed(pair)
    count(model, case, "needed")
    if not decided(2, holder.agency.heard):
        return
    count(model, case, "requested")
    case.lose(weeks_of_asking(model))
    request, tie = asker.ties[holder], holder.ties[asker]
    sensitive = decided(1, model.values["sharing.sensitive_share"])
    relied_on = tie.trust_in(sensitive)
    chance = willingness(model, tie, sensitive) * useful(model) * attention(model, holder.agency)
    told = decided(3, chance)
    answered = (
        told
        or uniform(luck, case.id, number + 4) < relay(holder, asker)
        or uniform(luck, case.id, number + 6) < brokerage(model, holder.locality)
    )
    if answered:
        count(model, case, "received")
    request.requests += 1
    request.answers += answered
    request.last_answer = float(answered)
    if told and sensitive and uniform(luck, case.id, number + 5) < leak(model, relied_on):
        breach(model, holder.agency, overshared=1.0)
        model.month["breaches"] += 1
        model.month["breaches_cost"] += model.values["costs.breach"]


def count(model: ReferencePartnership, case: Case, what: str) -> None:
    """Count for the case and for the month."""
    setattr(case, what, getattr(case, what) + 1)
    model.month[what] += 1


def weeks_of_asking(model: ReferencePartnership) -> float:
    """How long a case waits while somebody is asked, twice when the first is the wrong one; a record is at hand."""
    by_hand = 1 - model.policy["shared_record.interoperability"]
    return model.values["sharing.request_hours"] * by_hand * (1 + to_the_wrong(model)) / 37.5


def to_the_wrong(model: ReferencePartnership) -> float:
    """The share of requests that go to the wrong person."""
    return model.values["sharing.misdirected"] * (1 - model.policy["shared_record.directory"])


def useful(model: ReferencePartnership) -> float:
    """The share of answers that come from the right person and can be used."""
    return (1 - to_the_wrong(model)) * (1 - model.values["sharing.unusable"])


def leak(model: ReferencePartnership, trust: float) -> float:
    """The probability that sensitive information goes where it should not, and it comes out."""
    guarded = 0.7 * model.policy["shared_record.agreement"]
    return model.values["sharing.breach_risk"] * trust * (1 - guarded)


def attention(model: ReferencePartnership, agency: ReferenceAgency) -> float:
    """What of its attention an agency has for requests, besides settling things with those it has to."""
    centre = model.centre
    if centre is None or centre is agency:
        counterparts = [other for other in model.agencies if other is not agency]
    else:
        counterparts = [centre]
    distrust = sum(2 * (1 - agency.trust[other]) for other in counterparts)
    return 1 / (1 + model.values["governance.load"] * distrust)


def brokerage(model: ReferencePartnership, locality: Locality) -> float:
    """The probability that whoever runs the partnership gets the answer all the same."""
    centre = model.centre
    if centre is None:
        return 0.0
    if centre is model.hub:
        return model.values["governance.broker"]
    (overload,) = (team.overload for team in locality.teams if team.agency is centre)
    return model.values["governance.broker"] * attention(model, centre) / (1 + overload)


def willingness(model: ReferencePartnership, tie: Tie, sensitive: bool) -> float:
    """The probability that the holder of information shares it."""
    values = model.values
    direct = direct_terms(model, tie) - values["sharing.sensitivity"] * sensitive
    trust = tie.trust_in(sensitive)
    if values["structure.sharing_rule"] == "logistic":
        return logistic(values["sharing.base"] + values["sharing.trust"] * trust + direct)
    weighed = values["sharing.calculus_slope"] * logit(clip(trust, 0.01, 0.99))
    return logistic(weighed + values["sharing.calculus_benefit"] + direct)


def direct_terms(model: ReferencePartnership, tie: Tie) -> float:
    """What makes sharing likelier or less likely besides trust."""
    values, policy, holder, asker = model.values, model.policy, tie.holder.agency, tie.other.agency
    return (
        values["sharing.agreement"] * policy["shared_record.agreement"]
        + values["sharing.record"] * policy["shared_record.interoperability"]
        + values["sharing.familiarity"] * (tie.relationship.contacts > FAMILIAR)
        + values["sharing.role"] * (holder.clarity[asker] - 0.5)
        + values["sharing.safety"] * (holder.safety - 0.5)
        - values["sharing.rivalry"] * rivalry(model, holder, asker)
        + values["sharing.reciprocity"] * (tie.last_answer - 0.5)
    )


def relay(holder: ReferenceStaff, asker: ReferenceStaff) -> float:
    """The probability that a key worker whom both sides trust passes it on."""
    posts = holder.locality.key_workers
    if not posts:
        return 0.0
    key_worker = posts[min(holder.post.id, asker.post.id) % len(posts)].occupant
    if key_worker is None:
        return 0.0
    return holder.locality.hub_strength * holder.ties[key_worker].trust * key_worker.ties[asker].trust
