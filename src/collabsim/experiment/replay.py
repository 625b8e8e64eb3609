"""Runs one recorded run again, and says whether it gives the stored numbers bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow.fs import LocalFileSystem

from collabsim import outcomes
from collabsim.accepted import ACCEPTED, DEFAULT, ensemble, scenario_of_run
from collabsim.checks import ScenarioErrors, ascii_quoted
from collabsim.experiment import store
from collabsim.experiment.chunk import stamp
from collabsim.experiment.ending import CannotGoOn
from collabsim.experiment.plan import Chunk, Plan, make_task
from collabsim.experiment.results import NoResults, part_files, read_design
from collabsim.model import state
from collabsim.model.simulate import Run, Runs, run_once
from collabsim.scenario import Scenario, load_scenario


@dataclass(frozen=True)
class Recorded:
    """A run that a results folder holds.

    Attributes
    ----------
    row, replicate : int
    scenario : Scenario
        With the row's values and the experiment's years.
    seed, luck : int
        What the run's luck is a function of, besides its replicate.
    stored : dict of str to float, or None
        Its outcomes; None where the run failed or is not finished.
    failure : str
        Why it failed; empty where it did not.
    changed : tuple of str
        What of the code is not what it was when the run was recorded.
    """

    row: int
    replicate: int
    scenario: Scenario
    seed: int
    luck: int
    stored: Mapping[str, float] | None
    failure: str
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """A recorded run, run again.

    Attributes
    ----------
    recorded : Recorded
    run : Run
    values : dict of str to float
        Its outcomes now.
    """

    recorded: Recorded
    run: Run
    values: Mapping[str, float]

    @property
    def different(self) -> list[str]:
        """The outcomes that are not bit for bit what is stored."""
        stored = self.recorded.stored or {}
        return [name for name, value in stored.items() if _bits(value) != _bits(self.values[name])]


def _bits(value: float) -> bytes:
    return np.float64(value).tobytes()


def find(folder: str | Path, row: int, replicate: int) -> Recorded:
    """A run of a results folder.

    Raises
    ------
    ScenarioErrors
        When the folder holds no results, or no such run.
    """
    path = Path(folder)
    plans = _plans(path)
    plan = plans[-1]
    rows, replicates = plan.content["rows"], plan.content["replicates"]
    if not (0 <= row < rows and 0 <= replicate < replicates):
        text = f"--run is {row}/{replicate}, but there are rows 0 to {rows - 1:,}, each with replicates 0 to"
        raise ScenarioErrors([f"{text} {replicates - 1:,}."])
    stored, failure = _stored(path, plan, row, replicate)
    luck = 0 if plan.content["common"] else 1 + row
    return Recorded(
        row, replicate, _scenario(path, plan, row, replicate, luck), plan.content["seed"],
        luck, stored, failure, _changed(plans[0]),
    )  # fmt: skip


def again(recorded: Recorded, record: tuple[str, ...] = ()) -> Replay:
    """The run once more, with the tables of `collabsim.model.simulate.TABLES` that are wanted."""
    scenario = recorded.scenario
    run = run_once(scenario, recorded.seed, recorded.replicate, recorded.luck, record=record)
    no_ledger = np.empty((0, 0), dtype=state.LEDGER)
    runs = Runs(run.series[None], no_ledger, 12 * scenario.burn_in_years)
    names = tuple(recorded.stored or ())
    values = outcomes.chosen_scalars(names, runs, scenario)[0]
    return Replay(recorded, run, dict(zip(names, values.tolist(), strict=True)))


def _plans(path: Path) -> list[Plan]:
    try:
        plans = store.read_plans(path)
    except CannotGoOn as error:
        raise ScenarioErrors([error.sentence]) from None
    if not plans:
        raise ScenarioErrors([f"{ascii_quoted(str(path))} holds no results of a sweep."])
    return plans


def _design(path: Path) -> pd.DataFrame:
    try:
        return read_design(path)
    except NoResults as error:
        raise ScenarioErrors([str(error)]) from None


def _scenario(path: Path, plan: Plan, row: int, replicate: int, luck: int) -> Scenario:
    """The scenario of a run, from the files that the results folder keeps."""
    rows = _design(path)
    name = str(rows["scenario"].iloc[row])
    scenario = load_scenario(path / "scenarios" / f"{Path(name).stem}.toml")
    if scenario.digest != plan.content["scenarios"][name]:
        text = f"The scenario {name} in {ascii_quoted(str(path))} is not the one that the sweep ran."
        raise ScenarioErrors([text])
    task = make_task(plan, Chunk(row, row + 1, 0, 1), rows, {name: scenario})
    values = task.rows[0][1]
    if task.ensemble and task.ensemble != ensemble().digest:
        raise ScenarioErrors(["The sweep drew from another accepted ensemble than this version carries."])
    drawn = ACCEPTED if task.ensemble else DEFAULT
    return scenario_of_run(scenario.with_values(values), drawn, task.seed, replicate, luck, values)


def _stored(path: Path, plan: Plan, row: int, replicate: int) -> tuple[dict[str, float] | None, str]:
    """The outcomes of a run, or why there are none."""
    checked = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    files = [str(file) for file in part_files(path)]
    found: list[dict[str, Any]] = []
    if files:
        wanted = (ds.field("row") == row) & (ds.field("replicate") == replicate)
        parts = ds.dataset(
            files,
            format=ds.ParquetFileFormat(default_fragment_scan_options=checked),
            filesystem=LocalFileSystem(),
        )
        found = _read(parts, wanted)
    if not found:
        raise ScenarioErrors([f"Run {row}/{replicate} is not finished yet: run the same sweep again."])
    if found[0]["failure"]:
        return None, str(found[0]["error"])
    return {name: found[0][name] for name in plan.outcomes}, ""


def _read(parts: ds.Dataset, wanted: ds.Expression) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = parts.to_table(filter=wanted).to_pylist()
    except pa.ArrowException as error:
        words = " ".join(str(error).split())[:200]
        text = f"A part is damaged; run the same sweep again to mend it ({words})."
        raise ScenarioErrors([text]) from None
    return rows


def _changed(plan: Plan) -> tuple[str, ...]:
    then, now = plan.content["code"], stamp()
    return tuple(name for name in now if then.get(name) != now[name])
