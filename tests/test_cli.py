"""The command line: what it prints, where, with which status, and what it says when something is wrong."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bad_scenarios import AGENCIES, BAD_SCENARIOS, BadScenario
from typer.testing import CliRunner

import collabsim
from collabsim.analysis import samples
from collabsim.analysis.differences import estimate
from collabsim.cli import app, files
from collabsim.library import scenario_names
from collabsim.model import COMPILING, compiled, week
from collabsim.outcomes import OUTCOMES, scalar_names
from collabsim.parameters import PARAMETERS, json_schema
from collabsim.provenance import NOTE
from collabsim.scenario import load_scenario
from collabsim.validation.patterns import PATTERNS

ROOT = Path(__file__).parent.parent
HEAVY = {"numpy", "numba", "pandas", "pyarrow", "scipy", "mesa", "plotly"}
FEW = ("--years", "1", "--replicates", "3")


def call(*words: str) -> Any:
    return CliRunner().invoke(app, list(words), prog_name="collabsim")


def answer(*words: str) -> str:
    """What a command that must succeed puts on standard output."""
    result = call(*words)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def answer_json(*words: str) -> Any:
    return json.loads(answer(*words, "--json"))


def refusal(*words: str) -> list[str]:
    """The sentences of a command that must refuse its input."""
    result = call(*words)
    assert result.exit_code == 2, (result.exit_code, result.stderr)
    assert result.stdout == ""
    sentences = result.stderr.splitlines()
    assert sentences
    for sentence in sentences:
        assert sentence.isprintable() and sentence[-1] in ".?)", sentence
        assert "Traceback" not in sentence and "Error" not in sentence
    return sentences


def process(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "collabsim", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


@pytest.fixture(autouse=True, scope="module")
def _compiled_model() -> None:
    """The model is compiled before its announcement could get into a command's messages."""
    samples.sample(load_scenario("mixed-partnership", years=1), 1)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


# --- at once ------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["compare", "-h"], ["--version"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    program = (
        "import sys\nfrom collabsim.cli import app\n"
        f"try: app({words!r}, prog_name='collabsim')\nexcept SystemExit: pass\n"
        f"print('LOADED', sorted({HEAVY!r} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "LOADED []"


def test_help_takes_less_than_half_a_second_of_processor_time() -> None:
    def seconds() -> float:
        child = subprocess.Popen([sys.executable, "-m", "collabsim", "--help"], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime

    assert min(seconds() for _ in range(3)) < 0.5


def test_help_names_every_command() -> None:
    text = answer("--help")
    for command in ("scenarios", "parameters", "check", "run", "compare", "explain"):
        assert f"\n  {command} " in text


def test_the_command_alone_shows_the_help_but_is_incomplete() -> None:
    result = call()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: collabsim" in result.stderr


def test_the_version_is_the_packages() -> None:
    assert answer("--version") == f"collabsim {collabsim.__version__}\n"
    assert process("--version").stdout == f"collabsim {collabsim.__version__}\n"


# --- lists --------------------------------------------------------------------------------------


def test_every_shipped_scenario_has_one_line() -> None:
    lines = answer("scenarios").splitlines()
    for name in scenario_names():
        assert len([line for line in lines if line.split()[:1] == [name]]) == 1
    assert [row["name"] for row in answer_json("scenarios")["scenarios"]] == scenario_names()


def test_every_parameter_is_listed() -> None:
    entries = re.findall(r"(?m)^  (\S+)", answer("parameters"))  # what is said of each is set further in
    assert sorted(entries) == sorted(parameter.name for parameter in PARAMETERS)
    rows = answer_json("parameters")["parameters"]
    assert [row["name"] for row in rows] == [p.name for p in PARAMETERS]
    assert all({"unit", "low", "high", "default", "evidence", "grade"} <= set(row) for row in rows)


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("colocation", [p.name for p in PARAMETERS if p.group == "colocation"]),
        ("levers", [p.name for p in PARAMETERS if p.kind == "lever"]),
        ("trust.gain", ["trust.gain"]),
    ],
)
def test_parameters_of_a_group_a_kind_or_one_name(word: str, names: list[str]) -> None:
    assert [row["name"] for row in answer_json("parameters", word)["parameters"]] == names


def test_the_schema_is_that_of_the_table() -> None:
    assert json.loads(answer("parameters", "--schema")) == json.loads(json.dumps(json_schema()))


