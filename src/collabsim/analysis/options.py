"""Which of several options is best for an outcome, what each gives beyond a base, and what cannot be told apart.

When to use it: on rows that are policies (scenarios, packages, combinations), not a sample of a space.

What it needs: one number per option and replicate. Under common random numbers differences are taken replicate by
replicate; else the options are independent samples (Welch's interval).

All intervals of one comparison are widened together (Bonferroni), so that with probability 95% every one of them is
right: among forty options two would differ "surely" by chance alone otherwise. An option is a rival of the best when
the interval of their difference includes zero, or has no end.

References
----------
Hsu, J. C. (1996). Multiple Comparisons: Theory and Methods, chapters 1 and 4 (comparisons with the best).
Chapman and Hall.
Welch, B. L. (1947). The generalization of Student's problem. Biometrika 34, 28-35.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from collabsim.analysis.differences import LEVEL, Estimate, estimate
from collabsim.analysis.student import t_quantile

DRAWS = 2_000


@dataclass(frozen=True)
class Options:
    """A comparison of options.

    Attributes
    ----------
    levels, changes : list of Estimate
        Of each option; changes are from the base, that of the base itself being 0.
    same : list of bool
        Whether an option gives exactly what the base gives, replicate by replicate.
    base, best : int
        Positions; the best has the best mean. -1 when no option has a number.
    rivals : tuple of int
        Options that cannot be told from the best.
    p_best : array (options,)
        Share of redraws of the replicates in which the option is the best.
    ahead : array (options,)
        Share of replicates in which the option is better than the base under the same luck; NaN without.
    luck : float
        Share of the variance of single runs that is luck; NaN with one replicate.
    sign : int
        1 when more is better (or neither is), -1 when less is.
    replicates : int
        The most that any option has.
    """

    levels: list[Estimate]
    changes: list[Estimate]
    same: list[bool]
    base: int
    best: int
    rivals: tuple[int, ...]
    p_best: np.ndarray
    ahead: np.ndarray
    luck: float
    sign: int
    replicates: int
    constant: bool

    @cached_property
    def better(self) -> list[int]:
        """Options that are surely better than the base."""
        return [
            n for n, found in enumerate(self.changes) if found.excludes_zero and found.mean * self.sign > 0
        ]

    @cached_property
    def worse(self) -> list[int]:
        """Options that are surely worse than the base."""
        return [
            n for n, found in enumerate(self.changes) if found.excludes_zero and found.mean * self.sign < 0
        ]

    @property
    def order(self) -> list[int]:
        """Positions, the best first; what has no number is last."""
        return sorted(range(len(self.levels)), key=lambda n: _key(self.sign * self.levels[n].mean))

    @property
    def table(self) -> pd.DataFrame:
        """``level``, ``change``, ``low``, ``high``, ``told``, ``p_best``, ``ahead`` of each option."""
        return pd.DataFrame(
            {
                "level": [found.mean for found in self.levels],
                "change": [found.mean for found in self.changes],
                "low": [found.low for found in self.changes],
                "high": [found.high for found in self.changes],
                "told": [found.excludes_zero for found in self.changes],
                "p_best": self.p_best,
                "ahead": self.ahead,
            }
        )


def _key(value: float) -> float:
    return math.inf if math.isnan(value) else -value


def compare(
    values: np.ndarray, base: int = 0, better: str = "higher", *, common: bool = True, seed: int = 0
) -> Options:
    """Compare options with a base and with the best of them.

    Parameters
    ----------
    values : array (options, replicates)
        NaN where a run is missing.
    base : int
    better : str
        ``higher``, ``lower`` or ``neither`` (then the highest comes first).
    common : bool
        Whether the replicates of all options met the same luck.
    seed : int
        Of the redraws.
    """
    values = np.asarray(values, dtype=float)
    sign = -1 if better == "lower" else 1
    level = simultaneous(len(values) - 1)
    levels = [estimate(row) for row in values]
    order = sorted(range(len(values)), key=lambda n: _key(sign * levels[n].mean))
    best = order[0] if math.isfinite(levels[order[0]].mean) else -1
    changes = [_nothing(values[base])] * len(values)
    for n in range(len(values)):
        changes[n] = apart(values[base], values[n], common, level) if n != base else changes[n]
    rivals = [n for n in order if best >= 0 and n != best and _is_rival(values, best, n, common, level)]
    return Options(
        levels=levels, changes=changes, same=[_is_same(values[base], row) for row in values], base=base,
        best=best, rivals=tuple(rivals), p_best=chances(sign * values, common, seed),
        ahead=_ahead(sign * values, base) if common else np.full(len(values), np.nan),
        luck=share_of_luck(values, common), sign=sign, replicates=max(found.n for found in levels),
        constant=_is_constant(values),
    )  # fmt: skip


def simultaneous(comparisons: int, level: float = LEVEL) -> float:
    """The level of each interval so that all together have at least the level asked for."""
    return 1 - (1 - level) / max(1, comparisons)


def apart(base: np.ndarray, other: np.ndarray, common: bool, level: float = LEVEL) -> Estimate:
    """The other less the base: paired under common luck, else Welch's interval."""
    if common:
        return estimate(np.asarray(other, dtype=float) - np.asarray(base, dtype=float), level)
    a, b = estimate(base), estimate(other)
    mean, n = b.mean - a.mean, min(a.n, b.n)
    if n < 2:
        return Estimate(mean, math.nan, math.nan, math.nan, n)
    parts = a.sd**2 / a.n, b.sd**2 / b.n
    error = math.sqrt(sum(parts))
    if error == 0:
        return Estimate(mean, mean, mean, 0.0, n)
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (a.n - 1) + parts[1] ** 2 / (b.n - 1))
    half = t_quantile(level, max(1, math.floor(freedom))) * error
    return Estimate(mean, mean - half, mean + half, error * math.sqrt(n), n)


