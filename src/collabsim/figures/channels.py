"""Through which channels a difference comes: Shapley values with their intervals."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from collabsim import display
from collabsim.figures import style
from collabsim.outcomes import Outcome


def channels(table: pd.DataFrame, outcome: Outcome, height: int = 290) -> go.Figure:
    """A bar with its interval for each channel; they sum to the whole difference.

    Parameters
    ----------
    table : DataFrame
        Columns `channel`, `difference`, `low`, `high`, of one outcome in its own unit.
    outcome : Outcome
    """
    scale = display.scale(outcome)
    figure = style.blank(height)
    figure.add_bar(
        x=table["difference"] * scale.factor,
        y=[style.wrapped(channel) for channel in table["channel"]],
        orientation="h",
        marker={"color": style.see_through(style.BLUE, 0.75)},
        error_x=style.reach(table, "difference", scale.factor, style.INK),
        hovertemplate=f"%{{y}}: %{{x:+.{scale.decimals}f}}<extra></extra>",
    )
    style.zero_line(figure)
    figure.update_layout(bargap=0.4)
    figure.update_xaxes(nticks=3, tickangle=0, zeroline=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def in_words(table: pd.DataFrame, outcome: Outcome) -> str:
    """What the figure shows, for who does not see it."""
    scale = display.scale(outcome)
    parts = [f"{row.channel.lower()} {scale.change(row.difference)}" for row in style.each(table)]
    return (
        f"Bars of what comes through each channel of the difference in {outcome.title.lower()} "
        f"({scale.unit}) between 36 and 12 months: {'; '.join(parts)}."
    )
