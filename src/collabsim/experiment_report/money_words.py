"""What options cost and buy, in words, and the section on money."""

from __future__ import annotations

import math
from collections.abc import Sequence

from collabsim import display
from collabsim.analysis.differences import Estimate
from collabsim.analysis.options import Options
from collabsim.experiment_report.called import spoken
from collabsim.experiment_report.money import (
    CASH,
    FREE,
    TIME,
    UNSURE,
    Money,
    Purchase,
    cost_scalars,
    price_rows,
)
from collabsim.experiment_report.sentences import chance
from collabsim.experiment_report.study import Study, period
from collabsim.parameters import PARAMETER
from collabsim.report import Section, Table

SURE = 0.95
MOST_LISTED = 100


def pounds(value: float, *, signed: bool = False) -> str:
    """Pounds in whole hundreds where they are many, with a sign if wanted: £12,300."""
    if not math.isfinite(value):
        return display.NONE
    rounded = round(value, -2) if abs(value) >= 1_000 else round(value)
    sign = display.MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}£{abs(rounded):,.0f}"


def between(found: Estimate, *, signed: bool = False) -> str:
    """The ends of an interval in pounds."""
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return display.NONE
    return f"{pounds(found.low, signed=signed)} to {pounds(found.high, signed=signed)}"


# --- a sentence ---------------------------------------------------------------------------------


def sentence(found: Money | None, options: Options, labels: Sequence[str], scale: display.Scale) -> str:
    """What the best option costs, and which option buys the most.

    Parameters
    ----------
    found : Money or None
        None where nothing is known of costs.
    """
    if found is None:
        return "We cannot tell: the experiment recorded no cost, and the price table does not price what it varies."
    if len(labels) == 1 or options.best < 0:
        return (
            "There is nothing to compare the cost with."
            if len(labels) == 1
            else "We cannot tell what the money buys."
        )
    n = options.best if options.best != options.base else options.order[1]
    return (
        f"{_costs(found.purchases[n], labels[n], labels[options.base])}{_buys(found.purchases[n], scale)} "
        f"{_most(found, labels)}"
    )


def _costs(found: Purchase, label: str, base: str) -> str:
    cash, time = (
        _more_or_less(one, what) for one, what in ((found.cash, "in cash"), (found.time, "in staff time"))
    )
    if not cash and not time:
        return f"“{label}” costs exactly what “{base}” does"
    return (
        f"Against “{base}”, “{label}” costs {display.listed([part for part in (cash, time) if part])} a year"
    )


def _more_or_less(found: Estimate, what: str) -> str:
    """How much more or less; nothing where it is exactly as much."""
    if found.mean == 0 and found.low == found.high:
        return ""
    ends = f" [{between(found, signed=True)}]" if math.isfinite(found.low) and found.low != found.high else ""
    if math.isfinite(found.low) and not found.excludes_zero:
        return f"as much {what} as far as we can tell ({pounds(found.mean, signed=True)}{ends})"
    return f"{pounds(abs(found.mean))} {'more' if found.mean > 0 else 'less'} {what}{ends}"


def _buys(found: Purchase, scale: display.Scale) -> str:
    if found.words:
        return f" ({found.words})."
    return f": £10,000 buys {scale.change(found.rate.mean)} [{scale.interval(found.rate, signed=True)}]."


def _most(found: Money, labels: Sequence[str]) -> str:
    free = [f"“{labels[n]}”" for n, one in enumerate(found.purchases) if one.words in FREE]
    first = f"Better at no more cost: {several(free)}." if free else ""
    return f"{first} {_most_bought(found, labels, bool(free))}".strip()


def several(names: Sequence[str], most: int = 3) -> str:
    """Names with commas and an 'and'; of many, the first and how many more."""
    more = len(names) - most
    return display.listed([*names[:most], f"{more} more"] if more > 0 else list(names))


def _most_bought(found: Money, labels: Sequence[str], is_left: bool) -> str:
    """Which of the options that may cost more buys the most."""
    gaining = [n for n, one in enumerate(found.purchases) if one.words in ("", UNSURE)]
    if found.most < 0 or not gaining:
        return "" if is_left else "No option can be said to buy anything."
    share = found.purchases[found.most].p_most
    rest = "Of the others, " if is_left else ""
    if len(gaining) == 1 and len(labels) > 2:
        return display.begun(f"{rest}only “{labels[found.most]}” can be said to buy anything.")
    if share >= SURE:
        text = f"{rest}“{labels[found.most]}” buys the most for its money ({chance(share)} of redraws of luck and prices)."
        return text if len(labels) > 2 else ""
    gaining = [n for n in gaining if found.purchases[n].p_most > 0]
    rivals = sorted(gaining, key=lambda n: -found.purchases[n].p_most)[:3]
    named = display.listed([f"“{labels[n]}” ({chance(found.purchases[n].p_most)})" for n in rivals])
    text = f"{rest}which buys the most for its money we cannot tell: {named} of redraws of luck and prices."
    return display.begun(text)


