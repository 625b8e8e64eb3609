"""Agencies: leaders, roles, institutional trust, goals, voice, satisfaction (declaration, 7.3 and 7.9)."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from math import floor, inf
from statistics import median
from typing import TYPE_CHECKING

import mesa

from collabsim.model.draws import LEADER, LEADER_EXIT
from reference.arithmetic import chance, clip

if TYPE_CHECKING:
    from collabsim.scenario import Agency
    from reference.partnership import ReferencePartnership
    from reference.places import Post, Team
    from reference.workforce import ReferenceStaff

MONTH = 52 / 12  # weeks
FAST_LEARNING = 0.05
LEAD_IS_HEARD = 2.0  # times as much as it would be


class ReferenceAgency(mesa.Agent):
    """An agency: its leader, its trust in the other agencies and what it knows of their roles."""

    model: ReferencePartnership

    def __init__(self, model: ReferencePartnership, number: int, given: Agency) -> None:
        super().__init__(model)
        values = model.values
        share = given.grant_share
        self.number = number
        self.sector = given.sector
        self.site = given.site
        self.seat = given.seat
        self.size = given.posts
        self.power = values[f"power.{given.sector}"] if given.power is None else given.power
        self.grant_share = values[f"grant_share.{given.sector}"] if share is None else share
        self.own_goal = self.first_goal() if given.goal is None else given.goal
        self.teams: list[Team] = []
        self.trust: dict[ReferenceAgency, float] = {}
        self.clarity: dict[ReferenceAgency, float] = {}
        self.leader = self.draw_leader(week=0)
        self.leader_vacant = False
        self.weeks_vacant = 0
        self.last_renewal = -inf  # week
        self.voice = 0.0

    def first_goal(self) -> float:
        """The goal of an agency whose scenario names none: agencies are spread evenly."""
        spread, others = self.model.values["goals.spread"], len(self.model.scenario.agencies) - 1
        return 0.5 - spread + 2 * spread * self.number / others if others else 0.5

    @property
    def posts(self) -> list[Post]:
        return [post for team in self.teams for post in team.posts]

    @property
    def staff(self) -> list[ReferenceStaff]:
        return [person for team in self.teams for person in team.staff]

    # The leader

    def draw_leader(self, week: int | None = None) -> float:
        """The personal commitment of a new leader."""
        return median(self.model.draw(LEADER, self.number, k, when=week) for k in range(3))

    @property
    def commitment(self) -> float:
        """What the leader, or the memory of the last one, does for the partnership."""
        present = clip(self.leader + self.model.policy["leadership.commitment"] - 0.5, 0, 1)
        return present * self.model.values["leaders.vacancy_effect"] if self.leader_vacant else present

    @property
    def safety(self) -> float:
        """How safe the agency's staff feel to speak up."""
        led = self.model.values["leaders.safety"] * (self.commitment - 0.5)
        return clip(self.model.policy["safe_space.psychological_safety"] + led, 0, 1)

    def change_leader(self) -> None:
        """The leader may leave; a vacant post comes a week nearer to its successor."""
        model = self.model
        if self.leader_vacant:
            self.weeks_vacant -= 1
            if self.weeks_vacant == 0:
                self.gain_leader()
            return
        hazard = 1 / (52 * model.policy["leadership.tenure_years"])
        if model.draw(LEADER_EXIT, self.number) < chance(hazard):
            self.lose_leader()

    def lose_leader(self) -> None:
        """The leader leaves, if there is one."""
        if not self.leader_vacant:
            self.leader_vacant = True
            self.weeks_vacant = floor(self.model.values["leaders.gap"] + 0.5)
            self.model.note("leader_left", self.number, -1, 0.0)

    def gain_leader(self) -> None:
        """A successor arrives."""
        self.leader, self.leader_vacant = self.draw_leader(), False
        self.model.note("leader_arrived", self.number, -1, self.leader)

    # Voice

    def weight(self) -> float:
        """What gives an agency voice: a seat, attendance, power and safety."""
        policy, vcse = self.model.policy, self.sector == "vcse"
        seat = policy["power_sharing.vcse_seat"] if vcse else 1.0
        power = self.power
        if vcse and policy["power_sharing.alliance"]:
            power = max(power, self.model.values["power.alliance"])
        seat = seat if self.seat is None else self.seat
        if self.model.centre is self:
            seat *= LEAD_IS_HEARD
        elif policy["governance.form"] == "nao":
            seat *= self.relative_size ** self.model.values["governance.board"]
        return seat * self.attendance * power ** policy["power_sharing.gamma"] * (0.5 + 0.5 * self.safety)

    @property
    def relative_size(self) -> float:
        """The agency's posts over the mean of all agencies."""
        sizes = [agency.size for agency in self.model.agencies]
        return self.size * len(sizes) / sum(sizes)

    @property
    def attendance(self) -> float:
        """Mean attendance over the agency's teams."""
        teams = [team.attendance for team in self.teams if team.posts]
        return sum(teams) / len(teams)

    @property
    def voice_score(self) -> float:
        """Voice against an equal share, which scores a half."""
        return min(1.0, 0.5 * len(self.model.agencies) * self.voice)

    @property
    def heard(self) -> float:
        """The probability that a request which this agency's staff could answer is made."""
        return min(1.0, 0.5 + 0.5 * len(self.model.agencies) * self.voice)


