"""Cases: arrivals, workers and hand-overs, requests for information, progress, outcomes."""

from __future__ import annotations

import math

from collabsim.model import draws, journal, sharing, state
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import log, ndtri, poisson, stream, uniform

LONGEST_CASE = 104  # weeks
REFERENCE_STAFF = 45.0
MEMORY_OF_OUTCOMES = 0.05


# --- workers ----------------------------------------------------------------------------------------------------


@rule
def next_worker(team, posts, start):
    """Return the first filled post of a team from place `start` in it, going round; -1 when all are vacant."""
    for step in range(team["posts"]):
        i = team["first"] + (start + step) % team["posts"]
        if posts[i]["filled"] == 1:
            return i
    return state.NOBODY


@subroutine
def hand_over_cases(places, teams, posts, cases, member_post, member_team, open_cases, i):
    """Give the cases of the leaver of post `i` to the next colleague; each is a change of worker."""
    if posts[i]["kind"] != state.ORDINARY:
        return
    q = posts[i]["place"]
    for n in range(places[q]["open_cases"]):
        slot = open_cases[q, n]
        for x in range(cases[slot]["members"]):
            if member_post[slot, x] == i:
                team = teams[member_team[slot, x]]
                member_post[slot, x] = next_worker(team, posts, i - team["first"] + 1)
                cases[slot]["changes"] += 1


@rule
def take_cases_along(places, posts, member_post, cases, open_cases, i, new):
    """Let a redeployed worker keep the cases."""
    q = posts[i]["place"]
    for n in range(places[q]["open_cases"]):
        slot = open_cases[q, n]
        for x in range(cases[slot]["members"]):
            if member_post[slot, x] == i:
                member_post[slot, x] = new


@rule
def find_workers(places, q, teams, posts, cases, member_post, member_team, open_cases):
    """Give vacant case memberships to whoever is now in post."""
    for n in range(places[q]["open_cases"]):
        slot = open_cases[q, n]
        for x in range(cases[slot]["members"]):
            if member_post[slot, x] == state.NOBODY:
                member_post[slot, x] = next_worker(teams[member_team[slot, x]], posts, 0)


# --- arrivals ---------------------------------------------------------------------------------------------------


@subroutine
def open_new_cases(key, w, c, places, q, teams, posts, cases, member_post, member_team, open_cases, case_contacts, s, events):  # fmt: skip
    """Let new cases arrive in a place: Poisson, 1.5 a week for 45 staff (judgement; about two open per worker)."""
    factor = w["demand_factor"] if w["week"] < w["demand_until"] else 1.0
    mean = c["cases_per_week"] * places[q]["ordinary"] / REFERENCE_STAFF * factor
    arrivals = poisson(uniform(stream(key, draws.ARRIVAL, w["week"]), q, 0), mean)
    for k in range(arrivals):
        n = places[q]["open_cases"]
        if n >= open_cases.shape[1]:
            w["short"] = 1
            return
        slot = open_cases[q, n]  # beyond the open ones the list holds the free slots
        places[q]["open_cases"] = n + 1
        open_case(key, w, c, places[q], teams, posts, cases, member_post, member_team, slot, (q << 32) | (w["week"] << 10) | k)  # fmt: skip
        case_contacts[slot, :] = 0
        s["cases_opened"] += 1.0
        journal.note(
            w, events, state.CASE_OPENED, cases[slot]["id"], cases[slot]["members"], cases[slot]["duration"]
        )


@rule
def open_case(key, w, c, place, teams, posts, cases, member_post, member_team, slot, identity):
    """Fill in a new case: agencies needed, duration, one agreed plan or not, workers."""
    luck = stream(key, draws.CASE, w["week"])
    case = cases[slot]
    case["id"] = identity
    case["opened"] = w["week"]
    case["needed"] = 0
    case["requested"] = 0
    case["received"] = 0
    case["changes"] = 0
    case["progress"] = 0.0
    case["wait"] = 0.0
    case["duration"] = c["cases_weeks"] * (0.7 + 0.6 * uniform(luck, identity, 2))
    agreed = c["cases_coherence"] + c["cases_coherence_pm"] * place["pm"]
    case["coherent"] = 1 if uniform(luck, identity, 3) < min(1.0, agreed) else 0
    case["noise"] = c["cases_noise"] * ndtri(uniform(luck, identity, 4))
    choose_teams(luck, w, c, place, teams, cases, member_team, slot)
    for x in range(case["members"]):
        team = teams[member_team[slot, x]]
        start = int(math.floor(uniform(luck, identity, 32 + team["agency"]) * team["posts"]))
        member_post[slot, x] = next_worker(team, posts, start)


@rule
def choose_teams(luck, w, c, place, teams, cases, member_team, slot):
    """Choose a case's agencies without replacement, in proportion to posts (Efraimidis & Spirakis 2006)."""
    case = cases[slot]
    extra = (c["cases_agencies"] - 2.0) / 2.0
    wanted = 2 + (1 if uniform(luck, case["id"], 0) < extra else 0) + (1 if uniform(luck, case["id"], 1) < extra else 0)
    for a in range(w["agencies"]):
        team = teams[place["first_team"] + a]
        posts = max(1, team["posts"])
        team["draw"] = -log(uniform(luck, case["id"], 8 + a)) / posts
    case["members"] = 0
    for a in range(w["agencies"]):
        t = place["first_team"] + a
        if teams[t]["posts"] > 0 and rank_of_team(w, place, teams, a) < wanted:
            member_team[slot, case["members"]] = t
            case["members"] += 1


