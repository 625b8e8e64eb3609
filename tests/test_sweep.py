"""Sweeps when nothing goes wrong: the same numbers however they are computed; resumed, extended, refused."""

import io
import json
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import sweep_faults
from hypothesis import given
from hypothesis import strategies as st

import collabsim
from collabsim import outcomes
from collabsim.checks import ScenarioErrors
from collabsim.experiment import plan as planning
from collabsim.experiment import store
from collabsim.experiment.chunk import run_chunk
from collabsim.experiment.ending import REFUSED
from collabsim.experiment.execute import run_sweep
from collabsim.experiment.progress import JsonLines, Lines
from collabsim.experiment.replay import again, find
from collabsim.experiment.results import NoResults, load_results, part_files
from collabsim.model.simulate import run_once, simulate
from collabsim.scenario import load_scenario


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    for module, name in ((planning, "measured"), (planning, "SHORTEST"), (store, "PACK")):
        monkeypatch.setattr(module, name, getattr(module, name))
    sweep_faults.cut_small()


def sweep(out, experiment=None, rows=None, **more):
    experiment = experiment or sweep_faults.experiment()
    rows = sweep_faults.design() if rows is None else rows
    return run_sweep(experiment, out, rows=rows, **{"workers": 1, "progress": "quiet", **more})


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("sweep") / "serial"
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((planning, "measured"), (planning, "SHORTEST"), (store, "PACK")):
            patch.setattr(module, name, getattr(module, name))
        sweep_faults.cut_small()
        assert sweep(out).status == 0
    return out


