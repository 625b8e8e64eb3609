"""What a budget buys: gain of each lever at equal cost, and gain per £10,000 as a probability of ranking.

When to use it: on the results of an ``equal-cost`` design (`collabsim.experiment.equal_cost`). What it needs: the outcome in
every row, and `cash_cost` over the same period for what turnover, bids and gaps cost besides. What it returns: for each
budget a table of levers. A gain is a paired difference from the partnership as it is, under the same luck in the same
world. Prices have ranges of three to ten times, so levers are ordered by how often each comes first over the worlds,
never by one ratio.

Luck is not sold as skill: the gain of a world is a mean over few replicates, so its scatter about the mean over worlds
is shrunk by the share of its variance that is luck (variance over replicates, over their number). A lever whose mean
gain cannot be told from nothing takes no part in the order.

References
----------
Briggs, A., Claxton, K. and Sculpher, M. (2006). Decision Modelling for Health Economic Evaluation. Oxford University
Press: probabilistic sensitivity analysis over joint distributions of cost and effect.
Clements, J., Geraci, G., Olson, A. and Palmer, T. (2024). arXiv:2403.06106: variance deconvolution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from collabsim.analysis.differences import estimate
from collabsim.experiment.equal_cost import AS_IT_IS, unpriced
from collabsim.experiment.results import Results
from collabsim.experiment.types import experiment_of
from collabsim.outcomes import find_scalar

PER = 10_000.0
"""Pounds that gains are stated per."""


class CannotValue(ValueError):
    """The results cannot answer; the message is a plain sentence."""


@dataclass(frozen=True)
class Value:
    """What budgets buy of one outcome.

    Attributes
    ----------
    outcome, better : str
    budgets : tuple of float
    worlds, replicates, runs : int
    table : DataFrame
        For each budget and lever, best first: budget, lever, dose_low, dose_high (text: what is bought at the dear
        and the cheap end), spent (pounds a year, mean over worlds), cash, time, funder, setup (a year), saved (a year:
        what turnover, bids and gaps cost less; NaN where cash cost was not recorded), gain, low, high (mean gain with its
        95% interval, positive is better), per_10k, per_10k_low, per_10k_high (median and 90% of worlds), p_first, p_top3,
        p_top5 (by gain per £10,000), p_most (by the gain itself), p_pays (net cost at most 0), clear (gain told from
        nothing).
    unpriced : tuple of str
        Levers that nobody has priced.
    dropped : int
        Worlds left out because a run failed.
    """

    outcome: str
    better: str
    budgets: tuple[float, ...]
    worlds: int
    replicates: int
    runs: int
    table: pd.DataFrame
    unpriced: tuple[str, ...]
    dropped: int


def value(results: Results, outcome: str) -> Value:
    """Work out what each budget buys.

    Raises
    ------
    CannotValue
        When the results are of another design, or the outcome has no direction.
    """
    plan = results.plan
    if plan["experiment"]["design"]["kind"] != "equal-cost":
        raise CannotValue(f"{results.path} holds no equal-cost design.")
    better = find_scalar(outcome)[0].direction
    if better == "neither":
        raise CannotValue(f"{outcome} is neither better high nor low, so that levers have no order.")
    if results.design["scenario"].nunique() > 1:
        raise CannotValue("Prices are compared within one scenario; this design holds several.")
    experiment = experiment_of(plan["experiment"], results.path / "scenarios")
    years = experiment.years or next(iter(experiment.loaded.values())).years
    budgets = tuple(float(b) for b in plan["experiment"]["design"]["budgets"])
    levers = [str(name) for name in dict.fromkeys(results.design["label"]) if name != AS_IT_IS]
    gains = _gains(results, outcome, 1.0 if better == "higher" else -1.0)
    saved = _saved(results, outcome)
    worlds = _whole_worlds(results, gains)
    parts = [_of_budget(results.design, budget, levers, worlds, gains, saved, years) for budget in budgets]
    all_worlds = results.design["world"].nunique()
    return Value(
        outcome, better, budgets, len(worlds), plan["replicates"], len(results.runs),
        pd.concat(parts, ignore_index=True), tuple(unpriced(experiment.factors)),
        int(all_worlds - len(worlds)),
    )  # fmt: skip


def _gains(results: Results, outcome: str, sign: float) -> np.ndarray:
    """The paired gain of every row over its world's base: (rows, replicates), positive is better."""
    wide = results.runs.pivot(index="row", columns="replicate", values=outcome)
    values = wide.reindex(range(len(results.design))).to_numpy(dtype=float)
    design = results.design
    base = design.index[design["label"] == AS_IT_IS]
    of_world = dict(zip(design["world"].iloc[base], base, strict=True))
    rows = design["world"].map(of_world).to_numpy()
    return np.asarray(sign * (values - values[rows]))


def _saved(results: Results, outcome: str) -> np.ndarray | None:
    """What a row saves a year on turnover, bids and gaps: (rows, replicates)."""
    period = outcome.removeprefix(f"{find_scalar(outcome)[0].name}_")
    name = f"cash_cost_{period}"
    if name not in results.outcomes:
        return None
    booked = results.design["booked"].to_numpy()[:, None]
    return np.asarray(_gains(results, name, -1.0) + booked)


def _whole_worlds(results: Results, gains: np.ndarray) -> list[int]:
    """Worlds in which every run has a number."""
    bad = set(results.design["world"][np.isnan(gains).any(axis=1)])
    worlds = [int(w) for w in results.design["world"].unique() if w not in bad]
    if len(worlds) < 2:
        raise CannotValue(f"Fewer than two worlds in {results.path} have a number in every run.")
    return worlds


