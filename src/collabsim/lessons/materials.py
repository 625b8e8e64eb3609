"""What a session needs on paper: a guide for who leads it and a handout for learners, each one HTML file, two pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import collabsim
from collabsim import glossary
from collabsim.lessons import claims, play
from collabsim.lessons.charts import blank_axes
from collabsim.lessons.lesson import PRICE, Lesson, Step
from collabsim.lessons.rules import asks
from collabsim.lessons.stage import Stage
from collabsim.lessons.text import html, sentences
from collabsim.outcomes import OUTCOME
from collabsim.provenance import NOTE

DO = {
    "text": "Read it out, or let people read it.",
    "predict": "Everybody answers before anybody sees a result. Show the answers of the room.",
    "observe": "Show the result over the answers. Ask what people see, before you explain.",
    "explain": "Now explain. Let people put it in their own words first.",
    "story": "Read the story out, slowly.",
    "ledger": "Go through the lines, one by one: which add, which take away?",
    "compare": "Name what differs. Show the courses, then the table. Play it again as often as wanted.",
    "game": "Small groups spend the budget. Each group says why. Then show what comes of it.",
}
"""What to do in a step of each kind."""


def handout(lesson: Lesson, stage: Stage = play.STAGE) -> str:
    """The learners' sheet as one HTML text: the questions with room for answers, the words, the limits.

    Nothing in it gives a result away.
    """
    steps = [_sheet_step(lesson, step, stage) for step in lesson.steps if asks(step) or step.questions]
    return _page("handout.html", lesson, steps=steps, terms=_terms(lesson))


def guide(lesson: Lesson, stage: Stage = play.STAGE) -> str:
    """The facilitator's sheet as one HTML text: the plan by the minute, what to say, and what the model gives."""
    found = [checked for checked in claims.check(lesson, stage) if checked.claim.outcome != PRICE]
    return _page("guide.html", lesson, steps=list(_plan(lesson, stage)), claims=found)


def _page(template: str, lesson: Lesson, **parts: Any) -> str:
    environment = Environment(
        loader=PackageLoader("collabsim.lessons", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = lambda markdown: Markup(html(markdown, terms=False))
    made = f"collabsim {collabsim.__version__}, {datetime.now(UTC):%d %B %Y}"
    return environment.get_template(template).render(lesson=lesson, note=NOTE, made=made, **parts)


# --- handout ------------------------------------------------------------------------------------


def _sheet_step(lesson: Lesson, step: Step, stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = {
        "title": step.title,
        "questions": step.questions,
        "asked": "",
        "options": (),
        "axes": "",
    }
    if step.prediction is not None:
        found |= {"asked": step.prediction.question, "options": [o.text for o in step.prediction.options]}
        found["number"] = step.prediction.unit if step.prediction.type == "number" else ""
        found["axes"] = _axes(lesson, step, stage) if step.prediction.type == "draw" else ""
    elif step.observation is not None:
        found |= {"asked": step.observation.question, "options": [o.text for o in step.observation.options]}
    return {"number": "", **found}


def _axes(lesson: Lesson, step: Step, stage: Stage) -> Markup:
    asked = step.prediction
    assert asked is not None
    given = play.given(lesson, step, stage)
    before = [(x, y) for x, y in zip(given["x"], given["before"], strict=False) if y is not None]
    decimals = 2 if asked.high - asked.low < 5 else 0
    return blank_axes(asked, before, OUTCOME[asked.outcome].title, decimals)


def _terms(lesson: Lesson) -> list[glossary.Term]:
    """The words of the glossary that the questions use, and the first few that the words use."""
    asked = [s.prediction.question for s in lesson.steps if s.prediction]
    asked += [question for step in lesson.steps for question in step.questions]
    texts = [sentences(step.text) for step in lesson.steps if step.kind in ("text", "predict")]
    first = glossary.used(asked)
    more = [term for term in glossary.used(texts) if term not in first]
    return sorted([*first, *more][:12], key=lambda term: term.term.casefold())


# --- guide --------------------------------------------------------------------------------------


def _plan(lesson: Lesson, stage: Stage) -> Iterator[dict[str, Any]]:
    """Every step with its time and what the model gives."""
    clock = 0.0
    for number, step in enumerate(lesson.steps, 1):
        yield {
            "number": number,
            "at": f"{clock:.0f}",
            "title": step.title,
            "do": DO[step.kind],
            "notes": step.notes,
            "questions": step.questions,
            "model": _model(lesson, step, stage),
        }
        clock += step.minutes


def _model(lesson: Lesson, step: Step, stage: Stage) -> list[str]:
    """What the model gives in a step, in a sentence or two."""
    if step.kind == "observe":
        return [play.reveal(lesson, step, stage)["truth"]["words"]]
    if step.kind == "compare":
        return [
            _row_words(row, found)
            for found in [play.reveal(lesson, step, stage)["table"]]
            for row in found["rows"]
        ]
    if step.game is not None:
        return ["What a package gives is worked out when it is bought."]
    if "search" in step.show:
        found = play.reveal(lesson, step, stage)["search"]
        return [
            f"The optimiser's package, for £{found['cost']:,} a year: {'; '.join(found['bought'])}.",
            found["words"],
        ]
    return []


def _row_words(row: dict[str, Any], found: dict[str, Any]) -> str:
    """One row of a table of differences, as in "Trust (scale): 0.55; 36 months +0.03"."""
    others = [
        f"{label} {other['change']}" for label, other in zip(found["policies"], row["others"], strict=True)
    ]
    return f"{row['title']} ({row['unit']}): {row['base']}; {'; '.join(others)}."
