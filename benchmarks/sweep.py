"""What a sweep costs beside the model: python benchmarks/sweep.py [--runs 100000] [--write FILE].

Every figure is a ratio of two measurements of one call, or a size. Wall seconds of a sweep include the start of its
workers, and CPU seconds include local workers, but not Dask's.

    overhead      a sweep, files written, against a bare loop of the same runs, by turns
    cores         two workers against one
    dask          two Dask workers against two local ones (the cluster is up before)
    digests       serial, two workers, Dask, interrupted and resumed, without fused multiply-add
    million       a million recorded runs of a stand-in for the model: memory, disk, time to load
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from collabsim.experiment import plan as planning
from collabsim.experiment.chunk import run_chunk, stamp
from collabsim.experiment.execute import run_sweep
from collabsim.experiment.results import load_results
from collabsim.experiment.types import Experiment
from collabsim.model import state
from collabsim.model.founding import blueprint
from collabsim.model.simulate import run_once
from collabsim.provenance import machine

WITHOUT_FMA = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4",
    "PYTHONWARNINGS": "ignore",
}
REPLICATES = 20
ROUNDS = 5


def experiment(years: int) -> Experiment:
    """Short-term funding by grant length, each row with luck of its own."""
    return Experiment("benchmark", replicates=REPLICATES, years=years, common=False, seed=1)


def design(runs: int) -> pd.DataFrame:
    """A row for every twenty runs."""
    months = np.linspace(6, 60, max(1, runs // REPLICATES))
    return pd.DataFrame({"scenario": "short-term-funding", "funding.grant_months": months})


def stand_in(scenario: Any, seed: int, replicate: int, row: int, plan: Any) -> Any:
    """No model: random numbers where its series would be."""
    series = np.zeros(36, dtype=state.SERIES)
    noise = np.random.default_rng((seed, row, replicate)).random(len(state.SERIES_COLUMNS))
    series.view(np.float64).reshape(36, -1)[:] = noise
    return SimpleNamespace(series=series)


# --- one measurement, in a process of its own -----------------------------------------------------


def overhead(given: argparse.Namespace) -> dict[str, Any]:
    """Loop and sweep by turns in one process, so that a busy machine disturbs both alike.

    Chunks are as long as those of a large sweep.
    """
    planning.FEWEST_CHUNKS = 1
    settings, rows = experiment(given.years), design(given.runs // ROUNDS)
    scenario = planning.resolve(settings, rows)["short-term-funding"]
    run_once(scenario)
    loops, sweeps = [], []
    for number in range(ROUNDS):
        with timed() as taken:
            bare_loop(scenario, rows)
        loops.append(taken)
        with timed() as taken:
            run_sweep(settings, f"{given.out}-{number}", workers=1, rows=rows, progress="quiet")
        sweeps.append(taken)
    ratios = {what: sum(s[what] for s in sweeps) / sum(s[what] for s in loops) for what in ("cpu", "wall")}
    return {"loops": loops, "sweeps": sweeps, **{f"ratio_{what}": round(r, 3) for what, r in ratios.items()}}


def bare_loop(scenario: Any, rows: pd.DataFrame) -> None:
    """The runs of a sweep, nothing kept."""
    for row, months in enumerate(rows["funding.grant_months"]):
        one = scenario.with_values({"funding.grant_months": float(months)})
        plan = blueprint(one)
        for replicate in range(REPLICATES):
            run_once(one, 1, replicate, 1 + row, plan=plan)


def swept(given: argparse.Namespace) -> dict[str, Any]:
    """The same runs as a sweep."""
    compute = partial(run_chunk, run=stand_in) if given.stand_in else run_chunk
    rows, settings = design(given.runs), experiment(given.years)
    if not given.stand_in:
        run_once(planning.resolve(settings, rows)["short-term-funding"])
    else:
        planning.measured = lambda scenarios, seconds=None: dict.fromkeys(scenarios, 1e-4)
    with timed() as taken:
        ending = run_sweep(
            settings,
            given.out,
            workers=given.workers,
            scheduler=given.scheduler,
            progress="quiet",
            rows=rows,
            compute=compute,
        )
    return {**taken, "status": ending.status, "peak_mb": peak_mb(), "finished": ending.finished}


def loaded(given: argparse.Namespace) -> dict[str, Any]:
    """Read the scalars into a data frame."""
    before = peak_mb()
    began = time.perf_counter()
    results = load_results(given.out, design_columns=False)
    return {
        "load_seconds": round(time.perf_counter() - began, 2),
        "runs": len(results.runs),
        "columns": results.runs.shape[1],
        "frame_mb": round(results.runs.memory_usage().sum() / 1e6),
        "peak_mb": peak_mb(),
        "peak_before_mb": before,
    }


@contextmanager
def timed() -> Iterator[dict[str, Any]]:
    """Wall and CPU seconds, workers that have ended included."""
    taken: dict[str, Any] = {}
    wall, cpu = time.perf_counter(), _cpu()
    yield taken
    taken |= {"wall": round(time.perf_counter() - wall, 2), "cpu": round(_cpu() - cpu, 2)}


def _cpu() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def peak_mb() -> int:
    """The most memory that this process has held."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


