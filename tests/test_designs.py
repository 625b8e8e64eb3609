"""Designs: which rows an experiment has, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collabsim.experiment import sampling
from collabsim.experiment.design import (
    Experiment,
    Factor,
    inputs,
    number_of_rows,
    problem,
    rows,
    scenario_of,
    unit_points,
)
from collabsim.experiment.factors import dummy
from collabsim.parameters import STRUCTURES

GRANTS = Factor("funding.grant_months", "continuous", 6, 60, group="funding")
GROUP_SIZE = Factor("meetings.core_group_size", "integer", 0, 15, group="meetings")
HANDOVER = Factor("handover.standard", "categorical", values=("none", "written", "overlap"), group="handover")
ALLIANCE = Factor("power_sharing.alliance", "boolean", values=(False, True), group="power_sharing")
ALL = (GRANTS, GROUP_SIZE, HANDOVER, ALLIANCE, dummy())
SOBOL = {"kind": "sobol", "size": 8, "second_order": False, "groups": False}
MORRIS = {"kind": "morris", "size": 5, "levels": 4, "groups": False}
LHS = {"kind": "lhs", "size": 12}
SAMPLED = pytest.mark.parametrize("design", [SOBOL, MORRIS, LHS], ids=["sobol", "morris", "lhs"])


def experiment(design: Mapping[str, Any], factors: tuple[Factor, ...] = ALL, **more: Any) -> Experiment:
    return Experiment("mine", design=design, factors=factors, **more)


def test_a_grid_is_the_product_of_its_factors_values() -> None:
    table = rows(experiment({"kind": "grid"}, (replace(GRANTS, values=(12, 36)), HANDOVER, ALLIANCE)))
    assert len(table) == 2 * 3 * 2 == len(table.drop_duplicates())
    assert table["power_sharing.alliance"].tolist() == [False, True] * 6
    assert table["funding.grant_months"].tolist() == [12.0] * 6 + [36.0] * 6


def test_a_grid_divides_a_range_into_doses_from_end_to_end() -> None:
    assert replace(GRANTS, doses=4).levels() == [6, 24, 42, 60]
    assert replace(GROUP_SIZE, doses=2).levels() == [0, 15]
    assert replace(GROUP_SIZE, low=0, high=2, doses=9).levels() == [0, 1, 2]
    assert replace(GRANTS, low=1, high=100, distribution="log-uniform").levels() == pytest.approx(
        [1, 10, 100]
    )


def test_one_at_a_time_begins_with_the_scenario_itself_and_changes_one_factor_in_each_other_row() -> None:
    design = {"kind": "one-at-a-time"}
    table = rows(experiment(design, (replace(GRANTS, doses=2), ALLIANCE), scenarios=("short-term-funding",)))
    assert table["funding.grant_months"].tolist() == [12, 6, 60, 12]
    assert table["power_sharing.alliance"].tolist() == [False, False, False, True]


def test_a_sobol_design_has_d_plus_two_rows_for_a_base_point_and_twice_that_with_second_order() -> None:
    assert len(rows(experiment(SOBOL))) == 8 * (5 + 2)
    assert len(rows(experiment({**SOBOL, "second_order": True}))) == 8 * (2 * 5 + 2)
    assert len(rows(experiment({**SOBOL, "groups": True}, (*ALL, replace(GRANTS, name="trust.gain"))))) == 56


def test_a_sobol_row_between_a_and_b_differs_from_a_in_one_factor() -> None:
    points = unit_points(experiment(SOBOL)).reshape(8, 7, 5)
    changed = points[:, 1:-1] != points[:, :1]
    assert (changed == np.eye(5, dtype=bool)).all()
    assert (points[:, 1:-1][changed].reshape(8, 5) == points[:, -1]).all()


def test_a_group_is_varied_as_a_whole() -> None:
    found = experiment({**SOBOL, "groups": True}, (*ALL, replace(GRANTS, name="funding.notice_months")))
    points = unit_points(found).reshape(8, 7, 6)
    assert inputs(found) == 5
    assert ((points[:, 1] != points[:, 0]) == [True, False, False, False, False, True]).all()


def test_a_morris_trajectory_changes_one_factor_at_each_step_by_two_thirds() -> None:
    steps = np.diff(unit_points(experiment(MORRIS)).reshape(5, 6, 5), axis=1)
    assert ((np.abs(steps) > 1e-9).sum(axis=2) == 1).all()
    assert np.abs(steps).max(axis=2) == pytest.approx(2 / 3)


@pytest.mark.parametrize("factor", ALL, ids=lambda factor: factor.name)
def test_every_step_of_morris_changes_the_value(factor: Factor) -> None:
    values = factor.at(np.array([0, 1 / 3, 2 / 3, 1]))
    assert values[0] != values[2] and values[1] != values[3]


@pytest.mark.parametrize("size", [1, 7, 12, 64, 100])
def test_each_stratum_of_a_latin_hypercube_holds_one_point(size: int) -> None:
    strata = np.sort((sampling.latin(3, size, seed=0) * size).astype(int), axis=0)
    assert (strata == np.arange(size)[:, None]).all()


@SAMPLED
def test_a_larger_design_begins_with_the_rows_of_a_smaller_one(design: dict[str, Any]) -> None:
    more = {"scenarios": ("mixed-partnership", "short-term-funding"), "structures": "each"}
    small = rows(experiment(design, **more))
    large = rows(experiment({**design, "size": 4 * design["size"]}, **more))
    pd.testing.assert_frame_equal(small, large.head(len(small)))
    assert len(large) == 4 * len(small)


@SAMPLED
def test_a_design_is_a_function_of_its_seed_and_seed_0_is_a_seed(design: dict[str, Any]) -> None:
    first, again = rows(experiment(design)), rows(experiment(design))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(rows(experiment(design, seed=1)))


@SAMPLED
def test_sampling_leaves_numpys_global_state_alone(design: dict[str, Any]) -> None:
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    rows(experiment(design))
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_a_sampler_that_gives_no_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="not numbers from 0 to 1"):
        sampling._checked(np.array([[0.5, np.nan]]))


@SAMPLED
def test_the_number_of_rows_is_known_beforehand(design: dict[str, Any]) -> None:
    found = experiment(design, scenarios=("mixed-partnership", "short-term-funding"), structures="each")
    assert number_of_rows(found) == len(rows(found))


@given(st.floats(0, 1), st.sampled_from(["uniform", "log-uniform", "triangular", "normal"]))
@settings(max_examples=200, deadline=None)
def test_a_value_never_leaves_its_range(share: float, distribution: str) -> None:
    factor = replace(GRANTS, distribution=distribution, mode=12, mean=20, sd=10)
    assert 6 <= factor.at(np.array([share]))[0] <= 60


def test_a_distribution_has_its_own_quantiles() -> None:
    half = np.array([0.5])
    assert replace(GRANTS, low=1, high=100, distribution="log-uniform").at(half) == pytest.approx(10)
    assert replace(GRANTS, low=0, high=1, distribution="triangular", mode=0).at(half) == pytest.approx(
        0.29289322
    )
    assert replace(GRANTS, distribution="normal", mean=33, sd=9).at(half) == pytest.approx(33)


def test_whole_numbers_choices_and_switches_are_equally_likely() -> None:
    shares = (np.arange(4800) + 0.5) / 4800
    for factor, count in ((GROUP_SIZE, 16), (HANDOVER, 3), (ALLIANCE, 2)):
        assert set(pd.Series(factor.at(shares)).value_counts()) == {4800 // count}


def test_a_row_becomes_a_scenario_with_its_values_in_their_types() -> None:
    found = experiment(SOBOL, years=3)
    row = rows(found).iloc[5].to_dict()
    scenario = scenario_of(found, row)
    assert {name: scenario.policy[name] for name in found.parameter_columns} == {
        name: row[name] for name in found.parameter_columns
    }
    assert type(scenario.policy["meetings.core_group_size"]) is int
    assert type(scenario.policy["power_sharing.alliance"]) is bool
    assert scenario.years == 3


def test_the_dummy_enters_no_scenario() -> None:
    found = experiment(SOBOL)
    row = rows(found).iloc[0].to_dict()
    assert "dummy" in row and "dummy" not in found.parameter_columns
    assert scenario_of(found, row).digest == scenario_of(found, {**row, "dummy": 0.9}).digest


def test_structural_variants_are_a_dimension() -> None:
    names = [parameter.name for parameter in STRUCTURES]
    one = {"kind": "scenarios"}
    assert len(rows(experiment(one, (), structures="all"))) == 2 ** len(names)
    assert len(rows(experiment(one, (), structures="each"))) == 1 + len(names)
    two = rows(experiment(one, (), structures=("structure.trust_rule", "structure.sharing_rule")))
    assert two["structure.trust_rule"].tolist() == ["delta", "delta", "beta", "beta"]
    assert "structure.drift_target" not in two


def test_the_problem_is_salibs_over_the_unit_cube() -> None:
    found = problem(experiment({**MORRIS, "groups": True}))
    assert found["names"][-1] == found["groups"][-1] == "dummy"
    assert found["bounds"] == [[0.0, 1.0]] * found["num_vars"]
