"""``collabsim validate``."""

from __future__ import annotations

import json as json_format
from pathlib import Path
from typing import Annotated, Any

import typer

from collabsim.checks import nearest, shown
from collabsim.cli import files, inputs, options, show
from collabsim.cli.group import say
from collabsim.cli.progress import Watch

KINDS = (".md", ".html", ".json")
QUICK = 16
Structure = Annotated[
    list[str] | None,
    typer.Option("--structure", metavar="NAME", help="A structural variant, such as beta+zero (repeatable)."),
]
Every = Annotated[bool, typer.Option("--all-structures", help="The default and every structural variant.")]
Out = Annotated[
    list[str] | None,
    typer.Option(
        "--out", metavar="FILE", help="Write the tables to FILE.md, FILE.html or FILE.json (repeatable)."
    ),
]


def validate(
    structure: Structure = None,
    all_structures: Every = False,
    replicates: options.Replicates = QUICK,
    seed: options.Seed = 0,
    workers: options.Workers = None,
    out: Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Hold the model against what the field knows.

    Each pattern with its figure, its range and its verdict.
    A quick look of about two minutes; --replicates 60 for narrower intervals. Failures are the answer, not an error.
    """
    findings = inputs.Findings()
    names = _names(structure, all_structures, findings)
    paths = [path for text in out or () if (path := _path(text, findings)) is not None]
    findings.settle()
    verdicts = _measured(names, replicates, seed, workers, quiet)
    _write(verdicts, paths, quiet)
    if json:
        show.print_json(verdicts)
    else:
        _print(verdicts)


def _names(given: list[str] | None, everything: bool, findings: inputs.Findings) -> tuple[str, ...]:
    """The structures that are meant."""
    from collabsim.validation.structures import DEFAULT, variants

    known = variants()
    for name in given or ():
        if name not in known:
            hint = nearest(name, known) or f"; there are {', '.join(known)}."
            findings.add([f"--structure is {shown(name)}, but there is no such variant{hint}"])
    return tuple(known) if everything else tuple(dict.fromkeys(given or [DEFAULT]))


def _path(text: str, findings: inputs.Findings) -> Path | None:
    """A file to write to."""
    path = Path(text)
    if path.suffix not in KINDS:
        findings.add([f"--out is {shown(text)}, but must end in {', '.join(KINDS)}."])
        return None
    if not path.parent.is_dir() or path.is_dir():
        findings.add([f"--out is {shown(text)}, but there is no such folder to write a file to."])
        return None
    return path


def _measured(
    names: tuple[str, ...], replicates: int, seed: int, workers: int | None, quiet: bool
) -> dict[str, Any]:
    from collabsim.validation.report import to_json
    from collabsim.validation.report import validate as measure

    if replicates <= QUICK and not quiet:
        say(
            f"A quick look with {replicates} replicates: many intervals are too wide to tell. --replicates 60 tells more."
        )
    with Watch(quiet, "patterns") as watch:
        return to_json(measure(names, replicates, seed, workers, watch.expect, watch.tick))


def _write(verdicts: dict[str, Any], paths: list[Path], quiet: bool) -> None:
    from collabsim.validation.written import to_html, to_markdown

    written = {
        ".md": lambda: f"# What the model gets right and wrong\n\n{to_markdown(verdicts)}",
        ".html": lambda: to_html(verdicts),
        ".json": lambda: json_format.dumps(verdicts, indent=1, ensure_ascii=False) + "\n",
    }
    for path in paths:
        with files.writing(path.parent):
            files.write_text(path, written[path.suffix]())
        files.tell(path, quiet)


def _print(verdicts: dict[str, Any]) -> None:
    from collabsim.provenance import NOTE
    from collabsim.validation.written import accepted, figure, summary

    screen = show.console()
    for name, rows in verdicts["structures"].items():
        screen.print(f"Structure: {name}", style="bold")
        for row in rows:
            screen.print(f"\n{row['number']:>2} {row['grade']} {row['use']}: {row['verdict'].upper()}")
            screen.print(f"   {row['statement']}")
            for check in row["checks"]:
                limits = f"{check['unit']}; accepted {accepted(check)}"
                screen.print(f"   - {check['what']}: {figure(check)} {limits}: {check['verdict']}")
        screen.print(f"\n{summary(rows)}\n")
    screen.print(NOTE)
