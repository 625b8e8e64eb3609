"""What a ranking says in words, worked out from its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from collabsim.analysis.blocks import Blocks, block_word
from collabsim.analysis.convergence import MOST, NARROW
from collabsim.analysis.together import sentence as sums_sentence
from collabsim.display import listed, number, percent
from collabsim.outcomes import Outcome, find_scalar
from collabsim.parameters import LEVER_GROUPS, PARAMETERS

if TYPE_CHECKING:
    from collabsim.analysis.ranking import Ranking

SURE, LIKELY = 0.975, 0.8
NOTHING = "not distinguishable from nothing"
MEASURE = {"sobol": "total index", "morris": "mu*", "pawn": "PAWN"}
"""What an enabler is ranked by, as a heading says it."""

_NOT_CHOSEN = {word for p in PARAMETERS if p.kind != "lever" for word in (p.name, p.group)} - set(
    LEVER_GROUPS
)
"""Factors, and groups of factors, that nobody chooses: no enablers."""
_PERIODS = {"last": "last year", "last_six": "last six years"}


def described(weights: Mapping[str, float]) -> dict[str, str]:
    """Title, unit and better direction of an outcome or of a combination."""
    if len(weights) > 1:
        parts = [f"{weight:+g} × {scalar_title(name)}" for name, weight in weights.items()]
        return {"title": "; ".join(parts), "unit": "weighted SD", "better": "higher"}
    (name,) = weights
    outcome, _ = _scalar(name)
    return {
        "title": scalar_title(name),
        "unit": outcome.unit if outcome else "",
        "better": outcome.direction if outcome else "neither",
    }


def scalar_title(name: str) -> str:
    """A scalar's title with its period; of an unknown one, its name."""
    outcome, period = _scalar(name)
    if outcome is None:
        return name
    when = _PERIODS.get(period, period.replace("_", " "))
    return f"{outcome.title} ({when})" if when else outcome.title


def _scalar(name: str) -> tuple[Outcome | None, str]:
    try:
        return find_scalar(name)
    except LookupError:
        return None, ""


def rounded_up(more: int, blocks: Blocks) -> int:
    """How many base points, trajectories or rows more; sizes of Sobol' designs are powers of two."""
    if not more:
        return 0
    needed = blocks.planned + more
    if blocks.layout.kind == "sobol":
        needed = 1 << (needed - 1).bit_length()
    return needed - blocks.planned


def worded(ranking: Ranking, *, corrected: bool, common: bool) -> Ranking:
    """The ranking with all its sentences."""
    table = ranking.table.assign(words=_doubts(ranking.table))
    found = replace(ranking, table=table)
    verdict = replace(found.verdict, sentence=verdict_sentence(found))
    return replace(
        found, verdict=verdict, answer=answer(found), notes=tuple(_notes(found, corrected, common))
    )


def thing(names: Iterable[str]) -> str:
    """What is ranked: an enabler; a factor, where not all of them can be chosen."""
    return "factor" if _NOT_CHOSEN.intersection(names) else "enabler"


# --- how sure a place is ------------------------------------------------------------------------


def _doubts(table: pd.DataFrame) -> list[str]:
    columns = ("above_noise", "place_low", "place_high", "p_first")
    rows: list[tuple[Any, ...]] = list(zip(*(table[name].tolist() for name in columns), strict=True))
    return [doubt(*row) for row in rows]


def doubt(above: bool, low: int, high: int, first: float) -> str:
    """How sure a place is."""
    if not above:
        return NOTHING
    if first >= SURE:
        return "surely first"
    if first >= LIKELY:
        return f"probably first ({percent(first)})"
    if low == high:
        return f"surely place {low}"
    return f"place {low} to {high}" if high - low > 1 else f"place {low} or {high}"


# --- the answer ---------------------------------------------------------------------------------


def answer(ranking: Ranking) -> str:
    """What the ranking says, in one sentence."""
    table = ranking.table
    apart = table[table["above_noise"]]
    about = f"For {_lower(ranking.title)}" if len(ranking.weights) == 1 else "For the combination"
    if apart.empty:
        return f"{about}, none of the {len(table)} {ranking.thing}s can be told from nothing{_luck_clause(ranking)}."
    return f"{about}, {_leaders(apart, ranking.thing)}{_rest(table, apart, ranking.thing)}{_luck_clause(ranking)}."


