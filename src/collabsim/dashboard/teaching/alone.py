"""Playing a lesson alone: nothing of it is kept on the server but while the page is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collabsim.dashboard.frames import Payload
from collabsim.dashboard.teaching.player import Player
from collabsim.dashboard.teaching.way import Way
from collabsim.lessons.lesson import Lesson


class Alone(Player):
    """One reader's lesson.

    Parameters
    ----------
    lesson : Lesson
    changed : callable
    """

    def __init__(self, lesson: Lesson, changed: Callable[[], None]) -> None:
        super().__init__(Way(lesson), changed)

    def hello(self, wish: dict[str, Any]) -> None:
        """Go on where this page was before it was loaded again: `saved`, what it kept."""
        saved = wish.get("saved")
        if isinstance(saved, dict) and saved.get("lesson") == self.lesson.name:
            self.way.restore(saved.get("answers"), saved.get("position"))
            self.look_at_step()

    @property
    def kept(self) -> Payload:
        """What the page is to keep."""
        return {"lesson": self.lesson.name, "position": self.way.position, "answers": self.way.raws}
