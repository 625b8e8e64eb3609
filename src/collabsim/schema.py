"""The JSON Schema of scenario files, built from the tables, so that editors complete and check them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from collabsim import file_format
from collabsim.checks import Spec
from collabsim.file_format import EVENT_KINDS, SECTIONS, EventKind, Field
from collabsim.parameters import PARAMETERS, Parameter

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TYPES = {"choice": "string", "line": "string", "text": "string"}


def json_schema() -> Schema:
    """The JSON Schema of a scenario file.

    It knows one value at a time. That names are different, agencies known and events inside the run,
    `collabsim check` says.
    """
    keys = {spec.name: _value(spec) for spec in file_format.KEYS}
    keys["extends"] = {"type": "string", "description": "name of the scenario that this one changes"}
    tables = {section: _section(section) for section in SECTIONS}
    lists = {
        "agencies": {**_list(_table(file_format.AGENCY)), "maxItems": file_format.MAX_AGENCIES},
        "sources": _list(_table(file_format.SOURCE)),
        "events": _list({"oneOf": [_event(name, kind) for name, kind in EVENT_KINDS.items()]}),
    }
    lists["agencies"]["minItems"] = 2
    return {"$schema": _DIALECT, "title": "CollabSim scenario", **_closed({**keys, **tables, **lists})}


def _closed(properties: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    """A table with these keys and no others."""
    needed = list(required)
    table: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**table, "required": needed} if needed else table


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _table(fields: Iterable[Field]) -> Schema:
    fields = list(fields)
    return _closed({f.name: _value(f) for f in fields}, [f.name for f in fields if f.required])


def _value(spec: Spec) -> Schema:
    """One value: its type, what it may be, what it means, and its default."""
    schema: Schema = {"type": _TYPES.get(spec.type, spec.type), "description": _description(spec)}
    if spec.type in ("number", "integer"):
        schema |= {"minimum": spec.minimum, "maximum": spec.maximum}
    if spec.type in ("line", "text"):
        schema |= {"minLength": int(spec.minimum), "maxLength": int(spec.maximum)}
    if spec.type == "choice":
        schema["enum"] = list(spec.choices)
    return {**schema, "default": spec.default} if isinstance(spec, Parameter) else schema


def _description(spec: Spec) -> str:
    return f"{spec.meaning} ({spec.unit})" if spec.unit else spec.meaning


def _section(section: str) -> Schema:
    """A table of groups of parameters; the structural choices stand in one group only."""
    groups: dict[str, dict[str, Schema]] = {}
    for parameter in (p for p in PARAMETERS if p.kind in SECTIONS[section]):
        words = groups.setdefault(parameter.group, {})
        words[parameter.name.partition(".")[2]] = _value(parameter)
    tables = {group: _closed(words) for group, words in groups.items()}
    return tables[section] if section in tables else _closed(tables)


def _event(name: str, kind: EventKind) -> Schema:
    fields = (file_format.MONTH, *kind.needs, *kind.may)
    what: Schema = {"const": name, "description": kind.meaning}
    properties = {"kind": what, **{spec.name: _value(spec) for spec in fields}}
    required = ["kind", "month", *(spec.name for spec in kind.needs)]
    if name == "policy":
        levers = {p.name: _value(p) for p in PARAMETERS if p.kind == "lever"}
        properties["set"] = {**_closed({**levers, **_section("policy")["properties"]}), "minProperties": 1}
        required.append("set")
    return _closed(properties, required)
