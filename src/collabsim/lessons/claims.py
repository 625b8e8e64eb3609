"""Holds the sentences that a lesson claims against the model: paired, with an interval that must leave out zero."""

from __future__ import annotations

from dataclasses import dataclass

from collabsim.analysis.attribution import TITLES
from collabsim.analysis.differences import Estimate, estimate, paired
from collabsim.display import number
from collabsim.equal_cost import yearly_cost
from collabsim.lessons.lesson import PRICE, Claim, Lesson, scale_of
from collabsim.lessons.play import STAGE
from collabsim.lessons.stage import Stage
from collabsim.lessons.truths import channels, difference_words
from collabsim.outcomes import find_scalar


@dataclass(frozen=True)
class Checked:
    """A claim and what the model says to it.

    Attributes
    ----------
    claim : Claim
    change : Estimate
        Other less base, replicate by replicate, in the outcome's own unit.
    holds : bool
    words : str
    """

    claim: Claim
    change: Estimate
    holds: bool
    words: str

    @property
    def figure(self) -> str:
        """The difference and its interval, as people read them."""
        scale = scale_of(self.claim.outcome)
        return f"{scale.change(self.change.mean)} ({scale.interval(self.change, signed=True)}; {scale.unit})"


def check(lesson: Lesson, stage: Stage = STAGE) -> list[Checked]:
    """Every claim of a lesson, held against the model."""
    return [_checked(lesson, claim, stage) for claim in lesson.claims]


def _checked(lesson: Lesson, claim: Claim, stage: Stage) -> Checked:
    if claim.outcome == PRICE:
        return _priced(lesson, claim)
    if claim.channel:
        return _through(lesson, claim, stage)
    base, other = (stage.sample(lesson, policy).scalars for policy in claim.policies)
    change = paired(base[claim.against or claim.outcome], other[claim.outcome]).difference
    words = (
        _over_years(claim, change)
        if claim.against
        else difference_words(lesson, claim.outcome, claim.policies, change)
    )
    return Checked(claim, change, holds(claim, change), words)


def _priced(lesson: Lesson, claim: Claim) -> Checked:
    """A claim about what the other policy costs beyond the base, at the table's prices: no run is needed."""
    base, other = (yearly_cost(lesson.policies[policy].loaded) for policy in claim.policies)
    price = other - base
    change = Estimate(price, price, price, 0.0, 1)
    label = lesson.policies[claim.policies[1]].label
    return Checked(claim, change, holds(claim, change), f'"{label}" costs £{number(price, 0)} a year more.')


def _through(lesson: Lesson, claim: Claim, stage: Stage) -> Checked:
    """A claim about what of a difference comes through a channel."""
    found = channels(stage, lesson, claim.policies, claim.outcome)
    change, scale = estimate(found.channels[claim.channel]), scale_of(claim.outcome)
    moved = f"{scale.change(change.mean)} (95% interval {scale.interval(change, signed=True)})"
    words = f"{TITLES[claim.channel]}: {moved} of {scale.change(float(found.total.mean()))}."
    return Checked(claim, change, holds(claim, change), words)


def _over_years(claim: Claim, change: Estimate) -> str:
    """A change over the years in a sentence."""
    scale, (outcome, _) = scale_of(claim.outcome), find_scalar(claim.outcome)
    when = [
        name.removeprefix(f"{outcome.name}_").replace("_", " ") for name in (claim.against, claim.outcome)
    ]
    moved = f"{scale.change(change.mean)} (95% interval {scale.interval(change, signed=True)})"
    return f"{outcome.title}, from {when[0]} to {when[1]}: {moved}."


def holds(claim: Claim, change: Estimate) -> bool:
    """Whether the interval of a paired difference bears a claim out.

    `higher` and `lower`: all of the interval lies beyond the margin. `same`: all of it lies within the margin.
    """
    if claim.direction == "same":
        return bool(-claim.margin <= change.low and change.high <= claim.margin)
    if claim.direction == "higher":
        return bool(change.low > claim.margin)
    return bool(change.high < -claim.margin)
