"""The timeline of events as a table that visitors edit."""

from __future__ import annotations

from functools import cache
from typing import Any

from collabsim.file_format import EVENT_KINDS
from collabsim.parameters import LEVERS
from collabsim.payloads import Payload
from collabsim.scenario import Event, Scenario


def table(scenario: Scenario, *, edited: bool) -> Payload:
    """The events of a scenario, and what may be chosen."""
    return {
        "rows": rows(scenario),
        "kinds": kinds(),
        "agencies": [agency.name for agency in scenario.agencies],
        "levers": {p.name: p.default for p in LEVERS},
        "edited": edited,
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


@cache
def kinds() -> list[Payload]:
    """The kinds of events, with the keys that each needs and may have."""
    return [
        {
            "kind": kind,
            "words": found.meaning if kind != "policy" else "a lever changes",
            "needs": [spec.name for spec in found.needs],
            "may": [spec.name for spec in found.may],
        }
        for kind, found in EVENT_KINDS.items()
    ]