@rule
def rank_of_team(w, place, teams, a):
    """Return how many other teams come before team `a` in the weighted draw."""
    rank = 0
    for b in range(w["agencies"]):
        other = teams[place["first_team"] + b]
        if b != a and other["posts"] > 0 and other["draw"] < teams[place["first_team"] + a]["draw"]:
            rank += 1
    return rank


# --- the week's work --------------------------------------------------------------------------------------------


@subroutine
def work_cases(key, w, p, c, places, teams, agencies, between, posts, trust, ties, cases, member_post, member_team, open_cases, case_contacts, s, events, closed_cases):  # fmt: skip
    """Find workers, ask for information, make progress, close what is done, then open what arrived."""
    for q in range(len(places)):
        find_workers(places, q, teams, posts, cases, member_post, member_team, open_cases)
        sharing.ask(key, w, p, c, places[q], q, agencies, between, posts, trust, ties, cases, member_post, open_cases, case_contacts, s)  # fmt: skip
        progress(
            w,
            c,
            places,
            q,
            teams,
            posts,
            cases,
            member_post,
            member_team,
            open_cases,
            s,
            events,
            closed_cases,
        )
        open_new_cases(key, w, c, places, q, teams, posts, cases, member_post, member_team, open_cases, case_contacts, s, events)  # fmt: skip


@rule
def progress(
    w, c, places, q, teams, posts, cases, member_post, member_team, open_cases, s, events, closed_cases
):
    """Move open cases on by the share of the week that their teams could give; close those that are done."""
    kept = 0
    for n in range(places[q]["open_cases"]):
        slot = open_cases[q, n]
        case = cases[slot]
        delay = mean_delay(teams, member_post, member_team, slot, case["members"])
        case["wait"] += delay
        case["progress"] += 1.0 - delay
        if case["progress"] >= case["duration"] or w["week"] - case["opened"] >= LONGEST_CASE:
            close(w, c, posts, cases, member_post, slot, s, events, closed_cases)
        else:
            open_cases[q, n] = open_cases[q, kept]  # swap, so that freed slots stay on the list
            open_cases[q, kept] = slot
            kept += 1
    places[q]["open_cases"] = kept


@rule
def mean_delay(teams, member_post, member_team, slot, members):
    """Return the share of the week lost (0-1): overloaded teams do part, vacant memberships nothing."""
    total = 0.0
    for x in range(members):
        over = teams[member_team[slot, x]]["overload"]
        total += 1.0 if member_post[slot, x] < 0 else over / (1.0 + over)
    return total / members


@subroutine
def close(w, c, posts, cases, member_post, slot, s, events, closed_cases):
    """Close a case and book its outcome."""
    case = cases[slot]
    completeness = case["received"] / case["needed"] if case["needed"] > 0 else 0.5
    known = 0.0
    for x in range(case["members"]):
        if member_post[slot, x] >= 0:
            known += posts[member_post[slot, x]]["knowledge"] / case["members"]
    result = outcome(w, c, case, completeness, known)
    w["case_outcome"] += MEMORY_OF_OUTCOMES * (result - w["case_outcome"])
    s["cases_closed"] += 1.0
    s["worker_changes"] += case["changes"]
    s["completeness_sum"] += completeness
    s["wait_sum"] += case["wait"]
    s["outcome_sum"] += result
    journal.note(w, events, state.CASE_CLOSED, case["id"], case["changes"], result)
    journal.note_case(w, closed_cases, case, posts, member_post, slot, completeness, known, result)


@rule
def outcome(w, c, case, completeness, known):
    """Return a case's outcome Y (SD units), weakly coupled by design: reviews find process gains, small effects.

    Information (Mesmer-Magnus & DeChurch 2009; values, row 70), knowledge, practice, shared goals (row 76), worker
    changes, waiting; everything on together stays at or below 0.3 SMD (Alderwick et al. 2021; rows 79-84).
    """
    y = (
        c["cases_information_effect"]
        * (completeness - c["cases_ref_completeness"])
        / c["cases_sd_completeness"]
    )
    y += c["cases_knowledge_effect"] * (known - c["cases_ref_knowledge"]) / c["cases_sd_knowledge"]
    y += c["cases_goal_effect"] * (w["alignment"] - c["cases_ref_alignment"]) / c["cases_sd_alignment"]
    y += c["cases_practice_effect"] * w["practice"]
    y -= c["cases_change_effect"] * case["changes"]
    y -= c["cases_wait_effect"] * (case["wait"] - c["cases_ref_wait"]) / c["cases_sd_wait"]
    y -= c["cases_incoherence_effect"] * (1 - case["coherent"])
    return y + case["noise"]
