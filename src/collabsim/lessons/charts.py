"""Charts of letters for terminals, and blank axes for paper."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from collabsim import display
from collabsim.lessons.lesson import Prediction

HEIGHT, NARROWEST, WIDEST = 12, 24, 64
BAND, LINE, SECOND, YOURS = "·", "*", "+", "o"
OTHERS = (SECOND, "x", "#", "%", "=", "@", "&")
"""The letters of the lines after the first; a lesson has eight policies at most."""

Point = tuple[float, float]


def text_chart(
    lines: Mapping[str, Sequence[Point]],
    band: Sequence[tuple[float, float, float]],
    low: float,
    high: float,
    decimals: int = 2,
) -> str:
    """Lines over a band, in letters.

    Parameters
    ----------
    lines : mapping of str to sequence of (x, y)
        By the letter that draws them; a later one covers an earlier.
    band : sequence of (x, low, high)
    low, high : float
        Ends of the vertical axis.
    decimals : int
        Of the numbers at the axis.
    """
    xs = [x for points in lines.values() for x, _ in points] + [x for x, _, _ in band]
    left, right = min(xs), max(xs)
    width = max(NARROWEST, min(WIDEST, max(len(points) for points in (*lines.values(), band))))
    rows = [[" "] * width for _ in range(HEIGHT)]

    def column(x: float) -> int:
        return round((x - left) / (right - left or 1) * (width - 1))

    def row(y: float) -> int:
        return HEIGHT - 1 - round((min(high, max(low, y)) - low) / (high - low) * (HEIGHT - 1))

    for x, bottom, top in band:
        for at in range(row(top), row(bottom) + 1):
            rows[at][column(x)] = BAND
    for letter, points in lines.items():
        for x, y in points:
            rows[row(y)][column(x)] = letter
    ends = [display.number(high, decimals), display.number(low, decimals)]
    margin = max(map(len, ends))
    labels = [ends[0], *[""] * (HEIGHT - 2), ends[1]]
    drawn = [
        f"  {text:>{margin}} |{''.join(cells)}".rstrip() for text, cells in zip(labels, rows, strict=True)
    ]
    axis = f"  {'':>{margin}} +{'-' * width}"
    first, last = (f"year {round(end) + 0}" for end in (left, right))  # never a year of minus zero
    years = f"  {'':>{margin}}  {first:<{width - 8}}{last:>8}"
    return "\n".join([*drawn, axis, years])


def bar(value: float, most: float, width: int = 20) -> str:
    """A bar to the left or to the right of a middle, in letters."""
    size = min(width // 2, math.ceil(abs(value) / most * width / 2)) if most > 0 and value else 0
    half = width // 2
    return f"{'#' * size:>{half}}|{'':<{half}}" if value < 0 else f"{'':>{half}}|{'#' * size:<{half}}"


# --- paper --------------------------------------------------------------------------------------

_W, _H, _LEFT, _TOP, _BOTTOM = 640.0, 220.0, 46.0, 24.0, 42.0


def blank_axes(
    asked: Prediction, before: Sequence[Point], known: Sequence[Point], title: str, decimals: int
) -> Markup:
    """Axes to draw a line on, with the course so far, as SVG.

    Parameters
    ----------
    asked : Prediction
        Of type draw.
    before : sequence of (x, y)
    known : sequence of (x, y)
        Another course that is given, drawn thin; empty without.
    title : str
        What the vertical axis is.
    """
    first = min([x for x, _ in [*before, *known]], default=asked.from_year)

    def x_of(x: float) -> float:
        return _LEFT + (x - first) / (asked.to_year - first) * (_W - _LEFT - 8)

    def y_of(y: float) -> float:
        return _TOP + (asked.high - min(asked.high, max(asked.low, y))) / (asked.high - asked.low) * (
            _H - _BOTTOM - _TOP
        )

    parts = [_rules(asked, first, x_of, y_of, decimals)]
    for course, width in ((known, 1), (before, 2.5)):
        points = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in course if x <= asked.to_year)
        parts.append(f'<polyline points="{points}" fill="none" stroke="#1a1a1a" stroke-width="{width}"/>')
    parts.append(f'<text x="2" y="13">{escape(title)}</text>')
    middle = f'x="{(_LEFT + _W) / 2:.0f}" y="{_H - 6:.0f}" text-anchor="middle"'
    parts.append(f"<text {middle}>Year</text>")
    name = escape(
        f"Empty axes: {title}, from year {asked.from_year:g} to {asked.to_year:g}. The line so far is given."
    )
    return Markup(f'<svg viewBox="0 0 {_W:g} {_H:g}" role="img" aria-label="{name}">{"".join(parts)}</svg>')


def _rules(asked: Prediction, first: float, x_of, y_of, decimals: int) -> str:  # type: ignore[no-untyped-def]
    """Grid and numbers."""
    parts = []
    for n in range(6):
        value = asked.low + n / 5 * (asked.high - asked.low)
        y = y_of(value)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_W - 8}" stroke="#ccc"/>')
        parts.append(
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{display.number(value, decimals)}</text>'
        )
    for year in range(math.ceil(first), math.floor(asked.to_year) + 1):
        x = x_of(year)
        heavy = year == math.floor(asked.from_year)
        stroke = "#1a1a1a" if heavy else "#ccc"
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_H - _BOTTOM}" stroke="{stroke}"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{_H - _BOTTOM + 17}" text-anchor="middle">{display.number(year, 0)}</text>'
        )
    return "".join(parts)
