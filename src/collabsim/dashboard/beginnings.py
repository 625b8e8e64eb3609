"""Replicates of one scenario, whose years before the policy are lived once.

Until the policy starts, a run depends on the baseline, the seed and the replicate only. So a lever that is moved needs its
replicates lived from the policy's start on: what they were like then is remembered.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np

from collabsim.dashboard import limits
from collabsim.dashboard.cache import Cache
from collabsim.model import state
from collabsim.model.draws import run_key
from collabsim.model.founding import Arrays, blueprint
from collabsim.model.simulate import Run, live_weeks, new_run, run_once, total_weeks
from collabsim.scenario import Scenario

LATER = ("policies", "policy_weeks")
"""The arrays of a blueprint that say, besides the baseline, what comes later."""


BEGINNINGS: Cache[Run] = Cache(limits.BEGINNING_BYTES)
"""Runs as they are when the policy starts: what changes in a run, without what only its plan has."""


class Lives:
    """Lives replicates of a scenario; from any thread.

    Parameters
    ----------
    scenario : Scenario
    seed : int
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._scenario, self._seed = scenario, seed
        self._plan = blueprint(scenario)
        self._weeks, self._start = total_weeks(scenario), scenario.burn_in_years * 52
        self._mark = _mark(self._plan)

    def live(self, replicate: int) -> Run:
        """The same run as `simulate.run_once`."""
        run = self._begun(replicate)
        live_weeks(run, run_key(self._seed, 0, replicate), self._start, self._weeks - self._start)
        if run.arrays["world"][0]["short"]:  # its tables have to be larger: seldom
            return run_once(self._scenario, self._seed, replicate, plan=self._plan)
        return run

    def _begun(self, replicate: int) -> Run:
        """A run that was lived up to the policy's start."""
        if self._start == 0:
            return new_run(self._plan, self._weeks)
        key = (self._mark, self._seed, replicate)
        known = BEGINNINGS.get(key)
        if known is None:
            known = self._beginning(replicate)
            BEGINNINGS.put(key, known, _size(known))
        months = len(known.series)
        series, ledger = (np.zeros(self._weeks * 12 // 52, kind) for kind in (state.SERIES, state.LEDGER))
        series[:months], ledger[:months] = known.series, known.ledger
        arrays = self._plan | {name: array.copy() for name, array in known.arrays.items()}
        return replace(known, series=series, ledger=ledger, arrays=arrays)

    def _beginning(self, replicate: int) -> Run:
        run = new_run(self._plan, self._start)
        live_weeks(run, run_key(self._seed, 0, replicate), 0, self._start)
        changing = {name: array for name, array in run.arrays.items() if array is not self._plan[name]}
        return replace(run, arrays=changing)


def _size(run: Run) -> int:
    return sum(array.nbytes for array in (*run.arrays.values(), run.series, run.ledger))


def _mark(plan: Arrays) -> str:
    """The same for all blueprints whose runs are the same until the policy starts."""
    mark = hashlib.blake2b(digest_size=16)
    for name in sorted(plan):
        array = plan[name][:1] if name in LATER else plan[name]
        mark.update(f"{name} {array.dtype.str} {array.shape};".encode())
        mark.update(np.ascontiguousarray(array).tobytes())
    return mark.hexdigest()
