"""One look at what stays on top: the place of each policy in each state of the world."""

from __future__ import annotations

import plotly.graph_objects as go

from collabsim.analysis.robustness import Robustness
from collabsim.figures import style

_SHADES = [[0, "#0072b2"], [0.45, "#9ecbe6"], [1, "#ffffff"]]
"""From the first place to the last; numbers stand in the cells as well."""


def places(found: Robustness) -> go.Figure:
    """Places as numbers on a shade, the most robust policy above; the last columns are a policy's best and worst place.

    Parameters
    ----------
    found : Robustness
    """
    table = found.place.loc[list(found.table["policy"])]
    count = len(table)
    figure = style.blank(90 + 30 * count)
    names = [style.plain(name) for name in table.index]
    states = [f"{number}" for number in range(1, len(table.columns) + 1)]
    values = table.to_numpy()
    figure.add_heatmap(
        z=values, x=states, y=names, colorscale=_SHADES, zmin=1, zmax=count, showscale=False, xgap=2, ygap=2,
        text=[[f"<b>{n}</b>" if n <= found.top else f"{n}" for n in row] for row in values],
        texttemplate="%{text}", textfont={"size": 13},
        customdata=[[style.plain(str(c)) for c in table.columns]] * count,
        hovertemplate="%{y}<br>%{customdata}: place %{z}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(title_text="state of the world (named in the table)", type="category", side="bottom")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def in_words(found: Robustness) -> str:
    """What the figure shows, for who does not see it."""
    parts = [f"{row.policy} places {row.best_place} to {row.worst_place}" for row in style.each(found.table)]
    return f"Places of {len(parts)} policies in {len(found.panel.states)} states of the world: {'; '.join(parts)}."
