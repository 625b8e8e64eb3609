"""Partnerships for tests: the default one, and one with everything switched off but what a test is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collabsim.parameters import SECTORS, Value, defaults
from collabsim.scenario import Agency, Event, Scenario

FIVE = tuple(
    Agency(name, sector, posts)
    for name, sector, posts in (
        ("Hospital", "nhs", 12),
        ("Council", "la", 12),
        ("Police", "police", 6),
        ("Homes", "housing", 6),
        ("Charity", "vcse", 9),
    )
)
"""The reference partnership: five agencies and 45 posts."""

CORE_MONEY: Mapping[str, Value] = {f"grant_share.{sector}": 0.0 for sector in SECTORS}
CONSTANT_QUITS: Mapping[str, Value] = {
    "turnover.early_effect": 0.0,
    "turnover.insecurity_effect": 0.0,
    "turnover.satisfaction_effect": 0.0,
    "turnover.contagion": 0.0,
}
PLAIN_CONTACTS: Mapping[str, Value] = {
    "contact.trust_feedback": 0.0,
    "contact.case": 0.0,
    "contact.time_budget": 1000.0,
    "cases.per_week": 0.0,
    "attendance.leadership": 0.0,
}
PLAIN_TRUST: Mapping[str, Value] = {
    "trust.drift": 0.0,
    "trust.institutional_learning": 0.0,
    "trust.bad_newcomer": 0.0,
    "trust.bad_goal_gap": 0.0,
    "trust.bad_overload": 0.0,
    "trust.bad_role": 0.0,
    "conflict.share": 0.0,
}
MEAN_FIELD = {**CORE_MONEY, **CONSTANT_QUITS, **PLAIN_CONTACTS, **PLAIN_TRUST}


def turnover(annual: float) -> dict[str, Value]:
    """The same annual leaving probability in every sector."""
    return {f"turnover.{sector}": annual for sector in SECTORS}


def partnership(
    agencies: Sequence[Agency] = FIVE,
    policy: Mapping[str, Value] | None = None,
    context: Mapping[str, Value] | None = None,
    structure: Mapping[str, Value] | None = None,
    events: Sequence[Event] = (),
    years: int = 2,
    burn_in_years: int = 0,
) -> Scenario:
    """A scenario under one policy from the first week, with the defaults for what is not given."""
    levers = defaults("lever") | dict(policy or {})
    return Scenario(
        name="test",
        title="test",
        group="",
        about="",
        sources=(),
        agencies=tuple(agencies),
        host=len(agencies) - 1,
        baseline=levers,
        policy=levers,
        context=defaults("uncertainty", "constant") | dict(context or {}),
        structure=defaults("structure") | dict(structure or {}),
        events=tuple(events),
        years=years,
        burn_in_years=burn_in_years,
    )
