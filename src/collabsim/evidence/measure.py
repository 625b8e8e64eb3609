"""Moves the target of every row of the crosswalk and compares, replicate by replicate under the same luck."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from collabsim.analysis.differences import paired
from collabsim.evidence.comparison import comparison
from collabsim.evidence.crosswalk import Row
from collabsim.evidence.figures import READ, Figure
from collabsim.model.simulate import simulate
from collabsim.outcomes import mean_over, periods
from collabsim.scenario import Scenario

_Key = tuple[str, str]


def measured(
    rows: Iterable[Row],
    replicates: int,
    seed: int = 0,
    workers: int | None = None,
    tick: Callable[[], None] = lambda: None,
) -> list[Figure]:
    """Every arrow of some rows.

    Parameters
    ----------
    rows : iterable of Row
    replicates, seed : int
    workers : int, optional
        Threads; all cores by default. Changes no figure.
    tick : callable
        Called after every scenario, of which there are `len(scenarios_of(rows))`.
    """
    rows = list(rows)
    values: dict[str, dict[_Key, np.ndarray]] = {}
    for digest, (scenario, keys) in scenarios_of(rows).items():
        values[digest] = _values(scenario, keys, replicates, seed, workers)
        tick()
    return [figure for row in rows for figure in _figures(row, values)]


def scenarios_of(rows: Iterable[Row]) -> dict[str, tuple[Scenario, set[_Key]]]:
    """The scenarios that the rows compare, each once, by digest, with the outcomes and periods to read."""
    found: dict[str, tuple[Scenario, set[_Key]]] = {}
    for move in (move for row in rows for move in row.moves):
        pair = comparison(move)
        for scenario in (pair.before, pair.after):
            keys = found.setdefault(scenario.digest, (scenario, set()))[1]
            keys.update((outcome, move.period) for outcome in move.expect)
    return found


def _values(
    scenario: Scenario, keys: set[_Key], replicates: int, seed: int, workers: int | None
) -> dict[_Key, np.ndarray]:
    runs = simulate(scenario, replicates, seed, workers=workers)
    months = periods(scenario.years)
    after = runs.series[:, runs.burn_in :]
    return {(name, period): mean_over(READ[name], after[:, slice(*months[period])]) for name, period in keys}


def _figures(row: Row, values: Mapping[str, Mapping[_Key, np.ndarray]]) -> list[Figure]:
    figures = []
    for number, move in enumerate(row.moves, 1):
        pair = comparison(move)
        before, after = values[pair.before.digest], values[pair.after.digest]
        for outcome, expected in move.expect.items():
            key = (outcome, move.period)
            found = paired(before[key], after[key])
            d = found.difference
            figures.append(
                Figure(row.id, number, outcome, expected, found.base.mean, d.mean, d.low, d.high, d.sd)
            )
    return figures
