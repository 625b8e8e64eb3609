"""``collabsim lesson``: lessons from the terminal, their materials, and the template of a new one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collabsim.cli import files, options
from collabsim.cli.group import PlainGroup, say

if TYPE_CHECKING:
    from collabsim.lessons.lesson import Lesson

app = typer.Typer(
    cls=PlainGroup,
    add_completion=False,
    rich_markup_mode=None,
    help="List, play, check, print and write lessons.",
)

Name = Annotated[str, typer.Argument(metavar="LESSON", help="A shipped name, or a file's path.")]
Out = Annotated[str | None, typer.Option("--out", metavar="FILE.html", help="Where to write it.")]


@app.callback(invoke_without_command=True)
def lesson(context: typer.Context) -> None:
    """List the lessons, or do something with one."""
    if context.invoked_subcommand is None:
        list_lessons()


@app.command("list")
def list_lessons(json: options.Json = False) -> None:
    """List the shipped lessons, one line each."""
    from collabsim.cli.show import print_json
    from collabsim.lessons.lesson_file import shipped_lessons

    found = shipped_lessons()
    if json:
        return print_json({"lessons": [_row(one) for one in found]})
    width = max(len(one.name) for one in found)
    for one in found:
        print(f"{one.name:<{width}}  {one.minutes:>2} min  {one.title}")
    print("collabsim teach NAME opens one; collabsim lesson play NAME plays it here.")
    return None


def _row(found: Lesson) -> dict[str, object]:
    keys = ("name", "title", "summary", "audience", "minutes")
    return {**{key: getattr(found, key) for key in keys}, "steps": [step.title for step in found.steps]}


@app.command()
def show(name: Name, json: options.Json = False) -> None:
    """Tell what a lesson is about: its steps, its claims, its sources."""
    from collabsim.cli.show import print_json
    from collabsim.lessons.lesson_file import load_lesson
    from collabsim.lessons.text import plain

    found = load_lesson(name)
    if json:
        return print_json({"lesson": _row(found), "claims": [claim.text for claim in found.claims]})
    print(f"{found.title}\n{found.minutes} minutes. {found.audience}\n\n{plain(found.summary)}\n")
    for number, step in enumerate(found.steps, 1):
        print(f"{number:>3}. {step.title} ({step.kind}, {step.minutes:g} min)")
    for title, lines in (
        ("It claims", [c.text for c in found.claims]),
        ("Sources", [s.text for s in found.sources]),
    ):
        print(f"\n{title}")
        print("\n".join(f"  - {line}" for line in lines))
    return None


@app.command()
def check(name: Name, quiet: options.Quiet = False) -> None:
    """Check a lesson's file, and its claims against the model."""
    from collabsim.cli.group import WorkFailed
    from collabsim.lessons import claims
    from collabsim.lessons.lesson_file import load_lesson

    found = load_lesson(name)
    _tell_wait(found, quiet)
    results = claims.check(found)
    for result in results:
        print(f"{'holds' if result.holds else 'FAILS'}  {result.claim.text}\n       {result.words}")
    failed = sum(not result.holds for result in results)
    if failed:
        raise WorkFailed(
            f"{failed} of {len(results)} claims do not hold: change the sentence, not the model."
        )


@app.command()
def play(name: Name) -> None:
    """Play a lesson here: read, predict, see, explain. Answers may come from a pipe."""
    from collabsim.lessons.lesson_file import load_lesson
    from collabsim.lessons.terminal import Player

    found = load_lesson(name)
    _tell_wait(found, quiet=False)
    Player(found, _ask, print).play()


def _ask(question: str) -> str | None:
    print(question, end="", flush=True)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        print(line.rstrip("\n"))  # a reader of the output sees what was answered
    return line.strip() if line else None


@app.command()
def handout(name: Name, out: Out = None, quiet: options.Quiet = False) -> None:
    """Write a lesson's handout for learners, to print.

    One HTML file that prints to two pages.
    """
    from collabsim.lessons import materials

    _material(name, out, "handout", materials.handout, quiet)


@app.command()
def guide(name: Name, out: Out = None, quiet: options.Quiet = False) -> None:
    """Write a lesson's guide for who leads it, to print.

    One HTML file that prints to two pages.
    """
    from collabsim.lessons import materials

    _material(name, out, "guide", materials.guide, quiet)


def _material(name: str, out: str | None, kind: str, make: object, quiet: bool) -> None:
    from collabsim.lessons.lesson_file import load_lesson

    found = load_lesson(name)
    file = _file(out or f"{found.name}-{kind}.html", ".html")
    _tell_wait(found, quiet)
    text = make(found)  # type: ignore[operator]
    with files.writing(file.parent):
        files.write_text(file, text)
    print(file)


@app.command()
def new(name: Annotated[str, typer.Argument(metavar="NAME", help="What the file is to be called.")]) -> None:
    """Write NAME.md, a small lesson to start from.

    Into this folder; a file that is there already stays as it is.
    """
    from collabsim import library
    from collabsim.checks import ScenarioErrors, shown
    from collabsim.lessons.template import text

    if not library.is_name(name):
        raise ScenarioErrors(
            [f"NAME is {shown(name)}, but must be letters, digits, hyphens and underscores."]
        )
    file = _file(f"{name}.md", ".md")
    if file.exists():
        raise ScenarioErrors([f"NAME is {shown(name)}, but {file} is there already."])
    with files.writing(file.parent):
        files.write_text(file, text(name))
    print(file)
    say(f"Change it, then: collabsim lesson check {file}")


def _file(text: str, ending: str) -> Path:
    """A file to write, in a folder that is there."""
    from collabsim.checks import ScenarioErrors, shown

    file = Path(text)
    if file.suffix != ending:
        raise ScenarioErrors([f"--out is {shown(text)}, but must end in {ending}."])
    if not file.absolute().parent.is_dir() or file.is_dir():
        raise ScenarioErrors([f"--out is {shown(text)}, but there is no such folder, or it is one."])
    return file


def _tell_wait(found: Lesson, quiet: bool) -> None:
    from collabsim.model import COMPILING
    from collabsim.model.compiled import is_compiled

    if quiet:
        return
    if not is_compiled():
        say(COMPILING)
    say(f"{len(found.policies)} policies, {found.replicates} runs of each: some seconds.")
