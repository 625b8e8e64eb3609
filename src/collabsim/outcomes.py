"""Every outcome, described once: its name, unit and direction, and how a run becomes a number.

A monthly outcome is a ratio of columns of the series (docs/reference/odd.md, section 8). Over a year it is
the ratio of the columns' sums, so that a month without a closed case counts for nothing rather than spoiling
the year.

A *scalar* is an outcome over a period: ``trust_last`` is trust over the last year of a run, ``quits_year_3``
the quits of the third year after the policy's start. ``recovery`` has no period.

Examples
--------
>>> from collabsim.outcomes import OUTCOME, scalar_names
>>> OUTCOME["quits"].unit
'per post-year'
>>> scalar_names(years=2)[:2]
['trust_last', 'trust_year_1']
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from collabsim.checks import nearest, shown

if TYPE_CHECKING:
    from collabsim.model.simulate import Runs
    from collabsim.scenario import Scenario

HEADLINE = "trust_last"
"""The scalar that `--precision` watches and that attribution explains unless told otherwise."""

YEARS = (1, 3, 5, 10)
"""Years after the policy's start that are reported, where the run is that long."""

RECOVERED = 0.01
"""Trust has recovered when it is this close to its level before the shock."""

FALL_MONTHS = 12
"""A fall of trust that begins later than this is not put down to the shock."""


@dataclass(frozen=True)
class Outcome:
    """One outcome.

    Attributes
    ----------
    name : str
    group : str
        Heading under which it is listed.
    title : str
        What it is called in tables and figures.
    unit : str
    direction : str
        Which way is better: ``higher``, ``lower`` or ``neither``.
    meaning : str
        One line.
    parts : tuple of str
        Columns of the series whose sum is counted. Empty for `recovery`, which is no ratio.
    per : str
        The column it is counted over; ``month`` for a mean over months, ``year`` for an amount a year.
    factor : float
        What turns the ratio into the unit.
    lacking : str
        What befell a replicate that has no number, as in "3 did not recover". Means leave such replicates out
        and say so (`collabsim.display.known`).
    """

    name: str
    group: str
    title: str
    unit: str
    direction: Literal["higher", "lower", "neither"]
    meaning: str
    parts: tuple[str, ...]
    per: str
    factor: float = 1.0
    lacking: str = "had nothing to count"


_CASH = (
    "programme_cash",
    "bids_cost",
    "reporting_cost",
    "leavers_cost",
    "closures_cost",
    "cover_cost",
    "breaches_cost",
)
_SEPARATIONS = ("quits", "nonrenewals", "reorganised")
_TRUST, _STAFF, _CASES, _TOGETHER, _MONEY = "Trust", "Staff", "Shared cases", "Working together", "Money"

