"""Writes a scenario as a TOML file that loads to the same scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from collabsim.file_format import KEYS
from collabsim.parameters import PARAMETER, Value
from collabsim.scenario import Event, Scenario

_LONGEST_TITLE = int(next(key.maximum for key in KEYS if key.name == "title"))
_CUT = " ..."


def to_toml(scenario: Scenario) -> str:
    """The scenario as the text of a file; what has its default value is left out.

    The name is not in the text: it is the stem of the file that the text is written to. A title that says what was
    changed, and so is longer than a file's may be, is cut between two values; the file holds them all.
    """
    sections = {
        "baseline": _other_than(scenario.baseline, _defaults_of(scenario.baseline)),
        "policy": _other_than(scenario.policy, scenario.baseline),
        "context": _other_than(scenario.context, _defaults_of(scenario.context)),
        "structure": _other_than(scenario.structure, _defaults_of(scenario.structure)),
    }
    blocks = [_block("", _head(scenario))]
    blocks += [_block("[[sources]]", asdict(source)) for source in scenario.sources]
    blocks += [_block("[[agencies]]", _given(asdict(agency))) for agency in scenario.agencies]
    blocks += [block for name, values in sections.items() for block in _tables(name, values)]
    blocks += [_block("[[events]]", _event(scenario, event)) for event in scenario.events]
    return "\n".join(blocks)


def _head(scenario: Scenario) -> dict[str, Value]:
    words = {"title": _fitting(scenario.title), "group": scenario.group, "about": scenario.about}
    host = scenario.agencies[scenario.host].name
    return {**words, "host": host, "years": scenario.years, "burn_in_years": scenario.burn_in_years}


def _fitting(title: str) -> str:
    """A title as long as a file's may be, cut after a comma, or else between words."""
    if len(title) <= _LONGEST_TITLE:
        return title
    begun = title[: _LONGEST_TITLE - len(_CUT)]
    after_comma = begun.rfind(", ", _LONGEST_TITLE // 2) + 1  # an early comma would leave too little
    return begun[: after_comma or max(begun.rfind(" "), 0) or None] + _CUT


def _given(row: Mapping[str, Value | None]) -> dict[str, Value]:
    """The row without what is None or an empty text."""
    return {key: value for key, value in row.items() if value is not None and value != ""}


def _defaults_of(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: PARAMETER[name].default for name in values}


def _other_than(values: Mapping[str, Value], usual: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value != usual[name]}


def _event(scenario: Scenario, event: Event) -> dict[str, object]:
    """The keys of an event of this kind."""
    row: dict[str, object] = {"month": event.month, "kind": event.kind}
    if event.agency >= 0:
        row["agency"] = scenario.agencies[event.agency].name
    if event.kind in ("reorganisation", "demand"):
        row["value"] = event.value
    if event.kind == "demand":
        row["weeks"] = event.weeks
    return row if event.policy is None else {**row, "set": event.policy}


def _tables(section: str, values: Mapping[str, Value]) -> Iterable[str]:
    """The parameters of a section, one block for each group."""
    groups: dict[str, dict[str, Value]] = {}
    for name, value in values.items():
        group, _, word = name.partition(".")
        groups.setdefault(group, {})[word] = value
    for group, inside in groups.items():
        yield _block(f"[{section}]" if section == group else f"[{section}.{group}]", inside)


def _block(header: str, row: Mapping[str, object]) -> str:
    lines = [header] if header else []
    lines += [f"{key} = {_written(value)}" for key, value in row.items()]
    return "\n".join(lines) + "\n"


def _written(value: object) -> str:
    """A value in TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f'"{key}" = {_written(inside)}' for key, inside in value.items()) + " }"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    """A text as a TOML basic string; a line break becomes an escape."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("\n", "\\n").replace("\t", "\\t") + '"'
