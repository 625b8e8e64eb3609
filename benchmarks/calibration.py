"""Calibrates the uncertainties by history matching on the calibration patterns, and writes the accepted ensemble.

python benchmarks/calibration.py [--points 300] [--replicates 6] [--members 200] [--waves 3] [--folder FOLDER]

History matching (Craig et al. 1997; Andrianakis et al. 2015): a Latin hypercube over the evidence ranges of all
uncertainties is run; an emulator of each calibration number (a quadratic Bayesian regression on the inputs that
matter to it) says which points cannot give a number inside its range; the points that may are run, and so on. What is
left after the last wave is the ensemble; some of its members are run to see what they give. The validation patterns
play no part. What was run is kept in the folder, so that a run that was stopped goes on. A point takes about 2.5 s of one
core with 6 replicates: the whole half an hour on two cores.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.linear_model import BayesianRidge, OrthogonalMatchingPursuit
from sklearn.preprocessing import PolynomialFeatures

import collabsim
from collabsim.accepted import FILE, PROVENANCE
from collabsim.experiment.chunk import stamp
from collabsim.experiment.factors import factor_of
from collabsim.experiment.sampling import latin
from collabsim.parameters import UNCERTAINTIES
from collabsim.provenance import commit, model_digest
from collabsim.validation.draws import is_switched_off
from collabsim.validation.kinds import Check
from collabsim.validation.lab import Lab
from collabsim.validation.patterns import PATTERNS

VARIED = tuple(p for p in UNCERTAINTIES if not is_switched_off(p))
FACTORS = tuple(factor_of(p) for p in VARIED)
CUT = 2.5
"""Implausible beyond so many standard deviations of the emulator outside the range."""
INPUTS = 6
"""Inputs of an emulator."""
FORM = 0.5
"""Share of the unexplained standard deviation that is put down to the emulator's form."""
SEED = 20_250


def criteria() -> list[tuple[int, Check]]:
    """The numbers that are matched: those of calibration patterns that are for calibration."""
    found = [(p.number, c) for p in PATTERNS for c in p.checks if (c.use or p.use) == "calibration"]
    return [(number, check) for number, check in found if check.measure is not None]


def values_at(point: np.ndarray) -> dict[str, float | int]:
    """The uncertainties at a point of the unit cube."""
    return {f.name: f.at(np.array([share]))[0].item() for f, share in zip(FACTORS, point, strict=True)}


def measured(task: tuple[np.ndarray, int, int]) -> list[float]:
    """Every number at one point; NaN where it cannot be had."""
    point, replicates, seed = task
    lab = Lab(values=values_at(point), replicates=replicates, seed=seed, workers=1)
    return [check.measure(lab).mean for _, check in criteria() if check.measure]


def run_wave(points: np.ndarray, replicates: int, folder: Path, name: str) -> np.ndarray:
    """The numbers at many points, run on two processes; what was run before is read."""
    file, began = folder / f"{name}.npz", time.monotonic()
    of = f"{model_digest()}, {replicates} replicates"
    numbers = _kept(file, points, of)
    first = len(numbers)
    tasks = [(point, replicates, SEED + n) for n, point in enumerate(points)][first:]
    with ProcessPoolExecutor(2) as pool:
        for number, row in enumerate(pool.map(measured, tasks), first + 1):
            numbers = np.concatenate([numbers, [row]])
            if number % 10 == 0 or number == len(points):
                np.savez(file, points=points, numbers=numbers, of=of)
    print(f"{name}: {len(points)} points in {(time.monotonic() - began) / 60:.1f} min", flush=True)
    return numbers


def _kept(file: Path, points: np.ndarray, of: str) -> np.ndarray:
    """The numbers of this wave's first points, as far as they were run with this model and as many replicates."""
    if file.exists():
        with np.load(file) as kept:
            if "of" in kept and str(kept["of"]) == of and np.array_equal(kept["points"], points):
                return np.asarray(kept["numbers"])
    return np.empty((0, len(criteria())))


