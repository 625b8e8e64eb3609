"""``collabsim rank``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.checks import ScenarioErrors, nearest, shown
from collabsim.cli import files, inputs, options, show
from collabsim.cli.group import say
from collabsim.cli.query import ResultsFolder

if TYPE_CHECKING:
    from collabsim.analysis.ranking import Case, Ranking
    from collabsim.experiment.results import Results

USUAL = "trust_last_six"
"""The outcome that is shown in full unless one is named, where the sweep recorded it."""
MOST_WEIGHT = 1e6
MOST_ROWS = 20
"""A longer table leaves out what cannot be told from nothing, and says so below."""

Outcomes = Annotated[
    list[str] | None,
    typer.Option(
        "--outcome", metavar="NAME", help="Rank for this outcome; repeatable; all: every one recorded."
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(
        "--weights", metavar="A=1,B=-0.5", help="Rank for a sum of outcomes, each in standard deviations."
    ),
]
Emulator = Annotated[
    bool, typer.Option("--emulator", help="Compare with indices of an emulator of a tenth of the runs.")
]
Draws = Annotated[int, options.whole("--draws", 100, 10_000, "Redraws for intervals and probabilities.")]


def rank(
    results: ResultsFolder,
    outcome: Outcomes = None,
    weights: Weights = None,
    emulator: Emulator = False,
    draws: Draws = 1000,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say which enablers matter most, and how sure that is.

    Morris and Sobol designs are ranked by their own indices, other samples by PAWN. Without --outcome one outcome is
    shown in full and all others in a line each.
    """
    findings = inputs.Findings()
    folder = inputs.check_folder(out, findings)
    combination = _weights(weights, findings)
    findings.settle()
    found = _loaded(results)
    wanted = _wanted(found, outcome or [], combination, findings)
    findings.settle()
    rankings, refused = _ranked(found, wanted, draws, emulator, quiet)
    others, also = _overview(found, wanted) if not (outcome or combination) else ([], [])
    also = [sentence for sentence in also if sentence not in refused]
    if not (rankings or others):
        raise ScenarioErrors([*refused, *also])
    if not quiet:
        for sentence in also:
            say(sentence)
    if folder is not None:
        _write(folder, found, rankings, quiet)
    if json:
        show.print_json(_as_json(found, rankings, others, refused))
    else:
        _print(rankings, others, refused)


# --- what is asked ------------------------------------------------------------------------------


def _weights(word: str | None, findings: inputs.Findings) -> dict[str, float]:
    """The weights in A=1,B=-0.5."""
    found: dict[str, float] = {}
    for part in (word or "").split(",") if word is not None else []:
        name, _, number = (piece.strip() for piece in part.partition("="))
        weight = options.value_of(number)
        right = (
            isinstance(weight, int | float)
            and not isinstance(weight, bool)
            and 0 < abs(weight) <= MOST_WEIGHT
        )
        if not (name and right):
            findings.add(
                [
                    f"--weights holds {shown(part)}, but must be NAME=WEIGHT, as in trust_last=1,cash_cost_last=-0.5."
                ]
            )
        elif name in found:
            findings.add([f"--weights: {name} is given twice."])
        else:
            found[name] = float(weight)
    return found


def _loaded(folder: str) -> Results:
    from collabsim.experiment.results import NoResults, load_results

    try:
        return load_results(folder, design_columns=False)
    except NoResults as error:
        raise ScenarioErrors([str(error)]) from None


def _wanted(
    results: Results, names: Sequence[str], combination: Mapping[str, float], findings: inputs.Findings
) -> list[dict[str, float]]:
    """The outcomes to rank for, each as weights."""
    if "all" in names:
        names = results.outcomes
    for name in (*names, *combination):
        if name not in results.outcomes:
            hint = nearest(name, results.outcomes) or f"; they hold {', '.join(results.outcomes)}."
            option = "--outcome is" if name in names else "--weights names"
            findings.add([f"{option} {shown(name)}, but the results hold no such outcome{hint}"])
    wanted = [{name: 1.0} for name in dict.fromkeys(names)]
    wanted += [dict(combination)] if combination else []
    usual = USUAL if USUAL in results.outcomes else results.outcomes[0]
    return wanted or [{usual: 1.0}]


