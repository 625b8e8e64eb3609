"""``collabsim value``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collabsim.cli import inputs, options, show, study
from collabsim.cli.query import ResultsFolder
from collabsim.cli.robust import OutcomeName

if TYPE_CHECKING:
    from collabsim.analysis.value import Value
    from collabsim.experiment.results import Results

_SUMS = ("£k\ncash", "£k\ntime", "£k\nfunder", "£k\nset-up")


def value(
    results: ResultsFolder,
    outcome: OutcomeName = None,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say what budgets buy, on an equal-cost design.

    The gain of each lever for the same money, and how often it comes first per £10,000.
    """
    findings = inputs.Findings()
    folder = inputs.check_folder(out, findings)
    loaded, _ = inputs.read_results(results, None, findings)
    chosen = inputs.outcome_of(loaded, outcome, findings)
    findings.settle()
    assert loaded is not None
    found = _found(loaded, chosen)
    if json:
        show.print_json(content(found, loaded))
    else:
        _print(found)
    if folder is not None:
        tables = {"levers": study.records(found.table)}
        study.write(folder, "value", content(found, loaded), tables, page(found, loaded), quiet)


def _found(loaded: Results, outcome: str) -> Value:
    from collabsim.analysis.value import CannotValue
    from collabsim.analysis.value import value as found

    with study.refusing(CannotValue):
        return found(loaded, outcome)


def _print(found: Value) -> None:
    from collabsim.analysis.value_words import about, sentences
    from collabsim.cli.answer import print_footer

    screen = show.console()
    screen.print(about(found), style="bold")
    for budget in found.budgets:
        screen.print(f"\n£{budget:,.0f} a year, spent on one lever")
        show.print_table(screen, _table(found, budget))
    screen.print()
    for sentence in sentences(found):
        screen.print(sentence)
    print_footer(
        screen,
        "~: a gain that cannot be told from nothing, or a loss. £k: thousands of pounds a year; funder: what the funder "
        "gives up and nobody pays; set-up: spread over the years.",
        f"First, top 3: in how many of {found.worlds} worlds, by gain per £10,000.",
    )


def _table(found: Value, budget: float) -> Any:
    from collabsim.analysis.counts import number
    from collabsim.analysis.value_words import PARTS

    rows = found.table[found.table["budget"] == budget].to_dict("records")
    decimals = show.places([row["gain"] for row in rows]) + 1
    table = show.table("Lever", "gain", "± 95%", *_SUMS, "first", "top 3", gap=1)
    table.columns[0].overflow = "fold"  # a name that is cut off is no name
    for row in rows:
        table.add_row(
            ("  " if row["clear"] else "~ ") + row["lever"],
            show.number(row["gain"], decimals, signed=True),
            show.number((row["high"] - row["low"]) / 2, decimals),
            *(_thousands(row[part]) for part in PARTS),
            *(number(row[key], found.worlds) if row["clear"] else show.NONE for key in ("p_first", "p_top3")),
        )
    return table


def _thousands(pounds: float) -> str:
    return f"{pounds / 1000:,.{0 if pounds >= 9_950 or round(pounds, -2) == 0 else 1}f}"


def content(found: Value, loaded: Results) -> dict[str, Any]:
    """The answer for another program."""
    from collabsim.analysis.value_words import sentences

    return {
        **study.head("value", loaded),
        "outcome": found.outcome,
        "better": found.better,
        "budgets": list(found.budgets),
        "worlds": found.worlds,
        "replicates": found.replicates,
        "runs": found.runs,
        "dropped": found.dropped,
        "unpriced": list(found.unpriced),
        "sentences": list(sentences(found)),
        "levers": found.table.to_dict("records"),
    }


def page(found: Value, loaded: Results) -> str:
    """A page that needs nothing else."""
    from collabsim.analysis.value_words import about, sentences
    from collabsim.figures import chances
    from collabsim.report.short import Exhibit, Table, short_page

    names = chances.shown(found)
    head = ("Lever", *(f"£{budget:,.0f}" for budget in found.budgets))
    rows = [(name, *(_often(found, name, budget) for budget in found.budgets)) for name in names]
    exhibit = Exhibit(
        "How often each lever is among the best three for its money", chances.chances(found), chances.in_words(found),
        Table(f"In how many of {found.worlds} worlds in the top three per £10,000", head, rows),
    )  # fmt: skip
    budgets = [f"£{budget:,.0f}" for budget in found.budgets]
    return short_page(
        f"What do {', '.join(budgets)} a year buy?", about(found), list(sentences(found)), [exhibit], loaded
    )


def _often(found: Value, lever: str, budget: float) -> str:
    from collabsim.analysis.counts import number

    rows = found.table[(found.table["lever"] == lever) & (found.table["budget"] == budget)]
    return number(float(rows["p_top3"].iloc[0]), found.worlds)
