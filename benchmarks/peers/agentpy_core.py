"""The core in AgentPy, as its tutorials write models: agents with methods, lists of agents, a random generator."""

from __future__ import annotations

from itertools import combinations
from math import exp, log
from typing import Any

import agentpy

from peers.core import Core, is_month_end

OLDEST = 104


class Grant(agentpy.Agent):
    """Money for a few posts, until an end date."""

    def setup(self) -> None:
        """A grant that runs, somewhere in its term."""
        self.posts: list[Post] = []
        self.running = True
        self.end = 1 + int(self.model.random.random() * self.p.core.term)

    def step(self) -> None:
        """It is renewed, or closed, or replaced."""
        week, v = self.model.week, self.model.v
        if not self.running:
            if week >= self.replaced_in:
                self.running, self.end = True, week + self.p.core.term
                for post in self.posts:
                    post.open = True
                    post.recruit()
        elif week >= self.end:
            if self.model.random.random() < v["funding.renewal_probability"]:
                self.end += self.p.core.term
            else:
                self.close()

    def close(self) -> None:
        """Posts close, their staff leave."""
        self.running = False
        for post in self.posts:
            post.open = False
            if post.filled:
                post.leave()
        gap = self.model.v["funding.replacement_gap"]
        self.replaced_in = self.model.week + 1 + int(self.model.random.expovariate(1 / gap))

    def insecurity(self) -> float:
        """How near and how likely the end of its posts is."""
        v = self.model.v
        left = max(0, self.end - self.model.week) * 12 / 52
        return (1 - v["funding.renewal_probability"]) * exp(-left / v["turnover.insecurity_horizon"])


class Post(agentpy.Agent):
    """A post and whoever holds it."""

    def setup(self, number: int, grant: Grant | None) -> None:
        """A post with its founder."""
        core = self.p.core
        self.number, self.grant = number, grant
        self.agency = int(core.agency[number])
        self.hazard, self.hire_weeks = float(core.hazard[number]), float(core.hire_weeks[number])
        self.filled = self.open = True
        self.lag = 0
        self.tenure = min(1040, int(self.model.random.expovariate(self.hazard)))
        self.disposition = self.model.draw_disposition()
        self.trust: dict[Post, float] = {}
        self.contacts: dict[Post, int] = {}
        self.last_met: dict[Post, int] = {}
        if grant is not None:
            grant.posts.append(self)

    def begin(self, other: Post) -> None:
        """A relationship begins: trust between the agencies' and one's own disposition."""
        weight = self.model.v["trust.institution_weight"]
        between = self.model.institution[self.agency][other.agency]
        self.trust[other] = weight * between + (1 - weight) * self.disposition
        self.contacts[other], self.last_met[other] = 0, -1

    def consider_quitting(self) -> None:
        """Weigh leaving."""
        if not self.filled:
            return
        v = self.model.v
        early = 1 + v["turnover.early_effect"] * exp(-self.tenure / v["turnover.early_scale"])
        insecurity = self.grant.insecurity() if self.grant else 0.0
        hazard = self.hazard * early * (1 + v["turnover.insecurity_effect"] * insecurity)
        if self.model.random.random() < 1 - exp(-hazard):
            self.model.count("quits", 1)
            self.leave()
            self.recruit()

    def leave(self) -> None:
        """Leave: relationships end, a colleague takes over the cases."""
        self.filled = False
        for other in self.trust:
            del other.trust[self]
        self.trust = {}
        for case in self.model.cases:
            for member in case.members:
                if member[1] is self:
                    member[1] = self.model.next_filled(self)

    def recruit(self) -> None:
        """Draw the weeks until the post is filled; this week does not count."""
        self.lag = 1 + max(1, int(self.model.random.gammavariate(4, self.hire_weeks / 4) + 0.5))

    def hire(self) -> None:
        """A vacant post comes a week nearer to being filled."""
        if self.filled or not self.open:
            return
        self.lag -= 1
        if self.lag == 0:
            self.filled, self.tenure = True, 0
            self.disposition = self.model.draw_disposition()
            self.model.join(self)

    def experience(self, other: Post) -> None:
        """A contact as this one lived it."""
        v = self.model.v
        bad = v["trust.bad_base"] + v["trust.bad_newcomer"] * exp(-other.tenure / 13)
        if self.model.random.random() >= min(0.95, max(0.01, bad)):
            self.trust[other] += v["trust.gain"] * (1 - self.trust[other])
        else:
            self.trust[other] -= v["trust.loss"] * self.trust[other]
        self.contacts[other] += 1
        self.last_met[other] = self.model.week

    def drift(self) -> None:
        """Without contact trust drifts to what the agencies think of each other."""
        rate, week = self.model.v["trust.drift"], self.model.week
        institution = self.model.institution[self.agency]
        for other, trust in self.trust.items():
            if self.last_met[other] != week:
                self.trust[other] = trust + rate * (institution[other.agency] - trust)


