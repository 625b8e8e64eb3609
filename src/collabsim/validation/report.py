"""What came of the patterns, for one structure or for many, and how it is written down."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import collabsim
from collabsim.provenance import NOTE, commit, model_digest
from collabsim.validation.kinds import Finding, Judged, judged
from collabsim.validation.lab import DRAWS, Lab
from collabsim.validation.patterns import PATTERNS
from collabsim.validation.structures import DEFAULT, variants
from collabsim.validation.sums import Bound

QUICK = 16
"""Replicates of a quick look; with them many intervals are too wide to tell."""
FINER = 5
"""Times as many replicates where small differences between cases are measured (patterns 8 and 12 to 15)."""


@dataclass(frozen=True)
class Report:
    """The verdicts.

    Attributes
    ----------
    structures : dict of str to list of Judged
        By the structure's name, each pattern in its order.
    replicates, seed : int
    """

    structures: dict[str, list[Judged]]
    replicates: int
    seed: int


def validate(
    names: tuple[str, ...] = (DEFAULT,),
    replicates: int = QUICK,
    seed: int = 0,
    workers: int | None = None,
    expect: Callable[[int], None] | None = None,
    tick: Callable[[], None] | None = None,
    draws: int = DRAWS,
) -> Report:
    """Measure every pattern.

    Parameters
    ----------
    names : tuple of str
        Structures (`collabsim.validation.structures.variants`).
    replicates, seed : int
    workers : int, optional
    expect, tick : callable, optional
        Told how many patterns are to come, and that one is done.
    draws : int
        Draws of the uncertainties for each replicate (patterns 7 and 10).
    """
    if expect is not None:
        expect(len(names) * len(PATTERNS))
    found = {}
    for name in names:
        lab = Lab(variants()[name], {}, replicates, FINER, draws, seed, workers)
        rows = []
        for pattern in PATTERNS:
            rows.append(judged(pattern, lab))
            if tick is not None:
                tick()
        found[name] = rows
        lab.forget()
    return Report(found, replicates, seed)


# --- JSON ---------------------------------------------------------------------------------------


def to_json(report: Report) -> dict[str, Any]:
    """All of it, in types that JSON has; a range or an interval without an end, and a missing number, is None.

    A figure that is only a bound has the field `censored`, which says why.
    """
    return {
        "command": "validate",
        "note": NOTE,
        "version": collabsim.__version__,
        "commit": commit(),
        "model": model_digest(),
        "seed": report.seed,
        "replicates": report.replicates,
        "structures": {name: [_pattern(row) for row in rows] for name, rows in report.structures.items()},
    }


def _pattern(row: Judged) -> dict[str, Any]:
    pattern = row.pattern
    return {
        "number": pattern.number,
        "statement": pattern.statement,
        "source": pattern.source,
        "grade": pattern.grade,
        "use": pattern.use,
        "how": pattern.how,
        "verdict": row.verdict,
        "checks": [_check(row, finding) for finding in row.findings],
    }


def _check(row: Judged, finding: Finding) -> dict[str, Any]:
    check, found = finding.check, finding.found
    numbers: Mapping[str, Any] = {"missing": check.missing}
    if found is not None:
        ends = {name: _end(getattr(found, name)) for name in ("mean", "low", "high")}
        why = {"censored": found.censored} if isinstance(found, Bound) else {}
        numbers = {**ends, "n": found.n, **why}
    return {
        "what": check.what,
        "unit": check.unit,
        "accepted": [_end(check.low), _end(check.high)],
        "use": check.use or row.pattern.use,
        "verdict": finding.verdict,
        **numbers,
    }


def _end(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
