"""Reads a lesson's file: every key checked, every error kept, one plain sentence each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from collabsim import library
from collabsim.checks import Report, ScenarioErrors, nearest, shown, shown_key
from collabsim.file_format import Field
from collabsim.lessons import lesson_format
from collabsim.lessons.lesson import (
    Claim,
    Game,
    Lesson,
    Observation,
    Option,
    Person,
    Policy,
    Prediction,
    Source,
    Step,
)
from collabsim.lessons.lesson_checks import check_whole
from collabsim.lessons.split import RawStep, split
from collabsim.scenario import load_scenario
from collabsim.scenario_file import checked_row, refuse_unknown
from collabsim.toml_file import label

Row = dict[str, Any]
_TEXT = Field("text", "line", "a line of text", minimum=1, maximum=600)


def load_lesson(name_or_path: str | Path) -> Lesson:
    """A shipped lesson by its name, or a lesson file by its path.

    A text with a slash, or ending in .md, is a path; any other is a name, which never reaches outside the folder.

    Raises
    ------
    ScenarioErrors
        With everything that is wrong.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or "/" in text or "\\" in text or text.endswith(".md"):
        return read_lesson(Path(text))
    try:
        return read_lesson(library.shipped_path(library.LESSONS, text))
    except LookupError as error:
        raise ScenarioErrors([f"{error} (a file of your own is named with its .md)"]) from None


def lesson_names() -> list[str]:
    """Names of the shipped lessons, in alphabetical order."""
    return library.shipped_names(library.LESSONS)


def shipped_lessons() -> list[Lesson]:
    """The shipped lessons, in the order that they give themselves."""
    return sorted(map(load_lesson, lesson_names()), key=lambda lesson: (lesson.order, lesson.name))


def read_lesson(path: Path) -> Lesson:
    """The lesson in a file.

    Raises
    ------
    ScenarioErrors
        With everything that is wrong.
    """
    front, raw = split(path)
    report = Report(label(path))
    lesson = _lesson(report, path, front, raw)
    check_whole(report, lesson)
    if report.errors:
        raise ScenarioErrors(report.errors)
    return lesson


# --- front matter -------------------------------------------------------------------------------


def _lesson(report: Report, path: Path, front: Row, raw: list[RawStep]) -> Lesson:
    known = [*(spec.name for spec in lesson_format.FRONT), *lesson_format.FRONT_LISTS]
    refuse_unknown(report, "", front, [*known, *lesson_format.FRONT_TABLES])
    keys = checked_row(report, "", front, lesson_format.FRONT)
    lists = {name: _texts(report, "", front, name) for name in lesson_format.FRONT_LISTS}
    usual = {"order": 1_000, "replicates": lesson_format.DEFAULT_REPLICATES, "seed": 0}
    missing = dict.fromkeys(("title", "summary", "audience", "scenario"), "") | {"minutes": 0}
    if not 1 <= len(raw) <= lesson_format.MOST_STEPS:
        report.say("steps", f"are {len(raw)}, but a lesson has 1 to {lesson_format.MOST_STEPS}")
    return Lesson(
        name=path.stem,
        path=path,
        policies=_policies(report, front.get("policies", {}), str(keys.get("scenario", ""))),
        claims=tuple(_claim(report, prefix, row) for prefix, row in _tables(report, "", front, "claims")),
        sources=tuple(_source(report, prefix, row) for prefix, row in _tables(report, "", front, "sources")),
        steps=_linked([_step(report, step) for step in raw]),
        **{**missing, **usual, **keys, **lists},
    )


def _policies(report: Report, given: Any, usual: str) -> dict[str, Policy]:
    if not isinstance(given, dict) or len(given) > lesson_format.MOST_POLICIES:
        report.say("policies", f"must be at most {lesson_format.MOST_POLICIES} tables, as [policies.twelve]")
        return {}
    return {
        name: policy
        for name, row in given.items()
        if (policy := _policy(report, f"policies.{shown_key(name)}.", name, row, usual))
    }


