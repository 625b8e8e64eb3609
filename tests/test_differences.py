"""Intervals cover what they should, and common random numbers save what is said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from collabsim.analysis import samples
from collabsim.analysis.differences import (
    estimate,
    median_saving,
    paired,
    paired_all,
    replicates_for,
    saving,
    saving_interval,
)
from collabsim.analysis.ledgers import difference, knowledge_account, trust_account
from collabsim.analysis.student import probability_within, t_quantile
from collabsim.scenario import load_scenario

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30).map(np.array)


def pairs(n: int, correlation: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    covariance = [[1.0, correlation], [correlation, 1.0]]
    a, b = np.random.default_rng(seed).multivariate_normal([0.0, 0.5], covariance, n).T
    return a, b


# --- means --------------------------------------------------------------------------------------


def test_the_interval_is_students() -> None:
    values = np.array([1.0, 2.0, 3.0, 5.0])
    found = estimate(values)
    low, high = stats.t.interval(0.95, 3, loc=values.mean(), scale=stats.sem(values))
    assert (found.mean, found.low, found.high) == pytest.approx((2.75, low, high))
    assert (found.sd, found.n) == pytest.approx((values.std(ddof=1), 4))


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 9, 49, 99, 9_999])
def test_students_quantile_is_scipys(level: float, freedom: int) -> None:
    assert t_quantile(level, freedom) == pytest.approx(stats.t.ppf((1 + level) / 2, freedom), rel=1e-10)
    assert probability_within(t_quantile(level, freedom), freedom) == pytest.approx(level, rel=1e-12)


def test_95_intervals_in_100_cover_the_truth() -> None:
    draws = np.random.default_rng(1).normal(3.0, 2.0, (4_000, 8))
    covered = [found.low <= 3.0 <= found.high for found in map(estimate, draws)]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.012)


def test_a_replicate_without_the_number_is_left_out() -> None:
    assert estimate(np.array([1.0, np.nan, 3.0])) == estimate(np.array([1.0, 3.0]))


def test_one_replicate_has_no_interval_and_none_no_mean() -> None:
    assert estimate(np.array([0.3])).mean == 0.3
    assert math.isnan(estimate(np.array([0.3])).half_width)
    assert math.isnan(estimate(np.array([np.nan])).mean)


@given(st.floats(-1e9, 1e9), st.integers(2, 40))
def test_equal_numbers_have_exactly_no_width(value: float, n: int) -> None:
    found = estimate(np.full(n, value))
    assert found.mean == found.low == found.high == value


@given(NUMBERS)
def test_the_mean_lies_in_its_interval(values: np.ndarray) -> None:
    found = estimate(values)
    assert found.low <= found.mean <= found.high


# --- paired differences -------------------------------------------------------------------------


def test_policies_that_always_differ_by_the_same_have_an_exact_difference() -> None:
    base = np.array([1.0, 2.0, 4.0, 8.0])
    found = paired(base, base + 0.5)
    assert found.difference.mean == found.difference.low == found.difference.high == 0.5
    assert found.difference.excludes_zero
    assert found.saving == math.inf


@given(NUMBERS)
def test_identical_policies_differ_by_exactly_nothing(values: np.ndarray) -> None:
    found = paired(values, values)
    assert found.difference.mean == found.difference.low == found.difference.high == 0.0
    assert not found.difference.excludes_zero


@given(NUMBERS)
def test_swapping_the_policies_turns_the_difference_round(values: np.ndarray) -> None:
    other = values[::-1].copy()
    there, back = paired(values, other), paired(other, values)
    assert there.difference.mean == pytest.approx(-back.difference.mean, abs=1e-6)
    assert there.saving == pytest.approx(back.saving, nan_ok=True)


def test_only_replicates_that_have_both_are_compared() -> None:
    found = paired(np.array([1.0, 2.0, np.nan, 4.0]), np.array([2.0, np.nan, 9.0, 6.0]))
    assert found.difference.n == 2
    assert found.difference.mean == 1.5


def test_every_outcome_that_both_have_is_compared() -> None:
    base, other = {"a": np.ones(3), "b": np.ones(3)}, {"b": np.zeros(3), "c": np.ones(3)}
    assert {name: d.difference.mean for name, d in paired_all(base, other).items()} == {"b": -1.0}


# --- what common random numbers save ------------------------------------------------------------


def test_the_saving_is_known_for_correlated_normals() -> None:
    assert saving(*pairs(200_000, 0.75)) == pytest.approx(4.0, rel=0.02)
    assert saving(*pairs(200_000, 0.0)) == pytest.approx(1.0, rel=0.02)
    assert saving(*pairs(200_000, -0.5)) == pytest.approx(2 / 3, rel=0.02)


def test_the_savings_interval_covers_the_truth_about_19_times_in_20() -> None:
    found = [saving_interval(*pairs(60, 0.75, seed)) for seed in range(600)]
    covered = [estimate.low <= 4.0 <= estimate.high for estimate in found]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)


def test_no_saving_is_claimed_where_nothing_varies() -> None:
    assert math.isnan(saving(np.ones(5), np.zeros(5)))
    assert math.isnan(saving(np.ones(1), np.zeros(1)))
    assert math.isnan(saving_interval(np.arange(5.0), np.arange(5.0)).low)


def test_the_median_saving_is_over_outcomes_that_vary() -> None:
    a, b = pairs(1_000, 0.5)
    found = {"varies": paired(a, b), "fixed": paired(np.ones(9), np.ones(9)), "moved": paired(a, a)}
    assert median_saving(found.values()) == found["varies"].saving
    assert math.isnan(median_saving([found["fixed"]]))


# --- how many replicates ------------------------------------------------------------------------


def test_halving_the_width_takes_four_times_as_many_and_a_tenth() -> None:
    assert replicates_for(half_width=0.012, wanted=0.01, n=100, most=10_000) == 159
    assert replicates_for(half_width=0.02, wanted=0.01, n=100, most=10_000) == 400


@given(st.floats(0, 10), st.floats(0.001, 1), st.integers(2, 1_000), st.integers(1_000, 5_000))
def test_replicates_grow_until_the_width_is_reached_or_the_cap(half, wanted, n, most) -> None:
    more = replicates_for(half, wanted, n, most)
    assert n <= more <= most
    assert (more == n) == (half <= wanted or n == most)


def test_an_interval_without_a_width_asks_for_more() -> None:
    assert replicates_for(math.nan, 0.1, 10, 1_000) == 40


# --- samples of the model -----------------------------------------------------------------------


def half_width(found: list[samples.Sample]) -> float:
    return estimate(found[0].scalars["trust_last"]).half_width


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load_scenario("mixed-partnership", years=1)
    whole = samples.sample(scenario, 5, keep_monthly=True)
    monkeypatch.setattr(samples, "BATCH", 2)
    parts = samples.sample(scenario, 5, keep_monthly=True, workers=1)
    for table in ("scalars", "trust_ledger", "knowledge_ledger", "monthly"):
        for name, values in getattr(whole, table).items():
            assert np.array_equal(values, getattr(parts, table)[name], equal_nan=True), name


def test_replicates_are_added_until_the_interval_is_narrow_enough() -> None:
    scenario = load_scenario("mixed-partnership", years=1)
    (few,) = samples.sample_all([scenario], 20)
    wanted = half_width([few]) / 1.3
    found = samples.sample_all([scenario], 1, precision=wanted, half_width=half_width)
    assert half_width(found) <= wanted
    assert found[0].replicates > few.replicates
    assert np.array_equal(found[0].scalars["trust_last"][:20], few.scalars["trust_last"])


def test_replicates_stop_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "MOST_REPLICATES", 25)
    scenario = load_scenario("mixed-partnership", years=1)
    found = samples.sample_all([scenario], 1, precision=1e-6, half_width=half_width)
    assert found[0].replicates == 25


def test_the_lines_of_an_account_sum_to_the_change() -> None:
    scenario = load_scenario("short-term-funding", years=2)
    sample = samples.sample(scenario, 3, keep_monthly=True)
    for account, outcome in ((trust_account(sample), "trust"), (knowledge_account(sample), "knowledge")):
        months = sample.monthly[outcome]
        assert account.start == pytest.approx(months[:, 23], abs=1e-9)
        assert account.end == pytest.approx(months[:, -1], abs=1e-9)
        assert sum(account.lines.values()) == pytest.approx(account.end - account.start, abs=1e-9)


def test_the_account_of_a_difference_is_the_difference_of_the_accounts() -> None:
    here = trust_account(samples.sample(load_scenario("short-term-funding-permanent", years=1), 2))
    there = trust_account(samples.sample(load_scenario("short-term-funding", years=1), 2))
    apart = difference(here, there)
    assert sum(apart.lines.values()) == pytest.approx(here.change - there.change)
    assert apart.start == pytest.approx(np.zeros(2), abs=1e-12)
