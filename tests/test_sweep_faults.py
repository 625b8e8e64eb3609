"""Sweeps when things go wrong: nothing lost, nothing repeated, the final table that of an undisturbed sweep.

Real processes, real signals, a real full disk. Each fault is followed by the same sweep again.
"""

import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import FIRST_COMPLETED, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd
import psutil
import pytest
import sweep_faults

from collabsim.checks import ScenarioErrors
from collabsim.experiment import ending as end
from collabsim.experiment.crews import Processes
from collabsim.experiment.execute import STRIKES, run_sweep
from collabsim.experiment.query import ask
from collabsim.experiment.replay import find
from collabsim.experiment.results import NoResults, load_results, part_files
from collabsim.experiment.store import Store, numbers_of

PROGRAM = Path(__file__).with_name("sweep_program.py")
PATIENCE = 60


def start(out, *options, **more):
    """A sweep in a process, and a process group, of its own."""
    command = [sys.executable, str(PROGRAM), str(out), *map(str, options)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True, **more)


def finish(process, status=0):
    """Wait for a sweep; return the last thing that it reported. It reports, and shows no traceback."""
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == status, told
    assert "Traceback" not in told, told
    return json.loads(told.splitlines()[-1])


def until(fact, seconds=PATIENCE):
    """Wait until something is true."""
    given_up = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < given_up, "it did not happen"
        time.sleep(0.01)


def finished_chunks(out):
    folder = Path(out) / "parts"
    return (
        {n for file in folder.glob("[0-9]*.parquet") for n in numbers_of(file)} if folder.exists() else set()
    )


def computed(log):
    lines = log.read_text().splitlines() if log.exists() else []
    return [tuple(int(word) for word in line.split()) for line in lines]


def stored(out):
    """The runs that are safe on disk."""
    runs = load_results(out).runs
    return set(zip(runs["row"].tolist(), runs["replicate"].tolist(), strict=True))


@pytest.fixture(scope="module", autouse=True)
def _small_chunks():
    with pytest.MonkeyPatch.context() as patch:
        planning, store = sweep_faults.planning, sweep_faults.store
        for module, name in ((planning, "measured"), (planning, "SHORTEST"), (store, "PACK")):
            patch.setattr(module, name, getattr(module, name))
        sweep_faults.cut_small()
        yield


def here(out, run="run_once", log=None, **more):
    """A sweep in this process."""
    compute = sweep_faults.compute(run, log)
    settings = {"workers": 1, "progress": "quiet", "rows": sweep_faults.design(), "compute": compute}
    return run_sweep(sweep_faults.experiment(), out, **{**settings, **more})


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    assert here(out).status == 0
    return load_results(out).runs


def is_whole(out, undisturbed):
    """The table is that of the undisturbed sweep, value for value, and nothing half-written is left."""
    results = load_results(out)
    assert results.complete
    pd.testing.assert_frame_equal(results.runs, undisturbed)
    assert not list(Path(out).rglob(".tmp-*"))


def completes_without_repeating(out, tmp_path, undisturbed):
    """The same sweep again computes what was not on disk, each run once, and nothing else."""
    safe, log = stored(out), tmp_path / "second"
    assert here(out, log=log).status == 0
    assert len(computed(log)) == len(set(computed(log))) == 96 - len(safe)
    assert safe.isdisjoint(computed(log))
    is_whole(out, undisturbed)


def workers_of(process):
    """The living worker processes of a sweep."""
    children = psutil.Process(process.pid).children()
    return [
        c for c in children if c.status() != psutil.STATUS_ZOMBIE and "spawn_main" in " ".join(c.cmdline())
    ]


# --- processes that die ---------------------------------------------------------------------------


def test_a_killed_worker_costs_nothing(tmp_path, undisturbed):
    process = start(tmp_path / "out", "--workers", 2)
    for count in (1, 6):
        until(lambda count=count: len(finished_chunks(tmp_path / "out")) >= count)
        until(lambda: workers_of(process))
        workers_of(process)[0].kill()
    assert finish(process)["finished"] == 96
    is_whole(tmp_path / "out", undisturbed)


