"""How far the work has come: a bar with the time left on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING

from collabsim.cli.group import say
from collabsim.model import COMPILING

if TYPE_CHECKING:
    from rich.progress import Progress

SECONDS_BETWEEN_LINES = 10.0


class Watch:
    """A watcher of runs (`collabsim.analysis.samples.Watcher`) that reports to standard error.

    Use it as a context; with `quiet` it says nothing. `what` is counted.
    """

    def __init__(self, quiet: bool = False, what: str = "runs") -> None:
        self._quiet, self._what = quiet, what
        self._bar: Progress | None = None
        self._lock = threading.Lock()
        self._expected, self._done = 0, 0
        self._began = self._said = time.monotonic()

    def __enter__(self) -> Watch:
        """Announce a compilation that is about to happen, and start the bar."""
        from collabsim.model.compiled import is_compiled

        if not self._quiet and not is_compiled():
            say(COMPILING)
        if not self._quiet and sys.stderr.isatty():
            self._bar = _bar(self._what)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def expect(self, runs: int) -> None:
        """So many more runs are to come."""
        self._expected += runs
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], total=self._expected)

    def tick(self) -> None:
        """One run is done."""
        with self._lock:
            self._done += 1
            if self._bar is not None:
                self._bar.advance(self._bar.task_ids[0])
            elif not self._quiet:
                self._line()

    def _line(self) -> None:
        now = time.monotonic()
        if now - self._said >= SECONDS_BETWEEN_LINES and self._done < self._expected:
            self._said = now
            left = (now - self._began) / self._done * (self._expected - self._done)
            say(f"{self._done:,} of {self._expected:,} {self._what} done, about {left:.0f} s left.")


def _bar(what: str) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what.capitalize()),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("runs", total=None)
    return bar
