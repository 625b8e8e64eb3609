"""The model's week: one line per process. Read this first."""

from __future__ import annotations

from collabsim.model import (
    casework, contact, costs, founding, funding, journal, leadership, learning, monthly, state, timeline, voice,
    workforce, workload,
)  # fmt: skip
from collabsim.model import trust as trust_rules
from collabsim.model.compiled import entry

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
def live(key, first_week, weeks, world, places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, cap, met, ties, cases, member_post, member_team, open_cases, case_contacts, repairs, encounters, likely, target, moved, fresh, sums, counts, policies, policy_weeks, timed, context, series, ledger, events, closed_cases, snapshots):  # fmt: skip
    """Live `weeks` weeks of a replicate from `first_week` on (0 founds the partnership); everything is changed in place."""
    w, c = world[0], context[0]
    if first_week == 0:
        founding.found(key, w, policies[0], c, places, teams, agencies, between, grants, grant_posts, posts, trust, cap, met, ties, cases, member_post, member_team, open_cases, sums, counts, ledger[0])  # fmt: skip
    for week in range(first_week, first_week + weeks):
        w["week"] = week
        month = voice.month_of(week)
        s, led = series[month], ledger[month]
        founding.turn_week(w, posts, teams, leavers)
        if w["policy"] + 1 < len(policies) and policy_weeks[w["policy"] + 1] == week:
            w["policy"] += 1
            p = policies[w["policy"]]
            timeline.adopt(key, w, p, c, places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events)  # fmt: skip
        p = policies[w["policy"]]
        timeline.happen(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, timed, s, led, events)  # fmt: skip
        funding.fund(key, w, p, c, places, teams, leavers, agencies, between, grants, grant_posts, posts, trust, cap, met, ties, repairs, cases, member_post, member_team, open_cases, s, led, events)  # fmt: skip
        funding.bid(w, p, c, agencies, grants, s)
        leadership.change_leaders(key, w, p, c, agencies, events)
        workforce.quit_posts(key, w, p, c, places, teams, leavers, agencies, between, grants, posts, trust, met, ties, cases, member_post, member_team, open_cases, s, led, events)  # fmt: skip
        workforce.hire(
            key, w, p, c, places, between, agencies, grants, posts, trust, cap, met, ties, s, led, events
        )
        workload.weigh_up(w, p, c, places, teams, agencies, grants, posts, cases, member_team, open_cases)
        contact.meet(key, w, p, c, places, teams, agencies, posts, trust, met, encounters, likely)
        contact.meet_on_cases(
            key, w, c, places, posts, cases, member_post, open_cases, case_contacts, encounters
        )
        trust_rules.experience_contacts(key, w, p, c, places, teams, agencies, between, posts, trust, cap, met, ties, repairs, encounters, s, led, events)  # fmt: skip
        trust_rules.repair(w, c, places, posts, trust, cap, ties, repairs, led, events)
        trust_rules.drift(w, c, places, teams, between, posts, trust, cap, met, ties, target, moved, led)
        casework.work_cases(key, w, p, c, places, teams, agencies, between, posts, trust, ties, cases, member_post, member_team, open_cases, case_contacts, s, events, closed_cases)  # fmt: skip
        learning.learn(w, c, posts, led)
        month_ends = voice.ends_month(week)
        if month_ends:
            voice.clarify_roles(w, p, c, between)
            voice.learn_institutional_trust(w, p, c, places, teams, between, posts, trust, met, sums, counts)
            voice.move_goals(w, p, c, places, agencies, posts, trust, met, ties, fresh)
            voice.align(w, posts, sums, counts)
            voice.hear(w, p, c, places, teams, agencies)
            voice.satisfy(w, p, c, places, teams, agencies, posts, trust, met)
            contact.budget_time(
                p, c, places, teams, agencies, posts, trust, met, cases, member_post, open_cases
            )
        if (week + 1) % 13 == 0:
            learning.reflect(w, p, c, agencies)
        costs.book_costs(w, p, c, teams, grants, posts, s)
        monthly.count_week(grants, posts, s)
        if month_ends:
            monthly.record(w, places, teams, agencies, between, posts, trust, met, ties, s)
        if (week + 1) % 52 == 0:
            journal.snapshot(w, snapshots, places, posts, trust, met, ties)
