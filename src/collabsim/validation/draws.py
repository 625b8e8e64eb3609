"""Patterns across partnerships: correlations over random draws of the uncertainties, one run of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from collabsim.analysis.differences import Estimate
from collabsim.experiment.factors import factor_of
from collabsim.experiment.sampling import latin
from collabsim.model.founding import blueprint
from collabsim.model.simulate import run_once
from collabsim.parameters import UNCERTAINTIES, Parameter, Value
from collabsim.validation.lab import Lab
from collabsim.validation.service import by_agency, counted, leavers, service
from collabsim.validation.sums import correlation, curvature, jackknife, moments, powers

DRAWS_PER_REPLICATE = 13
"""A table of 60 replicates rests on 780 draws."""
_GROUPS = 40
"""Draws are left out in so many groups for the interval."""
_FROM = 4 * 52


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
    """What the draws gave.

    Attributes
    ----------
    trust, performance : array (draws,)
        Means over the last eight years.
    agency_quits, agency_performance : array (draws, agencies)
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
    return _drawn(
        tuple(sorted(lab.structure.items())), lab.replicates * DRAWS_PER_REPLICATE, lab.seed, lab.workers
    )


@cache
def _drawn(structure: tuple[tuple[str, Value], ...], count: int, seed: int, workers: int | None) -> Draws:
    lab = Lab(structure=dict(structure), seed=seed, workers=workers)
    settings = points(count, seed)
    found: list[tuple[float, float, np.ndarray, np.ndarray]] = [None] * count  # type: ignore[list-item]

    def one(n: int) -> None:
        scenario = lab.scenario(context=settings[n])
        run = run_once(scenario, seed, n, record=("events", "cases"), plan=blueprint(scenario))
        found[n] = _summary(run)

    lab.each(one, count)  # type: ignore[arg-type]
    trust, performance, quits, by = (np.array(column) for column in zip(*found, strict=True))
    return Draws(trust, performance, quits, by)


def _summary(run: object) -> tuple[float, float, np.ndarray, np.ndarray]:
    series = run.series[48:]  # type: ignore[attr-defined]
    cases = run.closed_cases[run.closed_cases["opened"] >= _FROM]  # type: ignore[attr-defined]
    s = service(run)  # type: ignore[arg-type]
    time = by_agency(s, counted(s, begin=_FROM), 5)
    quits = 52 * by_agency(s, leavers(s, begin=_FROM), 5) / np.maximum(time, 1)
    agency_of = {int(p["id"]): int(p["agency"]) for p in run.arrays["posts"]}  # type: ignore[attr-defined]
    totals = np.zeros((5, 2))
    for name in ("post_0", "post_1", "post_2", "post_3"):
        agency = np.array([agency_of.get(int(post), -1) for post in cases[name]])
        known = agency >= 0
        np.add.at(
            totals, agency[known], np.stack([cases["performance"][known], np.ones(known.sum())], axis=1)
        )
    by = np.divide(totals[:, 0], totals[:, 1], out=np.full(5, math.nan), where=totals[:, 1] > 0)
    return (
        float(series["trust_sum"].sum() / series["ties"].sum()),
        float(cases["performance"].mean()),
        quits,
        by,
    )


def _grouped(values: np.ndarray) -> np.ndarray:
    """Pieces of draws added up in groups: the jackknife leaves one group out at a time."""
    return np.array([part.sum(axis=0) for part in np.array_split(values, min(_GROUPS, len(values)))])


def trust_and_performance(lab: Lab) -> Estimate:
    """Pattern 7: correlation of mean trust with mean performance across draws."""
    found = drawn(lab)
    pieces = np.array(
        [moments(np.array([t]), np.array([y])) for t, y in zip(found.trust, found.performance, strict=True)]
    )
    return jackknife(correlation, _grouped(pieces))


def turnover_and_performance(lab: Lab) -> Estimate:
    """Pattern 10: correlation of an agency's voluntary turnover with performance on its cases, across draws."""
    return jackknife(correlation, _grouped(np.array([moments(x, y) for x, y in _agencies(lab)])))


def turnover_bends(lab: Lab) -> Estimate:
    """Pattern 10: the quadratic term of that regression: above 0, the fall is steeper at low turnover."""
    return jackknife(curvature, _grouped(np.array([powers(x, y) for x, y in _agencies(lab)])))


def _agencies(lab: Lab) -> list[tuple[np.ndarray, np.ndarray]]:
    """Turnover and performance of the agencies of each draw that closed cases."""
    found = drawn(lab)
    known = ~np.isnan(found.agency_performance)
    return [(q[k], y[k]) for q, y, k in zip(found.agency_quits, found.agency_performance, known, strict=True)]
