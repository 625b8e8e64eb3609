"""Do 95% intervals hold the truth 95 times in 100? On functions whose indices are known, with noise.

    python benchmarks/coverage.py [--repetitions 200] [--json benchmarks/results/coverage.json]

Each repetition draws a design and noise of its own, asks for 95% intervals as `collabsim rank` gives them, and looks
which hold the true value. The noise has the variance of the signal. By chance alone 200 repetitions of a right
interval show between 92 and 98%.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
import pandas as pd
from known_answers import (
    ISHIGAMI,
    LINEAR,
    LINEAR_SD,
    SLOPES,
    G,
    experiment,
    ishigami,
    ishigami_answer,
    linear,
    linear_answer,
    results,
    sobol_g,
    sobol_g_answer,
    uniform,
)

import collabsim
from collabsim.analysis.blocks import arranged
from collabsim.analysis.bootstrap import interval
from collabsim.analysis.engines import engine_for
from collabsim.analysis.luck import luck
from collabsim.experiment.factors import dummy

Truth = Mapping[str, Mapping[str, float]]
G_SD = float(np.sqrt(np.prod(1 + 1 / (3 * (1 + np.array(G)) ** 2)) - 1))
ISHIGAMI_SD = float(np.sqrt(0.5 + 49 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18))


def cases() -> list[tuple[str, str, int, tuple, Callable, float, Truth]]:
    """Name, design, size, factors, function, noise, true values by measure."""
    g, ishi = sobol_g_answer(), ishigami_answer()
    flat = linear_answer()
    slopes = {"mu": SLOPES}
    return [
        ("linear", "sobol", 512, LINEAR, linear, LINEAR_SD, {"first": flat, "total": flat}),
        ("Sobol-G", "sobol", 512, (*uniform(len(G)), dummy()), sobol_g, G_SD, {"first": g[0], "total": g[1]}),
        ("Ishigami", "sobol", 512, ISHIGAMI, ishigami, ISHIGAMI_SD, {"first": ishi[0], "total": ishi[1]}),
        ("linear", "morris", 60, LINEAR, linear, LINEAR_SD, slopes),
    ]


def covered(case: tuple, repetitions: int) -> pd.DataFrame:
    """For each repetition, measure and input: whether the interval holds the true value."""
    name, kind, size, factors, function, noise, truth = case
    rows = []
    for seed in range(repetitions):
        held = results(experiment(kind, size, factors, seed=seed), function, noise=noise, seed=1000 + seed)
        blocks = arranged(held, {"trust_last": 1.0})
        engine = engine_for(blocks)
        measures = engine.measures(size, 1000, seed)
        share = luck(blocks.y, seed=seed)
        if kind == "sobol":  # the grid of Morris has another variance
            rows.append((name, kind, size, "share of luck", "", share.low <= 0.5 <= share.high))
        for measure, right in truth.items():
            low, high = interval(measures[measure][1:])
            for n, enabler in enumerate(blocks.layout.names):
                true = right.get(enabler, 0.0)
                rows.append((name, kind, size, measure, enabler, low[n] <= true <= high[n]))
    return pd.DataFrame(rows, columns=["function", "design", "size", "measure", "input", "covered"])


def main() -> None:
    """Measure, print and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    table = pd.concat([covered(case, options.repetitions) for case in cases()])
    keys = ["function", "design", "size", "measure"]
    each = table.groupby([*keys, "input"], sort=False)["covered"].mean()
    summary = each.groupby(keys, sort=False).agg(["mean", "min", "max"]).reset_index()
    print(summary.round(3).to_string(index=False))
    if options.json:
        content = {
            "what": "share of repetitions whose 95% interval holds the true value; noise as large as the signal",
            "repetitions": options.repetitions,
            "replicates": 4,
            "version": collabsim.__version__,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": f"python benchmarks/coverage.py --repetitions {options.repetitions}",
            "coverage": summary.to_dict("records"),
            "each": each.reset_index().to_dict("records"),
        }
        options.json.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
