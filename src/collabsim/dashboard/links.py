"""What an Explore page shows as the query of an address, and back: a link shows the same again on another machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode

from collabsim.checks import ScenarioErrors, nearest, shown
from collabsim.dashboard import limits
from collabsim.dashboard.uploads import packed, unpacked
from collabsim.dashboard.view import (
    GROUPS,
    LOOKS,
    MOST_MONTH,
    MOST_SEED,
    OWN,
    SIDES,
    START,
    TABS,
    View,
    checked_rows,
    current,
    file_of,
    with_value,
)
from collabsim.outcomes import MONTHLY
from collabsim.parameters import PARAMETER, Value

MOST_DIGITS = 20
"""Of a number in an address: no bound needs more, and to convert thousands of digits takes long."""

# --- to an address ------------------------------------------------------------------------------


def query(view: View) -> str:
    """The view as the query of an address; what is as at the start is left out."""
    plain = View()
    pairs: list[tuple[str, str]] = [("s", view.scenario)] if view.scenario != plain.scenario else []
    pairs += [("file", packed(view.text))] if view.scenario == OWN else []
    pairs += [(name, _written(value)) for name, value in view.values.items()]
    pairs += [] if view.events is None else [("events", json.dumps(view.events, separators=(",", ":")))]
    pairs += [] if view.years is None else [("years", str(view.years))]
    pairs += [("seed", str(view.seed))] if view.seed else []
    pairs += [("show", ",".join(view.shown))] if view.shown != plain.shown else []
    pairs += [("tab", view.tab)] if view.tab != plain.tab else []
    pairs += [("look", view.look)] if view.look != plain.look else []
    pairs += [("run", str(view.replicate))] if view.replicate else []
    pairs += [("side", view.side)] if view.side != plain.side else []
    pairs += [("month", str(view.month))] if view.month else []
    pairs += [] if view.post is None else [("post", str(view.post + 1))]
    pairs += [("open", ",".join(view.opened))] if view.opened != plain.opened else []
    return urlencode(pairs, quote_via=quote, safe=",:")


def _written(value: Value) -> str:
    return (
        str(value).lower() if isinstance(value, bool) else f"{value:.12g}" if _is_float(value) else str(value)
    )


def _is_float(value: Value) -> bool:
    return isinstance(value, float)


# --- from an address ----------------------------------------------------------------------------


def read(search: str | None) -> tuple[View, list[str]]:
    """The view of an address, and a sentence for everything in it that is not right, which is left out."""
    text = search or ""
    if len(text) > limits.MOST_QUERY:
        return View(), [f"The link is longer than {limits.MOST_QUERY:,} characters, so it was not read."]
    pairs = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=400))
    reader = _Reader(pairs)
    view = reader.view()
    return view, reader.errors


def whole(word: str, least: int, most: int) -> int | None:
    """The whole number from `least` to `most` that a word of an address stands for; None if it stands for none."""
    if not (word.isascii() and word.isdecimal() and len(word) <= MOST_DIGITS):
        return None
    found = int(word)
    return found if least <= found <= most else None


class _Reader:
    """Reads the pairs of an address one by one."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._pairs = pairs
        self.errors: list[str] = []

    def view(self) -> View:
        view = self._scenario()
        view = replace(
            view,
            years=self._whole("years", 1, limits.MOST_YEARS),
            seed=self._whole("seed", 0, MOST_SEED) or 0,
            shown=self._shown(),
            tab=self._one_of("tab", TABS),
            look=self._one_of("look", LOOKS),
            replicate=self._whole("run", 0, limits.MOST_REPLICATES - 1) or 0,
            side=self._one_of("side", SIDES, SIDES[1]),
            month=self._whole("month", 0, MOST_MONTH) or 0,
            post=self._post(),
            opened=self._opened(),
        )
        for name, word in self._pairs.items():
            view = self._valued(view, name, word)
        return self._timeline(view)

    def _scenario(self) -> View:
        name = self._pairs.get("s", START)
        try:
            text = unpacked(self._pairs.get("file", "")) if name == OWN else ""
            file_of(name, text)
        except ScenarioErrors as error:
            self.errors += error.errors
            return View()
        return View(scenario=name, text=text)

    def _valued(self, view: View, name: str, word: str) -> View:
        if name in _WORDS:
            return view
        if name not in PARAMETER:
            self.errors.append(f"The link sets {shown(name)}, which is not known{nearest(name, PARAMETER)}.")
            return view
        try:
            return with_value(view, name, _value(word))
        except ScenarioErrors as error:
            self.errors += [f"The link: {sentence.removeprefix('--set: ')}" for sentence in error.errors]
            return view

    def _timeline(self, view: View) -> View:
        word = self._pairs.get("events")
        if word is None:
            return view
        try:
            rows = json.loads(word)
            found = replace(view, events=checked_rows(rows))
            current(found)
        except (ValueError, RecursionError) as error:
            sentences = error.errors if isinstance(error, ScenarioErrors) else ["its events cannot be read."]
            self.errors += [f"The link: {sentence}" for sentence in sentences]
            return view
        return found

    def _whole(self, name: str, least: int, most: int) -> int | None:
        word = self._pairs.get(name)
        if word is None:
            return None
        found = whole(word, least, most)
        if found is None:
            self.errors.append(f"The link's {name} is {shown(word)}, but must be from {least} to {most:,}.")
        return found

    def _one_of(self, name: str, words: tuple[str, ...], usual: str = "") -> str:
        usual = usual or words[0]
        word = self._pairs.get(name, usual)
        if word in words:
            return word
        self.errors.append(f"The link's {name} is {shown(word)}, but must be one of {', '.join(words)}.")
        return usual

    def _post(self) -> int | None:
        number = self._whole("post", 1, limits.MOST_POSTS)
        return None if number is None else number - 1

    def _opened(self) -> tuple[str, ...]:
        plain = View().opened
        words = tuple(filter(None, self._pairs.get("open", ",".join(plain)).split(",")))
        unknown = [word for word in words if word not in GROUPS]
        if unknown:
            self.errors.append(
                f"The link's open is {shown(unknown[0])}{nearest(unknown[0], GROUPS)}, which is no group."
            )
        return plain if unknown else words

    def _shown(self) -> tuple[str, str]:
        plain = View().shown
        words = self._pairs.get("show", ",".join(plain)).split(",")
        names = {outcome.name for outcome in MONTHLY}
        if len(words) == 2 and set(words) <= names:
            return words[0], words[1]
        self.errors.append(f"The link's show is {shown(','.join(words))}, but must be two outcomes.")
        return plain


_WORDS = (
    "s", "file", "events", "years", "seed", "show", "tab", "look", "run", "side", "month", "post", "open",
    "with", "cost", "annual", "results",
)  # fmt: skip


def _value(word: str) -> Value:
    """What a word stands for: true, false, a number, or itself."""
    if word in ("true", "false"):
        return word == "true"
    try:
        return float(word)
    except ValueError:
        return word
