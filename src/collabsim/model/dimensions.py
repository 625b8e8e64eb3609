"""Trust in two dimensions, competence and goodwill: an optional structure (`structure.trust_dimensions`).

Mayer, Davis & Schoorman 1995 for the dimensions; Kim et al. 2004: breaches of competence and of integrity are taken
and repaired differently. What other rules call trust is `T = w C + (1 - w) G`, `w` the weight of competence (Colquitt
et al. 2007). Good and ordinary bad contacts move both dimensions as the one-dimensional rule moves trust; a conflict
takes from one alone what it would have taken from trust, so that levels are those of one dimension to first order
and only what happens apart differs: caps and breaches are of goodwill, and answering on sensitive matters rests on it.

`m.sides[d]` holds a dimension, `m.sides[2 + 2 d]` and `[3 + 2 d]` its good and bad evidence under the beta rule.
"""

from __future__ import annotations

from collabsim.model.compiled import rule, subroutine
from collabsim.model.state import NO_TIE

ONE, TWO = 0, 1
COMPETENCE, GOODWILL = 0, 1
DELTA = 0
LEAST_TRUST = 1e-6  # evidence cannot say less


@rule
def weight(c, d):
    """Return what a dimension counts in trust."""
    return c["trust_competence_weight"] if d == COMPETENCE else 1.0 - c["trust_competence_weight"]


@rule
def combine(m, i, k):
    """Set trust from its two dimensions."""
    w = m.context["trust_competence_weight"]
    m.trust[i, k] = w * m.sides[COMPETENCE, i, k] + (1.0 - w) * m.sides[GOODWILL, i, k]


@rule
def highest(m, i, k, d):
    """Return what a dimension cannot pass: a breach of integrity that was not repaired caps goodwill."""
    return m.cap[i, k] if d == GOODWILL else 1.0


@rule
def believe_evidence(m, i, k, d):
    """Set a dimension to what its evidence supports: r / (r + s), at most its cap."""
    good, bad = m.sides[2 + 2 * d, i, k], m.sides[3 + 2 * d, i, k]
    m.sides[d, i, k] = min(good / (good + bad), highest(m, i, k, d))


@subroutine
def begin_sides(m, i, k):
    """Begin both dimensions at the newcomer's trust."""
    for d in range(2):
        m.sides[d, i, k] = m.trust[i, k]
        m.sides[2 + 2 * d, i, k] = m.context["beta_prior_weight"] * m.trust[i, k]
        m.sides[3 + 2 * d, i, k] = m.context["beta_prior_weight"] * (1.0 - m.trust[i, k])


@subroutine
def praise(m, i, k):
    """Raise both dimensions after a good contact: x += gain (1 - x), or one unit of good evidence."""
    for d in range(2):
        if m.context["structure_trust_rule"] == DELTA:
            x = m.sides[d, i, k]
            m.sides[d, i, k] = min(x + m.context["trust_gain"] * (1.0 - x), highest(m, i, k, d))
        else:
            m.sides[2 + 2 * d, i, k] += 1.0
            believe_evidence(m, i, k, d)
    combine(m, i, k)


@subroutine
def disappoint(m, i, k):
    """Lower both dimensions after an ordinary bad contact, which leaves open whether they could not or would not."""
    lose(m, i, k, COMPETENCE, 1.0)
    lose(m, i, k, GOODWILL, 1.0)
    combine(m, i, k)


@subroutine
def fall_out(m, i, k, d):
    """Lower one dimension after a conflict by what trust would have lost: twice a bad contact, over its weight."""
    lose(m, i, k, d, 2.0 / weight(m.context, d))
    combine(m, i, k)


@rule
def lose(m, i, k, d, times):
    """Lower one dimension: x -= times loss x, or so much bad evidence."""
    if m.context["structure_trust_rule"] == DELTA:
        m.sides[d, i, k] = max(0.0, m.sides[d, i, k] - times * m.context["trust_loss"] * m.sides[d, i, k])
    else:
        m.sides[3 + 2 * d, i, k] += times * m.context["beta_bad_weight"]
        believe_evidence(m, i, k, d)


@subroutine
def make_good(m, i, k, d, amount, evidence):
    """Give back after a repair what the conflict took from one dimension."""
    if m.context["structure_trust_rule"] == DELTA:
        m.sides[d, i, k] = min(m.sides[d, i, k] + amount, highest(m, i, k, d))
    else:
        m.sides[3 + 2 * d, i, k] = max(1e-9, m.sides[3 + 2 * d, i, k] - evidence)
        believe_evidence(m, i, k, d)
    combine(m, i, k)


@subroutine
def break_faith(m, i, k, lost):
    """Take from goodwill what a breach takes from trust."""
    left = max(0.0, m.sides[GOODWILL, i, k] - lost / weight(m.context, GOODWILL))
    if m.context["structure_trust_rule"] != DELTA:
        left = max(left, LEAST_TRUST)
        m.sides[3 + 2 * GOODWILL, i, k] = m.sides[2 + 2 * GOODWILL, i, k] * (1.0 - left) / left
    m.sides[GOODWILL, i, k] = left
    combine(m, i, k)


@subroutine
def drift_sides(m, place, i, row):
    """Let both dimensions of post `i` move towards what trust drifts to, where there was no contact this week."""
    goal = m.target[m.posts[i]["team"]]
    for k in range(place["slots"]):
        if m.met[i, k] != m.world["week"] and m.met[i, k] > NO_TIE:
            before = m.trust[i, k]
            for d in range(2):
                if m.context["structure_trust_rule"] == DELTA:
                    x = m.sides[d, i, k]
                    m.sides[d, i, k] = min(x + m.context["trust_drift"] * (goal[k] - x), highest(m, i, k, d))
                else:
                    forget(m, i, k, d, goal[k])
            combine(m, i, k)
            m.moved[row if k < place["ordinary"] else 1, k] += m.trust[i, k] - before


@rule
def forget(m, i, k, d, goal):
    """Let a dimension's evidence fade towards its prior (beta rule)."""
    lost, prior = 1.0 - m.context["beta_forgetting"], m.context["beta_prior_weight"]
    m.sides[2 + 2 * d, i, k] += lost * (prior * goal - m.sides[2 + 2 * d, i, k])
    m.sides[3 + 2 * d, i, k] += lost * (prior * (1.0 - goal) - m.sides[3 + 2 * d, i, k])
    believe_evidence(m, i, k, d)


@subroutine
def move_sides(m, i, k, into_i, into_k):
    """Copy both dimensions to another place in the matrix."""
    for layer in range(6):
        m.sides[layer, into_i, into_k] = m.sides[layer, i, k]
