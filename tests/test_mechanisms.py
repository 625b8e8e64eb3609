"""The mechanisms that are off by default: neutral there, and doing what they say where they are on."""

from __future__ import annotations

import numpy as np
import pytest
from partnerships import CONSTANT_QUITS, CORE_MONEY, FIVE, partnership, turnover

from collabsim.model import dimensions, state
from collabsim.model.founding import context as context_record
from collabsim.model.simulate import run_once, simulate
from collabsim.parameters import FIELD_FACTOR, PARAMETERS, SECTORS
from collabsim.scenario import Agency

TWO = {"structure.trust_dimensions": "two"}
BUSY = {"cases.per_week": 3.0, **turnover(0.3)}


def total(scenario, column, replicates=6):
    return float(simulate(scenario, replicates).series[column].sum())


def ratio(scenario, part, whole, replicates=6):
    return total(scenario, part, replicates) / total(scenario, whole, replicates)


# --- competence and goodwill --------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["delta", "beta"])
def test_without_conflicts_two_dimensions_are_one(rule):
    """Good and bad contacts, newcomers and drift treat both alike: only conflicts and breaches tell them apart."""
    structure = {"structure.trust_rule": rule}
    one = partnership(context={**BUSY, "conflict.share": 0.0}, structure=structure)
    two = partnership(context={**BUSY, "conflict.share": 0.0}, structure=structure | TWO)
    for name in state.SERIES_COLUMNS:
        np.testing.assert_allclose(
            run_once(one).series[name], run_once(two).series[name], rtol=1e-9, atol=1e-9, err_msg=name
        )


@pytest.mark.parametrize(("integrity", "harmed"), [(0.0, dimensions.COMPETENCE), (1.0, dimensions.GOODWILL)])
def test_a_conflict_harms_the_dimension_it_is_about(integrity, harmed):
    unrepaired = {f"conflict.repair_{what}": 0.0 for what in ("base", "facilitation", "safety")}
    context = {**BUSY, **unrepaired, "conflict.share": 0.5, "conflict.integrity": integrity}
    run = run_once(partnership(context=context, structure=TWO))
    alive = run.arrays["met"] > state.NO_TIE
    sides = run.arrays["sides"][:2, alive]
    assert (sides[harmed] <= sides[1 - harmed] + 1e-12).all()
    assert (sides[harmed] < sides[1 - harmed] - 0.01).any()
    assert run.arrays["trust"][alive] == pytest.approx(sides.mean(axis=0))


def test_both_numbers_of_dimensions_have_about_the_same_level():
    """A conflict takes as much from trust either way, to first order: the structure is not a change of level."""
    one, two = partnership(years=6), partnership(years=6, structure=TWO)
    assert ratio(two, "trust_sum", "ties") == pytest.approx(ratio(one, "trust_sum", "ties"), abs=0.02)


# --- over-sharing -------------------------------------------------------------------------------


def test_over_sharing_needs_trust_and_is_held_back_by_an_agreement():
    def breaches(policy, **context):
        return total(partnership(policy=policy, context={"sharing.breach_risk": 0.03, **context}), "breaches")

    trusting, wary = {"trust.institutional_start": 0.9}, {"trust.institutional_start": 0.1}
    assert breaches({}, **trusting) > 1.5 * breaches({}, **wary) > 0
    assert breaches({"shared_record.agreement": 1.0}) < 0.6 * breaches({})
    assert breaches({}, **{"sharing.sensitive_share": 0.0}) == 0


def test_every_breach_is_booked_and_lowers_trust():
    scenario = partnership(context={"sharing.breach_risk": 0.3, "costs.breach": 7_000.0})
    run, without = run_once(scenario, record=("events",)), run_once(partnership())
    events = run.events[run.events["kind"] == state.BREACH]
    assert len(events) == run.series["breaches"].sum() > 3
    assert (events["value"] == 1).all()
    assert run.series["breaches_cost"].sum() == 7_000 * len(events)
    assert run.ledger["breaches"].sum() < 0 == without.ledger["breaches"].sum()
    assert run.series["institutional"][-1] < without.series["institutional"][-1]


