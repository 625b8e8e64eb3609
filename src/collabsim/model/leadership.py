"""Leaders: their commitment, departures and successors; psychological safety."""

from __future__ import annotations

import math

from collabsim.model import draws, journal, state
from collabsim.model.compiled import rule
from collabsim.model.draws import clip, median_of_three, stream, uniform, within_a_week


@rule
def weeks(months):
    """Return a number of months as whole weeks, rounded half up; a month is 52/12 weeks."""
    return int(math.floor(months * 52.0 / 12.0 + 0.5))


@rule
def commitment(agency, p, c):
    """Return the leader's commitment ell (0-1): the person's own, shifted by the policy, less while the post is vacant.

    Default effect of a vacancy: a factor 0.3 (judgement). Leader effects: Judge & Piccolo 2004 (values, row 78, M).
    """
    in_force = clip(agency["commitment"] + p["leadership_commitment"] - 0.5, 0.0, 1.0)
    return in_force if agency["in_post"] == 1 else in_force * c["leaders_vacancy_effect"]


@rule
def safety(agency, p, c):
    """Return psychological safety ps (0-1) in an agency: the policy's level, moved by its leader's commitment."""
    moved = p["safe_space_psychological_safety"] + c["leaders_safety"] * (commitment(agency, p, c) - 0.5)
    return clip(moved, 0.0, 1.0)


@rule
def leave_office(m, a):
    """Let the leader of agency `a` go; the post stays vacant for `leaders.gap` weeks."""
    if m.agencies[a]["in_post"] == 1:
        m.agencies[a]["in_post"] = 0
        m.agencies[a]["weeks_vacant"] = int(math.floor(m.context["leaders_gap"] + 0.5))
        lend_leader(m.world, m.agencies)
        journal.note(m, state.LEADER_LEFT, a, -1, 0.0)


@rule
def lend_leader(w, agencies):
    """Let the hub's staff (key workers, project manager) work under their host's leader."""
    hub = agencies[w["hub_agency"]]
    hub["in_post"] = agencies[w["host"]]["in_post"]
    hub["commitment"] = agencies[w["host"]]["commitment"]


@rule
def take_office(m, a):
    """Let a successor arrive, whose own commitment is Beta(2, 2)."""
    luck = stream(m.key, draws.LEADER, m.world["week"])
    m.agencies[a]["in_post"] = 1
    m.agencies[a]["commitment"] = median_of_three(
        uniform(luck, a, 0), uniform(luck, a, 1), uniform(luck, a, 2)
    )
    lend_leader(m.world, m.agencies)
    journal.note(m, state.LEADER_ARRIVED, a, -1, m.agencies[a]["commitment"])


@rule
def change_leaders(m):
    """Leaders depart at a constant hazard (mean tenure: values, row 16, H) and vacant posts run down to a successor."""
    luck = stream(m.key, draws.LEADER_EXIT, m.world["week"])
    departs = within_a_week(1.0 / (52.0 * m.policy["leadership_tenure_years"]))
    for a in range(m.world["agencies"]):
        if m.agencies[a]["in_post"] == 1:
            if uniform(luck, a, 0) < departs:
                leave_office(m, a)
        else:
            m.agencies[a]["weeks_vacant"] -= 1
            if m.agencies[a]["weeks_vacant"] <= 0:
                take_office(m, a)
