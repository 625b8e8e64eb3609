"""Experiment files: what they may say, what is filled in, and how what is wrong is said."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from bad_experiments import BAD_EXPERIMENTS, GRANTS, GRID, HEAD, TABLE, BadExperiment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collabsim.experiment import experiment_file
from collabsim.experiment.design import (
    Experiment,
    experiment_of,
    number_of_rows,
    read_experiment,
    rows,
    scenario_of,
)
from collabsim.experiment.experiment_format import DESIGNS, KEYS, LISTS, TABLES
from collabsim.library import shipped_names
from collabsim.model.costs import programme_cost
from collabsim.parameters import LEVERS, PARAMETER, REFERENCE_POSTS, UNCERTAINTIES
from collabsim.scenario import ScenarioErrors
from collabsim.scenario_text import to_toml

SHIPPED = pytest.mark.parametrize("name", shipped_names("experiments"))


def written(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("bad", BAD_EXPERIMENTS, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_in_plain_sentences_with_the_words_that_help(
    bad: BadExperiment, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioErrors) as caught:
        read_experiment(bad.written(tmp_path))
    text = "\n".join(caught.value.errors)
    assert all(word in text for word in bad.words), text
    for error in caught.value.errors:
        assert error.isprintable() and error[-1] in ".?" and "Traceback" not in error


def test_every_error_is_reported_at_once(tmp_path: Path) -> None:
    text = 'replicates = 0\nyears = -1\noutcomes = ["x"]\nlevers = 3\nscenarios = ["nowhere"]\n'
    text += '[design]\nkind = "lhs"\nsize = 1\n' + GRANTS + "[0]\n"
    with pytest.raises(ScenarioErrors) as caught:
        read_experiment(written(tmp_path, text))
    keys = (
        "replicates",
        "years",
        "outcomes",
        "levers",
        "scenarios",
        "design.size",
        "factors.funding.grant_months",
    )
    assert [sum(f": {key} " in error for error in caught.value.errors) for key in keys] == [1] * len(keys)


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(ScenarioErrors, match="did you mean enabler-ranking"):
        read_experiment("enabler-rankings")


@SHIPPED
def test_a_shipped_experiment_asks_a_question_and_has_the_rows_it_says(name: str) -> None:
    experiment = read_experiment(name)
    assert experiment.question.endswith("?") and experiment.title and experiment.about
    assert number_of_rows(experiment) == len(rows(experiment))


@SHIPPED
def test_the_first_and_last_rows_of_a_shipped_experiment_are_scenarios(name: str) -> None:
    experiment = read_experiment(name)
    table = rows(experiment)
    for row in (table.iloc[0], table.iloc[-1]):
        assert scenario_of(experiment, row.to_dict()).digest


def test_the_experiments_that_users_are_promised_are_shipped() -> None:
    assert set(shipped_names("experiments")) >= {
        "short-term-funding", "funding-colocation-leadership", "enabler-screening", "enabler-ranking",
        "what-we-are-unsure-of", "equal-cost-packages", "scaling-partnerships",
    }  # fmt: skip


def test_the_enablers_are_the_fifteen_groups_of_levers() -> None:
    groups = {factor.group for factor in read_experiment("enabler-ranking").factors}
    assert len(groups - {"dummy"}) == 15


def test_packages_of_equal_cost_cost_the_same_within_one_percent() -> None:
    experiment = read_experiment("equal-cost-packages")
    for row in rows(experiment).to_dict("records"):
        price = programme_cost(scenario_of(experiment, row).policy, REFERENCE_POSTS)
        yearly = price.setup / 10 + price.cash + price.time
        assert yearly == (0 if row["label"].startswith("As it is") else pytest.approx(70_000, rel=0.01))


def test_defaults_depend_on_the_kind_of_design(tmp_path: Path) -> None:
    grid = read_experiment(written(tmp_path, GRID + GRANTS + "[12, 36]\n"))
    assert (grid.title, grid.replicates, grid.seed, grid.common, grid.years) == ("mine", 50, 0, True, None)
    assert grid.recorded[0] == "trust_last" and all(name.endswith("_last") for name in grid.recorded)
    sobol = read_experiment(written(tmp_path, HEAD + '[design]\nkind = "sobol"\n' + GRANTS + "{}\n"))
    assert (sobol.replicates, sobol.common, sobol.design["size"]) == (4, False, 256)
    assert [factor.name for factor in sobol.factors] == ["funding.grant_months", "dummy"]


def test_shorthands_take_ranges_from_the_table_of_parameters(tmp_path: Path) -> None:
    text = HEAD + 'levers = "all"\nuncertainties = ["trust", "cases.load"]\nleave_out = ["handover"]\n'
    factors = read_experiment(written(tmp_path, text + '[design]\nkind = "lhs"\n')).factors
    expected = [p.name for p in LEVERS if p.group != "handover"]
    expected += [p.name for p in UNCERTAINTIES if p.group == "trust" or p.name == "cases.load"]
    assert [factor.name for factor in factors] == expected
    ranged = {f.name: (f.low, f.high) for f in factors if not f.values}
    assert all(ends == (PARAMETER[name].low, PARAMETER[name].high) for name, ends in ranged.items())


def test_a_factor_of_its_own_replaces_the_shorthands(tmp_path: Path) -> None:
    text = HEAD + 'levers = ["funding"]\n[design]\nkind = "lhs"\n' + GRANTS + "{ high = 24 }\n"
    factors = read_experiment(written(tmp_path, text)).factors
    assert [f.name for f in factors] == [p.name for p in LEVERS if p.group == "funding"]
    assert (factors[0].low, factors[0].high) == (6, 24)


def test_values_from_elsewhere_replace_the_files(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + '[design]\nkind = "lhs"\n' + GRANTS + "{}\n")
    changed = read_experiment(path, {"replicates": 3, "years": 2, "seed": 5, "size": 8})
    assert (changed.replicates, changed.years, changed.seed, changed.design["size"]) == (3, 2, 5, 8)
    with pytest.raises(ScenarioErrors, match="replicates is 0"):
        read_experiment(path, {"replicates": 0})


def test_a_scenario_beside_the_experiment_is_found_and_an_experiment_of_that_name_is_not_taken_for_it(
    tmp_path: Path,
) -> None:
    text = 'scenarios = ["own", "short-term-funding"]\n[design]\nkind = "scenarios"\n'
    written(
        tmp_path, 'extends = "mixed-partnership"\nyears = 10\n[policy.funding]\ngrant_months = 24\n', "own"
    )
    experiment = read_experiment(written(tmp_path, text, "short-term-funding"))
    assert rows(experiment)["scenario"].tolist() == ["own", "short-term-funding"]
    assert experiment.loaded["own"].policy["funding.grant_months"] == 24


def test_a_table_gives_rows_with_their_own_scenarios_labels_and_empty_cells(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "label,scenario,funding.grant_months,power_sharing.alliance\n"
        "usual,mixed-partnership,,\nlong,short-term-funding,36,true\n"
    )
    experiment = read_experiment(
        written(
            tmp_path, TABLE.replace('["mixed-partnership"]', '["mixed-partnership", "short-term-funding"]')
        )
    )
    first, second = rows(experiment).to_dict("records")
    assert (first["label"], first["scenario"]) == ("usual", "mixed-partnership")
    assert scenario_of(experiment, first).digest == experiment.loaded["mixed-partnership"].digest
    assert scenario_of(experiment, second).policy["funding.grant_months"] == 36
    assert scenario_of(experiment, second).policy["power_sharing.alliance"] is True


@SHIPPED
def test_a_resolved_experiment_survives_json_and_another_folder(name: str, tmp_path: Path) -> None:
    experiment = read_experiment(name)
    for scenario in experiment.loaded.values():
        (tmp_path / f"{scenario.name}.toml").write_text(to_toml(scenario))
    again: Experiment = experiment_of(json.loads(json.dumps(experiment.resolved())), tmp_path)
    assert again.resolved() == experiment.resolved()
    assert rows(again).equals(rows(experiment))
    assert {n: s.digest for n, s in again.loaded.items()} == {
        n: s.digest for n, s in experiment.loaded.items()
    }


def test_a_resolved_experiment_of_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="not of schema"):
        experiment_of({"schema": 99})


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=5,
)
_PLACES = ["scenarios", "outcomes", "structures", "levers", "uncertainties", "leave_out", "factors", "design"]
_PLACES += [
    "replicates",
    "years",
    "seed",
    "common",
    "title",
    "design.kind",
    "design.doses",
    "factors.funding",
]
_PLACES += ["factors.funding.grant_months", "factors.funding.grant_months.low"]


@given(odd=st.dictionaries(st.sampled_from(_PLACES), _ODD, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_file_is_right_or_refused(odd: dict[str, object], tmp_path: Path) -> None:
    content: dict = {"scenarios": ["mixed-partnership"], "design": {"kind": "grid"}}
    content["factors"] = {"funding": {"grant_months": {"low": 12}}}
    for place, value in odd.items():
        *above, key = place.split(".")
        table = content
        for word in above:
            table = table[word] if isinstance(table.get(word), dict) else table
        table[key] = value
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiment_file, "read_table", lambda _: content)
        try:
            read_experiment(tmp_path / "odd.toml")
        except ScenarioErrors as refused:
            assert refused.errors


# --- the reference page -------------------------------------------------------------------------

_PAGE = (Path(__file__).parents[1] / "docs" / "reference" / "experiment-files.md").read_text()
_HOW_TO = (Path(__file__).parents[1] / "docs" / "how-to" / "run-a-study.md").read_text()


@pytest.mark.parametrize("page", [_PAGE, _HOW_TO], ids=["reference", "how-to"])
def test_the_example_of_a_page_is_an_experiment(page: str, tmp_path: Path) -> None:
    example = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0]
    experiment = read_experiment(written(tmp_path, example))
    assert len(rows(experiment)) in (3, 12)


def test_the_table_of_the_reference_page_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(re.findall(r"```\n(label.*?)```", _PAGE, re.DOTALL)[0])
    assert len(rows(read_experiment(written(tmp_path, TABLE)))) == 3


def test_the_python_of_the_reference_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(re.findall(r"```python\n(.*?)```", _PAGE, re.DOTALL)[0], {})
    assert capsys.readouterr().out.startswith("168 41 ")


def test_the_reference_page_names_every_key_design_and_shipped_experiment() -> None:
    for name in (*(key.name for key in KEYS), *LISTS, *TABLES):
        assert f"`{name}`" in _PAGE or f"`[{name}" in _PAGE, name
    designs = _PAGE.partition("## Designs")[2].partition("## ")[0]
    for kind, design in DESIGNS.items():
        (line,) = re.findall(rf"^\| `{kind}` .*$", designs, re.MULTILINE)
        assert all(f"`{option.name}`" in line for option in design.options)
        assert f"| {design.replicates}, {str(design.common).lower()} |" in line
    for name in shipped_names("experiments"):
        assert f"| `{name}` | {' '.join(read_experiment(name).question.split())} |" in _PAGE