# --- newcomers, astray, unusable ----------------------------------------------------------------


def test_newcomers_add_what_others_do_not_know():
    context = {"knowledge.novelty": 0.1, **turnover(0.9), **CORE_MONEY}
    cases, usual = (
        run_once(partnership(context=c, years=3), record=("cases",)).closed_cases
        for c in (context, context | {"knowledge.novelty": 0.0})
    )
    fresh = cases["completeness"] > usual["completeness"]
    assert fresh.mean() > 0.5
    assert cases["completeness"][fresh] == pytest.approx(1.1 * usual["completeness"][fresh])
    assert (cases["completeness"][~fresh] == usual["completeness"][~fresh]).all()


def test_with_enough_novelty_some_turnover_is_better_than_none_and_than_much():
    """The inverted U that a loss of knowledge and of trust alone cannot give (March 1991)."""

    def work(annual, novelty):
        context = {"knowledge.novelty": novelty, **turnover(annual), **CORE_MONEY, **CONSTANT_QUITS}
        return ratio(partnership(context=context, years=8), "performance_sum", "cases_closed", 12)

    none, some, much = (work(annual, 1.0) for annual in (0.0, 0.15, 0.8))
    assert some > none + 0.015
    assert some > much + 0.05
    without = [work(annual, 0.0) for annual in (0.0, 0.15, 0.8)]
    assert without == sorted(without, reverse=True)


def test_the_work_reaches_only_part_of_the_outcome():
    """Y = reach * work + sqrt(1 - reach^2) * circumstances: nothing but outcomes depends on how far it reaches."""
    whole, part = (
        run_once(partnership(context={"cases.reach": reach, **BUSY}, years=10), record=("cases",))
        for reach in (1.0, 0.2)
    )
    assert (whole.closed_cases["outcome"] == whole.closed_cases["performance"]).all()
    others = [name for name in state.SERIES_COLUMNS if name != "outcome_sum"]
    assert all((whole.series[name] == part.series[name]).all() for name in others)
    work, outcome = part.closed_cases["performance"], part.closed_cases["outcome"]
    circumstances = (outcome - 0.2 * work) / np.sqrt(1 - 0.2**2)
    chance = 4 / np.sqrt(len(work))
    assert circumstances.mean() == pytest.approx(0, abs=chance)
    assert circumstances.std() == pytest.approx(1, abs=0.1)
    assert np.corrcoef(circumstances, work)[0, 1] == pytest.approx(0, abs=chance)


def test_asking_in_person_keeps_cases_waiting_and_a_record_does_not():
    """An hour a request, twice for the wrong address, and nothing with a full record: exact to the last request."""

    nobody_missing = {f"turnover.{sector}": 0.0 for sector in SECTORS} | {"cases.load": 0.0}
    for record, misdirected, factor in ((0.0, 0.0, 1.0), (0.5, 0.0, 0.5), (0.0, 1.0, 2.0), (1.0, 0.0, 0.0)):
        scenario = partnership(
            policy={"shared_record.interoperability": record, "funding.permanent": True},
            context={"sharing.request_hours": 1.0, "sharing.misdirected": misdirected} | nobody_missing,
        )
        cases = run_once(scenario, record=("cases",)).closed_cases
        assert len(cases) > 20
        assert cases["wait"] == pytest.approx(cases["requested"] / 37.5 * factor)


def test_a_full_directory_puts_every_misdirected_request_right():
    lost = partnership(context={"sharing.misdirected": 0.4})
    found = lost.with_values({"shared_record.directory": 1.0})
    usual, put_right = run_once(partnership()).series, run_once(found).series
    kept = [name for name in usual.dtype.names if name != "programme_cash"]
    assert all((usual[name] == put_right[name]).all() for name in kept)
    half = lost.with_values({"shared_record.directory": 0.5})
    sharing = [ratio(scenario, "received", "requested") for scenario in (lost, half, found)]
    assert sharing == sorted(sharing)
    assert sharing[0] == pytest.approx(0.6 * sharing[2], abs=0.05)


