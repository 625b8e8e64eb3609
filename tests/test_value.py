"""What a budget buys: doses by hand, luck taken off, chances of coming first, and what the command says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest
from sweeps import finished
from typer.testing import CliRunner

from collabsim.analysis.counts import counted, wilson
from collabsim.analysis.value import CannotValue, chance_of_top, value, without_luck
from collabsim.analysis.value_words import sentences
from collabsim.checks import ScenarioErrors
from collabsim.cli import app
from collabsim.cli.value import _table as value_table
from collabsim.dashboard import findings
from collabsim.experiment import equal_cost
from collabsim.experiment.design import read_experiment, rows, scenario_of
from collabsim.experiment.equal_cost import Price, bought, drawn_price
from collabsim.experiment.results import load_results
from collabsim.experiment_report.study import Study
from collabsim.experiment_report.valued import Valued
from collabsim.figures import chances
from collabsim.model.costs import programme_cost
from collabsim.parameters import PARAMETER

EQUAL = """
scenarios = ["mixed-partnership"]
years = 1
replicates = 3
outcomes = ["trust_last", "cash_cost_last"]
levers = ["colocation", "safe_space.facilitation", "handover", "power_sharing.alliance"]
uncertainties = ["trust.gain"]
[design]
kind = "equal-cost"
size = 6
budgets = [100000, 20000]
"""


# --- doses and prices by hand -------------------------------------------------------------------


def test_a_price_at_the_middle_of_its_range_keeps_the_proportions_of_the_table() -> None:
    cost = PARAMETER["colocation.days"].cost  # 3 days: 25,000 once, 50,000 a year, 25,000 to 90,000
    assert cost is not None
    middle = drawn_price(cost, 0.5, 45)
    assert middle.cash == pytest.approx(57_500) and middle.time == 0
    assert middle.setup == pytest.approx(25_000 * 57_500 / 50_000)
    assert drawn_price(cost, 0.0, 90).cash == pytest.approx(2 * 25_000)


def test_what_the_table_books_as_nobodys_cash_is_the_funders() -> None:
    cost = PARAMETER["funding.grant_months"].cost
    assert cost is not None
    assert drawn_price(cost, 1.0, 45) == Price(0, 0, 0, 23_000)


def test_cash_and_staff_time_keep_their_proportion() -> None:
    cost = PARAMETER["training.days_per_year"].cost  # 4,000 cash and 31,000 time for two days
    assert cost is not None
    low = drawn_price(cost, 0.0, 45)
    assert (low.cash, low.time) == (pytest.approx(3_600), pytest.approx(27_900))


def test_a_budget_buys_the_dose_that_it_pays_for() -> None:
    lever = PARAMETER["colocation.days"]
    # (50,000 + 25,000 / 10) for 3 days: 35,000 buys two thirds of that
    assert bought(lever, 0.0, 35_000, Price(25_000, 50_000, 0), 10) == (2.0, pytest.approx(2 / 3))


def test_a_dose_ends_at_the_feasible_end_and_begins_at_what_is_there() -> None:
    lever = PARAMETER["colocation.days"]
    value_, doses = bought(lever, 2.0, 1e6, Price(0, 50_000, 0), 10)
    assert (value_, doses) == (5.0, pytest.approx(1.0))


def test_a_lever_that_is_turned_down_goes_down() -> None:
    lever = PARAMETER["flexibility.reporting_load"]  # 2,000 once for every 0.04 less
    value_, doses = bought(lever, 0.08, 100, Price(2_000, 0, 0), 10)
    assert (value_, doses) == (pytest.approx(0.06), pytest.approx(0.5))


def test_whole_numbers_are_bought_whole_and_switches_and_choices_all_or_nothing() -> None:
    group = PARAMETER["meetings.core_group_size"]
    assert bought(group, 0, 9_000, Price(0, 0, 12_000), 10) == (7, pytest.approx(0.7))
    alliance = PARAMETER["power_sharing.alliance"]
    price = Price(5_000, 40_000, 0)
    assert bought(alliance, False, 40_000, price, 10) == (False, 0.0)
    assert bought(alliance, False, 41_000, price, 10) == (True, 1.0)
    handover = PARAMETER["handover.standard"]
    assert bought(handover, "none", 20_000, Price(0, 0, 9_000), 10) == ("written", 1.0)
    assert bought(handover, "none", 34_000, Price(0, 0, 9_000), 10) == ("overlap", 3.7)
    assert bought(handover, "written", 24_000, Price(0, 0, 9_000), 10) == ("written", 0.0)


# --- the design ---------------------------------------------------------------------------------


def test_every_row_costs_the_budget_or_is_at_the_end_of_its_lever(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(EQUAL)
    experiment = read_experiment(tmp_path / "mine.toml")
    table = rows(experiment)
    spent = table["cash"] + table["time"] + table["funder"] + table["setup"] / 1
    assert (spent <= table["budget"] + 1e-6).all()
    stretched = table[(table["label"] == "colocation.days") & (table["colocation.days"] < 5)]
    assert spent[stretched.index].to_numpy() == pytest.approx(stretched["budget"].to_numpy())
    assert (table.groupby("world")["label"].first() == equal_cost.AS_IT_IS).all()
    assert table["trust.gain"].groupby(table["world"]).nunique().eq(1).all()


def test_the_share_of_posts_has_no_price_and_is_never_bought(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(EQUAL)
    experiment = read_experiment(tmp_path / "mine.toml")
    assert "colocation.share_of_posts" in equal_cost.unpriced(experiment.factors)
    assert "colocation.share_of_posts" not in rows(experiment)


def test_at_the_tables_own_prices_a_row_costs_what_the_model_books(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(EQUAL)
    experiment = read_experiment(tmp_path / "mine.toml")
    for row in rows(experiment).to_dict("records"):
        assert programme_cost(scenario_of(experiment, row).policy, 45).cash == pytest.approx(
            row["booked"], abs=0.01
        )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[100000, 20000]", "[0]", "pounds a year"),
        ("[100000, 20000]", '["x"]', "design.budgets"),
        ("size = 6", "size = 1", "size is 1"),
        ("budgets =", "budget =", "did you mean budgets?"),
        ('"colocation", "safe_space.facilitation", "handover", "power_sharing.alliance"', '"pooled_budget.joint_bids"',
         "no lever with a price"),
    ],
)  # fmt: skip
def test_a_wrong_design_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(EQUAL.replace(old, new))
    with pytest.raises(ScenarioErrors) as caught:
        read_experiment(tmp_path / "mine.toml")
    assert said in "\n".join(caught.value.errors)


# --- luck and chances ---------------------------------------------------------------------------


def test_the_scatter_of_luck_is_taken_off_and_that_of_worlds_is_kept() -> None:
    generator = np.random.default_rng(1)
    real = generator.normal(2.0, 1.0, 4_000)
    seen = real[:, None] + generator.normal(0, 3.0, (4_000, 4))
    found = without_luck(seen)
    assert found.mean() == pytest.approx(seen.mean()) and found.std() == pytest.approx(1.0, abs=0.1)
    only_luck = without_luck(generator.normal(2.0, 3.0, (4_000, 4)))
    assert only_luck.std() < 0.4


def test_chances_of_the_top_are_counted_by_hand_and_ties_are_shared() -> None:
    values = np.array([[3.0, 1.0], [2.0, 2.0], [1.0, 2.0], [9.0, 9.0]])
    part = np.array([True, True, True, False])
    assert chance_of_top(values, part, 1).tolist() == [0.5, 0.25, 0.25, 0.0]
    assert chance_of_top(values, part, 3).tolist() == [1.0, 1.0, 1.0, 0.0]


# --- from results -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished(tmp_path_factory.mktemp("equal"), EQUAL)


def test_equal_costs_are_no_sample_to_rank(folder: Path) -> None:
    result = CliRunner().invoke(app, ["rank", str(folder)])
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert "of kind equal-cost: its rows are no sample" in result.stderr
    assert "use 'collabsim value', which says what each lever brings" in result.stderr


def planted(folder: Path) -> Any:
    """Results whose gains are known: co-location 0.01 for every £10,000, facilitation 0.02 in all, the rest nothing."""
    results = load_results(folder, design_columns=False)
    design = results.design
    spent = design["cash"] + design["time"] + design["funder"] + design["setup"]
    gain = np.where(design["label"] == "colocation.days", 1e-6 * spent, 0.0)
    gain = np.where(design["label"] == "safe_space.facilitation", 0.02, gain)
    luck = np.random.default_rng(3).normal(0, 0.1, 3)
    results.runs["trust_last"] = 0.5 + gain[results.runs["row"]] + luck[results.runs["replicate"]]
    return results


def test_planted_gains_come_back_for_each_budget(folder: Path) -> None:
    found = value(planted(folder), "trust_last")
    table = found.table.set_index(["budget", "lever"])
    small, large = table.loc[20_000.0], table.loc[100_000.0]
    assert small.loc["colocation.days", "gain"] == pytest.approx(0.02)
    assert large.loc["colocation.days", "gain"] == pytest.approx(1e-6 * large.loc["colocation.days", "spent"])
    assert small.loc["colocation.days", "per_10k"] == pytest.approx(0.01)
    assert small.loc["safe_space.facilitation", "gain"] == pytest.approx(0.02)
    assert not small.loc["handover.standard", "clear"] and small.loc["handover.standard", "p_first"] == 0
    assert (
        small.loc["safe_space.facilitation", "p_first"] == 1 and large.loc["colocation.days", "p_most"] == 1
    )
    assert list(found.budgets) == [20_000, 100_000]


def test_what_does_not_fit_the_budget_is_nothing_and_costs_nothing(folder: Path) -> None:
    table = value(planted(folder), "trust_last").table.set_index(["budget", "lever"])
    line = table.loc[(20_000.0, "power_sharing.alliance")]
    assert (line["spent"], line["gain"], line["dose_high"]) == (0, 0, "nothing")


def test_the_answer_says_who_is_first_and_what_has_no_price(folder: Path) -> None:
    found = value(planted(folder), "trust_last")
    said = list(sentences(found))
    assert (
        "With £20,000 a year most improvement in trust between agencies per £10,000 comes from safe_space.facilitation"
        in said[0]
    )
    assert "first in 6 of 6 worlds (95% interval 61% to 100%)" in said[0]
    assert "that of colocation.days, in 6 of 6 worlds (95% interval 61% to 100%)" in said[1]
    assert "colocation.share_of_posts" in said[-1] and "not free" in said[-1]
    assert "In how many of 6 worlds: " in chances.in_words(found)
    assert "safe_space.facilitation 6" in chances.in_words(found)


@pytest.mark.parametrize(("first", "likely"), [(23, ""), (13, "likely "), (8, None)])
def test_worlds_are_said_as_they_were_counted(folder: Path, first: int, likely: str | None) -> None:
    found = value(planted(folder), "trust_last")
    found = replace(found, worlds=24, table=found.table.assign(p_first=first / 24, p_most=first / 24))
    said = next(iter(sentences(found)))
    low, high = (f"{100 * end:.0f}%" for end in wilson(first / 24, 24))
    assert f"in {first} of 24 worlds" in said and f"{low} to {high})" in said and "of 100" not in said
    assert ("cannot tell" in said) == (likely is None)
    assert likely is None or f"per £10,000 {likely}comes from" in said


def test_the_dashboard_names_what_it_counts_and_what_its_ranges_hold(folder: Path) -> None:
    (table,) = findings.found(planted(folder), "trust_last", 0)["tables"]
    assert table["head"][-3:] == ["90% of worlds", "first, of 6 worlds", "top three, of 6 worlds"]
    first = next(row for row in table["rows"] if row[:2] == ["safe_space.facilitation", "£20,000"])
    assert first[-2:] == ["6", "6"]


def test_every_sum_that_a_rate_divides_by_stands_beside_it(folder: Path) -> None:
    """A lever that takes the funder's money alone: it is named, and never said to be free."""
    results = planted(folder)
    results.design["funder"] = results.design["cash"] + results.design["time"]
    results.design[["cash", "time"]] = 0.0
    results.runs["trust_last"] += np.where(results.design["label"] == "colocation.days", 0.05, 0.0)[
        results.runs["row"]
    ]
    row = value(results, "trust_last").table.query("lever == 'colocation.days'").iloc[0]
    assert row["spent"] == pytest.approx(row["funder"] + row["setup"]) and row["funder"] > 0 < row["setup"]
    (table,) = findings.found(results, "trust_last", 0)["tables"]
    cells = next(cells for cells in table["rows"] if cells[:2] == ["colocation.days", "£20,000"])
    shown = dict(zip(table["head"], cells, strict=True))
    assert shown["funder gives up a year"] == f"£{row['funder']:,.0f}"
    assert shown["set-up a year"] == f"£{row['setup']:,.0f}"
    report = Valued(Study(results, "trust_last"))
    assert "given up by the funder and " in report._paid() and "£0" not in report._paid()
    assert {"funder gives up a year", "set-up a year"} <= set(report._table(20_000.0).head)
    assert any(
        "what the funder gives up" in s and "set-up" in s for s in sentences(value(results, "trust_last"))
    )


