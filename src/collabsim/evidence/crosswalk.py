"""Reads the crosswalk: 161 items of the source documents, each with its target in the model and the expected direction.

A row moves one thing and says which outcomes should move with it: values of parameters ``from`` here ``to`` there
under a ``base`` scenario, or a ``scenario`` as it is ``against`` another. Without ``from`` the base is as shipped.

Examples
--------
>>> from collabsim.evidence.crosswalk import crosswalk
>>> crosswalk()["B1"].moves[0].expect["trust"]
'down'
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from collabsim import library
from collabsim.parameters import Value

_COMMENT = re.compile(r"#.*?crosswalk ([BEXC]\d+(?:, [BEXC]\d+)*)")

Direction = Literal["up", "down", "flat"]

SECTIONS = {
    "barriers": "Barriers",
    "enablers": "Enablers",
    "structures": "Programmes, frameworks and structures",
    "communication": "Communication",
}
"""File of rows -> heading. Their identifiers begin with B, E, X and C."""

SEEDS = {
    "000": "TEC Pathfinder case study",
    "001": "London PCT and local authority joint learning",
    "002": "Evidence review of collaborative working",
    "003": "Strategy Unit, partnership dynamics workshop",
    "004": "King's Fund, Innovation Unit and IVAR blog, 12 May 2022",
}
"""The source documents."""

DEFAULT_BASE = "mixed-partnership"
DEFAULT_PERIOD = "last_six"

AGAINST = {
    "defaults": "the same agencies with every value at its default and no events",
    "no policy": "the same partnership left at its baseline, without events",
    "no events": "the same scenario without its events",
}
"""What a scenario may be compared with, besides another scenario; the first when nothing is said."""


@dataclass(frozen=True)
class Move:
    """One comparison: what is moved, and which way outcomes should go.

    Attributes
    ----------
    base : str
        The scenario whose parameters are moved; empty where a whole scenario is the target.
    scenario : str
        The scenario that is the target; empty where parameters are.
    against : str
        A key of `AGAINST` or a scenario, for a scenario that is the target.
    start, to : mapping
        Values by full name, before and after.
    period : str
        Of the outcomes, as in `collabsim.outcomes.periods`.
    expect : mapping of str to str
        Outcome -> up, down, or flat (no more than a negligible change).
    why : mapping of str to str
        Outcome -> why the model does not move it as expected, where it does not.
    """

    base: str = ""
    scenario: str = ""
    against: str = ""
    start: Mapping[str, Value] = field(default_factory=dict)
    to: Mapping[str, Value] = field(default_factory=dict)
    period: str = DEFAULT_PERIOD
    expect: Mapping[str, Direction] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> list[str]:
        """Names of the parameters that are moved."""
        return list(dict.fromkeys([*self.start, *self.to]))

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios that are compared."""
        named = [self.base, self.scenario, "" if self.against in AGAINST else self.against]
        return [name for name in named if name]


@dataclass(frozen=True)
class Row:
    """One item of the source documents.

    Attributes
    ----------
    id : str
        As in the evidence crosswalk: B1 to B18, E1 to E27, X1 to X84, C1 to C32.
    section, seed : str
        Keys of `SECTIONS` and `SEEDS`.
    item, mechanism, note : str
        The item in our own words; how the model carries it; what a reader should know.
    moves : tuple of Move
        The target; more than one where an item has two sides.
    """

    id: str
    section: str
    seed: str
    item: str
    mechanism: str
    note: str
    moves: tuple[Move, ...]


@cache
def crosswalk() -> Mapping[str, Row]:
    """Every row by its identifier, in the order of the sections and their numbers."""
    rows = [_row(section, table) for section in SECTIONS for table in _tables(section)]
    return {
        row.id: row for row in sorted(rows, key=lambda row: (list(SECTIONS).index(row.section), number(row)))
    }


def number(row: Row) -> int:
    """The number in a row's identifier."""
    return int(row.id[1:])


def find(word: str) -> list[Row]:
    """The row of an identifier, or those that a parameter, a group of parameters or a scenario carries."""
    rows = crosswalk()
    word = word.strip()
    if word.upper() in rows:
        return [rows[word.upper()]]
    return [row for row in rows.values() if word.casefold() in _targets(row)]


def stands_for(scenario: str) -> list[str]:
    """Identifiers of the rows whose target is a shipped scenario, and of those that its file names in a comment."""
    named = _COMMENT.findall(library.scenario_path(scenario).read_text(encoding="utf-8"))
    cited = {word for words in named for word in words.split(", ")}
    rows = crosswalk().values()
    return [row.id for row in rows if row.id in cited or any(scenario == move.scenario for move in row.moves)]


def targets() -> list[str]:
    """Every word that `find` knows."""
    found = [word for row in crosswalk().values() for word in (row.id, *sorted(_targets(row)))]
    return list(dict.fromkeys(found))


def _targets(row: Row) -> set[str]:
    names = {name for move in row.moves for name in (*move.parameters, *move.scenarios[:2])}
    return names | {name.partition(".")[0] for name in names if "." in name}


# --- from tables to rows ------------------------------------------------------------------------


def _tables(section: str) -> list[dict[str, Any]]:
    text = (Path(__file__).with_name(f"{section}.toml")).read_text(encoding="utf-8")
    tables: list[dict[str, Any]] = tomllib.loads(text)["rows"]
    return tables


def _row(section: str, table: dict[str, Any]) -> Row:
    more = table.pop("more", [])
    words = {key: table.pop(key, "") for key in ("id", "seed", "item", "mechanism", "note")}
    return Row(section=section, moves=tuple(_move(one) for one in (table, *more)), **words)


def _move(table: dict[str, Any]) -> Move:
    table = {"start" if key == "from" else key: value for key, value in table.items()}
    if table.get("scenario"):
        usual = "" if table.get("start") else next(iter(AGAINST))
        return Move(**{"against": usual, **table})
    return Move(**{"base": DEFAULT_BASE, **table})
