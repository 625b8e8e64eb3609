"""Other ways to write the same core of the model: the same answers, and how long they take. Writes results/peers.json.

    python benchmarks/peer_speed.py [--quick]

Times are taken by turns in one process, building and stepping apart. Outcomes are of replicates of its own for each.
What a peer must compute is declared in peers/README.md; a peer that is not installed is left out, and named.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import records
from peers import core as cores
from peers.core import Core
from peers.numpy_core import NumpyCore
from scipy.stats import ks_2samp
from timing import alternate, median_interval, ratio_interval

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from collabsim.model.founding import blueprint
from collabsim.model.simulate import run_once
from collabsim.scenario import Scenario

OURS, MESA = "CollabSim", "Mesa (plain objects)"
NUMPY, BATCH = "NumPy, one run", "NumPy, a batch of runs"
AGENTPY = "AgentPy"
OUTCOMES = ("trust", "quits a post-year", "sharing")
RUNS_OF_OURS = 20
"""In one timing, as one run is too short."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    batch: int
    replicates: dict[str, int]


FULL = Size(12, 20, {OURS: 400, NUMPY: 200, AGENTPY: 30})
QUICK = Size(2, 8, {OURS: 40, NUMPY: 16, AGENTPY: 3})


def sides(given: Scenario, core: Core, batch: int) -> dict[str, dict[str, Callable[..., Any]]]:
    """How each side builds and steps; `divide` says how many runs that is."""
    plan = blueprint(given)
    found: dict[str, dict[str, Any]] = {
        OURS: {
            "build": partial(_many, partial(blueprint, given), RUNS_OF_OURS),
            "whole": partial(_many, partial(run_once, given, plan=plan), RUNS_OF_OURS),
            "divide": RUNS_OF_OURS,
        },
        NUMPY: {"build": partial(NumpyCore, core), "whole": lambda: NumpyCore(core).run(), "divide": 1},
        BATCH: {
            "build": partial(NumpyCore, core, batch),
            "whole": lambda: NumpyCore(core, batch).run(),
            "divide": batch,
        },
    }
    from reference.partnership import ReferencePartnership

    found[MESA] = {
        "build": partial(ReferencePartnership, given),
        "whole": lambda: ReferencePartnership(given).run(),
        "divide": 1,
    }
    if agentpy_is_here():
        found[AGENTPY] = {
            "build": lambda: agentpy_model(core, 0).sim_setup(),
            "whole": lambda: agentpy_run(core, 0),
            "divide": 1,
        }
    return found


def _many(work: Callable[[], Any], times: int) -> None:
    for _ in range(times):
        work()


def agentpy_is_here() -> bool:
    """Tell whether the extra `benchmarks` is installed."""
    return importlib.util.find_spec("agentpy") is not None


def agentpy_model(core: Core, seed: int) -> Any:
    """A model in AgentPy."""
    from peers.agentpy_core import AgentpyCore

    return AgentpyCore({"core": core, "steps": core.weeks, "seed": seed})


def agentpy_run(core: Core, seed: int) -> tuple[float, float, float]:
    """A whole run in AgentPy, and its outcomes."""
    model = agentpy_model(core, seed)
    model.run(display=False)
    return model.outcomes()


# --- time -------------------------------------------------------------------------------------------


def times(given: Scenario, core: Core, size: Size) -> dict[str, Any]:
    """Seconds of a run of each side, and how many times ours it takes."""
    found = sides(given, core, size.batch)
    found[OURS]["whole"]()  # compile
    wholes = alternate({name: side["whole"] for name, side in found.items()}, size.rounds)
    builds = alternate({name: side["build"] for name, side in found.items()}, size.rounds)
    whole = {name: np.array(wholes[name]) / side["divide"] for name, side in found.items()}
    build = {name: np.array(builds[name]) / side["divide"] for name, side in found.items()}
    return {
        name: {
            "build": median_interval(build[name]),
            "step": median_interval(np.maximum(0, whole[name] - np.median(build[name]))),
            "whole": median_interval(whole[name]),
            "times_ours": ratio_interval(whole[name], whole[OURS]),
        }
        for name in found
    }


# --- answers ----------------------------------------------------------------------------------------


def answers(given: Scenario, core: Core, size: Size) -> dict[str, Any]:
    """Hold each peer's outcomes against ours."""
    ours = cores.our_outcomes(given, size.replicates[OURS])
    peers = {NUMPY: numpy_outcomes(core, size.replicates[NUMPY])}
    if agentpy_is_here():
        rows = [agentpy_run(core, seed) for seed in range(size.replicates[AGENTPY])]
        peers[AGENTPY] = np.array(rows)
    return {name: _held(theirs, ours) for name, theirs in peers.items()}


def numpy_outcomes(core: Core, replicates: int) -> np.ndarray:
    """Outcomes in NumPy, in batches that fit a processor's cache."""
    batches = [NumpyCore(core, 20, seed).run().outcomes() for seed in range(-(-replicates // 20))]
    return np.concatenate(batches)[:replicates]


def _held(theirs: np.ndarray, ours: np.ndarray) -> list[dict[str, Any]]:
    rows = []
    for k, outcome in enumerate(OUTCOMES):
        a, b = theirs[:, k], ours[:, k]
        error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
        difference = a.mean() - b.mean()
        rows.append(
            {
                "outcome": outcome,
                "theirs": a.mean(),
                "ours": b.mean(),
                "difference": difference,
                "low": difference - 1.96 * error,
                "high": difference + 1.96 * error,
                "ks_p": ks_2samp(a, b).pvalue,
                "replicates": len(a),
            }
        )
    return rows


def mesa_is_equal(given: Scenario) -> bool:
    """Tell whether plain Mesa gives our series of a short core, number for number."""
    from dataclasses import replace

    from reference.partnership import ReferencePartnership

    short = replace(given, years=1, burn_in_years=0)
    theirs = ReferencePartnership(short)
    theirs.run()
    ours = run_once(short).series
    return all(
        abs(row[name] - ours[name][month]) <= 1e-9 * max(1.0, abs(row[name]))
        for month, row in enumerate(theirs.series)
        for name in ours.dtype.names
    )


def main() -> None:
    """Measure, write, and say in a line each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few runs, nothing written")
    quick = parser.parse_args().quick
    size, given = (QUICK if quick else FULL), cores.scenario(10)
    core = cores.constants(given)
    if not agentpy_is_here():
        print("AgentPy is not installed (pip install 'collabsim[benchmarks]'): it is left out.")
    figures: dict[str, Any] = {"provenance": records.provenance(), "batch": size.batch}
    figures["times"] = times(given, core, size)
    for name, row in figures["times"].items():
        ratio, whole = row["times_ours"], 1000 * row["whole"]["median"]
        print(
            f"{name:24}{whole:9.1f} ms  {ratio['median']:6.1f} ({ratio['low']:.1f} to {ratio['high']:.1f})",
            flush=True,
        )
    figures["answers"] = answers(given, core, size)
    figures["mesa_is_equal"] = mesa_is_equal(given)
    for name, rows in figures["answers"].items():
        print(
            name,
            *(f"{r['outcome']} {r['theirs']:.4f} {r['ours']:.4f} p={r['ks_p']:.2f}" for r in rows),
            sep="; ",
        )
    print("plain Mesa equal number for number:", figures["mesa_is_equal"])
    if not quick:
        records.save("peers", figures)


if __name__ == "__main__":
    main()