def test_the_terminals_table_has_every_sum_in_pounds(folder: Path) -> None:
    found = value(load_results(folder, design_columns=False), "trust_last")
    table = value_table(found, 100_000.0)
    heads = [str(column.header) for column in table.columns]
    assert [head.split("\n") for head in heads if "£k" in head] == [
        ["£k", "cash"], ["£k", "time"], ["£k", "funder"], ["£k", "set-up"]
    ]  # fmt: skip
    row = found.table.query("budget == 100_000").iloc[0]
    cells = [next(iter(column.cells)) for column in table.columns]
    assert cells[heads.index("£k\nset-up")] == f"{row['setup'] / 1000:.{0 if row['setup'] >= 9_950 else 1}f}"


@pytest.mark.parametrize(("count", "of"), [(0, 24), (8, 24), (23, 24), (24, 24), (1, 2)])
def test_the_interval_of_a_count_is_scipys(count: int, of: int) -> None:
    right = binomtest(count, of).proportion_ci(method="wilson")
    assert wilson(count / of, of) == pytest.approx((right.low, right.high))


def test_a_tie_that_was_shared_is_no_whole_world() -> None:
    assert counted(7.5 / 24, 24) == "7.5 of 24 worlds (95% interval 16% to 51%)"
    assert counted(8 / 24, 24, level=False) == "8 of 24 worlds (18% to 53%)"


