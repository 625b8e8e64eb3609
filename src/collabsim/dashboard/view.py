"""What a page shows, and its address: everything that a link needs to show the same again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from collabsim import library
from collabsim.checks import ScenarioErrors, nearest, shown
from collabsim.dashboard import limits
from collabsim.dashboard.uploads import packed, scenario_of_text, unpacked
from collabsim.outcomes import MONTHLY
from collabsim.parameters import PARAMETER, Value
from collabsim.scenario import Scenario, load_scenario

START = "mixed-partnership"
OWN = "own"
"""The name, in an address, of a scenario that the address itself carries."""
LOOKS = ("light", "dark", "projector")
TABS = ("changes", "why", "people", "events")
MOST_SEED = 2**53 - 1  # a browser's whole numbers end here

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


def small_enough(scenario: Scenario) -> Scenario:
    """The scenario, if it can be shown live.

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
        f"{scenario.name} has {found:,} {what}, but the dashboard shows at most {most:,}: "
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
    """The baseline with levers moved and the timeline edited.

    Raises
    ------
    ScenarioErrors
    """
    moved = baseline(view).with_values(view.levers)
    return moved if view.events is None else moved.with_events(view.events)


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


# --- to an address ------------------------------------------------------------------------------


def query(view: View) -> str:
    """The view as the query of an address; what is as at the start is left out."""
    plain = View()
    pairs: list[tuple[str, str]] = [("s", view.scenario)] if view.scenario != plain.scenario else []
    pairs += [("file", packed(view.text))] if view.scenario == OWN else []
    pairs += [(name, _written(value)) for name, value in view.values.items()]
    pairs += [] if view.events is None else [("events", json.dumps(view.events, separators=(",", ":")))]
    pairs += [] if view.years is None else [("years", str(view.years))]
    pairs += [("seed", str(view.seed))] if view.seed else []
    pairs += [("show", ",".join(view.shown))] if view.shown != plain.shown else []
    pairs += [("tab", view.tab)] if view.tab != plain.tab else []
    pairs += [("look", view.look)] if view.look != plain.look else []
    pairs += [("run", str(view.replicate))] if view.replicate else []
    return urlencode(pairs, quote_via=quote, safe=",:")


def _written(value: Value) -> str:
    return (
        str(value).lower() if isinstance(value, bool) else f"{value:.12g}" if _is_float(value) else str(value)
    )


def _is_float(value: Value) -> bool:
    return isinstance(value, float)


# --- from an address ----------------------------------------------------------------------------


def read(search: str | None) -> tuple[View, list[str]]:
    """The view of an address, and a sentence for everything in it that is not right, which is left out."""
    text = search or ""
    if len(text) > limits.MOST_QUERY:
        return View(), [f"The link is longer than {limits.MOST_QUERY:,} characters, so it was not read."]
    pairs = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=400))
    reader = _Reader(pairs)
    view = reader.view()
    return view, reader.errors


class _Reader:
    """Reads the pairs of an address one by one."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._pairs = pairs
        self.errors: list[str] = []

    def view(self) -> View:
        view = self._scenario()
        view = replace(
            view,
            years=self._whole("years", 1, limits.MOST_YEARS),
            seed=self._whole("seed", 0, MOST_SEED) or 0,
            shown=self._shown(),
            tab=self._one_of("tab", TABS),
            look=self._one_of("look", LOOKS),
            replicate=self._whole("run", 0, limits.MOST_REPLICATES - 1) or 0,
        )
        for name, word in self._pairs.items():
            view = self._valued(view, name, word)
        return self._timeline(view)

    def _scenario(self) -> View:
        name = self._pairs.get("s", START)
        try:
            text = unpacked(self._pairs.get("file", "")) if name == OWN else ""
            file_of(name, text)
        except ScenarioErrors as error:
            self.errors += error.errors
            return View()
        return View(scenario=name, text=text)

    def _valued(self, view: View, name: str, word: str) -> View:
        if name in _WORDS:
            return view
        if name not in PARAMETER:
            self.errors.append(f"The link sets {shown(name)}, which is not known{nearest(name, PARAMETER)}.")
            return view
        try:
            return with_value(view, name, _value(word))
        except ScenarioErrors as error:
            self.errors += [f"The link: {sentence.removeprefix('--set: ')}" for sentence in error.errors]
            return view

    def _timeline(self, view: View) -> View:
        word = self._pairs.get("events")
        if word is None:
            return view
        try:
            rows = json.loads(word)
            found = replace(view, events=checked_rows(rows))
            current(found)
        except (ValueError, RecursionError) as error:
            sentences = error.errors if isinstance(error, ScenarioErrors) else ["its events cannot be read."]
            self.errors += [f"The link: {sentence}" for sentence in sentences]
            return view
        return found

    def _whole(self, name: str, least: int, most: int) -> int | None:
        word = self._pairs.get(name)
        if word is None:
            return None
        if word.isascii() and word.isdecimal() and least <= int(word[:20]) <= most:
            return int(word)
        self.errors.append(f"The link's {name} is {shown(word)}, but must be from {least} to {most:,}.")
        return None

    def _one_of(self, name: str, words: tuple[str, ...]) -> str:
        word = self._pairs.get(name, words[0])
        if word in words:
            return word
        self.errors.append(f"The link's {name} is {shown(word)}, but must be one of {', '.join(words)}.")
        return words[0]

    def _shown(self) -> tuple[str, str]:
        plain = View().shown
        words = self._pairs.get("show", ",".join(plain)).split(",")
        names = {outcome.name for outcome in MONTHLY}
        if len(words) == 2 and set(words) <= names:
            return words[0], words[1]
        self.errors.append(f"The link's show is {shown(','.join(words))}, but must be two outcomes.")
        return plain


_WORDS = (
    "s",
    "file",
    "events",
    "years",
    "seed",
    "show",
    "tab",
    "look",
    "run",
    "with",
    "cost",
    "annual",
    "results",
)


def _value(word: str) -> Value:
    """What a word stands for: true, false, a number, or itself."""
    if word in ("true", "false"):
        return word == "true"
    try:
        return float(word)
    except ValueError:
        return word


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
