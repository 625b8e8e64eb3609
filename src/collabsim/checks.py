"""Checks of single values, and the plain sentences that say what is wrong with them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any

from collabsim.file_format import Field
from collabsim.parameters import Parameter, Value

Spec = Parameter | Field

_WEEKS = {"week": 1.0, "month": 52 / 12, "year": 52.0}
_OTHER_WORDS = {
    "council": "la", "local authority": "la", "local government": "la", "health": "nhs",
    "hospital": "nhs", "charity": "vcse", "voluntary": "vcse", "third sector": "vcse",
}  # fmt: skip


class ScenarioErrors(ValueError):
    """Everything that is wrong with an input, one plain sentence each.

    Attributes
    ----------
    errors : list of str
    """

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(self.errors))

    def __reduce__(self) -> tuple[type[ScenarioErrors], tuple[list[str]]]:
        """Keep the list of sentences when the error travels between processes."""
        return type(self), (self.errors,)


@dataclass
class Report:
    """The errors found so far in one file."""

    file: str
    errors: list[str] = field(default_factory=list)

    def say(self, key: str, text: str) -> None:
        """Record that a key is wrong; the text goes on where the key's name ends."""
        words = f"{key} {text}".lstrip()  # a file as a whole has no key
        self.errors.append(f"{self.file}: {words}{'' if text.endswith('?') else '.'}")

    def is_silent(self, start: str) -> bool:
        """Whether nothing was said so far of the keys that begin so."""
        return not any(error.startswith(f"{self.file}: {start}") for error in self.errors)

    def value(self, key: str, spec: Spec, value: Any) -> Value | None:
        """The checked value, or None and a sentence in the report."""
        try:
            return checked(spec, value)
        except ValueError as error:
            self.say(key, str(error))
            return None


def shown(value: object) -> str:
    """A value as an error shows it: short, on one line, without control characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, float):
        return f"{value:.12g}"
    text = ascii_quoted(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:50]}..."


def ascii_quoted(text: str) -> str:
    """The text in double quotes, what cannot be printed being written as an escape."""
    letters = (c if c.isprintable() and c != '"' else c.encode("unicode_escape").decode() for c in text)
    return '"' + "".join(letters) + '"'


def shown_key(key: str) -> str:
    """A key as an error shows it: bare where a file may write it bare, else in quotes."""
    return key if re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", key) else shown(key)


def nearest(word: str, names: Iterable[str]) -> str:
    """A hint at the name that was probably meant, or nothing."""
    names = list(names)
    lower = word.casefold().strip()
    other = _OTHER_WORDS.get(lower)
    close = [other] if other in names else get_close_matches(lower, names, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def allowed(spec: Spec) -> str:
    """What a value may be, in words."""
    if spec.type == "boolean":
        return "true or false"
    if spec.type == "choice":
        return "one of " + ", ".join(spec.choices)
    if spec.type in ("line", "text"):
        what = "one line of text" if spec.type == "line" else "text"
        return f"{what} of {spec.minimum:.0f} to {spec.maximum:.0f} characters, no control characters"
    number = "a whole number" if spec.type == "integer" else "a number"
    unit = f" ({spec.unit})" if spec.unit[:1].isalpha() else ""
    return f"{number} from {_bound(spec.minimum)} to {_bound(spec.maximum)}{unit}"


def _bound(value: float) -> str:
    """An end of a range, in all its digits."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.12g}"


def checked(spec: Spec, value: Any) -> Value:
    """The value in the type that the model uses.

    Raises
    ------
    ValueError
        Saying what the value is, what is allowed, and what was probably meant.
    """
    value = value.item() if hasattr(value, "item") else value
    if _is_allowed(spec, value):
        return _in_its_type(spec, value)
    raise ValueError(f"is {shown(value)}, but must be {allowed(spec)}{_hint(spec, value)}")


def _is_allowed(spec: Spec, value: Any) -> bool:
    if spec.type == "boolean":
        return isinstance(value, bool)
    if spec.type == "choice":
        return isinstance(value, str) and value in spec.choices
    if spec.type in ("line", "text"):
        return isinstance(value, str) and _is_clean(value, spec)
    return _is_number(value, whole=spec.type == "integer") and spec.minimum <= value <= spec.maximum


def _is_number(value: Any, *, whole: bool) -> bool:
    """Whether it is a finite number; true and false are not."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    if isinstance(value, Integral):
        return True
    return math.isfinite(value) and (not whole or float(value).is_integer())


def _is_clean(text: str, spec: Spec) -> bool:
    white = "\n\t" if spec.type == "text" else ""
    fits = spec.minimum <= len(text.strip()) <= spec.maximum
    return fits and all(c in white or unicodedata.category(c) not in _UNPRINTED for c in text)


# Control characters, direction overrides and other format characters, surrogates, line separators:
# a name that holds one looks like another name, or breaks the line it is printed on.
_UNPRINTED = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _in_its_type(spec: Spec, value: Any) -> Value:
    if spec.type == "number":
        return float(value) + 0.0  # no negative zero
    if spec.type in ("line", "text"):
        return str(value).strip()
    return int(value) if spec.type == "integer" else value


def _hint(spec: Spec, value: Any) -> str:
    """What was probably meant, or nothing."""
    if spec.type == "choice":
        return nearest(value, spec.choices) if isinstance(value, str) else ""
    if spec.type == "boolean":
        return _hint_of_switch(value)
    if spec.type not in ("number", "integer") or isinstance(value, bool):
        return ""
    guesses = _from_words(spec, value) if isinstance(value, str) else _from_other_units(spec, value)
    fitting = [g for g in guesses if _is_allowed(spec, g)]
    return f"; did you mean {fitting[0]:.6g}?" if fitting else ""


def _hint_of_switch(value: Any) -> str:
    words = {"true": "true", "yes": "true", "on": "true", "1": "true"}
    words |= {"false": "false", "no": "false", "off": "false", "0": "false"}
    meant = words.get(str(value).casefold())
    quoted = ", without quotes" if value == meant else ""  # only a file can quote it; --set reads such a word
    return f"; did you mean {meant}{quoted}?" if meant else ""


def _from_words(spec: Spec, text: str) -> list[float]:
    """Numbers that words such as "3 years", "65%" or "350 pounds" may stand for."""
    found = re.fullmatch(r"\s*£?\s*([-+]?\d{1,9}(?:\.\d{1,9})?)\s*(%|[A-Za-z]*).*", text)
    if not found:
        return []
    amount, word = float(found[1]), found[2].casefold().rstrip("s")
    if word in ("%", "percent"):
        return [amount / 100]
    own = spec.unit.rstrip("s")
    return [amount * _WEEKS[word] / _WEEKS[own]] if word in _WEEKS and own in _WEEKS else [amount]


def _from_other_units(spec: Spec, value: Any) -> list[float]:
    """What a number out of range would be if it were a percentage, or years for months and so on."""
    if not _is_number(value, whole=False) or abs(value) > 1e9:
        return []
    ratios = {"months": [12.0], "weeks": [52 / 12, 52.0], "years": [1 / 12]}.get(spec.unit, [])
    if spec.type == "number" and spec.maximum <= 1 < value:
        ratios = [1 / 100]
    return [round(float(value) * ratio, 6) for ratio in ratios]
