"""Scenario discovery: known boxes, a published implementation, noise, and what the command says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sweeps import finished
from typer.testing import CliRunner

from collabsim.analysis import boxes, prim
from collabsim.analysis.boxes import Points
from collabsim.analysis.discovery import Limit, discover, points_of
from collabsim.analysis.discovery_words import limit_words
from collabsim.analysis.where import Where, read_where
from collabsim.checks import ScenarioErrors
from collabsim.cli import app
from collabsim.experiment.results import load_results

LHS = """
scenarios = ["mixed-partnership"]
years = 1
replicates = 2
outcomes = ["trust_last", "cash_cost_last"]
[design]
kind = "lhs"
size = 160
[factors.funding]
grant_months = {}
[factors.handover]
standard = {}
[factors.key_worker]
backup = {}
[factors.meetings]
core_group_size = {}
"""


def points(numbers: Any, hits: Any, codes: Any = None, categories: Any = (), runs: float = 1.0) -> Points:
    numbers = np.asarray(numbers, dtype=float)
    n = len(hits)
    return Points(
        numbers,
        np.zeros((n, 0), dtype=int) if codes is None else np.asarray(codes),
        tuple(categories),
        tuple(f"x{i}" for i in range(numbers.shape[1])),
        tuple(f"w{i}" for i in range(len(categories))),
        np.full(n, runs),
        np.asarray(hits, dtype=float),
    )


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    file = Path(__file__).parent / "data" / "prim_ema_workbench.json"
    content: dict[str, Any] = json.loads(file.read_text())
    return content


def test_peeling_agrees_with_a_published_implementation_step_for_step(published: dict[str, Any]) -> None:
    data = points(published["x"], published["y"])
    steps = prim.trajectory(data, peel=0.1)
    assert [step.runs for step in steps] == published["n"]
    assert [step.hits for step in steps] == published["k"]
    for step, coverage, density, mass in zip(
        steps, published["coverage"], published["density"], published["mass"], strict=True
    ):
        found = boxes.quality(step.box, data)
        assert (found.coverage, found.density, found.mass) == pytest.approx((coverage, density, mass))


def test_limits_and_quasi_p_values_agree_with_it_too(published: dict[str, Any]) -> None:
    data = points(published["x"], published["y"])
    steps = prim.trajectory(data, peel=0.1)
    for step, ends, theirs in zip(steps, published["limits"], published["quasi_p"], strict=True):
        for name, side in step.box.limits(data):
            column, place = "abcd"[int(name[1])], 0 if side == "low" else 1
            assert getattr(step.box, side)[int(name[1])] == pytest.approx(ends[int(name[1])][place])
            assert boxes.quasi_p(step.box, data, (name, side)) == pytest.approx(
                theirs[column][place], rel=1e-6
            )


def test_a_known_box_is_found_and_nothing_else_is_limited() -> None:
    x = np.random.default_rng(1).random((600, 5))
    hits = (x[:, 1] < 0.4) & (x[:, 3] > 0.3)
    box = prim.choose(points(x, hits))
    assert {(name, side) for name, side in box.limits(points(x, hits))} == {("x1", "high"), ("x3", "low")}
    assert box.high[1] == pytest.approx(0.4, abs=0.02) and box.low[3] == pytest.approx(0.3, abs=0.02)
    found = boxes.quality(box, points(x, hits))
    assert found.coverage > 0.97 and found.density > 0.97


def test_categories_switches_and_whole_numbers_are_limited_where_they_are_known_to() -> None:
    generator = np.random.default_rng(2)
    whole = generator.integers(0, 6, size=(800, 1))
    codes = np.column_stack([generator.integers(0, 3, 800), generator.integers(0, 2, 800)])
    hits = (whole[:, 0] <= 2) & (codes[:, 0] != 1) & (codes[:, 1] == 1)
    data = points(whole, hits, codes, [("none", "overlap", "written"), ("False", "True")])
    box = prim.choose(data)
    assert box.high[0] == 2.5 and not np.isfinite(box.low[0])
    assert box.allowed == (frozenset({0, 2}), frozenset({1}))
    assert boxes.quality(box, data).density == 1.0 == boxes.quality(box, data).coverage


def test_a_limit_that_changes_nothing_has_a_quasi_p_of_a_half_and_goes() -> None:
    x = np.random.default_rng(3).random((400, 2))
    data = points(x, x[:, 0] < 0.5)
    box = boxes.everything(data).with_end(0, "high", 0.5).with_end(1, "high", 0.6)
    assert boxes.quasi_p(box, data, ("x0", "high")) < 1e-20
    assert list(prim.simpler(box, data).limits(data)) == [("x0", "high")]


def test_replicates_that_are_all_alike_count_as_one_run() -> None:
    x = np.random.default_rng(4).random((200, 1))
    single = points(x, x[:, 0] < 0.3)
    tenfold = points(x, 10 * (x[:, 0] < 0.3), runs=10.0)
    assert single.design_effect == pytest.approx(1, abs=0.02)
    assert tenfold.design_effect == pytest.approx(10, rel=0.02)
    box = boxes.everything(single).with_end(0, "high", 0.5)
    limit = ("x0", "high")
    assert boxes.quasi_p(box, tenfold, limit) == pytest.approx(boxes.quasi_p(box, single, limit), rel=0.3)


# --- from results -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("lhs"), LHS)


def planted(folder: Path, holds: Any) -> Any:
    """The results of a sweep with an outcome that is known."""
    results = load_results(folder, design_columns=False)
    values = np.where(holds(results.design), 0.0, 1.0)
    results.runs["trust_last"] = values[results.runs["row"]]
    return results


def test_two_planted_corners_are_both_found_and_said(folder: Path) -> None:
    def holds(design: Any) -> Any:
        return (design["funding.grant_months"] < 25) | (design["meetings.core_group_size"] > 12)

    found = discover(planted(folder, holds), Where("trust_last", "<", 0.5), resamples=20)
    told = [{limit.factor for limit in box.limits} for box in found.boxes if box.told]
    assert told[0] == {"funding.grant_months"} and {"meetings.core_group_size"} in told
    assert "funding.grant_months is under 2" in found.sentences[0]
    assert all(limit.reproducibility > 0.9 for limit in found.boxes[0].limits)
    inside = found.boxes[0].quality
    assert (
        f"in {inside.hits:.0f} of {inside.runs:.0f} runs (100%) there, against {found.hits} of 320 runs"
        in found.sentences[0]
    )


def test_luck_alone_is_no_corner(folder: Path) -> None:
    generator = np.random.default_rng(5)
    results = planted(folder, lambda design: generator.random(len(design)) < 0.4)
    found = discover(results, Where("trust_last", "<", 0.5), resamples=40)
    assert not any(box.told for box in found.boxes)
    assert found.sentences[0].startswith("Cannot tell where")


@pytest.mark.parametrize(("value", "word"), [(-1.0, "none"), (2.0, "all")])
def test_what_holds_everywhere_or_nowhere_cannot_be_told_apart(folder: Path, value: float, word: str) -> None:
    found = discover(load_results(folder, design_columns=False), Where("trust_last", "<", value))
    assert found.boxes == () and f"{word} of the 320 runs" in found.sentences[0]


def test_runs_without_a_number_are_left_out_and_counted(folder: Path) -> None:
    results = planted(folder, lambda design: design["key_worker.backup"])
    results.runs.loc[results.runs["row"] == 3, "trust_last"] = np.nan
    found = discover(results, Where("trust_last", "<", 0.5), resamples=20)
    assert (found.left_out, found.rows, found.runs) == (2, 159, 318)
    assert points_of(results, Where("trust_last", "<", 0.5)).words == (
        "handover.standard",
        "key_worker.backup",
    )


def test_limits_are_said_with_units_and_switches_as_on_and_off() -> None:
    high = Limit("meetings.per_month", "high", 2.0, 0.0, 1.0, 1.9, 2.1)
    assert (
        limit_words(high)
        == "meetings.per_month is under 2 meetings a month (meetings of the partnership's staff)"
    )
    on = Limit("key_worker.backup", "values", ("True",), 0.0, 1.0, np.nan, np.nan)
    assert limit_words(on).startswith("key_worker.backup is on (")


# --- conditions ---------------------------------------------------------------------------------


def test_a_condition_is_read_and_said_in_words() -> None:
    where = read_where(" trust_last<= -.5e1 ", ["trust_last"])
    assert (where.outcome, where.sign, where.value) == ("trust_last", "<=", -5.0)
    assert where.words == "trust between agencies in the last year at most -5"
    assert where.holds(np.array([-6.0, np.nan, 0.0])).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("trust_lst < 0.5", "did you mean trust_last?"),
        ("trust_last", "an outcome, one of < <= > >=, and a number"),
        ("trust_last < half", "and a number"),
        ("trust_last = 0.5", "one of < <= > >="),
        ("__import__('os').system('true') < 1", "must be an outcome"),
        ("trust_last < 0.5 or 1 < 2", "must be an outcome"),
        ("trust_last < nan", "and a number"),
    ],
)
def test_a_wrong_condition_is_refused_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(ScenarioErrors, match=None) as caught:
        read_where(text, ["trust_last", "quits_last"])
    assert len(caught.value.errors) == 1 and said in caught.value.errors[0]


# --- the command --------------------------------------------------------------------------------


def call(*words: str) -> Any:
    return CliRunner().invoke(app, ["discover", *words], prog_name="collabsim")


def test_the_command_says_prints_and_writes_the_same_answer(folder: Path, tmp_path: Path) -> None:
    median = float(np.median(load_results(folder).runs["trust_last"]))
    words = [str(folder), "--where", f"trust_last < {median}", "--resamples", "20"]
    said = call(*words, "--out", str(tmp_path / "out"), "-q")
    assert said.exit_code == 0, said.stderr
    content = json.loads(call(*words, "--json").stdout)
    assert content == json.loads((tmp_path / "out" / "discovery.json").read_text())
    assert (content["rows"], content["runs"]) == (160, 320) and content["sentences"]
    flat = " ".join(said.stdout.split())
    assert all(" ".join(sentence.split()) in flat for sentence in content["sentences"])
    page = (tmp_path / "out" / "discovery.html").read_text()
    assert "<script src" not in page and "Illustrative" in page
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "discovery.json", "discovery.html", "boxes.csv", "trajectories.csv",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--where", "trust_lst < 1"], "did you mean trust_last?"),
        ([], "--where"),
        (["--where", "trust_last < 1", "--peel", "2"], "--peel is 2"),
        (["--where", "trust_last < 1", "--boxes", "0"], "--boxes is 0"),
        (["--where", "trust_last < 1", "--among", "lever"], "did you mean levers?"),
        (["--where", "trust_last < 1", "--among", "uncertainties"], "varies no uncertainties"),
    ],
)
def test_wrong_words_are_refused_and_nothing_is_written(
    folder: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    result = call(str(folder), *words, "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "") and said in result.stderr, result.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    result = call(str(tmp_path), "--where", "trust_last < 1")
    assert result.exit_code == 2 and "holds no results of a sweep" in result.stderr


def test_the_page_on_discovery_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (Path(__file__).parents[1] / "docs" / "how-to" / "find-where-it-fails.md").read_text()
    for block in re.findall(r"```\n(collabsim .*?)```", text, re.DOTALL):
        words = shlex.split(block.replace("\n", " "))[1:]
        small = (
            ["--replicates", "1", "--size", "32", "--years", "6", "--workers", "1"]
            if words[0] == "sweep"
            else []
        )
        result = CliRunner().invoke(app, [*words, *small], prog_name="collabsim")
        assert result.exit_code == 0, (block, result.stderr)
    assert (tmp_path / "corner" / "discovery.html").exists()
    for program in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(program, {})


def test_every_option_is_documented() -> None:
    text = (Path(__file__).parents[1] / "docs" / "reference" / "command-line.md").read_text()
    for option in re.findall(r"^ +(--[a-z-]+)", call("--help").stdout, re.MULTILINE):
        assert f"`{option}" in text, option
