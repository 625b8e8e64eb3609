"""What `make demo` runs: it asks what short-term funding does to a partnership.

The answer is printed and written, with its figures and numbers, to ``results/short-term-funding``.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from collabsim.cli import files, inputs, options
from collabsim.cli.group import PlainGroup
from collabsim.cli.progress import Watch

FOLDER = "results/short-term-funding"
CHANNELS = options.whole("--channel-replicates", 2, 10_000, "Replicates of each set of channels.")
OUT = typer.Option("--out", metavar="DIR", help="Folder of the report and its numbers.")

app = typer.Typer(
    cls=PlainGroup,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    subcommand_metavar="",
)


@app.callback(invoke_without_command=True)
def demo(
    replicates: options.Replicates = 100,
    channel_replicates: Annotated[int, CHANNELS] = 40,
    seed: options.Seed = 0,
    years: options.Years = None,
    workers: options.Workers = None,
    out: Annotated[str, OUT] = FOLDER,
    quiet: options.Quiet = False,
) -> None:
    """Say what short-term funding does to a partnership, through which channels, how much is arithmetic."""
    began = time.monotonic()
    findings = inputs.Findings()
    folder = inputs.check_folder(out, findings) or Path(FOLDER)
    findings.settle()
    files.make(folder)
    from collabsim.short_term_funding import files as report_files
    from collabsim.short_term_funding import sentences, study, terminal

    scenarios = study.load(years)
    with Watch(quiet) as watch:
        found = study.run(scenarios, replicates, channel_replicates, seed, workers=workers, watcher=watch)
    answers = sentences.answers(found)
    print(terminal.text(found, answers))
    report = report_files.write(folder, found, answers)
    print(f"\n{found.runs:,} runs in {time.monotonic() - began:.0f} s. The report: {report}")


def main(words: Sequence[str] | None = None) -> None:
    """Run the demo and leave with its status."""
    app(words, prog_name="python -m collabsim.demo")


if __name__ == "__main__":
    main()
