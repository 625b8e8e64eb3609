"""``collabsim explain``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.cli import answer, files, inputs, options, show
from collabsim.cli.progress import Watch

if TYPE_CHECKING:
    import numpy as np
    from rich.console import Console

    from collabsim.analysis.attribution import Attribution
    from collabsim.analysis.differences import Estimate
    from collabsim.analysis.ledgers import Account
    from collabsim.scenario import Scenario

Name = Annotated[str | None, typer.Argument(metavar="SCENARIO", help="A shipped name, or a file's path.")]
Against = Annotated[
    str | None,
    typer.Option(
        "--against", metavar="BASE", help="Explain the difference from this scenario, by channels too."
    ),
]
USUAL = "trust_last"
Target = Annotated[
    str | None,
    typer.Option(
        "--outcome", metavar="NAME", help="With --against: what channels are to explain, else trust_last."
    ),
]
Schedule = Annotated[bool, typer.Option("--schedule", help="Print what happens in a week of the model.")]


def explain(
    scenario: Name = None,
    against: Against = None,
    outcome: Target = None,
    schedule: Schedule = False,
    settings: options.Settings = None,
    replicates: options.Replicates = 50,
    seed: options.Seed = 0,
    years: options.Years = None,
    workers: options.Workers = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say why trust moved: the trust ledger, and channels.

    The ledger says what each cause added to mean trust. Against another scenario the difference in an outcome
    is also split over the channels of short-term funding.
    """
    if schedule:
        return _print_schedule(json)
    findings = inputs.Findings()
    folder = inputs.check_folder(out, findings)
    if outcome is not None and against is None:
        findings.add(["--outcome needs --against BASE: only a difference is split over channels."])
    scenarios = _load(scenario, against, settings, years, findings)
    chosen = outcome or USUAL
    inputs.check_outcome(chosen, scenarios[0].years)
    values = inputs.read_settings(settings, findings)
    batch = options.Batch(replicates, None, seed, workers, quiet, settings=values)
    inputs.keep_inputs(folder, scenarios)
    inputs.tell_left_out(scenarios, years, quiet)
    files.make(folder)
    found = _worked_out(scenarios, chosen, batch)
    if folder is not None:
        _write(folder, scenarios, found, batch)
    if json:
        _print_json(scenarios, found, batch)
    else:
        _print(scenarios, found, batch)
    return None


@dataclass(frozen=True)
class Found:
    """The accounts of trust and knowledge; against a base, those of the difference, and the channels."""

    outcome: str
    trust: Account
    knowledge: Account
    base: Account | None = None
    apart: Account | None = None
    channels: Attribution | None = None


def _load(
    scenario: str | None,
    against: str | None,
    settings: Sequence[str] | None,
    years: int | None,
    findings: inputs.Findings,
) -> list[Scenario]:
    """The base, if there is one, and the scenario to explain."""
    if scenario is None:
        findings.add(
            ["collabsim explain needs SCENARIO, a shipped name or a file's path; --schedule alone does not."]
        )
        findings.settle()
    name = str(scenario)
    if against is None:
        return [inputs.load_one(name, settings, years, findings)]
    return inputs.load_pair(against, [name], settings, years, findings)


def _worked_out(scenarios: Sequence[Scenario], outcome: str, batch: options.Batch) -> Found:
    """Run what is needed and work the accounts out."""
    from collabsim.analysis.attribution import attribute
    from collabsim.analysis.ledgers import difference, knowledge_account, trust_account
    from collabsim.analysis.samples import sample_all

    with Watch(batch.quiet) as watch:
        samples = sample_all(scenarios, batch.replicates, batch.seed, workers=batch.workers, watcher=watch)
        accounts = [trust_account(sample) for sample in samples]
        found = Found(outcome, accounts[-1], knowledge_account(samples[-1]))
        if len(scenarios) == 1:
            return found
        base, this = scenarios
        channels = attribute(
            this, base, (outcome,), batch.replicates, batch.seed, workers=batch.workers, watcher=watch
        )
    return replace(found, base=accounts[0], apart=difference(*reversed(accounts)), channels=channels[outcome])


# --- words out ----------------------------------------------------------------------------------


def _print_schedule(json: bool) -> None:
    """Print the processes of a week, in their order."""
    from collabsim.model.week import SCHEDULE

    if json:
        return show.print_json({"schedule": [{"process": name, "does": what} for name, what in SCHEDULE]})
    for number, (name, what) in enumerate(SCHEDULE, 1):
        print(f"{number:>3}. {name:<14} {what}")
    return None


def _write(folder: Path, scenarios: Sequence[Scenario], found: Found, batch: options.Batch) -> None:
    with files.writing(folder):
        files.write_csv(folder / "ledger.csv", _ledger_rows(found))
        if found.channels is not None:
            files.write_csv(folder / "channels.csv", _channel_rows(found.channels))
        files.write_provenance(folder, scenarios, batch.seed, replicates=batch.replicates)
    files.tell(folder, batch.quiet)


def _ledger_rows(found: Found) -> files.Rows:
    for name, account in _accounts(found).items():
        for line, values in {**account.lines, "sum": account.change}.items():
            yield {"account": name, "line": line, **_estimated(values)}


