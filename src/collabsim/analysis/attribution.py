"""How much of a difference comes through each channel: exact Shapley values over switched-off channels.

When to use it: two policies differ, and the model can switch off, one by one, the mechanisms through which
the difference may come. A channel's share is what switching it on adds, averaged over every order in which
the channels could be switched on; shares therefore sum to the whole, whatever the interactions.

What it needs: the difference of the outcome for each of the 2^n sets of channels that are on, under common
random numbers; for the model's five channels 32 sets, so 64 runs per replicate.

References
----------
Shapley, L. S. (1953). A value for n-person games. In Contributions to the Theory of Games II, 307-317.
Owen, A. B. (2014). Sobol' indices and Shapley value. SIAM/ASA Journal on Uncertainty Quantification 2,
245-251.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

from collabsim import outcomes
from collabsim.analysis.differences import Estimate, estimate
from collabsim.analysis.samples import NOBODY, Watcher
from collabsim.model.simulate import simulate
from collabsim.model.state import CHANNELS
from collabsim.scenario import Scenario

DEFAULT_REPLICATES = 50

TITLES = {
    "nonrenewal": "Posts lost when a grant is not renewed",
    "anticipation": "Quits before a grant's end",
    "gaps": "Gaps between grants, slow rehiring",
    "load": "Time spent on bids and reports",
    "coordinators": "Loss of grant-funded coordinators",
}
"""What each channel is called in tables and figures."""

REMAINDER = "Not through these channels"

Coalition = frozenset[str]


def coalitions(players: Sequence[str]) -> Iterator[Coalition]:
    """Every set of players, the empty one first."""
    for size in range(len(players) + 1):
        yield from map(frozenset, combinations(players, size))


def shapley(values: Mapping[Coalition, np.ndarray], players: Sequence[str]) -> dict[str, np.ndarray]:
    """Shapley values of a game, replicate by replicate.

    `phi_i = sum over S without i of |S|! (n-|S|-1)! / n! (v(S + i) - v(S))`

    Parameters
    ----------
    values : mapping of frozenset to array (replicates,)
        The worth of every set of players.
    players : sequence of str

    Returns
    -------
    dict of str to array (replicates,)
        They sum to `v(all) - v(none)`.
    """
    return {player: _shapley_of(player, values, players) for player in players}


def _shapley_of(player: str, values: Mapping[Coalition, np.ndarray], players: Sequence[str]) -> np.ndarray:
    others = [p for p in players if p != player]
    total = np.zeros_like(values[frozenset()], dtype=float)
    for group in coalitions(others):
        orders = factorial(len(group)) * factorial(len(others) - len(group))
        total += orders / factorial(len(players)) * (values[group | {player}] - values[group])
    return total


@dataclass(frozen=True)
class Attribution:
    """A difference in an outcome, split over channels.

    Attributes
    ----------
    outcome : str
        The scalar that differs.
    channels : dict of str to array (replicates,)
        What comes through each channel.
    remainder : array (replicates,)
        What is left with every channel switched off.
    total : array (replicates,)
        The whole difference; channels and remainder sum to it.
    """

    outcome: str
    channels: dict[str, np.ndarray]
    remainder: np.ndarray
    total: np.ndarray

    def lines(self) -> dict[str, Estimate]:
        """Each channel and the remainder in words, with the interval over replicates; they sum to `total`."""
        named = {TITLES.get(name, name): values for name, values in self.channels.items()}
        return {title: estimate(values) for title, values in {**named, REMAINDER: self.remainder}.items()}


def split(outcome: str, values: Mapping[Coalition, np.ndarray], players: Sequence[str]) -> Attribution:
    """The attribution of one outcome from its difference under every set of channels that are on.

    A replicate in which the outcome is missing (NaN) under any set is left out of all lines.
    """
    known = ~np.any([np.isnan(value) for value in values.values()], axis=0)
    kept = {group: value[known] for group, value in values.items()}
    none, every = kept[frozenset()], kept[frozenset(players)]
    return Attribution(outcome, shapley(kept, players), none, every)


def attribute(
    scenario: Scenario,
    base: Scenario,
    names: Sequence[str] = (outcomes.HEADLINE,),
    replicates: int = DEFAULT_REPLICATES,
    seed: int = 0,
    *,
    workers: int | None = None,
    watcher: Watcher = NOBODY,
) -> dict[str, Attribution]:
    """Split the difference `scenario - base` in some outcomes over the channels of short-term funding.

    Parameters
    ----------
    scenario, base : Scenario
    names : sequence of str
        Scalars (`outcomes.scalar_names`); more of them cost no more runs.
    replicates, seed : int
    workers : int, optional
    watcher : Watcher

    Returns
    -------
    dict of str to Attribution
    """
    watcher.expect(2 * 2 ** len(CHANNELS) * replicates)
    values: dict[str, dict[Coalition, np.ndarray]] = {name: {} for name in names}

    def scalars(of: Scenario, off: Mapping[str, float]) -> dict[str, np.ndarray]:
        runs = simulate(of, replicates, seed, workers=workers, channels=off, progress=watcher.tick)
        return outcomes.scalars(runs, of)

    for on in coalitions(CHANNELS):
        off = {channel: 0.0 for channel in CHANNELS if channel not in on}
        here, there = scalars(scenario, off), scalars(base, off)
        for name in names:
            values[name][on] = here[name] - there[name]
    return {name: split(name, values[name], CHANNELS) for name in names}
