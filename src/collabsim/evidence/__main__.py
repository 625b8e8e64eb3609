"""``python -m collabsim.evidence``: measures every arrow of the crosswalk and writes its figures and pages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import collabsim
from collabsim.evidence import figures
from collabsim.evidence.comparison import YEARS
from collabsim.evidence.crosswalk import crosswalk
from collabsim.library import shipped_roots
from collabsim.provenance import model_digest

REPLICATES = 150


def main(words: list[str] | None = None) -> None:
    """Measure, unless only the pages are wanted, and write the figures and the pages into this checkout."""
    given = _options().parse_args(words)
    docs = shipped_roots()[1] / "docs"
    if not docs.is_dir():
        sys.exit(f"There is no folder {docs}: the crosswalk is measured in a checkout of CollabSim.")
    if not given.pages:
        measure(given.replicates, given.seed, given.workers, figures.FILE)
    figures.read.cache_clear()
    from collabsim.evidence.page import write_pages

    write_pages(docs)


def measure(replicates: int, seed: int, workers: int | None, file: Path) -> None:
    """Measure every arrow and write the figures to a file."""
    from rich.console import Console
    from rich.progress import Progress

    from collabsim.evidence.measure import measured, scenarios_of

    rows = list(crosswalk().values())
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Scenarios", total=len(scenarios_of(rows)))
        found = measured(rows, replicates, seed, workers, lambda: progress.advance(task))
    made = figures.Made(collabsim.__version__, model_digest(), replicates, seed, YEARS)
    figures.write(made, found, file)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m collabsim.evidence", description=__doc__)
    parser.add_argument(
        "--replicates", type=int, default=REPLICATES, help="replicates of each scenario (150)"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the model's luck (0)")
    parser.add_argument("--workers", type=int, help="threads; all cores by default")
    parser.add_argument("--pages", action="store_true", help="only write the pages from the figures at hand")
    return parser


if __name__ == "__main__":
    main()
