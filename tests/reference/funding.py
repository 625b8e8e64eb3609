"""Grants: renewal lottery, gaps, closing, replacement; bids and rivalry (declaration, 7.1 and 7.2)."""

from __future__ import annotations

from math import floor, log
from typing import TYPE_CHECKING

from collabsim.model.draws import BRIDGE, GRANT_START, REDEPLOY, RENEWAL, REPLACE
from reference import workforce
from reference.arithmetic import clip, logistic, logit
from reference.grants import CLOSED, GAP, REFUSED, RENEWED, RUNNING, Grant

if TYPE_CHECKING:
    from reference.governance import ReferenceAgency
    from reference.partnership import ReferencePartnership
    from reference.places import Post


def deal_grants(model: ReferencePartnership) -> list[Grant]:
    """Deal the first posts of each agency into grants; each locality has one for its hub."""
    grants: list[Grant] = []
    size = int(model.values["funding.posts_per_grant"])
    for agency in model.agencies:
        granted = grant_funded(agency)
        for first in range(0, len(granted), size):
            grants.append(Grant(len(grants), agency, hub=False, posts=granted[first : first + size]))
    for locality in model.localities:
        locality.grant = Grant(len(grants), model.hub.host, hub=True, posts=locality.hub_team.posts)
        grants.append(locality.grant)
    for grant in grants:
        if not grant.hub:
            for post in grant.posts:
                post.grant = grant
    return grants


