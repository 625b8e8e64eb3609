"""Policies across states of the world: places, regret and satisficing, and what survives.

When to use it: "which policy is good whichever model is right?". What it needs: results in which the same policies
(labels, or values of levers) were run in every state of the world (structural variants, values of uncertainties,
scenarios) under the same luck. What it returns: for each policy its gain over the base in each state, its place, its
regret (how far the best policy of that state is ahead) and, with a condition, in how many states it meets it. Intervals
are a bootstrap over replicates, drawn together for all policies and states, as they share their luck.

The best of several noisy means is flattered by luck, so regrets are a little too large; `luck` says by how much for the
best policy of each state on average.

References
----------
Savage, L. J. (1951). The theory of statistical decision. Journal of the American Statistical Association 46, 55-67: regret.
Starr, M. K. (1962). Product Design and Decision Theory. Prentice-Hall: satisficing over states (domain criterion).
Herman, J. D., Reed, P. M., Zeff, H. B. and Characklis, G. W. (2015). How should robustness be defined for water systems
planning under change? Journal of Water Resources Planning and Management 141(10).
Kendall, M. G. (1962). Rank Correlation Methods, 3rd edition. Griffin: concordance with ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from collabsim.analysis.panels import CannotCompare, Panel, panel
from collabsim.analysis.student import t_quantile
from collabsim.analysis.where import Where

__all__ = [
    "CannotCompare",
    "Panel",
    "Robustness",
    "kendalls_w",
    "panel",
    "places",
    "regret",
    "robustness",
    "survivors",
]

DRAWS = 1000
TOP = 5
LEVEL = 0.95


def regret(means: np.ndarray) -> np.ndarray:
    """How far the best policy of each state is ahead of each: (policies, states), more being better."""
    return np.asarray(means.max(axis=-2, keepdims=True) - means)


def places(means: np.ndarray) -> np.ndarray:
    """The place of each policy in each state, 1 being best; equal policies share the better place."""
    return 1 + (means[..., None, :, :] > means[..., :, None, :]).sum(axis=-2)


@dataclass(frozen=True)
class Robustness:
    """What a panel shows.

    Attributes
    ----------
    panel : Panel
    table : DataFrame
        A row for each policy but the base, most robust first: policy, gain (mean over states), low, high,
        worst_gain, place (in the usual state), best_place, worst_place, p_top (chance of being in the top in every
        state, over resampled luck), surely_better, surely_worse (states in which the gain differs from nothing, at 5% over
        all policies and states together: Bonferroni),
        max_regret, max_regret_low, max_regret_high, mean_regret, satisfied (share of states).
    gains, place : DataFrame
        Policies by states: gain over the base in the outcome's own unit, and place.
    regrets : DataFrame
        Policies (base included) by states.
    luck : float
        By how much the best mean of a state is flattered, on average, in the outcome's own unit.
    agreement : float
        Kendall's W of places over states: 1 when all states give one order; NaN where there is none to agree on.
    top : int
        How many places are "on top".
    """

    panel: Panel
    table: pd.DataFrame
    gains: pd.DataFrame
    place: pd.DataFrame
    regrets: pd.DataFrame
    luck: float
    agreement: float
    top: int


def robustness(
    found: Panel, where: Where | None = None, *, top: int = TOP, draws: int = DRAWS, seed: int = 0
) -> Robustness:
    """Compare policies across states.

    Parameters
    ----------
    found : Panel
    where : Where, optional
        What is good enough.
    top : int
        How many places count as being on top.
    draws, seed : int
        Of the bootstrap.
    """
    complete = _complete(found)
    means = complete.mean(axis=2)
    again = _resampled(complete, draws, seed)
    gain, gain_again = means - means[:1], again - again[:, :1]
    sign = 1.0 if found.better == "higher" else -1.0
    others = slice(1, None)
    names, states = found.policies[others], found.states
    place = places(gain[others])
    margin = _margin((complete - complete[:1])[others])
    table = pd.DataFrame(
        {
            "policy": names,
            "gain": sign * gain[others].mean(axis=1),
            **_ends(sign * gain_again[:, others].mean(axis=2), "low", "high"),
            "worst_gain": sign * gain[others].min(axis=1),
            "place": place[:, 0],
            "best_place": place.min(axis=1),
            "worst_place": place.max(axis=1),
            "p_top": (places(gain_again[:, others]) <= top).all(axis=2).mean(axis=0),
            "surely_better": (gain[others] > margin).sum(axis=1),
            "surely_worse": (gain[others] < -margin).sum(axis=1),
            "max_regret": regret(means)[others].max(axis=1),
            **_ends(regret(again)[:, others].max(axis=2), "max_regret_low", "max_regret_high"),
            "mean_regret": regret(means)[others].mean(axis=1),
            "satisfied": _satisfied(sign * means[others], where),
        }
    ).sort_values(["worst_place", "place"], kind="stable", ignore_index=True)
    return Robustness(
        found, table, _frame(sign * gain[others], names, states), _frame(place, names, states),
        _frame(regret(means), found.policies, states),
        float((again.max(axis=1) - means.max(axis=0)).mean()), kendalls_w(place), top,
    )  # fmt: skip


def _complete(found: Panel) -> np.ndarray:
    """The replicates in which every policy has a number in every state."""
    known = ~np.isnan(found.good).any(axis=(0, 1))
    if known.sum() < 2:
        raise CannotCompare(f"Fewer than two replicates have a number for {found.outcome} in every row.")
    return np.asarray(found.good[:, :, known])


def _resampled(values: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Means over replicates drawn again with replacement: (draws, policies, states)."""
    n = values.shape[2]
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws) / n
    return np.asarray(np.einsum("psr,dr->dps", values, weights))


