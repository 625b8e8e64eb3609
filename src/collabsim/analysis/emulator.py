"""Indices from few runs: a statistical model of the model, asked in its place.

When to use it: where a Saltelli design is too dear. What it needs: some ten rows per factor that fill the space: the
rows A and B of a Saltelli design (a ninth of its rows with sixteen enablers), or a Latin hypercube.

Two emulators are fitted, a Gaussian process with a length scale for each factor and gradient-boosted trees; that
with the smaller error under cross-validation is taken. The error is the share of the variance over the design that the
emulator misses in rows it has not seen, luck taken off. Above `MOST_MISSED` it is refused. Indices come from a Saltelli
design of its own on the emulator; their intervals from a jackknife over the folds, which does not hold the emulator's
own error.

References
----------
Rasmussen, C. E. and Williams, C. K. I. (2006). Gaussian Processes for Machine Learning. MIT Press.
Marrel, A., Iooss, B., Laurent, B. and Roustant, O. (2009). Calculations of Sobol indices for the Gaussian process
metamodel. Reliability Engineering & System Safety 94, 742-751.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from collabsim.analysis.blocks import Blocks, CannotRank, Layout, title_of
from collabsim.analysis.bootstrap import equal_weights
from collabsim.analysis.engines import is_corrected
from collabsim.analysis.sobol import saltelli
from collabsim.analysis.student import t_quantile
from collabsim.display import number, percent
from collabsim.experiment import sampling
from collabsim.experiment.factors import DUMMY

MOST_MISSED = 0.2
FOLDS = 10
"""Fewer where there are fewer blocks: each fold needs one at least."""
BASE = 512
"""Base points of the Saltelli design on the emulator."""
FOR_SCALES, FOR_ALL, STEPS = 250, 1_200, 40
"""Rows that a Gaussian process's length scales are fitted to, most rows that it is fitted to, and steps of the fit."""

Predict = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Emulation:
    """Indices from an emulator.

    Attributes
    ----------
    kind : str
        ``Gaussian process`` or ``gradient-boosted trees``; empty where none could be fitted.
    rows, runs : int
        What it was fitted to.
    missed : float
        The share of the variance over the design that it misses in rows it has not seen; NaN where none was fitted.
    accepted : bool
    table : DataFrame
        ``enabler``, ``title``, ``first``, ``total``, ``total_low``, ``total_high``; empty when refused.
    sentence : str
    """

    kind: str
    rows: int
    runs: int
    missed: float
    accepted: bool
    table: pd.DataFrame
    sentence: str


def emulate(blocks: Blocks, seed: int = 0) -> Emulation:
    """Fit emulators, take the better, and get its indices unless it misses too much.

    Parameters
    ----------
    blocks : Blocks
    seed : int

    Raises
    ------
    CannotRank
        When the outcome varies by nothing but luck.
    """
    from threadpoolctl import threadpool_limits

    layout = blocks.layout
    x, y, noise = _seen(blocks)
    variance = float(y.var() - noise)
    if variance <= 0:
        raise CannotRank("The outcome varies by nothing but luck in the rows that an emulator would see.")
    fold = _folds(blocks, len(y), seed)
    with threadpool_limits(1):  # these fits are small: threads wait for one another longer than they work
        fitted = {name: _fits(fit, x, y, noise, fold, seed) for name, fit in _KINDS.items()}
        missed = {name: _missed(fits, x, y, noise, fold, variance) for name, fits in fitted.items()}
    kind = min(missed, key=lambda name: missed[name])
    error, accepted = missed[kind], missed[kind] <= MOST_MISSED
    with threadpool_limits(1):
        table = _indices(layout, fitted[kind], seed) if accepted else pd.DataFrame()
    runs = len(y) * blocks.replicates
    return Emulation(kind, len(y), runs, error, accepted, table, _sentence(kind, runs, blocks.runs, error))


def refused(because: str) -> Emulation:
    """What stands in an emulator's place where none could be fitted: the reason, a sentence, and no indices."""
    return Emulation("", 0, 0, math.nan, False, pd.DataFrame(), f"There is no emulator. {because}")


