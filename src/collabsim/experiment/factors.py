"""What an experiment varies, and how a number between 0 and 1 becomes a value of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from collabsim.parameters import Parameter, Value

FactorKind = Literal["continuous", "integer", "categorical", "boolean"]
DISTRIBUTIONS = ("uniform", "log-uniform", "triangular", "normal")
DUMMY = "dummy"
"""Name of the factor that enters no scenario: what a sensitivity analysis finds for it is noise."""
NOT_PARAMETERS = (
    "scenario", "label", DUMMY, "world", "budget", "cash", "time", "funder", "setup", "booked",
)  # fmt: skip
"""Columns of a design that no scenario takes a value from."""


@dataclass(frozen=True)
class Factor:
    """A lever, uncertainty or structural choice that an experiment varies.

    Attributes
    ----------
    name : str
        Full name of the parameter.
    kind : str
        ``continuous``, ``integer``, ``categorical`` or ``boolean``.
    low, high : float
        Ends of the range; ignored where there are ``values``.
    values : tuple
        The only values it takes, each as likely as the others; empty for a range.
    doses : int
        Into how many values a grid or a one-at-a-time design divides a range.
    distribution : str
        One of `DISTRIBUTIONS`, over the range.
    mode : float
        Of a triangular distribution.
    mean, sd : float
        Of a normal distribution before its tails beyond the range are cut off.
    group : str
        What it is varied with in a design by groups.
    """

    name: str
    kind: FactorKind
    low: float = 0.0
    high: float = 1.0
    values: tuple[Value, ...] = ()
    doses: int = 3
    distribution: str = "uniform"
    mode: float = 0.0
    mean: float = 0.0
    sd: float = 0.0
    group: str = ""

    def at(self, share: np.ndarray) -> np.ndarray:
        """The values below which these shares of the distribution lie.

        Parameters
        ----------
        share : array of float, 0 to 1

        Returns
        -------
        array of the same shape: float, int, bool or str
        """
        if self.values:
            return _array(self.values)[_step(share, len(self.values))]
        if self.kind == "integer":
            return int(self.low) + _step(share, int(self.high) - int(self.low) + 1)
        return np.clip(_QUANTILES[self.distribution](self, share), self.low, self.high)

    def levels(self) -> list[Value]:
        """The values that a grid takes: those given, or a range's quantiles from end to end."""
        if self.values:
            return list(self.values)
        found: list[Value] = self.at(np.linspace(0.0, 1.0, self.doses)).tolist()
        return list(dict.fromkeys(found))


def factor_of(parameter: Parameter) -> Factor:
    """A parameter over its evidence range or feasible doses, as the table gives them."""
    if parameter.type == "number":
        return Factor(parameter.name, "continuous", parameter.low, parameter.high, group=parameter.group)
    if parameter.type == "integer":
        return Factor(parameter.name, "integer", parameter.low, parameter.high, group=parameter.group)
    if parameter.type == "boolean":
        return Factor(parameter.name, "boolean", values=(False, True), group=parameter.group)
    return Factor(parameter.name, "categorical", values=parameter.choices, group=parameter.group)


def dummy() -> Factor:
    """The factor that enters no scenario."""
    return Factor(DUMMY, "continuous", group=DUMMY)


def _array(values: tuple[Value, ...]) -> np.ndarray:
    """The values in one type; words stay as long as they are."""
    return np.array(values, dtype=object if isinstance(values[0], str) else None)


def _step(share: np.ndarray, steps: int) -> np.ndarray:
    """Which of so many equal steps a share lies in, counted from 0."""
    # A share that stands for the edge of a step may lie a rounding error below it.
    return np.minimum((np.asarray(share) * steps + 1e-9).astype(np.int64), steps - 1)


# --- quantiles over [low, high] -----------------------------------------------------------------


def _uniform(factor: Factor, share: np.ndarray) -> np.ndarray:
    return factor.low + share * (factor.high - factor.low)


def _log_uniform(factor: Factor, share: np.ndarray) -> np.ndarray:
    return factor.low * (factor.high / factor.low) ** share


def _triangular(factor: Factor, share: np.ndarray) -> np.ndarray:
    low, mode, high = factor.low, factor.mode, factor.high
    rising = low + np.sqrt(share * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - share) * (high - low) * (high - mode))
    return np.where(share < (mode - low) / (high - low), rising, falling)


def _normal(factor: Factor, share: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr, ndtri

    first, last = ndtr((np.array([factor.low, factor.high]) - factor.mean) / factor.sd)
    return factor.mean + factor.sd * ndtri(first + share * (last - first))


_QUANTILES = {
    "uniform": _uniform,
    "log-uniform": _log_uniform,
    "triangular": _triangular,
    "normal": _normal,
}