def test_the_schedule_is_the_models() -> None:
    rows = answer_json("explain", "--schedule")["schedule"]
    assert [(row["process"], row["does"]) for row in rows] == list(week.SCHEDULE)
    assert answer("explain", "--schedule").count("\n") == len(week.SCHEDULE)


# --- check --------------------------------------------------------------------------------------


def test_check_says_what_is_right_and_all_that_is_wrong(here: Path) -> None:
    Path("good.toml").write_text(AGENCIES)
    Path("bad.toml").write_text("years = 0\n" + AGENCIES + "[policy.funding]\ngrant_moths = 6")
    result = call("check", "good.toml", "bad.toml", "mixed-partnership")
    assert result.exit_code == 2
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["good.toml", "mixed-partnership"]
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["bad.toml", "bad.toml"]
    rows = json.loads(call("check", "good.toml", "bad.toml", "--json").stdout)["files"]
    assert [row["right"] for row in rows] == [True, False]
    assert answer("check", *scenario_names()).count(": right.") == len(scenario_names())


# --- run ----------------------------------------------------------------------------------------


def test_a_run_prints_every_outcome_with_its_unit_in_80_columns() -> None:
    result = call("run", "mixed-partnership", *FEW)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert all(len(line) <= 80 for line in lines)
    for outcome in OUTCOMES:
        assert outcome.name == "recovery" or f"  {outcome.title} ({outcome.unit}) " in result.stdout
    assert lines[1] == "Year 1 after the policy's start, 3 replicates, seed 0"
    assert lines[-1] == NOTE
    assert result.stderr == ""


def test_a_runs_numbers_are_the_samples() -> None:
    found = answer_json("run", "mixed-partnership", *FEW, "--seed", "7")
    sample = samples.sample(load_scenario("mixed-partnership", years=1), 3, seed=7)
    assert list(found["outcomes"]) == scalar_names(1)
    for name, row in found["outcomes"].items():
        wanted = estimate(sample.scalars[name])
        assert row["mean"] == (None if math.isnan(wanted.mean) else wanted.mean)
        assert row["n"] == wanted.n
    assert found["note"] == NOTE
    assert found["scenarios"][0]["digest"] == load_scenario("mixed-partnership", years=1).digest
    assert (found["seed"], found["replicates"], found["years"]) == (7, 3, 1)


def test_the_number_of_workers_changes_nothing() -> None:
    one, two = (answer("run", "mixed-partnership", *FEW, "--json", "--workers", n) for n in "12")
    assert one == two


def test_set_changes_levers_uncertainties_and_structures() -> None:
    changes = (
        "--set",
        "funding.grant_months=36",
        "--set",
        "trust.gain=0.1",
        "--set",
        "structure.trust_rule=beta",
    )
    found = answer_json("run", "mixed-partnership", *FEW, *changes)
    values = {"funding.grant_months": 36, "trust.gain": 0.1, "structure.trust_rule": "beta"}
    assert found["scenarios"][0]["digest"] == load_scenario("mixed-partnership", values, years=1).digest


def test_a_shock_brings_recovery_into_the_table(here: Path) -> None:
    Path("shock.toml").write_text(
        AGENCIES + '[[events]]\nmonth = 3\nkind = "data_breach"\nagency = "Trust"\n'
    )
    assert "Recovery after the first shock (weeks)" in answer("run", "shock.toml", *FEW)


def test_one_replicate_has_means_without_intervals() -> None:
    assert "1 replicate, seed 0" in answer("run", "mixed-partnership", "--years", "1", "--replicates", "1")


def test_precision_adds_replicates() -> None:
    loose = answer_json("run", "mixed-partnership", "--years", "1", "--replicates", "2", "--precision", "0.5")
    tight = answer_json(
        "run", "mixed-partnership", "--years", "1", "--replicates", "2", "--precision", "0.002"
    )
    assert loose["replicates"] == samples.FEWEST_FOR_PRECISION < tight["replicates"]
    row = tight["outcomes"]["trust_last"]
    assert row["high"] - row["low"] <= 0.004


def test_the_cap_on_replicates_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "MOST_REPLICATES", 22)
    result = call("run", "mixed-partnership", *FEW, "--precision", "0.0001")
    assert result.exit_code == 0
    assert result.stderr.startswith("Stopped at 22 replicates, the most there may be: the interval is ± ")
    assert result.stderr.endswith(", not yet ± 0.0001.\n")


