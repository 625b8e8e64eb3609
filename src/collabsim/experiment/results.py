"""Reads a results folder into data frames, finished or not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from collabsim.experiment import store
from collabsim.experiment.ending import CannotGoOn
from collabsim.experiment.plan import Plan

ATTEMPTS = 5
"""A sweep that is under way may pack files while they are being read."""


class NoResults(ValueError):
    """A folder cannot be read as results; the message is a plain sentence."""


@dataclass(frozen=True)
class Results:
    """The results of a sweep.

    Attributes
    ----------
    path : Path
    plans : list of Plan
    design : DataFrame
        A row for each design point: ``scenario`` and the factors.
    runs : DataFrame
        A row for each run that went well: ``row``, ``replicate``, ``member`` (where runs drew one of the accepted
        ensemble), the design's columns and the outcomes.
    failures : DataFrame
        A row for each run that failed: ``row``, ``replicate``, ``seed``, ``failure`` (its kind), ``error``,
        ``traceback``.
    """

    path: Path
    plans: list[Plan]
    design: pd.DataFrame
    runs: pd.DataFrame
    failures: pd.DataFrame

    @property
    def plan(self) -> dict[str, Any]:
        """The content of the latest plan: versions, seed, digests, machine, time."""
        return self.plans[-1].content

    @property
    def outcomes(self) -> list[str]:
        """The names of the outcomes that were read."""
        return [name for name in self.plans[-1].outcomes if name in self.runs]

    @property
    def complete(self) -> bool:
        """Whether every planned run is there."""
        return len(self.runs) + len(self.failures) == sum(plan.runs for plan in self.plans)

    @cached_property
    def series(self) -> pd.DataFrame:
        """The monthly outcomes of every run (``row``, ``replicate``, ``month``, ...), read when asked for.

        Month 0 is the first after the policy's start. Empty when the sweep recorded none.
        """
        tables = _read(lambda: [store.read_checked(file) for file in part_files(self.path, store.SERIES)])
        return pa.concat_tables(tables).to_pandas() if tables else pd.DataFrame()

    @property
    def digest(self) -> str:
        """SHA-256 of rows, replicates, outcomes and failures: the same however the results were made."""
        digest = hashlib.sha256()
        for name in (*store.KEYS, *self.outcomes):
            digest.update(np.ascontiguousarray(self.runs[name].to_numpy()).tobytes())
        failures = self.failures[["row", "replicate", "failure", "error"]]
        digest.update(repr(failures.values.tolist()).encode())
        return digest.hexdigest()


def load_results(
    path: str | Path, outcomes: Sequence[str] | None = None, *, design_columns: bool = True
) -> Results:
    """Read a results folder, finished or not.

    Parameters
    ----------
    path : str or Path
    outcomes : sequence of str, optional
        The outcomes to read; all if not given.
    design_columns : bool
        Whether each run carries its row of the design. Without, a million runs take half the memory.

    Raises
    ------
    NoResults
        When the folder holds no sweep, or a file in it is damaged.
    """
    folder = Path(path)
    try:
        plans = store.read_plans(folder)
    except CannotGoOn as error:
        raise NoResults(error.sentence) from None
    if not plans:
        raise NoResults(f"{folder} holds no results of a sweep.")
    design = read_design(folder)
    columns = [*store.keys_of(plans[-1]), *(outcomes or plans[-1].outcomes), "failure"]
    runs = _table(folder, columns, lambda table: table.filter(table["failure"].is_null())).drop(
        columns="failure"
    )
    if design_columns:
        runs = _with_design(runs, design)
    return Results(folder, plans, design, runs, read_failures(folder))


def read_design(folder: Path) -> pd.DataFrame:
    """The design of a results folder, a line for each row.

    Raises
    ------
    NoResults
        When its file is lost or damaged.
    """
    try:
        rows: pd.DataFrame = store.read_checked(folder / store.DESIGN).to_pandas()
    except (pa.ArrowException, OSError) as error:
        words = " ".join(str(error).split())[:200]
        raise NoResults(
            f"The design is lost or damaged; run the same sweep again to mend it ({words})."
        ) from None
    return rows


def _with_design(runs: pd.DataFrame, design: pd.DataFrame) -> pd.DataFrame:
    told = design.astype(dict.fromkeys(design.select_dtypes(include=["object", "string"]), "category"))
    told = told.iloc[runs["row"]].reset_index(drop=True)
    names = [name for name in (*store.KEYS, store.MEMBER) if name in runs]
    keys, values = runs[names], runs.drop(columns=names)
    return pd.concat([keys, told, values], axis=1)


def read_failures(path: Path) -> pd.DataFrame:
    """The runs that failed: row, replicate, seed, kind of failure, error, traceback."""
    failures = _table(
        path, [*store.KEYS, *store.FAILURE], lambda table: table.filter(table["failure"].is_valid())
    )
    failures.insert(2, "seed", store.read_plans(path)[0].content["seed"])
    return failures


def part_files(path: str | Path, folder: str = store.PARTS) -> list[Path]:
    """The files that together hold each finished chunk once, by chunk; read these rather than a pattern."""
    found = [(store.numbers_of(file), file) for file in (Path(path) / folder).glob("*.parquet")]
    named = [(numbers, file) for numbers, file in found if numbers]
    packed = {number for numbers, _ in named if len(numbers) > 1 for number in numbers}
    kept = [(n[0], file) for n, file in named if len(n) > 1 or n[0] not in packed]
    return [file for _, file in sorted(kept)]


def _table(
    path: Path, columns: list[str], keep: Callable[[pa.Table], pa.Table] = lambda table: table
) -> pd.DataFrame:
    """Columns of all parts, by row and replicate."""
    tables = _read(lambda: [keep(store.read_checked(file, columns)) for file in part_files(path)])
    if not tables:
        kinds = dict.fromkeys(store.KEYS, np.int32) | dict.fromkeys(store.FAILURE, object)
        return pd.DataFrame({name: np.array([], kinds.get(name, float)) for name in columns})
    table = pa.concat_tables(table.replace_schema_metadata(None) for table in tables)
    frame: pd.DataFrame = table.select(columns).to_pandas(split_blocks=True, self_destruct=True)
    order = frame["row"].to_numpy(np.int64) << 32 | frame["replicate"].to_numpy(np.int64)
    sorted_already = bool((order[1:] > order[:-1]).all())
    return frame if sorted_already else frame.iloc[np.argsort(order)].reset_index(drop=True)


def _read(read: Callable[[], list[pa.Table]]) -> list[pa.Table]:
    for attempt in range(ATTEMPTS):
        try:
            return read()
        except FileNotFoundError:
            if attempt + 1 == ATTEMPTS:
                raise
        except (pa.ArrowException, OSError) as error:
            words = " ".join(str(error).split())[:200]
            raise NoResults(f"A part is damaged; run the same sweep again to mend it ({words}).") from None
    return []
