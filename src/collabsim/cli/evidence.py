"""``collabsim parameters --evidence``: the crosswalk on a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from collabsim import provenance
from collabsim.checks import ScenarioErrors, nearest, shown
from collabsim.evidence import figures, words
from collabsim.evidence.crosswalk import SECTIONS, SEEDS, Move, Row, crosswalk, find, targets
from collabsim.evidence.figures import Figure
from collabsim.parameters import PARAMETER

WIDTH = 80


def print_evidence(word: str | None, json: bool) -> None:
    """Print every row in one line, or those that a word names in full.

    Raises
    ------
    ScenarioErrors
        When the word names no row, parameter, group or scenario.
    """
    from collabsim.cli.show import print_json

    rows = list(crosswalk().values()) if word is None else _found(word)
    if json:
        return print_json({"made": asdict(figures.read()[0]), "rows": [_content(row) for row in rows]})
    print(_overview(rows) if word is None else "\n\n".join(_told(row) for row in rows) or _nothing(word))
    print(f"\n{_made()}")
    return None


def _found(word: str) -> list[Row]:
    rows = find(word)
    known = {name for p in PARAMETER.values() for name in (p.name, p.group)}
    if not rows and word.strip().casefold() not in known:
        hint = nearest(word, [*targets(), *known]) or "; 'collabsim parameters --evidence' lists them."
        raise ScenarioErrors([f"There is no row, parameter or scenario {shown(word)} in the crosswalk{hint}"])
    return rows


def _nothing(word: str) -> str:
    return f"No row of the crosswalk is carried by {word.strip()}."


# --- every row in one line ----------------------------------------------------------------------


def _overview(rows: Sequence[Row]) -> str:
    parts = []
    for section, heading in SECTIONS.items():
        lines = [_line(row) for row in rows if row.section == section]
        parts.append("\n".join([f"{heading}: arrows that hold", *lines]))
    return "\n\n".join([*parts, _total(rows)])


def _line(row: Row) -> str:
    found = figures.of(row)
    count = f"{sum(f.verdict == 'holds' for f in found)} of {len(found)}"
    room = WIDTH - 8 - len(count)
    item = row.item if len(row.item) <= room else f"{row.item[: room - 3]}..."
    return f"  {row.id:<3} {item:<{room}}  {count}"


def _total(rows: Sequence[Row]) -> str:
    found = [figure for row in rows for figure in figures.of(row)]
    holds = sum(figure.verdict == "holds" for figure in found)
    text = (
        f"{len(rows)} of {len(rows)} items are carried by something in the model. Of {len(found)} arrows {holds} "
        f"hold; 'collabsim parameters --evidence ROW' tells why the others do not."
    )
    return textwrap.fill(text, WIDTH)


def _made() -> str:
    made = figures.read()[0]
    text = (
        f"Measured with {made.replicates} replicates over {made.years} years, seed {made.seed}, model {made.model}: "
        f"differences under the same luck, with 95% intervals. Illustrative, not a forecast."
    )
    if made.model != provenance.model_digest():
        text += (
            f" The model here is {provenance.model_digest()}: 'python -m collabsim.evidence' measures again."
        )
    return textwrap.fill(text, WIDTH)


# --- one row in full ----------------------------------------------------------------------------


def _told(row: Row) -> str:
    lines = [_wrapped(f"{row.id}  {row.item}", "", "    "), _wrapped(f"From: {SEEDS[row.seed]}", "    ")]
    lines.append(_wrapped(f"In the model: {row.mechanism}", "    "))
    if row.note:
        lines.append(_wrapped(f"Note: {row.note}", "    "))
    for number, move in enumerate(row.moves, 1):
        lines += ["", _wrapped(f"{words.moved(move)}{_when(move)}", "    ", "        ")]
        lines += [_arrow(row, figure) for figure in figures.of(row) if figure.move == number]
    return "\n".join(lines)


def _when(move: Move) -> str:
    return f" ({words.PERIODS[move.period]})" if move.period in words.PERIODS else ""


def _arrow(row: Row, figure: Figure) -> str:
    text = f"{words.title(figure)}, expected {figure.expected}: {words.measured(figure)}, "
    text += words.VERDICTS[figure.verdict]
    why = figures.why(row, figure)
    return _wrapped(f"{text}. {why}" if why else text, "      ", "          ")


def _wrapped(text: str, first: str, rest: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=rest or first)


# --- for another program ------------------------------------------------------------------------


def _content(row: Row) -> dict[str, Any]:
    arrows = [
        {**asdict(figure), "verdict": figure.verdict, "why": figures.why(row, figure)}
        for figure in figures.of(row)
    ]
    moves = [asdict(move) for move in row.moves]
    return {**asdict(row), "moves": moves, "arrows": arrows}
