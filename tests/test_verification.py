"""What the model must hit because mathematics says so (design: verification)."""

from __future__ import annotations

import math
from dataclasses import replace

import numba
import numpy as np
import pytest
from partnerships import CONSTANT_QUITS, CORE_MONEY, FIVE, MEAN_FIELD, PLAIN_CONTACTS, partnership, turnover

from collabsim.model import state, voice, workforce
from collabsim.model.founding import CONTEXT, blueprint
from collabsim.model.simulate import run_once, simulate
from collabsim.parameters import PARAMETER, SECTORS
from collabsim.scenario import Agency, load_scenario

GAIN, LOSS = 0.08, 0.20


def mean_trust(scenario, replicates, from_year, seed=0):
    series = simulate(scenario, replicates, seed).series[:, 12 * from_year :]
    return float(series["trust_sum"].sum() / series["ties"].sum())


def steady_trust(bad):
    return GAIN * (1 - bad) / (GAIN * (1 - bad) + LOSS * bad)


def expected_mean_trust(annual, colocation_days, bad=0.1):
    """T0 + (T* - T0) lam / (lam + h_i + h_j), per week (evidence: pattern 43)."""
    site, together, meeting, attendance, meetings = 0.02, 0.10, 0.04, 0.6, 12 / 52
    contacts = site + colocation_days / 5 * (together - site) + meetings * attendance**2 * meeting
    speed = contacts * (GAIN * (1 - bad) + LOSS * bad)
    leaving = -2 * math.log(1 - annual) / 52
    start = 0.5 * 0.45 + 0.5 * 0.5
    return start + (steady_trust(bad) - start) * speed / (speed + leaving)


@pytest.mark.parametrize("days", [0.0, 5.0])
@pytest.mark.parametrize("annual", [0.05, 0.15, 0.30, 0.60])
def test_mean_trust_is_what_contact_and_turnover_allow(annual, days):
    scenario = partnership(
        policy={"colocation.days": days},
        context={**MEAN_FIELD, **turnover(annual), **{f"hiring.{s}": 2.0 for s in SECTORS}},
        years=80,
    )
    assert mean_trust(scenario, 6, from_year=40) == pytest.approx(expected_mean_trust(annual, days), abs=0.01)


@pytest.mark.parametrize("rule", ["delta", "beta"])
@pytest.mark.parametrize("bad", [0.1, 0.2])
def test_both_trust_rules_settle_where_they_should(rule, bad):
    scenario = partnership(
        policy={"colocation.days": 5.0},
        context={**MEAN_FIELD, **turnover(0.0), "trust.bad_base": bad, "contact.colocated": 2.0},
        structure={"structure.trust_rule": rule},
        years=20,
    )
    assert mean_trust(scenario, 4, from_year=10) == pytest.approx(steady_trust(bad), abs=0.01)


def test_posts_are_left_at_a_constant_hazard():
    scenario = partnership(context={**CORE_MONEY, **CONSTANT_QUITS, **turnover(0.2)}, years=20)
    series = simulate(scenario, 20).series
    weeks, quits = series["filled_weeks"].sum(), series["quits"].sum()
    weekly = 1 - (1 - 0.2) ** (1 / 52)
    assert quits / weeks == pytest.approx(weekly, abs=4 * math.sqrt(weekly / weeks))


def test_founders_survive_exponentially():
    scenario = partnership(context={**CORE_MONEY, **CONSTANT_QUITS, **turnover(0.2)}, years=3)
    still = [np.mean(run_once(scenario, replicate=n).arrays["posts"]["occupant"] == 0) for n in range(40)]
    assert np.mean(still) == pytest.approx(0.8**3, abs=4 * np.std(still) / math.sqrt(len(still)))


def test_vacancy_share_is_quits_times_weeks_to_hire():
    lag = 13.0
    hiring = {f"hiring.{sector}": lag for sector in SECTORS}
    scenario = partnership(context={**CORE_MONEY, **CONSTANT_QUITS, **turnover(0.2), **hiring}, years=40)
    series = simulate(scenario, 10).series[:, 24:]
    hazard = -math.log(0.8) / 52
    vacant = 1 - series["posts_filled"].sum() / series["posts"].sum()
    assert vacant == pytest.approx(hazard * lag / (1 + hazard * lag), abs=0.005)


@numba.njit
def _mean_multiplier(grant, context, term):
    total = 0.0
    for week in range(term):
        total += 1.0 + context["turnover_insecurity_effect"] * workforce.insecurity(grant, week, context)
    return total / term


@pytest.mark.parametrize(("months", "expected"), [(12, 1.54), (24, 1.28), (36, 1.19), (60, 1.11)])
def test_insecurity_multiplies_quits_by_the_declared_mean(months, expected):
    grant = np.zeros(1, dtype=state.GRANT)
    grant["end"], grant["chance"] = round(months * 52 / 12), 0.65
    context = np.zeros(1, dtype=CONTEXT)
    for name in ("turnover.insecurity_effect", "turnover.insecurity_horizon"):
        context[PARAMETER[name].field] = PARAMETER[name].default
    assert _mean_multiplier(grant[0], context[0], int(grant["end"][0])) == pytest.approx(expected, abs=0.02)


