"""THE table: every lever, uncertainty, structural choice and constant, described once.

Validation, ``collabsim parameters``, sliders, experiment bounds, the JSON Schema and the
documentation are all read from here. Importing it is light.

Examples
--------
>>> from collabsim.parameters import PARAMETER
>>> PARAMETER["funding.grant_months"].default
12.0
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collabsim.parameters import people, relations, work
from collabsim.parameters.kinds import (
    FIELD_FACTOR,
    REFERENCE_POSTS,
    Cost,
    Discount,
    Kind,
    Parameter,
    Type,
    Value,
    by_name,
    doses,
    encode,
    undiscounted,
)
from collabsim.parameters.levers import LEVER_GROUPS, LEVERS
from collabsim.parameters.work import CONSTANTS, OPTIONS, STRUCTURES

__all__ = [
    "CONSTANTS",
    "FIELD_FACTOR",
    "LEVERS",
    "LEVER_GROUPS",
    "OPTIONS",
    "PARAMETER",
    "PARAMETERS",
    "REFERENCE_POSTS",
    "SECTORS",
    "STRUCTURES",
    "UNCERTAINTIES",
    "Cost",
    "Discount",
    "Kind",
    "Parameter",
    "Type",
    "Value",
    "defaults",
    "doses",
    "encode",
    "json_schema",
    "undiscounted",
]

SECTORS = ("nhs", "la", "police", "housing", "vcse")
"""Sectors of agencies, in the order in which they are numbered."""

UNCERTAINTIES: tuple[Parameter, ...] = (
    *people.FUNDING,
    *people.GRANT_SHARE,
    *people.TURNOVER,
    *people.HIRING,
    *relations.CONTACT,
    *relations.ATTENDANCE,
    *relations.TRUST,
    *relations.BETA,
    *relations.CONFLICT,
    *work.SHARING,
    *work.KNOWLEDGE,
    *people.LEADERS,
    *relations.ROLE,
    *relations.GOALS,
    *relations.POWER,
    *relations.GOVERNANCE,
    *relations.RIVALRY,
    *work.CASES,
    *work.REFLECTION,
    *people.COSTS,
)
PARAMETERS: tuple[Parameter, ...] = (*LEVERS, *STRUCTURES, *OPTIONS, *UNCERTAINTIES, *CONSTANTS)
PARAMETER: Mapping[str, Parameter] = by_name(PARAMETERS)


def defaults(*kinds: Kind) -> dict[str, Value]:
    """Default values of the parameters of these kinds (of every kind, when none is named)."""
    return {p.name: p.default for p in PARAMETERS if not kinds or p.kind in kinds}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, built from this table (see `collabsim.schema`)."""
    from collabsim import schema

    return schema.json_schema()