def _ranked(
    results: Results, wanted: Sequence[dict[str, float]], draws: int, emulator: bool, quiet: bool
) -> tuple[list[Ranking], list[str]]:
    """The rankings of every case, and a sentence for each that cannot be given."""
    from collabsim.analysis.ranking import CannotRank, rank

    rankings, refused = [], []
    for case in _cases(results):
        for weights in wanted:
            if not quiet and len(results.runs) > 20_000:
                say(f"Ranking for {', '.join(weights)} ...")
            try:
                rankings.append(rank(results, weights, case=case, draws=draws, emulator=emulator))
            except CannotRank as error:
                refused.append(str(error))
    return rankings, list(dict.fromkeys(refused))


def _cases(results: Results) -> list[Case]:
    from collabsim.analysis.ranking import CannotRank, cases

    try:
        return cases(results)
    except CannotRank as error:
        raise ScenarioErrors([str(error)]) from None


def _overview(results: Results, wanted: Sequence[dict[str, float]]) -> tuple[list[Ranking], list[str]]:
    """The other outcomes of the first case, without details, and a sentence for each reason that keeps any out."""
    from collabsim.analysis.ranking import CannotRank, rank

    found, refused = [], []
    for name in results.outcomes:
        if {name: 1.0} in wanted:
            continue
        try:
            found.append(rank(results, name, draws=400, pawn=False, details=False))
        except CannotRank as error:
            refused.append(str(error))
    return found, list(dict.fromkeys(refused))


# --- words out ----------------------------------------------------------------------------------


def _print(rankings: Sequence[Ranking], others: Sequence[Ranking], refused: Sequence[str]) -> None:
    from collabsim.provenance import NOTE

    screen = show.console()
    for ranking in rankings:
        _print_one(ranking, screen)
    if others:
        screen.print("Other outcomes", style="bold")
        show.print_table(screen, _lines(others))
        screen.print()
    for sentence in refused:
        screen.print(sentence)
    screen.print(NOTE)


def _print_one(ranking: Ranking, screen: Any) -> None:
    from collabsim.analysis.ranking_words import luck_sentence, together_sentence, unit_sentence

    screen.print(ranking.title, style="bold")
    screen.print(_about(ranking))
    screen.print(f"\n{ranking.answer}\n")
    show.print_table(screen, _table(ranking))
    screen.print()
    for sentence in (
        unit_sentence(ranking),
        *_left_out(ranking),
        luck_sentence(ranking),
        together_sentence(ranking),
        ranking.verdict.sentence,
        *ranking.notes,
        *_emulated(ranking),
    ):
        if sentence:
            screen.print(sentence)
    screen.print()
    if len(ranking.effects):
        _print_effects(ranking, screen)


def _about(ranking: Ranking) -> str:
    from collabsim.analysis.blocks import block_word

    case = ranking.case
    variant = "".join(f", {name} = {value}" for name, value in case.variant.items())
    what = block_word(ranking.method if ranking.method != "pawn" else "", ranking.size)
    return f"{case.scenario}{variant}; {ranking.size:,} {what}, {ranking.runs:,} runs"


_HEADS = {
    "sobol": ("total", "first"),
    "morris": ("mu*", "sigma"),
    "pawn": ("PAWN", ""),
}
_SECOND = {"sobol": "first", "morris": "sigma"}


def _table(ranking: Ranking) -> Any:
    from rich.table import Table
    from rich.text import Text

    key, second = _HEADS[ranking.method]
    rows = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    rows.add_column("", justify="right")
    rows.add_column(ranking.thing.capitalize(), overflow="fold")
    heads = [key, "95% interval", *([second] if second else []), *(["PAWN"] if second else ["floor"])]
    for head in heads:
        rows.add_column(head, justify="right", no_wrap=True)
    rows.add_column("How sure", overflow="fold")
    for line, above in _shown(ranking):
        rows.add_row(*(Text(word, style="" if above else "dim") for word in line))
    return rows


def _shown(ranking: Ranking) -> list[tuple[list[str], bool]]:
    """The rows to print: of many enablers only those that can be told from nothing, and the dummy."""
    above = [*ranking.table["above_noise"], *([True] if ranking.dummy else [])]
    rows = list(zip(_cells(ranking), above, strict=True))
    return rows if len(rows) <= MOST_ROWS else [row for row in rows if row[1]]


def _left_out(ranking: Ranking) -> list[str]:
    """A sentence on the enablers that the table leaves out."""
    grey = ranking.table[~ranking.table["above_noise"]]["title"]
    if len(ranking.table) < MOST_ROWS or grey.empty:
        return []
    return [f"Not distinguishable from nothing: {', '.join(grey)}."]


