"""The game of a step: a reader spends a budget, sees what the package gives and how sure that is, and tries again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collabsim.dashboard.frames import Payload, as_text
from collabsim.dashboard.live import Worker
from collabsim.dashboard.teaching.results import STAGE
from collabsim.lessons import answers, game
from collabsim.lessons.lesson import Lesson, Step

MOST_TRIES = 50

Bought = dict[str, int]


class Purse(Worker[tuple[str, Bought]]):
    """What one reader bought in one step.

    Parameters
    ----------
    lesson : Lesson
    step : Step
        A game.
    keep : callable
        Told every package that was tried, and what it gave.
    changed : callable
        Called, from any thread, whenever there is something new to see.
    """

    def __init__(
        self, lesson: Lesson, step: Step, keep: Callable[[Bought, Payload], None], changed: Callable[[], None]
    ) -> None:
        assert step.game is not None
        self._lesson, self._step, self._game = lesson, step, step.game
        self._keep, self._tell = keep, changed
        self.tries: list[Payload] = []
        self.best: Payload | None = None
        self.busy, self.sentence = False, ""
        super().__init__(self._fail)

    def buy(self, wish: dict[str, Any]) -> None:
        """Try a package: `bought`, the step of each lever."""
        try:
            bought = answers.read_answer(self._step, wish.get("bought"))
        except ValueError as error:
            self._fail(str(error))
            return
        self.busy, self.sentence = True, ""
        self.ask(("own", dict(bought) if isinstance(bought, dict) else {}))
        self._tell()

    def show_best(self, *_: Any) -> None:
        """Compare with the optimiser: only who has tried."""
        if self.tries and self.best is None:
            self.busy = True
            self.ask(("best", {}))
            self._tell()

    def fulfil(self, wish: tuple[str, Bought]) -> None:
        """Run the package, under the luck of the lesson."""
        whose, bought = wish
        if whose == "best":
            self.best = game.best(self._lesson, self._game, STAGE)
        else:
            found = game.play(self._lesson, self._game, bought, STAGE)
            self.tries = [*self.tries, {**found, "steps": bought}][-MOST_TRIES:]
            self._keep(bought, found)
        self.busy = False
        self._tell()

    def _fail(self, sentence: str) -> None:
        self.busy, self.sentence = False, sentence
        self._tell()

    @property
    def state(self) -> str:
        """What was tried, and what came of it."""
        return as_text({"tries": self.tries, "best": self.best, "busy": self.busy, "sentence": self.sentence})
