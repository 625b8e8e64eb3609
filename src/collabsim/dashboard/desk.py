"""One visitor's Explore page: what is chosen, what can be undone, what was computed. Nothing is shared between visitors."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import quote

from collabsim import display, library
from collabsim.checks import ScenarioErrors, shown
from collabsim.dashboard import controls, frames, limits, links, people, takeaway, timeline, view
from collabsim.dashboard.live import Live, Picture, Wish
from collabsim.dashboard.people import Look, People
from collabsim.dashboard.uploads import packed, scenario_of_text, text_of_bytes
from collabsim.dashboard.view import OWN, START, View
from collabsim.history import History
from collabsim.outcomes import MONTHLY
from collabsim.scenario import Scenario, load_scenario

PAUSE = 1.0
"""Moves of one lever within so many seconds are undone together."""
MOST_UNDO = 200
TABS = (
    ("changes", "What changed"), ("why", "Why trust moved"), ("people", "The partnership"), ("events", "Timeline"),
)  # fmt: skip


@dataclass(frozen=True)
class _Moved:
    """A lever's move: which, when it came, and whether the browser, where it was made, says that it goes on."""

    name: str = ""
    at: float = 0.0
    again: bool = False

    def goes_on(self, before: _Moved) -> bool:
        """Whether it goes on with a movement, so that both are undone together."""
        return self.name != "" and self.name == before.name and (self.again or self.at - before.at < PAUSE)


_NONE = _Moved()
_READING = threading.Lock()


