"""``collabsim rank`` on a small sweep of the model itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sweeps import finished
from typer.testing import CliRunner

from collabsim.cli import app

TEXT = """
title = "<script>alert(1)</script>"
scenarios = ["mixed-partnership"]
years = 1
replicates = 2
outcomes = ["trust_last", "equity_last", "recovery"]
[design]
kind = "sobol"
size = 16
[factors.power_sharing]
gamma = {low = 0, high = 1.5}
[factors.colocation]
days = {low = 0, high = 5}
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("rank"), TEXT)


def run(*words: object) -> tuple[int, str, str]:
    answer = CliRunner().invoke(app, ["rank", *map(str, words)])
    return answer.exit_code, answer.stdout, answer.stderr


def test_the_answer_the_table_and_the_doubt_are_printed(swept: Path) -> None:
    status, out, _ = run(swept, "--outcome", "equity_last")
    assert status == 0
    words = " ".join(out.split())
    assert "For equity of voice (last year), power_sharing.gamma matters most" in words
    assert re.search(r"1 power_sharing\.gamma +[\d.]+ +[\d.]+ to [\d.]+ .*surely first", words)
    for part in ("the noise floor", "Luck makes up", "onverged", "PAWN", "Illustrative, not a forecast."):
        assert part in words


def test_without_an_outcome_the_others_get_a_line_and_what_cannot_be_ranked_a_sentence(swept: Path) -> None:
    status, out, said = run(swept)
    assert status == 0
    assert "Other outcomes" in out and "Equity of voice" in out
    assert "recovery" in said and "have no number" in said


def test_json_holds_everything_and_no_nan(swept: Path) -> None:
    status, out, _ = run(swept, "--outcome", "equity_last", "--json")
    content = json.loads(out, parse_constant=lambda word: pytest.fail(word))
    (ranking,) = content["rankings"]
    assert status == 0 and content["results"]["runs"] == 160
    assert ranking["table"][0]["enabler"] == "power_sharing.gamma"
    assert {"luck", "verdict", "convergence", "effects", "interactions", "dummy"} <= set(ranking)


def test_outcomes_can_be_weighted(swept: Path) -> None:
    status, out, _ = run(swept, "--weights", "equity_last=1,trust_last=-0.5")
    assert status == 0 and "+1 × Equity of voice (last year); -0.5 × Trust between agencies" in " ".join(
        out.split()
    )


def test_a_page_and_tables_are_written_and_the_users_words_are_escaped(swept: Path, tmp_path: Path) -> None:
    status, _, _ = run(swept, "--outcome", "equity_last", "--out", tmp_path / "out", "-q")
    page = (tmp_path / "out" / "equity_last.html").read_text(encoding="utf-8")
    assert status == 0
    assert "Which enablers matter most for Equity of voice" in page and "surely first" in page
    assert (
        "<script>alert" not in page
        and "https://" not in page.replace("https://plotly", "").split("<script>")[0]
    )
    assert json.loads((tmp_path / "out" / "rankings.json").read_text())["rankings"]
    assert "power_sharing.gamma" in (tmp_path / "out" / "equity_last.csv").read_text()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--outcome", "equity_lst"], "did you mean equity_last?"),
        (["--outcome", "quits_last"], "the results hold no such outcome"),
        (["--outcome", "recovery"], "have no number for recovery"),
        (["--weights", "equity_last"], "must be NAME=WEIGHT"),
        (["--weights", ""], "must be NAME=WEIGHT"),
        (["--weights", "equity_last=0"], "must be NAME=WEIGHT"),
        (["--weights", "equity_last=nan"], "must be NAME=WEIGHT"),
        (["--weights", "equity_last=1,equity_last=2"], "is given twice"),
        (["--weights", "nothing=1"], "--weights names"),
        (["--draws", "3"], "--draws is 3"),
        (["--out", __file__], "that is a file, not a folder"),
    ],
)
def test_wrong_words_get_one_plain_sentence(swept: Path, words: list[str], part: str) -> None:
    status, out, said = run(swept, *words)
    assert (status, out) == (2, "")
    assert part in said and "Traceback" not in said and len(said.splitlines()) == 1


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    status, _, said = run(tmp_path)
    assert status == 2 and "holds no results of a sweep" in said