def _channel_rows(channels: Attribution) -> files.Rows:
    for line, numbers in _channels(channels).items():
        yield {"outcome": channels.outcome, "line": line, **numbers}


def _accounts(found: Found) -> dict[str, Account]:
    """The accounts by name."""
    accounts = {"trust": found.trust, "knowledge": found.knowledge}
    others = {"trust of the base": found.base, "difference in trust": found.apart}
    return {**accounts, **{name: account for name, account in others.items() if account is not None}}


def _channels(channels: Attribution) -> dict[str, dict[str, Any]]:
    return {**{line: vars(e) for line, e in channels.lines().items()}, "sum": _estimated(channels.total)}


def _estimated(values: np.ndarray) -> dict[str, Any]:
    from collabsim.analysis.differences import estimate

    return vars(estimate(values))


def _print_json(scenarios: Sequence[Scenario], found: Found, batch: options.Batch) -> None:
    head = answer.head("explain", scenarios, batch.seed, batch.replicates)
    ledgers = {name: _account_as_json(account) for name, account in _accounts(found).items()}
    channels: dict[str, Any] = {}
    if found.channels is not None:
        channels = {"channels": {"outcome": found.outcome, "lines": _channels(found.channels)}}
    show.print_json({**head, **answer.settings(batch.settings), "ledgers": ledgers, **channels})


def _account_as_json(account: Account) -> dict[str, Any]:
    ends = {"start": account.start, "end": account.end, "change": account.change}
    lines = {line: _estimated(values) for line, values in account.lines.items()}
    return {**{name: _estimated(values) for name, values in ends.items()}, "lines": lines}


def _print(scenarios: Sequence[Scenario], found: Found, batch: options.Batch) -> None:
    screen = show.console()
    if found.base is None or found.apart is None or found.channels is None:
        screen.print(inputs.titled(scenarios[0].title, batch.settings), style="bold")
        _print_ledger(screen, scenarios[0].years, found.trust)
    else:
        for side, title in zip(("Base", "This"), answer.titles(scenarios), strict=True):
            screen.print(f"{side}: {title}", style="bold")
        answer.print_settings(screen, scenarios, batch)
        _print_ledgers(screen, scenarios[0].years, found.base, found.trust, found.apart)
        _print_channels(screen, found.channels)
    answer.print_footer(screen, f"{answer.luck(batch.replicates, batch.seed).capitalize()}.")


def _print_ledger(screen: Console, years: int, account: Account) -> None:
    """The lines of one scenario."""
    screen.print(f"Trust between agencies {_journey(account, years)}\n")
    rows = show.table("What moved trust", "change", "95% interval")
    for line, values in account.lines.items():
        rows.add_row(f"  {line}", *_change(values))
    rows.add_row("  Sum of the lines", *_change(account.change), style="bold")
    show.print_table(screen, rows)


def _print_ledgers(screen: Console, years: int, base: Account, this: Account, apart: Account) -> None:
    """The lines of two scenarios side by side, and of their difference."""
    screen.print(f"Base: trust between agencies {_journey(base, years)}")
    screen.print(f"This: trust between agencies {_journey(this, years)}\n")
    rows = show.table("What moved trust", "base", "this", "difference", "95% interval")
    for line, values in {**apart.lines, "Sum of the lines": apart.change}.items():
        sides = [(side.lines.get(line, side.change)).mean() for side in (base, this)]
        style = "bold" if line not in apart.lines else None
        rows.add_row(
            f"  {line}", *(show.number(side, 3, signed=True) for side in sides), *_change(values), style=style
        )
    show.print_table(screen, rows)


def _journey(account: Account, years: int) -> str:
    start, end, change = account.start.mean(), account.end.mean(), account.change.mean()
    went = f"went from {show.number(start, 3)} to {show.number(end, 3)}"
    return f"{went} ({show.number(change, 3, signed=True)}) in {show.count(years, 'year')}"


def _change(values: np.ndarray) -> tuple[str, str]:
    from collabsim.analysis.differences import estimate

    found = estimate(values)
    return show.change(found, show.places([found.mean]))


def _print_channels(screen: Console, channels: Attribution) -> None:
    """What comes through each channel, and what through none."""
    from collabsim.analysis.differences import estimate
    from collabsim.outcomes import find_scalar

    outcome, period = find_scalar(channels.outcome)
    total = estimate(channels.total)
    decimals = show.places([total.mean])
    when = {"last": " in the last year", "": ""}.get(period, f" in {period.replace('_', ' ')}")
    screen.print(f"\n{outcome.title} ({outcome.unit}){when}, this less base, by channel\n")
    rows = show.table("Channel", "difference", "95% interval", "part")
    for line, found in channels.lines().items():
        rows.add_row(f"  {line}", *show.change(found, decimals), _part(found.mean, total))
    rows.add_row("  Sum of the lines", *show.change(total, decimals), _part(total.mean, total), style="bold")
    show.print_table(screen, rows)


def _part(value: float, total: Estimate) -> str:
    """A line's part of the whole, where the whole is not lost in luck."""
    return f"{100 * value / total.mean:.0f}%" if total.excludes_zero else show.NONE
