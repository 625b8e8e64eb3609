"""Sweeps on a Dask cluster: a real scheduler and real workers, on this machine's loopback."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from test_sweep_faults import (
    _small_chunks,
    completes_without_repeating,
    computed,
    finish,
    finished_chunks,
    is_whole,
    only_the_fateful_run_is_missing,
    start,
    undisturbed,
    until,
)

import collabsim
from collabsim.experiment import ending as end

__all__ = ["_small_chunks", "undisturbed"]  # fixtures

TESTS = Path(__file__).parent


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port):
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


class Cluster:
    """A scheduler and its workers, each a process group of its own."""

    def __init__(self, folder, port=None, modules=TESTS):
        self.folder, self.port = folder, port or free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.processes = []
        self._start(modules, "scheduler", "--host", "127.0.0.1", "--port", str(self.port))
        until(lambda: answers(self.port))

    def add_workers(self, count, modules=TESTS):
        place = ("--local-directory", str(self.folder), "--nthreads", "1", "--host", "127.0.0.1")
        for _ in range(count):
            self._start(modules, "worker", self.address, *place)

    def _start(self, modules, *words):
        command = [sys.executable, "-m", "dask", *words, "--no-dashboard"]
        paths = [str(modules), str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]
        process = subprocess.Popen(
            command,
            start_new_session=True,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)

    def stop(self):
        for process in self.processes:
            for one in _family(process):
                one.kill()
            process.wait()


def _family(process):
    try:
        return [*psutil.Process(process.pid).children(recursive=True), process]
    except psutil.NoSuchProcess:
        return []


@pytest.fixture
def cluster(tmp_path):
    started = Cluster(tmp_path)
    try:
        yield started
    finally:
        started.stop()


def test_a_cluster_gives_the_same_table_and_survives_a_killed_worker(cluster, tmp_path, undisturbed):
    cluster.add_workers(2)
    out, log = tmp_path / "out", tmp_path / "log"
    process = start(out, "--scheduler", cluster.address, "--log", log)
    until(lambda: finished_chunks(out))
    nanny = psutil.Process(cluster.processes[1].pid)
    max(nanny.children(recursive=True), key=lambda child: child.memory_info().rss).kill()
    assert finish(process)["finished"] == 96
    is_whole(out, undisturbed)
    assert set(computed(log)) == {(row, n) for row in range(12) for n in range(8)}


def test_a_run_that_kills_every_worker_is_the_only_one_lost(cluster, tmp_path, undisturbed):
    cluster.add_workers(2)
    out = tmp_path / "out"
    event = finish(start(out, "--scheduler", cluster.address, "--run", "deadly"))
    assert (event["finished"], event["failed"]) == (96, 1)
    only_the_fateful_run_is_missing(out, undisturbed, "worker died")


def test_a_killed_scheduler_that_comes_back_costs_nothing(cluster, tmp_path, undisturbed):
    cluster.add_workers(1)
    out = tmp_path / "out"
    process = start(out, "--scheduler", cluster.address)
    until(lambda: finished_chunks(out))
    cluster.stop()
    again = Cluster(tmp_path, cluster.port)
    try:
        again.add_workers(2)
        assert finish(process)["finished"] == 96
    finally:
        again.stop()
    is_whole(out, undisturbed)


def test_a_scheduler_that_stays_away_ends_the_sweep_and_it_can_be_finished_here(
    cluster, tmp_path, undisturbed
):
    cluster.add_workers(1)
    out = tmp_path / "out"
    process = start(out, "--scheduler", cluster.address, "--patience", 1)
    until(lambda: finished_chunks(out))
    cluster.stop()
    event = finish(process, end.NO_CLUSTER)
    assert event["sentence"].startswith(f"No Dask scheduler answers at {cluster.address}. What was finished")
    completes_without_repeating(out, tmp_path, undisturbed)


def test_a_sweep_on_a_cluster_is_stopped_and_resumed(cluster, tmp_path, undisturbed):
    cluster.add_workers(1)
    out = tmp_path / "out"
    process = start(out, "--scheduler", cluster.address)
    until(lambda: finished_chunks(out))
    os.killpg(process.pid, signal.SIGINT)
    finish(process, end.INTERRUPTED)
    completes_without_repeating(out, tmp_path, undisturbed)


def test_a_worker_with_another_version_of_the_package_is_refused(cluster, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(Path(collabsim.__file__).parent, other / "collabsim")
    init = other / "collabsim" / "__init__.py"
    init.write_text(re.sub(r'__version__ = ".*"', '__version__ = "0.0.9"', init.read_text()))
    cluster.add_workers(1, modules=other)
    event = finish(start(tmp_path / "out", "--scheduler", cluster.address), end.REFUSED)
    assert f"has collabsim 0.0.9 where this machine has {collabsim.__version__}" in event["sentence"]
    assert finished_chunks(tmp_path / "out") == set()


def test_an_address_where_nobody_answers_is_told_plainly(tmp_path):
    address = f"tcp://127.0.0.1:{free_port()}"
    event = finish(start(tmp_path / "out", "--scheduler", address, "--patience", 0.1), end.NO_CLUSTER)
    assert event["sentence"].startswith(f"No Dask scheduler answers at {address}.")
