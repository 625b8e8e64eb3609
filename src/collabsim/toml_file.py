"""Reads a TOML file that somebody else wrote: whatever is wrong with it becomes one plain sentence."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Any

from collabsim import library
from collabsim.checks import ScenarioErrors, shown

MAX_BYTES = 1_000_000


class _Unreadable(Exception):
    """The file is not one to be read; the message goes on where the file's name ends."""


def read_table(path: Path) -> dict[str, Any]:
    """The TOML document in a file.

    Raises
    ------
    ScenarioErrors
        When there is no such file, or it is not a text file of at most 1 MB of TOML.
    """
    table, problem = read_toml(read_text(path))
    if problem:
        raise ScenarioErrors([f"{label(path)} {problem}."])
    return table


def read_toml(text: str) -> tuple[dict[str, Any], str]:
    """The table in a TOML text, and what is wrong with it; that goes on where the file's name ends."""
    try:
        return tomllib.loads(text), ""
    except RecursionError:
        problem = "cannot be read: its lists or tables are nested too deeply"
    except tomllib.TOMLDecodeError as error:
        problem = f"is not valid TOML: {_on_one_line(str(error))}"
    except ValueError:
        problem = "cannot be read: it holds a number of thousands of digits"
    return {}, problem


def read_text(path: Path, kind: str = "TOML") -> str:
    """The text of an ordinary file of a kind (TOML, Markdown).

    Raises
    ------
    ScenarioErrors
        When there is no such file, or it is not a text file of at most 1 MB.
    """
    try:
        return _text(path, kind).removeprefix("\ufeff")
    except _Unreadable as error:
        problem = str(error)
    except OSError as error:
        problem = f"cannot be read: {(error.strerror or 'unknown reason').lower()}"
    except UnicodeDecodeError:
        problem = f"is not text in UTF-8, so it cannot be a {kind} file"
    raise ScenarioErrors([f"{label(path)} {problem}."])


def label(path: Path) -> str:
    """A file as errors call it: a shipped one by its name, any other by its path as given."""
    text = path.name if library.is_shipped(path) else str(path)
    return text if text.isprintable() and len(text) <= 250 else shown(text)


def _text(path: Path, kind: str) -> str:
    """The text of an ordinary file of at most `MAX_BYTES`."""
    if "\0" in str(path):
        raise _Unreadable("cannot be a file's name: it holds a null character")
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise _Unreadable(f"is a folder, but must be a {kind} file")
    if not stat.S_ISREG(status.st_mode):
        raise _Unreadable(f"is not an ordinary file, but must be a {kind} file")
    if status.st_size > MAX_BYTES:
        raise _Unreadable(f"has {status.st_size:,} bytes, but at most {MAX_BYTES:,} are allowed")
    return path.read_bytes().decode("utf-8")


def _on_one_line(message: str) -> str:
    """A message of the TOML reader, on one line of reasonable length."""
    line = "".join(c if c.isprintable() else " " for c in message)
    return line if len(line) <= 200 else f"{line[:190]}..."