def _leaders(apart: pd.DataFrame, what: str) -> str:
    first = apart.iloc[0]
    rivals = apart[(apart["p_first"] >= 1 - SURE) & (apart.index != first.name)]
    if first["p_first"] < SURE and len(rivals):
        named = [f"{row['title']} ({percent(row['p_first'])})" for _, row in rivals.iterrows()][:3]
        return (
            f"cannot tell which {what} matters most: {first['title']} ({percent(first['p_first'])} of redraws) "
            f"or {listed(named) if len(named) == 1 else ', '.join(named)}"
        )
    after = [str(title) for title in apart["title"][1:3]]
    then = f", then {listed(after)}" if after else ""
    return f"{first['title']} matters most ({_index(first)}){then}"


def _index(row: pd.Series) -> str:
    digits = digits_for([row["index"]])
    ends = f"{number(row['low'], digits)} to {number(row['high'], digits)}"
    return f"{number(row['index'], digits)}, 95% interval {ends}"


def digits_for(values: list[float]) -> int:
    """Decimals for indices: two for shares, more for small effects in the outcome's own unit."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if largest == 0:
        return 2
    return max(0, min(6, 2 - math.floor(math.log10(largest)))) if largest < 0.1 or largest >= 10 else 2


def _rest(table: pd.DataFrame, apart: pd.DataFrame, what: str) -> str:
    lost = len(table) - len(apart)
    if not lost:
        return f"; all {len(table)} {what}s do something"
    return f"; {lost} of {len(table)} {what}s cannot be told from nothing"


def _luck_clause(ranking: Ranking) -> str:
    share = ranking.luck.share
    return (
        f", and {percent(share)} of what varies between single runs is luck" if math.isfinite(share) else ""
    )


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


# --- luck, verdict, notes -----------------------------------------------------------------------


def luck_sentence(ranking: Ranking) -> str:
    """How much is luck."""
    found = ranking.luck
    if not math.isfinite(found.share):
        return "How much is luck cannot be told from one replicate of every row."
    return (
        f"Luck makes up {percent(found.share)} (95% interval {percent(found.low)} to {percent(found.high)}) of "
        f"the variance of single runs, and {percent(found.share_of_mean)} of that of means over "
        f"{found.replicates} replicates."
    )


def together_sentence(ranking: Ranking) -> str:
    """How much enablers do alone and how much together; empty where the method does not ask."""
    if ranking.method != "sobol":
        return ""
    if ranking.sums is None:
        return f"How much {ranking.thing}s do together cannot be told: luck that is not taken off looks the same."
    return sums_sentence(ranking.sums, ranking.thing)


def verdict_sentence(ranking: Ranking) -> str:
    """Whether the design is large enough, and how much more it would take."""
    verdict, kind = ranking.verdict, ranking.method
    what = block_word("" if kind == "pawn" else kind, ranking.size)
    at = f"at {ranking.size:,} {what}"
    if not ranking.table["above_noise"].any():
        return (
            f"Whether the design is large enough for an order cannot be told {at}: no {ranking.thing} can be told from "
            "nothing, so there is no order yet. A larger design, or more replicates, may show one."
        )
    if verdict.ranking and verdict.screening:
        return f"Converged for ranking and for screening {at}."
    return f"{_state(ranking, at)} {_more(ranking)}"


def _state(ranking: Ranking, at: str) -> str:
    verdict = ranking.verdict
    loose = (
        f"{ranking.thing}s that matter still change places between redraws (by {verdict.unrest:.1f} places)"
    )
    wide = f"intervals of small indices are {verdict.width:.2f} wide, and should be under {NARROW}"
    if verdict.screening:
        return f"Converged for screening {at}, not yet for ranking: {loose}."
    if verdict.ranking:
        return f"Converged for ranking {at}, not yet for screening: {wide}."
    return f"Not converged {at}: {loose}, and {wide}."


def _more(ranking: Ranking) -> str:
    more, runs = ranking.verdict.more, ranking.verdict.more_runs
    total = ranking.planned + more
    if total >= MOST * ranking.planned:
        return (
            f"Even {MOST} times the size may not do: some {ranking.thing}s that matter are as good as equal, "
            "so take them as one group."
        )
    word = block_word("" if ranking.method == "pawn" else ranking.method, more)
    return f"Run about {more:,} {word} more, {runs:,} runs: the same sweep with --size {total}."


def _notes(ranking: Ranking, corrected: bool, common: bool) -> list[str]:
    notes = [ranking.dropped] if ranking.dropped else []
    if common and ranking.method != "pawn":
        notes.append(
            "All rows met the same luck (common random numbers), so no luck was taken off: that is only right "
            "for rows with luck of their own. Write common = false to have it taken off."
        )
    elif ranking.replicates < 2 and ranking.method != "pawn":
        notes.append(
            "With one replicate of every row no luck can be taken off, and every index is too large by it: "
            "run --replicates 4."
        )
    elif ranking.method == "morris":
        notes.append("Luck lifts every mu*, the dummy's too: compare with the dummy, not with 0.")
    if ranking.dummy is None:
        notes.append(_without_dummy(ranking, corrected))
    if "pawn" in ranking.table and ranking.method != "pawn":
        notes.append(pawn_sentence(ranking))
    return notes


def _without_dummy(ranking: Ranking, corrected: bool) -> str:
    if ranking.method == "pawn":
        return (
            f"The floor is what made-up factors that enter nothing stay below in 95 of 100 cases: {floor_words(ranking)}. "
            "What is told from nothing has its whole interval above it."
        )
    how = "from luck within rows" if corrected else "from no noise at all, so it is too low"
    return f"The design has no dummy: the noise floor, {floor_words(ranking)}, is worked out {how}."


def index_unit(ranking: Ranking) -> str:
    """The unit of the index, as a heading says it: mu* is in the outcome's."""
    return {"sobol": "share of variance, 0-1", "pawn": "0-1"}.get(
        ranking.method, ranking.unit or "outcome's unit"
    )


