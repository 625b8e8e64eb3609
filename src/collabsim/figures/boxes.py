"""The peeling of each box: what coverage it gives up for density."""

from __future__ import annotations

import plotly.graph_objects as go

from collabsim.analysis.discovery import Discovery
from collabsim.figures import style


def peeling(found: Discovery, height: int = 380) -> go.Figure:
    """Density against coverage along each trajectory, the box that was taken being the large point.

    Parameters
    ----------
    found : Discovery
    height : int
    """
    figure = style.blank(height, legend=True)
    figure.add_hline(y=found.density, line={"color": style.FAINT, "width": 1.5, "dash": "dot"})
    names = [f"Box {number}" for number, _ in enumerate(found.boxes, 1)]
    for (name, stroke), box in zip(style.strokes(names).items(), found.boxes, strict=True):
        steps = box.trajectory
        line = {"color": stroke.colour, "dash": stroke.dash, "width": 2}
        figure.add_scatter(
            x=steps["coverage"], y=steps["density"], mode="lines", name=name, line=line, hoverinfo="skip"
        )
        figure.add_scatter(
            x=[box.quality.coverage], y=[box.quality.density], mode="markers", showlegend=False,
            marker={"color": stroke.colour, "size": 14, "symbol": stroke.symbol},
            hovertemplate=f"{name}: coverage %{{x:.2f}}, density %{{y:.2f}}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title_text="coverage: share of such runs that lie in the box", range=[0, 1.03])
    figure.update_yaxes(title_text="density: share of the box's runs", range=[0, 1.03])
    return figure


def in_words(found: Discovery) -> str:
    """What the figure shows, for who does not see it."""
    parts = [
        f"box {number} ends at density {box.quality.density:.2f} and coverage {box.quality.coverage:.2f}"
        for number, box in enumerate(found.boxes, 1)
    ]
    start = f"Density against coverage while boxes are peeled; overall density is {found.density:.2f}"
    return f"{start}; {'; '.join(parts)}." if parts else f"{start}; no box was found."
