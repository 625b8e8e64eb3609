"""Threads that belong to no page, so that a page's end takes none of them along.

Solara gives every thread that is started in a page that page's context. If the page closes between the making and the
start of a thread, the thread dies before it has said that it runs, and `Thread.start` waits for that word for ever,
with every lock that the caller holds. A pool of threads starts some whenever it is used. So the dashboard's threads are
started here, outside of any context; what they tell a page goes through `pages.use_refresh`, which enters the page's.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

One = TypeVar("One")
Found = TypeVar("Found")

_log = logging.getLogger(__name__)
_POOL = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="collabsim-compute")


def start(target: Callable[[], None], name: str) -> None:
    """Start a thread that ends with the server and belongs to no page."""
    with _no_page():
        threading.Thread(target=target, daemon=True, name=name).start()


def compute(function: Callable[[One], Found], items: Iterable[One]) -> list[Found]:
    """Apply a function that needs no page to each item, on all cores; the first exception is raised here."""
    with _no_page():
        try:
            waiting = [_POOL.submit(function, item) for item in items]
        except RuntimeError as error:
            if "shutdown" in str(error):  # the server ends, and this thread with it
                raise SystemExit from error
            raise
    return [found.result() for found in waiting]


def _no_page() -> AbstractContextManager[Any]:
    """A block whose new threads get no page's context."""
    solara = sys.modules.get("solara.server.kernel_context")
    return solara.without_context() if solara is not None else nullcontext()


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
