"""Patterns of the work: information and outcomes, programmes as a whole, learning, handing over, cases."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from collabsim.analysis.differences import Estimate
from collabsim.model import state
from collabsim.model.simulate import Run
from collabsim.parameters import Value
from collabsim.scenario import Scenario
from collabsim.validation.lab import ALL_GRANT, Lab
from collabsim.validation.sums import correlation, jackknife, mean, moments, ratio, slope, standardised

AFTER = 4 * 52
"""Week from which cases count: two years after the policy's start."""

EVERYTHING: Mapping[str, Value] = {
    "funding.grant_months": 60.0,
    "funding.notice_months": 6.0,
    "flexibility.movable_capacity": 1.0,
    "flexibility.reporting_load": 0.02,
    "pooled_budget.share": 1.0,
    "pooled_budget.joint_bids": True,
    "colocation.days": 5.0,
    "meetings.per_month": 8.0,
    "meetings.protected_time": 0.1,
    "meetings.steering_per_quarter": 3.0,
    "training.days_per_year": 4.0,
    "key_worker.fte_per_20": 1.0,
    "key_worker.backup": True,
    "project_manager.fte": 1.0,
    "project_manager.authority": 1.0,
    "leadership.commitment": 1.0,
    "leadership.system": 1.0,
    "leadership.tenure_years": 7.0,
    "shared_record.interoperability": 1.0,
    "shared_record.agreement": 1.0,
    "safe_space.psychological_safety": 1.0,
    "safe_space.facilitation": 1.0,
    "power_sharing.gamma": 0.2,
    "power_sharing.vcse_seat": 1.0,
    "power_sharing.paid_participation": 350.0,
    "power_sharing.alliance": True,
    "purpose.vision_pull": 0.5,
    "purpose.workshops_per_year": 4.0,
    "reflection.sessions_per_month": 2.0,
    "reflection.evaluation_share": 0.15,
    "reflection.case_reviews": 13.0,
    "shared_record.directory": 1.0,
    "power_sharing.user_seat": 1.0,
    "handover.standard": "overlap",
}
"""Every lever that has a dose at its fullest; who runs the partnership stays as it is."""


def _cases(run: Run) -> np.ndarray:
    """The cases that a run closed after it had settled."""
    return run.closed_cases[run.closed_cases["opened"] >= AFTER]


# --- information and outcome --------------------------------------------------------------------------


def information_and_outcome(lab: Lab) -> Estimate:
    """Pattern 8: correlation over cases of complete information with performance."""
    pieces = [moments(c["completeness"], c["performance"]) for c in map(_cases, lab.many(lab.scenario()))]
    return jackknife(correlation, np.array(pieces))


def unique_above_volume(lab: Lab) -> Estimate:
    """Pattern 8: that correlation less the one of the number of answers, of whatever need, with performance."""
    pieces = [
        [moments(c["completeness"], c["performance"]), moments(c["received"], c["performance"])]
        for c in map(_cases, lab.usual())
    ]
    return jackknife(lambda sums: correlation(sums[0]) - correlation(sums[1]), np.array(pieces))


# --- programmes -----------------------------------------------------------------------------------------


def _on_cases(
    field: str, policy: Mapping[str, Value], context: Mapping[str, Value] | None = None
) -> Callable[[Lab], Estimate]:
    """Standardised mean difference that a policy, or another context, makes in a field of closed cases."""
    return lambda lab: _difference(lab, lab.scenario(policy=policy, context=context or {}), field)


def _difference(lab: Lab, other: Scenario, field: str) -> Estimate:
    worlds = [lab.many(lab.scenario()), lab.many(other)]
    pieces = [[moments(_cases(run)[field]) for run in runs] for runs in worlds]
    return jackknife(standardised, np.array(pieces).swapaxes(0, 1))


everything_on_outcome = _on_cases("outcome", EVERYTHING)
everything_on_performance = _on_cases("performance", EVERYTHING)
pooled_on_outcome = _on_cases("outcome", {"pooled_budget.share": 1.0})
reflection_on_performance = _on_cases("performance", {"reflection.sessions_per_month": 2.0})
goals_on_performance = _on_cases(
    "performance", {"purpose.vision_pull": 0.5, "purpose.workshops_per_year": 4.0}
)
own_targets_on_performance = _on_cases("performance", {}, {"goals.spread": 0.5, "goals.self_weight": 0.95})


