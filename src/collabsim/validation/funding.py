"""Patterns of money: anticipation of a contract's end, short funding, insecurity, bidding, earlier decisions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from collabsim.analysis.differences import Estimate
from collabsim.model import state
from collabsim.model.simulate import Run
from collabsim.scenario import Scenario
from collabsim.validation.lab import ALL_GRANT, Lab, sized
from collabsim.validation.service import SETTLED, by_agency, counted, leavers, service
from collabsim.validation.sums import Bound, jackknife, mantel_haenszel, quotient, ratio, without_each

BANDS = ((0, 52), (52, 104), (104, 260), (260, 10_000))
"""Tenure bands, weeks."""
FELT = 0.1
"""Insecurity above which somebody expects to lose the job."""


def _funded(lab: Lab, months: int | None) -> Scenario:
    """The all-grant partnership on grants of so many months, or on permanent money."""
    money = {"funding.permanent": True} if months is None else {"funding.grant_months": float(months)}
    return lab.scenario(ALL_GRANT, always=money)


# --- anticipation -------------------------------------------------------------------------------


def late_rise(lab: Lab) -> Estimate:
    """Pattern 3: share of the excess hazard over a 24-month contract that falls in its last six months.

    The decision comes at the end date, so that the whole contract is seen before it.
    """
    scenario = lab.scenario(ALL_GRANT, always={"funding.grant_months": 24.0, "funding.notice_months": 0.0})
    count = max(4, lab.replicates // 8)
    pieces = [_excess_by_month(lab, scenario, n) for n in range(count)]

    def last_six(sums: np.ndarray) -> float:
        rise = sums[0] / sums[1]
        rise = rise - rise[-1]  # beyond the contract's first month
        return float(rise[:6].sum() / rise.sum()) if rise.sum() > 0 else math.nan

    return jackknife(last_six, np.array(pieces))


def _excess_by_month(lab: Lab, scenario: Scenario, replicate: int) -> np.ndarray:
    """What insecurity adds to the hazard and person-looks, by months to the contract's end (2, 24)."""
    look = lab.experiment(scenario, replicate)
    effect = look.value("turnover.insecurity_effect")
    sums = np.zeros((2, 24))
    look.live(SETTLED)
    while look.week < 10 * 52:
        look.live(2)
        posts, grants = look.arrays["posts"], look.arrays["grants"]
        on = posts[(posts["filled"] == 1) & (posts["grant"] >= 0) & (posts["kind"] == state.ORDINARY)]
        grant = grants[on["grant"]]
        open_ = (grant["status"] == state.RUNNING) & (grant["decision"] == state.UNDECIDED)
        months = np.clip((grant["end"] - look.week + 1) * 12 // 52, 0, 23)[open_]
        sums[0] += np.bincount(months, effect * on["insecurity"][open_], 24)
        sums[1] += np.bincount(months, minlength=24)
    return sums


# --- short funding against permanent ------------------------------------------------------------


def quits_against_permanent(months: int) -> Callable[[Lab], Estimate]:
    """Pattern 36: rate of voluntary quits over that in permanent posts, same agency and tenure."""

    def measure(lab: Lab) -> Estimate:
        short = [_quits(run) for run in lab.runs(_funded(lab, months), ("events",))]
        secure = [_quits(run) for run in lab.runs(_funded(lab, None), ("events",))]
        return jackknife(mantel_haenszel, np.concatenate([short, secure], axis=-1))

    return measure


def _quits(run: Run) -> np.ndarray:
    """Quits and person-weeks by agency and tenure band: (strata, 2)."""
    s = service(run)
    rows = [[by_agency(s, f(s, *band), 5) for f in (leavers, counted)] for band in BANDS]
    return np.moveaxis(np.array(rows), 1, -1).reshape(-1, 2).astype(float)


def separations_against_permanent(lab: Lab) -> Estimate:
    """Pattern 37: separations per post-year on 12-month grants over those on permanent money."""

    def piece(run: Run) -> list[float]:
        s = run.series[24:]
        return [s["quits"].sum() + s["nonrenewals"].sum(), s["filled_weeks"].sum()]

    short = [piece(run) for run in lab.runs(_funded(lab, 12), ("events",))]
    secure = [piece(run) for run in lab.runs(_funded(lab, None), ("events",))]
    pieces = np.array([short, secure]).swapaxes(0, 1)
    return jackknife(lambda sums: quotient(ratio(sums[0]), ratio(sums[1])), pieces)


# --- insecurity ---------------------------------------------------------------------------------


def _insecure(lab: Lab) -> np.ndarray:
    """Insecure staff and staff, of the VCSE organisation and of the whole partnership: (replicates, 2, 2)."""
    pieces = []
    for replicate in range(max(6, lab.replicates // 4)):
        look = lab.experiment(lab.scenario(), replicate)
        sums = np.zeros((2, 2))
        look.live(SETTLED)
        while look.week < 10 * 52:
            look.live(5)  # not a divisor of a grant's year, so that every part of it is seen
            posts = look.arrays["posts"]
            staff = posts[(posts["filled"] == 1) & (posts["kind"] == state.ORDINARY)]
            for row, who in enumerate((staff[staff["agency"] == 4], staff)):
                sums[row] += [(who["insecurity"] > FELT).sum(), len(who)]
        pieces.append(sums)
    return np.array(pieces)


def vcse_insecure(lab: Lab) -> Estimate:
    """Pattern 38: share of the VCSE organisation's staff who expect to lose the job."""
    return jackknife(ratio, _insecure(lab)[:, 0])


def vcse_insecure_against_all(lab: Lab) -> Estimate:
    """Pattern 38: that share over the share in all agencies."""
    return jackknife(lambda sums: quotient(ratio(sums[0]), ratio(sums[1])), _insecure(lab))


# --- bidding and reporting ----------------------------------------------------------------------


def absorbed(posts: int) -> Callable[[Lab], Estimate]:
    """Pattern 39: share of grant value that bids and reporting take, in agencies of so many posts, all on grants."""
    return lambda lab: jackknife(ratio, _absorbed(lab, posts))


def absorbed_more_when_small(lab: Lab) -> Estimate:
    """Pattern 39: by how much that share is larger in agencies of 2 posts than of 12."""
    pieces = np.stack([_absorbed(lab, posts) for posts in (2, 12)], axis=1)
    return jackknife(lambda sums: ratio(sums[0]) - ratio(sums[1]), pieces)


def _absorbed(lab: Lab, posts: int) -> np.ndarray:
    """Pounds of bids and of time spent on reporting, and pounds of grants paid: (replicates, 2)."""
    scenario = sized(lab.scenario(ALL_GRANT), [posts] * 5)
    pay = float(scenario.context["costs.post_year"]) / 52
    load = float(scenario.policy["flexibility.reporting_load"])
    pieces = []
    for run in lab.runs(scenario, part=0.5):
        paid = pay * run.series["grant_filled_weeks"][24:].sum()
        pieces.append([run.series["bids_cost"][24:].sum() + load * paid, paid])
    return np.array(pieces)


# --- what erodes first, and earlier decisions ---------------------------------------------------

GAP = 0.1
QUARTER = 3


def months_before_trust(columns: tuple[str, str]) -> Callable[[Lab], Estimate]:
    """Pattern 44: by how many months something reaches a gap of 10% before trust does.

    A gap that does not come in the run leaves a bound: what is left of the run after the other gap.

    Parameters
    ----------
    columns : (str, str)
        What is counted and what it is counted over, in the series.
    """
    return lambda lab: lead_before_trust(_sums_of_worlds(lab, columns, _TRUST))


def largest_gap_of_trust(lab: Lab) -> Estimate:
    """Pattern 44: the largest relative gap of a quarter's mean trust in the run."""
    return jackknife(lambda sums: float(_gaps(*sums[:, 0]).max()), _sums_of_worlds(lab, _TRUST))


_TRUST = ("trust_sum", "ties")


def _sums_of_worlds(lab: Lab, *outcomes: tuple[str, str]) -> np.ndarray:
    """Counted and counted over by month, on permanent money and after it: (replicates, 2, outcomes, 2, months)."""
    worlds = [lab.runs(_switched(lab, to_grants), ()) for to_grants in (False, True)]
    pieces = [
        [[[run.series[c][24:] for c in pair] for pair in outcomes] for run in runs]
        for runs in zip(*worlds, strict=True)
    ]
    return np.array(pieces, dtype=float)


def _switched(lab: Lab, to_grants: bool) -> Scenario:
    """The all-grant partnership that had permanent money, and keeps it or gets 12-month grants."""
    found = lab.scenario(ALL_GRANT, policy={"funding.permanent": not to_grants})
    return replace(found, baseline={**found.baseline, "funding.permanent": True})


def lead_before_trust(pieces: np.ndarray) -> Estimate:
    """By how many months an outcome's gap comes before that of trust.

    An end of the interval is open where the gap does not come, in the mean of all replicates or of all but one:
    how late it would come is not known.

    Parameters
    ----------
    pieces : array (replicates, 2, 2, 2, months)
        Worlds, then outcome and trust, then what is counted and what it is counted over.
    """
    found, now = jackknife(_lead, pieces), _never(pieces.sum(axis=0))
    open_low, open_high = np.any([now, *map(_never, without_each(pieces))], axis=0).tolist()
    low, high = -math.inf if open_low else found.low, math.inf if open_high else found.high
    if not any(now):
        return replace(found, low=low, high=high)
    mean = math.nan if all(now) else found.mean
    return Bound(mean, low, high, math.nan, found.n, f"{_who(*now)} it in {pieces.shape[-1] // 12} years")


def _never(sums: np.ndarray) -> tuple[bool, bool]:
    """Whether the gap of the outcome, and that of trust, does not come in the run."""
    return _month_of_gap(sums, 0) is None, _month_of_gap(sums, 1) is None


def _who(outcome: bool, trust: bool) -> str:
    """Who does not reach a gap."""
    return (
        "neither reaches" if outcome and trust else "trust does not reach" if trust else "only trust reaches"
    )


def _lead(sums: np.ndarray) -> float:
    """The same in months; a gap that does not come is counted as if it came in the last month."""
    last = sums.shape[-1]
    first, trust = (_month_of_gap(sums, which) for which in (0, 1))
    return float((trust or last) - (first or last))


def _month_of_gap(sums: np.ndarray, which: int) -> int | None:
    """The month, from 1, at whose end a quarter's mean first differs by 10%; None if it never does."""
    reached = np.flatnonzero(_gaps(*sums[:, which]) >= GAP)
    return int(reached[0]) + QUARTER if len(reached) else None


def _gaps(secure: np.ndarray, short: np.ndarray) -> np.ndarray:
    """The relative gap of the mean of each three months in turn, without its sign: (months - 2,)."""
    level = [np.convolve(x, np.ones(QUARTER), "valid") for x in (*secure, *short)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.abs((level[2] / level[3]) / (level[0] / level[1]) - 1))


def wasted_quits_cut(lab: Lab) -> Estimate:
    """Pattern 45: by how much a decision six months ahead, not at the end, cuts quits from posts that are then renewed."""
    pieces = [
        [_wasted(run, notice) for run in lab.runs(_noticed(lab, notice), ("events",))] for notice in (0, 6)
    ]
    return jackknife(
        lambda sums: 1 - quotient(ratio(sums[1]), ratio(sums[0])), np.array(pieces).swapaxes(0, 1)
    )


def separations_by_notice(lab: Lab) -> Estimate:
    """Pattern 45: the relative change of all separations that it makes."""

    def piece(run: Run) -> list[float]:
        s = run.series[24:]
        return [s["quits"].sum() + s["nonrenewals"].sum(), s["filled_weeks"].sum()]

    pieces = [[piece(run) for run in lab.runs(_noticed(lab, notice), ("events",))] for notice in (0, 6)]
    return jackknife(
        lambda sums: quotient(ratio(sums[1]), ratio(sums[0])) - 1, np.array(pieces).swapaxes(0, 1)
    )


def _noticed(lab: Lab, months: int) -> Scenario:
    return lab.scenario(ALL_GRANT, always={"funding.notice_months": float(months)})


def _wasted(run: Run, notice: int) -> list[float]:
    """Quits in the last half year of terms that were renewed, and the number of these terms' posts."""
    lead = round(notice * 52 / 12)
    events, posts = run.events, run.arrays["posts"]
    quits = events[events["kind"] == state.QUITS]
    grant_of = {int(p["id"]): int(p["grant"]) for p in posts if p["kind"] == state.ORDINARY}
    of_grant = np.array([grant_of.get(int(post), -1) for post in quits["subject"]])
    wasted = terms = 0
    for row in events[(events["kind"] == state.GRANT_RENEWED) & (events["week"] >= SETTLED)]:
        end = int(row["week"]) + lead
        near = (quits["week"] >= end - 26) & (quits["week"] < end) & (of_grant == row["subject"])
        wasted += int(near.sum())
        terms += int((posts["grant"] == row["subject"]).sum())
    return [float(wasted), float(terms)]
