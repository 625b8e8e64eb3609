"""Threads that belong to no page, so that a page's end takes none of them along; and whose turn it is to compute.

Solara gives every thread that is started in a page that page's context. If the page closes between the making and the
start of a thread, the thread dies before it has said that it runs, and `Thread.start` waits for that word for ever,
with every lock that the caller holds. So the dashboard's threads are started here, outside of any context; what they
tell a page goes through `pages.use_refresh`, which enters the page's.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
import time
from bisect import insort
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
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
    """Items that somebody waits for, or will.

    Attributes
    ----------
    found : dict of int to Found
        By the item's place.
    error : BaseException or None
        What went wrong first.
    over : Condition
        Told, with the crew's lock, when nothing of it is computed any more.
    """

    def __init__(
        self,
        function: Callable[[One], Found],
        items: Sequence[One],
        is_wanted: Callable[[], bool],
        lock: threading.Lock,
    ) -> None:
        self.function, self.items = function, items
        self.found: dict[int, Found] = {}
        self.error: BaseException | None = None
        self.over = threading.Condition(lock)
        self._is_wanted, self._next, self._running = is_wanted, 0, 0

    def wait(self) -> list[Found]:
        """Wait until nothing of it is computed any more; the first exception is raised here.

        Returns
        -------
        list
            In the items' order; of the first items only, where the others were not wanted.
        """
        with self.over:
            try:
                self.over.wait_for(lambda: self.is_over)
            finally:  # whoever stops waiting, for whatever reason, wants no more
                self._is_wanted = _never
        if self.error is not None:
            raise self.error
        first = takewhile(self.found.__contains__, range(len(self.items)))
        return [self.found[place] for place in first]

    # What follows is for who holds the crew's lock.

    @property
    def waiting(self) -> int:
        """Items that nobody has begun, and that are still to be computed."""
        left = len(self.items) - self._next
        return left if left and self.error is None and self._is_wanted() else 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is computed any more."""
        return self._running == 0 and self.waiting == 0

    def begin(self) -> int:
        """The place of the next item."""
        place, self._next, self._running = self._next, self._next + 1, self._running + 1
        return place

    def end(self, place: int, found: Callable[[], Found]) -> None:
        """Note what came of an item."""
        self._running -= 1
        try:
            self.found[place] = found()
        except BaseException as error:
            self.error = self.error or error


def _always() -> bool:
    return True


def _never() -> bool:
    return False


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
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)
        self._batches: list[tuple[int, int, Batch[Any, Any]]] = []
        self._began: dict[int, float] = {}
        self._hired = False

    def begin(
        self,
        function: Callable[[One], Found],
        items: Sequence[One],
        urgency: int,
        is_wanted: Callable[[], bool] = _always,
    ) -> Batch[One, Found]:
        """Have a function that needs no page applied to each item; `wait` of what is returned waits for it.

        Parameters
        ----------
        function : callable
        items : sequence
        urgency : int
            Low numbers go first; of one urgency, who came first.
        is_wanted : callable
            Asked before every item, and by `look_again`; it takes no lock. Once it says no, it says no for ever, and
            the rest is left out.
        """
        batch = Batch(function, items, is_wanted, self._lock)
        with self._lock:
            self._hire()
            insort(self._batches, (urgency, next(self._numbers), batch))
            self._came.notify(len(items))
        return batch

    def compute(
        self,
        function: Callable[[One], Found],
        items: Sequence[One],
        urgency: int,
        is_wanted: Callable[[], bool] = _always,
    ) -> list[Found]:
        """`begin`, and wait."""
        return self.begin(function, items, urgency, is_wanted).wait()

    def look_again(self) -> None:
        """Have everybody who waits look whether it is still wanted."""
        with self._lock:
            self._dismiss()

    def state(self) -> dict[str, float]:
        """How many items wait, and for how many seconds the longest has been at work (0 for none)."""
        with self._lock:
            seconds = time.monotonic() - min(self._began.values()) if self._began else 0.0
            waiting = sum(batch.waiting for _, _, batch in self._batches)
            return {"waiting": waiting, "working_seconds": round(seconds, 3)}

    def _hire(self) -> None:
        if not self._hired:
            self._hired = True
            for number in range(self._size):
                start(partial(self._work, number), f"collabsim-compute-{number}")

    def _work(self, number: int) -> None:
        while True:
            with self._lock:
                batch = self._next()
                place = batch.begin()
                self._began[number] = time.monotonic()
            outcome = _outcome(batch.function, batch.items[place])
            with self._lock:
                del self._began[number]
                batch.end(place, outcome)
                self._dismiss()
            del batch, outcome

    def _next(self) -> Batch[Any, Any]:
        """The most urgent batch that has an item waiting."""
        while True:
            for _, _, batch in self._batches:
                if batch.waiting:
                    return batch
            self._came.wait()

    def _dismiss(self) -> None:
        """Let go of batches of which nothing is computed any more, and tell who waits for them."""
        over = [place for place in self._batches if place[2].is_over]
        for place in over:
            self._batches.remove(place)
            place[2].over.notify_all()


def _outcome(function: Callable[[One], Found], item: One) -> Callable[[], Found]:
    """What gives the value of a function, or raises what the function raised."""
    try:
        return partial(_given, function(item))
    except BaseException as error:
        return partial(_raised, error)


def _given(value: Found) -> Found:
    return value


def _raised(error: BaseException) -> Any:
    raise error


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
