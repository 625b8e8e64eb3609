"""A ranking as a page: the answer, the figure, the doubt, which way, together, and how it was made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from collabsim import display
from collabsim.analysis.ranking import Ranking
from collabsim.analysis.ranking_json import origin
from collabsim.analysis.ranking_words import (
    MEASURE,
    digits_for,
    index_unit,
    luck_sentence,
    together_sentence,
    unit_sentence,
)
from collabsim.display import Scale, number, percent
from collabsim.experiment.results import Results
from collabsim.figures import convergence, effects, interactions
from collabsim.figures import ranking as figure
from collabsim.outcomes import find_scalar
from collabsim.provenance import NOTE
from collabsim.report import Exhibit, Page, Section, Table

CURVES, MAPS = 6, 4


def build(ranking: Ranking, results: Results) -> Page:
    """The page of one ranking."""
    facts = origin(results)
    sections = [order(ranking), size(ranking), ways(ranking), together(ranking), made(ranking, facts)]
    return Page(
        title=f"Which {ranking.thing}s matter most for {ranking.title}?",
        kicker="CollabSim, a simulator of partnerships between agencies",
        answers=[("The answer", ranking.answer), ("Luck", luck_sentence(ranking)),
                 ("Enough runs?", ranking.verdict.sentence)],
        answers_note=_cases(ranking),
        note=NOTE,
        sections=[section for section in sections if section],
    )  # fmt: skip


def _cases(ranking: Ranking) -> str:
    variant = "".join(f", {name} {value}" for name, value in ranking.case.variant.items())
    return f"Scenario {ranking.case.scenario}{variant}; {ranking.runs:,} runs."


def scale_of(ranking: Ranking) -> Scale:
    """How the outcome's numbers are shown; a combination is in weighted standard deviations."""
    if len(ranking.weights) > 1:
        return Scale("weighted standard deviations", 1, 2)
    return display.scale(find_scalar(ranking.outcome)[0])


# --- sections -----------------------------------------------------------------------------------


def order(ranking: Ranking) -> Section:
    """The order of the enablers as a figure and a table."""
    rows = ranking.table.to_dict("records")
    exhibit = Exhibit(
        f"{ranking.thing.capitalize()}s, most important first",
        figure.bars(ranking),
        figure.in_words(ranking),
        Table(
            "Indices with 95% intervals; first, and first three: share of redraws of the design",
            *_table(ranking, rows),
        ),
        note=f"{unit_sentence(ranking)} Grey: not distinguishable from nothing; the grey band is what something made "
        "up reaches that does nothing.",
    )
    return Section("order", "The order", paragraphs=[*ranking.notes], exhibits=[exhibit])


def _table(ranking: Ranking, rows: list[dict[Any, Any]]) -> tuple[list[str], list[list[str]]]:
    digits = digits_for(ranking.table["index"].tolist())
    others = [name for name in ("first", "sigma", "pawn") if name in ranking.table and ranking.method != name]
    head = [
        ranking.thing.capitalize(),
        f"{MEASURE[ranking.method]} ({index_unit(ranking)})",
        "95% interval",
        *others,
        "First",
        "First three",
        "How sure",
    ]
    body = [
        [row["title"], number(row["index"], digits), display.interval(row["low"], row["high"], digits),
         *(number(row[name], 2 if name == "pawn" else digits) for name in others),
         percent(row["p_first"]), percent(row["p_top3"]), row["words"]]
        for row in rows
    ]  # fmt: skip
    return head, body


