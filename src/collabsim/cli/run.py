"""``collabsim run``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collabsim.cli import answer, files, inputs, options, show
from collabsim.cli.progress import Watch

if TYPE_CHECKING:
    from rich.padding import Padding

    from collabsim.analysis.differences import Estimate
    from collabsim.analysis.samples import Sample
    from collabsim.outcomes import Outcome
    from collabsim.scenario import Scenario

RECORDS = ("relationships", "cases", "staff", "events")
Record = Annotated[
    str | None,
    typer.Option("--record", metavar="TABLES", help=f"Write tables to --out: of {','.join(RECORDS)}."),
]


def run(
    scenario: options.ScenarioName,
    settings: options.Settings = None,
    replicates: options.Replicates = 100,
    precision: options.Precision = None,
    seed: options.Seed = 0,
    years: options.Years = None,
    workers: options.Workers = None,
    out: options.Out = None,
    record: Record = None,
    uncertainty: options.Uncertainty = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Run one scenario many times: outcomes with 95% intervals."""
    findings = inputs.Findings()
    folder = inputs.check_folder(out, findings)
    tables = inputs.choose(record, RECORDS, "--record", findings)
    drawn = inputs.check_uncertainty(uncertainty, findings)
    if record is not None and out is None:
        findings.add(["--record needs --out DIR, the folder that the tables are written to."])
    resolved = inputs.load_one(scenario, settings, years, findings)
    values = inputs.read_settings(settings, findings)
    batch = options.Batch(replicates, precision, seed, workers, quiet, drawn, values)
    inputs.keep_inputs(folder, [resolved])
    inputs.tell_left_out([resolved], years, quiet)
    files.make(folder)
    sample = _sampled(resolved, batch, folder, tables)
    estimates = _estimates(sample)
    if folder is not None:
        _write(folder, resolved, sample, estimates, batch, tables)
    put = _print_json if json else _print
    put(resolved, sample, estimates, batch)


def _sampled(scenario: Scenario, batch: options.Batch, folder: Path | None, tables: Sequence[str]) -> Sample:
    """The replicates, and the records of the same replicates where they are wanted."""
    from collabsim.analysis.samples import sample_all

    with Watch(batch.quiet) as watch:
        (sample,) = sample_all(
            [scenario], batch.replicates, batch.seed,
            precision=batch.precision, half_width=_half_width, workers=batch.workers,
            keep_monthly=folder is not None, watcher=watch, uncertainty=batch.uncertainty, keep=batch.keep,
        )  # fmt: skip
        if folder is not None and tables:
            _record(scenario, sample.replicates, batch, folder, tables, watch)
    answer.tell_precision(batch, sample.replicates, _half_width([sample]))
    return sample


def _record(
    scenario: Scenario,
    replicates: int,
    batch: options.Batch,
    folder: Path,
    tables: Sequence[str],
    watch: Watch,
) -> None:
    from collabsim.records import write_records

    with files.writing(folder):
        write_records(
            scenario, replicates, batch.seed, tables, folder,
            workers=batch.workers, watcher=watch, uncertainty=batch.uncertainty, keep=batch.keep,
        )  # fmt: skip


def _half_width(samples: Sequence[Sample]) -> float:
    """Half the width of the headline outcome's interval."""
    from collabsim.analysis.differences import estimate
    from collabsim.outcomes import HEADLINE

    return estimate(samples[0].scalars[HEADLINE]).half_width


def _estimates(sample: Sample) -> dict[str, Estimate]:
    from collabsim.analysis.differences import estimate

    return {name: estimate(values) for name, values in sample.scalars.items()}


# --- words out ----------------------------------------------------------------------------------


def _write(
    folder: Path,
    scenario: Scenario,
    sample: Sample,
    estimates: Mapping[str, Estimate],
    batch: options.Batch,
    tables: Sequence[str],
) -> None:
    with files.writing(folder):
        files.write_csv(folder / "outcomes.csv", files.outcome_rows(estimates, sample.replicates))
        files.write_csv(folder / "monthly.csv", files.monthly_rows(sample, scenario.burn_in_years))
        about = {"replicates": sample.replicates, "tables": list(tables), **answer.drawn(batch)}
        files.write_provenance(folder, [scenario], batch.seed, **about)
    files.tell(folder, batch.quiet)


def _print_json(
    scenario: Scenario, sample: Sample, estimates: Mapping[str, Estimate], batch: options.Batch
) -> None:
    head = answer.head("run", [scenario], batch.seed, sample.replicates)
    outcomes = {
        name: {**vars(found), **answer.known(name, found, sample.replicates), **answer.unit(name)}
        for name, found in estimates.items()
    }
    show.print_json({**head, **answer.settings(batch.settings), **answer.drawn(batch), "outcomes": outcomes})


def _print(
    scenario: Scenario, sample: Sample, estimates: Mapping[str, Estimate], batch: options.Batch
) -> None:
    screen = show.console()
    screen.print(inputs.titled(scenario.title, batch.settings), style="bold")
    screen.print(
        f"Year {scenario.years} after the policy's start, {answer.luck(sample.replicates, batch.seed)}"
        f"{answer.drawn_from(batch)}\n"
    )
    rows = show.table("Outcome", "mean", "95% interval")
    for group, outcomes in answer.groups([scenario]):
        rows.add_row(group, style="bold")
        for outcome in outcomes:
            rows.add_row(*_row(outcome, estimates[answer.last(outcome)], sample.replicates))
    show.print_table(screen, rows)
    answer.print_footer(screen)


def _row(outcome: Outcome, found: Estimate, replicates: int) -> tuple[Padding, str, str]:
    from collabsim.display import known

    decimals = show.places([found.mean, found.low, found.high], outcome.unit)
    words = show.entry(f"{outcome.title} ({outcome.unit})", known(outcome, found, replicates))
    return words, show.number(found.mean, decimals), show.interval(found, decimals)
