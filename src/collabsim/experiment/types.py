"""What an experiment is: a question, the scenarios and factors that answer it, and how often each is run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from collabsim.accepted import DEFAULT
from collabsim.experiment import equal_cost
from collabsim.experiment.factors import NOT_PARAMETERS, Factor, FactorKind
from collabsim.outcomes import MONTHLY
from collabsim.parameters import OPTIONS, STRUCTURES, Value
from collabsim.scenario import Scenario, load_scenario

__all__ = ["SCHEMA", "Experiment", "Factor", "FactorKind", "experiment_of"]

SCHEMA = 1
"""Version of what `Experiment.resolved` gives."""


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
        Structural variants: ``default``, ``each`` (the default and every other choice in turn), ``all``
        (every combination), or the names of the choices of which to take every combination.
    path : Path or None
        The file it was read from.
    trajectories : bool
        Whether to record the monthly series of every run.
    table : tuple of mapping
        The rows of a design of kind ``table``, as read and checked.
    uncertainty : str
        One of `collabsim.accepted.CHOICES`: where uncertainties that no factor varies take their values from.
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
    table: tuple[Mapping[str, Value], ...] = ()
    uncertainty: str = DEFAULT

    @cached_property
    def loaded(self) -> dict[str, Scenario]:
        """The scenarios by name, as their files give them.

        Raises
        ------
        ScenarioErrors
            With everything that is wrong with any of them.
        """
        found = [load_scenario(name) for name in self.scenarios]
        return {scenario.name: scenario for scenario in found}

    @cached_property
    def variants(self) -> list[dict[str, Value]]:
        """The structural variants, each a value for the choices that any variant changes."""
        choices = {s.name: s.choices for s in (*STRUCTURES, *OPTIONS) if self._varies(s.name)}
        variants: list[dict[str, Value]] = [
            dict(zip(choices, values, strict=True)) for values in product(*choices.values())
        ]
        if self.structures != "each":
            return variants
        usual = variants[0]
        return [v for v in variants if sum(v[name] != usual[name] for name in v) <= 1]

    def _varies(self, structure: str) -> bool:
        if isinstance(self.structures, str):
            return self.structures != "default" and structure in {s.name for s in STRUCTURES}
        return structure in self.structures

    @property
    def parameter_columns(self) -> tuple[str, ...]:
        """The columns of the design that a scenario takes values from."""
        names = [factor.name for factor in self.factors]
        if self.design["kind"] == "equal-cost":
            names = equal_cost.columns(self.factors)
        in_table = [name for row in self.table for name in row]
        found = dict.fromkeys([*names, *in_table, *self.variants[0]])
        return tuple(name for name in found if name not in NOT_PARAMETERS)

    @property
    def recorded(self) -> tuple[str, ...]:
        """The scalars to record: those asked for, else every outcome over the last year."""
        return self.outcomes or tuple(f"{outcome.name}_last" for outcome in MONTHLY)

    def resolved(self) -> dict[str, Any]:
        """All of the experiment, in types that JSON has; `experiment_of` is the inverse."""
        content = asdict(self)
        del content["path"]
        content["design"] = dict(self.design)
        content["scenarios"] = tuple(self.loaded)  # names: the same wherever their files lie
        content["outcomes"] = self.recorded
        return {"schema": SCHEMA, **content}


def experiment_of(resolved: Mapping[str, Any], folder: Path | None = None) -> Experiment:
    """The experiment that `Experiment.resolved` was taken of.

    Parameters
    ----------
    resolved : mapping
        Also after a journey through JSON.
    folder : Path, optional
        Where its scenarios are, each as ``<name>.toml``; without it, they are found as named.

    Raises
    ------
    ValueError
        When it is of another schema.
    """
    content = dict(resolved)
    if content.pop("schema", None) != SCHEMA:
        raise ValueError(f"This experiment is not of schema {SCHEMA}, the one that this version reads.")
    content["factors"] = tuple(Factor(**{**f, "values": tuple(f["values"])}) for f in content["factors"])
    design = content["design"].items()
    content["design"] = {key: tuple(v) if isinstance(v, list) else v for key, v in design}
    content["table"] = tuple(content["table"])
    content["outcomes"] = tuple(content["outcomes"])
    if not isinstance(content["structures"], str):
        content["structures"] = tuple(content["structures"])
    content["scenarios"] = tuple(_in_folder(name, folder) for name in content["scenarios"])
    return Experiment(**content)


def _in_folder(scenario: str, folder: Path | None) -> str:
    return scenario if folder is None else str(folder / f"{scenario}.toml")
