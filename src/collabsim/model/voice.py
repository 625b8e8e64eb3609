"""The month's end: role clarity, institutional trust, goals, voice, satisfaction."""

from __future__ import annotations

import math

from collabsim.model import governance, state
from collabsim.model.compiled import rule
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
def clarify_roles(m):
    """Let role clarity fade and training restore it (values, rows 73-74, M)."""
    fading = halving(WEEKS_A_MONTH, m.context["role_half_life"])
    gain = min(1.0, m.context["role_training_gain"] * m.policy["training_days_per_year"] / 12.0)
    for a in range(m.world["agencies"] + 1):
        for b in range(m.world["agencies"] + 1):
            if a != b:
                clarity = (
                    m.context["role_start"] + (m.between[a, b]["clarity"] - m.context["role_start"]) * fading
                )
                m.between[a, b]["clarity"] = clarity + gain * (1.0 - clarity)


@rule
def learn_institutional_trust(m):
    """Move each agency's trust in another towards its members' mean (Zaheer et al. 1998; speed unmeasured: structural)."""
    weekly = (
        FAST_LEARNING
        if m.context["structure_institutional_learning"] == 1.0
        else m.context["trust_institutional_learning"]
    )
    weekly = min(1.0, weekly * (0.5 + 0.5 * min(2.0, m.policy["meetings_steering_per_quarter"])))
    speed = 1.0 - exp(WEEKS_A_MONTH * log(1.0 - weekly)) if weekly < 1.0 else 1.0
    m.world["reputations_moved"] = 1
    for a in range(m.world["agencies"] + 1):
        for b in range(m.world["agencies"] + 1):
            if m.counts[a, b] > 0:
                m.between[a, b]["trust"] += speed * (m.sums[a, b] / m.counts[a, b] - m.between[a, b]["trust"])


@rule
def move_goals(m):
    """Move goals by influence and anchors (Friedkin & Johnsen 1990); a workshop shifts anchors (values, row 76, H)."""
    month = month_of(m.world["week"])
    yearly = m.policy["purpose_workshops_per_year"]
    workshop = math.floor((month + 1) * yearly / 12.0) > math.floor(month * yearly / 12.0)
    for i in range(len(m.posts)):
        if m.posts[i]["filled"] == 1 and m.posts[i]["kind"] == state.ORDINARY:
            if workshop:
                m.posts[i]["vision"] += m.policy["purpose_vision_pull"] * (1.0 - m.posts[i]["vision"])
            else:
                m.posts[i]["vision"] *= 1.0 - m.context["goals_relapse"]
            m.fresh[i] = next_goal(m, m.places[m.posts[i]["place"]], i)
    for i in range(len(m.posts)):
        if m.posts[i]["filled"] == 1 and m.posts[i]["kind"] == state.ORDINARY:
            m.posts[i]["goal"] = m.fresh[i]


@rule
def next_goal(m, place, i):
    """Return next month's goal of post `i`: its anchor and the goals of those it trusts and meets."""
    agency = m.agencies[m.posts[i]["agency"]]
    anchor = agency["goal"] + m.posts[i]["vision"] * (m.world["shared_goal"] - agency["goal"])
    own = m.context["goals_self_weight"] * (
        1.0 - m.context["goals_leader_effect"] * commitment(agency, m.policy, m.context)
    )
    total, weights = 0.0, 0.0
    for k in range(place["ordinary"]):
        if m.met[i, k] > state.NO_TIE:
            weight = m.trust[i, k] * m.contacts[i, k]
            total += weight * m.posts[place["first"] + k]["goal"]
            weights += weight
    others = total / weights if weights > 0.0 else m.posts[i]["goal"]
    return own * anchor + (1.0 - own) * others


@rule
def align(m):
    """Set goal alignment: 1 minus the mean gap between the agencies' mean goals (scratch: `sums`, `counts`)."""
    m.sums[:] = 0.0
    m.counts[:] = 0.0
    for i in range(len(m.posts)):
        if m.posts[i]["filled"] == 1 and m.posts[i]["kind"] == state.ORDINARY:
            m.sums[m.posts[i]["agency"], 0] += m.posts[i]["goal"]
            m.counts[m.posts[i]["agency"], 0] += 1.0
    gap, pairs = 0.0, 0
    for a in range(m.world["agencies"]):
        for b in range(a + 1, m.world["agencies"]):
            if m.counts[a, 0] > 0 and m.counts[b, 0] > 0:
                gap += abs(m.sums[a, 0] / m.counts[a, 0] - m.sums[b, 0] / m.counts[b, 0])
                pairs += 1
    m.world["alignment"] = 1.0 - gap / pairs if pairs > 0 else 1.0


@rule
def hear(m):
    """Set every agency's share of voice: seat, attendance, power and safety (judgement; Emerson 1962 for power).

    A user's or carer's seat is one among n + 1: its part of the time goes to all agencies alike (crosswalk E7).
    """
    n = m.world["agencies"]
    users = m.policy["power_sharing_user_seat"] / (n + 1.0)
    total = 0.0
    for a in range(n):
        m.agencies[a]["voice"] = weight_of_voice(m, a)
        total += m.agencies[a]["voice"]
    for a in range(n):
        share = m.agencies[a]["voice"] / total if total > 0.0 else 1.0 / n
        share += users * (1.0 / n - share)
        m.agencies[a]["voice"] = share
        m.agencies[a]["voice_score"] = min(1.0, 0.5 * n * share)
        m.agencies[a]["heard"] = min(1.0, 0.5 + 0.5 * n * share)


@rule
def weight_of_voice(m, a):
    """Return an agency's unnormalised voice."""
    agency = m.agencies[a]
    power = agency["power"]
    if agency["vcse"] == 1 and m.policy["power_sharing_alliance"] > 0.0:
        power = max(power, m.context["power_alliance"])
    seat = agency["seat"]
    if seat < 0.0:
        seat = m.policy["power_sharing_vcse_seat"] if agency["vcse"] == 1 else 1.0
    seat *= governance.weight_of_seat(m, a)
    voiced = (
        seat
        * mean_attendance(m.world, m.places, m.teams, a)
        * (0.5 + 0.5 * safety(agency, m.policy, m.context))
    )
    if m.policy["power_sharing_gamma"] == 0.0:
        return voiced  # parity: power counts for nothing, not even none of it
    return voiced * exp(m.policy["power_sharing_gamma"] * log(power)) if power > 0.0 else 0.0


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


@rule
def satisfy(m):
    """Set satisfaction: the mean of trust received, leader's support, voice and time (Dirks & Ferrin 2002; row 72, M)."""
    for i in range(len(m.posts)):
        if m.posts[i]["filled"] == 1:
            ordinary = m.posts[i]["kind"] == state.ORDINARY
            agency = m.agencies[m.posts[i]["agency"] if ordinary else m.world["host"]]
            voice = agency["voice_score"] if ordinary else 0.5
            over = min(1.0, m.teams[m.posts[i]["team"]]["overload"])
            m.posts[i]["satisfaction"] = 0.25 * (
                m.posts[i]["trusted"] + commitment(agency, m.policy, m.context) + voice + 1.0 - over
            )
