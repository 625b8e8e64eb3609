"""A ranking as points with intervals: what is below the noise floor is grey."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
import plotly.graph_objects as go

from collabsim.analysis.ranking_words import MEASURE, digits_for
from collabsim.display import number
from collabsim.figures import style

if TYPE_CHECKING:
    from collabsim.analysis.ranking import Ranking

GREY = "#8c8c8c"
MEANING = {
    "sobol": "total index: share of what varies, alone and with others",
    "morris": "mu*: change of the outcome over the whole range",
    "pawn": "PAWN: how far the distribution moves",
}


def bars(ranking: Ranking) -> go.Figure:
    """The index of each enabler with its 95% interval, the first-order index, and the noise floor."""
    table = ranking.table
    figure = style.blank(90 + 30 * len(table), legend=True)
    if math.isfinite(ranking.floor):
        figure.add_vrect(x0=0, x1=ranking.floor, fillcolor=GREY, opacity=0.18, line_width=0)
    _points(figure, table[table["above_noise"]], style.BLUE, "circle", "told from nothing")
    _points(figure, table[~table["above_noise"]], GREY, "circle-open", "not distinguishable from nothing")
    if "first" in table:
        _alone(figure, table[table["above_noise"]])
    order = [style.wrapped(title, 34) for title in table["title"]]
    figure.update_xaxes(title_text=MEANING[ranking.method], rangemode="tozero", nticks=7)
    figure.update_yaxes(categoryorder="array", categoryarray=order[::-1], showgrid=False)
    return figure


def _points(figure: go.Figure, rows: pd.DataFrame, colour: str, symbol: str, label: str) -> None:
    if rows.empty:
        return
    figure.add_scatter(
        x=rows["index"],
        y=[style.wrapped(title, 34) for title in rows["title"]],
        error_x=style.reach(rows, "index", 1, colour),
        mode="markers",
        marker={"color": colour, "size": 10, "symbol": symbol, "line": {"width": 2, "color": colour}},
        name=label,
        customdata=rows["words"],
        hovertemplate="%{y}: %{x:.3g} (%{customdata})<extra></extra>",
    )


def _alone(figure: go.Figure, rows: pd.DataFrame) -> None:
    figure.add_scatter(
        x=rows["first"],
        y=[style.wrapped(title, 34) for title in rows["title"]],
        mode="markers",
        marker={"color": style.VERMILION, "size": 12, "symbol": "line-ns-open", "line": {"width": 3}},
        name="alone (first-order index)",
        hovertemplate="%{y} alone: %{x:.3g}<extra></extra>",
    )


def in_words(ranking: Ranking) -> str:
    """What the figure shows, for who does not see it."""
    digits = digits_for(ranking.table["index"].tolist())
    parts = [
        f"{row['title']} {number(row['index'], digits)} "
        f"({number(row['low'], digits)} to {number(row['high'], digits)}; {row['words']})"
        for row in ranking.table.to_dict("records")
    ]
    floor = f" Noise reaches {number(ranking.floor, digits)}." if math.isfinite(ranking.floor) else ""
    return f"Points with 95% intervals, {MEASURE[ranking.method]}: {'; '.join(parts)}.{floor}"
