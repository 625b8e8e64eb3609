"""What learners answer: read from what a browser or a terminal sends, and put together without names."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from collabsim.checks import shown
from collabsim.display import number
from collabsim.lessons.lesson import Observation, Prediction, Step
from collabsim.payloads import Payload

Answer = int | float | list[int] | list[float] | dict[str, int]
"""An option's number (from 0) · a number · options · a value for each of `Prediction.years` · lever -> step."""

BARS = 20
MOST_LINES = 60
MOST_STEPS_OF_A_LEVER = 8


class WrongAnswer(ValueError):
    """What was sent cannot be an answer; the message is a plain sentence."""


def read_answer(step: Step, raw: Any) -> Answer:
    """The answer to a step's question, checked.

    Parameters
    ----------
    step : Step
        One that asks something, or a game.
    raw
        What was sent, as JSON reads it.

    Raises
    ------
    WrongAnswer
    """
    if step.prediction is not None:
        return _predicted(step.prediction, raw)
    if step.observation is not None:
        return _observed(step.observation, raw)
    if step.game is not None:
        return _spent(step.game.levers, raw)
    raise WrongAnswer(f"The step {shown(step.title)} asks nothing.")


def _predicted(asked: Prediction, raw: Any) -> Answer:
    if asked.type == "choose":
        return _option(raw, len(asked.options))
    if asked.type == "number":
        return _within(asked, raw)
    years = asked.years
    if not isinstance(raw, list) or len(raw) != len(years):
        raise WrongAnswer(f"A line needs {len(years)} values, one a year.")
    return [_within(asked, value) for value in raw]


def _option(raw: Any, count: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw < count:
        raise WrongAnswer(f"Choose one of the {count} answers.")
    return raw


def _within(asked: Prediction, raw: Any) -> float:
    is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
    if not (is_number and math.isfinite(raw) and asked.low <= raw <= asked.high):
        low, high = number(asked.low, 2), number(asked.high, 2)
        raise WrongAnswer(f"A number from {low} to {high} is needed, not {shown(raw)}.")
    return float(raw)


def _observed(asked: Observation, raw: Any) -> list[int]:
    if not isinstance(raw, list) or not raw or len(raw) > len(asked.options):
        raise WrongAnswer("Choose at least one of the answers.")
    return sorted({_option(value, len(asked.options)) for value in raw})


def _spent(levers: Sequence[str], raw: Any) -> dict[str, int]:
    if not isinstance(raw, dict) or not set(raw) <= set(levers):
        raise WrongAnswer("Only the levers of the game can be bought.")
    if not all(type(value) is int and 0 <= value <= MOST_STEPS_OF_A_LEVER for value in raw.values()):
        raise WrongAnswer("Each lever is bought in whole steps.")
    return {lever: raw[lever] for lever in levers if raw.get(lever)}


# --- a class's answers --------------------------------------------------------------------------


def collect(step: Step, answers: Sequence[Answer]) -> Payload:
    """The answers of a class as a distribution that says of nobody who answered what.

    Parameters
    ----------
    step : Step
    answers : sequence
        As `read_answer` gives them.

    Returns
    -------
    dict
        `n`, and for options `counts`; for a number `edges`, `counts`, `median`; for lines `years`, `median`, `low`,
        `high` (the middle half) and up to 60 `lines`; for a game `bought`, how many bought each lever.
    """
    if step.prediction is not None and step.prediction.type == "draw":
        return _lines(step.prediction, answers)
    if step.prediction is not None and step.prediction.type == "number":
        return _histogram(step.prediction, answers)
    if step.game is not None:
        bought = Counter(lever for answer in answers if isinstance(answer, Mapping) for lever in answer)
        return {"type": "game", "n": len(answers), "bought": {k: bought[k] for k in step.game.levers}}
    options = (step.prediction or step.observation or Observation("", ())).options
    chosen = Counter(n for answer in answers for n in (answer if isinstance(answer, list) else [answer]))
    return {
        "type": "choose",
        "n": len(answers),
        "options": [option.text for option in options],
        "counts": [chosen[n] for n in range(len(options))],
    }


def _lines(asked: Prediction, answers: Sequence[Answer]) -> Payload:
    found: Payload = {"type": "draw", "n": len(answers), "years": list(asked.years), "lines": []}
    if not answers:
        return {**found, "median": [], "low": [], "high": []}
    values = np.array(answers, dtype=float)
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0).round(4).tolist()
    lines = np.unique(values.round(4), axis=0)[:MOST_LINES].tolist()  # in no order of arrival
    return {**found, "median": median, "low": low, "high": high, "lines": lines}


def _histogram(asked: Prediction, answers: Sequence[Answer]) -> Payload:
    bars = min(BARS, max(1, round((asked.high - asked.low) / asked.step)))
    values = np.array(answers, dtype=float)
    counts, edges = np.histogram(values, bins=bars, range=(asked.low, asked.high))
    return {
        "type": "number",
        "n": len(answers),
        "unit": asked.unit,
        "edges": edges.round(6).tolist(),
        "counts": counts.tolist(),
        "median": round(float(np.median(values)), 4) if len(values) else None,
    }
