"""Whose partnership is played on Explore: one replicate lived month by month, and one member's story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from collabsim import history, stories
from collabsim.dashboard import frames, limits
from collabsim.dashboard.crew import CREW
from collabsim.dashboard.live import Worker
from collabsim.dashboard.view import MOST_MONTH, SIDES, View, baseline, current
from collabsim.history import History

URGENCY = 1
"""Before every refinement, behind first pictures."""


@dataclass(frozen=True)
class Look:
    """A wish: the people of a view's partnership."""

    view: View


class People(Worker[Look]):
    """Lives the replicate that is looked at.

    Parameters
    ----------
    show : callable
        Called with the view and its history.
    fail : callable
    """

    def __init__(self, show: Callable[[View, History], None], fail: Callable[[str], None]) -> None:
        self._show = show
        super().__init__(fail)

    def fulfil(self, wish: Look) -> None:
        """Live it, when it is its turn."""
        view = wish.view
        scenario = baseline(view) if view.side == SIDES[0] else current(view)

        def lived(replicate: int) -> History:
            return history.history(scenario, view.seed, replicate)

        self._show(view, CREW.compute(lived, [view.replicate], URGENCY)[0])


def payload(view: View, seen: History) -> str:
    """What the picture plays, and where to begin."""
    where = {"side": view.side, "month": min(view.month, seen.months - 1), "post": _post(view, seen)}
    return frames.as_text({**history.picture(seen), **where, "most": limits.MOST_REPLICATES})


def _post(view: View, seen: History) -> int | None:
    """The chosen post, where this partnership has it."""
    is_there = seen.has_people and view.post is not None and view.post < seen.posts.shape[1]
    return view.post if is_there else None


def story(view: View, seen: History) -> str:
    """The story of who is in the chosen post in the month that is looked at; none where nobody is chosen."""
    post = _post(view, seen)
    if post is None:
        return "null"
    return frames.as_text(stories.at_post(seen, post, min(view.month, seen.months - 1)))


def chosen(view: View, wish: Mapping[str, Any]) -> View:
    """The view after a wish for a `side`, a `replicate`, a `month` or a `post`; what cannot be used is left out."""
    bounds = {"replicate": limits.MOST_REPLICATES - 1, "month": MOST_MONTH, "post": limits.MOST_POSTS - 1}
    found = {key: wish[key] for key, most in bounds.items() if _is_whole(wish.get(key), most)}
    if wish.get("side") in SIDES:
        found["side"] = wish["side"]
    return replace(view, **found)


def refusal(wish: Mapping[str, Any]) -> str:
    """Why the replicate that is wished for cannot be shown; nothing where it can."""
    most = limits.MOST_REPLICATES
    is_right = "replicate" not in wish or _is_whole(wish["replicate"], most - 1)
    return "" if is_right else f"Replicate must be a whole number from 1 to {most}."


def _is_whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
