"""Who was in which post from when to when, worked out from a run's events and the posts at its end.

Founders arrive in no event: that they are there shows when they leave, or at the end, and their tenure says
since when.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collabsim.model import state

EXITS = (state.QUITS, state.NONRENEWAL, state.CLOSURE, state.REORGANISED)


@dataclass
class Spell:
    """Somebody in a post.

    Attributes
    ----------
    post, occupant : int
    started : int
        Week of arrival in the post; negative for founders.
    left : int or None
        None for who is still there at the end.
    reason : str or None
        Why it ended, as the event is called.
    tenure : int
        Weeks served when it ended, in the posts before a redeployment too.
    earlier : Spell or None
        The spell in the post that this person was redeployed from.
    """

    post: int
    occupant: int
    started: int = 0
    left: int | None = None
    reason: str | None = None
    tenure: int = 0
    earlier: Spell | None = None


def spells(events: np.ndarray, posts: np.ndarray, weeks: int) -> list[Spell]:
    """Every spell of a run, by post and occupant.

    Parameters
    ----------
    events : array of state.EVENT
    posts : array of state.POST
        At the run's end.
    weeks : int
        Length of the run.
    """
    roll = _Roll()
    of_staff = events[np.isin(events["kind"], (*EXITS, state.HIRED, state.REDEPLOYED))]
    for week, kind, subject, other, value in of_staff.tolist():
        if kind == state.HIRED:
            roll.arrive(subject, other, week)
        elif kind == state.REDEPLOYED:
            roll.move(subject, other, week)
        else:
            roll.leave(subject, week, kind, int(value))
    for post in posts[posts["filled"] == 1]:
        roll.stay(int(post["id"]), weeks - 1, int(post["tenure"]))
    return sorted(roll.spells, key=lambda spell: (spell.post, spell.occupant))


class _Roll:
    """Who is in which post, while events are read in their order."""

    def __init__(self) -> None:
        self.spells: list[Spell] = []
        self._last: dict[int, Spell] = {}  # of each post

    def arrive(self, post: int, occupant: int, week: int, earlier: Spell | None = None) -> None:
        self._last[post] = Spell(post, occupant, week, earlier=earlier)
        self.spells.append(self._last[post])

    def move(self, post: int, to: int, week: int) -> None:
        spell = self._of(post)
        spell.left, spell.reason = week, state.EVENT_KINDS[state.REDEPLOYED]
        self.arrive(to, self._of(to).occupant + 1, week, earlier=spell)

    def leave(self, post: int, week: int, reason: int, tenure: int) -> None:
        spell = self._of(post)
        spell.left, spell.reason = week, state.EVENT_KINDS[reason]
        _date(spell, week, tenure)

    def stay(self, post: int, week: int, tenure: int) -> None:
        _date(self._of(post), week, tenure)

    def _of(self, post: int) -> Spell:
        """The latest spell in a post; its founder's when nobody has been seen there yet."""
        if post not in self._last:
            self.arrive(post, 0, 0)
        return self._last[post]


def _date(spell: Spell, week: int, tenure: int) -> None:
    """Say how long a spell was, and the ones before it, from the tenure in some week."""
    joined = week - tenure
    step: Spell | None = spell
    while step is not None:
        step.tenure = (week if step.left is None else step.left) - joined
        if step.earlier is None:
            step.started = joined
        step = step.earlier
