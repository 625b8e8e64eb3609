"""What may stand in a lesson's file: the keys of its front matter and of a step's block, each described once."""

from __future__ import annotations

from collabsim.file_format import Field
from collabsim.lessons.lesson import KINDS, MEASURES, NUMBERS, PREDICTIONS

MOST_STEPS, MOST_POLICIES, MOST_OPTIONS = 40, 8, 8
MOST_TEXT = 20_000
DEFAULT_REPLICATES = 40


def _line(name: str, meaning: str, maximum: int = 200, *, required: bool = False) -> Field:
    return Field(name, "line", meaning, minimum=int(required), maximum=maximum, required=required)


def _number(
    name: str, meaning: str, low: float, high: float, unit: str = "", *, required: bool = False
) -> Field:
    return Field(name, "number", meaning, unit, low, high, required=required)


FRONT = (
    _line("title", "what the lesson is called", required=True),
    Field("summary", "text", "what it shows, in a sentence or two", minimum=1, maximum=1_000, required=True),
    _line("audience", "who it is for", required=True),
    Field("minutes", "integer", "how long a session takes", "minutes", 1, 240, required=True),
    Field("order", "integer", "where it stands in the list", "", 1, 1_000),
    _line("scenario", "the shipped scenario that its policies are of", 100, required=True),
    Field("replicates", "integer", "runs of each policy", "runs", 4, 200),
    Field("seed", "integer", "seed of the model's luck", "", 0, 2**53 - 1),
)
FRONT_LISTS = ("goals", "limits")
FRONT_TABLES = ("policies", "claims", "sources")

POLICY = (
    _line("label", "how people call it", 80, required=True),
    _line("scenario", "a shipped scenario, if not the lesson's", 100),
)

CLAIM = (
    _line("text", "the sentence", 400, required=True),
    _line("outcome", "a scalar outcome, such as trust_last", 100, required=True),
    Field("direction", "choice", "what the second policy is against the first",
          choices=("higher", "lower", "same"), required=True),
    _number("margin", "how much it must differ at least, or may differ at most", 0, 1e9),
    _line("against", "the scalar outcome of the base, if another", 100),
    _line("channel", "the channel that the difference comes through, if it is about one", 60),
)  # fmt: skip

SOURCE = (
    _line("text", "author, year and title", 400, required=True),
    Field("grade", "choice", "grade of the evidence", choices=("A", "B", "C", "D")),
)

STEP = (
    Field("kind", "choice", "what the step is", choices=tuple(KINDS)),
    _number("minutes", "how long it takes", 0, 120, "minutes"),
    Field("notes", "text", "for who leads the session", maximum=MOST_TEXT),
    _line("of", "the step whose prediction it is about", 100),
)
STEP_LISTS = ("questions", "policies", "outcomes", "levers", "show")
STEP_TABLES = ("prediction", "observation", "person", "game")

PREDICTION = (
    Field("type", "choice", "how to predict", choices=PREDICTIONS, required=True),
    _line("question", "what is asked", 400, required=True),
    _line("outcome", "the outcome it is about", 100),
    Field("measure", "choice", "what the answer is held against", choices=(*MEASURES, *NUMBERS)),
    _number("low", "lower end of the answers", -1e9, 1e9),
    _number("high", "upper end of the answers", -1e9, 1e9),
    _number("step", "step of the answers", 0, 1e9),
    _number("margin", "up to which difference two policies count as the same", 0, 1e9),
    _number("from_year", "first year to draw", -50, 99, "years"),
    _number("to_year", "last year to draw", 1, 100, "years"),
)

OBSERVATION = (_line("question", "what is asked", 400, required=True),)

OPTION = (
    _line("text", "the answer in words", 200, required=True),
    _line("means", "what it says, in a word that the measure knows", 60),
    Field("claim", "integer", "the claim that says the same", "", 1, 100),
)

PERSON = (
    _line("policy", "the policy of the run", 60, required=True),
    Field("about", "choice", "a person or a case", choices=("person", "case")),
    Field("replicate", "integer", "the run", "", 0, 199),
    Field("which", "integer", "number of the person or case", "", 1, 100_000),
    _line("agency", "the person's agency", 60),
)

GAME = (
    _line("policy", "where everybody starts", 60, required=True),
    _number("budget", "what may be spent", 1, 1e9, "pounds a year", required=True),
    _line("outcome", "the scalar outcome that counts", 100, required=True),
    _line("best", "the stored package that the optimiser found", 100),
)

NEEDS: dict[str, tuple[str, ...]] = {
    "text": (),
    "predict": ("prediction",),
    "observe": ("observation",),
    "explain": (),
    "story": ("person",),
    "ledger": ("policies",),
    "compare": ("policies", "outcomes"),
    "game": ("game",),
}
"""What a block of each kind must have."""

MAY: dict[str, tuple[str, ...]] = {
    "observe": ("of",),
    "explain": ("of", "show", "policies", "outcomes"),
    "compare": ("levers",),
}
"""What it may have besides, and besides what every block may have."""

ALWAYS = ("kind", "minutes", "notes", "questions")