def _nothing(base: np.ndarray) -> Estimate:
    n = int(np.isfinite(base).sum())
    return Estimate(0.0, 0.0, 0.0, 0.0, n) if n else Estimate(math.nan, math.nan, math.nan, math.nan, 0)


def _is_rival(values: np.ndarray, best: int, other: int, common: bool, level: float) -> bool:
    return math.isfinite(
        np.nanmean(values[other]) if np.isfinite(values[other]).any() else math.nan
    ) and not (apart(values[best], values[other], common, level).excludes_zero)


def _is_same(base: np.ndarray, other: np.ndarray) -> bool:
    both = np.isfinite(base) & np.isfinite(other)
    return bool(both.any() and (base[both] == other[both]).all())


def _is_constant(values: np.ndarray) -> bool:
    known = values[np.isfinite(values)]
    return bool(known.size and np.ptp(known) <= 1e-12 * np.abs(known).max())


# --- chances and luck ---------------------------------------------------------------------------


def redrawn(values: np.ndarray, common: bool, seed: int = 0, draws: int = DRAWS) -> np.ndarray:
    """Means of each option with its replicates drawn again with replacement.

    Parameters
    ----------
    values : array (options, replicates)
    common : bool
        Whether all options are redrawn together.

    Returns
    -------
    array (draws, options)
        NaN where a redraw holds no number of an option.
    """
    generator = np.random.default_rng([seed, 11])
    known, filled = np.isfinite(values), np.nan_to_num(values)
    count = values.shape[1]
    even = np.full(count, 1 / count)
    if common:
        weights = generator.multinomial(count, even, draws).astype(float)
        sums, counts = weights @ filled.T, weights @ known.T
    else:
        sums, counts = np.empty((draws, len(values))), np.empty((draws, len(values)))
        for n in range(len(values)):
            weights = generator.multinomial(count, even, draws).astype(float)
            sums[:, n], counts[:, n] = weights @ filled[n], weights @ known[n]
    return np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)


def chances(values: np.ndarray, common: bool, seed: int = 0) -> np.ndarray:
    """How often each option has the largest mean over redraws; options that tie share."""
    return firsts(redrawn(values, common, seed))


def firsts(drawn: np.ndarray) -> np.ndarray:
    """How often each column is the largest of its row; those that tie share. NaN without any number."""
    known = np.where(np.isnan(drawn), -np.inf, drawn)
    is_first = (known == known.max(axis=1, keepdims=True)) & ~np.isnan(drawn)
    told = is_first.any(axis=1)
    if not told.any():
        return np.full(drawn.shape[1], np.nan)
    shares = is_first[told] / is_first[told].sum(axis=1, keepdims=True)
    return np.asarray(shares.mean(axis=0))


def _ahead(values: np.ndarray, base: int) -> np.ndarray:
    """The share of replicates in which each option is ahead; a tie counts half."""
    beyond = values - values[base]
    known = np.isfinite(beyond)
    counts = known.sum(axis=1)
    wins = ((beyond > 0) & known).sum(axis=1) + 0.5 * ((beyond == 0) & known).sum(axis=1)
    found = np.divide(wins, counts, out=np.full(len(values), np.nan), where=counts > 0)
    found[base] = np.nan
    return np.asarray(found)


def share_of_luck(values: np.ndarray, common: bool) -> float:
    """The share of the variance of single runs that differs between replicates of one option.

    Of the spread of the options' means, what luck adds to it is taken off: under common luck only the part that is
    not common to all options.
    """
    whole = values[:, np.isfinite(values).all(axis=0)]
    if whole.shape[1] < 2:
        return math.nan
    within = float(whole.var(axis=1, ddof=1).mean())
    rest = whole - whole.mean(axis=1, keepdims=True)
    if common and len(whole) > 1:
        rest = rest - rest.mean(axis=0)
        noise = float((rest**2).sum() / ((len(whole) - 1) * (whole.shape[1] - 1)))
    else:
        noise = within
    spread = float(whole.mean(axis=1).var(ddof=1)) if len(whole) > 1 else 0.0
    between = max(0.0, spread - noise / whole.shape[1])
    return within / (within + between) if within + between > 0 else math.nan
