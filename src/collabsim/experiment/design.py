"""The rows of an experiment: which scenario, with which values, in which order.

The order never changes when a design grows: points of the design come one after another, each with every
scenario and structural variant in turn, so the rows of a smaller design are the first of a larger one.

Examples
--------
>>> from collabsim.experiment.design import read_experiment, rows
>>> rows(read_experiment("funding-colocation-leadership")).columns.tolist()
['scenario', 'funding.grant_months', 'colocation.days', 'leadership.commitment']
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from collabsim.experiment import equal_cost, sampling
from collabsim.experiment.experiment_file import read_experiment
from collabsim.experiment.types import Experiment, Factor, experiment_of
from collabsim.parameters import PARAMETER, Value
from collabsim.scenario import Scenario

__all__ = [
    "Experiment", "Factor", "experiment_of", "inputs", "number_of_rows", "problem", "read_experiment",
    "rows", "scenario_of", "unit_points",
]  # fmt: skip

Row = dict[str, Value]


def rows(experiment: Experiment) -> pd.DataFrame:
    """Every row of the design.

    Returns
    -------
    DataFrame
        ``scenario``, a column per factor and per structural choice that varies (full names; values as a
        scenario takes them), ``dummy`` and ``label`` where the design has them; index 0, 1, 2, ...
    """
    points = _POINTS[experiment.design["kind"]](experiment)
    scenarios = list(experiment.loaded)
    if "scenario" in points:  # a design that says itself which row is of which scenario
        scenarios = [""]
    copies = [(scenario, variant) for scenario in scenarios for variant in experiment.variants]
    table = points.loc[points.index.repeat(len(copies))].reset_index(drop=True)
    if "scenario" not in table:
        table.insert(0, "scenario", [scenario for scenario, _ in copies] * len(points))
    for name in experiment.variants[0]:
        table[name] = [variant[name] for _, variant in copies] * len(points)
    return table


def number_of_rows(experiment: Experiment) -> int:
    """How many rows `rows` has, without making them."""
    kind, design = experiment.design["kind"], experiment.design
    copies = len(experiment.variants)
    if kind == "equal-cost":
        return copies * equal_cost.number_of_rows(experiment)
    if kind == "one-at-a-time":
        return copies * len(_one_at_a_time(experiment))
    if kind == "table":
        has_scenario = bool(experiment.table) and "scenario" in experiment.table[0]
        return copies * len(experiment.table) * (1 if has_scenario else len(experiment.scenarios))
    points = {
        "scenarios": lambda: 1,
        "grid": lambda: math.prod(len(factor.levels()) for factor in experiment.factors),
        "lhs": lambda: design["size"],
        "morris": lambda: design["size"] * (inputs(experiment) + 1),
        "sobol": lambda: design["size"] * (inputs(experiment) * (1 + design["second_order"]) + 2),
    }[kind]()
    return copies * len(experiment.scenarios) * points


def scenario_of(experiment: Experiment, row: Mapping[str, Any]) -> Scenario:
    """The scenario that a row of the design stands for.

    Parameters
    ----------
    experiment : Experiment
    row : mapping
        A row of `rows`. A parameter that is missing (NaN or None) keeps the scenario's own value.

    Raises
    ------
    ScenarioErrors
        When a value is not allowed.
    """
    values = {name: row[name] for name in experiment.parameter_columns if not _is_missing(row[name])}
    return experiment.loaded[str(row["scenario"])].with_values(values, experiment.years)


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


# --- sensitivity designs ------------------------------------------------------------------------


def problem(experiment: Experiment) -> dict[str, Any]:
    """The factors as SALib takes them: names, bounds of 0 and 1, and groups where whole groups vary."""
    factors = experiment.factors
    found: dict[str, Any] = {
        "num_vars": len(factors),
        "names": [factor.name for factor in factors],
        "bounds": [[0.0, 1.0] for _ in factors],
    }
    if experiment.design.get("groups"):
        found["groups"] = [factor.group for factor in factors]
    return found


def inputs(experiment: Experiment) -> int:
    """How many things a sensitivity design tells apart: factors, or groups of factors."""
    found = problem(experiment)
    return len(set(found.get("groups", found["names"])))


def unit_points(experiment: Experiment) -> np.ndarray:
    """The points of an lhs, morris or sobol design in the unit cube, a column per factor.

    Several scenarios or variants share the points: their rows are one after another for each point.
    """
    design, seed = experiment.design, experiment.seed
    if design["kind"] == "lhs":
        return sampling.latin(len(experiment.factors), design["size"], seed)
    if design["kind"] == "morris":
        return sampling.morris(problem(experiment), design["size"], seed, levels=design["levels"])
    return sampling.sobol(
        problem(experiment), design["size"], seed, second_order=bool(design["second_order"])
    )


def _sampled(experiment: Experiment) -> pd.DataFrame:
    points = unit_points(experiment)
    columns = {factor.name: factor.at(points[:, i]) for i, factor in enumerate(experiment.factors)}
    return pd.DataFrame(columns)


# --- designs without chance ---------------------------------------------------------------------


def _single(experiment: Experiment) -> pd.DataFrame:
    return pd.DataFrame(index=range(1))


def _grid(experiment: Experiment) -> pd.DataFrame:
    """Every combination of the factors' values, the last factor changing fastest."""
    names = [factor.name for factor in experiment.factors]
    combinations = list(product(*(factor.levels() for factor in experiment.factors)))
    return _frame([dict(zip(names, values, strict=True)) for values in combinations])


def _one_at_a_time(experiment: Experiment) -> list[Row]:
    """For each scenario, its own values, then each value of each factor with the others left alone."""
    found: list[Row] = []
    for name, scenario in experiment.loaded.items():
        own = {factor.name: own_value(scenario, factor.name) for factor in experiment.factors}
        found.append({"scenario": name, **own})
        found += [
            {"scenario": name, **own, factor.name: value}
            for factor in experiment.factors
            for value in factor.levels()
            if value != own[factor.name]
        ]
    return found


def own_value(scenario: Scenario, name: str) -> Value:
    """The value of a parameter in a scenario: of a lever, that of the policy."""
    kind = PARAMETER[name].kind
    section = {"lever": scenario.policy, "structure": scenario.structure}.get(kind, scenario.context)
    return section[name]


def _table(experiment: Experiment) -> pd.DataFrame:
    return _frame(experiment.table)


def _frame(found: Iterable[Mapping[str, Value]]) -> pd.DataFrame:
    """Rows as a data frame in the types that the parameters have."""
    table = pd.DataFrame(list(found))
    types = {"number": "float64", "integer": "int64", "boolean": "bool", "choice": "str"}
    full = [str(name) for name in table if not table[name].isna().any()]
    wanted = {name: types[PARAMETER[name].type] for name in full if name in PARAMETER}
    return table.astype(wanted)


_POINTS: Mapping[str, Callable[[Experiment], pd.DataFrame]] = {
    "scenarios": _single,
    "grid": _grid,
    "equal-cost": equal_cost.rows,
    "one-at-a-time": lambda experiment: _frame(_one_at_a_time(experiment)),
    "table": _table,
    "lhs": _sampled,
    "morris": _sampled,
    "sobol": _sampled,
}
