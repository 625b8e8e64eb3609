"""What an experiment is: a question, the scenarios and factors that answer it, and how often each is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from collabsim.parameters import Value

FactorKind = Literal["continuous", "integer", "categorical", "boolean"]


@dataclass(frozen=True)
class Factor:
    """One thing that an experiment varies.

    Attributes
    ----------
    name : str
        Full name of a lever, uncertainty or structural choice, as a scenario takes it.
    kind : str
        ``continuous``, ``integer``, ``categorical`` or ``boolean``.
    low, high : float or None
        Range of a continuous or integer factor.
    values : tuple
        Doses or choices, where they are listed; else empty.
    distribution : str
        How a design samples the range: ``uniform``, ``log-uniform``, ``triangular``, ``normal``.
    """

    name: str
    kind: FactorKind
    low: float | None = None
    high: float | None = None
    values: tuple[Value, ...] = ()
    distribution: str = "uniform"


@dataclass(frozen=True)
class Experiment:
    """A question, and the runs that answer it.

    Attributes
    ----------
    name, title, question, about : str
    scenarios : tuple of str
        Names of shipped scenarios, or paths.
    factors : tuple of Factor
    design : mapping
        Its ``kind`` (``grid``, ``lhs``, ``morris``, ``sobol``, ...) and that kind's options.
    replicates : int
        Runs of every row.
    years : int or None
        Length of a run; None: the scenario's own.
    outcomes : tuple of str
        Scalars to record (`collabsim.outcomes.scalar_names`); empty: every outcome over the last year.
    seed : int
    common : bool
        True: every row meets the same luck (common random numbers); False: each row its own.
    structures : str or tuple of str
        Structural variants: ``default``, ``all``, or the names of choices to vary.
    path : Path or None
        The file it was read from.
    trajectories : bool
        Whether to record the monthly series of every run.
    """

    name: str
    title: str = ""
    question: str = ""
    about: str = ""
    scenarios: tuple[str, ...] = ("mixed-partnership",)
    factors: tuple[Factor, ...] = ()
    design: Mapping[str, Any] = field(default_factory=lambda: {"kind": "scenarios"})
    replicates: int = 10
    years: int | None = None
    outcomes: tuple[str, ...] = ()
    seed: int = 0
    common: bool = True
    structures: str | tuple[str, ...] = "default"
    path: Path | None = field(default=None, compare=False)
    trajectories: bool = False
