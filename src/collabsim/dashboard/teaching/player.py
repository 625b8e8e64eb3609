"""One page's view on a lesson: the step that is shown, as texts for the components, and what the reader does there."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from collabsim.dashboard.frames import Payload, as_text
from collabsim.dashboard.teaching.purse import Purse
from collabsim.dashboard.teaching.results import Ahead, Fetcher, Result
from collabsim.dashboard.teaching.trial import Trial
from collabsim.dashboard.teaching.way import Way
from collabsim.glossary import TERMS
from collabsim.lessons import play, text
from collabsim.lessons.lesson import Lesson, Step

_TERM = re.compile(r'data-term="([^"]+)"')
HIDING = ("text", "predict")
"""Kinds of step that show nothing of what the model says."""


class Player:
    """A lesson as one reader sees it.

    Parameters
    ----------
    way : Way
    changed : callable
        Called, from any thread, whenever something changed that the page shows.
    """

    def __init__(self, way: Way, changed: Callable[[], None]) -> None:
        self.way = way
        self.sentences: list[str] = []
        self.trial: Trial | None = None
        self.purse: Purse | None = None
        self._results: dict[str, Result] = {}
        self._changed = changed
        self._fetcher, self._ahead = Fetcher(self._arrived, self.fail), Ahead(self.fail)
        self.look_at_step()
        self._ahead.ask(self.lesson)

    def close(self) -> None:
        """Stop working."""
        self._fetcher.close()
        self._ahead.close()
        self._leave_trial()

    @property
    def lesson(self) -> Lesson:
        """The lesson."""
        return self.way.lesson

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return self.way.step

    # --- what readers do ------------------------------------------------------------------------

    def go(self, wish: dict[str, Any]) -> None:
        """Go to a step: `to`, its position."""
        self.way.go(int(wish["to"]))
        self.look_at_step()

    def answer(self, wish: dict[str, Any]) -> None:
        """Answer the step that is shown: `step`, its name, and `value`."""
        if wish.get("step") != self.step.name:
            return
        self.attempt(lambda: self.take_answer(self.step, wish.get("value")))

    def take_answer(self, step: Step, raw: Any) -> None:
        """Keep an answer."""
        self.way.answer(step, raw)

    def keep_package(self, bought: dict[str, int], found: Payload) -> None:
        """Keep what was bought in a game, the best of a reader's packages."""
        self.way.score(self.step, bought, found)

    def attempt(self, act: Callable[[], None]) -> None:
        """Do something, and say in a sentence when it cannot be done."""
        try:
            act()
            self.sentences = []
        except ValueError as error:
            self.sentences = [str(error)]
        self._changed()

    def fail(self, sentence: str) -> None:
        """Say that something went wrong."""
        self.sentences = [sentence]
        self._changed()

    # --- what is shown --------------------------------------------------------------------------

    def look_at_step(self) -> None:
        """Ask for what the step shows, and leave what the last one did."""
        self._leave_trial()
        if self.step.kind != "text" and self.step.name not in self._results:
            self._fetcher.ask((self.lesson, self.step))
        if self.step.levers and self.step.kind == "compare":
            self.trial = Trial(self.lesson, self.step, self._changed)
        if self.step.game is not None:
            self.purse = Purse(self.lesson, self.step, self.keep_package, self._changed)
        self._changed()

    def _leave_trial(self) -> None:
        if self.trial is not None:
            self.trial.close()
        if self.purse is not None:
            self.purse.close()
        self.trial, self.purse = None, None

    def _arrived(self, name: str, result: Result) -> None:
        self._results[name] = result
        self._changed()

    @property
    def result(self) -> Result | None:
        """What the step shows of the model, or gives before a prediction, if it has been worked out."""
        return self._results.get(self.step.name)

    @property
    def head(self) -> str:
        """Title, words and place of the step."""
        step = self.step
        words, terms = _written(step.text)
        return as_text(
            {
                "lesson": self.lesson.title,
                "name": step.name,
                "title": step.title,
                "kind": step.kind,
                "number": self.way.position + 1,
                "of": len(self.lesson.steps),
                "open": self.way.open,
                "html": words,
                "terms": terms,
            }
        )

    def _sources(self) -> list[Payload]:
        """What the lesson stands on, at its end."""
        if self.way.position + 1 < len(self.lesson.steps):
            return []
        return [{"text": source.text, "grade": source.grade} for source in self.lesson.sources]

    @property
    def task(self) -> str:
        """The prediction to make or the observation to give; empty when the step asks for nothing."""
        asked = question(self.step)
        if asked is None:
            return ""
        given = self.result.payload if self.result and self.step.kind == "predict" else None
        mine = self.way.raws.get(self.step.name)
        seen = self.seen if mine is not None else None
        return as_text(
            {
                "step": self.step.name,
                "kind": self.step.kind,
                "mine": mine,
                "given": given,
                "seen": seen,
                **asked,
            }
        )

    @property
    def seen(self) -> list[int] | None:
        """Which answers to "what did you see?" the model bears out; only for who has said what they saw."""
        return self.result.payload.get("seen") if self.result else None

    @property
    def shown(self) -> str:
        """What the step shows of the model, the same text for everybody; empty until it is there."""
        return self.result.text if self.result and self.shows else ""

    @property
    def mine(self) -> str:
        """The reader's own prediction and what came of it, to lay over what is shown."""
        predicted = self.lesson.predicted(self.step)
        if predicted is None or self.result is None or predicted.name not in self.way.answers:
            return ""
        answer, truth = self.way.answers[predicted.name], self.result.payload.get("truth")
        verdict = play.verdict(predicted, answer, truth) if truth else {}
        value = self.way.raws[predicted.name]
        return as_text({"question": question(predicted), "value": value, "verdict": verdict})

    @property
    def shows(self) -> bool:
        """Whether the step shows something of the model, there already or not."""
        return self.step.kind not in HIDING

    def way_on(self, may_leave: bool) -> str:
        """Questions, sources, back and on."""
        step = self.step
        more = {
            "step": step.name,
            "questions": list(step.questions), "sources": self._sources(), "label": "", "follows": "",
            "leave": "Leave the lesson" if may_leave else "",
        }  # fmt: skip
        return as_text({**more, **self.nav})

    @property
    def nav(self) -> Payload:
        """Whether one can go back and on, and what is missing."""
        position, last = self.way.position, len(self.lesson.steps) - 1
        return {
            "position": position,
            "back": position > 0,
            "next": position < last and not self.way.waits,
            "last": position == last,
            "missing": WANTED.get(self.step.kind, "") if self.way.waits else "",
        }


WANTED = {
    "predict": "Make your prediction: then the next step opens.",
    "observe": "Say what you see: then the next step opens.",
}


@lru_cache(maxsize=256)
def _written(markdown: str) -> tuple[str, dict[str, str]]:
    """Words as HTML, and what the terms in them mean; a class of thirty reads the same."""
    words = text.html(markdown)
    return words, {key: TERMS[key].meaning for key in _TERM.findall(words)}


def question(step: Step) -> Payload | None:
    """What a step asks, as its component takes it; of a line, without the course that is given."""
    if step.prediction is not None:
        asked = step.prediction
        return {
            "type": asked.type, "question": asked.question, "options": [o.text for o in asked.options],
            "low": asked.low, "high": asked.high, "step_size": asked.step, "unit": asked.unit,
            "years": list(asked.years) if asked.type == "draw" else [],
        }  # fmt: skip
    if step.observation is not None:
        seen = step.observation
        return {"type": "observe", "question": seen.question, "options": [o.text for o in seen.options]}
    return None
