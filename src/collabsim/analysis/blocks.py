"""An outcome of a sweep as an array: blocks of rows that belong together, rows, replicates.

A block is what a design repeats and what a bootstrap may redraw: a base point of Saltelli's design with all its
rows, a trajectory of Morris's, a single row of any other. A block with a run that is missing, failed or without
the number is left out whole, and said so: half a block would bias every index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from collabsim.checks import nearest, shown
from collabsim.experiment.factors import DUMMY, Factor
from collabsim.experiment.results import Results
from collabsim.experiment.types import Experiment, experiment_of
from collabsim.parameters import LEVER_GROUPS

FEWEST = {"sobol": 16, "morris": 4}
FEWEST_ROWS = 32
"""Blocks below which no interval means anything."""

_SAMPLES = "morris, sobol, lhs or grid"
NO_SAMPLE = {
    "table": _SAMPLES,
    "one-at-a-time": _SAMPLES,
    "equal-cost": "'collabsim value', which says what each lever brings for the same money",
}
"""Designs whose rows are no sample, and what to use instead."""


class CannotRank(ValueError):
    """Results from which no ranking follows; the message is one plain sentence."""


@dataclass(frozen=True)
class Case:
    """One scenario in one structural variant: each is ranked by itself.

    Attributes
    ----------
    scenario : str
    variant : mapping
        The structural choices that the experiment varies.
    number, of : int
        Which of how many cases it is, counted from 0.
    """

    scenario: str
    variant: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0
    of: int = 1


@dataclass(frozen=True)
class Layout:
    """How the rows of a design belong together, and what it varies.

    Attributes
    ----------
    kind : str
        ``sobol``, ``morris`` or another.
    names : tuple of str
        What is ranked: enablers (groups of factors, or single factors), the dummy included.
    members : dict of str to tuple of str
        The factors of each.
    rows : int
        Rows of a block.
    second_order : bool
    levels : int
        Of Morris's grid.
    common : bool
        Whether all rows met the same luck.
    factors : dict of str to Factor
    """

    kind: str
    names: tuple[str, ...]
    members: Mapping[str, tuple[str, ...]]
    rows: int
    second_order: bool = False
    levels: int = 4
    common: bool = False
    factors: Mapping[str, Factor] = field(default_factory=dict)


@dataclass(frozen=True)
class Blocks:
    """One outcome, block by block.

    Attributes
    ----------
    y : array (blocks, rows of a block, replicates)
    design : DataFrame
        The factors' values, a row for each row of each block kept.
    layout : Layout
    planned : int
        Blocks that the design has.
    dropped : str
        What was left out and why, a sentence; empty when nothing was.
    """

    y: np.ndarray
    design: pd.DataFrame
    layout: Layout
    planned: int
    dropped: str = ""

    @property
    def blocks(self) -> int:
        """How many blocks are kept."""
        return len(self.y)

    @property
    def replicates(self) -> int:
        """Runs of a row."""
        return int(self.y.shape[2])

    @cached_property
    def runs(self) -> int:
        """How many runs are used."""
        return int(self.y.size)


def cases(results: Results) -> list[Case]:
    """The scenarios and structural variants of a sweep, each of which is ranked by itself."""
    experiment = experiment_of(results.plan["experiment"])
    design = results.design
    kind = experiment.design["kind"]
    if kind in NO_SAMPLE:
        raise CannotRank(
            f"The design is of kind {kind}: its rows are no sample of what the "
            f"enablers may be, so nothing can be ranked; use {NO_SAMPLE[kind]}."
        )
    variants = experiment.variants
    count = len(experiment.scenarios) * len(variants)
    return [
        Case(str(design["scenario"].iloc[n]), variants[n % len(variants)], n, count) for n in range(count)
    ]


def layout_of(experiment: Experiment) -> Layout:
    """How the rows of an experiment's design belong together.

    Raises
    ------
    CannotRank
        When it varies nothing.
    """
    design, factors = experiment.design, {factor.name: factor for factor in experiment.factors}
    if len(set(factors) - {DUMMY}) < 1:
        raise CannotRank("The experiment varies no factor, so there is nothing to rank.")
    named = {n: f.group if design.get("groups") else n for n, f in factors.items()}
    names = tuple(dict.fromkeys(named.values()))
    members = {name: tuple(n for n, group in named.items() if group == name) for name in names}
    second = bool(design.get("second_order"))
    rows = {"sobol": len(names) * (1 + second) + 2, "morris": len(names) + 1}.get(design["kind"], 1)
    return Layout(
        design["kind"], names, members, rows, second, design.get("levels", 4), experiment.common, factors
    )


def title_of(name: str) -> str:
    """What an enabler is called: a group's title, or a factor's own name."""
    return LEVER_GROUPS.get(name, name)


# --- from results to arrays ---------------------------------------------------------------------


def arranged(results: Results, weights: Mapping[str, float], case: Case | None = None) -> Blocks:
    """An outcome, or a weighted sum of several, of one case.

    Parameters
    ----------
    results : Results
    weights : mapping of str to float
        One outcome (any weight), or several: each is then first divided by its standard deviation over the
        design, so that weights compare what is not in one unit.
    case : Case, optional
        The first if not given.

    Raises
    ------
    CannotRank
        With a plain sentence: an unknown or constant outcome, or too few whole blocks.
    """
    experiment = experiment_of(results.plan["experiment"])
    layout, case = layout_of(experiment), case or cases(results)[0]
    tables = [_table(results, name, case, experiment.replicates) for name in weights]
    points = len(tables[0]) // layout.rows
    shape = (points, layout.rows, experiment.replicates)
    stacked = [table[: points * layout.rows].reshape(shape) for table in tables]
    whole = np.isfinite(np.stack(stacked)).all(axis=(0, 2, 3))
    dropped = _dropped(results, list(weights), layout, whole, case)
    _check_enough(layout, whole, dropped)
    design = results.design.iloc[case.number :: case.of].reset_index(drop=True)
    kept = design[np.repeat(whole, layout.rows)].reset_index(drop=True)
    y = _combined({name: table[whole] for name, table in zip(weights, stacked, strict=True)}, weights)
    return Blocks(y, kept, layout, points, dropped)


def _table(results: Results, name: str, case: Case, replicates: int) -> np.ndarray:
    """The outcome of each row of a case (rows, replicates); NaN where a run is missing."""
    if name not in results.runs:
        hint = nearest(name, results.outcomes) or f"; it has {', '.join(results.outcomes)}."
        raise CannotRank(f"The results hold no outcome called {shown(name)}{hint}")
    values = np.full((len(results.design), replicates), np.nan)
    runs = results.runs[results.runs["replicate"] < replicates]
    values[runs["row"].to_numpy(), runs["replicate"].to_numpy()] = runs[name].to_numpy(dtype=float)
    return values[case.number :: case.of]


def _combined(tables: Mapping[str, np.ndarray], weights: Mapping[str, float]) -> np.ndarray:
    """The one outcome, or the weighted sum of several in standard deviations."""
    for name, table in tables.items():
        _check_varies(name, table)
    if len(tables) == 1:
        return next(iter(tables.values()))
    scaled = [weights[n] * (t - t.mean()) / t.mean(axis=2).std() for n, t in tables.items()]
    total = np.sum(scaled, axis=0)
    _check_varies("the combination", total)
    return np.asarray(total)


def _check_varies(name: str, values: np.ndarray) -> None:
    low, high = float(values.min()), float(values.max())
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        raise CannotRank(
            f"{name} is {low:.6g} in every run, so there is nothing to rank: no enabler moves it, "
            "and neither does luck."
        )


def _check_enough(layout: Layout, whole: np.ndarray, dropped: str) -> None:
    fewest = FEWEST.get(layout.kind, FEWEST_ROWS)
    if whole.sum() < fewest:
        what = block_word(layout.kind, 2)
        raise CannotRank(
            f"Only {whole.sum():,} whole {what} are there, and a ranking needs {fewest}. {dropped}".rstrip()
        )


def block_word(kind: str, count: int) -> str:
    """What a block of a design is called."""
    word = {"sobol": "base point", "morris": "trajectory"}.get(kind, "row")
    return word if count == 1 else {"trajectory": "trajectories"}.get(word, f"{word}s")


def _dropped(results: Results, names: Sequence[str], layout: Layout, whole: np.ndarray, case: Case) -> str:
    """How many blocks are left out, and why."""
    gone = int((~whole).sum())
    if not gone:
        return ""
    failed, numberless, missing = _causes(results, names, layout, whole, case)
    causes = [
        f"{failed:,} run{'s' * (failed != 1)} failed" if failed else "",
        f"{numberless:,} run{'s have' if numberless != 1 else ' has'} no number for {' or '.join(names)}"
        if numberless else "",
        f"{missing:,} run{'s have' if missing != 1 else ' has'} not been made yet" if missing else "",
    ]  # fmt: skip
    what = block_word(layout.kind, len(whole))
    because = "; ".join(cause for cause in causes if cause)
    return f"{gone:,} of {len(whole):,} {what} left out, each whole: {because}."


def _causes(
    results: Results, names: Sequence[str], layout: Layout, whole: np.ndarray, case: Case
) -> tuple[int, int, int]:
    """Runs that failed, that have no finite number, and that were not made, in the blocks left out."""
    lost_rows = np.flatnonzero(np.repeat(~whole, layout.rows)) * case.of + case.number
    replicates = experiment_of(results.plan["experiment"]).replicates
    runs = results.runs[results.runs["row"].isin(lost_rows) & (results.runs["replicate"] < replicates)]
    failures = results.failures
    failed = int((failures["row"].isin(lost_rows) & (failures["replicate"] < replicates)).sum())
    numberless = int((~np.isfinite(runs[list(names)].to_numpy(dtype=float))).any(axis=1).sum())
    return failed, numberless, len(lost_rows) * replicates - len(runs) - failed