class ReferenceHub(ReferenceAgency):
    """The agency of key workers and project managers, led by their host."""

    def __init__(self, model: ReferencePartnership, host: ReferenceAgency) -> None:
        mesa.Agent.__init__(self, model)
        self.host = host
        self.number = len(model.agencies)
        self.sector = host.sector
        self.own_goal = common_goal(model)
        self.teams = []
        self.trust = {}
        self.clarity = {}

    @property
    def commitment(self) -> float:
        return self.host.commitment

    @property
    def voice_score(self) -> float:
        return 0.5


def common_goal(model: ReferencePartnership) -> float:
    """The mean of the agencies' own goals."""
    return sum(agency.own_goal for agency in model.agencies) / len(model.agencies)


def leaders(model: ReferencePartnership) -> None:
    """Leaders leave and arrive."""
    for agency in model.agencies:
        agency.change_leader()


def everyone(model: ReferencePartnership) -> list[ReferenceAgency]:
    """The agencies and the hub."""
    return [*model.agencies, model.hub]


def open_relations(model: ReferencePartnership) -> None:
    """Agencies start with some trust in each other and some idea of each other's roles."""
    for agency in everyone(model):
        for other in everyone(model):
            if agency is not other:
                agency.trust[other] = model.values["trust.institutional_start"]
                agency.clarity[other] = model.values["role.start"]


# Roles


def roles(model: ReferencePartnership) -> None:
    """Role clarity fades over the month; training renews it."""
    values = model.values
    start, kept = values["role.start"], 2 ** (-MONTH / values["role.half_life"])
    gain = min(1.0, values["role.training_gain"] * model.policy["training.days_per_year"] / 12)
    for agency in everyone(model):
        for other, clarity in agency.clarity.items():
            faded = start + (clarity - start) * kept
            agency.clarity[other] = faded + gain * (1 - faded)


def forget_roles(model: ReferencePartnership, agency: ReferenceAgency) -> None:
    """A leaver takes along what he or she knew of the others' roles."""
    start, kept = model.values["role.start"], 1 - 1 / agency.size
    for other, clarity in agency.clarity.items():
        agency.clarity[other] = start + (clarity - start) * kept


# Institutional trust


def institutional_trust(model: ReferencePartnership) -> None:
    """Agencies come to trust as their staff do."""
    slow = model.values["structure.institutional_learning"] == "slow"
    rate = model.values["trust.institutional_learning"] if slow else FAST_LEARNING
    weekly = min(1.0, rate * (0.5 + 0.5 * min(2, model.policy["meetings.steering_per_quarter"])))
    monthly = 1 - (1 - weekly) ** MONTH
    for (agency, other), trust in trust_between(model).items():
        agency.trust[other] += monthly * (sum(trust) / len(trust) - agency.trust[other])