def test_results_are_written_and_lead_back_to_the_run(here: Path) -> None:
    printed = call("run", "short-term-funding", *FEW, "--set", "colocation.days=2", "--out", "a/b", "--json")
    folder = here / "a" / "b"
    assert printed.stderr == "Written to a/b.\n"
    found = json.loads(printed.stdout)
    assert {path.name for path in folder.iterdir()} == {
        "short-term-funding.toml", "outcomes.csv", "monthly.csv", "provenance.json",
    }  # fmt: skip
    again = load_scenario(folder / "short-term-funding.toml")
    assert again.digest == found["scenarios"][0]["digest"]
    rows = list(csv.DictReader((folder / "outcomes.csv").open()))
    assert [row["name"] for row in rows] == scalar_names(1)
    assert float(rows[0]["mean"]) == found["outcomes"]["trust_last"]["mean"]
    monthly = pd.read_csv(folder / "monthly.csv")
    assert (monthly["month"].min(), monthly["month"].max()) == (-23, 12)
    assert monthly.groupby("outcome").size().eq(36).all()


def test_provenance_says_what_is_needed_and_no_more(here: Path) -> None:
    answer("run", "mixed-partnership", *FEW, "--seed", "5", "--out", "out", "--quiet")
    text = (here / "out" / "provenance.json").read_text()
    content = json.loads(text)
    assert (content["version"], content["seed"], content["replicates"]) == (collabsim.__version__, 5, 3)
    assert content["scenarios"][0]["digest"] == load_scenario("mixed-partnership", years=1).digest
    assert content["machine"]["cores"] == os.cpu_count()
    assert content["libraries"]["numba"] and content["time"].endswith("+00:00") and content["note"] == NOTE
    assert str(here) not in text and str(ROOT) not in text


# --- records ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded")
    tables = "relationships,cases,staff,events"
    changes = ("--set", "key_worker.fte_per_20=0.5", "--set", "project_manager.fte=1")
    answer("run", "short-term-funding", "--years", "2", "--replicates", "3", *changes,
           "--record", tables, "--out", str(folder))  # fmt: skip
    return folder


def test_records_are_tables_of_every_replicate(recorded: Path) -> None:
    for table in ("relationships", "cases", "staff", "events"):
        rows = pd.read_parquet(recorded / f"{table}.parquet")
        assert sorted(rows["replicate"].unique()) == [0, 1, 2]
    assert not list(recorded.glob("*.unfinished"))
    assert json.loads((recorded / "provenance.json").read_text())["tables"]


def test_records_are_of_the_same_runs_as_the_outcomes(recorded: Path) -> None:
    cases = pd.read_parquet(recorded / "cases.parquet")
    last = cases[cases["closed"] >= 52 * 3].groupby("replicate")["completeness"].mean()
    rows = {row["name"]: row for row in csv.DictReader((recorded / "outcomes.csv").open())}
    assert last.mean() == pytest.approx(float(rows["completeness_last"]["mean"]))
    ties = pd.read_parquet(recorded / "relationships.parquet")
    end = ties[ties["week"] == 52 * 4 - 1].groupby("replicate")[["trust", "trust_back"]].mean().mean(axis=1)
    monthly = pd.read_csv(recorded / "monthly.csv")
    trust = monthly[(monthly["outcome"] == "trust") & (monthly["month"] == 24)]["mean"]
    assert end.mean() == pytest.approx(trust.item())


def test_spells_of_a_post_follow_each_other(recorded: Path) -> None:
    staff = pd.read_parquet(recorded / "staff.parquet")
    weeks = 52 * 4
    ended = staff["left"].fillna(weeks)
    assert (staff["started"] <= ended).all()
    assert (staff["tenure"] >= ended - staff["started"] - 1).all()
    for _, spells in staff.groupby(["replicate", "post"]):
        assert spells["occupant"].tolist() == list(range(len(spells)))
        assert (spells["left"].iloc[:-1].to_numpy() <= spells["started"].iloc[1:].to_numpy()).all()
    founders = staff[(staff["occupant"] == 0) & (staff["kind"] == "ordinary")]
    assert (founders["started"] <= 0).all()


