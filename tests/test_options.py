"""Options compared, and what is said of them: a clear winner, a tie, nothing above noise, and money."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from collabsim import display
from collabsim.analysis.differences import Estimate
from collabsim.analysis.main_effects import main_effects
from collabsim.analysis.options import apart, chances, compare, firsts, redrawn, share_of_luck, simultaneous
from collabsim.experiment_report import money_words, sentences, survival
from collabsim.experiment_report.money import Money, Purchase
from collabsim.outcomes import OUTCOME

LABELS = ["as it is", "longer grants", "co-location"]
TRUST, QUITS = "trust_last_six", "quits_last_six"
SCALE = display.scale(OUTCOME["trust"])


def runs(*levels: float, replicates: int = 40, noise: float = 0.01, own: float = 0.0) -> np.ndarray:
    """Runs of options with these means, whose luck is common but for a part of their own."""
    generator = np.random.default_rng(3)
    common = generator.normal(0, noise, replicates)
    apart = generator.normal(0, own, (len(levels), replicates)) if own else 0.0
    values = np.array(levels)[:, None] + common + apart
    return (
        values - (values.mean(axis=1) - np.array(levels))[:, None]
    )  # the means are what was asked for, exactly


WINNER = compare(runs(0.50, 0.55, 0.60, own=0.002))
TIE = compare(runs(0.50, 0.598, 0.60, own=0.03))
NOISE = compare(runs(0.500, 0.501, 0.502, own=0.03))


# --- the comparison -----------------------------------------------------------------------------


def test_changes_are_paired_under_common_luck():
    values = runs(0.5, 0.6, noise=0.2)
    assert compare(values).changes[1].half_width < 1e-12
    assert compare(values, common=False).changes[1].half_width > 0.05


def test_the_interval_of_independent_samples_is_welchs():
    first, second = (
        np.array([27.5, 21.0, 19.0, 23.6, 17.0, 17.9]),
        np.array([27.1, 22.0, 20.8, 23.4, 23.4, 23.5]),
    )
    found = apart(first, second, common=False)
    known = stats.ttest_ind(second, first, equal_var=False)
    half = stats.t.ppf(0.975, math.floor(known.df)) * abs(found.mean / known.statistic)
    assert found.mean == pytest.approx(second.mean() - first.mean())
    assert found.half_width == pytest.approx(half)


def test_intervals_of_many_options_are_wider_together():
    assert simultaneous(1) == pytest.approx(0.95)
    assert simultaneous(10) == pytest.approx(0.995)
    values = runs(*[0.5] * 11, own=0.01)
    alone, among = compare(values[:2]), compare(values)
    assert among.changes[1].half_width > 1.3 * alone.changes[1].half_width


def test_among_many_equal_options_none_is_called_different():
    false = 0
    for seed in range(40):
        values = np.random.default_rng(seed).normal(0.5, 0.02, (10, 20))
        found = compare(values, common=False)
        false += bool(found.better or found.worse)
    assert false <= 6  # two in forty are to be expected


def test_the_best_has_no_rivals_when_it_is_clear():
    assert (WINNER.best, WINNER.rivals, WINNER.better) == (2, (), [1, 2])


def test_what_cannot_be_told_from_the_best_is_its_rival():
    assert (TIE.best, TIE.rivals) == (2, (1,))
    assert set(NOISE.rivals) == {0, 1}
    assert not NOISE.better


def test_of_a_bad_thing_less_is_better():
    found = compare(runs(0.2, 0.1, own=0.001), better="lower")
    assert (found.best, found.better, found.worse) == (1, [1], [])


def test_a_missing_run_is_left_out_of_both_sides():
    values = runs(0.5, 0.6, noise=0.2)
    values[1, 3] = np.nan
    assert compare(values).changes[1].n == 39
    assert compare(values).changes[1].mean == pytest.approx(0.1)


def test_an_option_without_any_number_comes_last_and_is_no_rival():
    values = np.vstack([runs(0.5, 0.6, own=0.001), np.full(40, np.nan)])
    found = compare(values)
    assert found.order == [1, 0, 2]
    assert found.rivals == ()


def test_options_that_tie_share_the_first_place():
    assert chances(np.ones((4, 5)), common=True).tolist() == [0.25] * 4
    assert firsts(np.array([[1.0, np.nan], [2.0, 3.0]])).tolist() == [0.5, 0.5]


def test_redraws_without_a_number_are_none():
    drawn = redrawn(np.array([[1.0, np.nan], [1.0, 2.0]]), common=False)
    assert np.isnan(drawn[:, 0]).any() and not np.isnan(drawn[:, 1]).any()


@pytest.mark.parametrize(("own", "share"), [(0.01, 0.5), (0.0, 0.0)])
def test_the_share_of_luck_is_what_went_in(own, share):
    generator = np.random.default_rng(5)
    levels = np.array([-0.01, 0.01])[:, None] / math.sqrt(2)  # a variance of 0.0001 between options
    values = levels + generator.normal(0, own, (2, 4000)) if own else levels + np.zeros((2, 4000))
    assert share_of_luck(values, common=False) == pytest.approx(share, abs=0.03)


def test_main_effects_are_averages_over_the_other_factors():
    design = pd.DataFrame({"a": [1, 1, 2, 2], "b": ["x", "y", "x", "y"]})
    values = runs(0.1, 0.2, 0.5, 0.6)
    found = main_effects(values, design, {"b": ["x", "y"], "a": [1, 2]})
    assert found["factor"].tolist() == ["a", "b"]
    assert found["change"].tolist() == pytest.approx([0.4, 0.1])
    assert found["p_most"].tolist() == [1.0, 0.0]


# --- what is said -------------------------------------------------------------------------------


def test_a_clear_winner_is_named_with_its_size():
    assert sentences.best(WINNER, LABELS, TRUST) == (
        "“co-location” gives the highest trust between agencies over the last six years: 0.600, against 0.500 with "
        "“as it is” (0.100 more [0.099 to 0.101])."
    )


def test_of_a_tie_we_cannot_tell():
    text = sentences.best(TIE, LABELS, TRUST)
    assert text.startswith("We cannot tell which option gives the highest trust between agencies")
    assert "“co-location” (0.600) and “longer grants” (0.598) cannot be told apart" in text
    assert "both are surely better than “as it is” (0.500)" in text


def test_when_nothing_is_above_noise_we_cannot_tell():
    text = sentences.best(NOISE, LABELS, TRUST)
    assert text.startswith("We cannot tell whether any of the 2 other options changes trust")
    assert "the largest difference, of “co-location”, is +0.002" in text


def test_lower_is_named_where_less_is_better():
    found = compare(runs(0.20, 0.15, own=0.001), better="lower")
    text = sentences.best(found, LABELS[:2], QUITS)
    assert text.startswith(
        "“longer grants” gives the lowest voluntary quits over the last six years: 15.0 per 100 posts"
    )
    assert "5.0 per 100 posts a year less" in text


def test_the_base_can_be_the_best():
    found = compare(runs(0.60, 0.55, 0.50, own=0.002))
    assert sentences.best(found, LABELS, TRUST).startswith("“as it is”, as it is, gives the highest") is False
    assert sentences.best(found, LABELS, TRUST).startswith("“as it is” itself gives the highest trust")


def test_a_constant_outcome_is_said_to_be_constant():
    found = compare(np.full((3, 10), 0.5))
    assert sentences.best(found, LABELS, TRUST) == (
        "Trust between agencies over the last six years is exactly 0.500 in every run: nothing that was varied moves it."
    )


def test_options_that_change_nothing_are_said_to_change_nothing():
    row = runs(0.5)
    text = sentences.best(compare(np.vstack([row, row, row])), LABELS, TRUST)
    assert text.startswith("All 3 options give exactly the same trust")


def test_from_one_run_of_each_nothing_is_told():
    text = sentences.best(compare(np.array([[0.5], [0.6], [0.7]])), LABELS, TRUST)
    assert text.startswith("We cannot tell") and "with one run of each, all may be luck" in text


def test_without_any_number_nothing_is_told():
    text = sentences.best(compare(np.full((3, 4), np.nan)), LABELS, "recovery")
    assert text == "We cannot tell anything: no run has a number for recovery after the first shock."


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (WINNER, "two are surely better;"),
        (TIE, "comes first in"),
        (NOISE, "for two we cannot tell;"),
    ],
)
def test_how_sure_counts_what_differs(found, words):
    text = sentences.sure(found, LABELS, TRUST, "Three runs failed.")
    assert words in text
    assert "of what varies between single runs is luck" in text
    assert text.endswith("Three runs failed.")


def test_redraws_never_make_anything_quite_sure():
    assert [sentences.chance(share) for share in (1.0, 0.995, 0.5, 0.001, 0.0)] == [
        "over 99%", "over 99%", "50%", "under 1%", "0%",
    ]  # fmt: skip


# --- money in words -----------------------------------------------------------------------------


def sum_of(mean: float, half: float) -> Estimate:
    return Estimate(mean, mean - half, mean + half, half, 40)


NOTHING = sum_of(0.0, 0.0)
NONE = Estimate(math.nan, math.nan, math.nan, math.nan, 0)
BASE = Purchase(NOTHING, NOTHING, 0.0, NOTHING, NONE, "compared with this", math.nan)


def bought(cash: Estimate, words: str = "", p_most: float = 1.0) -> Purchase:
    rate = NONE if words else sum_of(0.02, 0.005)
    return Purchase(cash, NOTHING, 0.0, cash, rate, words, p_most)


def said(*purchases: Purchase, most: int = 2) -> str:
    return money_words.sentence(Money([BASE, *purchases], True, TRUST, most), WINNER, LABELS, SCALE)


def test_money_is_said_with_its_interval_and_what_it_buys():
    text = said(bought(sum_of(20_000, 1_000), p_most=0.02), bought(sum_of(50_000, 2_000), p_most=0.98))
    assert "“co-location” costs £50,000 more in cash [+£48,000 to +£52,000] a year" in text
    assert "£10,000 buys +0.020 [+0.015 to +0.025]." in text
    assert "“co-location” buys the most for its money (98% of redraws" in text


def test_which_buys_the_most_we_may_not_be_able_to_tell():
    text = said(bought(sum_of(20_000, 1_000), p_most=0.4), bought(sum_of(50_000, 2_000), p_most=0.6))
    assert (
        "Which buys the most for its money we cannot tell: “co-location” (60%) and “longer grants” (40%)"
        in text
    )


def test_a_cost_that_may_be_none_is_said_to_be_unsure():
    text = said(
        bought(sum_of(0, 0), "worse"),
        bought(sum_of(1_000, 3_000), "better; cannot tell whether it costs more"),
    )
    assert "as much in cash as far as we can tell (+£1,000 [−£2,000 to +£4,000])" in text
    assert "(better; cannot tell whether it costs more)" in text


def test_without_costs_money_cannot_be_told():
    assert money_words.sentence(None, WINNER, LABELS, SCALE).startswith("We cannot tell")


# --- what survives ------------------------------------------------------------------------------


def elsewhere(*found):
    return [survival.Elsewhere(f"setting {n}", LABELS, one) for n, one in enumerate(found, 1)]


def test_a_winner_everywhere_survives():
    (text,) = survival.over_settings(elsewhere(WINNER, WINNER, WINNER))
    assert text.startswith("“co-location” is surely the best in all 3 settings.")
    assert "in every setting: “longer grants” and “co-location”" in text


def test_a_winner_that_loses_elsewhere_does_not_survive():
    other = compare(runs(0.50, 0.60, 0.45, own=0.002))
    (text,) = survival.over_settings(elsewhere(WINNER, other))
    assert text.startswith(
        "That “co-location” is best does not survive: it is surely behind in setting 2 (best: “longer grants”)."
    )
    assert "“co-location” is surely better in one setting and surely worse in another" in text
    assert survival.regret(elsewhere(WINNER, other), "co-location") == pytest.approx(0.15)


def test_a_winner_that_is_never_surely_behind_is_said_to_be_just_that():
    (text,) = survival.over_settings(elsewhere(WINNER, TIE))
    assert text.startswith("“co-location” is never surely behind: first in 1 of 2 settings")
