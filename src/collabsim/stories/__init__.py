"""One worker's story, or one case's, told from a run: shared by the command line, the lessons and the pages."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from collabsim.history import History, history, ties_of
from collabsim.model.simulate import run_once
from collabsim.payloads import Payload
from collabsim.scenario import Scenario
from collabsim.stories.case import case_story, eventful
from collabsim.stories.cast import Cast, Person, agency_of, cast_of, kind_of
from collabsim.stories.person import Telling

__all__ = ["Whom", "at_post", "most_eventful", "story", "story_of_case", "story_of_person"]


class Whom(Protocol):
    """Whose story is wanted, as in `collabsim.lessons.lesson.Person`."""

    @property
    def about(self) -> str:
        """`person` or `case`."""

    @property
    def replicate(self) -> int:
        """Of which run."""

    @property
    def which(self) -> int | None:
        """The number of the person or case; None for one to whom much happened."""

    @property
    def agency(self) -> str:
        """The person's agency; empty for any."""


def story(scenario: Scenario, seed: int, whom: Whom) -> Payload:
    """The story that a lesson or a command asks for.

    Raises
    ------
    LookupError
        When there is nobody, or no case, of that number; the message says how many there are.
    """
    if whom.about == "case":
        return story_of_case(scenario, seed, whom.replicate, whom.which)
    return story_of_person(scenario, seed, whom.replicate, whom.which, whom.agency)


def story_of_person(
    scenario: Scenario, seed: int = 0, replicate: int = 0, which: int | None = None, agency: str = ""
) -> Payload:
    """The story of one person of a run.

    Raises
    ------
    LookupError
    """
    seen, cast = _run(scenario, seed, replicate)
    if which is not None and not 1 <= which <= len(cast.people):
        raise LookupError(f"there are {len(cast.people):,} people in this run, numbered from 1")
    person = cast.people[which - 1] if which else most_eventful(seen, cast, agency)
    return {**Telling(seen, cast).story(person), "replicate": replicate, "seed": seed}


def story_of_case(scenario: Scenario, seed: int = 0, replicate: int = 0, which: int | None = None) -> Payload:
    """The story of one closed case of a run.

    Raises
    ------
    LookupError
    """
    seen, cast = _run(scenario, seed, replicate)
    cases = run_once(scenario, seed, replicate, record=("cases",)).closed_cases
    if not len(cases) or (which is not None and not 1 <= which <= len(cases)):
        raise LookupError(f"{len(cases):,} cases close in this run, numbered from 1")
    number = which or eventful(cases, 52 * scenario.burn_in_years)
    return {**case_story(seen, cast, cases, number), "replicate": replicate, "seed": seed}


@lru_cache(maxsize=4)
def _lived(same: _Same, seed: int, replicate: int) -> tuple[History, Cast]:
    seen = history(same.scenario, seed, replicate)
    return seen, cast_of(seen)


class _Same:
    """A scenario that equals any other with the same digest, and so can be a cache's key."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.scenario.digest == self.scenario.digest

    def __hash__(self) -> int:
        return hash(self.scenario.digest)


def _run(scenario: Scenario, seed: int, replicate: int) -> tuple[History, Cast]:
    return _lived(_Same(scenario), seed, replicate)


def most_eventful(seen: History, cast: Cast, agency: str = "") -> Person:
    """Somebody who came and went after the policy's start and whose story has most sides to it; the first of them.

    A story far from a dozen lines, which take a minute to read, counts for less.
    """
    telling = Telling(seen, cast)
    start = 52 * seen.scenario.burn_in_years
    found = [p for p in cast.people if p.spells[0].started >= start and p.spells[-1].left is not None]
    found = [p for p in found if not agency or agency_of(seen, p.spells[-1].post) == agency] or list(
        cast.people
    )

    def sides(person: Person) -> tuple[int, int]:
        kinds = [line.kind for line in telling.lines(person)]
        return len(set(kinds)) - abs(len(kinds) - 12) // 3, -person.number

    return max(found, key=sides)


# --- for the page -------------------------------------------------------------------------------


def at_post(seen: History, post: int, month: int) -> Payload:
    """The story of whoever is, or was last, in a post (by its position) in a month; with its relationships.

    Returns
    -------
    dict
        `title`, `lines`, `post`, and `ties` (`history.ties_of`).
    """
    cast = cast_of(seen)
    number = int(seen.posts[0][post]["id"])
    person = _begun(cast, number, month)
    if person is None:
        title = f"{agency_of(seen, number)}: {kind_of(seen, number)}, post {post + 1}"
        nobody = {"month": month, "when": "", "words": "Nobody has been in this post yet."}
        return {"title": title, "lines": [nobody], "post": post, "ties": []}
    return {**Telling(seen, cast).story(person), "post": post, "ties": ties_of(seen, post)}


def _begun(cast: Cast, post: int, month: int) -> Person | None:
    """Whoever came to a post last by the end of a month."""
    held = [pair for pair in cast.held.get(post, ()) if pair[0].started * 12 // 52 <= month]
    return max(held, key=lambda pair: pair[0].started)[1] if held else None
