"""The two scenarios that a move of the crosswalk compares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from collabsim.evidence.crosswalk import Move
from collabsim.parameters import Value, defaults
from collabsim.scenario import Scenario, load_scenario

YEARS = 6
"""Years after the policy's start: a whole number of 12-, 24- and 36-month grants."""


@dataclass(frozen=True)
class Comparison:
    """The two scenarios of a move."""

    before: Scenario
    after: Scenario


def comparison(move: Move) -> Comparison:
    """The two scenarios that a move compares.

    Raises
    ------
    ScenarioErrors
        When a scenario or a parameter does not exist, or a value is not allowed.
    """
    after = load_scenario(move.scenario or move.base, move.to, YEARS)
    before = _before(move).with_values(move.start, YEARS)
    return Comparison(before, after)


def _before(move: Move) -> Scenario:
    """What a move starts from, before its own values."""
    scenario = load_scenario(move.scenario or move.base)
    if not move.against:
        return scenario
    if move.against == "no events":
        return replace(scenario, events=())
    if move.against == "no policy":
        return replace(scenario, policy=scenario.baseline, events=())
    return _plain(scenario) if move.against == "defaults" else load_scenario(move.against)


def _plain(scenario: Scenario) -> Scenario:
    """The same agencies, by name, sector and size, with everything else at its default."""
    levers = defaults("lever")
    agencies = tuple(
        replace(a, grant_share=None, power=None, seat=None, goal=None) for a in scenario.agencies
    )
    return replace(
        scenario,
        agencies=agencies,
        baseline=levers,
        policy=levers,
        context=defaults("uncertainty", "constant"),
        structure=defaults("structure"),
        events=(),
    )


def changes(move: Move) -> Iterator[tuple[str, Value, Value]]:
    """Every parameter that a move names: its name, its value before and after."""
    pair = comparison(move)
    before, after = ({**s.context, **s.structure, **s.policy} for s in (pair.before, pair.after))
    for name in move.parameters:
        yield name, before[name], after[name]