def _rows_of(design: pd.DataFrame, lever: str, budget: float, worlds: list[int]) -> np.ndarray:
    """For each world the row of the most that a budget buys of a lever; -1 where it buys nothing."""
    own = design[(design["label"] == lever) & (design["budget"] <= budget)]
    last = own.sort_values("budget").groupby("world").tail(1)
    rows = dict(zip(last["world"], last.index, strict=True))
    return np.array([rows.get(world, -1) for world in worlds])


def _of_budget(
    design: pd.DataFrame,
    budget: float,
    levers: list[str],
    worlds: list[int],
    gains: np.ndarray,
    saved: np.ndarray | None,
    years: int,
) -> pd.DataFrame:
    """The table of one budget."""
    lines, ratios, totals = [], [], []
    for lever in levers:
        rows = _rows_of(design, lever, budget, worlds)
        line, ratio, total = _line(design, lever, rows, gains, saved, years)
        lines.append({"budget": budget, **line})
        ratios.append(ratio)
        totals.append(total)
    table = pd.DataFrame(lines)
    clear = table["clear"].to_numpy(dtype=bool)
    for name, values in ((("p_first", "p_top3", "p_top5"), ratios), (("p_most",), totals)):
        for column, top in zip(name, (1, 3, 5), strict=False):
            table[column] = chance_of_top(np.array(values), clear, top)
    return table.sort_values(["clear", "p_first", "p_top3", "per_10k"], ascending=False, ignore_index=True)


def _line(
    design: pd.DataFrame,
    lever: str,
    rows: np.ndarray,
    gains: np.ndarray,
    saved: np.ndarray | None,
    years: int,
) -> tuple[dict[str, object], np.ndarray, np.ndarray]:
    """A lever at a budget: its line, its gain per £10,000 in each world, and its gain in each world."""
    bought = rows >= 0
    gain = np.where(bought[:, None], gains[rows], 0.0)
    parts = {
        name: np.where(bought, design[name].to_numpy(dtype=float)[rows], 0.0)
        for name in ("cash", "time", "funder", "setup")
    }
    parts["setup"] = parts["setup"] / years
    spent = sum(parts.values(), np.zeros(len(rows)))
    of_world = without_luck(gain)
    ratio = np.divide(of_world, spent / PER, out=np.zeros(len(rows)), where=spent > 0)
    mean = estimate(gain.mean(axis=1))
    back = (
        np.where(bought[:, None], saved[rows], 0.0).mean(axis=1)
        if saved is not None
        else np.full(len(rows), np.nan)
    )
    low, middle, high = np.quantile(ratio, [0.05, 0.5, 0.95])
    return {
        "lever": lever, **_doses(design, lever, rows[bought]), "spent": float(spent.mean()),
        **{name: float(part.mean()) for name, part in parts.items()}, "saved": float(back.mean()),
        "gain": mean.mean, "low": mean.low, "high": mean.high,
        "per_10k": float(middle), "per_10k_low": float(low), "per_10k_high": float(high),
        "p_pays": float((back >= spent).mean()) if saved is not None else float("nan"),
        "clear": bool(mean.low > 0),
    }, ratio, of_world  # fmt: skip


def _doses(design: pd.DataFrame, lever: str, rows: np.ndarray) -> Mapping[str, str]:
    """The least and the most that is bought of a lever, as text."""
    if not len(rows):
        return {"dose_low": "nothing", "dose_high": "nothing"}
    values = design[lever].iloc[rows]
    doses = design["setup"].iloc[rows] + design["cash"].iloc[rows] + design["time"].iloc[rows]
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.isna().any() or all(isinstance(v, (bool, np.bool_)) for v in values):
        ordered = values.iloc[np.argsort(doses.to_numpy(), kind="stable")].astype(str)
        return {"dose_low": str(ordered.iloc[0]), "dose_high": str(ordered.iloc[-1])}
    return {"dose_low": f"{numbers.min():.3g}", "dose_high": f"{numbers.max():.3g}"}


# --- probabilities ------------------------------------------------------------------------------


def without_luck(gain: np.ndarray) -> np.ndarray:
    """Gains by world (worlds, replicates) with the scatter that luck adds taken off: mean, and shrunk deviations.

    The variance between worlds is that of their means less the mean variance over replicates divided by their number.
    """
    means = gain.mean(axis=1)
    n = gain.shape[1]
    total = float(means.var(ddof=1)) if len(means) > 1 else 0.0
    if n < 2 or total == 0:
        return np.asarray(means)
    real = max(0.0, total - float(gain.var(axis=1, ddof=1).mean()) / n)
    return np.asarray(means.mean() + (means - means.mean()) * np.sqrt(real / total))


def chance_of_top(values: np.ndarray, taking_part: np.ndarray, top: int) -> np.ndarray:
    """Share of worlds in which each lever (rows) is among the best `top`; 0 for who takes no part.

    Levers that tie share the places that they tie for.
    """
    chances = np.zeros(len(values))
    part = np.flatnonzero(taking_part)
    if not len(part):
        return chances
    chosen = values[part]
    above = (chosen[None] > chosen[:, None]).sum(axis=1)
    level = (chosen[None] == chosen[:, None]).sum(axis=1)
    chances[part] = np.clip((top - above) / level, 0.0, 1.0).mean(axis=1)
    return chances
