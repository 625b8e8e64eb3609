"""Runs many replicates in batches and keeps of each what answers are made from: memory stays small.

Batches change nothing in the numbers: a replicate is a function of (scenario, seed, its number).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from collabsim import outcomes
from collabsim.accepted import DEFAULT, simulate_accepted
from collabsim.analysis.differences import replicates_for
from collabsim.model.simulate import Runs, simulate
from collabsim.model.state import KNOWLEDGE_LINES, LEDGER_LINES
from collabsim.scenario import Scenario

BATCH = 100
DEFAULT_REPLICATES = 100
MOST_REPLICATES = 10_000
FEWEST_FOR_PRECISION = 20
"""Below this a variance is too uncertain to plan by."""


class Watcher(Protocol):
    """Somebody who wants to know how far the work has come."""

    def expect(self, runs: int) -> None:
        """So many more runs are to come."""

    def tick(self) -> None:
        """One run is done."""


class _Nobody:
    def expect(self, runs: int) -> None: ...

    def tick(self) -> None: ...


NOBODY: Watcher = _Nobody()


@dataclass(frozen=True)
class Sample:
    """What is kept of the replicates of one scenario.

    Attributes
    ----------
    scalars : dict of str to array (replicates,)
        Every scalar outcome (`outcomes.scalar_names`).
    trust_ledger, knowledge_ledger : dict of str to array (replicates,)
        What each line adds to the mean from the policy's start to the end.
    trust_end, knowledge_end : array (replicates,)
        The mean at the end.
    monthly : dict of str to array (replicates, months)
        Every monthly outcome, burn-in included, where it was asked for; else empty.
    """

    scalars: dict[str, np.ndarray]
    trust_ledger: dict[str, np.ndarray]
    knowledge_ledger: dict[str, np.ndarray]
    trust_end: np.ndarray
    knowledge_end: np.ndarray
    monthly: dict[str, np.ndarray]

    @property
    def replicates(self) -> int:
        """How many there are."""
        return len(self.trust_end)


def sample(
    scenario: Scenario,
    replicates: int,
    seed: int = 0,
    *,
    first: int = 0,
    workers: int | None = None,
    keep_monthly: bool = False,
    watcher: Watcher = NOBODY,
    uncertainty: str = DEFAULT,
    keep: Collection[str] = (),
) -> Sample:
    """Run replicates `first` to `first + replicates - 1` of a scenario and keep what answers need.

    Parameters
    ----------
    scenario : Scenario
    replicates, first : int
    seed : int
    workers : int, optional
        Threads; all cores by default.
    keep_monthly : bool
        Whether to keep the monthly outcomes of every replicate (about 30 kB each in ten years).
    watcher : Watcher
    uncertainty : str
        One of `collabsim.accepted.CHOICES`: by ``accepted`` each replicate draws a member of the ensemble.
    keep : collection of str
        Uncertainties that were given a value, which no member changes.
    """
    watcher.expect(replicates)
    parts = []
    for start in range(first, first + replicates, BATCH):
        count = min(BATCH, first + replicates - start)
        how: dict[str, Any] = {"workers": workers, "progress": watcher.tick}
        if uncertainty == DEFAULT:
            runs = simulate(scenario, count, seed, start, **how)
        else:
            runs = simulate_accepted(scenario, count, seed, start, keep, **how)
        parts.append(kept(runs, scenario, keep_monthly=keep_monthly))
    return joined(parts)


def kept(runs: Runs, scenario: Scenario, *, keep_monthly: bool = False) -> Sample:
    """What is kept of some replicates of a scenario."""
    last = runs.series[:, -1:]
    booked = {
        line: runs.ledger[line][:, runs.burn_in :].sum(axis=1) for line in runs.ledger.dtype.names or ()
    }
    return Sample(
        scalars=outcomes.scalars(runs, scenario),
        trust_ledger={line: booked[line] for line in LEDGER_LINES},
        knowledge_ledger={line: booked[f"knowledge_{line}"] for line in KNOWLEDGE_LINES},
        trust_end=np.nan_to_num(outcomes.mean_over(outcomes.OUTCOME["trust"], last)),
        knowledge_end=np.nan_to_num(outcomes.mean_over(outcomes.OUTCOME["knowledge"], last)),
        monthly={o.name: outcomes.monthly(o, runs.series) for o in outcomes.MONTHLY} if keep_monthly else {},
    )


def joined(parts: Sequence[Sample]) -> Sample:
    """Several samples of one scenario, one after another."""
    return Sample(
        scalars=_joined(parts, lambda part: part.scalars),
        trust_ledger=_joined(parts, lambda part: part.trust_ledger),
        knowledge_ledger=_joined(parts, lambda part: part.knowledge_ledger),
        trust_end=np.concatenate([part.trust_end for part in parts]),
        knowledge_end=np.concatenate([part.knowledge_end for part in parts]),
        monthly=_joined(parts, lambda part: part.monthly),
    )


def _joined(
    parts: Sequence[Sample], table: Callable[[Sample], dict[str, np.ndarray]]
) -> dict[str, np.ndarray]:
    return {name: np.concatenate([table(part)[name] for part in parts]) for name in table(parts[0])}


def sample_all(
    scenarios: Sequence[Scenario],
    replicates: int,
    seed: int = 0,
    *,
    precision: float | None = None,
    half_width: Callable[[Sequence[Sample]], float] | None = None,
    workers: int | None = None,
    keep_monthly: bool = False,
    watcher: Watcher = NOBODY,
    uncertainty: str = DEFAULT,
    keep: Collection[str] = (),
) -> list[Sample]:
    """Run the same replicates of several scenarios; with `precision`, until `half_width` is no larger.

    Parameters
    ----------
    scenarios : sequence of Scenario
    replicates : int
        To begin with; with `precision` at least `FEWEST_FOR_PRECISION`.
    seed : int
    precision : float, optional
        Half-width to reach, with at most `MOST_REPLICATES`.
    half_width : callable, optional
        The half-width that the samples so far give.
    workers, keep_monthly, watcher, uncertainty, keep
        As in `sample`.
    """

    def more(first: int, count: int) -> list[Sample]:
        how: dict[str, Any] = {"workers": workers, "keep_monthly": keep_monthly, "watcher": watcher}
        drawn: dict[str, Any] = {"uncertainty": uncertainty, "keep": keep}
        return [sample(s, count, seed, first=first, **how, **drawn) for s in scenarios]

    if precision is None or half_width is None:
        return more(0, replicates)
    samples = more(0, min(MOST_REPLICATES, max(replicates, FEWEST_FOR_PRECISION)))
    while True:
        n = samples[0].replicates
        wanted = replicates_for(half_width(samples), precision, n, MOST_REPLICATES)
        if wanted <= n:
            return samples
        added = more(n, wanted - n)
        samples = [joined(pair) for pair in zip(samples, added, strict=True)]
