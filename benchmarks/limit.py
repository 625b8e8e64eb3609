"""How near is the model to the least that its work could cost: the limit.

    python benchmarks/limit.py [--years 10] [--runs 400]

Writes results/limit.json.

The limit is a compiled loop that does only what no implementation of the declaration can leave out, as often as one run
does it: the same random words, exponentials and logarithms, and the same numbers read and written (every relationship
moved each week, two passes over them at each month's end, what the equations of an experience and a request name, one
change of trust for each experience, every open case and every post touched each week). It decides nothing. How often each
happens is counted: the model is run once uncompiled, with counters around its functions.

Prints the ratio of a whole run of the model to the limit (processor time, alternating in one process), and where the
model's time goes: each process of `week.py`, by a clock that is read in the compiled week between processes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numba
import numpy as np
import records
from partnerships import partnership
from timing import alternate, median_interval, ratio_interval

from collabsim.model.draws import exp, log, word

READ_BY_EXPERIENCE = 5  # both goals, tenure, overload, clarity of roles
READ_BY_REQUEST = (
    6  # trust, clarity, contacts, the last answer, the leader's commitment, how far an agency is heard
)
SHARE = 0.01  # of the way that trust moves in the limit's week; any number does
KERNEL, LIMIT = "compiled model", "limit"


# --- what a run does --------------------------------------------------------------------------------------------


def count(years: int) -> dict[str, int]:
    """Run once uncompiled (this process must have NUMBA_DISABLE_JIT=1) and count what is done how often."""
    from collabsim.model import draws

    assert "collabsim.model.experiences" not in sys.modules  # the rules must import the functions that count
    done: Counter[str] = Counter()

    def counted(module, name):
        function = getattr(module, name)

        def around(*arguments):
            done[name] += 1
            return function(*arguments)

        setattr(module, name, around)

    for name in ("word", "stream", "exp", "log"):
        counted(draws, name)  # before the rules import them
    from collabsim.model import experiences, sharing
    from collabsim.model.simulate import run_once

    counted(experiences, "experience")
    counted(sharing, "request")
    run = run_once(partnership(years=years), record=("cases",))
    return dict(done) | touched(run, 52 * years)


def touched(run, weeks: int) -> dict[str, int]:
    """Return how many relationships, open cases and posts a run had, added up over weeks (relationships: a week's mean)."""
    closed = run.closed_cases
    cases = run.arrays["cases"][run.arrays["open_cases"][0, : run.arrays["places"][0]["open_cases"]]]
    open_weeks = (closed["closed"] - closed["opened"]).sum() + (weeks - cases["opened"]).sum()
    return {
        "relationships": round(float(run.series["ties"].mean())),
        "case_weeks": int(open_weeks),
        "posts": len(run.arrays["posts"]),
        "weeks": weeks,
    }


def counts(years: int) -> dict[str, int]:
    """Return what a run does, counted in an uncompiled process."""
    command = [sys.executable, "-W", "ignore", __file__, "--years", str(years), "--count"]
    answer = subprocess.run(
        command, env=os.environ | {"NUMBA_DISABLE_JIT": "1"}, stdout=subprocess.PIPE, check=True
    )
    return json.loads(answer.stdout)


# --- the limit --------------------------------------------------------------------------------------------------


@numba.njit(error_model="numpy")
def part_of(total, week, weeks):
    """Return the range of a run's total that belongs to a week."""
    return range(total * week // weeks, total * (week + 1) // weeks)


@numba.njit(error_model="numpy")
def draw(week, weeks, words, exps, logs):
    """Draw a week's random words, exponentials and logarithms."""
    chance, total = np.uint64(0), 0.0
    for n in part_of(words, week, weeks):
        chance ^= word(np.uint64(week), n, 0)
    for n in part_of(exps, week, weeks):
        total += exp(-1e-6 * n)
    for n in part_of(logs, week, weeks):
        total += log(1.0 + n)
    return total + chance


@numba.njit(error_model="numpy")
def touch(week, weeks, trust, target, changed, read, cases, tenure):
    """Read what experiences and requests read, change trust, move every relationship, touch every open case and post."""
    total = 0.0
    for n in part_of(len(read), week, weeks):
        total += target[read[n]]
    for n in part_of(len(changed), week, weeks):
        trust[changed[n]] += SHARE * (1.0 - trust[changed[n]])
    for k in range(len(trust)):
        trust[k] += SHARE * (target[k] - trust[k])
    for n in range(len(cases)):
        cases[n] += 1.0
    for n in range(len(tenure)):
        tenure[n] += 1
    return total


@numba.njit(error_model="numpy")
def look_back(trust, target):
    """Go twice through all relationships."""
    total = 0.0
    for k in range(len(trust)):
        total += trust[k]
    for k in range(len(trust)):
        total += trust[k] * target[k]
    return total


@numba.njit(error_model="numpy")
def unavoidable(weeks, words, exps, logs, trust, target, changed, read, cases, tenure):
    """Do a run's unavoidable work, and nothing else."""
    total = 0.0
    for week in range(weeks):
        total += draw(week, weeks, words, exps, logs)
        total += touch(week, weeks, trust, target, changed, read, cases, tenure)
        if (week + 1) * 12 // 52 != week * 12 // 52:
            total += look_back(trust, target)
    return total


def limit_of(done: dict[str, int]) -> Callable[[], float]:
    """Return the unavoidable work of a run that does this much."""
    n = done["relationships"]
    luck = np.random.default_rng(0)
    changed = luck.integers(0, n, done["experience"])
    read = luck.integers(0, n, READ_BY_EXPERIENCE * done["experience"] + READ_BY_REQUEST * done["request"])
    numbers = (done["weeks"], done["word"] + done["stream"], done["exp"], done["log"])

    def work() -> float:
        cases, tenure = np.zeros(done["case_weeks"] // done["weeks"]), np.zeros(done["posts"], np.int64)
        return unavoidable(*numbers, np.full(n, 0.5), np.full(n, 0.6), changed, read, cases, tenure)

    return work


# --- the whole --------------------------------------------------------------------------------------------------


def measure(years: int, runs: int) -> dict:
    """Return counts, times of both and their ratio, and the profile."""
    from week_profile import profile

    from collabsim.model.founding import blueprint
    from collabsim.model.simulate import run_once

    before, scenario = records.provenance(), partnership(years=years)
    plan, done = blueprint(scenario), counts(years)
    works = {KERNEL: lambda: run_once(scenario, plan=plan), LIMIT: limit_of(done)}
    alternate(works, 2)  # compile
    taken = alternate(works, runs, time.thread_time)  # what others do meanwhile is left out
    return {
        "provenance": before,
        "years": years,
        "counts": done,
        "limit": median_interval(taken[LIMIT]),
        "kernel": median_interval(taken[KERNEL]),
        "ratio": ratio_interval(taken[KERNEL], taken[LIMIT]),
        "profile": profile(scenario, plan, runs),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--count", action="store_true", help="count only (uncompiled)")
    options = parser.parse_args()
    if options.count:
        print(json.dumps(count(options.years)))
        return
    found = measure(options.years, options.runs)
    for name in ("kernel", "limit"):
        print(
            f"{name:<8}{1000 * found[name]['median']:8.2f} ms a run (fastest {1000 * found[name]['fastest']:.2f})"
        )
    ratio = found["ratio"]
    print(f"ratio   {ratio['median']:8.2f} times ({ratio['low']:.2f} to {ratio['high']:.2f})")
    for row in found["profile"]["processes"]:
        print(f"{row['ms']:8.3f} ms {100 * row['share']:5.1f}%  {row['process']}")
    records.save("limit", found)


if __name__ == "__main__":
    main()
