"""How the model's functions are compiled, and where the compiled code is kept.

numba stamps its on-disk cache with the file that holds a function, not with the files of the functions
that it calls, so an edited rule could run stale. The cache folder is therefore named by a hash of every
source of the model and of the versions that compile it, and is chosen before any function is decorated.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def source_digest() -> str:
    """Return the sha256 (hex) of the model's sources and of the versions that compile them."""
    digest = hashlib.sha256(f"{sys.version}|{numba.__version__}|{np.__version__}".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


@cache
def cache_folder() -> Path:
    """Return the folder for compiled code: the user's cache, or a private temporary folder if that is read-only."""
    name = f"collabsim/{source_digest()[:16]}-{platform.machine()}"
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    for folder in (home / name, Path(tempfile.gettempdir()) / f"collabsim-{os.getuid()}" / name):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="collabsim-"))


def is_compiled() -> bool:
    """Say whether compiled code of exactly these sources is already on disk."""
    return any(cache_folder().rglob("*.nbi"))


def rule(function: Function) -> Function:
    """Compile a rule of the model; it is compiled into its callers and needs no entry from Python of its own."""
    return numba.njit(function, nogil=True, error_model="numpy")  # type: ignore[no-any-return]


def entry(function: Function) -> Function:
    """Compile an entry point of the model and keep the result on disk."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_folder())
    try:
        return numba.njit(function, nogil=True, error_model="numpy", cache=True)  # type: ignore[no-any-return]
    finally:
        numba.config.CACHE_DIR = before
