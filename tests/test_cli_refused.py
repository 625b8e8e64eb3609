"""What a command must not do: it says so in a sentence each, and nothing has run or been written."""

from __future__ import annotations

from pathlib import Path

import pytest
from bad_scenarios import AGENCIES
from command_line import FEW, call, refusal

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
