"""The levers that a step unlocks: a reader moves them, and sees over the step's base what changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collabsim.checks import ScenarioErrors
from collabsim.dashboard import controls, frames
from collabsim.dashboard.live import Live, Picture, Wish
from collabsim.lessons.differed import title
from collabsim.lessons.lesson import Lesson, Step
from collabsim.parameters import PARAMETER, Value


class Trial:
    """What one reader tries out in one step.

    Parameters
    ----------
    lesson : Lesson
    step : Step
        One that unlocks levers.
    changed : callable
        Called, from any thread, whenever there is something new to see.
    """

    def __init__(self, lesson: Lesson, step: Step, changed: Callable[[], None]) -> None:
        self._step, self._changed = step, changed
        self._base = lesson.policies[step.policies[0]].loaded
        self._label = lesson.policies[step.policies[0]].label
        self._seed, self._number = lesson.seed, 0
        self.values: dict[str, Value] = {}
        self.sentences: list[str] = []
        self.courses = self.rows = ""
        self.ack = 0
        self._live = Live(self._take, self._fail)
        self._ask()

    def close(self) -> None:
        """Stop computing."""
        self._live.close()

    def move(self, wish: dict[str, Any]) -> None:
        """Move a lever: `name`, `value` and the wish's `number`. Only those of the step move."""
        name = str(wish["name"])
        if name not in self._step.levers:
            return
        self._number = int(wish["number"])
        try:
            moved = {**self.values, name: wish["value"]}
            self._base.with_values(moved)
            self.values, self.sentences = moved, []
        except ScenarioErrors as error:
            self.sentences, self.ack = error.errors, self._number
        self._ask()
        self._changed()

    def reset(self, wish: dict[str, Any]) -> None:
        """Back to the step's base."""
        self._number, self.values, self.sentences = int(wish["number"]), {}, []
        self._ask()
        self._changed()

    @property
    def state(self) -> str:
        """The levers and where they stand."""
        usual = controls.values(self._base)
        return frames.as_text(
            {
                "base": self._label,
                "levers": [_lever(name) for name in self._step.levers],
                "usual": {name: usual[name] for name in self._step.levers},
                "values": {name: self.values.get(name, usual[name]) for name in self._step.levers},
                "sentences": self.sentences,
            }
        )

    def _ask(self) -> None:
        now = self._base.with_values(self.values) if self.values else self._base
        self._live.ask(Wish(self._number, (self._base, now), self._seed))

    def _take(self, picture: Picture) -> None:
        self.courses = frames.as_text(frames.courses(picture, self._step.outcomes[:2]))
        self.ack = max(self.ack, picture.wish.number)
        if picture.done >= frames.FEWEST_FOR_BAND:
            told = frames.changes(picture)["rows"]
            kept = [row for row in told if row["name"] in self._step.outcomes]
            self.rows = frames.as_text(kept)
        self._changed()

    def _fail(self, sentence: str) -> None:
        self.sentences, self.ack = [sentence], self._number
        self._changed()


def _lever(name: str) -> frames.Payload:
    """A lever as a control, called as the lesson's words call it."""
    words = title(PARAMETER[name])
    return {**controls.control(PARAMETER[name]), "label": words[:1].upper() + words[1:]}
