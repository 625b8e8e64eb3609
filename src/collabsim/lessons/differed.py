"""What differs between two policies, in words: a page that shows a difference names what it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collabsim import display
from collabsim.parameters import PARAMETER, Parameter, Value
from collabsim.scenario import Scenario

MOST = 8
_SILENT = ("", "0-1", "share", "share of the gap", "share of time", "share of budget", "exponent")


def differed(base: Scenario, other: Scenario) -> list[str]:
    """A phrase for everything that differs: levers before and after the policy's start, assumptions, events.

    Parameters
    ----------
    base, other : Scenario

    Returns
    -------
    list of str
        As in "grant length: 12 → 36 months"; at most eight, the last saying how many more there are.
    """
    found = [*_values(base, other), *_people(base, other), *_events(base, other)]
    if len(found) > MOST:
        found = [*found[: MOST - 1], f"{len(found) - MOST + 1} more"]
    return found or ["nothing"]


def _values(base: Scenario, other: Scenario) -> Iterator[str]:
    """What differs for good, and the levers that differ only before the policy's start."""
    same_start = base.baseline == base.policy and other.baseline == other.policy
    sections = [("", base.policy, other.policy), ("", base.context, other.context)]
    sections += [("", base.structure, other.structure)]
    sections += [] if same_start else [("before the policy's start, ", base.baseline, other.baseline)]
    for when, left, right in sections:
        for name in left:
            if left[name] != right[name]:
                yield f"{when}{of_lever(PARAMETER[name], left[name], right[name])}"


def of_lever(parameter: Parameter, before: Value, after: Value) -> str:
    """One lever's or assumption's change, as in "grant length: 12 → 36 months"."""
    return f"{title(parameter)}: {written(before)} → {written(after)}{_unit(parameter, after)}"


def with_unit(parameter: Parameter, value: Value) -> str:
    """A value with its unit, as in "2.50 days a week", "1 meeting a month", "0.25 out of 1", "none"."""
    return written(value) + (" out of 1" if parameter.unit == "0-1" else _unit(parameter, value))


def _unit(parameter: Parameter, value: Value) -> str:
    """What follows a value: nothing where the unit says nothing to people; one thing is not many."""
    if parameter.unit in _SILENT or parameter.type in ("boolean", "choice"):
        return ""
    thing, blank, rest = parameter.unit.partition(" ")
    return f" {thing.removesuffix('s') if value == 1 else thing}{blank}{rest}"


def title(parameter: Parameter) -> str:
    """What a parameter is called in plain words: its meaning up to the first stop."""
    words = parameter.meaning.removeprefix("control: ")
    return words.partition(";")[0].partition(":")[0].rstrip(".")


def written(value: Value) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    return display.number(value, 0 if float(value).is_integer() else 2)


def _people(base: Scenario, other: Scenario) -> Iterator[str]:
    if base.agencies != other.agencies:
        posts = [sum(agency.posts for agency in scenario.agencies) for scenario in (base, other)]
        yield f"the agencies: {len(base.agencies)} with {posts[0]} posts → {len(other.agencies)} with {posts[1]}"


def _events(base: Scenario, other: Scenario) -> Iterator[str]:
    left, right = _told(base), _told(other)
    yield from (f"left out: {words}" for words in left if words not in right)
    yield from (f"in {words}" for words in right if words not in left)


def _told(scenario: Scenario) -> list[str]:
    return [
        f"month {event.month:g}, {event.kind.replace('_', ' ')}{_levers(event.policy)}"
        for event in scenario.events
    ]


def _levers(policy: Mapping[str, Value] | None) -> str:
    if not policy:
        return ""
    return " (" + "; ".join(f"{title(PARAMETER[k])}: {written(v)}" for k, v in policy.items()) + ")"
