"""A lesson as the rest of the program sees it: policies, steps, predictions, claims and sources, all checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from collabsim.display import Scale, scale
from collabsim.outcomes import OUTCOME, find_scalar
from collabsim.parameters import Value
from collabsim.scenario import Scenario, load_scenario

KINDS = {
    "text": "words to read or to say",
    "predict": "a prediction, made before anything is shown",
    "observe": "what the model gives, laid over the prediction, and the question what was seen",
    "explain": "the explanation, once everybody has said what they saw",
    "story": "one member of staff or one case, told from what happened in a run",
    "ledger": "what moved trust, cause by cause",
    "compare": "several policies side by side, under the same luck",
    "game": "a budget to spend on levers with their prices",
}
"""The kinds of step, and what each is."""

PREDICTIONS = ("draw", "choose", "number")
"""The ways to predict: a line over the years, one of several options, a number."""

MEASURES = {
    "direction": "whether the second policy gives more or less of the outcome than the first",
    "best": "the policy that changes the outcome most for the better, against the first",
    "cause": "the line of the trust ledger that takes most away, under the first policy",
    "channel": "the channel through which most of the difference comes",
    "outcome": "the outcome that changes most between the first two policies, in standard deviations",
}
"""What a choice can be about: how the right option is worked out from the model."""

NUMBERS = {
    "level": "the outcome under the first policy",
    "difference": "the outcome under the second policy less the first",
    "part": "what is left of the second policy's effect under the third, in per cent",
}
"""What a predicted number can be."""

PRICE = "price"
"""What a claim calls the pounds a year that a policy costs, by the table of costs."""

DIRECTIONS = ("higher", "lower", "same")
EXPLANATIONS = ("ledger", "channels", "table", "courses", "search")
"""What an explanation can show besides its words."""


@dataclass(frozen=True)
class Policy:
    """A policy that a lesson runs: a shipped scenario, perhaps with other values.

    Attributes
    ----------
    name : str
        How the lesson's steps call it.
    label : str
        How people call it.
    scenario : str
        Name of a shipped scenario.
    values : mapping
        Levers and assumptions that differ from the scenario's, by full name.
    """

    name: str
    label: str
    scenario: str
    values: Mapping[str, Value]

    @cached_property
    def loaded(self) -> Scenario:
        """The scenario with its values."""
        return load_scenario(self.scenario, self.values)


@dataclass(frozen=True)
class Option:
    """One answer of a choice.

    Attributes
    ----------
    text : str
    means : str
        What the answer says, in a word that the measure knows: `higher`, `lower` or `same`; the name of a policy, of a
        line of the ledger, of a channel, or of an outcome. A question without a measure leaves it empty.
    claim : int
        Of an observation: the number of the lesson's claim, from 1, that says the same. 0 without.
    """

    text: str
    means: str = ""
    claim: int = 0


@dataclass(frozen=True)
class Prediction:
    """What learners commit themselves to before they see anything.

    Attributes
    ----------
    type : str
        One of `PREDICTIONS`.
    question : str
        One sentence.
    outcome : str
        A monthly outcome (`draw`), or a scalar one (`choose`, `number`), such as `trust_last`.
    measure : str
        Of `MEASURES` for a choice, of `NUMBERS` for a number; empty for a line.
    policies : tuple of str
        The policies it is about, the base first. Of a line, the first is the one whose course is to be drawn;
        the second, if there is one, is drawn as what is known; others are shown with the result.
    options : tuple of Option
        Of a choice.
    low, high, step : float
        Ends of the axis or of the number, and the step of an answer, in the units that people read (`display.Scale`).
    margin : float
        Of a direction: up to which difference, in the outcome's own unit, two policies count as the same.
    from_year, to_year : float
        Of a line: the years after the policy's start that are to be drawn; the course before is given.
    """

    type: str
    question: str
    outcome: str
    measure: str = ""
    policies: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    margin: float = 0.0
    from_year: float = 0.0
    to_year: float = 10.0

    @property
    def unit(self) -> str:
        """What the axis or the number's field says."""
        if self.measure == "part":
            return "%"
        return scale_of(self.outcome).unit if self.outcome else ""

    @property
    def years(self) -> tuple[float, ...]:
        """Of a line: the years at which an answer gives a value."""
        first, last = math.floor(self.from_year) + 1, math.floor(self.to_year)
        return tuple(float(year) for year in range(first, last + 1))


def scale_of(outcome: str) -> Scale:
    """How people read the numbers of a monthly or a scalar outcome.

    Raises
    ------
    LookupError
        When there is none of that name.
    """
    return scale(OUTCOME[outcome] if outcome in OUTCOME else find_scalar(outcome)[0])


