"""The accepted ensemble: what it holds, who draws which member, and that runs, comparisons and sweeps take it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from doc_pages import commands, small
from sweeps import TEXT, finished
from typer.testing import CliRunner

from collabsim import accepted
from collabsim.accepted import ACCEPTED, FILE, ensemble, member_of, members_of, with_member
from collabsim.analysis.samples import sample
from collabsim.cli import app
from collabsim.experiment import replay
from collabsim.experiment.query import ask
from collabsim.experiment.results import load_results
from collabsim.parameters import PARAMETER, UNCERTAINTIES
from collabsim.scenario import load_scenario
from collabsim.validation.draws import is_switched_off
from collabsim.validation.patterns import PATTERNS

DRAWN = TEXT.replace("years = 1", 'years = 1\nuncertainty = "accepted"')


# --- what it holds --------------------------------------------------------------------------------


def test_the_ensemble_lies_inside_the_evidence_ranges_and_is_small() -> None:
    found = ensemble()
    assert found.size >= 100 and FILE.stat().st_size < 300_000
    for column, name in enumerate(found.names):
        values = found.values[:, column]
        assert PARAMETER[name].low <= values.min() and values.max() <= PARAMETER[name].high, name


def test_it_holds_every_uncertainty_but_the_features_that_are_off() -> None:
    assert set(ensemble().names) == {p.name for p in UNCERTAINTIES if not is_switched_off(p)}


def test_it_says_which_model_seed_and_criteria_it_was_made_with_and_no_pattern_held_out_is_among_them() -> (
    None
):
    told = ensemble().provenance
    assert told["model"] and told["seed"] and told["members"] == ensemble().size
    used = {(row["pattern"], row["what"]) for row in told["criteria"]}
    held_out = {(p.number, c.what) for p in PATTERNS for c in p.checks if (c.use or p.use) != "calibration"}
    assert len(used) > 25 and not used & held_out


# --- who draws whom ---------------------------------------------------------------------------------


def test_as_many_replicates_as_members_meet_each_once() -> None:
    size = ensemble().size
    assert {member_of(5, n) for n in range(size)} == set(range(size))
    assert [member_of(5, n + size) for n in range(9)] == [member_of(5, n) for n in range(9)]


def test_a_member_is_a_function_of_what_luck_is_a_function_of() -> None:
    assert [member_of(1, n) for n in range(20)] != [member_of(2, n) for n in range(20)]
    rows, replicates = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
    own = members_of(1, rows, replicates, common=False)
    assert own.tolist() == [member_of(1, n, 1 + row) for row, n in zip(rows, replicates, strict=True)]
    assert len(set(own[::3])) > 1
    shared = members_of(1, rows, replicates, common=True)
    assert shared.tolist() == [member_of(1, n) for n in replicates]


def test_what_somebody_decided_stays() -> None:
    scenario = load_scenario("mixed-partnership", {"trust.loss": 0.3})
    drawn = with_member(scenario, 0, keep=("trust.gain",))
    assert drawn.context["trust.loss"] == 0.3
    assert drawn.context["trust.gain"] == PARAMETER["trust.gain"].default
    assert drawn.context["trust.drift"] == ensemble().member(0)["trust.drift"]
    assert drawn.policy == scenario.policy


# --- runs and comparisons -----------------------------------------------------------------------------


def test_members_widen_what_luck_alone_gives_and_workers_change_nothing() -> None:
    scenario = load_scenario("mixed-partnership", years=1)
    one = sample(scenario, 12, workers=1, uncertainty=ACCEPTED).scalars["trust_last"]
    two = sample(scenario, 12, workers=2, uncertainty=ACCEPTED).scalars["trust_last"]
    plain = sample(scenario, 12).scalars["trust_last"]
    assert np.array_equal(one, two) and one.std() > 2 * plain.std()


def answered(*words: str) -> object:
    found = CliRunner().invoke(app, [*words, "--years", "1", "--replicates", "4", "-q", "--json"])
    assert found.exit_code == 0, found.stderr
    return json.loads(found.stdout)


def test_both_sides_of_a_comparison_meet_the_same_members() -> None:
    words = ("compare", "mixed-partnership", "--set", "turnover.nhs=0.19", "--uncertainty", "accepted")
    found = answered(*words)["comparisons"][0]["outcomes"]["trust_last"]["difference"]  # type: ignore[index]
    alone = answered(
        "compare", "mixed-partnership", "--set", "colocation.days=0", "--uncertainty", "accepted"
    )
    same = alone["comparisons"][0]["outcomes"]["trust_last"]["difference"]  # type: ignore[index]
    assert same["mean"] == 0 and found["mean"] != 0


def test_an_answer_says_that_it_drew_and_from_what() -> None:
    assert answered("run", "mixed-partnership", "--uncertainty", "accepted")["ensemble"] == ensemble().digest  # type: ignore[index]
    assert "ensemble" not in answered("run", "mixed-partnership")  # type: ignore[operator]


@pytest.mark.parametrize("command", ["run", "compare", "sweep"])
def test_a_wrong_word_gets_one_plain_sentence(command: str) -> None:
    what = ["grid"] if command == "sweep" else ["mixed-partnership", "--set", "colocation.days=1"]
    found = CliRunner().invoke(app, [command, *what, "--uncertainty", "acepted"])
    assert (
        found.exit_code == 2 and 'is "acepted"' in found.stderr and "did you mean accepted?" in found.stderr
    )


# --- sweeps ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("drawn"), DRAWN)


def test_the_runs_of_a_sweep_say_which_member_they_drew(swept: Path) -> None:
    runs = load_results(swept).runs
    assert runs.columns[:3].tolist() == ["row", "replicate", "member"]
    assert runs["member"].tolist() == [member_of(0, n) for n in runs["replicate"]]
    assert ask(swept, "select count(distinct member) as n from runs").to_pylist() == [{"n": 3}]


def test_a_run_of_a_sweep_that_drew_is_replayed_bit_for_bit(swept: Path) -> None:
    assert replay.again(replay.find(swept, 2, 1)).different == []


def test_a_sweep_that_draws_is_not_continued_without_and_one_without_has_no_column(
    swept: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(TEXT)
    refused = CliRunner().invoke(app, ["sweep", str(path), "--out", str(swept), "-q", "--workers", "1"])
    assert refused.exit_code != 0 and "where uncertainties come from" in refused.stderr
    assert "member" not in load_results(finished(tmp_path, TEXT)).runs


def test_a_worker_with_another_ensemble_computes_nothing(
    monkeypatch: pytest.MonkeyPatch, swept: Path
) -> None:
    from collabsim.experiment.chunk import run_chunk
    from collabsim.experiment.plan import make_task

    results = load_results(swept)
    plan = results.plans[0]
    scenarios = {"mixed-partnership": load_scenario("mixed-partnership", years=1)}
    task = make_task(plan, plan.chunks[0], results.design, scenarios)
    other = accepted.Ensemble(ensemble().names, ensemble().values + 1, {})
    monkeypatch.setattr("collabsim.experiment.chunk.ensemble", lambda: other)
    with pytest.raises(RuntimeError, match="another accepted ensemble"):
        run_chunk(task)


# --- the page -------------------------------------------------------------------------------------------


def test_every_command_of_the_how_to_page_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    quick = tuple(p for p in PATTERNS if p.number == 21)
    monkeypatch.setattr("collabsim.validation.report.PATTERNS", quick)
    found = commands("docs/how-to/validate.md")
    assert len(found) >= 7
    for words in found:
        result = CliRunner().invoke(app, small(words))
        assert (result.exit_code, bool(result.stdout)) == (0, True), (words, result.stderr)
