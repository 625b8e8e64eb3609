"""Where trust went: every change of the mean is booked to its cause when it happens, so the lines always sum.

The mean is over directed relationships between ordinary posts; it changes because a relationship changed or
because the set of relationships did (composition). An empty set has mean 0.
"""

from __future__ import annotations

from collabsim.model.compiled import rule


@rule
def mean_trust(w):
    """Return mean trust over relationships between ordinary posts (0 without any)."""
    return w["trust_sum"] / w["ties"] if w["ties"] > 0 else 0.0


@rule
def mean_knowledge(w):
    """Return mean knowledge over ordinary staff in post (0 without any)."""
    return w["knowledge_sum"] / w["staff"] if w["staff"] > 0 else 0.0


@rule
def change_of_trust(w, change):
    """Add a change to the sum of trust; return the change of the mean."""
    w["trust_sum"] += change
    return change / w["ties"]


@rule
def change_of_ties(w, total, count):
    """Add `count` relationships holding `total` trust (negative: take away); return the change of the mean."""
    before = mean_trust(w)
    w["ties"] += count
    w["trust_sum"] = w["trust_sum"] + total if w["ties"] > 0 else 0.0
    return mean_trust(w) - before


@rule
def change_of_staff(w, knowledge, count):
    """Add `count` staff holding `knowledge` (negative: take away); return the change of mean knowledge."""
    before = mean_knowledge(w)
    w["staff"] += count
    w["knowledge_sum"] = w["knowledge_sum"] + knowledge if w["staff"] > 0 else 0.0
    return mean_knowledge(w) - before