def trust_between(model: ReferencePartnership) -> dict[tuple[ReferenceAgency, ReferenceAgency], list[float]]:
    """The trust of one agency's staff in another's, where there are relationships."""
    between = defaultdict(list)
    for locality in model.localities:
        for relationship in locality.relationships:
            for tie in relationship.ties:
                between[tie.holder.agency, tie.other.agency].append(tie.trust)
    return between


# Goals


def goals(model: ReferencePartnership) -> None:
    """Workshops pull towards a shared goal; people are influenced by those whom they trust and meet."""
    staff, common = model.ordinary_staff, common_goal(model)
    share_vision(model, staff)
    influenced = [influence(model, person, common) for person in staff]
    for person, goal in zip(staff, influenced, strict=True):
        person.goal = goal


def share_vision(model: ReferencePartnership, staff: list[ReferenceStaff]) -> None:
    """In a month with a workshop the shared goal gains weight, in others it loses some."""
    yearly, month = model.policy["purpose.workshops_per_year"], model.week * 12 // 52
    pull, relapse = model.policy["purpose.vision_pull"], model.values["goals.relapse"]
    workshop = floor((month + 1) * yearly / 12) > floor(month * yearly / 12)
    for person in staff:
        person.vision += pull * (1 - person.vision) if workshop else -relapse * person.vision


def influence(model: ReferencePartnership, person: ReferenceStaff, common: float) -> float:
    """Friedkin and Johnsen's social influence: a person's goal after a month with the others."""
    agency, values = person.agency, model.values
    stubborn = values["goals.self_weight"] * (1 - values["goals.leader_effect"] * agency.commitment)
    anchor = agency.own_goal + person.vision * (common - agency.own_goal)
    total = weighted = 0.0
    for other, tie in person.ties.items():
        if other.ordinary:
            weight = tie.trust * tie.relationship.contacts
            total += weight
            weighted += weight * other.goal
    return stubborn * anchor + (1 - stubborn) * (weighted / total if total else person.goal)


def alignment(model: ReferencePartnership) -> float:
    """How close the agencies' staff are in their goals: 1 is agreement."""
    goals = [[person.goal for person in agency.staff] for agency in model.agencies]
    means = [sum(ours) / len(ours) for ours in goals if ours]
    gaps = [abs(ours - theirs) for ours, theirs in combinations(means, 2)]
    return 1 - sum(gaps) / len(gaps) if gaps else 1.0


# Voice and satisfaction


def voice(model: ReferencePartnership) -> None:
    """Every agency's share of the voice."""
    weights = [agency.weight() for agency in model.agencies]
    total = sum(weights)
    for agency, weight in zip(model.agencies, weights, strict=True):
        agency.voice = weight / total if total else 1 / len(weights)
    users = model.policy["power_sharing.user_seat"] / (len(weights) + 1)
    for agency in model.agencies:
        agency.voice = (1 - users) * agency.voice + users / len(weights)


def equity(model: ReferencePartnership) -> float:
    """1 less the Gini coefficient of voice."""
    voices = [agency.voice for agency in model.agencies]
    gaps = sum(abs(ours - theirs) for ours in voices for theirs in voices)
    return 1 - gaps / (2 * len(voices) * sum(voices))


def satisfaction(model: ReferencePartnership) -> None:
    """Staff judge their place: trust received, the leader, voice, workload."""
    for person in model.staff:
        received = [other.ties[person].trust for other in person.ties]
        trusted = sum(received) / len(received) if received else 0.5
        relief = 1 - min(1.0, person.team.overload)
        agency = person.agency
        person.satisfaction = (trusted + agency.commitment + agency.voice_score + relief) / 4
