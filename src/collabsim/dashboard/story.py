"""One member of staff, told from the run's events: arrival, money, trust, conflicts, leaving, and what the leaving cost."""

from __future__ import annotations

import math

import numpy as np

from collabsim import history
from collabsim.history import NONE, History
from collabsim.model import state
from collabsim.model.simulate import total_weeks
from collabsim.payloads import Payload
from collabsim.spells import Spell, spells

_REASONS = {
    "quit": "quit", "nonrenewal": "left because the grant was not renewed", "closure": "left because the post closed",
    "reorganisation": "was reorganised away", "redeployed": "was moved to another post in the same agency",
}  # fmt: skip
_KINDS = ("member of staff", "key worker", "project manager")


def story(seen: History, post: int, month: int) -> Payload:
    """The story of whoever is, or was last, in a post in a month.

    Parameters
    ----------
    seen : History
    post : int
        Position of the post.
    month : int
        Counted from the start of the run.

    Returns
    -------
    dict
        `title`, `lines` (each with its month and words), `ties` (`history.ties_of`), `post`.
    """
    spell = _spell(seen, post, month)
    title = f"{_agency(seen, post)}: {_KINDS[int(seen.posts[0][post]['kind'])]}, post {post + 1}"
    if spell is None:
        return {
            "title": title,
            "lines": [_line(month, "Nobody has been in this post yet.")],
            "post": post,
            "ties": [],
        }
    lines = [*_arrival(seen, post, spell), *_grants(seen, post, spell), *_conflicts(seen, spell)]
    lines += _leaving(seen, post, spell)
    return {
        "title": title,
        "lines": sorted(lines, key=lambda line: line["month"]),
        "post": post,
        "ties": history.ties_of(seen, post),
    }


def _spell(seen: History, post: int, month: int) -> Spell | None:
    """The latest spell in a post that began by the end of a month."""
    identity = int(seen.posts[0][post]["id"])
    weeks = total_weeks(seen.scenario)
    found = [s for s in spells(seen.run.events, seen.run.arrays["posts"], weeks) if s.post == identity]
    begun = [s for s in found if s.started <= math.ceil((month + 1) * 52 / 12)]
    return max(begun, key=lambda s: s.started) if begun else None


def _line(month: int, words: str) -> Payload:
    return {"month": max(0, month), "words": words}


def _month(week: int) -> int:
    return week * 12 // 52


def _agency(seen: History, post: int) -> str:
    number = int(seen.posts[0][post]["agency"])
    agencies = seen.scenario.agencies
    return agencies[number if number < len(agencies) else seen.scenario.host].name


def _trust(seen: History, post: int, month: int) -> tuple[float, int] | None:
    """Mean trust of a post's holder in others, and how many they are."""
    row = seen.trust[min(max(month, 0), seen.months - 1), post]
    known = row[row != NONE]
    return (float(known.mean()) / 100, len(known)) if len(known) else None


def _length(weeks: int) -> str:
    return f"{weeks} weeks" if weeks < 26 else f"{weeks / 52:.1f} years"


def _arrival(seen: History, post: int, spell: Spell) -> list[Payload]:
    month = _month(max(0, spell.started))
    paid = seen.left[min(month, seen.months - 1), post]
    money = "core money" if math.isnan(paid) else f"a grant with {paid:.0f} months left"
    if spell.started <= 0:
        when = (
            f"Had been in post for {_length(-spell.started)} when the run began"
            if spell.started
            else "Began with the run"
        )
    else:
        when = "Was moved here from another post" if spell.earlier else "Joined"
    trust = _trust(seen, post, month)
    how = f" Trusted {trust[1]} people at other agencies, {trust[0]:.2f} on average." if trust else ""
    return [_line(month, f"{when}; the post is paid by {money}.{how}")]


_GRANT_WORDS = {
    state.GRANT_RENEWED: "The grant was renewed.", state.GRANT_REFUSED: "Word came that the grant would not be renewed.",
    state.GRANT_GAP: "The grant ended before its renewal was decided: a gap.", state.GRANT_CLOSED: "The grant closed.",
    state.GRANT_REPLACED: "A new grant was found.",
}  # fmt: skip


def _grants(seen: History, post: int, spell: Spell) -> list[Payload]:
    """What happened to the post's grant while this person was in it."""
    grant = int(seen.posts[min(_month(max(0, spell.started)), seen.months - 1)][post]["grant"])
    if grant < 0:
        return []
    rows = _during(seen, spell)
    rows = rows[(rows["subject"] == grant) & np.isin(rows["kind"], list(_GRANT_WORDS))]
    return [_line(_month(int(row["week"])), _GRANT_WORDS[int(row["kind"])]) for row in rows]


def _during(seen: History, spell: Spell) -> np.ndarray:
    events = seen.run.events
    end = spell.left if spell.left is not None else total_weeks(seen.scenario)
    return events[(events["week"] >= spell.started) & (events["week"] <= end)]


def _conflicts(seen: History, spell: Spell) -> list[Payload]:
    rows = _during(seen, spell)
    mine = rows[(rows["subject"] == spell.post) & np.isin(rows["kind"], (state.CONFLICT, state.REPAIRED))]
    words = {
        state.CONFLICT: "A conflict with someone at {}.",
        state.REPAIRED: "A conflict with someone at {} was repaired.",
    }
    lines = []
    for row in mine:
        other = history.index_of(seen, row["other"])
        if other is not None:
            lines.append(
                _line(_month(int(row["week"])), words[int(row["kind"])].format(_agency(seen, other)))
            )
    return lines


def _leaving(seen: History, post: int, spell: Spell) -> list[Payload]:
    """How it ended, and what came after; or how it stands at the end of the run."""
    if spell.left is None:
        trust = _trust(seen, post, seen.months - 1)
        with_whom = f", trusting {trust[1]} people {trust[0]:.2f} on average" if trust else ""
        return [_line(seen.months - 1, f"Still there at the end, after {_length(spell.tenure)}{with_whom}.")]
    month = _month(spell.left)
    before = _trust(seen, post, month - 1)
    lost = f" {before[1]} relationships with {before[0]:.2f} of trust on average went too." if before else ""
    reason = _REASONS.get(spell.reason or "", spell.reason or "left")
    reason = f"{reason[:1].upper()}{reason[1:]}"
    lines = [_line(month, f"{reason} after {_length(spell.tenure)}.{lost}")]
    return lines + _afterwards(seen, post, spell, month)


def _afterwards(seen: History, post: int, spell: Spell, month: int) -> list[Payload]:
    """When somebody else came, and how much trust they began with."""
    for later in range(month, seen.months):
        row = seen.posts[later][post]
        if row["filled"] and row["occupant"] > spell.occupant:
            trust = _trust(seen, post, later)
            began = f", trusting others {trust[0]:.2f} on average" if trust else ""
            months = later - month
            waited = "within the month" if months == 0 else f"after {months} month{'s' if months > 1 else ''}"
            return [_line(later, f"A successor was in post {waited}{began}.")]
    return [_line(seen.months - 1, "Nobody has come since.")]
