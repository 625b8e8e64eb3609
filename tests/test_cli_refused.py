"""What a command must not do, or not without saying so: a sentence each, and of a refusal nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_scenarios import AGENCIES
from command_line import FEW, answer, answer_json, call, refusal
from sweeps import TEXT, finished

pytestmark = pytest.mark.usefixtures("compiled_model")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario file of one's own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "our-place.toml").write_text(f"# words that nothing else keeps\n{AGENCIES}")
    (tmp_path / "elsewhere").mkdir()
    return tmp_path


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# --- a user's own files -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("run", "our-place.toml", "--out", "."),
        ("compare", "our-place.toml", "--set", "funding.grant_months=36", "--out", "."),
        ("explain", "our-place.toml", "--out", "."),
        ("packages", "our-place.toml", "--budget", "50000", "--out", "."),
        ("run", "elsewhere/../our-place.toml", "--out", "linked"),
    ],
)
def test_no_command_writes_over_the_scenario_that_it_reads(here: Path, words: tuple[str, ...]) -> None:
    (here / "linked").symlink_to(here)
    before = files_in(here)
    (error,) = refusal(*words)
    for word in (f'--out is "{words[-1]}"', "our-place.toml", "overwritten", "our-place-results"):
        assert word in error
    assert files_in(here) == before


def test_no_command_writes_over_what_its_scenario_extends(here: Path) -> None:
    (here / "child.toml").write_text('extends = "our-place"\n')
    (here / "elsewhere" / "our-place.toml").write_text(AGENCIES)
    before = files_in(here)
    errors = refusal("compare", "child.toml", "elsewhere/our-place.toml", "--out", ".")
    assert [error.split(" there")[0] for error in errors] == [
        '--out is ".", but child.toml',
        '--out is ".", but our-place.toml',
    ]
    assert files_in(here) == before


def test_the_folder_that_was_written_to_is_said_plainly(here: Path) -> None:
    done = call("run", "mixed-partnership", *FEW, "--out", ".")
    assert (done.exit_code, done.stderr) == (0, f"Written to {here.resolve()}.\n")


# --- what is left out ---------------------------------------------------------------------------


EVENTS = '[[events]]\nmonth = 30\nkind = "grant_cliff"\n[[events]]\nmonth = 6\nkind = "leader_departure"\n'


@pytest.mark.parametrize(
    "command", [("run",), ("compare", "--set", "colocation.days=1"), ("explain",), ("story",)]
)
def test_events_after_a_shorter_run_are_said_to_be_left_out(here: Path, command: tuple[str, ...]) -> None:
    (here / "our-place.toml").write_text(AGENCIES + EVENTS)
    few = ("--years", "1", *(FEW[2:] if command[0] != "story" else ()))
    said = "--years 1 leaves out what our-place holds after the run's end: grant_cliff (month 30).\n"
    assert call(*command, "our-place.toml", *few).stderr == said
    assert call(*command, "our-place.toml", *few[2:], "--years", "3").stderr == ""
    if command[0] != "story":
        assert call(*command, "our-place.toml", *few, "--quiet").stderr == ""


def test_a_sweep_says_which_events_are_left_out_too(here: Path) -> None:
    (here / "our-place.toml").write_text(AGENCIES + EVENTS)
    (here / "mine.toml").write_text(TEXT.replace("mixed-partnership", "our-place"))
    assert "leaves out what our-place holds" in call("sweep", "mine.toml", "--dry-run", "--years", "1").stderr
    assert call("sweep", "mine.toml", "--dry-run", "--years", "3").stderr == ""


# --- options that cannot be ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "hint"),
    [("foo", "."), ("", "."), ("tcp://here", "."), ("http://here:1", "."), ("tcp://here:0", "."),
     ("here:8786", "; did you mean tcp://here:8786?")],
)  # fmt: skip
def test_an_address_that_dask_does_not_understand_is_refused(here: Path, address: str, hint: str) -> None:
    (error,) = refusal("sweep", "funding-colocation-leadership", "--scheduler", address)
    must = "must be tcp://HOST:PORT (instead of tcp also tls, ws, wss)"
    assert error == f'--scheduler is "{address}", but {must}{hint}'
    assert not (here / "results").exists()


def test_an_encrypted_address_needs_certificates(here: Path) -> None:
    (error,) = refusal("sweep", "funding-colocation-leadership", "--scheduler", "tls://here:8786")
    assert "names no certificates (distributed.comm.tls)" in error
    assert not (here / "results").exists()


def test_a_cluster_and_processes_of_ones_own_are_not_asked_for_together(here: Path) -> None:
    words = ("sweep", "funding-colocation-leadership", "--scheduler", "tcp://[::1]:8786", "--workers", "2")
    (error,) = refusal(*words)
    assert "--workers" in error and "--scheduler" in error
    assert not (here / "results").exists()


def test_a_query_is_answered_in_one_form(here: Path) -> None:
    results = finished(here)
    for words in (("--csv",), ("--out", "rows.csv")):
        (error,) = refusal("query", str(results), "select 1", "--json", *words)
        assert error == f"--json and {words[0]} cannot be given together: choose one."
    assert not (here / "rows.csv").exists()


# --- what was asked stands above the answer -----------------------------------------------------


SET = ("--set", "funding.permanent=true", "--set", "colocation.days=2")


@pytest.mark.parametrize("command", ["run", "explain"])
def test_an_answer_says_what_was_set(command: str, here: Path) -> None:
    words = (command, "our-place.toml", *FEW)
    assert answer(*words).splitlines()[0] == "our-place"
    first = answer(*words, *SET).splitlines()[0]
    assert first == "our-place, with funding.permanent = true, colocation.days = 2"
    assert answer_json(*words)["set"] == {}
    assert answer_json(*words, *SET)["set"] == {"funding.permanent": True, "colocation.days": 2}


@pytest.mark.parametrize("command", [("compare",), ("explain", "--against")])
def test_a_comparison_says_what_was_set_on_both_sides(command: tuple[str, ...], here: Path) -> None:
    words = (command[0], "mixed-partnership", *command[1:], "our-place.toml", *FEW)
    assert "Both with" not in answer(*words)
    lines = answer(*words, *SET).splitlines()
    assert lines[2] == "Both with funding.permanent = true, colocation.days = 2"
    assert answer_json(*words, *SET)["set"] == {"funding.permanent": True, "colocation.days": 2}
    with_itself = (command[0], "our-place.toml", *command[1:], "our-place.toml", *FEW)
    assert "Both with" not in answer(*with_itself, *SET)


@pytest.mark.parametrize("command", [("compare",), ("explain", "--against")])
def test_two_files_of_one_title_are_told_apart_by_their_paths(command: tuple[str, ...], here: Path) -> None:
    (here / "elsewhere" / "our-place.toml").write_text(f"years = 10\n{AGENCIES}")
    words = (command[0], "our-place.toml", *command[1:], "elsewhere/our-place.toml", *FEW)
    first, second, *_ = answer(*words).splitlines()
    assert {line.split(maxsplit=1)[1] for line in (first, second)} == {
        "our-place (our-place.toml)",
        "our-place (elsewhere/our-place.toml)",
    }


# --- one sentence for one thing -----------------------------------------------------------------


def test_too_few_years_are_said_once_where_they_were_asked_for(here: Path) -> None:
    (error,) = refusal("sweep", "enabler-screening", "--dry-run", "--size", "2", "--years", "2")
    assert error.startswith("--years is 2, but enabler-screening.toml records ")
    assert error.endswith(" more, which need 6 years.")


def test_packages_blame_no_outcome_that_was_not_named(here: Path) -> None:
    words = ("packages", "our-place.toml", "--budget", "50000")
    must = (
        "trust_last_six, the outcome unless --outcome names another, needs 6 years: try --outcome trust_last."
    )
    assert refusal(*words, "--years", "2") == [f"--years is 2, but {must}"]
    (here / "our-place.toml").write_text(f"years = 3\n{AGENCIES}")
    assert refusal(*words) == [f"our-place runs 3, but {must}"]
    assert "a run of 3 years" in refusal(*words, "--outcome", "trust_year_5")[0]


def test_what_no_outcome_can_be_ranked_for_is_said_once(here: Path) -> None:
    text = TEXT.replace('"grid"', '"morris"\nsize = 2').replace("[12, 36]", "{}").replace(', "recovery"', "")
    results = finished(here, text)
    (error,) = refusal("rank", str(results))
    assert error == "Only 2 whole trajectories are there, and a ranking needs 4."