class Case(agentpy.Agent):
    """A shared case: members are pairs of an agency and the post that works on it."""

    def setup(self) -> None:
        """It falls to two to four teams, larger ones more often."""
        model, v, draw = self.model, self.model.v, self.model.random
        more = (v["cases.agencies"] - 2) / 2
        size = 2 + (draw.random() < more) + (draw.random() < more)
        turn = {a: draw.expovariate(1) / len(team) for a, team in enumerate(model.teams)}
        self.opened = model.week
        self.left = v["cases.weeks"] * (0.7 + 0.6 * draw.random())
        self.members: list[list[Any]] = []
        for agency in sorted(sorted(turn, key=turn.__getitem__)[:size]):
            first = draw.choice(model.teams[agency])
            self.members.append([agency, model.next_filled(first)])
        self.met: list[tuple[Post, Post]] = []

    def meet(self) -> None:
        """Members meet over the case."""
        workers = [post for _, post in self.members]
        self.met = []
        for one, other in combinations(workers, 2):
            if one is not None and other is not None:
                times = self.model.poisson(self.model.v["contact.case"])
                self.met += [(one, other)] * times

    def request(self) -> None:
        """Each contact raises a need to know; whoever is asked may share."""
        v, draw = self.model.v, self.model.random
        for one, other in self.met:
            holder, asker = (one, other) if draw.random() < 0.5 else (other, one)
            z = v["sharing.base"] + v["sharing.trust"] * holder.trust[asker]
            z += v["sharing.familiarity"] * (holder.contacts[asker] > 8)
            self.model.count("asked", 1)
            self.model.count("got", draw.random() < 1 / (1 + exp(-z)))

    def work(self) -> None:
        """A week's progress."""
        self.left -= sum(post is not None for _, post in self.members) / len(self.members)
        self.closed = self.left <= 0 or self.model.week - self.opened >= OLDEST


class AgentpyCore(agentpy.Model):
    """A partnership; parameters: `core` (`peers.core.Core`), `steps`, `seed`."""

    def setup(self) -> None:
        """The founding."""
        core: Core = self.p.core
        self.v, self.week = core.values, 0
        self.counts = dict.fromkeys(("trust", "ties", "quits", "filled", "asked", "got"), 0.0)
        agencies = int(core.agency.max()) + 1
        start = self.v["trust.institutional_start"]
        self.institution = [[start] * agencies for _ in range(agencies)]
        self.grants = agentpy.AgentList(self, int(core.grant.max()) + 1, Grant)
        self.cases = agentpy.AgentList(self, [])
        self.posts = agentpy.AgentList(
            self, [Post(self, n, self.grants[g] if g >= 0 else None) for n, g in enumerate(core.grant)]
        )
        self.teams = [[post for post in self.posts if post.agency == a] for a in range(agencies)]
        for post in self.posts:
            for other in self.posts:
                if other.agency != post.agency:
                    post.begin(other)

    def step(self) -> None:
        """One week."""
        self.week = self.t - 1
        for post in self.posts:
            post.tenure += post.filled and self.week > 0
        self.grants.step()
        self.posts.consider_quitting()
        self.posts.hire()
        self.meet()
        self.cases.meet()
        for case in self.cases:
            for one, other in case.met:
                self.contact(one, other)
        self.posts.drift()
        self.work_cases()
        if is_month_end(self.week):
            self.end_month()
        self.count("filled", sum(post.filled for post in self.posts))

    def meet(self) -> None:
        """Contacts at the foci."""
        v, meetings = self.v, self.p.core.meetings
        for one in self.posts:
            for other, trust in list(one.trust.items()):
                if other.number > one.number:
                    liking = 1 + v["contact.trust_feedback"] * ((trust + other.trust[one]) / 2 - 0.5)
                    rate = liking * v["contact.site"] * v["contact.initiative"] + meetings
                    for _ in range(self.poisson(rate)):
                        self.contact(one, other)

    def contact(self, one: Post, other: Post) -> None:
        """Two people meet."""
        one.experience(other)
        other.experience(one)

    def work_cases(self) -> None:
        """Cases look for workers, ask, go on and close; new ones arrive."""
        for case in self.cases:
            for member in case.members:
                if member[1] is None:
                    member[1] = self.next_filled(self.teams[member[0]][0])
        self.cases.request()
        self.cases.work()
        going_on = [case for case in self.cases if not case.closed]
        new = [Case(self) for _ in range(self.poisson(self.v["cases.per_week"]))]
        self.cases = agentpy.AgentList(self, going_on + new)

    def end_month(self) -> None:
        """Agencies come to trust each other as their staff do."""
        between: dict[tuple[int, int], list[float]] = {}
        for post in self.posts:
            for other, trust in post.trust.items():
                between.setdefault((post.agency, other.agency), []).append(trust)
        for (a, b), trusts in between.items():
            mean = sum(trusts) / len(trusts)
            self.institution[a][b] += self.p.core.learning * (mean - self.institution[a][b])
            self.count("trust", sum(trusts))
            self.count("ties", len(trusts))

    # --- what the processes ask for ---------------------------------------------------------------

    def join(self, newcomer: Post) -> None:
        """A newcomer meets everybody of the other agencies."""
        for other in self.posts:
            if other.filled and other.agency != newcomer.agency:
                newcomer.begin(other)
                other.begin(newcomer)

    def next_filled(self, post: Post) -> Post | None:
        """The first filled post from one on, round its team."""
        team = self.teams[post.agency]
        first = post.number - team[0].number
        return next((one for one in team[first:] + team[:first] if one.filled), None)

    def draw_disposition(self) -> float:
        """How trusting somebody is."""
        drawn = self.random.gauss(self.v["trust.disposition_mean"], self.v["trust.disposition_sd"])
        return min(0.95, max(0.05, drawn))

    def poisson(self, mean: float) -> int:
        """A Poisson count: exponential waits until the week is over."""
        count, waited = 0, -log(1 - self.random.random())
        while waited < mean:
            count, waited = count + 1, waited - log(1 - self.random.random())
        return count

    def count(self, what: str, number: float) -> None:
        """Count, in the years that count."""
        if self.week >= self.p.core.counted_from:
            self.counts[what] += number

    def outcomes(self) -> tuple[float, float, float]:
        """Trust, quits (a post-year) and sharing."""
        c = self.counts
        return c["trust"] / c["ties"], 52 * c["quits"] / c["filled"], c["got"] / c["asked"]
