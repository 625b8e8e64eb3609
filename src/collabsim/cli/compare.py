"""``collabsim compare``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.cli import answer, files, inputs, options, show
from collabsim.cli.group import say
from collabsim.cli.progress import Watch

if TYPE_CHECKING:
    from rich.padding import Padding

    from collabsim.analysis.differences import Difference, Estimate
    from collabsim.analysis.samples import Sample
    from collabsim.outcomes import Outcome
    from collabsim.scenario import Scenario

Base = Annotated[str, typer.Argument(metavar="BASE", help="The scenario that others are compared with.")]
Others = Annotated[
    list[str] | None,
    typer.Argument(metavar="OTHER...", help="Other scenarios; none: BASE with the values of --set."),
]


def compare(
    base: Base,
    others: Others = None,
    settings: options.Settings = None,
    replicates: options.Replicates = 100,
    precision: options.Precision = None,
    seed: options.Seed = 0,
    years: options.Years = None,
    workers: options.Workers = None,
    out: options.Out = None,
    uncertainty: options.Uncertainty = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Compare scenarios under the same luck, with 95% intervals.

    --set changes every scenario. With no OTHER it makes the other: compare BASE --set funding.grant_months=36
    """
    findings = inputs.Findings()
    folder = inputs.check_folder(out, findings)
    drawn = inputs.check_uncertainty(uncertainty, findings)
    scenarios = inputs.load_pair(base, others or [], settings, years, findings)
    values = inputs.read_settings(settings, findings)
    batch = options.Batch(replicates, precision, seed, workers, quiet, drawn, values)
    inputs.keep_inputs(folder, scenarios)
    inputs.tell_left_out(scenarios, years, quiet)
    files.make(folder)
    samples = _sampled(scenarios, batch, folder is not None)
    differences = _differences(samples)
    if folder is not None:
        _write(folder, scenarios, samples, differences, batch)
    if json:
        _print_json(scenarios, samples, differences, batch)
    else:
        _print(scenarios, samples, differences, batch)


def _sampled(scenarios: Sequence[Scenario], batch: options.Batch, keep_monthly: bool) -> list[Sample]:
    from collabsim.analysis.samples import sample_all

    for other in scenarios[1:]:
        if other.digest == scenarios[0].digest and not batch.quiet:
            say(f"{other.name} is the same as {scenarios[0].name} in all but words: every difference is 0.")
    with Watch(batch.quiet) as watch:
        samples = sample_all(
            scenarios, batch.replicates, batch.seed,
            precision=batch.precision, half_width=_half_width, workers=batch.workers,
            keep_monthly=keep_monthly, watcher=watch, uncertainty=batch.uncertainty, keep=batch.keep,
        )  # fmt: skip
    answer.tell_precision(batch, samples[0].replicates, _half_width(samples))
    return samples


def _half_width(samples: Sequence[Sample]) -> float:
    """Half the width of the widest interval of the headline outcome's differences."""
    from collabsim.analysis.differences import paired
    from collabsim.outcomes import HEADLINE

    base, *others = (sample.scalars[HEADLINE] for sample in samples)
    return max(paired(base, other).difference.half_width for other in others)


def _differences(samples: Sequence[Sample]) -> list[dict[str, Difference]]:
    from collabsim.analysis.differences import paired_all

    return [paired_all(samples[0].scalars, other.scalars) for other in samples[1:]]


def _saving(samples: Sequence[Sample], which: int) -> Estimate:
    """How many times more replicates independent seeds would need, for the headline outcome."""
    from collabsim.analysis.differences import saving_interval
    from collabsim.outcomes import HEADLINE

    return saving_interval(samples[0].scalars[HEADLINE], samples[which + 1].scalars[HEADLINE])


# --- words out ----------------------------------------------------------------------------------


