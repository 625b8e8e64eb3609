"""The core of the model that peers implement: its settings, and the three outcomes that must agree (README.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from collabsim.model.simulate import run_once
from collabsim.scenario import Scenario, load_scenario

WEEKS_A_YEAR, MONTHS_A_YEAR = 52, 12
COUNTED_YEARS = 5
"""Outcomes are those of the last five years."""

OFF = {
    "turnover.satisfaction_effect": 0.0,
    "turnover.contagion": 0.0,
    "funding.evaluation_effect": 0.0,
    "funding.outcome_effect": 0.0,
    "funding.leadership_effect": 0.0,
    "funding.redeploy": 0.0,
    "hiring.freeze": 0.0,
    "hiring.short_funding_factor": 1.0,
    "attendance.leadership": 0.0,
    "contact.time_budget": 1000.0,
    "trust.bad_goal_gap": 0.0,
    "trust.bad_overload": 0.0,
    "trust.bad_role": 0.0,
    "conflict.share": 0.0,
    "leaders.safety": 0.0,
    "cases.load": 0.0,
    "cases.coherence": 1.0,
    "rivalry.overlap": 0.0,
    "sharing.role": 0.0,
    "sharing.safety": 0.0,
    "sharing.sensitive_share": 0.0,
    "sharing.reciprocity": 0.0,
}
"""What the core leaves out."""
EVEN = {"funding.notice_months": 0.0, "power_sharing.gamma": 0.0, "power_sharing.vcse_seat": 1.0}
"""Levers under which every agency is heard alike, and grants are decided on the day that they end."""


def scenario(years: int = 10) -> Scenario:
    """The mixed partnership (5 agencies, 45 posts) with everything off that the core leaves out."""
    base = load_scenario("mixed-partnership", years=years)
    levers = {**base.policy, **EVEN}
    return replace(base, baseline=levers, policy=levers, context={**base.context, **OFF})


@dataclass(frozen=True)
class Core:
    """The core's constants, read off a scenario.

    Attributes
    ----------
    agency : array (posts,)
        Agency of each post.
    grant : array (posts,)
        Grant of each post, -1 for core money.
    hazard, hire_weeks : array (posts,)
        Of leaving a week, and weeks to recruit.
    """

    weeks: int
    counted_from: int
    agency: np.ndarray
    grant: np.ndarray
    hazard: np.ndarray
    hire_weeks: np.ndarray
    term: int
    meetings: float
    learning: float
    values: dict[str, float]


def constants(given: Scenario) -> Core:
    """Read the core's constants off a scenario."""
    values = dict(given.context)
    agency = np.repeat(np.arange(len(given.agencies)), [a.posts for a in given.agencies])
    sector = [a.sector for a in given.agencies]
    annual = np.array([values[f"turnover.{s}"] for s in sector])
    weeks = WEEKS_A_YEAR * (given.burn_in_years + given.years)
    steering = given.policy["meetings.steering_per_quarter"]
    rate = values["trust.institutional_learning"] * (0.5 + 0.5 * min(2, steering))
    meetings = given.policy["meetings.per_month"] * MONTHS_A_YEAR / WEEKS_A_YEAR
    return Core(
        weeks=weeks,
        counted_from=weeks - WEEKS_A_YEAR * COUNTED_YEARS,
        agency=agency,
        grant=_grants(given, agency),
        hazard=(-np.log(1 - annual) / WEEKS_A_YEAR)[agency],
        hire_weeks=np.array([values[f"hiring.{s}"] for s in sector])[agency],
        term=math.floor(given.policy["funding.grant_months"] * WEEKS_A_YEAR / MONTHS_A_YEAR + 0.5),
        meetings=values["attendance.base"] ** 2 * meetings * values["contact.meeting"],
        learning=1 - (1 - rate) ** (WEEKS_A_YEAR / MONTHS_A_YEAR),
        values={name: float(v) for name, v in values.items() if isinstance(v, (int, float))},
    )


def _grants(given: Scenario, agency: np.ndarray) -> np.ndarray:
    """Posts on grants, spread evenly over their agency, dealt out a few to a grant."""
    grant, number, size = np.full(len(agency), -1), 0, int(given.context["funding.posts_per_grant"])
    for a, one in enumerate(given.agencies):
        funded = math.floor(given.context[f"grant_share.{one.sector}"] * one.posts + 0.5)
        own = np.flatnonzero(agency == a)
        chosen = [i for k, i in enumerate(own) if (k + 1) * funded // len(own) > k * funded // len(own)]
        for first in range(0, len(chosen), size):
            grant[chosen[first : first + size]] = number
            number += 1
    return grant


def is_month_end(week: int) -> bool:
    """Tell whether a week is its month's last."""
    return (week + 1) * MONTHS_A_YEAR // WEEKS_A_YEAR != week * MONTHS_A_YEAR // WEEKS_A_YEAR


def our_outcomes(given: Scenario, replicates: int, seed: int = 0) -> np.ndarray:
    """Trust, quits (a post-year) and sharing of each replicate of the compiled model: (replicates, 3)."""
    rows = []
    for n in range(replicates):
        series = run_once(given, seed, n).series[-MONTHS_A_YEAR * COUNTED_YEARS :]
        rows.append(outcomes(series))
    return np.array(rows)


def outcomes(series: np.ndarray) -> tuple[float, float, float]:
    """Trust, quits (a post-year) and sharing over months of a series."""
    total = {name: series[name].sum() for name in series.dtype.names}
    return (
        total["trust_sum"] / total["ties"],
        WEEKS_A_YEAR * total["quits"] / total["filled_weeks"],
        total["received"] / total["requested"],
    )
