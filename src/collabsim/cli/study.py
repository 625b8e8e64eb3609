"""What the answers drawn from a finished sweep have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collabsim.checks import ScenarioErrors
from collabsim.cli import files, show

if TYPE_CHECKING:
    from pandas import DataFrame

    from collabsim.experiment.results import Results


def head(command: str, results: Results) -> dict[str, Any]:
    """What every JSON answer begins with: the sweep that it is drawn from."""
    from collabsim.provenance import NOTE

    return {
        "command": command,
        "note": NOTE,
        "experiment": results.plan["experiment"]["name"],
        "seed": results.plan["seed"],
        "code": results.plan["code"],
    }


@contextmanager
def refusing(refusal: type[Exception]) -> Iterator[None]:
    """Turn what an analysis refuses into the plain sentence of a bad input."""
    try:
        yield
    except refusal as error:
        raise ScenarioErrors([str(error)]) from None


def records(table: DataFrame) -> files.Rows:
    """The rows of a data frame, for a CSV file."""
    return [{str(key): cell for key, cell in row.items()} for row in table.to_dict("records")]


def write(
    folder: Path, name: str, content: dict[str, Any], tables: Mapping[str, files.Rows], page: str, quiet: bool
) -> None:
    """Write an answer as JSON, its tables as CSV and its page."""
    files.make(folder)
    with files.writing(folder):
        text = dumps(show.clean(content), indent=2, ensure_ascii=False)
        files.write_text(folder / f"{name}.json", text + "\n")
        for title, rows in tables.items():
            files.write_csv(folder / f"{title}.csv", rows)
        files.write_text(folder / f"{name}.html", page)
    files.tell(folder, quiet)
