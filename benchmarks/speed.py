"""How fast is one run: the compiled model beside plain Mesa, on one core and on two. Writes results/speed.json.

    python benchmarks/speed.py [--years 10] [--rounds 12] [--quick]

The default partnership (5 agencies, 45 posts). The sides alternate in one process, and both give the same events and the
same series to nine digits (tests/test_oracle.py). A whole run of plain Mesa builds its model and steps through it; one of
the compiled model copies the first state and lives its weeks, as every replicate does: laying a scenario's arrays out, once
for all its replicates, is timed apart. One run of the compiled model is too short to time alone, so its time is that of
several, over their number; so it is on two cores, where both live replicates. Plain Mesa runs on one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import records
from timing import alternate, median_interval, ratio_interval, seconds

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from partnerships import partnership
from reference.partnership import ReferencePartnership

from collabsim.model.founding import blueprint
from collabsim.model.simulate import run_once, simulate
from collabsim.scenario import Scenario

MESA, OURS, OURS_TWO = "plain Mesa", "compiled", "compiled, two cores"
MESA_BUILD, OURS_BUILD = "plain Mesa, building", "compiled, building"
RUNS = {OURS: 20, OURS_BUILD: 20, OURS_TWO: 60}
"""Runs in one timing, where it is more than one."""

THOUSAND = ("-m", "collabsim", "run", "short-term-funding", "--replicates", "1000", "--quiet")
TRIES = 3


def sides(scenario: Scenario) -> dict[str, Callable[[], Any]]:
    """Return what is timed, by name."""
    plan = blueprint(scenario)
    return {
        MESA: lambda: ReferencePartnership(scenario).run(),
        MESA_BUILD: lambda: ReferencePartnership(scenario),
        OURS: lambda: [run_once(scenario, replicate=n, plan=plan) for n in range(RUNS[OURS])],
        OURS_BUILD: lambda: [blueprint(scenario) for _ in range(RUNS[OURS_BUILD])],
        OURS_TWO: lambda: simulate(scenario, RUNS[OURS_TWO], workers=2),
    }


def measure(years: int, rounds: int) -> dict[str, Any]:
    """Return the times of a run on each side (seconds) and the ratios of whole runs, with intervals."""
    scenario = partnership(years=years)
    before, works = records.provenance(), sides(scenario)
    alternate({name: work for name, work in works.items() if name != MESA}, 1)  # compile
    taken = alternate(works, rounds)
    one = {name: [took / RUNS.get(name, 1) for took in times] for name, times in taken.items()}
    return {
        "provenance": before,
        "years": years,
        "posts": sum(agency.posts for agency in scenario.agencies),
        "seconds_a_run": {name: median_interval(times) for name, times in one.items()},
        "times_plain_mesa": {
            "one_core": ratio_interval(one[MESA], one[OURS]),
            "two_cores": ratio_interval(one[MESA], one[OURS_TWO]),
        },
    }


def thousand() -> float:
    """Return the wall seconds of a thousand replicates as a user asks for them, compiled before: the fastest of some."""
    path = os.pathsep.join([str(Path(__file__).parents[1] / "src"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, *THOUSAND]
    call = partial(subprocess.run, command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return min(seconds(call) for _ in range(TRIES))


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--quick", action="store_true", help="three rounds of two years; nothing is written")
    options = parser.parse_args()
    found = measure(2, 3) if options.quick else measure(options.years, options.rounds)
    for name, time in found["seconds_a_run"].items():
        ms = {bound: 1000 * time[bound] for bound in ("median", "low", "high")}
        print(f"{name:<22}{ms['median']:10.2f} ms a run ({ms['low']:.2f} to {ms['high']:.2f})")
    for name, ratio in found["times_plain_mesa"].items():
        bounds = f"({ratio['low']:.0f} to {ratio['high']:.0f})"
        print(f"{name.replace('_', ' '):<22}{ratio['median']:10.0f} times plain Mesa {bounds}")
    if not options.quick:
        found["thousand_seconds"] = thousand()
        print(f"collabsim run, 1,000 replicates: {found['thousand_seconds']:.1f} s")
        records.save("speed", found)


if __name__ == "__main__":
    main()
