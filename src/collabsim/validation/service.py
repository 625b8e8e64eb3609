"""Who served when: spells of simulated staff as arrays, and the person-weeks and leavers in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collabsim.model import state
from collabsim.model.simulate import Run
from collabsim.spells import EXITS, spells

SETTLED = 2 * 52
"""Week from which staff are counted: the burn-in is over."""
FOREVER = 10_000


@dataclass(frozen=True)
class Service:
    """The spells of one run in ordinary posts, one value each.

    Attributes
    ----------
    agency, post : array of int
    core : array of bool
        Whether the post is on core money.
    joined : array of int
        Week from which tenure counts.
    start, end : array of int
        Weeks in this post: from `start` up to, not including, `end`.
    quit, left : array of bool
        Whether it ended by a voluntary quit, and by any exit.
    weeks : int
        Length of the run.
    """

    agency: np.ndarray
    post: np.ndarray
    core: np.ndarray
    joined: np.ndarray
    start: np.ndarray
    end: np.ndarray
    quit: np.ndarray
    left: np.ndarray
    weeks: int


def service(run: Run, permanent: bool = False) -> Service:
    """The spells of a run that recorded its events.

    Parameters
    ----------
    run : Run
    permanent : bool
        Whether grant money is core money throughout.
    """
    posts = {int(p["id"]): p for p in run.arrays["posts"] if p["kind"] == state.ORDINARY}
    weeks = int(run.arrays["world"][0]["week"]) + 1
    found = [s for s in spells(run.events, run.arrays["posts"], weeks) if s.post in posts]
    end = np.array([weeks if s.left is None else s.left for s in found])
    exits = {state.EVENT_KINDS[kind] for kind in EXITS}
    return Service(
        agency=np.array([posts[s.post]["agency"] for s in found]),
        post=np.array([s.post for s in found]),
        core=np.array([permanent or posts[s.post]["grant"] == state.CORE for s in found]),
        joined=np.array([(weeks - 1 if s.left is None else s.left) - _tenure(s) for s in found]),
        start=np.array([max(0, s.started) for s in found]),
        end=end,
        quit=np.array([s.reason == state.EVENT_KINDS[state.QUITS] for s in found]),
        left=np.array([s.reason in exits for s in found]),
        weeks=weeks,
    )


def _tenure(spell: object) -> int:
    return int(spell.tenure)  # type: ignore[attr-defined]


def counted(
    s: Service, low: int = 0, high: int = FOREVER, begin: int = SETTLED, until: int = FOREVER
) -> np.ndarray:
    """Person-weeks of each spell at a tenure of `low` up to `high` weeks, from week `begin` up to week `until`."""
    first = np.maximum(np.maximum(s.start, s.joined + low), begin)
    return np.maximum(0, np.minimum(np.minimum(s.end, until), s.joined + high) - first)


def leavers(
    s: Service, low: int = 0, high: int = FOREVER, begin: int = SETTLED, until: int = FOREVER
) -> np.ndarray:
    """Whether each spell ended by a quit at such a tenure, from week `begin` up to week `until`."""
    tenure = s.end - s.joined
    return s.quit & (tenure >= low) & (tenure < high) & (s.end >= begin) & (s.end < until)


def by_agency(s: Service, values: np.ndarray, agencies: int) -> np.ndarray:
    """Sums of values of spells over the agencies."""
    return np.bincount(s.agency, weights=values, minlength=agencies)[:agencies]
