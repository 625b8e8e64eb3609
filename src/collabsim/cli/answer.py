"""What the answers of several commands have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from collabsim.cli import show
from collabsim.cli.group import say
from collabsim.cli.inputs import in_words
from collabsim.cli.options import Batch
from collabsim.toml_file import label

if TYPE_CHECKING:
    from rich.console import Console

    from collabsim.analysis.differences import Difference, Estimate
    from collabsim.outcomes import Outcome
    from collabsim.parameters import Value
    from collabsim.scenario import Scenario


def head(command: str, scenarios: Sequence[Scenario], seed: int, replicates: int) -> dict[str, Any]:
    """What every JSON answer begins with: all that decides the numbers, and nothing that varies besides."""
    from collabsim.provenance import NOTE, identity

    lengths = {"years": scenarios[0].years, "burn_in_years": scenarios[0].burn_in_years}
    return {
        "command": command,
        "note": NOTE,
        **identity(scenarios, seed),
        "replicates": replicates,
        **lengths,
    }


def unit(scalar: str) -> dict[str, str]:
    """The unit of a scalar, and which way is better."""
    from collabsim.outcomes import find_scalar

    outcome, _ = find_scalar(scalar)
    return {"unit": outcome.unit, "better": outcome.direction}


def known(scalar: str, found: Estimate | Difference, replicates: int) -> dict[str, Any]:
    """How many replicates (or pairs) there are, and what a mean over fewer leaves out, in words."""
    from collabsim import display
    from collabsim.analysis.differences import Estimate
    from collabsim.outcomes import find_scalar

    outcome, _ = find_scalar(scalar)
    if isinstance(found, Estimate):
        return {"of": replicates, "left_out": display.known(outcome, found, replicates)}
    return {"of": replicates, "left_out": display.known_pairs(outcome, found, replicates)}


def luck(replicates: int, seed: int) -> str:
    """How many replicates, of which seed."""
    return f"{replicates:,} replicate{'s' if replicates > 1 else ''}, seed {seed}"


def settings(values: Mapping[str, Value]) -> dict[str, Any]:
    """What --set set."""
    return {"set": dict(values)}


def print_settings(screen: Console, scenarios: Sequence[Scenario], batch: Batch) -> None:
    """Say what --set set on both sides of a comparison; what it changed on one side stands in that side's title."""
    words = in_words(batch.settings)
    if words and not scenarios[1].title.endswith(words):
        screen.print(f"Both with {words}")


def titles(scenarios: Sequence[Scenario]) -> list[str]:
    """What scenarios are called; those of one title are told apart by their files."""
    names = [scenario.title for scenario in scenarios]
    return [
        f"{scenario.title} ({label(scenario.path)})"
        if scenario.path and names.count(scenario.title) > 1
        else scenario.title
        for scenario in scenarios
    ]


def drawn(batch: Batch) -> dict[str, Any]:
    """Where uncertainties came from, where that is not the defaults: a part of what decides the numbers."""
    if batch.uncertainty == "default":
        return {}
    from collabsim.accepted import ensemble

    return {"uncertainty": batch.uncertainty, "ensemble": ensemble().digest}


def drawn_from(batch: Batch) -> str:
    """The same in words."""
    if batch.uncertainty == "default":
        return ""
    from collabsim.accepted import ensemble

    return f", uncertainties from the {ensemble().size} accepted members"


def last(outcome: Outcome) -> str:
    """The scalar of an outcome that tables show: the last year's."""
    return f"{outcome.name}_last" if outcome.parts else outcome.name


def groups(scenarios: Sequence[Scenario]) -> Iterator[tuple[str, list[Outcome]]]:
    """Outcomes by group; recovery only where there is a shock to recover from."""
    from collabsim.outcomes import OUTCOMES, first_shock

    is_shocked = any(first_shock(scenario) is not None for scenario in scenarios)
    shown = [outcome for outcome in OUTCOMES if outcome.parts or is_shocked]
    for group in dict.fromkeys(outcome.group for outcome in shown):
        yield group, [outcome for outcome in shown if outcome.group == group]


def print_footer(screen: Console, *lines: str) -> None:
    """What stands under every table."""
    from collabsim.provenance import NOTE

    screen.print()
    for line in (*lines, NOTE):
        screen.print(line)


def tell_precision(batch: Batch, replicates: int, half_width: float) -> None:
    """Say so when the cap was reached before the precision that was asked for."""
    if batch.precision is None or half_width <= batch.precision or batch.quiet:
        return
    short = f"the interval is ± {show.number(half_width, 4)}, not yet ± {batch.precision:g}"
    say(f"Stopped at {replicates:,} replicates, the most there may be: {short}.")
