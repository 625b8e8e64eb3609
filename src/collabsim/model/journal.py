"""What a run writes down besides its series: events, closed cases, snapshots of relationships.

A table of length 0 records nothing. A table that is too short keeps counting, so that the caller can see how long
it should have been and run again.
"""

from __future__ import annotations

from collabsim.model import state
from collabsim.model.compiled import rule, subroutine


@rule
def note(m, kind, subject, other, value):
    """Write one event down."""
    n = m.world["events"]
    if n < len(m.events):
        row = m.events[n]
        row["week"] = m.world["week"]
        row["kind"] = kind
        row["subject"] = subject
        row["other"] = other
        row["value"] = value
    m.world["events"] = n + 1


@subroutine
def note_case(m, case, slot, completeness, knowledge, performance, outcome):
    """Write one closed case down."""
    n = m.world["cases"]
    if n < len(m.closed_cases):
        row = m.closed_cases[n]
        row["id"] = case["id"]
        row["opened"] = case["opened"]
        row["closed"] = m.world["week"]
        row["members"] = case["members"]
        row["needed"] = case["needed"]
        row["requested"] = case["requested"]
        row["received"] = case["received"]
        row["changes"] = case["changes"]
        row["coherent"] = case["coherent"]
        row["wait"] = case["wait"]
        row["completeness"] = completeness
        row["knowledge"] = knowledge
        row["performance"] = performance
        row["outcome"] = outcome
        row["post_0"] = _worker(m.posts, m.member_post, slot, case["members"], 0)
        row["post_1"] = _worker(m.posts, m.member_post, slot, case["members"], 1)
        row["post_2"] = _worker(m.posts, m.member_post, slot, case["members"], 2)
        row["post_3"] = _worker(m.posts, m.member_post, slot, case["members"], 3)
    m.world["cases"] = n + 1


@rule
def _worker(posts, member_post, slot, members, x):
    if x >= members or member_post[slot, x] < 0:
        return -1
    return posts[member_post[slot, x]]["id"]


@rule
def snapshot(m):
    """Write every relationship between ordinary posts down, once a year."""
    if len(m.snapshots) == 0:
        return
    for place in range(len(m.places)):
        first = m.places[place]["first"]
        for i in range(first, first + m.places[place]["ordinary"]):
            for j in range(i + 1, first + m.places[place]["ordinary"]):
                if m.met[i, j - first] > state.NO_TIE:
                    _note_tie(m, i, j)


@rule
def _note_tie(m, i, j):
    n = m.world["snapshots"]
    if n < len(m.snapshots):
        to_j, to_i = m.posts[j]["slot"], m.posts[i]["slot"]
        row = m.snapshots[n]
        row["week"] = m.world["week"]
        row["post"] = m.posts[i]["id"]
        row["other"] = m.posts[j]["id"]
        row["occupant"] = m.posts[i]["occupant"]
        row["other_occupant"] = m.posts[j]["occupant"]
        row["age"] = m.world["week"] - m.ties[i, to_j]["began"] + 1
        row["contacts"] = m.contacts[i, to_j]
        row["requests"] = m.ties[i, to_j]["requests"]
        row["answers"] = m.ties[i, to_j]["answers"]
        row["other_requests"] = m.ties[j, to_i]["requests"]
        row["other_answers"] = m.ties[j, to_i]["answers"]
        row["trust"] = m.trust[i, to_j]
        row["trust_back"] = m.trust[j, to_i]
    m.world["snapshots"] = n + 1
