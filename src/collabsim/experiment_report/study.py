"""A results folder as a report needs it: what was asked, what its rows are called, and its numbers as arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from collabsim import display
from collabsim.checks import ScenarioErrors
from collabsim.experiment.factors import DUMMY
from collabsim.experiment.results import Results
from collabsim.experiment.types import Experiment, experiment_of
from collabsim.experiment_report.called import lettered, told
from collabsim.outcomes import Outcome, find_scalar
from collabsim.parameters import PARAMETER, Value
from collabsim.scenario import Scenario, load_scenario

SAMPLES = ("lhs", "morris", "sobol")
"""Designs whose rows are a sample, not policies."""

USUAL = ("trust_last_six", "trust_last")
"""The outcome of a report unless one is named, where it was recorded and varies."""

AS_IT_IS = "as it is"
_PERIODS = {"last": "in the last year", "last_six": "over the last six years", "": ""}


@dataclass(frozen=True)
class Setting:
    """A scenario in a structural variant, in which all options are compared.

    Attributes
    ----------
    title : str
    rows : array of int
        Its rows of the design.
    """

    title: str
    rows: np.ndarray


@dataclass(frozen=True)
class Study:
    """The results of an experiment, and the outcome that the report is about.

    Attributes
    ----------
    results : Results
    scalar : str
    experiment : Experiment
    """

    results: Results
    scalar: str
    experiment: Experiment = field(init=False)

    def __post_init__(self) -> None:
        found = experiment_of(self.results.plan["experiment"], self.results.path / "scenarios")
        object.__setattr__(self, "experiment", found)

    @property
    def kind(self) -> str:
        """The kind of design."""
        return str(self.experiment.design["kind"])

    @property
    def is_sample(self) -> bool:
        """Whether rows are a sample rather than policies."""
        return self.kind in SAMPLES

    @property
    def common(self) -> bool:
        """Whether all rows met the same luck."""
        return bool(self.results.plan["common"])

    @property
    def outcome(self) -> Outcome:
        """The outcome that the report is about."""
        return find_scalar(self.scalar)[0]

    @property
    def replicates(self) -> int:
        """Planned runs of a row."""
        return int(self.results.plan["replicates"])

    @property
    def planned(self) -> int:
        """Planned runs."""
        return sum(plan.runs for plan in self.results.plans)

    @property
    def accepted(self) -> bool:
        """Whether the uncertainties were drawn from the accepted ensemble."""
        return "member" in self.results.runs

    def values(self, scalar: str = "") -> np.ndarray:
        """A scalar of every run (rows, replicates); NaN where a run is missing, failed or without the number."""
        runs = self.results.runs
        found = np.full((len(self.results.design), self.replicates), np.nan)
        inside = (runs["replicate"] < self.replicates).to_numpy()
        at = runs["row"].to_numpy()[inside], runs["replicate"].to_numpy()[inside]
        found[at] = runs[scalar or self.scalar].to_numpy(dtype=float)[inside]
        return found

    @cached_property
    def done(self) -> np.ndarray:
        """How many runs of each row (rows,) ended well, whether or not they have the number."""
        runs = self.results.runs
        inside = (runs["replicate"] < self.replicates).to_numpy()
        return np.bincount(runs["row"].to_numpy()[inside], minlength=len(self.results.design))

    @cached_property
    def titles(self) -> dict[str, str]:
        """The scenarios' titles; where a scenario cannot be read, or two share a title, its name."""
        found = {name: _plain(s.title) for name, s in self.scenarios.items()}
        names = [str(name) for name in self.results.design["scenario"].unique()]
        titles = {name: found.get(name) or name for name in names}
        taken = list(titles.values())
        return {n: t if taken.count(t) == 1 else f"{t} ({n})" for n, t in titles.items()}

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenarios that the folder keeps, as far as they can be read."""
        found = {}
        for name in self.results.plan["scenarios"]:
            stem = str(name).rpartition("/")[2].removesuffix(".toml")
            try:
                place = self.results.path / "scenarios" / f"{stem}.toml"
                found[str(name)] = load_scenario(place, years=self.experiment.years)
            except (ScenarioErrors, OSError):
                continue
        return found

    def scenario_of(self, row: int) -> Scenario | None:
        """The scenario of a row with the row's values; None where it cannot be read."""
        record = self.results.design.iloc[row]
        scenario = self.scenarios.get(str(record["scenario"]))
        values = {n: _typed(n, record[n]) for n in self.parameters if not _is_missing(record[n])}
        try:
            return scenario.with_values(values) if scenario else None
        except ScenarioErrors:
            return None

    @cached_property
    def parameters(self) -> list[str]:
        """The columns of the design that are parameters."""
        return [str(name) for name in self.results.design.columns if str(name) in PARAMETER]

    # --- rows ----------------------------------------------------------------------------------

    @cached_property
    def variant_columns(self) -> list[str]:
        """The structural choices that vary as a dimension of the design."""
        return [str(name) for name in self.experiment.variants[0]]

    @cached_property
    def settings(self) -> list[Setting]:
        """The settings, the first of which the report is about."""
        design, columns = self.results.design, list(self.variant_columns)
        if self._scenario_is_setting:
            columns = ["scenario", *columns]
        if not columns:
            return [Setting("", np.arange(len(design)))]
        keys = design[columns].astype(str).agg("\x1f".join, axis=1)
        return [
            Setting(self._title_of(design.iloc[rows[0]], columns), np.asarray(rows))
            for rows in (np.flatnonzero(keys == key) for key in keys.unique())
        ]

    @property
    def _scenario_is_setting(self) -> bool:
        """Whether every option is there once for each scenario, rather than being a scenario."""
        in_table = bool(self.experiment.table) and "scenario" in self.experiment.table[0]
        return self.kind != "scenarios" and not in_table and self.results.design["scenario"].nunique() > 1

    def _title_of(self, record: pd.Series, columns: Sequence[str]) -> str:
        """The scenario where it is a part of the setting, and the structure where it is not the usual one."""
        changed = [n for n in columns if n != "scenario" and record[n] != PARAMETER[n].default]
        structure = [", ".join(told(n, record[n]) for n in changed) or "the usual structure"]
        scenario = [self.titles[str(record["scenario"])]] if "scenario" in columns else []
        return ", ".join([*scenario, *(structure if self.variant_columns else [])])

    @cached_property
    def labels(self) -> list[str]:
        """What each row is called within its setting; no two rows of a setting share a label.

        A long one that was made of doses has a letter before it.
        """
        return [self.letters.get(label, label) for label in self._unlettered]

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """The long labels that were made of doses, each with its letter."""
        if self.kind == "scenarios":
            return {}
        named = self.results.design.get("label", pd.Series([""] * len(self.results.design)))
        made = [_is_missing(own) or not str(own).strip() for own in named]
        return lettered(label for label, is_made in zip(self._unlettered, made, strict=True) if is_made)

    @cached_property
    def _unlettered(self) -> list[str]:
        found = [""] * len(self.results.design)
        for setting in self.settings:
            for row, label in zip(setting.rows.tolist(), self._labels_of(setting), strict=True):
                found[row] = label
        return found

    def _labels_of(self, setting: Setting) -> list[str]:
        design = self.results.design.iloc[setting.rows]
        records = design.to_dict("records")
        names = [
            n
            for n in self.parameters
            if n not in self.variant_columns and design[n].nunique(dropna=False) > 1
        ]
        if not self._scenario_is_setting and design["scenario"].nunique() > 1:
            names = ["scenario", *names]
        base = records[self.base(setting)] if self.kind == "one-at-a-time" else {}
        labels = [self._label(record, base, names) for record in records]
        taken = Counter(labels)
        return [
            label if taken[label] == 1 else f"{label} (row {row})"
            for label, row in zip(labels, setting.rows.tolist(), strict=True)
        ]

    def _label(self, record: Mapping[Any, Any], base: Mapping[Any, Any], names: Sequence[str]) -> str:
        """What a row is called: its own label, else what it has that others have not."""
        own = record.get("label")
        if not _is_missing(own) and str(own).strip():
            return _plain(str(own))
        kept = [n for n in names if not _is_missing(record[n]) and record[n] != base.get(n)]
        parts = [self.titles[str(record[n])] if n == "scenario" else told(n, record[n]) for n in kept]
        return ", ".join(parts) or AS_IT_IS

    def base(self, setting: Setting) -> int:
        """The position within a setting of what others are compared with: the scenario as it is, else the first."""
        if self.kind != "grid":
            return 0
        design = self.results.design.iloc[setting.rows]
        scenario = self.scenarios.get(str(design["scenario"].iloc[0]))
        if scenario is None:
            return 0
        own = {**scenario.policy, **scenario.context, **scenario.structure}
        names = [f.name for f in self.experiment.factors if f.name != DUMMY]
        same = np.all([design[n].to_numpy() == own[n] for n in names], axis=0)
        return int(np.flatnonzero(same)[0]) if same.any() else 0


