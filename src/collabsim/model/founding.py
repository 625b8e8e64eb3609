"""From a scenario to a partnership's first state.

`blueprint` lays the arrays out once for a scenario; `found`, compiled, brings one replicate's people into them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from collabsim.model import (
    contact,
    costs,
    draws,
    funding,
    sharing,
    state,
    timeline,
    voice,
    workforce,
    workload,
)
from collabsim.model.compiled import rule, subroutine
from collabsim.model.draws import log, median_of_three, stream, uniform
from collabsim.model.leadership import weeks
from collabsim.parameters import CONSTANTS, LEVERS, OPTIONS, STRUCTURES, UNCERTAINTIES, encode, undiscounted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collabsim.parameters import Value
    from collabsim.scenario import Scenario

SMALL_PARTNERSHIP = 60  # posts: up to here everybody works with everybody
COUNTERPARTS = 20  # about how many a post has in a larger one
LONGEST_TENURE = 1040
WIDTH = 16  # rows of the matrices between posts are filled up to whole blocks, which the machine goes through fastest

POLICY = state.record(
    *(lever.field for lever in LEVERS),
    *(f"channel_{channel}" for channel in state.CHANNELS),
    "cost_setup", "cost_cash", "cost_time",
)  # fmt: skip
_CONTEXT = (*UNCERTAINTIES, *CONSTANTS, *STRUCTURES, *OPTIONS)
CONTEXT = state.record(*(p.field for p in _CONTEXT))

Arrays = dict[str, np.ndarray]


# --- layout -----------------------------------------------------------------------------------------------------


def locality_count(posts: list[int]) -> int:
    """Return how many localities a partnership with these posts per agency is dealt into."""
    total = sum(posts)
    if total <= SMALL_PARTNERSHIP:
        return 1
    size = (
        math.floor(COUNTERPARTS / (1 - sum((n / total) ** 2 for n in posts)) + 0.5)
        if len(posts) > 1
        else total
    )
    return max(1, math.floor(total / size + 0.5))


def blueprint(scenario: Scenario, channels: Mapping[str, float] | None = None) -> Arrays:
    """Return the arrays of a scenario before anybody is in post (fields in `state.py`).

    Parameters
    ----------
    scenario : Scenario
    channels : mapping of str to float, optional
        Channels of short-term funding to switch off (0), for attribution.
    """
    posts = [agency.posts for agency in scenario.agencies]
    plan = policies(scenario, channels or {})
    arrays = {
        "policies": plan[0],
        "policy_weeks": plan[1],
        "timed": timed_events(scenario),
        "context": context(scenario),
    }
    arrays |= layout(scenario, posts, hub_posts(scenario, plan[0], posts))
    arrays["world"] = world(scenario, posts, arrays)
    return arrays


def policies(scenario: Scenario, channels: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the policies of the timeline (POLICY records) and the weeks they start in."""
    start = scenario.burn_in_years * 52
    steps: list[tuple[int, Mapping[str, Value]]] = [(0, scenario.baseline)]
    if start > 0 or scenario.policy != scenario.baseline:
        steps.append((start, scenario.policy))
    for event in scenario.events:
        if event.kind == "policy":
            steps.append((start + weeks_of(event.month), {**steps[-1][1], **(event.policy or {})}))
    merged: dict[int, Mapping[str, Value]] = dict(steps)  # of several in one week the last one counts
    rows = np.array([policy_record(p, channels, scenario) for p in merged.values()], dtype=POLICY)
    return rows, np.array(list(merged), dtype=np.int64)


def weeks_of(months: float) -> int:
    """Return months as whole weeks (the rule `weeks`, from Python)."""
    return math.floor(months * 52 / 12 + 0.5)


def policy_record(
    policy: Mapping[str, Value], channels: Mapping[str, float], scenario: Scenario
) -> tuple[float, ...]:
    """Return one POLICY record."""
    cost = costs.programme_cost(policy, sum(a.posts for a in scenario.agencies))
    return (
        *(encode(lever, policy[lever.name]) for lever in LEVERS),
        *(float(channels.get(channel, 1.0)) for channel in state.CHANNELS),
        *cost,
    )


