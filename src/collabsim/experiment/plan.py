"""The plan of a sweep: which runs there are, cut into chunks of about a second, and what decides the numbers.

A plan never changes. An experiment that grew (more replicates, or a longer design that begins with the same
rows) adds a plan of the new runs alone, so that the finished ones stay what they are.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from collabsim import outcomes
from collabsim.accepted import DEFAULT, ensemble
from collabsim.checks import shown
from collabsim.experiment.chunk import Task, stamp
from collabsim.experiment.factors import NOT_PARAMETERS
from collabsim.experiment.types import Experiment
from collabsim.model.simulate import run_once
from collabsim.parameters import Value
from collabsim.provenance import commit, machine
from collabsim.scenario import Scenario, load_scenario

SCHEMA = 1
LONGEST, SHORTEST = 1.5, 0.25
"""Seconds of work in a chunk: few enough to stop at once, enough to make the cost of sending it nothing."""
FEWEST_CHUNKS = 32
"""A small sweep is cut finer than `LONGEST`, so that all cores finish together."""
MOST_RUNS = 2_000
"""In a chunk, however short its runs."""


class Chunk(NamedTuple):
    """Rows `first_row` to `end_row - 1` of the design, each with `first_replicate` to `end_replicate - 1`."""

    first_row: int
    end_row: int
    first_replicate: int
    end_replicate: int

    @property
    def runs(self) -> int:
        """How many runs it holds."""
        return (self.end_row - self.first_row) * (self.end_replicate - self.first_replicate)

    def keys(self) -> tuple[np.ndarray, np.ndarray]:
        """The row and the replicate of each run, in the order in which they are stored."""
        rows = np.arange(self.first_row, self.end_row, dtype=np.int32)
        replicates = np.arange(self.first_replicate, self.end_replicate, dtype=np.int32)
        return np.repeat(rows, len(replicates)), np.tile(replicates, len(rows))


@dataclass(frozen=True)
class Plan:
    """A plan.

    Attributes
    ----------
    content : dict
        What `plan.json` holds; its keys are described in docs/explanation/results-folder.md.
    """

    content: dict[str, Any]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content, which every part carries."""
        return hashlib.sha256(canonical(self.content).encode()).hexdigest()

    @cached_property
    def chunks(self) -> dict[int, Chunk]:
        """The chunks by their numbers, which go on from those of the plan before."""
        return {
            number: Chunk(*bounds)
            for number, bounds in enumerate(self.content["chunks"], self.content["first_chunk"])
        }

    @property
    def runs(self) -> int:
        """How many runs it holds."""
        return sum(chunk.runs for chunk in self.chunks.values())

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The scalars that are recorded."""
        return tuple(self.content["outcomes"])


def canonical(content: Any) -> str:
    """JSON in the one form that is hashed."""
    return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


# --- making a plan ------------------------------------------------------------------------------


def resolve(experiment: Experiment, rows: pd.DataFrame) -> dict[str, Scenario]:
    """The scenarios that the rows name, each with the experiment's years.

    Raises
    ------
    ScenarioErrors
    """
    given = {
        **{Path(name).stem: name for name in experiment.scenarios},
        **{s: s for s in experiment.scenarios},
    }
    names = [str(name) for name in rows["scenario"].unique()]
    return {name: load_scenario(given.get(name, name), years=experiment.years) for name in names}


def recorded(experiment: Experiment) -> tuple[str, ...]:
    """The scalars that the experiment records: those it names, or every outcome over the last year."""
    return experiment.outcomes or (*(f"{o.name}_last" for o in outcomes.MONTHLY), "recovery")


def identity(experiment: Experiment, rows: pd.DataFrame, scenarios: Mapping[str, Scenario]) -> dict[str, Any]:
    """What decides the numbers of an experiment's runs, and how many there are."""
    return {
        "schema": SCHEMA,
        "code": dict(stamp()),
        "scenarios": {name: scenario.digest for name, scenario in scenarios.items()},
        "seed": experiment.seed,
        "common": experiment.common,
        "years": experiment.years,
        "outcomes": list(recorded(experiment)),
        "trajectories": experiment.trajectories,
        "uncertainty": drawn_from(experiment),
        "columns": [str(column) for column in rows.columns],
        "rows": len(rows),
        "replicates": experiment.replicates,
    }


def drawn_from(experiment: Experiment) -> str:
    """The digest of the ensemble that uncertainties are drawn from; empty where they have their defaults."""
    return "" if experiment.uncertainty == DEFAULT else ensemble().digest