class Desk:
    """The state of one Explore page, and what visitors do to it.

    Parameters
    ----------
    search : str or None
        The query of the page's address.
    changed : callable
        Called whenever something of it changes, from any thread.
    """

    def __init__(self, search: str | None, changed: Callable[[], None] = lambda: None) -> None:
        self.view, self.sentences = links.read(search)
        self.ack = self.revision = 0
        self.courses = self.changes = self.summary = ""
        self.file: dict[str, Any] = {}
        self.people, self.story = "", "null"
        self._seen: History | None = None
        self.picture: Picture | None = None
        self._number = self._files = 0
        self._asked = self._pictured = self._tabled = self._told = 0
        self._past: list[View] = []
        self._future: list[View] = []
        self._moved = _NONE
        self._numbers = timeline.Numbers()
        self._changed = changed
        self.drawn: Callable[[], None] = lambda: None
        """Called when there are new courses; set by what draws them by themselves, before the rest of the page."""
        self._live = Live(self._take, self._fail)
        self._people = People(self._take_people, self._fail)
        self._ask()
        self._look_at_people()

    def close(self) -> None:
        """Stop computing."""
        self._live.close()
        self._people.close()

    # --- what visitors do -----------------------------------------------------------------------

    def move(self, wish: dict[str, Any]) -> None:
        """Move a lever: `name`, `value`, the wish's `number`, and whether it goes on with a movement (`again`)."""
        self._number = int(wish["number"])
        name = str(wish["name"])
        lever = _Moved(name, time.monotonic(), wish.get("again") is True)
        self._try(lambda: view.with_value(self.view, name, wish["value"]), lever=lever)

    def undo(self, *_: Any) -> None:
        """Take the last change back."""
        self._swap(self._past, self._future)

    def redo(self, *_: Any) -> None:
        """Make the change again that was taken back last."""
        self._swap(self._future, self._past)

    def reset(self, *_: Any) -> None:
        """Go back to the scenario as it is in its file."""
        self._put(replace(self.view, values={}, events=None, years=None), by_itself=True)

    def choose(self, name: str) -> None:
        """Go to a shipped scenario; what was moved is left behind."""
        self._try(lambda: _checked(View(scenario=name, **self._kept())), by_itself=True)

    def open_file(self, file: dict[str, Any]) -> None:
        """Open a scenario file: `name`, `size` and `data`, its bytes in base 64."""
        self._try(lambda: self._of_file(file), by_itself=True)

    def set_years(self, wish: dict[str, Any]) -> None:
        """Make the run longer or shorter."""

        def changed() -> View:
            years = wish["years"]
            if not (isinstance(years, int) and 1 <= years <= limits.MOST_YEARS):
                raise ScenarioErrors([f"Years must be a whole number from 1 to {limits.MOST_YEARS}."])
            usual = view.file_of(self.view.scenario, self.view.text).years
            return _checked(replace(self.view, years=None if years == usual else years))

        self._try(changed, by_itself=True)

    def edit_event(self, wish: dict[str, Any]) -> None:
        """Change, add or remove an event of the timeline (`timeline.Numbers.edited`)."""

        def changed() -> View:
            before = view.with_every_event(self.view)
            pairs = self._numbers.edited(timeline.rows(before), wish)
            found = view.checked_rows([row for _, row in pairs])
            wanted = _checked(replace(self.view, events=found))
            timeline.refuse_later(found, before, 12 * view.years(wanted))
            self._numbers.keep(pairs, timeline.rows(view.with_every_event(wanted)))
            return wanted

        self._try(changed, by_itself=True)

    def own_events(self, *_: Any) -> None:
        """Go back to the scenario's own timeline."""
        self._try(lambda: _checked(replace(self.view, events=None)), by_itself=True)

    def show(self, wish: dict[str, Any]) -> None:
        """Choose the two outcomes whose course is drawn."""
        names = {outcome.name for outcome in MONTHLY}
        chosen = wish["shown"]
        if len(chosen) == 2 and set(chosen) <= names:
            self.view = replace(self.view, shown=(chosen[0], chosen[1]))
            if self.picture is not None:
                self._draw(self.picture)
            self._changed()

    def turn_to(self, tab: str) -> None:
        """Choose a tab."""
        if tab in view.TABS:
            self.view = replace(self.view, tab=tab)
            self._changed()
            self._look_at_people()

    def set_look(self, look: str) -> None:
        """Choose light, dark or projector."""
        if look in view.LOOKS:
            self.view = replace(self.view, look=look)
            self._changed()

    def open_groups(self, wish: dict[str, Any]) -> None:
        """Note which groups of controls are open (`opened`), so that the link says it."""
        opened = wish.get("opened")
        if isinstance(opened, list) and all(group in view.GROUPS for group in opened):
            self.view = replace(self.view, opened=tuple(dict.fromkeys(opened)))
            self._changed()

    def choose_people(self, wish: dict[str, Any]) -> None:
        """Choose whose people are shown (`side`, `replicate`), or where in time one is (`month`)."""
        if sentence := people.refusal(wish):
            self._refuse([sentence])
            return
        self.sentences = [] if "replicate" in wish else self.sentences
        before, self.view = self.view, people.chosen(self.view, wish)
        if (before.side, before.replicate) != (self.view.side, self.view.replicate):
            self._look_at_people()
        self._changed()

    def tell(self, wish: dict[str, Any]) -> None:
        """Tell the story of who is in a `post` (its position) in a `month`."""
        self.view = people.chosen(self.view, wish)
        if self._seen is not None:
            self.story = people.story(self.view, self._seen)
            self._changed()

    def hush(self, *_: Any) -> None:
        """Take the sentences away."""
        self.sentences = []
        self._changed()

    def want(self, wish: dict[str, Any]) -> None:
        """Make a file to download: its `kind`."""
        picture = self.picture
        if picture is None or picture.wish.asked != self._asked:
            self.sentences = [takeaway.CHANGED]
        else:
            self._files += 1
            self.file = {"number": self._files, "file": takeaway.file(str(wish["kind"]), picture)}
        self._changed()

    # --- what the components show ---------------------------------------------------------------

    @property
    def state(self) -> str:
        """What the levers show."""
        scenario = view.file_of(self.view.scenario, self.view.text)
        usual = controls.values(scenario)
        now = {**usual, **self.view.values}
        return frames.as_text(
            {
                "scenario": self.view.scenario,
                "about": " ".join(scenario.about.split()),
                "agencies": _agencies(scenario),
                "values": now,
                "usual": usual,
                "years": view.years(self.view),
                "most_years": limits.MOST_YEARS,
                "most_upload": limits.MOST_UPLOAD,
                "can_undo": bool(self._past),
                "can_redo": bool(self._future),
                "changed": self._is_changed,
                "assumed": len(self.view.assumptions),
                "opened": list(self.view.opened),
                "query": links.query(self.view),
            }
        )

    @property
    def catalogue(self) -> str:
        """The controls and the scenarios to choose from."""
        title = view.file_of(OWN, self.view.text).title if self.view.scenario == OWN else ""
        return catalogue(title)

    @property
    def is_behind(self) -> bool:
        """Whether the tables still tell of an earlier wish."""
        return self._tabled != self._asked

    @property
    def is_settling(self) -> bool:
        """Whether the summary still tells of an earlier wish."""
        return self._told != self._asked

    @property
    def files(self) -> str:
        """What can be taken away, and the file made last."""
        base = START if self.view.scenario == OWN else self.view.scenario
        mine = quote(links.query(self.view), safe="")
        look = f"&look={self.view.look}" if self.view.look != view.LOOKS[0] else ""
        seed = f"&seed={self.view.seed}" if self.view.seed else ""
        compare = f"with={base},mine&mine={mine}{seed}{look}"
        return frames.as_text(
            {
                "menu": takeaway.MENU,
                "compare": compare,
                "rank": f"around=mine&mine={mine}{look}",
                **self.file,
            }
        )

    @property
    def timeline(self) -> str:
        """The events, to edit."""
        found = timeline.table(view.with_every_event(self.view), 12 * view.years(self.view))
        numbers = self._numbers.of(found["rows"])
        more = {"numbers": numbers, "edited": self.view.events is not None, "revision": self.revision}
        return frames.as_text({**found, **more})

    # --- inside ---------------------------------------------------------------------------------

    @property
    def _is_changed(self) -> bool:
        """Whether something is not as in the scenario's file."""
        usual = view.file_of(self.view.scenario, self.view.text).years
        return bool(self.view.values) or self.view.events is not None or view.years(self.view) != usual

    def _kept(self) -> dict[str, Any]:
        """What does not depend on the scenario."""
        return {"seed": self.view.seed, **self.view.looking}

    def _of_file(self, file: dict[str, Any]) -> View:
        name = str(file.get("name", "")) or "the file"
        size = int(file.get("size", 0))
        if size > limits.MOST_UPLOAD:
            raise ScenarioErrors(
                [f"{shown(name)} has {size:,} bytes, but at most {limits.MOST_UPLOAD:,} are allowed."]
            )
        try:
            data = base64.b64decode(str(file.get("data", "")), validate=True)
        except (ValueError, binascii.Error):
            raise ScenarioErrors([f"{shown(name)} did not arrive whole."]) from None
        text = text_of_bytes(data, name)
        view.small_enough(scenario_of_text(text, name), shown(name))
        taken = len(packed(text))
        if taken > limits.MOST_PACKED:
            raise ScenarioErrors(
                [
                    f"{shown(name)} does not fit into a link: packed it takes {taken:,} characters, but at most "
                    f"{limits.MOST_PACKED:,} are allowed; shorter comments help."
                ]
            )
        return View(scenario=OWN, text=text, **self._kept())

    def _try(self, change: Callable[[], View], lever: _Moved = _NONE, *, by_itself: bool = False) -> None:
        """Make a change, or say why it cannot be made."""
        try:
            found = change()
        except ScenarioErrors as error:
            self._refuse([sentence.removeprefix("--set: ") for sentence in error.errors])
            return
        self._put(found, lever, by_itself=by_itself)

    def _refuse(self, sentences: list[str]) -> None:
        """Say why nothing changes; the controls then show again what is so."""
        self.sentences = sentences
        self.ack = self._number
        self.revision += 1
        self._changed()

    def _put(self, found: View, lever: _Moved = _NONE, *, by_itself: bool = False) -> None:
        if found != self.view and not (lever.goes_on(self._moved) and self._past):
            self._past = [*self._past, self.view][-MOST_UNDO:]
        if found != self.view:
            self._future = []
        self._moved = lever
        self._go(found, by_itself)

    def _swap(self, source: list[View], target: list[View]) -> None:
        if source:
            target.append(self.view)
            self._moved = _NONE
            found = source.pop()
            self._go(replace(found, **self.view.looking), True)

    def _go(self, found: View, by_itself: bool) -> None:
        self.view, self.sentences = found, []
        self.revision += by_itself
        self._ask()
        if by_itself:  # a lever that moved is where it is: the rest of the page follows with the picture
            self._changed()

    def _ask(self) -> None:
        self._asked += 1
        pair = (view.baseline(self.view), view.current(self.view))
        self._live.ask(Wish(self._number, pair, self.view.seed, self._asked))

    def _look_at_people(self) -> None:
        """Have the replicate lived whose people are shown, where they are looked at."""
        if self.view.tab == "people":
            self._people.ask(Look(self.view))

    def _take_people(self, looked: View, seen: History) -> None:
        self._seen = seen
        self.people = people.payload(replace(looked, month=self.view.month, post=self.view.post), seen)
        self.story = people.story(self.view, seen)
        self._changed()

    def _take(self, picture: Picture) -> None:
        """Show a picture: the courses before all else; then the rest of the page, where it has something new to tell."""
        wish, is_first = picture.wish, self._pictured != picture.wish.asked
        self.picture, self._pictured = picture, wish.asked
        self._draw(picture)
        self.ack = max(self.ack, wish.number)
        is_newest = wish.asked == self._asked  # otherwise the tables of what follows are soon there
        if (is_newest and self._tabulate(picture)) or is_first:
            self._changed()
        if picture.is_last:
            self._look_at_people()

    def _tabulate(self, picture: Picture) -> bool:
        """Make the tables of a picture, if they are due."""
        is_due = self._are_tables_due(picture)
        if is_due:
            found = frames.changes(picture)
            self.changes, self._tabled = frames.as_text(found), picture.wish.asked
            if picture.is_last:
                self.summary, self._told = frames.summary(found), picture.wish.asked
        return is_due

    def _draw(self, picture: Picture) -> None:
        self.courses = frames.as_text(frames.courses(picture, self.view.shown))
        self.drawn()

    def _are_tables_due(self, picture: Picture) -> bool:
        """Whether there are replicates enough, and either as many as there will be or none told of this wish."""
        is_new = self._tabled != picture.wish.asked
        return picture.done >= frames.FEWEST_FOR_BAND and (is_new or picture.is_last)

    def _fail(self, sentence: str) -> None:
        self.sentences, self.ack = [sentence], self._number
        self._changed()


