"""Finds the optimiser's package for the games of the lessons, and stores it with how it was found.

    python benchmarks/lesson_packages.py

The search is that of `collabsim packages` (NSGA-II, common random numbers), over the levers that the game offers and no
others, so that the computer plays by the same rules. The package is chosen by the search alone; its gain is then measured
on fresh seeds, and the difference of the two is kept as what the search had flattered.
"""

from __future__ import annotations

import json
from pathlib import Path

import collabsim
from collabsim.analysis import packages
from collabsim.analysis.package_search import search
from collabsim.lessons import best, game
from collabsim.lessons.lesson import Game, Lesson
from collabsim.lessons.lesson_file import shipped_lessons

EVALUATIONS, REPLICATES, FRESH, SEED = 500, 12, 60, 0
FOLDER = Path(best.__file__).parent / "data" / "packages"


def found(lesson: Lesson, asked: Game) -> dict[str, object]:
    """The best package of a search, as `collabsim.lessons.best` reads it."""
    scenario, offered = lesson.policies[asked.policy].loaded, game.choices(lesson, asked)
    names = packages.scalars(asked.outcome)
    trial = packages.Laboratory(scenario, offered, names, REPLICATES, SEED)
    search(trial, asked.budget, EVALUATIONS, seed=SEED)
    fresh = packages.Laboratory(scenario, offered, names, FRESH, SEED + 1)
    outcome = packages.examined(trial, fresh, asked.budget)
    chosen = outcome.best
    assert chosen is not None
    gain, searched = chosen.fresh[0], chosen.searched[0]
    steps = {o.lever.name: step for o, step in zip(offered, chosen.package, strict=True) if step}
    made = {
        "evaluations": len(outcome.evaluated),
        "replicates": REPLICATES,
        "fresh_replicates": FRESH,
        "seed": SEED,
        "version": collabsim.__version__,
        "searched_gain": round(searched.mean, 5),
        "fresh_gain": [round(end, 5) for end in (gain.mean, gain.low, gain.high)],
        "levers": list(asked.levers),
    }
    return {
        "scenario": scenario.name,
        "budget": asked.budget,
        "yearly": round(chosen.yearly, 2),
        "outcome": asked.outcome,
        "steps": steps,
        "made": made,
    }


def main() -> None:
    """Search for every game that has a name for its package, and write the file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for lesson in shipped_lessons():
        for step in lesson.steps:
            if step.game is not None and step.game.best:
                text = json.dumps(found(lesson, step.game), indent=2) + "\n"
                (FOLDER / f"{step.game.best}.json").write_text(text, encoding="utf-8", newline="\n")
                print(f"{step.game.best}: {text}")


if __name__ == "__main__":
    main()
