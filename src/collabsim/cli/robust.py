"""``collabsim robust``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.cli import files, inputs, options, show, study
from collabsim.cli.query import ResultsFolder

if TYPE_CHECKING:
    from collabsim.analysis.robustness import Robustness
    from collabsim.analysis.where import Where
    from collabsim.experiment.results import Results

OutcomeName = Annotated[
    str | None,
    typer.Option("--outcome", metavar="NAME", help="An outcome of the results; the first one by default."),
]
GoodEnough = Annotated[
    str | None,
    typer.Option(
        "--where", metavar='"OUTCOME > X"', help="What is good enough: in how many states is it met?"
    ),
]
Base = Annotated[
    str,
    typer.Option("--base", metavar="POLICY", help="The policy to compare with; the first row's by default."),
]
Top = Annotated[int, options.whole("--top", 1, 1_000, "How many places count as being on top.")]


def robust(
    results: ResultsFolder,
    outcome: OutcomeName = None,
    where: GoodEnough = None,
    base: Base = "",
    top: Top = 5,
    seed: Annotated[int, options.whole("--seed", 0, 2**32 - 1, "Seed of the resampling.")] = 0,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say which policies are good whatever the world is like.

    Places, regret and satisficing over the states of the world that a sweep ran every policy in.
    """
    findings = inputs.Findings()
    folder = inputs.check_folder(out, findings)
    loaded, condition = inputs.read_results(results, where, findings)
    chosen = inputs.outcome_of(loaded, outcome or (condition.outcome if condition else None), findings)
    findings.settle()
    assert loaded is not None
    found = _found(loaded, chosen, base, condition, top, seed)
    if json:
        show.print_json(content(found, loaded, condition))
    else:
        _print(found, condition)
    if folder is not None:
        answer = content(found, loaded, condition)
        study.write(folder, "robust", answer, _tables(found), page(found, loaded, condition), quiet)


def _found(loaded: Results, outcome: str, base: str, where: Where | None, top: int, seed: int) -> Robustness:
    from collabsim.analysis.robustness import CannotCompare, panel, robustness
    from collabsim.checks import ScenarioErrors

    if where is not None and where.outcome != outcome:
        raise ScenarioErrors(
            [f"--where is about {where.outcome}, but --outcome is {outcome}: they must be one."]
        )
    with study.refusing(CannotCompare):
        return robustness(panel(loaded, outcome, base), where, top=top, seed=seed)


# --- words out ----------------------------------------------------------------------------------


def _print(found: Robustness, where: Where | None) -> None:
    from collabsim.analysis.robustness_words import agreement, sentences, states_of
    from collabsim.cli.answer import print_footer

    screen = show.console()
    panel = found.panel
    screen.print(
        f"{panel.outcome}: {len(found.table)} polic{'y' if len(found.table) == 1 else 'ies'} in {states_of(found)}",
        style="bold",
    )
    screen.print(f"Gains over {panel.policies[0]}. {agreement(found)}".rstrip() + "\n")
    rows = show.table("Policy", "gain", "95% interval", "places", "regret, at most")
    for row in found.table.to_dict("records"):
        decimals = show.places([row["gain"], row["low"], row["high"]])
        rows.add_row(
            show.entry(row["policy"]),
            show.number(row["gain"], decimals, signed=True),
            f"{show.number(row['low'], decimals, signed=True)} to {show.number(row['high'], decimals, signed=True)}",
            f"{row['best_place']} to {row['worst_place']}",
            show.number(row["max_regret"], decimals),
        )
    show.print_table(screen, rows)
    screen.print()
    for sentence in sentences(found, where):
        screen.print(sentence)
    print_footer(screen)


def content(found: Robustness, loaded: Results, where: Where | None = None) -> dict[str, Any]:
    """The answer for another program."""
    from collabsim.analysis.robustness_words import sentences

    return {
        **study.head("robust", loaded),
        "outcome": found.panel.outcome,
        "better": found.panel.better,
        "base": found.panel.policies[0],
        "states": list(found.panel.states),
        "replicates": found.panel.values.shape[2],
        "top": found.top,
        "where": None if where is None else str(where),
        "agreement": found.agreement,
        "luck": found.luck,
        "sentences": list(sentences(found, where)),
        "policies": found.table.to_dict("records"),
        "gains": found.gains.to_dict("split"),
        "places": found.place.to_dict("split"),
        "regrets": found.regrets.to_dict("split"),
    }


def _tables(found: Robustness) -> dict[str, files.Rows]:
    wide = {"gains": found.gains, "places": found.place, "regrets": found.regrets}
    tables = {name: table.rename_axis("policy").reset_index() for name, table in wide.items()}
    return {name: study.records(table) for name, table in ({"policies": found.table} | tables).items()}


def page(found: Robustness, loaded: Results, where: Where | None = None) -> str:
    """A page that needs nothing else: the sentences and the places."""
    from collabsim.analysis.robustness_words import sentences
    from collabsim.figures import places
    from collabsim.outcomes import find_scalar
    from collabsim.report.short import Exhibit, Table, short_page

    title = find_scalar(found.panel.outcome)[0].title
    names = [f"{number}: {name}" for number, name in enumerate(found.panel.states, 1)]
    ordered = found.place.loc[list(found.table["policy"])]
    rows = [
        (str(name), *(f"{place}" for place in row))
        for name, row in zip(ordered.index, ordered.to_numpy(), strict=True)
    ]
    exhibit = Exhibit(
        "The place of each policy in each state of the world", places.places(found), places.in_words(found),
        Table("Places", ("Policy", *names), rows), f"In bold: among the top {found.top}.",
    )  # fmt: skip
    kicker = f"{title}, {len(found.table)} policies against {found.panel.policies[0]}"
    return short_page(
        "What stays on top everywhere?", kicker, list(sentences(found, where)), [exhibit], loaded
    )
