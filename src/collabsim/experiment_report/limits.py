"""What a report cannot tell, and how its numbers were made."""

from __future__ import annotations

from collections.abc import Iterator

from collabsim import display
from collabsim.analysis.options import DRAWS
from collabsim.experiment_report.study import Study, thing
from collabsim.experiment_report.varied import tables_of_varied
from collabsim.outcomes import OUTCOME, find_scalar
from collabsim.report import Section, Table

FEW_VARIED = 8
"""As many are listed where the question is told; more stand under Method."""
FEW = 20
"""Replicates below which an interval is itself shaky."""


def limits(study: Study) -> Section:
    """What it cannot tell: general, and what this experiment leaves open."""
    return Section("limits", "What this cannot tell", points=list(_points(study)))


def _points(study: Study) -> Iterator[str]:
    yield "It is illustrative, not a forecast: nothing in it is calibrated to a real place."
    if not study.accepted:
        yield (
            "Intervals cover luck in the simulation only. They do not cover doubt about the model's coefficients: some rest "
            "on good evidence, some on judgement (docs/reference/odd.md and “collabsim parameters” say which)."
        )
    if study.replicates < FEW and not study.is_sample:
        yield (
            f"With {study.replicates:,} replicate{'s' * (study.replicates != 1)} of each row the intervals "
            "are themselves shaky: more “--replicates” extend the same sweep."
        )
    if study.is_sample:
        yield (
            "Importance holds over the ranges that were varied: an enabler that was varied "
            "little, or not at all, can matter more elsewhere."
        )
    else:
        yield (
            f"Only the {len(study.results.design):,} rows of the design were compared: a "
            "better one may lie between or beyond them."
        )
    if find_scalar(study.scalar)[1] not in ("last_six", "") and "funding.grant_months" in str(
        study.parameters
    ) + study.kind + "".join(study.titles):
        yield (
            "Grants of one length end in the same years, so a single year shows where the clock stands; six "
            "years (“_last_six”) hold a whole number of 12-, 24- and 36-month grants."
        )
    if len(study.settings) > 1:
        yield (
            "The answer, the money and the figures are of the first setting; the others stand "
            "under “What survives other assumptions”."
        )
    yield (
        f"{display.begun(thing(study.scalar))} is one outcome of {len(study.results.outcomes)} recorded; "
        f"“--outcome NAME” makes the same report for another: {', '.join(study.results.outcomes)}."
    )


def method(study: Study) -> Section:
    """How the numbers were made, for who wants to check."""
    names = list(dict.fromkeys(find_scalar(scalar)[0].name for scalar in study.results.outcomes))
    meanings = [[OUTCOME[n].title, display.scale(OUTCOME[n]).unit, OUTCOME[n].meaning] for n in names]
    scenarios = list(study.scenarios.values())
    is_long = sum(len(table.rows) for table in tables_of_varied(study)) > FEW_VARIED
    length = (
        (f"{scenarios[0].burn_in_years} years before the policy's start and "
f"{study.experiment.years or scenarios[0].years} after")
        if scenarios else "the scenarios' years"
    )  # fmt: skip
    return Section(
        "method",
        "Method",
        points=[
            f"Agent-based model, weekly steps, {length}.",
            *(_sampled() if study.is_sample else _compared(study)),
            "Money: the recorded costs, or the price table's; in each redraw every price "
            "is drawn from its range (triangular, "
            "the table's figure the mode). Costs and prices: docs/reference/parameters.md.",
        ],
        tables=[
            Table("What the measures mean", ["Measure", "Unit", "Meaning"], meanings),
            *(tables_of_varied(study) if is_long else []),
        ],
        folded=True,
    )


def _compared(study: Study) -> list[str]:
    how = (
        "The same random numbers meet every row (common random numbers), and differences are paired by replicate, with "
        "Student's t interval."
        if study.common else "Rows have random numbers of their own; differences have Welch's interval."
    )  # fmt: skip
    return [
        how,
        "Intervals of one comparison hold together with 95% (Bonferroni). What cannot be told from the best: its difference "
        "from the best has an interval that includes zero (comparisons with the best, Hsu 1996).",
        f"“First in”: {DRAWS:,} bootstrap redraws of the replicates.",
        "Luck: variance within rows over the whole variance of single runs, what luck adds to the rows' means taken off.",
    ]


def _sampled() -> list[str]:
    return [
        "Ranking: Sobol' total indices (Jansen's estimator, replicate variance taken off), Morris's mu*, or PAWN for other "
        "samples; intervals by a bootstrap of whole blocks of the design with their replicates; what a made-up enabler "
        "reaches that does nothing is the noise floor. docs/how-to/read-a-ranking.md says how to read it.",
    ]
