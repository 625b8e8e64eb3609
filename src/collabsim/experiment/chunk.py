"""Computes one chunk of a sweep: a pure function of what is in its task, wherever it runs."""

from __future__ import annotations

import platform
import time
import traceback
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numba
import numpy as np

import collabsim
from collabsim import outcomes
from collabsim.accepted import ACCEPTED, ensemble, scenario_of_run
from collabsim.model import state
from collabsim.model.founding import blueprint
from collabsim.model.simulate import Runs, run_once
from collabsim.parameters import Value
from collabsim.provenance import model_digest
from collabsim.scenario import Scenario

RAISED, NOT_FINITE, DIED = "raised", "not finite", "worker died"
"""The kinds of failure."""


@dataclass(frozen=True)
class Task:
    """The runs of one chunk: every replicate of every row in it.

    Attributes
    ----------
    first_row : int
        Number of the first row in the design.
    rows : tuple of (scenario, values)
        What each row sets, by full name.
    first_replicate, replicates : int
    scenarios : mapping
        The scenarios that the rows name.
    seed : int
    common : bool
        Whether all rows meet the same luck.
    outcomes : tuple of str
        Scalars to record.
    trajectories : bool
        Whether to record the monthly outcomes too.
    ensemble : str
        Digest of the ensemble that runs draw uncertainties from; empty: none.
    """

    first_row: int
    rows: tuple[tuple[str, Mapping[str, Value]], ...]
    first_replicate: int
    replicates: int
    scenarios: Mapping[str, Scenario]
    seed: int
    common: bool
    outcomes: tuple[str, ...]
    trajectories: bool = False
    ensemble: str = ""

    @property
    def runs(self) -> int:
        """How many runs it holds."""
        return len(self.rows) * self.replicates

    def keys(self) -> tuple[np.ndarray, np.ndarray]:
        """The row and the replicate of each run, in the order in which they are computed."""
        rows = np.arange(self.first_row, self.first_row + len(self.rows), dtype=np.int32)
        replicates = np.arange(self.first_replicate, self.first_replicate + self.replicates, dtype=np.int32)
        return np.repeat(rows, self.replicates), np.tile(replicates, len(rows))

    def single(self, run: int) -> Task:
        """The task of one of its runs alone."""
        row, replicate = divmod(run, self.replicates)
        return replace(
            self,
            first_row=self.first_row + row,
            rows=self.rows[row : row + 1],
            first_replicate=self.first_replicate + replicate,
            replicates=1,
        )


@dataclass(frozen=True)
class Failure:
    """Why a run has no numbers."""

    kind: str
    error: str
    traceback: str = ""


@dataclass(frozen=True)
class Part:
    """What the runs of a chunk gave, in the order of `Task.keys`.

    Attributes
    ----------
    values : array (runs, outcomes)
        NaN in every column where a run failed.
    failures : list of Failure or None, one a run
    series : dict of str to array
        Monthly outcomes, long: ``run`` (its place in this part), ``month`` (0 when the policy starts) and a
        column for each monthly outcome (float32). Empty unless recorded.
    stamp : mapping
        The code that computed it.
    seconds : float
    """

    values: np.ndarray
    failures: list[Failure | None]
    series: dict[str, np.ndarray] = field(default_factory=dict)
    stamp: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


class Interrupted(Exception):
    """The user asked to stop while a chunk was being computed; nothing of it is kept."""


def never() -> bool:
    """Nobody asks to stop."""
    return False


def run_chunk(
    task: Task, run: Callable[..., Any] = run_once, interrupted: Callable[[], bool] = never
) -> Part:
    """Compute a chunk. A run that fails is noted and the others go on.

    Parameters
    ----------
    task : Task
    run : callable
        What computes a run: `run_once`, or a stand-in with its signature.
    interrupted : callable
        Asked before every run.

    Raises
    ------
    Interrupted
    """
    began = time.perf_counter()
    if task.ensemble and task.ensemble != ensemble().digest:
        raise RuntimeError("this worker has another accepted ensemble than the sweep")
    results: list[np.ndarray | Failure] = []
    for number in range(len(task.rows)):
        results += _row(task, number, run, interrupted)
    return Part(
        values=_values(task, results),
        failures=[result if isinstance(result, Failure) else None for result in results],
        series=_trajectories(task, results) if task.trajectories else {},
        stamp=stamp(),
        seconds=time.perf_counter() - began,
    )


