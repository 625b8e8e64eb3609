"""The components: each takes texts (JSON) and calls back; what they look like is in `vue/` and `static/`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

Told = Callable[[dict[str, Any]], None] | None


@solara.component_vue("vue/shell.vue")
def Shell(
    pages: str = "[]", here: str = "/", look: str = "light", event_chosen: Callable[[str], None] | None = None
) -> None:
    """The head of every page: pages, looks, and that it is no forecast."""


@solara.component_vue("vue/levers.vue")
def Levers(
    content: str = "{}",
    catalogue: str = "{}",
    revision: int = 0,
    ack: int = 0,
    event_set: Told = None,
    event_undo: Told = None,
    event_redo: Told = None,
    event_reset: Told = None,
    event_years: Told = None,
    event_choose: Callable[[str], None] | None = None,
    event_file: Told = None,
    event_opened: Told = None,
) -> None:
    """Scenario, levers and assumptions.

    Parameters
    ----------
    content : str
        `Desk.state`.
    catalogue : str
        `controls.catalogue`.
    revision : int
        Goes up when the values change by themselves (undo, another scenario).
    ack : int
        Number of the newest wish that a picture was shown for; the next is sent then.
    """


@solara.component_vue("vue/courses.vue")
def Courses(content: str = "", names: str = "[]", look: str = "light", event_show: Told = None) -> None:
    """Two outcomes over the years, with the baseline and bands (`frames.courses`)."""


@solara.component_vue("vue/notice.vue")
def Notice(sentences: str = "[]", event_close: Told = None) -> None:
    """Sentences that say what went wrong."""


@solara.component_vue("vue/tabs.vue")
def Tabs(
    names: str = "[]",
    chosen: str = "",
    summary: str = "",
    old: bool = False,
    event_choose: Callable[[str], None] | None = None,
) -> None:
    """A list of tabs; `summary` is read out when it changes, and pale when it is `old`: of an earlier wish."""


@solara.component_vue("vue/changes.vue")
def Changes(content: str = "", look: str = "light", event_table: Told = None) -> None:
    """Differences from the baseline with intervals (`frames.changes`)."""


@solara.component_vue("vue/why.vue")
def Why(content: str = "", look: str = "light") -> None:
    """The trust ledger (`frames.changes`)."""


@solara.component_vue("vue/files.vue")
def Files(content: str = "{}", event_want: Told = None) -> None:
    """Downloads, and the link to what is shown."""


@solara.component_vue("vue/people.vue")
def People(
    content: str = "",
    story: str = "null",
    look: str = "light",
    revision: int = 0,
    event_choose: Told = None,
    event_tell: Told = None,
) -> None:
    """One simulated partnership through time (`history.picture`), and one member's story (`story.story`)."""


@solara.component_vue("vue/timeline.vue")
def Timeline(content: str = "{}", event_edit: Told = None, event_own: Told = None) -> None:
    """The timeline's events, to edit (`timeline.rows`)."""


@solara.component_vue("vue/compare.vue")
def Compared(content: str = "{}", event_choose: Told = None) -> None:
    """What is compared (`comparison.Comparison.state`)."""


@solara.component_vue("vue/around.vue")
def Around(content: str = "{}", event_choose: Told = None) -> None:
    """Around which scenario levers are moved alone (`ranking.Board.state`)."""


@solara.component_vue("vue/chart.vue")
def Chart(
    content: str = "",
    kind: str = "drawLines",
    title: str = "",
    caption: str = "",
    outcome: str = "",
    names: str = "[]",
    look: str = "light",
    newest: int = 0,
    event_choose: Told = None,
) -> None:
    """One large figure with its outcome to choose, its count of replicates, and its downloads.

    Parameters
    ----------
    content : str
        With `number`, `done`, `most`, `words`, and what the figure is drawn from.
    kind : str
        The function of `static/custom.js` that draws it.
    title, caption : str
    outcome, names : str
        The chosen outcome, and those to choose from.
    newest : int
        The number of what was chosen last; a figure with another number is pale and cannot be taken away.
    """


@solara.component_vue("vue/table.vue")
def Table(content: str = "") -> None:
    """A table and its download.

    Parameters
    ----------
    content : str
        `title`, `caption`, `head`, `numbers` (columns set to the right), `rows` of texts or lists of texts (small from
        the second on), and `csv`: the rows of the file, where they differ.
    """


@solara.component_vue("vue/results.vue")
def Results(content: str = "{}", told: str = "", look: str = "light", event_choose: Told = None) -> None:
    """Results folders to open, and what one says (`opened.told`)."""


@solara.component_vue("vue/about.vue")
def Library(content: str = "{}", evidence: str = "{}") -> None:
    """What the model is and cannot tell; evidence and parameters to search (`library_of_evidence`)."""
