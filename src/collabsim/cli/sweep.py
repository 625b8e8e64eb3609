"""``collabsim sweep``."""

from __future__ import annotations

import re
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.checks import shown
from collabsim.cli import inputs, options
from collabsim.cli.group import say
from collabsim.cli.show import count

if TYPE_CHECKING:
    import pandas as pd

    from collabsim.experiment.estimate import Estimate
    from collabsim.experiment.types import Experiment

PROGRESS = ("auto", "bar", "plain", "json", "quiet")
PROTOCOLS = ("tcp", "tls", "ws", "wss")
"""Of Dask's addresses."""
ExperimentName = Annotated[
    str, typer.Argument(metavar="EXPERIMENT", help="A shipped name, or a file's path.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say how much work it is, and stop.")]
Out = Annotated[
    str | None, typer.Option("--out", metavar="DIR", help="Results folder; results/EXPERIMENT by default.")
]
Workers = Annotated[int | None, options.whole("--workers", 1, 1024, "Processes; all cores by default.")]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="A running Dask scheduler, as tcp://host:port."),
]
Fresh = Annotated[bool, typer.Option("--fresh", help="Set earlier results aside and begin again.")]
Progress = Annotated[
    str, typer.Option("--progress", metavar="KIND", help=f"How to show progress: {', '.join(PROGRESS)}.")
]
Replicates = Annotated[
    int | None, options.whole("--replicates", 1, 100_000, "Runs of every row, instead of the file's.")
]
Size = Annotated[
    int | None,
    options.whole("--size", 1, 2**22, "Size of an lhs, morris or sobol design, instead of the file's."),
]
Seed = Annotated[int | None, options.whole("--seed", 0, 2**63 - 1, "Seed, instead of the file's.")]