def _margin(gains: np.ndarray) -> np.ndarray:
    """How large a mean gain (policies, states, replicates) must be to differ from nothing at 5% over all of them."""
    n = gains.shape[2]
    level = 1 - (1 - LEVEL) / max(1, gains.shape[0] * gains.shape[1])
    return np.asarray(t_quantile(level, n - 1) * gains.std(axis=2, ddof=1) / np.sqrt(n))


def _ends(values: np.ndarray, low: str, high: str) -> dict[str, np.ndarray]:
    """Ends of the 95% interval over draws (first axis); lower end first whatever the sign."""
    ends = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return {low: ends[0], high: ends[1]}


def _satisfied(means: np.ndarray, where: Where | None) -> np.ndarray:
    if where is None:
        return np.full(len(means), np.nan)
    return np.asarray(where.holds(means).mean(axis=1))


def _frame(values: np.ndarray, policies: Sequence[str], states: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(values, index=list(policies), columns=list(states))


def kendalls_w(place: np.ndarray) -> float:
    """Kendall's coefficient of concordance of places (policies, states), corrected for ties (Kendall 1962, chapter 6).

    Equal policies count with the mean of the places that they take up. NaN with fewer than two policies or states, and
    where all policies are equal in every state: there is no order to agree on.
    """
    n, m = place.shape
    if n < 2 or m < 2:
        return float("nan")
    before = (place[None] < place[:, None]).sum(axis=1)
    equal = (place[None] == place[:, None]).sum(axis=1)
    totals = (before + (equal + 1) / 2).sum(axis=1)
    ties = (equal**2 - 1).sum()  # each of t that are equal adds t^2 - 1, so that they add t^3 - t together
    most = m**2 * (n**3 - n) - m * ties
    return float(12 * ((totals - totals.mean()) ** 2).sum() / most) if most else float("nan")


def survivors(found: Robustness) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Policies that are on top in every state; that are in the usual one but not in all; that turn from good to bad."""
    table = found.table
    always = table[table["worst_place"] <= found.top]["policy"]
    sometimes = table[(table["place"] <= found.top) & (table["worst_place"] > found.top)]["policy"]
    turning = table[(table["surely_better"] > 0) & (table["surely_worse"] > 0)]["policy"]
    return list(always), list(sometimes), list(turning)
