"""Policies across states of the world: regret, places and satisficing by hand, and what the command says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sweeps import finished
from typer.testing import CliRunner

from collabsim.analysis.robustness import (
    CannotCompare,
    Panel,
    kendalls_w,
    panel,
    places,
    regret,
    robustness,
    survivors,
)
from collabsim.analysis.robustness_words import agreement, sentences, states_of
from collabsim.analysis.where import Where
from collabsim.cli import app
from collabsim.dashboard import findings
from collabsim.experiment.results import load_results
from collabsim.figures.places import in_words
from collabsim.figures.places import places as places_figure

HAND = np.array([[3.0, 1.0, 2.0], [2.0, 4.0, 2.0], [0.0, 3.0, 5.0]])
"""Three policies in three states, more being better."""


def test_regret_is_what_the_best_policy_of_the_state_is_ahead() -> None:
    assert regret(HAND).tolist() == [[0, 3, 3], [1, 0, 3], [3, 1, 0]]
    assert regret(HAND).max(axis=1).tolist() == [3, 3, 3]


def test_places_are_shared_by_equals() -> None:
    assert places(HAND).tolist() == [[1, 3, 2], [2, 1, 2], [3, 2, 1]]


def test_concordance_is_one_for_one_order_and_zero_for_opposite_ones() -> None:
    order = np.array([1, 2, 3, 4])
    assert kendalls_w(np.column_stack([order, order, order])) == pytest.approx(1)
    assert kendalls_w(np.column_stack([order, order[::-1]])) == pytest.approx(0)


def test_concordance_counts_ties_and_is_no_number_where_all_is_tied() -> None:
    tied = places(np.tile([[3.0], [1.0], [1.0], [1.0], [1.0]], 4))
    assert kendalls_w(tied) == pytest.approx(1)
    assert np.isnan(kendalls_w(places(np.zeros((5, 4)))))
    half = places(np.array([[3.0, 0.0], [1.0, 0.0], [0.0, 0.0]]))  # ranks 1 2 3 and 2 2 2: T = 24
    assert kendalls_w(half) == pytest.approx(12 * 2 / (4 * 24 - 2 * 24))


def test_where_there_is_no_order_words_say_so() -> None:
    found = robustness(made(np.zeros((3, 2))), draws=50)
    assert np.isnan(found.agreement) and "cannot be told" in agreement(found)
    assert "is 1.00:" in agreement(robustness(made(HAND[:, [0, 0]]), draws=50))


def made(means: np.ndarray, better: str = "higher", noise: float = 0.0, replicates: int = 30) -> Panel:
    luck = np.random.default_rng(1).normal(0, 1, (1, means.shape[1], replicates))
    own = np.random.default_rng(2).normal(0, noise, (*means.shape, replicates))
    names = tuple(f"policy {n}" for n in range(len(means)))
    states = tuple(f"state {n}" for n in range(means.shape[1]))
    return Panel("trust_last", better, names, states, means[:, :, None] + luck + own)


def test_a_panel_by_hand_gives_gains_places_regret_and_what_is_good_enough() -> None:
    means = np.array([[0.0, 0.0], [2.0, 2.0], [3.0, -1.0], [1.0, 1.0]])
    found = robustness(made(means), Where("trust_last", ">", 0.9), top=1, draws=200)
    table = found.table.set_index("policy")
    assert table.loc["policy 1", "gain"] == pytest.approx(2)
    assert table.loc["policy 2", ["best_place", "worst_place"]].tolist() == [1, 3]
    assert table.loc[["policy 1", "policy 2", "policy 3"], "max_regret"].tolist() == pytest.approx([1, 3, 2])
    assert table.loc["policy 2", ["surely_better", "surely_worse"]].tolist() == [1, 1]
    assert found.table["policy"].tolist()[0] == "policy 1"
    always, lost, turning = survivors(found)
    assert (always, lost, turning) == ([], ["policy 2"], ["policy 2"])


def test_lower_is_better_turns_places_and_keeps_the_sign_of_gains() -> None:
    found = robustness(made(np.array([[0.0, 0.0], [-1.0, -1.0], [1.0, 1.0]]), "lower"), draws=100)
    table = found.table.set_index("policy")
    assert table["place"].to_dict() == {"policy 1": 1, "policy 2": 2}
    assert table.loc["policy 1", "gain"] == pytest.approx(-1) and table.loc["policy 1", "high"] < 0
    assert table.loc["policy 2", "max_regret"] == pytest.approx(2)


def test_noise_shows_in_intervals_in_chances_and_in_how_flattered_the_best_is() -> None:
    means = np.zeros((6, 3))
    found = robustness(made(means, noise=1.0, replicates=20), top=1, draws=400)
    assert ((found.table["low"] < 0) & (found.table["high"] > 0)).sum() >= 4
    assert found.table["p_top"].max() < 0.9 and found.luck > 0
    assert next(sentences(found)).startswith("Cannot name one")


def test_what_is_said_is_what_the_table_holds() -> None:
    means = np.array([[0.0, 0.0, 0.0], [2.0, 2.0, 2.0], [3.0, 1.0, -1.0], [0.1, 1.5, 0.2]])
    where = Where("trust_last", ">", 1.9)
    found = robustness(made(means), where, top=2, draws=100)
    said = " ".join(sentences(found, where))
    assert "in all 3 states of the world: policy 1" in said
    assert "What does not survive: policy 2 (out in 2 of 3 states)" in said
    assert "Better in some states and worse in others, surely: policy 2." in said
    assert "in 3 of 3 states: policy 1" in said
    assert "policy 1 places 1 to 2" in in_words(found)
    assert (
        places_figure(found).data[0].z.tolist() == found.place.loc[found.table["policy"]].to_numpy().tolist()
    )


def test_with_one_state_nothing_is_said_of_what_survives_or_agrees() -> None:
    found = robustness(made(np.array([[0.0], [2.0], [1.0]])), draws=50)
    (said,) = sentences(found)
    assert "cannot be told from one state of the world" in said and "policy" not in said
    assert agreement(found) == "" and states_of(found) == "1 state of the world"
    where = Where("trust_last", ">", 0.5)
    assert "in the one state: " in list(sentences(found, where))[1]


def test_agreement_says_what_w_is_and_never_nan() -> None:
    found = robustness(made(np.array([[0.0, 0.0], [2.0, 2.0], [1.0, 1.0]])), draws=50)
    assert "Kendall's W of the places over 2 states of the world is 1.00: 1 is the same order" in agreement(
        found
    )
    tied = replace(found, agreement=float("nan"))
    assert "cannot be told" in agreement(tied) and "nan" not in agreement(tied)
    alone = robustness(made(np.array([[0.0, 0.0], [2.0, 2.0]])), draws=50)
    assert "one policy" in agreement(alone)


def test_the_command_and_the_dashboard_print_no_nan_for_one_state(tmp_path: Path) -> None:
    one = finished(tmp_path, GRID.replace('structures = ["trust_rule", "sharing_rule"]\n', ""))
    shown = CliRunner().invoke(app, ["robust", str(one)], prog_name="collabsim")
    assert shown.exit_code == 0 and "nan" not in shown.stdout and "Among the top" not in shown.stdout
    assert "in 1 state of the world" in shown.stdout
    told = findings._robust(load_results(one, design_columns=False), "trust_last")["sentences"]
    assert len(told) == 1 and "nan" not in told[0]


# --- from results -------------------------------------------------------------------------------

GRID = """
scenarios = ["mixed-partnership"]
years = 1
replicates = 4
structures = ["trust_rule", "sharing_rule"]
outcomes = ["trust_last", "quits_last", "continuity_last"]
[design]
kind = "grid"
[factors.handover]
standard = ["none", "overlap"]
[factors.funding]
grant_months = [12, 36]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("grid"), GRID)


