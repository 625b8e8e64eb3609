"""Small partnerships: between them every lever moves, every structure occurs, everything happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from collabsim.parameters import LEVERS, OPTIONS, PARAMETER, STRUCTURES, defaults
from collabsim.scenario import Agency, Event, Scenario

USUAL_OPTIONS = {one.name: one.default for one in OPTIONS}
STRUCTURAL_VARIANTS = [
    USUAL_OPTIONS | dict(zip((one.name for one in STRUCTURES), chosen, strict=True))
    for chosen in product(*(one.choices for one in STRUCTURES))
]
# So much goes on in two years that every rule is met.
RESTLESS = {
    "funding.posts_per_grant": 2,
    "funding.redeploy": 0.5,
    "funding.replacement_gap": 8.0,
    "hiring.freeze": 1.0,
    "leaders.gap": 8.0,
    "cases.per_week": 3.0,
    "cases.weeks": 8.0,
    "cases.load": 0.3,
    "rivalry.overlap": 1.0,
} | {f"turnover.{sector}": 0.35 for sector in ("nhs", "la", "police", "housing", "vcse")}


def partnership(
    name: str,
    agencies: Sequence[Agency],
    baseline: Mapping | None = None,
    policy: Mapping | None = None,
    context: Mapping | None = None,
    events: Sequence[Event] = (),
    years: int = 1,
    burn_in_years: int = 1,
) -> Scenario:
    """Make a scenario, with the defaults for what is not given."""
    before = defaults("lever") | dict(baseline or {})
    return Scenario(
        name=name,
        title=name,
        group="",
        about="",
        sources=(),
        agencies=tuple(agencies),
        host=len(agencies) - 1,
        baseline=before,
        policy=before | dict(policy or {}),
        context=defaults("uncertainty", "constant") | RESTLESS | dict(context or {}),
        structure=defaults("structure"),
        events=tuple(sorted(events, key=lambda event: event.month)),
        years=years,
        burn_in_years=burn_in_years,
    )


def switch(month: float, **levers: object) -> Event:
    """Change some levers; a lever's dot is written as two underscores."""
    return Event(month, "policy", policy={name.replace("__", "."): value for name, value in levers.items()})


HEALTH = Agency("Hospital", "nhs", 6, grant_share=0.4, site="Main Street")
COUNCIL = Agency("Council", "la", 5, grant_share=0.4)
POLICE = Agency("Police", "police", 4, site="Main Street", goal=0.9)
HOUSING = Agency("Homes", "housing", 3, power=0.6, seat=0.7)
CHARITY = Agency("Shelter", "vcse", 4, grant_share=1.0)
ALL_FIVE = (HEALTH, COUNCIL, POLICE, HOUSING, CHARITY)

GRANTS = partnership(
    "grants",
    (HEALTH, COUNCIL, CHARITY),
    baseline={"funding.grant_months": 6.0},
    policy={
        "funding.grant_months": 9.0,
        "funding.notice_months": 2.0,
        "funding.fix_annual": True,
        "flexibility.movable_capacity": 0.8,
        "pooled_budget.share": 0.5,
        "handover.standard": "overlap",
    },
    context={"funding.renewal_probability": 0.5, "rivalry.loser_drop": 0.1},
    events=(
        Event(2, "grant_cliff", agency=2),
        switch(4, funding__permanent=True),
        switch(6, funding__permanent=False, pooled_budget__joint_bids=True),
        Event(10, "grant_cliff"),
        Event(10, "leader_departure", agency=0),
    ),
)

LATE_NOTICE = partnership(
    "late notice",
    (COUNCIL, HOUSING, CHARITY),
    baseline={
        "funding.grant_months": 6.0,
        "funding.notice_months": -2.0,
        "key_worker.fte_per_20": 1.5,
        "project_manager.fte": 0.5,
        "handover.standard": "overlap",
    },
    policy={
        "flexibility.reporting_load": 0.02,
        "reflection.evaluation_share": 0.1,
        "leadership.tenure_years": 0.9,
        "handover.standard": "written",
    },
    context={"hiring.cover_share": 0.2, "hiring.freeze": 3.0},
    events=(
        Event(3, "leader_departure"),
        Event(5, "key_worker_departure"),
        switch(7, funding__permanent=True),
        switch(9, funding__permanent=False, funding__notice_months=1.0),
    ),
)

ONE_ROOF = partnership(
    "one roof",
    ALL_FIVE,
    policy={
        "colocation.days": 3.0,
        "colocation.share_of_posts": 0.5,
        "colocation.site": "neutral",
        "meetings.per_month": 4.0,
        "meetings.protected_time": 0.05,
        "meetings.steering_per_quarter": 2.0,
        "meetings.core_group_size": 7,
        "meetings.virtual_share": 0.4,
        "training.days_per_year": 3.0,
        "handover.standard": "overlap",
    },
    context={"cases.load": 0.6},
    events=(
        Event(4, "reorganisation", value=0.4),
        switch(8, colocation__site="host", meetings__core_group_size=3),
    ),
)

