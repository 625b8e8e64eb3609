"""What a step of a lesson shows once it may: worked out by running the model, under common random numbers.

A page, a handout and the terminal draw what these functions return; none of them works anything out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collabsim import display
from collabsim.analysis.differences import Estimate, estimate, paired
from collabsim.lessons import game, truths
from collabsim.lessons.answers import Answer
from collabsim.lessons.differed import differed
from collabsim.lessons.lesson import Lesson, Prediction, Step, scale_of
from collabsim.lessons.stage import Stage
from collabsim.outcomes import OUTCOME, Outcome, find_scalar
from collabsim.payloads import (
    PERIOD_WORDS,
    Payload,
    by_quarter,
    course_of,
    difference_row,
    ledger,
    period_of,
    rounded,
)
from collabsim.provenance import NOTE
from collabsim.stories import story

STAGE = Stage()
"""The runs that this process shares."""


def given(lesson: Lesson, step: Step, stage: Stage = STAGE) -> Payload:
    """What a learner sees before predicting: axes, the course so far, and of a line the years to draw.

    Nothing in it gives the answer away.
    """
    asked = step.prediction
    if asked is None:
        return {}
    found = {"type": asked.type, "question": asked.question, "unit": asked.unit}
    if asked.type == "choose":
        return {**found, "options": [option.text for option in asked.options]}
    axis = {"low": asked.low, "high": asked.high, "step": asked.step}
    return {**found, **axis, **(_so_far(stage, lesson, asked) if asked.type == "draw" else {})}


def _so_far(stage: Stage, lesson: Lesson, asked: Prediction) -> Payload:
    outcome = OUTCOME[asked.outcome]
    line = _line(stage, lesson, asked.policies[0], outcome)
    x = _x(lesson, asked.policies[0])
    known = [n for n, year in enumerate(x) if year < asked.from_year]
    others = [_line(stage, lesson, policy, outcome) for policy in asked.policies[1:2]]
    return {
        "title": outcome.title,
        "decimals": display.scale(outcome).decimals,
        "from": asked.from_year,
        "to": asked.to_year,
        "years": list(asked.years),
        "label": line["label"],
        "x": x,
        "before": [line["mean"][n] for n in known],
        "known": {"label": others[0]["label"], "mean": others[0]["mean"]} if others else None,
    }


def reveal(lesson: Lesson, step: Step, stage: Stage = STAGE) -> Payload:
    """Everything that a step shows.

    Parameters
    ----------
    lesson : Lesson
    step : Step
    stage : Stage
        Whose runs are used.

    Returns
    -------
    dict
        `step`, `kind`, `replicates`, `seed`, `note`, `differed`, `words`; and, as the step has them, `courses`, `truth`,
        `seen` (which answers to "what did you see?" are borne out), `table`, `ledger`, `channels`, `search`, `story`,
        `game`.
        Plain numbers and texts, in the units that people read.
    """
    about = lesson.predicted(step) if step.kind in ("observe", "explain") else None
    asked = about.prediction if about else None
    policies = step.policies or (asked.policies if asked else ())
    found: dict[str, Any] = {
        "step": step.name,
        "kind": step.kind,
        "replicates": lesson.replicates,
        "seed": lesson.seed,
        "note": NOTE,
        "differed": _differed(lesson, policies[::-1] if asked and _is_of_the_first(asked) else policies),
        **_parts(stage, lesson, step, asked, policies),
    }
    return {**found, "words": _words(found)}


def _parts(
    stage: Stage, lesson: Lesson, step: Step, asked: Prediction | None, policies: Sequence[str]
) -> Payload:
    """The parts that a step of this kind has."""
    parts: Payload = {}
    if step.kind == "observe" and asked is not None:
        parts["truth"] = truths.truth(stage, lesson, asked)
        parts["courses"] = [courses(stage, lesson, policies, _course_of(asked))] if asked.outcome else []
    if step.observation is not None:
        parts["seen"] = [n for n, option in enumerate(step.observation.options) if option.means == "yes"]
    if step.outcomes and (step.kind == "compare" or "courses" in step.show):
        parts["courses"] = [courses(stage, lesson, policies, name) for name in step.outcomes]
    if step.kind == "compare" or "table" in step.show:
        parts["table"] = table(stage, lesson, policies, step.outcomes)
    if step.kind == "ledger" or "ledger" in step.show:
        parts["ledger"] = ledger_of(stage, lesson, policies)
    if "channels" in step.show:
        parts["channels"] = channels(stage, lesson, policies)
    if "search" in step.show and (played := lesson.searched(step)):
        parts["search"] = game.searched(lesson, played)
    if step.person is not None:
        parts["story"] = story(lesson.policies[step.person.policy].loaded, lesson.seed, step.person)
    if step.game is not None:
        parts["game"] = game.table(lesson, step.game)
    return parts


def _is_of_the_first(asked: Prediction) -> bool:
    """Whether a prediction is about its first policy, so that the last one is what others are held against."""
    return asked.type == "draw" or asked.measure == "level"


def _course_of(asked: Prediction) -> str:
    """The monthly outcome whose course goes with a prediction; how long trust takes to recover shows in trust."""
    name = asked.outcome if asked.outcome in OUTCOME else find_scalar(asked.outcome)[0].name
    return name if OUTCOME[name].parts else "trust"


def _differed(lesson: Lesson, policies: Sequence[str]) -> list[Payload]:
    """For every policy but the first: what differs from the first."""
    if len(policies) < 2:
        return []
    first = lesson.policies[policies[0]].loaded
    return [
        {
            "base": lesson.policies[policies[0]].label,
            "policy": lesson.policies[name].label,
            "what": differed(first, lesson.policies[name].loaded),
        }
        for name in policies[1:]
    ]


# --- courses ------------------------------------------------------------------------------------


def _x(lesson: Lesson, policy: str) -> list[float]:
    """The middle of every quarter, in years after the policy's start."""
    scenario = lesson.policies[policy].loaded
    count = 4 * (scenario.burn_in_years + scenario.years)
    return [round(-scenario.burn_in_years + (quarter + 0.5) / 4, 3) for quarter in range(count)]


