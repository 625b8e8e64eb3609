"""What a session needs on paper: a guide for who leads it and a handout for learners, each one HTML file, two pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

import collabsim
from collabsim import display, glossary
from collabsim.lessons import claims, game, play
from collabsim.lessons.charts import blank_axes
from collabsim.lessons.lesson import PRICE, Lesson, Step
from collabsim.lessons.rules import asks
from collabsim.lessons.stage import Stage
from collabsim.lessons.text import html, sentences
from collabsim.outcomes import OUTCOME
from collabsim.payloads import Payload
from collabsim.provenance import NOTE

LEAST = 0.01
"""Lines of the trust ledger below this are left out of the guide, which has two sides."""

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
    steps = [
        _sheet_step(lesson, step, stage) for step in lesson.steps if asks(step) or step.game or step.questions
    ]
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
        "key": "",
        "prices": None,
    }
    if step.prediction is not None:
        found |= {"asked": step.prediction.question, "options": [o.text for o in step.prediction.options]}
        found["number"] = step.prediction.unit if step.prediction.type == "number" else ""
        found |= _axes(lesson, step, stage) if step.prediction.type == "draw" else {}
    elif step.observation is not None:
        found |= {"asked": step.observation.question, "options": [o.text for o in step.observation.options]}
    elif step.game is not None:
        found["prices"] = game.table(lesson, step.game)
    return {"number": "", **found}


def _axes(lesson: Lesson, step: Step, stage: Stage) -> dict[str, Any]:
    """The axes to draw on, and what the lines that are given stand for."""
    asked = step.prediction
    assert asked is not None
    given = play.given(lesson, step, stage)
    known = given["known"] or {"label": "", "mean": []}
    lines = [
        [(x, y) for x, y in zip(given["x"], values, strict=False) if y is not None]
        for values in (given["before"], known["mean"])
    ]
    decimals = 2 if asked.high - asked.low < 5 else 0
    title = f"{OUTCOME[asked.outcome].title} ({asked.unit})"
    key = f"Thick line: {given['label']}, so far." if lines[0] else ""
    key += f" Thin line: {known['label']}." if lines[1] else ""
    return {"axes": blank_axes(asked, lines[0], lines[1], title, decimals), "key": key.strip()}


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
        found = play.reveal(lesson, step, stage)
        return [found["truth"]["words"], *_seen_words(step, found)]
    if step.game is not None:
        return ["What a package gives is worked out when it is bought."]
    if step.kind not in ("compare", "ledger") and not step.show:
        return []
    found = play.reveal(lesson, step, stage)
    told = {
        "table": _table_words,
        "ledger": _ledger_words,
        "channels": _channel_words,
        "search": _search_words,
    }
    return [words for name, tell in told.items() if name in found for words in tell(found[name])]


def _seen_words(step: Step, found: Payload) -> list[str]:
    """The answers to "what did you see?" that the model bears out, as the browser and the terminal mark them."""
    if step.observation is None:
        return []
    borne = [step.observation.options[n].text for n in found["seen"]]
    return [f"{step.observation.question} What the model bears out: {' '.join(borne)}"]


def _table_words(found: Payload) -> list[str]:
    """A table of differences, one sentence a row."""
    return [_row_words(row, found) for row in found["rows"]]


def _ledger_words(found: Payload) -> list[str]:
    """The lines of the account that move trust by a hundredth at least, the first being the whole."""
    side = "change" if len(found["labels"]) > 1 else "base"
    what = f"{found['labels'][1]} less {found['labels'][0]}" if side == "change" else found["labels"][0]
    rows = [(row["title"], row[side][0]) for row in found["rows"] if abs(row[side][0] or 0) >= LEAST]
    lines = [f"{title} {display.number(value, 3, signed=True)}" for title, value in rows]
    return [f"Trust, {found['years']} years, {what}: {'; '.join(lines)}."]


def _channel_words(found: Payload) -> list[str]:
    """What of a difference comes through each channel that has a part in it."""
    parts = [f"{row['title']} {row['part']}" for row in found["rows"] if row["change"][0]]
    return [f"Of {display.number(found['total'][0], 3, signed=True)} of trust: {'; '.join(parts)}."]


def _search_words(found: Payload) -> list[str]:
    """The optimiser's package and its two scores."""
    what = f"The optimiser's package, for £{found['cost']:,} a year: {'; '.join(found['bought'])}."
    return [what, found["words"]]


def _row_words(row: dict[str, Any], found: dict[str, Any]) -> str:
    """One row of a table of differences, as in "Trust (scale): 0.55; 36 months +0.03"."""
    others = [
        f"{label} {other['change']}" for label, other in zip(found["policies"], row["others"], strict=True)
    ]
    return f"{row['title']} ({row['unit']}): {row['base']}; {'; '.join(others)}."
