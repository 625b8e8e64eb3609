"""What must hold in a lesson as a whole: that every name it uses is there, and every question has an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from collabsim.checks import Report, nearest, shown, shown_key
from collabsim.lessons import best
from collabsim.lessons.lesson import (
    DIRECTIONS,
    EXPLANATIONS,
    MEASURES,
    NUMBERS,
    PRICE,
    Claim,
    Game,
    Lesson,
    Option,
    Prediction,
    Step,
)
from collabsim.lessons.lesson_format import MOST_OPTIONS
from collabsim.outcomes import MONTHLY, scalar_names
from collabsim.parameters import LEVERS

FEWEST_YEARS = 3
_MONTHLY = [outcome.name for outcome in MONTHLY]


def check_whole(report: Report, lesson: Lesson) -> None:
    """Report what is wrong with a lesson's parts among each other, where every key is right by itself."""
    _Checks(report, lesson).all()


class _Checks:
    """Checks one lesson; sentences go to the report."""

    def __init__(self, report: Report, lesson: Lesson) -> None:
        self._report, self._lesson = report, lesson
        self._sound = {
            name: policy
            for name, policy in lesson.policies.items()
            if report.is_silent(f"policies.{shown_key(name)}")
        }
        self._years = min((policy.loaded.years for policy in self._sound.values()), default=10)

    def all(self) -> None:
        names = Counter(step.name for step in self._lesson.steps)
        for step in self._lesson.steps:
            prefix = f"step {shown(step.title)} (line {step.line}): "
            is_sound = self._report.is_silent(prefix.rstrip(": "))
            if names[step.name] > 1:
                self._report.say(prefix.rstrip(": "), "has the same title as another step")
            if is_sound:
                self._step(prefix, step)
        for number, claim in enumerate(self._lesson.claims, 1):
            if self._report.is_silent(f"claims[{number}]"):
                self._claim(f"claims[{number}].", claim)
        self._lengths()

    def _claim(self, prefix: str, claim: Claim) -> None:
        self._policies(f"{prefix}policies", claim.policies)
        if claim.outcome != PRICE:
            self._scalar(f"{prefix}outcome", claim.outcome)
        if claim.against:
            self._scalar(f"{prefix}against", claim.against)
        if claim.channel:
            self._channel(f"{prefix}channel", claim)
        if claim.direction == "same" and not claim.margin:
            self._report.say(
                f"{prefix}margin", "is missing or 0, but same needs one: how much counts as none"
            )

    def _lengths(self) -> None:
        lengths = {(p.loaded.years, p.loaded.burn_in_years) for p in self._sound.values()}
        if len(lengths) > 1:
            self._report.say("policies", "differ in their years, so that they cannot be compared")

    # --- names --------------------------------------------------------------------------------

    def _one(self, key: str, name: str, known: Collection[str], what: str) -> bool:
        if name in known:
            return True
        hint = nearest(name, known)
        some = "" if hint else f"; there are {', '.join(sorted(known)[:12])}" if known else "; there are none"
        self._report.say(key, f"is {shown(name)}, but there is no {what} of that name{hint or some}")
        return False

    def _policies(self, key: str, names: Collection[str]) -> None:
        for name in names:
            self._one(key, name, self._lesson.policies, "policy")

    def _scalar(self, key: str, name: str) -> bool:
        return self._one(key, name, scalar_names(self._years), f"outcome of a run of {self._years} years")

    def _channel(self, key: str, claim: Claim) -> None:
        from collabsim.model.state import CHANNELS  # loads the compiler: late

        self._one(key, claim.channel, CHANNELS, "channel")
        if claim.against or claim.outcome == PRICE:
            self._report.say(
                key, "is of a difference between two policies in a run, so no price and no against"
            )

    # --- steps --------------------------------------------------------------------------------

    def _step(self, prefix: str, step: Step) -> None:
        self._policies(f"{prefix}policies", step.policies)
        for name in step.outcomes:
            self._one(f"{prefix}outcomes", name, _MONTHLY, "monthly outcome")
        for name in step.levers:
            self._one(f"{prefix}levers", name, [lever.name for lever in LEVERS], "lever")
        for name in step.show:
            self._one(f"{prefix}show", name, EXPLANATIONS, "explanation")
        if step.of:
            self._of(prefix, step)
        elif step.kind == "observe":
            self._report.say(prefix.rstrip(": "), "observes, but no step before it has a prediction")
        self._needed_policies(prefix, step)
        self._parts(prefix, step)

    def _parts(self, prefix: str, step: Step) -> None:
        if step.prediction:
            self._prediction(f"{prefix}prediction.", step.prediction)
        if step.observation:
            self._options(f"{prefix}observation.options", [o.means for o in step.observation.options])
            for number, option in enumerate(step.observation.options, 1):
                self._seen(f"{prefix}observation.options[{number}].", option)
        if step.person:
            self._policies(f"{prefix}person.policy", [step.person.policy])
            self._agency(prefix, step)
        if step.game:
            self._game(f"{prefix}game.", step.game)

    def _seen(self, prefix: str, option: Option) -> None:
        """That what can be seen is a claim, which tests hold against the model."""
        self._one(f"{prefix}means", option.means, ("yes", "no"), "meaning")
        count = len(self._lesson.claims)
        if option.means == "yes" and not 1 <= option.claim <= count:
            text = f"is {option.claim or 'missing'}, but what can be seen must be one of the {count} claims"
            self._report.say(f"{prefix}claim", text)

    def _of(self, prefix: str, step: Step) -> None:
        earlier = self._lesson.steps[: self._lesson.steps.index(step)]
        self._one(f"{prefix}of", step.of, [s.name for s in earlier if s.prediction], "earlier prediction")

    def _needed_policies(self, prefix: str, step: Step) -> None:
        """A comparison needs two; what an explanation shows, as many as it shows."""
        compares = step.kind == "compare" or {"channels", "table"} & set(step.show)
        least = 2 if compares else 1 if step.kind == "ledger" or set(step.show) - {"search"} else 0
        if len(step.policies) < least:
            self._report.say(f"{prefix}policies", f"are {len(step.policies)}, but it needs {least} at least")
        if "courses" in step.show and not step.outcomes:
            self._report.say(f"{prefix}outcomes", "must name what the courses are of")
        if "search" in step.show and not self._lesson.searched(step):
            self._report.say(
                f"{prefix}show", "names search, but no game before it has a stored package (best)"
            )

    def _agency(self, prefix: str, step: Step) -> None:
        person = step.person
        if person and person.agency and person.policy in self._sound:
            names = [agency.name for agency in self._sound[person.policy].loaded.agencies]
            self._one(f"{prefix}person.agency", person.agency, names, "agency")

    # --- predictions --------------------------------------------------------------------------

    def _prediction(self, prefix: str, asked: Prediction) -> None:
        self._policies(f"{prefix}policies", asked.policies)
        check = {"draw": self._line, "choose": self._choice, "number": self._number}[asked.type]
        check(prefix, asked)

    def _line(self, prefix: str, asked: Prediction) -> None:
        self._one(f"{prefix}outcome", asked.outcome, _MONTHLY, "monthly outcome")
        self._axis(prefix, asked)
        if not asked.policies:
            self._report.say(f"{prefix}policies", "must name whose course is drawn")
        if not asked.from_year < asked.to_year <= self._years:
            self._report.say(f"{prefix}to_year", f"must come after from_year, and be at most {self._years}")
        elif len(asked.years) < FEWEST_YEARS:  # one or two points are no line, and none can be answered
            self._report.say(
                f"{prefix}to_year",
                f"leaves too few whole years to draw: {len(asked.years)}, not {FEWEST_YEARS}",
            )

    def _number(self, prefix: str, asked: Prediction) -> None:
        self._scalar(f"{prefix}outcome", asked.outcome)
        self._axis(prefix, asked)
        if self._one(f"{prefix}measure", asked.measure, NUMBERS, "measure of a number"):
            self._count(prefix, asked, {"level": 1, "difference": 2, "part": 3}[asked.measure])

    def _axis(self, prefix: str, asked: Prediction) -> None:
        if not asked.low < asked.high:
            self._report.say(
                f"{prefix}high", f"is {asked.high:g}, but must be above low, which is {asked.low:g}"
            )
        if not 0 < asked.step <= asked.high - asked.low:
            self._report.say(
                f"{prefix}step", f"is {asked.step:g}, but must be above 0 and fit between low and high"
            )

    def _choice(self, prefix: str, asked: Prediction) -> None:
        self._options(f"{prefix}options", [option.text for option in asked.options])
        if not asked.measure:
            return
        if not self._one(f"{prefix}measure", asked.measure, MEASURES, "measure of a choice"):
            return
        self._count(prefix, asked, 1 if asked.measure == "cause" else 2)
        if asked.measure in ("direction", "best", "channel"):
            self._scalar(f"{prefix}outcome", asked.outcome)
        for number, option in enumerate(asked.options, 1):
            self._one(f"{prefix}options[{number}].means", option.means, self._meanings(asked), "meaning")

    def _meanings(self, asked: Prediction) -> list[str]:
        if asked.measure == "direction":
            return list(DIRECTIONS)
        if asked.measure == "best":
            return list(asked.policies[1:])
        from collabsim.analysis import attribution, ledgers  # they load the compiler: late

        if asked.measure == "cause":
            return list(ledgers.TITLES)
        return list(attribution.TITLES) if asked.measure == "channel" else _MONTHLY

    def _count(self, prefix: str, asked: Prediction, least: int) -> None:
        if len(asked.policies) < least:
            words = f"are {len(asked.policies)}, but its measure ({asked.measure}) needs {least}"
            self._report.say(f"{prefix}policies", words)

    def _options(self, key: str, given: Collection[str]) -> None:
        if not 2 <= len(given) <= MOST_OPTIONS:
            self._report.say(key, f"are {len(given)}, but there must be 2 to {MOST_OPTIONS}")

    # --- games --------------------------------------------------------------------------------

    def _game(self, prefix: str, game: Game) -> None:
        self._policies(f"{prefix}policy", [game.policy])
        self._scalar(f"{prefix}outcome", game.outcome)
        priced = [lever.name for lever in LEVERS if lever.cost is not None]
        for name in game.levers:
            self._one(f"{prefix}levers", name, priced, "lever with a price")
        if not game.levers:
            self._report.say(f"{prefix}levers", "is empty, but there must be something to buy")
        if game.best:
            self._one(f"{prefix}best", game.best, best.names(), "stored package")
