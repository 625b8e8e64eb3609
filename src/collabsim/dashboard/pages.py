"""What every page has: the head, a place for sentences, and a plain sentence where something breaks."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import solara
from solara.server import kernel_context

from collabsim.dashboard import parts

BROKEN = "This page could not be drawn; the server's log says why. Loading it again may help."

PAGES = (
    ("/", "Explore"),
    ("/compare", "Compare"),
    ("/rank", "Rank"),
    ("/teach", "Teach"),
    ("/about", "About"),
)
"""The pages in the head's order: address and title."""

_log = logging.getLogger(__name__)

_LIST = json.dumps([{"path": path, "title": title} for path, title in PAGES])


@solara.component
def Page(
    here: str,
    look: str,
    on_look: Callable[[str], None],
    pages: bool = True,
    children: list[Any] | None = None,
) -> None:
    """The frame of a page, with its content in the main landmark; `pages`: with the way to the others."""
    error, _ = solara.use_exception()
    solara.use_memo(lambda: _note(error), [error])
    parts.Shell(pages=_LIST if pages else "[]", here=here, look=look, event_chosen=on_look)
    shown = [parts.Notice(sentences=json.dumps([BROKEN]))] if error else (children or [])
    solara.v.Html(tag="main", attributes={"id": "cs-main"}, children=shown)


def _note(error: BaseException | None) -> None:
    """Log what went wrong; visitors get a sentence."""
    if error is not None:
        _log.error("A page could not be drawn", exc_info=error)


def use_refresh() -> Callable[[], None]:
    """A function that draws the component again; it may be called from any thread, also from one of no page."""
    _, set_count = solara.use_state(0)
    context = kernel_context.get_current_context() if kernel_context.has_current_context() else None

    def refresh() -> None:
        if context is None:
            set_count(lambda count: count + 1)
        elif not context.closed_event.is_set():
            with context:
                set_count(lambda count: count + 1)

    return refresh
