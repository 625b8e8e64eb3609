"""One person's story, told from what a run recorded: money, colleagues, conflicts, leaving, and who came after.

Every sentence comes from an event of the run, or from its state at a month's end. Nothing is made up but the name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from collabsim.history import NONE, History
from collabsim.model import state
from collabsim.model.simulate import total_weeks
from collabsim.payloads import Payload
from collabsim.spells import Spell
from collabsim.stories.cast import Cast, Person, agency_of, kind_of, position
from collabsim.stories.when import Line, count, how_long, month_of

TRUSTED = 0.6
"""Whom somebody trusts this much is missed when gone."""
SOON = 3
"""Months before its end at which a grant begins to be on people's minds."""
_FEAR = 0.1  # insecurity above this counts as fear for the post, as in the outcome `insecure`
_MOST_LOSSES, _MOST_CONFLICTS = 5, 3

_LEFT = {
    "quit": "{name} quits", "nonrenewal": "The post closes with the grant, and {name} has to go",
    "closure": "The post closes, and {name} has to go", "reorganisation": "A reorganisation ends {name}'s post",
}  # fmt: skip
_GOING = {
    state.QUITS: "quits", state.NONRENEWAL: "loses the post", state.CLOSURE: "loses the post",
    state.REORGANISED: "is reorganised away",
}  # fmt: skip
_GRANT = {
    state.GRANT_RENEWED: "{When} word comes: the grant is renewed.",
    state.GRANT_REFUSED: "{When} word comes that the grant will not be renewed.",
    state.GRANT_GAP: "{When} the grant ends and nobody has decided yet. There is a gap.",
    state.GRANT_REPLACED: "{When} a new grant is found.",
}  # fmt: skip
_WORD = {
    state.GRANT_RENEWED: "; word has come that it goes on",
    state.GRANT_REFUSED: "; word has come that it will not be renewed",
}  # fmt: skip
_LATELY = 13  # weeks before an arrival in which such a word is of the term that is ending


