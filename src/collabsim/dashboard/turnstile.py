"""Lets one computation through at a time, the most urgent first: first pictures before refinements."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turnstile:
    """A lock that is handed on by urgency (low numbers first), then by arrival.

    A computation uses every core, so two at a time would only make both late.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[int, int]] = []
        self._arrivals = 0
        self._busy = False

    @contextmanager
    def turn(self, urgency: int) -> Iterator[None]:
        """Wait for a turn, and have it while the block runs."""
        with self._changed:
            ticket = (urgency, self._arrivals)
            self._arrivals += 1
            heapq.heappush(self._waiting, ticket)
            self._changed.wait_for(lambda: not self._busy and self._waiting[0] == ticket)
            heapq.heappop(self._waiting)
            self._busy = True
        try:
            yield
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
