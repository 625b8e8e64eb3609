"""What the model says to a prediction: the course, the right option, the number. Nothing here is written by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from collabsim import display
from collabsim.analysis import attribution, ledgers, options
from collabsim.analysis.differences import Estimate, estimate, paired
from collabsim.analysis.ratios import share
from collabsim.analysis.samples import Sample
from collabsim.lessons.lesson import Lesson, Prediction, scale_of
from collabsim.lessons.stage import Stage
from collabsim.outcomes import OUTCOME, find_scalar
from collabsim.payloads import Payload, by_quarter, course_of, period_of

CHANNEL_REPLICATES = 10
"""A split over channels takes 64 runs for each."""


def truth(stage: Stage, lesson: Lesson, asked: Prediction) -> Payload:
    """What the model says to a prediction.

    Returns
    -------
    dict
        `type`; `years`, `values`, `low`, `high` of a line; `right`, numbers of options, of a choice (empty where the
        question has no measure); `value`, `low`, `high` of a number; and `words`.
    """
    found = {"draw": _line, "choose": _choice, "number": _number}[asked.type](stage, lesson, asked)
    return {"type": asked.type, **found}


# --- a line -------------------------------------------------------------------------------------


def _line(stage: Stage, lesson: Lesson, asked: Prediction) -> Payload:
    policy = asked.policies[0]
    outcome = OUTCOME[asked.outcome]
    scale = display.scale(outcome)
    values = by_quarter(outcome, stage.runs(lesson, policy)) * scale.factor
    course = course_of(values)
    at = [_quarter(lesson, policy, year) for year in asked.years]
    low, high = course.get("low", course["mean"]), course.get("high", course["mean"])
    ends = [display.number(float(line[at[-1]]), scale.decimals) for line in (course["mean"], low, high)]
    words = (
        f"{lesson.policies[policy].label}: {outcome.title.lower()} is {ends[0]} in year {asked.years[-1]:g}; "
        f"eight in ten runs lie between {ends[1]} and {ends[2]}."
    )
    lines = {"values": course["mean"], "low": low, "high": high}
    found = {name: [round(float(line[n]), 5) for n in at] for name, line in lines.items()}
    return {"years": list(asked.years), **found, "words": words}


def _quarter(lesson: Lesson, policy: str, year: float) -> int:
    """The quarter that ends so many years after the policy's start."""
    return int((lesson.policies[policy].loaded.burn_in_years + year) * 4) - 1


# --- a choice -----------------------------------------------------------------------------------


def _choice(stage: Stage, lesson: Lesson, asked: Prediction) -> Payload:
    if not asked.measure:
        return {"right": [], "words": ""}
    measure = {
        "direction": _direction,
        "best": _best,
        "cause": _cause,
        "channel": _channel,
        "outcome": _outcome,
    }
    meant, words = measure[asked.measure](stage, lesson, asked)
    right = [n for n, option in enumerate(asked.options) if option.means in meant]
    return {"right": right, "words": words}


def _scalars(stage: Stage, lesson: Lesson, asked: Prediction, policy: str) -> np.ndarray:
    return stage.sample(lesson, policy).scalars[asked.outcome]


def _direction(stage: Stage, lesson: Lesson, asked: Prediction) -> tuple[list[str], str]:
    base, other = asked.policies[:2]
    values = [_scalars(stage, lesson, asked, policy) for policy in (base, other)]
    change = paired(values[0], values[1]).difference
    is_small = max(abs(change.low), abs(change.high)) <= asked.margin
    is_same = is_small or not change.excludes_zero
    meant = "same" if is_same else "higher" if change.mean > 0 else "lower"
    return [meant], difference_words(lesson, asked.outcome, (base, other), change)


def difference_words(lesson: Lesson, outcome: str, policies: Sequence[str], change: Estimate) -> str:
    """A difference between two policies in a sentence, with its interval."""
    title, scale = find_scalar(outcome)[0].title.lower(), scale_of(outcome)
    base, other = (f'"{lesson.policies[policy].label}"' for policy in policies)
    interval = scale.interval(change, signed=True)
    if not change.excludes_zero:
        return f"{other}, against {base}: {title} cannot be told from the same (95% interval {interval})."
    way = "higher" if change.mean > 0 else "lower"
    return f"{other}, against {base}: {title} is {scale.size(change.mean)} {way} (95% interval {interval})."


def _best(stage: Stage, lesson: Lesson, asked: Prediction) -> tuple[list[str], str]:
    """The policy that does most, and those that cannot be told from it."""
    values = np.array([_scalars(stage, lesson, asked, policy) for policy in asked.policies])
    found = options.compare(values, 0, find_scalar(asked.outcome)[0].direction)
    best = next(n for n in found.order if n != 0)
    tied = [n for n in found.rivals if n != 0] if found.best == best else []
    names = [asked.policies[n] for n in (best, *tied)]
    labels = display.listed([lesson.policies[name].label for name in names])
    scale = scale_of(asked.outcome)
    words = f"Most comes from: {labels} ({scale.change(found.changes[best].mean)} on average)."
    return names, words