def test_unusable_answers_are_as_good_as_none():
    usual = ratio(partnership(), "received", "requested")
    unusable = ratio(partnership(context={"sharing.unusable": 0.3}), "received", "requested")
    assert unusable == pytest.approx(0.7 * usual, abs=0.04)


def test_initiative_brings_people_together():
    usual = total(partnership(), "contacts")
    eager = partnership(context={"contact.initiative": 1.5})
    assert total(eager, "contacts") > 1.1 * usual


def test_reviews_leave_no_case_without_a_plan():
    scenario = partnership(context={"cases.coherence": 0.0}, years=4)
    reviewed = scenario.with_values({"reflection.case_reviews": 52.0})
    cases = run_once(reviewed, record=("cases",)).closed_cases
    assert run_once(scenario, record=("cases",)).closed_cases["coherent"].sum() == 0
    assert cases["coherent"].mean() > 0.95
    expected = 1 - np.exp(-20 / 13)  # about 20 weeks at four reviews a year
    some = run_once(scenario.with_values({"reflection.case_reviews": 4.0}), record=("cases",)).closed_cases
    assert some["coherent"].mean() == pytest.approx(expected, abs=0.12)


# --- money --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fix_annual", "notice"), [(False, 1.5), (True, -2.0)])
def test_equal_budgets_pay_for_as_many_grants_at_a_time_whatever_the_term(fix_annual, notice):
    """Pounds a year are proportional to grants running: those are what reporting is paid for."""
    context = {f"grant_share.{sector}": 1.0 for sector in SECTORS}
    context |= {"funding.posts_per_grant": 1, "funding.outcome_effect": 0.0, "funding.leadership_effect": 0.0}
    context |= {"cases.per_week": 0.0, "contact.site": 0.0}
    policy = {"funding.fix_annual": fix_annual, "funding.notice_months": notice}

    def running(months, equal):
        scenario = partnership(
            policy=policy | {"funding.grant_months": months, "funding.equal_budget": equal},
            context=context,
            years=80,
        )
        paid = simulate(scenario, 4).series["reporting_cost"][:, 20 * 12 :].sum()
        return paid / (4 * 60 * 2_500 * 45)

    yearly = running(12.0, False)
    equal = [running(months, True) for months in (6.0, 12.0, 36.0, 60.0)]
    assert equal == pytest.approx([yearly] * 4, rel=0.02)
    assert running(36.0, False) > 1.04 * yearly


def test_core_posts_are_kept_at_the_trend_as_they_fall_vacant():
    context = {**CORE_MONEY, **CONSTANT_QUITS, **turnover(0.9), "funding.trend": -8.0}
    scenario = partnership(context=context, years=10)
    open_posts = [run_once(scenario, replicate=n).arrays["posts"]["open"].mean() for n in range(12)]
    assert np.mean(open_posts) == pytest.approx(0.92**10, abs=0.06)
    spared = run_once(partnership(context={**context, "funding.trend": 0.0}, years=10))
    assert spared.arrays["posts"]["open"].all()


def test_posts_on_grants_are_not_cut():
    context = {f"grant_share.{sector}": 1.0 for sector in SECTORS} | {"funding.trend": -50.0}
    scenario = partnership(context=context | {"funding.renewal_probability": 1.0}, years=6)
    assert run_once(scenario).arrays["posts"]["open"].all()


# --- who runs the partnership -------------------------------------------------------------------


@pytest.mark.parametrize("form", ["lead", "nao"])
def test_a_centre_obtains_answers_that_were_not_given(form):
    usual = ratio(partnership(), "received", "requested")
    run_by = partnership(policy={"governance.form": form})
    assert ratio(run_by, "received", "requested") > usual + 0.02


def equity_at(agencies, form, board=0.5):
    scenario = partnership(agencies, policy={"governance.form": form}, context={"governance.board": board})
    return ratio(scenario, "equity", "posts") * sum(agency.posts for agency in agencies)


