"""Morris's screening: how far the outcome moves when one enabler moves and the others stay.

When to use it: many enablers, few runs, and the question which do anything at all. What it needs: trajectories of
a design of kind ``morris`` with a dummy. An elementary effect is the change of the outcome per full range of the
enabler; mu is its mean, mu* the mean of its size, sigma its spread over the design (interactions and curvature).

Luck lifts mu* of every enabler alike and cannot be subtracted from a mean of absolute values; the dummy shows by
how much. It is taken off sigma², where it adds 2 s²/(R Δ²).

References
----------
Morris, M. D. (1991). Factorial sampling plans for preliminary computational experiments. Technometrics 33,
161-174.
Campolongo, F., Cariboni, J. and Saltelli, A. (2007). An effective screening design for sensitivity analysis of
large models. Environmental Modelling & Software 22, 1509-1518.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from collabsim.analysis.blocks import Layout


@dataclass(frozen=True)
class Morris:
    """Measures for each set of weights, each an array (draws, enablers); mu is NaN for groups of factors."""

    mu: np.ndarray
    mu_star: np.ndarray
    sigma: np.ndarray


@dataclass(frozen=True)
class Trajectories:
    """Elementary effects of each enabler in each trajectory.

    Attributes
    ----------
    effects : array (trajectories, enablers)
    noise : array (trajectories,)
        The variance that luck adds to an effect.
    signed : array of bool (enablers,)
        Whether an effect has a sign: groups of factors move both ways at once.
    """

    effects: np.ndarray
    noise: np.ndarray
    signed: np.ndarray

    @property
    def blocks(self) -> int:
        """How many trajectories there are."""
        return len(self.effects)

    def head(self, blocks: int) -> Trajectories:
        """The same from the first trajectories alone."""
        return Trajectories(self.effects[:blocks], self.noise[:blocks], self.signed)

    def estimate(self, weights: np.ndarray) -> Morris:
        """Measures under each set of weights (draws, trajectories)."""
        mu, square = weights @ self.effects, weights @ self.effects**2
        spread = (square - mu**2) * self.blocks / (self.blocks - 1) - (weights @ self.noise)[:, None]
        sigma = np.where(self.signed, np.sqrt(np.maximum(spread, 0.0)), np.nan)
        return Morris(np.where(self.signed, mu, np.nan), weights @ np.abs(self.effects), sigma)


def trajectories(y: np.ndarray, moved: np.ndarray, levels: int, *, corrected: bool = True) -> Trajectories:
    """Elementary effects.

    Parameters
    ----------
    y : array (trajectories, enablers + 1, replicates)
    moved : array (trajectories, enablers, enablers)
        For each step, +1 or -1 at the enabler that moved up or down, 0 elsewhere; 2 where a group moved both ways.
    levels : int
        Of the grid: a step moves by ``levels / (2 (levels - 1))`` of the range.
    corrected : bool
        Whether luck is taken off sigma; needs 2 or more replicates with independent luck.

    Raises
    ------
    ValueError
        When a number is not finite, or a step did not move exactly one enabler.
    """
    if not np.isfinite(y).all():
        raise ValueError("An outcome is no finite number; leave its whole trajectory out first.")
    if not ((moved != 0).sum(axis=2) == 1).all() or not ((moved != 0).sum(axis=1) == 1).all():
        raise ValueError("These are no trajectories: a step must move one enabler, and each moves once.")
    step = levels / (2 * (levels - 1))
    change = np.diff(y.mean(axis=2), axis=1)
    sign = np.where(moved == 2, 1.0, moved)
    effects = np.einsum("ts,tse->te", change, sign) / step
    noise = y.var(axis=2, ddof=1).mean(axis=1) / y.shape[2] if corrected else np.zeros(len(y))
    return Trajectories(effects, 2 * noise / step**2, (moved != 2).all(axis=(0, 1)))


def steps(design: pd.DataFrame, layout: Layout) -> np.ndarray:
    """Which enabler each step of each trajectory moved, and which way: `moved` of `trajectories`.

    Parameters
    ----------
    design : DataFrame
        The factors' values, trajectory by trajectory.
    layout : Layout
    """
    found = np.zeros((len(design) // layout.rows, layout.rows - 1, len(layout.names)))
    for column, name in enumerate(layout.names):
        signs = [_signs(design[member], layout, member) for member in layout.members[name]]
        up, down = (np.any([s == way for s in signs], axis=0) for way in (1, -1))
        single = len(signs) == 1
        found[:, :, column] = np.where(up & ~down, 1, np.where(down & ~up, -1, 0))
        found[:, :, column] = np.where(up | down, found[:, :, column] if single else 2, 0)
    return found


def _signs(values: pd.Series, layout: Layout, member: str) -> np.ndarray:
    """Up, down or still, step by step (trajectories, steps); words in the order of the factor's choices."""
    order = layout.factors[member].values
    numbers = values.map({v: n for n, v in enumerate(order)}) if order else values
    return np.sign(np.diff(numbers.to_numpy(dtype=float).reshape(-1, layout.rows), axis=1))