def computed(log):
    """The runs that were computed, as (row, replicate)."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [tuple(int(word) for word in line.split()) for line in lines]


# --- numbers --------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_model_run_by_hand(finished):
    runs = load_results(finished).runs
    scenario = load_scenario("short-term-funding", {"funding.grant_months": 18.0}, years=1)
    by_hand = outcomes.scalars(simulate(scenario, 8, seed=7, row=1 + 5), scenario)
    stored = runs[runs["row"] == 5]
    assert stored["scenario"].unique() == ["short-term-funding"]
    for name in load_results(finished).outcomes:
        np.testing.assert_array_equal(stored[name].to_numpy(), by_hand[name])


def test_with_common_luck_every_row_meets_row_zero(tmp_path):
    experiment = sweep_faults.experiment(common=True, outcomes=("trust_last",), replicates=2)
    sweep(tmp_path / "out", experiment)
    runs = load_results(tmp_path / "out").runs
    scenario = load_scenario("mixed-partnership", {"funding.grant_months": 6.0}, years=1)
    by_hand = outcomes.scalars(simulate(scenario, 2, seed=7), scenario)["trust_last"]
    np.testing.assert_array_equal(runs["trust_last"][:2].to_numpy(), by_hand)


def test_two_workers_give_the_same_table(finished, tmp_path):
    ending = sweep(tmp_path / "out", workers=2)
    assert (ending.status, ending.finished, ending.failed) == (0, 96, 0)
    pd.testing.assert_frame_equal(load_results(tmp_path / "out").runs, load_results(finished).runs)
    assert load_results(tmp_path / "out").digest == load_results(finished).digest


def test_an_empty_cell_leaves_the_scenario_its_own_value(tmp_path):
    rows = pd.DataFrame({"scenario": ["mixed-partnership"] * 2, "funding.grant_months": [np.nan, 12.0]})
    own = load_scenario("mixed-partnership").policy["funding.grant_months"]
    rows.loc[1, "funding.grant_months"] = own
    sweep(tmp_path / "out", sweep_faults.experiment(common=True, replicates=2), rows)
    runs = load_results(tmp_path / "out").runs.drop(columns=["row", "funding.grant_months"])
    pd.testing.assert_frame_equal(runs[:2], runs[2:].reset_index(drop=True))


def test_trajectories_hold_every_month_of_every_run(tmp_path):
    experiment = sweep_faults.experiment(replicates=2, trajectories=True)
    sweep(tmp_path / "out", experiment)
    series = load_results(tmp_path / "out").series
    assert len(series) == 12 * 2 * 36
    assert (series["month"].min(), series["month"].max()) == (-24, 11)
    scenario = load_scenario("mixed-partnership", {"funding.grant_months": 6.0}, years=1)
    by_hand = outcomes.monthly(outcomes.OUTCOME["trust"], simulate(scenario, 2, seed=7, row=1).series)
    stored = series[series["row"] == 0]["trust"].to_numpy().reshape(2, 36)
    np.testing.assert_array_equal(stored, by_hand.astype(np.float32))


def test_one_failing_run_among_ten_thousand_leaves_the_others_intact_and_can_be_replayed(tmp_path):
    rows = pd.DataFrame({"scenario": ["mixed-partnership"] * 1000})
    run = partial(sweep_faults.cheap, fateful=(617, 3))
    experiment = sweep_faults.experiment(replicates=10, outcomes=("trust_last",))
    planning.measured = lambda scenarios, given=None: dict.fromkeys(scenarios, 0.001)
    ending = sweep(tmp_path / "out", experiment, rows, compute=partial(run_chunk, run=run))
    results = load_results(tmp_path / "out")
    assert (ending.status, ending.failed, len(results.runs), results.complete) == (0, 1, 9999, True)
    failure = results.failures.iloc[0]
    assert (failure["row"], failure["replicate"], failure["seed"]) == (617, 3, 7)
    assert failure["error"] == "ValueError: made to fail"
    assert "in cheap" in failure["traceback"]
    assert results.runs["trust_last"].tolist() == [
        (50 + (row + 1) % 50) / 100 for row in range(1000) for n in range(10) if (row, n) != (617, 3)
    ]
    recorded = find(tmp_path / "out", 617, 3)
    assert (recorded.stored, recorded.failure) == (None, "ValueError: made to fail")
    by_hand = run_once(load_scenario("mixed-partnership", years=1), 7, 3, 618)
    np.testing.assert_array_equal(again(recorded).run.series, by_hand.series)


# --- resuming, extending, refusing ----------------------------------------------------------------


def test_the_same_sweep_again_computes_nothing(tmp_path):
    log = tmp_path / "log"
    for _ in range(2):
        assert sweep(tmp_path / "out", compute=sweep_faults.compute(log=log)).status == 0
    assert len(computed(log)) == 96


@pytest.mark.parametrize("workers", [1, 2])
def test_more_replicates_and_more_rows_extend_what_is_there(finished, tmp_path, workers):
    out, log = tmp_path / "out", tmp_path / "log"
    compute = sweep_faults.compute(log=log)
    small = sweep_faults.experiment(replicates=3)
    for experiment, doses in (
        (small, 2),
        (small, 5),
        (sweep_faults.experiment(), 5),
        (sweep_faults.experiment(), 6),
    ):
        rows = sweep_faults.design(sweep_faults.DOSES[:doses])
        assert sweep(out, experiment, rows, compute=compute, workers=workers).status == 0
    assert len(computed(log)) == len(set(computed(log))) == 96
    assert len(load_results(out).plans) == 4
    pd.testing.assert_frame_equal(load_results(out).runs, load_results(finished).runs)


def _changed_rows():
    rows = sweep_faults.design()
    rows.loc[3, "funding.grant_months"] = 13.0
    return rows


@pytest.mark.parametrize(
    ("changes", "rows", "told"),
    [
        ({"seed": 8}, None, "seed: 7 then, 8 now"),
        ({"years": 2}, None, "years: 1 then, 2 now"),
        ({"common": True}, None, "common: false then, true now"),
        ({"replicates": 4}, None, "replicates: 8 then, 4 now"),
        ({"outcomes": ("trust_last", "quits_year_1")}, None, "now without"),
        ({"trajectories": True}, None, "trajectories: false then, true now"),
        ({}, _changed_rows(), "the first 12 rows of the design"),
        ({}, sweep_faults.design().iloc[:6], "rows: 12 then, 6 now"),
        (
            {},
            sweep_faults.design().assign(**{"trust.gain": 0.1}),
            "the design's columns: now with trust.gain",
        ),
    ],
)
def test_a_changed_experiment_is_refused_with_what_changed(finished, changes, rows, told):
    before = sorted(finished.rglob("*.*"))
    ending = sweep(finished, sweep_faults.experiment(**changes), rows)
    assert ending.status == REFUSED
    assert told in ending.sentence
    assert sorted(finished.rglob("*.*")) == before


def test_a_changed_scenario_or_other_code_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "own.toml"
    path.write_text('extends = "mixed-partnership"\n')
    experiment = sweep_faults.experiment(scenarios=(str(path),), replicates=1, outcomes=("trust_last",))
    rows = pd.DataFrame({"scenario": ["own"]})
    assert sweep(tmp_path / "out", experiment, rows).status == 0
    path.write_text('extends = "mixed-partnership"\n[policy.funding]\ngrant_months = 9\n')
    assert "the scenario own" in sweep(tmp_path / "out", experiment, rows).sentence
    path.write_text('extends = "mixed-partnership"\n')
    other = {**planning.stamp(), "numpy": "1.0", "model": "0"}
    monkeypatch.setattr(planning, "stamp", lambda: other)
    sentence = sweep(tmp_path / "out", experiment, rows).sentence
    assert "numpy" in sentence
    assert "the model's sources" in sentence


def test_a_fresh_start_keeps_the_earlier_results_aside(tmp_path):
    out = tmp_path / "out"
    few = sweep_faults.experiment(replicates=1)
    sweep(out, few)
    earlier = load_results(out).digest
    assert sweep(out, replace(few, seed=8), fresh=True).status == 0
    assert load_results(out).plan["seed"] == 8
    (aside,) = (out / "earlier").iterdir()
    assert load_results(aside).digest == earlier


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    for fresh in (False, True):
        ending = sweep(tmp_path, fresh=fresh)
        assert (ending.status, sorted(p.name for p in tmp_path.iterdir())) == (REFUSED, ["thesis.txt"])


def test_a_plan_changed_by_hand_is_refused(tmp_path):
    out = tmp_path / "out"
    sweep(out, sweep_faults.experiment(replicates=1))
    plan = out / "plan.json"
    plan.write_text(plan.read_text().replace('"seed": 7', '"seed": 9'))
    ending = sweep(out, sweep_faults.experiment(replicates=1, seed=9))
    assert ending.status == REFUSED
    assert "plan.json is damaged or was changed" in ending.sentence
    with pytest.raises(NoResults, match="damaged or was changed"):
        load_results(out)


def test_an_unknown_scenario_is_named_before_anything_is_written(tmp_path):
    with pytest.raises(ScenarioErrors, match="mixd"):
        sweep(tmp_path / "out", rows=pd.DataFrame({"scenario": ["mixd-partnership"]}))
    assert not (tmp_path / "out" / "plan.json").exists()


# --- the folder -----------------------------------------------------------------------------------


def test_the_package_loads_results(finished):
    assert collabsim.load_results(finished).complete


def test_some_outcomes_can_be_read_without_the_design(finished):
    some = load_results(finished, ["trust_last"], design_columns=False)
    assert list(some.runs.columns) == ["row", "replicate", "trust_last"]
    assert some.outcomes == ["trust_last"]


def test_no_results_are_told_plainly(tmp_path):
    with pytest.raises(NoResults, match="holds no results"):
        load_results(tmp_path)


def test_finished_chunks_are_packed(finished):
    assert [file.name for file in part_files(finished)] == [
        "000000-000007.parquet",
        "000008-000015.parquet",
        "000016-000023.parquet",
    ]
    assert sorted(file.name for file in (finished / "parts").iterdir()) == [
        f.name for f in part_files(finished)
    ]


def test_the_scenarios_as_resolved_are_kept(finished):
    plan = load_results(finished).plan
    for name, digest in plan["scenarios"].items():
        assert load_scenario(finished / "scenarios" / f"{name}.toml").digest == digest


def test_no_place_of_this_machine_is_in_the_folder(tmp_path, finished):
    for file in ("plan.json", "resolved.json"):
        assert str(finished.parent) not in (finished / file).read_text()


# --- chunks and progress --------------------------------------------------------------------------


@given(
    cost=st.lists(st.floats(1e-4, 3), min_size=1, max_size=60),
    first=st.integers(0, 3),
    count=st.integers(0, 40),
    most=st.floats(0.05, 2),
)
def test_chunks_hold_every_run_once_and_are_no_longer_than_asked(cost, first, count, most):
    chunks = list(planning.cut(5, np.array(cost), first, first + count, most))
    runs = [(r, n) for chunk in chunks for r, n in zip(*(key.tolist() for key in chunk.keys()), strict=True)]  # noqa: SIM118
    assert runs == [(5 + row, first + n) for row in range(len(cost)) for n in range(count)]
    for chunk in chunks:
        seconds = sum(cost[r - 5] for r in chunk.keys()[0])
        assert seconds <= most * (1 + 1e-9) or chunk.runs == 1
    assert all(a.end_row <= b.first_row or a.end_replicate == b.first_replicate for a, b in pairwise(chunks))


def test_progress_for_programs_is_one_object_a_line(tmp_path):
    stream = io.StringIO()
    sweep(tmp_path / "out", sweep_faults.experiment(replicates=1), progress=JsonLines(stream))
    events = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (events[0]["event"], events[0]["runs"]) == ("begin", 12)
    assert (events[-1]["event"], events[-1]["status"], events[-1]["finished"]) == ("end", 0, 12)
    assert [e["finished"] for e in events if e["event"] == "progress"][-1] == 12


def test_plain_progress_tells_rate_and_time_left(monkeypatch):
    monkeypatch.setattr("collabsim.experiment.progress.SECONDS_BETWEEN_LINES", 0.0)
    stream = io.StringIO()
    lines = Lines(stream)
    lines.begin(1000, 100)
    lines.advance(50, 1)
    first, second = stream.getvalue().splitlines()
    assert first == "1,000 runs, 100 of them done before."
    assert second.startswith("150 of 1,000 runs done, 1 failed, ")
    assert second.endswith(" left.")


def test_quiet_progress_says_nothing(tmp_path, capsys):
    sweep(tmp_path / "out", sweep_faults.experiment(replicates=1))
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""
