"""From one partnership to a million posts: time and memory. Writes results/scale.json.

python benchmarks/scale.py [sizes] [england]

sizes      one scenario of 45, 2,000, 20,000 and 100,000 posts: processor time per post and week beside the
           smallest, by turns in one process, and the most memory of that process
england    the shipped experiment `england`, a million posts in local partnerships for ten years, as a user runs it
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import records

from collabsim.experiment.results import load_results
from collabsim.model.founding import blueprint
from collabsim.model.simulate import run_once, total_weeks
from collabsim.scenario import Scenario, load_scenario

SIZES = ((45, 10), (2_000, 10), (20_000, 10), (100_000, 2))
"""Posts, and years of a run (after no burn-in); the last is shorter, as time per post and week is what counts."""
ROUNDS = 5
RUNS_OF_THE_SMALLEST = 25


def partnership(posts: int, years: int) -> Scenario:
    """The reference partnership with its agencies in proportion."""
    base = load_scenario("mixed-partnership")
    shares = np.cumsum([agency.posts for agency in base.agencies])
    ends = np.round(posts * shares / shares[-1]).astype(int)
    sizes = np.diff(ends, prepend=0)
    agencies = tuple(replace(a, posts=int(n)) for a, n in zip(base.agencies, sizes, strict=True))
    return replace(base, agencies=agencies, years=years, burn_in_years=0)


# --- one scenario -----------------------------------------------------------------------------------


def measure_size(posts: int, years: int) -> dict[str, Any]:
    """Time a size beside the smallest, by turns in this process; the ratio is the median round's, with the range of all."""
    big, small = partnership(posts, years), partnership(*SIZES[0])
    plan, small_plan = blueprint(big), blueprint(small)
    run_once(small, plan=small_plan)
    began = time.process_time()
    blueprint(big)
    build = time.process_time() - began
    ours, theirs = [], []
    for n in range(ROUNDS):
        ours.append(_seconds(big, plan, n, RUNS_OF_THE_SMALLEST if posts == SIZES[0][0] else 1))
        theirs.append(_seconds(small, small_plan, n, RUNS_OF_THE_SMALLEST))
    per_week = np.array(ours) / (posts * total_weeks(big))
    ratios = per_week / (np.array(theirs) / (SIZES[0][0] * total_weeks(small)))
    return {
        "posts": posts,
        "years": years,
        "localities": len(plan["places"]),
        "build_seconds": build,
        "seconds": float(np.median(ours)),
        "microseconds_per_post_week": 1e6 * float(np.median(per_week)),
        "times_the_smallest": float(np.median(ratios)),
        "times_the_smallest_range": [float(ratios.min()), float(ratios.max())],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "arrays_bytes_per_post": sum(array.nbytes for array in plan.values()) / posts,
    }


def _seconds(scenario: Scenario, plan: dict[str, np.ndarray], replicate: int, times: int) -> float:
    """Processor seconds of a run."""
    began = time.process_time()
    for n in range(times):
        run_once(scenario, replicate=replicate + n, plan=plan)
    return (time.process_time() - began) / times


def sizes() -> list[dict[str, Any]]:
    """Measure each size in a process of its own, so that its memory is its own."""
    rows = []
    for posts, years in SIZES:
        command = [sys.executable, __file__, "--one", str(posts), str(years)]
        rows.append(json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout))
        print(
            f"{posts:>9,} posts: {rows[-1]['times_the_smallest']:.2f} times the time per post of 45",
            flush=True,
        )
    return rows


# --- England ----------------------------------------------------------------------------------------


def england() -> dict[str, Any]:
    """Run the shipped experiment on two cores, watching its memory."""
    folder = Path(tempfile.mkdtemp(prefix="collabsim-england-"))
    small = [_smallest_per_week()]
    command = [sys.executable, "-m", "collabsim", "sweep", "england", "--workers", "2", "--progress", "quiet"]
    before, began = _cpu(), time.perf_counter()
    try:
        process = subprocess.Popen([*command, "--out", str(folder / "out")], start_new_session=True)
        peak = _watch(process)
        wall, cpu = time.perf_counter() - began, _cpu() - before
        small.append(_smallest_per_week())
        figures = {"status": process.returncode, "wall_seconds": wall, "processor_seconds": cpu, **peak}
        figures |= _results(folder / "out")
        weeks = total_weeks(load_scenario("mixed-partnership"))
        per_week = cpu / (figures["posts"] * weeks)
        return {**figures, "times_the_smallest": per_week / min(small)}
    finally:
        shutil.rmtree(folder)


def _smallest_per_week() -> float:
    """Processor seconds of a post and week in a partnership of 45, nothing else counted."""
    small = partnership(*SIZES[0])
    plan = blueprint(small)
    run_once(small, plan=plan)
    return min(_seconds(small, plan, n, 5) for n in range(20)) / (SIZES[0][0] * total_weeks(small))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(process: subprocess.Popen[bytes]) -> dict[str, float | None]:
    """The most memory of a command and its workers, pages that they share counted once."""
    most, parent = 0.0, 0.0
    while process.poll() is None:
        held = {pid: _proportional_mb(pid) for pid in _family(process.pid)}
        most, parent = max(most, sum(held.values())), max(parent, held.get(process.pid, 0.0))
        time.sleep(0.5)
    return {"peak_mb": most or None, "peak_parent_mb": parent or None}


def _family(session: int) -> list[int]:
    """The processes of a session (Linux)."""
    return [int(p.name) for p in Path("/proc").glob("[0-9]*") if _session(p) == session]


def _session(process: Path) -> int:
    try:
        return os.getsid(int(process.name))
    except OSError:
        return -1


def _proportional_mb(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def _results(folder: Path) -> dict[str, Any]:
    """What the runs left: their number, their size on disk, and how far partnerships come apart."""
    found = load_results(folder)
    frame = found.runs
    sizes = {n: sum(a.posts for a in load_scenario(n).agencies) for n in frame["scenario"].unique()}
    posts = frame["scenario"].astype(str).map(sizes)
    files = [file for file in folder.rglob("*") if file.is_file()]
    spread = {
        str(sizes[name]): [float(q) for q in group["trust_last"].quantile([0.05, 0.5, 0.95])]
        for name, group in frame.groupby("scenario", observed=True)
    }
    return {
        "partnerships": len(frame),
        "posts": int(posts.sum()),
        "disk_mb": sum(file.stat().st_size for file in files) / 1e6,
        "trust_5_50_95": spread,
        "trust_of_all": float((frame["trust_last"] * posts).sum() / posts.sum()),
    }


def main() -> None:
    """Measure the parts asked for, or all."""
    words = sys.argv[1:]
    if words[:1] == ["--one"]:
        print(json.dumps(measure_size(int(words[1]), int(words[2]))))
        return
    kept = records.load("scale") or {}
    for part, measure in (("sizes", sizes), ("england", england)):
        if not words or part in words:
            kept[part] = {"provenance": records.provenance(), "figures": measure()}
            records.save("scale", kept)


if __name__ == "__main__":
    main()
