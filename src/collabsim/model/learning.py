"""Knowledge of shared cases (weekly) and practice quality (quarterly)."""

from __future__ import annotations

from collabsim.model import state
from collabsim.model.compiled import rule
from collabsim.model.draws import exp
from collabsim.model.funding import evaluation_signal
from collabsim.model.leadership import safety

FULL_WEEK_OF_CONTACTS = 5.0
_LN2 = 0.6931471805599453


@rule
def halving(weeks, half_life):
    """Return what is left after `weeks` of a quantity with this half-life."""
    return exp(-_LN2 * weeks / half_life)


@rule
def learn(m):
    """Let staff learn from contacts and forget (Argote, Beckman & Epple 1990; values, rows 35-36, L-M)."""
    learned, forgotten = 0.0, 0.0
    for i in range(len(m.posts)):
        post = m.posts[i]
        if post["filled"] == 1:
            active = min(1.0, post["met_this_week"] / FULL_WEEK_OF_CONTACTS)
            gain = m.context["knowledge_learn"] * active * (1.0 - post["knowledge"])
            loss = m.context["knowledge_forget"] * (post["knowledge"] + gain)
            post["knowledge"] += gain - loss
            if post["kind"] == state.ORDINARY:
                learned += gain
                forgotten += loss
    if m.world["staff"] > 0:
        m.ledger["knowledge_learned"] += learned / m.world["staff"]
        m.ledger["knowledge_forgotten"] -= forgotten / m.world["staff"]
        m.world["knowledge_sum"] += learned - forgotten


@rule
def reflect(m):
    """Raise practice quality by reflection where it is safe; it fades by half in `reflection.half_life` (row 75, H)."""
    safe = 0.0
    for a in range(m.world["agencies"]):
        safe += safety(m.agencies[a], m.policy, m.context) / m.world["agencies"]
    gain = (
        m.context["reflection_gain"]
        * 13.0
        * m.policy["reflection_sessions_per_month"]
        * safe
        * (1.0 + evaluation_signal(m.policy))
    )
    m.world["practice"] *= halving(13.0, m.context["reflection_half_life"])
    m.world["practice"] += min(1.0, gain) * (1.0 - m.world["practice"])
