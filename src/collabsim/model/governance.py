"""Who runs the partnership: shared governance, a lead agency, or an administrative body of its own (nao).

Provan & Kenis 2008 for the forms, Provan & Milward 1995 for a centre that coordinates better while voice is less
equal (values, rows 85-86, M); every size is a judgement. Under shared governance nothing here has an effect unless
settling things takes time (`governance.load`).
"""

from __future__ import annotations

from collabsim.model.compiled import rule

SHARED, LEAD, NAO = 0, 1, 2
VOICE_OF_LEAD = 2.0  # times what the lead's seat, power and attendance would give it (judgement)


@rule
def centre(m):
    """Return the agency at the centre: the host, or the administrative body (numbered as the hub)."""
    return m.world["host"] if m.policy["governance_form"] == LEAD else m.world["hub_agency"]


@rule
def confidence(m, a, b):
    """Return agency `a`'s trust in agency `b`, 1 in itself."""
    return 1.0 if a == b else m.between[a, b]["trust"]


@rule
def brokered(m, place, asker, holder):
    """Return the probability that the centre obtains an answer that was not given.

    P = broker * attention * R[holder's agency, centre] * R[centre, asker's agency]; a lead that is overloaded attends
    less, 1 / (1 + overload of its team here); an administrative body has staff of its own.
    """
    c = centre(m)
    chance = m.context["governance_broker"] * confidence(m, m.posts[holder]["agency"], c)
    chance *= confidence(m, c, m.posts[asker]["agency"])
    if m.policy["governance_form"] == LEAD:
        chance /= 1.0 + m.teams[place["first_team"] + c]["overload"]
    return chance


@rule
def links_to_settle(m, a):
    """Return with how many agencies the staff of agency `a` must settle things, each weighed 2 (1 - R[a, b]).

    With every other one under shared governance and for the lead; otherwise with the centre alone. It takes less time
    where there is trust.
    """
    c = centre(m)
    everybody = m.policy["governance_form"] == SHARED or a == c
    total = 0.0
    for b in range(m.world["agencies"]):
        if b != a and (everybody or b == c):
            total += 2.0 * (1.0 - m.between[a, b]["trust"])
    if m.policy["governance_form"] == NAO and a != c:
        total += 2.0 * (1.0 - m.between[a, c]["trust"])
    return total
