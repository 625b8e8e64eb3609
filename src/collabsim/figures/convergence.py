"""Indices against the size of the design: lines that have gone flat have converged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from collabsim.analysis.ranking_words import MEASURE, digits_for
from collabsim.display import number
from collabsim.experiment.factors import DUMMY
from collabsim.figures import style

if TYPE_CHECKING:
    from collabsim.analysis.ranking import Ranking

SHOWN = 3


def convergence(ranking: Ranking, height: int = 380) -> go.Figure:
    """The first enablers and the dummy, each a line with the band of its 95% interval."""
    figure = style.blank(height, legend=True)
    labels = _shown(ranking)
    for label, stroke in style.strokes(list(labels)).items():
        rows = ranking.convergence[ranking.convergence["enabler"] == label]
        band = {"line": {"width": 0}, "mode": "lines", "hoverinfo": "skip", "showlegend": False}
        figure.add_scatter(x=rows["size"], y=rows["low"], **band)
        fill = {"fill": "tonexty", "fillcolor": style.see_through(stroke.colour, 0.18)}
        figure.add_scatter(x=rows["size"], y=rows["high"], **band, **fill)
        figure.add_scatter(
            x=rows["size"],
            y=rows["index"],
            name=style.plain(labels[label]),
            mode="lines+markers",
            line={"color": stroke.colour, "dash": stroke.dash, "width": 3},
            marker={"symbol": stroke.symbol, "size": 8},
            hovertemplate=f"%{{x}}: %{{y:.3g}}<extra>{style.plain(labels[label])}</extra>",
        )
    sizes = sorted(ranking.convergence["size"].unique().tolist())
    figure.update_xaxes(
        title_text="size of the design", type="log", tickvals=sizes, ticktext=[f"{s:,}" for s in sizes]
    )
    figure.update_yaxes(title_text=MEASURE[ranking.method])
    return figure


def _shown(ranking: Ranking) -> dict[str, str]:
    top = ranking.table.head(SHOWN)
    found = dict(zip(top["enabler"], top["title"], strict=True))
    return {**found, **({DUMMY: "dummy (enters nothing)"} if ranking.dummy else {})}


def in_words(ranking: Ranking) -> str:
    """What the figure shows, for who does not see it."""
    digits = digits_for(ranking.table["index"].tolist())
    parts = []
    for name, title in _shown(ranking).items():
        rows = ranking.convergence[ranking.convergence["enabler"] == name]
        steps = [f"{number(row['index'], digits)} at {row['size']:,}" for row in rows.to_dict("records")]
        parts.append(f"{title}: {', '.join(steps)}")
    return (
        f"Lines of the index against the size of the design. {'; '.join(parts)}. {ranking.verdict.sentence}"
    )
