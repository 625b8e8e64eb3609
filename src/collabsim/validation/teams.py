"""The people who share a case as a team: their trust in each other, and how the work on the case went."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from collabsim.analysis.differences import Estimate
from collabsim.model.simulate import Run
from collabsim.validation.lab import Lab
from collabsim.validation.sums import correlation, jackknife, moments

_AFTER = 26
"""Weeks after a survey in which a case is closed by those who were surveyed."""
_POSTS = ("post_0", "post_1", "post_2", "post_3")


def trust_and_performance(lab: Lab) -> Estimate:
    """Correlation over cases of the workers' mean trust in each other, surveyed before, with performance."""
    return jackknife(correlation, np.array([moments(*_teams(run)) for run in lab.usual()]))


def _teams(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Trust and performance of the teams of a run."""
    found: list[tuple[float, float]] = []
    for week in range(4 * 52, len(run.series) * 52 // 12, 52):
        trust = _surveyed(run, week - 1)
        closed = run.closed_cases["closed"]
        for case in run.closed_cases[(closed >= week) & (closed < week + _AFTER)]:
            known = [trust[pair] for pair in combinations(_workers(case), 2) if pair in trust]
            if known:
                found.append((float(np.mean(known)), float(case["performance"])))
    points = np.array(found).reshape(-1, 2)
    return points[:, 0], points[:, 1]


def _workers(case: np.void) -> list[int]:
    return sorted(int(case[name]) for name in _POSTS if case[name] >= 0)


def _surveyed(run: Run, week: int) -> dict[tuple[int, int], float]:
    """Each pair's mean trust in each other at a year's end, by posts."""
    rows = run.snapshots[run.snapshots["week"] == week]
    both = (rows["trust"] + rows["trust_back"]) / 2
    ends = np.sort(np.stack([rows["post"], rows["other"]], axis=1), axis=1).tolist()
    return {(one, other): value for (one, other), value in zip(ends, both.tolist(), strict=True)}
