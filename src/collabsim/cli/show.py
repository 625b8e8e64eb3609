"""How results look on a terminal, and as JSON."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table

    from collabsim.analysis.differences import Estimate

WIDEST = 100
NARROWEST = 12
"""Columns that words are wrapped to at most: a narrower screen wraps the lines itself, so that nothing is cut off."""
MOST_WIDE = 1_000_000
NONE = "-"
"""Where there is no number."""


def console() -> Console:
    """Standard output, 80 columns wide where it is no terminal; words are printed as they are."""
    return _console(min(get_terminal_size().columns, WIDEST) if sys.stdout.isatty() else 80)


def _console(width: int) -> Console:
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False, width=width)


def table(first: str, *numbers: str, gap: int = 2) -> Table:
    """A table with words in the first column and numbers in the others."""
    from rich.table import Table

    rows = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="bold")
    rows.add_column(first, overflow="fold")
    for title in numbers:
        side: Literal["left", "right"] = "left" if "interval" in title else "right"
        rows.add_column(title, justify=side, no_wrap=True, overflow="fold")
    return rows


def print_table(screen: Console, rows: Table, width: int = 0) -> None:
    """Print a table without the blanks at its lines' ends; on a narrow screen rather too wide than with cells cut off."""
    wide = _console(max(screen.width, least_width(rows), width))
    with wide.capture() as printed:
        wide.print(rows)
    print("\n".join(line.rstrip() for line in printed.get().splitlines()))


def least_width(rows: Table, narrowest: int = NARROWEST) -> int:
    """Columns that a table needs when words, and only they, are wrapped to a few columns."""
    wide = _console(MOST_WIDE)
    width = 0
    for column in rows.columns:
        natural = max(wide.measure(cell).maximum for cell in (column.header, *column.cells))
        width += natural if column.no_wrap else min(natural, narrowest)
    return width + sum(rows.padding[1::2]) * (len(rows.columns) - 1)


def entry(words: str, left_out: str = "") -> Padding:
    """The first cell of a row, indented on each of its lines; what its numbers leave out stands below."""
    from rich.padding import Padding

    return Padding(f"{words}\n({left_out})" if left_out else words, (0, 0, 0, 2))


def print_json(content: Mapping[str, Any]) -> None:
    """Print an answer as JSON; what is no number is null."""
    json.dump(clean(content), sys.stdout, indent=2, ensure_ascii=False, allow_nan=False)
    print()


def clean(content: Any) -> Any:
    """The same content with null for NaN and infinity, and lists for tuples."""
    if isinstance(content, Mapping):
        return {str(key): clean(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [clean(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content


# --- numbers ------------------------------------------------------------------------------------


def places(values: Iterable[float], unit: str = "") -> int:
    """How many decimals to show, by the largest of some numbers; pounds have none."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if unit.startswith("£"):
        return 0
    return 3 if largest < 10 else 1 if largest < 1_000 else 0


def places_of(difference: Estimate, decimals: int) -> int:
    """So many decimals, or more, that an interval without 0 does not look as if it touched 0."""
    nearest = min(abs(difference.low), abs(difference.high))
    while difference.excludes_zero and round(nearest, decimals) == 0 and decimals < 6:
        decimals += 1
    return decimals


def change(difference: Estimate, decimals: int) -> tuple[str, str]:
    """A difference with its sign, and its interval with a star where it excludes 0."""
    decimals = places_of(difference, decimals)
    star = " *" if difference.excludes_zero else ""
    ends = interval(difference, decimals, signed=True)
    return number(difference.mean, decimals, signed=True), f"{ends}{star}"


def number(value: float, decimals: int, *, signed: bool = False) -> str:
    """A number with a thousands separator; a dash where there is none; never minus zero."""
    if not math.isfinite(value):
        return NONE
    rounded = round(value, decimals) + 0.0
    return f"{rounded:+,.{decimals}f}" if signed else f"{rounded:,.{decimals}f}"


def interval(estimate: Estimate, decimals: int, *, signed: bool = False) -> str:
    """The interval's ends."""
    if not math.isfinite(estimate.half_width):
        return NONE
    ends = (number(end, decimals, signed=signed) for end in (estimate.low, estimate.high))
    return " to ".join(ends)


def count(number: int, word: str) -> str:
    """So many of something, as in 1 year and 2 years."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def times(ratio: float) -> str:
    """A ratio, to two digits."""
    return f"{ratio:.2g}" if ratio < 100 else f"{ratio:,.0f}"
