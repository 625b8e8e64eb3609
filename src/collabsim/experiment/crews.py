"""Who computes the chunks: this process, processes of this machine, or the workers of a Dask cluster.

All three are a `concurrent.futures.Executor` with a little around it, so that one loop drives them.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import pickle
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from collabsim.experiment.chunk import Part, Task
from collabsim.experiment.store import cannot_write

Compute = Callable[..., Part]


class Crew(Protocol):
    """Workers, however many and wherever they are.

    Attributes
    ----------
    deaths : tuple of exceptions
        What a future raises whose worker died.
    one_death_breaks_all : bool
        Whether all that is under way is lost with one worker.
    """

    deaths: tuple[type[BaseException], ...]
    one_death_breaks_all: bool

    def submit(self, compute: Compute, task: Task) -> Future[Any]:
        """Hand a task over."""

    def part(self, future: Future[Any]) -> Part:
        """What came of a task, once its future is done; what went wrong with it is raised."""

    def room(self) -> int:
        """How many tasks may be under way at once: enough to keep all busy, few enough to give up quickly."""

    def alive(self) -> bool:
        """Whether work that is under way can still come back."""

    def renew(self) -> None:
        """Replace workers that died; what was under way is lost."""

    def close(self) -> None:
        """Send everybody home at once, whatever they are doing."""


class OwnProcess:
    """No workers: this process computes, one chunk at a time."""

    deaths: tuple[type[BaseException], ...] = ()
    one_death_breaks_all = False

    def __init__(self, interrupted: Callable[[], bool]) -> None:
        self._interrupted = interrupted

    def submit(self, compute: Compute, task: Task) -> Future[Any]:
        """Compute it now."""
        future: Future[Part] = Future()
        try:
            future.set_result(compute(task, interrupted=self._interrupted))
        except Exception as error:
            future.set_exception(error)
        return future

    def part(self, future: Future[Any]) -> Part:
        """What was computed."""
        part: Part = future.result()
        return part

    def room(self) -> int:
        """One at a time."""
        return 1

    def alive(self) -> bool:
        """Always."""
        return True

    def renew(self) -> None:
        """Nobody died."""

    def close(self) -> None:
        """Nobody is there."""


class Processes:
    """Processes of this machine.

    They are started afresh (``spawn``), so that they inherit no locks and no half-built state, and they leave
    when this process dies, however it dies.

    Tasks and parts lie in files of a folder that only this user can read, and nothing but a file's name goes through
    the pool's pipes, which the system writes whole or not at all. Of a longer message that a killed process did not
    finish, the pool would await the rest for ever.
    """

    deaths: tuple[type[BaseException], ...] = (BrokenProcessPool,)
    one_death_breaks_all = True

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._numbers = count()
        self.renew()

    def submit(self, compute: Compute, task: Task) -> Future[Any]:
        """Hand a task to the pool.

        Raises
        ------
        BrokenProcessPool
        CannotGoOn
            When its file cannot be written.
        """
        assert self._pool is not None
        file = self._folder / str(next(self._numbers))
        try:
            file.write_bytes(pickle.dumps((compute, task)))
        except OSError as error:
            raise cannot_write(self._folder, error) from None
        return self._pool.submit(_work, file)

    def part(self, future: Future[Any]) -> Part:
        """What a process computed."""
        file: Path = future.result()
        part: Part = pickle.loads(file.read_bytes())
        file.unlink()
        return part

    def room(self) -> int:
        """Two for each."""
        return 2 * self.workers

    def alive(self) -> bool:
        """Always: a broken pool fails its futures by itself."""
        return True

    def renew(self) -> None:
        """Start a pool."""
        self.close()
        self._folder = Path(tempfile.mkdtemp(prefix="collabsim-sweep-"))
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(
            self.workers, mp_context=context, initializer=_begin_work, initargs=(self._folder,)
        )

    def close(self) -> None:
        """Kill the processes: they hold nothing that is worth waiting for.

        The pool's own thread is waited for: while it closes its pipes the interpreter's end would write to them.
        """
        if self._pool is not None:
            _kill(self._pool)
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
            shutil.rmtree(self._folder, ignore_errors=True)


def _kill(pool: ProcessPoolExecutor) -> None:
    processes = list(
        (pool._processes or {}).values()
    )  # Python 3.14 has `kill_workers`, older ones nothing public
    for process in processes:
        process.kill()
    for process in processes:
        process.join(timeout=1)


def _begin_work(folder: Path) -> None:
    """Prepare a worker process: signals are the parent's affair, and without a parent there is no work."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_leave_when_orphaned, args=(folder,), daemon=True).start()


def _leave_when_orphaned(folder: Path) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(3)


def _work(file: Path) -> Path:
    """Compute the task that a file holds, and leave the part in its place."""
    compute, task = pickle.loads(file.read_bytes())
    file.write_bytes(pickle.dumps(compute(task)))
    return file
