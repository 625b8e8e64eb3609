"""How fast is one run? The compiled model beside plain Mesa, in one process, alternating.

    python benchmarks/speed.py [--years 10] [--runs 20] [--json FILE]

Prints the median time of a run of each (5 agencies, 45 posts), the ratio of the medians, and what of the compiled
run's time each process of the week takes.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from partnerships import partnership
from reference.partnership import ReferencePartnership

from collabsim.model.founding import blueprint
from collabsim.model.simulate import run_once


def seconds(work) -> float:
    """Return how long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(years: int, runs: int) -> dict[str, float]:
    """Return median times in milliseconds and their ratio; plain Mesa runs once for every ten compiled runs."""
    scenario = partnership(years=years)
    plan = blueprint(scenario)
    first = seconds(lambda: run_once(scenario, plan=plan))
    compiled, plain = [], []
    for n in range(runs):
        compiled.append(seconds(lambda n=n: run_once(scenario, replicate=n, plan=plan)))
        if n % 10 == 0:
            plain.append(seconds(lambda n=n: ReferencePartnership(scenario, replicate=n).run()))
    fast, slow = statistics.median(compiled), statistics.median(plain)
    return {
        "years": years,
        "posts": 45,
        "first_run_s": first,
        "compiled_ms": 1000 * fast,
        "compiled_fastest_ms": 1000 * min(compiled),
        "plain_mesa_ms": 1000 * slow,
        "ratio": slow / fast,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = measure(options.years, options.runs)
    result |= {"machine": platform.processor() or platform.machine(), "python": platform.python_version()}
    print(f"compiled    {result['compiled_ms']:9.1f} ms a run (fastest {result['compiled_fastest_ms']:.1f})")
    print(f"plain Mesa  {result['plain_mesa_ms']:9.1f} ms a run")
    print(f"ratio       {result['ratio']:9.0f} times")
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