def test_spells_are_what_the_events_say(recorded: Path) -> None:
    staff, events = (pd.read_parquet(recorded / f"{name}.parquet") for name in ("staff", "events"))
    reasons = ("quit", "nonrenewal", "closure", "reorganisation", "redeployed")
    for reason in reasons:
        assert (staff["reason"] == reason).sum() == (events["kind"] == reason).sum()
    exits = events[events["kind"].isin(reasons[:4])].set_index(["replicate", "subject", "other"])["value"]
    spells = staff[staff["reason"].isin(reasons[:4])].set_index(["replicate", "post", "occupant"])["tenure"]
    assert exits.sort_index().tolist() == spells.sort_index().tolist()


def test_everybody_in_a_relationship_is_in_post_that_week(recorded: Path) -> None:
    staff, ties = (pd.read_parquet(recorded / f"{name}.parquet") for name in ("staff", "relationships"))
    ends = ties.merge(staff, on=["replicate", "post", "occupant"], suffixes=("", "_of_post"))
    assert len(ends) == len(ties)
    assert (ends["started"] <= ends["week"]).all()
    assert (ends["left"].fillna(np.inf) > ends["week"]).all()
    assert (ends["agency"] == ends["agency_of_post"]).all()
    assert (ties["agency"] != ties["other_agency"]).all()


def test_the_host_employs_the_hub_and_grants_pay_for_it(recorded: Path) -> None:
    staff = pd.read_parquet(recorded / "staff.parquet")
    hub = staff[staff["kind"] != "ordinary"]
    scenario = load_scenario("short-term-funding")
    assert set(hub["kind"]) == {"key worker", "project manager"}
    assert set(hub["agency"]) == {scenario.agencies[scenario.host].name}
    assert set(hub["contract"]) == {"grant"}


def test_permanent_funding_makes_new_contracts_core(here: Path) -> None:
    answer("run", "short-term-funding-permanent", *FEW, "--record", "staff", "--out", "out")
    staff = pd.read_parquet("out/staff.parquet")
    start = 52 * load_scenario("short-term-funding-permanent").burn_in_years
    assert set(staff[staff["started"] >= start]["contract"]) == {"core"}
    assert set(staff[staff["started"] < start]["contract"]) == {"grant"}


# --- compare ------------------------------------------------------------------------------------


def test_a_comparison_shows_both_and_marks_what_excludes_zero() -> None:
    text = answer(
        "compare", "short-term-funding", "short-term-funding-permanent", "--years", "2", "--replicates", "8"
    )
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "Base:  Short-term funding: 12-month grants" in text
    assert "Other: Short-term funding: grants become permanent" in text
    (quits,) = (line for line in text.splitlines() if "Posts filled (share)" in line)
    assert quits.endswith(" *")
    assert "Independent seeds would need" in text and text.endswith(f"{NOTE}\n")


def test_a_comparison_is_paired_and_says_what_that_saves() -> None:
    others = ("short-term-funding-24-months", "short-term-funding-permanent")
    found = answer_json("compare", "short-term-funding", *others, *FEW)
    assert [row["other"] for row in found["comparisons"]] == list(others)
    base = samples.sample(load_scenario("short-term-funding", years=1), 3).scalars["trust_last"]
    other = samples.sample(load_scenario(others[1], years=1), 3).scalars["trust_last"]
    row = found["comparisons"][1]["outcomes"]["trust_last"]
    assert row["difference"]["mean"] == estimate(other - base).mean
    assert row["saving"] == pytest.approx((base.var(ddof=1) + other.var(ddof=1)) / (other - base).var(ddof=1))
    assert found["comparisons"][1]["saving"]["headline"]["mean"] == pytest.approx(row["saving"])


def test_identical_policies_differ_by_exactly_nothing() -> None:
    result = call(
        "compare",
        "mixed-partnership",
        "mixed-partnership",
        *FEW,
        "--set",
        "funding.grant_months=12",
        "--json",
    )
    assert "every difference is 0" in result.stderr
    for row in json.loads(result.stdout)["comparisons"][0]["outcomes"].values():
        assert row["difference"]["mean"] in (0.0, None)
        assert row["difference"]["excludes_zero"] is False


def test_set_makes_the_other_when_there_is_none() -> None:
    found = answer_json("compare", "mixed-partnership", "--set", "training.days_per_year=10", *FEW)
    base, other = found["scenarios"]
    assert (base["name"], other["name"]) == ("mixed-partnership", "mixed-partnership-changed")
    assert other["title"].endswith("with training.days_per_year = 10")
    changed = load_scenario("mixed-partnership", {"training.days_per_year": 10}, years=1)
    assert (base["digest"], other["digest"]) == (
        load_scenario("mixed-partnership", years=1).digest,
        changed.digest,
    )


