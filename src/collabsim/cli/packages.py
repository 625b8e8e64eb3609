"""``collabsim packages``."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.cli import files, inputs, options, show
from collabsim.cli.group import say
from collabsim.cli.progress import Watch

if TYPE_CHECKING:
    from collabsim.analysis.packages import Choice, Found, Laboratory
    from collabsim.parameters import Value
    from collabsim.scenario import Scenario

Budget = Annotated[
    float,
    typer.Option(
        "--budget", parser=options.number_of("--budget", 1, 1e9), metavar="POUNDS",
        help="Pounds a year, cash and staff time together.",
    ),
]  # fmt: skip
USUAL = "trust_last_six"
Outcome = Annotated[
    str | None,
    typer.Option("--outcome", metavar="NAME", help="What the packages are to improve, else trust_last_six."),
]
Evaluations = Annotated[int, options.whole("--evaluations", 10, 100_000, "How many packages to try.")]
Replicates = Annotated[int, options.whole("--replicates", 2, 10_000, "Runs of each package in the search.")]
Fresh = Annotated[
    int, options.whole("--fresh", 2, 10_000, "Runs of each package of the front on fresh seeds.")
]


def packages(
    scenario: options.ScenarioName,
    budget: Budget,
    outcome: Outcome = None,
    evaluations: Evaluations = 300,
    replicates: Replicates = 8,
    fresh: Fresh = 50,
    settings: options.Settings = None,
    seed: options.Seed = 0,
    years: options.Years = None,
    workers: options.Workers = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Search for the best packages of levers within a budget.

    What is found is run again on fresh seeds, so that its optimism shows.
    """
    findings = inputs.Findings()
    folder = inputs.check_folder(out, findings)
    chosen = inputs.load_one(scenario, settings, years, findings)
    values = inputs.read_settings(settings, findings)
    target = _target(outcome, chosen, years)
    inputs.keep_inputs(folder, [chosen])
    inputs.tell_left_out([chosen], years, quiet)
    with Watch(quiet) as watch:
        found, laboratory = _search(
            chosen, budget, target, (evaluations, replicates, fresh), seed, workers, watch, quiet
        )
    if json:
        show.print_json(content(found, chosen, seed, values))
    else:
        _print(found, chosen, values)
    if folder is not None:
        _write(folder, found, laboratory, chosen, seed, values, quiet)


def _target(outcome: str | None, scenario: Scenario, years: int | None) -> str:
    """The outcome to improve; nobody is blamed for one that was not named."""
    from collabsim.checks import ScenarioErrors
    from collabsim.outcomes import find_scalar, years_needed

    if outcome is None and scenario.years < years_needed(USUAL):
        length = f"{scenario.name} runs {scenario.years}" if years is None else f"--years is {years}"
        needs = f"{USUAL}, the outcome unless --outcome names another, needs {years_needed(USUAL)} years"
        raise ScenarioErrors([f"{length}, but {needs}: try --outcome trust_last."])
    outcome = outcome or USUAL
    inputs.check_outcome(outcome, scenario.years)
    if find_scalar(outcome)[0].direction == "neither":
        raise ScenarioErrors([f"--outcome is {outcome}, which is neither better high nor low."])
    return outcome


def _search(
    scenario: Scenario,
    budget: float,
    outcome: str,
    sizes: tuple[int, int, int],
    seed: int,
    workers: int | None,
    watch: Watch,
    quiet: bool,
) -> tuple[Found, Laboratory]:
    """Search on one luck, then look at the front on another."""
    from collabsim.analysis import packages as parts
    from collabsim.analysis.package_search import search

    evaluations, replicates, fresh = sizes
    choices, names = parts.options(scenario), parts.scalars(outcome)
    if not quiet:
        say(_estimate(scenario, evaluations * replicates, workers))
    laboratory = parts.Laboratory(scenario, choices, names, replicates, seed, workers, watch.tick)
    search(laboratory, budget, evaluations, seed=seed, more=watch.expect)
    again = parts.Laboratory(scenario, choices, names, fresh, seed + 1, workers, watch.tick)
    watch.expect(fresh * (1 + parts.on_the_front(laboratory, budget)))
    return parts.examined(laboratory, again, budget), laboratory


def _estimate(scenario: Scenario, runs: int, workers: int | None) -> str:
    """How long the search takes, from one timed run; the first run may compile the model and is not timed."""
    from collabsim.cli.sweep import duration
    from collabsim.experiment.execute import cores
    from collabsim.model.simulate import run_once

    run_once(scenario)
    began = time.process_time()
    run_once(scenario)
    count = workers or cores()
    seconds = runs * (time.process_time() - began) / count
    on = show.count(count, "core")
    return f"At most {runs:,} runs in the search, about {duration(seconds)} on {on}, and the front again."


# --- words out ----------------------------------------------------------------------------------


def _print(found: Found, scenario: Scenario, values: Mapping[str, Value]) -> None:
    from collabsim.analysis.packages_words import levers, sentences
    from collabsim.cli.answer import print_footer

    screen = show.console()
    title = inputs.titled(scenario.title, values)
    screen.print(f"{title}: packages within £{found.budget:,.0f} a year", style="bold")
    table = show.table("Package", "£ a year", "searched", "fresh", "95% interval")
    for number, choice in enumerate(_shown(found), 1):
        fresh, gains = choice.fresh[0], (choice.searched[0].mean, choice.fresh[0].mean)
        table.add_row(
            show.entry(f"{number}"), f"{choice.yearly:,.0f}", *(show.number(g, 4, signed=True) for g in gains),
            show.interval(fresh, 4, signed=True),
        )  # fmt: skip
    show.print_table(screen, table)
    for number, choice in enumerate(_shown(found), 1):
        screen.print(f"  {number}: {levers(choice)}")
    if len(found.front) > len(_shown(found)):
        screen.print(
            f"{len(found.front) - len(_shown(found))} more packages are on the front; --out writes all."
        )
    screen.print()
    for sentence in sentences(found):
        screen.print(sentence)
    print_footer(screen)