def test_a_run_that_kills_its_worker_is_the_only_one_lost(tmp_path, undisturbed):
    event = finish(start(tmp_path / "out", "--workers", 2, "--run", "deadly"))
    assert (event["finished"], event["failed"]) == (96, 1)
    only_the_fateful_run_is_missing(tmp_path / "out", undisturbed, "worker died")


def test_workers_leave_when_the_parent_is_killed(tmp_path, undisturbed):
    own = tmp_path / "own"
    own.mkdir()
    process = start(tmp_path / "out", "--workers", 2, env={**os.environ, "TMPDIR": str(own)})
    until(lambda: finished_chunks(tmp_path / "out"))
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    assert psutil.wait_procs(children, timeout=PATIENCE)[1] == []
    assert not list(own.iterdir())
    completes_without_repeating(tmp_path / "out", tmp_path, undisturbed)


def test_the_parent_killed_at_ten_random_moments(tmp_path, undisturbed):
    moments, out = random.Random(10), tmp_path / "out"
    for _ in range(10):
        before = finished_chunks(out)
        process = start(out, "--workers", 1)
        until(lambda: (out / "plan.json").exists())
        if before:
            assert any("begin" in line for line in process.stderr)
        time.sleep(moments.uniform(0, 0.6))
        process.kill()
        process.communicate()
        assert finished_chunks(out) >= before
    assert finished_chunks(out) < set(range(24))
    completes_without_repeating(out, tmp_path, undisturbed)


# --- the user stops -------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, end.INTERRUPTED), (signal.SIGTERM, end.TERMINATED)]
)
def test_a_stopped_sweep_keeps_what_is_finished(tmp_path, undisturbed, number, status, workers):
    out, log = tmp_path / "out", tmp_path / "first"
    process = start(out, "--workers", workers, "--log", log, "--run", "slower")
    until(lambda: len(finished_chunks(out)) >= 2)
    os.killpg(process.pid, number)
    began = time.monotonic()
    event = finish(process, status)
    assert time.monotonic() - began < 20
    kept = event["finished"]
    assert (
        event["sentence"]
        == f"Stopped: {kept} of 96 runs are kept in {out}; run the same command again to do the rest."
    )
    assert kept == len(stored(out)) > 0
    completes_without_repeating(out, tmp_path, undisturbed)


def test_a_second_interruption_is_immediate(tmp_path):
    out, log = tmp_path / "out", tmp_path / "begun"
    process = start(out, "--workers", 2, "--run", "endless", "--log", log, "--grace", sweep_faults.ENDLESS)
    until(lambda: len(computed(log)) >= 2)
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    began = time.monotonic()
    process.communicate(timeout=PATIENCE)
    assert time.monotonic() - began < sweep_faults.ENDLESS / 4
    assert process.returncode != 0


def test_a_sweep_stops_also_while_it_tries_the_runs_of_a_deadly_chunk_one_by_one(tmp_path):
    log = tmp_path / "begun"
    process = start(tmp_path / "out", "--workers", 2, "--run", "deadly_and_slow", "--log", log)
    until(lambda: computed(log).count((4, 0)) == 1 + STRIKES)  # its chunk has failed as a whole
    os.killpg(process.pid, signal.SIGINT)
    began = time.monotonic()
    finish(process, end.INTERRUPTED)
    assert time.monotonic() - began < 20


# --- runs that fail -------------------------------------------------------------------------------


def only_the_fateful_run_is_missing(out, undisturbed, kind):
    results = load_results(out)
    row, replicate = sweep_faults.FATEFUL
    others = undisturbed[(undisturbed["row"] != row) | (undisturbed["replicate"] != replicate)]
    pd.testing.assert_frame_equal(results.runs, others.reset_index(drop=True))
    assert results.failures[["row", "replicate", "seed", "failure"]].values.tolist() == [
        [row, replicate, 7, kind]
    ]
    pd.testing.assert_frame_equal(pd.read_parquet(Path(out) / "failures.parquet"), results.failures)


@pytest.mark.parametrize(
    ("run", "kind", "told"),
    [
        ("raising", "raised", "ValueError: made to fail"),
        ("undefined", "not finite", "trust_sum is nan in month 20 of the run"),
    ],
)
def test_a_run_that_fails_is_recorded_and_the_only_one_lost(tmp_path, undisturbed, run, kind, told):
    ending = here(tmp_path / "out", run)
    assert (ending.status, ending.finished, ending.failed) == (0, 96, 1)
    assert "1 of them failed" in ending.sentence
    only_the_fateful_run_is_missing(tmp_path / "out", undisturbed, kind)
    assert load_results(tmp_path / "out").failures["error"].tolist() == [told]
    log = tmp_path / "log"
    again = here(tmp_path / "out", run, log=log)
    assert (again.failed, computed(log)) == (1, [])


