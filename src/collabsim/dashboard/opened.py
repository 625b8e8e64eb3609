"""Results folders on the Rank page: which there are, and what one says about its enablers.

Only folders below the one given at the server's start are listed, and only listed ones are opened.
"""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collabsim.checks import nearest, shown
from collabsim.dashboard import findings
from collabsim.dashboard.launcher import RESULTS
from collabsim.dashboard.live import Worker
from collabsim.outcomes import find_scalar
from collabsim.payloads import Payload

if TYPE_CHECKING:
    from collabsim.experiment.results import Results

DEPTH = 2
"""Folders below the given one are looked for this deep."""
MOST_FOLDERS = 200
MOST_RUNS = 3_000_000
_ONE_AT_A_TIME = threading.Lock()


def as_text(found: Payload) -> str:
    """What results say as a component takes it; figures may hold numbers that are none."""
    return json.dumps(_without_nan(found), separators=(",", ":"), allow_nan=False)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(inside) for key, inside in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(inside) for inside in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def root() -> Path | None:
    """The folder given at the server's start."""
    word = os.environ.get(RESULTS, "")
    return Path(word) if word else None


def folders(top: Path | None = None) -> list[str]:
    """The results folders below the given one, by their paths from there."""
    top = top or root()
    if top is None or not top.is_dir():
        return []
    real = top.resolve()
    levels = ("*/" * (depth + 1) + "plan.json" for depth in range(DEPTH))
    found = (plan.parent for level in ("plan.json", *levels) for plan in top.glob(level))
    inside = (f for f in found if f.resolve().is_relative_to(real))
    return sorted({f.relative_to(top).as_posix() for f in inside})[:MOST_FOLDERS]


@dataclass(frozen=True)
class Asked:
    """Which results are asked for what: a listed folder, one of its outcomes (or none named), one of its cases."""

    number: int
    folder: str
    outcome: str = ""
    case: int = 0


class CannotOpen(ValueError):
    """Results cannot be shown; the message is a plain sentence."""


class Opener(Worker[Asked]):
    """Reads results and ranks, away from the page's own thread."""

    def __init__(self, show: Callable[[Asked, Payload], None], fail: Callable[[str], None]) -> None:
        self._show = show
        super().__init__(fail)

    def fulfil(self, wish: Asked) -> None:
        """Show what the results say, or why they say nothing."""
        try:
            with _ONE_AT_A_TIME:
                found = told(wish)
        except CannotOpen as error:
            found = {"folder": wish.folder, "problem": str(error)}
        self._show(wish, found)


def told(wish: Asked, top: Path | None = None) -> Payload:
    """What a results folder says about its enablers: sentences, figures and tables.

    Raises
    ------
    CannotOpen
    """
    results = _read(wish.folder, top or root())
    outcome = wish.outcome if wish.outcome in results.outcomes else _usual(results)
    frame = {
        "folder": wish.folder,
        "outcome": outcome,
        "outcomes": [{"name": name, "title": _title(name)} for name in results.outcomes],
        "runs": f"{len(results.runs):,} runs" + ("" if results.complete else "; the sweep is not finished"),
    }
    return {**frame, **findings.found(results, outcome, wish.case)}


def _read(folder: str, top: Path | None) -> Results:
    from collabsim.experiment.results import NoResults, load_results

    names = folders(top)
    if top is None or folder not in names:
        raise CannotOpen(f"There are no results called {shown(folder)}{nearest(folder, names)}.")
    _refuse_large(top / folder, folder)
    try:
        results = load_results(top / folder, design_columns=False)
    except NoResults as error:
        raise CannotOpen(str(error).replace(str(top / folder), folder)) from None
    if not results.outcomes or results.runs.empty:
        raise CannotOpen(f"{folder} has no finished runs yet.")
    return results


def _refuse_large(path: Path, folder: str) -> None:
    """Refuse results that are larger than a page can bear, before anything of them is loaded."""
    from collabsim.experiment import store
    from collabsim.experiment.ending import CannotGoOn

    with suppress(CannotGoOn):  # what is wrong with a plan is said by who loads the results
        runs = sum(plan.runs for plan in store.read_plans(path))
        if runs > MOST_RUNS:
            raise CannotOpen(f"{folder} has {runs:,} runs: 'collabsim rank' takes that many, not this page.")


def _usual(results: Results) -> str:
    """Trust over the longest period that was recorded, else the first outcome."""
    wanted = [name for name in ("trust_last_six", "trust_last") if name in results.outcomes]
    return (wanted or results.outcomes)[0]


def _title(name: str) -> str:
    outcome, period = find_scalar(name)
    return f"{outcome.title}, {period.replace('_', ' ')}" if period else outcome.title
