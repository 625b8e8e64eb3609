"""One replicate, month by month: who is in post, on what money, and who trusts whom. What the partnership's picture plays.

It is the same run as `simulate.run_once` of the same number: it only stops at every month's end to look.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from collabsim.model import state
from collabsim.model.draws import run_key
from collabsim.model.founding import Arrays, blueprint
from collabsim.model.simulate import Run, live_weeks, new_run, total_weeks
from collabsim.payloads import Payload
from collabsim.scenario import Scenario

MOST_PEOPLE = 150
"""Posts of a partnership whose people are drawn; a larger one is drawn by agency."""
CLOSED, VACANT, FILLED = "c", "v", "f"
NONE = 255
_WEEKS_A_MONTH = 52 / 12


@dataclass(frozen=True)
class History:
    """A replicate's months.

    Attributes
    ----------
    scenario : Scenario
    seed, replicate : int
    run : Run
        With its events, and the arrays at the end.
    posts : structured array (months, posts) of state.POST
    left : array (months, posts)
        Months of the post's grant that are left; NaN on core money.
    trust : array (months, posts, posts) of uint8
        Trust of one post's holder in another's, in per cent; `NONE` without a relationship. Empty above
        `MOST_PEOPLE` posts.
    between : array (months, agencies, agencies)
        Mean trust of one agency's staff in another's; NaN without a relationship.
    """

    scenario: Scenario
    seed: int
    replicate: int
    run: Run
    posts: np.ndarray
    left: np.ndarray
    trust: np.ndarray
    between: np.ndarray

    @property
    def months(self) -> int:
        """How many there are, burn-in included."""
        return len(self.posts)

    @cached_property
    def places(self) -> dict[int, int]:
        """Where each post stands in the arrays, by its number."""
        return {int(identity): place for place, identity in enumerate(self.posts[0]["id"])}

    @property
    def has_people(self) -> bool:
        """Whether people can be told apart."""
        return bool(len(self.trust))


def history(scenario: Scenario, seed: int = 0, replicate: int = 0) -> History:
    """Live one replicate and look at it every month."""
    plan = blueprint(scenario)
    weeks = total_weeks(scenario)
    room, grow = 64 + weeks * len(plan["posts"]) // 4, 1
    while True:
        seen = _lived(scenario, seed, replicate, plan, room, grow)
        world = seen.run.arrays["world"][0]
        if world["short"] == 0 and world["events"] <= room:
            return seen
        room, grow = max(room, int(world["events"])), grow * 2 if world["short"] else grow


def _lived(scenario: Scenario, seed: int, replicate: int, plan: Arrays, room: int, grow: int) -> History:
    weeks = total_weeks(scenario)
    run = new_run(plan, weeks, (room, 0, 0), grow)
    key = run_key(seed, 0, replicate)
    eye = _Eye(run.arrays, len(scenario.agencies))
    week = 0
    for month in range(weeks * 12 // 52):
        end = math.ceil((month + 1) * 52 / 12)
        live_weeks(run, key, week, end - week)
        week = end
        eye.look(run.arrays, week)
    events = run.events[: int(run.arrays["world"][0]["events"])]
    seen = Run(run.series, run.ledger, events, run.closed_cases, run.snapshots, run.arrays)
    return History(scenario, seed, replicate, seen, *eye.seen())


class _Eye:
    """Looks at the arrays of a run that is being lived."""

    def __init__(self, arrays: Arrays, agencies: int) -> None:
        posts = arrays["posts"]
        first = arrays["places"]["first"][posts["place"]]
        slots = arrays["trust"].shape[1]
        self._other = first[:, None] + np.arange(slots)[None, :]
        self._people = len(posts) <= MOST_PEOPLE
        self._size = agencies + 1
        self._posts: list[np.ndarray] = []
        self._left: list[np.ndarray] = []
        self._trust: list[np.ndarray] = []
        self._between: list[np.ndarray] = []

    def look(self, arrays: Arrays, week: int) -> None:
        """Note how things are at the end of a week."""
        posts = arrays["posts"]
        self._posts.append(posts.copy())
        self._left.append(_months_left(posts, arrays["grants"], week))
        one, slot = np.nonzero(arrays["met"] > state.NO_TIE)
        other, trust = self._other[one, slot], arrays["trust"][one, slot]
        self._between.append(_mean_between(posts["agency"], one, other, trust, self._size))
        if self._people:
            table = np.full((len(posts), len(posts)), NONE, dtype=np.uint8)
            table[one, other] = np.round(100 * trust)
            self._trust.append(table)

    def seen(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Posts, months left, trust between people and between agencies, month by month."""
        return (
            np.stack(self._posts), np.stack(self._left), np.array(self._trust), np.stack(self._between),
        )  # fmt: skip


