"""How far a sweep has come: a bar on a terminal, lines elsewhere, JSON for programs, or nothing."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Any

from collabsim.experiment.ending import Ending

if TYPE_CHECKING:
    from rich.progress import Progress

KINDS = ("auto", "bar", "plain", "json", "quiet")
SECONDS_BETWEEN_LINES = 10.0
SECONDS_BETWEEN_RECORDS = 1.0


class Reporter:
    """Keeps count and says nothing: what `quiet` does, and what the others build on.

    Attributes
    ----------
    runs, finished, failed : int
    """

    def __init__(self, stream: IO[str] | None = None) -> None:
        self.runs = self.finished = self.failed = 0
        self.stream = stream or sys.stderr
        self._began = self._said = time.monotonic()
        self._before = 0

    def begin(self, runs: int, finished: int, failed: int = 0) -> None:
        """Start counting; `finished` runs were there before."""
        self.runs, self.finished, self.failed = runs, finished, failed
        self._before, self._began = finished, time.monotonic()

    def advance(self, runs: int, failed: int) -> None:
        """So many more runs are on disk, so many of them failed."""
        self.finished += runs
        self.failed += failed

    def note(self, sentence: str) -> None:
        """Something that the user should know."""

    def end(self, ending: Ending) -> None:
        """The sweep is over; the caller says how."""

    @property
    def rate(self) -> float:
        """Runs a second since the sweep was begun or resumed."""
        return (self.finished - self._before) / max(time.monotonic() - self._began, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """At that rate; None before the first run."""
        return (self.runs - self.finished) / self.rate if self.finished > self._before else None

    def _is_time(self, seconds: float) -> bool:
        now = time.monotonic()
        if now - self._said < seconds:
            return False
        self._said = now
        return True

    def _write(self, line: str) -> None:
        print(line, file=self.stream, flush=True)


class Lines(Reporter):
    """A plain line every ten seconds."""

    def begin(self, runs: int, finished: int, failed: int = 0) -> None:
        """Say how much there is to do."""
        super().begin(runs, finished, failed)
        done = f", {finished:,} of them done before" if finished else ""
        self._write(f"{runs:,} runs{done}.")

    def advance(self, runs: int, failed: int) -> None:
        """Say how far it is, now and then."""
        super().advance(runs, failed)
        if self.finished < self.runs and self._is_time(SECONDS_BETWEEN_LINES):
            lost = f", {self.failed:,} failed" if self.failed else ""
            left = _duration(self.seconds_left)
            self._write(
                f"{self.finished:,} of {self.runs:,} runs done{lost}, {self.rate:,.0f} a second, {left} left."
            )

    def note(self, sentence: str) -> None:
        """Say it."""
        self._write(sentence)


class JsonLines(Reporter):
    """One JSON object a line, for programs: events `begin`, `progress`, `note`, `end`."""

    def begin(self, runs: int, finished: int, failed: int = 0) -> None:
        """Write the event `begin`."""
        super().begin(runs, finished, failed)
        self._event("begin", runs=runs, finished=finished, failed=failed)

    def advance(self, runs: int, failed: int) -> None:
        """Write the event `progress`, at most once a second and once all is done."""
        super().advance(runs, failed)
        if self.finished == self.runs or self._is_time(SECONDS_BETWEEN_RECORDS):
            left = None if self.seconds_left is None else round(self.seconds_left, 1)
            counts = {"runs": self.runs, "finished": self.finished, "failed": self.failed}
            self._event("progress", **counts, rate=round(self.rate, 3), seconds_left=left)

    def note(self, sentence: str) -> None:
        """Write the event `note`."""
        self._event("note", sentence=sentence)

    def end(self, ending: Ending) -> None:
        """Write the event `end`."""
        self._event(
            "end", **(asdict(ending) | {"path": str(ending.path), "seconds": round(ending.seconds, 3)})
        )

    def _event(self, event: str, **content: Any) -> None:
        self._write(json.dumps({"event": event, **content}))


class Bar(Reporter):
    """A bar with the rate and the time left."""

    _bar: Progress | None = None

    def begin(self, runs: int, finished: int, failed: int = 0) -> None:
        """Show the bar."""
        super().begin(runs, finished, failed)
        self._bar = _bar()
        self._bar.add_task("runs", total=runs, completed=finished, rate="", failed="")
        self._bar.start()

    def advance(self, runs: int, failed: int) -> None:
        """Move the bar."""
        super().advance(runs, failed)
        if self._bar is not None:
            lost = f"{self.failed:,} failed" if self.failed else ""
            task = self._bar.task_ids[0]
            self._bar.update(task, completed=self.finished, rate=f"{self.rate:,.0f}/s", failed=lost)

    def note(self, sentence: str) -> None:
        """Say it above the bar."""
        if self._bar is not None:
            self._bar.console.print(sentence, highlight=False, markup=False)
        else:
            self._write(sentence)

    def end(self, ending: Ending) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


def reporter(kind: str = "auto") -> Reporter:
    """The reporter of a kind, one of `KINDS`; ``auto`` is a bar on a terminal and plain lines elsewhere."""
    if kind == "auto":
        kind = "bar" if sys.stderr.isatty() else "plain"
    return {"bar": Bar, "plain": Lines, "json": JsonLines, "quiet": Reporter}[kind]()


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("Runs"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(), TextColumn("left"), TextColumn("[red]{task.fields[failed]}"),
    )  # fmt: skip
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _duration(seconds: float | None) -> str:
    """About how long, in words."""
    if seconds is None:
        return "an unknown time"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
