"""Writes what happened in runs as Parquet tables, one row group per replicate.

| table | a row is |
|---|---|
| relationships | a relationship between two ordinary posts at a year's end, both ends being filled |
| cases | a closed case |
| staff | a spell: somebody in a post, from arrival to leaving or the end of the run |
| events | an event, as in docs/reference/odd.md, section 8 |

Weeks are counted from the start of the burn-in. `replicate`, `post` and `occupant` name one spell in `staff`
and in `relationships`.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from collabsim.accepted import DEFAULT, scenario_of_run
from collabsim.analysis.samples import NOBODY, Watcher
from collabsim.model import state
from collabsim.model.founding import blueprint
from collabsim.model.simulate import TABLES, Run, run_once, total_weeks
from collabsim.scenario import Scenario
from collabsim.spells import Spell, spells

__all__ = ["TABLES", "write_records"]

POST_KINDS = ("ordinary", "key worker", "project manager")
_PARTS = 16  # replicates held in memory at a time


def write_records(
    scenario: Scenario,
    replicates: int,
    seed: int,
    tables: Sequence[str],
    folder: Path,
    *,
    first: int = 0,
    row: int = 0,
    workers: int | None = None,
    watcher: Watcher = NOBODY,
    uncertainty: str = DEFAULT,
    keep: Collection[str] = (),
) -> list[Path]:
    """Run a scenario once more and write what happened, table by table.

    Parameters
    ----------
    scenario : Scenario
    replicates, seed : int
    tables : sequence of str
        Any of `TABLES`.
    folder : Path
        Where `<table>.parquet` are written; it must be there.
    first, row : int
        Number of the first replicate, and the row of a design whose luck is meant.
    workers : int, optional
    watcher : Watcher
    uncertainty, keep
        As in `collabsim.analysis.samples.sample`.

    Returns
    -------
    list of Path
    """
    watcher.expect(replicates)
    writers = _Writers(folder, tables)
    try:
        drawn = _Drawn(uncertainty, keep)
        for replicate, run in _runs(
            scenario, range(first, first + replicates), seed, row, tables, workers, drawn
        ):
            book = _Book(scenario, run, replicate)
            for table in tables:
                writers.write(table, getattr(book, table)())
            watcher.tick()
    except BaseException:
        writers.give_up()
        raise
    return writers.finish()


def _runs(
    scenario: Scenario,
    replicates: range,
    seed: int,
    row: int,
    tables: Sequence[str],
    workers: int | None,
    drawn: _Drawn,
) -> Iterator[tuple[int, Run]]:
    """Recorded replicates in their order, a few at a time."""

    def one(n: int) -> Run:
        own = scenario_of_run(scenario, drawn.uncertainty, seed, n, row, drawn.keep)
        return run_once(own, seed, n, row, record=tables, plan=plan if own is scenario else None)

    plan = blueprint(scenario)
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for first in range(0, len(replicates), _PARTS):
            numbers = replicates[first : first + _PARTS]
            yield from zip(numbers, pool.map(one, numbers), strict=True)


class _Drawn(NamedTuple):
    """Where the uncertainties' values come from, and which of them are not touched."""

    uncertainty: str
    keep: Collection[str]


class _Writers:
    """One Parquet file per table, which gets its name only when it is whole."""

    def __init__(self, folder: Path, tables: Sequence[str]) -> None:
        self._paths = {table: folder / f"{table}.parquet" for table in tables}
        self._open: dict[str, pq.ParquetWriter] = {}

    def write(self, table: str, rows: pa.Table) -> None:
        if table not in self._open:
            self._open[table] = pq.ParquetWriter(self._unfinished(table), rows.schema)
        self._open[table].write_table(rows)

    def finish(self) -> list[Path]:
        for table, writer in self._open.items():
            writer.close()
            self._unfinished(table).replace(self._paths[table])
        return list(self._paths.values())

    def give_up(self) -> None:
        for table, writer in self._open.items():
            writer.close()
            self._unfinished(table).unlink(missing_ok=True)

    def _unfinished(self, table: str) -> Path:
        return self._paths[table].with_suffix(".parquet.unfinished")


# --- tables -------------------------------------------------------------------------------------


class _Book:
    """The tables of one replicate."""

    def __init__(self, scenario: Scenario, run: Run, replicate: int) -> None:
        self._scenario, self._run, self._replicate = scenario, run, replicate
        self._posts = {int(post["id"]): post for post in run.arrays["posts"]}

    def events(self) -> pa.Table:
        """Events, each with its kind in words."""
        rows = self._run.events
        columns = _columns(rows)
        columns["kind"] = pa.array(state.EVENT_KINDS).take(pa.array(rows["kind"].copy()))
        return self._table(len(rows), columns)

    def cases(self) -> pa.Table:
        """Closed cases; `post_0` to `post_3` are its workers at the end, -1 being none."""
        rows = self._run.closed_cases
        return self._table(len(rows), _columns(rows))

    def relationships(self) -> pa.Table:
        """Relationships at each year's end, with the agencies of both ends."""
        rows = self._run.snapshots
        agencies = {
            name: pa.array([self._agency(post) for post in rows[end].tolist()], pa.string())
            for name, end in (("agency", "post"), ("other_agency", "other"))
        }
        return self._table(len(rows), {**_columns(rows), **agencies})

    def staff(self) -> pa.Table:
        """Spells, with the post's agency, kind and money when the spell began."""
        rows = spells(self._run.events, self._run.arrays["posts"], total_weeks(self._scenario))
        columns = {
            "post": pa.array([s.post for s in rows], pa.int64()),
            "agency": pa.array([self._agency(s.post) for s in rows], pa.string()),
            "kind": pa.array([POST_KINDS[self._posts[s.post]["kind"]] for s in rows], pa.string()),
            "contract": pa.array([self._contract(s) for s in rows], pa.string()),
            "grant": pa.array([self._grant(s.post) for s in rows], pa.int64()),
            "occupant": pa.array([s.occupant for s in rows], pa.int64()),
            "started": pa.array([s.started for s in rows], pa.int64()),
            "left": pa.array([s.left for s in rows], pa.int64()),
            "reason": pa.array([s.reason for s in rows], pa.string()),
            "tenure": pa.array([s.tenure for s in rows], pa.int64()),
        }
        return self._table(len(rows), columns)

    def _table(self, length: int, columns: Mapping[str, Any]) -> pa.Table:
        return pa.table({"replicate": np.full(length, self._replicate, dtype=np.int64), **columns})

    def _agency(self, post: int) -> str:
        """The name of a post's agency; hub posts are employed by the host."""
        number = int(self._posts[post]["agency"])
        agencies = self._scenario.agencies
        return agencies[number if number < len(agencies) else self._scenario.host].name

    def _grant(self, post: int) -> int | None:
        number = int(self._posts[post]["grant"])
        return None if number == state.CORE else number

    def _contract(self, spell: Spell) -> str:
        """Grant or core, by the policy in force when the spell began."""
        post = self._posts[spell.post]
        weeks, policies = self._run.arrays["policy_weeks"], self._run.arrays["policies"]
        policy = policies[np.searchsorted(weeks, max(0, spell.started), side="right") - 1]
        in_hub = post["kind"] != state.ORDINARY
        paid_by_core = policy["funding_permanent"] > 0 or (in_hub and policy["key_worker_grant_funded"] == 0)
        return "core" if post["grant"] == state.CORE or paid_by_core else "grant"


def _columns(rows: np.ndarray) -> dict[str, Any]:
    return {name: pa.array(rows[name].copy()) for name in rows.dtype.names or ()}
