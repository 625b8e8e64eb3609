"""Experiences: what those who met find, conflicts, and the repairs that some of them lead to."""

from __future__ import annotations

import math

import numpy as np

from collabsim.model import dimensions, draws, journal, ledger, state
from collabsim.model.compiled import rule, subroutine
from collabsim.model.dimensions import COMPETENCE, GOODWILL, TWO
from collabsim.model.draws import clip, exp, falls_below, part, stream, uniform, word
from collabsim.model.leadership import safety
from collabsim.model.trust import BAD, DELTA, bad_contact, from_evidence, good_contact, lose_trust

REPAIR_WEEKS = 8
LAST = -1  # no further repair
RETURNED_COMPETENCE = 0.7  # Kim et al. 2004; Schweitzer et al. 2006 (values, row 62, M)
RETURNED_INTEGRITY = 0.2  # likewise
LASTING_DAMAGE = 0.1
NEWCOMER_WEEKS = 13.0  # how long a newcomer's slips last
SETTLED_WEEKS = 40 * 13  # from here exp(-tenure / 13) is lost in rounding
_exp = getattr(exp, "py_func", exp)
NEWNESS = np.array([_exp(-week / NEWCOMER_WEEKS) for week in range(SETTLED_WEEKS)])


# --- experiences ------------------------------------------------------------------------------------------------


@rule
def begin_week(m):
    """Begin a week in which nobody has met yet."""
    m.world["encounters"] = 0
    list_repairs(m)


@rule
def experience_contacts(m, place):
    """Let all who met this week in a place have an experience of the other: trust changes both ways, contact by contact."""
    m.world["gained"], m.world["lost"], m.world["fought_away"] = 0.0, 0.0, 0.0
    by_chance = stream(m.key, draws.EXPERIENCE, m.world["week"])
    on_cases = stream(m.key, draws.CASE_EXPERIENCE, m.world["week"])
    first, stop = place["first_met"], place["first_met"] + place["met"]
    for n in range(first, stop):
        weigh_chances(m, m.encounters[n])
    for n in range(first, stop):
        met_now = m.encounters[n]
        i, j = met_now["first"], met_now["second"]
        luck = by_chance if met_now["case"] == state.NO_CASE else on_cases
        for turn in range(met_now["count"]):
            number = met_now["number"] + 16 * turn
            m.contacts[i, m.posts[j]["slot"]] += 1
            m.contacts[j, m.posts[i]["slot"]] += 1
            shared = word(luck, met_now["entity"], number)
            experience(m, met_now["chance"], shared, 0, luck, met_now["entity"], number, i, j)
            experience(m, met_now["chance_back"], shared, 1, luck, met_now["entity"], number + 8, j, i)
    book_experiences(m)


@rule
def book_experiences(m):
    """Book what the experiences in a place changed."""
    if m.world["ties"] > 0:
        m.ledger["good_contacts"] += ledger.change_of_trust(m.world, m.world["gained"])
        m.ledger["bad_contacts"] += ledger.change_of_trust(m.world, m.world["lost"])
        m.ledger["conflicts"] += ledger.change_of_trust(m.world, m.world["fought_away"])


@rule
def weigh_chances(m, met_now):
    """Set an encounter's chances of going badly, which no experience of the week changes: ahead, so that none waits."""
    i, j = met_now["first"], met_now["second"]
    note_meeting(m, i, j, met_now["count"])
    hub = m.places[m.posts[i]["place"]]["hub"]
    met_now["chance"] = bad_contact_chance(m, hub, i, j)
    met_now["chance_back"] = bad_contact_chance(m, hub, j, i)


@rule
def note_meeting(m, i, j, count):
    """Note that posts `i` and `j` met `count` times this week."""
    m.met[i, m.posts[j]["slot"]] = m.world["week"]
    m.met[j, m.posts[i]["slot"]] = m.world["week"]
    m.posts[i]["met_this_week"] += count
    m.posts[j]["met_this_week"] += count
    if m.posts[i]["kind"] == state.ORDINARY and m.posts[j]["kind"] == state.ORDINARY:
        m.month["contacts"] += count


