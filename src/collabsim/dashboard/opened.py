"""Results folders on the Rank page: which there are, and what one says about its enablers.

Only folders below the one given at the server's start are listed, and only listed ones are opened.
"""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collabsim import display
from collabsim.checks import nearest, shown
from collabsim.dashboard.launcher import RESULTS
from collabsim.dashboard.live import Worker
from collabsim.outcomes import find_scalar
from collabsim.payloads import Payload

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from collabsim.analysis.ranking import Ranking
    from collabsim.experiment.results import Results

DEPTH = 2
"""Folders below the given one are looked for this deep."""
MOST_FOLDERS = 200
MOST_RUNS = 3_000_000
EFFECTS, MAPS = 3, 2
_ONE_AT_A_TIME = threading.Lock()
MISSING = "–"


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
    if results.plan["experiment"]["design"]["kind"] == "equal-cost":
        return {**frame, **_money(results, outcome)}
    return {**frame, **_ranked(results, outcome, wish.case)}


def _read(folder: str, top: Path | None) -> Results:
    from collabsim.experiment.results import NoResults, load_results

    names = folders(top)
    if top is None or folder not in names:
        raise CannotOpen(f"There are no results called {shown(folder)}{nearest(folder, names)}.")
    try:
        results = load_results(top / folder, design_columns=False)
    except NoResults as error:
        raise CannotOpen(str(error).replace(str(top / folder), folder)) from None
    if len(results.runs) > MOST_RUNS:
        raise CannotOpen(
            f"{folder} has {len(results.runs):,} runs: 'collabsim rank' takes that many, not this page."
        )
    if not results.outcomes or results.runs.empty:
        raise CannotOpen(f"{folder} has no finished runs yet.")
    return results


def _usual(results: Results) -> str:
    """Trust over the longest period that was recorded, else the first outcome."""
    wanted = [name for name in ("trust_last_six", "trust_last") if name in results.outcomes]
    return (wanted or results.outcomes)[0]


def _title(name: str) -> str:
    outcome, period = find_scalar(name)
    return f"{outcome.title}, {period.replace('_', ' ')}" if period else outcome.title


# --- a ranking ----------------------------------------------------------------------------------


def _ranked(results: Results, outcome: str, number: int) -> Payload:
    from collabsim.analysis.ranking import CannotRank, cases, rank
    from collabsim.analysis.ranking_words import luck_sentence

    try:
        found = cases(results)
        case = found[number if 0 <= number < len(found) else 0]
        ranking = rank(results, outcome, case=case)
        others = (
            []
            if len(found) == 1
            else [rank(results, outcome, case=c, pawn=False, details=False) for c in found]
        )
    except CannotRank as error:
        return {"sentences": [str(error)], "figures": [], "tables": [], "cases": []}
    said = (ranking.answer, ranking.verdict.sentence, luck_sentence(ranking), ranking.dropped, *ranking.notes)
    return {
        "case": case.number,
        "cases": [_case_words(c.scenario, c.variant) for c in found],
        "sentences": [sentence for sentence in said if sentence],
        "figures": list(_figures(ranking, outcome)),
        "tables": [_ranking_table(ranking), _effects_table(ranking), *_interactions(ranking), *_survival(others)],
    }  # fmt: skip


def _case_words(scenario: str, variant: Any) -> str:
    words = ", ".join(f"{name.removeprefix('structure.')} {value}" for name, value in variant.items())
    return f"{scenario}: {words}" if words else scenario


def _figure(title: str, figure: go.Figure, words: str) -> Payload:
    return {"title": title, "figure": json.loads(figure.to_json()), "words": words}


def _figures(ranking: Ranking, outcome: str) -> Iterator[Payload]:
    from collabsim.figures import convergence, effects, interactions
    from collabsim.figures import ranking as places

    scale = display.scale(find_scalar(outcome)[0])
    yield _figure("Ranking with its doubt", places.bars(ranking), places.in_words(ranking))
    if len(ranking.convergence):
        yield _figure("As the design grew", convergence.convergence(ranking), convergence.in_words(ranking))
    largest = ranking.effects.assign(size=ranking.effects["change"].abs()).nlargest(EFFECTS, "size")
    curves = ranking.curves[ranking.curves["factor"].isin(largest["factor"])]
    for factor in largest["factor"]:
        curve = curves[curves["factor"] == factor]
        figure = effects.effect(curve, scale, (float(curves["low"].min()), float(curves["high"].max())))
        yield _figure(f"Main effect of {factor}", figure, effects.in_words(curve, factor, scale))
    for found in ranking.heat[:MAPS]:
        title = f"Together: {found.first} and {found.second}"
        yield _figure(title, interactions.heat_map(found, scale), interactions.in_words(found, scale))


