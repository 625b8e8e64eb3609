"""What options are called: a lever with its dose and unit, and a letter for a long name once it was said in full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from string import ascii_uppercase

import numpy as np

from collabsim import display
from collabsim.parameters import PARAMETER
from collabsim.report import Section

LONG = 32
"""Letters from which a name that was made of doses gets a letter."""

_VALUES = {True: "on", False: "off"}
_SAID_BY_UNIT = {"months", "days", "years", "month", "quarter", "year", "per", "fte", "20", "share"}
"""Words at a name's end that its unit says as well: funding grant months, 36 months."""
_ENDS = {"0-1": "of 1", "0-0.5": "of 0.5"}
_WITHOUT = ("one of", "on or off", "exponent", "probability")
"""Units that add nothing to a value."""


def spoken(name: str) -> str:
    """A parameter's name in words."""
    return name.replace(".", " ").replace("_", " ")


def shown_value(value: object) -> str:
    """A value as people write it."""
    if isinstance(value, (bool, np.bool_)):
        return _VALUES[bool(value)]
    if isinstance(value, (int, float, np.number)):
        return f"{float(value):,.6g}".replace("-", display.MINUS)
    return " ".join(str(value).split())


def told(name: str, value: object) -> str:
    """A parameter with a value, as people say it: key worker 1 FTE per 20 posts."""
    named, unit = _named(name)
    return f"{named} {_dose(value, unit)}".strip()


def told_range(name: str, first: object, last: object) -> str:
    """A parameter with the ends of its range: key worker, 0 to 1 FTE per 20 posts."""
    named, unit = _named(name)
    return f"{named}, {_bare(first, unit)} to {_dose(last, unit)}"


def _named(name: str) -> tuple[str, str]:
    """A parameter in words, and its unit, without what the other says."""
    unit = PARAMETER[name].unit
    words = spoken(name).split()
    while len(words) > 1 and words[-1] in _SAID_BY_UNIT and unit not in _WITHOUT:
        words.pop()
    first, _, rest = unit.partition(" ")
    return " ".join(words), rest if words[-1] == first and rest else unit


def _dose(value: object, unit: str) -> str:
    """A value with its unit: 1 day a week, 40% of time, 0.5 of 1, overlap."""
    first, _, rest = unit.partition(" ")
    if unit in _WITHOUT or isinstance(value, (str, bool, np.bool_)):
        return shown_value(value)
    if first in ("share", "pounds"):
        return f"{_bare(value, unit)} {rest}".strip()
    if first.endswith("s") and value == 1:
        first = f"{first[:-3]}y" if first.endswith("ies") else first[:-1]
    unit = _ENDS.get(unit) or f"{first} {rest}".strip()
    return f"{shown_value(value)}{'' if unit.startswith('%') else ' '}{unit}"


def _bare(value: object, unit: str) -> str:
    """A value alone; shares in per cent, and pounds with their sign."""
    first = unit.partition(" ")[0]
    if first == "share" and isinstance(value, (int, float, np.number)):
        return f"{shown_value(100 * float(value))}%"
    return f"£{shown_value(value)}" if first == "pounds" else shown_value(value)


# --- letters ------------------------------------------------------------------------------------


def lettered(labels: Iterable[str]) -> Mapping[str, str]:
    """Long labels with a letter before them; numbers where the alphabet does not reach."""
    long = [label for label in dict.fromkeys(labels) if len(label) > LONG]
    letters = (
        ascii_uppercase if len(long) <= len(ascii_uppercase) else [str(n) for n in range(1, len(long) + 1)]
    )
    return {label: f"{letter}: {label}" for letter, label in zip(letters, long, strict=False)}


def once(texts: Sequence[str], labels: Iterable[str]) -> list[str]:
    """The same texts, read one after another, with a long label in full only where it first stands."""
    letters = {label: label.partition(": ")[0] for label in labels}
    said: set[str] = set()

    def mention(found: re.Match[str]) -> str:
        label = found[1]
        if label not in letters or label not in said:
            said.add(label)
            return found[0]
        return f"“{letters[label]}”"

    return [re.sub("“([^”]*)”", mention, text) for text in texts]


def section_once(section: Section, labels: Sequence[str]) -> Section:
    """A section whose paragraphs and points say a long label in full once."""
    texts = once([*section.paragraphs, *section.points], labels)
    count = len(section.paragraphs)
    return replace(section, paragraphs=texts[:count], points=texts[count:])