def _checked(found: View) -> View:
    """The view, if its scenario can be run."""
    view.current(found)
    return found


def _agencies(scenario: Scenario) -> str:
    """Who takes part, in words."""
    return display.listed([f"{agency.name} ({agency.posts})" for agency in scenario.agencies]) + " posts."


def menu() -> list[dict[str, Any]]:
    """The shipped scenarios by group; read once, however many come first."""
    with _READING:
        return _menu()


@cache
def _menu() -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, str]]] = {}
    for name in library.scenario_names():
        scenario = load_scenario(name)
        found.setdefault(scenario.group, []).append({"name": name, "title": scenario.title})
    return [{"group": group, "items": items} for group, items in found.items()]


@cache
def catalogue(own: str) -> str:
    """The controls, and the scenarios to choose from, with an own one of this title."""
    mine = [{"group": "Yours", "items": [{"name": OWN, "title": own}]}] if own else []
    tables: dict[str, Sequence[Any]] = {
        "menu": [*mine, *menu()],
        "levers": controls.lever_groups(),
        "assumptions": controls.assumption_groups(),
    }
    return frames.as_text(tables)


@cache
def outcome_names() -> str:
    """The outcomes that have a course."""
    return frames.as_text([{"name": outcome.name, "title": outcome.title} for outcome in MONTHLY])
