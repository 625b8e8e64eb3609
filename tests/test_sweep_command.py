"""`collabsim sweep`: what it says before, what it leaves behind, and what it refuses."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from bad_experiments import BAD_EXPERIMENTS, BadExperiment
from sweeps import TEXT
from typer.testing import CliRunner

from collabsim.cli import app
from collabsim.cli.sweep import duration, size_of
from collabsim.experiment.results import load_results
from collabsim.library import shipped_names


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(TEXT)
    return tmp_path


def call(*words: str) -> Any:
    return CliRunner().invoke(app, list(words), prog_name="collabsim")


def test_a_dry_run_says_rows_runs_time_and_disk_and_writes_nothing(here: Path) -> None:
    result = call("sweep", "mine.toml", "--dry-run")
    assert result.exit_code == 0, result.stderr
    for pattern in (
        r"Rows +4\n",
        r"Runs +12 \(3 of each row\)",
        r"Time +about .+ ms a run",
        r"Disk +about \d+ \wB",
    ):
        assert re.search(pattern, result.stdout), result.stdout
    content = json.loads(call("sweep", "mine.toml", "--dry-run", "--replicates", "5", "--json").stdout)
    assert (content["rows"], content["runs"]) == (4, 20)
    assert content["seconds"] > 0 and content["bytes"] > 0
    assert [path.name for path in here.iterdir()] == ["mine.toml"]


def test_a_sweep_says_how_much_it_is_runs_it_and_goes_on_with_it(here: Path) -> None:
    result = call("sweep", "mine.toml", "--workers", "1")
    assert result.exit_code == 0, result.stderr
    assert "4 rows of 3 replicates, 12 runs, about" in result.stderr
    results = load_results("results/mine")
    assert results.complete and len(results.runs) == 12
    more = call("sweep", "mine.toml", "--workers", "1", "--replicates", "4", "--json", "-q")
    assert more.stderr == ""
    assert json.loads(more.stdout)["finished"] == 16
    assert (
        load_results("results/mine").runs["trust_last"].iloc[:3] == results.runs["trust_last"].iloc[:3]
    ).all()


def test_quiet_is_quiet_and_another_seed_is_refused(here: Path) -> None:
    quiet = call("sweep", "mine.toml", "--out", "here", "--workers", "1", "-q")
    assert (quiet.exit_code, quiet.stdout, quiet.stderr) == (0, "", "")
    refused = call("sweep", "mine.toml", "--out", "here", "--seed", "1", "-q")
    assert refused.exit_code == 2 and "seed" in refused.stderr


def test_years_left_out_are_the_only_thing_that_is_said_to_differ(here: Path) -> None:
    (here / "mine.toml").write_text(TEXT.replace("years = 1\n", ""))
    words = ("sweep", "mine.toml", "--workers", "1", "-q")
    assert call(*words, "--years", "2").exit_code == 0
    refused = call(*words)
    assert refused.exit_code == 2
    assert ": years: 2 then, each scenario's own now (--years 2 goes on with it). Name" in refused.stderr


@pytest.mark.parametrize("bad", BAD_EXPERIMENTS, ids=lambda bad: bad.name)
def test_a_bad_experiment_is_refused_and_nothing_is_written(bad: BadExperiment, tmp_path: Path) -> None:
    path = bad.written(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for words in (["sweep", str(path), "--out", str(tmp_path / "out")], ["check", str(path)]):
        result = call(*words)
        assert result.exit_code == 2 and result.stdout == ""
        if words[0] == "sweep" or "[design]" in bad.text:
            assert all(word in result.stderr for word in bad.words)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sweep"], "collabsim sweep needs EXPERIMENT"),
        (["sweep", "enabler-rankin"], "did you mean enabler-ranking?"),
        (["sweep", "nowhere.toml"], "no such file"),
        (["sweep", "mine.toml", "--progress", "bra"], "did you mean bar?"),
        (["sweep", "mine.toml", "--replicates", "0"], "--replicates is 0"),
        (["sweep", "mine.toml", "--size", "4"], "size is not a known key"),
        (["sweep", "mine.toml", "--out", "mine.toml"], "a file, not a folder"),
        (["query"], "collabsim query needs RESULTS"),
        (["replay", "results"], "collabsim replay needs"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_wrong_words_are_refused_in_a_sentence(words: list[str], said: str, here: Path) -> None:
    result = call(*words)
    assert result.exit_code == 2 and said in result.stderr, result.stderr
    assert [path.name for path in here.iterdir()] == ["mine.toml"]


def test_check_says_what_an_experiment_holds(here: Path) -> None:
    names = [name for name in shipped_names("experiments") if name != "short-term-funding"]
    result = call("check", "mine.toml", *names)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("mine.toml: right. An experiment: grid, 4 rows, 12 runs.\n")
    assert len(result.stdout.splitlines()) == 1 + len(names)


def test_times_and_sizes_are_said_in_the_unit_that_suits_them() -> None:
    assert [duration(s) for s in (0.01, 89, 600, 9000, 1e6)] == [
        "1 s",
        "89 s",
        "10 min",
        "2.5 h",
        "11.6 days",
    ]
    assert [size_of(b) for b in (10, 25_000, 131e6, 3.7e9, 2e12)] == [
        "10 B",
        "25 kB",
        "131 MB",
        "4 GB",
        "2.0 TB",
    ]


def test_the_study_of_the_how_to_page_can_be_run_and_asked(here: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "run-a-study.md").read_text()
    for block in re.findall(r"```\n(collabsim .*?)```", page, re.DOTALL):
        small = ["--replicates", "4", "--workers", "1"] if "sweep" in block and "dry" not in block else []
        result = call(*shlex.split(block.replace("\n", " "))[1:], *small)
        assert result.exit_code == 0, (block, result.stderr)
    assert "stored numbers bit for bit" in result.stdout
    assert len(list((here / "run-17-3").iterdir())) == 8


def test_every_option_is_documented() -> None:
    page = (Path(__file__).parents[1] / "docs" / "reference" / "command-line.md").read_text()
    for command in ("sweep", "query", "replay"):
        for option in re.findall(r"^ +(--[a-z-]+)", call(command, "--help").stdout, re.MULTILINE):
            assert f"`{option}" in page, (command, option)
