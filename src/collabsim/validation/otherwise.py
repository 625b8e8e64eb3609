"""Patterns measured in another way than the one that their verdict rests on: published beside it, never in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collabsim.validation import contact, draws, funding, governance, teams, trust
from collabsim.validation.kinds import Measure
from collabsim.validation.lab import Lab


@dataclass(frozen=True)
class Other:
    """Another measure of a pattern.

    Attributes
    ----------
    number : int
        Of the pattern.
    what, unit : str
    measure : callable
    """

    number: int
    what: str
    unit: str
    measure: Measure


OTHERS = (
    Other(7, "r of trust and performance, means over eight years (how it was measured before)", "r",
          draws.over_eight_years),
    Other(7, "r over cases: trust among those who share a case, at the last survey, and performance on the case", "r",
          teams.trust_and_performance),
    Other(10, "r of turnover and performance, means over eight years (how it was measured before)", "r",
          draws.turnover_over_eight_years),
    Other(30, "agencies from which a lead is worth it, goals as far apart as usual (how it was measured before)",
          "agencies", governance.crossover_without_agreement),
    Other(32, "more information with permanent funding and a shared record together than with neither", "share",
          contact.pays_with_both),
    Other(43, "turnover on each side above which trust stays below half, separate (in the prototype 13%)", "a year",
          trust.half_way(trust.SEPARATE)),
    Other(43, "turnover on each side above which trust stays below half, co-located (in the prototype 28%)", "a year",
          trust.half_way(trust.CO_LOCATED)),
    Other(44, "largest gap of trust in the run's ten years", "share", funding.largest_gap_of_trust),
)  # fmt: skip


def measured(lab: Lab, others: Sequence[Other] = OTHERS) -> list[dict[str, object]]:
    """Every other measure, or some of them, in types that JSON has."""
    found = []
    for other in others:
        estimate = other.measure(lab)
        ends = {name: float(f"{getattr(estimate, name):.6g}") for name in ("mean", "low", "high")}
        found.append({"number": other.number, "what": other.what, "unit": other.unit, **ends})
    return found
