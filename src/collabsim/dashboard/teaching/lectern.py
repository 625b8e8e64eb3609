"""The Teach page: the list of lessons, one of them before it starts, played alone, or led for a class."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from collabsim.checks import ScenarioErrors, nearest, shown
from collabsim.dashboard.frames import as_text
from collabsim.dashboard.teaching.alone import Alone
from collabsim.dashboard.teaching.classes import REGISTER, Class, Refused
from collabsim.dashboard.teaching.entrance import ENTRANCE
from collabsim.dashboard.teaching.lead import Lead
from collabsim.dashboard.view import LOOKS
from collabsim.lessons.lesson import Lesson
from collabsim.lessons.lesson_file import lesson_names, load_lesson, shipped_lessons

LIST, ALONE, LEAD = "list", "alone", "lead"


class Lectern:
    """The state of one Teach page.

    Parameters
    ----------
    search : str or None
        The query of the page's address.
    changed : callable
        Called, from any thread, whenever something changed that the page shows.
    """

    def __init__(self, search: str | None, changed: Callable[[], None]) -> None:
        pairs = dict(parse_qsl(search or "", max_num_fields=40))
        self.look = pairs.get("look", "") if pairs.get("look") in LOOKS else LOOKS[0]
        self.sentences: list[str] = []
        self.lesson: Lesson | None = None
        self.player: Alone | Lead | None = None
        self._led: Class | None = None
        self.ticks = 0
        self._changed = changed
        self._choose(pairs.get("lesson", ""))
        if self.lesson is not None and pairs.get("play"):
            self.player = Alone(self.lesson, changed)

    def close(self) -> None:
        """Stop working; a class goes on."""
        if self.player is not None:
            self.player.close()
            self.player = None

    # --- what visitors do -----------------------------------------------------------------------

    def choose(self, wish: dict[str, Any]) -> None:
        """Choose a `lesson`, and a `mode`: to play it alone, or to lead a class."""
        self.close()
        self._choose(str(wish.get("lesson", "")))
        if self.lesson is not None and wish.get("mode") == ALONE:
            self.player = Alone(self.lesson, self._changed)
        if self.lesson is not None and wish.get("mode") == LEAD:
            self._start(self.lesson)
        self._changed()

    def _choose(self, name: str) -> None:
        self.lesson, self.sentences = None, []
        if not name:
            return
        known = [*lesson_names(), *ENTRANCE.lessons]
        if name not in known:
            self.sentences = [f"There is no lesson called {shown(name)}{nearest(name, known) or '.'}"]
            return
        try:
            self.lesson = load_lesson(ENTRANCE.lessons.get(name, name))
        except ScenarioErrors as error:
            self.sentences = list(error.errors)

    def _start(self, lesson: Lesson) -> None:
        if self.led is not None:
            self.sentences = ["You lead a class already: go back to it, or end it first."]
            return
        try:
            self._lead(REGISTER.start(lesson))
        except Refused as error:
            self.sentences = [str(error)]

    @property
    def led(self) -> Class | None:
        """The class that this page leads, on the screen or left for a while."""
        return self._led if self._led is not None and not self._led.is_over else None

    def _lead(self, led: Class) -> None:
        self.lesson, self._led = led.lesson, led
        self.player = Lead(led, self._changed)

    def hello(self, wish: dict[str, Any]) -> None:
        """The page is there: go on where it was before it was loaded again."""
        saved = wish.get("saved")
        kept = saved if isinstance(saved, dict) else {}
        self._led = REGISTER.led(str(kept.get("key", ""))) or self._led
        led = self.led
        if led is not None and self.player is None and not kept.get("left") and self._is_asked_for(led):
            self._lead(led)
        elif isinstance(self.player, Alone):
            self.player.hello(wish)
        self._changed()

    def _is_asked_for(self, led: Class) -> bool:
        """Whether the page's address is that of the class's lesson, or says nothing."""
        return self.lesson is None or self.lesson.name == led.lesson.name

    def beat(self, wish: dict[str, Any]) -> None:
        """A sign of life; who leads also learns whom the class has lost."""
        self.ticks = int(wish.get("tick", 0))
        REGISTER.tidy()
        self._changed()

    def leave(self, *_: Any) -> None:
        """Back to the lesson's own page; a class goes on, and this page keeps its key."""
        self.close()
        self._changed()

    def back(self, *_: Any) -> None:
        """Back to the class that was left."""
        self.close()
        if self.led is None:
            self.sentences = ["The class has ended."]
        else:
            self.sentences = []
            self._lead(self.led)
        self._changed()

    def end(self, *_: Any) -> None:
        """End the class."""
        if self.led is not None:
            REGISTER.end(self.led)
        self.leave()

    def set_look(self, look: str) -> None:
        """Light, dark, or for the projector."""
        self.look = look if look in LOOKS else self.look
        self._changed()

    def hush(self, *_: Any) -> None:
        """Close the sentences."""
        self.sentences = []
        if self.player is not None:
            self.player.sentences = []
        self._changed()

    # --- what is shown --------------------------------------------------------------------------

    @property
    def said(self) -> list[str]:
        """Sentences that say what went wrong."""
        return self.sentences + (self.player.sentences if self.player is not None else [])

    @property
    def keep(self) -> str:
        """What the page is to keep: how far one reader is, and the key of the class that it leads."""
        kept = self.player.kept if isinstance(self.player, Alone) else {}
        if self.led is not None:
            kept = {**kept, "key": self.led.key, "left": not isinstance(self.player, Lead)}
        return as_text(kept) if kept else "null"

    @property
    def query(self) -> str:
        """The query of the page's address."""
        pairs = [("lesson", self.lesson.name)] if self.lesson else []
        pairs += [("play", "1")] if isinstance(self.player, Alone) else []
        pairs += [("look", self.look)] if self.look != LOOKS[0] else []
        return urlencode(pairs)

    @property
    def contents(self) -> str:
        """The lessons to choose from."""
        own = [_own_card(name, path) for name, path in ENTRANCE.lessons.items()]
        chosen = [_card(self.lesson)] if self.lesson else [*own, *_cards()]
        led = {"code": self.led.code, "title": self.led.lesson.title} if self.led is not None else None
        return as_text({"one": self.lesson is not None, "lessons": chosen, "led": led})


@cache
def _cards() -> list[dict[str, Any]]:
    return [_card(lesson) for lesson in shipped_lessons()]


def _own_card(name: str, path: Path) -> dict[str, Any]:
    """The card of an own lesson; where its file has a mistake, what is wrong, so that the others can be played.

    Where the file stands is for who started the server, not for everybody who reads the list: its name is enough.
    """
    try:
        return _card(load_lesson(path))
    except ScenarioErrors as error:
        errors = [sentence.replace(str(path), path.name) for sentence in error.errors]
        return {"name": name, "title": f"{name} cannot be read", "errors": errors}


def _card(lesson: Lesson) -> dict[str, Any]:
    return {
        "name": lesson.name, "title": lesson.title, "summary": lesson.summary, "minutes": lesson.minutes,
        "audience": lesson.audience, "goals": list(lesson.goals),
    }  # fmt: skip
