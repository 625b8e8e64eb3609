"""Contacts: additive Poisson foci (site, meetings, core group, hub, cases), trimmed to a time budget.

Each pair has one draw a week, turned into a count by the Poisson quantile: more of a focus adds contacts and never
takes one away, so policies that differ in a focus share all the contacts that both have. Most draws give none whatever
the rate, and their first bits say so: these are parts of a word that several pairs share, the rest is drawn where
needed. Rates: Allen 1977, Catalini 2018 and others (values, rows 50-52, M-H).
"""

from __future__ import annotations

import numpy as np

from collabsim.model import draws
from collabsim.model.compiled import formula, rule, subroutine
from collabsim.model.draws import (
    as_uniform,
    completed,
    draw_words,
    exp,
    exp_of_minus,
    higher_of,
    lower_of,
    pair,
    part,
    poisson,
    poisson_count,
    stream,
    uniform,
    word,
)
from collabsim.model.state import NO_CASE, NO_TIE

TWO_53 = 9007199254740992.0
WORKING_DAYS = 5.0  # a week
FOUR, FIRST_BITS = 4, 16  # pairs of a post with four neighbours share a word; each has a quarter of it
CASE_FIRST_BITS = 10  # six pairs of a case share a word
PAIRS = 6  # of up to four members
LOWER, HIGHER = np.array([0, 0, 0, 1, 1, 2]), np.array([1, 2, 3, 2, 3, 3])  # the members of each pair
OWN, SHARED = 1, 2  # numbers of the draws of a pair; 0 is that of a pair with a hub post


@rule
def days_together(p):
    """Return the share of the working week that co-located staff spend under one roof (0-1)."""
    return p["colocation_days"] / WORKING_DAYS


@rule
def chance_rate(m, i, j):
    """Return weekly chance contacts of a pair at trust 0.5: by distance, raised by days under one roof."""
    together = 0.0
    if m.posts[i]["colocated"] == 1 and m.posts[j]["colocated"] == 1:
        together = days_together(m.policy)
    site = m.agencies[m.posts[i]["agency"]]["site"]
    if site >= 0 and site == m.agencies[m.posts[j]["agency"]]["site"]:
        together = 1.0
    return m.context["contact_site"] + together * (m.context["contact_colocated"] - m.context["contact_site"])


@rule
def meetings_a_week(p, c):
    """Return effective joint meetings a week: virtual ones count less, a training day counts as several."""
    held = p["meetings_per_month"] * 12.0 / 52.0
    held *= 1.0 - p["meetings_virtual_share"] * (1.0 - c["contact_virtual_effect"])
    return held + c["contact_meetings_per_training_day"] * p["training_days_per_year"] / 52.0


@rule
def base_rate(m, meetings, hub, i, j):
    """Return weekly acquaintance contacts of two ordinary posts before the time budget."""
    mutual = 0.5 * (m.trust[i, m.posts[j]["slot"]] + m.trust[j, m.posts[i]["slot"]])
    keen = 1.0 + m.context["contact_trust_feedback"] * (mutual - 0.5)
    attending = m.teams[m.posts[i]["team"]]["attendance"] * m.teams[m.posts[j]["team"]]["attendance"]
    rate = keen * chance_rate(m, i, j) * m.context["contact_initiative"]
    rate += meetings * attending * m.context["contact_meeting"]
    if m.posts[i]["core_group"] == 1 and m.posts[j]["core_group"] == 1:
        rate += m.context["contact_core_group"] * attending
    return rate + m.context["contact_hub"] * hub


@rule
def highest_rate(p, c, meetings, hub, attendance, agency):
    """Return a rate that no pair of this team exceeds, to pass quickly over pairs that cannot meet this week."""
    together = 1.0 if agency["site"] >= 0 else days_together(p)
    chance = c["contact_site"] + together * max(0.0, c["contact_colocated"] - c["contact_site"])
    rate = (1.0 + 0.5 * c["contact_trust_feedback"]) * chance * c["contact_initiative"]
    rate += meetings * attendance * c["contact_meeting"]
    if p["meetings_core_group_size"] > 0.0:
        rate += c["contact_core_group"] * attendance
    return (rate + c["contact_hub"] * hub) * 1.000001 + 1e-12


@rule
def none_below(rate, width):
    """Return the first `width` bits below which a draw is sure to give no contact at this rate."""
    return np.uint64(max(0.0, exp(-rate) * TWO_53 - 2.0)) >> np.uint64(53 - width)


@formula
def case_number(which):
    """Return the number that a pair's draws go by: 4x + y for members x < y."""
    return 4 * LOWER[which] + HIGHER[which]


@rule
def note_encounter(w, encounters, i, j, entity, number, count, case):
    """Put contacts of posts `i` and `j`, if there are any, on this week's list; `case`: its row, or NO_CASE.

    The row is written whatever the count: who meets cannot be guessed, and a branch that is guessed wrong costs more.
    """
    n = w["encounters"]
    if n < len(encounters):
        encounters[n]["first"] = i
        encounters[n]["second"] = j
        encounters[n]["entity"] = entity
        encounters[n]["number"] = number
        encounters[n]["count"] = count
        encounters[n]["case"] = case
        w["encounters"] = n + (count > 0)
    elif count > 0:
        w["short"] = 1