def _write(
    folder: Path,
    scenarios: Sequence[Scenario],
    samples: Sequence[Sample],
    differences: Sequence[dict[str, Difference]],
    batch: options.Batch,
) -> None:
    count = samples[0].replicates
    rows = [
        files.difference_rows(s.name, found, count)
        for s, found in zip(scenarios[1:], differences, strict=True)
    ]
    with files.writing(folder):
        files.write_csv(folder / "differences.csv", (row for table in rows for row in table))
        for scenario, sample in zip(scenarios, samples, strict=True):
            monthly = files.monthly_rows(sample, scenario.burn_in_years)
            files.write_csv(folder / f"{scenario.name}-monthly.csv", monthly)
        about = {"replicates": count, **answer.drawn(batch)}
        files.write_provenance(folder, scenarios, batch.seed, **about)
    files.tell(folder, batch.quiet)


def _print_json(
    scenarios: Sequence[Scenario],
    samples: Sequence[Sample],
    differences: Sequence[dict[str, Difference]],
    batch: options.Batch,
) -> None:
    from collabsim.analysis.differences import median_saving

    count = samples[0].replicates
    head = answer.head("compare", scenarios, batch.seed, count)
    comparisons = [
        {
            "base": scenarios[0].name,
            "other": scenarios[which + 1].name,
            "saving": {"headline": vars(_saving(samples, which)), "median": median_saving(found.values())},
            "outcomes": {name: _as_json(name, difference, count) for name, difference in found.items()},
        }
        for which, found in enumerate(differences)
    ]
    show.print_json(
        {**head, **answer.settings(batch.settings), **answer.drawn(batch), "comparisons": comparisons}
    )


def _as_json(name: str, found: Difference, replicates: int) -> dict[str, Any]:
    numbers = {
        "base": vars(found.base),
        "other": vars(found.other),
        "difference": {**vars(found.difference), "excludes_zero": found.difference.excludes_zero},
    }
    known = answer.known(name, found, replicates)
    return {**numbers, "saving": found.saving, **known, **answer.unit(name)}


def _print(
    scenarios: Sequence[Scenario],
    samples: Sequence[Sample],
    differences: Sequence[dict[str, Difference]],
    batch: options.Batch,
) -> None:
    screen = show.console()
    titles = answer.titles(scenarios)
    for which, found in enumerate(differences):
        screen.print(f"Base:  {titles[0]}", style="bold")
        screen.print(f"Other: {titles[which + 1]}", style="bold")
        answer.print_settings(screen, scenarios, batch)
        luck = answer.luck(samples[0].replicates, batch.seed) + answer.drawn_from(batch)
        screen.print(f"Year {scenarios[0].years} after the policy's start, {luck}, the same luck for both\n")
        show.print_table(screen, _table(scenarios, found, samples[0].replicates))
        screen.print()
        screen.print(_words_on_saving(_saving(samples, which), found))
    answer.print_footer(screen, "* the interval excludes 0; by chance alone about 1 in 20 would.")


def _table(scenarios: Sequence[Scenario], found: dict[str, Difference], replicates: int) -> Any:
    rows = show.table("Outcome", "base", "other", "difference", "95% interval", gap=1)
    for group, outcomes in answer.groups(scenarios):
        rows.add_row(group, style="bold")
        for outcome in outcomes:
            rows.add_row(*_row(outcome, found[answer.last(outcome)], replicates))
    return rows


def _row(outcome: Outcome, found: Difference, replicates: int) -> tuple[Padding | str, ...]:
    from collabsim.display import known_pairs

    numbers = (found.base.mean, found.other.mean, found.difference.low, found.difference.high)
    decimals = show.places(numbers, outcome.unit)
    levels = (show.number(found.base.mean, decimals), show.number(found.other.mean, decimals))
    words = show.entry(f"{outcome.title} ({outcome.unit})", known_pairs(outcome, found, replicates))
    return words, *levels, *show.change(found.difference, decimals)


def _words_on_saving(headline: Estimate, found: dict[str, Difference]) -> str:
    from math import isfinite

    from collabsim.analysis.differences import median_saving

    if not isfinite(headline.mean):
        return "Trust does not vary enough to say what the same luck saved."
    ends = (
        f" (95%: {show.times(headline.low)} to {show.times(headline.high)})" if isfinite(headline.low) else ""
    )
    median = show.times(median_saving(found.values()))
    return (
        f"Independent seeds would need {show.times(headline.mean)} times as many replicates for trust{ends}, "
        f"and {median} times in the median over outcomes."
    )
