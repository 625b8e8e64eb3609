"""The words that lessons, handouts and pages use, explained in plain words: one file, read by all of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """A word and its meaning.

    Attributes
    ----------
    key : str
        Its address.
    term : str
        As a list of words shows it.
    forms : tuple of str
        The ways in which a text may say it.
    meaning : str
        One or two plain sentences.
    """

    key: str
    term: str
    forms: tuple[str, ...]
    meaning: str


def _read() -> dict[str, Term]:
    rows = tomllib.loads(Path(__file__).with_name("glossary.toml").read_text("utf-8"))
    return {key: Term(key, row["term"], tuple(row["forms"]), row["meaning"]) for key, row in rows.items()}


TERMS: Mapping[str, Term] = _read()
"""Every term by its key, in the file's order."""


@dataclass(frozen=True)
class Found:
    """Where a text says a term."""

    key: str
    start: int
    end: int


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds any form of any term, the longest first; and whose form is whose."""
    keys = {form.casefold(): term.key for term in TERMS.values() for form in term.forms}
    forms = sorted(keys, key=lambda form: (-len(form), form))
    words = "|".join(re.escape(form) for form in forms)
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE), keys


def find(text: str, known: Iterable[str] = ()) -> Iterator[Found]:
    """The first place of every term in a text, in the text's order.

    Parameters
    ----------
    text : str
    known : iterable of str
        Keys of terms that were explained before, and are left out.
    """
    pattern, keys = _pattern()
    explained = set(known)
    for match in pattern.finditer(text):
        key = keys[match[0].casefold()]
        if key not in explained:
            explained.add(key)
            yield Found(key, match.start(), match.end())


def used(texts: Iterable[str]) -> list[Term]:
    """The terms that some texts say, by their names."""
    keys = {found.key for text in texts for found in find(text)}
    return sorted((TERMS[key] for key in keys), key=lambda term: term.term.casefold())
