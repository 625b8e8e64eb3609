"""The rows of a sweep as points in which corners are looked for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from collabsim.analysis.boxes import Points
from collabsim.analysis.where import Where
from collabsim.experiment.factors import NOT_PARAMETERS
from collabsim.experiment.results import Results
from collabsim.parameters import PARAMETER

FEWEST_ROWS = 20
"""Below so many rows no box can be told from luck."""


class CannotDiscover(ValueError):
    """The results cannot answer; the message is a plain sentence."""


def points_of(results: Results, where: Where, among: str = "all") -> Points:
    """The rows of a design as points, with how many of their runs meet the condition.

    Raises
    ------
    CannotDiscover
    """
    known = results.runs[["row", where.outcome]].dropna()
    if known.empty:
        raise CannotDiscover(f"No run in {results.path} has a number for {where.outcome}.")
    counted = known.assign(hit=where.holds(known[where.outcome].to_numpy())).groupby("row")["hit"]
    table = counted.agg(["size", "sum"])
    design = factors_of(results).iloc[table.index]
    design = design[
        [name for name in design if among == "all" or _is_lever(str(name)) == (among == "levers")]
    ]
    names = [str(name) for name in design if _is_ordered(str(name))]
    words = [str(name) for name in design if name not in names]
    if not (names or words):
        what = "nothing" if among == "all" else f"no {among}"
        raise CannotDiscover(f"The design in {results.path} varies {what}.")
    if len(design) < FEWEST_ROWS:
        raise CannotDiscover(
            f"The design in {results.path} has {len(design)} rows; at least {FEWEST_ROWS} are needed."
        )
    coded = [pd.factorize(design[name].astype(str), sort=True) for name in words]
    return Points(
        design[names].to_numpy(dtype=float),
        np.column_stack([codes for codes, _ in coded]) if coded else np.zeros((len(design), 0), dtype=int),
        tuple(tuple(values) for _, values in coded), tuple(names), tuple(words),
        table["size"].to_numpy(dtype=float), table["sum"].to_numpy(dtype=float),
    )  # fmt: skip


def factors_of(results: Results) -> pd.DataFrame:
    """The columns of the design that vary, an empty cell filled with the scenario's own value."""
    design = results.design.drop(columns=[n for n in NOT_PARAMETERS if n != "scenario"], errors="ignore")
    filled = {str(name): _filled(results, design, str(name)) for name in design}
    return pd.DataFrame({name: column for name, column in filled.items() if column.nunique() > 1})


def _filled(results: Results, design: pd.DataFrame, name: str) -> pd.Series:
    column = design[name]
    if name == "scenario" or not column.isna().any():
        return column
    from collabsim.experiment.design import own_value
    from collabsim.scenario import load_scenario

    folder = results.path / "scenarios"
    own = {
        scenario: own_value(load_scenario(folder / f"{scenario}.toml"), name)
        for scenario in design["scenario"].unique()
    }
    return column.astype(object).where(column.notna(), design["scenario"].map(own))


def _is_lever(name: str) -> bool:
    return name in PARAMETER and PARAMETER[name].kind == "lever"


def _is_ordered(name: str) -> bool:
    return name in PARAMETER and PARAMETER[name].type in ("number", "integer")