# fmt: off
OUTCOMES = (
    Outcome("trust", _TRUST, "Trust between agencies", "0-1", "higher",
            "mean trust of staff in those they work with at other agencies", ("trust_sum",), "ties"),
    Outcome("trust_grant", _TRUST, "Trust where a post is on a grant", "0-1", "higher",
            "the same, over relationships with a grant-funded post at either end",
            ("trust_grant_sum",), "grant_ties"),
    Outcome("low_trust", _TRUST, "Relationships with low trust", "share", "lower",
            "share of relationships with trust below 0.4, a working level", ("low_trust_ties",), "ties"),
    Outcome("institutional_trust", _TRUST, "Trust in agencies as such", "0-1", "higher",
            "what a newcomer is told to expect of another agency: mean over pairs of agencies",
            ("institutional",), "month"),
    Outcome("continuity", _TRUST, "Age of relationships", "months", "higher",
            "mean time since the two people began to work together", ("tie_weeks",), "ties", 12 / 52),
    Outcome("recovery", _TRUST, "Recovery after the first shock", "weeks", "lower",
            "weeks until trust is back within 0.01 of its level in the month before the first event that is "
            "no policy; 0 when it does not fall by more within a year; a replicate in which it never comes back has "
            "no number and is left out of means, which say how many are",
            (), "", lacking="did not recover"),

    Outcome("quits", _STAFF, "Voluntary quits", "per post-year", "lower",
            "quits in a year of a filled post", ("quits",), "filled_weeks", 52.0),
    Outcome("separations", _STAFF, "All separations", "per post-year", "lower",
            "quits, non-renewals and posts lost to reorganisation, in a year of a filled post",
            _SEPARATIONS, "filled_weeks", 52.0),
    Outcome("grant_quits", _STAFF, "Quits from grant-funded posts", "per post-year", "lower",
            "quits in a year of a filled grant-funded post", ("grant_quits",), "grant_filled_weeks", 52.0),
    Outcome("grant_separations", _STAFF, "Separations, grant-funded posts", "per post-year", "lower",
            "all separations in a year of a filled grant-funded post",
            ("grant_separations",), "grant_filled_weeks", 52.0),
    Outcome("posts_filled", _STAFF, "Posts filled", "share", "higher",
            "share of ordinary posts with somebody in them", ("posts_filled",), "posts"),
    Outcome("grant_posts_filled", _STAFF, "Grant-funded posts filled", "share", "higher",
            "the same, of grant-funded posts", ("grant_filled_weeks",), "grant_post_weeks"),
    Outcome("insecure", _STAFF, "Staff who fear for their posts", "share", "lower",
            "share of staff whose insecurity is above 0.1", ("insecure",), "posts_filled"),
    Outcome("overload", _STAFF, "Overload of teams", "share", "lower",
            "work beyond a team's capacity, as a share of that capacity: mean over teams",
            ("overload",), "month"),

    Outcome("sharing", _CASES, "Requests for information met", "share", "higher",
            "share of requests on shared cases that were answered", ("received",), "requested"),
    Outcome("knowledge", _CASES, "Knowledge of shared work", "0-1", "higher",
            "mean knowledge of staff in post", ("knowledge_sum",), "posts_filled"),
    Outcome("completeness", _CASES, "Information complete at closing", "share", "higher",
            "share of what a case needed to know that was known when it closed",
            ("completeness_sum",), "cases_closed"),
    Outcome("worker_changes", _CASES, "Changes of worker", "per case", "lower",
            "times that a case passed to another worker before it closed",
            ("worker_changes",), "cases_closed"),
    Outcome("wait", _CASES, "Waiting", "weeks", "lower",
            "weeks that a case lost to overload and vacancies", ("wait_sum",), "cases_closed"),
    Outcome("case_performance", _CASES, "Performance on cases", "SD", "higher",
            "how well the work on closed cases went, in standard deviations about the reference",
            ("performance_sum",), "cases_closed"),
    Outcome("case_outcome", _CASES, "Outcome of cases", "SD", "higher",
            "what came of closed cases for the person, in standard deviations; little of it is the agencies' work",
            ("outcome_sum",), "cases_closed"),

    Outcome("equity", _TOGETHER, "Equity of voice", "0-1", "higher",
            "1 less the Gini coefficient of the agencies' voice", ("equity",), "month"),
    Outcome("alignment", _TOGETHER, "Agreement on goals", "0-1", "higher",
            "1 less the mean distance between agencies' goals", ("alignment",), "month"),
    Outcome("practice", _TOGETHER, "Quality of practice", "0-1", "higher",
            "what reflection on shared work has built up and time worn down", ("practice",), "month"),

    Outcome("cash_cost", _MONEY, "Cash cost", "£ a year", "lower",
            "policy, bids, reporting, leavers, closures and agency cover; saved pay is not taken off",
            _CASH, "year"),
    Outcome("staff_time_cost", _MONEY, "Cost of staff time", "£ a year", "lower",
            "time that the policy takes, at opportunity cost: not cash", ("staff_time",), "year"),
    Outcome("cost_per_case", _MONEY, "Cash cost of a closed case", "£", "lower",
            "cash cost over closed cases", _CASH, "cases_closed"),
)
# fmt: on

OUTCOME: Mapping[str, Outcome] = {outcome.name: outcome for outcome in OUTCOMES}
MONTHLY = tuple(outcome for outcome in OUTCOMES if outcome.parts)
"""The outcomes that have a value in every month."""


# --- periods and names --------------------------------------------------------------------------


def periods(years: int) -> dict[str, tuple[int, int]]:
    """Period -> its first month after the policy's start, and the month after its last.

    `last_six` is the last six years. The policy starts at one moment, so grants of one length end in the same
    years from then on, and what a single year shows of turnover depends on whether grants happen to end in it;
    six years hold a whole number of 12-, 24- and 36-month grants.
    """
    last = 12 * years
    named = {f"year_{year}": (12 * year - 12, 12 * year) for year in YEARS if year <= years}
    cycles = {"last_six": (last - 72, last)} if years >= 6 else {}
    return {"last": (last - 12, last), **named, **cycles}


def scalar_names(years: int) -> list[str]:
    """Names of all scalars of a run of so many years."""
    of_periods = [f"{outcome.name}_{period}" for outcome in MONTHLY for period in periods(years)]
    return [*of_periods, "recovery"]


def years_needed(name: str) -> int:
    """Length of the shortest run that has a scalar of this name.

    Raises
    ------
    LookupError
        When no run has one.
    """
    for years in range(1, max(YEARS) + 1):
        if name in scalar_names(years):
            return years
    raise LookupError(name)


@cache
def find_scalar(name: str) -> tuple[Outcome, str]:
    """The outcome and the period of a scalar's name; the period of `recovery` is empty.

    Raises
    ------
    LookupError
        When there is none of that name; the message names the nearest.
    """
    names = scalar_names(max(YEARS))
    if name not in names:
        raise LookupError(f"There is no outcome called {shown(name)}{nearest(name, names)}")
    if name == "recovery":
        return OUTCOME[name], ""
    outcome = max((o.name for o in MONTHLY if name.startswith(f"{o.name}_")), key=len)
    return OUTCOME[outcome], name.removeprefix(f"{outcome}_")


