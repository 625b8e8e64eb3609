"""Policies and events of the week (declaration, 7.0)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from collabsim.model.draws import REORGANISATION as REORGANISATION_DRAW
from reference import contact, workforce
from reference.arithmetic import weeks
from reference.funding import first_end, reopen_posts
from reference.grants import CLOSED, GAP, IDLE, PERMANENT, REFUSED
from reference.places import KEY_WORKER, PROJECT_MANAGER, key_worker_posts
from reference.trust import breach

if TYPE_CHECKING:
    from collabsim.scenario import Event
    from reference.governance import ReferenceAgency
    from reference.grants import Grant
    from reference.partnership import ReferencePartnership
    from reference.places import Locality, Post


def timeline(model: ReferencePartnership) -> None:
    """Policies take effect; then what happens to the partnership happens."""
    policies = new_policies(model)
    if policies:
        for policy in policies:
            model.policy |= policy
        put_in_force(model)
    for event in events_now(model):
        if event.kind != "policy":
            HAPPENINGS[event.kind](model, event)


def events_now(model: ReferencePartnership) -> list[Event]:
    """The events of this week; their months count from the policy's start."""
    return [event for event in model.scenario.events if model.burn_in + weeks(event.month) == model.week]


def new_policies(model: ReferencePartnership) -> list[Mapping]:
    """The policies that begin this week: each overlays those before it."""
    switches = [event.policy for event in events_now(model) if event.kind == "policy"]
    return [model.scenario.policy, *switches] if model.week == model.burn_in else switches


def put_in_force(model: ReferencePartnership) -> None:
    """Do what a change of policy does at once."""
    switch_permanence(model)
    for locality in model.localities:
        call_hub_posts(model, locality)
    contact.place_staff(model)


def switch_permanence(model: ReferencePartnership) -> None:
    """Grants become core money, or core money becomes grants again."""
    permanent = model.policy["funding.permanent"]
    for grant in model.grants:
        if permanent and grant.alive:
            make_permanent(model, grant)
        elif not permanent and grant.status == PERMANENT:
            grant.start(model.week + model.term)


def make_permanent(model: ReferencePartnership, grant: Grant) -> None:
    """Grant money becomes core money; what a gap took comes back."""
    in_gap = grant.status == GAP
    grant.start(grant.end, permanent=True)
    if in_gap:
        reopen_posts(model, grant)


# Hub posts


def call_hub_posts(model: ReferencePartnership, locality: Locality) -> None:
    """Open the hub posts that the policy newly calls for, close those it no longer calls for."""
    new = set_calls(model, locality)
    for post in locality.hub_team.posts:
        if post.open and not post.called:
            dissolve(post)
    fund_hub(model, locality, new)
    for post in locality.hub_team.posts:
        if post.called and not post.open and (post in new or post.grant is None):
            workforce.open_post(model, post)


def set_calls(model: ReferencePartnership, locality: Locality) -> set[Post]:
    """Mark the hub posts that the policy calls for; return those newly called for."""
    fte = model.policy["key_worker.fte_per_20"] * len(locality.posts) / 20
    number = key_worker_posts(fte)
    new = set()
    for index, post in enumerate(locality.hub_team.posts):
        called = index < number
        post.fte = fte / number if called else 0.0
        if post.kind == PROJECT_MANAGER:
            post.fte = model.policy["project_manager.fte"]
            called = post.fte > 0
        if called and not post.called:
            new.add(post)
        post.called = called
        post.grant = locality.grant if model.policy["key_worker.grant_funded"] else None
    return new


def dissolve(post: Post) -> None:
    """Close a post that the policy no longer calls for."""
    if post.filled:
        post.occupant.leave(workforce.CLOSURE)
    post.open = False


def fund_hub(model: ReferencePartnership, locality: Locality, new: set[Post]) -> None:
    """Start the hub grant's clock when it has posts to pay and none running."""
    grant = locality.grant
    called = [post for post in locality.hub_team.posts if post.called and post.grant]
    if not called:
        grant.status = IDLE
    elif grant.status == IDLE or (grant.status == CLOSED and new):
        grant.start(model.week + model.term, permanent=bool(model.policy["funding.permanent"]))
        reopen_posts(model, grant)


def found_hub(model: ReferencePartnership, locality: Locality) -> None:
    """At the start, the hub posts that the first policy calls for are open and filled."""
    grant = locality.grant
    for post in set_calls(model, locality):
        post.open = True
        if post.grant:
            grant.start(first_end(model, grant), permanent=bool(model.policy["funding.permanent"]))


# Events


def cut_grants(model: ReferencePartnership, event: Event) -> None:
    """Every grant is refused and ends this week."""
    for grant in model.grants:
        if grant.alive and event.agency in (-1, grant.agency.number):
            grant.decision, grant.end = REFUSED, model.week
            model.note("grant_refused", grant.number, grant.agency.number, 0.0)


def leaders_leave(model: ReferencePartnership, event: Event) -> None:
    """Leaders leave now."""
    for agency in affected(model, event):
        agency.lose_leader()


def affected(model: ReferencePartnership, event: Event) -> list[ReferenceAgency]:
    """The agencies that an event concerns."""
    return model.agencies if event.agency < 0 else [model.agencies[event.agency]]


def key_workers_leave(model: ReferencePartnership, event: Event) -> None:
    """Every key worker quits."""
    for post in model.hub_posts:
        if post.filled and post.kind == KEY_WORKER:
            post.occupant.leave(workforce.QUITTING)


def reorganise(model: ReferencePartnership, event: Event) -> None:
    """A share of the posts lose their occupants, every agency its leader."""
    for post in model.ordinary_posts:
        if post.filled and model.draw(REORGANISATION_DRAW, post.id) < event.value:
            post.occupant.leave(workforce.REORGANISATION)
    for agency in model.agencies:
        agency.lose_leader()


def change_demand(model: ReferencePartnership, event: Event) -> None:
    """Cases arrive faster or slower for a while."""
    model.demand_factor, model.demand_until = event.value, model.week + event.weeks


def breach_data(model: ReferencePartnership, event: Event) -> None:
    """An agency loses data."""
    for agency in affected(model, event):
        breach(model, agency, overshared=0.0)


HAPPENINGS: dict[str, Callable[[ReferencePartnership, Event], None]] = {
    "grant_cliff": cut_grants,
    "leader_departure": leaders_leave,
    "key_worker_departure": key_workers_leave,
    "reorganisation": reorganise,
    "demand": change_demand,
    "data_breach": breach_data,
}
