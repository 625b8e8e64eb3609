"""Patterns of governance: who runs the partnership, how many agencies there are, and how they trust each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from collabsim.analysis.differences import Estimate
from collabsim.model.simulate import Run
from collabsim.parameters import SECTORS, Value
from collabsim.scenario import Agency, Scenario
from collabsim.validation.lab import Lab
from collabsim.validation.sums import jackknife, ratio

POSTS = 45
SIZES = (3, 4, 5, 6, 7, 8, 9, 10)
LOW_TRUST: Mapping[str, Value] = {
    "trust.institutional_start": 0.3,
    "trust.bad_base": 0.2,
    "trust.disposition_mean": 0.4,
    "goals.spread": 0.5,
}
HIGH_TRUST: Mapping[str, Value] = {
    "trust.institutional_start": 0.65,
    "trust.bad_base": 0.05,
    "trust.disposition_mean": 0.6,
    "goals.spread": 0.0,
}
"""Trust and agreement on goals at the ends of their ranges: the pattern speaks of both."""
SETTLING: Mapping[str, Value] = {"governance.load": 0.02}
"""The documented dose of attention that settling things with each other agency takes."""
WORTH_IT = 0.05
"""A gain in the performance on cases (SD) that would repay another form of governance."""


def _series(run: Run, columns: tuple[str, str]) -> list[float]:
    after = run.series[-72:]
    over = len(after) if columns[1] == "month" else after[columns[1]].sum()
    return [after[columns[0]].sum(), over]


def _against_shared(lab: Lab, form: str, columns: tuple[str, str]) -> Estimate:
    """What a form of governance changes against shared governance, paired; the NHS trust is the host."""
    worlds = [replace(lab.scenario(always={"governance.form": f}), host=0) for f in ("shared", form)]
    pieces = [[_series(run, columns) for run in lab.runs(world)] for world in worlds]
    return jackknife(lambda sums: ratio(sums[1]) - ratio(sums[0]), np.array(pieces).swapaxes(0, 1))


def on_information(form: str) -> Callable[[Lab], Estimate]:
    """Pattern 29: what a form adds to information complete at closing."""
    return lambda lab: _against_shared(lab, form, ("completeness_sum", "cases_closed"))


def on_equity(form: str) -> Callable[[Lab], Estimate]:
    """Pattern 29: what it adds to the equity of voice."""
    return lambda lab: _against_shared(lab, form, ("equity", "month"))


# --- size and trust ---------------------------------------------------------------------------------


def _sized(lab: Lab, agencies: int, trust: Mapping[str, Value], form: str) -> Scenario:
    """A partnership of 45 posts in so many agencies of all sectors in turn."""
    found = lab.scenario(always={"governance.form": form}, context={**trust, **SETTLING})
    shares = [POSTS * (n + 1) // agencies - POSTS * n // agencies for n in range(agencies)]
    named = [Agency(f"Agency {n + 1}", SECTORS[n % len(SECTORS)], posts) for n, posts in enumerate(shares)]
    return replace(found, agencies=tuple(named), host=0)


def _gains(lab: Lab, agencies: int, trust: Mapping[str, Value]) -> np.ndarray:
    """Performance and cases under shared governance and under a lead agency: (replicates, 2, 2)."""
    worlds = [_sized(lab, agencies, trust, form) for form in ("shared", "lead")]
    pieces = [
        [_series(run, ("performance_sum", "cases_closed")) for run in lab.runs(w, part=0.5)] for w in worlds
    ]
    return np.array(pieces).swapaxes(0, 1)


def _gain(sums: np.ndarray) -> float:
    return ratio(sums[1]) - ratio(sums[0])


def gain_when_small_and_trusting(lab: Lab) -> Estimate:
    """Pattern 30: what a lead agency adds to the performance on cases with three agencies and high trust."""
    return jackknife(_gain, _gains(lab, 3, HIGH_TRUST))


def more_gain_when_large(lab: Lab) -> Estimate:
    """Pattern 30: how much more it adds with ten agencies than with three, at high trust."""
    pieces = np.stack([_gains(lab, n, HIGH_TRUST) for n in (3, 10)], axis=1)
    return jackknife(lambda sums: _gain(sums[1]) - _gain(sums[0]), pieces)


def more_gain_at_low_trust(lab: Lab) -> Estimate:
    """Pattern 30: how much more it adds at low than at high trust, with three agencies."""
    pieces = np.stack([_gains(lab, 3, trust) for trust in (HIGH_TRUST, LOW_TRUST)], axis=1)
    return jackknife(lambda sums: _gain(sums[1]) - _gain(sums[0]), pieces)


def crossover(lab: Lab) -> Estimate:
    """Pattern 30: the number of agencies from which a lead agency is worth it, at high trust (11: never up to 10)."""
    return _crossover(lab, HIGH_TRUST)


def crossover_without_agreement(lab: Lab) -> Estimate:
    """Pattern 30 measured otherwise: the same with the agencies' goals as far apart as they usually are."""
    return _crossover(lab, {name: value for name, value in HIGH_TRUST.items() if name != "goals.spread"})


def _crossover(lab: Lab, trust: Mapping[str, Value]) -> Estimate:
    pieces = np.stack([_gains(lab, n, trust) for n in SIZES], axis=1)

    def first(sums: np.ndarray) -> float:
        worth = [n for n, cell in zip(SIZES, sums, strict=True) if _gain(cell) >= WORTH_IT]
        return float(worth[0]) if worth else SIZES[-1] + 1.0

    return jackknife(first, pieces)
