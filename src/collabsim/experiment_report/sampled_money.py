"""What each lever of a sampled design costs and buys: its effect on the outcome beside its effect on costs.

Both effects are changes of a mean from the lever's lowest to its highest values, the other levers varying. Their doubt
is redrawn (normal, from the 95% intervals), and prices from their ranges, for "per £10,000" and the chance of buying
the most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from collabsim import display
from collabsim.analysis.differences import Estimate
from collabsim.analysis.options import DRAWS, firsts
from collabsim.analysis.ranking import CannotRank, Ranking, rank
from collabsim.experiment_report.called import spoken
from collabsim.experiment_report.money import CASH, FREE, POUNDS, TIME, UNSURE, cost_scalars, drawn_price
from collabsim.experiment_report.money_words import SURE, TITLE, between, pounds, price_row, several
from collabsim.experiment_report.sentences import chance
from collabsim.experiment_report.study import Study, thing
from collabsim.parameters import LEVER_GROUPS, PARAMETER, REFERENCE_POSTS, doses
from collabsim.report import Section, Table

NOTHING = Estimate(0.0, 0.0, 0.0, 0.0, 0)
_WIDE = 2 * 1.959964
_UNKNOWN = Estimate(math.nan, math.nan, math.nan, math.nan, 0)


@dataclass(frozen=True)
class Lever:
    """What a lever costs and buys between two values.

    Attributes
    ----------
    name, first, last : str
        The two values go from the worse to the better where they are words.
    gain, cash, time : Estimate
        Changes of the outcome and of pounds a year.
    told : bool
        Whether the gain can be told from nothing.
    better : bool
        Whether the change is for the better.
    rate : Estimate
        The outcome's change for £10,000 a year; NaN where it would mean nothing.
    words : str
        What stands in its place.
    p_most : float
    """

    name: str
    first: str
    last: str
    gain: Estimate
    cash: Estimate
    time: Estimate
    told: bool
    better: bool
    rate: Estimate = _UNKNOWN
    words: str = ""
    p_most: float = math.nan


@dataclass(frozen=True)
class Spending:
    """What all levers cost and buy.

    Attributes
    ----------
    levers : list of Lever
        The one that most often buys the most first.
    """

    levers: list[Lever] = field(default_factory=list)


def spending(study: Study, ranking: Ranking) -> Spending | str:
    """What the levers cost and buy, or a sentence that says why this cannot be told."""
    names = [
        f.name for f in study.experiment.factors if f.name in PARAMETER and PARAMETER[f.name].kind == "lever"
    ]
    if not names:
        return "The experiment varies no lever, only what is uncertain: nothing in it is bought."
    if study.outcome.direction == "neither":
        return f"We cannot tell what £10,000 buys: neither more nor less of {thing(study.scalar)} is better."
    scalars = cost_scalars(study, study.scalar)
    if not scalars:
        return (
            "We cannot tell what it costs: the experiment recorded no cost (“cash_cost_last” and "
            "“staff_time_cost_last” among its outcomes would)."
        )
    costs = {name: _effects(study, ranking, scalar) for name, scalar in scalars.items()}
    rows = [row for row in ranking.effects.to_dict("records") if row["factor"] in names]
    levers = [_lever(row, costs, study) for row in rows]
    return Spending(_with_rates(levers, study))


def _effects(study: Study, ranking: Ranking, scalar: str) -> dict[str, dict[Any, Any]]:
    """The change of a cost by each factor; without any where the cost never varies."""
    try:
        found = rank(study.results, scalar, case=ranking.case, pawn=False, draws=200)
    except CannotRank:
        return {}
    return {str(row["factor"]): row for row in found.effects.to_dict("records")}


def _lever(row: dict[Any, Any], costs: dict[str, dict[str, dict[Any, Any]]], study: Study) -> Lever:
    sign = 1 if study.outcome.direction == "higher" else -1
    gain = _estimate(row)
    turn = bool(row["ordered"]) and gain.mean * sign < 0  # bought is what makes it better: from high to low
    told = row["direction"] != "unclear" and gain.excludes_zero
    ends = (row["high_value"], row["low_value"]) if turn else (row["low_value"], row["high_value"])
    cash, time = (_cost(costs.get(name, {}), row, turn) for name in (CASH, TIME))
    return Lever(str(row["factor"]), str(ends[0]), str(ends[1]), _turned(gain, turn), cash, time, told,
                 gain.mean * sign > 0 or turn)  # fmt: skip


def _estimate(row: dict[Any, Any]) -> Estimate:
    sd = (row["high"] - row["low"]) / _WIDE
    return Estimate(float(row["change"]), float(row["low"]), float(row["high"]), float(sd), 1)


def _turned(found: Estimate, turn: bool) -> Estimate:
    return Estimate(-found.mean, -found.high, -found.low, found.sd, found.n) if turn else found


def _cost(effects: dict[str, dict[Any, Any]], row: dict[Any, Any], turn: bool) -> Estimate:
    """The change of a cost between the same two values; NaN where the cost was summed up between others."""
    if not effects:
        return NOTHING
    other = effects[str(row["factor"])]
    ends = (row["low_value"], row["high_value"])
    if (other["low_value"], other["high_value"]) == ends:
        return _turned(_estimate(other), turn)
    if (other["high_value"], other["low_value"]) == ends:
        return _turned(_estimate(other), not turn)
    return _UNKNOWN


# --- rates --------------------------------------------------------------------------------------


def _with_rates(levers: list[Lever], study: Study) -> list[Lever]:
    """The levers with what £10,000 buys, the one that most often buys the most first."""
    from dataclasses import replace

    generator = np.random.default_rng([0, 13])
    gains, costs = np.empty((DRAWS, len(levers))), np.empty((DRAWS, len(levers)))
    for n, lever in enumerate(levers):
        gains[:, n] = _redrawn(lever.gain, generator)
        costs[:, n] = _redrawn(lever.cash, generator) + _redrawn(lever.time, generator)
        costs[:, n] += _dearer(lever, study) * drawn_price(lever.name, generator)
    sign = 1 if study.outcome.direction == "higher" else -1
    wins = _wins(sign * gains, costs, levers)
    found = [
        replace(lever, p_most=float(p), **_rate(lever, gains[:, n], costs[:, n]))
        for n, (lever, p) in enumerate(zip(levers, firsts(wins), strict=True))
    ]
    return sorted(found, key=lambda lever: (-np.nan_to_num(lever.p_most), not lever.told))


def _redrawn(found: Estimate, generator: np.random.Generator) -> np.ndarray:
    return generator.normal(found.mean, found.sd, DRAWS) if found.sd > 0 else np.full(DRAWS, found.mean)


def _dearer(lever: Lever, study: Study) -> float:
    """Priced doses from the first value to the last, for the size of the partnership."""
    scenario = next(iter(study.scenarios.values()), None)
    if scenario is None or PARAMETER[lever.name].cost is None:
        return 0.0
    posts = sum(agency.posts for agency in scenario.agencies)
    try:
        ends = [doses(PARAMETER[lever.name], _typed(lever.name, word)) for word in (lever.first, lever.last)]
    except ValueError:
        return 0.0
    return (ends[1] - ends[0]) * posts / REFERENCE_POSTS


def _typed(name: str, word: str) -> bool | float | str:
    kind = PARAMETER[name].type
    return word == "yes" if kind == "boolean" else word if kind == "choice" else float(word)


def _wins(gains: np.ndarray, costs: np.ndarray, levers: list[Lever]) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.where(costs > 0, gains / costs, np.inf)
    rates[~(gains > 0) | np.isnan(costs)] = np.nan
    free = np.quantile(costs, 0.975, axis=0) <= 0  # better and surely no dearer: no rate could say it better
    rates[:, free | np.array([not lever.told for lever in levers])] = np.nan
    return np.asarray(rates)


def _rate(lever: Lever, gains: np.ndarray, costs: np.ndarray) -> dict[str, Any]:
    if not lever.told:
        return {"words": "cannot tell whether it changes anything"}
    if np.isnan(costs).any():
        return {"words": "cannot tell what it costs"}
    low, high = np.quantile(costs, [0.025, 0.975])
    if high <= 0:
        return {"words": FREE[0] if high == 0 else FREE[1]}
    if low <= 0:
        return {"words": UNSURE}
    drawn = POUNDS * gains / costs
    ends = np.quantile(drawn, [0.025, 0.975])
    return {"rate": Estimate(float(np.median(drawn)), float(ends[0]), float(ends[1]), math.nan, 1)}


# --- words --------------------------------------------------------------------------------------


def sentence(found: Spending | str, scale: display.Scale) -> str:
    """Which lever buys the most, or that this cannot be told."""
    if isinstance(found, str):
        return found
    if not any(lever.told for lever in found.levers):
        return "We cannot tell what the money buys: no lever's effect can be told from nothing."
    free = [
        f"{spoken(lever.name)} ({lever.first} to {lever.last})"
        for lever in found.levers
        if lever.words in FREE
    ]
    start = f"Better at no more cost: {several(free)}." if free else ""
    return f"{start} {_most(found, scale, bool(free))}".strip()


def _most(found: Spending, scale: display.Scale, is_left: bool) -> str:
    """Which of the levers that may cost more buys the most."""
    told = [lever for lever in found.levers if lever.told and np.nan_to_num(lever.p_most) > 0]
    if not told:
        return (
            "Of the others, none can be said to buy anything."
            if is_left
            else "None can be said to buy anything."
        )
    first, rest = told[0], "Of the others, " if is_left else ""
    what = f"{spoken(first.name)} from {first.first} to {first.last}"
    if first.p_most >= SURE:
        sure = chance(first.p_most)
        text = f"{rest}{what} buys the most for its money ({sure} of redraws of effects and prices)"
        return display.begun(f"{text}: {_buys(first, scale)}.")
    named = display.listed([f"{spoken(lever.name)} ({chance(lever.p_most)})" for lever in told[:3]])
    text = f"{rest}which lever buys the most for its money we cannot tell: {named} of redraws of effects and prices"
    return display.begun(f"{text}; {what}: {_buys(first, scale)}.")


def _buys(lever: Lever, scale: display.Scale) -> str:
    spent = f"{pounds(lever.cash.mean, signed=True)} in cash and {pounds(lever.time.mean, signed=True)} in staff time a year"
    change = f"{scale.change(lever.gain.mean)} [{scale.interval(lever.gain, signed=True)}] for {spent}"
    if lever.words:
        return f"{change} ({lever.words})"
    return f"{change}, or {scale.change(lever.rate.mean)} [{scale.interval(lever.rate, signed=True)}] for £10,000"


def section(found: Spending | str, study: Study, scale: display.Scale) -> Section:
    """The section on money."""
    text = sentence(found, scale)
    if isinstance(found, str):
        return Section("money", TITLE, paragraphs=[text])
    rows = [_row(lever, scale) for lever in found.levers]
    head = [
        "Lever",
        f"change ({scale.unit})",
        "cash a year",
        "staff time a year",
        "£10,000 buys",
        "most for its money in",
    ]
    tables = [Table("Each lever from one end of its range to the other, intervals beneath", head, rows)]
    priced = [price_row(lever.name) for lever in found.levers if PARAMETER[lever.name].cost]
    heads = ["Lever", "for", "set-up, once", "cash a year", "staff time a year", "range a year", "grade"]
    tables += [Table("Prices of these levers, for 45 posts", heads, priced)] if priced else []
    note = (
        "A lever's change is between the mean of the rows at one end of its range and at the other, all others varying; "
        f"“from … to …” goes the way that makes {thing(study.scalar)} better. Costs are recorded: policy, bids, reporting, "
        "leavers and closures in cash, staff time at opportunity cost. What a lever costs at a dose of your own is in "
        "“collabsim parameters”."
    )
    return Section("money", TITLE, paragraphs=[text, note], tables=tables)


def _row(lever: Lever, scale: display.Scale) -> list[str]:
    group = LEVER_GROUPS.get(PARAMETER[lever.name].group, "")
    rate = lever.words or f"{scale.change(lever.rate.mean)}\n{scale.interval(lever.rate, signed=True)}"
    return [
        f"{spoken(lever.name)}, {lever.first} to {lever.last}\n{group}",
        f"{scale.change(lever.gain.mean)}\n{scale.interval(lever.gain, signed=True)}",
        f"{pounds(lever.cash.mean, signed=True)}\n{between(lever.cash, signed=True)}",
        f"{pounds(lever.time.mean, signed=True)}\n{between(lever.time, signed=True)}",
        rate, chance(lever.p_most) if lever.told else display.NONE,
    ]  # fmt: skip
