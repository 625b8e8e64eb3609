"""The page that leads a class, and that the projector shows: the code, who is there, what is predicted, the pace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collabsim.dashboard.frames import Payload, as_text
from collabsim.dashboard.teaching.classes import FREE, Class
from collabsim.dashboard.teaching.entrance import ENTRANCE, qr
from collabsim.dashboard.teaching.player import Player, question
from collabsim.dashboard.teaching.results import Bell
from collabsim.dashboard.teaching.way import Way
from collabsim.lessons import answers, text
from collabsim.lessons.lesson import Step


class LeadingWay(Way):
    """The way of who leads: every step is open, as the room is who predicts."""

    @property
    def open(self) -> int:
        """All of them."""
        return len(self.lesson.steps)


class Lead(Player):
    """The state of one page that leads a class.

    Parameters
    ----------
    led : Class
    changed : callable
    """

    def __init__(self, led: Class, changed: Callable[[], None]) -> None:
        self.led, self.hides = led, False
        self._borne_out: set[str] = set()
        way = LeadingWay(led.lesson)
        way.go(led.position)
        super().__init__(way, changed)
        self._bell = Bell(self._heard, self.fail)
        self._stop = led.listen(self._bell.ring, leads=True)

    def close(self) -> None:
        """Stop working; the class goes on."""
        self._stop()
        self._bell.close()
        super().close()

    # --- what the leader does -------------------------------------------------------------------

    def go(self, wish: dict[str, Any]) -> None:
        """Take the class, and this page, to a step."""
        self.led.go(int(wish["to"]))
        super().go({"to": self.led.position})

    def set_pace(self, wish: dict[str, Any]) -> None:
        """Keep the class together, or let people go."""
        self.led.set_pace(str(wish.get("pace")))
        self._changed()

    def hide(self, wish: dict[str, Any]) -> None:
        """Show what the room predicts, or keep it back until everybody has."""
        self.hides = bool(wish.get("hides"))
        self._changed()

    def bear_out(self, *_: Any) -> None:
        """Mark what was to be seen, before everybody has said what they saw."""
        self._borne_out.add(self.step.name)
        self._changed()

    def take_answer(self, step: Step, raw: Any) -> None:
        """Who leads does not answer."""

    def _heard(self) -> None:
        if self.way.position != self.led.position:
            super().go({"to": self.led.position})
        self._changed()

    # --- what is shown --------------------------------------------------------------------------

    @property
    def nav(self) -> Payload:
        """Back and on; from a prediction, on shows the result."""
        found = super().nav
        seats = self.led.seats
        if self.step.kind == "predict" and seats:
            answered = sum(self.step.name in seat.way.answers for seat in seats)
            found["label"] = f"Go on ({answered} of {len(seats)} have predicted)"
        return found

    @property
    def panel(self) -> str:
        """The class: how to join, who is there, who has answered, and the pace."""
        seats, step = self.led.seats, self.step
        return as_text(
            {
                "code": self.led.code,
                "links": [self._link(url) for url in ENTRANCE.urls],
                "position": self.way.position,
                "is_open": ENTRANCE.is_open,
                "joined": len(seats),
                "present": sum(seat.is_present for seat in seats),
                "answered": sum(step.name in seat.way.answers for seat in seats),
                "asks": question(step) is not None,
                "free": self.led.pace == FREE,
                "hides": self.hides,
                "places": self._places(),
                "notes": text.html(step.notes) if step.notes else "",
            }
        )

    def _link(self, url: str) -> Payload:
        """An address that learners can open, as they read it and as they scan it."""
        link = f"{url}/join?class={self.led.code}"
        return {"host": url, "url": link, "qr": qr(link)}

    def _places(self) -> list[int]:
        """How many learners are at each step."""
        at = [seat.way.position for seat in self.led.seats]
        return [at.count(position) for position in range(len(self.lesson.steps))]

    @property
    def spread(self) -> str:
        """What the room answered to the step, and predicted for what the step shows; nobody can be told from it."""
        found = {"hides": self.hides, "now": self._collected(self.step), "predicted": None, "asked": None}
        if self.step.observation is not None and not self.hides:
            found["seen"] = self.seen if self._is_told else None
        predicted = self.lesson.predicted(self.step)
        if predicted is not None and predicted is not self.step:
            found["predicted"] = self._collected(predicted)
            found["asked"] = question(predicted)
        return as_text(found)

    @property
    def _is_told(self) -> bool:
        """Whether the projector may show what was to be seen: all have answered, or who leads says so."""
        seats, name = self.led.seats, self.step.name
        has_all = bool(seats) and all(name in seat.way.answers for seat in seats)
        return has_all or name in self._borne_out

    def _collected(self, step: Step) -> Any:
        if question(step) is None and step.game is None:
            return None
        found = answers.collect(step, self.led.answers(step))
        return {**found, "gains": self.led.gains(step)} if step.game is not None else found