@rule
def meet(m, place):
    """Draw the contacts of a place's ordinary posts, post by post: with the later ones of other teams, and its hub."""
    place["first_met"] = m.world["encounters"]
    luck = stream(m.key, draws.CONTACT, m.world["week"])
    meetings = meetings_a_week(m.policy, m.context)
    fours = m.fours[place["first_four"] : place["first_four"] + place["fours"]]
    draw_words(luck, fours, len(fours), SHARED, m.words)
    listed = 0
    for t in range(place["first_team"], place["first_team"] + m.world["agencies"]):
        listed = shortlist_team(m, meetings, place, m.teams[t], listed)
    listed = rate_colleagues(m, meetings, place, fours, listed)
    done = place["first"]
    for n in range(listed):
        i, j = posts_of(m.posts, place, fours, m.likely[n])
        done = meet_hub(m, luck, place, done, i)
        meet_colleague(m, luck, i, j, first_bits(m.words, m.likely[n]), m.rates[n], m.none[n])
    meet_hub(m, luck, place, done, place["first"] + place["ordinary"])


@rule
def shortlist_team(m, meetings, place, team, listed):
    """Add to the list, of the words of a team's posts, the quarters that could give a contact; return how many it has."""
    agency = m.agencies[team["agency"]]
    most = highest_rate(m.policy, m.context, meetings, place["hub"], team["attendance"], agency)
    return shortlist(
        m.words, team["first_four"], team["fours"], none_below(most, FIRST_BITS), m.likely, listed
    )


@subroutine
def shortlist(words, first, count, enough, likely, listed):
    """Add to the list the quarters of some words that could give a contact, by their first bits (mostly: few)."""
    for four in range(first, first + count):
        for x in range(FOUR):
            likely[np.uint32(listed)] = FOUR * four + x  # without a sign, so never counted from the end
            listed += part(words[np.uint32(four)], x, FIRST_BITS) >= enough
    return listed


@rule
def rate_colleagues(m, meetings, place, fours, listed):
    """Of the quarters on the list keep those that are a relationship's, and set their rates; return how many."""
    kept = keep_relationships(m, place, fours, listed)
    for n in range(kept):
        i, j = posts_of(m.posts, place, fours, m.likely[n])
        m.rates[n] = min(m.posts[i]["trim"], m.posts[j]["trim"])
        m.rates[n] *= base_rate(m, meetings, place["hub"], i, j)
    exp_of_minus(m.rates, kept, m.none)
    return kept


@rule
def keep_relationships(m, place, fours, listed):
    """Of the quarters on the list keep those that are a relationship's; return how many.

    Each is written whether it is kept or not: which are cannot be guessed.
    """
    kept, last = 0, place["first"] + place["ordinary"] - 1
    for n in range(listed):
        i, j = posts_of(m.posts, place, fours, m.likely[n])
        within = np.uint32(min(j, last))
        known = m.met[i, m.posts[within]["slot"]] > NO_TIE
        m.likely[np.uint32(kept)] = m.likely[n]
        kept += (i < j) & (j <= last) & (m.posts[i]["team"] != m.posts[within]["team"]) & known
    return kept


