"""Predict, observe, explain: what a learner may see, given what the learner has answered.

References
----------
Crouch, C., Fagen, A. P., Callan, J. P. and Mazur, E. (2004). Classroom demonstrations: learning tools or
entertainment? American Journal of Physics 72, 835-838.
White, R. and Gunstone, R. (1992). Probing Understanding. Falmer Press.
"""

from __future__ import annotations

from collections.abc import Collection

from collabsim.lessons.lesson import Lesson, Step


def asks(step: Step) -> bool:
    """Whether a step wants an answer before the next one: a prediction, or what was seen."""
    return step.prediction is not None or step.observation is not None


def open_steps(lesson: Lesson, answered: Collection[str]) -> int:
    """How many steps, from the first, may be seen: all up to the first that still wants an answer.

    Parameters
    ----------
    lesson : Lesson
    answered : collection of str
        Names of the steps that have been answered.
    """
    for number, step in enumerate(lesson.steps, 1):
        if asks(step) and step.name not in answered:
            return number
    return len(lesson.steps)


def may_see(lesson: Lesson, step: Step, answered: Collection[str]) -> bool:
    """Whether a step, with what it reveals, may be seen."""
    return lesson.steps.index(step) < open_steps(lesson, answered)
