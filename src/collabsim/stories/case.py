"""One case's story, told from what a run recorded: who worked on it, what they asked each other, what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from collabsim.display import listed, percent
from collabsim.history import History
from collabsim.model import state
from collabsim.payloads import Payload
from collabsim.stories.cast import Cast, agency_of
from collabsim.stories.when import Line, count, how_long, in_words

_USUAL, _MUCH = 0.25, 1.0
"""Up to how many standard deviations work counts as usual, and from how many on as much better or worse [J]."""
_WORKERS = ("post_0", "post_1", "post_2", "post_3")


def case_story(seen: History, cast: Cast, cases: np.ndarray, which: int) -> Payload:
    """The story of a closed case.

    Parameters
    ----------
    seen : History
    cast : Cast
        Of the same run.
    cases : array of state.CLOSED_CASE
        Of the same run.
    which : int
        From 1, in the order of closing.

    Returns
    -------
    dict
        `title`, `number`, `cases` (how many there are), and `lines`, each with `month`, `when`, `words`.
    """
    case = cases[which - 1]
    lines = sorted(_lines(seen, cast, case), key=lambda line: line.week)
    return {
        "title": f"Case {which}, open for {how_long(int(case['closed']) - int(case['opened']))}",
        "number": which,
        "cases": len(cases),
        "lines": [line.payload(seen) for line in lines],
    }


def eventful(cases: np.ndarray, burn_in_weeks: int) -> int:
    """The number of the case, opened after the policy's start, that passed through most hands; the first of them."""
    changes = np.where(cases["opened"] >= burn_in_weeks, cases["changes"], -1)
    return int(changes.argmax()) + 1


def _lines(seen: History, cast: Cast, case: np.void) -> Iterator[Line]:
    opened, closed = int(case["opened"]), int(case["closed"])
    posts = [int(case[name]) for name in _WORKERS[: int(case["members"])]]
    filled = [post for post in posts if post != state.NOBODY]
    where = listed(list(dict.fromkeys(agency_of(seen, post) for post in filled)))
    begins = f"{{When}} a case opens that needs {count(len(posts), 'team')}"
    among = f": {where}" if len(filled) == len(posts) else f", among them {where}" if where else ""
    yield Line(opened, "opened", f"{begins}{among}.")
    yield from _changes(closed, int(case["changes"]))
    yield Line(closed, "closed", _workers(seen, cast, filled, opened, closed))
    yield Line(closed, "closed", _asked(case))
    yield Line(closed, "closed", _came_of_it(case))


def _changes(week: int, changes: int) -> Iterator[Line]:
    if changes == 0:
        yield Line(week, "changes", "The same people work on it from beginning to end.")
    else:
        yield Line(week, "changes", f"It passes to another worker {_times(changes)} while it is open.")


def _times(number_of: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number_of, count(number_of, "time"))


def _workers(seen: History, cast: Cast, posts: Sequence[int], opened: int, closed: int) -> str:
    """Who closes it, and how many of them had come after it opened."""
    people = [(post, cast.at(post, closed)) for post in posts]
    named = [f"{who.name} ({agency_of(seen, post)})" for post, who in people if who is not None]
    if not named:
        return "{When} it closes, with nobody left in post who worked on it."
    new = sum(
        1
        for post, who in people
        if who is not None and all(s.started > opened for s in who.spells if s.post == post)
    )
    late = f" {_late(new, len(named))}" if new else ""
    return f"{{When}} it closes. Those who close it: {listed(named)}.{late}"


def _late(new: int, people: int) -> str:
    """How many of those who close a case had not been there when it opened."""
    if people == 1:
        return "That person came after it had opened."
    who = "All of them" if new == people else f"{in_words(new).capitalize()} of them"
    return f"{who} came after it had opened."


def _asked(case: np.void) -> str:
    asked, got = int(case["requested"]), int(case["received"])
    if asked == 0:
        return "Nobody asked another agency for anything that is on record."
    return f"They had asked each other {_times(asked)} for information, and got it {_times(got)}."


def _came_of_it(case: np.void) -> str:
    wait = float(case["wait"])
    waited = f" Waiting cost it {how_long(round(wait))}." if wait >= 1 else ""
    known = percent(float(case["completeness"]))
    work = _compared(float(case["performance"]))
    return f"At the end they knew {known} of what they needed to know. The work went {work}.{waited}"


def _compared(performance: float) -> str:
    """How the work went against the usual, from its standard deviations, for people who know none."""
    if abs(performance) < _USUAL:
        return "about as usual"
    much = "much" if abs(performance) >= _MUCH else "somewhat"
    return f"{much} {'better' if performance > 0 else 'worse'} than usual"
