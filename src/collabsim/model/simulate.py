"""Run a scenario: one replicate, or many on all cores. A run is a pure function of (scenario, seed, row, replicate)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from collabsim.model import state
from collabsim.model.draws import run_key
from collabsim.model.founding import Arrays, blueprint
from collabsim.model.week import live

if TYPE_CHECKING:
    from collabsim.scenario import Scenario

TABLES = ("relationships", "cases", "staff", "events")
_ARGUMENTS = (
    "world", "places", "teams", "leavers", "agencies", "between", "grants", "grant_posts", "posts",
    "trust", "cap", "met", "contacts", "answered", "ties", "evidence", "sides",
    "cases", "member_post", "member_team", "open_cases", "repairs",
    "fours", "encounters", "requests", "likely", "rates", "none", "entities", "words", "target", "moved", "fresh",
    "output", "sums", "counts", "given", "known", "doubted",
    "policies", "policy_weeks", "timed", "context",
)  # fmt: skip
_LINE = 64  # bytes of a line of the processor's cache
_LISTS = (
    "likely",
    "rates",
    "none",
    "entities",
    "words",
    "repairs",
    "encounters",
)  # which can turn out too short
_READ_ONLY = ("grant_posts", "fours", "policies", "policy_weeks", "timed", "context")


@dataclass(frozen=True)
class Run:
    """One replicate: its monthly series and ledgers, what was recorded, and the state at the end.

    Attributes
    ----------
    series : structured array of length `months`, fields `state.SERIES_COLUMNS`
    ledger : structured array of length `months`, fields `state.LEDGER_LINES` and `knowledge_*`
    events, closed_cases, snapshots : structured arrays, empty unless recorded
    arrays : the state at the end (fields in `state.py`)
    """

    series: np.ndarray
    ledger: np.ndarray
    events: np.ndarray
    closed_cases: np.ndarray
    snapshots: np.ndarray
    arrays: Arrays


def total_weeks(scenario: Scenario) -> int:
    """Return the weeks of a run, burn-in included."""
    return 52 * (scenario.burn_in_years + scenario.years)


def run_once(
    scenario: Scenario,
    seed: int = 0,
    replicate: int = 0,
    row: int = 0,
    record: Sequence[str] = (),
    channels: Mapping[str, float] | None = None,
    plan: Arrays | None = None,
) -> Run:
    """Run one replicate.

    Parameters
    ----------
    scenario : Scenario
    seed, replicate, row : int
        What the run's luck is a function of; `row` is 0 under common random numbers.
    record : sequence of str
        Tables to write down besides the series: any of `TABLES`.
    channels : mapping of str to float, optional
        Channels of short-term funding that are switched off (0.0), for attribution.
    plan : dict of arrays, optional
        The scenario's blueprint, when it is at hand.
    """
    plan = plan or blueprint(scenario, channels)
    key = run_key(seed, row, replicate)
    weeks = total_weeks(scenario)
    room = _room_to_record(plan, weeks, record)
    grow = 1
    while True:
        run = _attempt(plan, key, weeks, room, grow)
        w = run.arrays["world"][0]
        needed = (int(w["events"]), int(w["cases"]), int(w["snapshots"]))
        if w["short"] == 0 and all(n <= r for n, r in zip(needed, room, strict=True) if r):
            return run
        room = tuple(max(r, n) if r else 0 for n, r in zip(needed, room, strict=True))
        grow = grow * 2 if w["short"] else grow


def _room_to_record(plan: Arrays, weeks: int, record: Sequence[str]) -> tuple[int, ...]:
    posts = len(plan["posts"])
    events = 64 + weeks * posts // 8 if {"events", "staff"} & set(record) else 0
    closed = 64 + weeks * posts // 20 if "cases" in record else 0
    ties = weeks // 52 * posts * plan["trust"].shape[1] // 2 if "relationships" in record else 0
    return events, closed, ties


def _attempt(plan: Arrays, key: np.uint64, weeks: int, room: tuple[int, ...], grow: int) -> Run:
    run = new_run(plan, weeks, room, grow)
    live_weeks(run, key, 0, weeks)
    w = run.arrays["world"][0]
    return replace(
        run,
        events=run.events[: int(w["events"])],
        closed_cases=run.closed_cases[: int(w["cases"])],
        snapshots=run.snapshots[: int(w["snapshots"])],
    )


def new_run(plan: Arrays, weeks: int, room: Sequence[int] = (0, 0, 0), grow: int = 1) -> Run:
    """Return a run of which nothing has been lived yet: the plan's arrays, copied, and tables of zeros.

    Parameters
    ----------
    plan : dict of arrays
        The scenario's blueprint.
    weeks : int
        Length of the whole run.
    room : sequence of int
        Rows to record events, closed cases and snapshots in.
    grow : int
        Factor on the tables of open cases and repairs.
    """
    arrays = {name: plan[name] for name in _READ_ONLY}
    arrays |= _copies({name: plan[name] for name in _ARGUMENTS if name not in _READ_ONLY})
    if grow > 1:
        arrays |= _more_room(plan, grow)
    months = weeks * 12 // 52
    return Run(
        np.zeros(months, dtype=state.SERIES),
        np.zeros(months, dtype=state.LEDGER),
        np.zeros(room[0], dtype=state.EVENT),
        np.zeros(room[1], dtype=state.CLOSED_CASE),
        np.zeros(room[2], dtype=state.SNAPSHOT),
        arrays,
    )


def _copies(arrays: Arrays) -> Arrays:
    """Return copies of arrays, each from the start of a line of the processor's cache on.

    They are made of bytes: numpy copies records field by field, which takes ten times as long.
    """
    room = np.empty(sum(array.nbytes + _LINE for array in arrays.values()), dtype=np.uint8)
    start, copies = -room.ctypes.data % _LINE, {}
    for name, array in arrays.items():
        copies[name] = np.ndarray(array.shape, array.dtype, room, start)
        room.data[start : start + array.nbytes] = array.tobytes()
        start += -(-array.nbytes // _LINE) * _LINE
    return copies


def live_weeks(run: Run, key: np.uint64, first_week: int, weeks: int) -> None:
    """Live `weeks` weeks of a run, in place, from `first_week` on: 0, which founds it, or where the last call stopped."""
    arrays = (run.arrays[name] for name in _ARGUMENTS)
    entry: Any = live  # its arrays are named in `week.py`
    entry(
        key, first_week, weeks, *arrays, run.series, run.ledger, run.events, run.closed_cases, run.snapshots
    )


def _more_room(plan: Arrays, grow: int) -> Arrays:
    """Return larger tables of open cases, repairs and encounters; their size never changes a result."""
    places, room = plan["open_cases"].shape
    total = places * room * grow
    larger = {name: np.zeros(len(plan[name]) * grow, dtype=plan[name].dtype) for name in _LISTS}
    return larger | {
        "open_cases": np.arange(total, dtype=np.int64).reshape(places, room * grow),
        "cases": np.zeros(total, dtype=state.CASE),
        "member_post": np.full((total, state.MOST_MEMBERS), state.NOBODY, dtype=np.int32),
        "member_team": np.zeros((total, state.MOST_MEMBERS), dtype=np.int32),
    }


@dataclass(frozen=True)
class Runs:
    """Many replicates of one scenario.

    Attributes
    ----------
    series : structured array (replicates, months), fields `state.SERIES_COLUMNS`
    ledger : structured array (replicates, months), fields `state.LEDGER_LINES` and `knowledge_*`
    burn_in : int
        Months before the policy starts.
    """

    series: np.ndarray
    ledger: np.ndarray
    burn_in: int


def simulate(
    scenario: Scenario,
    replicates: int,
    seed: int = 0,
    first: int = 0,
    row: int = 0,
    workers: int | None = None,
    channels: Mapping[str, float] | None = None,
    progress: Callable[[], None] | None = None,
) -> Runs:
    """Run replicates `first` to `first + replicates - 1` on all cores; the result does not depend on `workers`.

    Parameters
    ----------
    scenario : Scenario
    replicates, first : int
    seed, row : int
    workers : int, optional
        Threads; all cores by default (the compiled model runs without the interpreter's lock).
    channels : mapping of str to float, optional
    progress : callable, optional
        Called after every replicate.
    """
    plan = blueprint(scenario, channels)
    months = total_weeks(scenario) * 12 // 52
    series = np.empty((replicates, months), dtype=state.SERIES)
    ledger = np.empty((replicates, months), dtype=state.LEDGER)

    def one(n: int) -> None:
        run = run_once(scenario, seed, first + n, row, plan=plan)
        series[n], ledger[n] = run.series, run.ledger
        if progress is not None:
            progress()

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        list(pool.map(one, range(replicates)))
    return Runs(series, ledger, scenario.burn_in_years * 12)
