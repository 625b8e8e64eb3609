"""``collabsim warmup``."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collabsim.cli import options
from collabsim.cli.group import say

SECONDS_BETWEEN_LINES = 10.0
UNUSED_DAYS = 60
_OF_A_VERSION = re.compile(r"[0-9a-f]{16}-\w+")


def warmup(quiet: options.Quiet = False) -> None:
    """Compile the model now, so that no later command waits.

    Once for each version and machine. Compiled code of other versions that nothing has used for two months is removed.
    """
    from collabsim.model import COMPILING
    from collabsim.model.compiled import cache_folder, is_compiled
    from collabsim.model.simulate import run_once
    from collabsim.scenario import load_scenario

    scenario = load_scenario("mixed-partnership", years=1)
    if not is_compiled():
        _say(COMPILING, quiet)
        with _ticking(quiet):
            run_once(scenario)
    run_once(scenario)
    forgotten = forget_unused(cache_folder())
    if not quiet:
        print("The model is compiled.")
    if forgotten and not quiet:
        print(f"Removed what {forgotten} other versions left behind, unused for {UNUSED_DAYS} days.")


def forget_unused(mine: Path) -> int:
    """Remove the folders of compiled code beside this one that nothing has used lately; return how many.

    Parameters
    ----------
    mine : Path
        The folder of the present version, which stays.
    """
    others = [f for f in mine.parent.iterdir() if f != mine and _OF_A_VERSION.fullmatch(f.name)]
    unused = [folder for folder in others if _last_used(folder) < time.time() - UNUSED_DAYS * 24 * 3600]
    for folder in unused:
        shutil.rmtree(folder, ignore_errors=True)
    return len(unused)


def _last_used(folder: Path) -> float:
    """When something in a folder was last read or written, in seconds since 1970."""
    files = [path.stat() for path in folder.iterdir()]
    return max([folder.stat().st_mtime, *(max(file.st_atime, file.st_mtime) for file in files)])


@contextmanager
def _ticking(quiet: bool) -> Iterator[None]:
    """Say every ten seconds how long it has taken."""
    done, began = threading.Event(), time.monotonic()

    def tick() -> None:
        while not done.wait(SECONDS_BETWEEN_LINES):
            _say(f"still compiling, {time.monotonic() - began:.0f} s", quiet)

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _say(words: str, quiet: bool) -> None:
    if not quiet:
        say(words)
