"""Contacts: additive Poisson foci (site, meetings, core group, hub, cases), trimmed to a time budget.

Each pair has one draw a week, turned into a count by the Poisson quantile: more of a focus adds contacts and never
takes one away, so policies that differ in a focus share all the contacts that both have. Rates: Allen 1977, Catalini
2018 and others (values, rows 50-52, M-H).
"""

from __future__ import annotations

import numpy as np

from collabsim.model import draws
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import bits, exp, pair, poisson, stream, uniform
from collabsim.model.state import NO_TIE

TWO_53 = 9007199254740992.0


@rule
def chance_rate(p, c, agencies, posts, i, j):
    """Return weekly chance contacts of a pair at trust 0.5: by distance, raised by days under one roof."""
    together = 0.0
    if posts[i]["colocated"] == 1 and posts[j]["colocated"] == 1:
        together = p["colocation_days"] / 5.0
    site = agencies[posts[i]["agency"]]["site"]
    if site >= 0 and site == agencies[posts[j]["agency"]]["site"]:
        together = 1.0
    return c["contact_site"] + together * (c["contact_colocated"] - c["contact_site"])


@rule
def meetings_a_week(p, c):
    """Return effective joint meetings a week: virtual ones count less, a training day counts as several."""
    held = p["meetings_per_month"] * 12.0 / 52.0
    held *= 1.0 - p["meetings_virtual_share"] * (1.0 - c["contact_virtual_effect"])
    return held + c["contact_meetings_per_training_day"] * p["training_days_per_year"] / 52.0


@rule
def base_rate(p, c, meetings, hub, teams, agencies, posts, trust, i, j):
    """Return weekly acquaintance contacts of two ordinary posts before the time budget."""
    mutual = 0.5 * (trust[i, posts[j]["slot"]] + trust[j, posts[i]["slot"]])
    keen = 1.0 + c["contact_trust_feedback"] * (mutual - 0.5)
    attending = teams[posts[i]["team"]]["attendance"] * teams[posts[j]["team"]]["attendance"]
    rate = keen * chance_rate(p, c, agencies, posts, i, j) + meetings * attending * c["contact_meeting"]
    if posts[i]["core_group"] == 1 and posts[j]["core_group"] == 1:
        rate += c["contact_core_group"] * attending
    return rate + c["contact_hub"] * hub


@rule
def highest_rate(p, c, meetings, hub, attendance, agency):
    """Return a rate that no pair of this team exceeds, to pass quickly over pairs that cannot meet this week."""
    chance = c["contact_site"]
    if p["colocation_days"] > 0.0 or agency["site"] >= 0:
        chance = max(chance, c["contact_colocated"])
    rate = (1.0 + 0.5 * c["contact_trust_feedback"]) * chance + meetings * attendance * c["contact_meeting"]
    if p["meetings_core_group_size"] > 0.0:
        rate += c["contact_core_group"] * attendance
    return (rate + c["contact_hub"] * hub) * 1.000001 + 1e-12


@rule
def none_below(rate):
    """Return the 53 bits below which a draw is sure to give no contact at this rate."""
    return np.uint64(max(0.0, exp(-rate) * TWO_53 - 2.0))


@rule
def note_encounter(w, encounters, i, j, entity, number, count, on_case):
    """Put `count` contacts of posts `i` and `j` on this week's list."""
    n = w["encounters"]
    if n < len(encounters):
        encounters[n]["first"] = i
        encounters[n]["second"] = j
        encounters[n]["entity"] = entity
        encounters[n]["number"] = number
        encounters[n]["count"] = count
        encounters[n]["on_case"] = on_case
        w["encounters"] = n + 1
    else:
        w["short"] = 1


@subroutine
def meet(key, w, p, c, places, teams, agencies, posts, trust, met, encounters, likely):
    """Draw this week's acquaintance contacts."""
    w["encounters"] = 0
    luck = stream(key, draws.CONTACT, w["week"])
    meetings = meetings_a_week(p, c)
    for q in range(len(places)):
        place = places[q]
        for a in range(w["agencies"]):
            team = teams[place["first_team"] + a]
            nobody = none_below(highest_rate(p, c, meetings, place["hub"], team["attendance"], agencies[a]))
            for i in range(team["first"], team["first"] + team["posts"]):
                if posts[i]["filled"] == 1:
                    meet_colleagues(luck, nobody, meetings, w, p, c, place, team, teams, agencies, posts, trust, met, encounters, likely, i)  # fmt: skip
                    meet_hub(luck, w, c, place, posts, met, encounters, i)


