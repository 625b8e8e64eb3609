"""Cases: arrivals, workers and hand-overs, requests for information, progress, outcomes."""

from __future__ import annotations

import math

import numpy as np

from collabsim.model import draws, journal, sharing, state
from collabsim.model.compiled import formula, rule, subroutine
from collabsim.model.draws import log, ndtri, poisson, stream, uniform, within_a_week

LONGEST_CASE = 104  # weeks
REFERENCE_STAFF = 45.0
MEMORY_OF_CASES = 0.05
NOVEL_WEEKS = 52  # how long somebody is new


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
def hand_over_cases(m, i):
    """Give the cases of the leaver of post `i` to the next colleague; each is a change of worker."""
    if m.posts[i]["kind"] != state.ORDINARY:
        return
    q = m.posts[i]["place"]
    for n in range(m.places[q]["open_cases"]):
        slot = m.open_cases[q, n]
        for x in range(m.cases[slot]["members"]):
            if m.member_post[slot, x] == i:
                team = m.teams[m.member_team[slot, x]]
                m.member_post[slot, x] = next_worker(team, m.posts, i - team["first"] + 1)
                m.cases[slot]["changes"] += 1
                if m.member_post[slot, x] == state.NOBODY:
                    m.places[q]["unworked"] = 1


@rule
def take_cases_along(m, i, new):
    """Let a redeployed worker keep the cases."""
    q = m.posts[i]["place"]
    for n in range(m.places[q]["open_cases"]):
        slot = m.open_cases[q, n]
        for x in range(m.cases[slot]["members"]):
            if m.member_post[slot, x] == i:
                m.member_post[slot, x] = new


@rule
def find_workers(m, q):
    """Give vacant case memberships, if there are any, to whoever is now in post."""
    if m.places[q]["unworked"] == 0:
        return
    m.places[q]["unworked"] = 0
    for n in range(m.places[q]["open_cases"]):
        slot = m.open_cases[q, n]
        for x in range(m.cases[slot]["members"]):
            if m.member_post[slot, x] == state.NOBODY:
                m.member_post[slot, x] = next_worker(m.teams[m.member_team[slot, x]], m.posts, 0)
                if m.member_post[slot, x] == state.NOBODY:
                    m.places[q]["unworked"] = 1


# --- arrivals ---------------------------------------------------------------------------------------------------


@rule
def open_new_cases(m, q):
    """Let new cases arrive in a place: Poisson, 1.5 a week for 45 staff (judgement; about two open per worker)."""
    factor = m.world["demand_factor"] if m.world["week"] < m.world["demand_until"] else 1.0
    mean = m.context["cases_per_week"] * m.places[q]["ordinary"] / REFERENCE_STAFF * factor
    arrivals = poisson(uniform(stream(m.key, draws.ARRIVAL, m.world["week"]), q, 0), mean)
    for k in range(arrivals):
        n = m.places[q]["open_cases"]
        if n >= m.open_cases.shape[1]:
            m.world["short"] = 1
            return
        slot = m.open_cases[q, n]  # beyond the open ones the list holds the free slots
        m.places[q]["open_cases"] = n + 1
        open_case(m, m.places[q], slot, q << 32 | m.world["week"] << 10 | k)
        m.month["cases_opened"] += 1.0
        journal.note(
            m,
            state.CASE_OPENED,
            m.cases[slot]["id"],
            m.cases[slot]["members"],
            m.cases[slot]["duration"],
        )


@rule
def open_case(m, place, slot, identity):
    """Fill in a new case: agencies needed, duration, one agreed plan or not, workers."""
    luck = stream(m.key, draws.CASE, m.world["week"])
    case = m.cases[slot]
    case["id"] = identity
    case["opened"] = m.world["week"]
    case["needed"] = 0
    case["requested"] = 0
    case["received"] = 0
    case["changes"] = 0
    case["progress"] = 0.0
    case["wait"] = 0.0
    case["duration"] = m.context["cases_weeks"] * (0.7 + 0.6 * uniform(luck, identity, 2))
    agreed = m.context["cases_coherence"] + m.context["cases_coherence_pm"] * place["pm"]
    case["coherent"] = 1 if uniform(luck, identity, 3) < min(1.0, agreed) else 0
    case["noise"] = m.context["cases_noise"] * ndtri(uniform(luck, identity, 4))
    case["circumstances"] = ndtri(uniform(luck, identity, 5))
    choose_teams(m, luck, place, slot)
    for x in range(case["members"]):
        team = m.teams[m.member_team[slot, x]]
        start = int(math.floor(uniform(luck, identity, 32 + team["agency"]) * team["posts"]))
        m.member_post[slot, x] = next_worker(team, m.posts, start)
        if m.member_post[slot, x] == state.NOBODY:
            m.places[team["place"]]["unworked"] = 1
    count_case(m, slot, 1)


@rule
def count_case(m, slot, change):
    """Count a case in (1) or out (-1) of what its teams work on."""
    for x in range(m.cases[slot]["members"]):
        team = m.teams[m.member_team[slot, x]]
        team["cases"] += change
        team["unplanned"] += change * (1 - m.cases[slot]["coherent"])