def _sentence(kind: str, runs: int, of: int, missed: float) -> str:
    share = f"{runs:,} of {of:,} runs" if runs < of else f"{runs:,} runs"
    seen = f"An emulator ({kind}) of {share} misses {percent(max(missed, 0.0))} of what the enablers do"
    if missed > MOST_MISSED:
        return f"{seen} in rows it has not seen, more than {percent(MOST_MISSED)}: its indices are refused."
    return f"{seen} in rows it has not seen: its indices stand beside the direct ones."


# --- what an emulator sees ----------------------------------------------------------------------


def _seen(blocks: Blocks) -> tuple[np.ndarray, np.ndarray, float]:
    """Inputs and mean outcomes of the rows that fill the space, and the variance of luck in a mean."""
    at = [0, -1] if blocks.layout.kind == "sobol" else list(range(blocks.layout.rows))
    y = blocks.y[:, at].mean(axis=2)
    noise = blocks.y[:, at].var(axis=2, ddof=1).mean() / blocks.replicates if is_corrected(blocks) else 0.0
    encoded = _encoded(blocks.design, blocks.layout)
    x = encoded.reshape(blocks.blocks, blocks.layout.rows, -1)[:, at]
    return x.reshape(-1, x.shape[2]), y.ravel(), float(noise)


def _encoded(design: pd.DataFrame, layout: Layout) -> np.ndarray:
    """The factors as numbers from 0 to 1; a choice has a column for each of its values."""
    return np.column_stack([_columns(design[name], layout, name) for name in layout.factors])


def _columns(values: pd.Series, layout: Layout, name: str) -> np.ndarray:
    factor = layout.factors[name]
    if factor.values and isinstance(factor.values[0], str):
        return np.column_stack([(values == value).to_numpy(dtype=float) for value in factor.values])
    ends = [float(value) for value in factor.values or (factor.low, factor.high)]
    low, high = min(ends), max(ends)
    width = high - low or 1.0
    return (values.to_numpy(dtype=float)[:, None] - low) / width