@rule
def meet_colleagues(luck, nobody, meetings, w, p, c, place, team, teams, agencies, posts, trust, met, encounters, likely, i):  # fmt: skip
    """Draw the contacts of post `i` with the later ordinary posts of its place (ids follow slots)."""
    entity = np.uint64(pair(posts[i]["id"], posts[place["first"]]["id"]))
    start = team["first"] + team["posts"] - place["first"]
    for n in range(shortlist(luck, entity, nobody, start, place["ordinary"], likely)):
        k = likely[n]
        if met[i, k] > NO_TIE:
            j = place["first"] + k
            rate = min(posts[i]["trim"], posts[j]["trim"])
            rate *= base_rate(p, c, meetings, place["hub"], teams, agencies, posts, trust, i, j)
            with_k = pair(posts[i]["id"], posts[j]["id"])
            count = poisson(uniform(luck, with_k, 0), rate)
            if count > 0:
                note_encounter(w, encounters, i, j, with_k, 0, count, 0)


@subroutine
def shortlist(luck, entity, nobody, start, stop, likely):
    """Put the slots whose draw could give a contact on the list; return how many (most weeks, most pairs: none)."""
    n = 0
    for k in range(start, stop):
        likely[n] = k
        n += bits(luck, entity + np.uint64(k), 0) >= nobody
    return n


@rule
def meet_hub(luck, w, c, place, posts, met, encounters, i):
    """Draw the contacts of post `i` with the key workers and the project manager of its place."""
    for k in range(place["ordinary"], place["slots"]):
        if met[i, k] > NO_TIE:
            j = place["first"] + k
            entity = pair(posts[i]["id"], posts[j]["id"])
            count = poisson(uniform(luck, entity, 0), c["contact_key_worker"] * posts[j]["fte"])
            if count > 0:
                note_encounter(w, encounters, i, j, entity, 0, count, 0)


@subroutine
def meet_on_cases(key, w, c, places, posts, cases, member_post, open_cases, case_contacts, encounters):
    """Draw this week's contacts on open cases; their number is kept for this week's requests."""
    luck = stream(key, draws.CASE_CONTACT, w["week"])
    nobody = none_below(c["contact_case"])
    for q in range(len(places)):
        for n in range(places[q]["open_cases"]):
            slot = open_cases[q, n]
            for x in range(cases[slot]["members"]):
                for y in range(x + 1, cases[slot]["members"]):
                    number = 4 * x + y
                    case_contacts[slot, number] = 0
                    i, j = member_post[slot, x], member_post[slot, y]
                    drawn = bits(luck, cases[slot]["id"], number)
                    if drawn >= nobody and i >= 0 and j >= 0:
                        rate = c["contact_case"] * min(posts[i]["trim"], posts[j]["trim"])
                        count = poisson((np.float64(drawn) + 0.5) / TWO_53, rate)
                        case_contacts[slot, number] = count
                        if count > 0:
                            note_encounter(w, encounters, i, j, cases[slot]["id"], 16 * 32 * number, count, 1)


@subroutine
def budget_time(p, c, places, teams, agencies, posts, trust, met, cases, member_post, open_cases):
    """Trim every ordinary post's contacts to its time budget (judgement); meetings crowd out other contacts.

    The load is added up only for those whose most possible load exceeds the budget.
    """
    meetings = meetings_a_week(p, c)
    for i in range(len(posts)):
        posts[i]["trim"] = 0.0
    for q in range(len(places)):
        place = places[q]
        add_case_load(c, place, q, posts, cases, member_post, open_cases)
        for i in range(place["first"], place["first"] + place["ordinary"]):
            if posts[i]["filled"] == 1:
                team = teams[posts[i]["team"]]
                most = highest_rate(p, c, meetings, place["hub"], team["attendance"], agencies[posts[i]["agency"]])
                if posts[i]["trim"] + most * (place["ordinary"] - team["posts"]) > c["contact_time_budget"]:
                    posts[i]["trim"] += acquaintance_load(p, c, meetings, place, teams, agencies, posts, trust, met, i)
    for i in range(len(posts)):
        load = posts[i]["trim"]
        posts[i]["trim"] = c["contact_time_budget"] / load if load > c["contact_time_budget"] else 1.0


@rule
def acquaintance_load(p, c, meetings, place, teams, agencies, posts, trust, met, i):
    """Return the weekly acquaintance contacts that post `i` would have without a time budget."""
    load = 0.0
    for k in range(place["ordinary"]):
        if met[i, k] > NO_TIE:
            load += base_rate(p, c, meetings, place["hub"], teams, agencies, posts, trust, i, place["first"] + k)
    return load


@rule
def add_case_load(c, place, q, posts, cases, member_post, open_cases):
    """Add the contacts that open cases ask for to their workers' loads."""
    for n in range(place["open_cases"]):
        slot = open_cases[q, n]
        for x in range(cases[slot]["members"]):
            if member_post[slot, x] >= 0:
                posts[member_post[slot, x]]["trim"] += c["contact_case"] * (cases[slot]["members"] - 1)
