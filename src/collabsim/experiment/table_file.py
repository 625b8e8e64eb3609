"""Reads the CSV file of a table design: one row per row of the design, one column per parameter."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from collabsim import library
from collabsim.checks import Report, nearest, shown
from collabsim.file_format import Field
from collabsim.parameters import PARAMETER, Value

MOST_BYTES = 100_000_000
MOST_ERRORS = 20
"""More than this are counted, not said."""
WORDS = ("scenario", "label")
"""Columns that are no parameters: which scenario a row is of, and what to call it."""
_LABEL = Field("label", "line", "what the row is called", maximum=100)

Row = dict[str, Value]


def read_rows(report: Report, beside: Path, name: str, scenarios: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows of the file, each value checked; an empty cell leaves the scenario's own value.

    Parameters
    ----------
    report : Report
        Where errors go, each with the file's line.
    beside : Path
        The experiment file.
    name : str
        The table's name: a file in the same folder.
    scenarios : tuple of str
        What the column ``scenario`` may hold, where there is one.
    """
    text = _text(report, beside, name)
    if text is None:
        return ()
    within = Report(f"{report.file}: {name}")
    rows = _rows(within, text, [Path(scenario).stem for scenario in scenarios])
    report.errors += within.errors[:MOST_ERRORS]
    if len(within.errors) > MOST_ERRORS:
        report.errors.append(f"{within.file}: and {len(within.errors) - MOST_ERRORS:,} more errors.")
    return tuple(rows)


def _text(report: Report, beside: Path, name: str) -> str | None:
    """What the file holds; None and a sentence in the report if it cannot be read."""
    if not (name.endswith(".csv") and library.is_name(name.removesuffix(".csv"))):
        report.say(
            "design.file", f"is {shown(name)}, but must be the name of a .csv file beside the experiment"
        )
        return None
    path = beside.parent / name
    try:
        if not path.is_file():
            report.say("design.file", f"is {shown(name)}, but there is no such file beside the experiment")
        elif path.stat().st_size > MOST_BYTES:
            report.say("design.file", f"is {shown(name)}, which is larger than {MOST_BYTES:,} bytes")
        else:
            return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        report.say("design.file", f"is {shown(name)}, which cannot be read: {reason}")
    except UnicodeDecodeError:
        report.say("design.file", f"is {shown(name)}, which is not text in UTF-8")
    return None


def _rows(report: Report, text: str, scenarios: list[str]) -> list[Row]:
    try:
        lines = list(_lines(text))
    except csv.Error as error:
        report.say("it", f"is not a CSV file: {error}")
        return []
    if len(lines) < 2:
        report.say("it", "needs a line of names and at least one row")
        return []
    (_, names), *rest = lines
    if not _are_right(report, names):
        return []
    return [_row(report, f"line {number}", names, cells, scenarios) for number, cells in rest]


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not empty, with its number."""
    reader = csv.reader(StringIO(text), strict=True)
    for cells in reader:
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield reader.line_num, stripped


def _are_right(report: Report, names: list[str]) -> bool:
    """Whether every column has a known name of its own."""
    before = len(report.errors)
    known = [*WORDS, *PARAMETER]
    for name in dict.fromkeys(names):
        if name not in known:
            report.say(f"column {shown(name)}", f"is not a known name{nearest(name, known)}")
        elif names.count(name) > 1:
            report.say(f"column {name}", "is there twice")
    return len(report.errors) == before


def _row(report: Report, line: str, names: list[str], cells: list[str], scenarios: list[str]) -> Row:
    if len(cells) != len(names):
        report.say(line, f"has {len(cells)} values, but there are {len(names)} columns")
        return {}
    row: Row = {}
    for name, cell in zip(names, cells, strict=True):
        value = _value(report, f"{line}: {name}", name, cell, scenarios)
        row[name] = value  # type: ignore[assignment]  # None: the scenario's own value
    return row


def _value(report: Report, key: str, name: str, cell: str, scenarios: list[str]) -> Value | None:
    """The value of a cell, or None where it is empty or wrong."""
    if name == "scenario":
        spec = Field(name, "choice", "scenario", choices=tuple(scenarios), required=True)
        return report.value(key, spec, cell)
    if name == "label":
        return report.value(key, _LABEL, cell)
    return report.value(key, PARAMETER[name], _read(cell)) if cell else None


def _read(cell: str) -> Value:
    """What a cell stands for: true, false, a number, or itself."""
    if cell.casefold() in ("true", "false"):
        return cell.casefold() == "true"
    try:
        return float(cell)
    except ValueError:
        return cell
