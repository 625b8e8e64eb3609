"""Build a wheel that holds the compiled model, so that who installs it never waits for a compilation.

    python tools/build_wheel.py [--out dist]

The code is compiled for the plainest processor of this machine's kind, in a process of its own, and a run with it is
held against a run with the code compiled for this very processor, bit for bit. The wheel serves this version of Python
on this kind of machine; elsewhere, or with another numba or numpy than here, the model is compiled at first use.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/collabsim"
PLAIN = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
FINGERPRINT = """
import hashlib
from collabsim.model.simulate import run_once
from collabsim.scenario import load_scenario
run = run_once(load_scenario("short-term-funding"))
print(hashlib.sha256(run.series.tobytes() + run.arrays["trust"].tobytes()).hexdigest())
"""


def python(*words: str, **environment: str) -> str:
    """Run this Python on the checkout, its messages going to the user; return what it prints."""
    path = os.pathsep.join([str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])
    settings = {**os.environ, "PYTHONPATH": path, **environment}
    done = subprocess.run(
        [sys.executable, *words], env=settings, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def compile_for_any(scratch: Path) -> Path:
    """Compile the model for any processor; return the folder with its code."""
    python("-m", "collabsim", "warmup", XDG_CACHE_HOME=str(scratch), **PLAIN)
    return next((scratch / "collabsim").iterdir())


def check_bits(scratch: Path) -> None:
    """Refuse code that does not give the bits that this machine's own gives."""
    python("-m", "collabsim", "warmup")
    empty = str(scratch / "empty")
    if python("-c", FINGERPRINT, XDG_CACHE_HOME=empty) != python("-c", FINGERPRINT):
        sys.exit(
            "The code compiled for any processor gives other numbers than this machine's own: no wheel is made."
        )
    if list(Path(empty).rglob("*.nbc")):
        sys.exit("The compiled code in the package is not used: no wheel is made.")


def main() -> None:
    """Compile, check, build."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    out = parser.parse_args().out.resolve()
    shipped = PACKAGE / "_compiled"
    with tempfile.TemporaryDirectory() as folder:
        try:
            code = compile_for_any(Path(folder))
            shutil.copytree(code, shipped / code.name)
            check_bits(Path(folder))
            pip = ("-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps")
            python(*pip, "--wheel-dir", str(out), str(ROOT))
        finally:
            shutil.rmtree(shipped, ignore_errors=True)
    for wheel in out.glob("collabsim-*.whl"):
        print(f"{wheel} ({wheel.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
