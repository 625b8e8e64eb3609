"""What a run writes down besides its series: events, closed cases, snapshots of relationships.

A table of length 0 records nothing. A table that is too short keeps counting, so that the caller can see how long
it should have been and run again.
"""

from __future__ import annotations

from collabsim.model import state
from collabsim.model.compiled import rule, subroutine


@subroutine
def note(w, events, kind, subject, other, value):
    """Write one event down."""
    n = w["events"]
    if n < len(events):
        events[n]["week"] = w["week"]
        events[n]["kind"] = kind
        events[n]["subject"] = subject
        events[n]["other"] = other
        events[n]["value"] = value
    w["events"] = n + 1


@subroutine
def note_case(w, closed_cases, case, posts, member_post, slot, completeness, knowledge, outcome):
    """Write one closed case down."""
    n = w["cases"]
    if n < len(closed_cases):
        row = closed_cases[n]
        row["id"] = case["id"]
        row["opened"] = case["opened"]
        row["closed"] = w["week"]
        row["members"] = case["members"]
        row["needed"] = case["needed"]
        row["requested"] = case["requested"]
        row["received"] = case["received"]
        row["changes"] = case["changes"]
        row["coherent"] = case["coherent"]
        row["wait"] = case["wait"]
        row["completeness"] = completeness
        row["knowledge"] = knowledge
        row["outcome"] = outcome
        row["post_0"] = _worker(posts, member_post, slot, case["members"], 0)
        row["post_1"] = _worker(posts, member_post, slot, case["members"], 1)
        row["post_2"] = _worker(posts, member_post, slot, case["members"], 2)
        row["post_3"] = _worker(posts, member_post, slot, case["members"], 3)
    w["cases"] = n + 1


@rule
def _worker(posts, member_post, slot, members, x):
    if x >= members or member_post[slot, x] < 0:
        return -1
    return posts[member_post[slot, x]]["id"]


@subroutine
def snapshot(w, snapshots, places, posts, trust, met, ties):
    """Write every relationship between ordinary posts down, once a year."""
    if len(snapshots) == 0:
        return
    for place in range(len(places)):
        first = places[place]["first"]
        for i in range(first, first + places[place]["ordinary"]):
            for j in range(i + 1, first + places[place]["ordinary"]):
                if met[i, j - first] > state.NO_TIE:
                    _note_tie(w, snapshots, posts, trust, ties, i, j)


@rule
def _note_tie(w, snapshots, posts, trust, ties, i, j):
    n = w["snapshots"]
    if n < len(snapshots):
        to_j, to_i = posts[j]["slot"], posts[i]["slot"]
        row = snapshots[n]
        row["week"] = w["week"]
        row["post"] = posts[i]["id"]
        row["other"] = posts[j]["id"]
        row["occupant"] = posts[i]["occupant"]
        row["other_occupant"] = posts[j]["occupant"]
        row["age"] = w["week"] - ties[i, to_j]["began"] + 1
        row["contacts"] = ties[i, to_j]["contacts"]
        row["requests"] = ties[i, to_j]["requests"]
        row["answers"] = ties[i, to_j]["answers"]
        row["other_requests"] = ties[j, to_i]["requests"]
        row["other_answers"] = ties[j, to_i]["answers"]
        row["trust"] = trust[i, to_j]
        row["trust_back"] = trust[j, to_i]
    w["snapshots"] = n + 1
