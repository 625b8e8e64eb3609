"""Interactions as small heat maps: the mean outcome in bins of two factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from collabsim.display import Scale
from collabsim.figures import style

if TYPE_CHECKING:
    from collabsim.analysis.interactions import HeatMap


def heat_map(found: HeatMap, scale: Scale, height: int = 300) -> go.Figure:
    """The mean outcome by the values of two factors, written in each cell; Cividis, made for the colour-blind."""
    figure = style.blank(height)
    figure.add_heatmap(
        z=found.mean * scale.factor,
        x=[style.plain(f"{value}") for value in found.second_values],
        y=[style.plain(f"{value}") for value in found.first_values],
        text=_texts(found, scale),
        texttemplate="%{text}",
        colorscale="Cividis",
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
    )
    figure.update_xaxes(title_text=style.plain(found.second), type="category", showline=False)
    figure.update_yaxes(title_text=style.plain(found.first), type="category", showgrid=False)
    return figure


def _texts(found: HeatMap, scale: Scale) -> list[list[str]]:
    return [[scale.bare(float(value)) for value in row] for row in np.asarray(found.mean)]


def in_words(found: HeatMap, scale: Scale) -> str:
    """What the figure shows, for who does not see it."""
    rows = [
        f"{found.first} {value}: {', '.join(texts)}"
        for value, texts in zip(found.first_values, _texts(found, scale), strict=True)
    ]
    return (
        f"Heat map of the mean ({scale.unit}) by {found.first} and {found.second} "
        f"({', '.join(found.second_values)}). {'; '.join(rows)}."
    )