def everything_on_information(lab: Lab) -> Estimate:
    """Pattern 12: what everything at once does to information complete at closing, in SD over cases."""
    return _difference(lab, lab.scenario(policy=EVERYTHING), "completeness")


def everything_on_trust(lab: Lab) -> Estimate:
    """Pattern 12: what everything at once does to trust, in SD over relationships."""
    return _trust_difference(lab, lab.scenario(policy=EVERYTHING))


def pooled_on_trust(lab: Lab) -> Estimate:
    """Pattern 13: what pooled budgets do to trust, in SD over relationships."""
    return _trust_difference(lab, lab.scenario(policy={"pooled_budget.share": 1.0}))


def _trust_difference(lab: Lab, other: Scenario) -> Estimate:
    worlds = [lab.many(lab.scenario()), lab.many(other)]
    pieces = [[_trust_moments(run) for run in runs] for runs in worlds]
    return jackknife(standardised, np.array(pieces).swapaxes(0, 1))


def _trust_moments(run: Run) -> np.ndarray:
    n = int(run.arrays["world"][0]["ordinary"])
    return moments(run.arrays["trust"][:n, :n][run.arrays["met"][:n, :n] > state.NO_TIE])


def process_above_outcome(lab: Lab) -> Estimate:
    """Pattern 12: the smaller of the changes of trust and of information over the change of the outcome (all in SD)."""
    parts = [everything_on_trust(lab), everything_on_information(lab)]
    weaker = min(parts, key=lambda part: part.mean)
    outcome = everything_on_outcome(lab)
    at = weaker.mean / outcome.mean
    error = abs(at) * math.hypot(weaker.half_width / weaker.mean, outcome.half_width / outcome.mean)
    return Estimate(at, at - error, at + error, math.nan, weaker.n)


# --- handing over -----------------------------------------------------------------------------------------


def kept(standard: str, codified: float | None = None) -> Callable[[Lab], Estimate]:
    """Pattern 20: share of knowledge kept per handover, over successive leavers of the same posts.

    Nothing is learned or forgotten in between, so a post's knowledge is the founder's after so many handovers.
    """

    def measure(lab: Lab) -> Estimate:
        context: dict[str, Value] = {
            "knowledge.learn": 0.0,
            "knowledge.forget": 0.0,
            "knowledge.founding": 1.0,
            "funding.redeploy": 0.0,
            **{f"turnover.{sector}": 0.6 for sector in ("nhs", "la", "police", "housing", "vcse")},
        }
        if codified is not None:
            context["knowledge.codify"] = codified
        scenario = lab.scenario(
            always={"handover.standard": standard, "funding.permanent": True}, context=context, years=3
        )
        pieces = [_handed_on(run) for run in lab.runs(scenario, part=0.25)]
        return jackknife(lambda sums: min(1.0, math.exp(slope(sums))), np.array(pieces))

    return measure


def _handed_on(run: Run) -> np.ndarray:
    """Moments of handovers so far and log knowledge, of posts that five leavers at most have had."""
    posts = run.arrays["posts"]
    some = posts[(posts["kind"] == state.ORDINARY) & (posts["filled"] == 1) & (posts["occupant"] <= 5)]
    return moments(some["occupant"], np.log(some["knowledge"]))


# --- training -----------------------------------------------------------------------------------------------

_TRAINED: Mapping[str, Value] = {"training.days_per_year": 8.0}
_TRAINING_WEEKS = 13


class _Training:
    """Two runs under the same luck, one with a quarter of joint training (two days) at the policy's start."""

    def __init__(self, lab: Lab, replicate: int, base: str, permanent: bool) -> None:
        always: dict[str, Value] = {"funding.permanent": True} if permanent else {}
        plain = lab.scenario(base, always=always, years=3)
        trained = lab.scenario(base, always=always, policy=_TRAINED, years=3)
        self.looks = [lab.experiment(plain, replicate), lab.experiment(trained, replicate)]
        for look in self.looks:
            look.live(104 + _TRAINING_WEEKS)
        for name in plain.policy:
            field = name.replace(".", "_")
            policies = self.looks[1].arrays["policies"]
            if field in (policies.dtype.names or ()):
                policies[-1][field] = self.looks[0].arrays["policies"][-1][field]

    def live(self, weeks: int) -> None:
        for look in self.looks:
            look.live(weeks)

    def clarity(self) -> np.ndarray:
        """Role clarity between agencies without and with training: sums."""
        off = ~np.eye(5, dtype=bool)
        return np.array([look.arrays["between"]["clarity"][:5, :5][off].sum() for look in self.looks])

    def answers(self) -> tuple[np.ndarray, np.ndarray]:
        """Requests and answers so far of each ordinary post, in both runs: (2, posts) each; and who is in post."""
        told = []
        for look in self.looks:
            n = int(look.arrays["world"][0]["ordinary"])
            ties = look.arrays["ties"][:n, :n]
            there = look.arrays["met"][:n, :n] > state.NO_TIE
            told.append([(ties[what] * there).sum(axis=1) for what in ("requests", "answers")])
        who = [look.arrays["posts"]["occupant"][: len(told[0][0])] for look in self.looks]
        return np.array(told), np.array(who)


