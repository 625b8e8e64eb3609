"""The crosswalk: every item of the evidence is carried by something that exists, and its arrows are as the figures say."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import answer, answer_json, refusal
from doc_pages import commands, small

from collabsim import provenance
from collabsim.evidence import figures
from collabsim.evidence.comparison import YEARS, comparison
from collabsim.evidence.crosswalk import SEEDS, Move, Row, crosswalk, find
from collabsim.evidence.figures import READ, Figure, Made
from collabsim.evidence.measure import measured, scenarios_of
from collabsim.evidence.page import pages
from collabsim.outcomes import periods
from collabsim.parameters import PARAMETER

ROWS = list(crosswalk().values())
EACH_ROW = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
DOCS = Path(__file__).parents[1] / "docs"
REPLICATES = 8


def moves() -> Iterator[tuple[Row, Move]]:
    return ((row, move) for row in ROWS for move in row.moves)


# --- the rows -----------------------------------------------------------------------------------


def test_every_row_of_the_evidence_is_there() -> None:
    numbers = {"B": 18, "E": 27, "X": 84, "C": 32}
    assert [row.id for row in ROWS] == [
        f"{letter}{n + 1}" for letter, last in numbers.items() for n in range(last)
    ]


@EACH_ROW
def test_a_rows_target_exists_and_is_moved(row: Row) -> None:
    assert row.item and row.mechanism and row.seed in SEEDS
    for move in row.moves:
        pair = comparison(move)  # unknown names and values that are not allowed are refused here
        assert pair.before.digest != pair.after.digest
        assert set(move.expect) <= set(READ) and set(move.expect.values()) <= {"up", "down", "flat"}
        assert move.expect and move.period in periods(YEARS) and set(move.why) <= set(move.expect)


def test_every_programme_and_structure_is_a_scenario() -> None:
    assert [row.id for row, move in moves() if row.section == "structures" and not move.scenario] == []


def test_a_row_names_one_target_for_each_move() -> None:
    assert all(bool(move.scenario) != bool(move.base) for _, move in moves())


# --- the arrows ---------------------------------------------------------------------------------


@EACH_ROW
def test_every_arrow_has_a_figure_and_holds_or_says_why_not(row: Row) -> None:
    found = figures.of(row)
    arrows = [(n, o, e) for n, move in enumerate(row.moves, 1) for o, e in move.expect.items()]
    assert [(f.move, f.outcome, f.expected) for f in found] == arrows
    failed = {(f.move, f.outcome) for f in found if f.verdict != "holds"}
    explained = {(n, o) for n, move in enumerate(row.moves, 1) for o, text in move.why.items() if text}
    assert failed == explained


@pytest.fixture(scope="module")
def again() -> list[Figure]:
    return measured(ROWS, REPLICATES, figures.read()[0].seed)


def kept() -> list[Figure]:
    return [figure for row in ROWS for figure in figures.of(row)]


def test_the_figures_are_this_models(again: list[Figure]) -> None:
    """Fails after a change of the model that moves an arrow: `make crosswalk` measures again."""
    for new, old in zip(again, kept(), strict=True):
        luck = 5 * old.sd / math.sqrt(REPLICATES)
        assert abs(new.change - old.change) <= luck + 0.02 * abs(old.change) + 1e-6, (new, old)


def test_clear_arrows_move_as_expected_under_the_same_luck(again: list[Figure]) -> None:
    clear = [
        new.verdict
        for new, old in zip(again, kept(), strict=True)
        if old.verdict == "holds" and old.expected != "flat" and abs(old.change) > 3 * old.sd
    ]
    assert set(clear) == {"holds"} and len(clear) > 100


def test_each_scenario_is_simulated_once() -> None:
    assert len(scenarios_of(ROWS)) < sum(len(row.moves) for row in ROWS) * 1.5


def figure(expected: str, low: float, high: float, outcome: str = "trust", sd: float = 1) -> Figure:
    return Figure("B1", 1, outcome, expected, 0.5, (low + high) / 2, low, high, sd)


@pytest.mark.parametrize(
    ("arrow", "verdict"),
    [
        (figure("up", 0.1, 0.3), "holds"),
        (figure("up", -0.3, -0.1), "reversed"),
        (figure("down", -0.3, -0.1), "holds"),
        (figure("down", 0.1, 0.3), "reversed"),
        (figure("up", -0.1, 0.3), "cannot tell"),
        (figure("up", 0, 0, sd=0), "no effect"),
        (figure("up", 0.2, 0.2, sd=0), "holds"),
        (figure("up", math.nan, math.nan), "cannot tell"),
        (figure("flat", -0.001, 0.009), "holds"),
        (figure("flat", 0, 0, sd=0), "holds"),
        (figure("flat", 0.001, 0.02), "moves"),
        (figure("flat", -0.02, 0.02), "cannot tell"),
        (figure("flat", -500, 900, "cash_cost"), "holds"),
    ],
)
def test_a_verdict_follows_from_the_interval(arrow: Figure, verdict: str) -> None:
    assert arrow.verdict == verdict


def test_figures_are_written_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrows = [figure("up", 0.125, 0.25), figure("down", -0.5, 2)]
    figures.write(Made("1", "abc", 8, 0, 6), arrows, tmp_path / "figures.json")
    monkeypatch.setattr(figures, "FILE", tmp_path / "figures.json")
    figures.read.cache_clear()
    try:
        assert figures.read() == (Made("1", "abc", 8, 0, 6), {"B1": tuple(arrows)})
    finally:
        monkeypatch.undo()
        figures.read.cache_clear()


# --- what is shown ------------------------------------------------------------------------------


def test_the_pages_are_those_of_the_data() -> None:
    for name, text in pages().items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, (
            f"{name}: python -m collabsim.evidence --pages"
        )


def test_the_commands_of_the_tour_work() -> None:
    found = commands("docs/reference/scenarios.md")
    assert len(found) == 4 and all(answer(*small(words)) for words in found)


def test_the_crosswalk_is_listed_row_by_row() -> None:
    lines = answer("parameters", "--evidence").splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [row.id for row in ROWS]
    assert max(map(len, lines)) <= 80
    assert f"{len(ROWS)} of {len(ROWS)} items" in " ".join(lines)


@pytest.mark.parametrize("word", ["B1", "b1", "funding.grant_months", "funding", "short-term-funding"])
def test_a_row_is_found_by_its_name_and_by_what_carries_it(word: str) -> None:
    assert "B1  Short-term funding" in answer("parameters", "--evidence", word)
    assert "B1" in [row["id"] for row in answer_json("parameters", "--evidence", word)["rows"]]


def test_a_row_is_told_with_its_figures_and_what_failed() -> None:
    row, arrow = next((row, f) for row in ROWS for f in figures.of(row) if f.verdict == "reversed")
    told = " ".join(answer("parameters", "--evidence", row.id).split())
    assert row.item in told and row.mechanism in told and figures.why(row, arrow) in told
    assert "the other way" in told and figures.read()[0].model in told


def test_a_parameter_that_carries_nothing_says_so() -> None:
    unused = next(name for name in PARAMETER if not find(name))
    assert f"No row of the crosswalk is carried by {unused}." in answer("parameters", "--evidence", unused)


def test_a_stale_model_is_owned_up_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "model_digest", lambda: "0123456789ab")
    assert "The model here is 0123456789ab" in " ".join(answer("parameters", "--evidence", "B1").split())


def test_an_unknown_row_is_one_sentence() -> None:
    (sentence,) = refusal("parameters", "--evidence", "B99")
    assert "There is no row, parameter or scenario" in sentence