HUB = partnership(
    "hub",
    (HEALTH, HOUSING, Agency("Refuge", "vcse", 12, grant_share=0.3)),
    baseline={"funding.grant_months": 6.0},
    policy={
        "key_worker.fte_per_20": 2.4,
        "key_worker.backup": True,
        "project_manager.fte": 0.8,
        "project_manager.authority": 0.9,
        "shared_record.interoperability": 0.7,
        "shared_record.agreement": 0.6,
        "safe_space.psychological_safety": 0.7,
        "safe_space.facilitation": 0.6,
    },
    context={"funding.renewal_probability": 0.5},
    events=(
        Event(3, "data_breach", agency=2),
        Event(4, "key_worker_departure"),
        switch(5, key_worker__fte_per_20=0.9, project_manager__fte=0.0),
        switch(7, key_worker__fte_per_20=3.0, project_manager__fte=1.0, handover__standard="overlap"),
        switch(9, key_worker__grant_funded=False),
        Event(9, "grant_cliff", agency=2),
        switch(10, key_worker__grant_funded=True),
        Event(10.5, "grant_cliff", agency=2),
        switch(11, key_worker__fte_per_20=4.0),
    ),
)

VOICE = partnership(
    "voice",
    ALL_FIVE,
    baseline={"power_sharing.gamma": 1.5},
    policy={
        "leadership.commitment": 0.8,
        "leadership.system": 0.5,
        "pooled_budget.joint_bids": True,
        "power_sharing.gamma": 0.5,
        "power_sharing.vcse_seat": 0.9,
        "power_sharing.paid_participation": 120.0,
        "power_sharing.alliance": True,
        "purpose.vision_pull": 0.3,
        "purpose.workshops_per_year": 3.0,
        "reflection.sessions_per_month": 1.0,
    },
    events=(
        Event(3, "demand", value=2.5, weeks=12),
        Event(4, "demand", value=0.3, weeks=6),
        Event(7, "data_breach", agency=0),
        Event(9, "reorganisation", value=0.2),
    ),
)

CORE_FUNDED = partnership(
    "core-funded at first",
    (POLICE, CHARITY),
    baseline={
        "funding.permanent": True,
        "funding.grant_months": 6.0,
        "key_worker.fte_per_20": 1.0,
        "key_worker.grant_funded": False,
    },
    policy={"funding.permanent": False},
    events=(
        switch(3, key_worker__grant_funded=True, project_manager__fte=0.5),
        switch(6, key_worker__fte_per_20=0.0, project_manager__fte=0.0),
        switch(9, key_worker__fte_per_20=2.0, funding__notice_months=-1.0),
    ),
)

TOWN = partnership(
    "town of several localities",
    (
        Agency("Trust", "nhs", 24, site="Campus"),
        Agency("County", "la", 19),
        Agency("Force", "police", 11, site="Campus"),
        Agency("Lettings", "housing", 1),
        Agency("Alliance", "vcse", 17),
    ),
    policy={"key_worker.fte_per_20": 1.2, "project_manager.fte": 0.5, "colocation.days": 2.0},
    context={"funding.posts_per_grant": 3},
    events=(Event(4, "grant_cliff", agency=4), Event(6, "reorganisation", value=0.3)),
    burn_in_years=0,
)

AT_THE_CENTRE = partnership(
    "at the centre",
    ALL_FIVE,
    baseline={"governance.form": "lead", "reflection.case_reviews": 4.0},
    policy={
        "governance.form": "nao",
        "funding.equal_budget": True,
        "funding.grant_months": 18.0,
        "funding.notice_months": 1.0,
        "shared_record.agreement": 0.5,
        "shared_record.directory": 0.5,
        "power_sharing.user_seat": 1.0,
    },
    context={
        "funding.renewal_probability": 0.4,
        "funding.trend": -30.0,
        "sharing.breach_risk": 0.1,
        "sharing.misdirected": 0.3,
        "sharing.unusable": 0.2,
        "knowledge.novelty": 0.1,
        "contact.initiative": 1.4,
        "sharing.request_hours": 1.5,
        "governance.load": 0.03,
        "governance.board": 0.8,
        "trust.competence_weight": 0.6,
    },
    events=(
        switch(3, governance__form="lead", funding__grant_months=3.0, funding__fix_annual=True),
        Event(5, "data_breach", agency=1),
        Event(6, "grant_cliff"),
        switch(9, governance__form="shared", funding__notice_months=-1.0, reflection__case_reviews=13.0),
    ),
)

EXAMPLES = (GRANTS, LATE_NOTICE, ONE_ROOF, HUB, VOICE, CORE_FUNDED, TOWN, AT_THE_CENTRE)
EXAMPLE = {example.name: example for example in EXAMPLES}


def moved_levers(scenario: Scenario) -> set[str]:
    """The levers that a scenario moves off their defaults at some time."""
    policies = [scenario.baseline, scenario.policy, *(event.policy or {} for event in scenario.events)]
    moved = (
        name for policy in policies for name, value in policy.items() if value != PARAMETER[name].default
    )
    return set(moved)


def unmoved_levers() -> set[str]:
    """The levers that no example moves."""
    return {lever.name for lever in LEVERS}.difference(*map(moved_levers, EXAMPLES))