def _few(lab: Lab) -> range:
    return range(max(6, lab.replicates // 3))


def clarity_gained(lab: Lab) -> Estimate:
    """Pattern 34: share of the gap to full role clarity that two days of joint training close at once."""

    def piece(n: int) -> list[float]:
        plain, trained = _Training(lab, n, "mixed-partnership", False).clarity()
        return [trained - plain, 20 - plain]

    return jackknife(ratio, np.array([piece(n) for n in range(4)]))


def report_better_sharing(lab: Lab) -> Estimate:
    """Pattern 34: share of staff whose requests are answered more often in the quarter after, than without training."""

    def piece(n: int) -> list[float]:
        two = _Training(lab, n, "mixed-partnership", False)
        first, there = two.answers()
        two.live(13)
        second, still = two.answers()
        same = (there[0] == there[1]) & (there == still).all(axis=0) & (still[0] == still[1])
        asked, answered = np.moveaxis(np.maximum(second - first, 0), 1, 0)
        share = np.divide(answered, asked, out=np.zeros(asked.shape), where=asked > 0)
        able = same & (asked > 0).all(axis=0)
        return [(share[1] > share[0] + 1e-9)[able].sum(), able.sum()]

    return jackknife(ratio, np.array([piece(n) for n in _few(lab)], dtype=float))


def clarity_left(permanent: bool) -> Callable[[Lab], Estimate]:
    """Pattern 34: share of the gain in role clarity that is left a year after."""
    return lambda lab: jackknife(ratio, _faded(lab, permanent))


def fades_as_staff_leave(lab: Lab) -> Estimate:
    """Pattern 34: share left where staff stay (permanent money) less where they leave (12-month grants)."""
    pieces = np.stack([_faded(lab, permanent) for permanent in (True, False)], axis=1)
    return jackknife(lambda sums: ratio(sums[0]) - ratio(sums[1]), pieces)


def _faded(lab: Lab, permanent: bool) -> np.ndarray:
    def piece(n: int) -> list[float]:
        two = _Training(lab, n, ALL_GRANT, permanent)
        at_once = np.diff(two.clarity())[0]
        two.live(52)
        return [float(np.diff(two.clarity())[0]), float(at_once)]

    return np.array([piece(n) for n in _few(lab)])


# --- cases -----------------------------------------------------------------------------------------------------

WORST = 0.05


def poor_information_in_the_worst(lab: Lab) -> Estimate:
    """Pattern 40: share with less than half of the information among the 5% of cases with the worst outcomes."""

    def piece(run: Run) -> list[float]:
        cases = _cases(run)
        worst = cases[cases["outcome"] <= np.quantile(cases["outcome"], WORST)]
        return [(worst["completeness"] < 0.5).sum(), len(worst)]

    return jackknife(ratio, np.array([piece(run) for run in lab.usual()], dtype=float))


def outcome_per_change(lab: Lab) -> Estimate:
    """Pattern 42: slope of the outcome on changes of worker."""
    pieces = [moments(c["changes"], c["outcome"]) for c in map(_cases, lab.usual())]
    return jackknife(slope, np.array(pieces))


def smallest_step_down(lab: Lab) -> Estimate:
    """Pattern 42: the smallest fall of the mean outcome from none to one, and from one to two or more changes."""

    def piece(run: Run) -> list[np.ndarray]:
        cases = _cases(run)
        changes = np.minimum(cases["changes"], 2)
        return [moments(cases["outcome"][changes == n]) for n in range(3)]

    def step(sums: np.ndarray) -> float:
        levels = [mean(group) for group in sums]
        return min(levels[0] - levels[1], levels[1] - levels[2])

    return jackknife(step, np.array([piece(run) for run in lab.usual()]))
