"""Replicates saved are time saved: what common random numbers and antithetic runs are worth. Writes results/replicates.json.

python benchmarks/replicates.py [pairing] [antithetic]

pairing      every shipped scenario against the one that it extends (or the mixed partnership): how many times fewer
             replicates give the same interval when both meet the same luck
antithetic   the same for single scenarios, when every second run meets mirrored luck (1 - u for u): measured on a copy
             of the model with that one change, compiled apart (about a minute)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import records

from collabsim.analysis.samples import sample
from collabsim.library import shipped_names, shipped_path
from collabsim.scenario import load_scenario

PACKAGE = Path(__file__).parents[1] / "src/collabsim"
OUTCOMES = ("trust_last", "quits_last", "sharing_last")
MAIN = (
    ("short-term-funding", "short-term-funding-36-months"),
    ("short-term-funding", "short-term-funding-60-months"),
    ("short-term-funding", "short-term-funding-permanent"),
    ("mixed-partnership", "short-term-funding"),
    ("mixed-partnership", "co-located-daily"),
    ("mixed-partnership", "key-worker"),
    ("mixed-partnership", "leadership-sponsorship"),
    ("mixed-partnership", "shared-record-and-agreement"),
    ("mixed-partnership", "safe-space"),
    ("mixed-partnership", "handover-by-overlap"),
    ("mixed-partnership", "grant-cliff"),
    ("mixed-partnership", "reorganisation"),
)
REPLICATES, OF_EACH = 300, 60
MIRROR = '''

_as_drawn = word


@formula
def word(stream, entity, number):
    """Return the mirror image of the bits, of which every draw is made."""
    return ~_as_drawn(stream, entity, number)
'''
SCALARS = """
import json, sys
import numpy as np
from collabsim.analysis.samples import sample
from collabsim.scenario import load_scenario
name, replicates = sys.argv[1], int(sys.argv[2])
outcomes = sys.argv[3].split(",")
scalars = sample(load_scenario(name), replicates).scalars
print(json.dumps({one: [float(x) for x in scalars[one]] for one in outcomes}))
"""


# --- common random numbers ----------------------------------------------------------------------------


def pairing() -> dict[str, Any]:
    """Main comparisons in full, and all shipped scenarios with fewer replicates."""
    main = [_row(base, other, REPLICATES) for base, other in MAIN]
    every = [_row(base, other, OF_EACH) for other in shipped_names("scenarios") if (base := _extended(other))]
    return {"replicates": REPLICATES, "main": main, "replicates_of_each": OF_EACH, "every": every}


def _extended(name: str) -> str:
    """The scenario that a shipped one extends."""
    return str(tomllib.loads(shipped_path("scenarios", name).read_text()).get("extends", ""))


_samples: dict[tuple[str, int], dict[str, np.ndarray]] = {}


def _scalars(name: str, replicates: int) -> dict[str, np.ndarray]:
    """Outcomes of a scenario's replicates, run once."""
    if (name, replicates) not in _samples:
        found = sample(load_scenario(name), replicates).scalars
        _samples[name, replicates] = {one: found[one] for one in OUTCOMES}
    return _samples[name, replicates]


def _row(base: str, other: str, replicates: int) -> dict[str, Any]:
    """How many times fewer replicates give the interval that runs with luck of their own would."""
    one, two = _scalars(base, replicates), _scalars(other, replicates)
    return {
        "base": base,
        "other": other,
        "outcomes": {name: _saved(one[name], two[name]) for name in OUTCOMES},
    }


def _saved(one: np.ndarray, two: np.ndarray) -> dict[str, float]:
    difference = two - one
    apart, paired = one.var(ddof=1) + two.var(ddof=1), difference.var(ddof=1)
    error = np.sqrt(paired / len(one))
    return {
        "difference": difference.mean(),
        "half_width": 1.96 * error,
        "times_fewer": apart / paired if paired > 0 else np.inf,
    }


# --- antithetic runs ------------------------------------------------------------------------------------


def antithetic() -> dict[str, Any]:
    """How far the mean of a run and its mirror image varies less than that of two runs."""
    names = tuple(dict.fromkeys(name for pair in MAIN[:6] for name in pair))
    with tempfile.TemporaryDirectory(prefix="collabsim-mirror-") as folder:
        copy = mirrored(Path(folder))
        rows = []
        for name in names:
            plain, mirror = _scalars(name, REPLICATES), _elsewhere(copy, name)
            rows.append(
                {"scenario": name, "outcomes": {o: _antithetic(plain[o], mirror[o]) for o in OUTCOMES}}
            )
    return {"replicates": REPLICATES, "rows": rows}


def mirrored(folder: Path) -> Path:
    """Copy the package with every draw mirrored."""
    shutil.copytree(PACKAGE, folder / "collabsim", ignore=shutil.ignore_patterns("__pycache__"))
    for kind in ("scenarios", "experiments"):
        shutil.copytree(PACKAGE.parents[1] / kind, folder / "collabsim/_shipped" / kind)
    with (folder / "collabsim/model/draws.py").open("a", encoding="utf-8") as file:
        file.write(MIRROR)
    return folder


def _elsewhere(package: Path, name: str) -> dict[str, np.ndarray]:
    words = [sys.executable, "-c", SCALARS, name, str(REPLICATES), ",".join(OUTCOMES)]
    settings = {**os.environ, "PYTHONPATH": str(package)}
    answer = subprocess.run(words, env=settings, stdout=subprocess.PIPE, check=True)
    return {one: np.array(values) for one, values in json.loads(answer.stdout).items()}


def _antithetic(plain: np.ndarray, mirror: np.ndarray) -> dict[str, float]:
    """Correlation of a run with its mirror image; runs saved are those of two independent ones over those of a pair."""
    correlation = float(np.corrcoef(plain, mirror)[0, 1])
    return {"correlation": correlation, "times_fewer": 1 / (1 + correlation)}


def main() -> None:
    """Measure the parts asked for, or all."""
    words = sys.argv[1:]
    kept = records.load("replicates") or {}
    for part, measure in (("pairing", pairing), ("antithetic", antithetic)):
        if not words or part in words:
            kept[part] = {"provenance": records.provenance(), **measure()}
            records.save("replicates", kept)
            print(f"{part} done", flush=True)


if __name__ == "__main__":
    main()
