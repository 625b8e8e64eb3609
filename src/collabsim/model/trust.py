"""Trust: newcomers' priors, experiences, conflicts and repairs, drift, breaches.

Two rules share the steady state T* = gain(1-b) / (gain(1-b) + loss*b): the asymmetric delta rule (default; Slovic
1993, Poortinga & Pidgeon 2004: values, rows 60-61, M/L) and the beta reputation with forgetting (Josang & Ismail 2002).
"""

from __future__ import annotations

import math

import numpy as np

from collabsim.model import draws, journal, ledger, state
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import clip, exp, stream, uniform
from collabsim.model.leadership import safety
from collabsim.model.state import NO_TIE, NOT_YET

DELTA, BETA = 0, 1
REPAIR_WEEKS = 8
RETURNED_COMPETENCE, RETURNED_INTEGRITY = (
    0.7,
    0.2,
)  # Kim et al. 2004; Schweitzer et al. 2006 (values, row 62, M)
LASTING_DAMAGE = 0.1
NEWCOMER_WEEKS = 13.0  # how long a newcomer's slips last
SETTLED_WEEKS = 40 * 13  # from here exp(-tenure / 13) is lost in rounding
_exp = getattr(exp, "py_func", exp)
NEWNESS = np.array([_exp(-week / NEWCOMER_WEEKS) for week in range(SETTLED_WEEKS)])


# --- beginning --------------------------------------------------------------------------------------------------


@rule
def prior(c, between, posts, i, j):
    """Return a newcomer's trust: agency reputation and own disposition (McKnight et al. 1998; values, row 63, L)."""
    reputation = between[posts[i]["agency"], posts[j]["agency"]]["trust"]
    weight = c["trust_institution_weight"]
    return weight * reputation + (1.0 - weight) * posts[i]["disposition"]


@rule
def begin_tie(w, c, between, posts, trust, cap, met, ties, i, j):
    """Begin what post `i` holds about post `j`; return the trust that an introduction adds (0 without one)."""
    k = posts[j]["slot"]
    stored = trust[i, k]
    start = prior(c, between, posts, i, j)
    added = 0.0
    if is_introduced(posts, ties, i, j):
        added = c["trust_introduction"] * max(0.0, stored - start)
    trust[i, k] = start + added
    met[i, k] = NOT_YET
    tie = ties[i, k]
    cap[i, k] = 1.0
    tie["good"] = c["beta_prior_weight"] * trust[i, k]
    tie["bad"] = c["beta_prior_weight"] * (1.0 - trust[i, k])
    tie["began"] = w["week"]
    tie["contacts"] = 0
    tie["answered"] = -1
    tie["requests"] = 0
    tie["answers"] = 0
    return added


@rule
def is_introduced(posts, ties, i, j):
    """Say whether the newcomer of the pair was introduced to the other, who was there when the leaver left."""
    newcomer, other = (i, j) if posts[i]["introduced"] == 1 else (j, i)
    if posts[newcomer]["introduced"] == 0:
        return False
    return ties[newcomer, posts[other]["slot"]]["partner"] == posts[other]["occupant"]


@subroutine
def begin_ties(w, c, places, between, posts, trust, cap, met, ties, led, i):
    """Begin the relationships of the newcomer in post `i`, both ways, and book them."""
    place = places[posts[i]["place"]]
    total, added, count = 0.0, 0.0, 0
    for k in range(place["slots"]):
        j = place["first"] + k
        if posts[j]["filled"] == 1 and posts[j]["team"] != posts[i]["team"]:
            gift = begin_tie(w, c, between, posts, trust, cap, met, ties, i, j)
            gift += begin_tie(w, c, between, posts, trust, cap, met, ties, j, i)
            if posts[i]["kind"] == state.ORDINARY and posts[j]["kind"] == state.ORDINARY:
                total += trust[i, k] + trust[j, posts[i]["slot"]] - gift
                added += gift
                count += 2
    posts[i]["introduced"] = 0
    if count > 0:
        led["newcomers"] += ledger.change_of_ties(w, total, count)
        if added != 0.0:
            led["introductions"] += ledger.change_of_trust(w, added)


@rule
def copy_tie(ties, i, k, into_i, into_k):
    """Copy what one post holds about another to another place in the matrix."""
    source, target = ties[i, k], ties[into_i, into_k]
    target["good"] = source["good"]
    target["bad"] = source["bad"]
    target["began"] = source["began"]
    target["contacts"] = source["contacts"]
    target["answered"] = source["answered"]
    target["requests"] = source["requests"]
    target["answers"] = source["answers"]


# --- experiences ------------------------------------------------------------------------------------------------


