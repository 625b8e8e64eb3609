"""How the command line fails: one plain sentence per error on standard error, never a traceback.

Exit status: 0 done, 1 the work failed, 2 the input is wrong, 130 stopped by the user.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Any

import typer
from typer.core import TyperGroup

from collabsim.checks import ScenarioErrors, nearest, shown

UsageError: type[Any] = typer.BadParameter.__mro__[1]  # typer gives it no public name
FAILED, WRONG, STOPPED = 1, 2, 130
TRACEBACK = "COLLABSIM_TRACEBACK"
"""Environment variable: with any value, an unexpected error shows its traceback, for who changes the code."""


class WorkFailed(Exception):
    """The input was right but the work could not be finished; the message is a plain sentence."""


class PlainGroup(TyperGroup):
    """The group of all commands, with errors in plain sentences."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command and leave with its status."""
        leave = extra.pop("standalone_mode", True)
        status = self._status(*args, **extra)
        if leave:
            sys.exit(status)
        return status

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; an unknown word gets the nearest one."""
        if args[0] not in self.commands:
            hint = nearest(args[0], self.commands) or f"; '{ctx.command_path} --help' lists them"
            raise ScenarioErrors([_sentence(f"There is no command {shown(args[0])}{hint}")])
        return super().resolve_command(ctx, args)

    def _status(self, *args: Any, **extra: Any) -> int:
        extra["standalone_mode"] = False
        try:
            status = super().main(*args, **extra)
            sys.stdout.flush()
        except BrokenPipeError:
            return _reader_left()
        except UsageError as error:
            return _said([_usage_sentence(error)], WRONG)
        except ScenarioErrors as error:
            return _said(error.errors, WRONG)
        except WorkFailed as error:
            return _said([str(error)], FAILED)
        except Exception as error:
            return _unexpected(error)
        return _said(["Stopped."], STOPPED) if status == STOPPED else int(status or 0)


def say(sentence: str) -> None:
    """Put a sentence on standard error."""
    print(sentence, file=sys.stderr, flush=True)


def _said(sentences: Iterable[str], status: int) -> int:
    for sentence in sentences:
        say(sentence)
    return status


def _reader_left() -> int:
    """Whoever read the results has gone (as `head` does): say nothing, also not while shutting down."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _unexpected(error: Exception) -> int:
    if os.environ.get(TRACEBACK):
        raise error
    words = " ".join(str(error).split()) or "no further words"
    sentence = f"The work failed: {type(error).__name__}: {words[:300]} ({TRACEBACK}=1 shows where)."
    return _said([sentence], FAILED)


# --- what is wrong with the words of a command ---------------------------------------------------


def _usage_sentence(error: Any) -> str:
    """The error of the command-line reader as one sentence with the nearest right name."""
    command = error.ctx.command_path if error.ctx else "collabsim"
    message = str(error.message).rstrip(".")
    if hasattr(error, "possibilities"):
        return _unknown_option(error, command)
    if message.startswith("--"):
        return _sentence(message)
    if type(error).__name__ == "MissingParameter":
        option = f"{error.param.opts[0]} " if error.param.opts[0].startswith("--") else ""
        message = f"{command} needs {option}{error.param.metavar or error.param.name}"
    return f"{message}: '{command} --help' says what it takes."


def _unknown_option(error: Any, command: str) -> str:
    known = [name for parameter in error.ctx.command.params for name in parameter.opts if name[:2] == "--"]
    hint = nearest(error.option_name, known) or f"; '{command} --help' lists them"
    return _sentence(f"{command} has no option {shown(error.option_name)}{hint}")


def _sentence(text: str) -> str:
    return text if text.endswith("?") else f"{text}."