@numba.njit
def _equity(world, agencies):
    return voice.equity(world, agencies)


@pytest.mark.parametrize(("voices", "expected"), [([0.25] * 4, 1.0), ([1.0, 0.0, 0.0, 0.0], 0.25)])
def test_equity_is_one_when_equal_and_one_over_n_when_one_speaks(voices, expected):
    world = np.zeros(1, dtype=state.WORLD)
    world["agencies"] = len(voices)
    agencies = np.zeros(len(voices), dtype=state.AGENCY)
    agencies["voice"] = voices
    assert _equity(world[0], agencies) == pytest.approx(expected)


def test_without_contact_trust_rests_at_the_institutional_level():
    silent = {"contact.site": 0.0, "contact.meeting": 0.0, "contact.case": 0.0}
    still = {**CORE_MONEY, **turnover(0.0), **PLAIN_CONTACTS, **silent, "trust.institutional_learning": 0.0}
    scenario = partnership(context={**still, "trust.drift": 0.05}, years=6)
    run = run_once(scenario)
    trust = run.series["trust_sum"][-1] / run.series["ties"][-1]
    assert run.series["contacts"].sum() == 0
    assert trust == pytest.approx(0.45, abs=1e-6)


def test_certain_renewal_ends_no_post():
    scenario = partnership(context={"funding.renewal_probability": 1.0, "grant_share.vcse": 1.0}, years=10)
    assert simulate(scenario, 4).series["nonrenewals"].sum() == 0


def test_permanent_funding_ends_no_post():
    scenario = partnership(policy={"funding.permanent": True}, context={"grant_share.vcse": 1.0}, years=10)
    assert simulate(scenario, 4).series["nonrenewals"].sum() == 0


def test_an_agency_that_empties_during_a_run_is_no_error():
    fleeting = {**turnover(0.94), **{f"hiring.{s}": 52.0 for s in SECTORS}}
    series = simulate(partnership(agencies=FIVE[:2], context=fleeting, years=5), 3).series
    assert (series["posts_filled"] < 24).all()
    assert all(np.isfinite(series[column]).all() for column in state.SERIES_COLUMNS)


def test_refused_grants_replaced_after_the_declared_gap():
    scenario = partnership(
        agencies=(Agency("Charity", "vcse", 30, grant_share=1.0), *FIVE[:1]),
        context={"funding.renewal_probability": 0.0, "funding.redeploy": 0.0},
        years=40,
    )
    run = run_once(scenario, record=("events",))
    kinds = np.array(state.EVENT_KINDS)[run.events["kind"]]
    waits = []
    for grant in range(10):
        mine = run.events["subject"] == grant
        closed = run.events["week"][mine & (kinds == "grant_closed")]
        replaced = run.events["week"][mine & (kinds == "grant_replaced")]
        waits += list(replaced - closed[: len(replaced)])
    # 1 + floor of an exponential with mean 26 has mean 26.5
    assert np.mean(waits) == pytest.approx(26.5, abs=4 * 26 / math.sqrt(len(waits)))


def test_a_blueprint_places_every_post_once():
    for agencies in (FIVE, tuple(Agency(a.name, a.sector, a.posts * 9) for a in FIVE)):
        plan = blueprint(partnership(agencies=agencies))
        ordinary = plan["posts"][plan["posts"]["kind"] == state.ORDINARY]
        assert sorted(ordinary["id"]) == list(range(sum(a.posts for a in agencies)))
        counterparts = [
            np.sum((ordinary["place"] == p["place"]) & (ordinary["agency"] != p["agency"])) for p in ordinary
        ]
        assert np.mean(counterparts) <= 36


def test_levels_jump_where_a_partnership_is_dealt_into_localities_and_a_policy_s_effect_stays():
    """What docs/explanation/limits.md tells under "Compare policies, not sizes"."""
    base = load_scenario("short-term-funding")
    ends = np.cumsum([agency.posts for agency in base.agencies])

    def trust(posts, months):
        sizes = np.diff(np.round(posts * ends / ends[-1]).astype(int), prepend=0)
        agencies = tuple(replace(a, posts=int(n)) for a, n in zip(base.agencies, sizes, strict=True))
        runs = simulate(replace(base, agencies=agencies).with_values({"funding.grant_months": months}), 60)
        return runs.series["trust_sum"][:, -72:].sum(1) / runs.series["ties"][:, -72:].sum(1)

    whole, dealt = trust(60, 12), trust(61, 12)
    assert dealt.mean() - whole.mean() > 4 * np.hypot(whole.std(), dealt.std()) / np.sqrt(60)
    for posts, short in ((60, whole), (61, dealt)):
        gain = trust(posts, 24) - short
        assert 0.01 < gain.mean() < 0.04 and gain.mean() > 4 * gain.std() / np.sqrt(60)
