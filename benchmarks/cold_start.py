"""How long people wait for a first answer: imports, commands, compilation. Writes results/cold_start.json.

    python benchmarks/cold_start.py

Each figure is of a fresh process, the fastest of several by turns. The model is compiled twice, in caches of its own: for
this processor, and for any, as the wheel of `tools/build_wheel.py` carries it; both must give the same bits.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import records

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from build_wheel import FINGERPRINT, PACKAGE, compile_for_any

ROUNDS = 7
RUN = ("-m", "collabsim", "run", "mixed-partnership", "--replicates", "1", "--years", "1", "--quiet")
PYTHON_ALONE, NUMBA = "Python alone", "import numba"
COMMANDS = {
    PYTHON_ALONE: ("-c", "pass"),
    "import collabsim": ("-c", "import collabsim"),
    "collabsim --help": ("-m", "collabsim", "--help"),
    NUMBA: ("-c", "import numba"),
    "the model, imported": ("-c", "import collabsim.model.simulate"),
    "collabsim run, one replicate of a year": RUN,
}


def spend(words: tuple[str, ...], path: Path, cache: Path) -> dict[str, float]:
    """Run this Python on a checkout or a package; return wall and processor seconds."""
    settings = {**os.environ, "PYTHONPATH": str(path), "XDG_CACHE_HOME": str(cache)}
    before, began = _cpu(), time.perf_counter()
    subprocess.run([sys.executable, *words], env=settings, stdout=subprocess.DEVNULL, check=True)
    return {"wall": time.perf_counter() - began, "processor": _cpu() - before}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fastest(measured: list[dict[str, float]]) -> dict[str, float]:
    """The least wall and processor time of several."""
    return {what: min(one[what] for one in measured) for what in ("wall", "processor")}


def install(code: Path, into: Path) -> Path:
    """Copy the package as a wheel installs it, with the code compiled for any processor."""
    shutil.copytree(PACKAGE, into / "collabsim", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("scenarios", "experiments"):
        shutil.copytree(PACKAGE.parents[1] / folder, into / "collabsim/_shipped" / folder)
    shutil.copytree(code, into / "collabsim/_compiled" / code.name)
    return into


def fingerprint(path: Path, cache: Path) -> str:
    """The digest of a run's numbers."""
    settings = {**os.environ, "PYTHONPATH": str(path), "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", FINGERPRINT], env=settings, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def measure(folder: Path) -> dict[str, Any]:
    """All figures, in seconds."""
    checkout, own, empty = PACKAGE.parent, folder / "own", folder / "empty"
    first = spend(("-m", "collabsim", "warmup", "--quiet"), checkout, own)
    wheel = install(compile_for_any(folder / "any"), folder / "wheel")
    spend(RUN, wheel, empty)  # writes Python's own byte code, as an installer does
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in (*COMMANDS, "from a wheel")}
    for _ in range(ROUNDS):
        for name, words in COMMANDS.items():
            taken[name].append(spend(words, checkout, own))
        taken["from a wheel"].append(spend(RUN, wheel, empty))
    return {
        "provenance": records.provenance(),
        "first_compilation": first,
        "starts": {name: fastest(measured) for name, measured in taken.items()},
        "same_bits": fingerprint(checkout, own) == fingerprint(wheel, empty),
        "wheel_compiled_nothing": not list(empty.rglob("*.nbc")),
        "compiled_mb": sum(file.stat().st_size for file in own.rglob("*.nb?")) / 1e6,
    }


def main() -> None:
    """Measure, write, and say in a line each."""
    with tempfile.TemporaryDirectory(prefix="collabsim-start-") as folder:
        figures = measure(Path(folder))
    print(f"first compilation {figures['first_compilation']['processor']:.0f} s of processor time")
    for name, one in figures["starts"].items():
        print(f"{name:42}{one['wall']:6.2f} s, {one['processor']:.2f} s of processor time")
    print("the wheel's code gives the same bits:", figures["same_bits"])
    records.save("cold_start", figures)


if __name__ == "__main__":
    main()
