"""How much of what varies enablers do together rather than alone: one rule for every place that says it.

First-order indices sum to S, what enablers do alone. An interaction enters no first-order index and the total index of
every enabler that takes part, two at least; total indices sum to T. So the share done together is 1 - S, and it is at
most T - 1 (exactly that where all interactions are of two enablers). Both hold for the truth, not for estimates: 1 - S
takes every error of S for interaction. So it is said that enablers do something together only where the interval of S
lies below 1 and that of T above 1.

References
----------
Homma, T. and Saltelli, A. (1996). Importance measures in global sensitivity analysis of nonlinear models. Reliability
Engineering & System Safety 52, 1-17.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from collabsim.analysis.bootstrap import interval
from collabsim.display import percent

CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Sums:
    """Sums of Sobol' indices over enablers, shares of the variance of the mean outcome.

    Attributes
    ----------
    first, first_low, first_high : float
        Of first-order indices, with the 95% interval.
    total, total_low, total_high : float
        Of total indices, with the 95% interval.
    """

    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float

    @property
    def most(self) -> float:
        """What is done together is at most this share; not above 0 where the sums cannot both be right."""
        return min(1 - self.first_low, self.total_high - 1)

    @property
    def least(self) -> float:
        """What is done together is at least this share; 0 where it cannot be told from nothing."""
        return 1 - self.first_high if self.first_high < 1 < self.total_low and self._agree else 0.0

    @property
    def _agree(self) -> bool:
        return 1 - self.first_high <= self.most


def sums(first: np.ndarray, total: np.ndarray) -> Sums:
    """Sums with their intervals.

    Parameters
    ----------
    first, total : array (1 + draws, enablers)
        The first row is the estimate; without the dummy.
    """
    ends = [_with_interval(indices.sum(axis=1)) for indices in (first, total)]
    return Sums(*ends[0], *ends[1])


def _with_interval(drawn: np.ndarray) -> tuple[float, float, float]:
    low, high = interval(drawn[1:, None])
    return float(drawn[0]), float(low[0]), float(high[0])


# --- in words -----------------------------------------------------------------------------------


def share_words(found: Sums) -> str:
    """How much is done together, for a table: a range, or that it cannot be told."""
    if found.least > 0:
        return f"{_small(found.least)} to {_small(found.most)}"
    return f"{CANNOT_TELL}; at most {_small(found.most)}" if found.most > 0 else CANNOT_TELL


def sentence(found: Sums, thing: str = "enabler") -> str:
    """How much things of a kind do alone and how much together, or that it cannot be told."""
    alone = _interval_words(found.first, found.first_low, found.first_high)
    total = _interval_words(found.total, found.total_low, found.total_high)
    return (
        f"What {thing}s do alone adds up to {alone} of what varies. Their total indices add up to {total}; what "
        f"{thing}s do together counts in two of these or more, so it is no more than what they exceed 100% by: "
        f"{_verdict(found)}."
    )


def _verdict(found: Sums) -> str:
    if found.least > 0:
        return f"{_small(found.least)} to {_small(found.most)} of what varies"
    if found.most > 0:
        return f"at most {_small(found.most)} of what varies, and how much of that these sums cannot tell"
    return "these sums cannot both be right, so we cannot tell"


def _interval_words(value: float, low: float, high: float) -> str:
    return f"{percent(value)} (95% interval {percent(low)} to {percent(high)})"


def _small(share: float) -> str:
    """A share in whole per cent, but never none: both ends are above 0."""
    return percent(share) if share >= 0.01 else "under 1%"
