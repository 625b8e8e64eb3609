"""The accepted ensemble: sets of values of all uncertainties with which the model reproduces the calibration patterns.

A run drawn with ``--uncertainty accepted`` takes one member's values in the place of the defaults. Which member is
a pure function of what the run's luck is a function of, so the two sides of a comparison, and all rows of a sweep
under common random numbers, meet the same member in the same replicate. `benchmarks/calibration.py` makes the
ensemble; docs/explanation/what-the-model-gets-right-and-wrong.md says how.

Examples
--------
>>> from collabsim.accepted import ensemble, member_of
>>> member_of(seed=0, replicate=0) < ensemble().size
True
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from collabsim.parameters import PARAMETER, Value

if TYPE_CHECKING:
    from collabsim.model.simulate import Runs
    from collabsim.scenario import Scenario

DEFAULT, ACCEPTED = "default", "accepted"
CHOICES = (DEFAULT, ACCEPTED)
"""Where the uncertainties' values come from: the defaults, or the ensemble."""

FILE = Path(__file__).with_suffix(".parquet")
PROVENANCE = b"provenance"
_MEMBERS = 0xACCE
"""What the hash of members begins with, so that it shares no word with the model's luck."""


@dataclass(frozen=True)
class Ensemble:
    """The members.

    Attributes
    ----------
    names : tuple of str
        Uncertainties.
    values : array (members, names)
    provenance : mapping
        The model, the seed and the criteria that it was made with.
    """

    names: tuple[str, ...]
    values: np.ndarray
    provenance: Mapping[str, Any]

    @property
    def size(self) -> int:
        """How many members there are."""
        return len(self.values)

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of names and values."""
        content = "\x1f".join(self.names).encode() + np.ascontiguousarray(self.values).tobytes()
        return hashlib.sha256(content).hexdigest()

    def member(self, number: int) -> dict[str, Value]:
        """The values of a member, each in its parameter's type."""
        return {
            name: int(value) if PARAMETER[name].type == "integer" else value
            for name, value in zip(self.names, self.values[number].tolist(), strict=True)
        }


@cache
def ensemble() -> Ensemble:
    """The ensemble that the package carries."""
    import pyarrow.parquet as pq

    table = pq.read_table(FILE)
    provenance = json.loads((table.schema.metadata or {})[PROVENANCE])
    columns = [table[name].to_numpy() for name in table.column_names]
    return Ensemble(tuple(table.column_names), np.column_stack(columns), provenance)


# --- who draws whom -----------------------------------------------------------------------------


def member_of(seed: int, replicate: int, luck: int = 0) -> int:
    """The member that a run draws.

    The members are put in an order by a counter-based hash of (seed, member). Replicate after replicate takes the
    next one, round and round, so that as many replicates as there are members meet each once.

    Parameters
    ----------
    seed, replicate : int
    luck : int
        0 under common random numbers; else one more than the row of the design, which shifts the order.
    """
    order = _order(seed)
    return int(order[(_shift(seed, luck) + replicate) % len(order)])


def members_of(seed: int, rows: np.ndarray, replicates: np.ndarray, common: bool) -> np.ndarray:
    """The members of many runs of a sweep.

    Parameters
    ----------
    seed : int
    rows, replicates : array (runs,)
    common : bool
        Whether all rows meet the same luck.

    Returns
    -------
    array (runs,) of int32
    """
    order = _order(seed)
    lucks = np.zeros_like(rows) if common else rows + 1
    shifts = {int(luck): _shift(seed, int(luck)) for luck in np.unique(lucks)}
    moved = np.array([shifts[luck] for luck in lucks.tolist()], dtype=np.int64) + replicates
    return order[moved % len(order)].astype(np.int32)


@cache
def _order(seed: int) -> np.ndarray:
    return np.argsort([_word(seed, 0, member) for member in range(ensemble().size)], kind="stable")


@cache
def _shift(seed: int, luck: int) -> int:
    return 0 if luck == 0 else _word(seed, 1, luck) % ensemble().size


def _word(seed: int, kind: int, number: int) -> int:
    """64 bits that are a function of the arguments alone."""
    return int(np.random.SeedSequence((_MEMBERS, seed, kind, number)).generate_state(1, np.uint64)[0])


# --- from a member to runs ----------------------------------------------------------------------


def with_member(scenario: Scenario, number: int, keep: Collection[str] = ()) -> Scenario:
    """The scenario with a member's values, except where somebody has decided otherwise.

    Parameters
    ----------
    scenario : Scenario
    number : int
    keep : collection of str
        Uncertainties that were given a value. Those whose value in the scenario is not the default are kept too.
    """
    values = {
        name: value
        for name, value in ensemble().member(number).items()
        if name not in keep and scenario.context[name] == PARAMETER[name].default
    }
    return scenario.with_values(values)


def scenario_of_run(
    scenario: Scenario,
    uncertainty: str,
    seed: int,
    replicate: int,
    luck: int = 0,
    keep: Collection[str] = (),
) -> Scenario:
    """The scenario of one run: with the member that it draws, or, by `DEFAULT`, as it is."""
    if uncertainty == DEFAULT:
        return scenario
    return with_member(scenario, member_of(seed, replicate, luck), keep)


def simulate_accepted(
    scenario: Scenario,
    replicates: int,
    seed: int = 0,
    first: int = 0,
    keep: Collection[str] = (),
    workers: int | None = None,
    progress: Callable[[], None] | None = None,
) -> Runs:
    """Run replicates, each with the member that it draws; otherwise as `collabsim.model.simulate.simulate`."""
    from collabsim.model import state
    from collabsim.model.simulate import Runs, run_once, total_weeks

    months = total_weeks(scenario) * 12 // 52
    series = np.empty((replicates, months), dtype=state.SERIES)
    ledger = np.empty((replicates, months), dtype=state.LEDGER)

    def one(n: int) -> None:
        run = run_once(with_member(scenario, member_of(seed, first + n), keep), seed, first + n)
        series[n], ledger[n] = run.series, run.ledger
        if progress is not None:
            progress()

    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        list(pool.map(one, range(replicates)))
    return Runs(series, ledger, scenario.burn_in_years * 12)
