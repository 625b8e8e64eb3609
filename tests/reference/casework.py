"""Shared cases: arrival, progress, closing; learning and practice (declaration, 7.10 and 7.11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from math import log, sqrt
from typing import TYPE_CHECKING

from collabsim.model.draws import ARRIVAL, CASE, REVIEW, ndtri
from reference.arithmetic import chance, is_quarter_end, poisson
from reference.sharing import requests

if TYPE_CHECKING:
    from reference.partnership import ReferencePartnership
    from reference.places import Locality, Team
    from reference.workforce import ReferenceStaff

OLDEST = 104  # weeks
NEW = 52  # weeks
MEMORY_OF_CASES = 0.05


@dataclass(eq=False, slots=True)
class Member:
    """A team's part in a case, and who works on it."""

    case: Case
    team: Team
    worker: ReferenceStaff | None = None

    def assign(self, worker: ReferenceStaff | None) -> None:
        """Give this part of the case to someone, if anyone is there."""
        self.worker = worker
        if worker:
            worker.work.append(self)

    @property
    def delay(self) -> float:
        """The share of a week that goes by without work."""
        return self.team.overload / (1 + self.team.overload) if self.worker else 1.0


@dataclass(eq=False, slots=True)
class Case:
    """A shared case."""

    id: int
    opened: int
    duration: float
    coherent: bool
    noise: float
    circumstances: float
    members: list[Member] = field(default_factory=list)
    contacts: dict[int, int] = field(default_factory=dict)
    progress: float = 0.0
    wait: float = 0.0
    needed: int = 0
    requested: int = 0
    received: int = 0
    changes: int = 0

    def pairs(self) -> Iterator[tuple[int, ReferenceStaff | None, ReferenceStaff | None]]:
        """Every two members, with the number of the pair."""
        for (x, one), (y, another) in combinations(enumerate(self.members), 2):
            yield 4 * x + y, one.worker, another.worker

    def lose(self, weeks: float) -> None:
        """Wait for so long."""
        self.wait += weeks
        self.progress -= weeks

    @property
    def completeness(self) -> float:
        """The share of what was needed to know that came to be known."""
        return self.received / self.needed if self.needed else 0.5

    @property
    def has_newcomer(self) -> bool:
        """Whether anybody who works on it has been in post for less than a year."""
        return any(member.worker and member.worker.tenure < NEW for member in self.members)


def casework(model: ReferencePartnership) -> None:
    """A week's work on the shared cases, locality by locality."""
    for locality in model.localities:
        find_workers(locality)
        for case in locality.cases:
            requests(model, case)
        for case in list(locality.cases):
            review(model, case)
            work_on(case)
            if case.progress >= case.duration or model.week - case.opened >= OLDEST:
                close(model, locality, case)
        arrivals(model, locality)


def find_workers(locality: Locality) -> None:
    """Teams whose part of a case nobody works on look for someone."""
    for case in locality.cases:
        for member in case.members:
            if member.worker is None:
                member.assign(member.team.first_filled(0))


# Arrivals


def arrivals(model: ReferencePartnership, locality: Locality) -> None:
    """New cases of a locality."""
    rate = model.values["cases.per_week"] * len(locality.posts) / 45 * model.demand()
    for k in range(poisson(model.draw(ARRIVAL, locality.number), rate)):
        open_case(model, locality, locality.number << 32 | model.week << 10 | k)


def open_case(model: ReferencePartnership, locality: Locality, number: int) -> None:
    """A case arrives and finds its teams."""
    u = [model.draw(CASE, number, k) for k in range(6)]
    values = model.values
    coherence = values["cases.coherence"] + values["cases.coherence_pm"] * locality.managed
    case = Case(
        id=number,
        opened=model.week,
        duration=values["cases.weeks"] * (0.7 + 0.6 * u[2]),
        coherent=u[3] < min(1, coherence),
        noise=values["cases.noise"] * ndtri(u[4]),
        circumstances=ndtri(u[5]),
    )
    needs_more = (values["cases.agencies"] - 2) / 2
    size = 2 + (u[0] < needs_more) + (u[1] < needs_more)
    for team in teams_for(model, locality, number, size):
        join_case(model, case, team)
    locality.cases.append(case)
    model.month["cases_opened"] += 1
    model.note("case_opened", number, len(case.members), case.duration)


