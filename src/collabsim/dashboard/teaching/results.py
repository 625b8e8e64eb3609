"""What a step shows of the model, computed once for everybody: a class of thirty asks for the same."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from collabsim.dashboard import batches
from collabsim.dashboard.frames import Payload, as_text
from collabsim.dashboard.live import Worker
from collabsim.lessons import play
from collabsim.lessons.lesson import Lesson, Step
from collabsim.lessons.stage import Stage

MOST = 64
"""Steps whose results are kept."""

STAGE = Stage(lambda scenario, replicates, seed: batches.run(scenario, replicates, seed, 0, urgency=1))
"""The runs of this server's lessons; they take their turn among everybody's."""

Key = tuple[str, str]


class Results:
    """Results by lesson and step. Safe to use from many threads: who comes while one is computed waits for it."""

    def __init__(self) -> None:
        self._found: OrderedDict[Key, Result] = OrderedDict()
        self._lock = threading.Lock()
        self.computed = 0
        """How many were worked out so far."""

    def of(self, lesson: Lesson, step: Step) -> Result:
        """The result of a step, worked out if nobody has asked before."""
        with self._lock:
            key = lesson.digest, step.name
            result = self._found.setdefault(key, Result())
            self._found.move_to_end(key)
            while len(self._found) > MOST:
                self._found.popitem(last=False)
        with result.lock:
            if not result.text:
                result.take(_worked_out(lesson, step))
                self.computed += 1
        return result


def _worked_out(lesson: Lesson, step: Step) -> Payload:
    """What a step shows; of a prediction, what is given before it, and nothing of its answer."""
    found = play.given if step.kind == "predict" else play.reveal
    return found(lesson, step, STAGE)


class Result:
    """One step's result: as it was worked out, and as the text that every page is sent."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.payload: Payload = {}
        self.text = ""

    def take(self, payload: Payload) -> None:
        """Keep what was worked out; what was to be seen goes to nobody who has not said what they saw."""
        self.payload = payload
        self.text = as_text({name: part for name, part in payload.items() if name != "seen"})


RESULTS = Results()
"""Those of this server."""


class Fetcher(Worker[tuple[Lesson, Step]]):
    """A page's errand: gets the result of a step in a thread of its own, and says so."""

    def __init__(self, arrived: Callable[[str, Result], None], fail: Callable[[str], None]) -> None:
        self._arrived = arrived
        super().__init__(fail)

    def fulfil(self, wish: tuple[Lesson, Step]) -> None:
        """Get what a step shows."""
        lesson, step = wish
        self._arrived(step.name, RESULTS.of(lesson, step))


class Ahead(Worker[Lesson]):
    """Works out a lesson's steps before anybody is there, so that nobody waits; nothing of it leaves the server."""

    def fulfil(self, wish: Lesson) -> None:
        """Get what the steps show, one after the other."""
        for step in wish.steps:
            if step.kind != "text" and not self.is_outdated():
                RESULTS.of(wish, step)


class Bell(Worker[int]):
    """Tells a page, in a thread of its own, that something changed elsewhere; many rings soon after another are one."""

    PAUSE = 0.1
    """Seconds that are waited for more."""

    def __init__(self, heard: Callable[[], None], fail: Callable[[str], None]) -> None:
        self._heard = heard
        super().__init__(fail)

    def ring(self) -> None:
        """Say, from any thread, that something changed."""
        self.ask(0)

    def fulfil(self, wish: int) -> None:
        """Wait a moment, so that thirty votes at once are one picture, then tell."""
        time.sleep(self.PAUSE)
        self._heard()
