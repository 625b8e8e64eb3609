"""The partnership: a Mesa model whose step is the declaration's list of processes (sections 3 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import mesa
import numpy as np

from collabsim.model.draws import run_key, stream, uniform
from collabsim.parameters import UNCERTAINTIES
from reference.arithmetic import is_month_end, weeks
from reference.casework import Case, casework, learning, reflection
from reference.contact import contacts, place_staff, time_budget
from reference.costs import costs
from reference.funding import bids, deal_grants, first_end, funding
from reference.governance import (
    ReferenceAgency,
    ReferenceHub,
    alignment,
    goals,
    institutional_trust,
    leaders,
    open_relations,
    roles,
    satisfaction,
    voice,
)
from reference.ledger import KNOWLEDGE_LINES, SUMS, TRUST_LINES, MeanLedger, record_month, record_week
from reference.places import deal_localities
from reference.timeline import found_hub, new_policies, timeline
from reference.trust import Relationship, meet_everyone, trust
from reference.trust_rules import RULES, TwoDimensions
from reference.workforce import found, hires, quits, start_week
from reference.workload import workload

if TYPE_CHECKING:
    from collabsim.scenario import Scenario
    from reference.trust import Tie
    from reference.workforce import ReferenceStaff

CHANNELS = ("nonrenewal", "coordinators", "gaps", "anticipation", "load")


def published_effects(scenario: Scenario) -> dict[str, float]:
    """The effects that were lowered for use in the field, as they were before."""
    lowered = (parameter for parameter in UNCERTAINTIES if parameter.discount)
    return {
        one.name: min(one.maximum, scenario.context[one.name] * one.discount.published / one.default)
        for one in lowered
    }


class ReferencePartnership(mesa.Model):
    """A partnership of agencies under a timeline of policies.

    Parameters
    ----------
    scenario : Scenario
    seed, replicate, row : int
        What the run's luck depends on.
    channels : mapping of str to int, optional
        Ways in which funding does harm: 1, the default, is on, 0 is off.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 0,
        replicate: int = 0,
        row: int = 0,
        channels: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(seed=seed)
        self.scenario = scenario
        self.key = run_key(seed, row, replicate)
        self.channels = dict.fromkeys(CHANNELS, 1) | dict(channels or {})
        self.values = {**scenario.context, **scenario.structure}
        if self.values["structure.effect_sizes"] == "published":
            self.values |= published_effects(scenario)
        self.rule = RULES[self.values["structure.trust_rule"]](self.values)
        if self.values["structure.trust_dimensions"] == "two":
            self.rule = TwoDimensions(self.values, self.rule)
        self.drifts_to_institution = self.values["structure.drift_target"] == "institution"
        self.burn_in = 52 * scenario.burn_in_years
        self.weeks = self.burn_in + 52 * scenario.years
        self.week = 0
        self.policy = reduce(or_, new_policies(self), dict(scenario.baseline))
        self._streams: dict[tuple[int, int], np.uint64] = {}
        self.prepare_records()
        self.found_agencies()
        self.found_posts()
        self.found_staff()

    # Initialisation

    def prepare_records(self) -> None:
        """Start with empty books and nothing on the way."""
        self.events: list[tuple[int, str, int, int, float]] = []
        self.series: list[dict[str, float]] = []
        self.ledger: list[dict[str, float]] = []
        self.knowledge_ledger: list[dict[str, float]] = []
        self.month = dict.fromkeys(SUMS, 0.0)
        self.trust_ledger = MeanLedger(TRUST_LINES)
        self.knowledge_book = MeanLedger(KNOWLEDGE_LINES)
        self.repairs: dict[int, list[tuple[Tie, bool, float]]] = {}
        self.contacts: list[tuple[Tie, np.uint64, int, int]] = []
        self.bidders: set[ReferenceAgency] = set()
        self.recent_performance = self.practice = self.setup_paid = 0.0
        self.demand_factor, self.demand_until = 1.0, 0.0

    def found_agencies(self) -> None:
        """The agencies, their leaders and what they think of each other."""
        given = enumerate(self.scenario.agencies)
        self.agencies: list[ReferenceAgency] = []
        for number, agency in given:
            self.agencies.append(ReferenceAgency(self, number, agency))
        self.hub = ReferenceHub(self, self.agencies[self.scenario.host])
        open_relations(self)

    def found_posts(self) -> None:
        """Localities, posts and grants."""
        self.localities = deal_localities(self.agencies, self.hub, self.policies_to_come())
        self.ordinary_posts = [post for locality in self.localities for post in locality.posts]
        self.hub_posts = [post for locality in self.localities for post in locality.hub_team.posts]
        self.posts = [*self.ordinary_posts, *self.hub_posts]
        self.grants = deal_grants(self)
        for grant in self.grants:
            if not grant.hub:
                grant.start(first_end(self, grant), permanent=bool(self.policy["funding.permanent"]))
        for locality in self.localities:
            found_hub(self, locality)
        place_staff(self)

    def policies_to_come(self) -> list[Mapping]:
        """Every policy of the timeline; of switches, only what they change."""
        switches = [event.policy for event in self.scenario.events if event.policy]
        return [self.policy, self.scenario.policy, *switches]

    def found_staff(self) -> None:
        """The founders meet; workload, voice and time are looked at before the first week."""
        for post in self.posts:
            if post.open:
                founder = found(self, post)
                meet_everyone(self, founder)
                if post.ordinary:
                    self.knowledge_book.join("newcomers", [founder.knowledge])
        self.trust_ledger.close()
        self.knowledge_book.close()
        self.alignment = alignment(self)
        workload(self)
        voice(self)
        time_budget(self)

    # Time

    def step(self) -> None:
        """One week."""
        self._streams.clear()
        start_week(self)
        timeline(self)
        funding(self)
        bids(self)
        leaders(self)
        quits(self)
        hires(self)
        workload(self)
        contacts(self)
        trust(self)
        casework(self)
        learning(self)
        if is_month_end(self.week):
            self.end_month()
        reflection(self)
        costs(self)
        record_week(self)
        if is_month_end(self.week):
            record_month(self)
        self.week += 1

    def end_month(self) -> None:
        """What agencies and staff review once a month."""
        roles(self)
        institutional_trust(self)
        goals(self)
        self.alignment = alignment(self)
        voice(self)
        satisfaction(self)
        time_budget(self)

    def run(self) -> None:
        """All weeks that are left."""
        while self.week < self.weeks:
            self.step()

    # Luck

    def stream(self, process: int, when: int | None = None) -> np.uint64:
        """The luck of one process in one week (this one) or, for some processes, in one year."""
        when = self.week if when is None else when
        if (process, when) not in self._streams:
            self._streams[process, when] = np.uint64(stream(self.key, process, when))
        return self._streams[process, when]

    def draw(self, process: int, entity: int, number: int = 0, when: int | None = None) -> float:
        """One draw between 0 and 1."""
        return uniform(self.stream(process, when), entity, number)

    # What the processes ask for

    @property
    def staff(self) -> list[ReferenceStaff]:
        """Everyone in post, by number of the post."""
        return [post.occupant for post in self.posts if post.occupant]

    @property
    def ordinary_staff(self) -> list[ReferenceStaff]:
        """Everyone in an ordinary post."""
        return [post.occupant for post in self.ordinary_posts if post.occupant]

    @property
    def cases(self) -> list[Case]:
        """The open cases, locality by locality, in order of opening."""
        return [case for locality in self.localities for case in locality.cases]

    @property
    def centre(self) -> ReferenceAgency | None:
        """Who runs the partnership: nobody, the lead agency, or a body of its own, which is met as the hub is."""
        lead = self.agencies[self.scenario.host]
        return {"shared": None, "lead": lead, "nao": self.hub}[self.policy["governance.form"]]

    @property
    def term(self) -> int:
        """Weeks from a grant's start to its end."""
        return weeks(self.policy["funding.grant_months"])

    @property
    def notice(self) -> int:
        """Weeks from a decision to the end; negative when decisions come late."""
        return weeks(self.policy["funding.notice_months"])

    @property
    def evaluation(self) -> float:
        """Evaluation against the usual 3% of the budget."""
        return (self.policy["reflection.evaluation_share"] - 0.03) / 0.12

    @property
    def bid_effort(self) -> float:
        """What a bid takes, against a single agency's."""
        return 1.2 if self.policy["pooled_budget.joint_bids"] else 1.0

    def demand(self) -> float:
        """The factor on case arrivals this week."""
        return self.demand_factor if self.week < self.demand_until else 1.0

    # Records

    def note(self, kind: str, subject: int, other: int, value: float) -> None:
        """Write an event into the journal."""
        self.events.append((self.week, kind, subject, other, value))

    def relationships(self) -> list[Relationship]:
        """Every relationship there is now."""
        return [one for locality in self.localities for one in locality.relationships]

    def ties(self) -> dict[tuple[int, int], Tie]:
        """Every tie there is now, by the numbers of the posts."""
        ties = [tie for one in self.relationships() for tie in one.ties]
        return {(tie.holder.post.id, tie.other.post.id): tie for tie in ties}

    def trust(self, holder: int, other: int) -> float:
        """Trust between two posts' occupants, by the numbers of the posts."""
        return self.ties()[holder, other].trust
