"""What is written down at a month's end."""

from __future__ import annotations

from collabsim.model import state
from collabsim.model import workforce
from collabsim.model.compiled import rule, subroutine
from collabsim.model.voice import equity

WORKING_LEVEL = 0.4  # of trust: below it, colleagues avoid asking (judgement)
FELT_INSECURITY = 0.1


@rule
def count_week(grants, posts, s):
    """Count the week's filled posts."""
    for i in range(len(posts)):
        if posts[i]["kind"] == state.ORDINARY:
            on_grant = workforce.is_grant_funded(grants, posts[i])
            posts[i]["on_grant"] = on_grant
            s["filled_weeks"] += posts[i]["filled"]
            s["grant_filled_weeks"] += on_grant * posts[i]["filled"]
            s["grant_post_weeks"] += on_grant


@subroutine
def record(w, places, teams, agencies, between, posts, trust, met, ties, s):
    """Write the state at a month's end into its row of the series."""
    w["trust_sum"] = 0.0  # added up afresh, so that rounding does not pile up
    for q in range(len(places)):
        first, last = places[q]["first"], places[q]["first"] + places[q]["ordinary"]
        for i in range(first, last):
            if posts[i]["filled"] == 1:
                record_post(w, posts, trust, met, ties, s, i, first, last)
    s["trust_sum"] = w["trust_sum"]
    s["ties"] = w["ties"]
    s["posts"] = w["ordinary"]
    s["posts_filled"] = w["staff"]
    s["knowledge_sum"] = w["knowledge_sum"]
    s["equity"] = equity(w, agencies)
    s["alignment"] = w["alignment"]
    s["practice"] = w["practice"]
    record_agencies(w, teams, agencies, between, s)
    s["hub_filled"] = hub_filled(posts)


@rule
def record_post(w, posts, trust, met, ties, s, i, first, last):
    """Add one member of staff's relationships to the series."""
    s["insecure"] += 1.0 if posts[i]["insecurity"] > FELT_INSECURITY else 0.0
    for j in range(first, last):
        if met[i, j - first] > state.NO_TIE:
            believed = trust[i, j - first]
            w["trust_sum"] += believed
            s["tie_weeks"] += w["week"] - ties[i, j - first]["began"] + 1
            s["low_trust_ties"] += 1.0 if believed < WORKING_LEVEL else 0.0
            if posts[i]["on_grant"] + posts[j]["on_grant"] > 0.0:
                s["trust_grant_sum"] += believed
                s["grant_ties"] += 1.0


@rule
def record_agencies(w, teams, agencies, between, s):
    """Write institutional trust, overload and vacant leaders' posts down."""
    n = w["agencies"]
    for a in range(n):
        s["leaders_vacant"] += 1.0 - agencies[a]["in_post"]
        for b in range(n):
            if a != b:
                s["institutional"] += between[a, b]["trust"] / (n * (n - 1))
    count = 0
    for t in range(len(teams)):
        if teams[t]["agency"] < n and teams[t]["posts"] > 0:
            s["overload"] += teams[t]["overload"]
            count += 1
    s["overload"] /= max(1, count)


@rule
def hub_filled(posts):
    """Return the share of open hub posts that are in post (0 if none)."""
    opened, filled = 0, 0
    for i in range(len(posts)):
        if posts[i]["kind"] != state.ORDINARY and posts[i]["open"] == 1:
            opened += 1
            filled += posts[i]["filled"]
    return filled / opened if opened > 0 else 0.0
