"""What survives, in sentences that are computed from a panel of policies and states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from collabsim import display
from collabsim.analysis.robustness import survivors
from collabsim.outcomes import find_scalar

if TYPE_CHECKING:
    from collabsim.analysis.robustness import Robustness
    from collabsim.analysis.where import Where


def sentences(found: Robustness, where: Where | None = None) -> Iterator[str]:
    """The answer: what stays on top, what does not, what turns, regret, and what is good enough."""
    always, sometimes, turning = survivors(found)
    count = len(found.panel.states)
    if count < 2:
        yield "Whether orders agree, and which policies stay on top, cannot be told from one state of the world."
        if where is not None:
            yield _good_enough(found, where)
        return
    states = f"all {count} states of the world"
    title = find_scalar(found.panel.outcome)[0].title.lower()
    if not always:
        yield f"Cannot name one: no policy is among the top {found.top} for {title} in {states}."
    else:
        sure = [name for name in always if _row(found, name)["p_top"] >= 0.95]
        unsure = [name for name in always if name not in sure]
        yield f"Among the top {found.top} for {title} in {states}: {display.listed(always)}."
        if unsure:
            yield f"Luck could have put there: {display.listed(unsure)} (less than 95% of resamples keep them there)."
    yield _lost(found, sometimes)
    if turning:
        yield f"Better in some states and worse in others, surely: {display.listed(turning)}."
    yield _least_regret(found)
    if where is not None:
        yield _good_enough(found, where)


def agreement(found: Robustness) -> str:
    """How far the order agrees between states, and what that is measured by; of one state, nothing."""
    count = len(found.panel.states)
    if count < 2:
        return ""
    if len(found.table) < 2:
        return "With one policy there is no order that could agree between states of the world."
    if math.isnan(found.agreement):
        return "Whether the order agrees between states cannot be told: all policies share one place in each of them."
    return (
        f"Kendall's W of the places over {count} states of the world is {found.agreement:.2f}: 1 is the same order in "
        "every state, 0 no agreement."
    )


def states_of(found: Robustness) -> str:
    """How many states of the world there are, in words."""
    count = len(found.panel.states)
    return f"{count} state{'s' * (count != 1)} of the world"


def _row(found: Robustness, policy: str) -> dict[str, float]:
    rows = found.table[found.table["policy"] == policy].to_dict("records")
    return {str(key): value for key, value in rows[0].items()}


def _lost(found: Robustness, names: Sequence[str]) -> str:
    """What is on top in the first state, which is the usual one, and not in all."""
    if not names:
        return (
            f"Of the top {found.top} in state 1 ({found.panel.states[0]}), none falls out in another state."
        )
    beyond = (found.place > found.top).sum(axis=1).to_dict()
    out = {name: beyond[name] for name in names}
    parts = [f"{name} (out in {n} of {len(found.panel.states)} states)" for name, n in out.items()]
    return (
        f"What does not survive: {display.listed(parts)}, though in the top {found.top} of state 1 "
        f"({found.panel.states[0]})."
    )


def _least_regret(found: Robustness) -> str:
    best = found.table.sort_values("max_regret").to_dict("records")[0]
    outcome, _ = find_scalar(found.panel.outcome)
    scale = display.scale(outcome)
    ends = display.interval(
        best["max_regret_low"] * scale.factor, best["max_regret_high"] * scale.factor, scale.decimals
    )
    return (
        f"Least regret: {best['policy']}, at most {scale.size(float(best['max_regret']))} behind the best policy of any "
        f"state (95% interval {ends})."
    )


def _good_enough(found: Robustness, where: Where) -> str:
    best = found.table["satisfied"].max()
    if best == 0:
        return f"No policy reaches {where.words} in any state."
    states = len(found.panel.states)
    names = list(found.table[found.table["satisfied"] == best]["policy"])
    shown = display.listed(names) if len(names) <= 4 else f"{len(names)} of {len(found.table)} policies"
    of = f"{round(best * states)} of {states} states" if states > 1 else "the one state"
    return f"{where.words[0].upper()}{where.words[1:]} in {of}: {shown}."
