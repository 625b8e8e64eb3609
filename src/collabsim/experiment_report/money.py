"""What options cost beyond the base, cash and staff time apart, and what £10,000 of it buys.

Costs are the recorded ones, replicate by replicate; where none were recorded, list prices of the levers alone. Every
price of the table has a range: in each redraw of the replicates a price is drawn from it (triangular, the table's
figure being the mode), so that doubt about prices reaches "per £10,000" and the chance of buying the most.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from collabsim.analysis.differences import Estimate
from collabsim.analysis.options import DRAWS, Options, apart, firsts, redrawn
from collabsim.experiment_report.study import Setting, Study
from collabsim.outcomes import find_scalar
from collabsim.parameters import PARAMETER, REFERENCE_POSTS, doses
from collabsim.scenario import Scenario

CASH, TIME = "cash_cost", "staff_time_cost"
POUNDS = 10_000.0
UNSURE = "better; cannot tell whether it costs more"
FREE = "better, at no more cost", "better and cheaper"
"""What is said of something that is better and surely costs no more: no rate could say it better."""


@dataclass(frozen=True)
class Purchase:
    """What one option costs and buys beyond the base.

    Attributes
    ----------
    cash, time : Estimate
        Pounds a year.
    setup : float
        Pounds, once, by the price table.
    total : Estimate
        Cash and time together, doubt about prices included.
    rate : Estimate
        The outcome's change for £10,000 a year; NaN where it would mean nothing.
    words : str
        What stands in place of a rate; empty where there is one.
    p_most : float
        Share of redraws in which it buys the most for the money.
    """

    cash: Estimate
    time: Estimate
    setup: float
    total: Estimate
    rate: Estimate
    words: str
    p_most: float


@dataclass(frozen=True)
class Money:
    """What all options of a setting cost and buy.

    Attributes
    ----------
    purchases : list of Purchase
        By option; that of the base is of zeros.
    recorded : bool
        Whether costs were recorded, rather than taken from the price table.
    period : str
        A scalar of the cost outcome, for its period; empty for list prices.
    most : int
        Of the options that are better and may cost more, the one that most often buys the most; -1 without any.
    """

    purchases: list[Purchase]
    recorded: bool
    period: str
    most: int


def cost_scalars(study: Study, scalar: str) -> dict[str, str]:
    """The recorded cost outcomes of the same period, else of any period that both have; without any, none."""
    recorded = study.results.outcomes
    period = find_scalar(scalar)[1]
    others = [name.removeprefix(f"{CASH}_") for name in recorded if name.startswith(f"{CASH}_")]
    for word in dict.fromkeys([period, *others]):
        found = {name: f"{name}_{word}" for name in (CASH, TIME) if f"{name}_{word}" in recorded}
        if CASH in found:
            return found
    return {}


def money(study: Study, setting: Setting, found: Options) -> Money | None:
    """What the options of a setting cost; None where neither costs were recorded nor prices are known."""
    scalars = cost_scalars(study, study.scalar)
    scenarios = [study.scenario_of(row) for row in setting.rows.tolist()]
    if scalars:
        cash = study.values(scalars[CASH])[setting.rows]
        time = study.values(scalars[TIME])[setting.rows] if TIME in scalars else np.zeros_like(cash)
    elif all(scenarios):
        cash, time = _list_prices([s for s in scenarios if s], study.replicates)
    else:
        return None
    values = found.sign * study.values()[setting.rows]
    spread = _price_doubt(scenarios, found.base)
    purchases, rates = _purchases(values, cash, time, spread, found, study.common)
    setups = _setups(scenarios, found.base)
    p_most = firsts(rates)
    bought = [
        Purchase(**parts, setup=setup, p_most=float(p))
        for parts, setup, p in zip(purchases, setups, p_most, strict=True)
    ]
    most = int(np.nanargmax(p_most)) if np.isfinite(p_most).any() and np.nanmax(p_most) > 0 else -1
    return Money(bought, bool(scalars), scalars.get(CASH, ""), most)


def _list_prices(scenarios: Sequence[Scenario], replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Cash and staff time a year of each policy by the price table, the same in every replicate."""
    from collabsim.model.costs import programme_cost

    prices = [programme_cost(s.policy, sum(agency.posts for agency in s.agencies)) for s in scenarios]
    once = np.ones((1, replicates))
    cash, time = (np.array([[getattr(p, key)] for p in prices]) * once for key in ("cash", "time"))
    return cash, time


def _setups(scenarios: Sequence[Scenario | None], base: int) -> list[float]:
    """What each option's set-up costs beyond the base's; NaN where its policy is not known."""
    from collabsim.model.costs import programme_cost

    found = [
        programme_cost(s.policy, sum(agency.posts for agency in s.agencies)).setup if s else math.nan
        for s in scenarios
    ]
    return [setup - found[base] for setup in found]


