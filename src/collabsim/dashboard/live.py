"""Computes what a page shows, in a thread of its own: a few replicates at once, more while nobody asks for other things."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from collabsim.dashboard import limits
from collabsim.dashboard.batches import FIRST, Replicates
from collabsim.scenario import Scenario

REST = 0.15
"""Seconds without a new wish after which the picture is refined."""
PICTURES = (FIRST, 10, 22, 50, limits.MOST_REPLICATES)
"""Numbers of replicates at which a new picture is shown."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see.

    Attributes
    ----------
    number : int
        Given by who asks; the pictures carry it back.
    base, current : Scenario
        Under the same luck; they may be the same.
    seed : int
    """

    number: int
    base: Scenario
    current: Scenario
    seed: int

    @property
    def most(self) -> int:
        """The replicates of the last picture."""
        posts = sum(agency.posts for agency in self.current.agencies)
        return limits.replicates_for(posts, self.current.years + self.current.burn_in_years)


@dataclass(frozen=True)
class Picture:
    """The replicates so far of what was wished for."""

    wish: Wish
    base: Replicates
    current: Replicates

    @property
    def is_last(self) -> bool:
        """Whether no more replicates follow."""
        return self.current.done >= self.wish.most


class Live:
    """One page's worker: only the newest wish counts.

    Parameters
    ----------
    show : callable
        Called in the worker's thread with every picture.
    fail : callable
        Called with a sentence when something unexpected happens; the worker goes on.
    """

    def __init__(self, show: Callable[[Picture], None], fail: Callable[[str], None]) -> None:
        self._show, self._fail = show, fail
        self._changed = threading.Condition()
        self._wish: Wish | None = None
        self._closed = False
        self._base: Replicates | None = None
        self._current: Replicates | None = None
        threading.Thread(target=self._work, daemon=True, name="collabsim-live").start()

    def ask(self, wish: Wish) -> None:
        """Wish for something; an earlier wish is given up."""
        with self._changed:
            self._wish = wish
            self._changed.notify_all()

    def close(self) -> None:
        """Stop working, at the end of the page."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        while (wish := self._next()) is not None:
            try:
                self._fulfil(wish)
            except Exception as error:
                _log.exception("A picture could not be computed")
                self._fail(f"The model could not be run: {type(error).__name__}. The server's log says more.")

    def _next(self) -> Wish | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._wish is not None)
            wish, self._wish = self._wish, None
            return None if self._closed else wish

    def _is_outdated(self, seconds: float = 0.0) -> bool:
        """Whether somebody wishes for something else, or does so within some seconds."""
        with self._changed:
            return bool(
                self._changed.wait_for(lambda: self._closed or self._wish is not None, timeout=seconds)
            )

    def _fulfil(self, wish: Wish) -> None:
        base, current = self._replicates(wish)
        for count in PICTURES:
            if count > FIRST and self._is_outdated(REST if count == PICTURES[1] else 0.0):
                return
            if not self._gather(base, current, min(count, wish.most)):
                return
            self._show(Picture(wish, base, current))
            if current.done >= wish.most:
                return

    def _gather(self, base: Replicates, current: Replicates, count: int) -> bool:
        """Whether both got that many replicates before a newer wish came."""
        while base.done < count or current.done < count:
            for replicates in (base, current):
                if replicates.done < count:
                    replicates.step(urgency=replicates.done)
            if count > FIRST and self._is_outdated():
                return False
        return True

    def _replicates(self, wish: Wish) -> tuple[Replicates, Replicates]:
        """Those of the wish, going on with what is there; one and the same for equal scenarios."""
        base = _kept(self._base, wish.base, wish) or Replicates(wish.base, wish.seed, wish.most)
        if base.is_of(wish.current, wish.seed):
            current = base
        else:
            current = _kept(self._current, wish.current, wish) or Replicates(
                wish.current, wish.seed, wish.most
            )
        self._base, self._current = base, current
        return base, current


def _kept(replicates: Replicates | None, scenario: Scenario, wish: Wish) -> Replicates | None:
    if replicates is None or replicates.most != wish.most or not replicates.is_of(scenario, wish.seed):
        return None
    return replicates
