"""Which enablers matter most for an outcome, and how sure that is.

When to use it: on the results of a sweep whose design samples the enablers. Sobol' designs are ranked by total
indices with luck taken off, Morris designs by mu*, any other sample by PAWN.

Examples
--------
>>> from collabsim.analysis.ranking import rank
>>> from collabsim.experiment.results import load_results
>>> ranking = rank(load_results("results/enabler-ranking"), "trust_last_six")  # doctest: +SKIP
>>> ranking.table[["title", "index", "low", "high", "words"]]  # doctest: +SKIP
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from collabsim.analysis import effects, interactions, ranking_words
from collabsim.analysis.blocks import Blocks, CannotRank, Case, arranged, cases, title_of
from collabsim.analysis.bootstrap import DRAWS, interval, places
from collabsim.analysis.convergence import Verdict, against_size, judged
from collabsim.analysis.engines import Engine, Measures, SobolEngine, engine_for, is_corrected
from collabsim.analysis.interactions import HeatMap
from collabsim.analysis.luck import Luck, luck
from collabsim.analysis.pawn import pawn as pawn_of
from collabsim.analysis.together import Sums, sums
from collabsim.experiment.factors import DUMMY

if TYPE_CHECKING:
    from collabsim.analysis.emulator import Emulation
    from collabsim.experiment.results import Results

__all__ = ["CannotRank", "Case", "HeatMap", "Luck", "Ranking", "Verdict", "cases", "rank", "rank_blocks"]

COMBINATION = "combination"
OF_THE_WHOLE = ("variance", "second")
"""Measures that are not one number for each enabler."""


@dataclass(frozen=True)
class Ranking:
    """A ranking of enablers with its doubt.

    Attributes
    ----------
    outcome : str
        A scalar's name, or ``combination``.
    weights : mapping of str to float
        The outcomes and their weights.
    title, unit, better : str
    case : Case
    method : str
        ``sobol``, ``morris`` or ``pawn``.
    size, planned : int
        Base points, trajectories or rows used, and planned.
    replicates, runs : int
    table : DataFrame
        A row for each enabler, most important first, without the dummy: ``place``, ``enabler``, ``title``,
        ``index``, ``low``, ``high`` (95% interval), ``place_low``, ``place_high``, ``p_first``, ``p_top3``,
        ``p_top5``, ``floor`` (what noise alone reaches), ``above_noise``, ``words``;
        every measure of the method with its interval; and with PAWN
        ``pawn``, ``pawn_low``, ``pawn_high``, ``pawn_floor``, ``pawn_above``.
    dummy : dict or None
        The dummy's index and interval.
    floor : float
        What noise alone reaches: the upper end of the dummy's interval.
    luck : Luck
    sums : Sums or None
        What enablers do alone, and together; None where that cannot be asked (no Sobol' design, or luck not taken off).
    convergence : DataFrame
        ``size``, ``enabler``, ``index``, ``low``, ``high``.
    verdict : Verdict
    effects, curves : DataFrame
        Which way each factor pushes; see `collabsim.analysis.effects.curves`.
    interactions : DataFrame
        ``first``, ``second``, ``share``, ``low``, ``high``, ``kind`` (``second-order`` or ``binned``).
    heat : tuple of HeatMap
    emulation : Emulation or None
    dropped : str
        What was left out; empty when nothing was.
    notes : tuple of str
    answer : str
        One sentence.
    """

    outcome: str
    weights: Mapping[str, float]
    title: str
    unit: str
    better: str
    case: Case
    method: str
    size: int
    planned: int
    replicates: int
    runs: int
    table: pd.DataFrame
    dummy: dict[str, Any] | None
    floor: float
    luck: Luck
    sums: Sums | None
    convergence: pd.DataFrame
    verdict: Verdict
    effects: pd.DataFrame
    curves: pd.DataFrame
    interactions: pd.DataFrame
    heat: tuple[HeatMap, ...]
    emulation: Emulation | None
    dropped: str
    notes: tuple[str, ...]
    answer: str = ""

    @property
    def thing(self) -> str:
        """What its rows are: enablers, or factors where some of them are uncertainties or structural choices."""
        return ranking_words.thing(self.table["enabler"])

    def to_json(self) -> dict[str, Any]:
        """All of it in types that JSON has; what is no number is None."""
        from collabsim.analysis.ranking_json import as_json

        return as_json(self)


def rank(
    results: Results,
    outcome: str | Mapping[str, float],
    *,
    case: Case | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    pawn: bool = True,
    details: bool = True,
    emulator: bool = False,
) -> Ranking:
    """Rank the enablers that a sweep varied.

    Parameters
    ----------
    results : Results
    outcome : str or mapping of str to float
        A scalar that the sweep recorded, or several with weights: each is divided by its standard deviation over
        the design, and a positive weight says that more of it is better.
    case : Case, optional
        Of `cases`; the first if not given.
    draws, seed : int
        Redraws for intervals and probabilities.
    pawn : bool
        Whether to check with PAWN.
    details : bool
        Whether to add convergence by size, directions and interactions.
    emulator : bool
        Whether to fit an emulator and compare its indices.

    Raises
    ------
    CannotRank
        With one plain sentence.
    """
    weights = {outcome: 1.0} if isinstance(outcome, str) else dict(outcome)
    case = case or cases(results)[0]
    blocks = arranged(results, weights, case)
    return rank_blocks(
        blocks, weights, case=case, draws=draws, seed=seed, pawn=pawn, details=details, emulator=emulator
    )


def rank_blocks(
    blocks: Blocks,
    weights: Mapping[str, float],
    *,
    case: Case | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    pawn: bool = True,
    details: bool = True,
    emulator: bool = False,
) -> Ranking:
    """Rank the enablers of an outcome that is there block by block; see `rank`."""
    engine = engine_for(blocks)
    measures = engine.measures(blocks.blocks, draws, seed)
    keyed = measures[engine.key]
    dummy, floor = _floor(engine, keyed)
    table = _table(engine, measures, floor)
    if pawn and engine.method != "pawn":
        table = _with_pawn(table, blocks, seed)
    judgement = judged(keyed[0], keyed[1:], blocks.blocks, seed)
    more = ranking_words.rounded_up(judgement.more, blocks)
    verdict = replace(judgement, more=more, more_runs=more * blocks.layout.rows * blocks.replicates)
    lines, pushes = effects.curves(blocks, seed=seed) if details else (pd.DataFrame(), pd.DataFrame())
    found, heat = _interactions(engine, measures, table, seed) if details else (pd.DataFrame(), ())
    ranking = Ranking(
        outcome=next(iter(weights)) if len(weights) == 1 else COMBINATION,
        weights=weights,
        **ranking_words.described(weights),
        case=case or Case(""),
        method=engine.method,
        size=blocks.blocks,
        planned=blocks.planned,
        replicates=blocks.replicates,
        runs=blocks.runs,
        table=table,
        dummy=dummy,
        floor=floor,
        luck=luck(blocks.y, seed=seed),
        sums=_sums(engine, measures),
        convergence=_convergence(engine, seed) if details else pd.DataFrame(),
        verdict=verdict,
        effects=_with_words(pushes, table, ranking_words.described(weights)["better"]),
        curves=lines,
        interactions=found,
        heat=heat,
        emulation=_emulation(blocks, seed) if emulator else None,
        dropped=blocks.dropped,
        notes=(),
    )
    return ranking_words.worded(ranking, corrected=is_corrected(blocks), common=blocks.layout.common)


def _with_words(pushes: pd.DataFrame, table: pd.DataFrame, better: str) -> pd.DataFrame:
    """What each factor does, in words; of an enabler that cannot be told from nothing, nothing is said."""
    if pushes.empty:
        return pushes
    if "mu" in table:
        pushes = effects.from_trajectories(pushes, table)
    told = table.set_index("enabler")["above_noise"]
    pushes.loc[~pushes["enabler"].map(told).to_numpy(dtype=bool), "direction"] = "unclear"
    words = [ranking_words.direction_words(row, better) for _, row in pushes.iterrows()]
    return pushes.assign(words=words)


def _emulation(blocks: Blocks, seed: int) -> Emulation:
    """An emulator; one that cannot be fitted takes nothing from the ranking but itself."""
    from collabsim.analysis.emulator import emulate, refused

    try:
        return emulate(blocks, seed=seed)
    except CannotRank as error:
        return refused(str(error))


def _convergence(engine: Engine, seed: int) -> pd.DataFrame:
    """The index against the size of the design."""
    layout = engine.blocks.layout

    def drawn(size: int, draws: int) -> np.ndarray:
        return engine.measures(size, draws, seed)[engine.key]

    table = against_size(drawn, engine.blocks.blocks, layout.names)
    return table.assign(title=[title_of(name) for name in table["enabler"]])


# --- the table ----------------------------------------------------------------------------------


def _floor(engine: Engine, keyed: np.ndarray) -> tuple[dict[str, Any] | None, float]:
    """The dummy's index with its interval, and the level that noise reaches."""
    names = engine.blocks.layout.names
    if DUMMY not in names:
        return None, math.nan
    column = keyed[:, names.index(DUMMY)]
    low, high = interval(column[1:, None])
    ends = {"low": float(low[0]), "high": float(high[0])}
    level = ends["high"] if engine.method != "pawn" else float(engine.floor()[names.index(DUMMY)])
    return {"enabler": DUMMY, "index": float(column[0]), **ends}, max(level, 0.0)


def _table(engine: Engine, measures: Measures, floor: float) -> pd.DataFrame:
    layout, keyed = engine.blocks.layout, measures[engine.key]
    real = [n for n, name in enumerate(layout.names) if name != DUMMY]
    names = [layout.names[n] for n in real]
    columns: dict[str, Any] = {"enabler": names, "title": [title_of(name) for name in names]}
    columns |= _with_interval("", keyed[:, real]) | _chances(keyed[1:][:, real])
    columns["floor"] = _floors(engine, floor)[real]
    columns["above_noise"] = _above(engine, keyed, floor)[real]
    for name, values in measures.items():
        if name not in OF_THE_WHOLE:
            columns |= _with_interval(name, values[:, real])
    table = pd.DataFrame(columns).sort_values("index", ascending=False, kind="stable", ignore_index=True)
    table.insert(0, "place", np.arange(1, len(table) + 1))
    return table


def _with_interval(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """The estimate and its 95% interval as columns."""
    low, high = interval(values[1:])
    before = f"{name}_" if name else ""
    return {name or "index": values[0], f"{before}low": low, f"{before}high": high}


def _chances(drawn: np.ndarray) -> dict[str, np.ndarray]:
    """The range of places, and the probabilities of the first, first three and first five."""
    place = places(drawn)
    low, high = np.quantile(place, [0.025, 0.975], axis=0, method="nearest").astype(int)
    chances = {f"p_{name}": (place <= most).mean(axis=0) for name, most in
               (("first", 1), ("top3", 3), ("top5", 5))}  # fmt: skip
    return {"place_low": low, "place_high": high, **chances}


def _floors(engine: Engine, floor: float) -> np.ndarray:
    """What noise alone reaches for each enabler: the dummy's level, where there is one and it is one for all."""
    own = engine.floor()
    return own if math.isnan(floor) or engine.method == "pawn" else np.full(len(own), floor)


def _above(engine: Engine, keyed: np.ndarray, floor: float) -> np.ndarray:
    """Which enablers can be told from nothing: above the floor, and surely above the dummy."""
    names = engine.blocks.layout.names
    if math.isnan(floor):
        return np.asarray(interval(keyed[1:])[0] > engine.floor())
    if engine.method == "pawn":
        return np.asarray(keyed[0] > engine.floor())
    beyond, _ = interval(keyed[1:] - keyed[1:, [names.index(DUMMY)]])
    return np.asarray((beyond > 0) & (keyed[0] > floor))


def _with_pawn(table: pd.DataFrame, blocks: Blocks, seed: int) -> pd.DataFrame:
    found = pawn_of(blocks, seed=seed)
    names = list(blocks.layout.names)
    at = [names.index(name) for name in table["enabler"]]
    return table.assign(
        pawn=found.index[at], pawn_low=found.low[at], pawn_high=found.high[at],
        pawn_floor=found.floor[at], pawn_above=found.index[at] > found.floor[at],
    )  # fmt: skip


def _sums(engine: Engine, measures: Measures) -> Sums | None:
    """Sums of first-order and total indices, where no luck is in them: luck would count as interaction."""
    luckless = is_corrected(engine.blocks) or engine.blocks.layout.common
    if engine.method != "sobol" or not luckless:
        return None
    real = [n for n, name in enumerate(engine.blocks.layout.names) if name != DUMMY]
    return sums(measures["first"][:, real], measures["total"][:, real])


# --- interactions -------------------------------------------------------------------------------


def _interactions(
    engine: Engine, measures: Measures, table: pd.DataFrame, seed: int
) -> tuple[pd.DataFrame, tuple[HeatMap, ...]]:
    """The strongest interactions as a table, and as maps of factors, among enablers that are told from nothing."""
    blocks = engine.blocks
    among = table["enabler"][table["above_noise"]].tolist()
    found = (
        _second_order(engine, measures) if isinstance(engine, SobolEngine) and "second" in measures else None
    )
    if found is not None:
        strongest = found[["first", "second"]].head(3).to_numpy().ravel().tolist()
        among = [name for name in dict.fromkeys(strongest) if name in among]
    factors = [factor for name in among for factor in blocks.layout.members[name]]
    maps = interactions.heat_maps(blocks, _variance(blocks), factors, seed=seed)
    return interactions.table(maps) if found is None else found, tuple(maps)


def _second_order(engine: SobolEngine, measures: Measures) -> pd.DataFrame:
    names, values = engine.blocks.layout.names, measures["second"]
    low, high = interval(values[1:])
    rows = [
        {"first": names[i], "second": names[j], "share": values[0, n], "low": low[n], "high": high[n],
         "kind": "second-order"}
        for n, (i, j) in enumerate(engine.pairs) if DUMMY not in (names[i], names[j])
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=interactions.COLUMNS)  # one enabler has nothing to work together with
    return found.sort_values("share", ascending=False, ignore_index=True)


def _variance(blocks: Blocks) -> float:
    """Of the mean outcome over the rows, luck taken off where it can be."""
    noise = blocks.y.var(axis=2, ddof=1).mean() / blocks.replicates if is_corrected(blocks) else 0.0
    return max(float(blocks.y.mean(axis=2).var() - noise), float(np.finfo(float).tiny))
