"""What a sweep says on the Rank page: a ranking, gains for money, or what survives in other states of the world."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from collabsim import display
from collabsim.outcomes import find_scalar
from collabsim.payloads import Payload

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from collabsim.analysis.ranking import Ranking
    from collabsim.analysis.robustness import Robustness
    from collabsim.experiment.results import Results

EFFECTS, MAPS = 3, 2
MISSING = "–"


def found(results: Results, outcome: str, case: int) -> Payload:
    """What results say about an outcome.

    Parameters
    ----------
    results : Results
    outcome : str
    case : int
        The scenario and structural variant, where every one is ranked by itself.

    Returns
    -------
    dict
        `sentences`, `figures`, `tables` and `cases`.
    """
    kind = results.plan["experiment"]["design"]["kind"]
    if kind == "equal-cost":
        return _money(results, outcome)
    if kind == "table":
        return _robust(results, outcome)
    return _ranked(results, outcome, case)


def _nothing(sentence: str) -> Payload:
    return {"sentences": [sentence], "figures": [], "tables": [], "cases": []}


# --- a ranking ----------------------------------------------------------------------------------


def _ranked(results: Results, outcome: str, number: int) -> Payload:
    from collabsim.analysis.ranking import CannotRank, cases, rank
    from collabsim.analysis.ranking_words import luck_sentence, together_sentence

    try:
        found = cases(results)
        case = found[number if 0 <= number < len(found) else 0]
        ranking = rank(results, outcome, case=case)
        others = (
            []
            if len(found) == 1
            else [rank(results, outcome, case=c, pawn=False, details=False) for c in found]
        )
    except CannotRank as error:
        return _nothing(str(error))
    scale = display.scale(find_scalar(outcome)[0])
    said = (ranking.answer, ranking.verdict.sentence, luck_sentence(ranking), together_sentence(ranking), ranking.dropped,
            *ranking.notes)  # fmt: skip
    return {
        "case": case.number,
        "cases": [_case_words(c.scenario, c.variant) for c in found],
        "sentences": [sentence for sentence in said if sentence],
        "figures": list(_figures(ranking, scale)),
        "tables": [_ranking_table(ranking), _effects_table(ranking, scale), *_interactions(ranking), *_survival(others)],
    }  # fmt: skip


def _case_words(scenario: str, variant: Any) -> str:
    words = ", ".join(f"{name.removeprefix('structure.')} {value}" for name, value in variant.items())
    return f"{scenario}: {words}" if words else scenario


def _figure(title: str, figure: go.Figure, words: str) -> Payload:
    return {"title": title, "figure": json.loads(figure.to_json()), "words": words}


def _figures(ranking: Ranking, scale: display.Scale) -> Iterator[Payload]:
    from collabsim.figures import convergence, effects, interactions
    from collabsim.figures import ranking as places

    yield _figure("Ranking with its doubt", places.bars(ranking), places.in_words(ranking))
    if len(ranking.convergence):
        yield _figure("As the design grew", convergence.convergence(ranking), convergence.in_words(ranking))
    largest = ranking.effects.assign(size=ranking.effects["change"].abs()).nlargest(EFFECTS, "size")
    curves = ranking.curves[ranking.curves["factor"].isin(largest["factor"])]
    for factor in largest["factor"]:
        curve = curves[curves["factor"] == factor]
        figure = effects.effect(curve, scale, (float(curves["low"].min()), float(curves["high"].max())))
        yield _figure(f"Main effect of {factor}", figure, effects.in_words(curve, factor, scale))
    for found in ranking.heat[:MAPS]:
        title = f"Together: {found.first} and {found.second}"
        yield _figure(title, interactions.heat_map(found, scale), interactions.in_words(found, scale))


def _table(caption: str, head: list[str], rows: list[list[str]]) -> Payload:
    return {"caption": caption, "head": head, "rows": rows}


def _number(value: Any) -> str:
    return MISSING if value is None or value != value else f"{value:.3g}".replace("-", display.MINUS)


def _scaled(value: Any, scale: display.Scale) -> str:
    """A number of an outcome in the unit that it is shown in."""
    return MISSING if value is None else _number(value * scale.factor)


def _ends(low: Any, high: Any, scale: display.Scale) -> str:
    return f"{_scaled(low, scale)} to {_scaled(high, scale)}"


def _percent(value: Any) -> str:
    return display.percent(float(value))


def _ranking_table(ranking: Ranking) -> Payload:
    rows = [
        [
            str(row["place"]), str(row["title"]), _number(row["index"]),
            f"{_number(row['low'])} to {_number(row['high'])}", f"{row['place_low']:.0f} to {row['place_high']:.0f}",
            _percent(row["p_first"]), _percent(row["p_top3"]), _percent(row["p_top5"]), str(row["words"]),
        ]
        for row in ranking.table.to_dict("records")
    ]  # fmt: skip
    head = [
        "Place",
        ranking.thing.capitalize(),
        "index",
        "95% interval",
        "place, 95%",
        "first",
        "top three",
        "top five",
        "in words",
    ]
    caption = f"Ranking for {ranking.title} ({ranking.method}, {ranking.runs:,} runs)"
    return _table(f"{caption}; first, top three and top five: share of redraws of the design", head, rows)


def _effects_table(ranking: Ranking, scale: display.Scale) -> Payload:
    from collabsim.figures.effects import with_unit

    rows = [
        [
            with_unit(str(row["factor"])),
            str(row["low_value"]),
            str(row["high_value"]),
            _scaled(row["change"], scale),
            str(row["words"]),
        ]
        for row in ranking.effects.to_dict("records")
    ]
    head = ["Factor", "low", "high", f"change ({scale.unit})", "in words"]
    return _table("Main effects: from the low to the high end", head, rows)


def _interactions(ranking: Ranking) -> Iterator[Payload]:
    if len(ranking.interactions):
        rows = [
            [
                str(row["first"]),
                str(row["second"]),
                _percent(row["share"]),
                f"{_percent(row['low'])} to {_percent(row['high'])}",
            ]
            for row in ranking.interactions.head(10).to_dict("records")
        ]
        head = [ranking.thing.capitalize(), "with", "share of variance", "95% interval"]
        yield _table(f"What {ranking.thing}s do together", head, rows)


def _survival(rankings: list[Ranking]) -> Iterator[Payload]:
    """The places of each enabler over scenarios and structural variants: what survives, and what does not."""
    if not rankings:
        return
    places: dict[str, list[int]] = {}
    for ranking in rankings:
        for row in ranking.table.to_dict("records"):
            places.setdefault(str(row["title"]), []).append(int(row["place"]))
    ordered = sorted(places.items(), key=lambda item: sum(item[1]) / len(item[1]))
    rows = [
        [
            title,
            f"{sum(found) / len(found):.1f}",
            str(min(found)),
            str(max(found)),
            f"{sum(p <= 3 for p in found)} of {len(found)}",
        ]
        for title, found in ordered
    ]
    head = ["Enabler", "mean place", "best", "worst", "in the top three"]
    yield _table(f"Over {len(rankings)} scenarios and structural variants", head, rows)


# --- money --------------------------------------------------------------------------------------


def _money(results: Results, outcome: str) -> Payload:
    from collabsim.analysis.counts import number
    from collabsim.analysis.value import CannotValue, value
    from collabsim.analysis.value_words import PARTS, about, sentences
    from collabsim.figures.chances import chances, in_words

    try:
        found = value(results, outcome)
    except CannotValue as error:
        return _nothing(str(error))
    scale = display.scale(find_scalar(outcome)[0])
    rows = [
        [
            str(row["lever"]), f"£{row['budget']:,.0f}", _scaled(row["gain"], scale),
            *(f"£{row[part]:,.0f}" for part in PARTS), _scaled(row["per_10k"], scale),
            _ends(row["per_10k_low"], row["per_10k_high"], scale),
            number(row["p_first"], found.worlds), number(row["p_top3"], found.worlds),
        ]
        for row in found.table.to_dict("records")
    ]  # fmt: skip
    of = f"of {found.worlds} worlds"
    sums = ["cash a year", "staff time a year", "funder gives up a year", "set-up a year"]
    head = [
        "Lever",
        "budget a year",
        f"gain ({scale.unit})",
        *sums,
        f"per £10,000 ({scale.unit})",
        "90% of worlds",
        f"first, {of}",
        f"top three, {of}",
    ]
    return {
        "cases": [],
        "sentences": [*sentences(found), about(found)],
        "figures": [_figure("Chances to be in the top three for the money", chances(found), in_words(found))],
        "tables": [_table("What each lever gains for its money", head, rows)],
    }


# --- policies in every state of the world -------------------------------------------------------


def _robust(results: Results, outcome: str) -> Payload:
    """Policies over structural variants, scenarios and uncertainties: what stays on top whichever is true."""
    from collabsim.analysis.robustness import CannotCompare, panel, robustness
    from collabsim.analysis.robustness_words import agreement, sentences
    from collabsim.figures import places

    try:
        seen = robustness(panel(results, outcome))
    except CannotCompare as error:
        return _nothing(str(error))
    return {
        "cases": [],
        "sentences": [sentence for sentence in (*sentences(seen), agreement(seen)) if sentence],
        "figures": [
            _figure("Places in every state of the world", places.places(seen), places.in_words(seen))
        ],
        "tables": [_robust_table(seen, display.scale(find_scalar(outcome)[0])), _places_table(seen)],
    }


def _robust_table(seen: Robustness, scale: display.Scale) -> Payload:
    rows = [
        [
            str(row["policy"]), _scaled(row["gain"], scale), _ends(row["low"], row["high"], scale),
            _scaled(row["worst_gain"], scale), f"{row['best_place']} to {row['worst_place']}", _percent(row["p_top"]),
            f"{row['surely_better']} and {row['surely_worse']} of {len(seen.panel.states)}",
            _scaled(row["max_regret"], scale),
        ]
        for row in seen.table.to_dict("records")
    ]  # fmt: skip
    head = [
        "Policy", f"mean gain ({scale.unit})", "95% interval", f"smallest gain ({scale.unit})", "places",
        f"share of resamples always in the top {seen.top}", "surely better and worse", f"largest regret ({scale.unit})",
    ]  # fmt: skip
    return _table(f"Gains over {seen.panel.policies[0]} in all states", head, rows)


def _places_table(seen: Robustness) -> Payload:
    ordered = seen.place.loc[list(seen.table["policy"])]
    rows = [
        [str(policy), *(str(place) for place in row)]
        for policy, row in zip(ordered.index, ordered.to_numpy(), strict=True)
    ]
    return _table("Places, state by state", ["Policy", *seen.panel.states], rows)
