"""How much of a difference is arithmetic: what goes when the yearly chance of going on is held equal."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from collabsim import display
from collabsim.figures import style

NOTHING = (
    "No difference that 36-month grants make is told clearly enough to say how much of it is arithmetic."
)


def arithmetic(table: pd.DataFrame, height: int = 420) -> go.Figure:
    """For each outcome a bar of two parts, what goes and what remains, with the interval of the border.

    Parameters
    ----------
    table : DataFrame
        Columns `title`, `share_gone`, `low`, `high`; rows without a share are left out.
    """
    known = table.dropna(subset=["share_gone"])
    names = [style.wrapped(title, 18) for title in known["title"]]
    gone = 100 * known["share_gone"]
    figure = style.blank(height, legend=True)
    _part(figure, names, gone, "goes: arithmetic", style.STROKES[1])
    _part(figure, names, 100 - gone, "remains", style.STROKES[0])
    _border(figure, known, names)
    figure.update_layout(barmode="relative", bargap=0.4, legend_traceorder="normal")
    figure.update_xaxes(title_text="% of the difference", range=[0, 103], nticks=6)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    if known.empty:
        paper = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
        figure.add_annotation(text=style.wrapped(NOTHING, 40), showarrow=False, **paper)
    return figure


def _part(figure: go.Figure, names: list[str], sizes: pd.Series, label: str, stroke: style.Stroke) -> None:
    figure.add_bar(
        x=sizes,
        y=names,
        orientation="h",
        name=label,
        marker=style.fill(stroke),
        hovertemplate="%{y}: %{x:.0f}%<extra></extra>",
    )


def _border(figure: go.Figure, table: pd.DataFrame, names: list[str]) -> None:
    """The border's interval, drawn last so that no bar hides it."""
    figure.add_scatter(
        x=100 * table["share_gone"],
        y=names,
        mode="markers",
        marker={"color": style.INK, "size": 7},
        error_x=style.reach(table, "share_gone", 100, style.INK),
        name="95% interval",
        hoverinfo="skip",
    )


def in_words(table: pd.DataFrame) -> str:
    """What the figure shows, for who does not see it."""
    known = table.dropna(subset=["share_gone"])
    if known.empty:
        return f"No bars: {NOTHING}"
    parts = [f"{row.title.lower()} {display.percent(row.share_gone)}" for row in style.each(known)]
    return (
        "Bars of the share of what 36-month grants change that goes when the yearly chance of going on "
        f"is held equal: {'; '.join(parts)}."
    )
