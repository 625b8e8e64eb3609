"""The packages that the optimiser found for the games of lessons, stored with how they were found.

Each is what `collabsim packages` wrote, cut down to its best package; `benchmarks/lesson_packages.py` makes them again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "data" / "packages"


@dataclass(frozen=True)
class Best:
    """A stored package.

    Attributes
    ----------
    name, scenario : str
    budget, yearly : float
        What could be spent, and what it costs: pounds a year.
    outcome : str
    steps : mapping of str to int
        Lever -> its step of `collabsim.analysis.packages.options`; what is not named stays.
    made : mapping
        The search: evaluations, replicates, seeds, version, the gain on fresh seeds, and how much the search flattered.
    """

    name: str
    scenario: str
    budget: float
    yearly: float
    outcome: str
    steps: dict[str, int]
    made: dict[str, Any]


def names() -> list[str]:
    """Names of the stored packages."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


@cache
def best(name: str) -> Best:
    """A stored package.

    Raises
    ------
    LookupError
        When none of that name is stored.
    """
    if name not in names():
        raise LookupError(name)
    return Best(name=name, **json.loads((_FOLDER / f"{name}.json").read_text("utf-8")))
