"""Sobol' indices of a noisy model: which enablers move the mean outcome, alone and with others.

When to use it: to rank, with a design of kind ``sobol``. What it needs: Saltelli's blocks with 2 or more
replicates of every row, each row with luck of its own.

Luck is taken off. The mean over R replicates still carries noise of variance s²/R, which lifts every total
index, that of a dummy too, by about (s²/R)/V. The variance within rows estimates s² without bias, so s²/R is
subtracted from the numerator of the total index and from the variance V (variance deconvolution). That is right
only where rows have independent luck: under common random numbers nothing is subtracted.

SALib draws the design (`collabsim.experiment.sampling`). The arithmetic is here because SALib's knows neither
replicates nor whole-block redraws; without noise both agree to rounding, which a test checks.

References
----------
Sobol', I. M. (2001). Global sensitivity indices for nonlinear mathematical models and their Monte Carlo
estimates. Mathematics and Computers in Simulation 55, 271-280.
Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. Computer Physics
Communications 181, 259-270.
Jansen, M. J. W. (1999). Analysis of variance designs for model output. Computer Physics Communications 117,
35-43.
Clements, K. B., Geraci, G., Olson, A. J. and Palmer, T. S. (2024). A variance deconvolution estimator for
efficient uncertainty quantification in Monte Carlo radiation transport applications. arXiv:2403.06106.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sobol:
    """Indices for each set of weights.

    Attributes
    ----------
    first, total : array (draws, enablers)
    variance : array (draws,)
        Of the mean outcome over the design, luck taken off where it was corrected.
    second : array (draws, pairs)
        In the order of `pairs`; no column when not sampled.
    """

    first: np.ndarray
    total: np.ndarray
    variance: np.ndarray
    second: np.ndarray


def pairs(enablers: int) -> list[tuple[int, int]]:
    """The pairs of enablers, in the order of second-order indices."""
    return [(i, j) for i in range(enablers) for j in range(i + 1, enablers)]


@dataclass(frozen=True)
class Saltelli:
    """What each block of Saltelli's design adds to the estimates: they are means of these, weighted.

    Attributes
    ----------
    columns : array (blocks, columns)
    enablers : int
    second_order : bool
    """

    columns: np.ndarray
    enablers: int
    second_order: bool

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self.columns)

    def head(self, blocks: int) -> Saltelli:
        """The same from the first blocks alone."""
        return Saltelli(self.columns[:blocks], self.enablers, self.second_order)

    def estimate(self, weights: np.ndarray) -> Sobol:
        """Indices under each set of weights (draws, blocks)."""
        d = self.enablers
        means = weights @ self.columns
        variance = means[:, 1] - means[:, 0] ** 2 - means[:, 2]
        with np.errstate(divide="ignore", invalid="ignore"):
            first = means[:, 3 : 3 + d] / variance[:, None]
            total = (means[:, 3 + d : 3 + 2 * d] - means[:, 2:3]) / variance[:, None]
            joint = means[:, 3 + 2 * d :] / variance[:, None]
        alone = np.array([[i, j] for i, j in pairs(d)], dtype=int).reshape(-1, 2)
        second = joint - first[:, alone[:, 0]] - first[:, alone[:, 1]] if self.second_order else joint
        return Sobol(first, total, variance, second)


def saltelli(y: np.ndarray, enablers: int, *, second_order: bool = False, corrected: bool = True) -> Saltelli:
    """Prepare the outcomes of Saltelli's design.

    Parameters
    ----------
    y : array (blocks, D + 2 or 2 D + 2, replicates)
        In SALib's order: A, each AB, with ``second_order`` each BA, B.
    enablers : int
        D.
    second_order : bool
    corrected : bool
        Whether to take luck off; needs 2 or more replicates with independent luck.

    Raises
    ------
    ValueError
        When a number is not finite, the shape is not that of the design, or there is nothing to correct with.
    """
    _check(y, enablers, second_order, corrected)
    replicates = y.shape[2]
    mean = y.mean(axis=2) - y.mean()
    noise = y.var(axis=2, ddof=1).mean(axis=1) / replicates if corrected else np.zeros(len(y))
    a, b, ab = mean[:, :1], mean[:, -1:], mean[:, 1 : 1 + enablers]
    level = np.column_stack([(a + b) / 2, (a**2 + b**2) / 2, noise])
    parts = [level, b * (ab - a), (a - ab) ** 2 / 2]
    if second_order:
        ba = mean[:, 1 + enablers : -1]
        parts.append(np.column_stack([ba[:, i] * ab[:, j] - (a * b)[:, 0] for i, j in pairs(enablers)]))
    return Saltelli(np.column_stack(parts), enablers, second_order)


def _check(y: np.ndarray, enablers: int, second_order: bool, corrected: bool) -> None:
    rows = enablers * (1 + second_order) + 2
    if y.ndim != 3 or y.shape[1] != rows:
        raise ValueError(f"The outcomes have shape {y.shape}, but must be (blocks, {rows}, replicates).")
    if not np.isfinite(y).all():
        raise ValueError("An outcome is no finite number; leave its whole block out first.")
    if corrected and y.shape[2] < 2:
        raise ValueError("Luck can only be taken off with 2 or more replicates of every row.")