@rule
def posts_of(posts, place, fours, quarter):
    """Return the two posts that a quarter of a word belongs to (the second may be beyond the place's, or no later)."""
    four, first_id = fours[np.uint32(quarter // FOUR)], posts[place["first"]]["id"]  # ids follow slots
    i = place["first"] + lower_of(four) - first_id
    return np.uint32(i), np.uint32(place["first"] + FOUR * higher_of(four) + quarter % FOUR - first_id)


@rule
def first_bits(words, quarter):
    """Return the bits that a draw begins with: a quarter of a word."""
    return part(words[np.uint32(quarter // FOUR)], quarter % FOUR, FIRST_BITS)


@rule
def meet_colleague(m, luck, i, j, first, rate, none):
    """Draw the contacts of two ordinary posts that have a relationship; `first` begins their draw."""
    entity = pair(m.posts[i]["id"], m.posts[j]["id"])
    drawn = as_uniform(completed(first, FIRST_BITS, word(luck, entity, OWN)))
    note_encounter(m.world, m.encounters, i, j, entity, 0, poisson_count(drawn, rate, none), NO_CASE)


@rule
def meet_hub(m, luck, place, first, stop):
    """Draw the contacts of posts `first` to `stop` with the key workers and the project manager; return `stop`."""
    if place["slots"] > place["ordinary"]:
        for i in range(first, stop):
            if m.posts[i]["filled"] == 1:
                meet_hub_staff(m, luck, place, i)
    return stop


@subroutine
def meet_hub_staff(m, luck, place, i):
    """Draw the contacts of post `i` with the key workers and the project manager of its place."""
    for k in range(place["ordinary"], place["slots"]):
        if m.met[i, k] > NO_TIE:
            j = place["first"] + k
            entity = pair(m.posts[i]["id"], m.posts[j]["id"])
            count = poisson(uniform(luck, entity, 0), m.context["contact_key_worker"] * m.posts[j]["fte"])
            note_encounter(m.world, m.encounters, i, j, entity, 0, count, NO_CASE)


@rule
def meet_on_cases(m, q):
    """Draw this week's contacts on the open cases of a place."""
    luck = stream(m.key, draws.CASE_CONTACT, m.world["week"])
    listed = shortlist_cases(m, luck, none_below(m.context["contact_case"], CASE_FIRST_BITS), q)
    for n in range(listed):
        m.rates[n] = case_rate(m, m.open_cases[q, m.likely[n] // PAIRS], m.likely[n] % PAIRS)
    exp_of_minus(m.rates, listed, m.none)
    for n in range(listed):
        row, which = m.likely[n] // PAIRS, m.likely[n] % PAIRS
        first = part(m.words[row], which, CASE_FIRST_BITS)
        meet_on_case(m, luck, m.open_cases[q, row], which, first, m.rates[n], m.none[n])
    m.places[q]["met"] = m.world["encounters"] - m.places[q]["first_met"]


@rule
def shortlist_cases(m, luck, enough, q):
    """List the pairs of members whose draw could give a contact, by its first bits; return how many.

    A pair is listed by the row of its case among the place's open ones, and by which pair of it is.
    """
    found, cases = 0, m.places[q]["open_cases"]
    for n in range(cases):
        m.entities[n] = m.cases[m.open_cases[q, n]]["id"]
    draw_words(luck, m.entities, cases, 0, m.words)
    for n in range(cases):
        members = m.cases[m.open_cases[q, n]]["members"]
        for which in range(PAIRS):
            m.likely[np.uint32(found)] = PAIRS * n + which
            found += (part(m.words[n], which, CASE_FIRST_BITS) >= enough) & (HIGHER[which] < members)
    return found


@rule
def case_rate(m, slot, which):
    """Return the rate of contacts of two members of a case: 0 unless both posts are worked."""
    i, j = m.member_post[slot, LOWER[which]], m.member_post[slot, HIGHER[which]]
    if i < 0 or j < 0:
        return 0.0
    return m.context["contact_case"] * min(m.posts[i]["trim"], m.posts[j]["trim"])


@rule
def meet_on_case(m, luck, slot, which, first, rate, none):
    """Draw the contacts of two members of a case; `first` begins their draw."""
    i, j = m.member_post[slot, LOWER[which]], m.member_post[slot, HIGHER[which]]
    case = m.cases[slot]["id"]
    drawn = as_uniform(completed(first, CASE_FIRST_BITS, word(luck, case, case_number(which))))
    count = poisson_count(drawn, rate, none)
    note_encounter(m.world, m.encounters, i, j, case, 16 * 32 * case_number(which), count, slot)


@subroutine
def budget_time(m):
    """Trim every ordinary post's contacts to its time budget (judgement); meetings crowd out other contacts."""
    meetings = meetings_a_week(m.policy, m.context)
    for q in range(len(m.places)):
        first, beyond = m.places[q]["first"], m.places[q]["first"] + m.places[q]["slots"]
        for i in range(first, beyond):
            m.posts[i]["trim"] = 0.0  # holds the load until it is known
        add_case_load(m, m.places[q], q)
        for i in range(first, first + m.places[q]["ordinary"]):
            if m.posts[i]["filled"] == 1:
                add_acquaintance_load(m, meetings, m.places[q], i)
        for i in range(first, beyond):
            m.posts[i]["trim"] = trimmed(m.posts[i]["trim"], m.context["contact_time_budget"])


@rule
def trimmed(load, budget):
    """Return the share of a load of contacts that the time budget leaves room for (0-1)."""
    return budget / load if load > budget else 1.0


@rule
def add_acquaintance_load(m, meetings, place, i):
    """Add post `i`'s acquaintance contacts to its load, if with as many as any could have it exceeds the budget."""
    post, team = m.posts[i], m.teams[m.posts[i]["team"]]
    agency = m.agencies[post["agency"]]
    most = highest_rate(m.policy, m.context, meetings, place["hub"], team["attendance"], agency)
    if post["trim"] + most * (place["ordinary"] - team["posts"]) > m.context["contact_time_budget"]:
        post["trim"] += acquaintance_load(m, meetings, place, i)


@rule
def acquaintance_load(m, meetings, place, i):
    """Return the weekly acquaintance contacts that post `i` would have without a time budget."""
    load = 0.0
    for k in range(place["ordinary"]):
        if m.met[i, k] > NO_TIE:
            load += base_rate(m, meetings, place["hub"], i, place["first"] + k)
    return load


@rule
def add_case_load(m, place, q):
    """Add the contacts that open cases ask for to their workers' loads."""
    for n in range(place["open_cases"]):
        slot = m.open_cases[q, n]
        for x in range(m.cases[slot]["members"]):
            if m.member_post[slot, x] >= 0:
                m.posts[m.member_post[slot, x]]["trim"] += m.context["contact_case"] * (
                    m.cases[slot]["members"] - 1
                )
