"""The command line: help, lists, checks, what goes where with which status, and wrong input."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bad_scenarios import AGENCIES, BAD_SCENARIOS, BadScenario
from command_line import FEW, HEAVY, ROOT, answer, answer_json, call, process, refusal
from rich.console import Console

import collabsim
from collabsim.analysis import samples
from collabsim.cli import files, show
from collabsim.library import scenario_names
from collabsim.model import COMPILING, compiled, week
from collabsim.parameters import PARAMETERS, json_schema
from collabsim.validation.patterns import PATTERNS

pytestmark = pytest.mark.usefixtures("compiled_model")


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


def test_help_names_every_command() -> None:
    text = answer("--help")
    for command in ("scenarios", "parameters", "check", "run", "compare", "explain"):
        assert f"\n  {command} " in text


@pytest.mark.parametrize("words", [("--help",), ("lesson", "--help")])
def test_help_cuts_no_summary_short(words: tuple[str, ...]) -> None:
    assert [line for line in answer(*words).splitlines() if re.match(r"  \w.*\.\.\.$", line)] == []


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


SERVED = ("--help",)  # the tests of the pages start the servers
SHORTENED = {
    **dict.fromkeys(("run", "compare", "explain"), ("--years", "1", "--replicates", "1", "-q")),
    **dict.fromkeys(("dashboard", "teach"), SERVED),
}


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
        assert answer(*words, *SHORTENED.get(words[0], ()))


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
    (["run", "mixed-partnership", "--seed", "1e30"], "from 0 to 9,223,372,036,854,775,807"),
    (["check", "enabler-screning"], "did you mean the experiment enabler-screening?"),
    (["run", "enabler-rankng"], "did you mean the experiment enabler-ranking?"),
    (["run", "enabler-ranking"], "it is an experiment, which 'collabsim sweep' runs"),
    (["sweep", "mixed-partnership"], "it is a scenario, which 'collabsim run' runs"),
    (["sweep", "mixed-partnershp"], "did you mean the scenario mixed-partnership?"),
    (["compare", "mixed-partnership"], "name another scenario, or use --set"),
    (["compare", "mixed-partnership", "mixed-partnershp"], "did you mean mixed-partnership?"),
    (["compare", "mixed-partnership", "--set", "trust.los=1"], "did you mean trust.loss?"),
    (["explain", "mixed-partnership", "--outcome", "trust_last"], "--outcome needs --against BASE"),
    (["explain", "mixed-partnership", "--against", "grant-cliff", "--outcome", "trust_lst"], "did you mean trust_last?"),
    (["explain", "mixed-partnership", "--against", "short-term-funding", "--years", "2", "--outcome", "trust_year_5"],
     "a run of 2 years"),
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
    assert "b runs 2 years after" in sentence and "--years" in sentence
    (sentence,) = refusal("compare", "b.toml", "a.toml")
    assert "a runs 1 year after" in sentence


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


@pytest.mark.parametrize("columns", [20, 40, 60, 80])
def test_a_table_loses_no_name_and_no_number_on_a_narrow_screen(
    columns: int, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = show.table("Lever", "gain", "± 95%", "cash k", "time k", "first", "top 3")
    rows.add_row(
        "  relational_contracting.joint_governance", "+0.0123", "0.0045", "1,000", "2,000", "50%", "100%"
    )
    show.print_table(Console(width=columns, markup=False), rows)
    lines = capsys.readouterr().out.splitlines()
    width = lines[1].index("+0.0123")
    assert "".join(line[:width].strip() for line in lines[1:]) == "relational_contracting.joint_governance"
    assert lines[1][width:].split() == ["+0.0123", "0.0045", "1,000", "2,000", "50%", "100%"]
    assert lines[0].endswith("top 3") and "…" not in "".join(lines)


def test_one_of_something_is_not_several(here: Path) -> None:
    event = '[[events]]\nmonth = 3\nkind = "grant_cliff"\n'
    Path("one.toml").write_text(f"years = 1\n{AGENCIES}{event}")
    assert answer("check", "one.toml").endswith(" posts, 1 year after 2 of burn-in, 1 event.\n")
    assert " in 1 year\n" in answer("explain", "one.toml", *FEW)
