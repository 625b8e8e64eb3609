"""``collabsim rank`` on a small sweep of the model itself."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import pytest
from ranking_markdown import page, table
from sweeps import finished
from typer.testing import CliRunner

from collabsim.analysis.together import Sums
from collabsim.cli import app

ROOT = Path(__file__).parents[1]
STORED = ROOT / "benchmarks" / "results" / "enabler-ranking.json"
TEXT = """
title = "<script>alert(1)</script>"
scenarios = ["mixed-partnership"]
years = 6
replicates = 2
outcomes = ["trust_last_six", "sharing_last_six", "equity_last_six", "cash_cost_last_six", "recovery"]
[design]
kind = "sobol"
size = 32
[factors.power_sharing]
gamma = {low = 0, high = 1.5}
[factors.key_worker]
fte_per_20 = {low = 0, high = 1}
[factors.safe_space]
psychological_safety = {low = 0, high = 1}
[factors.training]
days_per_year = {low = 0, high = 4}
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("rank"), TEXT)


def run(*words: object) -> tuple[int, str, str]:
    answer = CliRunner().invoke(app, ["rank", *map(str, words)])
    return answer.exit_code, answer.stdout, answer.stderr


def test_the_answer_the_table_and_the_doubt_are_printed(swept: Path) -> None:
    status, out, _ = run(swept, "--outcome", "equity_last_six")
    assert status == 0
    words = " ".join(out.split())
    assert "For equity of voice (last six years), power_sharing.gamma matters most" in words
    assert re.search(r"1 power_sharing\.gamma +[\d.]+ +[\d.]+ to [\d.]+ .*surely first", words)
    assert "Indices are shares of the outcome's variance over the design, 0-1" in words
    for part in ("the noise floor", "Luck makes up", "onverged", "PAWN", "Illustrative, not a forecast."):
        assert part in words


def test_without_an_outcome_the_others_get_a_line_and_what_cannot_be_ranked_a_sentence(swept: Path) -> None:
    status, out, said = run(swept)
    assert status == 0
    assert "Other outcomes" in out and "Equity of voice" in out
    assert "recovery" in said and "have no number" in said


def test_json_holds_everything_and_no_nan(swept: Path) -> None:
    status, out, _ = run(swept, "--outcome", "equity_last_six", "--json")
    content = json.loads(out, parse_constant=lambda word: pytest.fail(word))
    (ranking,) = content["rankings"]
    assert status == 0 and content["results"]["runs"] == 448
    assert ranking["table"][0]["enabler"] == "power_sharing.gamma"
    assert {"luck", "verdict", "convergence", "effects", "interactions", "dummy"} <= set(ranking)


def test_outcomes_can_be_weighted(swept: Path) -> None:
    status, out, _ = run(swept, "--weights", "equity_last_six=1,trust_last_six=-0.5")
    assert status == 0 and "+1 × Equity of voice (last six years); -0.5 × Trust between agencies" in " ".join(
        out.split()
    )


def test_a_page_and_tables_are_written_and_the_users_words_are_escaped(swept: Path, tmp_path: Path) -> None:
    status, _, _ = run(swept, "--outcome", "equity_last_six", "--out", tmp_path / "out", "-q")
    page = (tmp_path / "out" / "equity_last_six.html").read_text(encoding="utf-8")
    assert status == 0
    assert "Which enablers matter most for Equity of voice" in page and "surely first" in page
    assert (
        "total index (share of variance, 0-1)" in page
        and "PAWN is a distance between distributions, 0-1." in page
    )
    assert (
        "<script>alert" not in page
        and "https://" not in page.replace("https://plotly", "").split("<script>")[0]
    )
    assert json.loads((tmp_path / "out" / "rankings.json").read_text())["rankings"]
    assert "power_sharing.gamma" in (tmp_path / "out" / "equity_last_six.csv").read_text()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--outcome", "equity_lst"], "did you mean equity_last_six?"),
        (["--outcome", "quits_last"], "the results hold no such outcome"),
        (["--outcome", "recovery"], "have no number for recovery"),
        (["--weights", "equity_last_six"], "must be NAME=WEIGHT"),
        (["--weights", ""], "must be NAME=WEIGHT"),
        (["--weights", "equity_last_six=0"], "must be NAME=WEIGHT"),
        (["--weights", "equity_last_six=nan"], "must be NAME=WEIGHT"),
        (["--weights", "equity_last_six=1,equity_last_six=2"], "is given twice"),
        (["--weights", "nothing=1"], "--weights names"),
        (["--draws", "3"], "--draws is 3"),
        (["--out", __file__], "that is a file, not a folder"),
    ],
)
def test_wrong_words_get_one_plain_sentence(swept: Path, words: list[str], part: str) -> None:
    status, out, said = run(swept, *words)
    assert (status, out) == (2, "")
    assert part in said and "Traceback" not in said and len(said.splitlines()) == 1


