"""What is written down at a month's end."""

from __future__ import annotations

from collabsim.model import state, workforce
from collabsim.model.compiled import rule
from collabsim.model.voice import equity

WORKING_LEVEL = 0.4  # of trust: below it, colleagues avoid asking (judgement)
FELT_INSECURITY = 0.1


@rule
def count_week(m):
    """Count the week's filled posts."""
    for i in range(len(m.posts)):
        if m.posts[i]["kind"] == state.ORDINARY:
            on_grant = workforce.is_grant_funded(m.grants, m.posts[i])
            m.posts[i]["on_grant"] = on_grant
            m.month["filled_weeks"] += m.posts[i]["filled"]
            m.month["grant_filled_weeks"] += on_grant * m.posts[i]["filled"]
            m.month["grant_post_weeks"] += on_grant


@rule
def record(m):
    """Write the state at a month's end into its row of the series."""
    m.world["trust_sum"] = 0.0  # added up afresh, so that rounding does not pile up
    for q in range(len(m.places)):
        first, last = m.places[q]["first"], m.places[q]["first"] + m.places[q]["ordinary"]
        for i in range(first, last):
            if m.posts[i]["filled"] == 1:
                record_post(m, i, first, last)
    m.month["trust_sum"] = m.world["trust_sum"]
    m.month["ties"] = m.world["ties"]
    m.month["posts"] = m.world["ordinary"]
    m.month["posts_filled"] = m.world["staff"]
    m.month["knowledge_sum"] = m.world["knowledge_sum"]
    m.month["equity"] = equity(m.world, m.agencies)
    m.month["alignment"] = m.world["alignment"]
    m.month["practice"] = m.world["practice"]
    record_agencies(m)
    m.month["hub_filled"] = hub_filled(m.posts)


@rule
def record_post(m, i, first, last):
    """Add one member of staff's relationships to the series."""
    m.month["insecure"] += 1.0 if m.posts[i]["insecurity"] > FELT_INSECURITY else 0.0
    for j in range(first, last):
        if m.met[i, j - first] > state.NO_TIE:
            believed = m.trust[i, j - first]
            m.world["trust_sum"] += believed
            m.month["tie_weeks"] += m.world["week"] - m.ties[i, j - first]["began"] + 1
            m.month["low_trust_ties"] += 1.0 if believed < WORKING_LEVEL else 0.0
            if m.posts[i]["on_grant"] + m.posts[j]["on_grant"] > 0.0:
                m.month["trust_grant_sum"] += believed
                m.month["grant_ties"] += 1.0


@rule
def record_agencies(m):
    """Write institutional trust, overload and vacant leaders' posts down."""
    n = m.world["agencies"]
    for a in range(n):
        m.month["leaders_vacant"] += 1.0 - m.agencies[a]["in_post"]
        for b in range(n):
            if a != b:
                m.month["institutional"] += m.between[a, b]["trust"] / (n * (n - 1))
    count = 0
    for t in range(len(m.teams)):
        if m.teams[t]["agency"] < n and m.teams[t]["posts"] > 0:
            m.month["overload"] += m.teams[t]["overload"]
            count += 1
    m.month["overload"] /= max(1, count)


@rule
def hub_filled(posts):
    """Return the share of open hub posts that are in post (0 if none)."""
    opened, filled = 0, 0
    for i in range(len(posts)):
        if posts[i]["kind"] != state.ORDINARY and posts[i]["open"] == 1:
            opened += 1
            filled += posts[i]["filled"]
    return filled / opened if opened > 0 else 0.0
