"""``collabsim query``."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated

import typer

from collabsim.checks import ScenarioErrors, shown
from collabsim.cli import files, options, show
from collabsim.cli.group import say

if TYPE_CHECKING:
    import pyarrow as pa

MOST_SHOWN = 40
ResultsFolder = Annotated[str, typer.Argument(metavar="RESULTS", help="A results folder.")]
Sql = Annotated[
    str, typer.Argument(metavar='"SQL"', help="One select; tables are runs, design and failures.")
]
Csv = Annotated[bool, typer.Option("--csv", help="Print all rows as CSV.")]
OutFile = Annotated[
    str | None, typer.Option("--out", metavar="FILE.csv", help="Write all rows to a CSV file instead.")
]


def query(
    results: ResultsFolder,
    sql: Sql,
    csv: Csv = False,
    json: options.Json = False,
    out: OutFile = None,
    quiet: options.Quiet = False,
) -> None:
    """Ask the results of a sweep in SQL; nothing can be changed."""
    from collabsim.experiment.query import answer

    if json and (csv or out is not None):
        raise ScenarioErrors(
            [f"--json and {'--csv' if csv else '--out'} cannot be given together: choose one."]
        )
    file = _file(out, results)
    with answer(results, sql) as reader:
        if file is not None:
            _write(reader, file)
        elif csv:
            _stream(reader)
        elif json:
            show.print_json({"columns": reader.schema.names, "rows": reader.read_all().to_pylist()})
        else:
            _print(reader)
    if file is not None and not quiet:
        say(f"Written to {file}.")


def _file(out: str | None, results: str) -> Path | None:
    """The file to write to, which must not lie among the results."""
    if out is None:
        return None
    file = Path(out)
    problem = ""
    if file.suffix != ".csv":
        problem = "must end in .csv"
    elif not file.absolute().parent.is_dir():
        problem = "there is no such folder"
    elif Path(results).resolve() in file.resolve().parents:
        problem = "lies in the results folder, which only a sweep may change"
    if problem:
        raise ScenarioErrors([f"--out is {shown(out)}, but {problem}."])
    return file


def _write(reader: pa.RecordBatchReader, file: Path) -> None:
    from pyarrow.csv import CSVWriter

    unfinished = file.with_name(f"{file.name}.unfinished")
    with files.writing(file.parent):
        try:
            with CSVWriter(unfinished, reader.schema) as writer:
                for batch in reader:
                    writer.write_batch(batch)
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)


def _stream(reader: pa.RecordBatchReader) -> None:
    from pyarrow.csv import CSVWriter

    sys.stdout.flush()
    with CSVWriter(sys.stdout.buffer, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


def _print(reader: pa.RecordBatchReader) -> None:
    """The first rows, and how many there are."""
    rows: list[dict[str, object]] = []
    count = 0
    for batch in reader:
        count += len(batch)
        rows += batch.slice(0, MOST_SHOWN - len(rows)).to_pylist() if len(rows) < MOST_SHOWN else []
    _print_rows(reader.schema.names, [[_cell(row[name]) for name in reader.schema.names] for row in rows])
    if count > len(rows):
        say(f"The first {len(rows)} of {count:,} rows; --csv prints all.")


def _print_rows(names: list[str], rows: list[list[str]]) -> None:
    """A table where it fits the screen, or where there is none; else a block for each row, a line for each column."""
    table = show.table(names[0], *names[1:])
    for row in rows:
        table.add_row(*row)
    width = show.least_width(table, show.MOST_WIDE)
    if not sys.stdout.isatty() or width <= get_terminal_size().columns:
        show.print_table(show.console(), table, width)
        return
    longest = max(map(len, names))
    blocks = (zip(names, row, strict=True) for row in rows)
    print("\n\n".join("\n".join(f"{name:<{longest}}  {cell}" for name, cell in block) for block in blocks))


def _cell(value: object) -> str:
    if value is None:
        return show.NONE
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