# --- emulators ----------------------------------------------------------------------------------


@dataclass
class Emulator:
    """A number as a quadratic function of the uncertainties that matter to it."""

    inputs: np.ndarray
    terms: PolynomialFeatures
    model: BayesianRidge
    low: float
    high: float

    def expected(self, points: np.ndarray) -> np.ndarray:
        """What the number is expected to be."""
        return np.asarray(self.model.predict(self._terms(points)))

    def implausibility(self, points: np.ndarray) -> np.ndarray:
        """How many standard deviations outside its range the number is expected."""
        expected, noisy = self.model.predict(self._terms(points), return_std=True)
        sd = np.sqrt(
            np.maximum(noisy**2 - 1 / self.model.alpha_, 0.0)
        )  # of the number, not of one measurement
        outside = np.maximum(np.maximum(self.low - expected, expected - self.high), 0.0)
        return outside / np.maximum(sd, 1e-9)

    def margin(self, points: np.ndarray) -> np.ndarray:
        """By how much the expected number is inside its range (negative: outside)."""
        expected = self.expected(points)
        return np.minimum(expected - self.low, self.high - expected)

    def _terms(self, points: np.ndarray) -> np.ndarray:
        return np.asarray(self.terms.transform(points[:, self.inputs] - 0.5))


def emulators(points: np.ndarray, numbers: np.ndarray) -> list[Emulator]:
    """An emulator of each number; of a number that does not vary, none."""
    found = []
    for column, (_, check) in enumerate(criteria()):
        known = np.isfinite(numbers[:, column])
        if numbers[known, column].std() > 1e-9:
            found.append(_emulator(points[known], numbers[known, column], check))
    return found


def _emulator(points: np.ndarray, numbers: np.ndarray, check: Check) -> Emulator:
    """Matching pursuit chooses the inputs; a Bayesian ridge regression fits their linear, square and product terms."""
    bounded = np.clip(numbers, *np.quantile(numbers, [0.01, 0.99]))
    chosen = OrthogonalMatchingPursuit(n_nonzero_coefs=INPUTS).fit(points - 0.5, bounded).coef_
    inputs = np.flatnonzero(chosen)
    terms = PolynomialFeatures(2, include_bias=False)
    fitted = BayesianRidge().fit(terms.fit_transform(points[:, inputs] - 0.5), bounded)
    return Emulator(inputs, terms, fitted, check.low, check.high)


# --- points that may be right ---------------------------------------------------------------------


