"""What holds in every run, whatever the levers, uncertainties and structure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from partnerships import FIVE, partnership

from collabsim.model import state
from collabsim.model.simulate import run_once, simulate
from collabsim.parameters import LEVERS, OPTIONS, STRUCTURES, UNCERTAINTIES
from collabsim.scenario import Agency, Event

EVENTS = (
    Event(1, "demand", value=1.5, weeks=20),
    Event(3, "data_breach", agency=1),
    Event(5, "grant_cliff", agency=4),
    Event(6, "reorganisation", value=0.3),
    Event(8, "leader_departure"),
    Event(9, "key_worker_departure"),
    Event(10, "policy", policy={"key_worker.fte_per_20": 0.0, "colocation.days": 0.0}),
    Event(14, "policy", policy={"key_worker.fte_per_20": 0.5, "funding.permanent": True}),
)


def value_of(parameter):
    if parameter.type == "boolean":
        return st.booleans()
    if parameter.type == "choice":
        return st.sampled_from(parameter.choices)
    if parameter.type == "integer":
        return st.integers(int(parameter.low), int(parameter.high))
    return st.floats(parameter.low, parameter.high)


def values(parameters):
    return st.fixed_dictionaries({p.name: value_of(p) for p in parameters})


@st.composite
def scenarios(draw):
    """Any partnership of two to six agencies, any policy and context within range, with or without events."""
    sizes = draw(st.lists(st.integers(1, 12), min_size=2, max_size=6))
    sectors = draw(
        st.lists(st.sampled_from(("nhs", "la", "police", "housing", "vcse")), min_size=6, max_size=6)
    )
    agencies = [Agency(f"agency {n}", sectors[n], posts) for n, posts in enumerate(sizes)]
    events = [e for e in EVENTS if e.agency < len(agencies)] if draw(st.booleans()) else ()
    return partnership(
        agencies,
        policy=draw(values(LEVERS)),
        context=draw(values(UNCERTAINTIES)),
        structure=draw(values((*STRUCTURES, *OPTIONS))),
        events=events,
        years=2,
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenario=scenarios(), seed=st.integers(0, 2**32))
def test_every_run_keeps_the_books(scenario, seed):
    run = run_once(scenario, seed, record=("events", "cases"))
    series, ledger, arrays = run.series, run.ledger, run.arrays

    for name in ("trust", "cap"):
        assert ((arrays[name] >= 0) & (arrays[name] <= 1)).all(), f"{name} leaves [0, 1]"
    for column in state.SERIES_COLUMNS:
        assert np.isfinite(series[column]).all(), column
    assert ((arrays["posts"]["knowledge"] >= 0) & (arrays["posts"]["knowledge"] <= 1)).all()

    # posts: nobody appears from nowhere, nobody is lost
    exits = series["quits"] + series["nonrenewals"] + series["reorganised"]
    assert (np.diff(series["posts_filled"]) == (series["hires"] - exits)[1:]).all()
    assert (series["posts_filled"] <= series["posts"]).all()

    # cases: opened, closed or still open
    still_open = arrays["places"]["open_cases"].sum()
    assert series["cases_opened"].sum() == series["cases_closed"].sum() + still_open
    assert len(run.closed_cases) == series["cases_closed"].sum()
    assert (run.closed_cases["received"] <= run.closed_cases["requested"]).all()
    assert (run.closed_cases["requested"] <= run.closed_cases["needed"]).all()

    # ledgers: the lines sum to the change, month by month
    trust = np.divide(
        series["trust_sum"], series["ties"], where=series["ties"] > 0, out=np.zeros(len(series))
    )
    lines = sum(ledger[line] for line in state.LEDGER_LINES)
    assert np.abs(np.diff(trust) - lines[1:]).max() < 1e-9
    staff = series["posts_filled"]
    known = np.divide(series["knowledge_sum"], staff, where=staff > 0, out=np.zeros(len(series)))
    lines = sum(ledger[f"knowledge_{line}"] for line in state.KNOWLEDGE_LINES)
    assert np.abs(np.diff(known) - lines[1:]).max() < 1e-9
    assert ((series["equity"] >= 1 / len(scenario.agencies) - 1e-9) & (series["equity"] <= 1 + 1e-9)).all()


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_a_lever_at_its_default_changes_nothing(lever):
    plain = partnership(years=1)
    named = plain.with_values({lever.name: lever.default})
    assert (run_once(plain).series == run_once(named).series).all()


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_every_lever_changes_something(lever):
    """Each lever is moved off its default, with the levers on that it needs in order to matter."""
    needs = {
        "funding.fix_annual": {"funding.grant_months": 36.0},
        "funding.equal_budget": {"funding.grant_months": 36.0},
        "shared_record.directory": {"sharing.misdirected": 0.4},
        "flexibility.movable_capacity": {"cases.load": 0.25, "cases.per_week": 3.0},
        "flexibility.reporting_load": {"cases.load": 0.25, "cases.per_week": 3.0},
        "colocation.share_of_posts": {"colocation.days": 4.0},
        "colocation.site": {"colocation.days": 4.0},
        "key_worker.backup": {"key_worker.fte_per_20": 1.0},
        "key_worker.grant_funded": {"key_worker.fte_per_20": 1.0},
        "project_manager.authority": {"project_manager.fte": 1.0},
        "power_sharing.vcse_seat": {"meetings.per_month": 2.0},
        "purpose.vision_pull": {"purpose.workshops_per_year": 4.0},
        "purpose.workshops_per_year": {"purpose.vision_pull": 0.5},
    }
    base = partnership(years=6).with_values(needs.get(lever.name, {}))
    moved = lever.high if lever.default != lever.high else lever.low
    if lever.type == "boolean":
        moved = not lever.default
    elif lever.type == "choice":
        moved = lever.choices[-1]
    elif lever.type == "integer":
        moved = int(moved)
    other = base.with_values({lever.name: moved})
    same = [
        (a.series == b.series).all() for a, b in ((run_once(base, n), run_once(other, n)) for n in range(3))
    ]
    assert not all(same)


def test_numbers_of_workers_and_batches_change_nothing():
    scenario = partnership(years=2)
    whole = simulate(scenario, 8, seed=5, workers=1)
    threads = simulate(scenario, 8, seed=5, workers=3)
    parts = [simulate(scenario, 3, seed=5, first=first).series for first in (0, 3)]
    assert (whole.series == threads.series).all()
    assert (whole.series[:6] == np.concatenate(parts)).all()


def test_replicates_and_seeds_differ():
    scenario = partnership(years=1)
    runs = [
        run_once(scenario, 0, 0),
        run_once(scenario, 0, 1),
        run_once(scenario, 1, 0),
        run_once(scenario, 0, 0, row=1),
    ]
    sums = {float(run.series["trust_sum"][-1]) for run in runs}
    assert len(sums) == len(runs)


def test_recording_changes_nothing():
    scenario = partnership(years=2)
    plain, recorded = run_once(scenario), run_once(scenario, record=("events", "cases", "relationships"))
    assert (plain.series == recorded.series).all()
    assert len(plain.events) == 0
    assert len(recorded.snapshots) > 0


def test_too_little_room_is_found_and_made():
    """A partnership that drowns in cases outgrows every table, and its results do not depend on their size."""
    scenario = partnership(FIVE, context={"cases.per_week": 20.0, "cases.load": 1.0}, years=2)
    run = run_once(scenario, record=("events", "cases"))
    assert run.series["cases_opened"].sum() > 1500
    assert run.arrays["world"]["short"][0] == 0


def test_the_burn_in_is_the_same_under_every_policy():
    base = partnership(years=1, burn_in_years=2)
    other = base.with_values({"funding.grant_months": 36.0, "colocation.days": 5.0})
    before = slice(0, 24)
    assert (run_once(base).series[before] == run_once(other).series[before]).all()
