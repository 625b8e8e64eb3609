"""Two policies meet the same luck in every process that the policy does not touch."""

from __future__ import annotations

import numpy as np
import pytest
from partnerships import FIVE, partnership

from collabsim.model import state
from collabsim.model.simulate import run_once, simulate
from collabsim.scenario import load_scenario

# Nothing that moves trust or cases feeds back on people's careers in this partnership.
DECOUPLED = {
    "turnover.satisfaction_effect": 0.0,
    "turnover.contagion": 0.0,
    "funding.outcome_effect": 0.0,
    "funding.leadership_effect": 0.0,
}
CAREERS = (
    "quit",
    "nonrenewal",
    "hire",
    "redeployed",
    "grant_renewed",
    "grant_refused",
    "leader_left",
    "leader_arrived",
)


def histories(scenario, kinds, replicate=0):
    events = run_once(scenario, replicate=replicate, record=("events",)).events
    wanted = np.isin(events["kind"], [state.EVENT_KINDS.index(kind) for kind in kinds])
    return events[wanted]


@pytest.mark.parametrize(
    "policy",
    [
        {"colocation.days": 5.0},
        {"meetings.per_month": 4.0},
        {"shared_record.agreement": 1.0},
        {"purpose.workshops_per_year": 4.0, "purpose.vision_pull": 0.5},
        {"handover.standard": "overlap"},
        {"safe_space.facilitation": 1.0},
    ],
    ids=lambda policy: next(iter(policy)),
)
def test_careers_are_the_same_under_a_policy_that_does_not_touch_them(policy):
    base = partnership(context=DECOUPLED, years=6)
    assert (histories(base, CAREERS) == histories(base.with_values(policy), CAREERS)).all()


def test_a_key_worker_leaves_everybody_elses_career_alone():
    base = partnership(context=DECOUPLED, years=6)
    other = base.with_values({"key_worker.fte_per_20": 1.0})
    ours = histories(other, ("quit", "hire", "nonrenewal"))
    ours = ours[ours["subject"] < state.FIRST_HUB_ID]
    assert (histories(base, ("quit", "hire", "nonrenewal")) == ours).all()


def test_cases_arrive_alike_under_every_policy():
    base = partnership(context={"cases.coherence_pm": 0.0}, years=6)
    arrivals = histories(base, ("case_opened",))
    for values in ({"funding.permanent": True}, {"colocation.days": 5.0}, {"project_manager.fte": 1.0}):
        assert (histories(base.with_values(values), ("case_opened",)) == arrivals).all()


def test_grants_meet_the_same_luck_under_another_length():
    """A refusal under the longer grant is a refusal under the shorter one, wherever both are decided in one year."""
    all_grant = {f"grant_share.{sector}": 1.0 for sector in ("nhs", "la", "vcse")}
    short = partnership(policy={"funding.notice_months": 0.0}, context={**DECOUPLED, **all_grant}, years=12)
    long = short.with_values({"funding.grant_months": 36.0})
    years = {}
    for name, scenario in (("short", short), ("long", long)):
        events = histories(scenario, ("grant_renewed", "grant_refused"))
        years[name] = {(e["subject"], e["week"] // 52): e["kind"] for e in events}
    both = years["short"].keys() & years["long"].keys()
    assert len(both) >= 20
    assert np.mean([years["short"][k] == years["long"][k] for k in both]) > 0.9


def paired_variance_ratio(base, other, replicates=120):
    """Variance of the paired difference of mean trust in the last year, over that with independent seeds."""
    last = []
    for scenario in (base, other):
        series = simulate(scenario, replicates, seed=3).series[:, -12:]
        last.append((series["trust_sum"] / series["ties"]).mean(axis=1))
    return np.var(last[1] - last[0]) / (np.var(last[0]) + np.var(last[1]))


def test_a_pair_needs_a_quarter_of_the_replicates():
    base = load_scenario("mixed-partnership")
    assert paired_variance_ratio(base, base.with_values({"funding.grant_months": 36.0})) < 0.25
    assert paired_variance_ratio(base, base.with_values({"colocation.days": 3.0})) < 0.25


def test_a_pair_saves_replicates_even_where_every_post_hangs_on_a_lottery():
    """In the all-grant partnership most of the noise is the lotteries that only the shorter grants hold."""
    base = load_scenario("short-term-funding")
    assert paired_variance_ratio(base, base.with_values({"funding.grant_months": 36.0})) < 0.8


def test_independent_rows_share_no_luck():
    base = partnership(years=2)
    alike = [simulate(base, 60, row=row).series["trust_sum"][:, -1] for row in (0, 1)]
    assert abs(np.corrcoef(alike)[0, 1]) < 0.4


def test_the_five_agencies_of_the_tests_are_the_reference_partnership():
    assert [a.posts for a in FIVE] == [a.posts for a in load_scenario("mixed-partnership").agencies]