def size(ranking: Ranking) -> Section | None:
    """Whether there were enough runs."""
    if ranking.convergence.empty:
        return None
    head = [
        ranking.thing.capitalize(),
        *(f"{size:,}" for size in sorted(ranking.convergence["size"].unique())),
    ]
    wide = ranking.convergence.pivot(index="title", columns="size", values="index")
    digits = digits_for(ranking.table["index"].tolist())
    rows = [
        [str(title), *(number(float(v), digits) for v in values)]
        for title, values in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    exhibit = Exhibit(
        "The index against the size of the design",
        convergence.convergence(ranking),
        convergence.in_words(ranking),
        Table(f"Index ({index_unit(ranking)}) at each size", head, rows),
    )
    return Section(
        "size", "Were there enough runs?", paragraphs=[ranking.verdict.sentence], exhibits=[exhibit]
    )


def ways(ranking: Ranking) -> Section | None:
    """The curves of the factors that push most, of enablers that are told from nothing."""
    told = (
        ranking.effects[ranking.effects["direction"] != "unclear"]
        if len(ranking.effects)
        else ranking.effects
    )
    if told.empty:
        return None
    strongest = told.reindex(told["change"].abs().sort_values(ascending=False).index).head(CURVES)
    scale = scale_of(ranking)
    shown = ranking.curves[ranking.curves["factor"].isin(strongest["factor"])]
    limits = (float(shown["low"].min()), float(shown["high"].max()))
    exhibits = [_curve(ranking, row, scale, limits) for row in strongest.to_dict("records")]
    text = "The mean outcome at each value of one factor, all others varying; bands are 95% intervals."
    return Section("ways", "Which way they push", paragraphs=[text], exhibits=exhibits, columns=2)


def _curve(ranking: Ranking, row: Mapping[Any, Any], scale: Scale, limits: tuple[float, float]) -> Exhibit:
    curve = ranking.curves[ranking.curves["factor"] == row["factor"]]
    rows = [
        [str(r["value"]), scale.bare(r["mean"]),
         display.interval(r["low"] * scale.factor, r["high"] * scale.factor, scale.decimals)]
        for r in curve.to_dict("records")
    ]  # fmt: skip
    return Exhibit(
        str(row["factor"]),
        effects.effect(curve, scale, limits),
        effects.in_words(curve, ranking.title, scale),
        Table(f"Mean by {row['factor']}", ["Value", scale.unit, "95% interval"], rows),
        note=display.begun(str(row["words"])) + ".",
    )


def together(ranking: Ranking) -> Section | None:
    """How much enablers do together, and the strongest interactions."""
    if ranking.effects.empty:
        return None
    said = [sentence for sentence in (together_sentence(ranking),) if sentence]
    if not ranking.heat:
        said.append("No two factors can be told, from these runs, to work otherwise together than alone.")
        return Section("together", "What works together", paragraphs=said)
    scale = scale_of(ranking)
    exhibits = [
        Exhibit(
            f"{found.first} and {found.second}",
            interactions.heat_map(found, scale),
            interactions.in_words(found, scale),
            Table(
                f"Mean ({scale.unit})",
                [found.first, *found.second_values],
                [
                    [value, *(scale.bare(float(cell)) for cell in cells)]
                    for value, cells in zip(found.first_values, found.mean, strict=True)
                ],
            ),
            note=f"The interaction itself makes {found.share:.1%} of the variance "
            f"({found.low:.1%} to {found.high:.1%}), or more: bins are coarse.",
        )
        for found in ranking.heat[:MAPS]
    ]
    return Section("together", "What works together", paragraphs=said, exhibits=exhibits, columns=2)


def made(ranking: Ranking, facts: Mapping[str, Any]) -> Section:
    """How the ranking was made, and of what."""
    rows = [[key, _plain(value)] for key, value in facts.items()]
    floor = f" The dummy reaches {number(ranking.floor, 3)}." if math.isfinite(ranking.floor) else ""
    text = (
        f"Ranked by {MEASURE[ranking.method]}, luck taken off where the design allows; intervals from redraws of whole "
        f"blocks of the design with their replicates.{floor} docs/how-to/read-a-ranking.md says how to read it."
    )
    return Section(
        "made", "How it was made", paragraphs=[text], tables=[Table("Where it comes from", ["What", "Which"], rows)],
        folded=True,
    )  # fmt: skip


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {part}" for key, part in value.items())
    return "not known" if value is None else str(value)
