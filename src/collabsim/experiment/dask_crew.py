"""The workers of a running Dask cluster, checked before they are given work."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from collabsim.experiment.chunk import Part, Task, stamp
from collabsim.experiment.crews import Compute
from collabsim.experiment.ending import NO_CLUSTER, REFUSED, CannotGoOn
from collabsim.model.compiled import is_compiled

CONNECT = 5.0
"""Seconds that one attempt to reach the scheduler takes at most."""
SECONDS_BETWEEN_HINTS = 10.0
SECONDS_BETWEEN_COUNTS = 1.0
INSTALL = "Dask is not installed here: pip install 'collabsim[cluster]'."


class DaskWorkers:
    """The workers of a Dask scheduler that is already running; none is started or stopped.

    A worker that dies is Dask's affair: it runs the task elsewhere, and gives up when four died of it.

    Parameters
    ----------
    address : str
    note : callable
        Tells the user something.
    interrupted : callable
        Whether the user wants to stop.
    patience : float
        Seconds to wait for a scheduler that cannot be reached.

    Raises
    ------
    CannotGoOn
        When the scheduler stays away, or a worker does not run the same code.
    """

    one_death_breaks_all = False

    def __init__(
        self,
        address: str,
        note: Callable[[str], None],
        interrupted: Callable[[], bool],
        patience: float,
    ) -> None:
        try:
            from distributed.scheduler import KilledWorker
        except ImportError:
            raise CannotGoOn(REFUSED, INSTALL) from None
        for name in (
            "distributed",
            "distributed.client",
        ):  # the second has a level of its own; we say it in a sentence
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self.deaths: tuple[type[BaseException], ...] = (KilledWorker,)
        self.address, self.patience = address, patience
        self._note, self._interrupted = note, interrupted
        self._client: Any = None
        self._executor: Any = None
        self._threads, self._counted = 0, 0.0
        self._connect()

    def submit(self, compute: Compute, task: Task) -> Future[Any]:
        """Send a task to the cluster."""
        future: Future[Part] = self._executor.submit(compute, task)
        return future

    def part(self, future: Future[Any]) -> Part:
        """What a worker sent back."""
        part: Part = future.result()
        return part

    def room(self) -> int:
        """Three for each thread of the workers that are there now."""
        if self.alive() and time.monotonic() - self._counted > SECONDS_BETWEEN_COUNTS:
            self._threads = self._count_threads()
        return 3 * max(1, self._threads)

    def alive(self) -> bool:
        """Whether the scheduler is there: without it nothing comes back."""
        return self._client is not None and self._client.status == "running"

    def renew(self) -> None:
        """Reach the scheduler again, or another one at the same address."""
        if not self._interrupted():
            self._note(f"Lost the Dask scheduler at {self.address}; trying to reach it again.")
        self.close()
        self._connect()

    def close(self) -> None:
        """Give up what is under way and leave the cluster."""
        client, self._client, self._executor = self._client, None, None
        self._threads = 0
        if client is not None:
            with suppress(Exception):
                client.close(timeout=2)

    def _connect(self) -> None:
        from distributed import Client

        given_up = time.monotonic() + self.patience
        while not self._interrupted():
            try:
                self._client = Client(
                    self.address, timeout=min(CONNECT, 1 + self.patience), set_as_default=False
                )
                self._executor = self._client.get_executor(pure=False)
                self._check_workers()
                return
            except CannotGoOn:
                self.close()
                raise
            except (OSError, TimeoutError, ValueError) as error:
                self.close()
                self._wait_or_give_up(given_up, error)

    def _wait_or_give_up(self, given_up: float, error: Exception) -> None:
        if time.monotonic() > given_up or isinstance(error, ValueError):
            kept = "What was finished is kept; run the same command again when there is a cluster."
            raise CannotGoOn(NO_CLUSTER, f"No Dask scheduler answers at {self.address}. {kept}") from None
        time.sleep(0.3)

    def _count_threads(self) -> int:
        """The threads of all workers that are there now."""
        self._counted = time.monotonic()
        with suppress(OSError, TimeoutError):  # the scheduler just went: `alive` will tell
            return sum(self._client.nthreads().values())
        return 0

    def _check_workers(self) -> None:
        """Wait for a worker, and refuse those whose results would not be the same bits."""
        hinted = time.monotonic() - SECONDS_BETWEEN_HINTS + 2
        while not (self._threads or self._interrupted()):
            self._threads = self._count_threads()
            if self._client.status != "running":
                raise OSError("the scheduler went away")
            if time.monotonic() - hinted > SECONDS_BETWEEN_HINTS:
                hinted = time.monotonic()
                self._note(f"Waiting for workers: start some with 'dask worker {self.address} --nthreads 1'.")
            time.sleep(0.1)
        if self._interrupted():
            return
        wrong = self._differences()
        if wrong:
            raise CannotGoOn(REFUSED, f"The sweep was not started: {'; '.join(wrong)}.")
        if not all(self._client.run(is_compiled).values()):
            self._note("The workers compile the model first (once on each machine, about 40 s).")

    def _differences(self) -> list[str]:
        """Which machines cannot be used, and why. The scheduler only has to know the package."""
        try:
            self._client.run_on_scheduler(stamp)
        except (ImportError, RuntimeError, TypeError) as error:
            return [f"the scheduler cannot load collabsim ({type(error).__name__}: {error})"]
        answers = self._client.run(stamp, on_error="return")
        return [_difference(address, answer) for address, answer in answers.items() if answer != stamp()]


def _difference(address: str, answer: Mapping[str, str] | Exception) -> str:
    """Why a worker cannot be used, in words."""
    if isinstance(answer, Exception):
        return f"the worker {address} cannot load collabsim ({type(answer).__name__}: {answer})"
    here = stamp()
    other = [key for key in here if key != "model" and answer.get(key) != here[key]]
    versions = [f"{key} {answer.get(key)} where this machine has {here[key]}" for key in other]
    return f"the worker {address} has {' and '.join(versions) or 'other sources of the model'}"