def _line(stage: Stage, lesson: Lesson, policy: str, outcome: Outcome) -> Payload:
    scale = display.scale(outcome)
    course = course_of(by_quarter(outcome, stage.runs(lesson, policy)) * scale.factor)
    lines = {name: rounded(values, scale.decimals) for name, values in course.items()}
    return {"policy": policy, "label": lesson.policies[policy].label, **lines}


def courses(stage: Stage, lesson: Lesson, policies: Sequence[str], name: str) -> Payload:
    """The course of an outcome under some policies: the mean, and the band that holds eight in ten runs."""
    outcome = OUTCOME[name]
    scale = display.scale(outcome)
    lines = [_line(stage, lesson, policy, outcome) for policy in policies]
    return {
        "outcome": name,
        "title": outcome.title,
        "unit": scale.unit,
        "decimals": scale.decimals,
        "meaning": outcome.meaning,
        "x": _x(lesson, policies[0]),
        "lines": lines,
        "words": _course_words(outcome, lines),
    }


def _course_words(outcome: Outcome, lines: Sequence[Payload]) -> str:
    """What a chart of courses shows, for who does not see it."""
    scale = display.scale(outcome)
    told = []
    for line in lines:
        known = [value for value in line["mean"] if value is not None]
        if known:
            ends = [display.number(sum(part) / len(part), scale.decimals) for part in (known[:4], known[-4:])]
            told.append(f"{line['label']} begins at {ends[0]} and is {ends[1]} in the last year")
    return f"{outcome.title} ({scale.unit}) over the years: {'; '.join(told)}."


# --- tables -------------------------------------------------------------------------------------


def table(stage: Stage, lesson: Lesson, policies: Sequence[str], names: Sequence[str]) -> Payload:
    """Some outcomes under every policy, each compared with the first under the same luck."""
    samples = [stage.sample(lesson, policy) for policy in policies]
    period = period_of(lesson.policies[policies[0]].loaded.years)
    labels = [lesson.policies[policy].label for policy in policies]
    rows = []
    for name in names:
        pairs = [difference_row(OUTCOME[name], samples[0], other, period) for other in samples[1:]]
        rows.append(
            {
                **{key: pairs[0][key] for key in ("name", "title", "unit", "meaning", "better", "base")},
                "others": [_other(pair) for pair in pairs],
            }
        )
    return {"base": labels[0], "policies": labels[1:], "period": PERIOD_WORDS[period], "rows": rows}


def _other(pair: Payload) -> Payload:
    """What a table says of one policy; a difference that rounds to nothing is not called better or worse."""
    found = {key: pair[key] for key in ("now", "change", "interval", "sure", "verdict", "effect")}
    is_small = pair["sure"] and not any(digit in pair["change"] for digit in "123456789")
    return {**found, "verdict": "next to nothing"} if is_small else found