# --- the section --------------------------------------------------------------------------------


def section(
    found: Money | None, options: Options, labels: Sequence[str], study: Study, scale: display.Scale
) -> Section:
    """The section on money: what was spent and what it buys, cash and staff time apart, and the prices."""
    text = sentence(found, options, labels, scale)
    if found is None:
        return Section("money", TITLE, paragraphs=[text])
    order = [n for n in options.order if n != options.base][:MOST_LISTED]
    rows = [_row(found.purchases[n], labels[n], options.changes[n], scale) for n in order]
    head = [
        "Option",
        f"change ({scale.unit})",
        "cash a year",
        "staff time a year",
        "set-up, once",
        "£10,000 buys",
        "most for its money in",
    ]
    caption = f"Differences from “{labels[options.base]}”, intervals beneath"
    return Section(
        "money", TITLE, paragraphs=[text, *_notes(found, study)],
        tables=[Table(caption, head, rows), *prices(study, labels)] if rows else [],
    )  # fmt: skip


TITLE = "What it costs, and what £10,000 buys"


def _row(found: Purchase, label: str, change: Estimate, scale: display.Scale) -> list[str]:
    rate = found.words or f"{scale.change(found.rate.mean)}\n{scale.interval(found.rate, signed=True)}"
    return [
        label, f"{scale.change(change.mean)}\n{scale.interval(change, signed=True)}",
        f"{pounds(found.cash.mean, signed=True)}\n{between(found.cash, signed=True)}",
        f"{pounds(found.time.mean, signed=True)}\n{between(found.time, signed=True)}",
        pounds(found.setup, signed=True), rate, chance(found.p_most),
    ]  # fmt: skip


def _notes(found: Money, study: Study) -> list[str]:
    if not found.recorded:
        return [
            "The experiment recorded no costs, so these are list prices of the levers alone: what a policy saves or adds "
            "through leavers, bids and gaps is not in them."
        ]
    when = period(found.period)
    missing = "" if TIME in cost_scalars(study, study.scalar) else " The cost of staff time was not recorded."
    return [
        f"Costs are those {when or 'of the run'}, as recorded: policy, bids, reporting, "
        "leavers and closures in cash, and staff "
        "time at opportunity cost. “£10,000 buys” divides by cash and staff time together, with "
        "set-up in the cash of the year that paid it and without what a funder gives up; its interval, and the share of "
        f"redraws in which an option buys the most, hold luck and the ranges of prices below.{missing}"
    ]


def prices(study: Study, labels: Sequence[str]) -> list[Table]:
    """The prices that the options differ in, each with its range."""
    scenarios = [study.scenario_of(row) for row in study.settings[0].rows.tolist()]
    names = price_rows([s.policy for s in scenarios if s])
    rows = [price_row(name) for name in names]
    head = ["Lever", "for", "set-up, once", "cash a year", "staff time a year", "range a year", "grade"]
    return [Table("Prices of the levers that differ, for 45 posts", head, rows)] if rows else []


def _dose(size: float, unit: str) -> str:
    """A dose with its unit."""
    words = {"0-1": "on a scale from 0 to 1", "on or off": ""}.get(unit, unit)
    return f"{size:.3g} {words}".replace("-", display.MINUS, 1 if size < 0 else 0) if words else "switched on"


def price_row(name: str) -> list[str]:
    """A lever's price with its range."""
    cost = PARAMETER[name].cost
    assert cost is not None
    dose = "each choice" if cost.doses else _dose(cost.per_dose, PARAMETER[name].unit)
    return [
        spoken(name), dose, pounds(cost.setup), pounds(cost.yearly), pounds(cost.staff_time),
        f"{pounds(cost.low)} to {pounds(cost.high)}", cost.grade,
    ]  # fmt: skip


__all__ = ["CASH", "TITLE", "between", "pounds", "price_row", "prices", "section", "sentence"]
