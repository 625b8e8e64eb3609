"""What a ranking says to a reader who knows no statistics, worked out from its numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from collabsim import display
from collabsim.analysis.ranking_words import SURE
from collabsim.experiment_report.called import spoken
from collabsim.experiment_report.sentences import chance, counted

if TYPE_CHECKING:
    from collabsim.analysis.ranking import Ranking

MOST_NAMED = 3


def matters(ranking: Ranking, what: str, scale: display.Scale) -> str:
    """What matters most, or that this cannot be told.

    Parameters
    ----------
    ranking : Ranking
    what : str
        What is measured, inside a sentence.
    scale : Scale
        Of the outcome.
    """
    table = ranking.table
    apart = table[table["above_noise"]]
    if apart.empty:
        return (
            f"We cannot tell any of the {len(table)} {ranking.thing}s from nothing: what they do to {what} is no more than "
            f"what a made-up {ranking.thing} seems to do."
        )
    return f"{_leaders(ranking, what, scale)} {_rest(len(table), len(apart), ranking.thing)}"


def _leaders(ranking: Ranking, what: str, scale: display.Scale) -> str:
    apart = ranking.table[ranking.table["above_noise"]].to_dict("records")
    first = apart[0]
    rivals = [row for row in apart[1:] if row["p_first"] >= 1 - SURE]
    if first["p_first"] < SURE and rivals:
        named = [
            f"{row['title']} (first in {chance(row['p_first'])} of redraws)"
            for row in [first, *rivals][:MOST_NAMED]
        ]
        more = len(rivals) + 1 - len(named)
        listed = display.listed([*named, f"{more} more"] if more else named)
        return f"We cannot tell which {ranking.thing} matters most for {what}: {listed} are too close."
    after = [str(row["title"]) for row in apart[1:MOST_NAMED]]
    then = (
        f"; then come {display.listed(after)}"
        if len(after) > 1
        else f"; then comes {after[0]}"
        if after
        else ""
    )
    return f"{first['title']} matters most for {what}{_push(ranking, first, scale)}{then}."


def _push(ranking: Ranking, first: dict[Any, Any], scale: display.Scale) -> str:
    """What the strongest factor of an enabler does, where that can be told."""
    if ranking.effects.empty:
        return ""
    pushes = ranking.effects[ranking.effects["enabler"] == first["enabler"]]
    pushes = pushes[pushes["direction"].isin(["raises", "lowers"])]
    if pushes.empty:
        return ""
    row = pushes.loc[pushes["change"].abs().idxmax()]
    ends = display.interval(
        row["low"] * scale.factor, row["high"] * scale.factor, scale.decimals, signed=True
    )
    return (
        f": with {spoken(str(row['factor']))} at {row['high_value']} rather than {row['low_value']} it changes by "
        f"{scale.change(row['change'])} [{ends}]"
    )


def _rest(count: int, apart: int, thing: str) -> str:
    lost = count - apart
    if not lost:
        return f"All {count} {thing}s do something." if count > 1 else "It does something."
    return f"{display.begun(counted(lost))} of {count} {thing}s cannot be told from nothing."


def sure(ranking: Ranking) -> str:
    """How much is luck, and whether there were enough runs."""
    share = ranking.luck.share
    luck = (
        f"{display.percent(share)} of what varies between single runs is luck."
        if math.isfinite(share) else "How much is luck cannot be told from one run of each row."
    )  # fmt: skip
    return f"{luck} {_enough(ranking)}"


def _enough(ranking: Ranking) -> str:
    verdict = ranking.verdict
    if not ranking.table["above_noise"].any():
        return "Whether there were enough runs for an order cannot be told, as there is none yet."
    if verdict.ranking and verdict.screening:
        return (
            "There were enough runs: the order holds still when they are redrawn, and "
            "so does what can be told from nothing."
        )
    if verdict.ranking:
        state = "There were enough runs for the order, not yet to say which of the last do nothing"
    elif verdict.screening:
        state = "There were enough runs to say what does nothing, not yet for a sure order"
    else:
        state = "There were too few runs for a sure order"
    more = verdict.more_runs
    total = ranking.planned + verdict.more
    return (
        f"{state}: about {more:,} more would do (--size {total:,})."
        if more > 0 and total < 64 * ranking.planned
        else f"{state}."
    )
