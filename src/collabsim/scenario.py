"""A scenario: one partnership, one policy, one context, and a timeline of events.

Examples
--------
>>> from collabsim.scenario import load_scenario
>>> scenario = load_scenario("mixed-partnership", {"funding.grant_months": 36})
>>> scenario.policy["funding.grant_months"]
36.0
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from collabsim import file_format, library
from collabsim.checks import Report, ScenarioErrors
from collabsim.parameters import Kind, Value, defaults
from collabsim.scenario_file import Draft, checked_events, find_parameter, read_draft

__all__ = ["Agency", "Event", "Scenario", "ScenarioErrors", "Source", "load_scenario"]


@dataclass(frozen=True)
class Source:
    """A passage that a scenario stands for, word for word, and where it stands."""

    passage: str
    where: str


@dataclass(frozen=True)
class Agency:
    """An agency in the partnership.

    ``grant_share``, ``power``, ``seat`` and ``goal`` (all 0-1) are None where the sector, a lever or
    an even spread decides. Agencies that name the same ``site`` are co-located.
    """

    name: str
    sector: str
    posts: int
    grant_share: float | None = None
    power: float | None = None
    site: str = ""
    seat: float | None = None
    goal: float | None = None


@dataclass(frozen=True)
class Event:
    """Something that happens in a month after the policy's start.

    Attributes
    ----------
    month : float
    kind : str
        One of `collabsim.file_format.EVENT_KINDS`.
    agency : int
        Number of the agency that it happens to; -1 for all.
    value : float
        Share of posts (reorganisation) or factor on new cases (demand); else 0.
    weeks : float
        How long a demand event lasts; else 0.
    policy : mapping or None
        For the kind policy: the levers that change, and only those; else None.
    """

    month: float
    kind: str
    agency: int = -1
    value: float = 0.0
    weeks: float = 0.0
    policy: Mapping[str, Value] | None = None


@dataclass(frozen=True)
class Scenario:
    """Everything that a run needs except the seed, checked and with every default filled in.

    Attributes
    ----------
    baseline, policy : mapping
        A value for every lever: during the burn-in, and from the policy's start on.
    context : mapping
        A value for every uncertainty and constant.
    structure : mapping
        A value for every structural choice.
    host : int
        Number of the agency that employs key workers and the project manager.
    events : tuple of Event
        By month; events of one month in the file's order.
    path : Path or None
        The file it was read from; two scenarios that differ only in this are equal.
    """

    name: str
    title: str
    group: str
    about: str
    sources: tuple[Source, ...]
    agencies: tuple[Agency, ...]
    host: int
    baseline: Mapping[str, Value]
    policy: Mapping[str, Value]
    context: Mapping[str, Value]
    structure: Mapping[str, Value]
    events: tuple[Event, ...]
    years: int = file_format.DEFAULT_YEARS
    burn_in_years: int = file_format.DEFAULT_BURN_IN_YEARS
    path: Path | None = field(default=None, compare=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of all that a run depends on: not of titles, sources or the path."""
        content = asdict(self)
        for words in ("name", "title", "group", "about", "sources", "path"):
            del content[words]
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=True, allow_nan=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def with_values(self, values: Mapping[str, Value], years: int | None = None) -> Scenario:
        """The same scenario with other values: levers go into the policy, the rest where it belongs.

        With fewer ``years``, events after the shorter run's end are left out.

        Raises
        ------
        ScenarioErrors
            With every unknown name and every value that is not allowed.
        """
        given, years, errors = _checked_values(values, years)
        if errors:
            raise ScenarioErrors(errors)
        length = self.years if years is None else years
        return replace(
            self,
            policy={**self.policy, **given["policy"]},
            context={**self.context, **given["context"]},
            structure={**self.structure, **given["structure"]},
            events=tuple(event for event in self.events if event.month < 12 * length),
            years=length,
        )

    def with_events(self, rows: Sequence[Mapping[str, Any]]) -> Scenario:
        """The same scenario with another timeline.

        Parameters
        ----------
        rows : sequence of mapping
            Events as a file writes them: ``month``, ``kind``, and what the kind needs.

        Raises
        ------
        ScenarioErrors
            With everything that is wrong with any of them.
        """
        names = [agency.name for agency in self.agencies]
        found, errors = checked_events(rows, names, 12 * self.years)
        if errors:
            raise ScenarioErrors(errors)
        return replace(self, events=_timeline(found, {name: n for n, name in enumerate(names)}))


