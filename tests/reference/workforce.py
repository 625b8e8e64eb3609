"""Staff: quitting, leaving, hiring, moving to another post (declaration, 7.1, 7.4 and 7.5)."""

from __future__ import annotations

from math import exp, floor, inf, log
from typing import TYPE_CHECKING

import mesa

from collabsim.model.draws import DISPOSITION, HIRE, QUIT, TENURE, TREND, ndtri
from reference.arithmetic import chance, clip
from reference.governance import forget_roles
from reference.grants import GAP, REFUSED, RENEWED
from reference.trust import Tie, end_relationships, meet_everyone

if TYPE_CHECKING:
    from reference.casework import Member
    from reference.governance import ReferenceAgency
    from reference.partnership import ReferencePartnership
    from reference.places import Locality, Post, Team

QUITTING, NONRENEWAL, CLOSURE, REORGANISATION = "quit", "nonrenewal", "closure", "reorganisation"
CLOSING = (NONRENEWAL, CLOSURE)
LEDGER_LINE = {
    QUITTING: "left: quit",
    NONRENEWAL: "left: nonrenewal",
    CLOSURE: "left: nonrenewal",
    REORGANISATION: "left: reorganisation",
}
COUNTED_AS = {QUITTING: "quits", NONRENEWAL: "nonrenewals", REORGANISATION: "reorganised"}
LONGEST_TENURE = 1040
SHORT_FUNDING = 9  # months


class ReferenceStaff(mesa.Agent):
    """A member of staff: the occupant of a post."""

    model: ReferencePartnership

    def __init__(self, model: ReferencePartnership, post: Post, knowledge: float, tenure: int = 0) -> None:
        super().__init__(model)
        self.post = post
        self.agency: ReferenceAgency = post.agency
        self.team: Team = post.team
        self.locality: Locality = post.team.locality
        self.ordinary = post.ordinary
        self.tenure = tenure
        self.disposition = disposition(model, post)
        self.knowledge = knowledge
        self.satisfaction = 0.5
        self.goal = post.agency.own_goal
        self.vision = 0.0
        self.time_share = 1.0
        self.ties: dict[ReferenceStaff, Tie] = {}
        self.work: list[Member] = []
        self.contacts_this_week = 0
        post.occupant = self

    def hazard(self) -> float:
        """How likely this person is to leave, as a rate a week."""
        values = self.model.values
        early = values["turnover.early_effect"] * exp(-self.tenure / values["turnover.early_scale"])
        search = values["turnover.insecurity_effect"] * insecurity(self.model, self.post)
        content = values["turnover.satisfaction_effect"] * (self.satisfaction - 0.5)
        followed = values["turnover.contagion"] * share_of_leavers(self.team)
        usual = sector_hazard(self.model, self.agency)
        return usual * (1 + early) * (1 + search) * exp(-content) * (1 + followed)

    def productivity(self) -> float:
        """What this person gets done, against someone who knows the job."""
        start = self.model.values["hiring.starting_productivity"]
        return start + (1 - start) * (1 - exp(-self.tenure / self.model.values["hiring.ramp"]))

    def learn(self) -> None:
        """A week's learning from contacts, then a week's forgetting."""
        values = self.model.values
        contacts = min(1, self.contacts_this_week / 5)
        learned = values["knowledge.learn"] * contacts * (1 - self.knowledge)
        forgotten = values["knowledge.forget"] * (self.knowledge + learned)
        self.knowledge += learned - forgotten
        if self.ordinary:
            self.model.knowledge_book.change("learned", learned)
            self.model.knowledge_book.change("forgotten", -forgotten)

    def leave(self, reason: str) -> None:
        """Leave the partnership; the post closes, or is recruited for."""
        model, post = self.model, self.post
        remember(model, self, reason)
        end_relationships(model, self, LEDGER_LINE[reason])
        if self.ordinary:
            model.knowledge_book.leave("left", [self.knowledge])
            forget_roles(model, self.agency)
        post.occupant = None
        hand_over_cases(self)
        self.team.leavers[-1] += 1
        count_leaver(model, self, reason)
        if reason in CLOSING or has_lost_money(model, post):
            post.open = False
        else:
            recruit(model, post)
        self.remove()

    def move_to(self, post: Post) -> None:
        """Take another post of the team, with everything that belongs to the person."""
        old = self.post
        remember(self.model, self, NONRENEWAL)
        old.occupant = None
        post.occupant, post.introductions = self, {}
        post.occupant_number += 1
        self.post, self.time_share = post, 1.0
        self.model.note("redeployed", old.id, post.id, 0.0)


def disposition(model: ReferencePartnership, post: Post) -> float:
    """How trusting a post's occupant is by nature."""
    u = model.draw(DISPOSITION, post.id, post.openings.turn, when=post.openings.year)
    values = model.values
    return clip(values["trust.disposition_mean"] + values["trust.disposition_sd"] * ndtri(u), 0.05, 0.95)


def sector_hazard(model: ReferencePartnership, agency: ReferenceAgency) -> float:
    """The sector's weekly hazard of leaving."""
    return -log(1 - model.values[f"turnover.{agency.sector}"]) / 52


def share_of_leavers(team: Team) -> float:
    """Leavers of the last 13 weeks over the team's posts."""
    return sum(team.leavers) / sum(post.called for post in team.posts)


def found(model: ReferencePartnership, post: Post) -> ReferenceStaff:
    """Fill a post with its founder."""
    post.occupant_number = 0
    hazard = sector_hazard(model, post.agency)
    served = -log(model.draw(TENURE, post.id, when=0)) / hazard if hazard > 0 else inf
    tenure = floor(min(served, LONGEST_TENURE))
    return ReferenceStaff(model, post, model.values["knowledge.founding"], tenure)


