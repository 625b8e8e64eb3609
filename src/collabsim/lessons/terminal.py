"""A lesson without a browser: words, a question, the model, a chart of letters. Works in a pipe too."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

from collabsim import display
from collabsim.lessons import game, play
from collabsim.lessons.answers import Answer, WrongAnswer, read_answer
from collabsim.lessons.charts import BAND, LINE, OTHERS, SECOND, YOURS, bar, text_chart
from collabsim.lessons.lesson import Lesson, Prediction, Step
from collabsim.lessons.stage import Stage
from collabsim.lessons.text import plain
from collabsim.payloads import Payload
from collabsim.provenance import NOTE

WIDTH = 78
MOST_TRIES = 5

Ask = Callable[[str], str | None]
"""Asks a question and gives the line that was typed; None when nothing more comes."""
Say = Callable[[str], None]


class Player:
    """Plays a lesson, step by step.

    Parameters
    ----------
    lesson : Lesson
    ask, say : callable
    stage : Stage
    """

    def __init__(self, lesson: Lesson, ask: Ask, say: Say, stage: Stage = play.STAGE) -> None:
        self._lesson, self._ask, self._say, self._stage = lesson, ask, say, stage
        self._answers: dict[str, Answer] = {}
        self._is_over = False  # nobody types any more

    def play(self) -> dict[str, Answer]:
        """Play the whole lesson; the answers that were given, by step."""
        self._say(f"{self._lesson.title.upper()}\n")
        self._say(plain(self._lesson.summary, WIDTH))
        for number, step in enumerate(self._lesson.steps, 1):
            self._say(f"\n{f'{number}. {step.title}':-<{WIDTH}}\n")
            self._step(step)
        self._say(f"\n{NOTE} {self._lesson.replicates} runs of each policy, seed {self._lesson.seed}.")
        return self._answers

    def _step(self, step: Step) -> None:
        if step.text and step.kind != "explain":
            self._say(plain(step.text, WIDTH))
        show = {"predict": self._predict, "observe": self._observe, "game": self._play_game}.get(
            step.kind, self._show
        )
        show(step)
        for question in step.questions:
            self._say(_filled(f"To discuss: {question}"))
        if step.kind not in ("predict", "observe"):
            self._wait()

    def _wait(self) -> None:
        if not self._is_over and self._ask("\n[Enter goes on] ") is None:
            self._is_over = True

    def _typed(self, question: str) -> str | None:
        """A line that was typed; None when nobody types any more, which is said once."""
        if self._is_over:
            return None
        line = self._ask(question)
        if line is None:
            self._is_over = True
            self._say("\n(No answer came: the lesson goes on without one.)")
        return line

    # --- predict ------------------------------------------------------------------------------

    def _predict(self, step: Step) -> None:
        asked = step.prediction
        assert asked is not None
        self._say(f"\n{_filled(asked.question)}")
        if asked.type == "draw":
            self._say(_so_far(play.given(self._lesson, step, self._stage), asked))
        for number, option in enumerate(asked.options, 1):
            self._say(f"  {number}. {option.text}")
        answer = self._answered(step, lambda line: _prediction(asked, line), _how(asked))
        if answer is not None:
            self._answers[step.name] = answer

    def _answered(self, step: Step, read: Callable[[str], Any], how: str) -> Answer | None:
        """What somebody answers; asked again when it cannot be an answer."""
        for _ in range(MOST_TRIES):
            line = self._typed(f"{how} ")
            if line is None:
                return None
            try:
                return read_answer(step, read(line))
            except WrongAnswer as error:
                self._say(str(error))
            except ValueError:
                self._say("That is no number.")
        self._say(f"That was no answer {MOST_TRIES} times: the lesson goes on without one.")
        return None

    # --- observe ------------------------------------------------------------------------------

    def _observe(self, step: Step) -> None:
        found = play.reveal(self._lesson, step, self._stage)
        about = self._lesson.predicted(step)
        assert about is not None and step.observation is not None
        asked, answer = about.prediction, self._answers.get(about.name)
        assert asked is not None
        for course in found["courses"]:
            self._say(_chart(course, asked, answer))
        if answer is not None:
            self._say(_filled(play.verdict(about, answer, found["truth"])["words"]))
        else:
            self._say(_filled(found["truth"]["words"]))
        self._say(f"\n{_filled(step.observation.question)}")
        for number, option in enumerate(step.observation.options, 1):
            self._say(f"  {number}. {option.text}")
        seen = self._answered(
            step, lambda line: [int(word) - 1 for word in line.replace(",", " ").split()], "Number:"
        )
        if seen is not None:
            self._answers[step.name] = seen
        borne = [step.observation.options[n].text for n in found["seen"]]
        self._say(_filled(f"What the model bears out: {' '.join(borne)}"))

    # --- show ---------------------------------------------------------------------------------

    def _show(self, step: Step) -> None:
        found = play.reveal(self._lesson, step, self._stage)
        for line in found["differed"]:
            self._say(_filled(f"What differs, {line['policy']}: {'; '.join(line['what'])}."))
        if step.kind == "explain":
            self._say(plain(step.text, WIDTH))
        parts = {
            "table": _table,
            "ledger": _ledger,
            "channels": _channels,
            "search": _searched,
            "story": _story,
        }
        for name, show in parts.items():
            if name in found:
                self._say(f"\n{show(found[name])}")

    def _play_game(self, step: Step) -> None:
        asked = step.game
        assert asked is not None
        offered = game.table(self._lesson, asked)
        self._say(_price_list(offered))
        how = f"Spend up to £{asked.budget:,.0f} a year, as 2:3 5:1 (lever 2 to step 3, lever 5 to step 1):"
        bought = self._answered(step, lambda line: _purchases(line, offered), how)
        if isinstance(bought, dict):
            self._answers[step.name] = bought
            self._say(_bought("You", game.play(self._lesson, asked, bought, self._stage)))
            best = game.best(self._lesson, asked, self._stage) if bought else None
            if best is not None:  # never before somebody has bought something
                self._say(_bought("The optimiser", best))


# --- reading ------------------------------------------------------------------------------------


def _how(asked: Prediction) -> str:
    if asked.type == "choose":
        return "Your answer (number):"
    if asked.type == "number":
        return f"Your number, {asked.low:g} to {asked.high:g} ({asked.unit}):"
    ends = ", ".join(f"{year:g}" for year in _corners(asked))
    return f"Your line: values for years {ends}, {asked.low:g} to {asked.high:g}, with blanks between:"


def _corners(asked: Prediction) -> tuple[float, float, float]:
    """The years that a terminal asks for; between them the line is straight."""
    years = asked.years
    return years[0], years[len(years) // 2], years[-1]


def _prediction(asked: Prediction, line: str) -> Any:
    if asked.type == "choose":
        return int(line) - 1
    if asked.type == "number":
        return float(line)
    values = [float(word) for word in line.replace(",", " ").split()]
    if len(values) != 3:
        raise WrongAnswer("Three values are needed.")
    return np.interp(asked.years, _corners(asked), values).round(4).tolist()


def _purchases(line: str, offered: Payload) -> dict[str, int]:
    """Lever -> step, from words such as 2:3, within the budget."""
    levers = offered["levers"]
    bought: dict[str, int] = {}
    for word in line.replace(",", " ").split():
        lever, sign, step = word.partition(":")
        if not (sign and lever.isdecimal() and step.isdecimal() and 1 <= int(lever) <= len(levers)):
            raise WrongAnswer(f"Write LEVER:STEP with a lever from 1 to {len(levers)}, as in 2:3.")
        chosen = levers[int(lever) - 1]
        if int(step) >= len(chosen["steps"]):
            raise WrongAnswer(f"Lever {lever} has steps from 1 to {len(chosen['steps']) - 1}.")
        bought[chosen["name"]] = int(step)
    spent = sum(lever["steps"][bought.get(lever["name"], 0)]["price"] for lever in levers)
    if spent > offered["budget"]:
        raise WrongAnswer(f"That costs £{spent:,}, which is £{spent - offered['budget']:,.0f} too much.")
    return bought


# --- writing ------------------------------------------------------------------------------------


def _filled(words: str) -> str:
    return textwrap.fill(words, WIDTH, subsequent_indent="  ")


def _so_far(given: Payload, asked: Prediction) -> str:
    """The course up to where it is to be drawn, and what is known of another."""
    before = [(x, y) for x, y in zip(given["x"], given["before"], strict=False) if y is not None]
    lines = {LINE: before}
    key = f"  {LINE} {given['label']} so far"
    if given["known"]:
        known = given["known"]
        lines = {
            SECOND: [(x, y) for x, y in zip(given["x"], known["mean"], strict=True) if y is not None],
            **lines,
        }
        key = f"{key}   {SECOND} {known['label']}"
    lines = lines if any(lines.values()) else {LINE: [(asked.from_year, asked.low)]}
    return f"{given['title']} ({given['unit']})\n{text_chart(lines, [], asked.low, asked.high)}\n{key}"


def _chart(course: Payload, asked: Prediction, answer: Answer | None) -> str:
    """The courses that a step reveals, with the line that was drawn."""
    first = course["lines"][0]
    known = [n for n, y in enumerate(first["mean"]) if y is not None]
    band = [(course["x"][n], first["low"][n], first["high"][n]) for n in known if "low" in first]
    lines = {LINE: [(course["x"][n], first["mean"][n]) for n in known]}
    key = [f"{LINE} {first['label']}, {BAND} eight in ten runs"]
    for letter, other in zip(OTHERS, course["lines"][1:], strict=False):
        points = [(x, y) for x, y in zip(course["x"], other["mean"], strict=True) if y is not None]
        lines = {letter: points, **lines}
        key.append(f"{letter} {other['label']}")
    if isinstance(answer, list) and asked.type == "draw":
        lines = {**lines, YOURS: [(x, float(y)) for x, y in zip(asked.years, answer, strict=True)]}
        key.append(f"{YOURS} yours")
    values = [y for points in lines.values() for _, y in points] + [y for row in band for y in row[1:]]
    low, high = (asked.low, asked.high) if asked.type == "draw" else (min(values), max(values))
    high = high if high > low else low + 1
    head, drawn = f"{course['title']} ({course['unit']})", text_chart(lines, band, low, high)
    return "\n".join(["", head, drawn, *(f"  {line}" for line in key), ""])


def _table(found: Payload) -> str:
    lines = [f"{found['period'].capitalize()}; against: {found['base']}"]
    for row in found["rows"]:
        lines.append(f"\n{row['title']} ({row['unit']}): {row['base']}")
        for label, other in zip(found["policies"], row["others"], strict=True):
            lines.append(f"  {label:<40} {other['change']:>9}  ({other['interval']})  {other['verdict']}")
    return "\n".join(lines)


def _ledger(found: Payload) -> str:
    """The lines of the account with bars; of two policies, the difference."""
    side = "change" if len(found["labels"]) > 1 else "base"
    what = " less ".join(reversed(found["labels"])) if side == "change" else found["labels"][0]
    rows = [row for row in found["rows"] if any(row[key] and row[key][0] for key in ("base", side))]
    most = max((abs(row[side][0]) for row in rows), default=0.0)
    head = f"What moved trust in {found['years']} years: {what}"
    return "\n".join(
        [
            head,
            *(
                f"  {r['title']:<26} {display.number(r[side][0], 3, signed=True):>8} {bar(r[side][0], most)}"
                for r in rows
            ),
        ]
    )


def _channels(found: Payload) -> str:
    moved = [display.number(row["change"][0], 3, signed=True) for row in found["rows"]]
    rows = [
        f"  {row['title']:<40} {change:>8}  {row['part']:>5}"
        for row, change in zip(found["rows"], moved, strict=True)
    ]
    head = _filled(f"How much of a difference comes through each channel. {found['words']}")
    return "\n".join([head, *rows])


def _story(found: Payload) -> str:
    lines = [textwrap.fill(line["words"], WIDTH) for line in found["lines"]]
    return "\n".join([found["title"], "", *lines])


def _searched(found: Payload) -> str:
    """The optimiser's package and its two scores."""
    what = f"The optimiser bought, for £{found['cost']:,} a year: {'; '.join(found['bought'])}."
    rows = [f"  {score['title']:<28} {score['gain']}" for score in found["scores"]]
    return "\n".join([_filled(what), f"{found['title']} ({found['unit']}), against buying nothing", *rows])


def _price_list(found: Payload) -> str:
    lines = [f"£{found['budget']:,.0f} a year. What counts: {found['title'].lower()} ({found['unit']})."]
    for number, lever in enumerate(found["levers"], 1):
        lines.append(f"{number:>3}. {lever['title']}")
        steps = [f"{s['step']}: {s['value']} for £{s['price']:,}" for s in lever["steps"] if s["step"]]
        lines.append(
            textwrap.fill("; ".join(steps), WIDTH, initial_indent="       ", subsequent_indent="       ")
        )
    return "\n".join(lines)


def _bought(who: str, found: Payload) -> str:
    what = "; ".join(found["bought"]) or "nothing"
    return "\n".join(
        [_filled(f"{who} bought, for £{found['cost']:,} a year: {what}."), _filled(f"  {found['words']}")]
    )