@dataclass(frozen=True)
class Observation:
    """What learners say they saw, before it is explained.

    Attributes
    ----------
    question : str
    options : tuple of Option
        `means` is `yes` for what can be seen on the screen, and names the claim that says so; else `no`.
    """

    question: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Claim:
    """A sentence of a lesson that the model must bear out, paired, with an interval that excludes zero.

    Attributes
    ----------
    text : str
    policies : tuple of (str, str)
        Base and other.
    outcome : str
        A scalar outcome, such as `trust_last` or `quits_year_3`; or `PRICE`.
    direction : str
        What the other is against the base: one of `DIRECTIONS`. `same` means smaller than `margin` for sure.
    margin : float
        In the outcome's own unit: how much it must differ at least, or may differ at most.
    against : str
        The base's scalar outcome, where it is another one: for a change over the years. Else empty.
    channel : str
        The channel that the claim is about: what of the difference comes through it. Empty for the whole difference.
    """

    text: str
    policies: tuple[str, str]
    outcome: str
    direction: str
    margin: float = 0.0
    against: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Person:
    """Whose story a step tells.

    Attributes
    ----------
    policy : str
    about : str
        `person` or `case`.
    replicate : int
    which : int or None
        The number that `collabsim story` gives; None for the first that much happened to.
    agency : str
        Of a person; empty for any.
    """

    policy: str
    about: str = "person"
    replicate: int = 0
    which: int | None = None
    agency: str = ""


@dataclass(frozen=True)
class Game:
    """A budget to spend.

    Attributes
    ----------
    policy : str
        Where everybody starts.
    budget : float
        Pounds a year, cash and staff time together.
    levers : tuple of str
        What can be bought.
    outcome : str
        The scalar that counts.
    best : str
        Name of the stored package that the optimiser found; empty without.
    """

    policy: str
    budget: float
    levers: tuple[str, ...]
    outcome: str
    best: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a lesson.

    Attributes
    ----------
    name : str
        The title in small letters with hyphens: its address within the lesson.
    title : str
    kind : str
        One of `KINDS`.
    minutes : float
    text : str
        Markdown, for learners.
    notes : str
        Markdown, for who leads the session; never on learners' screens.
    policies : tuple of str
        The policies that the step runs, the base first.
    outcomes : tuple of str
        Monthly outcomes that it shows.
    levers : tuple of str
        Levers that are unlocked for trying.
    prediction : Prediction or None
    of : str
        Of a step that observes or explains: the name of the step whose prediction it is about.
    observation : Observation or None
    show : tuple of str
        Of an explanation: any of `EXPLANATIONS`.
    person : Person or None
    game : Game or None
    questions : tuple of str
        To discuss.
    line : int
        Of the file, where the step begins.
    """

    name: str
    title: str
    kind: str
    minutes: float
    text: str
    notes: str = ""
    policies: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()
    prediction: Prediction | None = None
    of: str = ""
    observation: Observation | None = None
    show: tuple[str, ...] = ()
    person: Person | None = None
    game: Game | None = None
    questions: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Source:
    """Where something that a lesson says comes from.

    Attributes
    ----------
    text : str
        Author, year and title, or the name of one of the source documents.
    grade : str
        Of the evidence: A (best) to D (judgement); empty where the evidence files give none.
    """

    text: str
    grade: str = ""


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes
    ----------
    name : str
        Of its file.
    title, summary, audience : str
    minutes : int
    order : int
        Where it stands in the list.
    goals : tuple of str
        What learners can say afterwards.
    scenario : str
        The shipped scenario that policies are of unless they say otherwise.
    replicates, seed : int
        How many runs each policy gets, and their luck.
    policies : mapping of str to Policy
    steps : tuple of Step
    claims : tuple of Claim
    sources : tuple of Source
    limits : tuple of str
        What the lesson cannot tell.
    path : Path
    """

    name: str
    title: str
    summary: str
    audience: str
    minutes: int
    order: int
    goals: tuple[str, ...]
    scenario: str
    replicates: int
    seed: int
    policies: Mapping[str, Policy]
    steps: tuple[Step, ...]
    claims: tuple[Claim, ...]
    sources: tuple[Source, ...]
    limits: tuple[str, ...]
    path: Path

    @cached_property
    def digest(self) -> str:
        """Of all that the lesson says and where it lies: a file that was edited is another lesson."""
        return sha256(repr(self).encode()).hexdigest()

    def step(self, name: str) -> Step:
        """A step by its name.

        Raises
        ------
        LookupError
        """
        for step in self.steps:
            if step.name == name:
                return step
        raise LookupError(name)

    def predicted(self, step: Step) -> Step | None:
        """The step whose prediction a step is about: its own, or that of the step it names; None without."""
        if step.prediction is not None:
            return step
        return self.step(step.of) if step.of else None

    def searched(self, step: Step) -> Game | None:
        """The latest game up to a step for which an optimiser's package is stored; None without."""
        games = [s.game for s in self.steps[: self.steps.index(step) + 1] if s.game and s.game.best]
        return games[-1] if games else None
