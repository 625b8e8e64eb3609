"""What a pattern is: a statement of the field, the numbers that test it, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from collabsim.analysis.differences import Estimate
from collabsim.validation.lab import Lab

Use = Literal["calibration", "validation", "verification", "prediction"]
Verdict = Literal["inside", "outside", "cannot tell", "not measured"]
INSIDE: Verdict = "inside"
OUTSIDE: Verdict = "outside"
CANNOT_TELL: Verdict = "cannot tell"
NOT_MEASURED: Verdict = "not measured"
Measure = Callable[[Lab], Estimate]


@dataclass(frozen=True)
class Check:
    """One number that a pattern is judged by.

    Attributes
    ----------
    what : str
        What is measured, in the field's words.
    low, high : float
        The accepted range; infinite where there is no bound on that side.
    unit : str
    measure : callable or None
        Takes a lab; None where the model has nothing to measure.
    missing : str
        Why there is nothing.
    use : str or None
        Where it differs from the pattern's.
    """

    what: str
    low: float
    high: float
    unit: str
    measure: Measure | None = None
    missing: str = ""
    use: Use | None = None


@dataclass(frozen=True)
class Pattern:
    """One pattern of the evidence table.

    Attributes
    ----------
    number : int
    statement : str
        In the field's words.
    source : str
        Author and year.
    grade : str
        A to D, as docs/explanation/what-the-model-gets-right-and-wrong.md explains.
    use : str
    checks : tuple of Check
    how : str
        How the field's quantity is found in the model, where that needs saying.
    """

    number: int
    statement: str
    source: str
    grade: str
    use: Use
    checks: tuple[Check, ...]
    how: str = ""


@dataclass(frozen=True)
class Finding:
    """A check and what came of it."""

    check: Check
    found: Estimate | None
    verdict: Verdict


@dataclass(frozen=True)
class Judged:
    """A pattern and what came of it."""

    pattern: Pattern
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """Outside when any number is; inside when all that could be measured are."""
        return overall([finding.verdict for finding in self.findings])


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict of several together."""
    for worst in (OUTSIDE, CANNOT_TELL, INSIDE):
        if worst in verdicts:
            return worst
    return NOT_MEASURED


def judged(pattern: Pattern, lab: Lab) -> Judged:
    """Measure a pattern in a lab."""
    return Judged(pattern, tuple(judge(check, lab) for check in pattern.checks))


def judge(check: Check, lab: Lab) -> Finding:
    """Measure one number and hold it against its range."""
    if check.measure is None:
        return Finding(check, None, NOT_MEASURED)
    found = check.measure(lab)
    return Finding(check, found, verdict(found, check.low, check.high))


def verdict(found: Estimate, low: float, high: float) -> Verdict:
    """Inside or outside when the whole interval is; else we cannot tell. An open end lies beyond any finite bound."""
    if not math.isfinite(found.mean):
        return CANNOT_TELL
    first, last = (found.mean if math.isnan(end) else end for end in (found.low, found.high))
    if low <= first and last <= high:
        return INSIDE
    return OUTSIDE if last < low or first > high else CANNOT_TELL
