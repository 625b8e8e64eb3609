"""``collabsim report``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collabsim.checks import nearest, shown
from collabsim.cli import files, inputs, options
from collabsim.cli.group import say
from collabsim.cli.query import ResultsFolder

if TYPE_CHECKING:
    from collabsim.experiment.results import Results

OutFile = Annotated[
    str | None,
    typer.Option(
        "--out",
        metavar="FILE.html",
        help="Where to write it: RESULTS-report.html beside the folder unless said.",
    ),
]
OutcomeName = Annotated[
    str | None,
    typer.Option(
        "--outcome", metavar="NAME", help="What it is about: trust_last_six, where recorded, unless said."
    ),
]


def report(
    results: ResultsFolder,
    out: OutFile = None,
    outcome: OutcomeName = None,
    quiet: options.Quiet = False,
) -> None:
    """Write one page on an experiment that anybody can read.

    The question, the answer, the doubt and the money, in one HTML file that needs no network.
    """
    findings = inputs.Findings()
    file = _file(out, results, findings)
    loaded = _loaded(results, findings)
    if loaded is not None and outcome is not None:
        _check(outcome, loaded, findings)
    findings.settle()
    assert loaded is not None
    _write(loaded, outcome or "", file, quiet)


def _write(loaded: Results, outcome: str, file: Path, quiet: bool) -> None:
    from collabsim.experiment_report import build
    from collabsim.report import html

    page = build(loaded, outcome)
    with files.writing(file.parent):
        files.write_text(file, html(page))
    if not quiet:
        say(f"Written to {file}.")
    for _, text in page.answers:
        print(text)


def _loaded(folder: str, findings: inputs.Findings) -> Results | None:
    """The results, with something in them."""
    from collabsim.experiment.results import NoResults, load_results

    try:
        found = load_results(folder, design_columns=False)
    except NoResults as error:
        findings.add([str(error)])
        return None
    if found.runs.empty:
        failed = f"; all {len(found.failures):,} runs that were made failed" if len(found.failures) else ""
        findings.add([f"{shown(folder)} holds no finished run yet{failed}."])
        return None
    return found


def _check(outcome: str, loaded: Results, findings: inputs.Findings) -> None:
    if outcome not in loaded.outcomes:
        hint = nearest(outcome, loaded.outcomes) or f"; they hold {', '.join(loaded.outcomes)}."
        findings.add([f"--outcome is {shown(outcome)}, but the results hold no such outcome{hint}"])


def _file(out: str | None, results: str, findings: inputs.Findings) -> Path:
    """The file to write, which must not lie among the results."""
    if out is None:
        folder = Path(results).absolute()
        return folder.with_name(f"{folder.name}-report.html")
    file = Path(out)
    problem = ""
    if file.suffix not in (".html", ".htm"):
        problem = "must end in .html"
    elif not file.absolute().parent.is_dir():
        problem = "there is no such folder"
    elif file.is_dir():
        problem = "is a folder"
    elif Path(results).resolve() in file.resolve().parents:
        problem = "lies in the results folder, which only a sweep may change"
    if problem:
        findings.add([f"--out is {shown(out)}, but {problem}."])
    return file
