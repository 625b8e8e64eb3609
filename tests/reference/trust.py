"""Relationships; trust from experience, repair, drift and breach (declaration, 7.5 and 7.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING

from collabsim.model.draws import uniform
from reference.arithmetic import clip

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from reference.governance import ReferenceAgency
    from reference.partnership import ReferencePartnership
    from reference.workforce import ReferenceStaff

COMPETENCE, GOODWILL = 0, 1
COMPETENCE_BACK, INTEGRITY_BACK = 0.7, 0.2
CAP_BELOW = 0.1


@dataclass(eq=False, slots=True)
class Side:
    """One dimension of someone's trust: competence or goodwill."""

    trust: float
    cap: float = 1.0
    good: float = 0.0  # evidence, under the beta rule
    bad: float = 0.0


@dataclass(eq=False, slots=True)
class Tie:
    """One person's trust in another."""

    holder: ReferenceStaff
    other: ReferenceStaff
    relationship: Relationship
    trust: float
    cap: float = 1.0
    good: float = 0.0  # evidence, under the beta rule
    bad: float = 0.0
    sides: tuple[Side, Side] | None = None  # competence and goodwill, where trust has two dimensions
    last_answer: float = 0.5  # what became of the holder's last request to the other
    requests: int = 0
    answers: int = 0

    def trust_in(self, sensitive: bool) -> float:
        """The trust that an answer rests on."""
        return self.sides[GOODWILL].trust if self.sides and sensitive else self.trust


@dataclass(eq=False, slots=True)
class Relationship:
    """Two people of different agencies in one locality, while both are in post."""

    lower: ReferenceStaff
    higher: ReferenceStaff
    began: int
    contacts: int = 0
    last_contact: int = -1
    ties: tuple[Tie, Tie] = field(init=False)
    ordinary: bool = field(init=False)

    def __post_init__(self) -> None:
        self.ordinary = self.higher.ordinary

    @property
    def pair(self) -> int:
        """The number of the pair of posts."""
        return self.lower.post.id << 32 | self.higher.post.id

    @property
    def alive(self) -> bool:
        return self.higher in self.lower.ties


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


def set_trust(model: ReferencePartnership, tie: Tie, trust: float, line: str) -> None:
    """Change trust and book the change."""
    if tie.relationship.ordinary:
        model.trust_ledger.change(line, trust - tie.trust)
    tie.trust = trust


# Relationships begin


def begin(model: ReferencePartnership, one: ReferenceStaff, another: ReferenceStaff) -> Relationship:
    """Two people find each other in post; neither knows more than the agencies and people in general."""
    lower, higher = (one, another) if one.post.id < another.post.id else (another, one)
    relationship = Relationship(lower, higher, model.week)
    relationship.ties = (
        Tie(lower, higher, relationship, prior(model, lower, higher)),
        Tie(higher, lower, relationship, prior(model, higher, lower)),
    )
    for tie in relationship.ties:
        tie.holder.ties[tie.other] = tie
        model.rule.begin(tie)
    lower.locality.relationships[relationship] = None
    return relationship


def prior(model: ReferencePartnership, holder: ReferenceStaff, other: ReferenceStaff) -> float:
    """A newcomer's trust: between the agencies' trust and the person's own disposition."""
    weight = model.values["trust.institution_weight"]
    return weight * holder.agency.trust[other.agency] + (1 - weight) * holder.disposition


def meet_everyone(model: ReferencePartnership, newcomer: ReferenceStaff) -> None:
    """A newcomer's relationships begin, with introductions where the leaver left some."""
    counterparts = [other for team in newcomer.locality.all_teams if team.agency is not newcomer.agency
                    for other in team.staff]  # fmt: skip
    began = [begin(model, newcomer, other) for other in counterparts]
    joined = [tie.trust for one in began if one.ordinary for tie in one.ties]
    model.trust_ledger.join("newcomers", joined)
    for other in counterparts:
        introduce(model, newcomer, other)
    newcomer.post.introductions = {}


def introduce(model: ReferencePartnership, newcomer: ReferenceStaff, other: ReferenceStaff) -> None:
    """The leaver's introduction: part of the trust that he or she had with the same counterpart."""
    number, given, received = newcomer.post.introductions.get(other.post, (-1, 0.0, 0.0))
    if number != other.post.occupant_number:
        return
    share = model.values["trust.introduction"]
    for tie, stored in ((newcomer.ties[other], given), (other.ties[newcomer], received)):
        set_trust(model, tie, tie.trust + share * max(0.0, stored - tie.trust), "introductions")
        model.rule.begin(tie)


def end_relationships(model: ReferencePartnership, leaver: ReferenceStaff, line: str) -> None:
    """Someone leaves: every relationship ends."""
    ended = [tie.relationship for tie in leaver.ties.values()]
    gone = [tie.trust for one in ended if one.ordinary for tie in one.ties]
    model.trust_ledger.leave(line, gone)
    for relationship in ended:
        del leaver.locality.relationships[relationship]
    for other in leaver.ties:
        del other.ties[leaver]
    leaver.ties = {}


# Experience


