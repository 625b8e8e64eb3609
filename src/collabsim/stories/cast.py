"""Who is who in a run: every person with a number and a name, whatever posts they hold."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from collabsim.history import History
from collabsim.model import state
from collabsim.model.simulate import total_weeks
from collabsim.spells import Spell, spells

KINDS = ("member of staff", "key worker", "project manager")


@cache
def _names() -> tuple[list[str], list[str]]:
    found = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
    return found["first"], found["family"]


def name_of(number: int) -> str:
    """The name of a person by number, from 1. No two numbers have one name."""
    first, family = _names()
    place = number - 1
    again = place // (len(first) * len(family))
    middle = f" {'I' * again}." if again else ""
    return f"{first[place % len(first)]}{middle} {family[place % len(family)]}"


@dataclass(frozen=True)
class Person:
    """Somebody in a run.

    Attributes
    ----------
    number : int
        From 1, by the week of arrival and then by post.
    spells : tuple of Spell
        In one post after another: more than one after a redeployment.
    """

    number: int
    spells: tuple[Spell, ...]

    @property
    def name(self) -> str:
        """First and family name."""
        return name_of(self.number)

    @property
    def first_name(self) -> str:
        """The first of them."""
        return self.name.split()[0]


@dataclass(frozen=True)
class Cast:
    """The people of a run.

    Attributes
    ----------
    people : tuple of Person
        By number.
    """

    people: tuple[Person, ...]

    @cached_property
    def held(self) -> dict[int, list[tuple[Spell, Person]]]:
        """Who held each post, by its number, in the order of their coming."""
        found: dict[int, list[tuple[Spell, Person]]] = {}
        for person in self.people:
            for spell in person.spells:
                found.setdefault(spell.post, []).append((spell, person))
        return {post: sorted(held, key=lambda pair: pair[0].occupant) for post, held in found.items()}

    def at(self, post: int, week: int) -> Person | None:
        """Who holds a post in a week; whoever leaves in that week still does."""
        for spell, person in self.held.get(post, ()):
            if spell.started <= week and (spell.left is None or week <= spell.left):
                return person
        return None


def cast_of(seen: History) -> Cast:
    """The people of a run, from its events and the posts at its end."""
    found = spells(seen.run.events, seen.run.arrays["posts"], total_weeks(seen.scenario))
    earlier = {id(spell.earlier) for spell in found if spell.earlier is not None}
    chains = [_chain(spell) for spell in found if id(spell) not in earlier]
    chains.sort(key=lambda chain: (max(0, chain[0].started), chain[0].post))
    return Cast(tuple(Person(number, chain) for number, chain in enumerate(chains, 1)))


def _chain(last: Spell) -> tuple[Spell, ...]:
    """A person's spells, the first first."""
    found = [last]
    while found[0].earlier is not None:
        found.insert(0, found[0].earlier)
    return tuple(found)


def position(seen: History, post: int) -> int | None:
    """Where a post stands in the history's arrays, by its number."""
    return seen.places.get(post)


def agency_of(seen: History, post: int) -> str:
    """What the agency of a post (by its number) is called; a hub post's is its host's."""
    place = position(seen, post)
    number = 0 if place is None else int(seen.posts[0][place]["agency"])
    agencies = seen.scenario.agencies
    return agencies[number if number < len(agencies) else seen.scenario.host].name


def kind_of(seen: History, post: int) -> str:
    """What kind of worker holds a post."""
    place = position(seen, post)
    return KINDS[0 if place is None else int(seen.posts[0][place]["kind"])]


def listed_agencies(seen: History, posts: Sequence[int]) -> list[str]:
    """The agencies of some posts, each once."""
    return list(dict.fromkeys(agency_of(seen, post) for post in posts if post != state.NOBODY))
