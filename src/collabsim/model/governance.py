"""Who runs the partnership: shared governance, a lead agency, or an administrative body of its own (nao).

Provan & Kenis 2008 for the forms, Provan & Milward 1995 for a centre that coordinates better while voice is less
equal (values, rows 85-86, M); every size is a judgement. Under shared governance nothing here has an effect unless
settling things takes attention (`governance.load`).
"""

from __future__ import annotations

from collabsim.model.compiled import rule
from collabsim.model.draws import exp, log

SHARED, LEAD, NAO = 0, 1, 2
VOICE_OF_LEAD = 2.0  # times what the lead's seat, power and attendance would give it (judgement)


@rule
def centre(m):
    """Return the agency at the centre: the host, or the administrative body (numbered as the hub)."""
    return m.world["host"] if m.policy["governance_form"] == LEAD else m.world["hub_agency"]


@rule
def weight_of_seat(m, a):
    """Return how many times its usual weight agency `a`'s seat has (shared governance: 1).

    A lead hears itself first. On the board of an administrative body sit those who carry it, so seats there follow size,
    (posts / mean posts)^board: such a body favours efficiency over inclusion (Provan & Kenis 2008, M; the rule: judgement).
    """
    if m.policy["governance_form"] == LEAD:
        return VOICE_OF_LEAD if a == m.world["host"] else 1.0
    if m.policy["governance_form"] == NAO:
        return exp(
            m.context["governance_board"]
            * log(m.agencies[a]["posts"] * m.world["agencies"] / m.world["ordinary"])
        )
    return 1.0


@rule
def attention(m, a):
    """Return the attention (0-1) that agency `a` has left for requests: 1 / (1 + load * links to settle).

    Coordination load grows with the number of agencies and is lighter where there is trust (Provan & Kenis 2008).
    """
    if m.context["governance_load"] == 0.0:
        return 1.0
    return 1.0 / (1.0 + m.context["governance_load"] * links_to_settle(m, a))


@rule
def links_to_settle(m, a):
    """Return with how many agencies agency `a` must settle things, each weighed 2 (1 - R[a, b]).

    With every other one under shared governance and for the lead; otherwise with the centre alone.
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


@rule
def brokered(m, place):
    """Return the probability that the centre, asking in everybody's name, obtains an answer that was not given.

    P = broker * attention: authority stands in for trust between the two. A lead has the load of all links, and less
    attention when it is overloaded, 1 / (1 + overload of its team here); an administrative body has staff for it.
    """
    chance = m.context["governance_broker"]
    if m.policy["governance_form"] == LEAD:
        c = centre(m)
        chance *= attention(m, c) / (1.0 + m.teams[place["first_team"] + c]["overload"])
    return chance
