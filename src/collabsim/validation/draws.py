"""Patterns across partnerships: correlations over random draws of the uncertainties, one run of each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from collabsim.analysis.differences import Estimate
from collabsim.experiment.factors import factor_of
from collabsim.experiment.sampling import latin
from collabsim.model.founding import blueprint
from collabsim.model.simulate import Run, run_once
from collabsim.parameters import UNCERTAINTIES, Parameter, Value
from collabsim.validation.lab import Lab
from collabsim.validation.service import by_agency, counted, leavers, service
from collabsim.validation.sums import correlation, curvature, jackknife, moments, powers

_GROUPS = 40
"""Draws are left out in so many groups for the interval."""
_YEARS = range(4, 12)
"""Of a run: the burn-in and two years under the policy are over."""
_SURVEY = 5
"""Month of the year, from 0."""
AGENCIES = 5
"""In the reference partnership."""


def varied() -> tuple[Parameter, ...]:
    """The uncertainties that draws vary: all but prices and what is switched off at its default."""
    return tuple(p for p in UNCERTAINTIES if p.group != "costs" and not is_switched_off(p))


def is_switched_off(parameter: Parameter) -> bool:
    """Whether a default of 0 or 1 at the edge of the range stands for a feature that is not used."""
    return parameter.name in _OFF


_OFF = (
    "costs.breach",
    "governance.broker",
    "trust.competence_weight",
    "hiring.cover_share",
    "sharing.breach_risk",
    "sharing.request_hours",
    "sharing.misdirected",
    "sharing.unusable",
    "knowledge.novelty",
    "funding.trend",
    "governance.load",
    "governance.board",
    "contact.initiative",
)


@dataclass(frozen=True)
class Draws:
    """What the draws gave, for each of eight years; NaN where no case was closed.

    Attributes
    ----------
    trust : array (draws, years)
        The mean at the year's middle: what one survey finds.
    performance : array (draws, years)
        Mean of the cases that were closed in the year.
    agency_quits, agency_performance : array (draws, years, agencies)
        Voluntary quits per post-year, and mean performance on the agency's cases.
    """

    trust: np.ndarray
    performance: np.ndarray
    agency_quits: np.ndarray
    agency_performance: np.ndarray


def points(count: int, seed: int) -> list[dict[str, Value]]:
    """A Latin hypercube over the evidence ranges."""
    factors = [factor_of(p) for p in varied()]
    shares = latin(len(factors), count, seed)
    columns = {factor.name: factor.at(shares[:, i]).tolist() for i, factor in enumerate(factors)}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def drawn(lab: Lab) -> Draws:
    """The draws of a lab; the uncertainties on trial there do not matter, the structure does."""
    return _drawn(tuple(sorted(lab.structure.items())), lab.replicates * lab.draws, lab.seed, lab.workers)


@cache
def _drawn(structure: tuple[tuple[str, Value], ...], count: int, seed: int, workers: int | None) -> Draws:
    lab = Lab(structure=dict(structure), seed=seed, workers=workers)
    settings = points(count, seed)
    found: list[list[np.ndarray]] = [[]] * count

    def one(n: int) -> None:
        scenario = lab.scenario(context=settings[n])
        run = run_once(scenario, seed, n, record=("events", "cases"), plan=blueprint(scenario))
        found[n] = [*_by_year(run), *_by_agency(run)]

    lab.each(one, count)  # type: ignore[arg-type]
    return Draws(*(np.array(column) for column in zip(*found, strict=True)))


def _by_year(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Trust when surveyed and performance, of the partnership."""
    months = run.series[12 * _YEARS[0] : 12 * _YEARS[-1] + 12].reshape(len(_YEARS), 12)
    surveyed = months[:, _SURVEY]
    closed = months["cases_closed"].sum(axis=1)
    return surveyed["trust_sum"] / surveyed["ties"], _over(months["performance_sum"].sum(axis=1), closed)


def _by_agency(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Quits and performance: (years, agencies)."""
    s, cases = service(run), run.closed_cases
    agency_of = {int(p["id"]): int(p["agency"]) for p in run.arrays["posts"]}
    agency = np.array([[agency_of.get(int(c[f"post_{x}"]), -1) for x in range(4)] for c in cases])
    quits, work = [], []
    for year in _YEARS:
        begin, until = 52 * year, 52 * year + 52
        time = by_agency(s, counted(s, begin=begin, until=until), AGENCIES)
        quits.append(52 * _over(by_agency(s, leavers(s, begin=begin, until=until), AGENCIES), time))
        now = (cases["closed"] >= begin) & (cases["closed"] < until)
        work.append(_mean_by(agency[now], cases["performance"][now]))
    return np.array(quits), np.array(work)


def _mean_by(agency: np.ndarray, performance: np.ndarray) -> np.ndarray:
    """Mean performance on the cases that each agency works on; an agency is -1 where a case has no more workers."""
    known = agency >= 0
    on = np.broadcast_to(performance[:, None], agency.shape)[known]
    return _over(np.bincount(agency[known], on, AGENCIES), np.bincount(agency[known], minlength=AGENCIES))


def _over(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Means; NaN over nothing."""
    return np.divide(sums, counts, out=np.full(np.shape(sums), math.nan), where=counts > 0)


def _grouped(values: np.ndarray) -> np.ndarray:
    """Pieces of draws added up in groups: the jackknife leaves one group out at a time."""
    return np.array([part.sum(axis=0) for part in np.array_split(values, min(_GROUPS, len(values)))])


def trust_and_performance(lab: Lab) -> Estimate:
    """Pattern 7: correlation of trust, surveyed once, with performance in the same year, over draws and years."""
    found = drawn(lab)
    return jackknife(correlation, _grouped(_moments(found.trust, found.performance)))


def over_eight_years(lab: Lab) -> Estimate:
    """Pattern 7 measured otherwise: means over eight years in the place of one survey and one year."""
    found = drawn(lab)
    trust, performance = (np.nanmean(x, axis=1, keepdims=True) for x in (found.trust, found.performance))
    return jackknife(correlation, _grouped(_moments(trust, performance)))


def turnover_and_performance(lab: Lab) -> Estimate:
    """Pattern 10: correlation of an agency's quits in a year with performance on its cases, over draws and years."""
    found = drawn(lab)
    return jackknife(correlation, _grouped(_moments(found.agency_quits, found.agency_performance)))


def turnover_bends(lab: Lab) -> Estimate:
    """Pattern 10: the quadratic term of that regression: above 0, the fall is steeper at low turnover."""
    return jackknife(curvature, _grouped(np.array([powers(x, y) for x, y in _points(*_agencies(lab))])))


def turnover_over_eight_years(lab: Lab) -> Estimate:
    """Pattern 10 measured otherwise: correlation of means over eight years."""
    quits, performance = (np.nanmean(x, axis=1) for x in _agencies(lab))
    return jackknife(correlation, _grouped(_moments(quits, performance)))


def _agencies(lab: Lab) -> tuple[np.ndarray, np.ndarray]:
    found = drawn(lab)
    return found.agency_quits, found.agency_performance


def _moments(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.array([moments(*pair) for pair in _points(x, y)])


def _points(x: np.ndarray, y: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The points of each draw where both are known."""
    for one, other in zip(x, y, strict=True):
        known = np.isfinite(one) & np.isfinite(other)
        yield one[known], other[known]