def _shown(found: Found, most: int = 8) -> list[Choice]:
    """Packages spread over the front, the best first."""
    count = len(found.front)
    places = {round(k * (count - 1) / max(1, most - 1)) for k in range(most)} if count else set()
    return [found.front[place] for place in sorted(places)]


def content(found: Found, scenario: Scenario, seed: int, values: Mapping[str, Value]) -> dict[str, Any]:
    """The answer for another program; `values` are those of --set, which the scenario has already."""
    from collabsim.analysis.packages_words import sentences
    from collabsim.cli import answer

    return {
        **answer.head("packages", [scenario], seed, found.replicates),
        **answer.settings(values),
        "budget": found.budget,
        "scalars": list(found.names),
        "fresh_replicates": found.fresh_replicates,
        "fresh_seed": seed + 1,
        "evaluated": len(found.evaluated),
        "sentences": list(sentences(found)),
        "optimism": [vars(part) for part in found.optimism],
        "front": [_choice(choice, found) for choice in found.front],
    }


def _choice(choice: Choice, found: Found) -> dict[str, Any]:
    gains = {
        name: {"searched": vars(s), "fresh": vars(f)}
        for name, s, f in zip(found.names, choice.searched, choice.fresh, strict=True)
    }
    price = vars(choice.price)
    return {
        "values": dict(choice.values),
        "yearly": choice.yearly,
        **price,
        "gains": gains,
        "still": choice.still,
    }


def _write(
    folder: Path,
    found: Found,
    laboratory: Laboratory,
    scenario: Scenario,
    seed: int,
    values: Mapping[str, Value],
    quiet: bool,
) -> None:
    from json import dumps

    import pandas as pd

    files.make(folder)
    with files.writing(folder):
        text = dumps(show.clean(content(found, scenario, seed, values)), indent=2, ensure_ascii=False)
        files.write_text(folder / "packages.json", text + "\n")
        files.write_csv(folder / "front.csv", _rows(found, laboratory))
        pd.DataFrame(_evaluated(found, laboratory)).to_parquet(folder / "evaluated.parquet")
        files.write_text(folder / "packages.html", page(found, scenario, seed, values))
        about = {"budget": found.budget, "evaluated": len(found.evaluated), "replicates": found.replicates}
        files.write_provenance(folder, [scenario], seed, **about)
    files.tell(folder, quiet)


def _rows(found: Found, laboratory: Laboratory) -> files.Rows:
    """A row for each package of the front, a column for each lever."""
    for choice in found.front:
        levers = {
            option.lever.name: option.values[step]
            for option, step in zip(laboratory.choices, choice.package, strict=True)
        }
        gains = {
            f"{name}_{kind}{part}": getattr(estimate, field)
            for name, s, f in zip(found.names, choice.searched, choice.fresh, strict=True)
            for kind, estimate in (("searched", s), ("fresh", f))
            for part, field in (("", "mean"), ("_low", "low"), ("_high", "high"))
        }
        yield {"yearly": choice.yearly, **vars(choice.price), **gains, "still": choice.still, **levers}


def _evaluated(found: Found, laboratory: Laboratory) -> list[dict[str, Any]]:
    """Every package that the search ran."""
    names = [option.lever.name for option in laboratory.choices]
    return [
        {
            "yearly": yearly,
            **dict(zip(found.names, means, strict=True)),
            **dict(zip(names, package, strict=True)),
        }
        for package, yearly, means in found.evaluated
    ]


def page(found: Found, scenario: Scenario, seed: int, values: Mapping[str, Value]) -> str:
    """A page that needs nothing else; `values` are those of --set, which the scenario has already."""
    from collabsim.analysis.packages_words import levers, sentences
    from collabsim.cli.answer import luck
    from collabsim.figures import fronts
    from collabsim.provenance import identity
    from collabsim.report.short import Exhibit, Table, short_page

    head = ("Package", "£ a year", "Gain in the search", "Gain on fresh seeds")
    rows = [
        (
            levers(choice),
            f"{choice.yearly:,.0f}",
            f"{choice.searched[0].mean:+.4f}",
            f"{choice.fresh[0].mean:+.4f}",
        )
        for choice in found.front
    ]
    exhibit = Exhibit(
        "What more money buys", fronts.front(found), fronts.in_words(found), Table("Packages", head, rows)
    )
    about = identity([scenario], seed)
    origin = [
        f"Scenario {scenario.name} ({scenario.digest[:12]}), {luck(found.replicates, seed)} in the search, "
        f"{luck(found.fresh_replicates, seed + 1)} afterwards.",
        f"CollabSim {about['version']}, commit {about['commit'] or 'not known'}, model {about['model']}.",
    ]
    title = f"What is the best way to spend £{found.budget:,.0f} a year?"
    kicker = inputs.titled(scenario.title, values)
    return short_page(title, kicker, list(sentences(found)), [exhibit], origin=origin)
