"""One lever at a time around the present settings: what each end of its feasible range changes, under the same luck.

When to use it: to see which levers matter *here*, at once. It misses what levers do together, and it says nothing about
uncertain coefficients; for that there are sweeps and `collabsim rank`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from collabsim import display, outcomes
from collabsim.analysis.differences import Estimate, estimate
from collabsim.dashboard import batches, controls, view
from collabsim.dashboard.live import Worker
from collabsim.outcomes import OUTCOME
from collabsim.parameters import LEVER_GROUPS, LEVERS, Parameter, Value
from collabsim.payloads import Payload, period_of
from collabsim.scenario import Scenario

ROUND = 4
"""Replicates that are added at a time."""
MOST = 24
URGENCY = 30
"""Behind first pictures, before the last refinements."""
SHOWN = 20


@dataclass(frozen=True)
class Around:
    """A wish: the levers around a scenario, for one outcome.

    Attributes
    ----------
    number : int
    scenario : Scenario
    outcome : str
        A monthly outcome; it is taken over the last six years, or the last of a shorter run.
    seed : int
    """

    number: int
    scenario: Scenario
    outcome: str
    seed: int

    @property
    def scalar(self) -> str:
        """The scalar's name."""
        return f"{self.outcome}_{period_of(self.scenario.years)}"


@dataclass
class Swing:
    """One lever: its two ends, and what each changes in every replicate so far."""

    lever: Parameter
    now: Value
    ends: tuple[Value, Value]
    changes: tuple[list[float], list[float]] = field(default_factory=lambda: ([], []))

    @property
    def estimates(self) -> tuple[Estimate, Estimate]:
        """The mean change at either end, with its interval."""
        return estimate(np.array(self.changes[0])), estimate(np.array(self.changes[1]))

    @property
    def size(self) -> float:
        """The larger of both changes, without its sign."""
        sizes = [abs(found.mean) for found in self.estimates if not np.isnan(found.mean)]
        return max(sizes, default=0.0)


def swings(scenario: Scenario) -> list[Swing]:
    """Every lever with the ends of its feasible range."""
    return [Swing(p, view.value_in(scenario, p.name), ends(p)) for p in LEVERS]


def ends(lever: Parameter) -> tuple[Value, Value]:
    """The lowest and highest feasible value; off and on; the first and the last choice."""
    if lever.type == "boolean":
        return False, True
    if lever.type == "choice":
        return lever.choices[0], lever.choices[-1]
    if lever.type == "integer":
        return int(lever.low), int(lever.high)
    return float(lever.low), float(lever.high)


class Tornado(Worker[Around]):
    """Computes the swings of all levers, a few replicates at a time.

    Parameters
    ----------
    show : callable
        Called with the wish, the swings so far, and how many replicates and which share of a round they have.
    fail : callable
    """

    def __init__(
        self, show: Callable[[Around, Sequence[Swing], int, float], None], fail: Callable[[str], None]
    ) -> None:
        self._show = show
        super().__init__(fail)

    def fulfil(self, wish: Around) -> None:
        """Add rounds of replicates until there are enough or the wish is outdated."""
        found = swings(wish.scenario)
        for first in range(0, MOST, ROUND):
            base = self._run(wish, wish.scenario, first)
            for number, swing in enumerate(found, 1):
                for value, changes in zip(swing.ends, swing.changes, strict=True):
                    changes += self._changes(wish, swing, value, first, base)
                if self.is_outdated():
                    return
                if first == 0 and number % 10 == 0 and number < len(found):
                    self._show(wish, found[:number], ROUND, number / len(found))
            self._show(wish, found, first + ROUND, 1.0)

    def _changes(self, wish: Around, swing: Swing, value: Value, first: int, base: np.ndarray) -> list[float]:
        if value == swing.now:
            return [0.0] * ROUND
        moved = self._run(wish, wish.scenario.with_values({swing.lever.name: value}), first)
        return [float(change) for change in moved - base]

    def _run(self, wish: Around, scenario: Scenario, first: int) -> np.ndarray:
        runs = batches.run(scenario, ROUND, wish.seed, first, URGENCY + first)
        return outcomes.chosen_scalars([wish.scalar], runs, scenario)[:, 0]


