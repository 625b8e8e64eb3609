"""The game of a lesson: a budget, levers with their prices, and what a package of them gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from collabsim import display
from collabsim.analysis.differences import Estimate, estimate
from collabsim.analysis.packages import EQUITY, Option, Package, options, price_of, values_of
from collabsim.checks import ScenarioErrors
from collabsim.lessons import best as stored
from collabsim.lessons.differed import of_lever, title, with_unit
from collabsim.lessons.lesson import Game, Lesson, scale_of
from collabsim.lessons.stage import Stage
from collabsim.outcomes import find_scalar
from collabsim.payloads import Payload
from collabsim.scenario import Scenario


def choices(lesson: Lesson, game: Game) -> tuple[Option, ...]:
    """What can be bought, lever by lever, in the order of the game."""
    found = {option.lever.name: option for option in options(lesson.policies[game.policy].loaded)}
    missing = [name for name in game.levers if name not in found]
    if missing:
        raise ScenarioErrors([f"{', '.join(missing)} cannot be bought: no step is left above what there is."])
    return tuple(found[name] for name in game.levers)


def package(chosen: Mapping[str, int], offered: Sequence[Option]) -> Package:
    """The package of some steps of levers; a step that there is not counts as the last."""
    return tuple(min(chosen.get(o.lever.name, 0), len(o.values) - 1) for o in offered)


def table(lesson: Lesson, game: Game) -> Payload:
    """The price list: for every lever what each step is and costs a year."""
    scenario, outcome = lesson.policies[game.policy].loaded, find_scalar(game.outcome)[0]
    return {
        "budget": game.budget,
        "outcome": game.outcome,
        "title": outcome.title,
        "unit": scale_of(game.outcome).unit,
        "better": outcome.direction,
        "levers": [_priced(option, scenario.years) for option in choices(lesson, game)],
        "has_best": bool(game.best),
    }


def _priced(option: Option, years: int) -> Payload:
    lever = option.lever
    return {
        "name": lever.name,
        "title": title(lever),
        "steps": [
            {"step": step, "value": with_unit(lever, value), "price": round(price.yearly(years))}
            for step, (value, price) in enumerate(zip(option.values, option.prices, strict=True))
        ],
    }


def cost(lesson: Lesson, game: Game, chosen: Mapping[str, int]) -> float:
    """What some steps of levers cost a year: cash, staff time, and set-up spread over the years."""
    offered = choices(lesson, game)
    years = lesson.policies[game.policy].loaded.years
    return price_of(package(chosen, offered), offered).yearly(years)


def changed(lesson: Lesson, game: Game, chosen: Mapping[str, int]) -> Scenario:
    """The scenario with what was bought."""
    offered = choices(lesson, game)
    scenario = lesson.policies[game.policy].loaded
    return scenario.with_values(values_of(package(chosen, offered), offered))


def play(lesson: Lesson, game: Game, chosen: Mapping[str, int], stage: Stage) -> Payload:
    """What a package gives beyond the partnership as it is, under the same luck; nothing runs above the budget.

    Parameters
    ----------
    lesson : Lesson
    game : Game
    chosen : mapping of str to int
        Lever -> step.
    stage : Stage

    Returns
    -------
    dict
        `cost`, `budget`, `within`, `bought` (phrases) and, within the budget, `gain`, `low`, `high` in the units that
        people read (turned so that more is better), `level`, `words`, and `voice`, the gain in equity of voice.
    """
    paid = cost(lesson, game, chosen)
    found: Payload = {"cost": round(paid), "budget": game.budget, "within": paid <= game.budget + 0.5}
    found["bought"] = _bought(lesson, game, chosen)
    if not found["within"]:
        over = display.number(paid - game.budget, 0)
        return {**found, "words": f"That costs £{over} a year more than there is."}
    return {**found, **_gained(lesson, game, changed(lesson, game, chosen), stage)}


def _bought(lesson: Lesson, game: Game, chosen: Mapping[str, int]) -> list[str]:
    offered = choices(lesson, game)
    return [
        of_lever(option.lever, option.values[0], option.values[step])
        for option, step in zip(offered, package(chosen, offered), strict=True)
        if step
    ]


def _gained(lesson: Lesson, game: Game, scenario: Scenario, stage: Stage) -> Payload:
    outcome, period = find_scalar(game.outcome)
    scale, sign = scale_of(game.outcome), -1.0 if outcome.direction == "lower" else 1.0
    base = stage.of(lesson.policies[game.policy].loaded, lesson.replicates, lesson.seed)[1]
    now = stage.of(scenario, lesson.replicates, lesson.seed)[1]
    gain = estimate(sign * (now.scalars[game.outcome] - base.scalars[game.outcome]))
    voice = f"{EQUITY}_{period or 'last'}"
    return {
        "gain": round(gain.mean * scale.factor, 5),
        "low": round(gain.low * scale.factor, 5),
        "high": round(gain.high * scale.factor, 5),
        "level": scale.level(float(np.nanmean(now.scalars[game.outcome]))),
        "voice": round(float((now.scalars[voice] - base.scalars[voice]).mean()), 4),
        "words": _words(outcome.title, scale.change(gain.mean), scale.interval(gain, signed=True), gain),
    }


def _words(named: str, change: str, interval: str, gain: Estimate) -> str:
    if gain.mean == 0 and gain.sd == 0:
        return "Nothing was bought that changes it."
    if not gain.excludes_zero:
        return f"{named}: {change} ({interval}). That cannot be told from no gain."
    return f"{named}: {change} ({interval})."


def best(lesson: Lesson, game: Game, stage: Stage) -> Payload | None:
    """What the optimiser's stored package gives, run again under this lesson's luck; None without one."""
    if not game.best:
        return None
    kept = stored.best(game.best)
    return {**play(lesson, game, kept.steps, stage), "steps": kept.steps, "made": kept.made}


def searched(lesson: Lesson, game: Game) -> Payload:
    """The optimiser's stored package and its two scores: that of its own tries, and that of fresh luck.

    Returns
    -------
    dict
        `bought` (phrases), `cost`, `title` and `unit` of the outcome, `scores` (each a title and a gain in words) and
        `words`. No run is needed.
    """
    kept = stored.best(game.best)
    scale, outcome = scale_of(game.outcome), find_scalar(game.outcome)[0]
    mean, low, high = kept.made["fresh_gain"]
    first = scale.change(kept.made["searched_gain"])
    ends = display.interval(low * scale.factor, high * scale.factor, scale.decimals, signed=True)
    second = f"{scale.change(mean)} (95% interval {ends})"
    return {
        "bought": _bought(lesson, game, kept.steps),
        "cost": round(kept.yearly),
        "title": outcome.title,
        "unit": scale.unit,
        "scores": [
            {"title": "In the search that chose it", "gain": first},
            {"title": "Run again, with fresh luck", "gain": second},
        ],
        "words": f"{outcome.title}, in the search that chose it: {first}. Run again, with fresh luck: {second}. "
        + (
            "The two cannot be told apart."
            if low <= kept.made["searched_gain"] <= high
            else "Luck may be part of that."
        ),
    }