def test_what_is_no_runs_fault_stops_the_sweep_and_blames_no_run(tmp_path, undisturbed):
    def cannot(task, interrupted=None):
        raise MemoryError("no room for a chunk")

    ending = here(tmp_path / "out", compute=cannot)
    assert ending.status == end.FAILED
    assert "MemoryError: no room for a chunk" in ending.sentence
    assert len(load_results(tmp_path / "out").failures) == 0
    completes_without_repeating(tmp_path / "out", tmp_path, undisturbed)


def test_results_of_other_code_are_thrown_away(tmp_path, undisturbed):
    def other(task, interrupted=None):
        part = sweep_faults.compute()(task)
        return replace(part, stamp={**part.stamp, "numba": "0.1"})

    ending = here(tmp_path / "out", compute=other)
    assert ending.status == end.REFUSED
    assert ending.sentence.startswith("A worker runs other code (numba 0.1)")
    assert stored(tmp_path / "out") == set()
    completes_without_repeating(tmp_path / "out", tmp_path, undisturbed)


# --- the disk -------------------------------------------------------------------------------------


@contextmanager
def small_disk(tmp_path):
    """A folder with room for some parts only, how to start a process in it, and how to make room.

    A file system of 110 kB where this user may mount one; else a limit on the size of files.
    """
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=110k", "tmpfs", str(disk)]
    if os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0:
        try:
            yield disk, {}, lambda: subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    else:
        limit = (12_000, 12_000)  # a part has 15 kB, the plan 5
        yield disk, {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)}, lambda: None


def test_a_full_disk_stops_the_sweep_and_nothing_is_lost(tmp_path, undisturbed):
    with small_disk(tmp_path) as (disk, limits, make_room):
        for _ in range(2):
            event = finish(start(disk / "out", "--workers", 2, **limits), end.CANNOT_WRITE)
            assert "the disk is full" in event["sentence"]
            assert len(stored(disk / "out")) == event["finished"]
        make_room()
        completes_without_repeating(disk / "out", tmp_path, undisturbed)


