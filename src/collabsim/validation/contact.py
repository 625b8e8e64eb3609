"""Patterns of contact: new working ties, how the effect of co-location builds up, what it needs."""

from __future__ import annotations

import numpy as np

from collabsim.analysis.differences import Estimate
from collabsim.model.simulate import Run
from collabsim.parameters import Value
from collabsim.scenario import Scenario
from collabsim.validation.lab import ALL_GRANT, Lab
from collabsim.validation.sums import jackknife, quotient, ratio

TOGETHER = {"colocation.days": 5.0}
"""Everybody in one building all week: what the natural and randomised experiments moved people into."""
WORKING = 12
"""Contacts a year that make a working tie: one a month."""


def _before_and_after(lab: Lab) -> list[list[Run]]:
    return [lab.usual(), lab.runs(lab.scenario(policy=TOGETHER), ("relationships",))]


def new_working_ties(lab: Lab) -> Estimate:
    """Pattern 4: chance that a pair without a working tie has one in the first year of co-location, over that without."""
    pieces = [[_new_ties(run) for run in runs] for runs in _before_and_after(lab)]
    return jackknife(lambda sums: quotient(ratio(sums[1]), ratio(sums[0])), np.array(pieces).swapaxes(0, 1))


def _new_ties(run: Run) -> np.ndarray:
    """Pairs that have a working tie in the third year and had none in the second, and pairs that had none."""
    years = [_contacts(run, year) for year in (1, 2, 3)]
    new = pairs = 0
    for pair, contacts in years[2].items():
        if pair in years[1]:  # together for the whole year
            earlier = years[1][pair] - years[0].get(pair, 0)
            if earlier < WORKING:
                pairs += 1
                new += contacts - years[1][pair] >= WORKING
    return np.array([new, pairs], dtype=float)


def _contacts(run: Run, year: int) -> dict[tuple[int, ...], int]:
    """Contacts so far of each pair of people at the end of a year of the run."""
    rows = run.snapshots[run.snapshots["week"] == 52 * year - 1]
    who = ("post", "occupant", "other", "other_occupant")
    return {tuple(row[:4]): row[4] for row in rows[[*who, "contacts"]].tolist()}


# --- the effect of co-location year by year ------------------------------------------------------


def early_gap(lab: Lab) -> Estimate:
    """Pattern 6: the gap in trust in the first year of co-location over that in years 4 to 6."""
    return jackknife(lambda sums: quotient(_gap(sums, 1, 1), _gap(sums, 4, 6)), _yearly(lab))


def late_gap(lab: Lab) -> Estimate:
    """Pattern 6: the gap in years 8 to 10 over that in years 4 to 6."""
    return jackknife(lambda sums: quotient(_gap(sums, 8, 10), _gap(sums, 4, 6)), _yearly(lab))


def _yearly(lab: Lab) -> np.ndarray:
    """Trust and relationships by year after the policy's start: (replicates, worlds, 2, years)."""
    pieces = [
        [[run.series[c][24:].reshape(-1, 12).sum(axis=1) for c in ("trust_sum", "ties")] for run in runs]
        for runs in _before_and_after(lab)
    ]
    return np.array(pieces).swapaxes(0, 1)


def _gap(sums: np.ndarray, first: int, last: int) -> float:
    apart, together = sums[..., first - 1 : last].sum(axis=-1)
    return ratio(together) - ratio(apart)


# --- what co-location needs -----------------------------------------------------------------------

_STABLE: dict[str, Value] = {"funding.permanent": True}
_SHARED: dict[str, Value] = {"shared_record.interoperability": 1.0}


def pays_with_continuity(lab: Lab) -> Estimate:
    """Pattern 32: how much more co-location adds to information on cases with permanent than with 12-month funding."""
    return _interaction(lab, ({}, _STABLE))


def pays_with_shared_systems(lab: Lab) -> Estimate:
    """Pattern 32: how much more it adds with a shared record than without."""
    return _interaction(lab, ({}, _SHARED))


def pays_with_both(lab: Lab) -> Estimate:
    """Pattern 32: how much more it adds with permanent funding and a shared record than with neither."""
    return _interaction(lab, ({}, {**_STABLE, **_SHARED}))


def _interaction(lab: Lab, settings: tuple[dict[str, Value], dict[str, Value]]) -> Estimate:
    worlds = [_world(lab, setting, days) for setting in settings for days in (0.0, 5.0)]
    pieces = [[_completeness(run) for run in lab.runs(world)] for world in worlds]

    def more(sums: np.ndarray) -> float:
        levels = [ratio(world) for world in sums]
        return (levels[3] - levels[2]) - (levels[1] - levels[0])

    return jackknife(more, np.array(pieces).swapaxes(0, 1))


def _world(lab: Lab, setting: dict[str, Value], days: float) -> Scenario:
    return lab.scenario(ALL_GRANT, policy={**setting, "colocation.days": days})


def _completeness(run: Run) -> list[float]:
    after = run.series[-72:]
    return [after["completeness_sum"].sum(), after["cases_closed"].sum()]
