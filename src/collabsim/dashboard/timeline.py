"""The timeline of events as a list that visitors edit."""

from __future__ import annotations

import json
import threading
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


# --- edits --------------------------------------------------------------------------------------

MOST_KNOWN = 200
"""Timelines of one page whose events keep their numbers."""
GONE = "timeline: what was to be changed is not there any more, so nothing was changed."


class Numbers:
    """The number of every event of a page's timelines, by which an edit names it, wherever earlier edits have put it.

    Safe to use from many threads: pages are drawn in another one than edits are made in.
    """

    def __init__(self) -> None:
        self._known: dict[str, list[int]] = {}
        self._last = 0
        self._lock = threading.Lock()

    def of(self, rows: Sequence[Payload]) -> list[int]:
        """The numbers of a timeline's events, new ones where it was not met before."""
        with self._lock:
            key = json.dumps(rows)
            if key not in self._known:
                self._know(key, [self._new() for _ in rows])
            return list(self._known[key])

    def edited(self, rows: Sequence[Payload], wish: Mapping[str, Any]) -> list[tuple[int, Payload]]:
        """The events with their numbers after an edit.

        Parameters
        ----------
        rows : sequence of mapping
            The timeline as it is when the edit is handled: earlier ones may not have been shown when it was made.
        wish : mapping
            `event`, its number, or None for a new one. `now`: the whole event, or None to remove it. Else the `value`
            of a `key` of the event, or of a `lever` in it, with perhaps an `other` in its place (of the lever None, as
            a new one); None to leave it out.

        Raises
        ------
        ScenarioErrors
            When an earlier edit has removed what this one is about.
        """
        number, pairs = wish.get("event"), list(zip(self.of(rows), rows, strict=True))
        if number is None:
            with self._lock:
                return [*pairs, (self._new(), wish["now"])]
        if number not in [known for known, _ in pairs]:
            raise ScenarioErrors([GONE])
        if "now" in wish and wish["now"] is None:
            return [(known, row) for known, row in pairs if known != number]
        return [(known, _changed(row, wish) if known == number else row) for known, row in pairs]

    def keep(self, pairs: Sequence[tuple[int, Payload]], rows: Sequence[Payload]) -> None:
        """Note the numbers of edited events that were right, for `rows`: the same, by their months."""
        with self._lock:
            self._know(json.dumps(rows), [number for number, _ in sorted(pairs, key=lambda p: p[1]["month"])])

    def _know(self, key: str, numbers: list[int]) -> None:
        self._known.pop(key, None)
        self._known[key] = numbers
        if len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def _new(self) -> int:
        self._last += 1
        return self._last


def _changed(row: Payload, wish: Mapping[str, Any]) -> Payload:
    """An event after an edit; one that becomes another kind stays in its month."""
    if "now" in wish:
        return {**wish["now"], "month": row["month"]}
    if "lever" in wish:
        levers = row.get("set", {})
        if wish["lever"] not in (None, *levers):
            raise ScenarioErrors([GONE])
        return {**row, "set": _put(levers, wish["lever"], wish)}
    return _put(row, wish["key"], wish)


def _put(given: Mapping[str, Any], name: str | None, wish: Mapping[str, Any]) -> dict[str, Any]:
    """The same with another value of a name, or with another name in its place; without it where there is no value."""
    put = str(wish.get("other", name)), wish.get("value")
    pairs = [put if key == name else (key, value) for key, value in given.items()]
    pairs += [put] if name not in given else []
    return {key: value for key, value in pairs if value is not None}


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
