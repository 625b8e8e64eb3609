"""The commands `compare` and `explain`."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import pytest
from bad_scenarios import AGENCIES
from command_line import FEW, answer, answer_json, call

from collabsim.analysis import samples
from collabsim.analysis.differences import estimate
from collabsim.outcomes import scalar_names
from collabsim.provenance import NOTE
from collabsim.scenario import load_scenario

pytestmark = pytest.mark.usefixtures("compiled_model")


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


def test_a_difference_says_in_every_form_of_how_many_pairs_it_is(here: Path) -> None:
    cliff = ("compare", "grant-cliff", "--set", "colocation.days=5", "--years", "5", "--replicates", "8")
    cliff = (*cliff, "--out", "out", "--quiet")
    found = answer_json(*cliff)["comparisons"][0]["outcomes"]["recovery"]
    assert found["difference"]["n"] < found["of"] == 8 and found["base"]["n"] == 2
    assert found["left_out"].startswith(f"of {found['difference']['n']} of 8 pairs; base: 6 did not recover")
    rows = {row["name"]: row for row in csv.DictReader((here / "out" / "differences.csv").open())}
    assert (rows["recovery"]["of"], rows["recovery"]["left_out"]) == ("8", found["left_out"])
    assert found["left_out"] in " ".join(line[:31].strip() for line in answer(*cliff).splitlines())


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


def test_a_scenario_written_by_a_comparison_loads_again_however_much_was_set(here: Path) -> None:
    values = {"funding.grant_months": 36, "funding.notice_months": 4, "flexibility.movable_capacity": 0.5}
    values |= {"pooled_budget.share": 0.25, "colocation.days": 2, "key_worker.fte_per_20": 0.5}
    values |= {"training.days_per_year": 3, "leadership.commitment": 0.8}
    settings = [word for name, value in values.items() for word in ("--set", f"{name}={value}")]
    said = answer("compare", "mixed-partnership", *settings, *FEW, "--out", "out", "--quiet")
    assert "leadership.commitment = 0.8" in " ".join(said.split())
    answer("check", "out/mixed-partnership-changed.toml")
    again = load_scenario("out/mixed-partnership-changed.toml")
    assert again.digest == load_scenario("mixed-partnership", values, years=1).digest
    assert again.title.startswith("Mixed partnership, with funding.grant_months = 36, ")


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
