"""Weeks and months of a run as a story says them, counted from the policy's start."""

from __future__ import annotations

from dataclasses import dataclass

from collabsim.history import History
from collabsim.payloads import Payload

_WORDS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def month_of(week: int) -> int:
    """The month of a week, both counted from the start of the run."""
    return max(0, week) * 12 // 52


@dataclass(frozen=True)
class Line:
    """One sentence or two of a story.

    Attributes
    ----------
    week : int
        Counted from the start of the run.
    kind : str
        What it is about, in a word.
    words : str
        With `{When}` where the month is to stand.
    """

    week: int
    kind: str
    words: str

    def payload(self, seen: History) -> Payload:
        """The line for a page: `month` from the start of the run, `when` and `words` for people."""
        month = min(seen.months - 1, month_of(self.week))
        when = when_of(month - 12 * seen.scenario.burn_in_years)
        return {"month": month, "when": when, "words": self.words.replace("{When}", when)}


def when_of(month: int) -> str:
    """A month counted from the policy's start, as a sentence begins: "In month 9", "In year 3, month 2,"."""
    if month < 0:
        return f"{count(-month, 'month').capitalize()} before the start"
    year, rest = divmod(month, 12)
    return f"In month {rest + 1}" if year == 0 else f"In year {year + 1}, month {rest + 1},"


def count(number: int, thing: str) -> str:
    """A number of things, small numbers in words: "three months", "one month", "14 months"."""
    return f"{in_words(number)} {thing}{'' if number == 1 else 's'}"


def in_words(number: int) -> str:
    """A whole number: up to twelve in words."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else f"{number:,}"


def how_long(weeks: int) -> str:
    """A length of time: weeks, then months, then years."""
    if weeks < 9:
        return count(max(0, weeks), "week")
    if weeks < 104:
        return count(round(weeks * 12 / 52), "month")
    return f"{weeks / 52:.1f} years".replace(".0 years", " years")