def _policy(report: Report, prefix: str, name: str, row: Any, usual: str) -> Policy | None:
    if not isinstance(row, dict) or not library.is_name(name):
        report.say(prefix.rstrip("."), "must be a table whose name is letters, digits and hyphens")
        return None
    refuse_unknown(report, prefix, row, [*(spec.name for spec in lesson_format.POLICY), "values"])
    keys = checked_row(report, prefix, row, lesson_format.POLICY)
    values = row.get("values", {})
    policy = Policy(name, keys.get("label", name), keys.get("scenario", usual), values)
    if not isinstance(values, dict):
        report.say(f"{prefix}values", 'must be a table, as { "colocation.days" = 3 }')
    elif not library.is_name(policy.scenario):
        report.say(
            f"{prefix}scenario",
            f"is {shown(policy.scenario)}, but must be the name of a scenario, not a path",
        )
    else:
        _try(report, prefix, policy)
    return policy


def _try(report: Report, prefix: str, policy: Policy) -> None:
    """Report what is wrong with the scenario and the values of a policy."""
    try:
        load_scenario(policy.scenario, policy.values)
    except ScenarioErrors as error:
        for sentence in error.errors:
            words = sentence.removeprefix("--set: ").rstrip(".")
            report.say(prefix.rstrip("."), f"cannot be run: {words[:1].lower()}{words[1:]}")


def _claim(report: Report, prefix: str, row: Row) -> Claim:
    refuse_unknown(report, prefix, row, [*(spec.name for spec in lesson_format.CLAIM), "policies"])
    keys = checked_row(report, prefix, row, lesson_format.CLAIM)
    pair = _texts(report, prefix, row, "policies")
    if len(pair) != 2:
        report.say(f"{prefix}policies", "must name two policies, the base first")
    blank = {"text": "", "outcome": "", "direction": "same", "margin": 0.0}
    return Claim(policies=(pair[0], pair[1]) if len(pair) == 2 else ("", ""), **{**blank, **keys})


def _source(report: Report, prefix: str, row: Row) -> Source:
    refuse_unknown(report, prefix, row, [spec.name for spec in lesson_format.SOURCE])
    return Source(**{"text": "", **checked_row(report, prefix, row, lesson_format.SOURCE)})


# --- steps --------------------------------------------------------------------------------------


def _linked(steps: list[Step]) -> tuple[Step, ...]:
    """The steps; one that observes is about the latest prediction, unless it names another."""
    found: list[Step] = []
    latest = ""
    for step in steps:
        latest = step.name if step.prediction else latest
        found.append(replace(step, of=latest) if step.kind == "observe" and not step.of else step)
    return tuple(found)