def sweep(
    experiment: ExperimentName,
    dry_run: DryRun = False,
    out: Out = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    fresh: Fresh = False,
    replicates: Replicates = None,
    size: Size = None,
    years: options.Years = None,
    seed: Seed = None,
    uncertainty: options.Uncertainty = None,
    progress: Progress = "auto",
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Run an experiment, or go on with it: what is finished stays."""
    from collabsim.experiment.design import rows

    findings = inputs.Findings()
    kind = _kind(progress, quiet, findings)
    _check_scheduler(scheduler, workers, findings)
    inputs.check_folder(out, findings)
    if uncertainty is not None:
        uncertainty = inputs.check_uncertainty(uncertainty, findings)
    changes = {
        "replicates": replicates, "size": size, "years": years, "seed": seed, "uncertainty": uncertainty,
    }  # fmt: skip
    found = _read(experiment, {key: value for key, value in changes.items() if value is not None}, findings)
    findings.settle()
    assert found is not None
    inputs.tell_left_out(found.loaded.values(), years, quiet or kind in ("quiet", "json"))
    folder = Path(out) if out else Path("results") / found.name
    table = rows(found)
    goes_on = (folder / "plan.json").exists() and not fresh  # then progress says what is left
    if dry_run or (kind not in ("quiet", "json") and not goes_on):
        _estimate(found, table, folder, workers, dry_run, json, kind)
    if not dry_run:
        _run(found, table, folder, json, workers=workers, scheduler=scheduler, fresh=fresh, progress=kind)


def _kind(progress: str, quiet: bool, findings: inputs.Findings) -> str:
    """How progress is shown."""
    return "quiet" if quiet else (*inputs.choose(progress, PROGRESS, "--progress", findings), "auto")[0]


def _check_scheduler(address: str | None, workers: int | None, findings: inputs.Findings) -> None:
    """That an address is one that Dask understands: what it does not, it says in a traceback of its own."""
    from collabsim.experiment.dask_crew import INSTALL

    if address is None:
        return
    if not _is_address(address):
        hint = f"; did you mean tcp://{address}?" if _is_address(f"tcp://{address}") else "."
        others = ", ".join(PROTOCOLS[1:])
        must = f"must be tcp://HOST:PORT (instead of tcp also {others})"
        findings.add([f"--scheduler is {shown(address)}, but {must}{hint}"])
    elif find_spec("distributed") is None:
        findings.add([INSTALL])
    elif address.startswith(("tls:", "wss:")) and not _has_certificates():
        findings.add(
            [
                f"--scheduler is {shown(address)}, but Dask's configuration names no certificates (distributed.comm.tls)."
            ]
        )
    if workers is not None:
        findings.add(
            ["--workers says how many processes run here, but with --scheduler none does: leave one out."]
        )


def _is_address(text: str) -> bool:
    """Whether a text is a protocol of Dask's, a host and a port."""
    found = re.fullmatch(rf"({'|'.join(PROTOCOLS)})://([^\s/:@]+|\[[0-9A-Fa-f:.%]+\]):(\d{{1,5}})", text)
    return found is not None and 1 <= int(found[3]) <= 65_535


def _has_certificates() -> bool:
    from distributed.security import Security

    return Security().get_connection_args("client").get("ssl_context") is not None


def _read(name: str, changes: dict[str, Any], findings: inputs.Findings) -> Experiment | None:
    from collabsim.checks import ScenarioErrors
    from collabsim.experiment.design import read_experiment

    try:
        return read_experiment(name, changes)
    except ScenarioErrors as error:
        findings.add(error.errors)
        return None


def _run(found: Experiment, table: pd.DataFrame, folder: Path, json: bool, **how: Any) -> None:
    """Run what is missing; leave with the sweep's own status."""
    from collabsim.cli.show import print_json
    from collabsim.experiment.execute import run_sweep

    ending = run_sweep(found, folder, rows=table, **how)
    if json:
        print_json({"command": "sweep", "experiment": found.name, **asdict(ending), "path": str(ending.path)})
    if ending.status or how["progress"] not in ("quiet", "json"):
        say(ending.sentence)
    if ending.status:
        sys.exit(ending.status)


# --- how much work it is ------------------------------------------------------------------------


def _estimate(
    found: Experiment,
    table: pd.DataFrame,
    folder: Path,
    workers: int | None,
    dry_run: bool,
    json: bool,
    kind: str,
) -> None:
    """Time a few runs and say what the whole takes: the answer of a dry run, else a message."""
    from collabsim.cli.show import print_json
    from collabsim.experiment.estimate import estimate
    from collabsim.experiment.execute import cores
    from collabsim.model import COMPILING
    from collabsim.model.compiled import is_compiled

    if not is_compiled() and kind != "quiet":
        say(COMPILING)
    work = estimate(found, table, workers or cores())
    about = {"command": "sweep", "experiment": found.name, "dry_run": True, "out": str(folder)}
    if dry_run and json:
        print_json({**about, **asdict(work), "disk_free": _free(folder)})
    elif dry_run:
        print("\n".join(_lines(found, work, folder)))
    else:
        say(_sentence(found, work))


def _sentence(found: Experiment, work: Estimate) -> str:
    return (
        f"{found.name}: {count(work.rows, 'row')} of {count(found.replicates, 'replicate')}, "
        f"{count(work.runs, 'run')}, about {duration(work.seconds)} on {count(work.workers, 'core')}."
    )


def _lines(found: Experiment, work: Estimate, folder: Path) -> list[str]:
    """The answer of a dry run."""
    free = _free(folder)
    room = f" ({size_of(free)} free)" if free is not None else ""
    return [
        found.title,
        *([" ".join(found.question.split())] if found.question else []),
        "",
        f"Design     {_design(found)}",
        f"Rows       {work.rows:,}",
        f"Runs       {work.runs:,} ({found.replicates:,} of each row)",
        f"Time       about {duration(work.seconds)} on {work.workers} "
        f"core{'s' if work.workers > 1 else ''} ({1000 * work.seconds_per_run:.1f} ms a run)",
        f"Disk       about {size_of(work.bytes)}{room}",
        f"Results    {folder}",
        "",
        "Nothing was run or written: --dry-run.",
    ]


def _design(found: Experiment) -> str:
    """The kind of design and what it varies, in words."""
    factors = len([name for name in found.parameter_columns if name not in found.variants[0]])
    parts = [
        str(found.design["kind"]),
        f"{factors} factor{'s' if factors != 1 else ''}",
        f"{len(found.scenarios)} scenario{'s' if len(found.scenarios) != 1 else ''}",
        *([f"{len(found.variants)} structural variants"] if len(found.variants) > 1 else []),
        "the same luck in every row" if found.common else "luck of its own in every row",
    ]
    return ", ".join(parts)


def _free(folder: Path) -> int | None:
    """Bytes free where the folder is or will be."""
    import shutil

    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        return shutil.disk_usage(there).free
    except OSError:
        return None


def duration(seconds: float) -> str:
    """A time in the unit that suits it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 72 * 3600 else f"{seconds / 86400:.1f} days"


def size_of(number: float) -> str:
    """Bytes in the unit that suits them."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
