"""The timeline of events as a list that visitors edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from collabsim.checks import Report, ScenarioErrors
from collabsim.dashboard import controls
from collabsim.file_format import EVENT_KINDS, EventKind, Field
from collabsim.parameters import LEVER_GROUPS, LEVERS, Parameter
from collabsim.payloads import Payload
from collabsim.scenario import Event, Scenario
from collabsim.scenario_file import check_months


def table(scenario: Scenario, months: int) -> Payload:
    """The events of a scenario, those after a run of so many months too, and what may be chosen."""
    return {
        "rows": rows(scenario),
        "months": months,
        "kinds": kinds(),
        "agencies": [agency.name for agency in scenario.agencies],
        "levers": [_lever(lever) for lever in LEVERS],
    }


def rows(scenario: Scenario) -> list[Payload]:
    """Events as a scenario file writes them."""
    return [_row(scenario, event) for event in scenario.events]


def _row(scenario: Scenario, event: Event) -> Payload:
    row: dict[str, Any] = {"month": event.month, "kind": event.kind}
    if event.agency >= 0:
        row["agency"] = scenario.agencies[event.agency].name
    given = {"value": event.value, "weeks": event.weeks}
    row |= {spec.name: given[spec.name] for spec in EVENT_KINDS[event.kind].needs if spec.name in given}
    return row if event.policy is None else {**row, "set": dict(event.policy)}


def refuse_later(rows: Sequence[Mapping[str, Any]], before: Scenario, months: int) -> None:
    """Refuse an event that is put after the run's end; those that a shorter run left out may stay there.

    Parameters
    ----------
    rows : sequence of mapping
        Events as a file writes them, each right by itself.
    before : Scenario
        With the events that there were.
    months : int
        Length of the run.

    Raises
    ------
    ScenarioErrors
    """
    stay = {event.month for event in before.events}
    report = Report("timeline")
    check_months(report, [{} if row["month"] in stay else dict(row) for row in rows], months)
    if report.errors:
        raise ScenarioErrors(report.errors)


# --- what may be chosen -------------------------------------------------------------------------


@cache
def kinds() -> list[Payload]:
    """The kinds of events, with the keys that each needs and may have, and its numbers with their units."""
    return [
        {
            "kind": kind,
            "title": kind.replace("_", " ").capitalize(),
            "words": found.meaning.partition(";")[0],  # what follows is for who writes a file
            "needs": [spec.name for spec in found.needs],
            "may": [spec.name for spec in found.may],
            "numbers": [_number(spec) for spec in _numbers(found)],
        }
        for kind, found in EVENT_KINDS.items()
    ]


def _numbers(kind: EventKind) -> list[Field]:
    return [spec for spec in kind.needs if spec.type == "number"]


def _number(spec: Field) -> Payload:
    title = {"value": "Size", "weeks": "Weeks"}[spec.name]
    ends = {"minimum": spec.minimum, "maximum": spec.maximum}
    return {
        "name": spec.name,
        "title": title,
        "words": spec.meaning,
        "range": controls.range_words(spec),
        **ends,
    }


def _lever(lever: Parameter) -> Payload:
    return {
        "name": lever.name,
        "type": lever.type,
        "group": LEVER_GROUPS[lever.group],
        "title": controls.label(lever),
        "range": controls.range_words(lever),
        "minimum": lever.minimum,
        "maximum": lever.maximum,
        "step": controls.step_of(lever),
        "usual": lever.default,
        "choices": list(lever.choices),
    }
