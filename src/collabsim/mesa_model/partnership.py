"""The model: a scenario that lives a week at every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

import mesa
import numpy as np
from mesa.agent import AgentSet

from collabsim.checks import ScenarioErrors, checked
from collabsim.file_format import Field
from collabsim.mesa_model.agents import Agency, Staff
from collabsim.mesa_model.collector import MonthlyCollector, Reporters, months_over
from collabsim.model import state
from collabsim.model.draws import run_key
from collabsim.model.founding import Arrays, blueprint
from collabsim.model.simulate import Run, live_weeks, new_run, total_weeks
from collabsim.outcomes import MONTHLY, Outcome, monthly
from collabsim.parameters import Value
from collabsim.scenario import Scenario, load_scenario


def latest(outcome: Outcome) -> Callable[[PartnershipModel], float]:
    """A reporter of an outcome in the month that has just ended."""

    def value(model: PartnershipModel) -> float:
        return float(monthly(outcome, model.series[-1:])[0])

    return value


class PartnershipModel(mesa.Model):
    """A partnership that lives a week at every step.

    Parameters
    ----------
    scenario : str, Path or Scenario
        A shipped scenario's name, a scenario file's path, or a scenario.
    seed, replicate : int, optional
        What the run's luck is a function of: runs that share both meet the same luck under any policy. A seed
        alone means its replicate 0, a replicate alone that of seed 0. With neither, as when `batch_run`
        repeats a run, a fresh seed is drawn; the attribute `seed` keeps it and the data collector notes it.
    years : int, optional
        Length of the run after the burn-in, if not the scenario's.
    **levers : number, bool or str
        Values by full name, with a double underscore for the dot: ``funding__grant_months=36``. Uncertainties
        and structural choices may be given too.

    Attributes
    ----------
    partnership : Scenario
        The scenario, checked and complete, with the values given.
    seed, replicate : int
    week, weeks : int
        Weeks lived so far, and in the whole run; the first `52 * partnership.burn_in_years` are the burn-in.
    running : bool
        False once all weeks are lived; further steps do nothing.
    datacollector : mesa.DataCollector
        Filled at every month's end. What it collects is said by `model_reporters`, `agent_reporters` and
        `agenttype_reporters`, which a subclass may replace.

    Raises
    ------
    ScenarioErrors
        With one plain sentence for every unknown name and every value that is not allowed.
    """

    model_reporters: ClassVar[Reporters] = {
        "month": lambda model: model.month,
        "seed": lambda model: model.seed,
        **{outcome.name: latest(outcome) for outcome in MONTHLY},
    }
    agent_reporters: ClassVar[Reporters] = {}
    agenttype_reporters: ClassVar[Mapping[type, Reporters]] = {}

    def __init__(
        self,
        scenario: str | Path | Scenario = "short-term-funding",
        seed: int | None = None,
        replicate: int | None = None,
        years: int | None = None,
        **levers: Value,
    ) -> None:
        self.partnership = _described(scenario, levers, years)
        self.seed, self.replicate = _seed_and_replicate(seed, replicate)
        super().__init__(rng=self.seed)
        self.weeks = total_weeks(self.partnership)
        self._plan = blueprint(self.partnership)
        self._key = run_key(self.seed, 0, self.replicate)
        self._room = 1
        self.week = 0
        self._begin(0)
        self._agencies = [Agency(self, number) for number in range(self._agency_count())]
        self._staff: dict[tuple[int, int], Staff] = {}
        self._looked_in_week = -1
        self.datacollector = MonthlyCollector(
            self.model_reporters, self.agent_reporters, self.agenttype_reporters
        )

    # --- living ---------------------------------------------------------------------------------

    def step(self) -> None:
        """Live one week; nothing once the run is over."""
        if self.week >= self.weeks:
            return
        self._live_week()
        self.week += 1
        self.running = self.week < self.weeks
        if months_over(self.week) > months_over(self.week - 1):
            self.datacollector.collect(self)

    def _live_week(self) -> None:
        if self.week == 0:
            self._begin(1)
        else:
            live_weeks(self._run, self._key, self.week, 1)
        while self.arrays["world"][0]["short"]:  # of room for open cases: it never changes a result
            self._room *= 2
            self._begin(self.week + 1)

    def _begin(self, weeks: int) -> None:
        """Found the partnership and live its first weeks."""
        self._run: Run = new_run(self._plan, self.weeks, grow=self._room)
        live_weeks(self._run, self._key, 0, weeks)

    # --- what it looks like -----------------------------------------------------------------------

    @property
    def scenario(self) -> None:
        """Always None: Mesa's own scenarios, from 3.5 on, are another thing. Ours is `partnership`."""

    @scenario.setter
    def scenario(self, scenario: object) -> None:
        pass

    @property
    def arrays(self) -> Arrays:
        """The state, as the compiled model holds it (fields in `collabsim.model.state`)."""
        return self._run.arrays

    @property
    def series(self) -> np.ndarray:
        """The monthly series so far: one row for each month that is over, the burn-in's first."""
        return self._run.series[: months_over(self.week)]

    @property
    def ledger(self) -> np.ndarray:
        """The trust and knowledge ledgers so far, by month."""
        return self._run.ledger[: months_over(self.week)]

    @property
    def month(self) -> int:
        """The last month that is over: 1 is the policy's first, 0 and below are the burn-in's."""
        return months_over(self.week) - 12 * self.partnership.burn_in_years

    @property
    def policy(self) -> np.void:
        """The levers in force, by field (the name with an underscore for the dot)."""
        return self.arrays["policies"][self.arrays["world"][0]["policy"]]

    # --- agents -----------------------------------------------------------------------------------

    @property
    def agents(self) -> AgentSet:
        """The agencies, and the staff in post now."""
        self._look()
        return super().agents

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        """The same, by class."""
        self._look()
        return super().agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """The classes of agents that there are."""
        return list(self.agents_by_type)

    @property
    def agencies(self) -> AgentSet:
        """The agencies, in the scenario's order; the hub last, where a policy gives it posts."""
        return self.agents.select(agent_type=Agency)

    @property
    def staff(self) -> AgentSet:
        """Everybody in post now."""
        return self.agents.select(agent_type=Staff)

    def agency(self, name: str) -> Agency:
        """The agency of this name.

        Raises
        ------
        LookupError
        """
        for agency in self._agencies:
            if agency.name == name:
                return agency
        raise LookupError(f"There is no agency called {name}.")

    def _agency_count(self) -> int:
        hub = any(self.arrays["posts"]["kind"] != state.ORDINARY)
        return len(self.partnership.agencies) + hub

    def _look(self) -> None:
        """Let views of leavers go and make views of newcomers, once a week and only when somebody asks."""
        if self._looked_in_week == self.week:
            return
        self._looked_in_week = self.week
        posts = self.arrays["posts"]
        in_post = {(int(row), int(posts[row]["occupant"])) for row in np.flatnonzero(posts["filled"])}
        for key in self._staff.keys() - in_post:
            self._staff.pop(key).remove()
        for key in sorted(in_post - self._staff.keys()):
            self._staff[key] = Staff(self, *key)


# --- what is given --------------------------------------------------------------------------------


def _described(scenario: str | Path | Scenario, levers: Mapping[str, Value], years: int | None) -> Scenario:
    """The scenario with the values given; errors name the model rather than the command line."""
    values = {name.replace("__", "."): value for name, value in levers.items()}
    try:
        if isinstance(scenario, Scenario):
            return scenario.with_values(values, years)
        return load_scenario(scenario, values, years)
    except ScenarioErrors as errors:
        said = [line.replace("--set: ", "PartnershipModel: ", 1) for line in errors.errors]
        raise ScenarioErrors(said) from None


def _seed_and_replicate(seed: int | None, replicate: int | None) -> tuple[int, int]:
    if seed is None and replicate is None:
        return int(np.random.SeedSequence().generate_state(1)[0]), 0
    return _whole_number("seed", seed or 0), _whole_number("replicate", replicate or 0)


def _whole_number(name: str, value: int) -> int:
    try:
        return int(checked(Field(name, "integer", "", maximum=999_999_999_999), value))
    except ValueError as error:
        raise ScenarioErrors([f"PartnershipModel: {name} {error}."]) from None
