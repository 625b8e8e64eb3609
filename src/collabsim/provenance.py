"""Where results come from: what somebody needs to get the same numbers again."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import collabsim
from collabsim.library import shipped_roots
from collabsim.scenario import Scenario

NOTE = "Illustrative, not a forecast."
"""What is said wherever results are shown."""

_DIGITS = 12  # of a model's digest: enough to tell two models apart
_LIBRARIES = ("numpy", "numba", "scipy", "pandas", "pyarrow", "mesa")


def commit() -> str | None:
    """The commit of the checkout that runs, with ``-changed`` where files differ from it; None if unknown."""
    root = shipped_roots()[1]
    if not (root / ".git").exists():
        return None
    head = _git(root, "rev-parse", "HEAD")
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    return f"{head}-changed" if head and changed else head


@cache
def model_digest() -> str:
    """The model that numbers belong to: the first 12 hexadecimal digits of the sha256 of its rules and its parameters.

    Of the text of every source file of both, so that it may change where no number does, and never the other way.
    """
    package, digest = Path(collabsim.__file__).parent, hashlib.sha256()
    for folder in ("model", "parameters"):
        for source in sorted((package / folder).glob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:_DIGITS]


def _git(root: Path, *words: str) -> str | None:
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, timeout=5, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def identity(scenarios: Iterable[Scenario], seed: int) -> dict[str, Any]:
    """What decides the numbers: version, commit, the model's digest, seed, and each scenario's."""
    return {
        "version": collabsim.__version__,
        "commit": commit(),
        "model": model_digest(),
        "seed": seed,
        "scenarios": [{"name": s.name, "title": s.title, "digest": s.digest} for s in scenarios],
    }


def provenance(scenarios: Iterable[Scenario], seed: int, **more: Any) -> dict[str, Any]:
    """What a folder of results carries: identity, machine, libraries, and the time (UTC)."""
    return {
        "note": NOTE,
        **identity(scenarios, seed),
        **more,
        "machine": machine(),
        "libraries": libraries(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def libraries() -> dict[str, str | None]:
    """The versions of the libraries that the numbers hang on."""
    return {name: _installed(name) for name in _LIBRARIES}


def machine() -> dict[str, Any]:
    """The kind of machine: nothing that tells whose it is."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