def test_a_strong_lead_takes_voice_from_the_others():
    strong_last = (*FIVE[1:], FIVE[0])  # the last agency is the host: here a hospital
    assert equity_at(strong_last, "lead") < equity_at(strong_last, "shared") - 0.05


def test_the_board_of_a_body_of_its_own_hears_those_who_are_large():
    """So voice is less equal where the large are the powerful, and more equal where the small are."""
    assert equity_at(FIVE, "nao", board=0.0) == pytest.approx(equity_at(FIVE, "shared"), abs=0.01)
    assert equity_at(FIVE, "nao", board=1.0) < equity_at(FIVE, "nao") < equity_at(FIVE, "shared") - 0.02
    small_are_strong = [Agency("Hospital", "nhs", 4), Agency("Charity", "vcse", 16)]
    assert equity_at(small_are_strong, "nao") > equity_at(small_are_strong, "shared") + 0.05


def test_seats_on_the_board_count_the_posts_behind_them():
    """Two councils under the same leaders' average: their voices are as 3 to 1 at an exponent of 1."""
    two = [Agency("County", "la", 15), Agency("District", "la", 5)]
    context = {
        "governance.board": 1.0,
        "attendance.leadership": 0.0,
        "leaders.safety": 0.0,
        "cases.load": 0.0,
    }
    run = run_once(partnership(two, policy={"governance.form": "nao"}, context=context))
    voices = run.arrays["agencies"]["voice"][:2]
    assert voices[0] / voices[1] == pytest.approx(3.0)


def test_settling_things_takes_more_attention_the_more_agencies_there_are_and_less_with_a_centre():
    """The share of answers lost to it, from the formula: exact when agencies' trust does not move."""

    def kept(count, form, load=0.05):
        agencies = [Agency(f"agency {n}", "la", 6) for n in range(count)]
        still = {"trust.institutional_learning": 0.0, "rivalry.loser_drop": 0.0, "governance.broker": 0.0}
        usual, loaded = (
            ratio(
                partnership(
                    agencies,
                    policy={"governance.form": form},
                    context=still | {"governance.load": level},
                    years=4,
                ),
                "received",
                "requested",
            )
            for level in (0.0, load)
        )
        return loaded / usual

    links = 2 * (1 - 0.45) * 0.05
    assert kept(3, "shared") == pytest.approx(1 / (1 + 2 * links), abs=0.02)
    assert kept(9, "shared") == pytest.approx(1 / (1 + 8 * links), abs=0.02)
    assert kept(9, "nao") == pytest.approx(1 / (1 + links), abs=0.02)
    assert kept(9, "nao") > kept(9, "lead") > kept(9, "shared")


def test_a_users_seat_evens_voice_out_by_its_part_of_the_time():
    without, with_seat = (
        run_once(partnership(policy={"power_sharing.user_seat": seat}, years=1)).series["equity"][0]
        for seat in (0.0, 1.0)
    )
    assert 1 - with_seat == pytest.approx((1 - without) * (1 - 1 / 6), rel=1e-9)


# --- effects as published -----------------------------------------------------------------------

LOWERED = [p for p in PARAMETERS if p.discount]


def test_discounts_are_data_and_the_switch_takes_them_back():
    usual = context_record(partnership())[0]
    published = context_record(partnership(structure={"structure.effect_sizes": "published"}))[0]
    moved = {
        p.name for p in PARAMETERS if p.field in usual.dtype.names and usual[p.field] != published[p.field]
    }
    assert moved == {p.name for p in LOWERED} | {"structure.effect_sizes"}
    assert all(published[p.field] == pytest.approx(p.discount.published) for p in LOWERED)


@pytest.mark.parametrize("parameter", LOWERED, ids=lambda p: p.name)
def test_a_discount_is_its_settings_factor_or_a_laboratory_bound(parameter):
    kept = parameter.default / parameter.discount.published
    assert kept == pytest.approx(FIELD_FACTOR[parameter.discount.setting]) or (
        parameter.group == "knowledge" and parameter.discount.setting == "laboratory" and kept < 1
    )
