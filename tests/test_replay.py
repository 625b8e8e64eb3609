"""A recorded run is run again, bit for bit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sweeps import TEXT, finished
from typer.testing import CliRunner

from collabsim.cli import app
from collabsim.experiment import replay
from collabsim.experiment.results import load_results

OWN_LUCK = TEXT.replace("replicates = 3", "replicates = 3\ncommon = false")


@pytest.fixture(scope="module", params=[TEXT, OWN_LUCK], ids=["common luck", "luck of its own"])
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("replay"), request.param)


def call(*words: str | Path) -> Any:
    return CliRunner().invoke(app, ["replay", *map(str, words)], prog_name="collabsim")


def test_every_run_gives_its_stored_numbers_again(results: Path) -> None:
    stored = load_results(results).runs
    for row, replicate in ((0, 0), (0, 2), (3, 1)):
        found = replay.again(replay.find(results, row, replicate))
        expected = stored[(stored["row"] == row) & (stored["replicate"] == replicate)].iloc[0]
        assert found.different == []
        assert found.values["trust_last"] == expected["trust_last"]


def test_a_row_has_its_values_and_its_years(results: Path) -> None:
    scenario = replay.find(results, 3, 0).scenario
    assert (scenario.policy["funding.grant_months"], scenario.policy["handover.standard"]) == (36, "overlap")
    assert scenario.years == 1


def test_the_command_says_that_the_numbers_are_the_same(results: Path) -> None:
    result = call(results, "--run", "3/1")
    assert result.exit_code == 0
    assert "gives the stored numbers bit for bit: 3 outcomes." in result.stdout
    content = json.loads(call(results, "--run", "3/1", "--json").stdout)
    assert content["identical"] is True and content["stored"]["trust_last"] == content["again"]["trust_last"]


def test_a_row_alone_means_its_first_replicate(results: Path) -> None:
    found = json.loads(call(results, "--run", "2", "--json").stdout)
    assert (found["row"], found["replicate"]) == (2, 0)


def test_trajectory_and_tables_are_those_of_that_run(results: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert call(results, "--run", "3/1", "--out", folder).exit_code == 0
    monthly = pd.read_csv(folder / "monthly.csv")
    assert (monthly["month"].iloc[0], monthly["month"].iloc[-1]) == (-23, 12)
    staff = pd.read_parquet(folder / "staff.parquet")
    assert set(staff["replicate"]) == {1}
    found = replay.again(replay.find(results, 3, 1), record=("staff",))
    quits = int(found.run.series["quits"].sum())
    assert (staff["reason"] == "quit").sum() == quits
    provenance = json.loads((folder / "provenance.json").read_text())
    assert (provenance["row"], provenance["replicate"]) == (3, 1)


@pytest.mark.parametrize("word", ["4", "0/3", "-1", "x", "1/2/3", "1/", "", "9" * 13])
def test_a_run_that_is_not_there_is_refused(word: str, results: Path, tmp_path: Path) -> None:
    result = call(results, f"--run={word}", "--out", tmp_path / "run")
    assert result.exit_code == 2 and not (tmp_path / "run").exists()
    assert len(result.stderr.splitlines()) == 1 and "--run" in result.stderr


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    assert "holds no results" in call(tmp_path, "--run", "0").stderr


def test_a_run_that_is_not_finished_is_said_to_be_so(tmp_path: Path) -> None:
    results = finished(tmp_path)
    for part in (results / "parts").iterdir():
        part.unlink()
    result = call(results, "--run", "0")
    assert result.exit_code == 2 and "not finished yet" in result.stderr


def test_a_scenario_that_was_changed_in_the_folder_is_refused(tmp_path: Path) -> None:
    results = finished(tmp_path)
    file = results / "scenarios" / "mixed-partnership.toml"
    file.write_text(file.read_text().replace("posts = 12", "posts = 11"))
    result = call(results, "--run", "0")
    assert result.exit_code == 2 and "not the one that the sweep ran" in result.stderr


def test_other_numbers_are_a_failure_that_names_them(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = replay.find(results, 0, 0)
    assert real.stored is not None
    other = replace(real, stored={**real.stored, "trust_last": 0.25}, changed=("model",))
    monkeypatch.setattr(replay, "find", lambda *_: other)
    result = call(results, "--run", "0")
    assert result.exit_code == 1
    assert "gives other numbers: trust_last 0.25 then" in result.stderr
    assert "another model" in result.stderr


def test_a_run_that_failed_and_fails_again_is_said_to_do_so(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = replace(replay.find(results, 0, 0), stored=None, failure="ValueError: no")

    def fails(*_: Any, **__: Any) -> None:
        raise ValueError("no")

    monkeypatch.setattr(replay, "find", lambda *_: failed)
    assert "does not now" in call(results, "--run", "0").stdout
    monkeypatch.setattr(replay, "run_once", fails)
    result = call(results, "--run", "0")
    assert result.exit_code == 1
    assert result.stderr == "Run 0/0 fails, as it did in the sweep (ValueError: no): ValueError: no.\n"
