"""The month's end: role clarity, institutional trust, goals, voice, satisfaction."""

from __future__ import annotations

import math

from collabsim.model import state
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import exp, log
from collabsim.model.leadership import commitment, safety
from collabsim.model.learning import halving

WEEKS_A_MONTH = 52.0 / 12.0
FAST_LEARNING = 0.05


@rule
def month_of(week):
    """Return the month that a week belongs to; twelve months of four or five weeks make 52."""
    return week * 12 // 52


@rule
def ends_month(week):
    """Say whether this is the last week of its month."""
    return month_of(week + 1) != month_of(week)


@rule
def clarify_roles(w, p, c, between):
    """Let role clarity fade and training restore it (values, rows 73-74, M)."""
    fading = halving(WEEKS_A_MONTH, c["role_half_life"])
    gain = min(1.0, c["role_training_gain"] * p["training_days_per_year"] / 12.0)
    for a in range(w["agencies"] + 1):
        for b in range(w["agencies"] + 1):
            if a != b:
                clarity = c["role_start"] + (between[a, b]["clarity"] - c["role_start"]) * fading
                between[a, b]["clarity"] = clarity + gain * (1.0 - clarity)


@subroutine
def learn_institutional_trust(w, p, c, places, teams, between, posts, trust, met, sums, counts):
    """Move each agency's trust in another towards its members' mean (Zaheer et al. 1998; speed unmeasured: structural)."""
    weekly = (
        FAST_LEARNING if c["structure_institutional_learning"] == 1.0 else c["trust_institutional_learning"]
    )
    weekly = min(1.0, weekly * (0.5 + 0.5 * min(2.0, p["meetings_steering_per_quarter"])))
    speed = 1.0 - exp(WEEKS_A_MONTH * log(1.0 - weekly)) if weekly < 1.0 else 1.0
    w["reputations_moved"] = 1
    add_up_trust(w, places, teams, posts, trust, met, sums, counts)
    for a in range(w["agencies"] + 1):
        for b in range(w["agencies"] + 1):
            if counts[a, b] > 0:
                between[a, b]["trust"] += speed * (sums[a, b] / counts[a, b] - between[a, b]["trust"])


@rule
def add_up_trust(w, places, teams, posts, trust, met, sums, counts):
    """Add up trust from each agency's members in each other's (`sums`, `counts`: agencies + 1 squared)."""
    sums[:] = 0.0
    counts[:] = 0.0
    for q in range(len(places)):
        place = places[q]
        for i in range(place["first"], place["first"] + place["slots"]):
            if posts[i]["filled"] == 1:
                for b in range(w["agencies"] + 1):
                    first = teams[place["first_team"] + b]["first"] - place["first"]
                    last = place["slots"]
                    if b < w["agencies"]:
                        last = first + teams[place["first_team"] + b]["posts"]
                    total, number = 0.0, 0
                    for k in range(first, last):
                        if met[i, k] > state.NO_TIE:
                            total += trust[i, k]
                            number += 1
                    sums[posts[i]["agency"], b] += total
                    counts[posts[i]["agency"], b] += number


@subroutine
def move_goals(w, p, c, places, agencies, posts, trust, met, ties, fresh):
    """Move goals by influence and anchors (Friedkin & Johnsen 1990); a workshop shifts anchors (values, row 76, H)."""
    month = month_of(w["week"])
    yearly = p["purpose_workshops_per_year"]
    workshop = math.floor((month + 1) * yearly / 12.0) > math.floor(month * yearly / 12.0)
    for i in range(len(posts)):
        if posts[i]["filled"] == 1 and posts[i]["kind"] == state.ORDINARY:
            if workshop:
                posts[i]["vision"] += p["purpose_vision_pull"] * (1.0 - posts[i]["vision"])
            else:
                posts[i]["vision"] *= 1.0 - c["goals_relapse"]
            fresh[i] = next_goal(w, p, c, places[posts[i]["place"]], agencies, posts, trust, met, ties, i)
    for i in range(len(posts)):
        if posts[i]["filled"] == 1 and posts[i]["kind"] == state.ORDINARY:
            posts[i]["goal"] = fresh[i]


@rule
def next_goal(w, p, c, place, agencies, posts, trust, met, ties, i):
    """Return next month's goal of post `i`: its anchor and the goals of those it trusts and meets."""
    agency = agencies[posts[i]["agency"]]
    anchor = agency["goal"] + posts[i]["vision"] * (w["shared_goal"] - agency["goal"])
    own = c["goals_self_weight"] * (1.0 - c["goals_leader_effect"] * commitment(agency, p, c))
    total, weights = 0.0, 0.0
    for k in range(place["ordinary"]):
        if met[i, k] > state.NO_TIE:
            weight = trust[i, k] * ties[i, k]["contacts"]
            total += weight * posts[place["first"] + k]["goal"]
            weights += weight
    others = total / weights if weights > 0.0 else posts[i]["goal"]
    return own * anchor + (1.0 - own) * others


