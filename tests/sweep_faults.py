"""What tests of sweeps run: a small experiment, and runs that go wrong on purpose. Workers import it."""

import os
import signal
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from collabsim.experiment import plan as planning
from collabsim.experiment import store
from collabsim.experiment.chunk import run_chunk
from collabsim.experiment.types import Experiment, Factor
from collabsim.model import state
from collabsim.model.simulate import run_once

SCENARIOS = ("mixed-partnership", "short-term-funding")
DOSES = (6.0, 12.0, 18.0, 24.0, 30.0, 36.0)
REPLICATES, YEARS = 8, 1
FATEFUL = (4, 3)
"""The row and the replicate of the run that goes wrong."""
ENDLESS = 60
"""Seconds of a run that nobody will wait for."""


def experiment(**changes) -> Experiment:
    factor = Factor("funding.grant_months", "continuous", 6, 36)
    settings = {"scenarios": SCENARIOS, "factors": (factor,), "replicates": REPLICATES, "years": YEARS}
    return Experiment("test", **{**settings, "common": False, "seed": 7, **changes})


def design(doses=DOSES) -> pd.DataFrame:
    return pd.DataFrame(
        [{"scenario": name, "funding.grant_months": months} for months in doses for name in SCENARIOS]
    )


def cut_small(seconds=0.01) -> None:
    """Have this process cut plans into chunks of about four runs on any machine, and pack by eights."""
    planning.measured = lambda scenarios, given=None: dict.fromkeys(scenarios, seconds)
    planning.SHORTEST = 0.04
    store.PACK = 8


# --- runs: each stands in for `run_once` ----------------------------------------------------------


def slow(*words, **more):
    time.sleep(0.04)
    return run_once(*words, **more)


def logged(scenario, seed, replicate, row, plan, log, run=slow):
    """Note in a file that a run was computed, then compute it."""
    with Path(log).open("a") as file:
        file.write(f"{row - 1} {replicate}\n")
    return run(scenario, seed, replicate, row, plan=plan)


def raising(scenario, seed, replicate, row, plan):
    if (row - 1, replicate) == FATEFUL:
        raise ValueError("made to fail")
    return run_once(scenario, seed, replicate, row, plan=plan)


def undefined(scenario, seed, replicate, row, plan):
    run = run_once(scenario, seed, replicate, row, plan=plan)
    if (row - 1, replicate) == FATEFUL:
        run.series["trust_sum"][20] = np.nan
    return run


def slower(*words, **more):
    """So slow that the sweep is sure to be under way still when a test that was held up goes on."""
    time.sleep(0.25)
    return run_once(*words, **more)


def deadly(scenario, seed, replicate, row, plan):
    """Kill the process that computes it, as a crash or the system's memory killer would."""
    if (row - 1, replicate) == FATEFUL:
        os.kill(os.getpid(), signal.SIGKILL)
    return run_once(scenario, seed, replicate, row, plan=plan)


def deadly_and_slow(scenario, seed, replicate, row, plan):
    time.sleep(0.4)
    return deadly(scenario, seed, replicate, row, plan)


def endless(*words, **more):
    time.sleep(ENDLESS)


def cheap(scenario, seed, replicate, row, plan, fateful=FATEFUL):
    """No model at all: for sweeps of very many runs."""
    if (row - 1, replicate) == fateful:
        raise ValueError("made to fail")
    series = np.zeros(36, dtype=state.SERIES)
    series["ties"], series["trust_sum"] = 100.0, 50.0 + row % 50
    return SimpleNamespace(series=series)


def long(task):
    """No chunk at all: what it gives is longer than a pipe takes at once."""
    return b"x" * 1_000_000


RUNS = {
    f.__name__: f
    for f in (run_once, slow, slower, raising, undefined, deadly, deadly_and_slow, endless, cheap)
}


def compute(name="run_once", log=None):
    """What computes a chunk with such runs."""
    run = RUNS[name]
    return partial(run_chunk, run=partial(logged, log=str(log), run=run) if log else run)