@rule
def bad_contact_chance(m, hub, i, j):
    """Return the probability b (0.01-0.95) that post `i` finds a contact with post `j` bad.

    Terms: newcomer's slips, goal gap (less with a pooled budget and a translating key worker), overload, role
    clarity. Sizes are judgement, bounded so that T* = 0.78 at b = 0.1 and 0.62 at b = 0.2.
    """
    gap = m.context["trust_bad_goal_gap"] * (1.0 - 0.5 * m.policy["pooled_budget_share"]) * (1.0 - 0.2 * hub)
    b = m.context["trust_bad_base"]
    if m.posts[j]["tenure"] < SETTLED_WEEKS:
        b += m.context["trust_bad_newcomer"] * NEWNESS[m.posts[j]["tenure"]]
    b += gap * abs(m.posts[i]["goal"] - m.posts[j]["goal"])
    b += m.context["trust_bad_overload"] * m.teams[m.posts[j]["team"]]["overload"]
    b -= m.context["trust_bad_role"] * (
        m.between[m.posts[i]["agency"], m.posts[j]["agency"]]["clarity"] - 0.5
    )
    return clip(b, 0.01, 0.95)


@rule
def experience(m, chance, shared, way, luck, entity, number, i, j):
    """Let post `i` have one experience with post `j`, bad with this chance.

    Parts `way` and `way` + 2 of the word `shared` and draws `number` + 2..6 of `luck` decide it.
    """
    k = m.posts[j]["slot"]
    before = m.trust[i, k]
    counted = m.posts[i]["kind"] == state.ORDINARY and m.posts[j]["kind"] == state.ORDINARY
    if not falls_below(chance, part(shared, way, 16), luck, entity, number + 5):
        good_contact(m, i, k)
        if counted:
            m.world["gained"] += m.trust[i, k] - before
        return
    conflict = falls_below(m.context["conflict_share"], part(shared, way + 2, 16), luck, entity, number + 6)
    if conflict:
        fight(m, luck, entity, number, i, j)
    else:
        bad_contact(m, i, k)
    if counted and conflict:
        m.world["fought_away"] += m.trust[i, k] - before
    elif counted:
        m.world["lost"] += m.trust[i, k] - before


# --- conflicts and repairs --------------------------------------------------------------------------------------


@subroutine
def fight(m, luck, entity, number, i, j):
    """Have a conflict: settle its kind, what it takes, and whether it is repaired; else integrity leaves a lasting cap."""
    k = m.posts[j]["slot"]
    integrity = uniform(luck, entity, number + 2) < m.context["conflict_integrity"]
    side = GOODWILL if integrity else COMPETENCE
    two = m.context["structure_trust_dimensions"] == TWO
    before = m.sides[side, i, k] if two else m.trust[i, k]
    if two:
        dimensions.fall_out(m, i, k, side)
    else:
        lose_trust(m, i, k, 2.0)
    note_conflict(m, i, j, integrity)
    if uniform(luck, entity, number + 3) < repair_chance(m, i):
        share = RETURNED_INTEGRITY if integrity else RETURNED_COMPETENCE
        due = m.world["week"] + 1 + int(math.floor(REPAIR_WEEKS * uniform(luck, entity, number + 4)))
        lost = before - (m.sides[side, i, k] if two else m.trust[i, k])
        promise_repair(m, due, i, j, side, share * lost, share)
    elif integrity and max(0.0, before - LASTING_DAMAGE) < m.cap[i, k]:
        m.cap[i, k] = max(0.0, before - LASTING_DAMAGE)


@rule
def note_conflict(m, i, j, integrity):
    """Write a conflict down."""
    journal.note(m, state.CONFLICT, m.posts[i]["id"], m.posts[j]["id"], 1.0 if integrity else 0.0)
    if m.posts[i]["kind"] == state.ORDINARY and m.posts[j]["kind"] == state.ORDINARY:
        m.month["conflicts"] += 1.0