def make_plan(
    experiment: Experiment,
    rows: pd.DataFrame,
    scenarios: Mapping[str, Scenario] | None = None,
    seconds: Mapping[str, float] | None = None,
    earlier: Plan | None = None,
) -> Plan:
    """Plan a sweep.

    Parameters
    ----------
    experiment : Experiment
    rows : DataFrame
        The design: a column ``scenario`` and one for each factor; an empty cell leaves the scenario's value.
    scenarios : mapping, optional
        What `resolve` returned.
    seconds : mapping, optional
        How long a run of each scenario takes; measured if not given.
    earlier : Plan, optional
        The latest plan of a folder, of which this experiment is a larger form.
    """
    scenarios = scenarios or resolve(experiment, rows)
    known = dict(earlier.content["seconds_per_run"]) if earlier else {}
    seconds = {**known, **measured({n: s for n, s in scenarios.items() if n not in known}, seconds)}
    content = {
        **identity(experiment, rows, scenarios),
        "design": rows_digest(rows),
        "experiment": described(experiment),
        "seconds_per_run": seconds,
        "extends": earlier.hash if earlier else None,
        "first_chunk": max(earlier.chunks) + 1 if earlier else 0,
        "chunks": [list(chunk) for chunk in _chunks(rows, experiment.replicates, seconds, earlier)],
        "commit": commit(),
        "machine": machine(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return Plan(content)


def described(experiment: Experiment) -> dict[str, Any]:
    """The experiment as JSON, without the place of its file; `experiment_of` reads it back."""
    answer: dict[str, Any] = json.loads(json.dumps(experiment.resolved(), default=str))
    return answer


def measured(
    scenarios: Mapping[str, Scenario], seconds: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Seconds that a run of each scenario takes, rounded; the first run compiles the model if need be."""
    if seconds is not None:
        return {name: seconds[name] for name in scenarios}
    for scenario in list(scenarios.values())[:1]:
        run_once(scenario)
    return {name: round(_seconds(scenario), 6) for name, scenario in scenarios.items()}


def _seconds(scenario: Scenario) -> float:
    began = time.process_time()
    run_once(scenario)
    return max(time.process_time() - began, 1e-6)


def _chunks(
    rows: pd.DataFrame, replicates: int, seconds: Mapping[str, float], earlier: Plan | None
) -> Iterator[Chunk]:
    """Cut what the earlier plan lacks: further replicates of its rows, then further rows."""
    cost = rows["scenario"].map(seconds).to_numpy(dtype=float)
    old_rows = earlier.content["rows"] if earlier else 0
    old_replicates = earlier.content["replicates"] if earlier else 0
    total = cost[:old_rows].sum() * (replicates - old_replicates) + cost[old_rows:].sum() * replicates
    most = min(LONGEST, max(SHORTEST, total / FEWEST_CHUNKS))
    yield from cut(0, cost[:old_rows], old_replicates, replicates, most)
    yield from cut(old_rows, cost[old_rows:], 0, replicates, most)


def cut(
    first_row: int, cost: np.ndarray, first_replicate: int, end_replicate: int, most: float
) -> Iterator[Chunk]:
    """Cut rows into chunks of at most so many seconds; a row that takes longer is cut into replicates.

    Parameters
    ----------
    first_row : int
    cost : array (rows,)
        Seconds of one run of each row.
    first_replicate, end_replicate : int
    most : float
        Seconds.
    """
    count = end_replicate - first_replicate
    if count <= 0:
        return
    start, load = 0, 0.0
    for row, second in enumerate(cost):
        full = load + second * count > most or (row - start + 1) * count > MOST_RUNS
        if full and row > start:
            yield Chunk(first_row + start, first_row + row, first_replicate, end_replicate)
            start, load = row, 0.0
        load += second * count
        if row == start and full:
            yield from _cut_row(first_row + row, second, first_replicate, end_replicate, most)
            start, load = row + 1, 0.0
    if start < len(cost):
        yield Chunk(first_row + start, first_row + len(cost), first_replicate, end_replicate)


def _cut_row(row: int, second: float, first: int, end: int, most: float) -> Iterator[Chunk]:
    size = min(MOST_RUNS, max(1, int(most / second)))
    pieces = -(-(end - first) // size)
    bounds = [first + (end - first) * piece // pieces for piece in range(pieces + 1)]
    for low, high in pairwise(bounds):
        yield Chunk(row, row + 1, low, high)


# --- from a chunk to a task ---------------------------------------------------------------------


def make_task(plan: Plan, chunk: Chunk, rows: pd.DataFrame, scenarios: Mapping[str, Scenario]) -> Task:
    """What a worker needs to compute a chunk: nothing else reaches it."""
    records = rows.iloc[chunk.first_row : chunk.end_row].to_dict("records")
    settings = tuple((str(record["scenario"]), _set(record)) for record in records)
    return Task(
        first_row=chunk.first_row,
        rows=settings,
        first_replicate=chunk.first_replicate,
        replicates=chunk.end_replicate - chunk.first_replicate,
        scenarios={name: scenarios[name] for name, _ in settings},
        seed=plan.content["seed"],
        common=plan.content["common"],
        outcomes=plan.outcomes,
        trajectories=plan.content["trajectories"],
        ensemble=plan.content.get("uncertainty", ""),
    )


def _set(record: Mapping[Any, Any]) -> dict[str, Value]:
    return {
        str(name): value
        for name, value in record.items()
        if name not in NOT_PARAMETERS and value is not None and value == value and value is not pd.NA
    }


# --- what changed -------------------------------------------------------------------------------


def rows_digest(rows: pd.DataFrame) -> str:
    """SHA-256 of a design's content: numbers bit by bit, other columns as text."""
    digest = hashlib.sha256()
    for name in rows.columns:
        digest.update(f"\x1e{name}\x1f".encode())
        digest.update(_content(rows[name]))
    return digest.hexdigest()


def _content(column: pd.Series) -> bytes:
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_extension_array_dtype(column):
        return np.ascontiguousarray(column.to_numpy(dtype=float) + 0.0).tobytes()
    return "\x1f".join("" if pd.isna(value) else str(value) for value in column).encode()


def changes(plan: Plan, rows: pd.DataFrame, now: Mapping[str, Any]) -> list[str]:
    """What differs from the sweep in a folder, one phrase each; none when it is the same or has only grown.

    Parameters
    ----------
    plan : Plan
        The latest of the folder.
    rows : DataFrame
        The design as it is now.
    now : mapping
        The `identity` of the experiment as it is now.
    """
    old = plan.content
    found = [f"{what}: {shown(old['code'][what])} then, {shown(now['code'][what])} now" for what in
             now["code"] if old["code"].get(what) != now["code"][what]]  # fmt: skip
    found = [
        text if not text.startswith("model:") else "the model's sources or the Python that runs it"
        for text in found
    ]
    found += [
        f"{key}: {shown(old[key])} then, {shown(now[key])} now"
        for key in ("schema", "seed", "common", "trajectories")
        if old[key] != now[key]
    ]
    found += _changed_years(old["years"], now["years"])
    if old.get("uncertainty", "") != now["uncertainty"]:
        found.append("where uncertainties come from: the defaults, or an ensemble")
    found += [
        f"the scenario {name}"
        for name, digest in old["scenarios"].items()
        if now["scenarios"].get(name, digest) != digest and old["years"] == now["years"]
    ]  # a scenario of another length is another scenario: the years say it already
    found += _changed_list("the outcomes recorded", old["outcomes"], now["outcomes"])
    found += _changed_list("the design's columns", old["columns"], now["columns"])
    found += [
        f"{key}: {old[key]:,} then, {now[key]:,} now" for key in ("rows", "replicates") if now[key] < old[key]
    ]
    if not found and rows_digest(rows.iloc[: old["rows"]]) != old["design"]:
        found.append(f"the first {old['rows']:,} rows of the design")
    return found


def _changed_years(old: int | None, new: int | None) -> list[str]:
    """How the length of runs differs; where none is given each scenario has its own."""
    if old == new:
        return []
    then, now = (shown(years) if years else "each scenario's own" for years in (old, new))
    return [
        f"years: {then} then, {now} now" + (f" (--years {old} goes on with it)" if old and not new else "")
    ]


def _changed_list(what: str, old: list[str], new: list[str]) -> list[str]:
    gone, come = sorted(set(old) - set(new)), sorted(set(new) - set(old))
    words = [f"without {', '.join(gone)}"] * bool(gone) + [f"with {', '.join(come)}"] * bool(come)
    if words:
        return [f"{what}: now {' and '.join(words)}"]
    return [f"{what}: their order"] if old != new else []


def has_grown(plan: Plan, now: Mapping[str, Any]) -> bool:
    """Whether an experiment without changes holds runs that the folder's plans lack."""
    return any(now[key] > plan.content[key] for key in ("rows", "replicates"))
