"""The results folder while a sweep writes to it. One process writes, holding the folder's lock.

A chunk is finished when its file is under its final name and verifies: no list of finished chunks is kept
that could fall out of step with the files. Layout: docs/explanation/results-folder.md.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from collabsim import scenario_text
from collabsim.accepted import members_of
from collabsim.experiment.chunk import Failure, Part
from collabsim.experiment.ending import CANNOT_WRITE, IN_USE, REFUSED, CannotGoOn
from collabsim.experiment.plan import Chunk, Plan, described
from collabsim.experiment.types import Experiment
from collabsim.scenario import Scenario

PARTS, SERIES, QUARANTINE, EARLIER = "parts", "series", "quarantine", "earlier"
DESIGN = "design.parquet"
OWN = ("experiment.toml", "resolved.json", DESIGN, "failures.parquet", "scenarios", PARTS, SERIES,
       QUARANTINE, EARLIER)  # fmt: skip
"""What a folder of results may hold besides its plans."""
PACK = 64
"""Chunks that are packed into one file when all of them are finished: many small files are slow to read."""
_NAME = re.compile(r"(\d{6,})(?:-(\d{6,}))?\.parquet")
_PLAN, _CHUNKS, _CONTENT = b"collabsim.plan", b"collabsim.chunks", b"collabsim.content"
KEYS = ("row", "replicate")
MEMBER = "member"
"""The column that says which member of the accepted ensemble a run drew, in a sweep that draws from it."""
FAILURE = ("failure", "error", "traceback")


class Damaged(Exception):
    """A file is not what its name says; the message says why."""


class Store:
    """A results folder, open for writing; use it as a context.

    Attributes
    ----------
    path : Path
    plans : list of Plan
        The first plan, and those that extend it.
    set_aside : list of str
        Files moved to the quarantine when the folder was opened, each with the reason.
    failed : int
        Failed runs that were there when the folder was opened.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.plans: list[Plan] = []
        self.set_aside: list[str] = []
        self.failed = 0
        self._lock = FileLock(self.path / ".lock", blocking=False)
        self._finished: set[int] = set()

    def __enter__(self) -> Store:
        """Take the folder's lock.

        Raises
        ------
        CannotGoOn
            When another sweep holds it, the folder cannot be written to, or holds something else.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            _refuse_others_folder(self.path)
            self._lock.acquire()
        except Timeout:
            raise CannotGoOn(
                IN_USE, f"Another sweep is writing to {self.path}: wait until it ends."
            ) from None
        except OSError as error:
            raise cannot_write(self.path, error) from None
        try:
            self.plans = read_plans(self.path)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the lock."""
        self._lock.release()

    # --- beginning -------------------------------------------------------------------------------

    def begin(
        self,
        plan: Plan,
        experiment: Experiment,
        rows: pd.DataFrame,
        scenarios: Mapping[str, Scenario],
    ) -> None:
        """Write what the sweep is, its plan last: without a plan a folder holds nothing yet."""
        try:
            for folder in (PARTS, "scenarios", *([SERIES] if experiment.trajectories else [])):
                (self.path / folder).mkdir(exist_ok=True)
            given = experiment.path.read_bytes() if experiment.path else b""
            resolved = json.dumps(described(experiment), indent=2).encode()
            write_atomically(self.path / "experiment.toml", given)
            write_atomically(self.path / "resolved.json", resolved)
            for name, scenario in scenarios.items():
                text = scenario_text.to_toml(scenario)
                write_atomically(self.path / "scenarios" / f"{Path(name).stem}.toml", text.encode())
            write_atomically(self.path / DESIGN, _parquet(_design_table(rows)))
            text = json.dumps({"hash": plan.hash, "plan": plan.content}, indent=1)
            write_atomically(self.path / _plan_name(len(self.plans)), text.encode())
        except OSError as error:
            raise cannot_write(self.path, error) from None
        self.plans.append(plan)

    def mend_design(self, rows: pd.DataFrame) -> bool:
        """Write the design again if its file is not what it was; say whether that was so."""
        path = self.path / DESIGN
        try:
            if read_checked(path).equals(_design_table(rows)):
                return False
        except (pa.ArrowException, OSError, ValueError):
            pass  # lost or damaged
        try:
            write_atomically(path, _parquet(_design_table(rows)))
        except OSError as error:
            raise cannot_write(self.path, error) from None
        return True

    def make_way(self) -> Path | None:
        """Move the results that are here into `earlier/`, for a fresh start; None when there are none."""
        here = [entry for entry in self.path.iterdir() if entry.name not in (".lock", EARLIER)]
        self.plans = []
        if not here:
            return None
        aside = self.path / EARLIER / datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        try:
            aside.mkdir(parents=True)
            for entry in sorted(here, key=lambda entry: not entry.name.startswith("plan")):
                entry.rename(aside / entry.name)
        except OSError as error:
            raise cannot_write(self.path, error) from None
        return aside

    # --- what is finished ------------------------------------------------------------------------

    @property
    def chunks(self) -> dict[int, Chunk]:
        """The chunks of all plans by number."""
        return {number: chunk for plan in self.plans for number, chunk in plan.chunks.items()}

    def missing(self) -> list[int]:
        """Verify every file, set aside what is not right, and list the chunks that are not finished."""
        try:
            for folder in self._folders():
                for path in folder.glob(".tmp-*"):
                    path.unlink()
            self._finished, self.failed = set(), 0
            for path, chunks in sorted(self._files(), key=lambda item: -len(item[1])):
                self._examine(path, chunks)
        except OSError as error:
            raise cannot_write(self.path, error) from None
        return [number for number in self.chunks if number not in self._finished]

    def _folders(self) -> list[Path]:
        return [self.path / name for name in (".", PARTS, SERIES, "scenarios") if (self.path / name).is_dir()]

    def _files(self) -> Iterator[tuple[Path, range]]:
        """The parts and the chunks that their names claim; what has another name is set aside."""
        for path in sorted((self.path / PARTS).iterdir()):
            numbers = numbers_of(path)
            if numbers is None or not path.is_file():
                self._quarantine(path, "has a name that no part has")
            else:
                yield path, numbers

    def _examine(self, path: Path, numbers: range) -> None:
        if self._finished.issuperset(numbers):  # packed already: the crash came before it was removed
            self._remove(numbers)
            return
        try:
            table = self.verify(path, numbers)
            if self.plans[0].content["trajectories"]:
                self._verify_series(self.path / SERIES / path.name, numbers)
            self._finished.update(numbers)
            self.failed += len(table) - table["failure"].null_count
        except (Damaged, pa.ArrowException, OSError, ValueError) as error:
            self._quarantine(path, str(error))

    def verify(self, path: Path, numbers: range) -> pa.Table:
        """Read a part and check that it is whole, of this sweep, and holds the runs that its name claims.

        Raises
        ------
        Damaged
            Also Arrow's own errors, where the file cannot be read or a checksum is wrong.
        """
        table = read_checked(path)
        chunks, plan = self._planned(numbers)
        _check_label(table, plan, numbers)
        if table.column_names != [*keys_of(plan), *plan.outcomes, *FAILURE]:
            raise Damaged("has other columns than the plan")
        keys = [chunk.keys() for chunk in chunks]
        for column, expected in zip(KEYS, zip(*keys, strict=True), strict=True):
            if not np.array_equal(table[column].to_numpy(), np.concatenate(expected)):
                raise Damaged(f"holds other runs than the plan (column {column})")
        return table

    def _verify_series(self, path: Path, numbers: range) -> None:
        if not path.exists():
            raise Damaged("has no trajectories beside it")
        _check_label(read_checked(path), self._planned(numbers)[1], numbers)

    def _planned(self, numbers: range) -> tuple[list[Chunk], Plan]:
        for plan in self.plans:
            if numbers[0] in plan.chunks and numbers[-1] in plan.chunks:
                return [plan.chunks[number] for number in numbers], plan
        raise Damaged("holds chunks that the plan does not have")

    def _quarantine(self, path: Path, reason: str) -> None:
        (self.path / QUARANTINE).mkdir(exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        path.rename(self.path / QUARANTINE / f"{stamp}-{path.name}")
        _sync_folder(path.parent)
        self.set_aside.append(f"{PARTS}/{path.name}: {' '.join(reason.split())[:200]}")

    # --- writing ---------------------------------------------------------------------------------

    def write(self, number: int, part: Part) -> None:
        """Write a finished chunk; when its neighbours are finished too, pack them into one file.

        Raises
        ------
        CannotGoOn
            When the disk is full, or the file cannot be written for another reason.
        """
        plan = self._planned(range(number, number + 1))[1]
        name = _part_name(range(number, number + 1))
        label = _label(plan, range(number, number + 1))
        try:
            if part.series:
                table = _series_table(plan.chunks[number], part)
                write_atomically(self.path / SERIES / name, _parquet(_labelled(table, label)))
            table = _part_table(plan, plan.chunks[number], part)
            write_atomically(self.path / PARTS / name, _parquet(_labelled(table, label)))
        except OSError as error:
            raise cannot_write(self.path, error) from None
        self._finished.add(number)
        self._pack(_block(plan, number))

    def tidy(self) -> None:
        """Pack what can be packed."""
        for plan in self.plans:
            for first in range(min(plan.chunks), max(plan.chunks) + 1, PACK):
                self._pack(_block(plan, first))

    def write_failures(self, failures: pd.DataFrame) -> None:
        """Write failures.parquet, a copy of the failed runs in the parts."""
        try:
            table = pa.Table.from_pandas(failures, preserve_index=False)
            write_atomically(self.path / "failures.parquet", _parquet(table))
        except OSError as error:
            raise cannot_write(self.path, error) from None

    def _pack(self, block: range) -> None:
        """Put the chunks of a finished block into one file. It saves time later: on a full disk it waits."""
        single = self.path / PARTS / _part_name(range(block[0], block[0] + 1))
        if len(block) < 2 or not self._finished.issuperset(block) or not single.exists():
            return
        folders = [self.path / SERIES] if self.plans[0].content["trajectories"] else []
        try:
            for folder in [*folders, self.path / PARTS]:
                _pack_folder(folder, block, _label(self._planned(block)[1], block))
            self._remove(block)
        except (OSError, pa.ArrowException):
            return

    def _remove(self, numbers: range) -> None:
        """Remove the files of single chunks that are in a pack."""
        for number in numbers:
            for folder in (PARTS, SERIES):
                (self.path / folder / _part_name(range(number, number + 1))).unlink(missing_ok=True)


# --- names and plans ----------------------------------------------------------------------------


def numbers_of(path: Path) -> range | None:
    """The chunks that a part's name claims; None when it is no part's name."""
    found = _NAME.fullmatch(path.name)
    if not found:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return range(first, last + 1) if last >= first else None


def _part_name(numbers: range) -> str:
    last = f"-{numbers[-1]:06d}" if len(numbers) > 1 else ""
    return f"{numbers[0]:06d}{last}.parquet"


def _block(plan: Plan, number: int) -> range:
    """The neighbours that a chunk is packed with."""
    begin, end = min(plan.chunks), max(plan.chunks) + 1
    first = begin + (number - begin) // PACK * PACK
    return range(first, min(first + PACK, end))


def _plan_name(earlier: int) -> str:
    return f"plan-{earlier + 1}.json" if earlier else "plan.json"


def read_plans(path: Path) -> list[Plan]:
    """The plans of a folder, the first one first.

    Raises
    ------
    CannotGoOn
        When one cannot be read, was changed, or does not extend the one before.
    """
    plans: list[Plan] = []
    while (file := path / _plan_name(len(plans))).exists():
        try:
            content = json.loads(file.read_bytes())
            plan = Plan(content["plan"])
            whole = plan.hash == content["hash"]
        except (OSError, ValueError, KeyError, TypeError):
            whole = False
        if not whole or plan.content["extends"] != (plans[-1].hash if plans else None):
            sentence = (
                f"{file} is damaged or was changed; put the original back, or begin afresh with --fresh."
            )
            raise CannotGoOn(REFUSED, sentence)
        plans.append(plan)
    return plans


def _refuse_others_folder(path: Path) -> None:
    names = {entry.name for entry in path.iterdir()}
    strange = [n for n in names if n not in OWN and not n.startswith((".", "plan")) and n != "plan.json"]
    if "plan.json" not in names and strange:
        sentence = f"{path} holds other things and no sweep; name a new or an empty folder."
        raise CannotGoOn(REFUSED, sentence)


# --- tables -------------------------------------------------------------------------------------


def keys_of(plan: Plan) -> tuple[str, ...]:
    """What names a run in a part: its row, its replicate and, where it drew one, its member of the ensemble."""
    return (*KEYS, MEMBER) if plan.content.get("uncertainty") else KEYS


def _part_table(plan: Plan, chunk: Chunk, part: Part) -> pa.Table:
    row, replicate = chunk.keys()
    failures = [failure or Failure("", "") for failure in part.failures]
    columns: dict[str, Any] = {"row": pa.array(row), "replicate": pa.array(replicate)}
    if MEMBER in keys_of(plan):
        drawn = members_of(plan.content["seed"], row, replicate, plan.content["common"])
        columns[MEMBER] = pa.array(drawn, pa.int32())
    for number, name in enumerate(plan.outcomes):
        columns[name] = pa.array(np.ascontiguousarray(part.values[:, number]), pa.float64())
    for name, key in zip(FAILURE, ("kind", "error", "traceback"), strict=True):
        columns[name] = pa.array([getattr(failure, key) or None for failure in failures], pa.string())
    return pa.table(columns)


def _series_table(chunk: Chunk, part: Part) -> pa.Table:
    row, replicate = chunk.keys()
    run = part.series["run"].astype(np.int64)
    others = {name: pa.array(array) for name, array in part.series.items() if name != "run"}
    return pa.table({"row": pa.array(row[run]), "replicate": pa.array(replicate[run]), **others})


def _label(plan: Plan, numbers: range) -> dict[bytes, bytes]:
    """What a file carries about itself: the plan that it belongs to, and its chunks."""
    return {_PLAN: plan.hash.encode(), _CHUNKS: f"{numbers[0]}-{numbers[-1]}".encode()}


def _labelled(table: pa.Table, label: Mapping[bytes, bytes]) -> pa.Table:
    return table.replace_schema_metadata({**label, _CONTENT: _content_digest(table)})


def _check_label(table: pa.Table, plan: Plan, numbers: range) -> None:
    found = table.schema.metadata or {}
    for key, value in _label(plan, numbers).items():
        if found.get(key) != value:
            raise Damaged(
                "belongs to another sweep" if key == _PLAN else "holds other chunks than its name says"
            )
    if found.get(_CONTENT) != _content_digest(table):
        raise Damaged("does not hold what was written")


def _content_digest(table: pa.Table) -> bytes:
    """SHA-256 of the values: the checksums of pages leave out the part of a file that says where they are."""
    digest = hashlib.sha256()
    for name, column in zip(table.column_names, table.columns, strict=True):
        digest.update(name.encode())
        if pa.types.is_string(column.type):
            words = column.to_pylist() if column.null_count < len(column) else []
            digest.update(repr(words).encode())
        else:
            digest.update(column.to_numpy().tobytes())
    return digest.hexdigest().encode()


def _pack_folder(folder: Path, block: range, label: Mapping[bytes, bytes]) -> None:
    tables = [read_checked(folder / _part_name(range(number, number + 1))) for number in block]
    table = pa.concat_tables(table.replace_schema_metadata(None) for table in tables)
    write_atomically(folder / _part_name(block), _parquet(_labelled(table, label)))


def read_checked(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a Parquet file, verifying the checksum of every page."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        return file.read(columns=columns)


def _design_table(rows: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(rows, preserve_index=False)


def _parquet(table: pa.Table) -> bytes:
    buffer = BytesIO()
    pq.write_table(table, buffer, compression="zstd", use_dictionary=False, write_page_checksum=True)
    return buffer.getvalue()


# --- files --------------------------------------------------------------------------------------


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that, whatever happens, it is there as a whole or not at all."""
    temporary = path.with_name(f".tmp-{path.name}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system lets a folder be synchronised."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def cannot_write(path: Path, error: OSError) -> CannotGoOn:
    """The end of a sweep whose folder takes no more, in words."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    why = "the disk is full" if full else (error.strerror or str(error))
    free = f" ({shutil.disk_usage(path).free / 1e6:,.1f} MB free)" if full and path.exists() else ""
    return CannotGoOn(CANNOT_WRITE, f"Cannot write to {path}: {why}{free}.")