# --- the figures ----------------------------------------------------------------------------------


def measure(part: str, given: argparse.Namespace, out: Path | None = None, **more: Any) -> dict[str, Any]:
    """Call this program for one measurement."""
    environment = more.pop("environment", {})
    process = start(part, given, out, environment, **more)
    answer: dict[str, Any] = json.loads(process.communicate()[0].splitlines()[-1])
    return answer


def start(
    part: str, given: argparse.Namespace, out: Path | None, environment: dict[str, str], **more: Any
) -> subprocess.Popen[str]:
    """Start this program for one measurement."""
    words = {"runs": given.runs, "years": given.years, "out": out, **more}
    options = [f"--{key.replace('_', '-')}={value}" for key, value in words.items() if value is not None]
    command = [sys.executable, __file__, "--part", part, *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})


def ratio(one: dict[str, Any], other: dict[str, Any], what: str) -> float:
    """How much more one took than another."""
    return round(one[what] / other[what], 3)


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A Dask scheduler and two workers on this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    base = [sys.executable, "-m", "dask"]
    scheduler = [*base, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = [*base, "worker", address, "--nthreads", "1", "--nworkers", "2", "--no-dashboard"]
    worker += ["--local-directory", str(folder)]
    processes = [subprocess.Popen(command, cwd=folder, **quiet) for command in (scheduler, worker)]  # type: ignore[call-overload]
    try:
        time.sleep(5)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def overhead_and_cores(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """A sweep against a bare loop; two workers against one; Dask against local workers."""
    loop = measure("overhead", given, folder / "overhead")
    one = measure("sweep", given, folder / "one", workers=1)
    two = measure("sweep", given, folder / "two", workers=2)
    with cluster(folder) as address:
        warm = argparse.Namespace(runs=200, years=1)
        measure("sweep", warm, folder / "warm", scheduler=address)
        dask = measure("sweep", given, folder / "dask", scheduler=address)
    return {
        "sweep_against_bare_loop": loop,
        "sweep_1_worker": one,
        "sweep_2_workers": two,
        "sweep_2_dask_workers": dask,
        "overhead_cpu": loop["ratio_cpu"],
        "overhead_wall": loop["ratio_wall"],
        "speed_up_of_2_workers": ratio(one, two, "wall"),
        "dask_over_local_wall": ratio(dask, two, "wall"),
    }


def digests(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Digests of the same sweep run in five ways; the first three are there already."""
    measure("sweep", given, folder / "without_fma", workers=2, environment=WITHOUT_FMA)
    for _ in range(2):
        interrupt(given, folder / "resumed")
    measure("sweep", given, folder / "resumed", workers=2)
    ways = ("one", "two", "dask", "resumed", "without_fma")
    found = {way: load_results(folder / way).digest for way in ways}
    return {**found, "all_equal": len(set(found.values())) == 1}


def interrupt(given: argparse.Namespace, out: Path) -> None:
    """Begin the sweep and stop it with Ctrl-C when some of it is done."""
    process = start("sweep", given, out, {}, workers=2)
    before = len(list((out / "parts").glob("[0-9]*"))) if out.exists() else 0
    while process.poll() is None and len(list((out / "parts").glob("[0-9]*"))) < before + 3:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate()


def million(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """A million runs of the stand-in."""
    out = folder / "million"
    size = argparse.Namespace(runs=given.million, years=1)
    sweep = measure("sweep", size, out, workers=2, stand_in=1)
    files = [file for file in out.rglob("*") if file.is_file()]
    disk = round(sum(file.stat().st_size for file in files) / 1e6)
    return {"sweep": sweep, "disk_mb": disk, "files": len(files), "load": measure("load", size, out)}


def main() -> None:
    """Measure, print, and write."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--runs", type=int, default=100_000)
    options.add_argument("--years", type=int, default=10)
    options.add_argument("--million", type=int, default=1_000_000)
    options.add_argument("--write", type=Path)
    for hidden in ("part", "out", "scheduler"):
        options.add_argument(f"--{hidden}", help=argparse.SUPPRESS)
    for hidden in ("workers", "stand-in"):
        options.add_argument(f"--{hidden}", type=int, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.part:
        print(json.dumps({"overhead": overhead, "sweep": swept, "load": loaded}[given.part](given)))
        return
    folder = Path(tempfile.mkdtemp(prefix="collabsim-benchmark-"))
    try:
        figures = {
            "runs": given.runs,
            "years": given.years,
            "machine": machine(),
            "code": dict(stamp()),
            "load_average_before": [round(load, 1) for load in os.getloadavg()],
            "speed": overhead_and_cores(given, folder),
            "digests": digests(given, folder),
            "million": million(given, folder),
            "load_average_after": [round(load, 1) for load in os.getloadavg()],
        }
    finally:
        shutil.rmtree(folder)
    text = json.dumps(figures, indent=2)
    print(text)
    if given.write:
        given.write.parent.mkdir(parents=True, exist_ok=True)
        given.write.write_text(text + "\n")


if __name__ == "__main__":
    main()
