"""``collabsim warmup``."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from collabsim.cli import options
from collabsim.cli.group import say

SECONDS_BETWEEN_LINES = 10.0


def warmup(quiet: options.Quiet = False) -> None:
    """Compile the model now, so that no later command waits for it: once for each version and machine."""
    from collabsim.model import COMPILING
    from collabsim.model.compiled import is_compiled
    from collabsim.model.simulate import run_once
    from collabsim.scenario import load_scenario

    scenario = load_scenario("mixed-partnership", years=1)
    if not is_compiled():
        _say(COMPILING, quiet)
        with _ticking(quiet):
            run_once(scenario)
    run_once(scenario)
    if not quiet:
        print("The model is compiled.")


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
