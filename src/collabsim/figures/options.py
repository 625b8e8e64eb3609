"""Options beside one another: what each gives beyond a base, with its interval; what cannot be told is grey."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from collabsim import display
from collabsim.figures import style
from collabsim.outcomes import Outcome

GREY = "#767676"
WIDTH = 24
LONGEST = 70
"""Letters in a line of a label, and in a label; the table has it whole."""


def options(table: pd.DataFrame, outcome: Outcome) -> go.Figure:
    """A point with its interval for each option, best first, and a line at no difference.

    Parameters
    ----------
    table : DataFrame
        ``label``, ``change``, ``low``, ``high``, ``told``, ``is_base``, of one outcome in its own unit.
    outcome : Outcome
    """
    scale = display.scale(outcome)
    names = distinct(table["label"].tolist())
    lines = max(1 + name.count("<br>") for name in names)
    figure = style.blank(104 + (10 + 17 * lines) * len(names), legend=True)
    style.zero_line(figure)
    table = table.assign(name=names)
    others = table[~table["is_base"]]
    _points(figure, others[others["told"]], scale, style.BLUE, "circle", "surely differs")
    _points(figure, others[~others["told"]], scale, GREY, "circle-open", "cannot tell")
    _points(figure, table[table["is_base"]], scale, style.INK, "diamond", "compared with this")
    figure.update_xaxes(title_text=f"difference<br>({scale.unit})", nticks=4, tickangle=0, zeroline=False)
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], showgrid=False)
    return figure


def _points(
    figure: go.Figure, rows: pd.DataFrame, scale: display.Scale, colour: str, symbol: str, name: str
) -> None:
    if rows.empty:
        return
    figure.add_scatter(
        x=rows["change"] * scale.factor,
        y=rows["name"],
        error_x=style.reach(rows, "change", scale.factor, colour),
        mode="markers",
        marker={"color": colour, "size": 10, "symbol": symbol, "line": {"width": 2, "color": colour}},
        name=name,
        hovertemplate=f"%{{y}}: %{{x:+.{scale.decimals}f}}<extra></extra>",
    )


def distinct(labels: list[str]) -> list[str]:
    """Labels in short plain lines; Plotly draws alike ones at one place, so a number tells them apart."""
    found: list[str] = []
    for label in labels:
        name = style.wrapped(label if len(label) <= LONGEST else label[: LONGEST - 2] + " …", WIDTH) or "–"
        found.append(name if name not in found else f"{name} ({len(found) + 1})")
    return found


def in_words(table: pd.DataFrame, outcome: Outcome) -> str:
    """What the figure shows, for who does not see it."""
    scale = display.scale(outcome)
    base = table[table["is_base"]]["label"]
    parts = [_in_words(row, scale) for row in style.each(table) if not row.is_base]
    against = f" from “{base.iloc[0]}”" if len(base) else ""
    start = f"Points with intervals: {outcome.title.lower()} ({scale.unit}), difference{against}, best first."
    return f"{start} {'; '.join(parts)}."


def _in_words(row: Any, scale: display.Scale) -> str:
    low, high = row.low * scale.factor, row.high * scale.factor
    ends = display.interval(low, high, scale.decimals, signed=True)
    doubt = "" if row.told else ", cannot tell"
    return f"{row.label} {scale.change(row.change)} ({ends}{doubt})"