def _folds(blocks: Blocks, rows: int, seed: int) -> np.ndarray:
    """The fold of each row; rows of a block share one, as they share values."""
    folds = min(FOLDS, blocks.blocks)
    of_blocks = np.random.default_rng([seed, 5]).permutation(np.arange(blocks.blocks) % folds)
    return np.repeat(of_blocks, rows // blocks.blocks)


# --- fitting ------------------------------------------------------------------------------------


def _fits(fit: Any, x: np.ndarray, y: np.ndarray, noise: float, fold: np.ndarray, seed: int) -> list[Predict]:
    """An emulator of all rows, then one without each fold."""
    again = fit(x, y, noise, seed)
    return [again(x, y), *(again(x[fold != k], y[fold != k]) for k in np.unique(fold))]


def _missed(
    fits: list[Predict], x: np.ndarray, y: np.ndarray, noise: float, fold: np.ndarray, variance: float
) -> float:
    """The mean square error in folds left out, less luck, over the variance."""
    errors = [(fits[1 + k](x[fold == k]) - y[fold == k]) ** 2 for k in np.unique(fold)]
    return (float(np.concatenate(errors).mean()) - noise) / variance


Fit = Callable[[np.ndarray, np.ndarray], Predict]


def _process(x: np.ndarray, y: np.ndarray, noise: float, seed: int) -> Fit:
    """Gaussian processes whose length scales were fitted once, to some of the rows."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel

    scale = float(y.std()) or 1.0
    alpha = max(noise / scale**2, 1e-6)
    some = np.random.default_rng([seed, 6]).permutation(len(y))[:FOR_SCALES]
    kernel = ConstantKernel(4.0, (0.1, 1e4)) * RBF(np.full(x.shape[1], 3.0), (0.1, 1e3))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # scales of inert factors run to their bound
        learned = GaussianProcessRegressor(kernel, alpha=alpha, optimizer=_search)
        learned = learned.fit(x[some], (y[some] - y.mean()) / scale).kernel_

    def fit(at: np.ndarray, values: np.ndarray) -> Predict:
        chosen = np.random.default_rng([seed, 7]).permutation(len(values))[:FOR_ALL]
        centre = values.mean()
        process = GaussianProcessRegressor(learned, alpha=alpha, optimizer=None)
        process.fit(at[chosen], (values[chosen] - centre) / scale)
        return lambda new: centre + scale * process.predict(new)

    return fit


def _search(objective: Any, start: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, float]:
    """A short search for length scales: its last steps change nothing that cross-validation sees."""
    from scipy.optimize import minimize

    found = minimize(objective, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": STEPS})
    return found.x, float(found.fun)


def _trees(x: np.ndarray, y: np.ndarray, noise: float, seed: int) -> Fit:
    """Gradient-boosted trees, each of a random half of the rows."""
    from sklearn.ensemble import GradientBoostingRegressor

    def fit(at: np.ndarray, values: np.ndarray) -> Predict:
        trees = GradientBoostingRegressor(
            n_estimators=150, learning_rate=0.08, max_depth=4, subsample=0.5, max_features=0.4,
            random_state=seed,
        )  # fmt: skip
        found: Predict = trees.fit(at, values).predict
        return found

    return fit


_KINDS = {"Gaussian process": _process, "gradient-boosted trees": _trees}


# --- indices ------------------------------------------------------------------------------------


def _indices(layout: Layout, fits: list[Predict], seed: int) -> pd.DataFrame:
    """Indices of the emulator, with a jackknife over the folds."""
    x = _saltelli_inputs(layout, seed)
    found = [_of_one(fit, x, len(layout.names)) for fit in fits]
    total = np.array([one[1] for one in found])
    folds = len(fits) - 1
    spread = np.sqrt((folds - 1) / folds * ((total[1:] - total[1:].mean(axis=0)) ** 2).sum(axis=0))
    half = t_quantile(0.95, folds - 1) * spread
    table = pd.DataFrame(
        {"enabler": layout.names, "title": [title_of(name) for name in layout.names],
         "first": found[0][0], "total": total[0], "total_low": total[0] - half, "total_high": total[0] + half}
    )  # fmt: skip
    table = table[table["enabler"] != DUMMY]
    return table.sort_values("total", ascending=False, ignore_index=True)


def _saltelli_inputs(layout: Layout, seed: int) -> np.ndarray:
    """A Saltelli design over the same factors, as the emulator takes them (blocks, rows, columns)."""
    named = {factor: name for name, members in layout.members.items() for factor in members}
    problem = {
        "num_vars": len(layout.factors),
        "names": list(layout.factors),
        "bounds": [[0.0, 1.0] for _ in layout.factors],
        "groups": [named[factor] for factor in layout.factors],
    }
    points = sampling.sobol(problem, BASE, seed + 1, second_order=False)
    columns = {name: factor.at(points[:, n]) for n, (name, factor) in enumerate(layout.factors.items())}
    encoded = _encoded(pd.DataFrame(columns), replace(layout, kind="sobol"))
    return encoded.reshape(BASE, len(layout.names) + 2, -1)


def _of_one(fit: Predict, x: np.ndarray, enablers: int) -> tuple[np.ndarray, np.ndarray]:
    """First-order and total indices of one emulator."""
    y = fit(x.reshape(-1, x.shape[2])).reshape(x.shape[0], x.shape[1], 1)
    found = saltelli(y, enablers, corrected=False).estimate(equal_weights(len(y)))
    return found.first[0], found.total[0]


def beside(emulation: Emulation, table: pd.DataFrame) -> str:
    """How far the emulator's total indices lie from the direct ones, a sentence."""
    if not emulation.accepted or "total" not in table:
        return ""
    both = emulation.table.set_index("enabler")["total"]
    apart = (table.set_index("enabler")["total"] - both).abs()
    return f"Its total indices lie within {number(float(apart.max()), 2)} of the direct ones."
