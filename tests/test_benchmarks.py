"""The benchmarks' own claims: the page says what is stored, peers give our answers, the guard against slowness works."""

import sys
from pathlib import Path

import numpy as np
import pytest
from doc_pages import ROOT, blocks, commands, write_files
from typer.testing import CliRunner

sys.path.insert(0, str(ROOT / "benchmarks"))

import records
import short
import speed_page
from peers import core as cores
from peers.numpy_core import NumpyCore

from collabsim.cli import app
from collabsim.experiment.design import read_experiment
from collabsim.scenario import load_scenario

NATION = "docs/how-to/run-a-nation.md"


def test_the_page_of_speed_and_its_figures_are_written_from_the_stored_numbers() -> None:
    written = speed_page.files({part: records.load(part) for part in speed_page.PARTS})
    for name, text in written.items():
        assert (ROOT / "docs/explanation" / name).read_text(encoding="utf-8") == text, name
    assert "## Taken how" in written["speed.md"]


def test_the_core_in_plain_numpy_gives_our_answers() -> None:
    given = cores.scenario(years=6)
    theirs = NumpyCore(cores.constants(given), replicates=24, seed=1).run().outcomes()
    ours = cores.our_outcomes(given, replicates=48)
    error = np.sqrt(theirs.var(axis=0, ddof=1) / len(theirs) + ours.var(axis=0, ddof=1) / len(ours))
    assert (np.abs(theirs.mean(axis=0) - ours.mean(axis=0)) < 4 * error).all()
    assert (error < [0.02, 0.02, 0.02]).all(), "too few runs to tell anything"


def test_the_core_in_agentpy_lives_its_weeks() -> None:
    pytest.importorskip("agentpy", reason="only `make bench` installs AgentPy, which CollabSim does not use")
    from peers.agentpy_core import AgentpyCore

    core = cores.constants(cores.scenario(years=3))
    model = AgentpyCore({"core": core, "steps": core.weeks, "seed": 1})
    model.run(display=False)
    trust, quits, sharing = model.outcomes()
    assert 0.4 < trust < 0.8 and 0.03 < quits < 0.5 and 0.4 < sharing < 0.9


def test_a_slower_model_fails_the_short_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "load", lambda name: {"ratio": 10.0})
    monkeypatch.setattr(sys, "argv", ["short.py"])
    monkeypatch.setattr(short, "ratio", lambda: 12.9)
    short.main()
    monkeypatch.setattr(short, "ratio", lambda: 13.1)
    with pytest.raises(SystemExit, match="more than 30% slower"):
        short.main()


def test_england_is_a_million_posts_in_partnerships_with_luck_of_their_own() -> None:
    england = read_experiment("england")
    posts = [sum(agency.posts for agency in load_scenario(name).agencies) for name in england.scenarios]
    assert abs(sum(posts) * england.replicates - 1_000_000) < 100
    assert not england.common and england.trajectories and "not a forecast" in england.about


def test_the_commands_and_snippets_of_the_page_on_a_nation_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(NATION, tmp_path)

    def call(*words: str) -> str:
        result = CliRunner().invoke(app, words, prog_name="collabsim")
        assert result.exit_code == 0, (words, result.stderr)
        return result.stdout

    few = ("--years", "1", "--replicates", "1")
    dry, run = commands(NATION)
    assert "11,112" in call(*dry)
    assert call(*run, *few, "-q")
    call("sweep", "two-kinds-of-place.toml", *few, "--progress", "quiet")
    call("sweep", "england", *few, "--progress", "quiet")
    (snippet,) = blocks(NATION, "python")
    exec(snippet, {})
    assert "trust_of_all" in capsys.readouterr().out
