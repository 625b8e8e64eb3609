"""The compiled model and the plain Mesa model, written apart from one declaration, agree draw for draw."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from reference import ReferencePartnership
from reference.examples import EXAMPLE, EXAMPLES, STRUCTURAL_VARIANTS, TOWN, unmoved_levers
from reference.ledger import KNOWLEDGE_LINES, TRUST_LINES
from reference.partnership import CHANNELS

from collabsim.model.simulate import Run, run_once
from collabsim.model.state import EVENT_KINDS

# A quarter of the structures for each example, another quarter for the next.
VARIANTS = [
    (example.name, number)
    for turn, example in enumerate(EXAMPLES)
    for number in range(turn % 4, len(STRUCTURAL_VARIANTS), 4)
]
SWITCHED_OFF = [(name, off) for name in ("grants", "late notice", "hub") for off in CHANNELS]
EVERY_KIND = {
    "quit", "nonrenewal", "closure", "reorganisation", "hire", "redeployed", "grant_renewed", "grant_refused",
    "grant_gap", "grant_closed", "grant_replaced", "leader_left", "leader_arrived", "conflict", "repaired",
    "breach", "case_opened", "case_closed",
}  # fmt: skip


@cache
def plain_run(name: str, variant: int, off: str = "") -> ReferencePartnership:
    scenario = replace(EXAMPLE[name], structure=STRUCTURAL_VARIANTS[variant])
    model = ReferencePartnership(
        scenario, seed=variant, replicate=2, row=1, channels={off: 0} if off else None
    )
    model.run()
    return model


@cache
def compiled_run(name: str, variant: int, off: str = "") -> Run:
    scenario = replace(EXAMPLE[name], structure=STRUCTURAL_VARIANTS[variant])
    channels = {off: 0} if off else None
    return run_once(scenario, seed=variant, replicate=2, row=1, record=("events",), channels=channels)


def compiled_events(run: Run) -> list[tuple]:
    fields = ("week", "kind", "subject", "other", "value")
    rows = zip(*(run.events[field].tolist() for field in fields), strict=True)
    return [(week, EVENT_KINDS[kind], *rest) for week, kind, *rest in rows]


def assert_same_events(plain: ReferencePartnership, compiled: Run) -> None:
    ours, theirs = sorted(plain.events), sorted(compiled_events(compiled))
    first = next((pair for pair in zip(ours, theirs, strict=False) if pair[0][:4] != pair[1][:4]), None)
    assert first is None, f"plain {first[0]}, compiled {first[1]}"
    assert len(ours) == len(theirs)
    np.testing.assert_allclose([row[4] for row in ours], [row[4] for row in theirs], rtol=1e-9, atol=1e-9)


def assert_same_months(
    plain: list[dict[str, float]], compiled: dict[str, np.ndarray], columns: tuple
) -> None:
    for column in columns:
        ours = [month[column] for month in plain]
        np.testing.assert_allclose(ours, compiled[column], rtol=1e-9, atol=1e-9, err_msg=column)


def assert_same_trust(plain: ReferencePartnership, compiled: Run) -> None:
    ours = {pair: tie.trust for pair, tie in plain.ties().items()}
    assert ours.keys() == compiled.trust.keys()
    theirs = [compiled.trust[pair] for pair in ours]
    np.testing.assert_allclose(list(ours.values()), theirs, rtol=1e-9, atol=1e-9)


def assert_same_run(plain: ReferencePartnership, compiled: Run) -> None:
    assert_same_events(plain, compiled)
    columns = tuple(column for column in plain.series[0] if column != "month")
    assert_same_months(plain.series, compiled.series, columns)
    assert_same_months(plain.ledger, compiled.ledger, TRUST_LINES)
    assert_same_months(plain.knowledge_ledger, compiled.knowledge_ledger, KNOWLEDGE_LINES)
    assert_same_trust(plain, compiled)


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_both_models_live_the_same_years(name: str, variant: int) -> None:
    assert_same_run(plain_run(name, variant), compiled_run(name, variant))


@pytest.mark.parametrize(("name", "off"), SWITCHED_OFF)
def test_both_models_switch_off_a_channel_alike(name: str, off: str) -> None:
    assert_same_run(plain_run(name, 0, off), compiled_run(name, 0, off))


# What the comparison covers


def test_every_lever_is_moved_somewhere() -> None:
    assert unmoved_levers() == set()


def test_every_structure_occurs() -> None:
    assert len(STRUCTURAL_VARIANTS) == 16
    assert {variant for _, variant in VARIANTS} == set(range(16))


def test_every_kind_of_event_happens_more_than_once() -> None:
    seen = Counter(event[1] for run in VARIANTS for event in plain_run(*run).events)
    assert set(seen) == set(EVENT_KINDS) == EVERY_KIND
    assert min(seen.values()) > 1


def test_every_ledger_line_is_used() -> None:
    months = [month for run in VARIANTS for month in plain_run(*run).ledger]
    assert all(any(month[line] for month in months) for line in TRUST_LINES)


def test_the_town_has_several_localities() -> None:
    assert len(plain_run(TOWN.name, 2).localities) > 1


# The plain model on its own


@pytest.mark.parametrize("name", EXAMPLE)
def test_trust_stays_between_0_and_1(name: str) -> None:
    trust = [tie.trust for tie in plain_run(name, first_variant(name)).ties().values()]
    assert trust
    assert 0 <= min(trust) <= max(trust) <= 1


@pytest.mark.parametrize("name", EXAMPLE)
def test_ledgers_sum_to_the_change_of_the_mean(name: str) -> None:
    start = ReferencePartnership(EXAMPLE[name], seed=5)
    before = start.trust_ledger.mean, start.knowledge_book.mean
    start.run()
    booked = [sum(sum(m.values()) for m in months) for months in (start.ledger, start.knowledge_ledger)]
    after = start.trust_ledger.mean, start.knowledge_book.mean
    np.testing.assert_allclose(booked, np.subtract(after, before), atol=1e-12)


@pytest.mark.parametrize("name", EXAMPLE)
def test_posts_are_conserved_and_only_open_posts_are_filled(name: str) -> None:
    model = plain_run(name, first_variant(name))
    assert len(model.ordinary_posts) == sum(agency.posts for agency in EXAMPLE[name].agencies)
    assert all(post.open for post in model.posts if post.filled)


def first_variant(name: str) -> int:
    return next(variant for example, variant in VARIANTS if example == name)
