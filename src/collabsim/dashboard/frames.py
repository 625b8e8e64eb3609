"""Turns replicates into what the components draw: plain numbers and sentences, no colours and no layout."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from collabsim import display, outcomes
from collabsim.analysis import ledgers
from collabsim.analysis.differences import Difference, Estimate, estimate, paired
from collabsim.analysis.samples import Sample, kept
from collabsim.dashboard.batches import Replicates
from collabsim.dashboard.live import Picture
from collabsim.model.simulate import Runs
from collabsim.outcomes import OUTCOME, Outcome

SPREAD = (0.1, 0.9)
"""The band: eight in ten replicates."""
FEWEST_FOR_BAND = 10
QUARTER = 3
SAMPLE = "sample"
Payload = dict[str, Any]


def as_text(payload: Payload | list[Any]) -> str:
    """A payload as a component takes it: one text, numbers that are none as null."""
    return json.dumps(payload, separators=(",", ":"), allow_nan=False)


# --- courses ------------------------------------------------------------------------------------


def courses(picture: Picture, names: Sequence[str]) -> Payload:
    """The course of some outcomes, quarter by quarter, of the baseline and of what was chosen.

    Parameters
    ----------
    picture : Picture
    names : sequence of str
        Monthly outcomes.
    """
    wish = picture.wish
    return {
        "number": wish.number,
        "done": picture.done,
        "most": wish.most,
        "same": picture.base is picture.current,
        "burn_in": wish.current.burn_in_years,
        "years": wish.current.years,
        "charts": [_course(picture, OUTCOME[name]) for name in names],
    }


def _course(picture: Picture, outcome: Outcome) -> Payload:
    scale = display.scale(outcome)
    base = by_quarter(outcome, picture.base.runs) * scale.factor
    now = (
        base if picture.base is picture.current else by_quarter(outcome, picture.current.runs) * scale.factor
    )
    start = -picture.wish.current.burn_in_years
    usual, chosen = course_of(base), course_of(now, base)
    return {
        "name": outcome.name,
        "title": outcome.title,
        "unit": scale.unit,
        "decimals": scale.decimals,
        "x": [round(start + (quarter + 0.5) / 4, 3) for quarter in range(base.shape[1])],
        "base": {line: rounded(values, scale.decimals) for line, values in usual.items()},
        "now": {line: rounded(values, scale.decimals) for line, values in chosen.items()},
        "words": _words(outcome, scale, usual, chosen, picture.base is picture.current),
    }


def quarters(replicates: Replicates, outcome: Outcome) -> np.ndarray:
    """The same as `by_quarter`, worked out once for as long as no replicates are added."""
    if outcome.name not in replicates.memo:
        replicates.memo[outcome.name] = by_quarter(outcome, replicates.runs)
    found: np.ndarray = replicates.memo[outcome.name]
    return found


def sample_of(replicates: Replicates) -> Sample:
    """What tables are made of, worked out once for as long as no replicates are added."""
    if SAMPLE not in replicates.memo:
        replicates.memo[SAMPLE] = kept(replicates.runs, replicates.scenario)
    found: Sample = replicates.memo[SAMPLE]
    return found


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
    empty = np.isnan(values).all(axis=0)
    low, high = np.nanquantile(np.where(empty, 0.0, values), SPREAD, axis=0)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def rounded(values: np.ndarray, decimals: int) -> list[float | None]:
    """Numbers for a chart: two digits more than are shown, None where there is none."""
    return [None if math.isnan(value) else round(value, decimals + 2) for value in values.tolist()]


def _words(
    outcome: Outcome,
    scale: display.Scale,
    usual: dict[str, np.ndarray],
    chosen: dict[str, np.ndarray],
    same: bool,
) -> str:
    """What a chart shows, for who does not see it."""
    first, last = scale_of(usual["mean"][:1]), scale_of(usual["mean"][-4:])
    words = (
        f"Line chart of {outcome.title.lower()} ({scale.unit}) over the years. The baseline begins at "
        f"{display.number(first, scale.decimals)} and is {display.number(last, scale.decimals)} in the last year"
    )
    if same:
        return f"{words}; nothing is changed."
    return (
        f"{words}; with your changes it is {display.number(scale_of(chosen['mean'][-4:]), scale.decimals)}."
    )


def scale_of(values: np.ndarray) -> float:
    """The mean of what numbers there are."""
    return float(_mean(values[:, None])[0])


# --- what changed, and why ----------------------------------------------------------------------


def period_of(years: int) -> str:
    """The period that is compared: six years hold a whole number of 12-, 24- and 36-month grants."""
    return "last_six" if years >= 6 else "last"


PERIOD_WORDS = {"last_six": "mean of the last six years", "last": "last year"}


def changes(picture: Picture) -> Payload:
    """Differences from the baseline with intervals, and the trust ledger of both."""
    base, now = sample_of(picture.base), sample_of(picture.current)
    period = period_of(min(picture.wish.base.years, picture.wish.current.years))
    return {
        "done": picture.done,
        "most": picture.wish.most,
        "same": base is now,
        "period": PERIOD_WORDS[period],
        "rows": [difference_row(o, base, now, period) for o in outcomes.MONTHLY],
        "ledger": ledger(base, now),
    }


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
        "interval": scale.interval(found.difference, signed=True),
        "sure": found.difference.excludes_zero,
        "effect": _standardised(found),
        "verdict": verdict(outcome, found.difference),
    }


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


def summary(payload: Payload) -> str:
    """What was found, in two sentences for who listens: read out when the picture has settled."""
    if payload["same"]:
        return f"Baseline, {payload['done']} replicates. Move a lever to see what changes."
    told = {row["name"]: row for row in payload["rows"]}
    parts = [
        f"{told[name]['title'].lower()} {told[name]['change']} ({told[name]['interval']}; {told[name]['unit']})"
        for name in ("trust", "quits", "sharing")
    ]
    return (
        f"Against the baseline, {payload['period']}, {payload['done']} replicates under the same luck, "
        f"95% intervals: {'; '.join(parts)}."
    )