@subroutine
def experience_contacts(key, w, p, c, places, teams, agencies, between, posts, trust, cap, met, ties, repairs, encounters, s, led, events):  # fmt: skip
    """Let everybody who met this week have an experience of the other: trust changes both ways, contact by contact."""
    w["gained"], w["lost"], w["fought_away"] = 0.0, 0.0, 0.0
    by_chance = stream(key, draws.EXPERIENCE, w["week"])
    on_cases = stream(key, draws.CASE_EXPERIENCE, w["week"])
    for i in range(len(posts)):
        posts[i]["met_this_week"] = 0
    for n in range(w["encounters"]):
        met_now = encounters[n]
        i, j = met_now["first"], met_now["second"]
        note_meeting(w, posts, met, ties, s, i, j, met_now["count"])
        luck = on_cases if met_now["on_case"] == 1 else by_chance
        hub = places[posts[i]["place"]]["hub"]
        for turn in range(2 * met_now["count"]):
            number = met_now["number"] + 8 * turn
            one, other = (i, j) if turn % 2 == 0 else (j, i)
            if turn % 2 == 0:
                ties[i, posts[j]["slot"]]["contacts"] += 1
                ties[j, posts[i]["slot"]]["contacts"] += 1
            experience(w, p, c, hub, teams, agencies, between, posts, trust, cap, ties, repairs, s, events, luck, met_now["entity"], number, one, other)  # fmt: skip
    if w["ties"] > 0:
        led["good_contacts"] += ledger.change_of_trust(w, w["gained"])
        led["bad_contacts"] += ledger.change_of_trust(w, w["lost"])
        led["conflicts"] += ledger.change_of_trust(w, w["fought_away"])


@rule
def note_meeting(w, posts, met, ties, s, i, j, count):
    """Note that posts `i` and `j` met `count` times this week."""
    met[i, posts[j]["slot"]] = w["week"]
    met[j, posts[i]["slot"]] = w["week"]
    posts[i]["met_this_week"] += count
    posts[j]["met_this_week"] += count
    if posts[i]["kind"] == state.ORDINARY and posts[j]["kind"] == state.ORDINARY:
        s["contacts"] += count


@rule
def bad_contact_chance(p, c, between, teams, posts, hub, i, j):
    """Return the probability b (0.01-0.95) that post `i` finds a contact with post `j` bad.

    Terms: newcomer's slips, goal gap (less with a pooled budget and a translating key worker), overload, role
    clarity. Sizes are judgement, bounded so that T* = 0.78 at b = 0.1 and 0.62 at b = 0.2.
    """
    gap = c["trust_bad_goal_gap"] * (1.0 - 0.5 * p["pooled_budget_share"]) * (1.0 - 0.2 * hub)
    b = c["trust_bad_base"]
    if posts[j]["tenure"] < SETTLED_WEEKS:
        b += c["trust_bad_newcomer"] * NEWNESS[posts[j]["tenure"]]
    b += gap * abs(posts[i]["goal"] - posts[j]["goal"])
    b += c["trust_bad_overload"] * teams[posts[j]["team"]]["overload"]
    b -= c["trust_bad_role"] * (between[posts[i]["agency"], posts[j]["agency"]]["clarity"] - 0.5)
    return clip(b, 0.01, 0.95)


@rule
def experience(w, p, c, hub, teams, agencies, between, posts, trust, cap, ties, repairs, s, events, luck, entity, number, i, j):  # fmt: skip
    """Let post `i` have one experience with post `j`; draws `number` + 0..4 of the stream `luck` decide it."""
    k = posts[j]["slot"]
    before = trust[i, k]
    counted = posts[i]["kind"] == state.ORDINARY and posts[j]["kind"] == state.ORDINARY
    if uniform(luck, entity, number) >= bad_contact_chance(p, c, between, teams, posts, hub, i, j):
        good_contact(c, trust, cap, ties, i, k)
        if counted:
            w["gained"] += trust[i, k] - before
        return
    conflict = uniform(luck, entity, number + 1) < c["conflict_share"]
    lose_trust(c, trust, cap, ties, i, k, 2.0 if conflict else 1.0)
    if conflict:
        after_conflict(
            w, p, c, agencies, posts, trust, cap, ties, repairs, s, events, luck, entity, number, i, j, before
        )
    if counted and conflict:
        w["fought_away"] += trust[i, k] - before
    elif counted:
        w["lost"] += trust[i, k] - before


