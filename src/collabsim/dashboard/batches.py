"""Replicates of a scenario, gathered a few at a time; what was computed before is not computed again.

A run is a pure function of (scenario, seed, replicate), so sessions may share runs: nothing of one session can be
seen in them but what the other asked for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from collabsim.dashboard import limits
from collabsim.dashboard.beginnings import Lives
from collabsim.dashboard.cache import Cache
from collabsim.dashboard.crew import CREW, Batch
from collabsim.model.simulate import Runs, total_weeks
from collabsim.model.state import LEDGER, SERIES
from collabsim.scenario import Scenario

Found = TypeVar("Found")
Row = tuple[np.ndarray, np.ndarray]
"""The series and the ledger of one replicate."""

CACHE: Cache[Row] = Cache(limits.CACHE_BYTES)


def run(scenario: Scenario, count: int, seed: int, first: int, urgency: int) -> Runs:
    """The same replicates as `simulate.simulate`, when it is their turn.

    Parameters
    ----------
    scenario : Scenario
    count, seed, first : int
        Replicates `first` to `first + count - 1`.
    urgency : int
        The lower, the sooner.
    """
    lives = Lives(scenario, seed)
    found = CREW.compute(lives.live, range(first, first + count), urgency)
    series = np.stack([each.series for each in found])
    ledger = np.stack([each.ledger for each in found])
    return Runs(series, ledger, scenario.burn_in_years * 12)


class Replicates:
    """The replicates of one scenario so far, the first `done` of at most `most`."""

    def __init__(self, scenario: Scenario, seed: int, most: int) -> None:
        months = total_weeks(scenario) * 12 // 52
        self.scenario, self.seed, self.most = scenario, seed, most
        self._so_far: tuple[int, dict[str, Any]] = 0, {}
        """How many there are, and what was worked out from them, by name: one value, so that no thread mixes two."""
        self._key = (scenario.digest, seed)
        self._lives: Lives | None = None
        self._coming: Batch[int, None] | None = None
        self._series = np.empty((most, months), dtype=SERIES)
        self._ledger = np.empty((most, months), dtype=LEDGER)

    @property
    def done(self) -> int:
        """How many are there."""
        return self._so_far[0]

    @property
    def runs(self) -> Runs:
        """The replicates that are there."""
        return self._first(self.done)

    def _first(self, count: int) -> Runs:
        return Runs(self._series[:count], self._ledger[:count], self.scenario.burn_in_years * 12)

    def once(self, name: str, work: Callable[[Runs], Found]) -> Found:
        """What is worked out, by a name, from the replicates that are there: again only once there are more.

        Safe to use while another thread adds replicates: what comes of the older ones is not kept for the newer.
        """
        done, memo = self._so_far
        if name not in memo:
            memo[name] = work(self._first(done))
        found: Found = memo[name]
        return found

    def begin(self, count: int, urgency: int, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Have what is missing of `count` replicates remembered, or computed when it is their turn.

        What is there already stays as it is until `arrive`.
        """
        self._lives = self._lives or Lives(self.scenario, self.seed)
        wanted = range(self.done, min(count, self.most))
        if wanted:
            self._coming = CREW.begin(self._put, wanted, urgency, is_wanted)

    def arrive(self) -> None:
        """Wait for what was begun, and count it in; fewer replicates once no more are wanted."""
        if self._coming is not None:
            coming, self._coming = self._coming, None
            self._so_far = self.done + len(coming.wait()), {}

    def grow(self, count: int, urgency: int) -> None:
        """Have `count` replicates."""
        self.begin(count, urgency)
        self.arrive()

    def _put(self, replicate: int) -> None:
        """Put one replicate into its row."""
        assert self._lives is not None
        key = (*self._key, replicate)
        found = CACHE.get(key)
        if found is None:
            run = self._lives.live(replicate)
            found = run.series, run.ledger
            CACHE.put(key, found, run.series.nbytes + run.ledger.nbytes)
        self._series[replicate], self._ledger[replicate] = found
