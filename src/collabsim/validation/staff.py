"""Patterns of staff: leaving, tenure, leaders, vacancies, newcomers, contagion."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from collabsim.analysis.differences import Estimate
from collabsim.model import state, workload
from collabsim.model.simulate import Run
from collabsim.validation.lab import ALL_GRANT, Lab
from collabsim.validation.service import SETTLED, by_agency, counted, leavers, service
from collabsim.validation.sums import exactly, jackknife, mantel_haenszel, ratio

SECTOR = {"nhs": 0, "la": 1, "police": 2, "housing": 3, "vcse": 4}
"""Agencies of the reference partnership, by sector."""
YEAR = 52.0
LONG_SERVICE = 5 * 52
CONTAGION_WEEKS = 13


def _core(run: Run) -> np.ndarray:
    """Quits and person-weeks in core posts: (agencies, 2)."""
    s = service(run)
    quits, time = leavers(s) & s.core, counted(s) * s.core
    return np.stack([by_agency(s, quits, 5), by_agency(s, time, 5)], axis=1)


def _core_posts(lab: Lab) -> np.ndarray:
    return np.array([_core(run) for run in lab.usual()])


def leaver_rate(sector: str) -> Callable[[Lab], Estimate]:
    """Pattern 1: leavers over mean headcount, a year, core posts of one sector."""

    def measure(lab: Lab) -> Estimate:
        pieces = _core_posts(lab)[:, SECTOR[sector]]
        return jackknife(lambda sums: YEAR * ratio(sums), pieces)

    return measure


def leaver_rate_above(sector: str, other: str) -> Callable[[Lab], Estimate]:
    """Pattern 1: by how much a sector's leaver rate is above another's."""

    def above(sums: np.ndarray) -> float:
        return YEAR * (ratio(sums[SECTOR[sector]]) - ratio(sums[SECTOR[other]]))

    return lambda lab: jackknife(above, _core_posts(lab))


def early_hazard(lab: Lab) -> Estimate:
    """Pattern 2: hazard of quitting in the first year over that after five years, core posts, within agencies."""

    def piece(run: Run) -> np.ndarray:
        s = service(run)
        bands = ((0, 52), (LONG_SERVICE, 10_000))
        values = [f(s, *band) * s.core for band in bands for f in (leavers, counted)]
        return np.stack([by_agency(s, v, 5) for v in values], axis=1)

    runs = lab.usual()
    return jackknife(mantel_haenszel, np.array([piece(run) for run in runs]))


# --- leaders ------------------------------------------------------------------------------------


def leader_tenure(lab: Lab) -> Estimate:
    """Pattern 17: years in office per departure of a leader."""

    def piece(run: Run) -> np.ndarray:
        vacant = run.series["leaders_vacant"].sum() * 52 / 12
        departures = (run.events["kind"] == state.LEADER_LEFT).sum()
        return np.array([(5 * len(run.series) * 52 / 12 - vacant) / 52, departures])

    return jackknife(ratio, np.array([piece(run) for run in lab.usual()]))


def leaders_vacant(lab: Lab) -> Estimate:
    """Pattern 17: share of leaders' posts that are vacant at a month's end."""
    runs = lab.usual()
    months = slice(24, None)
    pieces = [[run.series["leaders_vacant"][months].sum(), 5 * len(run.series[months])] for run in runs]
    return jackknife(ratio, np.array(pieces))


# --- vacancies and newcomers --------------------------------------------------------------------


def weeks_to_recruit(lab: Lab) -> Estimate:
    """Pattern 18: weeks from a leaving to the successor's arrival, core posts."""

    def piece(run: Run) -> np.ndarray:
        s = service(run)
        follows = (s.post[1:] == s.post[:-1]) & s.core[1:] & (s.end[:-1] >= SETTLED)
        return np.array([(s.start[1:] - s.end[:-1])[follows].sum(), follows.sum()], dtype=float)

    return jackknife(ratio, np.array([piece(run) for run in lab.usual()]))


def vacant_share(lab: Lab) -> Estimate:
    """Pattern 18: share of the council's posts with nobody in them, whatever the reason."""

    def piece(run: Run) -> np.ndarray:
        s = service(run)
        posts = (run.arrays["posts"]["agency"] == SECTOR["la"]).sum()
        possible = float(posts * (s.weeks - SETTLED))
        return np.array([possible - by_agency(s, counted(s), 5)[SECTOR["la"]], possible])

    return jackknife(ratio, np.array([piece(run) for run in lab.usual()]))


def weeks_to_full_output(lab: Lab) -> Estimate:
    """Pattern 19: the first week of tenure in which the model's rule gives 95% of full output."""
    context = lab.experiment(lab.scenario(), 0).arrays["context"][0]
    productivity = getattr(workload.productivity, "py_func", workload.productivity)
    weeks = (week for week in range(1_000) if productivity(float(week), context) >= 0.95)
    return exactly(float(next(weeks, math.nan)))


# --- contagion ----------------------------------------------------------------------------------


def contagion(lab: Lab) -> Estimate:
    """Pattern 33: hazard ratio of quitting per 10% of the team that left in the last quarter, permanent posts."""
    scenario = lab.scenario(ALL_GRANT, always={"funding.permanent": True})
    pieces = np.array([_exposed(run) for run in lab.runs(scenario, ("events",))])

    def per_tenth(sums: np.ndarray) -> float:
        times, shares = sums[:, 1].sum(), sums[:, 4].sum()
        hazard = mantel_haenszel(sums[:, :4])
        return float(hazard ** (0.1 * times / shares)) if shares > 0 and hazard > 0 else math.nan

    return jackknife(per_tenth, pieces)


def _exposed(run: Run) -> np.ndarray:
    """By agency: quits and person-weeks after colleagues left, the same without, and the shares that left, times weeks."""
    s = service(run, permanent=True)
    rows = []
    for agency in range(5):
        filled, quits, gone = (np.zeros(s.weeks) for _ in range(3))
        for start, end, left in zip(*(x[s.agency == agency] for x in (s.start, s.end, s.left)), strict=True):
            filled[start:end] += 1
            if left and end < s.weeks:
                quits[end] += 1
                gone[end + 1 : end + 1 + CONTAGION_WEEKS] += 1
        share = gone / (run.arrays["posts"]["agency"] == agency).sum()
        after, late = share > 0, np.arange(s.weeks) >= SETTLED
        told = [(x[late & which]).sum() for which in (after, ~after) for x in (quits, filled)]
        rows.append([*told, (share * filled)[late & after].sum()])
    return np.array(rows)
