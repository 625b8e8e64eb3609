"""Every command and snippet of the how-to pages, run; those of other pages are run beside what they describe."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from doc_pages import ROOT, apply_patch, blocks, commands, small, write_files
from typer.testing import CliRunner

from collabsim.cli import app
from collabsim.model.week import SCHEDULE
from collabsim.parameters import PARAMETER
from collabsim.scenario import load_scenario

OWN, TEACH, EXTEND = (
    f"docs/how-to/{name}.md" for name in ("write-your-own-partnership", "teach-a-session", "extend-the-model")
)
CRITICISMS, CLUSTER = "docs/explanation/criticisms.md", "docs/how-to/run-on-a-cluster.md"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("page", "least"), [(OWN, 8), (TEACH, 9), (CRITICISMS, 7)])
def test_the_commands_of_a_page_work(page, least, here):
    write_files(page, here)
    found = commands(page)
    assert len(found) >= least
    for words in found:
        result = CliRunner().invoke(app, small(words), prog_name="collabsim")
        assert (result.exit_code, bool(result.stdout)) == (0, True), (words, result.stderr)


def test_the_partnership_of_the_how_to_page_is_what_the_page_says(here):
    write_files(OWN, here)
    ours, now = load_scenario("our-place.toml"), load_scenario("our-place-as-now.toml")
    assert (ours.policy["funding.grant_months"], now.policy["funding.grant_months"]) == (36, 12)
    assert ours.baseline == now.baseline and ours.events == now.events and len(ours.events) == 1


def test_every_criticism_is_answered_in_order():
    numbers = re.findall(r"^### (\d+)\. ", (ROOT / CRITICISMS).read_text(), re.MULTILINE)
    assert numbers == [str(number) for number in range(1, 23)]


def test_the_declaration_has_the_processes_of_the_week_and_names_parameters_that_exist():
    page = (ROOT / "docs/reference/odd.md").read_text()
    listed = re.findall(r"^\d+\. (.*)", page.partition("\n## 3. ")[2].partition("\n## ")[0], re.MULTILINE)
    assert len(listed) == len(SCHEDULE)
    assert [name for (name, _), line in zip(SCHEDULE, listed, strict=True) if name not in line] == []
    symbols = page.partition("### 7.13 ")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", symbols))
    assert len(named) > 60 and not named - PARAMETER.keys()


def test_the_python_of_the_api_page_runs(capsys):
    (example,) = blocks("docs/reference/python-api.md", "python")
    exec(example, {})
    assert re.search(r"^continuity_last +\+\d", capsys.readouterr().out, re.MULTILINE)


@contextmanager
def started(words, folder):
    """A program of Python's, as long as the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", *words], cwd=folder, env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def test_a_sweep_runs_on_one_machine_s_cluster_as_the_page_says(here):
    (block,) = (block for block in blocks(CLUSTER, "") if "127.0.0.1" in block)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    lines = block.replace("8786", port).replace("--nworkers 4", "--nworkers 1").splitlines()
    scheduler, worker, sweep = map(str.split, lines)
    few = ("--replicates", "1", "--progress", "quiet")
    with started(scheduler, here), started(worker, here):
        done = subprocess.run(
            [sys.executable, "-m", *sweep, *few], capture_output=True, text=True, timeout=300
        )
    assert done.returncode == 0, done.stderr
    assert len(list(here.glob("results/*/parts/*.parquet"))) > 0


def test_the_program_for_a_batch_queue_can_be_read_by_python():
    (program,) = blocks(CLUSTER, "python")
    assert "SLURMCluster" in compile(program, "cluster", "exec").co_names


def test_the_options_of_the_dashboard_s_page_exist():
    page = (ROOT / "docs/how-to/use-the-dashboard.md").read_text()
    offered = CliRunner().invoke(app, ["dashboard", "--help"]).stdout
    assert not [option for option in re.findall(r"--[a-z][a-z-]*", page) if option not in offered]


def test_every_page_with_commands_or_programs_is_run_by_a_test():
    tests = "".join(path.read_text() for path in ROOT.glob("tests/*.py"))
    for page in ROOT.glob("docs/*/*.md"):
        runs = re.search(r"^(collabsim|python|dask) |^```(python|toml|diff)", page.read_text(), re.MULTILINE)
        assert not runs or page.stem in tests, page


# --- extending the model ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A copy of the source with the page's three extensions, and the page's partnership beside it."""
    folder = tmp_path_factory.mktemp("extended")
    for name in ("src", "scenarios"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for patch in blocks(EXTEND, "diff"):
        apply_patch(patch, folder)
    write_files(EXTEND, folder)
    return folder


def uncompiled(source: Path, folder: Path, *words: str) -> dict:
    """What a command prints as JSON with the model of another source tree, not compiled."""
    few = ("--years", "1", "--replicates", "2", "--workers", "1", "--json")
    environment = os.environ | {"PYTHONPATH": str(source), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "collabsim", *words, *few],
        cwd=folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_extensions_change_nothing_until_they_are_used(extended):
    before = uncompiled(ROOT / "src", extended, "run", "small.toml")["outcomes"]
    after = uncompiled(extended / "src", extended, "run", "small.toml")["outcomes"]
    assert {name: after[name] for name in before} == before
    assert {name.rpartition("_")[0] for name in after.keys() - before.keys()} >= {"leaders_vacant"}


@pytest.mark.parametrize(
    "words", [w for w in commands(EXTEND) if w[0] == "compare"], ids=lambda words: words[-1]
)
def test_an_extension_does_what_it_is_for(words, extended):
    often = ("--set", "leadership.tenure_years=0.9")  # so that a leader leaves within the year
    changed = uncompiled(extended / "src", extended, *words, *often)["comparisons"][0]["outcomes"]
    moved = {name for name, difference in changed.items() if difference["difference"]["mean"]}
    assert moved if "deputy" in words[-1] else "knowledge_last" in moved


def test_an_extension_is_under_twenty_lines():
    page = (ROOT / EXTEND).read_text()
    for part in ("A lever", "An outcome", "A rule"):
        section = page.partition(f"## {part}\n")[2].partition("\n## ")[0]
        assert 1 <= len(re.findall(r"^[+-](?!--)", section, re.MULTILINE)) < 20, part
