"""How the model's functions are compiled, and where the compiled code is kept.

numba stamps its on-disk cache with the path and text of the file that holds a function, not with the files of the
functions that it calls: an edited rule could run stale, and a second checkout of the same model compiles it again. Here
what counts is the text of all the model's sources and what compiles them, wherever they stand.

Compiled code is looked for in the user's cache, then in the package (`SHIPPED`), where a wheel made by
`tools/build_wheel.py` has it: built for the plainest processor of its kind, so that it runs on every one, and gives
the same bits (`benchmarks/cold_start.py`).
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
from numba.core import caching
from numba.core.registry import cpu_target

_njit: Any = numba.njit  # its stubs do not know every option
_config: Any = numba.config
Function = TypeVar("Function", bound=Callable[..., Any])

UNCOMPILED = bool(_config.DISABLE_JIT)  # rules run as plain Python, with NUMBA_DISABLE_JIT=1
SHIPPED = Path(__file__).parents[1] / "_compiled"
ANY_PROCESSOR = ("generic", "")  # what numba calls a processor of which nothing is assumed, and its features


@cache
def source_digest() -> str:
    """Return the sha256 (hex) of the model's sources and of the versions that compile them."""
    python = (
        f"{sys.implementation.name}{sys.version_info[:2]}"  # compiled code serves all releases of, say, 3.11
    )
    digest = hashlib.sha256(f"{python}|{numba.__version__}|{np.__version__}".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def cache_name() -> str:
    """Return the name of the folder that holds compiled code of exactly these sources, for this kind of machine."""
    return f"{source_digest()[:16]}-{platform.machine()}"


@cache
def cache_folder() -> Path:
    """Return the folder for compiled code: the user's cache, or a private temporary folder if that is read-only."""
    name = f"collabsim/{cache_name()}"
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
    """Say whether code of exactly these sources, compiled for this processor or for any, is on disk."""
    if UNCOMPILED:
        return True  # nothing will be compiled
    here = cpu_target.target_context.codegen().magic_tuple()
    return _kept_for(here, cache_folder()) or _kept_for((here[0], *ANY_PROCESSOR), SHIPPED / cache_name())


def _kept_for(processor: tuple[str, ...], folder: Path) -> bool:
    return any(processor == key[1] for index in folder.glob("*.nbi") for key in _keys(index))


def _keys(index: Path) -> list[tuple[Any, ...]]:
    """The signatures and processors that numba's index of a cache lists."""
    try:
        with index.open("rb") as file:
            pickle.load(file)  # numba's version, which the folder's name has
            return list(pickle.load(file)[1])
    except Exception:  # gone, or damaged, which pickle reports in many ways
        return []


class _OneFolder(caching._CacheLocator):
    """Where a function's compiled code is: by what the model is, not by where it stands."""

    def __init__(self, file: str) -> None:
        self._py_file = file  # named in numba's warnings

    def get_cache_path(self) -> str:
        return str(cache_folder())

    def get_source_stamp(self) -> str:
        return source_digest()

    def get_disambiguator(self) -> str:
        return "model"

    @classmethod
    def from_function(cls, py_func: object, py_file: str) -> _OneFolder:
        return cls(py_file)


class _Files(caching.CompileResultCacheImpl):
    _locator_classes: Any = (_OneFolder,)


class _Kept(caching.FunctionCache):
    """numba's cache of a function, in one folder for all checkouts, with the package's own behind it."""

    _impl_class = _Files

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Load compiled code; only when there is none prepare to compile, which takes half a second."""
        found = self._load_overload(sig, target_context) or self._shipped(sig, target_context)
        if found is None:
            target_context.refresh()
        return found

    def _shipped(self, sig: Any, target_context: Any) -> Any:
        signature, here, code = self._index_key(sig, target_context.codegen())
        folder = str(SHIPPED / cache_name())
        files = caching.IndexDataCacheFile(folder, self._impl.filename_base, source_digest())
        data = files.load((signature, (here[0], *ANY_PROCESSOR), code))
        return None if data is None else self._impl.rebuild(target_context, data)


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
    compiled: Any = _compile(function, no_cfunc_wrapper=True)
    if not UNCOMPILED:
        compiled._cache = _Kept(function)  # what numba's option cache=True does, with its own cache
    entry_point: Function = compiled
    return entry_point
