"""Main-effect curves: the mean outcome at the values of one factor, the others varying."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from collabsim import display
from collabsim.display import Scale
from collabsim.figures import style
from collabsim.parameters import PARAMETER


def with_unit(factor: str) -> str:
    """A factor's name with its unit, where it is a number."""
    parameter = PARAMETER.get(factor)
    is_number = parameter is not None and parameter.type in ("number", "integer")
    return f"{factor} ({parameter.unit})" if parameter is not None and is_number else factor


def effect(curve: pd.DataFrame, scale: Scale, limits: tuple[float, float], height: int = 260) -> go.Figure:
    """One factor's curve with its 95% band; of choices, points with intervals.

    Parameters
    ----------
    curve : DataFrame
        ``factor``, ``value``, ``position``, ``mean``, ``low``, ``high``, of one factor.
    scale : Scale
        Of the outcome.
    limits : (float, float)
        Of the vertical axis, in the outcome's own unit: the same for figures that are compared.
    """
    figure = style.blank(height)
    is_choice = not all(_is_number(value) for value in curve["value"])
    (_points if is_choice else _line)(figure, curve, scale)
    figure.update_xaxes(title_text=style.plain(with_unit(str(curve["factor"].iloc[0]))))
    figure.update_yaxes(range=[end * scale.factor for end in limits], nticks=5, title_text=scale.unit)
    return figure


def _is_number(word: Any) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _line(figure: go.Figure, curve: pd.DataFrame, scale: Scale) -> None:
    band: dict[str, Any] = {"line": {"width": 0}, "mode": "lines", "hoverinfo": "skip"}
    figure.add_scatter(x=curve["position"], y=curve["low"] * scale.factor, **band)
    fill = {"fill": "tonexty", "fillcolor": style.see_through(style.BLUE, 0.2)}
    figure.add_scatter(x=curve["position"], y=curve["high"] * scale.factor, **band, **fill)
    figure.add_scatter(
        x=curve["position"],
        y=curve["mean"] * scale.factor,
        mode="lines+markers",
        line={"color": style.BLUE, "width": 3},
        hovertemplate=f"%{{x:.3g}}: %{{y:.{scale.decimals}f}}<extra></extra>",
    )


def _points(figure: go.Figure, curve: pd.DataFrame, scale: Scale) -> None:
    figure.add_scatter(
        x=[style.plain(value) for value in curve["value"]],
        y=curve["mean"] * scale.factor,
        error_y=style.reach(curve, "mean", scale.factor, style.BLUE),
        mode="markers",
        marker={"color": style.BLUE, "size": 10},
        hovertemplate=f"%{{x}}: %{{y:.{scale.decimals}f}}<extra></extra>",
    )


def in_words(curve: pd.DataFrame, title: str, scale: Scale) -> str:
    """What the figure shows, for who does not see it."""
    parts = [
        f"{row['value']}: {scale.bare(row['mean'])} "
        f"({display.interval(row['low'] * scale.factor, row['high'] * scale.factor, scale.decimals)})"
        for row in curve.to_dict("records")
    ]
    return f"Curve of {title} ({scale.unit}) with 95% band at values of the factor. {'; '.join(parts)}."
