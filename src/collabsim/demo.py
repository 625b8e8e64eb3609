"""What `make demo` runs: it asks what short-term funding does to a partnership.

The answer is printed and written, with its figures and numbers, to ``results/short-term-funding``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path("results/short-term-funding")


def main(words: Sequence[str] | None = None) -> None:
    """Run the question, print the answer, write the report."""
    given = _options().parse_args(words)
    from collabsim.cli.progress import Watch
    from collabsim.short_term_funding import files, sentences, study, terminal

    began = time.monotonic()
    scenarios = study.load(given.years)
    with Watch(given.quiet) as watch:
        found = study.run(
            scenarios, given.replicates, given.channel_replicates, given.seed, watcher=watch
        )  # fmt: skip
    answers = sentences.answers(found)
    print(terminal.text(found, answers))
    report = files.write(given.out, found, answers)
    print(f"\n{found.runs:,} runs in {time.monotonic() - began:.0f} s. The report: {report}")


def _options() -> argparse.ArgumentParser:
    """The few options; all have a default."""
    from collabsim.short_term_funding.study import CHANNEL_REPLICATES, REPLICATES

    parser = argparse.ArgumentParser("python -m collabsim.demo", description=__doc__)
    parser.add_argument("--replicates", type=_count, default=REPLICATES, metavar="N")
    parser.add_argument("--channel-replicates", type=_count, default=CHANNEL_REPLICATES, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--years", type=_count, metavar="N")
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR")
    parser.add_argument("--quiet", action="store_true")
    return parser


def _count(word: str) -> int:
    number = int(word)
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    main()