def contact(model: ReferencePartnership, first: Tie, luck: np.uint64, entity: int, number: int) -> None:
    """One contact: an experience of one person, then of the other."""
    relationship = first.relationship
    relationship.contacts += 1
    relationship.last_contact = model.week
    first.holder.contacts_this_week += 1
    first.other.contacts_this_week += 1
    if relationship.ordinary:
        model.month["contacts"] += 1
    experience(model, first, luck, entity, number)
    experience(model, first.other.ties[first.holder], luck, entity, number + 8)


def experience(model: ReferencePartnership, tie: Tie, luck: np.uint64, entity: int, number: int) -> None:
    """A contact as one of the two lived it: good, bad or a conflict."""
    if uniform(luck, entity, number) >= chance_of_bad(model, tie):
        set_trust(model, tie, model.rule.after_good(tie), "good contacts")
    elif uniform(luck, entity, number + 1) < model.values["conflict.share"]:
        conflict(model, tie, luck, entity, number)
    else:
        set_trust(model, tie, model.rule.after_bad(tie), "bad contacts")


def chance_of_bad(model: ReferencePartnership, tie: Tie) -> float:
    """The probability that a contact disappoints."""
    values, holder, other = model.values, tie.holder, tie.other
    bridged = (1 - 0.5 * model.policy["pooled_budget.share"]) * (1 - 0.2 * holder.locality.hub_strength)
    chance = (
        values["trust.bad_base"]
        + values["trust.bad_newcomer"] * exp(-other.tenure / 13)
        + values["trust.bad_goal_gap"] * bridged * abs(holder.goal - other.goal)
        + values["trust.bad_overload"] * other.team.overload
        - values["trust.bad_role"] * (holder.agency.clarity[other.agency] - 0.5)
    )
    return clip(chance, 0.01, 0.95)


def conflict(model: ReferencePartnership, tie: Tie, luck: np.uint64, entity: int, number: int) -> None:
    """A conflict: it may be repaired within weeks; one about integrity may leave a mark for good."""
    integrity = uniform(luck, entity, number + 2) < model.values["conflict.integrity"]
    capped = tie.sides[GOODWILL] if tie.sides else tie
    trusted, before = tie.trust, capped.trust
    set_trust(model, tie, model.rule.after_conflict(tie, integrity), "conflicts")
    if uniform(luck, entity, number + 3) < chance_of_repair(model, tie.holder.agency):
        due = model.week + 1 + int(8 * uniform(luck, entity, number + 4))
        model.repairs.setdefault(due, []).append((tie, integrity, trusted - tie.trust))
    elif integrity:
        capped.cap = min(capped.cap, max(0.0, before - CAP_BELOW))
    if tie.relationship.ordinary:
        model.month["conflicts"] += 1
    model.note("conflict", tie.holder.post.id, tie.other.post.id, float(integrity))


def chance_of_repair(model: ReferencePartnership, agency: ReferenceAgency) -> float:
    """The probability that a conflict is repaired."""
    values = model.values
    facilitation = values["conflict.repair_facilitation"] * model.policy["safe_space.facilitation"]
    safety = values["conflict.repair_safety"] * agency.safety
    return clip(values["conflict.repair_base"] + facilitation + safety, 0, 1)


# Repair, drift, breach


def trust(model: ReferencePartnership) -> None:
    """What people make of the week's contacts; repairs that are due; drift where there was no contact."""
    for tie, luck, entity, number in model.contacts:
        contact(model, tie, luck, entity, number)
    for tie, integrity, loss in model.repairs.pop(model.week, []):
        if tie.relationship.alive:
            repair(model, tie, integrity, loss)
    for locality in model.localities:
        for relationship in locality.relationships:
            if relationship.last_contact != model.week:
                drift(model, relationship)


def repair(model: ReferencePartnership, tie: Tie, integrity: bool, loss: float) -> None:
    """Part of the trust that a conflict took comes back."""
    set_trust(model, tie, model.rule.after_repair(tie, integrity, loss), "repairs")
    model.note("repaired", tie.holder.post.id, tie.other.post.id, returned(integrity) * loss)


def drift(model: ReferencePartnership, relationship: Relationship) -> None:
    """Without contact, trust drifts to what the agencies think of each other, or to nothing."""
    for tie in relationship.ties:
        target = tie.holder.agency.trust[tie.other.agency] if model.drifts_to_institution else 0.0
        set_trust(model, tie, model.rule.after_drift(tie, target), "drift")


def breach(model: ReferencePartnership, agency: ReferenceAgency, overshared: float) -> None:
    """A data breach, or by over-sharing: the others trust the agency less, and its people."""
    drop, spill = model.values["trust.breach_drop"], model.values["trust.breach_spill"]
    for other in model.agencies:
        if other is not agency:
            other.trust[agency] = max(0.0, other.trust[agency] - drop)
    for team in agency.teams:
        for member in team.staff:
            others = [other for other in member.ties if other.agency is not model.hub]
            for tie in (other.ties[member] for other in others):
                lower = tie.trust - spill * min(drop, tie.trust)
                set_trust(model, tie, model.rule.after_breach(tie, lower), "breaches")
    model.note("breach", agency.number, -1, overshared)