def plausible(
    found: list[Emulator],
    count: int,
    cut: float,
    seed: int,
    steps: int = 800,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """Points in which no number is implausible, by a random walk that never makes it worse.

    Each point draws a few of its coordinates anew and keeps them if its total excess over the cut is not larger;
    once it has none it goes on walking among the points without, so that it forgets where it came from.
    """
    generator = np.random.default_rng(seed)
    points = (
        latin(len(FACTORS), count, seed) if start is None else start[generator.integers(0, len(start), count)]
    )
    excess = _excess(found, points, cut)
    for _ in range(steps):
        moves = generator.random(points.shape) < 4 / len(FACTORS)
        tried = np.where(moves, generator.random(points.shape), points)
        new = _excess(found, tried, cut)
        better = new <= excess
        points[better], excess[better] = tried[better], new[better]
    return points[excess == 0]


def _excess(found: list[Emulator], points: np.ndarray, cut: float) -> np.ndarray:
    """How far each point is beyond the cut; with a cut of 0, outside of a margin within the range."""
    if cut > 0:
        return sum(np.maximum(e.implausibility(points) - cut, 0.0) for e in found)
    return sum(np.maximum(_safety(e) - e.margin(points), 0.0) / _width(e) for e in found)


def _width(e: Emulator) -> float:
    return e.high - e.low if math.isfinite(e.high - e.low) else 1.0


def _safety(e: Emulator) -> float:
    """What accepted members keep off the ends of a range."""
    return 0.02 * _width(e) if math.isfinite(e.high - e.low) else 0.0


# --- the whole --------------------------------------------------------------------------------------


def main() -> None:
    """Run the waves and write the ensemble."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--replicates", type=int, default=6)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--waves", type=int, default=3)
    parser.add_argument("--checked", type=int, default=60)
    parser.add_argument("--folder", type=Path, default=Path("results/calibration"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    waves = _waves(options)
    write(*waves, options)


def _waves(options: argparse.Namespace) -> tuple[np.ndarray, dict[str, object]]:
    points = latin(len(FACTORS), options.points, SEED)
    numbers = run_wave(points, options.replicates, options.folder, "wave-1")
    spaces: list[float] = []
    new = points
    for wave in range(2, options.waves + 1):
        cut = CUT if wave == 2 else CUT / 2
        found = emulators(points, numbers)
        spaces.append(_share_left(found, cut))
        new = plausible(found, options.points * 2 // 5, cut, SEED + wave)
        print(f"wave {wave}: {len(new)} points without an implausible number", flush=True)
        if not len(new):
            raise SystemExit(
                "No point is without an implausible number: more --points or --replicates may find some."
            )
        more = run_wave(new, options.replicates, options.folder, f"wave-{wave}")
        points, numbers = np.concatenate([points, new]), np.concatenate([numbers, more])
    found = emulators(points, numbers)
    members = plausible(found, int(1.2 * options.members), 0.0, SEED + 9, start=new)[: options.members]
    print(f"{len(members)} members inside every range by the emulators", flush=True)
    checked = run_wave(members[: options.checked], options.replicates, options.folder, "members")
    return members, {
        "points": len(points),
        "left_by_wave": spaces,
        "members_run": len(checked),
        **_told(checked),
    }


def _share_left(found: list[Emulator], cut: float) -> float:
    """The share of the evidence ranges' whole volume in which no number is implausible (0: below 1 in 20,000)."""
    return float((_excess(found, latin(len(FACTORS), 20_000, 1), cut) == 0).mean())


def _told(numbers: np.ndarray) -> dict[str, object]:
    """What the members give: the mean over members of each number, beside its range."""
    rows = []
    for column, (number, check) in enumerate(criteria()):
        level = float(np.nanmean(numbers[:, column]))
        inside = float(((numbers[:, column] >= check.low) & (numbers[:, column] <= check.high)).mean())
        ends = [end if math.isfinite(end) else None for end in (check.low, check.high)]
        numbers_of = {"range": ends, "mean": round(level, 4), "members_inside": round(inside, 2)}
        rows.append({"pattern": number, "what": check.what, **numbers_of})
        print(f"{number:3d} {check.what:60s} {level:8.3f} in {check.low} to {check.high}")
    return {"criteria": rows}


def write(members: np.ndarray, told: dict[str, object], options: argparse.Namespace) -> None:
    """Write the ensemble, values to five digits, with where it comes from."""
    columns = {f.name: _rounded(f.at(members[:, i])) for i, f in enumerate(FACTORS)}
    provenance = {
        "method": f"history matching, {options.waves} waves",
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": collabsim.__version__,
        "commit": commit(),
        "model": stamp()["model"],
        "seed": SEED,
        "replicates": options.replicates,
        "cut": CUT,
        "members": len(members),
        **told,
    }
    table = pa.table(columns).replace_schema_metadata({PROVENANCE: json.dumps(provenance).encode()})
    pq.write_table(table, FILE, compression="zstd")
    print(f"{FILE}: {FILE.stat().st_size / 1000:.0f} kB")


def _rounded(values: np.ndarray) -> np.ndarray:
    if np.issubdtype(values.dtype, np.integer):
        return values
    return np.array([float(f"{value:.5g}") for value in values])


if __name__ == "__main__":
    main()