def payload(wish: Around, found: Sequence[Swing], replicates: int, share: float) -> Payload:
    """The tornado: the levers that move the outcome most, largest first."""
    outcome = OUTCOME[wish.outcome]
    scale = display.scale(outcome)
    ordered = sorted(found, key=lambda swing: -swing.size)[:SHOWN]
    rows = [_row(swing, scale) for swing in ordered]
    first = [row["title"] for row in rows[:3]]
    return {
        "number": wish.number,
        "done": replicates,
        "most": MOST,
        "share": share,
        "title": outcome.title,
        "unit": scale.unit,
        "decimals": scale.decimals,
        "rows": rows,
        "words": f"Bars of what each lever, moved alone to the ends of its range, changes in {outcome.title.lower()} "
        f"({scale.unit}). The largest: {display.listed(first)}.",
    }


def table(wish: Around, found: Sequence[Swing], replicates: int) -> Payload:
    """All levers with both ends, largest effect first; its file has the numbers with their intervals."""
    scale = display.scale(OUTCOME[wish.outcome])
    ordered = sorted(found, key=lambda swing: -swing.size)
    rows = [_row(swing, scale) for swing in ordered]
    change = f"change ({scale.unit})"
    return {
        "title": "Table of levers",
        "caption": f"Levers, largest effect on {OUTCOME[wish.outcome].title.lower()} first; 95% intervals, "
        f"{replicates} replicates",
        "head": ["Lever", "now", "lower end", change, "upper end", change],
        "numbers": [2, 3, 4, 5],
        "rows": [[row["title"], row["now"], *_ends(row)] for row in rows],
        "csv": [_COLUMNS, *(line for swing in ordered for line in _lines(swing, wish.scalar, replicates))],
    }


_COLUMNS = ["lever", "now", "end", "value", "outcome", "unit", "change", "low", "high", "replicates"]


def _lines(swing: Swing, scalar: str, replicates: int) -> list[list[object]]:
    """The rows of the file for one lever: a change in the outcome's own unit, with its interval, for either end."""
    unit = OUTCOME[scalar.removesuffix("_last_six").removesuffix("_last")].unit
    ends = zip(("lower", "upper"), swing.ends, swing.estimates, strict=True)
    lines: list[list[object]] = []
    for end, value, found in ends:
        three = (_finite(number) for number in (found.mean, found.low, found.high))
        lines.append(
            [swing.lever.name, _shown(swing.now), end, _shown(value), scalar, unit, *three, replicates]
        )
    return lines


def _ends(row: Payload) -> list[str | list[str]]:
    cells: list[str | list[str]] = []
    for end in row["ends"]:
        is_here = end["value"] == row["now"]
        cells += [end["value"], "as now" if is_here else [end["change"], end["interval"]]]
    return cells


def _row(swing: Swing, scale: display.Scale) -> Payload:
    lever = swing.lever
    return {
        "name": lever.name,
        "title": f"{LEVER_GROUPS[lever.group]}: {_inside(controls.label(lever))}",
        "now": _shown(swing.now),
        "ends": [
            {"value": _shown(value), "change": scale.change(found.mean), "interval": scale.interval(found, signed=True)}
            | {"x": [_finite(end * scale.factor) for end in (found.mean, found.low, found.high)]}
            for value, found in zip(swing.ends, swing.estimates, strict=True)
        ],
    }  # fmt: skip


def _inside(words: str) -> str:
    """A label inside a sentence: its first letter small, abbreviations as they are."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.6g}" if isinstance(value, (int, float)) else value


def _finite(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 6)