@rule
def good_contact(c, trust, cap, ties, i, k):
    """Raise trust after a good contact: T += gain (1 - T), or one unit of good evidence."""
    if c["structure_trust_rule"] == DELTA:
        trust[i, k] = min(trust[i, k] + c["trust_gain"] * (1.0 - trust[i, k]), cap[i, k])
    else:
        ties[i, k]["good"] += 1.0
        trust[i, k] = from_evidence(ties, cap, i, k)


@rule
def lose_trust(c, trust, cap, ties, i, k, times):
    """Lower trust after a bad contact: T -= loss T, or bad evidence; a conflict counts twice."""
    if c["structure_trust_rule"] == DELTA:
        trust[i, k] = max(0.0, trust[i, k] - times * c["trust_loss"] * trust[i, k])
    else:
        ties[i, k]["bad"] += times * c["beta_bad_weight"]
        trust[i, k] = from_evidence(ties, cap, i, k)


@rule
def from_evidence(ties, cap, i, k):
    """Return the trust that the evidence supports: r / (r + s), at most the cap."""
    tie = ties[i, k]
    return min(tie["good"] / (tie["good"] + tie["bad"]), cap[i, k])


@subroutine
def after_conflict(
    w, p, c, agencies, posts, trust, cap, ties, repairs, s, events, luck, entity, number, i, j, before
):
    """Settle a conflict's kind and whether it is repaired; a breach of integrity that is not leaves a lasting cap."""
    k = posts[j]["slot"]
    integrity = uniform(luck, entity, number + 2) < c["conflict_integrity"]
    journal.note(w, events, state.CONFLICT, posts[i]["id"], posts[j]["id"], 1.0 if integrity else 0.0)
    if posts[i]["kind"] == state.ORDINARY and posts[j]["kind"] == state.ORDINARY:
        s["conflicts"] += 1.0
    chance = c["conflict_repair_base"] + c["conflict_repair_facilitation"] * p["safe_space_facilitation"]
    chance += c["conflict_repair_safety"] * safety(agencies[posts[i]["agency"]], p, c)
    if uniform(luck, entity, number + 3) < clip(chance, 0.0, 1.0):
        share = RETURNED_INTEGRITY if integrity else RETURNED_COMPETENCE
        due = w["week"] + 1 + int(math.floor(REPAIR_WEEKS * uniform(luck, entity, number + 4)))
        promise_repair(w, c, posts, repairs, due, i, j, share * (before - trust[i, k]), share)
    elif integrity and max(0.0, before - LASTING_DAMAGE) < cap[i, k]:
        cap[i, k] = max(0.0, before - LASTING_DAMAGE)


@rule
def promise_repair(w, c, posts, repairs, due, i, j, amount, share):
    """Put a repair on the list of those to come."""
    n = w["repairs"]
    if n < len(repairs):
        repairs[n]["week"] = due
        repairs[n]["post"] = i
        repairs[n]["slot"] = posts[j]["slot"]
        repairs[n]["occupant"] = posts[i]["occupant"]
        repairs[n]["partner"] = posts[j]["occupant"]
        repairs[n]["amount"] = amount
        repairs[n]["evidence"] = share * 2.0 * c["beta_bad_weight"]
        w["repairs"] = n + 1
    else:
        w["short"] = 1


@subroutine
def repair(w, c, places, posts, trust, cap, ties, repairs, led, events):
    """Carry out the repairs that are due and keep the others, in order."""
    kept = 0
    for n in range(w["repairs"]):
        if repairs[n]["week"] <= w["week"]:
            carry_out_repair(w, c, places, posts, trust, cap, ties, repairs[n], led, events)
        else:
            repairs[kept] = repairs[n]
            kept += 1
    w["repairs"] = kept


@rule
def carry_out_repair(w, c, places, posts, trust, cap, ties, due, led, events):
    """Give trust back after a repair, if both people are still in post."""
    i, k = due["post"], due["slot"]
    j = places[posts[i]["place"]]["first"] + k
    if posts[i]["filled"] == 0 or posts[i]["occupant"] != due["occupant"]:
        return
    if posts[j]["filled"] == 0 or posts[j]["occupant"] != due["partner"]:
        return
    before = trust[i, k]
    if c["structure_trust_rule"] == DELTA:
        trust[i, k] = min(before + due["amount"], cap[i, k])
    else:
        ties[i, k]["bad"] = max(1e-9, ties[i, k]["bad"] - due["evidence"])
        trust[i, k] = from_evidence(ties, cap, i, k)
    journal.note(w, events, state.REPAIRED, posts[i]["id"], posts[j]["id"], due["amount"])
    if posts[i]["kind"] == state.ORDINARY and posts[j]["kind"] == state.ORDINARY:
        led["repairs"] += ledger.change_of_trust(w, trust[i, k] - before)


