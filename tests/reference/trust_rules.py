"""How experience changes trust: the two rules, and trust of two dimensions (declaration, 7.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference.trust import Tie

COMPETENCE, GOODWILL = 0, 1
COMPETENCE_BACK, INTEGRITY_BACK = 0.7, 0.2


@dataclass(eq=False, slots=True)
class Side:
    """One dimension of someone's trust: competence or goodwill."""

    trust: float
    cap: float = 1.0
    good: float = 0.0  # evidence, under the beta rule
    bad: float = 0.0


class DeltaRule:
    """Experience changes trust by a share of what is left."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.gain = values["trust.gain"]
        self.loss = values["trust.loss"]
        self.decay = values["trust.drift"]

    def begin(self, tie: Tie | Side) -> None:
        """Nothing to remember but trust itself."""

    def after_good(self, tie: Tie | Side) -> float:
        return min(tie.trust + self.gain * (1 - tie.trust), tie.cap)

    def after_bad(self, tie: Tie | Side) -> float:
        return tie.trust - self.loss * tie.trust

    def after_conflict(self, tie: Tie | Side, integrity: bool = False, weight: float = 1.0) -> float:
        return max(0.0, tie.trust - 2 * self.loss / weight * tie.trust)

    def after_repair(self, tie: Tie | Side, integrity: bool, loss: float, weight: float = 1.0) -> float:
        return min(tie.trust + returned(integrity) * loss, tie.cap)

    def after_drift(self, tie: Tie, target: float) -> float:
        return min(tie.trust + self.decay * (target - tie.trust), tie.cap)

    def after_breach(self, tie: Tie, trust: float) -> float:
        return trust


class BetaRule:
    """Trust is the share of good in the evidence, old evidence being forgotten."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.prior = values["beta.prior_weight"]
        self.weight = values["beta.bad_weight"]
        self.forgetting = 1 - values["beta.forgetting"]

    def begin(self, tie: Tie) -> None:
        tie.good = self.prior * tie.trust
        tie.bad = self.prior * (1 - tie.trust)

    def trust(self, tie: Tie) -> float:
        return min(tie.good / (tie.good + tie.bad), tie.cap)

    def after_good(self, tie: Tie) -> float:
        tie.good += 1
        return self.trust(tie)

    def after_bad(self, tie: Tie | Side) -> float:
        tie.bad += self.weight
        return self.trust(tie)

    def after_conflict(self, tie: Tie | Side, integrity: bool = False, weight: float = 1.0) -> float:
        tie.bad += 2 * self.weight / weight
        return self.trust(tie)

    def after_repair(self, tie: Tie | Side, integrity: bool, loss: float, weight: float = 1.0) -> float:
        tie.bad = max(1e-9, tie.bad - returned(integrity) * 2 * self.weight / weight)
        return self.trust(tie)

    def after_drift(self, tie: Tie, target: float) -> float:
        tie.good += self.forgetting * (self.prior * target - tie.good)
        tie.bad += self.forgetting * (self.prior * (1 - target) - tie.bad)
        return self.trust(tie)

    def after_breach(self, tie: Tie, trust: float) -> float:
        trust = max(trust, 1e-6)
        tie.bad = tie.good * (1 - trust) / trust
        return trust


RULES = {"delta": DeltaRule, "beta": BetaRule}


class TwoDimensions:
    """Competence and goodwill, each after one of the rules above; trust is their weighted mean."""

    def __init__(self, values: Mapping[str, float], rule: DeltaRule | BetaRule) -> None:
        competence = values["trust.competence_weight"]
        self.weights = competence, 1 - competence
        self.rule = rule

    def mean(self, tie: Tie) -> float:
        return sum(weight * side.trust for weight, side in zip(self.weights, tie.sides, strict=True))

    def begin(self, tie: Tie) -> None:
        tie.sides = Side(tie.trust), Side(tie.trust)
        for side in tie.sides:
            self.rule.begin(side)

    def after_good(self, tie: Tie) -> float:
        for side in tie.sides:
            side.trust = self.rule.after_good(side)
        return self.mean(tie)

    def after_bad(self, tie: Tie) -> float:
        for side in tie.sides:
            side.trust = self.rule.after_bad(side)
        return self.mean(tie)

    def after_conflict(self, tie: Tie, integrity: bool) -> float:
        side = tie.sides[integrity]
        side.trust = self.rule.after_conflict(side, integrity, self.weights[integrity])
        return self.mean(tie)

    def after_repair(self, tie: Tie, integrity: bool, loss: float) -> float:
        side, weight = tie.sides[integrity], self.weights[integrity]
        side.trust = self.rule.after_repair(side, integrity, loss / weight, weight)
        return self.mean(tie)

    def after_drift(self, tie: Tie, target: float) -> float:
        for side in tie.sides:
            side.trust = self.rule.after_drift(side, target)
        return self.mean(tie)

    def after_breach(self, tie: Tie, trust: float) -> float:
        goodwill = tie.sides[GOODWILL]
        left = max(0.0, goodwill.trust - (tie.trust - trust) / self.weights[GOODWILL])
        goodwill.trust = self.rule.after_breach(goodwill, left)
        return self.mean(tie)


def returned(integrity: bool) -> float:
    """The share of what a conflict took that a repair gives back."""
    return INTEGRITY_BACK if integrity else COMPETENCE_BACK
