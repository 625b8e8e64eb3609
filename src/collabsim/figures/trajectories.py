"""The course of an outcome over the years, with the spread over simulated partnerships."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from collabsim import display
from collabsim.figures import style
from collabsim.outcomes import Outcome


def trajectory(table: pd.DataFrame, outcome: Outcome, height: int = 300) -> go.Figure:
    """Lines with bands over the years; what is before the policy's start lies in grey.

    Parameters
    ----------
    table : DataFrame
        Columns `funding`, `year` (0 is the policy's start), `mean`, `low`, `high` (the band), of one outcome
        in its own unit.
    outcome : Outcome
    """
    scale = display.scale(outcome)
    figure = style.blank(height, legend=True)
    labels = list(table["funding"].unique())
    _before_the_policy(figure, float(table["year"].min()))
    for label, stroke in style.strokes(labels).items():
        rows = table[table["funding"] == label]
        _band(figure, rows, scale.factor, stroke)
        _line(figure, rows, scale, label, stroke)
    ends = [float(table["year"].min()), float(table["year"].max())]
    figure.update_xaxes(title_text="years after the policy's start", dtick=2, range=ends)
    figure.update_yaxes(title_text=scale.unit, rangemode="tozero" if scale.factor == 100 else "normal")
    return figure


def _before_the_policy(figure: go.Figure, first: float) -> None:
    figure.add_vrect(x0=first, x1=0, fillcolor="#ececec", line_width=0, layer="below")
    figure.add_vline(x=0, line={"color": style.FAINT, "width": 1})
    figure.add_annotation(
        x=first / 2,
        y=1,
        yref="paper",
        yanchor="top",
        text="before",
        showarrow=False,
        font={"color": style.FAINT},
    )


def _band(figure: go.Figure, rows: pd.DataFrame, factor: float, stroke: style.Stroke) -> None:
    figure.add_scatter(
        x=[*rows["year"], *rows["year"][::-1]],
        y=[*rows["high"] * factor, *rows["low"][::-1] * factor],
        fill="toself",
        fillcolor=style.see_through(stroke.colour, 0.15),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def _line(
    figure: go.Figure, rows: pd.DataFrame, scale: display.Scale, label: str, stroke: style.Stroke
) -> None:
    figure.add_scatter(
        x=rows["year"],
        y=rows["mean"] * scale.factor,
        name=style.plain(label),
        mode="lines",
        line={"color": stroke.colour, "dash": stroke.dash, "width": 3},
        hovertemplate=f"year %{{x:.1f}}: %{{y:.{scale.decimals}f}}<extra>{style.plain(label)}</extra>",
    )


def in_words(table: pd.DataFrame, outcome: Outcome) -> str:
    """What the figure shows, for who does not see it."""
    scale = display.scale(outcome)
    start = table[table["year"] < 0].groupby("funding")["mean"].last().mean()
    ends = [_end(rows, str(label), scale) for label, rows in table.groupby("funding", sort=False)]
    return (
        f"Line chart of {outcome.title.lower()} ({scale.unit}) over the years. Just before the policy's "
        f"start it is {scale.bare(start)}. In the last year it is {display.listed(ends)}."
    )


def _end(rows: pd.DataFrame, label: str, scale: display.Scale) -> str:
    last = rows[rows["year"] > rows["year"].max() - 1]
    low, high = last["low"].mean() * scale.factor, last["high"].mean() * scale.factor
    ends = display.interval(low, high, scale.decimals)
    return f"{scale.bare(last['mean'].mean())} with {label} (eight in ten between {ends})"
