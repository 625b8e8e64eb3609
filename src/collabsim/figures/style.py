"""How all figures look."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
INK, FAINT, RULE = "#1a1a1a", "#595959", "#d9d9d9"
BLUE, VERMILION, GREEN, PURPLE = "#0072b2", "#d55e00", "#00795a", "#a8528a"
"""Okabe and Ito's, green and purple darkened to stand out from white at 3 to 1."""


@dataclass(frozen=True)
class Stroke:
    """How one of several things is drawn: colour, dash of a line, symbol of a point, pattern of a bar."""

    colour: str
    dash: str
    symbol: str
    pattern: str


STROKES = (
    Stroke(VERMILION, "solid", "circle", ""),
    Stroke(BLUE, "dash", "square", "/"),
    Stroke(GREEN, "dot", "diamond", "."),
    Stroke(PURPLE, "dashdot", "triangle-up", "x"),
)


def strokes(labels: Sequence[str]) -> dict[str, Stroke]:
    """A stroke for each label, in their order."""
    return {label: STROKES[n % len(STROKES)] for n, label in enumerate(labels)}


def plain(text: str) -> str:
    """A text as it is: Plotly reads tags in texts otherwise."""
    return html.escape(text, quote=False)


def wrapped(text: str, width: int = 22) -> str:
    """A plain text in short lines, so that it fits beside bars on a telephone."""
    return "<br>".join(plain(line) for line in textwrap.wrap(text, width))


def see_through(colour: str, share: float) -> str:
    """A colour of which some share is seen."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"


def blank(height: int, *, legend: bool = False) -> go.Figure:
    """An empty figure in the house's style; its width is that of the page."""
    figure = go.Figure()
    figure.update_layout(
        template="none",
        height=height,
        font={"family": FONT, "size": 14, "color": INK},
        margin={"l": 8, "r": 24, "t": 44 if legend else 12, "b": 8},
        paper_bgcolor="white",
        plot_bgcolor="white",
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom"},
        hoverlabel={"font": {"family": FONT, "size": 13}},
        dragmode=False,
    )
    axis = {
        "automargin": True,
        "title_font": {"size": 13},
        "linecolor": FAINT,
        "gridcolor": RULE,
        "zerolinecolor": FAINT,
        "fixedrange": True,
    }
    figure.update_xaxes(**axis, showgrid=False, showline=True, ticks="outside", tickcolor=FAINT)
    figure.update_yaxes(**axis, showgrid=True, zeroline=False)
    return figure


def fill(stroke: Stroke) -> dict[str, object]:
    """How a bar is filled: its colour under its pattern."""
    lines = {"shape": stroke.pattern, "fgcolor": "white", "fillmode": "overlay", "size": 7, "solidity": 0.25}
    return {"color": stroke.colour, "pattern": lines}


def reach(table: pd.DataFrame, middle: str, factor: float, colour: str) -> dict[str, object]:
    """Error bars from the columns `low` and `high` about another."""
    return {
        "type": "data",
        "symmetric": False,
        "array": (table["high"] - table[middle]) * factor,
        "arrayminus": (table[middle] - table["low"]) * factor,
        "color": colour,
        "thickness": 2.5,
        "width": 5,
    }


def each(table: pd.DataFrame) -> Iterator[Any]:
    """Each row of a table, with its columns as attributes."""
    yield from table.itertuples()


def zero_line(figure: go.Figure) -> None:
    """A line where there is no difference."""
    figure.add_vline(x=0, line={"color": INK, "width": 1.5})
