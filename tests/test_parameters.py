"""The table of parameters: complete, consistent, light."""

from __future__ import annotations

import math
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabsim.parameters import (
    CONSTANTS,
    LEVER_GROUPS,
    LEVERS,
    OPTIONS,
    PARAMETER,
    PARAMETERS,
    SECTORS,
    STRUCTURES,
    UNCERTAINTIES,
    Parameter,
    Value,
    defaults,
    doses,
    encode,
    json_schema,
)
from collabsim.scenario import load_scenario

EVERY = pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.name)


def accepted_values(parameter: Parameter) -> st.SearchStrategy[Value]:
    if parameter.type == "choice":
        return st.sampled_from(parameter.choices)
    if parameter.type == "boolean":
        return st.booleans()
    if parameter.type == "integer":
        return st.integers(int(parameter.minimum), int(parameter.maximum))
    return st.floats(parameter.minimum, parameter.maximum)


def test_the_table_holds_every_kind() -> None:
    kinds = (LEVERS, STRUCTURES, OPTIONS, UNCERTAINTIES, CONSTANTS)
    assert [len(kind) for kind in kinds] == [43, 4, 2, 150, 8]
    assert set(PARAMETERS) == {parameter for kind in kinds for parameter in kind}
    assert [PARAMETER[p.name] for p in PARAMETERS] == list(PARAMETERS)


def test_names_and_columns_are_unique() -> None:
    assert len({p.name for p in PARAMETERS}) == len({p.field for p in PARAMETERS}) == len(PARAMETERS)


def test_levers_stand_in_sixteen_groups_in_their_order() -> None:
    assert len(LEVER_GROUPS) == 16
    assert list(dict.fromkeys(p.group for p in LEVERS)) == list(LEVER_GROUPS)


@pytest.mark.parametrize("group", ["grant_share", "turnover", "hiring", "power"])
def test_every_sector_has_its_value(group: str) -> None:
    assert all(f"{group}.{sector}" in PARAMETER for sector in SECTORS)


@EVERY
def test_ranges_lie_within_each_other(parameter: Parameter) -> None:
    default = encode(parameter, parameter.default)
    assert parameter.minimum <= parameter.low <= default <= parameter.high <= parameter.maximum
    assert math.isfinite(parameter.minimum) and math.isfinite(parameter.maximum)


@EVERY
def test_a_default_has_its_parameters_type(parameter: Parameter) -> None:
    types = {"number": float, "integer": int, "boolean": bool, "choice": str}
    assert type(parameter.default) is types[parameter.type]
    assert (parameter.type == "choice") == bool(parameter.choices)


@EVERY
def test_every_parameter_says_what_it_means_and_where_it_comes_from(parameter: Parameter) -> None:
    assert re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", parameter.name)
    assert parameter.grade in {"H", "M", "L", "J"}
    assert len(parameter.meaning) > 10 and "\n" not in parameter.meaning
    assert parameter.unit and parameter.evidence
    assert "http" not in parameter.evidence


@pytest.mark.parametrize("lever", [p for p in LEVERS if p.cost], ids=lambda p: p.name)
def test_a_lever_costs_nothing_at_its_default_and_what_the_table_says_at_one_dose(lever: Parameter) -> None:
    assert lever.cost is not None
    total = lever.cost.yearly + lever.cost.staff_time
    assert total == 0 or lever.cost.low <= total <= lever.cost.high
    assert doses(lever, lever.default) == 0
    if lever.type == "number":
        assert doses(lever, float(lever.default) + lever.cost.per_dose) == pytest.approx(1)
        assert doses(lever, float(lever.default) - lever.cost.per_dose) == 0


def test_only_levers_have_costs() -> None:
    assert not [p.name for p in PARAMETERS if p.cost and p.kind != "lever"]


def test_an_overlap_costs_more_than_a_written_handover() -> None:
    lever = PARAMETER["handover.standard"]
    assert [doses(lever, choice) for choice in lever.choices] == [0, 1, 3.7]


def test_defaults_are_those_of_the_kinds_asked_for() -> None:
    assert list(defaults("structure")) == [p.name for p in (*STRUCTURES, *OPTIONS)]
    assert len(defaults()) == len(PARAMETERS)


def test_values_are_encoded_as_numbers() -> None:
    assert encode(PARAMETER["handover.standard"], "overlap") == 2.0
    assert encode(PARAMETER["funding.permanent"], True) == 1.0
    assert encode(PARAMETER["funding.grant_months"], 36) == 36.0


@given(st.sampled_from(PARAMETERS).flatmap(lambda p: st.tuples(st.just(p), accepted_values(p))))
def test_any_accepted_value_loads(pair: tuple[Parameter, Value]) -> None:
    parameter, value = pair
    scenario = load_scenario("mixed-partnership", {parameter.name: value})
    held = {**scenario.policy, **scenario.context, **scenario.structure}
    assert held[parameter.name] == value


def test_the_table_is_light_to_import() -> None:
    code = "import sys, collabsim.parameters, collabsim.scenario; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "pandas", "pydantic", "numba", "scipy", "mesa", "plotly"}
    assert not heavy & set(loaded.stdout.split())


def test_the_schema_describes_every_parameter_once() -> None:
    tables = json_schema()["properties"]
    assert tables["policy"] == tables["baseline"]
    for parameter in PARAMETERS:
        section = {"lever": "policy", "structure": "structure"}.get(parameter.kind, "context")
        words = tables[section]["properties"]
        words = words if section == "structure" else words[parameter.group]["properties"]
        assert words[parameter.name.partition(".")[2]]["default"] == parameter.default
