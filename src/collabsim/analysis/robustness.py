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
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from collabsim.analysis.where import Where
from collabsim.experiment.factors import NOT_PARAMETERS
from collabsim.experiment.results import Results
from collabsim.outcomes import find_scalar
from collabsim.parameters import PARAMETER

DRAWS = 1000
TOP = 5
LEVEL = 0.95


class CannotCompare(ValueError):
    """The results cannot answer; the message is a plain sentence."""


@dataclass(frozen=True)
class Panel:
    """An outcome of every policy in every state of the world.

    Attributes
    ----------
    outcome : str
    better : str
        ``higher`` or ``lower``.
    policies, states : tuple of str
        The first policy is the base; the first state the usual one.
    values : array (policies, states, replicates)
        Replicate by replicate under the same luck; NaN where a run has no number.
    """

    outcome: str
    better: str
    policies: tuple[str, ...]
    states: tuple[str, ...]
    values: np.ndarray

    @cached_property
    def good(self) -> np.ndarray:
        """The values turned so that more is better."""
        return self.values if self.better == "higher" else -self.values


# --- from results -------------------------------------------------------------------------------


def panel(results: Results, outcome: str, base: str = "") -> Panel:
    """Read a panel from the results of a sweep.

    Parameters
    ----------
    results : Results
    outcome : str
        A scalar that the results hold.
    base : str
        The policy that others are compared with: the first row's, if empty.

    Raises
    ------
    CannotCompare
        When policies and states do not form a full table, rows did not share their luck, or the outcome has no
        direction.
    """
    better = find_scalar(outcome)[0].direction
    if better == "neither":
        raise CannotCompare(f"{outcome} is neither better high nor low, so that policies have no order.")
    if not results.plan["common"]:
        raise CannotCompare(
            "The rows did not meet the same luck (common = false), so that they cannot be paired."
        )
    policies, states = policy_names(results), state_names(results)
    order = list(dict.fromkeys(policies))
    if base and base not in order:
        from collabsim.checks import nearest, shown

        raise CannotCompare(f"There is no policy called {shown(base)}{nearest(base, order) or '.'}")
    order = [base, *(name for name in order if name != base)] if base else order
    columns = list(dict.fromkeys(states))
    values, members = _values(results, outcome, policies, states, order, columns)
    if members:
        columns = [
            f"{state}, member {m}" if len(columns) > 1 else f"member {m}"
            for state in columns
            for m in members
        ]
    return Panel(outcome, better, tuple(order), tuple(columns), values)


def policy_names(results: Results) -> list[str]:
    """What each row of the design does: its label, else the values of its levers."""
    design = results.design
    if "label" in design:
        return [str(label) for label in design["label"]]
    levers = [name for name in design if _kind(str(name)) == "lever"]
    return _named(design[levers], "as it is")


def state_names(results: Results) -> list[str]:
    """Which state of the world each row is in: its world, else scenario and all that is no lever."""
    design = results.design
    if "world" in design:
        return [f"world {number}" for number in design["world"]]
    others = [n for n in design if n not in NOT_PARAMETERS and _kind(str(n)) != "lever"]
    if design["scenario"].nunique() > 1:
        others = ["scenario", *others]
    return _named(design[others], "the world as it is")


def _kind(name: str) -> str:
    return PARAMETER[name].kind if name in PARAMETER else ""


def _named(table: pd.DataFrame, otherwise: str) -> list[str]:
    short = {name: str(name).removeprefix("structure.") for name in table}
    varied = [name for name in table if table[name].nunique() > 1]
    records = table[varied].to_dict("records")
    return [
        ", ".join(f"{short[k]} {_plain(v)}" for k, v in record.items()) or otherwise for record in records
    ]


def _plain(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _values(
    results: Results,
    outcome: str,
    policies: list[str],
    states: list[str],
    order: list[str],
    columns: list[str],
) -> tuple[np.ndarray, list[int]]:
    """The outcome as an array (policies, states, replicates), and the members of an ensemble that are states too."""
    place = {(p, s): row for row, (p, s) in enumerate(zip(policies, states, strict=True))}
    if len(place) < len(policies) or len(place) != len(order) * len(columns):
        raise CannotCompare(
            f"The design holds {len(order):,} policies and {len(columns):,} states of the world, but not each policy "
            "once in each state: use a table, grid or one-at-a-time design with structures, or an equal-cost design."
        )
    wide = results.runs.pivot(index="row", columns="replicate", values=outcome)
    rows = np.array([[place[p, s] for s in columns] for p in order])
    values = wide.reindex(range(len(policies))).to_numpy(dtype=float)[rows]
    members = _members(results, [int(number) for number in wide.columns])
    if not members:
        return np.asarray(values), []
    fewest = min(len(own) for own in members.values())
    split = np.stack([values[:, :, own[:fewest]] for own in members.values()], axis=2)
    return split.reshape(len(order), -1, fewest), list(members)


def _members(results: Results, replicates: list[int]) -> dict[int, list[int]]:
    """Places of the replicates of each accepted member, if each member has two or more; else nothing.

    Under common luck a replicate draws the same member in every row. A member that was run once cannot be told from
    luck: then members stay replicates, and intervals are over members and luck together.
    """
    if "member" not in results.runs:
        return {}
    drawn = results.runs.groupby("replicate")["member"].first()
    found: dict[int, list[int]] = {}
    for place, replicate in enumerate(replicates):
        found.setdefault(int(drawn[replicate]), []).append(place)
    return dict(sorted(found.items())) if min(map(len, found.values())) > 1 else {}


# --- measures -----------------------------------------------------------------------------------


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
        state, over resampled luck), surely_better, surely_worse (states in which the gain's interval excludes zero),
        max_regret, max_regret_low, max_regret_high, mean_regret, satisfied (share of states).
    gains, place : DataFrame
        Policies by states: gain over the base in the outcome's own unit, and place.
    regrets : DataFrame
        Policies (base included) by states.
    luck : float
        By how much the best mean of a state is flattered, on average, in the outcome's own unit.
    agreement : float
        Kendall's W of places over states: 1 when all states give one order.
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
            "surely_better": (np.quantile(gain_again[:, others], 0.025, axis=0) > 0).sum(axis=1),
            "surely_worse": (np.quantile(gain_again[:, others], 0.975, axis=0) < 0).sum(axis=1),
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
    """Kendall's coefficient of concordance of places (policies, states); NaN with fewer than two of either."""
    n, m = place.shape
    if n < 2 or m < 2:
        return float("nan")
    totals = place.sum(axis=1)
    return float(12 * ((totals - totals.mean()) ** 2).sum() / (m**2 * (n**3 - n)))


def survivors(found: Robustness) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Policies that are on top in every state; that are in the usual one but not in all; that turn from good to bad."""
    table = found.table
    always = table[table["worst_place"] <= found.top]["policy"]
    sometimes = table[(table["place"] <= found.top) & (table["worst_place"] > found.top)]["policy"]
    turning = table[(table["surely_better"] > 0) & (table["surely_worse"] > 0)]["policy"]
    return list(always), list(sometimes), list(turning)