# --- drift and breaches -----------------------------------------------------------------------------------------


@rule
def aim(w, c, places, teams, between, posts, target):
    """Set what trust drifts towards, for each team and slot of its place: the institution's trust, or none."""
    if w["reputations_moved"] == 0:
        return
    w["reputations_moved"] = 0
    if c["structure_drift_target"] == 0.0:
        for t in range(len(teams)):
            place = places[teams[t]["place"]]
            for k in range(place["slots"]):
                target[t, k] = between[teams[t]["agency"], posts[place["first"] + k]["agency"]]["trust"]


@subroutine
def drift(w, c, places, teams, between, posts, trust, cap, met, ties, target, moved, led):
    """Let trust move towards its target in every relationship that had no contact this week (values, row 58, M).

    Rows are summed slot by slot (`moved`), so that the order of addition never depends on the machine.
    """
    aim(w, c, places, teams, between, posts, target)
    moved[:] = 0.0
    for i in range(len(posts)):
        place = places[posts[i]["place"]]
        if posts[i]["filled"] == 1:
            if c["structure_trust_rule"] == BETA:
                forget_evidence(w, c, place, posts, trust, cap, met, ties, target, moved, i)
            else:
                goal = target[posts[i]["team"]]
                n = place["ordinary"]
                row = 0 if posts[i]["kind"] == state.ORDINARY else 1
                drift_row(w["week"], c["trust_drift"], 0, n, trust[i], cap[i], met[i], goal, moved[row])
                drift_row(
                    w["week"], c["trust_drift"], n, place["slots"], trust[i], cap[i], met[i], goal, moved[1]
                )
    total = 0.0
    for k in range(moved.shape[1]):
        total += moved[0, k]
    if w["ties"] > 0:
        led["drift"] += ledger.change_of_trust(w, total)


@rule
def drift_row(week, speed, start, stop, trust, cap, met, target, moved):
    """Move one post's trust in others towards its targets: T += drift (target - T)."""
    for k in range(start, stop):
        step = min(trust[k] + speed * (target[k] - trust[k]), cap[k]) - trust[k]
        step = step if met[k] != week and met[k] > NO_TIE else 0.0
        trust[k] += step
        moved[k] += step


@rule
def forget_evidence(w, c, place, posts, trust, cap, met, ties, target, moved, i):
    """Let one post's evidence fade towards its prior (beta rule)."""
    lost = 1.0 - c["beta_forgetting"]
    goal = target[posts[i]["team"]]
    for k in range(place["slots"]):
        if met[i, k] != w["week"] and met[i, k] > NO_TIE:
            before = trust[i, k]
            ties[i, k]["good"] += lost * (c["beta_prior_weight"] * goal[k] - ties[i, k]["good"])
            ties[i, k]["bad"] += lost * (c["beta_prior_weight"] * (1.0 - goal[k]) - ties[i, k]["bad"])
            trust[i, k] = from_evidence(ties, cap, i, k)
            both = posts[i]["kind"] == state.ORDINARY and k < place["ordinary"]
            moved[0 if both else 1, k] += trust[i, k] - before


@subroutine
def breach(w, c, places, agencies, between, posts, trust, ties, led, events, a):
    """Let agency `a` break faith (leaked data, withdrawal): the others' trust in it and in its members falls."""
    journal.note(w, events, state.BREACH, a, -1, 0.0)
    for b in range(w["agencies"]):
        if b != a:
            between[b, a]["trust"] = max(0.0, between[b, a]["trust"] - c["trust_breach_drop"])
    w["reputations_moved"] = 1
    for i in range(len(posts)):
        if posts[i]["filled"] == 1 and posts[i]["kind"] == state.ORDINARY and posts[i]["agency"] != a:
            breach_ties(w, c, places, posts, trust, ties, led, i, a)


@rule
def breach_ties(w, c, places, posts, trust, ties, led, i, a):
    """Lower the trust of post `i` in the members of agency `a` (Zaheer et al. 1998 for the spill; values, row 65, M)."""
    place = places[posts[i]["place"]]
    for k in range(place["ordinary"]):
        j = place["first"] + k
        if posts[j]["filled"] == 1 and posts[j]["agency"] == a:
            before = trust[i, k]
            trust[i, k] = before - c["trust_breach_spill"] * min(c["trust_breach_drop"], before)
            if c["structure_trust_rule"] == BETA:
                believed = max(trust[i, k], 1e-6)
                ties[i, k]["bad"] = ties[i, k]["good"] * (1.0 - believed) / believed
            led["breaches"] += ledger.change_of_trust(w, trust[i, k] - before)
