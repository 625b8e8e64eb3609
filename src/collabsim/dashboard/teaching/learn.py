"""A learner's page in a class: joins by a code, follows or goes its own way, and resumes after a lost connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from collabsim.dashboard.frames import Payload, as_text
from collabsim.dashboard.teaching.classes import FREE, REGISTER, Class, Refused, Seat
from collabsim.dashboard.teaching.player import Player
from collabsim.dashboard.teaching.results import Bell
from collabsim.lessons.lesson import Step

FOLLOWS = "The class goes on together: this page follows."


class Follower(Player):
    """A lesson as a learner of a class sees it.

    Parameters
    ----------
    joined : Class
    seat : Seat
    changed : callable
    """

    def __init__(self, joined: Class, seat: Seat, changed: Callable[[], None]) -> None:
        self.joined, self.seat = joined, seat
        self._moving = threading.Lock()
        """Held from the look at where the class is until this page is there: an answer comes in one thread and the class's
        bell in another, and who looked first must not be the last to move. Never held while a page is drawn."""
        super().__init__(seat.way, changed)
        self.follow()

    def take_answer(self, step: Step, raw: Any) -> None:
        """Keep an answer with the class, and follow where it has gone on meanwhile."""
        self.joined.answer(self.seat, step, raw)
        self.follow()

    def keep_package(self, bought: dict[str, int], found: Payload) -> None:
        """Keep what was bought in a game with the class."""
        self.joined.score(self.seat, self.step, bought, found)

    def go(self, wish: dict[str, Any]) -> None:
        """Go to a step, where learners may go their own way."""
        with self._moving:
            is_free = self.joined.pace == FREE
            if is_free:
                self.way.go(int(wish["to"]))
        if is_free:
            self.look_at_step()

    def follow(self) -> None:
        """Be where the class is, or at the prediction that is missing on the way there."""
        with self._moving:
            before = self.way.position
            if self.joined.pace != FREE:
                self.way.go(self.joined.position)
            has_moved = self.way.position != before
        if has_moved:
            self.look_at_step()

    @property
    def nav(self) -> Payload:
        """Whether one can go back and on; together, the class goes on by itself."""
        found = super().nav
        if self.joined.pace == FREE:
            return found
        is_behind = self.joined.position > self.way.position
        words = "The class has gone on: answer here, and this page follows." if is_behind else FOLLOWS
        return {**found, "back": False, "next": False, "missing": "", "follows": words}


class Learn:
    """The state of one learner's page.

    Parameters
    ----------
    code : str
        The class's code, if the link has one.
    changed : callable
    """

    def __init__(self, code: str, changed: Callable[[], None]) -> None:
        self.code, self.sentence = code, ""
        self.player: Follower | None = None
        self.ticks = 0
        self._changed = changed
        self._stop: Callable[[], None] | None = None
        self._bell = Bell(self._heard, self._fail)

    def close(self) -> None:
        """Stop working; the seat stays."""
        self._leave()
        self._bell.close()

    # --- what the page sends --------------------------------------------------------------------

    def hello(self, wish: dict[str, Any]) -> None:
        """The page is there: take the seat again that it had, or join by its link's code."""
        saved = wish.get("saved")
        kept = saved if isinstance(saved, dict) else {}
        code = self.code or str(kept.get("code", ""))
        if code and self.player is None:
            token = str(kept.get("token", "")) if kept.get("code") == code else ""
            self._sit(code, token)
        self._changed()

    def join(self, wish: dict[str, Any]) -> None:
        """Join by a code that somebody typed in."""
        self._sit(str(wish.get("code", ""))[:40], "")
        self._changed()

    def beat(self, wish: dict[str, Any]) -> None:
        """A sign of life; the page gets one back, and so knows that it is connected."""
        self.ticks = int(wish.get("tick", 0))
        REGISTER.tidy()
        if self.player is not None and not self.player.joined.is_over:
            self.player.joined.hear(self.player.seat)
        self._changed()

    def _sit(self, code: str, token: str) -> None:
        try:
            joined = REGISTER.find(code)
            seat = joined.sit(token)
        except Refused as error:
            self.sentence = str(error)
            return
        self._leave()
        self.sentence, self.code = "", joined.code
        self.player = Follower(joined, seat, self._changed)
        self._stop = joined.listen(self._bell.ring, leads=False)
        self._keep_up()  # what the class did while this page was made rang no bell of it

    def _leave(self) -> None:
        if self._stop is not None:
            self._stop()
        if self.player is not None:
            self.player.close()
        self._stop, self.player = None, None

    # --- what the class does --------------------------------------------------------------------

    def _heard(self) -> None:
        self._keep_up()
        self._changed()

    def _keep_up(self) -> None:
        """Be where the class is, or outside when it has ended."""
        player = self.player
        if player is not None and player.joined.is_over:
            self._leave()
            self.code, self.sentence = (
                "",
                "The class has ended. Nothing of it was kept. Thank you for taking part.",
            )
        elif player is not None:
            player.follow()

    def _fail(self, sentence: str) -> None:
        self.sentence = sentence
        self._changed()

    # --- what is shown --------------------------------------------------------------------------

    @property
    def keep(self) -> str:
        """What the page is to keep: its seat."""
        if self.player is None:
            return "null"
        return as_text({"code": self.player.joined.code, "token": self.player.seat.token})

    @property
    def query(self) -> str:
        """The query of the page's address."""
        return f"class={quote(self.code)}" if self.code else ""

    def hush(self, *_: Any) -> None:
        """Close the sentences."""
        if self.player is not None:
            self.player.sentences = []
        self._changed()

    @property
    def door(self) -> str:
        """The form to join by."""
        return as_text({"code": self.code, "sentence": self.sentence})
