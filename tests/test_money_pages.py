"""The pages spend-a-budget and check-what-survives can be followed, say every option, and feed the ranking's page."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest
from doc_pages import ROOT, blocks, commands, write_files
from typer.testing import CliRunner

from collabsim.cli import app
from collabsim.experiment.design import read_experiment
from collabsim.experiment.results import load_results

FEW = {
    "sweep": ("--years", "6", "--replicates", "2", "--workers", "1", "-q"),
    "packages": ("--years", "6", "--replicates", "2", "--fresh", "2", "--evaluations", "32", "-q"),
}
SPEND, SURVIVES = "docs/how-to/spend-a-budget.md", "docs/how-to/check-what-survives.md"


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which both pages were followed, with few runs."""
    folder = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for page in (SPEND, SURVIVES):
            for words in commands(page):
                few = [*FEW.get(words[0], ()), *(("--size", "2") if "equal-cost" in words else ())]
                result = CliRunner().invoke(app, [*words, *few], prog_name="collabsim")
                assert result.exit_code == 0, (words, result.stderr)
    return folder


def test_the_pages_can_be_followed(
    followed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [len(commands(page)) for page in (SPEND, SURVIVES)] == [3, 3]
    assert (followed / "package" / "packages.html").exists() and (
        followed / "survives" / "robust.html"
    ).exists()
    monkeypatch.chdir(followed)
    (program,) = blocks(SPEND, "python")
    exec(program, {})
    assert "p_first" in capsys.readouterr().out


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


def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("robustness_page", ROOT / "benchmarks" / "robustness.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_ranking_s_page_gets_its_sections_from_the_same_results(followed: Path) -> None:
    page = benchmark()
    results = {name: load_results(followed / "results" / name, design_columns=False) for name in page.SWEEPS}
    packages = json.loads((followed / "package" / "packages.json").read_text())
    sections = [page.survival(results["enablers-one-by-one"]), page.money(results["equal-cost"], packages)]
    for section in sections:
        assert section["heading"] and section["made"]["runs"] > 0 and all(section["paragraphs"])
        for table in section["tables"]:
            assert all(len(row) == len(table["head"]) for row in table["rows"])
    assert len(sections[0]["tables"][0]["rows"]) == 16
    assert packages["sentences"][0] in sections[1]["paragraphs"][-1]
