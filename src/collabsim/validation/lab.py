"""The runs that patterns are measured on, each made once for one structure of the model.

A *world* is a scenario under a name: a shipped partnership under some policy, with the structure and the
uncertainties that are on trial. All worlds meet the same luck (common random numbers), replicate by replicate.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from collabsim.model.draws import run_key
from collabsim.model.founding import Arrays, blueprint
from collabsim.model.simulate import Run, live_weeks, new_run, run_once, total_weeks
from collabsim.parameters import PARAMETER, Value
from collabsim.scenario import Agency, Scenario, load_scenario

DRAWS = 20
"""Draws of the uncertainties for each replicate."""
MIXED, ALL_GRANT = "mixed-partnership", "short-term-funding"
QUICK, DECENT = 16, 60
"""Replicates of a quick look, and of the published tables."""


@dataclass
class Lab:
    """Where patterns are measured.

    Attributes
    ----------
    structure : mapping
        Structural choices, by full name; the default where none is named.
    values : mapping
        Uncertainties that differ from their defaults, by full name.
    replicates : int
        Of every world; some worlds take a fixed part of it, or need few.
    seed : int
    finer : int
        Times as many replicates of the worlds that small differences between cases are measured on.
    draws : int
        Draws of the uncertainties for each replicate (patterns 7 and 10).
    workers : int, optional
        Threads; all cores by default.
    watcher : callable, optional
        Called with the number of runs that were made.
    """

    structure: Mapping[str, Value] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    replicates: int = QUICK
    finer: int = 1
    draws: int = DRAWS
    seed: int = 0
    workers: int | None = None
    watcher: Callable[[int], None] | None = None
    _kept: dict[object, list[Run]] = field(default_factory=dict)

    # --- scenarios -------------------------------------------------------------------------------

    def scenario(
        self, base: str = MIXED, years: int | None = None, **changes: Mapping[str, Value]
    ) -> Scenario:
        """A shipped scenario on trial.

        Parameters
        ----------
        base : str
        years : int, optional
        **changes : mapping
            ``policy``: levers from the policy's start, or another structure; ``always``: levers in the
            burn-in too; ``context``: uncertainties, which go before the lab's own.
        """
        always, policy = changes.get("always", {}), changes.get("policy", {})
        given = {**self.values, **changes.get("context", {})}
        known = {name: value for name, value in given.items() if name in PARAMETER}
        found = load_scenario(base, {**known, **self.structure, **always, **policy}, years)
        levers = {name: found.policy[name] for name in always}
        return replace(found, baseline={**found.baseline, **levers}) if always else found

    # --- runs ------------------------------------------------------------------------------------

    def runs(self, scenario: Scenario, record: Sequence[str] = (), part: float = 1.0) -> list[Run]:
        """The replicates of a world, made when first asked for.

        Parameters
        ----------
        scenario : Scenario
        record : sequence of str
            Tables to write down (`collabsim.model.simulate.TABLES`).
        part : float
            How many of the lab's replicates are enough, at least 3.
        """
        count = max(3, round(part * self.replicates))
        key = (scenario.digest, tuple(record), count)
        if key not in self._kept:
            plan = blueprint(scenario)
            self._kept[key] = self.each(
                lambda n: run_once(scenario, self.seed, n, record=record, plan=plan), count
            )
        return self._kept[key]

    def usual(self) -> list[Run]:
        """The reference partnership as it is, with all that any pattern looks at."""
        return self.runs(self.scenario(), ("events", "cases", "relationships"))

    def many(self, scenario: Scenario) -> list[Run]:
        """More replicates of a world, with its cases and nothing else written down."""
        return self.runs(scenario, ("cases",), part=self.finer)

    def each(self, work: Callable[[int], Run], count: int) -> list[Run]:
        """Do something for each of so many replicates on all cores."""
        with ThreadPoolExecutor(self.workers or os.cpu_count() or 1) as pool:
            done = list(pool.map(work, range(count)))
        if self.watcher is not None:
            self.watcher(count)
        return done

    def forget(self) -> None:
        """Let go of the runs."""
        self._kept.clear()

    def experiment(self, scenario: Scenario, replicate: int) -> Experiment:
        """A run that is lived step by step, while somebody looks on or interferes."""
        return Experiment(scenario, self.seed, replicate)


class Experiment:
    """One replicate, lived in steps.

    Attributes
    ----------
    arrays : dict of arrays
        The state (`collabsim.model.state`), which may be looked at between steps.
    week : int
        The next week to live.
    """

    def __init__(self, scenario: Scenario, seed: int, replicate: int) -> None:
        self._key = run_key(seed, 0, replicate)
        self._run = new_run(blueprint(scenario), total_weeks(scenario))
        self._run.arrays["context"] = self._run.arrays[
            "context"
        ].copy()  # what `set` changes is this run's own
        self.week = 0

    @property
    def arrays(self) -> Arrays:
        """The state."""
        return self._run.arrays

    def live(self, weeks: int) -> None:
        """Live so many weeks on."""
        live_weeks(self._run, self._key, self.week, weeks)
        self.week += weeks

    def set(self, values: Mapping[str, float]) -> None:
        """Give uncertainties other values from now on."""
        for name, value in values.items():
            self.arrays["context"][0][PARAMETER[name].field] = value

    def value(self, name: str) -> float:
        """The value of an uncertainty now."""
        return float(self.arrays["context"][0][PARAMETER[name].field])

    @property
    def ordinary(self) -> np.ndarray:
        """Which pairs of ordinary posts are relationships now: (posts, posts) of bool, within one locality."""
        n = int(self.arrays["world"][0]["ordinary"])
        return np.asarray(self.arrays["met"][:n, :n] > -2)

    @property
    def trust(self) -> np.ndarray:
        """Trust of ordinary posts in each other, a copy."""
        n = int(self.arrays["world"][0]["ordinary"])
        return self.arrays["trust"][:n, :n].copy()


def sized(
    scenario: Scenario, posts: Sequence[int], sector: str = "vcse", grant_share: float = 1.0
) -> Scenario:
    """The same scenario with other agencies: so many posts each, all of one sector."""
    agencies = tuple(
        Agency(f"Agency {number}", sector, count, grant_share) for number, count in enumerate(posts, 1)
    )
    return replace(scenario, agencies=agencies, host=0)