# --- from a run to numbers ----------------------------------------------------------------------


def monthly(outcome: Outcome, series: np.ndarray) -> np.ndarray:
    """An outcome month by month.

    Parameters
    ----------
    outcome : Outcome
        One of `MONTHLY`.
    series : structured array (..., months)

    Returns
    -------
    array (..., months)
        NaN in a month with nothing to count over. Costs are a year's at that month's rate.
    """
    return _ratio(_counted(outcome, series), _counted_over(outcome, series), outcome.factor)


def mean_over(outcome: Outcome, series: np.ndarray) -> np.ndarray:
    """An outcome over all months of a series (..., months); NaN where there is nothing to count over."""
    counted, over = _counted(outcome, series), _counted_over(outcome, series)
    return _ratio(counted.sum(axis=-1), over.sum(axis=-1), outcome.factor)


def _counted(outcome: Outcome, series: np.ndarray) -> np.ndarray:
    total = np.zeros(series.shape)
    for column in outcome.parts:
        total += series[column]
    return total


def _counted_over(outcome: Outcome, series: np.ndarray) -> np.ndarray:
    if outcome.per in ("month", "year"):
        return np.full(series.shape, 1.0 if outcome.per == "month" else 1 / 12)
    return np.asarray(series[outcome.per], dtype=float)


def _ratio(counted: np.ndarray, over: np.ndarray, factor: float) -> np.ndarray:
    ratio = np.full(np.shape(counted), np.nan)
    np.divide(counted * factor, over, out=ratio, where=np.asarray(over) > 0)
    return ratio


def scalars(runs: Runs, scenario: Scenario) -> dict[str, np.ndarray]:
    """Every scalar of every replicate.

    Parameters
    ----------
    runs : Runs
        Of this scenario.
    scenario : Scenario

    Returns
    -------
    dict of str to array (replicates,)
        In the order of `scalar_names`; NaN where a replicate has no such number.
    """
    after = runs.series[:, runs.burn_in :]
    values = {
        f"{outcome.name}_{period}": mean_over(outcome, after[:, first:end])
        for outcome in MONTHLY
        for period, (first, end) in periods(scenario.years).items()
    }
    return {**values, "recovery": recovery(runs, first_shock(scenario))}


def chosen_scalars(names: Sequence[str], runs: Runs, scenario: Scenario) -> np.ndarray:
    """Some scalars of every replicate, as one array.

    Parameters
    ----------
    names : sequence of str
        Of `scalar_names`.
    runs : Runs
        Of this scenario; the ledger is not needed.
    scenario : Scenario

    Returns
    -------
    array (replicates, names)
        NaN where a replicate has no such number, or a run ends before the period.
    """
    after = runs.series[:, runs.burn_in :]
    months = periods(scenario.years)
    values = np.full((len(after), len(names)), np.nan)
    for column, name in enumerate(names):
        outcome, period = find_scalar(name)
        if period in months:
            first, end = months[period]
            values[:, column] = mean_over(outcome, after[:, first:end])
        elif not period:
            values[:, column] = recovery(runs, first_shock(scenario))
    return values


# --- recovery -----------------------------------------------------------------------------------


def first_shock(scenario: Scenario) -> int | None:
    """Week of the run in which the first event that is no policy happens; None without one."""
    months = [event.month for event in scenario.events if event.kind != "policy"]
    if not months:
        return None
    return 52 * scenario.burn_in_years + math.floor(months[0] * 52 / 12 + 0.5)


def recovery(runs: Runs, week: int | None) -> np.ndarray:
    """Weeks from a shock until trust is back: to the end of the first month near its earlier level.

    Parameters
    ----------
    runs : Runs
    week : int or None
        Week of the shock, counted from the start of the burn-in.

    Returns
    -------
    array (replicates,)
        0 where trust does not fall within a year; NaN where it never comes back, without a shock, and when no
        month precedes it.
    """
    trust = monthly(OUTCOME["trust"], runs.series)
    if week is None or week < 5:
        return np.full(len(trust), np.nan)
    month = week * 12 // 52
    below = ~(trust[:, month:] >= trust[:, month - 1 : month] - RECOVERED)
    fell, fell_at = below[:, :FALL_MONTHS].any(axis=1), below[:, :FALL_MONTHS].argmax(axis=1)
    back = ~below & (np.arange(below.shape[1]) > fell_at[:, None])
    weeks = _last_week(month + back.argmax(axis=1)) - float(week)
    return np.where(fell, np.where(back.any(axis=1), weeks, np.nan), 0.0)


def _last_week(month: np.ndarray) -> np.ndarray:
    """The last week of a month: the last with `week * 12 // 52 == month`."""
    return np.ceil((month + 1) * 52 / 12) - 1