def insecurity(model: ReferencePartnership, post: Post) -> float:
    """How near and how likely the end of an occupant's contract is."""
    grant = post.grant
    if grant is None or not grant.has_clock or not model.channels["anticipation"]:
        return 0.0
    left = max(0, grant.end - model.week) * 12 / 52
    risk = {RENEWED: 0.0, REFUSED: 1.0}.get(grant.decision, 1 - grant.probability)
    return risk * exp(-left / model.values["turnover.insecurity_horizon"])


def start_week(model: ReferencePartnership) -> None:
    """Everybody in post has served another week; the leavers of 13 weeks ago are forgotten."""
    for person in model.staff:
        person.tenure += model.week > 0
        person.contacts_this_week = 0
    for locality in model.localities:
        for team in locality.all_teams:
            team.leavers.append(0)


# Leaving


def quits(model: ReferencePartnership) -> None:
    """Everyone weighs leaving."""
    for person in model.staff:
        if model.draw(QUIT, person.post.id) < chance(person.hazard()):
            person.leave(QUITTING)


def remember(model: ReferencePartnership, leaver: ReferenceStaff, reason: str) -> None:
    """The post keeps some of the leaver's knowledge and, with an introduction, some of the trust."""
    values, post = model.values, leaver.post
    standard = model.policy["handover.standard"]
    overlap = standard == "overlap" and reason not in CLOSING
    if standard == "overlap" and not overlap:
        standard = "written"
    codified = values["knowledge.codify"]
    kept = (1 - codified) * values[f"knowledge.keep_{standard}"]
    post.inherited = codified * leaver.knowledge + kept * leaver.knowledge
    post.introductions = {
        other.post: (other.post.occupant_number, tie.trust, other.ties[leaver].trust)
        for other, tie in leaver.ties.items()
        if overlap
    }


def hand_over_cases(leaver: ReferenceStaff) -> None:
    """The next colleague round the team takes over each open case, if there is one."""
    posts = leaver.team.posts
    heir = leaver.team.first_filled(posts.index(leaver.post))
    for member in leaver.work:
        member.worker = heir
        member.case.changes += 1
        if heir:
            heir.work.append(member)


def count_leaver(model: ReferencePartnership, leaver: ReferenceStaff, reason: str) -> None:
    """Note a leaver, and what leaving costs."""
    post, month = leaver.post, model.month
    model.note(reason, post.id, post.occupant_number, float(leaver.tenure))
    if reason in CLOSING:
        month["closures_cost"] += model.values["costs.closure"]
    else:
        month["leavers_cost"] += model.values["costs.leaver"]
    if leaver.ordinary:
        month[COUNTED_AS[reason]] += 1
        month["grant_separations"] += granted(post)
        month["grant_quits"] += granted(post) and reason == QUITTING


# Hiring


def has_lost_money(model: ReferencePartnership, post: Post) -> bool:
    """Tell whether the core money of an ordinary post is cut by now."""
    yearly = 1 + model.values["funding.trend"] / 100
    years = max(0, model.week - model.burn_in) / 52
    core = post.ordinary and post.grant is None
    return core and model.draw(TREND, post.id, when=0) >= yearly**years


def open_post(model: ReferencePartnership, post: Post) -> None:
    """Open a post, vacant."""
    post.open = True
    recruit(model, post)


def recruit(model: ReferencePartnership, post: Post) -> None:
    """Start to recruit: draw the weeks that it takes."""
    post.vacant_since = model.week
    post.openings.take(model.week)
    post.weeks_to_fill = weeks_to_fill(model, post)


def weeks_to_fill(model: ReferencePartnership, post: Post) -> int:
    """Weeks until a post opened now is filled, frozen weeks apart."""
    if post.ordinary and granted(post) and not model.channels["gaps"]:
        return 1
    mean = model.values[f"hiring.{post.agency.sector}"]
    if granted(post) and months_left(model, post) < SHORT_FUNDING:
        mean *= model.values["hiring.short_funding_factor"]
    year, first = post.openings.year, 4 * post.openings.turn
    lag = mean / 4 * sum(-log(model.draw(HIRE, post.id, first + q, when=year)) for q in range(4))
    return max(1, floor(lag + 0.5))


def granted(post: Post) -> bool:
    """Tell whether a post lives from a grant that can end."""
    return post.grant is not None and post.grant.has_clock


def months_left(model: ReferencePartnership, post: Post) -> float:
    """Months to the end of a post's grant."""
    return (post.grant.end - model.week) * 12 / 52


def frozen(model: ReferencePartnership, post: Post) -> bool:
    """Tell whether nobody is hired on what is left of a grant."""
    if not granted(post) or (post.ordinary and not model.channels["gaps"]):
        return False
    if post.grant.status == GAP:
        return True
    return post.grant.decision != RENEWED and months_left(model, post) < model.values["hiring.freeze"]


def hires(model: ReferencePartnership) -> None:
    """Vacant posts come a week nearer to being filled; those that are due are filled."""
    for post in model.posts:
        if post.vacant and post.vacant_since < model.week and not frozen(model, post):
            post.weeks_to_fill -= 1
            if post.weeks_to_fill == 0:
                hire(model, post)


def hire(model: ReferencePartnership, post: Post) -> None:
    """Someone new arrives in a post."""
    post.occupant_number += 1
    newcomer = ReferenceStaff(model, post, knowledge=post.inherited)
    meet_everyone(model, newcomer)
    if post.ordinary:
        model.knowledge_book.join("newcomers", [newcomer.knowledge])
        model.month["hires"] += 1
    model.note("hire", post.id, post.occupant_number, 0.0)