def test_a_world_with_a_run_that_failed_is_left_out(folder: Path) -> None:
    results = planted(folder)
    results.runs.loc[results.runs["row"] == 0, "trust_last"] = np.nan
    found = value(results, "trust_last")
    assert (found.worlds, found.dropped) == (5, 1)


def test_without_any_gain_the_answer_is_that_it_cannot_tell(folder: Path) -> None:
    results = planted(folder)
    results.runs["trust_last"] = 0.5
    assert all("cannot tell" in sentence for sentence in list(sentences(value(results, "trust_last")))[:2])


def test_another_design_is_refused(tmp_path: Path) -> None:
    text = EQUAL.split("[design]")[0].replace('levers = ["colocation"', 'levers = ["handover", "colocation"')
    text = text.replace('"handover", "power', '"power').replace('uncertainties = ["trust.gain"]\n', "")
    other = finished(tmp_path, text + '[design]\nkind = "lhs"\nsize = 2\n')
    with pytest.raises(CannotValue, match="no equal-cost design"):
        value(load_results(other, design_columns=False), "trust_last")


def test_the_command_prints_and_writes_one_answer(folder: Path, tmp_path: Path) -> None:
    def call(*words: str) -> Any:
        return CliRunner().invoke(app, ["value", *words], prog_name="collabsim")

    said = call(str(folder), "--out", str(tmp_path / "out"), "-q")
    assert said.exit_code == 0, said.stderr
    content = json.loads(call(str(folder), "--json").stdout)
    assert content == json.loads((tmp_path / "out" / "value.json").read_text())
    flat = " ".join(said.stdout.split())
    assert all(" ".join(sentence.split()) in flat for sentence in content["sentences"])
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"value.json", "value.html", "levers.csv"}
    assert call(str(folder), "--outcome", "trust_lst").exit_code == 2
