"""Has the model become slower? Seconds enough for every test run: `make bench-short`.

    python benchmarks/short.py [--write]

One run of the model beside a fixed compiled loop of the model's own primitives (random words, exponentials, writes), by
turns in one process: whatever else the machine does slows both. Fails when the ratio of the two fastest is more than 30%
above that in results/short.json, which `make bench` writes.
"""

from __future__ import annotations

import sys

import numba
import numpy as np
import records
from timing import alternate

from collabsim.model.draws import exp, uniform
from collabsim.model.founding import blueprint
from collabsim.model.simulate import run_once
from collabsim.scenario import load_scenario

LOSS = 0.30
ROUNDS, ATTEMPTS = 40, 3
YEARS = 5
DRAWS, POSTS, RELATIONSHIPS, WEEKS = 1_000, 45, 1_600, 364
"""Of the loop in a week, and its weeks: about as long as the run."""


@numba.njit(error_model="numpy")
def loop(trust, tenure):
    """Do about what a run does, with no rule in it."""
    total = 0.0
    for week in range(WEEKS):
        for n in range(DRAWS):
            total += uniform(np.uint64(week), n, 0)
        for n in range(POSTS):
            tenure[n] += 1.0
            total += exp(-0.01 * tenure[n])
        for n in range(RELATIONSHIPS):
            trust[n] += 0.004 * (0.5 - trust[n])
    return total


def ratio() -> float:
    """Return how many times as long as the loop a run takes, the fastest of each."""
    scenario = load_scenario("mixed-partnership", years=YEARS)
    plan = blueprint(scenario)
    works = {
        "run": lambda: run_once(scenario, plan=plan),
        "loop": lambda: loop(np.full(RELATIONSHIPS, 0.4), np.zeros(POSTS)),
    }
    alternate(works, 2)  # compile
    taken = alternate(works, ROUNDS)
    return min(taken["run"]) / min(taken["loop"])


def main() -> None:
    """Measure; write, or compare."""
    if "--write" in sys.argv:
        figures = {"provenance": records.provenance(), "ratio": min(ratio() for _ in range(ATTEMPTS))}
        records.save("short", figures)
        print(f"A run takes {figures['ratio']:.2f} times as long as the loop: kept.")
        return
    kept = records.load("short")
    if kept is None:
        sys.exit(
            "There is no benchmarks/results/short.json to compare with: make bench PARTS=short writes it."
        )
    most = kept["ratio"] * (1 + LOSS)
    for _ in range(ATTEMPTS):  # a machine that is busy with something else gets another chance
        now = ratio()
        if now <= most:
            break
    print(
        f"A run takes {now:.2f} times as long as the loop; it took {kept['ratio']:.2f}, and may take {most:.2f}."
    )
    if now > most:
        sys.exit("The model has become more than 30% slower.")


if __name__ == "__main__":
    main()
