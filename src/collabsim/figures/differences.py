"""Differences from a base with their intervals, one outcome to a figure."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from collabsim import display
from collabsim.figures import style
from collabsim.outcomes import Outcome


def differences(table: pd.DataFrame, outcome: Outcome, control: str = "", height: int = 230) -> go.Figure:
    """A point with its interval for each funding, and a line at no difference.

    Parameters
    ----------
    table : DataFrame
        Columns `funding`, `difference`, `low`, `high`, of one outcome in its own unit, without the base.
    outcome : Outcome
    control : str
        The funding that is a control, drawn as an open point.
    """
    scale = display.scale(outcome)
    figure = style.blank(height)
    style.zero_line(figure)
    figure.add_scatter(
        x=table["difference"] * scale.factor,
        y=[style.wrapped(label, 14) for label in table["funding"]],
        error_x=style.reach(table, "difference", scale.factor, style.BLUE),
        mode="markers",
        marker={"color": style.BLUE, "size": 10, "symbol": _symbols(table, control), "line": _outline()},
        hovertemplate=f"%{{y}}: %{{x:+.{scale.decimals}f}}<extra></extra>",
    )
    figure.update_xaxes(nticks=4, tickangle=0, zeroline=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def _symbols(table: pd.DataFrame, control: str) -> list[str]:
    return ["circle-open" if label == control else "circle" for label in table["funding"]]


def _outline() -> dict[str, object]:
    return {"width": 2, "color": style.BLUE}


def in_words(table: pd.DataFrame, outcome: Outcome) -> str:
    """What the figure shows, for who does not see it."""
    scale = display.scale(outcome)
    parts = [
        f"{row.funding} {scale.change(row.difference)} "
        f"({display.interval(row.low * scale.factor, row.high * scale.factor, scale.decimals, signed=True)})"
        for row in style.each(table)
    ]
    return (
        f"Points with 95% intervals: {outcome.title.lower()} ({scale.unit}), difference from 12 months. "
        f"{'; '.join(parts)}."
    )
