"""``collabsim replay``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.checks import shown
from collabsim.cli import files, inputs, options, show
from collabsim.cli.group import WorkFailed
from collabsim.cli.query import ResultsFolder

if TYPE_CHECKING:
    from collabsim.experiment.replay import Recorded, Replay

Number = Annotated[
    str,
    typer.Option(
        "--run", metavar="ROW[/REPLICATE]", help="Which run: 17/3 is replicate 3 of row 17; 17 is 17/0."
    ),
]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="Write its trajectory and tables to this folder too."),
]


def replay(
    results: ResultsFolder,
    run: Number,
    out: Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Run a recorded run again, and check its stored numbers."""
    findings = inputs.Findings()
    row, replicate = _number(run, findings)
    folder = inputs.check_folder(out, findings)
    findings.settle()
    from collabsim.cli.progress import Watch
    from collabsim.experiment.replay import again, find

    recorded = find(results, row, replicate)
    inputs.keep_inputs(folder, [recorded.scenario])
    files.make(folder)
    with Watch(quiet):
        found = _again(again, recorded)
    if folder is not None:
        _write(folder, found, quiet)
    (_print_json if json else _print)(found)
    if found.different:
        raise WorkFailed(_difference(found))


def _number(word: str, findings: inputs.Findings) -> tuple[int, int]:
    """The row and the replicate that a word such as 17/3 names."""
    found = re.fullmatch(r"(\d{1,12})(?:/(\d{1,12}))?", word.strip())
    if found is None:
        text = f"--run is {shown(word)}, but must be a row, or a row and a replicate such as 17/3."
        findings.add([text])
        return 0, 0
    return int(found[1]), int(found[2] or 0)


def _again(again: Any, recorded: Recorded) -> Replay:
    """The run again; one that fails again is said to do so."""
    name = f"Run {recorded.row}/{recorded.replicate}"
    try:
        found: Replay = again(recorded)
    except Exception as error:
        words = " ".join(f"{type(error).__name__}: {error}".split())
        before = (
            f"as it did in the sweep ({recorded.failure})" if recorded.failure else "though it did not before"
        )
        raise WorkFailed(f"{name} fails, {before}: {words[:300]}.") from None
    return found


def _sentence(found: Replay) -> str:
    """What the run again shows."""
    recorded = found.recorded
    if recorded.stored is None:
        return f"The run failed in the sweep ({recorded.failure}) and does not now."
    if found.different:
        return _difference(found)
    count = len(recorded.stored)
    return f"The run again gives the stored numbers bit for bit: {count} outcome{'s' if count != 1 else ''}."


def _difference(found: Replay) -> str:
    name = found.different[0]
    then, now = (found.recorded.stored or {})[name], found.values[name]
    changed = ", ".join(found.recorded.changed)
    why = f"; since the sweep there is another {changed}" if changed else ""
    more = f" and {len(found.different) - 1} more" if len(found.different) > 1 else ""
    return f"The run again gives other numbers: {name} {then!r} then, {now!r} now{more}{why}."


# --- words out ----------------------------------------------------------------------------------


def _print(found: Replay) -> None:
    recorded = found.recorded
    screen = show.console()
    screen.print(recorded.scenario.title, style="bold")
    screen.print(f"Row {recorded.row:,}, replicate {recorded.replicate:,}, seed {recorded.seed}\n")
    rows = show.table("Outcome", "stored", "again")
    for name, value in (recorded.stored or {}).items():
        decimals = show.places([value])
        rows.add_row(
            show.entry(name), show.number(value, decimals), show.number(found.values[name], decimals)
        )
    show.print_table(screen, rows)
    if not found.different:
        screen.print(f"\n{_sentence(found)}")


def _print_json(found: Replay) -> None:
    recorded = found.recorded
    show.print_json(
        {
            "command": "replay",
            "row": recorded.row,
            "replicate": recorded.replicate,
            "seed": recorded.seed,
            "scenario": {"name": recorded.scenario.name, "digest": recorded.scenario.digest},
            "stored": recorded.stored,
            "again": found.values,
            "identical": recorded.stored is not None and not found.different,
            "different": found.different,
            "failure": recorded.failure,
            "changed": recorded.changed,
        }
    )


def _write(folder: Path, found: Replay, quiet: bool) -> None:
    """The scenario, the monthly outcomes, the trust ledger and the tables of the run."""
    from collabsim.records import TABLES, write_records

    recorded = found.recorded
    with files.writing(folder):
        about = {"row": recorded.row, "replicate": recorded.replicate, "luck": recorded.luck}
        files.write_provenance(folder, [recorded.scenario], recorded.seed, **about)
        files.write_csv(folder / "monthly.csv", _monthly(found))
        files.write_csv(folder / "ledger.csv", _ledger(found))
        write_records(
            recorded.scenario, 1, recorded.seed, TABLES, folder,
            first=recorded.replicate, row=recorded.luck,
        )  # fmt: skip
    files.tell(folder, quiet)


def _monthly(found: Replay) -> Iterator[dict[str, Any]]:
    """One row per month; month 1 is the policy's first, month 0 the last before it."""
    from collabsim.outcomes import MONTHLY, monthly

    columns = {outcome.name: monthly(outcome, found.run.series) for outcome in MONTHLY}
    for index in range(len(found.run.series)):
        values = {name: float(column[index]) for name, column in columns.items()}
        yield {"month": _month(found, index), **values}


def _ledger(found: Replay) -> Iterator[dict[str, Any]]:
    """One row per month: what each line adds to mean trust and to mean knowledge."""
    for index, booked in enumerate(found.run.ledger):
        lines = {name: float(booked[name]) for name in found.run.ledger.dtype.names or ()}
        yield {"month": _month(found, index), **lines}


def _month(found: Replay, index: int) -> int:
    return index - 12 * found.recorded.scenario.burn_in_years + 1
