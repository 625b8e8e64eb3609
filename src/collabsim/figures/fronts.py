"""What more money buys: the front of packages, as searched and on fresh seeds."""

from __future__ import annotations

import plotly.graph_objects as go

from collabsim import display
from collabsim.analysis.packages import Found
from collabsim.analysis.packages_words import levers
from collabsim.figures import style
from collabsim.outcomes import find_scalar


def front(found: Found, height: int = 420) -> go.Figure:
    """Gain against cost: an open point as searched, a filled one with its interval on fresh seeds.

    Parameters
    ----------
    found : Found
    height : int
    """
    scale = display.scale(find_scalar(found.names[0])[0])
    figure = style.blank(height, legend=True)
    choices = sorted(found.front, key=lambda choice: choice.yearly)
    cost = [choice.yearly for choice in choices]
    words = [style.wrapped(levers(choice), 60) for choice in choices]
    fresh = [choice.fresh[0] for choice in choices]
    figure.add_scatter(
        x=cost, y=[choice.searched[0].mean * scale.factor for choice in choices], mode="markers", name="in the search",
        marker={"color": style.VERMILION, "size": 9, "symbol": "circle-open", "line": {"width": 2}}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=cost, y=[gain.mean * scale.factor for gain in fresh], mode="markers", name="on fresh seeds, 95% interval",
        marker={"color": style.BLUE, "size": 9, "symbol": "square"},
        error_y={"type": "data", "array": [gain.half_width * scale.factor for gain in fresh], "color": style.BLUE},
        customdata=words, hovertemplate="%{customdata}<br>£%{x:,.0f} a year: %{y:+.3f}<extra></extra>",
    )  # fmt: skip
    figure.add_hline(y=0, line={"color": style.INK, "width": 1.5})
    figure.update_xaxes(
        title_text="£ a year, cash and staff time", tickprefix="£", tickformat=",.0f", zeroline=False
    )
    title = find_scalar(found.names[0])[0].title.lower()
    figure.update_yaxes(title_text=f"gain in {title} ({scale.unit})")
    return figure


def in_words(found: Found) -> str:
    """What the figure shows, for who does not see it."""
    if not found.front:
        return "No package was found."
    best, cheap = found.front[0], min(found.front, key=lambda choice: choice.yearly)
    return (
        f"Points of {len(found.front)} packages, gain against cost: from £{cheap.yearly:,.0f} a year with "
        f"{cheap.fresh[0].mean:+.3f} on fresh seeds to £{best.yearly:,.0f} with {best.fresh[0].mean:+.3f}, where the "
        f"search had shown {best.searched[0].mean:+.3f}."
    )
