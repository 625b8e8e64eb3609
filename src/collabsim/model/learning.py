"""Knowledge of shared cases (weekly) and practice quality (quarterly)."""

from __future__ import annotations

from collabsim.model import ledger, state
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
def learn(w, c, posts, led):
    """Let staff learn from contacts and forget (Argote, Beckman & Epple 1990; values, rows 35-36, L-M)."""
    learned, forgotten = 0.0, 0.0
    for i in range(len(posts)):
        post = posts[i]
        if post["filled"] == 1:
            active = min(1.0, post["met_this_week"] / FULL_WEEK_OF_CONTACTS)
            gain = c["knowledge_learn"] * active * (1.0 - post["knowledge"])
            loss = c["knowledge_forget"] * (post["knowledge"] + gain)
            post["knowledge"] += gain - loss
            if post["kind"] == state.ORDINARY:
                learned += gain
                forgotten += loss
    if w["staff"] > 0:
        led["knowledge_learned"] += learned / w["staff"]
        led["knowledge_forgotten"] -= forgotten / w["staff"]
        w["knowledge_sum"] += learned - forgotten


@rule
def reflect(w, p, c, agencies):
    """Raise practice quality by reflection where it is safe; it fades by half in `reflection.half_life` (row 75, H)."""
    safe = 0.0
    for a in range(w["agencies"]):
        safe += safety(agencies[a], p, c) / w["agencies"]
    gain = (
        c["reflection_gain"] * 13.0 * p["reflection_sessions_per_month"] * safe * (1.0 + evaluation_signal(p))
    )
    w["practice"] *= halving(13.0, c["reflection_half_life"])
    w["practice"] += min(1.0, gain) * (1.0 - w["practice"])
