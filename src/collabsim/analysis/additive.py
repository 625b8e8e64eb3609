"""What each factor does alone, all fitted at once: what is left shows curves and interactions more sharply.

In a Sobol' sequence of many dimensions the values of one factor, or of a pair, can go with those of a third by the
sequence's own pattern. Means in bins of one factor then carry the effect of another. Fitting all factors together, a
level for each bin of each factor, takes that away, and most of the scatter with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collabsim.analysis.effects import Bins


@dataclass(frozen=True)
class Additive:
    """The mean outcome of each row as a sum of what its factors do alone, and a rest.

    Attributes
    ----------
    mean : float
    parts : dict of str to array (rows,)
        What each factor does alone, about 0.
    rest : array (rows,)
    """

    mean: float
    parts: Mapping[str, np.ndarray]
    rest: np.ndarray

    def of(self, name: str) -> np.ndarray:
        """The outcome of each row as far as this factor, or none that is known, makes it."""
        return self.mean + self.parts[name] + self.rest


def additive(y: np.ndarray, bins: Mapping[str, Bins]) -> Additive:
    """Fit levels of all bins by least squares.

    Parameters
    ----------
    y : array (rows,)
        Mean outcomes.
    bins : mapping of str to Bins
        Of every factor.
    """
    blocks = {name: _levels(one) for name, one in bins.items()}
    matrix = np.column_stack(list(blocks.values()))
    centred = y - y.mean()
    # The ridge is far below rounding of the outcome: it only settles bins that go together exactly.
    normal = matrix.T @ matrix + 1e-6 * len(y) / 100 * np.eye(matrix.shape[1])
    found = np.linalg.solve(normal, matrix.T @ centred)
    ends = np.cumsum([0, *(part.shape[1] for part in blocks.values())])
    parts = {name: part @ found[ends[n] : ends[n + 1]] for n, (name, part) in enumerate(blocks.items())}
    return Additive(float(y.mean()), parts, centred - np.sum(list(parts.values()), axis=0))


def _levels(one: Bins) -> np.ndarray:
    """A column for each bin but the first, about 0."""
    columns = (one.codes[:, None] == np.arange(1, len(one.labels))[None, :]).astype(float)
    return np.asarray(columns - columns.mean(axis=0))