@dataclass(frozen=True)
class Answered:
    """What the answer of every kind of design begins with.

    Attributes
    ----------
    study : Study
    missing : str
        A sentence on runs that are not there.
    """

    study: Study
    missing: str = ""

    @property
    def scale(self) -> display.Scale:
        """How the outcome's numbers are shown."""
        return display.scale(self.study.outcome)


def period(scalar: str) -> str:
    """The period of a scalar, as it stands in a sentence."""
    word = find_scalar(scalar)[1]
    return _PERIODS.get(word, f"in {word.replace('_', ' ')}")


def thing(scalar: str) -> str:
    """What is measured, inside a sentence: trust between agencies over the last six years."""
    title = find_scalar(scalar)[0].title
    lowered = title[:1].lower() + title[1:]
    return f"{lowered} {period(scalar)}".strip()


def heading(scalar: str) -> str:
    """What is measured, as a heading."""
    return display.begun(thing(scalar))


def chosen(results: Results, wanted: str = "") -> str:
    """The scalar that a report is about: the one named, else a usual one that varies, else any that varies."""
    if wanted:
        return wanted
    order = [*(name for name in USUAL if name in results.outcomes), *results.outcomes]
    for name in order:
        values = results.runs[name].to_numpy(dtype=float)
        known = values[np.isfinite(values)]
        if known.size and np.ptp(known) > 0:
            return name
    return order[0]


def _typed(name: str, value: Any) -> Value:
    """A value of a design, in the type that a scenario takes."""
    kinds: Mapping[str, Any] = {"number": float, "integer": int, "boolean": bool, "choice": str}
    typed: Value = kinds[PARAMETER[name].type](value)
    return typed


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def _plain(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())
