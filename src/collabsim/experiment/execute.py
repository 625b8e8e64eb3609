"""Runs a sweep: one loop over whoever computes, and one writer.

The loop hands out chunks, writes down what comes back, and survives what goes wrong: a worker that dies, a
run that kills every worker, a cluster that disappears, a full disk, Ctrl-C.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter, deque
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import pandas as pd

from collabsim.experiment import ending as end
from collabsim.experiment import plan as planning
from collabsim.experiment.chunk import (
    DIED,
    Failure,
    Interrupted,
    Part,
    Task,
    failed,
    joined,
    run_chunk,
    stamp,
)
from collabsim.experiment.crews import Compute, Crew, OwnProcess, Processes
from collabsim.experiment.ending import CannotGoOn, Ending
from collabsim.experiment.plan import Plan
from collabsim.experiment.progress import Reporter, reporter
from collabsim.experiment.results import read_failures
from collabsim.experiment.store import QUARANTINE, Store
from collabsim.experiment.types import Experiment
from collabsim.model import COMPILING
from collabsim.model.compiled import is_compiled
from collabsim.model.simulate import run_once

POLL = 0.1
"""Seconds between two looks at whether somebody wants to stop."""
GRACE = 1.2
"""Seconds that chunks under way are given to finish when the user stops."""
STRIKES = 2
"""After so many deaths of its worker a chunk's runs are tried one by one."""
SMALL = 3.0
"""Seconds of work that are not worth starting processes for."""