@rule
def repair_chance(m, i):
    """Return the probability that a conflict of post `i` is repaired: facilitation and safety help."""
    chance = (
        m.context["conflict_repair_base"]
        + m.context["conflict_repair_facilitation"] * m.policy["safe_space_facilitation"]
    )
    chance += m.context["conflict_repair_safety"] * safety(
        m.agencies[m.posts[i]["agency"]], m.policy, m.context
    )
    return clip(chance, 0.0, 1.0)


@rule
def promise_repair(m, due, i, j, side, amount, share):
    """Put a repair on the list of those to come; `side` is the dimension that is repaired, where there are two."""
    weight = 1.0
    if m.context["structure_trust_dimensions"] == TWO:
        weight = dimensions.weight(m.context, side)
    n = m.world["repairs"]
    if n < len(m.repairs):
        m.repairs[n]["week"] = due
        m.repairs[n]["post"] = i
        m.repairs[n]["slot"] = m.posts[j]["slot"]
        m.repairs[n]["occupant"] = m.posts[i]["occupant"]
        m.repairs[n]["partner"] = m.posts[j]["occupant"]
        m.repairs[n]["side"] = side
        m.repairs[n]["amount"] = amount
        m.repairs[n]["evidence"] = share * 2.0 * m.context["beta_bad_weight"] / weight
        m.world["repairs"] = n + 1
    else:
        m.world["short"] = 1


@rule
def list_repairs(m):
    """String together the repairs that are due this week, place by place and in order."""
    for q in range(len(m.places)):
        m.places[q]["due"] = LAST
    for n in range(m.world["repairs"] - 1, -1, -1):
        if m.repairs[n]["week"] <= m.world["week"]:
            place = m.places[m.posts[m.repairs[n]["post"]]["place"]]
            m.repairs[n]["next"] = place["due"]
            place["due"] = n


@rule
def repair(m, place):
    """Carry out the repairs that are due in a place."""
    n = place["due"]
    while n != LAST:
        carry_out_repair(m, m.repairs[n])
        n = m.repairs[n]["next"]


@rule
def keep_repairs(m):
    """Keep the repairs that are not due yet, in order."""
    kept = 0
    for n in range(m.world["repairs"]):
        if m.repairs[n]["week"] > m.world["week"]:
            m.repairs[kept] = m.repairs[n]
            kept += 1
    m.world["repairs"] = kept


@rule
def carry_out_repair(m, due):
    """Give trust back after a repair, if both people are still in post."""
    i, k = due["post"], due["slot"]
    j = m.places[m.posts[i]["place"]]["first"] + k
    if m.posts[i]["filled"] == 0 or m.posts[i]["occupant"] != due["occupant"]:
        return
    if m.posts[j]["filled"] == 0 or m.posts[j]["occupant"] != due["partner"]:
        return
    before, returned = m.trust[i, k], due["amount"]
    if m.context["structure_trust_dimensions"] == TWO:
        dimensions.make_good(m, i, k, due["side"], due["amount"], due["evidence"])
        returned *= dimensions.weight(m.context, due["side"])
    elif m.context["structure_trust_rule"] == DELTA:
        m.trust[i, k] = min(before + due["amount"], m.cap[i, k])
    else:
        m.evidence[BAD, i, k] = max(1e-9, m.evidence[BAD, i, k] - due["evidence"])
        m.trust[i, k] = from_evidence(m.evidence, m.cap, i, k)
    journal.note(m, state.REPAIRED, m.posts[i]["id"], m.posts[j]["id"], returned)
    if m.posts[i]["kind"] == state.ORDINARY and m.posts[j]["kind"] == state.ORDINARY:
        m.ledger["repairs"] += ledger.change_of_trust(m.world, m.trust[i, k] - before)
