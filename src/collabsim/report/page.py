"""A report's parts, and how they become one HTML file.

Everything that comes from outside (titles, names, passages) is text: the template escapes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs


@dataclass(frozen=True)
class Table:
    """A table of texts: the first column names the row.

    Attributes
    ----------
    caption : str
    head : sequence of str
    rows : sequence of sequences of str
        A line break in a cell begins a second, smaller line.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Exhibit:
    """A figure, what it shows in words, and its numbers.

    Attributes
    ----------
    title : str
    figure : plotly Figure
    words : str
        For who does not see it.
    table : Table
    note : str
        How to read it.
    """

    title: str
    figure: go.Figure
    words: str
    table: Table
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs, tables and figures.

    Attributes
    ----------
    key : str
        Name within the page, for links.
    columns : int
        Figures side by side where there is room.
    points : sequence of str
        A list, after the paragraphs.
    folded : bool
        Whether it is opened by who wants it.
    """

    key: str
    title: str
    paragraphs: Sequence[str] = ()
    points: Sequence[str] = ()
    tables: Sequence[Table] = ()
    exhibits: Sequence[Exhibit] = ()
    columns: int = 1
    commands: Sequence[str] = ()
    folded: bool = False


@dataclass(frozen=True)
class Page:
    """A whole report.

    Attributes
    ----------
    title : str
        The question.
    kicker : str
        A line above it.
    answers : sequence of (str, str)
        What each sentence is about, and the sentence.
    note : str
        What is said wherever results are shown.
    sections : sequence of Section
    """

    title: str
    kicker: str
    answers: Sequence[tuple[str, str]]
    answers_note: str
    note: str
    sections: Sequence[Section]


def html(page: Page) -> str:
    """The page as one HTML text, with everything it needs in it."""
    environment = Environment(
        loader=PackageLoader("collabsim.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    exhibits = [exhibit for section in page.sections for exhibit in section.exhibits]
    return environment.get_template("template.html").render(
        page=page,
        number_of=_numbering(exhibits),
        figures=Markup(_as_script(exhibits)),
        plotly=Markup(get_plotlyjs()) if exhibits else "",
        drawn=bool(exhibits),
    )


def _numbering(exhibits: Sequence[Exhibit]) -> Callable[[Exhibit], int]:
    numbers = {id(exhibit): number for number, exhibit in enumerate(exhibits, 1)}
    return lambda exhibit: numbers[id(exhibit)]


def _as_script(exhibits: Sequence[Exhibit]) -> str:
    """The figures as JSON that cannot end its script element."""
    figures = {f"figure-{n}": json.loads(exhibit.figure.to_json()) for n, exhibit in enumerate(exhibits, 1)}
    text = json.dumps(figures, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
