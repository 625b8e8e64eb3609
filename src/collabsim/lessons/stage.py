"""The runs of a lesson: every policy once, all under the same luck, kept while the lesson is played."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from collabsim.analysis.attribution import Attribution, attribute
from collabsim.analysis.samples import Sample, kept
from collabsim.lessons.lesson import Lesson
from collabsim.model.simulate import Runs, simulate
from collabsim.scenario import Scenario

Run = Callable[[Scenario, int, int], Runs]
"""What runs a scenario: (scenario, replicates, seed) -> its runs."""

MOST_KEPT = 40


def model(scenario: Scenario, replicates: int, seed: int) -> Runs:
    """The compiled model on all cores."""
    return simulate(scenario, replicates, seed)


class Stage:
    """Runs policies of lessons, and keeps the runs of the last few.

    Parameters
    ----------
    run : callable
        The model itself, unless a server shares it out in its own way.
    """

    def __init__(self, run: Run = model) -> None:
        self._run = run
        self._kept: OrderedDict[tuple[str, int, int], tuple[Runs, Sample]] = OrderedDict()
        self._split: dict[tuple[str, str, str, int, int], Attribution] = {}
        self._lock = threading.Lock()

    def runs(self, lesson: Lesson, policy: str) -> Runs:
        """The runs of a lesson's policy."""
        return self.of(lesson.policies[policy].loaded, lesson.replicates, lesson.seed)[0]

    def sample(self, lesson: Lesson, policy: str) -> Sample:
        """What answers are made from, of a lesson's policy."""
        return self.of(lesson.policies[policy].loaded, lesson.replicates, lesson.seed)[1]

    def of(self, scenario: Scenario, replicates: int, seed: int) -> tuple[Runs, Sample]:
        """The runs of any scenario, and their sample."""
        key = (scenario.digest, replicates, seed)
        with self._lock:
            found = self._kept.get(key)
        if found is None:
            runs = self._run(scenario, replicates, seed)
            found = (runs, kept(runs, scenario))
            self._keep(key, found)
        return found

    def split(self, base: Scenario, other: Scenario, name: str, replicates: int, seed: int) -> Attribution:
        """The difference between two scenarios in a scalar outcome, split over channels."""
        key = (base.digest, other.digest, name, replicates, seed)
        if key not in self._split:
            self._split[key] = attribute(other, base, (name,), replicates, seed)[name]
        return self._split[key]

    def _keep(self, key: tuple[str, int, int], found: tuple[Runs, Sample]) -> None:
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