def context(scenario: Scenario) -> np.ndarray:
    """Return the uncertainties, constants and structural choices as one CONTEXT record.

    Where the structure says so, effects from other settings are taken as published: without their discount.
    """
    values = {**scenario.context, **scenario.structure}
    row = [encode(p, values[p.name]) for p in _CONTEXT]
    if values["structure.effect_sizes"] == "published":
        row = [undiscounted(p, value) for p, value in zip(_CONTEXT, row, strict=True)]
    return np.array([tuple(row)], dtype=CONTEXT)


def timed_events(scenario: Scenario) -> np.ndarray:
    """Return the timeline's events other than policies (TIMED_EVENT records), in file order."""
    start = scenario.burn_in_years * 52
    rows = [
        (start + weeks_of(e.month), state.TIMED_KINDS.index(e.kind), e.agency, e.value, round(e.weeks))
        for e in scenario.events
        if e.kind != "policy"
    ]
    return np.array(rows, dtype=state.TIMED_EVENT)


def hub_posts(scenario: Scenario, plan: np.ndarray, posts: list[int]) -> list[tuple[int, int]]:
    """Return for each locality the most key-worker and project-manager posts that any policy calls for."""
    count = locality_count(posts)
    workers = []
    for q in range(count):
        ordinary = sum((q + 1) * n // count - q * n // count for n in posts)
        workers.append(math.ceil(plan["key_worker_fte_per_20"].max() * ordinary / 20 - 1e-9))
    manager = int(plan["project_manager_fte"].max() > 0)
    return [(n, manager) for n in workers]


def layout(scenario: Scenario, posts: list[int], hubs: list[tuple[int, int]]) -> Arrays:
    """Return the arrays of places, teams, agencies, posts and grants, and the matrices between posts."""
    agencies = agency_records(scenario)
    places, teams, people = place_posts(posts, hubs, scenario.host)
    grants, grant_posts = deal_grants(scenario, people, len(places), agencies)
    fours = list_fours(places, teams, people)
    slots = WIDTH * math.ceil(int(places["slots"].max()) / WIDTH)
    return {
        "agencies": agencies,
        "places": places,
        "teams": teams,
        "posts": people,
        "grants": grants,
        "grant_posts": grant_posts,
        "fours": fours,
        **matrices(scenario, len(people), slots, len(teams), len(agencies)),
        **case_tables(scenario, places),
    }


def agency_records(scenario: Scenario) -> np.ndarray:
    """Return AGENCY records, the hub's last: its hazard and hiring are its host's."""
    values, total = scenario.context, len(scenario.agencies)
    sites = sorted({a.site for a in scenario.agencies if a.site})
    spread = float(values["goals.spread"])
    records = np.zeros(total + 1, dtype=state.AGENCY)
    for n, agency in enumerate([*scenario.agencies, scenario.agencies[scenario.host]]):
        annual = float(values[f"turnover.{agency.sector}"])
        row = records[n]
        row["posts"] = agency.posts
        row["vcse"] = agency.sector == "vcse"
        row["site"] = sites.index(agency.site) if agency.site else -1
        row["hazard"] = -math.log(1 - annual) / 52
        row["hire_weeks"] = values[f"hiring.{agency.sector}"]
        row["power"] = values[f"power.{agency.sector}"] if agency.power is None else agency.power
        row["seat"] = -1.0 if agency.seat is None else agency.seat
        row["renewed_week"] = -(1 << 40)
        default_goal = 0.5 - spread + 2 * spread * n / (total - 1) if total > 1 else 0.5
        row["goal"] = default_goal if agency.goal is None else agency.goal
    records[total]["site"] = -1
    return records


def place_posts(
    posts: list[int], hubs: list[tuple[int, int]], host: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return PLACE, TEAM and POST records: posts side by side by place and agency, hub posts last in each place."""
    count, total = len(hubs), len(posts)
    places = np.zeros(count, dtype=state.PLACE)
    teams = np.zeros(count * (total + 1), dtype=state.TEAM)
    rows: list[tuple[int, int, int, int, int, int]] = []  # id, agency, team, place, slot, kind
    next_id = 0
    for q, (workers, managers) in enumerate(hubs):
        first = len(rows)
        for a in range(total + 1):
            number = workers + managers if a == total else (q + 1) * posts[a] // count - q * posts[a] // count
            t = q * (total + 1) + a
            teams[t]["agency"], teams[t]["place"], teams[t]["first"], teams[t]["posts"] = (
                a,
                q,
                len(rows),
                number,
            )
            for k in range(number):
                kind = (
                    state.ORDINARY
                    if a < total
                    else state.KEY_WORKER
                    if k < workers
                    else state.PROJECT_MANAGER
                )
                identity = next_id if a < total else hub_id(q, k, kind)
                rows.append((identity, a, t, q, len(rows) - first, kind))
                next_id += a < total
        slots = len(rows) - first
        places[q]["first"], places[q]["slots"], places[q]["ordinary"] = (
            first,
            slots,
            slots - workers - managers,
        )
        places[q]["first_team"], places[q]["grant"] = q * (total + 1), -1
        places[q]["manager"] = len(rows) - 1 if managers else -1
    people = np.zeros(len(rows), dtype=state.POST)
    people["year"] = -1
    for field, column in zip(
        ("id", "agency", "team", "place", "slot", "kind"), np.array(rows).T, strict=True
    ):
        people[field] = column
    return places, teams, people


def hub_id(place: int, k: int, kind: int) -> int:
    """Return the number of a hub post: each place has a block of its own, whatever its policies call for."""
    return (
        state.FIRST_HUB_ID
        + state.HUB_BLOCK * place
        + (state.HUB_BLOCK - 1 if kind == state.PROJECT_MANAGER else k)
    )


def deal_grants(
    scenario: Scenario, posts: np.ndarray, places: int, agencies: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return GRANT records and the posts they fund, marking each post's grant; hub grants come last."""
    posts["grant"] = state.CORE
    size = int(scenario.context["funding.posts_per_grant"])
    grants: list[tuple[int, int, list[int]]] = []
    for a, agency in enumerate(scenario.agencies):
        share = (
            scenario.context[f"grant_share.{agency.sector}"]
            if agency.grant_share is None
            else agency.grant_share
        )
        own = np.flatnonzero(posts["agency"] == a)
        number = math.floor(float(share) * len(own) + 0.5)
        funded = [int(i) for k, i in enumerate(own) if (k + 1) * number // len(own) > k * number // len(own)]
        grants += [(a, 0, funded[n : n + size]) for n in range(0, len(funded), size)]
    for q in range(places):
        hub = np.flatnonzero((posts["place"] == q) & (posts["kind"] != state.ORDINARY))
        if len(hub):
            grants.append((scenario.host, 1, list(hub)))
    records = np.zeros(len(grants), dtype=state.GRANT)
    records["year"] = -1
    order: list[int] = []
    for g, (a, hub_grant, funded_posts) in enumerate(grants):
        posts["grant"][funded_posts] = g
        records[g]["agency"], records[g]["hub"] = a, hub_grant
        records[g]["first"], records[g]["posts"] = len(order), len(funded_posts)
        order += funded_posts
    return records, np.array(order, dtype=np.int64)


def matrices(scenario: Scenario, posts: int, slots: int, teams: int, agencies: int) -> Arrays:
    """Return the empty matrices between posts and between agencies, and the scratch arrays."""
    return {
        "trust": np.zeros((posts, slots)),
        "cap": np.ones((posts, slots)),
        "met": np.full((posts, slots), state.NO_TIE, dtype=np.int16),
        "contacts": np.zeros((posts, slots), dtype=np.int32),
        "answered": np.zeros((posts, slots), dtype=np.int8),
        "ties": np.zeros((posts, slots), dtype=state.TIE),
        "evidence": np.zeros((2, posts, slots) if has_evidence(scenario) else (2, 1, 1)),
        "sides": np.zeros((6, posts, slots) if has_two_dimensions(scenario) else (6, 1, 1)),
        "between": np.zeros((agencies, agencies), dtype=state.BETWEEN),
        "leavers": np.zeros((teams, state.LEAVERS_WEEKS), dtype=np.int64),
        "repairs": np.zeros(64 + 4 * posts, dtype=state.REPAIR),
        "encounters": np.zeros(256 + 4 * posts, dtype=state.ENCOUNTER),
        "requests": np.zeros(sharing.MOST_AT_ONCE, dtype=state.REQUEST),
        "target": np.zeros((teams, slots)),
        "moved": np.zeros((2, slots)),
        "fresh": np.zeros(posts),
        "output": np.zeros(LONGEST_TENURE),
        "sums": np.zeros((agencies, agencies)),
        "counts": np.zeros((agencies, agencies)),
        "given": np.zeros((2 * agencies, slots)),
        "known": np.zeros((2 * agencies, slots)),
        "doubted": np.zeros((2, slots)),
    }


def has_evidence(scenario: Scenario) -> bool:
    """Say whether trust is what good and bad evidence supports here, in one dimension."""
    return scenario.structure["structure.trust_rule"] == "beta" and not has_two_dimensions(scenario)


def has_two_dimensions(scenario: Scenario) -> bool:
    """Say whether trust is competence and goodwill here."""
    return scenario.structure["structure.trust_dimensions"] == "two"


def case_tables(scenario: Scenario, places: np.ndarray) -> Arrays:
    """Return room for open cases: each place's list holds its open slots first, then its free ones."""
    values = scenario.context
    factor = max([1.0, *(e.value for e in scenario.events if e.kind == "demand")])
    expected = (
        float(values["cases.per_week"]) * float(places["ordinary"].max()) / 45 * float(values["cases.weeks"])
    )
    room = 32 + int(3 * factor * expected)
    total = room * len(places)
    words = max(room, int(places["slots"].max()), int(places["fours"].max()))
    most = max(contact.PAIRS * room, contact.FOUR * words, sharing.MOST_AT_ONCE)
    return {
        "likely": np.zeros(most + 1, dtype=np.int64),
        "rates": np.zeros(most),
        "none": np.zeros(most),
        "entities": np.zeros(max(room, int(places["slots"].max())), dtype=np.int64),
        "words": np.zeros(words, dtype=np.uint64),
        "open_cases": np.arange(total, dtype=np.int64).reshape(len(places), room),
        "cases": np.zeros(total, dtype=state.CASE),
        "member_post": np.full((total, state.MOST_MEMBERS), state.NOBODY, dtype=np.int32),
        "member_team": np.zeros((total, state.MOST_MEMBERS), dtype=np.int32),
    }


def list_fours(places: np.ndarray, teams: np.ndarray, posts: np.ndarray) -> np.ndarray:
    """Return what the words of contacts go by, place by place and team by team; note where each one's are.

    Each post of a team shares words with the fours of ids that hold its place's ordinary posts of later teams.
    """
    each, ids = len(teams) // len(places), posts["id"]
    found: list[np.ndarray] = []
    length = 0
    for place in places:
        first, first_id = int(place["first"]), int(ids[place["first"]])  # ids follow slots
        stop = first_id + int(place["ordinary"])
        place["first_four"] = length
        for team in teams[place["first_team"] : place["first_team"] + each]:
            own = first_id + int(team["first"]) - first + np.arange(team["posts"])
            start = first_id + int(team["first"]) - first + int(team["posts"])
            later = np.arange(start // contact.FOUR, -(-stop // contact.FOUR) if start < stop else 0)
            team["first_four"], team["fours"] = length - place["first_four"], len(own) * len(later)
            found.append(np.add.outer(own << 32, later).ravel())
            length += len(own) * len(later)
        place["fours"] = length - place["first_four"]
    return np.concatenate(found)


def world(scenario: Scenario, posts: list[int], arrays: Arrays) -> np.ndarray:
    """Return the WORLD record at the founding."""
    w = np.zeros(1, dtype=state.WORLD)
    w["burn_in"] = scenario.burn_in_years * 52
    w["places"], w["agencies"] = len(arrays["places"]), len(posts)
    w["ordinary"] = sum(posts)
    w["hub_agency"], w["host"] = len(posts), scenario.host
    w["demand_factor"] = 1.0
    goals = arrays["agencies"]["goal"]
    w["shared_goal"] = goals[: len(posts)].mean()
    goals[len(posts)] = w["shared_goal"][0]
    return w


# --- people -----------------------------------------------------------------------------------------------------


@subroutine
def found(m):
    """Found a partnership: leaders, reputations, grants, then everybody in post; ledgers begin after it."""
    for a in range(m.world["agencies"]):
        luck = stream(m.key, draws.LEADER, 0)
        m.agencies[a]["in_post"] = 1
        m.agencies[a]["commitment"] = median_of_three(
            uniform(luck, a, 0), uniform(luck, a, 1), uniform(luck, a, 2)
        )
    m.agencies[m.world["hub_agency"]]["in_post"] = 1
    m.agencies[m.world["hub_agency"]]["commitment"] = m.agencies[m.world["host"]]["commitment"]
    for a in range(m.world["agencies"] + 1):
        for b in range(m.world["agencies"] + 1):
            m.between[a, b]["trust"] = m.context["trust_institutional_start"]
            m.between[a, b]["clarity"] = m.context["role_start"]
    m.world["reputations_moved"] = 1
    workload.tabulate_output(m)
    found_grants(m)
    found_hub(m)
    timeline.seat_together(m.policy, m.teams, m.posts)
    timeline.choose_core_group(m)
    for i in range(len(m.posts)):
        m.posts[i]["occupant"] = -1
        if m.posts[i]["kind"] == state.ORDINARY or m.posts[i]["fte"] > 0.0:
            m.posts[i]["open"] = 1
            settle_founder(m, i)
    voice.align(m)
    for q in range(len(m.places)):
        workload.weigh_up(m, m.places[q])
    voice.hear(m)
    contact.budget_time(m)
    m.ledger["newcomers"] = 0.0
    m.ledger["knowledge_newcomers"] = 0.0


@rule
def found_grants(m):
    """Set the grants' clocks going, staggered over a term."""
    luck = stream(m.key, draws.GRANT_START, 0)
    called = m.policy["key_worker_fte_per_20"] > 0.0 or m.policy["project_manager_fte"] > 0.0
    logit = funding.renewal_logit(m.world, m.policy, m.context)
    for g in range(len(m.grants)):
        grant = m.grants[g]
        grant["status"] = state.RUNNING
        grant["end"] = 1 + int(math.floor(uniform(luck, g, 0) * weeks(m.policy["funding_grant_months"])))
        grant["chance"] = funding.renewal_chance(m.policy, m.context, m.agencies[grant["agency"]], logit)
        if grant["hub"] == 1 and not called:
            timeline.idle(grant)
        elif m.policy["funding_permanent"] > 0.0 or (
            grant["hub"] == 1 and m.policy["key_worker_grant_funded"] == 0.0
        ):
            grant["status"] = state.PERMANENT


@rule
def found_hub(m):
    """Give the hub posts that the first policy calls for their hours."""
    for q in range(len(m.places)):
        place = m.places[q]
        for i in range(place["first"] + place["ordinary"], place["first"] + place["slots"]):
            m.posts[i]["fte"] = timeline.hours_called_for(m.policy, place, i, m.posts[i]["kind"])
        timeline.count_hub(m.policy, place, m.teams, m.posts, m.world["agencies"])


@rule
def settle_founder(m, i):
    """Put a founder in post, with the tenure of somebody drawn from a steady workforce."""
    u = uniform(stream(m.key, draws.TENURE, 0), m.posts[i]["id"], 0)
    hazard = m.agencies[m.posts[i]["agency"]]["hazard"]
    m.posts[i]["knowledge"] = m.context["knowledge_founding"]
    workforce.arrive(m, i)
    served = -log(u) / hazard if hazard > 0.0 else 1.0 * LONGEST_TENURE
    m.posts[i]["tenure"] = int(min(1.0 * LONGEST_TENURE, math.floor(served)))


@rule
def turn_week(m):
    """Begin a week: who is in post has served another, nobody has met yet, the oldest week of leavers is forgotten."""
    served = 1 if m.world["week"] > 0 else 0
    for i in range(len(m.posts)):
        m.posts[i]["tenure"] += served * m.posts[i]["filled"]
        m.posts[i]["met_this_week"] = 0
    now = m.world["week"] % state.LEAVERS_WEEKS
    for t in range(len(m.teams)):
        m.teams[t]["leavers"] -= m.leavers[t, now]
        m.leavers[t, now] = 0
