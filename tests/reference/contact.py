"""Who meets whom: foci of contact, case contacts, the time budget (declaration, 7.7)."""

from __future__ import annotations

from collections import defaultdict
from math import exp, floor
from typing import TYPE_CHECKING

from collabsim.model.draws import CASE_CONTACT, CASE_EXPERIENCE, CONTACT, EXPERIENCE, uniform, word
from reference.arithmetic import joined, poisson

PAIRS = (1, 2, 3, 6, 7, 11)  # of a case's members

if TYPE_CHECKING:
    import numpy as np

    from reference.casework import Case
    from reference.partnership import ReferencePartnership
    from reference.places import Post
    from reference.trust import Relationship
    from reference.workforce import ReferenceStaff


class Foci:
    """What brings people together under the policy in force; rates are contacts a week."""

    def __init__(self, model: ReferencePartnership) -> None:
        values, policy = model.values, model.policy
        meetings = policy["meetings.per_month"] * 12 / 52
        online = policy["meetings.virtual_share"] * (1 - values["contact.virtual_effect"])
        training = values["contact.meetings_per_training_day"] * policy["training.days_per_year"] / 52
        self.meeting = (meetings * (1 - online) + training) * values["contact.meeting"]
        self.core_group = values["contact.core_group"]
        self.apart = values["contact.site"]
        self.initiative = values["contact.initiative"]
        self.together = values["contact.colocated"]
        self.shared_days = policy["colocation.days"] / 5
        self.feedback = values["contact.trust_feedback"]
        self.hub = values["contact.hub"]
        self.key_worker = values["contact.key_worker"]

    def rate(self, relationship: Relationship) -> float:
        """Contacts a week of two people, if they had time for them all."""
        low, high = relationship.lower, relationship.higher
        if not high.ordinary:
            return self.key_worker * high.post.fte
        there, back = relationship.ties
        liking = 1 + self.feedback * ((there.trust + back.trust) / 2 - 0.5)
        sharing = self.sharing(low.post, high.post)
        attending = low.team.attendance * high.team.attendance
        meetings = self.meeting
        if low.post.in_core_group and high.post.in_core_group:
            meetings += self.core_group
        site = self.apart + sharing * (self.together - self.apart)
        return liking * site * self.initiative + attending * meetings + self.hub * low.locality.hub_strength

    def sharing(self, one: Post, another: Post) -> float:
        """The share of the week that two posts are in one place."""
        if one.agency.site and one.agency.site == another.agency.site:
            return 1.0
        return self.shared_days if one.colocated and another.colocated else 0.0


def place_staff(model: ReferencePartnership) -> None:
    """Say which posts the policy co-locates, and which are in the core group."""
    share = model.policy["colocation.share_of_posts"]
    for locality in model.localities:
        for team in locality.teams:
            moved = floor(share * len(team.posts) + 0.5)
            for index, post in enumerate(team.posts):
                post.colocated = index < moved
    core = core_group(model)
    for post in model.ordinary_posts:
        post.in_core_group = post in core


def core_group(model: ReferencePartnership) -> set[Post]:
    """One post from each agency in turn, until the group is full."""
    queues = [agency.posts for agency in model.agencies]
    longest = max(len(queue) for queue in queues)
    in_turn = [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]
    return set(in_turn[: int(model.policy["meetings.core_group_size"])])


# Contacts


def contacts(model: ReferencePartnership) -> None:
    """Draw the week's contacts: acquaintance first, then cases."""
    foci = Foci(model)
    luck, lived = model.stream(CONTACT), model.stream(EXPERIENCE)
    model.contacts = []
    words: dict[int, int] = {}
    for locality in model.localities:
        for relationship in locality.relationships:
            rate = foci.rate(relationship)
            if relationship.ordinary:  # hub staff always find time
                rate *= time_shared(relationship.lower, relationship.higher)
            pair = relationship.pair
            if relationship.ordinary:
                number = count_contacts(luck, words, relationship, rate)
            else:
                number = poisson(uniform(luck, pair, 0), rate)
            for m in range(number):
                model.contacts.append((relationship.ties[0], lived, pair, 16 * m))
    for case in model.cases:
        case_contacts(model, case)


def count_contacts(luck: np.uint64, words: dict[int, int], relationship: Relationship, rate: float) -> int:
    """The week's contacts of two in ordinary posts: their draw begins with a quarter of a word that four pairs share."""
    lower, higher = relationship.lower.post.id, relationship.higher.post.id
    four = lower << 32 | higher // 4
    if four not in words:
        words[four] = word(luck, four, 2)
    first = words[four] >> 16 * (higher % 4) & 65535
    if first + 1 <= 65536 * exp(-rate):  # none, whatever the draw's other bits are
        return 0
    return poisson(joined(first, 16, word(luck, relationship.pair, 1)), rate)


def case_contacts(model: ReferencePartnership, case: Case) -> None:
    """The members of a case meet over it."""
    luck, lived = model.stream(CASE_CONTACT), model.stream(CASE_EXPERIENCE)
    shared = word(luck, case.id, 0)
    case.contacts = {}
    for pair, one, another in case.pairs():
        if one and another:
            rate = model.values["contact.case"] * time_shared(one, another)
            first = shared >> 10 * PAIRS.index(pair) & 1023
            number = poisson(joined(first, 10, word(luck, case.id, pair)), rate)
            case.contacts[pair] = number
            for m in range(number):
                model.contacts.append((one.ties[another], lived, case.id, 16 * (32 * pair + m)))


# Time


def time_shared(one: ReferenceStaff, another: ReferenceStaff) -> float:
    """The share of wished-for contacts for which both find time."""
    return min(one.time_share, another.time_share)


def time_budget(model: ReferencePartnership) -> None:
    """What share of their contacts people find time for."""
    load = contact_load(model, Foci(model))
    budget = model.values["contact.time_budget"]
    for person in model.ordinary_staff:
        wished = load[person]
        person.time_share = min(1.0, budget / wished) if wished > 0 else 1.0


def contact_load(model: ReferencePartnership, foci: Foci) -> dict[ReferenceStaff, float]:
    """The contacts a week that everyone would have, given time for them all."""
    load: dict[ReferenceStaff, float] = defaultdict(float)
    for locality in model.localities:
        for relationship in locality.relationships:
            if relationship.ordinary:
                rate = foci.rate(relationship)
                load[relationship.lower] += rate
                load[relationship.higher] += rate
    for case in model.cases:
        for member in case.members:
            load[member.worker] += model.values["contact.case"] * (len(case.members) - 1)
    return load
