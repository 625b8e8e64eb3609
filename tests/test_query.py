"""SQL over results: what it sees, that it changes nothing and reaches nothing else, and how errors are said."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sweeps import finished
from typer.testing import CliRunner

from collabsim.checks import ScenarioErrors
from collabsim.cli import app
from collabsim.cli.query import query
from collabsim.experiment.query import ask
from collabsim.experiment.results import load_results


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("query"))


def call(*words: str | Path) -> Any:
    return CliRunner().invoke(app, ["query", *map(str, words)], prog_name="collabsim")


def test_runs_are_those_of_the_results_with_missing_numbers_null(results: Path) -> None:
    found = ask(results, "select * from runs order by row, replicate").to_pandas()
    expected = load_results(results).runs
    assert list(found) == list(expected)
    assert len(found) == 12 and found["recovery"].isna().all()
    for name in ("row", "replicate", "trust_last", "quits_last"):
        assert (found[name].to_numpy() == expected[name].to_numpy()).all()


def test_a_missing_number_does_not_spoil_a_mean(results: Path) -> None:
    (row,) = ask(results, "select avg(recovery) as none, avg(trust_last) as mean from runs").to_pylist()
    assert row["none"] is None and 0 < row["mean"] < 1


def test_the_design_and_the_failures_are_tables_too(results: Path) -> None:
    design = ask(results, "from design").to_pandas()
    assert list(design) == ["row", "scenario", "funding.grant_months", "handover.standard"]
    assert design["row"].tolist() == [0, 1, 2, 3]
    assert ask(results, "from failures").column_names == [
        "row", "replicate", "seed", "failure", "error", "traceback",
    ]  # fmt: skip


def test_factors_are_at_hand_in_runs(results: Path) -> None:
    sql = 'select "handover.standard" as h, count(*) as n from runs group by h order by h'
    assert ask(results, sql).to_pylist() == [{"h": "none", "n": 6}, {"h": "overlap", "n": 6}]


OUTSIDE = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('{results}/plan.json')",
    "select * from '{results}/design.parquet'",
    "select * from glob('/*')",
    "select * from 'https://example.org/a.parquet'",
    "select * from parts",
    "select getenv('HOME')",
]
CHANGES = [
    "copy runs to '{folder}/stolen.csv'",
    "create table t as select 1",
    "drop view runs",
    "attach '{folder}/other.db'",
    "set enable_external_access = true",
    "set memory_limit = '100GB'",
    "install httpfs",
    "load httpfs",
    "export database '{folder}/all'",
    "pragma database_list",
    "select 1; copy runs to '{folder}/stolen.csv'",
    "",
    "  -- nothing",
]


@pytest.mark.parametrize("sql", [*OUTSIDE, *CHANGES, "selec 1", "select nothing from runs", "select 'open"])
def test_what_is_no_reading_of_the_results_is_refused_in_a_sentence(
    sql: str, results: Path, tmp_path: Path
) -> None:
    before = sorted(results.rglob("*"))
    result = call(results, sql.format(results=results, folder=tmp_path))
    assert result.exit_code == 2 and result.stdout == ""
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith("The SQL ") and sentence[-1] == "." and "Traceback" not in sentence
    assert list(tmp_path.iterdir()) == [] and sorted(results.rglob("*")) == before


def test_a_query_sees_no_python_variable(results: Path) -> None:
    secret = pd.DataFrame({"x": [1]})
    with pytest.raises(ScenarioErrors, match="secret"):
        ask(results, "select * from secret")
    assert len(secret) == 1


def test_too_large_a_question_is_refused_rather_than_taking_all_memory(results: Path) -> None:
    with pytest.raises(ScenarioErrors, match=r"(?i)memory"):
        ask(results, "select list(a.i) from range(100_000_000) a(i)")


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere", tmp_path / "a\0b"):
        result = call(folder, "from runs")
        assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1


def test_a_damaged_part_is_said_to_be_damaged(tmp_path: Path) -> None:
    results = finished(tmp_path)
    (part,) = (results / "parts").iterdir()
    content = bytearray(part.read_bytes())
    column = pq.ParquetFile(part).metadata.row_group(0).column(2)  # trust_last
    content[column.data_page_offset + column.total_compressed_size - 8] ^= 1
    part.write_bytes(content)
    result = call(results, "select sum(trust_last) from runs")
    assert result.exit_code == 2 and "Traceback" not in result.stderr and result.stdout == ""


def test_rows_are_printed_as_a_table_csv_or_json(results: Path) -> None:
    sql = "select row, replicate, trust_last, recovery from runs order by 1, 2"
    table = call(results, sql).stdout.splitlines()
    assert table[0].split() == ["row", "replicate", "trust_last", "recovery"] and len(table) == 13
    assert table[1].split()[-1] == "-"
    rows = pd.read_csv(io.StringIO(call(results, sql, "--csv").stdout))
    content = json.loads(call(results, sql, "--json").stdout)
    assert content["columns"] == list(rows)
    assert [row["trust_last"] for row in content["rows"]] == rows["trust_last"].tolist()
    assert content["rows"][0]["recovery"] is None


def test_a_long_table_is_cut_short_with_a_word_about_it(results: Path) -> None:
    result = call(results, "select unnest(range(100)) as i from design")
    assert len(result.stdout.splitlines()) == 41
    assert "40 of 400 rows; --csv prints all" in result.stderr


def test_csv_is_written_to_a_file_but_never_into_the_results(results: Path, tmp_path: Path) -> None:
    file = tmp_path / "runs.csv"
    assert call(results, "from runs", "--out", file).exit_code == 0
    assert len(pd.read_csv(file)) == 12
    assert [path.name for path in tmp_path.iterdir()] == ["runs.csv"]
    for wrong in (
        results / "runs.csv",
        results / "parts/x.csv",
        tmp_path / "x.parquet",
        tmp_path / "no/x.csv",
    ):
        result = call(results, "from runs", "--out", wrong)
        assert result.exit_code == 2 and not wrong.exists()


def test_a_name_with_a_dot_is_said_to_need_quotes(results: Path) -> None:
    hint = 'a name with a dot needs double quotes: "funding.grant_months".\n'
    assert call(results, "select funding.grant_months from runs").stderr.endswith(hint)
    assert "quotes" not in call(results, "select other.row from runs").stderr
    assert call(results, "attach 'x'").stderr.startswith("The SQL is an attach, ")


# --- names are never cut ------------------------------------------------------------------------


WIDE = "select *, trust_last as " + "a_name_that_goes_on_and_on" * 3 + " from runs limit 2"


def test_a_wide_answer_goes_down_a_pipe_at_full_width(results: Path) -> None:
    head, *rows = call(results, WIDE).stdout.splitlines()
    assert head.split()[:4] == ["row", "replicate", "scenario", "funding.grant_months"]
    assert head.split()[-1] == "a_name_that_goes_on_and_on" * 3
    assert "…" not in head + "".join(rows) and len(rows) == 2
    assert all(len(row.split()) == len(head.split()) for row in rows)


def test_what_does_not_fit_a_terminal_is_shown_in_blocks(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    query(str(results), WIDE)
    first, second = (block.splitlines() for block in capsys.readouterr().out.strip().split("\n\n"))
    names = [line.split()[0] for line in first]
    assert names[:3] == ["row", "replicate", "scenario"] and "a_name_that_goes_on_and_on" * 3 in names
    assert [line.split()[0] for line in second] == names
    query(str(results), "select row, replicate from runs order by 1, 2 limit 1")
    assert re.sub(r"\x1b\[\d*m", "", capsys.readouterr().out) == "row  replicate\n0            0\n"
