"""Shapley values of games with known answers, and of the model's channels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collabsim.analysis.attribution import (
    REMAINDER,
    TITLES,
    Coalition,
    attribute,
    coalitions,
    shapley,
    split,
)
from collabsim.analysis.differences import estimate
from collabsim.analysis.samples import sample
from collabsim.model.state import CHANNELS
from collabsim.scenario import load_scenario

FIVE = ("a", "b", "c", "d", "e")


def game(players: tuple[str, ...], worth: Callable[[Coalition], float]) -> dict[Coalition, np.ndarray]:
    return {group: np.array([float(worth(group))]) for group in coalitions(players)}


def values(players: tuple[str, ...], worth: Callable[[Coalition], float]) -> list[float]:
    return [float(value[0]) for value in shapley(game(players, worth), players).values()]


def any_game(seed: int) -> dict[Coalition, np.ndarray]:
    """A game of five players in three replicates."""
    draws = np.random.default_rng(seed)
    return {group: draws.uniform(-1, 1, 3) for group in coalitions(FIVE)}


GAMES = st.integers(0, 2**32 - 1).map(any_game)


# --- games with known values --------------------------------------------------------------------


def test_there_are_32_sets_of_five_channels() -> None:
    assert len(set(coalitions(CHANNELS))) == 32


def test_in_an_additive_game_each_gets_what_it_brings() -> None:
    brings = {"a": 1.0, "b": 2.0, "c": -4.0}
    assert values(("a", "b", "c"), lambda group: sum(brings[p] for p in group)) == [1.0, 2.0, -4.0]


def test_a_majority_of_three_shares_equally() -> None:
    assert values(("a", "b", "c"), lambda group: len(group) >= 2) == pytest.approx([1 / 3] * 3)


def test_one_left_glove_among_two_right_ones_is_worth_two_thirds() -> None:
    found = values(("left", "right 1", "right 2"), lambda group: "left" in group and len(group) > 1)
    assert found == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_the_airports_runway_is_shared_by_sections() -> None:
    needs = {"small": 1.0, "middle": 2.0, "large": 3.0}
    found = values(tuple(needs), lambda group: max((needs[p] for p in group), default=0.0))
    assert found == pytest.approx([1 / 3, 5 / 6, 11 / 6])


def test_a_pure_interaction_is_split_evenly() -> None:
    found = values(FIVE, lambda group: {"a", "c"} <= group)
    assert found == pytest.approx([0.5, 0.0, 0.5, 0.0, 0.0])


# --- what makes them Shapley values -------------------------------------------------------------


@given(GAMES)
def test_the_values_sum_to_the_whole(worths: dict[Coalition, np.ndarray]) -> None:
    whole = worths[frozenset(FIVE)] - worths[frozenset()]
    assert sum(shapley(worths, FIVE).values()) == pytest.approx(whole, abs=1e-12)


@given(GAMES)
def test_a_player_who_changes_nothing_gets_nothing(worths: dict[Coalition, np.ndarray]) -> None:
    without = {group: worths[group - {"e"}] for group in worths}
    assert shapley(without, FIVE)["e"].tolist() == [0.0, 0.0, 0.0]


@given(GAMES)
def test_players_who_are_alike_get_the_same(worths: dict[Coalition, np.ndarray]) -> None:
    swap = {"a": "b", "b": "a"}
    mirrored = {g: worths[frozenset(swap.get(p, p) for p in g)] for g in worths}
    alike = {group: worths[group] + mirrored[group] for group in worths}
    found = shapley(alike, FIVE)
    assert found["a"] == pytest.approx(found["b"], abs=1e-12)


@given(GAMES, GAMES)
def test_the_values_of_a_sum_are_the_sums_of_the_values(
    one: dict[Coalition, np.ndarray], other: dict[Coalition, np.ndarray]
) -> None:
    both = shapley({group: one[group] + other[group] for group in one}, FIVE)
    for player, value in both.items():
        assert value == pytest.approx(shapley(one, FIVE)[player] + shapley(other, FIVE)[player], abs=1e-12)


@given(GAMES)
def test_lines_and_remainder_sum_to_the_total(worths: dict[Coalition, np.ndarray]) -> None:
    found = split("trust_last", worths, FIVE)
    lines = [line.mean for line in found.lines().values()]
    assert sum(lines) == pytest.approx(estimate(found.total).mean, abs=1e-12)
    assert list(found.lines())[-1] == REMAINDER


def test_a_replicate_without_the_outcome_is_left_out_of_every_line() -> None:
    worths = {group: np.array([1.0, 2.0, 3.0]) * len(group) for group in coalitions(FIVE)}
    worths[frozenset("a")][1] = np.nan
    found = split("cost_per_case_last", worths, FIVE)
    assert found.total.tolist() == [5.0, 15.0]
    assert found.channels["a"].tolist() == pytest.approx([1.0, 3.0])


# --- the model ----------------------------------------------------------------------------------


def test_every_channel_has_a_title() -> None:
    assert tuple(TITLES) == CHANNELS


def test_channels_of_the_model_sum_to_the_paired_difference() -> None:
    base = load_scenario("short-term-funding", years=1)
    longer = load_scenario("short-term-funding-36-months", years=1)
    names = ("trust_last", "separations_last")
    found = attribute(longer, base, names, replicates=2, seed=3)
    here, there = sample(longer, 2, seed=3).scalars, sample(base, 2, seed=3).scalars
    for name in names:
        whole = here[name] - there[name]
        assert found[name].total == pytest.approx(whole, abs=1e-15)
        lines = sum(found[name].channels.values()) + found[name].remainder
        assert lines == pytest.approx(whole, abs=1e-12)
    assert abs(found["separations_last"].channels["nonrenewal"]).max() > 0


def test_a_scenario_differs_from_itself_through_no_channel() -> None:
    scenario = load_scenario("short-term-funding", years=1)
    found = attribute(scenario, scenario, replicates=1)["trust_last"]
    assert [value.tolist() for value in found.channels.values()] == [[0.0]] * 5
    assert found.remainder.tolist() == found.total.tolist() == [0.0]
