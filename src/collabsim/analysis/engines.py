"""The three ways to rank behind one interface: measures of every enabler, and the same in every redraw."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from collabsim.analysis.blocks import Blocks, CannotRank
from collabsim.analysis.bootstrap import block_weights, equal_weights
from collabsim.analysis.morris import Morris, steps, trajectories
from collabsim.analysis.pawn import Pawn, pawn
from collabsim.analysis.sobol import Sobol, pairs, saltelli

MOST_WITHOUT_VARIANCE = 0.025
"""Of redraws: where more have no variance but luck, no interval can be given."""

Measures = Mapping[str, np.ndarray]
"""Measure -> array (1 + draws, enablers); the first row is the estimate."""


class Engine(Protocol):
    """A way to rank the enablers of some blocks."""

    method: str
    key: str
    """The measure that enablers are ranked by."""
    blocks: Blocks

    def measures(self, size: int, draws: int, seed: int) -> Measures:
        """All measures from the first ``size`` blocks, and from redraws of them."""
        ...

    def floor(self) -> np.ndarray:
        """Below which level each enabler's index is noise, where the design has no dummy."""
        ...


def engine_for(blocks: Blocks) -> Engine:
    """The way to rank that a design is made for: Sobol' or Morris, else PAWN."""
    kinds: dict[str, Callable[[Blocks], Engine]] = {"sobol": SobolEngine, "morris": MorrisEngine}
    return kinds.get(blocks.layout.kind, PawnEngine)(blocks)


def is_corrected(blocks: Blocks) -> bool:
    """Whether luck can be taken off: 2 or more replicates, and each row with luck of its own."""
    return blocks.replicates > 1 and not blocks.layout.common


class _Weighted:
    """What estimates share that are functions of weighted means over blocks."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.corrected = is_corrected(blocks)

    def _estimate(self, y: np.ndarray, weights: np.ndarray) -> Measures:
        raise NotImplementedError

    def measures(self, size: int, draws: int, seed: int) -> Measures:
        """All measures from the first ``size`` blocks, and from redraws of them."""
        y = self.blocks.y[:size]
        weights = block_weights(size, draws, seed)
        found = self._estimate(y, equal_weights(size))
        if self.blocks.layout.common and y.shape[2] > 1:
            generator = np.random.default_rng([seed, 3])
            chosen = generator.integers(y.shape[2], size=(draws, y.shape[2]))
            each = [self._estimate(y[:, :, c], weights[n : n + 1]) for n, c in enumerate(chosen)]
            drawn: Measures = {name: np.vstack([one[name] for one in each]) for name in found}
        else:
            drawn = self._estimate(y, weights)
        return _with_numbers({name: np.vstack([found[name], drawn[name]]) for name in found})


def _with_numbers(measures: Measures) -> Measures:
    """The measures without redraws in which nothing but luck varied."""
    usable = np.ones(len(next(iter(measures.values()))), dtype=bool)
    for values in measures.values():
        known = np.isfinite(values[0])  # mu and sigma of groups are no numbers in any redraw
        usable &= np.isfinite(values[:, known]).all(axis=1)
    if "variance" in measures:
        usable &= measures["variance"][:, 0] > 0
    if not usable[0] or (~usable).mean() > MOST_WITHOUT_VARIANCE:
        raise CannotRank(
            "What the outcome varies by over the design cannot be told from luck, so no enabler can be "
            "ranked: more replicates or a larger design may help."
        )
    return {name: values[usable] for name, values in measures.items()}


class SobolEngine(_Weighted):
    """Sobol' indices; ranks by the total index."""

    method, key = "sobol", "total"

    def _estimate(self, y: np.ndarray, weights: np.ndarray) -> Measures:
        layout = self.blocks.layout
        found: Sobol = saltelli(
            y, len(layout.names), second_order=layout.second_order, corrected=self.corrected
        ).estimate(weights)
        more = {"second": found.second} if layout.second_order else {}
        return {"first": found.first, "total": found.total, "variance": found.variance[:, None], **more}

    def floor(self) -> np.ndarray:
        """Nothing where luck is taken off; what luck lifts each index by where it is not."""
        return np.zeros(len(self.blocks.layout.names))

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The pairs of enablers that the columns of ``second`` stand for."""
        return pairs(len(self.blocks.layout.names))


class MorrisEngine(_Weighted):
    """Morris's measures; ranks by mu*."""

    method, key = "morris", "mu_star"

    def __init__(self, blocks: Blocks) -> None:
        super().__init__(blocks)
        self._moved = steps(blocks.design, blocks.layout)

    def _estimate(self, y: np.ndarray, weights: np.ndarray) -> Measures:
        found: Morris = trajectories(
            y, self._moved[: len(y)], self.blocks.layout.levels, corrected=self.corrected
        ).estimate(weights)
        return {"mu_star": found.mu_star, "mu": found.mu, "sigma": found.sigma}

    def floor(self) -> np.ndarray:
        """The mean size of an effect that is luck and nothing else: normal, so sqrt(2/π) of its spread."""
        noise = 0.0
        if self.corrected:
            found = trajectories(self.blocks.y, self._moved, self.blocks.layout.levels)
            noise = math.sqrt(2 / math.pi * float(found.noise.mean()))
        return np.full(len(self.blocks.layout.names), noise)


class PawnEngine:
    """PAWN, for designs that are made for no other index."""

    method, key = "pawn", "pawn"

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self._whole: Pawn | None = None

    def measures(self, size: int, draws: int, seed: int) -> Measures:
        """PAWN indices, moved by what redrawing lifts them by."""
        blocks, layout = self.blocks, self.blocks.layout
        head = Blocks(blocks.y[:size], blocks.design.iloc[: size * layout.rows], layout, size)
        found = pawn(head, min(draws, 200), seed)
        if size == blocks.blocks:
            self._whole = found
        lifted = found.drawn.mean(axis=0) - found.index
        return {"pawn": np.vstack([found.index, found.drawn - lifted])}

    def floor(self) -> np.ndarray:
        """What factors that enter nothing stay below."""
        whole = self._whole or pawn(self.blocks)
        return whole.floor
