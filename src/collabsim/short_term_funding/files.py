"""Writes the answer to a folder: the page, and its numbers as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from collabsim.cli.files import make, write_text, writing
from collabsim.report import html
from collabsim.short_term_funding import page, tables
from collabsim.short_term_funding.sentences import Answer
from collabsim.short_term_funding.study import Study


def write(folder: Path, study: Study, answers: Sequence[Answer]) -> Path:
    """Write `report.html` and a CSV file for each table; return the report's path.

    Raises
    ------
    WorkFailed
        When the folder cannot be written to.
    """
    make(folder)
    report = folder / "report.html"
    with writing(folder):
        for name, table in tables.all_tables(study).items():
            write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
        write_text(report, html(page.build(study, answers)))
    return report
