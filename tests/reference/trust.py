"""Relationships; trust from experience, repair, drift and breach (declaration, 7.5 and 7.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING

from collabsim.model.draws import uniform, word
from reference.arithmetic import below, clip
from reference.trust_rules import GOODWILL, returned

if TYPE_CHECKING:
    import numpy as np

    from reference.governance import ReferenceAgency
    from reference.partnership import ReferencePartnership
    from reference.trust_rules import Side
    from reference.workforce import ReferenceStaff

CAP_BELOW = 0.1


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
    shared = word(luck, entity, number)
    experience(model, first, (shared, shared >> 32), luck, entity, number)
    shared >>= 16
    experience(model, first.other.ties[first.holder], (shared, shared >> 32), luck, entity, number + 8)


def experience(
    model: ReferencePartnership, tie: Tie, begun: tuple[int, int], luck: np.uint64, entity: int, number: int
) -> None:
    """A contact as one of the two lived it: good, bad or a conflict; two of its draws have begun."""
    if not below(chance_of_bad(model, tie), begun[0] & 65535, lambda: word(luck, entity, number + 5)):
        set_trust(model, tie, model.rule.after_good(tie), "good contacts")
    elif below(model.values["conflict.share"], begun[1] & 65535, lambda: word(luck, entity, number + 6)):
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
