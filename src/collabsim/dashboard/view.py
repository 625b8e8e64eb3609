"""What an Explore page shows, and the scenarios that it stands for. `links` writes it into an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from collabsim import library
from collabsim.checks import ScenarioErrors, shown
from collabsim.dashboard import limits
from collabsim.dashboard.uploads import scenario_of_text
from collabsim.parameters import PARAMETER, PARAMETERS, Value
from collabsim.scenario import Scenario, load_scenario

START = "mixed-partnership"
OWN = "own"
"""The name, in an address, of a scenario that the address itself carries."""
LOOKS = ("light", "dark", "projector")
TABS = ("changes", "why", "people", "events")
SIDES = ("baseline", "yours")
"""Whose people are shown: the baseline's, or those of the partnership with your changes."""
ASSUMPTIONS = "assumptions"
"""Opened in place of a group of controls: the list of assumptions."""
LOOKING = ("shown", "tab", "look", "replicate", "side", "month", "post", "opened")
"""The parts of a view that say where somebody looks; they stay when the partnership changes."""
MOST_SEED = 2**53 - 1  # a browser's whole numbers end here
MOST_MONTH = 12 * (limits.MOST_YEARS + limits.MOST_BURN_IN) - 1
GROUPS = (ASSUMPTIONS, *dict.fromkeys(p.group for p in PARAMETERS))
"""What can be opened on Explore."""

Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class View:
    """What somebody has chosen.

    Attributes
    ----------
    scenario : str
        A shipped name, or `OWN`.
    text : str
        The own scenario's file.
    values : mapping
        Levers that were moved, and assumptions that were changed (those hold for the baseline too).
    events : tuple of mapping, or None
        The timeline as rows of a scenario file; None where it is the scenario's own.
    years : int or None
    seed : int
    shown : pair of str
        The two outcomes whose course is drawn.
    tab, look : str
    replicate : int
        The one whose people are shown.
    side : str
        One of `SIDES`.
    month : int
        The one that is looked at, from the start of the run.
    post : int or None
        The position of the post whose holder's story is told.
    opened : tuple of str
        Groups of controls that are open, and `ASSUMPTIONS`.
    """

    scenario: str = START
    text: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    events: Rows | None = None
    years: int | None = None
    seed: int = 0
    shown: tuple[str, str] = ("trust", "separations")
    tab: str = TABS[0]
    look: str = LOOKS[0]
    replicate: int = 0
    side: str = SIDES[1]
    month: int = 0
    post: int | None = None
    opened: tuple[str, ...] = ("funding",)

    @property
    def looking(self) -> dict[str, Any]:
        """Where somebody looks, whatever the partnership."""
        return {name: getattr(self, name) for name in LOOKING}

    @property
    def levers(self) -> dict[str, Value]:
        """The levers among the values."""
        return {name: value for name, value in self.values.items() if PARAMETER[name].kind == "lever"}

    @property
    def assumptions(self) -> dict[str, Value]:
        """The other values."""
        return {name: value for name, value in self.values.items() if PARAMETER[name].kind != "lever"}


# --- scenarios ----------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def file_of(name: str, text: str) -> Scenario:
    """The scenario as it is in its file: a shipped name (never a path), or a text.

    Raises
    ------
    ScenarioErrors
    """
    if name == OWN:
        return small_enough(scenario_of_text(text))
    if not library.is_name(name):
        raise ScenarioErrors([f"There is no scenario called {shown(name)}."])
    return small_enough(load_scenario(name))


def small_enough(scenario: Scenario, called: str = "") -> Scenario:
    """The scenario, if it can be shown live.

    Parameters
    ----------
    scenario : Scenario
    called : str
        What messages call it, if not by its own name.

    Raises
    ------
    ScenarioErrors
    """
    posts = sum(agency.posts for agency in scenario.agencies)
    bounds = (
        (posts, limits.MOST_POSTS, "posts"),
        (scenario.years, limits.MOST_YEARS, "years"),
        (scenario.burn_in_years, limits.MOST_BURN_IN, "years of burn-in"),
        (len(scenario.events), limits.MOST_EVENTS, "events"),
    )
    errors = [
        f"{called or scenario.name} has {found:,} {what}, but the dashboard shows at most {most:,}: "
        "'collabsim run' takes larger ones."
        for found, most, what in bounds
        if found > most
    ]
    if errors:
        raise ScenarioErrors(errors)
    return scenario


def baseline(view: View) -> Scenario:
    """The scenario of the file, under the assumptions that were changed."""
    return file_of(view.scenario, view.text).with_values(view.assumptions, view.years)


def current(view: View) -> Scenario:
    """The baseline with levers moved and the timeline edited; events after the run's end are left out.

    Raises
    ------
    ScenarioErrors
    """
    return with_every_event(view).with_values(view.levers, years(view))


def with_every_event(view: View) -> Scenario:
    """The baseline with the timeline edited, as long as a run may be: no event is left out.

    Raises
    ------
    ScenarioErrors
    """
    longest = file_of(view.scenario, view.text).with_values(view.assumptions, limits.MOST_YEARS)
    return longest if view.events is None else longest.with_events(view.events)


def years(view: View) -> int:
    """The length of the run after the burn-in."""
    return view.years or file_of(view.scenario, view.text).years


def with_value(view: View, name: str, value: Any) -> View:
    """The view with a lever or assumption at another value; back at the scenario's, it is not kept.

    Raises
    ------
    ScenarioErrors
    """
    scenario = file_of(view.scenario, view.text).with_values({name: value})
    others = {key: kept for key, kept in view.values.items() if key != name}
    found, usual = value_in(scenario, name), value_in(file_of(view.scenario, view.text), name)
    return replace(view, values=others if found == usual else {**others, name: found})


def value_in(scenario: Scenario, name: str) -> Value:
    """The value of a parameter in a scenario: of a lever, under the policy."""
    for section in (scenario.policy, scenario.context, scenario.structure):
        if name in section:
            return section[name]
    raise LookupError(name)


def checked_rows(rows: Any) -> Rows:
    """Rows of events that somebody sent, if they are a list of small tables.

    Raises
    ------
    ScenarioErrors
    """
    if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
        raise ScenarioErrors(["events must be a list of tables."])
    if len(rows) > limits.MOST_EVENTS:
        raise ScenarioErrors(
            [f"There are {len(rows):,} events, but at most {limits.MOST_EVENTS} are allowed."]
        )
    return tuple(rows)
