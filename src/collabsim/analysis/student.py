"""Student's t, from its closed form: importing SciPy for one quantile would take longer than many a run.

References
----------
Abramowitz, M. and Stegun, I. A. (1964). Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist


@cache
def t_quantile(level: float, freedom: int) -> float:
    """The `t` with `P(|T| < t) = level`.

    Newton's method from the normal quantile, which lies below: the probability is concave in `t`, so every
    step stays below too.

    Parameters
    ----------
    level : float
        Between 0 and 1.
    freedom : int
        Degrees of freedom, at least 1.
    """
    t = NormalDist().inv_cdf((1 + level) / 2)
    for _ in range(100):
        step = (level - probability_within(t, freedom)) / (2 * _density(t, freedom))
        t += step
        if abs(step) <= 1e-13 * t:
            break
    return t


def probability_within(t: float, freedom: int) -> float:
    """`P(|T| < t)` for Student's t with a whole number of degrees of freedom."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    is_odd = freedom % 2 == 1
    term = cosine if is_odd else 1.0
    total = 0.0
    for k in range(2 + is_odd, freedom + 1, 2):
        total += term
        term *= cosine**2 * (k - 1) / k
    return 2 / math.pi * (angle + sine * total) if is_odd else sine * total


def _density(t: float, freedom: int) -> float:
    log_scale = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - math.log(freedom * math.pi) / 2
    return math.exp(log_scale - (freedom + 1) / 2 * math.log1p(t * t / freedom))
