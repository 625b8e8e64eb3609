"""Rankings of functions whose answer is known."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from known_answers import (
    FAST,
    ISHIGAMI,
    LINEAR,
    LINEAR_SD,
    MIXED,
    G,
    experiment,
    ishigami,
    ishigami_answer,
    linear,
    linear_answer,
    mixed,
    mixed_answer,
    results,
    sobol_g,
    sobol_g_answer,
    uniform,
)
from numpy.testing import assert_allclose
from SALib.analyze import morris as salib_morris
from SALib.analyze import pawn as salib_pawn
from SALib.analyze import sobol as salib_sobol

from collabsim.analysis import pawn, sobol, together
from collabsim.analysis.blocks import arranged
from collabsim.analysis.bootstrap import equal_weights
from collabsim.analysis.luck import luck
from collabsim.analysis.ranking import Ranking, cases, rank
from collabsim.analysis.ranking_words import index_unit, thing, together_sentence, unit_sentence
from collabsim.experiment.design import problem, unit_points
from collabsim.experiment.factors import dummy
from collabsim.experiment_report.sampled_words import sure

N = 4096
NEAR = 0.02


def indices(ranking: Ranking, measure: str) -> dict[str, float]:
    return ranking.table.set_index("enabler")[measure].to_dict()


def assert_near(found: dict[str, float], right: dict[str, float]) -> None:
    assert found == pytest.approx(right, abs=NEAR)


# --- known answers ------------------------------------------------------------------------------


def test_ishigami_within_two_hundredths_at_4096() -> None:
    first, total = ishigami_answer()
    found = rank(results(experiment("sobol", N, ISHIGAMI), ishigami), "trust_last", **FAST)
    assert_near(indices(found, "first"), first)
    assert_near(indices(found, "total"), total)


def test_ishigamis_second_order_index_is_that_of_the_first_and_third() -> None:
    first, total = ishigami_answer()
    design = {"second_order": True}
    held = results(experiment("sobol", N, ISHIGAMI, design=design), ishigami)
    found = rank(held, "trust_last", draws=200, pawn=False)
    table = found.interactions
    assert table.loc[0, ["first", "second", "kind"]].tolist() == ["x1", "x3", "second-order"]
    assert table["share"].tolist() == pytest.approx([total["x1"] - first["x1"], 0, 0], abs=NEAR)


def test_sobols_g_within_two_hundredths_at_4096() -> None:
    first, total = sobol_g_answer()
    found = rank(results(experiment("sobol", N, (*uniform(len(G)), dummy())), sobol_g), "trust_last", **FAST)
    assert_near(indices(found, "first"), first)
    assert_near(indices(found, "total"), total)


def test_sobols_g_within_two_hundredths_at_16384_with_noise_as_large_as_the_signal() -> None:
    first, total = sobol_g_answer()
    factors = (*uniform(len(G)), dummy())
    sd = np.sqrt(np.prod(1 + 1 / (3 * (1 + np.array(G)) ** 2)) - 1)
    found = rank(results(experiment("sobol", 4 * N, factors), sobol_g, noise=sd), "trust_last", **FAST)
    assert_near(indices(found, "first"), first)
    assert_near(indices(found, "total"), total)
    assert found.luck.share == pytest.approx(0.5, abs=NEAR)


@pytest.fixture(scope="module")
def noisy() -> Ranking:
    """A linear function with noise as large as the signal, with all details."""
    return rank(results(experiment("sobol", N, LINEAR), linear, noise=LINEAR_SD), "trust_last")


def test_a_noisy_linear_function_within_two_hundredths_at_4096(noisy: Ranking) -> None:
    assert_near(indices(noisy, "total"), linear_answer())


def test_an_inert_input_is_inert_within_its_interval_though_noise_is_as_large_as_the_signal(
    noisy: Ranking,
) -> None:
    inert = noisy.table.set_index("enabler").loc["x4"]
    assert inert["low"] < 0 < inert["high"]
    assert not inert["above_noise"] and inert["words"] == "not distinguishable from nothing"
    assert noisy.table["above_noise"].tolist() == [True, True, True, False]


def test_without_the_correction_noise_would_lift_the_inert_input() -> None:
    """What luck adds: (s²/R)/(V + s²/R), a fifth with four replicates; also under common random numbers."""
    of = experiment("sobol", 1024, LINEAR, common=True)
    found = rank(results(of, linear, noise=LINEAR_SD), "trust_last", **FAST)
    assert indices(found, "total")["x4"] == pytest.approx(0.2, abs=0.03)
    assert any("same luck" in note for note in found.notes)


@pytest.mark.parametrize("noise", [0.0, 2.0])
def test_whole_numbers_choices_and_switches_within_two_hundredths_at_4096(noise: float) -> None:
    first, total = mixed_answer()
    found = rank(results(experiment("sobol", N, MIXED), mixed, noise=noise), "trust_last", **FAST)
    assert_near(indices(found, "first"), first)
    assert_near(indices(found, "total"), total)


def test_a_group_has_the_index_of_its_factors_together() -> None:
    factors = tuple(replace(f, group="ab" if f.name in ("x1", "x2") else f.name) for f in LINEAR)
    of = experiment("sobol", N, factors, design={"groups": True})
    found = rank(results(of, linear), "trust_last", **FAST)
    right = linear_answer()
    both = {"ab": right["x1"] + right["x2"], "x3": right["x3"], "x4": 0.0}
    assert_near(indices(found, "total"), both)


# --- the same as SALib --------------------------------------------------------------------------


def test_without_noise_indices_are_salibs() -> None:
    for second in (False, True):
        of = experiment("sobol", 64, ISHIGAMI, replicates=1, design={"second_order": second})
        y = arranged(results(of, ishigami), {"trust_last": 1}).y
        found = sobol.saltelli(y, 4, second_order=second, corrected=False).estimate(equal_weights(64))
        theirs = salib_sobol.analyze(
            problem(of), y.ravel(), calc_second_order=second, num_resamples=2, seed=1
        )
        assert_allclose(found.first[0], theirs["S1"], atol=1e-12)
        assert_allclose(found.total[0], theirs["ST"], atol=1e-12)
        if second:
            assert_allclose(found.second[0], theirs["S2"][np.triu_indices(4, 1)], atol=1e-12)


def test_measures_of_morris_are_salibs() -> None:
    of = experiment("morris", 20, ISHIGAMI, replicates=1)
    found = rank(results(of, ishigami), "trust_last", **FAST)
    y = arranged(results(of, ishigami), {"trust_last": 1}).y
    theirs = salib_morris.analyze(problem(of), unit_points(of), y.ravel(), num_levels=4, seed=1)
    for measure in ("mu", "mu_star", "sigma"):
        right = dict(zip(theirs["names"], theirs[measure], strict=True))
        del right["dummy"]
        assert indices(found, measure) == pytest.approx(right)


def test_pawn_is_salibs_to_a_hundredth() -> None:
    of = experiment("lhs", 2000, ISHIGAMI, replicates=1)
    blocks = arranged(results(of, ishigami), {"trust_last": 1})
    theirs = salib_pawn.analyze(problem(of), unit_points(of), blocks.y.ravel(), S=10)
    assert_allclose(pawn.pawn(blocks, draws=2).index, theirs["median"], atol=0.012)


# --- Morris, PAWN, luck -------------------------------------------------------------------------


def test_morris_tells_the_inert_input_from_the_others_in_noise() -> None:
    found = rank(results(experiment("morris", 60, LINEAR), linear, noise=LINEAR_SD), "trust_last")
    assert found.table["enabler"].tolist()[:2] == ["x1", "x2"]
    assert not found.table.set_index("enabler").loc["x4", "above_noise"]
    way = found.effects.set_index("factor")
    assert way.loc["x1", "direction"] == "raises" and way.loc["x4", "direction"] == "unclear"
    assert way.loc["x1", "change"] == pytest.approx(4, abs=0.5)


def test_a_group_of_morris_has_a_size_and_no_sign() -> None:
    factors = tuple(replace(f, group="ab" if f.name in ("x1", "x2") else f.name) for f in LINEAR)
    found = rank(results(experiment("morris", 30, factors, design={"groups": True}), linear), "trust_last")
    row = found.table.set_index("enabler").loc["ab"]
    assert np.isnan(row["mu"]) and row["mu_star"] > 2


def test_pawn_ranks_a_latin_hypercube_and_knows_what_nothing_reaches() -> None:
    found = rank(results(experiment("lhs", 1024, LINEAR), linear, noise=LINEAR_SD), "trust_last")
    assert found.method == "pawn"
    assert found.table["enabler"].tolist()[:2] == ["x1", "x2"]
    assert found.table.set_index("enabler")["above_noise"][["x1", "x2", "x4"]].tolist() == [True, True, False]


def test_pawn_sees_choices(noisy: Ranking) -> None:
    found = rank(results(experiment("lhs", 512, MIXED), mixed), "trust_last")
    assert found.table["enabler"][0] == "word"
    assert noisy.table["pawn_above"].tolist()[:2] == [True, True]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_share_of_luck_is_the_variance_within_rows(share: float) -> None:
    generator = np.random.default_rng(5)
    of_rows = np.sqrt(1 - share) * generator.standard_normal((4000, 1, 1))
    found = luck(of_rows + np.sqrt(share) * generator.standard_normal((4000, 1, 4)))
    assert found.low < share < found.high and found.high - found.low < 0.05
    assert found.share_of_mean == pytest.approx(share / 4 / (1 - share + share / 4), abs=0.02)


# --- alone and together -------------------------------------------------------------------------


def test_what_is_done_together_holds_ishigamis_interaction() -> None:
    found = rank(results(experiment("sobol", 1024, ISHIGAMI), ishigami, noise=1.0), "trust_last", **FAST).sums
    right = 1 - sum(ishigami_answer()[0].values())
    assert found is not None and 0 < found.least < right < found.most < 0.4
    assert found.first_low < 1 - right < found.first_high and found.total_low < 1 + right < found.total_high
    assert together.share_words(found).endswith(f"to {100 * found.most:.0f}%")


def test_of_a_sum_it_is_never_said_that_its_parts_do_something_together() -> None:
    held = results(experiment("sobol", 128, LINEAR), linear, noise=LINEAR_SD)
    found = rank(held, "trust_last", **FAST)
    assert found.sums is not None and found.sums.least == 0
    assert "cannot tell" in together_sentence(found)


@pytest.mark.parametrize(
    ("first", "total", "words"),
    [
        ((0.80, 0.70, 0.90), (1.08, 1.02, 1.15), "10% to 15%"),
        ((0.80, 0.53, 1.08), (1.08, 0.98, 1.21), "cannot tell; at most 21%"),  # the intervals allow none
        ((0.80, 0.70, 0.90), (1.04, 1.02, 1.06), "cannot tell; at most 6%"),  # 1 - first is beyond total - 1
        ((0.69, 0.60, 0.78), (0.86, 0.80, 0.95), "cannot tell"),  # no truth has totals below 100%
        ((1.20, 1.10, 1.30), (1.10, 1.05, 1.15), "cannot tell"),
    ],
)
def test_what_total_indices_do_not_allow_is_not_read_as_interaction(
    first: Any, total: Any, words: str
) -> None:
    found = together.Sums(*first, *total)
    assert together.share_words(found) == words
    assert ("cannot" in together.sentence(found)) == ("cannot" in words)


def test_luck_that_is_not_taken_off_is_not_read_as_interaction() -> None:
    one = results(experiment("sobol", 64, LINEAR, replicates=1), linear, noise=LINEAR_SD)
    found = rank(one, "trust_last", **FAST)
    assert found.sums is None and "cannot be told" in together_sentence(found)
    other = rank(results(experiment("morris", 20, LINEAR), linear), "trust_last", **FAST)
    assert other.sums is None and together_sentence(other) == ""


# --- doubt --------------------------------------------------------------------------------------


def test_places_have_probabilities_and_words(noisy: Ranking) -> None:
    first = noisy.table.iloc[0]
    assert (first["p_first"], first["p_top3"], first["words"]) == (1, 1, "surely first")
    assert noisy.table["p_first"].sum() == pytest.approx(1)
    assert noisy.table["p_top3"].sum() == pytest.approx(3)


def test_equal_inputs_share_the_first_place() -> None:
    def equal(x: pd.DataFrame) -> np.ndarray:
        return (x["x1"] + x["x2"]).to_numpy()

    found = rank(results(experiment("sobol", 128, LINEAR), equal, noise=0.3), "trust_last", **FAST)
    assert 0.05 < found.table["p_first"].iloc[0] < 0.98
    assert "cannot tell which enabler matters most" in found.answer
    assert not found.verdict.ranking
    assert found.verdict.more > 0 and f"--size {128 + found.verdict.more}" in found.verdict.sentence


def test_indices_have_a_unit(noisy: Ranking) -> None:
    assert index_unit(noisy) == "share of variance, 0-1"
    assert "shares of the outcome's variance over the design, 0-1" in unit_sentence(noisy)
    months = replace(noisy, method="morris", unit="months")
    assert index_unit(months) == "months"
    assert unit_sentence(months).startswith("mu* and sigma are in the outcome's unit (months): ")
    distance = replace(noisy, method="pawn", unit="months")
    assert index_unit(distance) == "0-1" and unit_sentence(distance).startswith("PAWN is a distance")


def test_a_large_design_has_converged(noisy: Ranking) -> None:
    assert noisy.verdict.ranking and noisy.verdict.screening and noisy.verdict.more == 0
    assert "Converged for ranking" in noisy.verdict.sentence
    sizes = sorted(noisy.convergence["size"].unique())
    assert sizes == [512, 1024, 2048, 4096]
    widths = noisy.convergence.assign(w=lambda t: t["high"] - t["low"]).groupby("size")["w"].max()
    assert widths.is_monotonic_decreasing


def test_where_nothing_is_told_apart_nothing_is_said_of_what_matters_and_the_floor_is_printed() -> None:
    """An outcome that hears of no factor: places change all the time, and mean nothing."""

    def nothing(x: np.ndarray) -> np.ndarray:
        return np.random.default_rng(5).normal(size=len(x))

    held = results(experiment("lhs", 64, uniform(4)), nothing)
    found = rank(held, "trust_last", draws=200)
    assert not found.table["above_noise"].any() and "none of the 4" in found.answer
    said = " ".join([found.verdict.sentence, *found.notes])
    assert "no order yet" in said and "matter" not in said and "onverged" not in said
    floor = f"{found.table['floor'].max():.2f}"
    assert floor in said and found.table["floor"].max() > 0.1
    assert "cannot be told" in sure(found) and "nough runs for the order" not in sure(found)


def test_uncertainties_are_called_factors_and_levers_enablers() -> None:
    assert thing(["funding.grant_months", "colocation"]) == "enabler"
    assert thing(["funding.grant_months", "turnover.nhs"]) == thing(["structure.trust_rule"]) == "factor"


def test_curves_show_which_way(noisy: Ranking) -> None:
    way = noisy.effects.set_index("factor")
    assert way.loc[["x1", "x2", "x3", "x4"], "direction"].tolist() == ["raises"] * 3 + ["unclear"]
    line = noisy.curves[noisy.curves["factor"] == "x1"]
    slope = np.polyfit(line["position"], line["mean"], 1)[0]
    assert slope == pytest.approx(4, abs=0.15)
    assert (line["low"] < line["mean"]).all() and (line["mean"] < line["high"]).all()


def test_maps_find_the_interaction_that_is_there_and_no_other() -> None:
    found = rank(results(experiment("sobol", 512, ISHIGAMI), ishigami, noise=1.0), "trust_last")
    assert [(m.first, m.second) for m in found.heat] == [("x1", "x3")]
    none = rank(results(experiment("sobol", 512, LINEAR), linear, noise=1.0), "trust_last")
    assert not none.heat


def test_a_ranking_is_a_function_of_the_results_and_the_seed() -> None:
    held = results(experiment("sobol", 64, LINEAR), linear, noise=1.0)
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    first, again = (json.dumps(rank(held, "trust_last", draws=100).to_json()) for _ in range(2))
    assert first == again
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def test_outcomes_are_combined_in_standard_deviations() -> None:
    of = experiment("sobol", 256, LINEAR, outcomes=("trust_last",))
    held = results(of, linear)
    held.runs["cash_cost_last"] = 1e6 * held.design["x4"].to_numpy()[held.runs["row"]]
    held.plan["outcomes"].append("cash_cost_last")
    found = rank(held, {"trust_last": 1.0, "cash_cost_last": -1.0}, **FAST)
    right = {name: share / 2 for name, share in linear_answer().items()} | {"x4": 0.5}
    assert indices(found, "total") == pytest.approx(right, abs=0.04)


def test_each_scenario_and_structural_variant_is_ranked_by_itself() -> None:
    of = experiment("sobol", 64, LINEAR, structures=("structure.trust_rule",))

    def only_under_beta(x: pd.DataFrame) -> np.ndarray:
        return np.where(x["structure.trust_rule"] == "beta", 9 * x["x4"], linear(x))

    held = results(of, only_under_beta, noise=0.01)
    delta, beta = (rank(held, "trust_last", case=case, **FAST) for case in cases(held))
    assert delta.case.variant == {"structure.trust_rule": "delta"}
    assert (delta.table["enabler"][0], beta.table["enabler"][0]) == ("x1", "x4")
