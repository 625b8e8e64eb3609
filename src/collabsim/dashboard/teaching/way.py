"""One learner's way through a lesson: which step is shown, what was answered, and how far that opens the lesson.

The order is kept here, on the server: what a step shows is not sent before the predictions that it is about are in.
"""

from __future__ import annotations

import math
from typing import Any

from collabsim.dashboard.frames import Payload
from collabsim.lessons import answers, rules
from collabsim.lessons.lesson import Lesson, Step


class Way:
    """How far somebody is.

    Parameters
    ----------
    lesson : Lesson
    """

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.position = 0
        self.answers: dict[str, Any] = {}
        """What was answered, by the step's name."""
        self.raws: dict[str, Any] = {}
        """The same as it was sent, for the page to keep."""
        self.gains: dict[str, float] = {}
        """What the best package gave that was bought in a game, by the step's name."""

    @property
    def open(self) -> int:
        """How many steps, from the first, may be seen."""
        return rules.open_steps(self.lesson, self.answers)

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.lesson.steps[self.position]

    @property
    def waits(self) -> bool:
        """Whether the step that is shown wants an answer before the next opens."""
        return self.position + 1 < len(self.lesson.steps) and self.position + 1 >= self.open

    def go(self, position: int) -> None:
        """Go to a step, or as near to it as is open."""
        self.position = min(max(position, 0), self.open - 1)

    def answer(self, step: Step, raw: Any) -> None:
        """Take an answer; a prediction stands once it was made, so that nobody predicts what is known.

        Raises
        ------
        ValueError
            With a sentence, when it is no answer to the step.
        """
        if step.name in self.answers and step.kind in ("predict", "observe"):
            return
        if not rules.may_see(self.lesson, step, self.answers):
            raise ValueError("This step is not open yet.")
        self.answers[step.name] = answers.read_answer(step, raw)
        self.raws[step.name] = raw

    def score(self, step: Step, bought: dict[str, int], found: Payload) -> None:
        """Keep a package that was bought in a game, if it gives more than those before."""
        if found.get("within") and found["gain"] > self.gains.get(step.name, -math.inf):
            self.gains[step.name] = found["gain"]
            self.answers[step.name] = self.raws[step.name] = bought

    def restore(self, raws: Any, position: Any) -> None:
        """Go on where a page was: give its answers again, in order, as far as they are right."""
        kept = raws if isinstance(raws, dict) else {}
        for step in self.lesson.steps:
            if step.name in kept:
                try:
                    self.answer(step, kept[step.name])
                except ValueError:
                    break
        self.go(position if isinstance(position, int) else 0)