def unit_sentence(ranking: Ranking) -> str:
    """What the numbers of the table are: of what they are parts, or in which unit."""
    pawn = "PAWN is a distance between distributions, 0-1."
    if ranking.method == "pawn":
        return pawn
    own = _SHARES if ranking.method == "sobol" else _changes(ranking)
    return f"{own} {pawn}" if "pawn" in ranking.table else own


_SHARES = (
    "Indices are shares of the outcome's variance over the design, 0-1 (an estimate may lie a little outside): first "
    "is what one does alone, total also what it does with others."
)


def _changes(ranking: Ranking) -> str:
    unit = f"the outcome's unit ({ranking.unit})" if ranking.unit else "the outcome's own unit"
    return f"mu* and sigma are in {unit}: mean size and spread of its change over the {ranking.thing}'s whole range."


def floor_words(ranking: Ranking) -> str:
    """What noise alone reaches: a number, or two where it depends on how many values a factor takes."""
    digits = digits_for(ranking.table["index"].tolist())
    low, high = (
        number(float(end), digits) for end in (ranking.table["floor"].min(), ranking.table["floor"].max())
    )
    return low if low == high else f"{low} to {high}, by how many values a factor takes"


def pawn_sentence(ranking: Ranking) -> str:
    """Whether the moment-independent check agrees."""
    table = ranking.table
    top = min(3, len(table))
    ours, theirs = set(table["enabler"][:top]), set(table.nlargest(top, "pawn")["enabler"])
    seen = table.loc[~table["above_noise"] & table["pawn_above"], "title"]
    if not table["above_noise"].any():
        what = listed(list(seen)) or f"no {ranking.thing} either"
        return f"PAWN, which looks at the whole distribution, tells {what} from nothing."
    same = len(ours & theirs)
    leader = table.nlargest(1, "pawn")["title"].iloc[0]
    first = "the same one" if leader == table["title"][0] else str(leader)
    agree = "agrees" if same == top else "agrees in part" if same else "disagrees"
    extra = (
        f"; it sees something in {listed(list(seen))}, which the ranking cannot tell from nothing"
        if len(seen) else ""
    )  # fmt: skip
    return (
        f"PAWN, which looks at the whole distribution, {agree}: {same} of the first {top} are the same, and it "
        f"puts {first} first{extra}."
    )


def direction_words(row: pd.Series, better: str) -> str:
    """Which way a factor pushes, and whether that is for the better."""
    way = row["direction"]
    if way in ("raises", "lowers"):
        good = better if better == "neither" else ("higher" if way == "raises" else "lower")
        judged = "" if better == "neither" else ", for the better" if good == better else ", for the worse"
        return f"more {way} it{judged}"
    if way == "mixed" and not row["ordered"]:
        return f"highest with {row['high_value']}, lowest with {row['low_value']}"
    return "which way depends on the rest" if way == "mixed" else "no clear direction"