# --- redraws ------------------------------------------------------------------------------------


def _purchases(
    values: np.ndarray, cash: np.ndarray, time: np.ndarray, spread: np.ndarray, found: Options, common: bool
) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Each option's estimates, and the rates of every redraw (draws, options) with what buys nothing left out."""
    stacked = np.concatenate([values, cash + time])
    drawn = redrawn(stacked, common)
    gains, costs = np.split(drawn, 2, axis=1)
    gains, costs = gains - gains[:, [found.base]], costs - costs[:, [found.base]] + spread
    parts = [
        {
            "cash": apart(cash[found.base], cash[n], common),
            "time": apart(time[found.base], time[n], common),
            "total": _middle(costs[:, n], apart((cash + time)[found.base], (cash + time)[n], common)),
            **_rate(gains[:, n], costs[:, n], found, n),
        }
        for n in range(len(values))
    ]
    return parts, _rates(gains, costs, found.better)


def _middle(drawn: np.ndarray, found: Estimate) -> Estimate:
    """The measured mean with the interval of the redraws, prices included."""
    low, high = _ends(drawn)
    return Estimate(found.mean, low, high, found.sd, found.n) if found.n > 1 else found


def _ends(drawn: np.ndarray) -> tuple[float, float]:
    known = drawn[np.isfinite(drawn)]
    if not known.size:
        return math.nan, math.nan
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def _rate(gains: np.ndarray, costs: np.ndarray, found: Options, n: int) -> dict[str, Any]:
    """The change for £10,000, or why there is none."""
    none = Estimate(math.nan, math.nan, math.nan, math.nan, 0)
    low, high = _ends(costs)
    change = found.changes[n]
    if n == found.base:
        return {"rate": none, "words": "compared with this"}
    if not change.excludes_zero:
        return {"rate": none, "words": "cannot tell whether it changes anything"}
    if n in found.worse:
        return {"rate": none, "words": "cheaper, but worse" if high < 0 else "worse"}
    if high <= 0:
        return {"rate": none, "words": FREE[0] if high == 0 else FREE[1]}
    if not low > 0:
        return {"rate": none, "words": UNSURE}
    drawn = found.sign * POUNDS * gains / costs
    ends = _ends(drawn)
    return {"rate": Estimate(float(np.median(drawn)), *ends, math.nan, change.n), "words": ""}


def _rates(gains: np.ndarray, costs: np.ndarray, better: Sequence[int]) -> np.ndarray:
    """Gain per pound in every redraw: without end where a gain costs nothing; NaN where none can be told.

    What is better and surely costs no more needs no rate: it is left out, and said to be so.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.where(costs > 0, gains / costs, np.inf)
    rates = np.where(gains > 0, rates, np.nan)
    free = [n for n in better if _ends(costs[:, n])[1] <= 0]
    rates[:, [n for n in range(gains.shape[1]) if n not in better or n in free]] = np.nan
    return np.asarray(rates)


def _price_doubt(scenarios: Sequence[Scenario | None], base: int, seed: int = 0) -> np.ndarray:
    """Pounds a year by which each option's cost is off in each redraw because prices are (draws, options)."""
    spread = np.zeros((DRAWS, len(scenarios)))
    first = scenarios[base]
    if first is None:
        return spread
    generator = np.random.default_rng([seed, 12])
    for name, lever in PARAMETER.items():
        if lever.cost is None or lever.cost.high <= lever.cost.low:
            continue
        more = np.array([_more(name, s, first) for s in scenarios])
        if more.any():
            spread += drawn_price(name, generator)[:, None] * more
    return spread


def _more(name: str, scenario: Scenario | None, base: Scenario) -> float:
    """Priced doses beyond the base's, for the size of the partnership."""
    if scenario is None:
        return 0.0
    return _doses(name, scenario) - _doses(name, base)


def _doses(name: str, scenario: Scenario) -> float:
    posts = sum(agency.posts for agency in scenario.agencies)
    return doses(PARAMETER[name], scenario.policy[name]) * posts / REFERENCE_POSTS


def drawn_price(name: str, generator: np.random.Generator) -> np.ndarray:
    """A lever's price a year for one dose, less the table's figure, drawn from its range; 0 where there is none."""
    cost = PARAMETER[name].cost
    if cost is None or cost.high <= cost.low:
        return np.zeros(DRAWS)
    figure = cost.yearly + cost.staff_time
    mode = min(max(figure, cost.low), cost.high)
    return generator.triangular(cost.low, mode, cost.high, DRAWS) - figure


def price_rows(policies: Sequence[Mapping[str, object]]) -> list[str]:
    """The priced levers in which some policies differ."""
    return [
        name for name, lever in PARAMETER.items()
        if lever.cost is not None and len({str(policy[name]) for policy in policies}) > 1
    ]  # fmt: skip