# --- what the documentation says ----------------------------------------------------------------


@pytest.fixture
def documented(swept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page on rankings, in a folder where the results that it speaks of are."""
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "enabler-ranking").symlink_to(swept)
    monkeypatch.chdir(tmp_path)
    return (ROOT / "docs/how-to/read-a-ranking.md").read_text(encoding="utf-8")


def test_every_ranking_of_the_page_works(documented: str) -> None:
    commands = re.findall(r"^collabsim rank (.+)$", documented, re.MULTILINE)
    assert len(commands) == 4
    for words in commands:
        status, out, said = run(*words.split())
        assert status == 0 and "Illustrative, not a forecast." in out, said
    assert Path("ranking/sharing_last_six.html").exists()


def test_the_python_of_the_page_works(documented: str, capsys: pytest.CaptureFixture[str]) -> None:
    (snippet,) = re.findall(r"```python\n(.*?)```", documented, re.DOTALL)
    exec(snippet, {})
    assert "For trust between agencies (last six years)" in capsys.readouterr().out


def test_the_options_are_documented() -> None:
    page = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
    _, out, _ = run("--help")
    for option in re.findall(r"^ +(--[a-z-]+)", out, re.MULTILINE):
        assert f"`{option}" in page, option


def test_the_page_of_the_ranking_is_written_from_the_stored_numbers() -> None:
    text = (ROOT / "docs/explanation/enabler-ranking.md").read_text(encoding="utf-8")
    others = [json.loads(file.read_text()) for file in sorted(STORED.parent.glob("enabler-ranking-*.json"))]
    assert text == page(json.loads(STORED.read_text(encoding="utf-8")), others)


def test_the_page_says_what_an_index_is_above_every_table_of_indices() -> None:
    text = (ROOT / "docs/explanation/enabler-ranking.md").read_text(encoding="utf-8")
    heads = text.count("| Enabler | Total index |")
    assert (
        heads
        == text.count("Indices are shares of the variance of the mean outcome over the design, 0-1")
        == 3
    )
    assert "total indices (shares of its variance, 0-1)" in text


def test_the_page_reads_no_error_of_an_index_as_interaction() -> None:
    for found in json.loads(STORED.read_text(encoding="utf-8"))["ranking"]["outcomes"].values():
        sums = Sums(**found["sums"])
        assert sums.least <= max(0.0, sums.total_high - 1)
    text = (ROOT / "docs/explanation/enabler-ranking.md").read_text(encoding="utf-8")
    rows = text.split("## What works together")[1].split("## ")[0]
    assert rows.count("cannot tell; at most") == 3


def test_the_coverage_that_the_page_quotes_is_the_measured_one() -> None:
    stored = json.loads((STORED.parent / "coverage.json").read_text(encoding="utf-8"))
    kinds = [row for row in stored["coverage"] if row["measure"] != "share of luck"]
    lucks = [row["mean"] for row in stored["coverage"] if row["measure"] == "share of luck"]
    means, ends = [row["mean"] for row in kinds], [row[end] for row in kinds for end in ("min", "max")]
    text = " ".join((ROOT / "docs/how-to/read-a-ranking.md").read_text(encoding="utf-8").split())
    assert f"of {stored['repetitions']} repetitions {between(means)} on average over inputs" in text
    assert f"{between(ends)} for a single one" in text
    assert f"it held the truth in {between(lucks, '.3g')} of them" in text


def between(shares: list[float], digits: str = ".0f") -> str:
    return f"{100 * min(shares):{digits}} to {100 * max(shares):{digits}}%"


def test_words_of_others_cannot_end_a_cell_or_begin_a_tag() -> None:
    assert table(["a"], [["<b>x|y</b>"]]).endswith("| &lt;b>x\\|y&lt;/b> |")


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    status, _, said = run(tmp_path)
    assert status == 2 and "holds no results of a sweep" in said
