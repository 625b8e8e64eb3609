"""Reads a condition on an outcome, such as ``trust_last < 0.5``: an outcome, an operator, a number; nothing is run."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from collabsim.checks import ScenarioErrors, nearest, shown
from collabsim.outcomes import find_scalar

_OPERATORS: Mapping[str, tuple[Callable[[Any, Any], Any], str]] = {
    "<": (operator.lt, "below"),
    "<=": (operator.le, "at most"),
    ">": (operator.gt, "above"),
    ">=": (operator.ge, "at least"),
}
_PERIODS = {"last": "in the last year", "last_six": "over the last six years", "": ""}
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"


@dataclass(frozen=True)
class Where:
    """A condition on an outcome.

    Attributes
    ----------
    outcome : str
        A scalar's name.
    sign : str
        ``<``, ``<=``, ``>`` or ``>=``.
    value : float
    """

    outcome: str
    sign: str
    value: float

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Where it holds; never where there is no number."""
        return np.asarray(_OPERATORS[self.sign][0](values, self.value))

    @property
    def words(self) -> str:
        """The condition in words, as in "trust between agencies in the last year below 0.5"."""
        outcome, period = find_scalar(self.outcome)
        when = _PERIODS.get(period, f"in {period.replace('_', ' ')}")
        title = outcome.title[0].lower() + outcome.title[1:]
        return f"{title} {when} {_OPERATORS[self.sign][1]} {self.value:,.6g}".replace("  ", " ")

    def __str__(self) -> str:
        return f"{self.outcome} {self.sign} {self.value:.12g}"


def read_where(text: str, outcomes: Sequence[str], option: str = "--where") -> Where:
    """Read a condition.

    Parameters
    ----------
    text : str
    outcomes : sequence of str
        Those that the results hold.
    option : str
        What errors call it.

    Raises
    ------
    ScenarioErrors
        With one plain sentence.
    """
    found = re.fullmatch(rf"\s*([\w.]+)\s*(<=|>=|<|>)\s*({_NUMBER})\s*", text)
    if not found:
        example = f"{outcomes[0] if outcomes else 'trust_last'} < 0.5"
        said = f"{option} is {shown(text)}, but must be an outcome, one of < <= > >=, and a number, as in {shown(example)}"
        raise ScenarioErrors([f"{said}."])
    name, sign, value = found.groups()
    if name not in outcomes:
        hint = nearest(name, outcomes) or f"; they hold {', '.join(outcomes)}."
        raise ScenarioErrors([f"{option} names {shown(name)}, but the results hold no such outcome{hint}"])
    return Where(name, sign, float(value))
