"""What a search for packages found, in sentences that are computed from its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from collabsim import display
from collabsim.outcomes import find_scalar
from collabsim.parameters import PARAMETER

if TYPE_CHECKING:
    from collabsim.analysis.differences import Estimate
    from collabsim.analysis.packages import Choice, Found


def levers(choice: Choice) -> str:
    """The levers of a package and their values."""
    parts = [f"{name} {_value(value)}" for name, value in choice.values.items()]
    return ", ".join(parts) or "nothing"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.4g}" if isinstance(value, (int, float)) else str(value)


def sentences(found: Found) -> Iterator[str]:
    """The best package with its honest gain, what it is made of, and how much of the search was luck."""
    best = found.best
    if best is None or not best.values:
        yield f"No package within £{found.budget:,.0f} a year does better than the partnership as it is."
        return
    title = find_scalar(found.names[0])[0].title.lower()
    if best.fresh[0].low > 0:
        yield (
            f"For {title}, the best package found within £{found.budget:,.0f} a year is {levers(best)}: it gains "
            f"{_gain(found, best.fresh[0])} on fresh seeds."
        )
    else:
        yield (
            f"Cannot tell whether any package within £{found.budget:,.0f} a year improves {title}: the best one of the "
            f"search ({levers(best)}) gains {_gain(found, best.fresh[0])} on fresh seeds."
        )
    yield _cost(best)
    yield from _optimism(found)
    kept = sum(choice.still for choice in found.front)
    yield f"Of {len(found.front)} packages on the front of the search, {kept} are on it by their fresh gains too."


def _gain(found: Found, gain: Estimate) -> str:
    scale = display.scale(find_scalar(found.names[0])[0])
    return f"{scale.change(gain.mean)} ({scale.interval(gain, signed=True)})"


def _cost(best: Choice) -> str:
    price = best.price
    parts = [f"£{price.cash:,.0f} of cash", f"£{price.time:,.0f} of staff time"]
    if price.funder:
        parts.append(f"£{price.funder:,.0f} that the funder gives up in flexibility")
    lever = display.listed(sorted({PARAMETER[name].group for name in best.values}))
    return (
        f"It costs £{best.yearly:,.0f} a year: {display.listed(parts)}, and £{price.setup:,.0f} once to set up; "
        f"it is made of {lever}."
    )


def _optimism(found: Found) -> Iterator[str]:
    part = found.optimism[0]
    if part.n < 2:
        return
    scale = display.scale(find_scalar(found.names[0])[0])
    sure = "so much did luck flatter it" if part.excludes_zero else "which cannot be told from nothing"
    yield (
        f"In the search packages of the front gained {scale.change(part.mean)} more than on fresh seeds "
        f"({scale.interval(part, signed=True)}), {sure}."
    )
