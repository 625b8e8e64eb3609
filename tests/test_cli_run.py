"""The command `run`: what it prints, writes and records."""

from __future__ import annotations

import csv
import json
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bad_scenarios import AGENCIES
from command_line import FEW, ROOT, answer, answer_json, call

import collabsim
from collabsim.analysis import samples
from collabsim.analysis.differences import estimate
from collabsim.outcomes import OUTCOMES, scalar_names
from collabsim.provenance import NOTE
from collabsim.scenario import load_scenario

pytestmark = pytest.mark.usefixtures("compiled_model")


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


def test_what_a_mean_leaves_out_stands_beside_it_in_every_form(here: Path) -> None:
    cliff = ("run", "grant-cliff", "--years", "5", "--replicates", "8", "--out", "out", "--quiet")
    words = "of 2 of 8 replicates; 6 did not recover"
    assert f"\n  ({words})\n" in answer(*cliff)
    found = answer_json(*cliff)["outcomes"]
    assert [found["recovery"][key] for key in ("n", "of", "left_out")] == [2, 8, words]
    assert found["trust_last"]["left_out"] == ""
    rows = {row["name"]: row for row in csv.DictReader((here / "out" / "outcomes.csv").open())}
    assert [rows["recovery"][key] for key in ("n", "of", "left_out")] == ["2", "8", words]


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