@contextmanager
def read_only(folder):
    """Nobody can write to a folder: not root either, for whom permissions do not count."""
    if os.geteuid() == 0:
        subprocess.run(["mount", "--bind", folder, folder], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", folder], check=True)
    else:
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(0o755)


def test_a_read_only_folder_is_told_plainly(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with read_only(out):
        for place in (out, out / "deeper"):
            ending = here(place)
            assert ending.status == end.CANNOT_WRITE
            assert ending.sentence.startswith(f"Cannot write to {place}: ")


# --- files that are not what they should be -------------------------------------------------------


def _truncate(file, out):
    file.write_bytes(file.read_bytes()[:-500])


def _empty(file, out):
    file.write_bytes(b"")


def _flip_a_bit(file, out):
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 16
    file.write_bytes(content)


def _put_another_sweeps(file, out):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep_faults.planning, "machine", lambda: {"system": "another"})
        here(out.parent / "another")
    shutil.copy(out.parent / "another" / "parts" / file.name, file)


def _put_another_chunks(file, out):
    shutil.copy(part_files(out)[0], file)


def _remove(file, out):
    file.unlink()


def _leave_a_stranger(file, out):
    pd.DataFrame({"row": [1]}).to_parquet(file.with_name("backup of 12.parquet"))
    file.unlink()


@pytest.mark.parametrize("damage", [_truncate, _empty, _remove])
def test_a_damaged_design_is_told_plainly_and_written_again(tmp_path, undisturbed, damage):
    out = tmp_path / "out"
    here(out)
    damage(out / "design.parquet", out)
    for read in (load_results, lambda out: ask(out, "select 1"), lambda out: find(out, 0, 0)):
        with pytest.raises((NoResults, ScenarioErrors), match="run the same sweep again to mend it"):
            read(out)
    log = tmp_path / "log"
    assert here(out, log=log).status == 0
    assert computed(log) == []
    is_whole(out, undisturbed)


@pytest.mark.parametrize(
    "damage",
    [_truncate, _empty, _flip_a_bit, _put_another_sweeps, _put_another_chunks, _remove, _leave_a_stranger],
)
def test_a_damaged_or_foreign_part_is_set_aside_and_run_again(tmp_path, undisturbed, damage):
    out = tmp_path / "out"
    here(out)
    damage(part_files(out)[1], out)
    log = tmp_path / "log"
    ending = here(out, log=log)
    assert ending.status == 0
    assert sorted(computed(log)) == [(row, n) for row in range(4, 8) for n in range(8)]
    assert len(list((out / "quarantine").glob("*"))) == (damage is not _remove)
    is_whole(out, undisturbed)


def test_any_flipped_bit_is_found_or_does_no_harm(tmp_path):
    out, bits = tmp_path / "out", random.Random(3)
    here(out)
    file = part_files(out)[0]
    whole = file.read_bytes()
    with Store(out) as store:
        right = store.verify(file, numbers_of(file)).to_pandas()
        for _ in range(300):
            content = bytearray(whole)
            content[bits.randrange(len(whole))] ^= 1 << bits.randrange(8)
            file.write_bytes(content)
            try:
                read = store.verify(file, numbers_of(file)).to_pandas()
            except (ValueError, OSError, sweep_faults.store.Damaged, sweep_faults.store.pa.ArrowException):
                continue
            pd.testing.assert_frame_equal(read, right)


def test_a_crash_between_packing_and_removing_counts_no_run_twice(tmp_path, undisturbed):
    out = tmp_path / "out"
    here(out)
    single = part_files(out)[0].with_name("000003.parquet")
    shutil.copy(part_files(out)[0], single)
    is_whole(out, undisturbed)
    log = tmp_path / "log"
    assert here(out, log=log).status == 0
    assert computed(log) == []
    assert not single.exists()
    is_whole(out, undisturbed)


def test_a_crew_that_leaves_leaves_nothing_behind(tmp_path, monkeypatch):
    """A thread left to close the pool's pipes raised, now and then, when the interpreter ended."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = set(threading.enumerate())
    for _ in range(3):
        crew = Processes(2)
        future = crew.submit(abs, -3)
        wait([future], PATIENCE)
        assert crew.part(future) == 3
        crew.close()
        assert set(threading.enumerate()) == before
        assert not list(tmp_path.iterdir())
    assert not multiprocessing.active_children()


def test_a_crew_that_leaves_in_the_middle_of_long_parts_is_gone():
    """A process killed before the end of its message had the pool wait for the rest, and the sweep with it."""
    moments = random.Random(5)
    for _ in range(5):
        crew = Processes(2)
        under_way = {crew.submit(sweep_faults.long, None) for _ in range(4)}
        until(lambda under_way=under_way: any(future.done() for future in under_way))
        end_of_work = time.monotonic() + moments.uniform(0, 0.2)
        while time.monotonic() < end_of_work:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            under_way |= {crew.submit(sweep_faults.long, None) for _ in done}
        leaving = threading.Thread(target=crew.close, daemon=True)
        leaving.start()
        leaving.join(timeout=PATIENCE)
        assert not leaving.is_alive()


# --- two at once ----------------------------------------------------------------------------------


def test_a_second_sweep_on_the_folder_is_refused_at_once(tmp_path, undisturbed):
    out = tmp_path / "out"
    first = start(out, "--workers", 2)
    until(lambda: finished_chunks(out))
    began = time.monotonic()
    ending = here(out)
    assert time.monotonic() - began < 10
    assert (ending.status, ending.sentence) == (
        end.IN_USE,
        f"Another sweep is writing to {out}: wait until it ends.",
    )
    assert finish(first)["finished"] == 96
    is_whole(out, undisturbed)


def test_results_can_be_read_while_a_sweep_writes(tmp_path, undisturbed):
    out = tmp_path / "out"
    process = start(out, "--workers", 2)
    until(lambda: finished_chunks(out))
    while process.poll() is None:
        runs = load_results(out).runs
        assert not runs.duplicated(["row", "replicate"]).any()
    assert finish(process)["finished"] == 96
    is_whole(out, undisturbed)