def _cells(ranking: Ranking) -> list[list[str]]:
    """The table's cells, the dummy last."""
    from collabsim.analysis.ranking_words import digits_for

    digits = digits_for(ranking.table["index"].tolist())
    second = _SECOND.get(ranking.method, "")
    lines = []
    for row in ranking.table.to_dict("records"):
        interval = f"{show.number(row['low'], digits)} to {show.number(row['high'], digits)}"
        more = (
            [show.number(row[second], digits), _pawn(row)] if second else [show.number(row["floor"], digits)]
        )
        lines.append(
            [
                str(row["place"]),
                row["title"],
                show.number(row["index"], digits),
                interval,
                *more,
                row["words"],
            ]
        )
    if ranking.dummy:
        interval = (
            f"{show.number(ranking.dummy['low'], digits)} to {show.number(ranking.dummy['high'], digits)}"
        )
        blank = ["", ""] if second else [""]
        index = show.number(ranking.dummy["index"], digits)
        lines.append(["", "(dummy: enters nothing)", index, interval, *blank, "the noise floor"])
    return lines


def _pawn(row: Mapping[Any, Any]) -> str:
    """PAWN's index, in brackets where it is below its floor."""
    if not math.isfinite(row.get("pawn", math.nan)):
        return show.NONE
    text = show.number(row["pawn"], 2)
    return text if row["pawn_above"] else f"({text})"


def _emulated(ranking: Ranking) -> list[str]:
    from collabsim.analysis.emulator import beside

    if ranking.emulation is None:
        return []
    found = ranking.emulation
    best = [
        f"{row['title']} {show.number(row['total'], 2)}" for row in found.table.head(5).to_dict("records")
    ]
    listed = [f"Emulator's total indices: {', '.join(best)}."] if best else []
    return [found.sentence, *listed, *([beside(found, ranking.table)] if listed else [])]


def _print_effects(ranking: Ranking, screen: Any) -> None:
    """Which way the factors of the first enablers push, and the strongest interactions."""
    top = ranking.table[ranking.table["above_noise"]]["enabler"].head(5)
    pushes = ranking.effects[
        ranking.effects["enabler"].isin(top) & (ranking.effects["direction"] != "unclear")
    ]
    if len(pushes):
        screen.print(f"Which way (the first five {ranking.thing}s)", style="bold")
    for row in pushes.to_dict("records"):
        screen.print(f"  {row['factor']}, {row['low_value']} to {row['high_value']}: {row['words']}")
    if len(ranking.heat):
        screen.print("Strongest interactions", style="bold")
    for found in ranking.heat[:3]:
        screen.print(f"  {found.first} with {found.second}: {found.share:.1%} of the variance")
    screen.print()


def _lines(others: Sequence[Ranking]) -> Any:
    rows = show.table("Outcome", "first three", "told apart", "luck")
    rows.columns[1].justify, rows.columns[1].no_wrap = "left", False
    for found in others:
        apart = found.table[found.table["above_noise"]]
        first = ", ".join(apart["enabler"].head(3)) or "none can be told from nothing"
        rows.add_row(
            show.entry(found.title), first, f"{len(apart)} of {len(found.table)}", _share(found.luck.share)
        )
    return rows


def _share(share: float) -> str:
    return f"{share:.0%}" if math.isfinite(share) else show.NONE


def _as_json(
    results: Results, rankings: Sequence[Ranking], others: Sequence[Ranking], refused: Sequence[str]
) -> dict[str, Any]:
    from collabsim.analysis.ranking_json import origin
    from collabsim.provenance import NOTE

    return {
        "command": "rank",
        "note": NOTE,
        "results": origin(results),
        "rankings": [ranking.to_json() for ranking in rankings],
        "others": [ranking.to_json() for ranking in others],
        "refused": list(refused),
    }


def _write(folder: Path, results: Results, rankings: Sequence[Ranking], quiet: bool) -> None:
    from collabsim.analysis.ranking_json import as_json
    from collabsim.ranking_page import build
    from collabsim.report.page import html

    files.make(folder)
    with files.writing(folder):
        for ranking in rankings:
            name = _file_name(ranking)
            files.write_csv(folder / f"{name}.csv", as_json(ranking.table))
            files.write_text(folder / f"{name}.html", html(build(ranking, results)))
        import json

        content = show.clean(_as_json(results, rankings, [], []))
        files.write_text(folder / "rankings.json", json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    files.tell(folder, quiet)


def _file_name(ranking: Ranking) -> str:
    number = f"-{ranking.case.number + 1}" if ranking.case.of > 1 else ""
    return f"{ranking.outcome}{number}"