def _months_left(posts: np.ndarray, grants: np.ndarray, week: int) -> np.ndarray:
    """Months until the grant of each post ends; NaN for core money and permanent grants."""
    left = np.full(len(posts), np.nan)
    paid = (posts["grant"] >= 0) & (posts["on_grant"] > 0)
    rows = grants[posts["grant"][paid]]
    left[paid] = np.where(
        rows["status"] == state.RUNNING, np.maximum(0, rows["end"] - week) / _WEEKS_A_MONTH, 0.0
    )
    return left


def _mean_between(
    agency: np.ndarray, one: np.ndarray, other: np.ndarray, trust: np.ndarray, size: int
) -> np.ndarray:
    total, count = np.zeros((size, size)), np.zeros((size, size))
    np.add.at(total, (agency[one], agency[other]), trust)
    np.add.at(count, (agency[one], agency[other]), 1)
    return np.divide(total, count, out=np.full((size, size), np.nan), where=count > 0)


# --- for the picture ----------------------------------------------------------------------------


def picture(seen: History) -> Payload:
    """Everything that the partnership's picture plays, as plain numbers and short texts."""
    return {
        "seed": seen.seed,
        "replicate": seen.replicate,
        "burn_in": 12 * seen.scenario.burn_in_years,
        "agencies": [{"name": a.name, "sector": a.sector} for a in seen.scenario.agencies]
        + [{"name": "Links", "sector": ""}],
        "posts": [_post(post) for post in seen.posts[0]] if seen.has_people else [],
        "frames": [_frame(seen, month) for month in range(seen.months)],
        "events": _timeline(seen),
    }


def _post(post: np.void) -> Payload:
    return {"id": int(post["id"]), "agency": int(post["agency"]), "kind": int(post["kind"])}


def _frame(seen: History, month: int) -> Payload:
    posts = seen.posts[month]
    agencies = len(seen.scenario.agencies) + 1
    kinds = np.where(posts["open"] == 0, CLOSED, np.where(posts["filled"] == 0, VACANT, FILLED))
    counts = [
        [int(((kinds == kind) & (posts["agency"] == a)).sum()) for kind in (FILLED, VACANT)]
        for a in range(agencies)
    ]
    frame: Payload = {"count": counts, "trust": _percent(seen.between[month]), "mean": _mean(seen, month)}
    if seen.has_people:
        frame["state"] = "".join(kinds.tolist())
        frame["left"] = [None if math.isnan(x) else round(x) for x in seen.left[month].tolist()]
        frame["who"] = posts["occupant"].tolist()
    return frame


def _percent(between: np.ndarray) -> list[list[int | None]]:
    return [[None if math.isnan(x) else round(100 * x) for x in row] for row in between.tolist()]


def _mean(seen: History, month: int) -> float | None:
    row = seen.run.series[month]
    return round(float(row["trust_sum"] / row["ties"]), 4) if row["ties"] > 0 else None


_TOLD = {
    state.GRANT_RENEWED: "grant renewed", state.GRANT_REFUSED: "grant not renewed", state.GRANT_CLOSED: "grant closed",
    state.GRANT_REPLACED: "new grant", state.LEADER_LEFT: "leader left", state.BREACH: "data breach",
}  # fmt: skip


def _timeline(seen: History) -> list[Payload]:
    """Events of agencies, with the month in which they happen."""
    rows = seen.run.events[np.isin(seen.run.events["kind"], list(_TOLD))]
    names = [*(agency.name for agency in seen.scenario.agencies), "Links"]
    found = []
    for week, kind, subject, other, _ in rows.tolist():
        agency = subject if kind in (state.LEADER_LEFT, state.BREACH) else other
        found.append({"month": week * 12 // 52, "words": f"{names[agency]}: {_TOLD[kind]}"})
    return found


def ties_of(seen: History, post: int) -> list[list[list[int]]]:
    """Trust of and in one post's holder, month by month: lists of [other, its trust, their trust back], in per cent."""
    found = []
    for month in range(seen.months):
        out, back = seen.trust[month, post], seen.trust[month, :, post]
        others = np.nonzero((out != NONE) | (back != NONE))[0]
        found.append([[int(o), int(out[o]), int(back[o])] for o in others])
    return found


def index_of(seen: History, identity: Any) -> int | None:
    """The position of a post by its number."""
    return seen.places.get(int(identity))
