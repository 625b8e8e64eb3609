"""Turns replicates into what the components draw: plain numbers and sentences, no colours and no layout."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from collabsim import display, outcomes
from collabsim.analysis.samples import Sample, kept
from collabsim.dashboard.batches import Replicates
from collabsim.dashboard.live import Picture
from collabsim.outcomes import OUTCOME, Outcome
from collabsim.payloads import (
    FEWEST_FOR_BAND,
    PERIOD_WORDS,
    Payload,
    as_text,
    by_quarter,
    course_of,
    difference_row,
    interval_words,
    ledger,
    period_of,
    rounded,
    scale_of,
    verdict,
)

__all__ = [
    "FEWEST_FOR_BAND",
    "PERIOD_WORDS",
    "Payload",
    "as_text",
    "by_quarter",
    "changes",
    "course_of",
    "courses",
    "difference_row",
    "interval_words",
    "ledger",
    "period_of",
    "rounded",
    "scale_of",
    "summary",
    "verdict",
]

SAMPLE = "sample"


# --- courses ------------------------------------------------------------------------------------


def courses(picture: Picture, names: Sequence[str]) -> Payload:
    """The course of some outcomes, quarter by quarter, of the baseline and of what was chosen.

    Parameters
    ----------
    picture : Picture
    names : sequence of str
        Monthly outcomes.
    """
    wish = picture.wish
    return {
        "number": wish.number,
        "done": picture.done,
        "most": wish.most,
        "same": picture.base is picture.current,
        "burn_in": wish.current.burn_in_years,
        "years": wish.current.years,
        "charts": [_course(picture, OUTCOME[name]) for name in names],
    }


def _course(picture: Picture, outcome: Outcome) -> Payload:
    scale = display.scale(outcome)
    base, now = (quarters(r, outcome) * scale.factor for r in (picture.base, picture.current))
    start = -picture.wish.current.burn_in_years
    # What is drawn may have more than a base that is new, or grow while it is drawn.
    usual, chosen = course_of(base), course_of(now[: len(base)], base)
    return {
        "name": outcome.name,
        "title": outcome.title,
        "unit": scale.unit,
        "decimals": scale.decimals,
        "x": [round(start + (quarter + 0.5) / 4, 3) for quarter in range(base.shape[1])],
        "base": {line: rounded(values, scale.decimals) for line, values in usual.items()},
        "now": {line: rounded(values, scale.decimals) for line, values in chosen.items()},
        "words": _words(outcome, scale, usual, chosen, picture.base is picture.current),
    }


def quarters(replicates: Replicates, outcome: Outcome) -> np.ndarray:
    """The same as `by_quarter`, worked out once for as long as no replicates are added."""
    return replicates.once(outcome.name, lambda runs: by_quarter(outcome, runs))


def sample_of(replicates: Replicates) -> Sample:
    """What tables are made of, worked out once for as long as no replicates are added."""
    return replicates.once(SAMPLE, lambda runs: kept(runs, replicates.scenario))


def _words(
    outcome: Outcome,
    scale: display.Scale,
    usual: dict[str, np.ndarray],
    chosen: dict[str, np.ndarray],
    same: bool,
) -> str:
    """What a chart shows, for who does not see it."""
    first, last = scale_of(usual["mean"][:1]), scale_of(usual["mean"][-4:])
    words = (
        f"Line chart of {outcome.title.lower()} ({scale.unit}) over the years. The baseline begins at "
        f"{display.number(first, scale.decimals)} and is {display.number(last, scale.decimals)} in the last year"
    )
    if same:
        return f"{words}; nothing is changed."
    return (
        f"{words}; with your changes it is {display.number(scale_of(chosen['mean'][-4:]), scale.decimals)}."
    )


# --- what changed, and why ----------------------------------------------------------------------


def changes(picture: Picture) -> Payload:
    """Differences from the baseline with intervals, and the trust ledger of both."""
    base, now = sample_of(picture.base), sample_of(picture.current)
    period = period_of(min(picture.wish.base.years, picture.wish.current.years))
    return {
        "done": picture.done,
        "most": picture.wish.most,
        "same": base is now,
        "period": PERIOD_WORDS[period],
        "rows": [difference_row(o, base, now, period) for o in outcomes.MONTHLY],
        "ledger": ledger(base, now),
    }


def summary(payload: Payload) -> str:
    """What was found, in two sentences for who listens: read out when the picture has settled."""
    if payload["same"]:
        return f"Baseline, {payload['done']} replicates. Move a lever to see what changes."
    told = {row["name"]: row for row in payload["rows"]}
    parts = [
        f"{told[name]['title'].lower()} {told[name]['change']} ({told[name]['interval']}; {told[name]['unit']})"
        for name in ("trust", "quits", "sharing")
    ]
    return (
        f"Against the baseline, {payload['period']}, {payload['done']} replicates under the same luck, "
        f"95% intervals: {'; '.join(parts)}."
    )
