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

_njit: Any = numba.njit  # its stubs do not know every option
_config: Any = numba.config
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


# Rules never allocate, so the reference counting of arrays (atomic, a third of the time when on) is off; without a
# wrapper for Python they compile faster. Tests call `rule.py_func`.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


def _compile(function: Function, **options: bool) -> Function:
    compiled: Function = _njit(function, **_OPTIONS, **options)
    return compiled


def formula(function: Function) -> Function:
    """Compile a function of numbers, callable from Python too."""
    return _compile(function)


def rule(function: Function) -> Function:
    """Compile a rule of the model into its callers, without a call: passing a dozen arrays costs more than most rules."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)


def subroutine(function: Function) -> Function:
    """Compile a rule that is long, rare and called from several places: it stays a call."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def entry(function: Function) -> Function:
    """Compile an entry point of the model and keep the result on disk."""
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(cache_folder())
    try:
        return _compile(function, cache=True, no_cfunc_wrapper=True)
    finally:
        _config.CACHE_DIR = before
