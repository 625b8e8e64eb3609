"""The compiled model and the plain Mesa model, written apart from one declaration, agree draw for draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from reference import ReferencePartnership
from reference.arbitrary import arbitrary_channels, arbitrary_scenario
from reference.examples import EXAMPLE, EXAMPLES, STRUCTURAL_VARIANTS, TOWN, unmoved_levers
from reference.ledger import KNOWLEDGE_LINES, TRUST_LINES
from reference.partnership import CHANNELS

from collabsim.model.memory import FAR
from collabsim.model.simulate import Run, run_once
from collabsim.model.state import EVENT_KINDS
from collabsim.scenario import Scenario

# A quarter of the structures for each example, another quarter for the next.
VARIANTS = [
    (example.name, number)
    for turn, example in enumerate(EXAMPLES)
    for number in range(turn % 4, len(STRUCTURAL_VARIANTS), 4)
]
FIRST_VARIANT = dict(reversed(VARIANTS))
SWITCHED_OFF = list(product(("grants", "late notice", "hub"), CHANNELS))
EVERY_KIND = {
    "quit", "nonrenewal", "closure", "reorganisation", "hire", "redeployed", "grant_renewed", "grant_refused",
    "grant_gap", "grant_closed", "grant_replaced", "leader_left", "leader_arrived", "conflict", "repaired",
    "breach", "case_opened", "case_closed",
}  # fmt: skip
SAME = {"rtol": 1e-9, "atol": 1e-9}


def example(name: str, variant: int) -> Scenario:
    return replace(EXAMPLE[name], structure=STRUCTURAL_VARIANTS[variant])


@cache
def plain_run(name: str, variant: int) -> ReferencePartnership:
    model = ReferencePartnership(example(name, variant), seed=variant, replicate=2, row=1)
    model.run()
    return model


def assert_same_run(scenario: Scenario, luck: Mapping, channels: Mapping[str, int] | None = None) -> None:
    plain = ReferencePartnership(scenario, **luck, channels=channels)
    plain.run()
    assert_same(plain, run_once(scenario, **luck, record=("events",), channels=channels))


def assert_same(plain: ReferencePartnership, compiled: Run) -> None:
    assert_same_events(plain, compiled)
    columns = {column: column for column in plain.series[0] if column != "month"}
    assert_same_months(plain.series, compiled.series, columns)
    lines = {line: line.replace(": ", "_").replace(" ", "_") for line in TRUST_LINES}
    assert_same_months(plain.ledger, compiled.ledger, lines)
    lines = {line: f"knowledge_{line}" for line in KNOWLEDGE_LINES}
    assert_same_months(plain.knowledge_ledger, compiled.ledger, lines)
    assert_same_trust(plain, compiled)


def assert_same_events(plain: ReferencePartnership, compiled: Run) -> None:
    ours, theirs = sorted(plain.events), sorted(compiled_events(compiled))
    pairs = zip(ours, theirs, strict=False)
    first = next((f"plain {one}, compiled {other}" for one, other in pairs if one[:4] != other[:4]), "")
    assert not first
    assert len(ours) == len(theirs)
    np.testing.assert_allclose([row[4] for row in ours], [row[4] for row in theirs], **SAME)


def compiled_events(run: Run) -> list[tuple]:
    fields = ("week", "kind", "subject", "other", "value")
    rows = zip(*(run.events[field].tolist() for field in fields), strict=True)
    return [(week, EVENT_KINDS[kind], *rest) for week, kind, *rest in rows]


def assert_same_months(plain: list[dict], compiled: np.ndarray, columns: Mapping[str, str]) -> None:
    for ours, theirs in columns.items():
        months = [month[ours] for month in plain]
        np.testing.assert_allclose(months, compiled[theirs], err_msg=theirs, **SAME)


def assert_same_trust(plain: ReferencePartnership, compiled: Run) -> None:
    ours, theirs = {pair: tie.trust for pair, tie in plain.ties().items()}, compiled_trust(compiled)
    assert ours.keys() == theirs.keys()
    np.testing.assert_allclose([ours[pair] for pair in ours], [theirs[pair] for pair in ours], **SAME)


def compiled_trust(run: Run) -> dict[tuple[int, int], float]:
    posts, trust = run.arrays["posts"], run.arrays["trust"]
    filled = [(row, post) for row, post in enumerate(posts) if post["filled"]]
    return {
        (int(post["id"]), int(other["id"])): trust[row, other["slot"]]
        for (row, post), (_, other) in product(filled, filled)
        if post["place"] == other["place"] and post["team"] != other["team"]
    }


# The comparison


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_both_models_live_the_same_years(name: str, variant: int) -> None:
    luck = {"seed": variant, "replicate": 2, "row": 1}
    compiled = run_once(example(name, variant), **luck, record=("events",))
    assert_same(plain_run(name, variant), compiled)


@pytest.mark.parametrize("variant", range(len(STRUCTURAL_VARIANTS)))
def test_both_models_hold_competence_and_goodwill_apart_alike(variant: int) -> None:
    both = STRUCTURAL_VARIANTS[variant] | {"structure.trust_dimensions": "two"}
    scenario = replace(EXAMPLES[variant % len(EXAMPLES)], structure=both)
    assert_same_run(scenario, {"seed": variant, "replicate": 3})


@pytest.mark.parametrize("variant", (0, 5, 10))
def test_both_models_take_effects_as_published_alike(variant: int) -> None:
    published = STRUCTURAL_VARIANTS[variant] | {"structure.effect_sizes": "published"}
    scenario = replace(EXAMPLE["voice"], structure=published)
    assert_same_run(scenario, {"seed": variant})


@pytest.mark.parametrize(("name", "channel"), SWITCHED_OFF)
def test_both_models_switch_off_a_channel_alike(name: str, channel: str) -> None:
    assert_same_run(EXAMPLE[name], {"seed": 11}, {channel: 0})


@pytest.mark.parametrize("seed", range(30))
def test_both_models_agree_on_partnerships_drawn_at_random(seed: int) -> None:
    assert_same_run(arbitrary_scenario(seed), {"seed": seed, "replicate": 1}, arbitrary_channels(seed))


@pytest.mark.parametrize("seed", range(20))
def test_both_models_agree_on_whatever_the_model_accepts(seed: int) -> None:
    scenario = arbitrary_scenario(seed, wide=True)
    assert_same_run(scenario, {"seed": seed, "replicate": 1}, arbitrary_channels(seed))


def test_both_models_live_alike_where_memory_is_read_ahead() -> None:
    agencies = tuple(replace(agency, posts=36 * agency.posts) for agency in TOWN.agencies)
    large = replace(TOWN, agencies=agencies, events=(), years=1)
    assert sum(agency.posts for agency in large.agencies) > FAR
    plain = ReferencePartnership(large, seed=4)
    while len(plain.series) < 2:
        plain.step()
    columns = {column: column for column in plain.series[0] if column != "month"}
    assert_same_months(plain.series, run_once(large, seed=4).series[:2], columns)


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
    assert len(plain_run(TOWN.name, FIRST_VARIANT[TOWN.name]).localities) > 1


# The plain model on its own


@pytest.mark.parametrize("name", EXAMPLE)
def test_trust_stays_between_0_and_1(name: str) -> None:
    trust = [tie.trust for tie in plain_run(name, FIRST_VARIANT[name]).ties().values()]
    assert trust
    assert 0 <= min(trust) <= max(trust) <= 1


@pytest.mark.parametrize("name", EXAMPLE)
def test_ledgers_sum_to_the_change_of_the_mean(name: str) -> None:
    model = ReferencePartnership(EXAMPLE[name], seed=5)
    before = model.trust_ledger.mean, model.knowledge_book.mean
    model.run()
    booked = [sum(sum(month.values()) for month in book) for book in (model.ledger, model.knowledge_ledger)]
    after = model.trust_ledger.mean, model.knowledge_book.mean
    np.testing.assert_allclose(booked, np.subtract(after, before), atol=1e-12)


@pytest.mark.parametrize("name", EXAMPLE)
def test_posts_are_conserved_and_only_open_posts_are_filled(name: str) -> None:
    model = plain_run(name, FIRST_VARIANT[name])
    assert len(model.ordinary_posts) == sum(agency.posts for agency in EXAMPLE[name].agencies)
    assert all(post.open for post in model.posts if post.filled)
