"""The trust ledger: what each cause added to mean trust, side by side for several fundings."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from collabsim import display
from collabsim.figures import style


def causes(table: pd.DataFrame, height: int = 400) -> go.Figure:
    """Bars of what each cause adds, in groups of one funding each.

    Parameters
    ----------
    table : DataFrame
        Columns `funding`, `cause`, `change`, `low`, `high`.
    """
    figure = style.blank(height, legend=True)
    for label, stroke in style.strokes(list(table["funding"].unique())).items():
        rows = table[table["funding"] == label]
        figure.add_bar(
            x=rows["change"],
            y=[style.wrapped(cause, 18) for cause in rows["cause"]],
            orientation="h",
            name=style.plain(label),
            marker=style.fill(stroke),
            hovertemplate=f"%{{y}}: %{{x:+.3f}}<extra>{style.plain(label)}</extra>",
        )
    style.zero_line(figure)
    figure.update_layout(barmode="group", bargap=0.3, legend_traceorder="normal")
    figure.update_xaxes(title_text="added to mean trust", nticks=6, zeroline=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def in_words(table: pd.DataFrame) -> str:
    """What the figure shows, for who does not see it."""
    parts = []
    for label, rows in table.groupby("funding", sort=False):
        lines = [
            f"{row.cause.lower()} {display.number(row.change, 3, signed=True)}" for row in style.each(rows)
        ]
        parts.append(f"with {label}: {', '.join(lines)}")
    return f"Bars of what each cause added to mean trust. {display.begun('; '.join(parts))}."
