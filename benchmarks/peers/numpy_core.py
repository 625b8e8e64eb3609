"""The core in plain NumPy, vectorised by hand over pairs of posts and over replicates.

Arrays have the replicates first: one for a single run, many for a batch. What happens to few in a week (leavers, cases,
contacts) is picked out by index; what happens to all (hazards, rates, drift) is dense.
"""

from __future__ import annotations

import numpy as np

from peers.core import Core, is_month_end

CASES, MEMBERS, OLDEST = 128, 4, 104
PAIRS_OF_MEMBERS = np.array([(x, y) for x in range(MEMBERS) for y in range(x + 1, MEMBERS)])


class NumpyCore:
    """So many replicates of the core.

    Attributes
    ----------
    trust : array (replicates, 2, pairs)
        Trust of the lower post in the higher, and back.
    """

    def __init__(self, core: Core, replicates: int = 1, seed: int = 0) -> None:
        self.core, self.v = core, core.values
        self.rng = np.random.default_rng(seed)
        self.lay_out(replicates)
        self.found(replicates)

    def lay_out(self, batch: int) -> None:
        """Pairs of posts of different agencies, and where each agency's posts begin."""
        agency = self.core.agency
        first, second = np.triu_indices(len(agency), 1)
        across = agency[first] != agency[second]
        self.ends = np.array([first[across], second[across]])
        self.pairs = len(self.ends[0])
        self.pair_of = np.zeros((len(agency), len(agency)), dtype=int)
        for one, other in (self.ends, self.ends[::-1]):
            self.pair_of[one, other] = np.arange(self.pairs)
        self.agencies = agency.max() + 1
        self.size = np.bincount(agency)
        self.start = np.cumsum(self.size) - self.size
        between = agency[self.ends[0]] * self.agencies + agency[self.ends[1]]
        self.between = np.eye(self.agencies**2)[between]  # which agencies a pair joins
        self.agencies_of = agency[self.ends[0]], agency[self.ends[1]]
        self.grants = self.core.grant.max() + 1
        self.rows = np.arange(batch)

    def found(self, batch: int) -> None:
        """Everybody in post, grants under way."""
        core, v, posts = self.core, self.v, len(self.core.agency)
        self.week = 0
        self.filled = np.ones((batch, posts), dtype=bool)
        self.open = np.ones((batch, posts), dtype=bool)
        served = self.rng.exponential(1 / core.hazard, (batch, posts))
        self.tenure = np.minimum(served, 1040).astype(int)
        self.lag = np.zeros((batch, posts), dtype=int)
        self.disposition = self.draw_disposition((batch, posts))
        self.institution = np.full((batch, self.agencies, self.agencies), v["trust.institutional_start"])
        self.trust = np.zeros((batch, 2, self.pairs))
        self.contacts = np.zeros((batch, self.pairs), dtype=int)
        self.met = np.zeros((batch, self.pairs), dtype=bool)
        self.begin(np.ones((batch, self.pairs), dtype=bool))
        self.grant_end = 1 + (self.rng.random((batch, self.grants)) * core.term).astype(int)
        self.replaced_in = np.full((batch, self.grants), -1)
        self.worker = np.full((batch, CASES, MEMBERS), -1)
        self.team = np.full((batch, CASES, MEMBERS), -1)
        self.left_to_do = np.zeros((batch, CASES))
        self.opened = np.full((batch, CASES), -1)
        self.count = {name: np.zeros(batch) for name in ("trust", "ties", "quits", "filled", "asked", "got")}

    def draw_disposition(self, shape: tuple[int, ...]) -> np.ndarray:
        """How trusting people are."""
        drawn = self.rng.normal(self.v["trust.disposition_mean"], self.v["trust.disposition_sd"], shape)
        return np.clip(drawn, 0.05, 0.95)

    def begin(self, pairs: np.ndarray) -> None:
        """Relationships begin: trust between the agencies' and one's own disposition."""
        row, pair = np.nonzero(pairs)
        weight = self.v["trust.institution_weight"]
        for way in (0, 1):
            holder = self.disposition[row, self.ends[way][pair]]
            between = self.institution[row, self.agencies_of[way][pair], self.agencies_of[1 - way][pair]]
            self.trust[row, way, pair] = weight * between + (1 - weight) * holder
        self.contacts[row, pair] = 0

    # --- a week -----------------------------------------------------------------------------------

    def run(self) -> NumpyCore:
        """Live all weeks."""
        for _ in range(self.core.weeks):
            self.step()
        return self

    def step(self) -> None:
        """Live one week."""
        self.tenure += self.filled & (self.week > 0)
        self.fund()
        self.quit_posts()
        self.hire()
        self.meet()
        self.meet_on_cases()
        self.drift()
        self.request()
        self.work_cases()
        if is_month_end(self.week):
            self.end_month()
        self.count_week()
        self.week += 1

    def fund(self) -> None:
        """Grants that end are renewed or closed; closed ones are replaced."""
        running = self.replaced_in < 0
        due = running & (self.week >= self.grant_end)
        back = ~running & (self.week >= self.replaced_in)
        if due.any():
            renewed = due & (self.rng.random(due.shape) < self.v["funding.renewal_probability"])
            self.grant_end[renewed] += self.core.term
            self.close(due & ~renewed)
        if back.any():
            self.replaced_in[back] = -1
            self.grant_end[back] = self.week + self.core.term
            posts = self.posts_on(back) & ~self.open
            self.open |= posts
            self.recruit(posts)

    def posts_on(self, grants: np.ndarray) -> np.ndarray:
        """The posts that live on some grants."""
        return np.where(self.core.grant >= 0, grants[:, self.core.grant], False)

    def close(self, grants: np.ndarray) -> None:
        """Posts close, their staff leave."""
        posts = self.posts_on(grants)
        self.open &= ~posts
        self.leave(posts & self.filled)
        wait = self.rng.exponential(self.v["funding.replacement_gap"], grants.shape).astype(int)
        self.replaced_in = np.where(grants, self.week + 1 + wait, self.replaced_in)

    def quit_posts(self) -> None:
        """Everyone weighs leaving."""
        v = self.v
        early = 1 + v["turnover.early_effect"] * np.exp(-self.tenure / v["turnover.early_scale"])
        left = np.maximum(0, self.grant_end - self.week) * 12 / 52
        risk = (1 - v["funding.renewal_probability"]) * np.exp(-left / v["turnover.insecurity_horizon"])
        insecurity = np.where(self.core.grant >= 0, risk[:, self.core.grant], 0.0)
        hazard = self.core.hazard * early * (1 + v["turnover.insecurity_effect"] * insecurity)
        leavers = self.filled & (self.rng.random(hazard.shape) < 1 - np.exp(-hazard))
        if leavers.any():
            self.leave(leavers)
            self.recruit(leavers)
        if self.week >= self.core.counted_from:
            self.count["quits"] += leavers.sum(axis=1)

    def leave(self, posts: np.ndarray) -> None:
        """People leave; the next colleague round the team takes over their cases."""
        self.filled &= ~posts
        row, case, member = np.nonzero(
            (self.worker >= 0) & ~self.filled[self.rows[:, None, None], self.worker]
        )
        self.take_over(row, case, member, self.worker[row, case, member])

    def take_over(self, row: np.ndarray, case: np.ndarray, member: np.ndarray, after: np.ndarray) -> None:
        """Cases go to the first filled post of their team from a post on, or to nobody."""
        team = self.team[row, case, member]
        self.worker[row, case, member] = -1
        for step in range(self.size.max()):
            post = self.start[team] + (after - self.start[team] + step) % self.size[team]
            found = self.filled[row, post] & (self.worker[row, case, member] < 0)
            self.worker[row[found], case[found], member[found]] = post[found]

    def recruit(self, posts: np.ndarray) -> None:
        """Draw the weeks until posts are filled."""
        row, post = np.nonzero(posts)
        lag = self.rng.gamma(4, self.core.hire_weeks[post] / 4)
        self.lag[row, post] = 1 + np.maximum(1, (lag + 0.5).astype(int))  # this week does not count

    def hire(self) -> None:
        """Vacant posts come a week nearer to being filled."""
        vacant = self.open & ~self.filled
        self.lag -= vacant
        new = vacant & (self.lag == 0)
        if not new.any():
            return
        self.filled |= new
        self.tenure[new] = 0
        self.disposition[new] = self.draw_disposition((int(new.sum()),))
        self.begin(new[:, self.ends[0]] | new[:, self.ends[1]])

    def meet(self) -> None:
        """Contacts at the foci, by Poisson's law."""
        v = self.v
        liking = 1 + v["contact.trust_feedback"] * (self.trust.mean(axis=1) - 0.5)
        rate = liking * v["contact.site"] * v["contact.initiative"] + self.core.meetings
        alive = self.filled[:, self.ends[0]] & self.filled[:, self.ends[1]]
        number = self.rng.poisson(rate * alive)
        self.alive, self.met[:] = alive, False
        for k in range(number.max()):
            self.experience(*np.nonzero(number > k))

    def meet_on_cases(self) -> None:
        """Members of a case meet over it; each contact is kept for its request."""
        row, case = np.nonzero(self.opened >= 0)
        members = self.worker[row, case][:, PAIRS_OF_MEMBERS]
        both = (members >= 0).all(axis=2)
        number = self.rng.poisson(self.v["contact.case"] * both)
        which, pair = np.nonzero(number)
        times = number[which, pair]
        self.case_row = np.repeat(row[which], times)
        self.case_pair = np.repeat(self.pair_of[tuple(members[which, pair].T)], times)
        self.experience_in_turn(self.case_row, self.case_pair)

    def experience_in_turn(self, row: np.ndarray, pair: np.ndarray) -> None:
        """Contacts of which several may be of one pair: each pair's one after the other."""
        while len(row):
            _, first = np.unique(row * self.pairs + pair, return_index=True)
            self.experience(row[first], pair[first])
            row, pair = np.delete(row, first), np.delete(pair, first)

    def experience(self, row: np.ndarray, pair: np.ndarray) -> None:
        """One contact of each pair, as each of the two lived it."""
        v = self.v
        for way in (0, 1):
            tenure = self.tenure[row, self.ends[1 - way][pair]]
            bad = np.clip(v["trust.bad_base"] + v["trust.bad_newcomer"] * np.exp(-tenure / 13), 0.01, 0.95)
            trust = self.trust[row, way, pair]
            good = self.rng.random(len(row)) >= bad
            change = np.where(good, v["trust.gain"] * (1 - trust), -v["trust.loss"] * trust)
            self.trust[row, way, pair] = trust + change
        self.contacts[row, pair] += 1
        self.met[row, pair] = True

    def drift(self) -> None:
        """Without contact trust drifts to what the agencies think of each other."""
        idle = self.alive & ~self.met
        for way in (0, 1):
            target = self.institution[:, self.agencies_of[way], self.agencies_of[1 - way]]
            self.trust[:, way] += idle * self.v["trust.drift"] * (target - self.trust[:, way])

    def request(self) -> None:
        """Each contact over a case raises a need to know; whoever is asked may share."""
        row, pair, v = self.case_row, self.case_pair, self.v
        way = self.rng.integers(0, 2, len(row))
        known = v["sharing.familiarity"] * (self.contacts[row, pair] > 8)
        z = v["sharing.base"] + v["sharing.trust"] * self.trust[row, way, pair] + known
        shared = self.rng.random(len(row)) < 1 / (1 + np.exp(-z))
        if self.week >= self.core.counted_from:
            self.count["asked"] += np.bincount(row, minlength=len(self.rows))
            self.count["got"] += np.bincount(row[shared], minlength=len(self.rows))

    def work_cases(self) -> None:
        """Cases look for workers, go on and close; new ones arrive."""
        row, case, member = np.nonzero((self.team >= 0) & (self.worker < 0))
        self.take_over(row, case, member, self.start[self.team[row, case, member]])
        active = self.opened >= 0
        present = (self.worker >= 0).sum(axis=2) / np.maximum(1, (self.team >= 0).sum(axis=2))
        self.left_to_do -= np.where(active, present, 0)
        done = active & ((self.left_to_do <= 0) | (self.week - self.opened >= OLDEST))
        self.opened[done] = -1
        self.worker[done] = self.team[done] = -1
        number = self.rng.poisson(self.v["cases.per_week"], len(self.rows))
        for k in range(number.max(initial=0)):
            self.open_case(np.flatnonzero(number > k))

    def open_case(self, row: np.ndarray) -> None:
        """A case falls to two to four teams, larger ones more often, and in each to a post."""
        v, batch = self.v, len(row)
        case = np.argmax(self.opened[row] < 0, axis=1)
        more = (v["cases.agencies"] - 2) / 2
        size = 2 + (self.rng.random((batch, 2)) < more).sum(axis=1)
        turn = self.rng.exponential(1, (batch, self.agencies)) / self.size
        chosen = np.argsort(turn, axis=1)[:, :MEMBERS]
        chosen[np.arange(MEMBERS) >= size[:, None]] = self.agencies
        chosen.sort(axis=1)
        self.team[row, case] = np.where(chosen < self.agencies, chosen, -1)
        self.opened[row, case] = self.week
        self.left_to_do[row, case] = v["cases.weeks"] * (0.7 + 0.6 * self.rng.random(batch))
        which, member = np.nonzero(chosen < self.agencies)
        team = chosen[which, member]
        post = self.start[team] + (self.rng.random(len(team)) * self.size[team]).astype(int)
        self.take_over(row[which], case[which], member, post)

    def end_month(self) -> None:
        """Agencies come to trust each other as their staff do."""
        number = self.alive @ self.between
        for way in (0, 1):
            total = (self.trust[:, way] * self.alive) @ self.between
            shape = (len(self.rows), self.agencies, self.agencies)
            mean = np.divide(total, number, out=np.zeros_like(total), where=number > 0).reshape(shape)
            there = (number > 0).reshape(shape)
            view = self.institution if way == 0 else self.institution.transpose(0, 2, 1)
            view += np.where(there, self.core.learning * (mean - view), 0.0)
        if self.week >= self.core.counted_from:
            self.count["trust"] += (self.trust * self.alive[:, None]).sum(axis=(1, 2))
            self.count["ties"] += 2 * self.alive.sum(axis=1)

    def count_week(self) -> None:
        """Who is in post at the week's end."""
        if self.week >= self.core.counted_from:
            self.count["filled"] += self.filled.sum(axis=1)

    def outcomes(self) -> np.ndarray:
        """Trust, quits (a post-year) and sharing of each replicate: (replicates, 3)."""
        c = self.count
        return np.column_stack([c["trust"] / c["ties"], 52 * c["quits"] / c["filled"], c["got"] / c["asked"]])