def grant_funded(agency: ReferenceAgency) -> list[Post]:
    """The posts of an agency that live from grants, spread evenly over it."""
    funded = floor(agency.grant_share * agency.size + 0.5)
    spread = enumerate(sorted(agency.posts, key=lambda post: post.id))
    return [post for k, post in spread if (k + 1) * funded // agency.size > k * funded // agency.size]


def first_end(model: ReferencePartnership, grant: Grant) -> int:
    """The week in which a grant that runs at the start ends."""
    return 1 + floor(model.draw(GRANT_START, grant.number, when=0) * model.term)


# The funding process


def funding(model: ReferencePartnership) -> None:
    """Every grant's decisions, endings and replacements."""
    for grant in model.grants:
        if grant.alive:
            grant.probability = renewal_probability(model, grant.agency)
    for grant in model.grants:
        fund(model, grant)


def renewal_probability(model: ReferencePartnership, agency: ReferenceAgency) -> float:
    """The probability that a funder renews a grant of this agency."""
    values, policy = model.values, model.policy
    at_default = values["funding.renewal_probability"]
    if at_default in (0, 1):
        return at_default
    merit = (
        values["funding.evaluation_effect"] * model.evaluation
        + values["funding.outcome_effect"] * clip(model.recent_performance, -2, 2)
        + values["funding.leadership_effect"] * (agency.commitment - 0.5)
    )
    probability = logistic(logit(at_default) + merit)
    years = policy["funding.grant_months"] / 12
    return probability**years if policy["funding.fix_annual"] else probability


def fund(model: ReferencePartnership, grant: Grant) -> None:
    """One grant's week: replaced; or decided or in a gap, then ended."""
    week, notice = model.week, model.notice
    if grant.status == CLOSED and week >= grant.replacement:
        replace(model, grant)
        return
    if grant.undecided and week >= grant.end - notice:
        decide(model, grant)
    elif grant.undecided and grant.status == RUNNING and notice < 0 and week >= grant.end:
        enter_gap(model, grant)
    if grant.alive and grant.decision and week >= grant.end:
        if grant.decision == RENEWED:
            renew(model, grant)
        else:
            close(model, grant)


def decide(model: ReferencePartnership, grant: Grant) -> None:
    """The funder's lottery."""
    grant.decisions.take(grant.end)
    u = model.draw(RENEWAL, grant.number, grant.decisions.turn, when=grant.decisions.year)
    protected = not model.channels["coordinators" if grant.hub else "nonrenewal"]
    if u < grant.probability or protected:
        grant.decision = RENEWED
        if not grant.hub:
            grant.agency.last_renewal = model.week
        model.note("grant_renewed", grant.number, grant.agency.number, grant.probability)
    else:
        grant.decision = REFUSED
        model.note("grant_refused", grant.number, grant.agency.number, grant.probability)
        if not grant.hub:
            resent_winners(model, grant.agency)


def enter_gap(model: ReferencePartnership, grant: Grant) -> None:
    """The money ends before its renewal is decided: posts are bridged, or lost."""
    grant.status = GAP
    model.note("grant_gap", grant.number, grant.agency.number, 0.0)
    for post in grant.posts:
        if post.filled and model.channels["gaps"]:
            u = model.draw(BRIDGE, post.id, when=grant.end)
            if u >= model.values["funding.bridge"]:
                post.occupant.leave(workforce.NONRENEWAL)


def renew(model: ReferencePartnership, grant: Grant) -> None:
    """A new term begins; posts lost in a gap open again."""
    grant.start((model.week if grant.status == GAP else grant.end) + model.term)
    reopen_posts(model, grant)


def close(model: ReferencePartnership, grant: Grant) -> None:
    """A refused grant ends: its staff move within their team or leave, its posts close."""
    for post in grant.posts:
        if post.filled:
            other = vacancy_elsewhere(post)
            redeployed = other and model.draw(REDEPLOY, post.id) < model.values["funding.redeploy"]
            if redeployed:
                post.occupant.move_to(other)
            else:
                post.occupant.leave(workforce.NONRENEWAL)
        post.open = False
    grant.status, grant.decision = CLOSED, None
    grant.replacement = model.week + 1 + replacement_gap(model, grant)
    model.note("grant_closed", grant.number, grant.agency.number, 0.0)


def vacancy_elsewhere(post: Post) -> Post | None:
    """The first open vacant ordinary post of the same team outside the post's grant."""
    posts = (other for other in post.team.posts if other.ordinary and other.vacant)
    return next((other for other in posts if other.grant is not post.grant), None)


def replacement_gap(model: ReferencePartnership, grant: Grant) -> int:
    """Weeks until other money is found."""
    if not model.channels["gaps"]:
        return 0
    mean = model.values["funding.replacement_gap"]
    wait = -log(model.draw(REPLACE, grant.number, when=model.week // 52)) * mean
    if model.policy["funding.equal_budget"] and grant.probability < 1:
        wait = (wait + 0.5) * stretch(model, grant, mean + 0.5) - 0.5
    return max(0, floor(wait))


def stretch(model: ReferencePartnership, grant: Grant, usual: float) -> float:
    """How much longer the wait is, so that grants of any length run the same share of time as yearly ones."""
    renewed, years = grant.probability, model.term / 52
    if model.policy["funding.fix_annual"]:
        renewed **= 12 / model.policy["funding.grant_months"]
    late = max(0, -model.notice)
    unfunded_a_term = years * (
        late + (1 - renewed) * usual
    )  # on average: while undecided, and between grants
    return (unfunded_a_term - late) / ((1 - grant.probability) * usual)


def replace(model: ReferencePartnership, grant: Grant) -> None:
    """Other money is found: the posts open again."""
    grant.start(model.week + model.term, permanent=bool(model.policy["funding.permanent"]))
    grant.probability = renewal_probability(model, grant.agency)
    model.note("grant_replaced", grant.number, grant.agency.number, 0.0)
    reopen_posts(model, grant)


def reopen_posts(model: ReferencePartnership, grant: Grant) -> None:
    """Open the grant's closed posts, as far as the policy calls for them."""
    for post in grant.posts:
        if post.called and not post.open:
            workforce.open_post(model, post)


# Bids and rivalry


def bids(model: ReferencePartnership) -> None:
    """Who is in a bid window, and which bids are begun."""
    window = model.values["rivalry.window"]
    for grant in model.grants:
        decision_week = grant.end - model.notice
        grant.in_bid_window = grant.undecided and decision_week - window <= model.week < decision_week
        if grant.in_bid_window and model.week == decision_week - window:
            model.month["bids_cost"] += model.values["costs.bid"] * model.bid_effort
    model.bidders = {grant.agency for grant in model.grants if grant.in_bid_window and not grant.hub}


def rivalry(model: ReferencePartnership, one: ReferenceAgency, another: ReferenceAgency) -> float:
    """How far two agencies bid for the same money now."""
    return overlap(model) if one in model.bidders or another in model.bidders else 0.0


def overlap(model: ReferencePartnership) -> float:
    """How far agencies bid for the same money under the policy in force."""
    if model.policy["pooled_budget.joint_bids"]:
        return 0.0
    return model.values["rivalry.overlap"] * (1 - model.policy["pooled_budget.share"])


def resent_winners(model: ReferencePartnership, loser: ReferenceAgency) -> None:
    """Losing a bid takes trust in those who lately won one."""
    drop = model.values["rivalry.loser_drop"] * overlap(model)
    since = model.week - model.values["rivalry.window"]
    for winner in model.agencies:
        if winner is not loser and winner.last_renewal >= since:
            loser.trust[winner] = max(0.0, loser.trust[winner] - drop * (1 - loser.trust[winner]))
