"""Patterns of trust: impulses, recovery, drift, newcomers, sharing, and the mean-field formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from collabsim.analysis.differences import Estimate
from collabsim.model.simulate import Run
from collabsim.parameters import SECTORS, Value
from collabsim.scenario import Scenario
from collabsim.validation.lab import Experiment, Lab
from collabsim.validation.sums import Statistic, correlation, jackknife, moments, quotient, ratio, variance

NOBODY_LEAVES: Mapping[str, Value] = {
    **{f"turnover.{sector}": 0.0 for sector in SECTORS},
    "funding.renewal_probability": 1.0,
    "funding.leadership_effect": 0.0,
    "funding.outcome_effect": 0.0,
}
PLAIN: Mapping[str, Value] = {
    "trust.bad_newcomer": 0.0,
    "trust.bad_goal_gap": 0.0,
    "trust.bad_overload": 0.0,
    "trust.bad_role": 0.0,
}
"""A contact's chance of going badly is the base alone."""
SILENT: Mapping[str, Value] = {
    "contact.site": 0.0,
    "contact.meeting": 0.0,
    "contact.case": 0.0,
    "cases.per_week": 0.0,
    "attendance.leadership": 0.0,
}
REPAIRABLE_WEEKS = 52


def _few(lab: Lab) -> range:
    return range(max(4, lab.replicates // 4))


# --- one experience ------------------------------------------------------------------------------


def loss_against_gain(lab: Lab) -> Estimate:
    """Pattern 21: what a bad contact takes from trust of 0.5 over what a good one adds."""
    start: dict[str, Value] = {"trust.institution_weight": 1.0, "trust.institutional_start": 0.5}
    even: dict[str, Value] = {**PLAIN, "trust.bad_base": 0.5, "conflict.share": 0.0, "contact.site": 0.05}
    scenario = lab.scenario(context={**NOBODY_LEAVES, **start, **even, "trust.drift": 0.0})

    def piece(replicate: int) -> np.ndarray:
        look = lab.experiment(scenario, replicate)
        look.live(1)
        n = len(look.ordinary)
        once = look.ordinary & (look.arrays["contacts"][:n, :n] == 1)
        change = look.trust[once] - 0.5
        up, down = change[change > 0], -change[change < 0]
        return np.array([down.sum(), len(down), up.sum(), len(up)])

    pieces = np.array([piece(n) for n in _few(lab)])
    return jackknife(lambda sums: quotient(ratio(sums[:2]), ratio(sums[2:])), pieces)


# --- lapse and deception --------------------------------------------------------------------------


def _after_a_conflict(lab: Lab, integrity: float) -> np.ndarray:
    """Trust before a week of conflicts and a year of good contacts after it, of those who had one: n, Σ before, Σ after."""
    often: dict[str, Value] = {"contact.site": 0.5, "contact.time_budget": 100.0}
    scenario = lab.scenario(context={**NOBODY_LEAVES, **PLAIN, **often})

    def piece(replicate: int) -> np.ndarray:
        look = lab.experiment(scenario, replicate)
        look.live(104)
        before = look.trust
        look.set({"trust.bad_base": 0.95, "conflict.share": 1.0, "conflict.integrity": integrity})
        look.live(1)
        hurt = look.ordinary & (look.trust < before - 0.01)
        look.set({"trust.bad_base": 0.0, "conflict.share": 0.0})
        look.live(REPAIRABLE_WEEKS)
        return np.array([hurt.sum(), before[hurt].sum(), look.trust[hurt].sum()])

    return np.array([piece(n) for n in _few(lab)])


def _change(sums: np.ndarray) -> float:
    return float((sums[2] - sums[1]) / sums[0]) if sums[0] else math.nan


def after_a_lapse(lab: Lab) -> Estimate:
    """Pattern 22: trust a year of good contacts after a lapse of competence, less trust before it."""
    return jackknife(_change, _after_a_conflict(lab, 0.0))


def after_deception(lab: Lab) -> Estimate:
    """Pattern 22: the same after a deception."""
    return jackknife(_change, _after_a_conflict(lab, 1.0))


# --- a shock --------------------------------------------------------------------------------------

SHOCK_WEEKS, HORIZON = 4, 260


def recovery_against_fall(lab: Lab) -> Estimate:
    """Pattern 23: weeks until trust is back at 90% of its level before a bad month, over the weeks of that month.

    In the month every contact goes badly; of those who met in it, the mean trust is followed while nobody leaves.
    """
    scenario = lab.scenario(context=NOBODY_LEAVES)
    pieces = np.array([_followed(lab.experiment(scenario, n)) for n in _few(lab)])

    def weeks(sums: np.ndarray) -> float:
        level = sums[1:] / sums[0]
        back = np.flatnonzero(level >= 0.9)
        return float(back[0] if len(back) else HORIZON) / SHOCK_WEEKS

    return jackknife(weeks, pieces)


def _followed(look: Experiment) -> np.ndarray:
    """Trust before a shock, and at its end and every week after it."""
    look.live(208)
    before, usual = look.trust, look.value("trust.bad_base")
    n = len(before)
    met = look.arrays["contacts"][:n, :n].copy()
    look.set({"trust.bad_base": 0.95})
    look.live(SHOCK_WEEKS)
    look.set({"trust.bad_base": usual})
    hit = look.ordinary & (look.arrays["contacts"][:n, :n] > met)
    levels = [before[hit].sum(), look.trust[hit].sum()]
    for _ in range(HORIZON):
        look.live(1)
        levels.append(look.trust[hit].sum())
    return np.array(levels)


# --- drift -----------------------------------------------------------------------------------------


def yearly_drift(lab: Lab) -> Estimate:
    """Pattern 25: share of the way to where it drifts that trust goes in a year without any contact."""
    low: dict[str, Value] = {"trust.institution_weight": 0.0, "trust.institutional_start": 0.3}
    scenario = lab.scenario(
        policy={"structure.institutional_learning": "slow"},  # and then none: what trust drifts to stays
        context={**NOBODY_LEAVES, **SILENT, **low, "trust.institutional_learning": 0.0},
    )
    target = 0.0 if lab.structure.get("structure.drift_target") == "zero" else 0.3

    def piece(replicate: int) -> np.ndarray:
        look = lab.experiment(scenario, replicate)
        look.live(1)
        first = (look.trust[look.ordinary] - target).sum()
        look.live(52)
        return np.array([first - (look.trust[look.ordinary] - target).sum(), first])

    return jackknife(ratio, np.array([piece(n) for n in range(4)]))


# --- who trusts whom, at the end of ordinary runs -----------------------------------------------------


FEWEST_REQUESTS = 5


def trust_and_sharing(lab: Lab) -> Estimate:
    """Pattern 26: correlation of the holder's trust and the share of at least five requests that were answered."""

    def piece(run: Run) -> np.ndarray:
        rows = run.snapshots[run.snapshots["week"] == run.snapshots["week"].max()]
        pairs = (("requests", "answers", "trust_back"), ("other_requests", "other_answers", "trust"))
        asked = np.concatenate([rows[asked] for asked, _, _ in pairs])
        answered = np.concatenate([rows[answered] for _, answered, _ in pairs])
        trust = np.concatenate([rows[held] for _, _, held in pairs])
        enough = asked >= FEWEST_REQUESTS
        return moments(trust[enough], answered[enough] / asked[enough])

    return jackknife(correlation, np.array([piece(run) for run in lab.usual()]))


NEW, OLD = 26, 260
"""Relationships up to half a year old, and from five years on (weeks)."""


def _by_age(look: Experiment) -> np.ndarray:
    """Moments of the agencies' trust and people's trust, of new and of old relationships now: (2, 6)."""
    there, n = look.ordinary, len(look.ordinary)
    agency = look.arrays["posts"]["agency"][:n]
    reputation = look.arrays["between"]["trust"][agency[:, None], agency[None, :]]
    age = look.week - look.arrays["ties"][:n, :n]["began"]
    groups = (there & (age < NEW), there & (age >= OLD))
    return np.array([moments(reputation[group], look.trust[group]) for group in groups])


def _ages(lab: Lab) -> np.ndarray:
    """The same at every year's end from the sixth year on, added up."""

    def piece(replicate: int) -> np.ndarray:
        look = lab.experiment(lab.scenario(), replicate)
        look.live(5 * 52)
        found = []
        for _ in range(7):
            look.live(52)
            found.append(_by_age(look))
        return np.sum(found, axis=0)

    return np.array([piece(n) for n in range(lab.replicates)])


def explained_more_when_new(lab: Lab) -> Estimate:
    """Pattern 27: variance of trust that the agencies' trust explains, in new less in old relationships."""
    return jackknife(lambda s: correlation(s[0]) ** 2 - correlation(s[1]) ** 2, _ages(lab))


def spread_when_new(lab: Lab) -> Estimate:
    """Pattern 27: variance of trust in new over that in old relationships."""

    def spread(sums: np.ndarray) -> float:
        new, old = (variance(group[[0, 3, 4]]) for group in sums)
        return new / old if old > 0 else math.nan

    return jackknife(spread, _ages(lab))


# --- the mean-field formula ---------------------------------------------------------------------------

_STILL: Mapping[str, Value] = {
    **{f"grant_share.{sector}": 0.0 for sector in SECTORS},
    **{f"hiring.{sector}": 2.0 for sector in SECTORS},
    **PLAIN,
    "turnover.early_effect": 0.0,
    "turnover.insecurity_effect": 0.0,
    "turnover.satisfaction_effect": 0.0,
    "turnover.contagion": 0.0,
    "contact.trust_feedback": 0.0,
    "contact.case": 0.0,
    "contact.time_budget": 100.0,
    "cases.per_week": 0.0,
    "attendance.leadership": 0.0,
    "trust.drift": 0.0,
    "trust.institutional_learning": 0.0,
    "conflict.share": 0.0,
}
"""What the formula leaves out, switched off."""
_PROVED: Mapping[str, Value] = {
    "structure.trust_rule": "delta",
    "structure.trust_dimensions": "one",
    "structure.institutional_learning": "slow",  # and then none
}
"""What the formula is proved for."""
_LEVELS = (0.05, 0.15, 0.30)


def _still(lab: Lab, annual: float, days: float) -> Scenario:
    leaving = {f"turnover.{sector}": annual for sector in SECTORS}
    return lab.scenario(
        years=80, always={"colocation.days": days}, policy=_PROVED, context={**_STILL, **leaving}
    )


def _speed(scenario: Scenario, days: float) -> tuple[float, float]:
    """How fast contacts move trust (per week), and the steady state that they move it to."""
    c, meetings = scenario.context, float(scenario.policy["meetings.per_month"]) * 12 / 52
    site, shared = float(c["contact.site"]), float(c["contact.colocated"])
    contacts = site + days / 5 * (shared - site)
    contacts += meetings * float(c["attendance.base"]) ** 2 * float(c["contact.meeting"])
    bad = float(c["trust.bad_base"])
    good, ill = float(c["trust.gain"]) * (1 - bad), float(c["trust.loss"]) * bad
    return contacts * (good + ill), good / (good + ill)


def _start(scenario: Scenario) -> float:
    """First impressions, on average."""
    weight = float(scenario.context["trust.institution_weight"])
    own = (1 - weight) * float(scenario.context["trust.disposition_mean"])
    return weight * float(scenario.context["trust.institutional_start"]) + own


def _expected(scenario: Scenario, annual: float, days: float) -> float:
    """T0 + (T* - T0) lam / (lam + h_i + h_j), a week at a time."""
    speed, steady = _speed(scenario, days)
    leaving = -2 * math.log(1 - annual) / 52
    start = _start(scenario)
    return start + (steady - start) * speed / (speed + leaving)


def away_from_formula(lab: Lab) -> Estimate:
    """Pattern 43: the largest distance of mean trust from the formula, at six combinations of turnover and site."""
    cells = [(annual, days) for annual in _LEVELS for days in (SEPARATE, CO_LOCATED)]
    worlds = [_still(lab, annual, days) for annual, days in cells]
    expected = [_expected(world, *cell) for world, cell in zip(worlds, cells, strict=True)]
    pieces = np.stack([_settled(lab, world) for world in worlds], axis=1)

    def furthest(sums: np.ndarray) -> float:
        return max(abs(ratio(cell) - value) for cell, value in zip(sums, expected, strict=True))

    return jackknife(furthest, pieces)


SEPARATE, CO_LOCATED = 0.0, 5.0
"""Days a week at a shared site."""


def at_half(days: float) -> Callable[[Lab], Estimate]:
    """Pattern 43: share of the potential that trust covers at the turnover where the formula says half."""
    return lambda lab: jackknife(_half_way(lab, days)[0], _at_half_way(lab, days))


def half_way(days: float) -> Callable[[Lab], Estimate]:
    """Pattern 43: turnover (a year, on each side) at which trust covers half, by the formula from that share."""

    def measure(lab: Lab) -> Estimate:
        realised, annual = _half_way(lab, days)

        def turnover(sums: np.ndarray) -> float:
            share = realised(sums)
            return 1 - (1 - annual) ** (share / (1 - share))

        return jackknife(turnover, _at_half_way(lab, days))

    return measure


def _half_way(lab: Lab, days: float) -> tuple[Statistic, float]:
    """What makes sums of trust a share of its potential, and the turnover (a year) where the formula says half."""
    scenario = _still(lab, 0.0, days)
    start, (speed, steady) = _start(scenario), _speed(scenario, days)
    return lambda sums: quotient(ratio(sums) - start, steady - start), 1 - math.exp(-26 * speed)


def _at_half_way(lab: Lab, days: float) -> np.ndarray:
    """Sums of trust and relationships at that turnover: (replicates, 2)."""
    return _settled(lab, _still(lab, _half_way(lab, days)[1], days))


def _settled(lab: Lab, scenario: Scenario) -> np.ndarray:
    """Sums of trust and relationships from the twentieth year on: (replicates, 2)."""
    runs = lab.runs(scenario, part=0.2)
    return np.array([[run.series[c][240:].sum() for c in ("trust_sum", "ties")] for run in runs])
