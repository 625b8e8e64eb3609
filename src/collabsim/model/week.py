"""The model's week: one line per process. Read this first."""

from __future__ import annotations

from collabsim.model import (
    casework,
    contact,
    costs,
    drift,
    experiences,
    founding,
    funding,
    journal,
    leadership,
    learning,
    memory,
    monthly,
    sharing,
    timeline,
    voice,
    workforce,
    workload,
)
from collabsim.model.compiled import entry, rule
from collabsim.model.state import Model

# What each line of the week does, for people: `collabsim explain --schedule` and the ODD document print this.
SCHEDULE = (
    ("timeline", "policies and events of this week"),
    ("funding", "grant decisions, endings, replacements"),
    ("bids", "who is in a bid window"),
    ("leaders", "departures and arrivals"),
    ("quits", "voluntary quits"),
    ("hires", "vacancies run down; newcomers arrive"),
    ("workload", "capacity, demand, overload, attendance"),
    ("contacts", "acquaintance and case contacts"),
    ("trust", "experiences of this week's contacts, repairs due, drift"),
    ("case work", "arrivals, requests, progress, closing"),
    ("learning", "knowledge of shared cases"),
    ("month's end", "roles, institutional trust, goals, voice, satisfaction, time budget"),
    ("quarter's end", "reflection"),
    ("costs", "the cost ledger"),
    ("record", "at a month's end: the series"),
)


@entry
def live(
    key, first_week, weeks,
    world, places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, cap, met, contacts, answered, ties,
    evidence, sides,
    cases, member_post, member_team, open_cases, repairs,
    fours, encounters, requests, likely, rates, none, entities, words, target, moved, fresh, output,
    sums, counts, given, known, doubted,
    policies, policy_weeks, timed, context,
    series, ledger, events, closed_cases, snapshots,
):  # fmt: skip
    """Live `weeks` weeks of a replicate from `first_week` on (0 founds the partnership), all in place."""
    for week in range(first_week, max(1, first_week + weeks)):  # no weeks from 0 on: only the founding
        world[0]["week"] = week
        starts = next_policy(world[0], policies, policy_weeks, week)
        month = voice.month_of(week)
        m = Model(
            key, world[0], policies[world[0]["policy"]], context[0], series[month], ledger[month],
            places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, cap, met, contacts,
            answered, ties, evidence, sides, cases, member_post, member_team, open_cases, repairs, timed,
            events, closed_cases, snapshots, fours, encounters, requests, likely, rates, none, entities, words,
            target, moved, fresh, output, sums, counts, given, known, doubted,
        )  # fmt: skip
        if week == 0:
            founding.found(m)
        if weeks > 0:
            live_week(m, starts)


@rule
def next_policy(world, policies, policy_weeks, week):
    """Move on to the policy that starts this week, if one does."""
    starts = world["policy"] + 1 < len(policies) and policy_weeks[world["policy"] + 1] == week
    if starts:
        world["policy"] += 1
    return starts


@rule
def live_week(m, policy_starts):
    """Live one week."""
    week = m.world["week"]
    founding.turn_week(m)
    if policy_starts:
        timeline.adopt(m)
    timeline.happen(m)
    funding.fund(m)
    funding.bid(m)
    leadership.change_leaders(m)
    workforce.quit_posts(m)
    workforce.hire(m)
    meet_and_work(m)
    learning.learn(m)
    if voice.ends_month(week):
        monthly.survey(m)
        voice.clarify_roles(m)
        voice.learn_institutional_trust(m)
        voice.move_goals(m)
        voice.align(m)
        voice.hear(m)
        voice.satisfy(m)
        contact.budget_time(m)
    if (week + 1) % 13 == 0:
        learning.reflect(m)
    costs.book_costs(m)
    monthly.count_week(m)
    if voice.ends_month(week):
        monthly.record(m)
    if (week + 1) % 52 == 0:
        journal.snapshot(m)


@rule
def meet_and_work(m):
    """Live what happens between people, place by place, while what a place holds is at hand.

    What comes out in one place is felt in all: where that can happen, nobody asks before all have met.
    """
    experiences.begin_week(m)
    sharing.feel_safe(m)
    apart = m.context["sharing_breach_risk"] > 0.0
    for q in range(len(m.places)):
        memory.read_ahead(m, m.places[q], q)
        workload.weigh_up(m, m.places[q])
        contact.meet(m, m.places[q])
        contact.meet_on_cases(m, q)
        experiences.experience_contacts(m, m.places[q])
        experiences.repair(m, m.places[q])
        drift.aim(m, m.places[q])
        drift.drift(m, m.places[q])
        if not apart:
            casework.work_cases(m, q)
            m.world["encounters"] = 0  # the next place's come in their stead
    experiences.keep_repairs(m)
    m.world["reputations_moved"] = 0  # every place aims at what they are now
    if apart:
        for q in range(len(m.places)):
            casework.work_cases(m, q)