@rule
def align(w, posts, sums, counts):
    """Set goal alignment: 1 minus the mean gap between the agencies' mean goals (scratch: `sums`, `counts`)."""
    sums[:] = 0.0
    counts[:] = 0.0
    for i in range(len(posts)):
        if posts[i]["filled"] == 1 and posts[i]["kind"] == state.ORDINARY:
            sums[posts[i]["agency"], 0] += posts[i]["goal"]
            counts[posts[i]["agency"], 0] += 1.0
    gap, pairs = 0.0, 0
    for a in range(w["agencies"]):
        for b in range(a + 1, w["agencies"]):
            if counts[a, 0] > 0 and counts[b, 0] > 0:
                gap += abs(sums[a, 0] / counts[a, 0] - sums[b, 0] / counts[b, 0])
                pairs += 1
    w["alignment"] = 1.0 - gap / pairs if pairs > 0 else 1.0


@rule
def hear(w, p, c, places, teams, agencies):
    """Set every agency's share of voice: seat, attendance, power and safety (judgement; Emerson 1962 for power)."""
    n = w["agencies"]
    total = 0.0
    for a in range(n):
        agencies[a]["voice"] = weight_of_voice(w, p, c, places, teams, agencies, a)
        total += agencies[a]["voice"]
    for a in range(n):
        share = agencies[a]["voice"] / total if total > 0.0 else 1.0 / n
        agencies[a]["voice"] = share
        agencies[a]["voice_score"] = min(1.0, 0.5 * n * share)
        agencies[a]["heard"] = min(1.0, 0.5 + 0.5 * n * share)


@rule
def weight_of_voice(w, p, c, places, teams, agencies, a):
    """Return an agency's unnormalised voice."""
    agency = agencies[a]
    power = agency["power"]
    if agency["vcse"] == 1 and p["power_sharing_alliance"] > 0.0:
        power = max(power, c["power_alliance"])
    seat = agency["seat"]
    if seat < 0.0:
        seat = p["power_sharing_vcse_seat"] if agency["vcse"] == 1 else 1.0
    felt = exp(p["power_sharing_gamma"] * log(power)) if power > 0.0 else 0.0
    return seat * mean_attendance(w, places, teams, a) * felt * (0.5 + 0.5 * safety(agency, p, c))


@rule
def mean_attendance(w, places, teams, a):
    """Return an agency's attendance, the mean over its teams with posts."""
    total, count = 0.0, 0
    for q in range(len(places)):
        team = teams[places[q]["first_team"] + a]
        if team["posts"] > 0:
            total += team["attendance"]
            count += 1
    return total / count if count > 0 else 0.0


@rule
def equity(w, agencies):
    """Return 1 minus the Gini coefficient of voice over agencies."""
    n = w["agencies"]
    total = 0.0
    for a in range(n):
        for b in range(n):
            total += abs(agencies[a]["voice"] - agencies[b]["voice"])
    return 1.0 - total / (2.0 * n)  # the mean voice is 1/n


@subroutine
def satisfy(w, p, c, places, teams, agencies, posts, trust, met):
    """Set satisfaction: the mean of trust received, leader's support, voice and time (Dirks & Ferrin 2002; row 72, M)."""
    for i in range(len(posts)):
        if posts[i]["filled"] == 1:
            ordinary = posts[i]["kind"] == state.ORDINARY
            agency = agencies[posts[i]["agency"] if ordinary else w["host"]]
            voice = agency["voice_score"] if ordinary else 0.5
            over = min(1.0, teams[posts[i]["team"]]["overload"])
            received = trust_received(places[posts[i]["place"]], posts, trust, met, i)
            posts[i]["satisfaction"] = 0.25 * (received + commitment(agency, p, c) + voice + 1.0 - over)


@rule
def trust_received(place, posts, trust, met, i):
    """Return the mean trust that counterparts in post have in post `i` (0.5 without any)."""
    total, count = 0.0, 0
    last = place["slots"] if posts[i]["kind"] == state.ORDINARY else place["ordinary"]
    for k in range(last):
        if met[i, k] > state.NO_TIE:
            total += trust[place["first"] + k, posts[i]["slot"]]
            count += 1
    return total / count if count > 0 else 0.5
