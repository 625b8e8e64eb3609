"""The arrays that hold a partnership: their shapes, fields and meaning.

A *place* is a locality. Posts of one place are stored side by side, agency by agency, hub posts last; the
position of a post in its place is its *slot*. What one post holds about another of the same place is at
`[post, slot of the other]` in the matrices `trust`, `cap`, `met`, `contacts`, `answered` and `ties` (see `Model`).

Every array is created in `founding.py`; the rules change them in place. Times are weeks, shares are 0-1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

ORDINARY, KEY_WORKER, PROJECT_MANAGER = 0, 1, 2
CORE = -1  # the grant number of a post on core money
NO_TIE, NOT_YET = -2, -1  # in `met`: no relationship; no contact yet
NOBODY = -1  # the post number of a vacant case member
NO_CASE = -1  # the case of an encounter that is about none

# A grant's status and decision
RUNNING, GAP, CLOSED, PERMANENT = 0, 1, 2, 3
UNDECIDED, RENEWED, REFUSED = 0, 1, 2

FIRST_HUB_ID = 1 << 20
HUB_BLOCK = 256  # numbers kept for a place's hub posts, the last for its project manager
CHANNELS = ("nonrenewal", "anticipation", "gaps", "load", "coordinators")
LEAVERS_WEEKS = 13


def record(*fields: str, integers: tuple[str, ...] = ()) -> np.dtype:
    """Return a dtype of 64-bit fields: the named `integers` as int64, the others as float64."""
    return np.dtype([(name, np.int64 if name in integers else np.float64) for name in fields])


_WORLD_INTEGERS = (
    "week", "burn_in", "policy", "places", "agencies", "ordinary", "hub_agency", "host", "demand_until",
    "ties", "grant_ties", "ties_began", "staff", "events", "cases", "snapshots", "repairs", "encounters", "short",
    "reputations_moved",
)  # fmt: skip
WORLD = record(
    *_WORLD_INTEGERS,
    "demand_factor",
    "recent_performance",  # O: of the cases closed lately (SD)
    "practice",  # Q
    "alignment",
    "trust_sum",  # over directed relationships between ordinary posts; `ties` counts them
    # `ties_began` adds up the weeks in which they began
    "knowledge_sum",  # over ordinary staff in post; `staff` counts them
    "gained",
    "lost",
    "fought_away",  # trust, in this week's experiences in a place
    "setup_paid",
    "shared_goal",  # the mean of the agencies' starting goals
    integers=_WORLD_INTEGERS,
)

PLACE = record(
    "first", "ordinary", "slots", "first_team", "manager", "open_cases",
    "unworked",  # 1 while a member of an open case has nobody
    "grant",
    "first_four", "fours",  # its stretch of `fours`
    "first_met", "met",  # its stretch of this week's `encounters`
    "due",  # the first of its repairs that are due this week
    "hub", "pm",
    integers=("first", "ordinary", "slots", "first_team", "manager", "open_cases", "unworked", "grant", "first_four",
              "fours", "first_met", "met", "due"),
)  # fmt: skip

TEAM = record(
    "agency", "place", "first", "posts", "leavers",
    "cases", "unplanned",  # open cases, and those of them without one agreed plan
    "first_four", "fours",  # its stretch of its place's
    "capacity", "demand", "overload", "attendance", "excess",
    "most",  # a hazard of quitting that none of its secure staff exceeds
    "delay",  # the share of a week's work on a case that overload takes
    integers=("agency", "place", "first", "posts", "leavers", "cases", "unplanned", "first_four", "fours"),
)  # fmt: skip

AGENCY = record(
    "in_post", "weeks_vacant", "posts", "vcse", "site", "bidding", "renewed_week",
    "commitment",  # x, the leader's own
    "safe",  # psychological safety, when requests are made
    "hazard", "hire_weeks", "power", "seat", "goal", "voice", "voice_score", "heard",
    integers=("in_post", "weeks_vacant", "posts", "vcse", "site", "bidding", "renewed_week"),
)  # fmt: skip

# One agency's view of another
BETWEEN = record("trust", "clarity")

GRANT = record(
    "agency", "hub", "first", "posts", "end", "status", "decision", "replacement", "bidding", "year", "turn", "chance",
    integers=("agency", "hub", "first", "posts", "end", "status", "decision", "replacement", "bidding", "year", "turn"),
)  # fmt: skip

# What every week asks for comes first, so that it is read at one go (64 bytes); the rest fills as much again. Numbers that
# are looked up with have no sign, which spares the question whether they count from the end.
POST = np.dtype(
    [
        ("goal", np.float64),
        ("trim", np.float64),
        ("knowledge", np.float64),  # K of the occupant, or what the post's memory keeps while vacant
        ("insecurity", np.float64),
        ("id", np.int64),
        ("team", np.uint32),
        ("place", np.uint32),
        ("slot", np.uint32),
        ("agency", np.uint16),
        ("met_this_week", np.int16),
        ("tenure", np.int32),
        ("kind", np.int8),
        ("filled", np.int8),
        ("open", np.int8),
        ("core_group", np.int8),
        ("satisfaction", np.float64),
        ("fte", np.float64),
        ("disposition", np.float64),
        ("vision", np.float64),
        ("trusted", np.float64),  # at the last month's end: mean trust that counterparts had in the occupant
        ("grant", np.int32),
        ("occupant", np.int32),
        ("since", np.int32),
        ("weeks_to_fill", np.int32),
        ("year", np.int16),
        ("turn", np.int16),
        ("colocated", np.int8),
        ("introduced", np.int8),
        ("on_grant", np.int8),  # 1 for a post on a grant that can end
    ],
    align=True,
)

# What a post holds about another, besides what has a matrix of its own
TIE = np.dtype(
    [
        ("began", np.int32),
        ("partner", np.int32),  # occupant number of the other when this post was last left: for introductions
        ("requests", np.int32),
        ("answers", np.int32),
    ],
    align=True,
)

# Two posts that meet this week, and what decides how they find it
ENCOUNTER = np.dtype(
    [
        ("entity", np.int64),
        ("first", np.uint32),
        ("second", np.uint32),
        ("number", np.int32),
        ("count", np.int32),
        ("case", np.int32),
        ("chance", np.float64),  # that the first finds a contact with the second bad
        ("chance_back", np.float64),
    ],
    align=True,
)

# A request for information on a case this week, and what decides the answer
REQUEST = np.dtype(
    [
        ("word", np.uint64),
        ("asker", np.uint32),
        ("holder", np.uint32),
        ("case", np.uint32),
        ("number", np.int32),
        ("answered_before", np.int8),  # the holder's own last request to the asker, when this one was weighed
        ("made", np.int8),
        ("answered", np.int8),  # by the holder, or another way
    ],
    align=True,
)

# What is asked for every week at one go, again (64 bytes)
CASE = np.dtype(
    [
        ("id", np.int64),
        ("duration", np.float64),
        ("progress", np.float64),
        ("wait", np.float64),
        ("noise", np.float64),
        ("circumstances", np.float64),  # what weighs on the outcome besides the agencies' work (SD)
        ("needed", np.int32),
        ("received", np.int32),
        ("requested", np.int16),
        ("opened", np.int16),
        ("changes", np.int16),
        ("members", np.int8),
        ("coherent", np.int8),
    ],
    align=True,
)
MOST_MEMBERS = 4

REPAIR = record(
    "week", "post", "slot", "occupant", "partner", "side",
    "next",  # that is due in the same place this week
    "amount", "evidence",
    integers=("week", "post", "slot", "occupant", "partner", "side", "next"),
)  # fmt: skip

TIMED_EVENT = record("week", "kind", "agency", "value", "weeks", integers=("week", "kind", "agency", "weeks"))
GRANT_CLIFF, LEADER_DEPARTURE, KEY_WORKER_DEPARTURE, REORGANISATION_EVENT, DEMAND, DATA_BREACH = range(6)
TIMED_KINDS = (
    "grant_cliff", "leader_departure", "key_worker_departure", "reorganisation", "demand", "data_breach",
)  # fmt: skip

# --- what a run writes down -----------------------------------------------------------------------------------

EVENT_KINDS = (
    "quit", "nonrenewal", "closure", "reorganisation", "hire", "redeployed", "grant_renewed", "grant_refused",
    "grant_gap", "grant_closed", "grant_replaced", "leader_left", "leader_arrived", "conflict", "repaired",
    "breach", "case_opened", "case_closed",
)  # fmt: skip
(
    QUITS, NONRENEWAL, CLOSURE, REORGANISED, HIRED, REDEPLOYED, GRANT_RENEWED, GRANT_REFUSED,
    GRANT_GAP, GRANT_CLOSED, GRANT_REPLACED, LEADER_LEFT, LEADER_ARRIVED, CONFLICT, REPAIRED,
    BREACH, CASE_OPENED, CASE_CLOSED,
) = range(len(EVENT_KINDS))  # fmt: skip
EVENT = record("week", "kind", "subject", "other", "value", integers=("week", "kind", "subject", "other"))

CLOSED_CASE = record(
    "id", "opened", "closed", "members", "needed", "requested", "received", "changes", "coherent",
    "wait", "completeness", "knowledge", "performance", "outcome", "post_0", "post_1", "post_2", "post_3",
    integers=("id", "opened", "closed", "members", "needed", "requested", "received", "changes", "coherent",
              "post_0", "post_1", "post_2", "post_3"),
)  # fmt: skip

SNAPSHOT = record(
    "week", "post", "other", "occupant", "other_occupant", "age", "contacts", "requests", "answers",
    "other_requests", "other_answers", "trust", "trust_back",
    integers=("week", "post", "other", "occupant", "other_occupant", "age", "contacts", "requests", "answers",
              "other_requests", "other_answers"),
)  # fmt: skip

SERIES_STATE = (
    "trust_sum", "ties", "trust_grant_sum", "grant_ties", "low_trust_ties", "posts_filled", "posts", "knowledge_sum",
    "tie_weeks", "equity", "alignment", "practice", "institutional", "overload", "leaders_vacant", "insecure",
    "hub_filled",
)  # fmt: skip
SERIES_FLOWS = (
    "quits", "nonrenewals", "reorganised", "hires", "filled_weeks", "grant_quits", "grant_separations",
    "grant_filled_weeks", "grant_post_weeks", "needed", "requested", "received", "contacts", "conflicts",
    "breaches", "cases_opened", "cases_closed", "worker_changes", "completeness_sum", "wait_sum",
    "performance_sum", "outcome_sum",
    "programme_cash", "staff_time", "bids_cost", "reporting_cost", "leavers_cost", "closures_cost", "cover_cost",
    "breaches_cost", "vacancy_saving",
)  # fmt: skip
SERIES_COLUMNS = SERIES_STATE + SERIES_FLOWS
SERIES = record(*SERIES_COLUMNS)

LEDGER_LINES = (
    "good_contacts", "bad_contacts", "conflicts", "repairs", "drift", "breaches", "left_quit", "left_nonrenewal",
    "left_reorganisation", "newcomers", "introductions",
)  # fmt: skip
KNOWLEDGE_LINES = ("learned", "forgotten", "left", "newcomers")
LEDGER = record(*LEDGER_LINES, *(f"knowledge_{line}" for line in KNOWLEDGE_LINES))


class Model(NamedTuple):
    """Everything that a rule may look at or change in a week; rules take it as `m`.

    The first six are single records: the run's key, the world, the policy and the context in force, and this month's
    rows of the series and of the ledger. The others are the arrays above; the last block is scratch.
    """

    key: Any
    world: Any
    policy: Any
    context: Any
    month: Any
    ledger: Any
    places: Any
    teams: Any
    leavers: Any  # (teams, 13): leavers of each team by week, going round
    agencies: Any
    between: Any  # (agencies + 1, agencies + 1): one agency's view of another, the hub's last
    grants: Any
    grant_posts: Any  # posts by grant: `grants["first"]` and `["posts"]` mark each grant's stretch
    posts: Any
    trust: Any  # (posts, slots): trust of a post in another of its place
    cap: Any  # (posts, slots): what that trust cannot pass
    met: Any  # (posts, slots): week of their last contact, NOT_YET, or NO_TIE; 16 bits, as no run has 32,768 weeks
    contacts: Any  # (posts, slots): how often they have met
    answered: Any  # (posts, slots): whether its last request to the other was answered (1 or 0); -1: none yet
    ties: Any  # (posts, slots)
    evidence: Any  # (2, posts, slots): r and s of the beta rule, else next to nothing
    sides: Any  # (6, posts, slots) where trust has two dimensions (see `dimensions`), else next to nothing
    cases: Any
    member_post: Any  # (cases, 4): the post that works a case in each of its teams
    member_team: Any
    open_cases: Any  # (places, room): open cases first, then free rows of `cases`
    repairs: Any
    timed: Any
    events: Any
    closed_cases: Any
    snapshots: Any
    fours: Any  # what the words of pairs of posts go by, place by place (see `contact`)
    encounters: Any
    requests: Any
    likely: Any  # who could meet this week,
    rates: Any  # at what rate, and
    none: Any  # how probable it is that they do not
    entities: Any  # whose words are drawn together, and
    words: Any  # these words
    target: Any
    moved: Any
    fresh: Any
    output: Any  # by weeks of tenure: a member of staff's output
    sums: Any
    counts: Any
    given: Any  # (2 (agencies + 1), slots): trust of each agency's members in a place, on grants apart (`monthly`)
    known: Any  # alike: how many of them know who is in the slot
    doubted: Any  # (2, slots): how many of its ordinary and of its hub staff hold less than working trust
