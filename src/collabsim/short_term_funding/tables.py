"""The answer's numbers in rows: what figures draw, pages print, and CSV files hold.

Every table is long: one number with its interval to a row, in the outcome's own unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from collabsim.analysis.attribution import REMAINDER, TITLES
from collabsim.analysis.differences import Estimate, estimate
from collabsim.analysis.ledgers import Account
from collabsim.analysis.ratios import share
from collabsim.outcomes import OUTCOME
from collabsim.short_term_funding.study import ASKED, CONTROL, LONG, PERMANENT, SHORT, Study

DRAWN = ("trust", "posts_filled", "knowledge", "worker_changes")
"""Outcomes whose course is drawn."""

COMPARED = (SHORT, LONG, PERMANENT)
"""Fundings whose course and ledger are drawn."""

MONTHS = 3
"""Months to a point of a course."""

SPREAD = (0.1, 0.9)
"""Between these lie eight in ten simulated partnerships."""

CAUSES = {
    "Meetings that went well": ("Good contacts",),
    "Meetings that went badly, and conflicts": (
        "Bad contacts", "Conflicts", "Repairs of conflicts", "Breaches by an agency",
    ),
    "Time without contact": ("Drift without contact",),
    "People leaving": ("People who quit", "People whose post closed", "People reorganised away"),
    "Newcomers, who begin again": ("Newcomers", "Introductions at handover"),
}  # fmt: skip
"""The ledger's lines in five causes."""

MEETINGS = tuple(CAUSES)[:2]
TURNOVER = tuple(CAUSES)[3:]


def all_tables(study: Study) -> dict[str, pd.DataFrame]:
    """Every table by the name of its file."""
    makers: Mapping[str, Callable[[Study], pd.DataFrame]] = {
        "differences": differences_of_all_periods,
        "trajectories": trajectories,
        "trust_ledger": ledger,
        "channels": channels,
        "arithmetic": arithmetic,
    }
    return {name: make(study) for name, make in makers.items()}


def differences_of_all_periods(study: Study) -> pd.DataFrame:
    """The differences over the study's period, and over the last year for who wants to compare."""
    periods = dict.fromkeys((study.period, "last"))
    return pd.concat([differences(study, period) for period in periods], ignore_index=True)


def differences(study: Study, period: str = "") -> pd.DataFrame:
    """Level and difference from 12 months, of each outcome under each funding, over a period."""
    return pd.DataFrame(_difference_rows(study, period or study.period))


def _difference_rows(study: Study, period: str) -> Iterator[dict[str, Any]]:
    for name in ASKED:
        for label, scenario in study.scenarios.items():
            found = study.difference(label, name, period)
            yield {
                "outcome": name,
                "title": OUTCOME[name].title,
                "unit": OUTCOME[name].unit,
                "better": OUTCOME[name].direction,
                "funding": label,
                "scenario": scenario.name,
                "period": period,
                "level": found.other.mean,
                "level_low": found.other.low,
                "level_high": found.other.high,
                **_interval("difference", found.difference),
                "n": found.difference.n,
            }


def _interval(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.mean, "low": found.low, "high": found.high}


# --- the course of ten years --------------------------------------------------------------------


def trajectories(study: Study) -> pd.DataFrame:
    """Mean and spread over simulated partnerships, quarter by quarter; year 0 is the policy's start."""
    parts = [_course(study, label, name) for name in DRAWN for label in COMPARED]
    return pd.concat(parts, ignore_index=True)


def _course(study: Study, label: str, name: str) -> pd.DataFrame:
    values = quarters(study.samples[label].monthly[name])
    year = (np.arange(values.shape[1]) + 0.5) * MONTHS / 12 - study.scenarios[label].burn_in_years
    told = ~np.isnan(values).all(axis=0)  # in the first weeks no case closes
    low, high = np.nanquantile(values[:, told], SPREAD, axis=0)
    course = {"year": year[told], "mean": np.nanmean(values[:, told], axis=0), "low": low, "high": high}
    return pd.DataFrame({"outcome": name, "unit": OUTCOME[name].unit, "funding": label, **course})


def quarters(monthly: np.ndarray) -> np.ndarray:
    """Means over quarters of (replicates, months); months without a number are left out."""
    parts = np.ma.masked_invalid(monthly.reshape(len(monthly), -1, MONTHS))
    return np.asarray(parts.mean(axis=2).filled(np.nan))


# --- the ledger ---------------------------------------------------------------------------------


def ledger(study: Study) -> pd.DataFrame:
    """What each line of the trust ledger adds from the policy's start to the end, under each funding."""
    return pd.DataFrame(
        {"funding": label, "cause": cause, "line": line, **_interval("change", estimate(values))}
        for label in study.scenarios
        for cause, line, values in _lines(study.account(label))
    )


def _lines(account: Account) -> Iterator[tuple[str, str, np.ndarray]]:
    cause_of = {line: cause for cause, lines in CAUSES.items() for line in lines}
    for line, values in account.lines.items():
        yield cause_of[line], line, values
    yield "Sum", "Sum", account.change


def causes(study: Study, labels: Sequence[str] = COMPARED) -> pd.DataFrame:
    """The ledger in five causes."""
    return pd.DataFrame(
        {"funding": label, "cause": cause, **_interval("change", estimate(values))}
        for label in labels
        for cause, values in of_causes(study.account(label)).items()
    )


def of_causes(account: Account) -> dict[str, np.ndarray]:
    """What each of the five causes adds, replicate by replicate."""
    nothing = np.zeros_like(account.change)
    return {cause: sum((account.lines[n] for n in names), nothing) for cause, names in CAUSES.items()}


# --- channels and arithmetic --------------------------------------------------------------------


def channels(study: Study) -> pd.DataFrame:
    """The difference between 36 and 12 months by channel, with each channel's share of the whole."""
    return pd.DataFrame(_channel_rows(study))


def _channel_rows(study: Study) -> Iterator[dict[str, Any]]:
    for name, split in study.channels.items():
        lines = {TITLES[channel]: values for channel, values in split.channels.items()}
        for title, values in {**lines, REMAINDER: split.remainder, "Sum": split.total}.items():
            part = share(values, split.total)
            yield {
                "outcome": name,
                "unit": OUTCOME[name].unit,
                "channel": title,
                **_interval("difference", estimate(values)),
                "share": part.mean,
                "share_low": part.low,
                "share_high": part.high,
                "n": len(values),
            }


def arithmetic(study: Study) -> pd.DataFrame:
    """What 36 months give as usual and with the yearly chance held equal, and the share that goes."""
    return pd.DataFrame(_arithmetic_rows(study))


def _arithmetic_rows(study: Study) -> Iterator[dict[str, Any]]:
    for name in ASKED:
        gone = study.arithmetic(name)
        yield {
            "outcome": name,
            "title": OUTCOME[name].title,
            "unit": OUTCOME[name].unit,
            "difference": study.difference(LONG, name).difference.mean,
            "difference_equal_chance": study.difference(CONTROL, name).difference.mean,
            **_interval("share_gone", gone),
        }
