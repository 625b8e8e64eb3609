"""Threads that belong to no page, so that a page's end takes none of them along; and whose turn it is to compute.

Solara gives every thread that is started in a page that page's context. If the page closes between the making and the
start of a thread, the thread dies before it has said that it runs, and `Thread.start` waits for that word for ever,
with every lock that the caller holds. So the dashboard's threads are started here, outside of any context; what they
tell a page goes through `pages.use_refresh`, which enters the page's.
"""

from __future__ import annotations

import faulthandler
import heapq
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import count, takewhile
from typing import Any, Generic, TypeVar

One = TypeVar("One")
Found = TypeVar("Found")

_log = logging.getLogger(__name__)


def start(target: Callable[[], None], name: str) -> None:
    """Start a thread that ends with the server and belongs to no page."""
    with _no_page():
        threading.Thread(target=target, daemon=True, name=name).start()


def _no_page() -> AbstractContextManager[Any]:
    """A block whose new threads get no page's context."""
    solara = sys.modules.get("solara.server.kernel_context")
    return solara.without_context() if solara is not None else nullcontext()


# --- computing ------------------------------------------------------------------------------------


class Batch(Generic[One, Found]):
    """Items that somebody waits for, computed one after another, each on any of the crew's threads."""

    def __init__(
        self, function: Callable[[One], Found], items: Sequence[One], is_wanted: Callable[[], bool]
    ) -> None:
        self._function, self._items, self._is_wanted = function, items, is_wanted
        self._left, self._lock = len(items), threading.Lock()
        self._error: BaseException | None = None
        self._found: dict[int, Found] = {}
        self._over = threading.Event()

    def compute(self, place: int) -> None:
        """Compute one item; nothing where the batch has failed or is no longer wanted."""
        try:
            if self._error is None and self._is_wanted():
                self._found[place] = self._function(self._items[place])
        except BaseException as error:
            self._error = error
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self._over.set()

    def wait(self) -> list[Found]:
        """What was found: of the first items, if the others were not wanted any more."""
        try:
            if self._items:
                self._over.wait()
        finally:
            self._is_wanted = _never  # whoever stops waiting, for whatever reason, wants no more
        if self._error is not None:
            raise self._error
        first = takewhile(self._found.__contains__, range(len(self._items)))
        return [self._found[place] for place in first]


def _never() -> bool:
    return False


def _always() -> bool:
    return True


class Crew:
    """Threads, one for each core, that always compute the most urgent of what waits, one item at a time.

    So whoever comes with something urgent waits for no longer than an item takes: first pictures go before refinements.

    Parameters
    ----------
    size : int
        Threads.
    """

    def __init__(self, size: int) -> None:
        self._size, self._numbers = size, count()
        self._changed = threading.Condition()
        self._waiting: list[tuple[int, int, Batch[Any, Any], int]] = []
        self._began: dict[int, float] = {}
        self._hired = False

    def compute(
        self,
        function: Callable[[One], Found],
        items: Sequence[One],
        urgency: int,
        is_wanted: Callable[[], bool] = _always,
    ) -> list[Found]:
        """Apply a function that needs no page to each item; the first exception is raised here.

        Parameters
        ----------
        function : callable
        items : sequence
        urgency : int
            Low numbers go first; of one urgency, who came first.
        is_wanted : callable
            Asked before every item. Once it says no, the rest is left out.

        Returns
        -------
        list
            In the items' order; of the first items only, where the others were not wanted.
        """
        batch = Batch(function, items, is_wanted)
        with self._changed:
            self._hire()
            for place in range(len(items)):
                heapq.heappush(self._waiting, (urgency, next(self._numbers), batch, place))
            self._changed.notify(len(items))
        return batch.wait()

    def state(self) -> dict[str, float]:
        """How many items wait, and for how many seconds the longest has been at work (0 for none)."""
        with self._changed:
            seconds = time.monotonic() - min(self._began.values()) if self._began else 0.0
            return {"waiting": len(self._waiting), "working_seconds": round(seconds, 3)}

    def _hire(self) -> None:
        if not self._hired:
            self._hired = True
            for number in range(self._size):
                start(lambda number=number: self._work(number), f"collabsim-compute-{number}")  # type: ignore[misc]

    def _work(self, number: int) -> None:
        while True:
            with self._changed:
                self._began.pop(number, None)
                self._changed.wait_for(lambda: self._waiting)
                _, _, batch, place = heapq.heappop(self._waiting)
                self._began[number] = time.monotonic()
            batch.compute(place)
            del batch


CREW = Crew(os.cpu_count() or 1)
"""The server's own: whatever computes takes its turn here."""


# --- watching -------------------------------------------------------------------------------------


def watch() -> None:
    """Log what ends a thread; print where every thread is when the process gets SIGUSR1."""
    threading.excepthook = _note
    sys.unraisablehook = _note
    if hasattr(signal, "SIGUSR1"):  # Windows has none
        faulthandler.register(signal.SIGUSR1, all_threads=True)


def _note(what: Any) -> None:
    if what.exc_type is SystemExit:
        return
    about = (what.exc_type, what.exc_value, what.exc_traceback)
    place = getattr(what, "thread", None) or getattr(what, "object", None)
    _log.error("Unexpected end of %s", place, exc_info=about)
