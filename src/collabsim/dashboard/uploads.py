"""Scenarios that come from a browser: as a file's text, or packed into a link."""

from __future__ import annotations

import base64
import binascii
import tempfile
import zlib
from pathlib import Path

from collabsim.checks import ScenarioErrors, shown
from collabsim.dashboard import limits
from collabsim.scenario import Scenario, load_scenario

NAME = "your-scenario"


def scenario_of_text(text: str, name: str = f"{NAME}.toml") -> Scenario:
    """The scenario of a file's text, checked as the command line checks it.

    The text is put into an empty folder and read there: `extends` finds shipped scenarios only.

    Parameters
    ----------
    text : str
    name : str
        What messages call the file.

    Raises
    ------
    ScenarioErrors
    """
    size = len(text.encode())
    if size > limits.MOST_UPLOAD:
        raise ScenarioErrors(
            [f"{shown(name)} has {size:,} bytes, but at most {limits.MOST_UPLOAD:,} are allowed."]
        )
    with tempfile.TemporaryDirectory(prefix="collabsim-") as folder:
        path = Path(folder) / f"{NAME}.toml"
        path.write_text(text, encoding="utf-8")
        try:
            return load_scenario(path)
        except ScenarioErrors as error:
            plain = name if name.isprintable() and len(name) <= 100 else f"{NAME}.toml"
            raise ScenarioErrors(line.replace(str(path), plain) for line in error.errors) from None


def text_of_bytes(data: bytes, name: str) -> str:
    """The text of an uploaded file.

    Raises
    ------
    ScenarioErrors
    """
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise ScenarioErrors([f"{shown(name)} is not text in UTF-8, so it cannot be a TOML file."]) from None


def packed(text: str) -> str:
    """A text, short enough for a link."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpacked(word: str) -> str:
    """The text that a link carries.

    Raises
    ------
    ScenarioErrors
        When it is none, or longer than an upload may be.
    """
    try:
        data = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        reader = zlib.decompressobj()
        text = reader.decompress(data, limits.MOST_UPLOAD + 1)
        whole = reader.eof and len(text) <= limits.MOST_UPLOAD
        if not whole:
            raise ValueError
        return text.decode()
    except (ValueError, binascii.Error, zlib.error):
        raise ScenarioErrors(["The link carries a scenario that cannot be read."]) from None
