"""Computes what a page shows, in a thread of its own: a few replicates at once, more while nobody asks for other things."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from collabsim.dashboard import crew, limits
from collabsim.dashboard.batches import Replicates
from collabsim.scenario import Scenario

REST = 0.03
"""Seconds without a new wish after which the picture is refined."""
FIRST = 2
"""Replicates of the first picture."""
PICTURES = (FIRST, 12, 36, limits.MOST_REPLICATES)
"""Numbers of replicates at which a new picture is shown."""

W = TypeVar("W")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see.

    Attributes
    ----------
    number : int
        Given by who asks; the pictures carry it back.
    scenarios : tuple of Scenario
        The base first; all under the same luck.
    seed : int
    asked : int
        How many wishes the page had by then, also those without a number of their own (undo, another scenario).
    """

    number: int
    scenarios: tuple[Scenario, ...]
    seed: int
    asked: int = 0

    @property
    def base(self) -> Scenario:
        """What the others are compared with."""
        return self.scenarios[0]

    @property
    def current(self) -> Scenario:
        """The last of them."""
        return self.scenarios[-1]

    @property
    def most(self) -> int:
        """The replicates of the last picture."""
        return min(
            limits.replicates_for(sum(a.posts for a in s.agencies), s.years + s.burn_in_years)
            for s in self.scenarios
        )


@dataclass(frozen=True)
class Picture:
    """The replicates so far of what was wished for; equal scenarios share them."""

    wish: Wish
    replicates: tuple[Replicates, ...]

    @property
    def base(self) -> Replicates:
        """Those of the base."""
        return self.replicates[0]

    @property
    def current(self) -> Replicates:
        """Those of the last scenario."""
        return self.replicates[-1]

    @property
    def done(self) -> int:
        """How many every scenario has."""
        return min(replicates.done for replicates in self.replicates)

    @property
    def is_last(self) -> bool:
        """Whether no more replicates follow."""
        return self.done >= self.wish.most


class Worker(Generic[W]):
    """A thread, of no page, that fulfils wishes: only the newest counts.

    Parameters
    ----------
    fail : callable
        Called with a sentence when something unexpected happens; the worker goes on.
    """

    def __init__(self, fail: Callable[[str], None]) -> None:
        self._fail = fail
        self._changed = threading.Condition()
        self._wish: W | None = None
        self._closed = False
        crew.start(self._work, "collabsim-page")

    def ask(self, wish: W) -> None:
        """Wish for something; an earlier wish is given up."""
        with self._changed:
            self._wish = wish
            self._changed.notify_all()
        crew.CREW.look_again()

    def close(self) -> None:
        """Stop working, at the end of the page."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        crew.CREW.look_again()

    @property
    def is_closed(self) -> bool:
        """Whether the page has ended."""
        return self._closed

    def fulfil(self, wish: W) -> None:
        """Do what is wished for; look now and then whether it is outdated."""
        raise NotImplementedError

    @property
    def is_current(self) -> bool:
        """Whether nobody wishes for something else: what computes asks it often."""
        return self._wish is None and not self._closed

    def is_outdated(self, seconds: float = 0.0) -> bool:
        """Whether somebody wishes for something else, or does so within some seconds."""
        with self._changed:
            return bool(
                self._changed.wait_for(lambda: self._closed or self._wish is not None, timeout=seconds)
            )

    def _work(self) -> None:
        while (wish := self._next()) is not None:
            try:
                self.fulfil(wish)
            except Exception as error:
                if self._closed:  # what comes too late for a page is no fault
                    return
                _log.exception("A wish could not be fulfilled")
                self._say(f"The model could not be run: {type(error).__name__}. The server's log says more.")

    def _say(self, sentence: str) -> None:
        try:
            self._fail(sentence)
        except Exception:  # the next wish is fulfilled all the same
            _log.exception("A page could not be told: %s", sentence)

    def _next(self) -> W | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._wish is not None)
            wish, self._wish = self._wish, None
            return None if self._closed else wish


class Live(Worker[Wish]):
    """One page's worker: a picture of a few replicates at once, then of more.

    Parameters
    ----------
    show : callable
        Called in the worker's thread with every picture.
    fail : callable
    """

    def __init__(self, show: Callable[[Picture], None], fail: Callable[[str], None]) -> None:
        self._show = show
        self._known: tuple[Replicates, ...] = ()
        super().__init__(fail)

    def fulfil(self, wish: Wish) -> None:
        """Show pictures of ever more replicates, until there are enough or the wish is outdated."""
        found = self._replicates(wish)
        for count in PICTURES:
            if count > FIRST and self.is_outdated(REST if count == PICTURES[1] else 0.0):
                return
            if not self._gather(found, min(count, wish.most)):
                return
            picture = Picture(wish, found)
            self._show(picture)
            if picture.is_last:
                return

    def _gather(self, found: tuple[Replicates, ...], count: int) -> bool:
        """Whether all got that many replicates before a newer wish came."""

        def is_wanted() -> bool:
            return self.is_current or (count == FIRST and not self.is_closed)

        for replicates in found:
            if replicates.done < count:
                replicates.grow(count, replicates.done, is_wanted)
        return all(replicates.done >= count for replicates in found)

    def _replicates(self, wish: Wish) -> tuple[Replicates, ...]:
        """Those of the wish, going on with what is there; one and the same for equal scenarios."""
        known = {(r.scenario.digest, r.seed): r for r in self._known if r.most == wish.most}
        for scenario in wish.scenarios:
            key = (scenario.digest, wish.seed)
            known[key] = known.get(key) or Replicates(scenario, wish.seed, wish.most)
        self._known = tuple(known[scenario.digest, wish.seed] for scenario in wish.scenarios)
        return self._known