def test_set_changes_every_scenario_that_is_named() -> None:
    names = ("short-term-funding", "short-term-funding-permanent")
    found = answer_json("compare", *names, "--set", "trust.gain=0.1", *FEW)
    wanted = [load_scenario(name, {"trust.gain": 0.1}, years=1).digest for name in names]
    assert [row["digest"] for row in found["scenarios"]] == wanted


def test_a_comparison_is_written_with_every_scenario(here: Path) -> None:
    answer(
        "compare", "mixed-partnership", "--set", "training.days_per_year=10", *FEW, "--out", "out", "--quiet"
    )
    names = {path.name for path in (here / "out").iterdir()}
    assert names == {
        "differences.csv", "provenance.json",
        "mixed-partnership.toml", "mixed-partnership-monthly.csv",
        "mixed-partnership-changed.toml", "mixed-partnership-changed-monthly.csv",
    }  # fmt: skip
    rows = list(csv.DictReader((here / "out" / "differences.csv").open()))
    assert [row["name"] for row in rows] == scalar_names(1)
    assert tomllib.loads((here / "out" / "mixed-partnership-changed.toml").read_text())["policy"]


def test_scenarios_of_one_name_are_kept_apart(here: Path) -> None:
    for folder, years in (("a", 1), ("b", 1)):
        Path(folder).mkdir()
        Path(folder, "mine.toml").write_text(f"years = {years}\n" + AGENCIES)
    found = answer_json("compare", "a/mine.toml", "b/mine.toml", "--replicates", "2")
    assert [row["name"] for row in found["scenarios"]] == ["mine", "mine-2"]


# --- explain ------------------------------------------------------------------------------------


def test_the_ledgers_lines_sum_to_the_change() -> None:
    ledger = answer_json("explain", "short-term-funding", *FEW)["ledgers"]["trust"]
    total = sum(line["mean"] for line in ledger["lines"].values())
    assert total == pytest.approx(ledger["change"]["mean"])
    assert ledger["end"]["mean"] - ledger["start"]["mean"] == pytest.approx(total)
    text = answer("explain", "short-term-funding", *FEW)
    assert "Sum of the lines" in text and text.endswith(f"{NOTE}\n")


def test_explaining_against_a_base_splits_the_difference_over_channels(here: Path) -> None:
    words = ("explain", "short-term-funding-permanent", "--against", "short-term-funding", "--years", "1",
             "--replicates", "2", "--outcome", "separations_last", "--out", "out")  # fmt: skip
    found = answer_json(*words)
    lines = {name: row["mean"] for name, row in found["channels"]["lines"].items()}
    total = lines.pop("sum")
    assert total == pytest.approx(sum(lines.values()))
    compared = answer_json(
        "compare", "short-term-funding", "short-term-funding-permanent", "--years", "1", "--replicates", "2"
    )
    row = compared["comparisons"][0]["outcomes"]["separations_last"]["difference"]
    assert total == pytest.approx(row["mean"])
    names = {path.name for path in (here / "out").iterdir()}
    assert names >= {"ledger.csv", "channels.csv", "provenance.json", "short-term-funding.toml"}


def test_an_explanation_against_a_base_reads_in_80_columns() -> None:
    pair = ("short-term-funding-permanent", "--against", "short-term-funding")
    text = answer("explain", *pair, "--years", "1", "--replicates", "2")
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "by channel" in text and "Not through these channels" in text


# --- standard output, standard error, status -----------------------------------------------------


def test_pipes_get_results_and_nothing_else() -> None:
    done = process("run", "mixed-partnership", *FEW, "--json")
    assert (done.returncode, json.loads(done.stdout)["command"]) == (0, "run")
    wrong = process("run", "mixed-partnershp")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean mixed-partnership?" in wrong.stderr and "Traceback" not in wrong.stderr


def test_a_reader_that_leaves_early_causes_no_traceback() -> None:
    command = f"{sys.executable} -m collabsim parameters | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("Levers") and done.stderr == ""


def test_the_first_compilation_is_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "is_compiled", lambda: False)
    assert call("run", "mixed-partnership", *FEW).stderr.startswith(COMPILING)
    assert call("run", "mixed-partnership", *FEW, "--quiet").stderr == ""