def load_scenario(
    name_or_path: str | Path, values: Mapping[str, Value] | None = None, years: int | None = None
) -> Scenario:
    """A shipped scenario by its name, or a scenario file by its path.

    Parameters
    ----------
    name_or_path : str or Path
    values : mapping, optional
        Values by full name, which replace the file's, as in `Scenario.with_values`.
    years : int, optional
        Length of the run after the burn-in.

    Raises
    ------
    ScenarioErrors
        With everything that is wrong, in the files and in the values.
    """
    path = _found(name_or_path)
    draft, errors = read_draft(path)
    errors += _checked_values(values or {}, years)[2]
    if errors:
        raise ScenarioErrors(errors)
    return _resolved(draft, path).with_values(values or {}, years)


def _found(name_or_path: str | Path) -> Path:
    """The file that a user means: a text with a slash, or ending in .toml, is a path."""
    text = str(name_or_path)
    path = Path(text)
    if isinstance(name_or_path, Path) or "/" in text or "\\" in text or text.endswith(".toml"):
        return path
    try:
        return library.scenario_path(text)
    except LookupError as error:
        raise ScenarioErrors([f"{error} (a file of your own is named with its .toml)"]) from None


def _checked_values(
    values: Mapping[str, Any], years: int | None
) -> tuple[dict[str, dict[str, Value]], int | None, list[str]]:
    """Values that replace a scenario's, by section; the years; and what is wrong with any of them."""
    report = Report("--set")
    given: dict[str, dict[str, Value]] = {"policy": {}, "context": {}, "structure": {}}
    kinds = {kind: name for name in given for kind in file_format.SECTIONS[name]}
    for name, value in values.items():
        parameter = find_parameter(report, str(name), kinds)
        right = report.value(str(name), parameter, value) if parameter else None
        if parameter and right is not None:
            given[kinds[parameter.kind]][parameter.name] = right
    spec = next(key for key in file_format.KEYS if key.name == "years")
    right = None if years is None else report.value("years", spec, years)
    return given, None if right is None else int(right), report.errors


# --- from a draft to a scenario -----------------------------------------------------------------


def _resolved(draft: Draft, path: Path) -> Scenario:
    """The scenario that a draft without errors describes."""
    agencies = tuple(Agency(**row) for row in draft.agencies or [])
    numbers = {agency.name: number for number, agency in enumerate(agencies)}
    keys = {"title": path.stem, "group": "", "about": "", **draft.keys}
    host = keys.pop("host", None)
    baseline = _filled(draft, "baseline")
    return Scenario(
        name=path.stem,
        sources=tuple(Source(**row) for row in draft.sources or []),
        agencies=agencies,
        host=_usual_host(agencies) if host is None else numbers[host],
        baseline=baseline,
        policy={**baseline, **draft.tables["policy"]},
        context=_filled(draft, "context"),
        structure=_filled(draft, "structure"),
        events=_timeline(draft.events or [], numbers),
        path=path,
        **keys,
    )


def _filled(draft: Draft, section: str) -> dict[str, Value]:
    """A section of the draft on top of the defaults, in the table's order."""
    kinds: tuple[Kind, ...] = file_format.SECTIONS[section]
    return {**defaults(*kinds), **draft.tables[section]}


def _usual_host(agencies: tuple[Agency, ...]) -> int:
    """The last VCSE agency; without one, the first agency."""
    vcse = [number for number, agency in enumerate(agencies) if agency.sector == "vcse"]
    return vcse[-1] if vcse else 0


def _timeline(rows: list[dict[str, Any]], numbers: Mapping[str, int]) -> tuple[Event, ...]:
    """Events by month; those of one month keep the file's order."""
    events = []
    for row in rows:
        agency = numbers[row["agency"]] if "agency" in row else -1
        others = {key: row[key] for key in ("month", "kind", "value", "weeks") if key in row}
        events.append(Event(agency=agency, policy=row.get("set"), **others))
    return tuple(sorted(events, key=lambda event: event.month))
