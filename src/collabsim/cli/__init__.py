"""The command line: arguments in, words out, no work of its own.

Nothing heavy is imported until a command needs it, so that ``collabsim --help`` answers at once.
"""

from __future__ import annotations

from typing import Annotated

import typer

import collabsim
from collabsim.cli import (
    check,
    compare,
    dashboard,
    discover,
    explain,
    lesson,
    packages,
    parameters,
    query,
    rank,
    replay,
    report,
    robust,
    run,
    scenarios,
    story,
    sweep,
    teach,
    validate,
    value,
    warmup,
)
from collabsim.cli.group import WRONG, PlainGroup, say

app = typer.Typer(
    name="collabsim",
    cls=PlainGroup,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="SCENARIO and EXPERIMENT are a shipped name or a file's path. Illustrative, not a forecast.",
)

for command in (
    scenarios.scenarios,
    parameters.parameters,
    check.check,
    run.run,
    compare.compare,
    explain.explain,
    story.story,
    sweep.sweep,
    discover.discover,
    robust.robust,
    value.value,
    packages.packages,
    query.query,
    replay.replay,
    report.report,
    rank.rank,
    validate.validate,
    dashboard.dashboard,
    warmup.warmup,
    teach.teach,
):
    app.command()(command)
app.add_typer(lesson.app, name="lesson")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"collabsim {collabsim.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def about(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Simulate a multi-agency partnership: trust, turnover and information sharing under your policies."""
    if context.invoked_subcommand is None:
        say(context.get_help())
        raise typer.Exit(WRONG)


def main() -> None:
    """Run the command line; the entry point of the package."""
    app(prog_name="collabsim")