def teams_for(model: ReferencePartnership, locality: Locality, number: int, size: int) -> list[Team]:
    """The teams that a case falls to, larger ones more often, by number of their agency."""
    teams = [team for team in locality.teams if team.posts]
    turn = {team: -log(model.draw(CASE, number, 8 + team.agency.number)) / len(team.posts) for team in teams}
    first = sorted(teams, key=turn.get)[:size]
    return sorted(first, key=lambda team: team.agency.number)


def join_case(model: ReferencePartnership, case: Case, team: Team) -> None:
    """A team takes a case; any post may be asked first."""
    first = int(model.draw(CASE, case.id, 32 + team.agency.number) * len(team.posts))
    member = Member(case, team)
    member.assign(team.first_filled(first))
    case.members.append(member)
    team.cases.append(case)


# Progress and closing


def review(model: ReferencePartnership, case: Case) -> None:
    """At its first review a case without an agreed plan gets one."""
    yearly = model.policy["reflection.case_reviews"]
    if not case.coherent:
        case.coherent = model.draw(REVIEW, case.id) < chance(yearly / 52)


def work_on(case: Case) -> None:
    """A week's progress, and a week's waiting."""
    delay = sum(member.delay for member in case.members) / len(case.members)
    case.wait += delay
    case.progress += 1 - delay


def close(model: ReferencePartnership, locality: Locality, case: Case) -> None:
    """A case ends: how it went counts, its workers are free."""
    completeness = case.completeness * (1 + model.values["knowledge.novelty"] * case.has_newcomer)
    work = performance(model, case, completeness)
    reach = model.values["cases.reach"]
    result = reach * work + sqrt(1 - reach**2) * case.circumstances
    model.recent_performance += MEMORY_OF_CASES * (work - model.recent_performance)
    locality.cases.remove(case)
    for member in case.members:
        member.team.cases.remove(case)
        if member.worker:
            member.worker.work.remove(member)
    month = model.month
    month["cases_closed"] += 1
    month["worker_changes"] += case.changes
    month["completeness_sum"] += completeness
    month["wait_sum"] += case.wait
    month["performance_sum"] += work
    month["outcome_sum"] += result
    model.note("case_closed", case.id, case.changes, result)


def performance(model: ReferencePartnership, case: Case, completeness: float) -> float:
    """How well the work on a case went, in standard deviations."""
    values = model.values

    def scaled(name: str, value: float) -> float:
        return (value - values[f"cases.ref_{name}"]) / values[f"cases.sd_{name}"]

    knowledge = sum(member.worker.knowledge if member.worker else 0.0 for member in case.members)
    return (
        values["cases.information_effect"] * scaled("completeness", completeness)
        + values["cases.knowledge_effect"] * scaled("knowledge", knowledge / len(case.members))
        + values["cases.practice_effect"] * model.practice
        + values["cases.goal_effect"] * scaled("alignment", model.alignment)
        - values["cases.change_effect"] * case.changes
        - values["cases.wait_effect"] * scaled("wait", case.wait)
        - values["cases.incoherence_effect"] * (not case.coherent)
        + case.noise
    )


# Learning


def learning(model: ReferencePartnership) -> None:
    """Staff learn from contacts, and forget."""
    for person in model.staff:
        person.learn()


def reflection(model: ReferencePartnership) -> None:
    """At a quarter's end: practice quality fades; reflection in safety renews it."""
    if not is_quarter_end(model.week):
        return
    values = model.values
    model.practice *= 2 ** (-13 / values["reflection.half_life"])
    safety = sum(agency.safety for agency in model.agencies) / len(model.agencies)
    sessions = model.policy["reflection.sessions_per_month"] * (1 + max(-0.25, model.evaluation))
    model.practice += min(1.0, values["reflection.gain"] * 13 * sessions * safety) * (1 - model.practice)
