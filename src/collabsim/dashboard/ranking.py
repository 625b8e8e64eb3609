"""One visitor's Rank page: one lever at a time around the present settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from collabsim.checks import ScenarioErrors
from collabsim.dashboard import comparison, frames, limits, tornado, view
from collabsim.dashboard.comparison import MINE
from collabsim.dashboard.desk import menu
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
    """

    around: str = view.START
    mine: str = ""
    outcome: str = "trust"
    look: str = view.LOOKS[0]


def query(question: Question) -> str:
    """The question as the query of an address."""
    plain = Question()
    pairs = [("around", question.around)] if question.around != plain.around else []
    pairs += [("mine", question.mine)] if question.around == MINE else []
    pairs += [("show", question.outcome)] if question.outcome != plain.outcome else []
    pairs += [("look", question.look)] if question.look != plain.look else []
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
    )
    try:
        scenario(question)
    except ScenarioErrors as error:
        return replace(question, around=view.START, mine=""), [*errors, *error.errors]
    return question, errors


def scenario(question: Question) -> Scenario:
    """The scenario around which levers are moved.

    Raises
    ------
    ScenarioErrors
    """
    if question.around != MINE:
        return view.file_of(question.around, "")
    found, errors = view.read(question.mine)
    if errors:
        raise ScenarioErrors(errors)
    return view.current(found)


class Board:
    """The state of one Rank page, and what visitors do to it."""

    def __init__(self, search: str | None, changed: Callable[[], None] = lambda: None) -> None:
        self.question, self.sentences = read(search)
        self.swings = ""
        self._changed = changed
        self._number = 0
        self._tornado = Tornado(self._take, self._fail)
        self._ask()

    def close(self) -> None:
        """Stop computing."""
        self._tornado.close()

    def choose(self, wish: Mapping[str, Any]) -> None:
        """Choose anything anew: around, outcome or look."""
        names = [outcome.name for outcome in MONTHLY]
        right = {"around": str, "outcome": names, "look": view.LOOKS}
        known = {k: v for k, v in wish.items() if k in right and isinstance(v, str)}
        known = {k: v for k, v in known.items() if k == "around" or v in right[k]}  # type: ignore[operator]
        wanted = replace(self.question, **known)
        try:
            scenario(wanted)
        except ScenarioErrors as error:
            self.sentences = error.errors
            return self._changed()
        self.question, self.sentences = wanted, []
        if set(known) != {"look"}:
            self._ask()
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

    def _ask(self) -> None:
        self._number += 1
        self._tornado.ask(Around(self._number, scenario(self.question), self.question.outcome, 0))

    def _take(self, wish: Around, found: Sequence[Swing], replicates: int, share: float) -> None:
        if wish.number == self._number:
            self.swings = frames.as_text(tornado.payload(wish, found, replicates, share))
            self._changed()

    def _fail(self, sentence: str) -> None:
        self.sentences = [sentence]
        self._changed()
