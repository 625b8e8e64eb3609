"""The classes of this server: who leads, who has joined, what they predicted, and where everybody is.

No names, no addresses: a learner is a random token that only the learner's own page knows.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from collabsim.dashboard import limits
from collabsim.dashboard.frames import Payload
from collabsim.dashboard.guard import Bucket
from collabsim.dashboard.teaching.way import Way
from collabsim.lessons.lesson import Lesson, Step

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Of a class's code: none that is mistaken for another, and no vowels, so that no word comes out."""
CODE_LENGTH = 4
TOGETHER, FREE = "together", "free"
PRESENT = 20.0
"""Seconds after its last sign of life that a learner's page counts as there."""

Listener = Callable[[], None]


class Refused(Exception):
    """Something that cannot be done, with a sentence that says why."""


@dataclass
class Seat:
    """One learner.

    Attributes
    ----------
    token : str
        Known to the learner's page only.
    way : Way
    heard : float
        When its page last gave a sign of life, on the monotonic clock.
    """

    token: str
    way: Way
    heard: float = field(default_factory=time.monotonic)

    @property
    def is_present(self) -> bool:
        """Whether its page is there."""
        return time.monotonic() - self.heard < PRESENT


class Class:
    """One class: everything that its pages share. Safe to use from many threads.

    Parameters
    ----------
    lesson : Lesson
    code : str
        What learners join with.
    """

    def __init__(self, lesson: Lesson, code: str) -> None:
        self.lesson, self.code = lesson, code
        self.key = secrets.token_urlsafe(24)
        """Known to the page that leads."""
        self.pace, self.position, self.is_over = TOGETHER, 0, False
        self._born = time.monotonic()
        self._seats: dict[str, Seat] = {}
        self._lock = threading.RLock()
        self._leaders: list[Listener] = []
        self._learners: list[Listener] = []

    # --- who is there ---------------------------------------------------------------------------

    def sit(self, token: str = "") -> Seat:
        """A learner's seat: the one it had, or a new one.

        Raises
        ------
        Refused
            When the class is full or over.
        """
        with self._lock:
            seat = self._seats.get(token)
            if seat is None:
                seat = self._new_seat()
            seat.heard = time.monotonic()
        self._tell(self._leaders)
        return seat

    def _new_seat(self) -> Seat:
        if self.is_over:
            raise Refused("This class has ended.")
        if len(self._seats) >= limits.MOST_LEARNERS:
            raise Refused(f"This class is full: it has {limits.MOST_LEARNERS} learners.")
        seat = Seat(secrets.token_urlsafe(16), Way(self.lesson))
        self._seats[seat.token] = seat
        return seat

    @property
    def seats(self) -> list[Seat]:
        """The learners, in no order that tells who is who."""
        with self._lock:
            return sorted(self._seats.values(), key=lambda seat: seat.token)

    def hear(self, seat: Seat) -> None:
        """Note a sign of life; who leads learns of it when a learner had been away."""
        was = seat.is_present
        seat.heard = time.monotonic()
        if not was:
            self._tell(self._leaders)

    # --- predictions ----------------------------------------------------------------------------

    def answer(self, seat: Seat, step: Step, raw: Any) -> None:
        """Take a learner's answer.

        Raises
        ------
        ValueError
            With a sentence, when it is no answer to the step.
        """
        with self._lock:
            seat.way.answer(step, raw)
        self._tell(self._leaders)

    def score(self, seat: Seat, step: Step, bought: dict[str, int], found: Payload) -> None:
        """Take a package that a learner bought in a game."""
        with self._lock:
            seat.way.score(step, bought, found)
        self._tell(self._leaders)

    def gains(self, step: Step) -> list[float]:
        """What the learners' best packages give, the smallest first."""
        with self._lock:
            return sorted(seat.way.gains[step.name] for seat in self.seats if step.name in seat.way.gains)

    def answers(self, step: Step) -> list[Any]:
        """What was answered to a step, in no order that tells who answered what."""
        with self._lock:
            return [seat.way.answers[step.name] for seat in self.seats if step.name in seat.way.answers]

    # --- pace -----------------------------------------------------------------------------------

    def go(self, position: int) -> None:
        """Take the class to a step."""
        with self._lock:
            self.position = min(max(position, 0), len(self.lesson.steps) - 1)
        self._tell(self._learners + self._leaders)

    def set_pace(self, pace: str) -> None:
        """Keep the class together, or let people go at their own pace."""
        with self._lock:
            self.pace = FREE if pace == FREE else TOGETHER
        self._tell(self._learners + self._leaders)

    def end(self) -> None:
        """Forget everything, and tell the pages."""
        with self._lock:
            self.is_over = True
            self._seats.clear()
        self._tell(self._learners + self._leaders)

    @property
    def is_late(self) -> bool:
        """Whether it has lasted longer than a class may."""
        return time.monotonic() - self._born > limits.CLASS_HOURS * 3600

    # --- pages that listen ----------------------------------------------------------------------

    def listen(self, listener: Listener, *, leads: bool) -> Callable[[], None]:
        """Tell a page whenever something changes that it shows; returns what ends that.

        A learner's page hears of the class's pace, not of others' predictions.
        """
        found = self._leaders if leads else self._learners
        with self._lock:
            found.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in found:
                    found.remove(listener)

        return stop

    def _tell(self, listeners: list[Listener]) -> None:
        with self._lock:
            told = list(listeners)
        for listener in told:
            listener()


class Register:
    """The classes that are under way. Safe to use from many threads."""

    def __init__(self) -> None:
        self._classes: dict[str, Class] = {}
        self._lock = threading.Lock()
        self._tries = Bucket(rate=limits.WRONG_CODES_A_SECOND, burst=limits.WRONG_CODES_AT_ONCE)

    def start(self, lesson: Lesson) -> Class:
        """Begin a class.

        Raises
        ------
        Refused
            When there are as many as the server bears.
        """
        self.tidy()
        with self._lock:
            if len(self._classes) >= limits.MOST_CLASSES:
                raise Refused(f"There are {limits.MOST_CLASSES} classes already: end one first.")
            found = Class(lesson, self._new_code())
            self._classes[found.code] = found
            return found

    def _new_code(self) -> str:
        while (code := "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))) in self._classes:
            continue
        return code

    def find(self, code: str) -> Class:
        """The class of a code that somebody typed in. Wrong codes are counted: nobody can try them all.

        Raises
        ------
        Refused
        """
        self.tidy()
        with self._lock:
            found = self._classes.get(plain_code(code))
            if found is not None:
                return found
            if self._tries.wait() > 0:
                raise Refused("Too many wrong codes were tried: wait a minute, then type the code again.")
        raise Refused("There is no class with this code. Look at the screen at the front again.")

    def led(self, key: str) -> Class | None:
        """The class that a page leads that has this key."""
        with self._lock:
            return next((c for c in self._classes.values() if secrets.compare_digest(c.key, key)), None)

    def end(self, ended: Class) -> None:
        """End a class: nothing of it is kept."""
        with self._lock:
            self._classes.pop(ended.code, None)
        ended.end()

    def tidy(self) -> None:
        """End the classes that have lasted too long."""
        with self._lock:
            late = [found for found in self._classes.values() if found.is_late]
        for found in late:
            self.end(found)


def plain_code(text: str) -> str:
    """A code as it was typed, in capitals and without spaces."""
    return "".join(text.split()).upper()[: 2 * CODE_LENGTH]


REGISTER = Register()
"""The classes of this server."""