def test_long_work_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collabsim.cli.progress.SECONDS_BETWEEN_LINES", 0.0)
    lines = call("run", "mixed-partnership", *FEW).stderr.splitlines()
    assert lines[0].startswith("1 of 3 runs done, about ") and lines[0].endswith(" s left.")


def test_work_that_fails_ends_with_one_sentence_and_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no room\nfor arrays")

    monkeypatch.setattr(samples, "sample_all", fail)
    result = call("run", "mixed-partnership")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("The work failed: RuntimeError: no room for arrays (")


def test_stopping_the_work_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(samples, "sample_all", stop)
    result = call("run", "mixed-partnership")
    assert (result.exit_code, result.stderr) == (130, "Stopped.\n")


def test_a_full_disk_is_said_plainly(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_text", full)
    result = call("run", "mixed-partnership", *FEW, "--out", "out")
    assert result.exit_code == 1
    assert result.stderr == "The results could not be written to out: no space left on device.\n"


# --- what is written about it -------------------------------------------------------------------


def commands_in(page: str) -> list[list[str]]:
    """The commands in a page's blocks of code, without their comments."""
    blocks = (ROOT / page).read_text().split("```")[1::2]
    lines = [line.split("  #")[0].split(" #")[0] for block in blocks for line in block.splitlines()]
    return [line.split()[1:] for line in lines if line.startswith("collabsim ")]


@pytest.mark.parametrize("page", ["README.md", "docs/reference/command-line.md"])
def test_every_command_in_the_documentation_works(
    page: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = tuple(p for p in PATTERNS if p.number == 21)
    monkeypatch.setattr("collabsim.validation.report.PATTERNS", quick)
    Path("my-partnership.toml").write_text(AGENCIES)
    found = commands_in(page)
    assert len(found) >= 6
    for words in found:
        is_long = words[0] in ("run", "compare", "explain")
        assert answer(*words, *(("--years", "1", "--replicates", "1", "-q") if is_long else ()))


def test_every_option_is_documented() -> None:
    page = (ROOT / "docs/reference/command-line.md").read_text()
    for command in ("scenarios", "parameters", "check", "run", "compare", "explain", "validate"):
        for option in re.findall(r"^ +(--[a-z-]+)", answer(command, "--help"), re.MULTILINE):
            assert f"`{option}" in page, (command, option)


# --- wrong input --------------------------------------------------------------------------------

WRONG_WORDS = [
    (["rnu"], "did you mean run?"),
    (["sumulate"], "'collabsim --help' lists them"),
    (["run"], "collabsim run needs SCENARIO"),
    (["compare"], "collabsim compare needs BASE"),
    (["check"], "collabsim check needs FILE"),
    (["explain"], "collabsim explain needs SCENARIO"),
    (["--verson"], "did you mean --version?"),
    (["run", "mixed-partnership", "--replicate", "3"], "did you mean --replicates?"),
    (["run", "mixed-partnership", "--xyzzy"], "'collabsim run --help' lists them"),
    (["run", "mixed-partnership", "other"], "unexpected extra argument"),
    (["run", "mixed-partnership", "--seed"], "'--seed' requires an argument"),
    (["run", "mixed-partnershp"], "did you mean mixed-partnership?"),
    (["run", ""], "There is no scenario"),
    (["run", "."], "There is no scenario"),
    (["run", "/"], "is a folder"),
    (["run", "../pyproject.toml"], "cannot be read"),
    (["run", "\x1b[31mred"], "There is no scenario"),
    (["run", "a\0b.toml"], "null character"),
    (["run", "mixed-partnership", "--replicates", "0"], "--replicates is 0, but must be a whole number"),
    (["run", "mixed-partnership", "--replicates", "many"], '--replicates is "many"'),
    (["run", "mixed-partnership", "--replicates", "2.5"], "--replicates is 2.5"),
    (["run", "mixed-partnership", "--replicates", "1000000"], "10,000"),
    (["run", "mixed-partnership", "--seed", "-1"], "--seed is -1"),
    (["run", "mixed-partnership", "--years", "0"], "--years is 0"),
    (["run", "mixed-partnership", "--years", "nan"], "--years is nan"),
    (["run", "mixed-partnership", "--workers", "0"], "--workers is 0"),
    (["run", "mixed-partnership", "--precision", "0"], "--precision is 0"),
    (["run", "mixed-partnership", "--precision", "inf"], "--precision is inf"),
    (["run", "mixed-partnership", "--set", "funding.grant_months"], "must be NAME=VALUE"),
    (["run", "mixed-partnership", "--set", "=3"], "must be NAME=VALUE"),
    (["run", "mixed-partnership", "--set", "funding.grant_months="], "must be NAME=VALUE"),
    (["run", "mixed-partnership", "--set", "funding.grant_moths=3"], "did you mean funding.grant_months?"),
    (["run", "mixed-partnership", "--set", "funding.grant_months=3 years"], "did you mean 36?"),
    (["run", "mixed-partnership", "--set", "funding.grant_months=nan"], "is nan"),
    (["run", "mixed-partnership", "--set", "funding.grant_months=1e999"], "is inf"),
    (["run", "mixed-partnership", "--set", "funding.permanent=yes"], "did you mean true"),
    (["run", "mixed-partnership", "--set", "trust.gain=" + "9" * 5_000], "is inf"),
    (["run", "mixed-partnership", "--set", "trust.gain=.1", "--set", "trust.gain=.2"], "is given twice"),
    (["run", "mixed-partnership", "--out", __file__], "that is a file, not a folder"),
    (["run", "mixed-partnership", "--out", f"{__file__}/x"], "is a file, not a folder"),
    (["run", "mixed-partnership", "--out", ""], "must name a folder"),
    (["run", "mixed-partnership", "--out", "a\0b"], "null character"),
    (["run", "mixed-partnership", "--out", "a" * 5_000], "no such folder can be made"),
    (["run", "mixed-partnership", "--record", "staff"], "--record needs --out"),
    (["run", "mixed-partnership", "--record", "staf", "--out", "out"], "did you mean staff?"),
    (["compare", "mixed-partnership"], "name another scenario, or use --set"),
    (["compare", "mixed-partnership", "mixed-partnershp"], "did you mean mixed-partnership?"),
    (["compare", "mixed-partnership", "--set", "trust.los=1"], "did you mean trust.loss?"),
    (["explain", "mixed-partnership", "--outcome", "trust_lst"], "did you mean trust_last?"),
    (["explain", "mixed-partnership", "--years", "2", "--outcome", "trust_year_5"], "a run of 2 years"),
    (["explain", "mixed-partnership", "--against", "nowhere"], "There is no scenario"),
    (["parameters", "fundin"], "did you mean funding?"),
    (["parameters", "xyzzy"], "groups are funding"),
    (["check", "nothing.toml"], "no such file"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "part"), WRONG_WORDS, ids=lambda value: str(value)[:60])
def test_wrong_words_get_one_plain_sentence_and_write_nothing(
    words: list[str], part: str, here: Path
) -> None:
    (sentence,) = refusal(*words)
    assert part in sentence
    assert not list(here.iterdir())


def test_all_that_is_wrong_is_said_at_once(here: Path) -> None:
    Path("bad.toml").write_text("years = 0\n" + AGENCIES)
    sentences = refusal(
        "run", "bad.toml", "--set", "trust.los=1", "--set", "nothing", "--out", __file__, "--record", "staf"
    )
    for part in ("years is 0", "trust.los", "NAME=VALUE", "--out is", "--record names"):
        assert sum(part in sentence for sentence in sentences) == 1, part


def test_scenarios_of_different_lengths_are_not_compared(here: Path) -> None:
    for name, years in (("a", 1), ("b", 2)):
        Path(f"{name}.toml").write_text(f"years = {years}\n" + AGENCIES)
    (sentence,) = refusal("compare", "a.toml", "b.toml")
    assert "b runs 2 years" in sentence and "--years" in sentence


def test_a_folder_without_permission_is_refused(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    (sentence,) = refusal("run", "mixed-partnership", "--out", "locked/out")
    assert sentence == '--out is "locked/out", but nothing can be written there.'
    assert not list(here.iterdir())


def test_a_folder_that_cannot_be_made_is_refused() -> None:
    (sentence,) = refusal("run", "mixed-partnership", "--out", "/proc/collabsim")
    assert "that folder cannot be made" in sentence


@pytest.mark.parametrize("bad", BAD_SCENARIOS, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_by_check_and_run(bad: BadScenario, tmp_path: Path, here: Path) -> None:
    path = str(bad.written(tmp_path))
    for words in (["check", path], ["run", path, "--out", "out"]):
        sentences = refusal(*words)
        assert all(word in "\n".join(sentences) for word in bad.words), sentences
        assert not list(here.iterdir())