def _row(
    task: Task, number: int, run: Callable[..., Any], interrupted: Callable[[], bool]
) -> list[np.ndarray | Failure]:
    name, values = task.rows[number]
    try:
        scenario = task.scenarios[name].with_values(values) if values else task.scenarios[name]
        arrays = blueprint(scenario)
    except Exception as error:
        return [raised(error)] * task.replicates
    luck = 0 if task.common else 1 + task.first_row + number
    results = []
    for replicate in range(task.first_replicate, task.first_replicate + task.replicates):
        if interrupted():
            raise Interrupted
        if task.ensemble:
            results.append(_drawn(run, scenario, task.seed, replicate, luck, values))
        else:
            results.append(_run(run, scenario, task.seed, replicate, luck, arrays))
    return results


def _drawn(
    run: Callable[..., Any],
    scenario: Scenario,
    seed: int,
    replicate: int,
    luck: int,
    keep: Collection[str],
) -> np.ndarray | Failure:
    """A run with the member of the ensemble that it draws."""
    try:
        own = scenario_of_run(scenario, ACCEPTED, seed, replicate, luck, keep)
        arrays = blueprint(own)
    except Exception as error:
        return raised(error)
    return _run(run, own, seed, replicate, luck, arrays)


def _run(
    run: Callable[..., Any], scenario: Scenario, seed: int, replicate: int, luck: int, arrays: Any
) -> np.ndarray | Failure:
    """The series of one run, or why there is none."""
    try:
        series: np.ndarray = run(scenario, seed, replicate, luck, plan=arrays).series
    except Exception as error:
        return raised(error)
    finite = np.isfinite(_plain(series))
    if finite.all():
        return series
    month, column = np.argwhere(~finite)[0]
    name = state.SERIES_COLUMNS[column]
    return Failure(NOT_FINITE, f"{name} is {series[name][month]} in month {month} of the run")


def _plain(series: np.ndarray) -> np.ndarray:
    return series.view(np.float64).reshape(*series.shape, -1)


def raised(error: Exception) -> Failure:
    """The failure of a run that raised an error."""
    words = f"{type(error).__name__}: {error}"
    return Failure(RAISED, words, "".join(traceback.format_exception(error)))


def _groups(task: Task, results: list[np.ndarray | Failure]) -> dict[str, list[int]]:
    """The runs that went well, by their scenario: all runs of a scenario are of one length."""
    groups: dict[str, list[int]] = {}
    for number, result in enumerate(results):
        if not isinstance(result, Failure):
            groups.setdefault(task.rows[number // task.replicates][0], []).append(number)
    return groups


def _values(task: Task, results: list[np.ndarray | Failure]) -> np.ndarray:
    values = np.full((len(results), len(task.outcomes)), np.nan)
    for name, numbers in _groups(task, results).items():
        scenario = task.scenarios[name]
        values[numbers] = outcomes.chosen_scalars(task.outcomes, _runs(scenario, results, numbers), scenario)
    return values


def _runs(scenario: Scenario, results: list[Any], numbers: list[int]) -> Runs:
    plain = np.stack(
        [_plain(results[n]) for n in numbers]
    )  # stacking records compares every field of every run
    no_ledger = np.empty((0, 0), dtype=state.LEDGER)
    return Runs(plain.view(state.SERIES)[..., 0], no_ledger, scenario.burn_in_years * 12)


def _trajectories(task: Task, results: list[np.ndarray | Failure]) -> dict[str, np.ndarray]:
    tables = []
    for name, numbers in _groups(task, results).items():
        runs = _runs(task.scenarios[name], results, numbers)
        months = np.arange(runs.series.shape[1], dtype=np.int32) - runs.burn_in
        table = {
            "run": np.repeat(np.array(numbers, dtype=np.int32), len(months)),
            "month": np.tile(months, len(numbers)).astype(np.int32),
        }
        monthly = {o.name: outcomes.monthly(o, runs.series) for o in outcomes.MONTHLY}
        tables.append(table | {key: array.astype(np.float32).ravel() for key, array in monthly.items()})
    columns = ("run", "month", *(o.name for o in outcomes.MONTHLY))
    return {
        key: np.concatenate([table[key] for table in tables]) if tables else np.empty(0) for key in columns
    }


def joined(parts: list[Part]) -> Part:
    """One part from the parts of single runs, in their order."""
    series: dict[str, list[np.ndarray]] = {}
    for number, part in enumerate(parts):
        for key, array in part.series.items():
            series.setdefault(key, []).append(array + number if key == "run" else array)
    return Part(
        values=np.concatenate([part.values for part in parts]),
        failures=[failure for part in parts for failure in part.failures],
        series={key: np.concatenate(arrays) for key, arrays in series.items()},
    )


def failed(task: Task, failure: Failure) -> Part:
    """A part of which every run failed for the same reason."""
    return Part(np.full((task.runs, len(task.outcomes)), np.nan), [failure] * task.runs)


@cache
def stamp() -> Mapping[str, str]:
    """What decides the bits of a result besides the task: versions, and the model's sources."""
    return {
        "collabsim": collabsim.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba.__version__,
        "model": model_digest(),
    }