def ledger_of(stage: Stage, lesson: Lesson, policies: Sequence[str]) -> Payload:
    """What moved trust under the first policy and, if there is one, under the second."""
    samples = [stage.sample(lesson, policy) for policy in policies[:2]]
    rows = ledger(samples[0], samples[-1])
    labels = [lesson.policies[policy].label for policy in policies[:2]]
    if len(samples) == 1:
        rows = [{"title": row["title"], "base": row["base"], "now": None, "change": None} for row in rows]
    return {"labels": labels, "years": lesson.policies[policies[0]].loaded.years, "rows": rows}


def channels(stage: Stage, lesson: Lesson, policies: Sequence[str], outcome: str = "trust") -> Payload:
    """Through which channels the difference between two policies comes, over the period that tables are of."""
    period = period_of(lesson.policies[policies[0]].loaded.years)
    name = f"{outcome}_{period}"
    found = truths.channels(stage, lesson, policies, name)
    total = estimate(found.total)
    rows = [
        {"title": title, "change": _ends(line), "part": _part(line, total)}
        for title, line in found.lines().items()
    ]
    return {
        "outcome": name,
        "total": _ends(total),
        "replicates": total.n,
        "rows": rows,
        "words": _of_channels(lesson, policies, name, PERIOD_WORDS[period], total),
    }


def _of_channels(lesson: Lesson, policies: Sequence[str], name: str, period: str, total: Estimate) -> str:
    """What the parts are parts of."""
    base, other = (lesson.policies[policy].label for policy in policies[:2])
    outcome, scale = find_scalar(name)[0], scale_of(name)
    moved = f"{scale.change(total.mean)} (95% interval {scale.interval(total, signed=True)})"
    return f"{outcome.title} ({scale.unit}), {period}, {other} against {base}: {moved}, in {total.n} runs of each."


def _ends(found: Estimate) -> list[float]:
    return [round(end, 5) for end in (found.mean, found.low, found.high)]


def _part(line: Estimate, total: Estimate) -> str:
    return display.percent(line.mean / total.mean) if total.excludes_zero else display.NONE


# --- words --------------------------------------------------------------------------------------


def _words(found: Payload) -> list[str]:
    """What a step shows, in sentences."""
    words = [found["truth"]["words"]] if found.get("truth", {}).get("words") else []
    words += [course["words"] for course in found.get("courses", ())]
    words += [found["search"]["words"]] if "search" in found else []
    for row in found.get("table", {}).get("rows", ()):
        for label, other in zip(found["table"]["policies"], row["others"], strict=True):
            words.append(
                f"{row['title']} ({row['unit']}), {label} against {found['table']['base']}: {other['change']} "
                f"({other['interval']}), {other['verdict']}."
            )
    return words


def verdict(step: Step, answer: Answer, truth: Payload) -> Payload:
    """An answer held against what the model says.

    Returns
    -------
    dict
        `right` (None where there is no right or wrong: lines, numbers, questions without a measure) and `words`.
    """
    asked = step.prediction
    if asked is None or truth["type"] != asked.type:
        return {"right": None, "words": ""}
    if asked.type == "choose":
        return _judged(asked, answer, truth)
    if asked.type == "number":
        told = display.number(float(answer), _decimals(asked.step))  # type: ignore[arg-type]
        return {"right": None, "words": f"You said {told}. {truth['words']}"}
    return {"right": None, "words": _line_words(asked, answer, truth)}


def _judged(asked: Prediction, answer: Answer, truth: Payload) -> Payload:
    if not asked.measure:
        return {"right": None, "words": ""}
    is_right = answer in truth["right"]
    said = asked.options[int(answer)].text.rstrip(".")  # type: ignore[arg-type]
    borne = "The model agrees" if is_right else "The model says something else"
    return {"right": is_right, "words": f"You said: {said}. {borne}. {truth['words']}"}


def _decimals(step: float) -> int:
    """So many decimals that a step can be seen."""
    return next((n for n in range(4) if abs(step * 10**n - round(step * 10**n)) < 1e-9), 4)


def _line_words(asked: Prediction, answer: Answer, truth: Payload) -> str:
    assert isinstance(answer, list)
    inside = sum(
        low <= value <= high for value, low, high in zip(answer, truth["low"], truth["high"], strict=True)
    )
    last = display.number(float(answer[-1]), 2)
    return (
        f"You drew {last} for year {asked.years[-1]:g}. {truth['words']} Your line is inside the band in "
        f"{inside} of {len(answer)} years."
    )


def paired_words(lesson: Lesson, policies: Sequence[str], outcome: str, stage: Stage = STAGE) -> str:
    """The difference between two policies in one sentence."""
    base, other = (stage.sample(lesson, policy).scalars[outcome] for policy in policies)
    return truths.difference_words(lesson, outcome, policies, paired(base, other).difference)