class Stop:
    """Whether the user asked to stop: Ctrl-C or SIGTERM. A second one stops at once, by KeyboardInterrupt.

    Use it as a context. Outside the main thread, where no signal arrives, nobody ever asks.
    """

    def __init__(self) -> None:
        self.signal = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stop:
        """Begin to listen."""
        if threading.current_thread() is threading.main_thread():
            self._before = {n: signal.signal(n, self._heard) for n in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the handlers back that were there before."""
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def asked(self) -> bool:
        """Whether somebody asked."""
        return self.signal != 0

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self.signal:
            raise KeyboardInterrupt
        self.signal = number


def run_sweep(
    experiment: Experiment,
    out: str | Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    fresh: bool = False,
    progress: str | Reporter = "auto",
    rows: pd.DataFrame | None = None,
    compute: Compute = run_chunk,
    patience: float = 60.0,
) -> Ending:
    """Run what a results folder lacks of an experiment.

    A program of your own calls it under ``if __name__ == "__main__":``, as its worker processes import the program.

    Parameters
    ----------
    experiment : Experiment
    out : str or Path
        The results folder: new, or of an earlier call, which is then completed or extended.
    workers : int, optional
        Processes; all cores by default, and none for a few seconds of work. 1 computes in this process.
    scheduler : str, optional
        Address of a running Dask scheduler, as ``tcp://host:port``, whose workers compute instead.
    fresh : bool
        Move results that are there into ``earlier/`` and begin again.
    progress : str or Reporter
        One of `collabsim.experiment.progress.KINDS`.
    rows : DataFrame, optional
        The design, where it is not made from the experiment.
    compute : callable
        What computes a chunk.
    patience : float
        Seconds to wait for a Dask scheduler that disappeared.

    Returns
    -------
    Ending
        Its `status` is an exit status, its `sentence` what to tell the user.

    Raises
    ------
    ScenarioErrors
        When the experiment names a scenario that is not there, or that is wrong.
    KeyboardInterrupt
        When the user asks a second time to stop.
    """
    began = time.monotonic()
    watch = progress if isinstance(progress, Reporter) else reporter(progress)
    orders = Orders(workers, scheduler, fresh, compute, patience)
    with Stop() as stop:
        try:
            rows = _rows(experiment) if rows is None else rows
            with Store(out) as store:
                status, sentence = Sweep(experiment, rows, store, stop, watch, orders).run()
        except CannotGoOn as error:
            status, sentence = error.status, error.sentence
    seconds = time.monotonic() - began
    ending = Ending(status, sentence, Path(out), watch.runs, watch.finished, watch.failed, seconds)
    watch.end(ending)
    return ending


def _rows(experiment: Experiment) -> pd.DataFrame:
    from collabsim.experiment.design import rows

    return rows(experiment)


@dataclass(frozen=True)
class Orders:
    """How a sweep is to be run; see `run_sweep`."""

    workers: int | None = None
    scheduler: str | None = None
    fresh: bool = False
    compute: Compute = run_chunk
    patience: float = 60.0


class Sweep:
    """A sweep under way."""

    def __init__(
        self,
        experiment: Experiment,
        rows: pd.DataFrame,
        store: Store,
        stop: Stop,
        watch: Reporter,
        orders: Orders,
    ) -> None:
        self.experiment, self.rows, self.store = experiment, rows, store
        self.stop, self.watch, self.orders = stop, watch, orders
        self.scenarios = planning.resolve(experiment, rows)
        self.queue: deque[int] = deque()
        self.pending: dict[Future[Any], int] = {}
        self.strikes: Counter[int] = Counter()
        self.errors: Counter[int] = Counter()
        self.broken = False
        self.crew: Crew = OwnProcess(stop.asked)

    def run(self) -> tuple[int, str]:
        """Run what is missing; return the exit status and a sentence."""
        self._announce_compilation()
        self._settle_plan()
        if self.store.mend_design(self.rows):
            self.watch.note("The design's file was lost or damaged; it is written again.")
        self.queue.extend(self.store.missing())
        for file in self.store.set_aside:
            self.watch.note(f"Moved to {QUARANTINE}/ and to be run again: {file}.")
        self.chunks = self.store.chunks
        runs = sum(chunk.runs for chunk in self.chunks.values())
        lacking = sum(self.chunks[number].runs for number in self.queue)
        self.watch.begin(runs, runs - lacking, self.store.failed)
        if self.queue:
            self._work()
        return self._conclusion()

    # --- the plan --------------------------------------------------------------------------------

    def _announce_compilation(self) -> None:
        if not is_compiled():
            self.watch.note(COMPILING)

    def _settle_plan(self) -> None:
        """Begin, go on with or extend the plan of the folder, or refuse."""
        if self.orders.fresh and (aside := self.store.make_way()):
            self.watch.note(
                f"The earlier results are now in {aside}; delete them when you no longer need them."
            )
        if not self.store.plans:
            self._begin(None)
            return
        latest = self.store.plans[-1]
        now = planning.identity(self.experiment, self.rows, self.scenarios)
        if changed := planning.changes(latest, self.rows, now):
            raise CannotGoOn(end.REFUSED, _refusal(self.store.path, changed))
        if planning.has_grown(latest, now):
            self._begin(latest)

    def _begin(self, earlier: Plan | None) -> None:
        plan = planning.make_plan(self.experiment, self.rows, self.scenarios, earlier=earlier)
        self.store.begin(plan, self.experiment, self.rows, self.scenarios)

    # --- the loop --------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            self.crew = self._hire()
            self._loop()
        finally:
            self.crew.close()

    def _hire(self) -> Crew:
        """The workers that suit the work."""
        orders = self.orders
        if orders.scheduler:
            from collabsim.experiment.dask_crew import DaskWorkers

            return DaskWorkers(orders.scheduler, self.watch.note, self.stop.asked, orders.patience)
        workers = orders.workers or cores()
        if workers == 1 or (orders.workers is None and self._seconds() < SMALL):
            return OwnProcess(self.stop.asked)
        if not is_compiled():  # once here, not in every worker at the same time
            run_once(next(iter(self.scenarios.values())))
        return Processes(min(workers, len(self.queue)))

    def _seconds(self) -> float:
        """About how long the queue takes on one core."""
        dearest = max(self.store.plans[-1].content["seconds_per_run"].values())
        return float(dearest) * sum(self.chunks[number].runs for number in self.queue)

    def _loop(self) -> None:
        while self.queue or self.pending:
            if self.stop.asked():
                self._wind_up()
                return
            self._fill()
            done, _ = wait(self.pending, timeout=POLL, return_when=FIRST_COMPLETED)
            for future in done:
                self._take(future)
            if self.broken or not self.crew.alive():
                self._recover()

    def _fill(self) -> None:
        while self.queue and len(self.pending) < self.crew.room() and not (self.broken or self.stop.asked()):
            number = self.queue.popleft()
            if self.strikes[number] >= STRIKES:
                self._one_by_one(number)
                continue
            try:
                self.pending[self.crew.submit(self.orders.compute, self._task(number))] = number
            except self.crew.deaths:
                self.queue.appendleft(number)
                self.broken = True

    def _task(self, number: int) -> Task:
        plan = next(plan for plan in self.store.plans if number in plan.chunks)
        return planning.make_task(plan, plan.chunks[number], self.rows, self.scenarios)

    def _take(self, future: Future[Any]) -> None:
        number = self.pending.pop(future)
        try:
            part = self.crew.part(future)
        except Interrupted:
            self.queue.appendleft(number)
        except CancelledError:  # the cluster is gone, and its futures with it
            self.queue.appendleft(number)
            self.broken = True
        except self.crew.deaths:
            self.strikes[number] += 1 if self.crew.one_death_breaks_all else STRIKES  # Dask has tried already
            self.queue.appendleft(number)
            self.broken = self.crew.one_death_breaks_all
        except Exception as error:
            self._try_again(number, error)
        else:
            self._keep(number, part)

    def _try_again(self, number: int, error: Exception) -> None:
        """Send a chunk again once. A run that fails is noted by its worker: this is something else, so do not guess."""
        self.errors[number] += 1
        if self.errors[number] >= STRIKES:
            raise _not_computed(error)
        self.queue.append(number)

    def _keep(self, number: int, part: Part) -> None:
        _check_stamp(part)
        self.store.write(number, part)
        self.watch.advance(len(part.failures), sum(failure is not None for failure in part.failures))

    def _recover(self) -> None:
        """Take back what was under way and replace those who died."""
        for number in self.pending.values():
            self.strikes[number] += self.crew.one_death_breaks_all
            self.queue.appendleft(number)
        self.pending.clear()
        self.broken = False
        self.crew.renew()

    def _wind_up(self) -> None:
        """Keep what finishes within a moment. None is cancelled, as a pool of which one is and a worker dies stumbles."""
        done, _ = wait(self.pending, timeout=GRACE)
        for future in done:
            if not future.cancelled() and future.exception() is None:
                self._keep(self.pending[future], self.crew.part(future))

    # --- runs that take everybody down -----------------------------------------------------------

    def _one_by_one(self, number: int) -> None:
        """Run each run of a chunk alone, so that only the one that cannot be computed is lost."""
        task = self._task(number)
        try:
            parts = [self._alone(task.single(run)) for run in range(task.runs)]
        except (Interrupted, CancelledError) as error:
            self.strikes[number] = STRIKES
            self.queue.appendleft(number)
            self.broken = isinstance(error, CancelledError)
            return
        self._keep(number, joined(parts))

    def _alone(self, task: Task) -> Part:
        for _ in range(STRIKES if self.crew.one_death_breaks_all else 1):
            try:
                return self._wait_for(self.crew.submit(self.orders.compute, task))
            except (Interrupted, CancelledError, CannotGoOn):
                raise
            except self.crew.deaths:
                if self.crew.one_death_breaks_all:
                    self._recover()
            except Exception as error:
                raise _not_computed(error) from error
        return failed(
            task, Failure(DIED, "the process that computed it died, and so did the one that tried again")
        )

    def _wait_for(self, future: Future[Any]) -> Part:
        while not wait([future], timeout=POLL).done:
            if self.stop.asked():
                raise Interrupted
            if not self.crew.alive():
                raise CancelledError
        part = self.crew.part(future)
        _check_stamp(part)
        return part

    # --- the end ---------------------------------------------------------------------------------

    def _conclusion(self) -> tuple[int, str]:
        """The exit status and the sentence that tells the user where things stand."""
        watch, path = self.watch, self.store.path
        if watch.failed:
            self.store.write_failures(read_failures(path))
        if watch.finished < watch.runs:
            status = end.TERMINATED if self.stop.signal == signal.SIGTERM else end.INTERRUPTED
            kept = f"Stopped: {watch.finished:,} of {watch.runs:,} runs are kept in {path}"
            return status, f"{kept}; run the same command again to do the rest."
        self.store.tidy()
        lost = f", {watch.failed:,} of them failed (why is in failures.parquet)" if watch.failed else ""
        return end.DONE, f"All {watch.runs:,} runs are in {path}{lost}."


def _refusal(path: Path, changed: list[str]) -> str:
    what = "; ".join(changed)
    instead = "Name another folder, or begin afresh with --fresh."
    return f"{path} holds results of an experiment that was different: {what}. {instead}"


def _not_computed(error: Exception) -> CannotGoOn:
    words = " ".join(str(error).split())[:200]
    sentence = f"A chunk could not be computed ({type(error).__name__}: {words}). What was finished is kept."
    return CannotGoOn(end.FAILED, sentence)


def _check_stamp(part: Part) -> None:
    if part.stamp and dict(part.stamp) != dict(stamp()):
        other = ", ".join(f"{key} {value[:12]}" for key, value in part.stamp.items() if value != stamp()[key])
        sentence = f"A worker runs other code ({other}); its results were not kept."
        raise CannotGoOn(end.REFUSED, f"{sentence} Restart it with the same versions.")


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
