"""How long an experiment takes and how much disk its results need, before it is run."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from collabsim.experiment.design import scenario_of
from collabsim.experiment.types import Experiment
from collabsim.model.simulate import run_once
from collabsim.outcomes import MONTHLY

TIMED = 6
"""Rows of which a run is timed."""
BYTES_PER_OUTCOME, BYTES_PER_RUN, BYTES_PER_CELL = 5.0, 3.0, 6.0
"""Measured on compressed parts and designs."""
BYTES_AT_LEAST = 50_000
"""Of plan, scenarios and the parts' own descriptions, however few the runs."""
BYTES_PER_MONTHLY_VALUE = 1.7
"""Measured on compressed trajectories."""


@dataclass(frozen=True)
class Estimate:
    """What an experiment will take.

    Attributes
    ----------
    rows, runs : int
    seconds_per_run : float
        On one core.
    workers : int
    seconds : float
        In all, on so many workers.
    bytes : int
        On disk.
    """

    rows: int
    runs: int
    seconds_per_run: float
    workers: int
    seconds: float
    bytes: int


def estimate(experiment: Experiment, rows: pd.DataFrame, workers: int) -> Estimate:
    """Time a run of a few rows, spread over the design, and multiply.

    Parameters
    ----------
    experiment : Experiment
    rows : DataFrame
        Its design.
    workers : int
        How many runs go on at a time.
    """
    runs = len(rows) * experiment.replicates
    seconds = _seconds_per_run(experiment, rows)
    return Estimate(len(rows), runs, seconds, workers, runs * seconds / workers, _bytes(experiment, rows))


def _seconds_per_run(experiment: Experiment, rows: pd.DataFrame) -> float:
    """Mean processor time of a run, the first of all (which may compile the model) not being counted."""
    chosen = np.unique(np.linspace(0, len(rows) - 1, TIMED).astype(int))
    scenarios = [scenario_of(experiment, rows.iloc[number].to_dict()) for number in chosen]
    run_once(scenarios[0])
    began = time.process_time()
    for scenario in scenarios:
        run_once(scenario)
    return max(time.process_time() - began, 1e-6) / len(scenarios)


def _bytes(experiment: Experiment, rows: pd.DataFrame) -> int:
    runs = len(rows) * experiment.replicates
    of_run = BYTES_PER_RUN + BYTES_PER_OUTCOME * len(experiment.recorded)
    if experiment.trajectories:
        scenario = next(iter(experiment.loaded.values()))
        months = 12 * (scenario.burn_in_years + (experiment.years or scenario.years))
        of_run += BYTES_PER_MONTHLY_VALUE * months * len(MONTHLY)
    return int(BYTES_AT_LEAST + runs * of_run + BYTES_PER_CELL * rows.size)
