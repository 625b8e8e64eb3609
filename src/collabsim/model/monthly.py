"""What is written down at a month's end."""

from __future__ import annotations

from collabsim.model import state, workforce
from collabsim.model.compiled import rule
from collabsim.model.voice import equity

WORKING_LEVEL = 0.4  # of trust: below it, colleagues avoid asking (judgement)
FELT_INSECURITY = 0.1


@rule
def count_week(m):
    """Count the week's filled posts, and those on grants that can end."""
    m.month["filled_weeks"] += m.world["staff"]
    for g in range(len(m.grants)):
        if m.grants[g]["status"] != state.PERMANENT:
            count_week_of_grant(m, m.grants[g])


@rule
def count_week_of_grant(m, grant):
    """Count the ordinary posts of a grant this week, and the filled ones."""
    posts, filled = 0, 0
    for n in range(grant["first"], grant["first"] + grant["posts"]):
        post = m.posts[m.grant_posts[n]]
        if post["kind"] == state.ORDINARY:
            posts += 1
            filled += post["filled"]
    m.month["grant_post_weeks"] += posts
    m.month["grant_filled_weeks"] += filled


# --- what staff think of one another ----------------------------------------------------------------------------


@rule
def survey(m):
    """Go once through all relationships for everything that asks about them at a month's end.

    Each place's are added up slot by slot (`given`, `known`, `doubted`), apart for each agency and, within it, for
    posts on grants that can end: an order of addition that no machine changes. From these come what agencies learn
    from (`sums`, `counts`), how far everybody is trusted, and the columns on trust of the series.
    """
    m.sums[:] = 0.0
    m.counts[:] = 0.0
    m.world["trust_sum"] = 0.0  # added up afresh, so that rounding does not pile up
    for q in range(len(m.places)):
        place = m.places[q]
        m.given[:] = 0.0
        m.known[:] = 0.0
        m.doubted[:] = 0.0
        for i in range(place["first"], place["first"] + place["slots"]):
            m.posts[i]["on_grant"] = workforce.is_grant_funded(m.grants, m.posts[i])
            if m.posts[i]["filled"] == 1:
                row = 2 * m.posts[i]["agency"] + int(m.posts[i]["on_grant"])
                hub = 0 if m.posts[i]["kind"] == state.ORDINARY else 1
                add_opinions(m.trust[i], m.met[i], m.given[row], m.known[row], m.doubted[hub])
        for k in range(place["slots"]):
            add_up_slot(m, place, k)


@rule
def add_opinions(trust, met, given, known, doubted):
    """Add what one post holds about the others of its place."""
    for k in range(len(trust)):
        knows = 1.0 if met[k] > state.NO_TIE else 0.0
        given[k] += knows * trust[k]
        known[k] += knows
        doubted[k] += knows if trust[k] < WORKING_LEVEL else 0.0


@rule
def add_up_slot(m, place, k):
    """Add up what is held about the occupant of one slot, for agencies, the occupant and the series."""
    post = m.posts[place["first"] + k]
    total, number, ordinary, on_grants, ties_on_grants = 0.0, 0.0, 0.0, 0.0, 0.0
    for a in range(m.world["agencies"] + 1):
        given, known = m.given[2 * a, k] + m.given[2 * a + 1, k], m.known[2 * a, k] + m.known[2 * a + 1, k]
        m.sums[a, post["agency"]] += given
        m.counts[a, post["agency"]] += known
        total += given
        number += known
        if a < m.world["agencies"]:
            ordinary += given
            on_grants += given if post["on_grant"] > 0.0 else m.given[2 * a + 1, k]
            ties_on_grants += known if post["on_grant"] > 0.0 else m.known[2 * a + 1, k]
    post["trusted"] = total / number if number > 0.0 else 0.5
    if k < place["ordinary"]:
        m.world["trust_sum"] += ordinary
        m.month["trust_grant_sum"] += on_grants
        m.month["grant_ties"] += ties_on_grants
        m.month["low_trust_ties"] += m.doubted[0, k]


# --- the series -------------------------------------------------------------------------------------------------


@rule
def record(m):
    """Write the state at a month's end into its row of the series (`survey` has written what staff think)."""
    m.month["trust_sum"] = m.world["trust_sum"]
    m.month["ties"] = m.world["ties"]
    m.month["tie_weeks"] = m.world["ties"] * (m.world["week"] + 1) - m.world["ties_began"]
    m.month["insecure"] = insecure_staff(m.posts)
    m.month["posts"] = m.world["ordinary"]
    m.month["posts_filled"] = m.world["staff"]
    m.month["knowledge_sum"] = m.world["knowledge_sum"]
    m.month["equity"] = equity(m.world, m.agencies)
    m.month["alignment"] = m.world["alignment"]
    m.month["practice"] = m.world["practice"]
    record_agencies(m)
    m.month["hub_filled"] = hub_filled(m.posts)


@rule
def insecure_staff(posts):
    """Return how many ordinary staff feel insecure."""
    count = 0
    for i in range(len(posts)):
        felt = posts[i]["filled"] == 1 and posts[i]["insecurity"] > FELT_INSECURITY
        count += 1 if felt and posts[i]["kind"] == state.ORDINARY else 0
    return count


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
            filled += posts[i]["filled"] == 1
    return filled / opened if opened > 0 else 0.0
