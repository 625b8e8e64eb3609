"""Every outcome is described once, and a run becomes the numbers that its description says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabsim.analysis.differences import estimate, paired
from collabsim.display import known, known_pairs
from collabsim.model import state
from collabsim.model.simulate import Runs, simulate
from collabsim.outcomes import (
    MONTHLY,
    OUTCOME,
    OUTCOMES,
    find_scalar,
    first_shock,
    mean_over,
    monthly,
    periods,
    recovery,
    scalar_names,
    scalars,
)
from collabsim.payloads import interval_words
from collabsim.scenario import Event, load_scenario


def series(months: int, replicates: int = 1, **columns: object) -> np.ndarray:
    """A series of so many months in which the columns that are not named are 0."""
    table = np.zeros((replicates, months), dtype=state.SERIES)
    for name, values in columns.items():
        table[name] = values
    return table


def runs(trust: list[float], burn_in: int = 0) -> Runs:
    table = series(len(trust), trust_sum=[trust], ties=1.0)
    return Runs(table, np.zeros(table.shape, dtype=state.LEDGER), burn_in)


# --- the table ----------------------------------------------------------------------------------


def test_names_are_unique_and_titles_fit_a_table() -> None:
    assert len({o.name for o in OUTCOMES}) == len({o.title for o in OUTCOMES}) == len(OUTCOMES)
    assert all(len(o.title) <= 32 for o in OUTCOMES)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.name)
def test_an_outcome_is_described_in_full_and_counts_columns_of_the_series(outcome) -> None:
    assert outcome.unit and outcome.group and outcome.meaning and "\n" not in outcome.meaning
    assert outcome.direction in ("higher", "lower", "neither")
    assert set(outcome.parts) <= set(state.SERIES_COLUMNS)
    assert outcome.per in (*state.SERIES_COLUMNS, "month", "year") or outcome.name == "recovery"


def test_every_pound_of_the_series_is_in_one_cost_or_said_to_be_left_out() -> None:
    costs = {c for c in state.SERIES_FLOWS if c.endswith("_cost")} | {"programme_cash", "staff_time"}
    assert set(OUTCOME["cash_cost"].parts) | set(OUTCOME["staff_time_cost"].parts) == costs
    assert "saved pay is not taken off" in OUTCOME["cash_cost"].meaning


# --- ratios -------------------------------------------------------------------------------------


def test_quits_are_counted_over_filled_post_years() -> None:
    year = series(12, quits=0.75, filled_weeks=45 * 52 / 12)
    assert mean_over(OUTCOME["quits"], year) == pytest.approx([0.2])


def test_separations_are_quits_and_posts_lost() -> None:
    year = series(12, quits=1.0, nonrenewals=2.0, reorganised=3.0, filled_weeks=52.0)
    assert mean_over(OUTCOME["separations"], year) == pytest.approx([6.0])


def test_the_age_of_relationships_is_in_months() -> None:
    assert mean_over(OUTCOME["continuity"], series(1, tie_weeks=52.0, ties=1.0)) == pytest.approx([12.0])


def test_costs_are_pounds_a_year_in_a_month_and_over_years() -> None:
    two_years = series(24, programme_cash=100.0, bids_cost=20.0, staff_time=50.0)
    assert mean_over(OUTCOME["cash_cost"], two_years) == pytest.approx([1440.0])
    assert monthly(OUTCOME["cash_cost"], two_years) == pytest.approx(np.full((1, 24), 1440.0))
    assert mean_over(OUTCOME["staff_time_cost"], two_years) == pytest.approx([600.0])


def test_a_month_without_cases_does_not_spoil_the_year() -> None:
    year = series(12, worker_changes=[[4.0] + [0.0] * 11], cases_closed=[[2.0] + [0.0] * 11])
    assert mean_over(OUTCOME["worker_changes"], year) == pytest.approx([2.0])
    assert np.isnan(monthly(OUTCOME["worker_changes"], year)[0, 1:]).all()


def test_a_year_with_nothing_to_count_over_has_no_number() -> None:
    empty = series(12)
    counted = [o for o in MONTHLY if o.per not in ("month", "year")]
    assert all(np.isnan(mean_over(outcome, empty)).all() for outcome in counted)


def test_a_year_weighs_months_by_what_is_counted_over() -> None:
    year = series(2, trust_sum=[[10.0, 60.0]], ties=[[20.0, 80.0]])
    assert mean_over(OUTCOME["trust"], year) == pytest.approx([0.7])


# --- periods ------------------------------------------------------------------------------------


def test_a_scalar_is_of_the_months_that_its_name_says() -> None:
    scenario = replace(load_scenario("mixed-partnership"), events=())
    months = np.arange(144.0)
    table = series(144, equity=months)
    found = scalars(Runs(table, np.zeros(table.shape, dtype=state.LEDGER), 24), scenario)
    assert found["equity_year_1"] == pytest.approx(months[24:36].mean())
    assert found["equity_year_3"] == pytest.approx(months[48:60].mean())
    assert found["equity_year_10"] == found["equity_last"] == pytest.approx(months[132:].mean())


def test_a_short_run_has_only_the_years_it_reaches() -> None:
    assert list(periods(4)) == ["last", "year_1", "year_3"]
    assert "trust_year_5" not in scalar_names(4)


@pytest.mark.parametrize("name", scalar_names(10))
def test_the_name_of_a_scalar_leads_back_to_its_outcome(name: str) -> None:
    outcome, period = find_scalar(name)
    assert name == (f"{outcome.name}_{period}" if period else outcome.name)


def test_an_unknown_outcome_gets_the_nearest_name() -> None:
    with pytest.raises(LookupError, match="did you mean trust_last"):
        find_scalar("trust_lst")


# --- recovery -----------------------------------------------------------------------------------


def test_recovery_lasts_to_the_end_of_the_month_in_which_trust_is_back() -> None:
    trust = [0.6] * 12 + [0.5, 0.55, 0.595, 0.6] + [0.6] * 8
    assert recovery(runs(trust), week=52).tolist() == [64 - 52]  # month 14 ends with week 64


def test_a_shock_that_does_not_lower_trust_needs_no_recovery() -> None:
    assert recovery(runs([0.6] * 12 + [0.591] * 12), week=52).tolist() == [0.0]


def test_a_fall_that_begins_after_a_year_is_not_put_down_to_the_shock() -> None:
    assert recovery(runs([0.6] * 24 + [0.1] * 12), week=52).tolist() == [0.0]


def test_trust_that_never_comes_back_has_no_recovery() -> None:
    assert np.isnan(recovery(runs([0.6] * 12 + [0.4] * 36), week=52)).all()


def test_there_is_no_recovery_without_a_shock_or_without_a_month_before_it() -> None:
    assert np.isnan(recovery(runs([0.6] * 24), week=None)).all()
    assert np.isnan(recovery(runs([0.6] * 24), week=4)).all()


@given(
    trust=st.lists(st.floats(0, 1), min_size=24, max_size=60),
    month=st.integers(1, 20),
)
def test_recovery_is_never_negative_nor_longer_than_the_run(trust: list[float], month: int) -> None:
    week = -(-month * 52 // 12)
    (weeks,) = recovery(runs(trust), week)
    assert np.isnan(weeks) or 0 <= weeks <= len(trust) * 52 / 12 - week


def test_a_switch_of_policy_is_no_shock() -> None:
    scenario = load_scenario("mixed-partnership")
    switch = Event(3, "policy", policy={"colocation.days": 3.0})
    assert first_shock(replace(scenario, events=(switch,))) is None
    breach = Event(12, "data_breach", agency=0)
    assert first_shock(replace(scenario, events=(switch, breach))) == 52 * (scenario.burn_in_years + 1)


# --- on the model -------------------------------------------------------------------------------


def test_outcomes_of_a_run_are_finite_and_shares_are_shares() -> None:
    scenario = load_scenario("mixed-partnership", years=2)
    found = scalars(simulate(scenario, 2), scenario)
    assert list(found) == scalar_names(2)
    for name, values in found.items():
        outcome, _ = find_scalar(name)
        assert np.isfinite(values).all() or outcome.name == "recovery", name
        if outcome.unit == "0-1" or (outcome.unit == "share" and outcome.name != "overload"):
            assert ((values >= 0) & (values <= 1)).all(), name


# --- what a mean leaves out ---------------------------------------------------------------------

NONE = float("nan")


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("recovery", [4, 8, 0], ""),
        ("recovery", [4, NONE, 0], "of 2 of 3 replicates; 1 did not recover"),
        ("grant_quits", [NONE, NONE, 0.1], "of 1 of 3 replicates; 2 had nothing to count"),
        ("recovery", [NONE, NONE, NONE], "in none of 3 replicates"),
    ],
)
def test_a_mean_says_of_how_many_replicates_it_is(name: str, values: list[float], words: str) -> None:
    assert known(OUTCOME[name], estimate(np.array(values)), 3) == words


@pytest.mark.parametrize(
    ("base", "other", "words"),
    [
        ([4, 8, 0], [1, 2, 3], ""),
        ([4, NONE, 0], [1, 2, 3], "of 2 of 3 pairs; base: 1 did not recover"),
        ([4, NONE, 0], [NONE, 2, 3], "of 1 of 3 pairs; base: 1 did not recover; other: 1 did not recover"),
        ([4, NONE, 0], [NONE, NONE, NONE], "in none of 3 pairs; base: 1 did not recover"),
    ],
)
def test_a_difference_says_of_how_many_pairs_it_is_and_what_each_side_lacks(
    base: list[float], other: list[float], words: str
) -> None:
    assert known_pairs(OUTCOME["recovery"], paired(np.array(base), np.array(other)), 3) == words


def test_a_row_of_a_page_says_of_how_many_pairs_it_is() -> None:
    found = paired(np.array([0.1, NONE, 0.3]), np.array([0.2, 0.3, 0.4]))
    assert interval_words(OUTCOME["grant_quits"], found, 3).endswith(
        "(of 2 of 3 pairs; base: 1 had nothing to count)"
    )
