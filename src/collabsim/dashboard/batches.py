"""Replicates of a scenario, gathered a few at a time; what was computed before is not computed again.

A run is a pure function of (scenario, seed, replicate), so sessions may share runs: nothing of one session can be
seen in them but what the other asked for itself.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import numpy as np

from collabsim.dashboard import crew, limits
from collabsim.dashboard.turnstile import Turnstile
from collabsim.model.founding import Arrays, blueprint
from collabsim.model.simulate import Run, Runs, run_once, total_weeks
from collabsim.model.state import LEDGER, SERIES
from collabsim.scenario import Scenario

CHUNKS = ((4, 2), (20, 4), (10_000, 8))
"""So long as there are fewer than the first number, the second number of replicates is computed at a stretch: few, so
that a newer wish need not wait long."""
FIRST = 2
"""Replicates of the first picture."""

TURNSTILE = Turnstile()

Key = tuple[str, int, int, int]


class Cache:
    """The chunks computed last, within a number of bytes; safe to use from many threads."""

    def __init__(self, most: int = limits.CACHE_BYTES) -> None:
        self._most, self._bytes = most, 0
        self._chunks: OrderedDict[Key, Runs] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Runs | None:
        """The chunk of a key, if it is still there."""
        with self._lock:
            if key in self._chunks:
                self._chunks.move_to_end(key)
            return self._chunks.get(key)

    def put(self, key: Key, runs: Runs) -> None:
        """Keep a chunk, and forget the oldest beyond the bound."""
        with self._lock:
            if key in self._chunks:
                return
            self._chunks[key] = runs
            self._bytes += _size(runs)
            while self._bytes > self._most and len(self._chunks) > 1:
                self._bytes -= _size(self._chunks.popitem(last=False)[1])


def _size(runs: Runs) -> int:
    return int(runs.series.nbytes + runs.ledger.nbytes)


CACHE = Cache()


def run(
    scenario: Scenario, count: int, seed: int, first: int, urgency: int, plan: Arrays | None = None
) -> Runs:
    """The same replicates as `simulate.simulate`, when the turnstile lets them through, on threads of no page.

    Parameters
    ----------
    scenario : Scenario
    count, seed, first : int
        Replicates `first` to `first + count - 1`.
    urgency : int
        The lower, the sooner.
    plan : dict of arrays, optional
        The scenario's blueprint, when it is at hand.
    """
    plan = plan or blueprint(scenario)

    def one(replicate: int) -> Run:
        return run_once(scenario, seed, replicate, plan=plan)

    with TURNSTILE.turn(urgency):
        found = crew.compute(one, range(first, first + count))
    series = np.stack([each.series for each in found])
    ledger = np.stack([each.ledger for each in found])
    return Runs(series, ledger, scenario.burn_in_years * 12)


class Replicates:
    """The replicates of one scenario so far, the first `done` of at most `most`."""

    def __init__(self, scenario: Scenario, seed: int, most: int) -> None:
        months = total_weeks(scenario) * 12 // 52
        self.scenario, self.seed, self.most, self.done = scenario, seed, most, 0
        self.memo: dict[str, Any] = {}
        """What was worked out from the replicates so far, by name; emptied when more come."""
        self._plan: Arrays | None = None
        self._series = np.empty((most, months), dtype=SERIES)
        self._ledger = np.empty((most, months), dtype=LEDGER)

    @property
    def runs(self) -> Runs:
        """The replicates that are there."""
        burn_in = self.scenario.burn_in_years * 12
        return Runs(self._series[: self.done], self._ledger[: self.done], burn_in)

    def step(self, urgency: int) -> None:
        """Add the next chunk: remembered, or computed when the turnstile lets it through."""
        count = min(next(size for below, size in CHUNKS if self.done < below), self.most - self.done)
        key = (self.scenario.digest, self.seed, self.done, count)
        chunk = CACHE.get(key)
        if chunk is None:
            self._plan = self._plan or blueprint(self.scenario)
            chunk = run(self.scenario, count, self.seed, self.done, urgency, self._plan)
            CACHE.put(key, chunk)
        self._series[self.done : self.done + count] = chunk.series
        self._ledger[self.done : self.done + count] = chunk.ledger
        self.done += count
        self.memo = {}
