"""One visitor's Rank page: one lever at a time around the present settings, and what whole sweeps say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from collabsim.checks import ScenarioErrors
from collabsim.dashboard import comparison, frames, limits, links, opened, tornado, view
from collabsim.dashboard.comparison import MINE
from collabsim.dashboard.desk import menu
from collabsim.dashboard.opened import Asked, Opener
from collabsim.dashboard.tornado import Around, Swing, Tornado
from collabsim.outcomes import MONTHLY
from collabsim.scenario import Scenario


@dataclass(frozen=True)
class Question:
    """What is asked, as the page's address says it.

    Attributes
    ----------
    around : str
        A shipped scenario, or `comparison.MINE`: what Explore showed.
    mine : str
        The query of an Explore page.
    outcome, look : str
    folder : str
        The results folder that is open; empty for none.
    scalar : str
        Its outcome; empty for the usual one.
    case : int
        Its scenario and structural variant.
    """

    around: str = view.START
    mine: str = ""
    outcome: str = "trust"
    look: str = view.LOOKS[0]
    folder: str = ""
    scalar: str = ""
    case: int = 0


def query(question: Question) -> str:
    """The question as the query of an address."""
    plain = Question()
    pairs = [("around", question.around)] if question.around != plain.around else []
    pairs += [("mine", question.mine)] if question.around == MINE else []
    pairs += [("show", question.outcome)] if question.outcome != plain.outcome else []
    pairs += [("look", question.look)] if question.look != plain.look else []
    pairs += [("results", question.folder)] if question.folder else []
    pairs += [("scalar", question.scalar)] if question.folder and question.scalar else []
    pairs += [("case", str(question.case))] if question.folder and question.case else []
    return urlencode(pairs, quote_via=quote)


def read(search: str | None) -> tuple[Question, list[str]]:
    """The question of an address, and a sentence for what is not right in it."""
    text = search or ""
    if len(text) > limits.MOST_QUERY:
        return Question(), [f"The link is longer than {limits.MOST_QUERY:,} characters, so it was not read."]
    pairs = dict(parse_qsl(text, max_num_fields=400))
    errors: list[str] = []
    question = Question(
        around=pairs.get("around", view.START),
        mine=pairs.get("mine", ""),
        outcome=comparison.one_of(pairs, "show", [outcome.name for outcome in MONTHLY], errors),
        look=comparison.one_of(pairs, "look", view.LOOKS, errors),
        folder=pairs.get("results", ""),
        scalar=pairs.get("scalar", ""),
        case=int(comparison.number(pairs, "case", 1_000, errors)),
    )
    try:
        around(question)
    except ScenarioErrors as error:
        return replace(question, around=view.START, mine=""), [*errors, *error.errors]
    return question, errors


def around(question: Question) -> tuple[Scenario, int]:
    """The scenario around which levers are moved, and the seed of its luck.

    Raises
    ------
    ScenarioErrors
    """
    if question.around != MINE:
        return view.file_of(question.around, ""), 0
    found, errors = links.read(question.mine)
    if errors:
        raise ScenarioErrors(errors)
    return view.current(found), found.seed


class Board:
    """The state of one Rank page, and what visitors do to it."""

    def __init__(self, search: str | None, changed: Callable[[], None] = lambda: None) -> None:
        self.question, self.sentences = read(search)
        self.swings = self.table = ""
        self._changed = changed
        self._number = self._reads = 0
        self._showing = threading.Lock()
        """Held while what is shown changes: visitors choose in one thread, and swings come in another."""
        self.told = ""
        self._reading = False
        self._tornado = Tornado(self._take, self._fail)
        self._opener = Opener(self._open, self._fail)
        self._ask()
        self._read()

    def close(self) -> None:
        """Stop computing."""
        self._tornado.close()
        self._opener.close()

    def choose(self, wish: Mapping[str, Any]) -> None:
        """Choose anything anew: around, outcome, look, folder, scalar or case."""
        known = {key: value for key, value in wish.items() if _is_right(key, value)}
        if "folder" in known:
            known = {**known, "scalar": "", "case": 0}
        wanted = replace(self.question, **known)
        try:
            around(wanted)
        except ScenarioErrors as error:
            self.sentences = error.errors
            return self._changed()
        self.question, self.sentences = wanted, []
        if {"around", "outcome"} & set(known):
            self._ask()
        if {"folder", "scalar", "case"} & set(known):
            self._read()
        return self._changed()

    def hush(self, *_: Any) -> None:
        """Take the sentences away."""
        self.sentences = []
        self._changed()

    @property
    def state(self) -> str:
        """What the controls show."""
        mine = [{"group": "Yours", "items": [{"name": MINE, "title": "What Explore showed"}]}]
        return frames.as_text(
            {
                "around": self.question.around,
                "outcome": self.question.outcome,
                "menu": [*(mine if self.question.mine else []), *menu()],
                "query": query(self.question),
            }
        )

    @property
    def newest(self) -> int:
        """The number of what was chosen last, by which its figure is known."""
        return self._number

    @property
    def results(self) -> str:
        """Which results there are, and which are open."""
        found = {"folders": opened.folders(), "folder": self.question.folder, "reading": self._reading}
        return frames.as_text(found)

    def _read(self) -> None:
        self._reads += 1
        self.told = ""
        self._reading = bool(self.question.folder)
        if self._reading:
            q = self.question
            self._opener.ask(Asked(self._reads, q.folder, q.scalar, q.case))

    def _open(self, wish: Asked, found: frames.Payload) -> None:
        text = opened.as_text(found)
        if wish.number == self._reads:
            self.told, self._reading = text, False
            self._changed()

    def _ask(self) -> None:
        with self._showing:
            self._number += 1
            self.table = ""
        scenario, seed = around(self.question)
        self._tornado.ask(Around(self._number, scenario, self.question.outcome, seed))

    def _take(self, wish: Around, found: Sequence[Swing], replicates: int, share: float) -> None:
        swings = frames.as_text(tornado.payload(wish, found, replicates, share))
        table = frames.as_text(tornado.table(wish, found, replicates))
        with self._showing:
            if wish.number != self._number:  # something else was chosen, also while these were written
                return
            self.swings, self.table = swings, table
        self._changed()

    def _fail(self, sentence: str) -> None:
        self.sentences = [sentence]
        self._changed()


def _is_right(key: str, value: Any) -> bool:
    """Whether what a browser sent for a key can be used; scenarios and folders are looked up later."""
    if key in ("around", "folder", "scalar"):
        return isinstance(value, str) and len(value) < 500
    if key == "case":
        return isinstance(value, int) and 0 <= value < 1_000
    words = {"outcome": [outcome.name for outcome in MONTHLY], "look": view.LOOKS}
    return value in words.get(key, ())