def test_policies_are_levers_states_are_structures_and_values_stand_where_they_belong(folder: Path) -> None:
    results = load_results(folder, design_columns=False)
    found = panel(results, "trust_last")
    assert found.policies[1] == "handover.standard none, funding.grant_months 36"
    assert found.states[1] == "trust_rule delta, sharing_rule privacy-calculus"
    row = results.design.query("`structure.sharing_rule` != 'logistic' and `structure.trust_rule` == 'delta'")
    row = row[(row["handover.standard"] == "none") & (row["funding.grant_months"] == 36)].index[0]
    stored = results.runs.loc[results.runs["row"] == row, "trust_last"]
    assert found.values[1, 1].tolist() == stored.tolist()


def test_a_replicate_that_failed_somewhere_is_left_out_everywhere(folder: Path) -> None:
    results = load_results(folder, design_columns=False)
    whole = panel(results, "trust_last")
    failed = (results.runs["row"] == 5) & (results.runs["replicate"] == 2)
    results.runs["trust_last"] = results.runs["trust_last"].mask(failed)
    found = robustness(panel(results, "trust_last"), draws=50)
    kept = whole.values[:, :, [0, 1, 3]].mean(axis=2)
    assert found.gains.to_numpy() == pytest.approx(kept[1:] - kept[:1])


def test_accepted_members_are_states_where_each_was_run_more_than_once(folder: Path) -> None:
    results = load_results(folder, design_columns=False)
    whole = panel(results, "trust_last")
    results.runs["member"] = results.runs["replicate"] % 2
    found = panel(results, "trust_last")
    assert len(found.states) == 2 * len(whole.states) and found.states[1].endswith(", member 1")
    assert found.values[2, 3].tolist() == whole.values[2, 1, [1, 3]].tolist()
    results.runs["member"] = results.runs["replicate"]
    assert panel(results, "trust_last").states == whole.states


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.plan.update(common=False), "same luck"),
        (lambda r: r.design.update(r.design.iloc[[0]].set_axis([15])), "not each policy once"),
    ],
)
def test_results_without_pairs_are_refused_in_a_sentence(folder: Path, change: Any, said: str) -> None:
    results = load_results(folder, design_columns=False)
    change(results)
    with pytest.raises(CannotCompare, match=said):
        panel(results, "trust_last")


def call(*words: str) -> Any:
    return CliRunner().invoke(app, ["robust", *words], prog_name="collabsim")


def test_the_command_prints_and_writes_one_answer(folder: Path, tmp_path: Path) -> None:
    words = [str(folder), "--where", "trust_last > 0.5", "--top", "1"]
    said = call(*words, "--out", str(tmp_path / "out"), "-q")
    assert said.exit_code == 0, said.stderr
    content = json.loads(call(*words, "--json").stdout)
    assert content == json.loads((tmp_path / "out" / "robust.json").read_text())
    flat = " ".join(said.stdout.split())
    assert all(" ".join(sentence.split()) in flat for sentence in content["sentences"])
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"robust.json", "robust.html", "policies.csv", "gains.csv", "places.csv", "regrets.csv"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--outcome", "trust_lst"], "did you mean trust_last?"),
        (["--base", "handover.standard none, funding.grant_months 3"], "did you mean handover"),
        (["--outcome", "quits_last", "--where", "trust_last > 1"], "must be one"),
        (["--top", "0"], "--top is 0"),
    ],
)
def test_wrong_words_are_refused_and_nothing_is_written(
    folder: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    result = call(str(folder), *words, "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "") and said in result.stderr, result.stderr
    assert not (tmp_path / "out").exists()
