"""Lets one computation through at a time, the most urgent first: first pictures before refinements."""

from __future__ import annotations

import heapq
import threading
import time
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
        self._began: float | None = None

    @contextmanager
    def turn(self, urgency: int) -> Iterator[None]:
        """Wait for a turn, and have it while the block runs."""
        with self._changed:
            self._wait((urgency, self._arrivals))
            self._began = time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                self._began = None
                self._changed.notify_all()

    def _wait(self, ticket: tuple[int, int]) -> None:
        """Wait until a ticket is the first; whoever stops waiting, for whatever reason, gives the ticket back."""
        self._arrivals += 1
        heapq.heappush(self._waiting, ticket)
        try:
            self._changed.wait_for(lambda: self._began is None and self._waiting[0] == ticket)
        finally:
            self._waiting.remove(ticket)
            heapq.heapify(self._waiting)
            self._changed.notify_all()

    def state(self) -> dict[str, float]:
        """How many wait, and for how many seconds the one at work has been (0 for nobody)."""
        with self._changed:
            seconds = 0.0 if self._began is None else time.monotonic() - self._began
            return {"waiting": len(self._waiting), "working_seconds": round(seconds, 3)}