class Telling:
    """Tells the stories of one run.

    Parameters
    ----------
    seen : History
    cast : Cast
    """

    def __init__(self, seen: History, cast: Cast) -> None:
        self.seen, self.cast = seen, cast
        self._end = total_weeks(seen.scenario)

    def story(self, person: Person) -> Payload:
        """The story of a person.

        Returns
        -------
        dict
            `title`, `name`, `number`, `people` (how many the run has), and `lines`, each with `month`, `when`, `words`.
        """
        lines = sorted(self.lines(person), key=lambda line: line.week)
        last = person.spells[-1]
        return {
            "title": f"{person.name}, {kind_of(self.seen, last.post)}, {agency_of(self.seen, last.post)}",
            "name": person.name,
            "number": person.number,
            "people": len(self.cast.people),
            "lines": [line.payload(self.seen) for line in lines],
        }

    def lines(self, person: Person) -> Iterator[Line]:
        """Everything that is told of a person, in no order."""
        for spell in person.spells:
            yield from self._arrival(person, spell)
            yield from self._money(person, spell)
            yield from self._worries(person, spell)
            yield from self._conflicts(person, spell)
            yield from self._losses(person, spell)
            yield from self._end_of(person, spell)

    # --- arrival --------------------------------------------------------------------------------

    def _arrival(self, person: Person, spell: Spell) -> Iterator[Line]:
        where, paid = agency_of(self.seen, spell.post), self._paid(spell)
        week = max(0, spell.started)
        if spell.earlier is not None:
            yield Line(
                week, "arrival", f"{{When}} {person.first_name} moves to another post at {where}. {paid}"
            )
        elif spell.started <= 0:
            since = f", after {how_long(-spell.started)} in post" if spell.started else ""
            yield Line(
                week, "arrival", f"{person.name} is there when the account begins{since}, at {where}. {paid}"
            )
        else:
            trust = self._trust_words(spell, month_of(week))
            yield Line(week, "arrival", f"{{When}} {person.name} joins {where}. {paid}{trust}")

    def _paid(self, spell: Spell) -> str:
        left = self._left(spell, month_of(max(0, spell.started)))
        if left is None:
            return "The post is paid from core money."
        runs = f"with {count(round(left), 'month')} left" if round(left) else "that is about to end"
        return f"The post hangs on a grant {runs}{self._word_before(spell, left)}."

    def _word_before(self, spell: Spell, left: float) -> str:
        """What word had come of a grant near its end before somebody arrived: afterwards no event tells it."""
        place, week = position(self.seen, spell.post), max(0, spell.started)
        if place is None or left > SOON:
            return ""
        paid_by = int(self.seen.posts[min(month_of(week), self.seen.months - 1)][place]["grant"])
        events = self.seen.run.events
        lately = events[(events["week"] >= week - _LATELY) & (events["week"] < week)]
        told = lately[(lately["subject"] == paid_by) & np.isin(lately["kind"], tuple(_WORD))]
        return _WORD[int(told[-1]["kind"])] if len(told) else ""

    def _left(self, spell: Spell, month: int) -> float | None:
        """Months left of a post's grant in a month; None on core money."""
        place = position(self.seen, spell.post)
        if place is None:
            return None
        left = float(self.seen.left[min(month, self.seen.months - 1), place])
        return None if math.isnan(left) else left

    def _trust(self, spell: Spell, month: int) -> np.ndarray:
        """Trust in everybody else at a month's end, 0 to 1; NaN without a relationship."""
        place = position(self.seen, spell.post)
        if place is None or not self.seen.has_people:
            return np.full(0, np.nan)
        row = self.seen.trust[min(max(month, 0), self.seen.months - 1), place]
        return np.where(row == NONE, np.nan, row / 100)

    def _trust_words(self, spell: Spell, month: int) -> str:
        known = self._known(spell, month)
        if not known.size or not self._holds(spell, month):
            return ""
        people = count(known.size, "person").replace("persons", "people")
        return f" Trust in {people} elsewhere begins at {known.mean():.2f} on average."

    def _known(self, spell: Spell, month: int) -> np.ndarray:
        trust = self._trust(spell, month)
        return np.asarray(trust[~np.isnan(trust)])

    def _holds(self, spell: Spell, month: int) -> bool:
        """Whether the post is filled by this occupant at a month's end."""
        place = position(self.seen, spell.post)
        if place is None or not 0 <= month < self.seen.months:
            return False
        row = self.seen.posts[month][place]
        return bool(row["filled"] and row["occupant"] == spell.occupant)

    # --- money ----------------------------------------------------------------------------------

    def _during(self, spell: Spell) -> np.ndarray:
        """The events between a spell's first and last week."""
        events = self.seen.run.events
        end = self._end if spell.left is None else spell.left
        return events[(events["week"] >= max(0, spell.started)) & (events["week"] <= end)]

    def _money(self, person: Person, spell: Spell) -> Iterator[Line]:
        """What happens to the grant that pays the post."""
        place = position(self.seen, spell.post)
        if place is None:
            return
        for row in self._during(spell):
            kind, week = int(row["kind"]), int(row["week"])
            paid_by = int(self.seen.posts[min(month_of(week), self.seen.months - 1)][place]["grant"])
            if kind in _GRANT and paid_by >= 0 and int(row["subject"]) == paid_by:
                yield Line(week, state.EVENT_KINDS[kind], _GRANT[kind])

    def _worries(self, person: Person, spell: Spell) -> Iterator[Line]:
        """The months in which the end of the grant comes near and fear for the post begins."""
        place = position(self.seen, spell.post)
        if place is None:
            return
        was_near = False
        for month in range(month_of(max(0, spell.started)), self._last_month(spell) + 1):
            left = self._left(spell, month)
            fears = bool(self.seen.posts[month][place]["insecurity"] > _FEAR)
            is_near = left is not None and 0 < round(left) <= SOON and fears and self._holds(spell, month)
            if is_near and not was_near:
                assert left is not None
                runs = f"the contract has {count(round(left), 'month')} to run"
                yield Line(
                    math.ceil((month + 1) * 52 / 12) - 1,
                    "risk",
                    f"{{When}} {person.first_name}'s post is at risk: {runs}.",
                )
            was_near = is_near

    def _last_month(self, spell: Spell) -> int:
        return self.seen.months - 1 if spell.left is None else min(month_of(spell.left), self.seen.months - 1)

    # --- other people ---------------------------------------------------------------------------

    def _conflicts(self, person: Person, spell: Spell) -> Iterator[Line]:
        """Conflicts with those whom this person trusted most, and whether they were repaired."""
        mine = self._during(spell)
        mine = mine[(mine["subject"] == spell.post) & np.isin(mine["kind"], (state.CONFLICT, state.REPAIRED))]
        fought = [row for row in mine if row["kind"] == state.CONFLICT]
        for row in sorted(fought, key=lambda row: -self._trusted_before(spell, row))[:_MOST_CONFLICTS]:
            week, other = int(row["week"]), self._called(int(row["other"]), int(row["week"]))
            words = f"{{When}} {person.first_name} loses trust in {other} over a conflict."
            yield Line(week, "conflict", words)
            same = (mine["kind"] == state.REPAIRED) & (mine["other"] == row["other"]) & (mine["week"] > week)
            if same.any() and self._called(int(row["other"]), int(mine[same]["week"][0])) == other:
                words = f"{{When}} the conflict with {other} is repaired."
                yield Line(int(mine[same]["week"][0]), "repair", words)

    def _trusted_before(self, spell: Spell, row: np.void) -> float:
        """Trust in the other side of an event at the end of the month before; 0 where there was none."""
        place = position(self.seen, int(row["other"]))
        trust = self._trust(spell, month_of(int(row["week"])) - 1)
        known = place is not None and trust.size and not math.isnan(trust[place])
        return float(trust[place]) if known else 0.0

    def _called(self, post: int, week: int) -> str:
        """Who holds a post in a week, with the agency."""
        who = self.cast.at(post, week)
        where = agency_of(self.seen, post)
        return f"{who.name} at {where}" if who else f"somebody at {where}"

    def _losses(self, person: Person, spell: Spell) -> Iterator[Line]:
        """People elsewhere whom this person trusted and who left; the most trusted ones where there are many."""
        found = [
            (self._trusted_in(spell, row), row)
            for row in self._during(spell)
            if int(row["kind"]) in _GOING and int(row["subject"]) != spell.post
        ]
        kept = [pair for pair in found if pair[0] >= TRUSTED]
        for level, row in sorted(kept, key=lambda pair: -pair[0])[:_MOST_LOSSES]:
            week, who = int(row["week"]), self._called(int(row["subject"]), int(row["week"]))
            words = f"{{When}} {who} {_GOING[int(row['kind'])]}."
            yield Line(week, "loss", f"{words} {person.first_name}'s trust there had reached {level:.2f}.")

    def _trusted_in(self, spell: Spell, row: np.void) -> float:
        """Trust in somebody who leaves, at the end of the month before, while this person is still there."""
        month, place = month_of(int(row["week"])) - 1, position(self.seen, int(row["subject"]))
        if place is None or not self._holds(spell, month) or row["week"] == spell.left:
            return 0.0
        trust = self._trust(spell, month)
        return float(np.nan_to_num(trust[place])) if trust.size else 0.0

    # --- the end --------------------------------------------------------------------------------

    def _end_of(self, person: Person, spell: Spell) -> Iterator[Line]:
        if spell.left is None:
            known = self._known(spell, self.seen.months - 1)
            trust = f", with {known.mean():.2f} of trust on average" if known.size else ""
            yield Line(
                self._end - 1,
                "end",
                f"At the end of the account {person.first_name} is still there, after {how_long(spell.tenure)}{trust}.",
            )
            return
        if spell.reason == state.EVENT_KINDS[state.REDEPLOYED]:
            return
        yield self._leaving(person, spell)
        yield self._afterwards(spell)

    def _leaving(self, person: Person, spell: Spell) -> Line:
        assert spell.left is not None
        what = _LEFT.get(spell.reason or "", "{name} leaves").format(name=person.first_name)
        known = self._known(spell, month_of(spell.left) - 1)
        held = self._holds(spell, month_of(spell.left) - 1)
        lost = ""
        if known.size and held:
            ties = count(known.size, "working relationship")
            lost = f" {ties[:1].upper()}{ties[1:]} end, with {known.mean():.2f} of trust on average."
        return Line(
            spell.left,
            f"left: {spell.reason}",
            f"{{When}} it is over. {what}, after {how_long(spell.tenure)}.{lost}",
        )

    def _afterwards(self, spell: Spell) -> Line:
        """Who came next, when, and how much trust they began with."""
        assert spell.left is not None
        following = self._successor(spell)
        if following is None:
            return Line(self._end - 1, "vacant", "Nobody has taken the post by the end of the account.")
        person, held = following
        began = self._known(held, month_of(held.started))
        known = began.size and self._holds(held, month_of(held.started))
        trust = f" Trust begins again at {began.mean():.2f}." if known else ""
        gap = held.started - spell.left
        return Line(
            held.started, "successor", f"{{When}} {person.name} takes the post, {how_long(gap)} later.{trust}"
        )

    def _successor(self, spell: Spell) -> tuple[Person, Spell] | None:
        """Who held the post next, and the spell in it."""
        later = [pair for pair in self.cast.held[spell.post] if pair[0].occupant > spell.occupant]
        if not later:
            return None
        following, person = later[0]
        return person, following
