"""What may stand in a scenario file, besides the parameters: keys, agencies, sources and events.

Checks, the JSON Schema and the writer read these tables, so that a key is described once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collabsim.parameters import SECTORS, Kind

MAX_AGENCIES = 24
"""More would reuse numbers among the draws that deal a case to agencies and posts."""
MAX_POSTS = 100_000
"""A country's worth of partnership posts; post numbers stay well below those of the hub posts."""


@dataclass(frozen=True)
class Field:
    """One key of a file: its type, what it may hold, and what it means.

    ``type`` is that of a parameter (number, integer, boolean, choice), or ``line`` or ``text`` with
    ``minimum`` to ``maximum`` characters.
    """

    name: str
    type: str
    meaning: str
    unit: str = ""
    minimum: float = 0.0
    maximum: float = 1.0
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class EventKind:
    """One kind of event: what it means, the keys it needs besides month and kind, those it may have."""

    meaning: str
    needs: tuple[Field, ...] = ()
    may: tuple[Field, ...] = ()


def _line(name: str, meaning: str, maximum: int = 100, *, required: bool = False) -> Field:
    return Field(name, "line", meaning, minimum=int(required), maximum=maximum, required=required)


def _share(name: str, meaning: str) -> Field:
    return Field(name, "number", meaning, unit="0-1")


SECTIONS: Mapping[str, tuple[Kind, ...]] = {
    "baseline": ("lever",),
    "policy": ("lever",),
    "context": ("uncertainty", "constant"),
    "structure": ("structure",),
}
"""The tables of parameters, and the kinds of parameters that each holds."""

DEFAULT_YEARS, DEFAULT_BURN_IN_YEARS = 10, 2

KEYS = (
    _line("title", "what the scenario is called", 200),
    _line("group", "heading under which it is listed"),
    Field("about", "text", "what it stands for, in a sentence or two", maximum=2_000),
    _line("host", "agency that employs key workers and the project manager"),
    Field("years", "integer", "length of the run after the burn-in", "years", 1, 100),
    Field("burn_in_years", "integer", "years under the baseline before that", "years", 0, 50),
)

SOURCE = (
    Field("passage", "text", "the words it stands for", minimum=1, maximum=2_000, required=True),
    _line("where", "where they stand", 200, required=True),
)

AGENCY = (
    _line("name", "what the agency is called", 60, required=True),
    Field("sector", "choice", "its sector", choices=SECTORS, required=True),
    Field("posts", "integer", "its posts in the partnership", "posts", 1, MAX_POSTS, required=True),
    _share("grant_share", "share of its posts paid by grants, if not its sector's"),
    _share("power", "its formal power, if not its sector's"),
    _line("site", "where it works: agencies with the same site are co-located", 60),
    _share("seat", "its seat where decisions are made, if not as the levers say"),
    _share("goal", "where its own goal lies, if not spread evenly"),
)

MONTH = Field("month", "number", "months after the policy's start", "months", 0, 1_200, required=True)
WHOSE = _line("agency", "the agency that it happens to; without it, all", 60)

EVENT_KINDS = {
    "policy": EventKind("levers change; the key 'set' says which"),
    "grant_cliff": EventKind("every running grant ends this week", may=(WHOSE,)),
    "leader_departure": EventKind("the leader leaves", may=(WHOSE,)),
    "key_worker_departure": EventKind("every key worker leaves"),
    "reorganisation": EventKind(
        "a share of the posts lose their people, and every leader leaves",
        needs=(_share("value", "share of the posts"),),
    ),
    "demand": EventKind(
        "more or fewer cases for some weeks",
        needs=(
            Field("value", "number", "factor on new cases", "times", 0, 10),
            Field("weeks", "number", "for how long", "weeks", 1, 5_200),
        ),
    ),
    "data_breach": EventKind(
        "an agency leaks data and the others trust it less",
        needs=(_line("agency", "the agency that leaks", 60),),
    ),
}
KIND = Field("kind", "choice", "what happens", choices=tuple(EVENT_KINDS), required=True)