def _cause(stage: Stage, lesson: Lesson, asked: Prediction) -> tuple[list[str], str]:
    """The line of the ledger that takes most away; lines that cannot be told from it share."""
    lines = stage.sample(lesson, asked.policies[0]).trust_ledger
    first = min(lines, key=lambda line: float(lines[line].mean()))
    same = [line for line in lines if line != first and not _is_more(lines[first], lines[line])]
    change = display.number(float(lines[first].mean()), 3, signed=True)
    return [
        first,
        *same,
    ], f"Most is lost to: {ledgers.TITLES[first].lower()} ({change} of trust in all years)."


def _is_more(one: np.ndarray, other: np.ndarray) -> bool:
    return estimate(other - one).excludes_zero


def _channel(stage: Stage, lesson: Lesson, asked: Prediction) -> tuple[list[str], str]:
    found = channels(stage, lesson, asked.policies[:2], asked.outcome)
    sizes = {name: abs(float(values.mean())) for name, values in found.channels.items()}
    most = max(sizes, key=lambda name: sizes[name])
    total = float(found.total.mean())
    part = display.percent(float(found.channels[most].mean()) / total) if total else display.NONE
    return [most], f"Most comes through: {attribution.TITLES[most].lower()} ({part} of the difference)."


def channels(stage: Stage, lesson: Lesson, policies: Sequence[str], outcome: str) -> attribution.Attribution:
    """How much of the difference between two policies comes through each channel."""
    base, other = (lesson.policies[policy].loaded for policy in policies)
    count = min(lesson.replicates, CHANNEL_REPLICATES)
    return stage.split(base, other, outcome, count, lesson.seed)


def _outcome(stage: Stage, lesson: Lesson, asked: Prediction) -> tuple[list[str], str]:
    """The outcome, of those that the options name, that changes most in its own spread."""
    base, other = (stage.sample(lesson, policy) for policy in asked.policies[:2])
    period = period_of(lesson.policies[asked.policies[0]].loaded.years)
    sizes = {o.means: _size(base, other, f"{o.means}_{period}") for o in asked.options}
    names = sorted(sizes, key=lambda name: -sizes[name])
    texts = {option.means: option.text.rstrip(".") for option in asked.options}
    figures = [display.number(sizes[name], 1) for name in names]
    told = [f"{texts[name]} ({figure})" for name, figure in zip(names, figures, strict=True)]
    first = f"What changes most: {texts[names[0]]} ({figures[0]} times its usual ups and downs)."
    return names[:1], f"{first} Then: {'; '.join(told[1:])}."


def _size(base: Sample, other: Sample, name: str) -> float:
    """A difference in standard deviations between runs under the base."""
    found = paired(base.scalars[name], other.scalars[name])
    return abs(found.difference.mean) / found.base.sd if found.base.sd > 0 else 0.0


# --- a number -----------------------------------------------------------------------------------


def _number(stage: Stage, lesson: Lesson, asked: Prediction) -> Payload:
    values = [_scalars(stage, lesson, asked, policy) for policy in asked.policies]
    found, factor = _estimated(values, asked)
    ends = [
        round(end * factor, 5) if math.isfinite(end) else None for end in (found.mean, found.low, found.high)
    ]
    decimals = 0 if asked.measure == "part" else scale_of(asked.outcome).decimals
    told = [display.number(end * factor, decimals) for end in (found.mean, found.low, found.high)]
    unit = "%" if asked.measure == "part" else f" ({asked.unit})"
    left_out = "" if asked.measure == "part" else _left_out(asked.outcome, found, len(values[0]))
    words = f"The model gives {told[0]}{unit}; 95% interval {told[1]} to {told[2]}{left_out}."
    return {"value": ends[0], "low": ends[1], "high": ends[2], "words": words}


def _left_out(scalar: str, found: Estimate, replicates: int) -> str:
    """Of how many replicates a number is, where some have none."""
    words = display.known(find_scalar(scalar)[0], found, replicates)
    return f" ({words})" if words else ""


def _estimated(values: Sequence[np.ndarray], asked: Prediction) -> tuple[Estimate, float]:
    """The number with its interval, and what turns it into what people read."""
    if asked.measure == "part":
        return share(values[2] - values[0], values[1] - values[0]), 100.0
    factor = scale_of(asked.outcome).factor
    found = values[0] if asked.measure == "level" else values[1] - values[0]
    return estimate(found), factor
