"""A class of thirty on this machine: how soon a vote is on the projector, and a result on everybody's page.

The page that leads is a real browser's, and looks at itself; the learners are WebSocket clients that speak what a page
speaks (`tests/learners.py`). They vote in two ways: one after another, and all at once. Run:

    python benchmarks/classroom.py [--learners 30] [--save]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from records import provenance, save

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from browser import open_browser
from dashboards import WAIT, served, watched
from learners import Learner, Room

from collabsim.lessons.lesson import Step
from collabsim.lessons.lesson_file import load_lesson

NAME = "short-term-funding"
APART = 0.2
"""Seconds between two votes that come one after another."""
WATCH = """() => { window.votes = []; window.watcher?.disconnect(); window.watcher = new MutationObserver(() => {
  const n = Number(document.getElementById('cs-count-class').dataset.answered);
  while (window.votes.length < n) window.votes.push(Date.now());
}); window.watcher.observe(document.body, { subtree: true, childList: true, attributes: true }) }"""


def main() -> None:
    """Play the main lesson with a class, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/classroom.json")
    chosen = parser.parse_args()
    before = provenance()
    with (
        served(NAME, command="teach") as address,
        open_browser() as browser,
        watched(browser, address) as visit,
    ):
        figures = {"learners": chosen.learners, **_played(visit, address, chosen.learners)}
    for name, value in figures.items():
        print(f"{name:32} {value}")
    if chosen.save:
        save("classroom", {**before, **figures})


def _played(visit: Any, address: str, count: int) -> dict[str, Any]:
    """The lesson from its start to its end, and what was measured on the way."""
    lesson, room, server = load_lesson(NAME), Room(), psutil.Process().children()[0]
    page = visit.open(f"/teach?lesson={NAME}")
    page.get_by_role("button", name="Lead a class").click()
    code = page.locator("#cs-class-code").inner_text(timeout=WAIT)
    empty, began = server.memory_info().rss, time.monotonic()
    learners = room.join(address, code, count)
    found: dict[str, Any] = {"all_joined_s": round(time.monotonic() - began, 2)}
    votes: dict[str, list[float]] = {"apart": [], "at_once": []}
    turns, spread = [], True
    for number, step in enumerate(lesson.steps):
        page.locator(f".cs-way[data-step={step.name}]").wait_for(timeout=WAIT)
        room.run(*(learner.at(step.name) for learner in learners))
        if step.prediction is not None or step.observation is not None:
            votes["apart" if spread else "at_once"] += _voted(
                page, room, learners, step, APART if spread else 0
            )
            spread = not spread
        if number + 1 < len(lesson.steps):
            turns.append(_turned(page, room, learners, lesson.steps[number + 1]))
    for name, late in votes.items():
        found |= {f"vote_{name}_{key}_ms": value for key, value in _summary(late).items()}
    found |= {f"next_step_on_all_{key}_ms": value for key, value in _summary(turns).items()}
    found["server_mib"] = round(server.memory_info().rss / 2**20)
    found["mib_a_learner"] = round((server.memory_info().rss - empty) / 2**20 / count, 1)
    room.close()
    return found


def _voted(page: Any, room: Room, learners: list[Learner], step: Step, apart: float) -> list[float]:
    """Milliseconds from the sending of each vote until the projector counts it."""
    sent: list[float] = []

    async def vote(learner: Learner, k: int) -> None:
        await asyncio.sleep(k * apart)
        sent.append(time.time() * 1_000)
        await learner.answer(_answer(step, k))

    page.evaluate(WATCH)
    room.run(*(vote(learner, k) for k, learner in enumerate(learners)))
    page.wait_for_function("n => window.votes.length >= n", arg=len(learners), timeout=WAIT)
    return [seen - when for seen, when in zip(page.evaluate("window.votes"), sorted(sent), strict=True)]


def _answer(step: Step, k: int) -> Any:
    if step.observation is not None:
        return [k % len(step.observation.options)]
    asked = step.prediction
    assert asked is not None
    if asked.type == "choose":
        return k % len(asked.options)
    height = asked.low + (asked.high - asked.low) * (k % 20) / 20
    return height if asked.type == "number" else [round(height, 3)] * len(asked.years)


def _turned(page: Any, room: Room, learners: list[Learner], step: Step) -> float:
    """Milliseconds from the leader's click until the last learner is at the next step."""
    began = time.monotonic()
    page.click("#cs-next")
    room.run(*(learner.at(step.name) for learner in learners))
    return 1_000 * (time.monotonic() - began)


def _summary(late: list[float]) -> dict[str, int]:
    return {
        "p50": round(np.quantile(late, 0.5)),
        "p95": round(np.quantile(late, 0.95)),
        "max": round(max(late)),
    }


if __name__ == "__main__":
    main()
