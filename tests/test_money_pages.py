"""The pages spend-a-budget and check-what-survives can be followed, and say every option."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from doc_pages import ROOT, blocks, commands, write_files
from typer.testing import CliRunner

from collabsim.cli import app
from collabsim.experiment.design import read_experiment

FEW = {
    "sweep": ("--years", "6", "--replicates", "2", "--workers", "1", "-q"),
    "packages": ("--years", "6", "--replicates", "2", "--fresh", "2", "--evaluations", "32", "-q"),
}
SPEND, SURVIVES = "docs/how-to/spend-a-budget.md", "docs/how-to/check-what-survives.md"


@pytest.mark.parametrize(("page", "least", "left"), [(SPEND, 3, "package"), (SURVIVES, 3, "survives")])
def test_the_commands_of_a_page_can_be_followed(
    page: str, least: int, left: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = commands(page)
    assert len(found) >= least
    for words in found:
        few = [*FEW.get(words[0], ()), *(("--size", "2") if "equal-cost" in words else ())]
        result = CliRunner().invoke(app, [*words, *few], prog_name="collabsim")
        assert result.exit_code == 0, (words, result.stderr)
    assert list((tmp_path / left).glob("*.html"))
    for program in blocks(page, "python"):
        exec(program, {})


def test_the_question_of_the_page_is_right(tmp_path: Path) -> None:
    write_files(SURVIVES, tmp_path)
    experiment = read_experiment(tmp_path / "our-question.toml")
    assert len(experiment.factors) == 2


@pytest.mark.parametrize("command", ["robust", "value", "packages"])
def test_every_option_is_documented(command: str) -> None:
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text()
    offered = CliRunner().invoke(app, [command, "--help"]).stdout
    for option in re.findall(r"^ +(--[a-z-]+)", offered, re.MULTILINE):
        assert f"`{option}" in page, option
