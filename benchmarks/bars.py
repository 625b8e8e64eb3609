"""A bar chart as an SVG file: no program needed to show it, no library to draw it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

LEFT, WIDTH, BAR, GAP, RIGHT = 250, 420, 22, 12, 150
INK, FILL, OURS = "#1d2733", "#8fa6bd", "#0b5d8a"


def bars(title: str, rows: Sequence[tuple[str, float, str]], first: str, logarithmic: bool = False) -> str:
    """Draw horizontal bars.

    Parameters
    ----------
    title : str
    rows : sequence of (name, value, words)
        The words stand at the bar's end.
    first : str
        The name of the bar that is told apart by a darker colour.
    logarithmic : bool
        Whether a length is the logarithm of the value over half of the least.
    """
    height = 46 + len(rows) * (BAR + GAP)
    total = LEFT + WIDTH + RIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" role="img" '
        f'font-family="sans-serif" font-size="14" fill="{INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{total}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="24" font-weight="bold">{escape(title)}</text>',
    ]
    for n, ((name, _, words), length) in enumerate(zip(rows, _lengths(rows, logarithmic), strict=True)):
        y = 42 + n * (BAR + GAP)
        colour = OURS if name == first else FILL
        lines += [
            f'<text x="{LEFT - 10}" y="{y + 16}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" fill="{colour}"/>',
            f'<text x="{LEFT + length + 8:.1f}" y="{y + 16}">{escape(words)}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])


def _lengths(rows: Sequence[tuple[str, float, str]], logarithmic: bool) -> list[float]:
    values = [value for _, value, _ in rows]
    if logarithmic:
        values = [math.log(value / min(values) * 2) for value in values]
    return [max(1.0, WIDTH * value / max(values)) for value in values]
