"""A short page for the answer of one command: sentences, figures with their numbers, and where it all comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from collabsim.provenance import NOTE
from collabsim.report.page import Exhibit, Page, Section, Table, html

if TYPE_CHECKING:
    from collabsim.experiment.results import Results

__all__ = ["Exhibit", "Table", "short_page"]


def short_page(
    title: str,
    kicker: str,
    sentences: Sequence[str],
    exhibits: Sequence[Exhibit],
    results: Results | None = None,
    origin: Sequence[str] = (),
) -> str:
    """One HTML text that needs no network; every text in it is escaped.

    Parameters
    ----------
    title, kicker : str
        The question, and a line above it.
    sentences : sequence of str
        The answer, the first one first.
    exhibits : sequence of Exhibit
    results : Results, optional
        The sweep that it was made from.
    origin : sequence of str
        Further lines on where the numbers come from.
    """
    lines = [*origin, *(_of(results) if results is not None else [])]
    return html(
        Page(
            title=title,
            kicker=kicker,
            answers=[("", sentence) for sentence in sentences],
            answers_note="",
            note=NOTE,
            sections=[
                Section("seen", "Figures", exhibits=exhibits),
                Section("origin", "Where the numbers come from", points=lines),
            ],
        )
    )


def _of(results: Results) -> list[str]:
    plan = results.plan
    experiment = plan["experiment"]
    return [
        f"Experiment {experiment['name']}: {len(results.design):,} rows, {len(results.runs):,} runs, seed {plan['seed']}.",
        f"CollabSim {plan['code']['collabsim']}, model {plan['code']['model'][:12]}, {plan['time']}.",
    ]
