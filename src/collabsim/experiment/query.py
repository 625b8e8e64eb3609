"""SQL over a results folder: three views, nothing else, and no way out.

DuckDB reads Arrow tables that Python opens: it never sees a file's name. So access to files and the network
is switched off, and the settings are locked, before a word of the user's SQL is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow.fs import LocalFileSystem

from collabsim.checks import ScenarioErrors, ascii_quoted
from collabsim.experiment import store
from collabsim.experiment.ending import CannotGoOn
from collabsim.experiment.plan import Plan
from collabsim.experiment.results import NoResults, part_files, read_design
from collabsim.parameters import PARAMETER

VIEWS = {
    "runs": "a row for each run that went well: row, replicate, the design's columns, the outcomes",
    "design": "a row for each row of the design: row, scenario, the factors",
    "failures": "a row for each run that failed: row, replicate, seed, failure, error, traceback",
}
MEMORY = "1GB"
_LOCKS = (
    f"memory_limit = '{MEMORY}'",
    "temp_directory = ''",
    "python_enable_replacements = false",
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "enable_external_access = false",
    "lock_configuration = true",
)
_LONGEST = 500


@contextmanager
def answer(folder: str | Path, sql: str) -> Iterator[pa.RecordBatchReader]:
    """The rows that a query gives, in batches, so that a long answer takes no more memory than a short one.

    Parameters
    ----------
    folder : str or Path
        A results folder, finished or not.
    sql : str
        One statement that gives rows. Views: `VIEWS`. A number that is missing is null.

    Raises
    ------
    ScenarioErrors
        When the folder holds no results, or the statement is none that can be run.
    """
    connection = _connect(Path(folder))
    try:
        with _plainly(sql):
            found = connection.sql(_statement(connection, sql))
            # DuckDB renamed this in version 2.
            read = getattr(found, "to_arrow_reader", None) or found.fetch_arrow_reader
            yield read(10_000)
    finally:
        connection.close()


def ask(folder: str | Path, sql: str) -> pa.Table:
    """All rows that a query gives; see `answer`."""
    with answer(folder, sql) as reader:
        return reader.read_all()


@contextmanager
def _plainly(sql: str = "") -> Iterator[None]:
    """Turn what DuckDB and Arrow say into a plain sentence."""
    try:
        yield
    except duckdb.Error as error:
        raise ScenarioErrors([f"The SQL cannot be run: {_words(error)}{_hint(error, sql)}."]) from None
    except pa.ArrowException as error:
        text = f"The results cannot be read, run the same sweep again to mend them: {_words(error)}."
        raise ScenarioErrors([text]) from None


def _words(error: Exception) -> str:
    """An error's message on one line, without the lines that point at the statement."""
    message = str(error).partition("\nLINE ")[0]
    words = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    return words[:_LONGEST].rstrip(".!") or type(error).__name__


def _hint(error: Exception, sql: str) -> str:
    """That a name with a dot needs quotes, where SQL took what stands before its dot for a table."""
    table = re.search(r'Referenced table "(\w+)" not found', str(error))
    name = re.search(rf"\b{table[1]}\.\w+", sql) if table else None
    is_group = table is not None and any(known.startswith(f"{table[1]}.") for known in PARAMETER)
    return f'; a name with a dot needs double quotes: "{name[0]}"' if name and is_group else ""


def _statement(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The SQL, if it is one statement that only reads."""
    statements = connection.extract_statements(sql)
    kinds = [statement.type.name for statement in statements]
    if len(kinds) != 1:
        text = f"The SQL holds {len(kinds)} statements, but must be one, such as select * from runs limit 10."
        raise ScenarioErrors([text])
    if kinds[0] not in ("SELECT", "EXPLAIN"):
        a = "an" if kinds[0][0] in "AEIOU" else "a"
        text = f"The SQL is {a} {kinds[0].lower()}, but results can only be read: use select."
        raise ScenarioErrors([text])
    return sql


# --- what can be seen ---------------------------------------------------------------------------


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that holds the views and is locked."""
    seed, parts, design = _opened(folder)
    connection = duckdb.connect(":memory:")
    for table, content in (("_parts", parts), ("_design", design)):
        connection.register(table, content)
    for statement in _views(parts.schema, seed):
        connection.execute(statement)
    for setting in _LOCKS:
        connection.execute(f"set {setting}")
    return connection


def _opened(folder: Path) -> tuple[int, ds.Dataset, pa.Table]:
    """The seed, the runs and the design of a results folder."""
    try:
        plans = store.read_plans(folder)
    except CannotGoOn as error:
        raise ScenarioErrors([error.sentence]) from None
    if not plans:
        raise ScenarioErrors([f"{ascii_quoted(str(folder))} holds no results of a sweep."])
    try:
        design = pa.Table.from_pandas(read_design(folder))
    except NoResults as error:
        raise ScenarioErrors([str(error)]) from None
    with _plainly():
        design = design.add_column(0, "row", pa.array(range(len(design)), pa.int32()))
        return plans[0].content["seed"], _dataset(folder, plans[-1]), design


def _dataset(folder: Path, plan: Plan) -> ds.Dataset:
    """The parts as one table, each page's checksum being verified as it is read."""
    checked = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    files = [str(file) for file in part_files(folder)]
    if not files:
        numbers = {name: pa.array([], pa.int32()) for name in store.keys_of(plan)}
        values = {name: pa.array([], pa.float64()) for name in plan.outcomes}
        words = {name: pa.array([], pa.string()) for name in store.FAILURE}
        return ds.dataset(pa.table({**numbers, **values, **words}))
    return ds.dataset(
        files,
        format=ds.ParquetFileFormat(default_fragment_scan_options=checked),
        filesystem=LocalFileSystem(),
    )


def _views(schema: pa.Schema, seed: int) -> Iterator[str]:
    others = (*store.KEYS, store.MEMBER, *store.FAILURE)
    member = f"p.{store.MEMBER}, " if store.MEMBER in schema.names else ""
    values = ", ".join(
        f"case when isnan({name}) then null else {name} end as {name}"
        for name in (_quoted(column) for column in schema.names if column not in others)
    )
    yield "create view design as select * from _design"
    yield (
        f"create view runs as select p.row, p.replicate, {member}d.* exclude (row), {values} "
        "from _parts p join _design d on p.row = d.row where p.failure is null"
    )
    yield (
        f"create view failures as select row, replicate, {seed}::bigint as seed, failure, error, traceback "
        "from _parts where failure is not null"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