def step_name(title: str) -> str:
    """The address of a step within its lesson: its title in small letters with hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "step"


def _step(report: Report, raw: RawStep) -> Step:
    prefix = f"step {shown(raw.title)} (line {raw.line}): "
    kind = _kind(raw)
    needs, may = lesson_format.NEEDS[kind], lesson_format.MAY.get(kind, ())
    known = [*lesson_format.ALWAYS, *needs, *may]
    for key in raw.block:
        if key not in known:
            hint = nearest(key, known) or f"; known are {', '.join(known)}"
            report.say(prefix + shown_key(key), f"is not a key of a step of kind {kind}{hint}")
    for key in needs:
        if key not in raw.block:
            report.say(prefix.rstrip(": "), f"has no {key}, which a step of kind {kind} needs")
    if not raw.text and kind == "text":
        report.say(prefix.rstrip(": "), "has no words")
    if len(raw.text) > lesson_format.MOST_TEXT:
        report.say(prefix.rstrip(": "), f"has more than {lesson_format.MOST_TEXT:,} characters")
    return _built(report, prefix, raw, kind)


def _built(report: Report, prefix: str, raw: RawStep, kind: str) -> Step:
    keys = checked_row(report, prefix, raw.block, lesson_format.STEP)
    lists = {
        name: _texts(report, prefix, raw.block, name)
        for name in lesson_format.STEP_LISTS
        if name in raw.block
    }
    makers = {"prediction": _prediction, "observation": _observation, "person": _person, "game": _game}
    tables = {
        name: make(report, f"{prefix}{name}.", raw.block[name])
        for name, make in makers.items()
        if name in raw.block and _is_table(report, prefix, raw.block, name)
    }
    parts = {**{"minutes": 0.0}, **keys, **lists, **tables, "kind": kind}
    return Step(name=step_name(raw.title), title=raw.title, text=raw.text, line=raw.line, **parts)


def _kind(raw: RawStep) -> str:
    """The kind of a step; `text` where the file names none that there is, which is reported with its other keys."""
    return str(Report("").value("kind", lesson_format.STEP[0], raw.block.get("kind", "text")) or "text")


def _is_table(report: Report, prefix: str, block: Row, name: str) -> bool:
    if isinstance(block[name], dict):
        return True
    report.say(prefix + name, f"is {shown(block[name])}, but must be a table: write [{name}]")
    return False


def _prediction(report: Report, prefix: str, row: Row) -> Prediction:
    specs = lesson_format.PREDICTION
    refuse_unknown(report, prefix, row, [*(spec.name for spec in specs), "policies", "options"])
    keys = checked_row(report, prefix, row, specs)
    blank = {"type": "choose", "question": "", "outcome": ""}
    lists = {"policies": _texts(report, prefix, row, "policies"), "options": _options(report, prefix, row)}
    return Prediction(**{**blank, **keys, **lists})


def _observation(report: Report, prefix: str, row: Row) -> Observation:
    refuse_unknown(report, prefix, row, ["question", "options"])
    keys = checked_row(report, prefix, row, lesson_format.OBSERVATION)
    return Observation(str(keys.get("question", "")), _options(report, prefix, row))


def _options(report: Report, prefix: str, row: Row) -> tuple[Option, ...]:
    rows = _tables(report, prefix, row, "options")
    found = []
    for inner, option in rows:
        refuse_unknown(report, inner, option, [spec.name for spec in lesson_format.OPTION])
        found.append(Option(**{"text": "", **checked_row(report, inner, option, lesson_format.OPTION)}))
    return tuple(found)


def _person(report: Report, prefix: str, row: Row) -> Person:
    refuse_unknown(report, prefix, row, [spec.name for spec in lesson_format.PERSON])
    return Person(**{"policy": "", **checked_row(report, prefix, row, lesson_format.PERSON)})


def _game(report: Report, prefix: str, row: Row) -> Game:
    refuse_unknown(report, prefix, row, [*(spec.name for spec in lesson_format.GAME), "levers"])
    keys = checked_row(report, prefix, row, lesson_format.GAME)
    blank = {"policy": "", "budget": 0.0, "outcome": ""}
    return Game(levers=_texts(report, prefix, row, "levers"), **{**blank, **keys})


# --- lists --------------------------------------------------------------------------------------


def _texts(report: Report, prefix: str, row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The texts of a list; what is none is reported."""
    given = row.get(name, [])
    if not isinstance(given, list):
        report.say(prefix + name, f'is {shown(given)}, but must be a list of texts, as ["one", "two"]')
        return ()
    found = [report.value(f"{prefix}{name}[{n}]", _TEXT, value) for n, value in enumerate(given, 1)]
    return tuple(str(value) for value in found if value is not None)


def _tables(report: Report, prefix: str, row: Mapping[str, Any], name: str) -> list[tuple[str, Row]]:
    """The tables of a list, each with the start of its keys' names; what is none is reported."""
    given = row.get(name, [])
    if not isinstance(given, list):
        report.say(prefix + name, f"is {shown(given)}, but must be a list of tables")
        return []
    rows = [(f"{prefix}{name}[{n}].", inner) for n, inner in enumerate(given, 1)]
    for inner, value in rows:
        if not isinstance(value, dict):
            report.say(inner.rstrip("."), f"is {shown(value)}, but must be a table")
    return [(inner, value) for inner, value in rows if isinstance(value, dict)]
