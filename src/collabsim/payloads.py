"""Replicates as plain numbers and words: courses with bands, differences with intervals, the trust ledger.

What pages, lessons and handouts draw is made here; there are no colours in it and no layout.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from collabsim import display, outcomes
from collabsim.analysis import ledgers
from collabsim.analysis.differences import Difference, Estimate, estimate, paired
from collabsim.analysis.samples import Sample
from collabsim.model.simulate import Runs
from collabsim.outcomes import Outcome

SPREAD = (0.1, 0.9)
"""The band: eight in ten replicates."""
FEWEST_FOR_BAND = 10
QUARTER = 3
Payload = dict[str, Any]


def as_text(payload: Payload | list[Any]) -> str:
    """A payload as a component takes it: one text, numbers that are none as null."""
    return json.dumps(payload, separators=(",", ":"), allow_nan=False)


# --- courses ----------------------------------------------------------------------------------------


def by_quarter(outcome: Outcome, runs: Runs) -> np.ndarray:
    """An outcome over each quarter of a year: array (replicates, quarters), NaN where there is none."""
    count, months = runs.series.shape
    return outcomes.mean_over(outcome, runs.series.reshape(count, months // QUARTER, QUARTER))


def course_of(values: np.ndarray, base: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """The mean and the band of some replicates; with few of them, by way of a base that has more.

    The mean is that of the base plus the mean paired difference (the base is a control variate), which is the plain
    mean once both have the same replicates. A band of fewer than ten replicates is the base's, moved along.

    Parameters
    ----------
    values : array (replicates, points)
    base : array (at least as many replicates, points), optional
        Under the same luck.

    References
    ----------
    Law, A. M. (2015). Simulation Modeling and Analysis (5th ed.), section 11.4. McGraw-Hill.
    """
    base = values if base is None else base
    shift = _mean(values - base[: len(values)])
    mean = _mean(base) + shift
    spread = values if len(values) >= FEWEST_FOR_BAND else base + shift
    if len(spread) < FEWEST_FOR_BAND:
        return {"mean": mean}
    low, high = _quantiles(spread)
    return {"mean": mean, "low": low, "high": high}


def _mean(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _quantiles(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not np.isnan(values).any():  # the same, thirty times as fast
        low, high = np.quantile(values, SPREAD, axis=0)
        return low, high
    empty = np.isnan(values).all(axis=0)
    low, high = np.nanquantile(np.where(empty, 0.0, values), SPREAD, axis=0)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def rounded(values: np.ndarray, decimals: int) -> list[float | None]:
    """Numbers for a chart: two digits more than are shown, None where there is none."""
    return [None if math.isnan(value) else round(value, decimals + 2) for value in values.tolist()]


def scale_of(values: np.ndarray) -> float:
    """The mean of what numbers there are."""
    return float(_mean(values[:, None])[0])


# --- differences ------------------------------------------------------------------------------------


def period_of(years: int) -> str:
    """The period that is compared: six years hold a whole number of 12-, 24- and 36-month grants."""
    return "last_six" if years >= 6 else "last"


PERIOD_WORDS = {"last_six": "mean of the last six years", "last": "last year"}


def difference_row(outcome: Outcome, base: Sample, now: Sample, period: str) -> Payload:
    """One outcome: both levels, the paired difference with its interval, in figures and in words."""
    scale = display.scale(outcome)
    name = f"{outcome.name}_{period}"
    count = min(len(base.scalars[name]), len(now.scalars[name]))
    found = paired(base.scalars[name][:count], now.scalars[name][:count])
    return {
        "name": outcome.name,
        "group": outcome.group,
        "title": outcome.title,
        "unit": scale.unit,
        "meaning": outcome.meaning,
        "better": outcome.direction,
        "base": scale.bare(found.base.mean),
        "now": scale.bare(found.other.mean),
        "change": scale.change(found.difference.mean),
        "interval": interval_words(outcome, found, count),
        "sure": found.difference.excludes_zero,
        "effect": _standardised(found),
        "verdict": verdict(outcome, found.difference),
    }


def interval_words(outcome: Outcome, found: Difference, replicates: int) -> str:
    """The interval of a difference, and of how many pairs it is where some have no number."""
    ends = display.scale(outcome).interval(found.difference, signed=True)
    left_out = display.known_pairs(outcome, found, replicates)
    return f"{ends} ({left_out})" if left_out else ends


def _standardised(found: Difference) -> list[float | None]:
    """The difference and its interval in standard deviations between partnerships under the baseline."""
    sd = found.base.sd
    ends = (found.difference.mean, found.difference.low, found.difference.high)
    return [round(end / sd, 4) if sd > 0 and math.isfinite(end) else None for end in ends]


def verdict(outcome: Outcome, change: Estimate) -> str:
    """Better, worse, higher, lower, or not to be told."""
    if not math.isfinite(change.mean):
        return "no number"
    if change.mean == 0 and change.sd == 0:
        return "no change"
    if not change.excludes_zero:
        return "cannot be told from no change"
    is_up = change.mean > 0
    if outcome.direction == "neither":
        return "higher" if is_up else "lower"
    return "better" if is_up == (outcome.direction == "higher") else "worse"


def ledger(base: Sample, now: Sample) -> list[Payload]:
    """What each cause added to mean trust from the policy's start to the end, in both, and the difference."""
    count = min(base.replicates, now.replicates)
    usual, chosen = ledgers.trust_account(base), ledgers.trust_account(now)
    rows = [("All causes together", usual.change, chosen.change)]
    rows += [(line, usual.lines[line], chosen.lines[line]) for line in usual.lines]
    return [_line(title, a[:count], b[:count]) for title, a, b in rows]


def _line(title: str, base: np.ndarray, now: np.ndarray) -> Payload:
    found = {"base": estimate(base), "now": estimate(now), "change": estimate(now - base)}
    return {"title": title} | {key: _ends(value) for key, value in found.items()}


def _ends(found: Estimate) -> list[float | None]:
    return [None if not math.isfinite(x) else round(x, 5) for x in (found.mean, found.low, found.high)]