@rule
def choose_teams(m, luck, place, slot):
    """Choose a case's agencies without replacement, in proportion to posts (Efraimidis & Spirakis 2006)."""
    case = m.cases[slot]
    extra = (m.context["cases_agencies"] - 2.0) / 2.0
    wanted = (
        2
        + (1 if uniform(luck, case["id"], 0) < extra else 0)
        + (1 if uniform(luck, case["id"], 1) < extra else 0)
    )
    for a in range(m.world["agencies"]):
        posts = m.teams[place["first_team"] + a]["posts"]
        draw = -log(uniform(luck, case["id"], 8 + a)) / max(1, posts)
        m.rates[np.uint32(a)] = draw if posts > 0 else math.inf
    case["members"] = 0
    for a in range(m.world["agencies"]):
        if m.rates[a] < math.inf and rank_of(m.rates, m.world["agencies"], a) < wanted:
            m.member_team[slot, case["members"]] = place["first_team"] + a
            case["members"] += 1


@rule
def rank_of(draws, count, a):
    """Return how many of some draws come before draw `a`."""
    rank = 0
    for b in range(count):
        rank += draws[b] < draws[a]
    return rank


# --- the week's work --------------------------------------------------------------------------------------------


@rule
def work_cases(m, q):
    """Ask for information in a place, find workers, make progress, close what is done, then open what arrived."""
    sharing.ask(m, m.places[q])
    find_workers(m, q)
    progress(m, q)
    open_new_cases(m, q)


@rule
def progress(m, q):
    """Move open cases on by the share of the week that their teams could give; close those that are done."""
    kept = 0
    for n in range(m.places[q]["open_cases"]):
        slot = m.open_cases[q, n]
        case = m.cases[slot]
        if m.policy["reflection_case_reviews"] > 0.0 and case["coherent"] == 0:
            review(m, slot)
        delay = mean_delay(m.teams, m.member_post, m.member_team, slot, case["members"])
        case["wait"] += delay
        case["progress"] += 1.0 - delay
        if case["progress"] >= case["duration"] or m.world["week"] - case["opened"] >= LONGEST_CASE:
            close(m, slot)
        else:
            m.open_cases[q, n] = m.open_cases[q, kept]  # swap, so that freed slots stay on the list
            m.open_cases[q, kept] = slot
            kept += 1
    m.places[q]["open_cases"] = kept


@rule
def review(m, slot):
    """Let a case that lacks an agreed plan be reviewed, at so many reviews a year: it gets one (crosswalk E26, X4)."""
    reviewed = within_a_week(m.policy["reflection_case_reviews"] / 52.0)
    if uniform(stream(m.key, draws.REVIEW, m.world["week"]), m.cases[slot]["id"], 0) < reviewed:
        count_case(m, slot, -1)
        m.cases[slot]["coherent"] = 1
        count_case(m, slot, 1)


@rule
def mean_delay(teams, member_post, member_team, slot, members):
    """Return the share of the week lost (0-1): overloaded teams do part, vacant memberships nothing."""
    total = 0.0
    for x in range(state.MOST_MEMBERS):  # all, so that the number of members need not be guessed
        delay = teams[np.uint32(member_team[slot, x])][
            "delay"
        ]  # looked up for all, so that vacancies need not be
        lost = 1.0 if member_post[slot, x] < 0 else delay
        total += lost * (x < members)
    return total / members


@subroutine
def close(m, slot):
    """Close a case and book how the work on it went, and what came of it.

    What was shared is worth more to a case where anybody is new, who knows what the others do not (March 1991); a
    second newcomer adds nothing, so that some turnover can be better than none and than much.
    """
    case = m.cases[slot]
    count_case(m, slot, -1)
    completeness = case["received"] / case["needed"] if case["needed"] > 0 else 0.5
    known, fresh = 0.0, False
    for x in range(case["members"]):
        if m.member_post[slot, x] >= 0:
            known += m.posts[m.member_post[slot, x]]["knowledge"] / case["members"]
            fresh = fresh or m.posts[m.member_post[slot, x]]["tenure"] < NOVEL_WEEKS
    if fresh:
        completeness *= 1.0 + m.context["knowledge_novelty"]
    work = performance(m.world, m.context, case, completeness, known)
    result = outcome(m.context["cases_reach"], work, case["circumstances"])
    m.world["recent_performance"] += MEMORY_OF_CASES * (work - m.world["recent_performance"])
    m.month["cases_closed"] += 1.0
    m.month["worker_changes"] += case["changes"]
    m.month["completeness_sum"] += completeness
    m.month["wait_sum"] += case["wait"]
    m.month["performance_sum"] += work
    m.month["outcome_sum"] += result
    journal.note(m, state.CASE_CLOSED, case["id"], case["changes"], result)
    journal.note_case(m, case, slot, completeness, known, work, result)


@rule
def performance(w, c, case, completeness, known):
    """Return how well the work on a case went (SD units), on the scale of the meta-analyses of team performance.

    Information (Mesmer-Magnus & DeChurch 2009; values, row 70), knowledge, practice, shared goals (row 76), worker
    changes, waiting.
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


@formula
def outcome(reach, work, circumstances):
    """Return a case's outcome for the person, `reach*work + sqrt(1 - reach^2)*circumstances` (SD units).

    Reviews of integrated care find work that changes much and outcomes that change little (Alderwick et al. 2021; Baxter
    et al. 2018; values, rows 79-84; grade M), so most of what becomes of a person is not the agencies' work. `reach` is the
    correlation of the two; its size is a judgement.
    """
    return reach * work + math.sqrt(1.0 - reach * reach) * circumstances
