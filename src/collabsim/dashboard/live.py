"""Computes what a page shows, in a thread of its own: a few replicates at once, more while nobody asks for other things."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Generic, TypeVar

from collabsim.dashboard import crew, limits
from collabsim.dashboard.batches import Replicates
from collabsim.scenario import Scenario

REST = 0.03
"""Seconds without a new wish, since the first picture was computed, after which it is refined."""
FIRST = 2
"""Replicates of the first picture."""
REFINED = (12, 36, limits.MOST_REPLICATES)
"""Numbers of replicates at which another picture is shown."""

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
        self._now: W | None = None
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

    def is_current(self, wish: W) -> bool:
        """Whether this wish is being fulfilled and nobody wishes for something else: what computes asks it often."""
        return self._now is wish and self._wish is None and not self._closed

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
            self._now, self._wish = self._wish, None
            return None if self._closed else self._now


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
        """Show a first picture, also of a wish that is outdated by then; better ones if nobody wishes for anything else."""
        found = self._replicates(wish)
        _begin(found, FIRST, lambda: not self.is_closed)
        if not _arrive(found, min(FIRST, wish.most)):
            return
        picture, computed = Picture(wish, found), time.monotonic()
        self._show(picture)
        if not picture.is_last and not self.is_outdated(REST - (time.monotonic() - computed)):
            self._refine(picture)

    def _refine(self, picture: Picture) -> None:
        """Show pictures of ever more replicates; what follows a picture is computed while it is drawn."""
        wish, found = picture.wish, picture.replicates
        wanted = partial(self.is_current, wish)
        counts = [min(count, wish.most) for count in REFINED if count > picture.done]
        _begin(found, counts[0], wanted)
        for count, following in zip_longest(counts, counts[1:], fillvalue=0):
            if not _arrive(found, count):
                return
            _begin(found, following, wanted)
            self._show(Picture(wish, found))
            if count == wish.most:
                return

    def _replicates(self, wish: Wish) -> tuple[Replicates, ...]:
        """Those of the wish, going on with what is there; one and the same for equal scenarios."""
        known = {(r.scenario.digest, r.seed): r for r in self._known if r.most == wish.most}
        for scenario in wish.scenarios:
            key = (scenario.digest, wish.seed)
            known[key] = known.get(key) or Replicates(scenario, wish.seed, wish.most)
        self._known = tuple(known[scenario.digest, wish.seed] for scenario in wish.scenarios)
        return self._known


def _begin(found: tuple[Replicates, ...], count: int, is_wanted: Callable[[], bool]) -> None:
    """Have all computed that lack some of that many replicates; equal scenarios share theirs."""
    for replicates in dict.fromkeys(found):
        replicates.begin(count, replicates.done, is_wanted)


def _arrive(found: tuple[Replicates, ...], count: int) -> bool:
    """Whether all have that many replicates, once what was begun is there."""
    for replicates in found:
        replicates.arrive()
    return all(replicates.done >= count for replicates in found)
