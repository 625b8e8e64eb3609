"""What may stand in an experiment file: its keys, the kinds of design, and what each kind takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collabsim.accepted import CHOICES
from collabsim.experiment.factors import DISTRIBUTIONS
from collabsim.file_format import KEYS as SCENARIO_KEYS
from collabsim.file_format import Field

MOST_ROWS = 5_000_000
MOST_CELLS = 50_000_000
"""Rows times columns: a design of this size takes about 400 MB of memory."""
MOST_RUNS = 1_000_000_000

STRUCTURES = ("default", "each", "all")
"""Words for the structural variants, besides a list of choices."""


def _whole(name: str, meaning: str, low: int, high: int) -> Field:
    return Field(name, "integer", meaning, minimum=low, maximum=high)


def _switch(name: str, meaning: str) -> Field:
    return Field(name, "boolean", meaning)


_SCENARIO_KEY = {key.name: key for key in SCENARIO_KEYS}
KEYS = (
    _SCENARIO_KEY["title"],
    Field("question", "text", "what it is to answer, in a sentence", maximum=1_000),
    Field("about", "text", "what it varies and why", maximum=4_000),
    _whole("replicates", "runs of every row", 1, 100_000),
    _SCENARIO_KEY["years"],
    _whole("seed", "seed of the design and of the model's luck", 0, 2**63 - 1),
    _switch("common", "whether every row meets the same luck (common random numbers)"),
    _switch("trajectories", "whether to keep the monthly series of every run"),
    Field(
        "uncertainty",
        "choice",
        "where uncertainties that no factor varies take their values from",
        choices=CHOICES,
    ),
)
"""The keys with a single value; lists and tables are checked where they are read."""

LISTS = ("scenarios", "outcomes", "structures", "levers", "uncertainties", "leave_out")
TABLES = ("design", "factors")

_SIZE = "size"
_DOSES = _whole("doses", "into how many values a range is divided", 2, 1_000)
_GROUPS = _switch("groups", "whether to vary whole groups of levers or uncertainties")
_DUMMY = _switch("dummy", "whether to add a factor that enters no scenario, to show the noise")


@dataclass(frozen=True)
class Design:
    """One kind of design.

    Attributes
    ----------
    meaning : str
    options : tuple of Field
        Keys of its table besides ``kind``.
    defaults : mapping
        What those keys are without being given.
    varies : bool
        Whether it needs factors; else it takes none.
    lists : tuple of str
        Keys of its table that hold lists of amounts.
    common : bool
        Whether rows meet the same luck unless the file says otherwise.
    replicates : int
        Runs of every row unless the file says otherwise.
    """

    meaning: str
    options: tuple[Field, ...]
    defaults: Mapping[str, Any]
    varies: bool = True
    lists: tuple[str, ...] = ()
    common: bool = True
    replicates: int = 50


DESIGNS: Mapping[str, Design] = {
    "scenarios": Design("each scenario as it is", (), {}, varies=False),
    "table": Design(
        "the rows of a CSV file that lies beside the experiment",
        (Field("file", "line", "its name", minimum=1, maximum=100, required=True),),
        {},
        varies=False,
    ),
    "grid": Design("every combination of the factors' values", (_DOSES,), {"doses": 3}),
    "one-at-a-time": Design(
        "each factor over its values, the others as the scenario has them", (_DOSES,), {"doses": 2}
    ),
    "equal-cost": Design(
        "every priced lever at the dose that each budget buys, prices and uncertainties drawn anew in each world",
        (_whole(_SIZE, "worlds: draws of prices and uncertainties", 2, 100_000),),
        {_SIZE: 32, "budgets": (50_000.0, 100_000.0, 250_000.0)},
        lists=("budgets",),
        replicates=8,
    ),
    "lhs": Design(
        "a Latin hypercube: every factor spread evenly, in random combination",
        (_whole(_SIZE, "rows", 2, MOST_ROWS),),
        {_SIZE: 256},
        replicates=8,
    ),
    "morris": Design(
        "trajectories that change one factor after another: for screening",
        (
            _whole(_SIZE, "trajectories", 2, 100_000),
            _whole("levels", "values of a factor, an even number", 2, 100),
            _GROUPS,
            _DUMMY,
        ),
        {_SIZE: 20, "levels": 4, "groups": False, "dummy": True},
        common=False,
        replicates=4,
    ),
    "sobol": Design(
        "Saltelli's design: first-order and total indices, for ranking",
        (
            _whole(_SIZE, "base points, a power of two", 2, 2**22),
            _switch("second_order", "whether to tell pairs of factors apart, at twice the rows"),
            _GROUPS,
            _DUMMY,
        ),
        {_SIZE: 256, "second_order": False, "groups": False, "dummy": True},
        common=False,
        replicates=4,
    ),
}

KIND = Field("kind", "choice", "kind of design", choices=tuple(DESIGNS), required=True)

FACTOR_WORDS = (
    Field("distribution", "choice", "how values are spread over the range", choices=DISTRIBUTIONS),
    _DOSES,
)
"""Keys of a factor besides those that are values of its parameter."""
FACTOR_VALUES = ("low", "high", "mode", "mean")