def _table(caption: str, head: list[str], rows: list[list[str]]) -> Payload:
    return {"caption": caption, "head": head, "rows": rows}


def _number(value: Any) -> str:
    return MISSING if value is None or value != value else f"{value:.3g}".replace("-", display.MINUS)


def _percent(value: Any) -> str:
    return display.percent(float(value))


def _ranking_table(ranking: Ranking) -> Payload:
    rows = [
        [
            str(row["place"]), str(row["title"]), _number(row["index"]),
            f"{_number(row['low'])} to {_number(row['high'])}", f"{row['place_low']:.0f} to {row['place_high']:.0f}",
            _percent(row["p_first"]), _percent(row["p_top3"]), _percent(row["p_top5"]), str(row["words"]),
        ]
        for row in ranking.table.to_dict("records")
    ]  # fmt: skip
    head = [
        "Place",
        "Enabler",
        "index",
        "95% interval",
        "place, 95%",
        "first",
        "top three",
        "top five",
        "in words",
    ]
    return _table(f"Ranking for {ranking.title} ({ranking.method}, {ranking.runs:,} runs)", head, rows)


def _effects_table(ranking: Ranking) -> Payload:
    rows = [
        [
            str(row["factor"]),
            str(row["low_value"]),
            str(row["high_value"]),
            _number(row["change"]),
            str(row["words"]),
        ]
        for row in ranking.effects.to_dict("records")
    ]
    return _table(
        "Main effects: from the low to the high end", ["Factor", "low", "high", "change", "in words"], rows
    )


def _interactions(ranking: Ranking) -> Iterator[Payload]:
    if len(ranking.interactions):
        rows = [
            [
                str(row["first"]),
                str(row["second"]),
                _percent(row["share"]),
                f"{_percent(row['low'])} to {_percent(row['high'])}",
            ]
            for row in ranking.interactions.head(10).to_dict("records")
        ]
        head = ["Enabler", "with", "share of variance", "95% interval"]
        yield _table("What enablers do together", head, rows)


def _survival(rankings: list[Ranking]) -> Iterator[Payload]:
    """The places of each enabler over scenarios and structural variants: what survives, and what does not."""
    if not rankings:
        return
    places: dict[str, list[int]] = {}
    for ranking in rankings:
        for row in ranking.table.to_dict("records"):
            places.setdefault(str(row["title"]), []).append(int(row["place"]))
    ordered = sorted(places.items(), key=lambda item: sum(item[1]) / len(item[1]))
    rows = [
        [
            title,
            f"{sum(found) / len(found):.1f}",
            str(min(found)),
            str(max(found)),
            f"{sum(p <= 3 for p in found)} of {len(found)}",
        ]
        for title, found in ordered
    ]
    head = ["Enabler", "mean place", "best", "worst", "in the top three"]
    yield _table(f"Over {len(rankings)} scenarios and structural variants", head, rows)


# --- money --------------------------------------------------------------------------------------


def _money(results: Results, outcome: str) -> Payload:
    from collabsim.analysis.value import CannotValue, value
    from collabsim.analysis.value_words import about, sentences
    from collabsim.figures.chances import chances, in_words

    try:
        found = value(results, outcome)
    except CannotValue as error:
        return {"sentences": [str(error)], "figures": [], "tables": [], "cases": []}
    rows = [
        [
            str(row["lever"]), f"£{row['budget']:,.0f}", _number(row["gain"]), _number(row["per_10k"]),
            f"{_number(row['per_10k_low'])} to {_number(row['per_10k_high'])}",
            _percent(row["p_first"]), _percent(row["p_top3"]),
        ]
        for row in found.table.to_dict("records")
    ]  # fmt: skip
    head = ["Lever", "a year", "gain", "per £10,000", "95% interval", "first", "top three"]
    return {
        "cases": [],
        "sentences": [*sentences(found), about(found)],
        "figures": [_figure("Chances to be in the top three for the money", chances(found), in_words(found))],
        "tables": [_table("What each lever gains for its money", head, rows)],
    }
