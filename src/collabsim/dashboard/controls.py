"""The levers and assumptions as a page's controls, read from the table of parameters."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from collabsim.checks import Spec
from collabsim.display import number
from collabsim.parameters import LEVER_GROUPS, LEVERS, PARAMETERS, Parameter, Value
from collabsim.payloads import Payload
from collabsim.scenario import Scenario

GRADES = {
    "H": "high: several good sources agree",
    "M": "medium: one good source, or several weaker ones",
    "L": "low: a weak source",
    "J": "judgement: no source for the size",
}
_SHORT = {word.casefold(): word for word in ("FTE", "VCSE", "NHS", "LA", "PM")}
_STEPS = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 50, 100, 500, 1000, 5000)


@cache
def lever_groups() -> list[Payload]:
    """The groups of levers in the table's order, each with its controls."""
    return [
        {"key": key, "title": title, "controls": [control(p) for p in LEVERS if p.group == key]}
        for key, title in LEVER_GROUPS.items()
    ]


@cache
def assumption_groups() -> list[Payload]:
    """Structural choices and uncertainties, by the first part of their names."""
    others = [p for p in PARAMETERS if p.kind in ("structure", "uncertainty")]
    keys = dict.fromkeys(p.group for p in others)
    return [
        {"key": key, "title": _title(key), "controls": [control(p) for p in others if p.group == key]}
        for key in keys
    ]


def _title(key: str) -> str:
    words = key.replace("_", " ")
    return words[:1].upper() + words[1:]


def control(parameter: Parameter) -> Payload:
    """One parameter as a control: range, step, unit, what it means and what is known about it."""
    step = step_of(parameter)
    return {
        "name": parameter.name,
        "type": parameter.type,
        "label": label(parameter),
        "unit": parameter.unit,
        "low": parameter.low,
        "high": parameter.high,
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "step": step,
        "default": parameter.default,
        "choices": list(parameter.choices),
        "meaning": parameter.meaning,
        "evidence": parameter.evidence,
        "grade": f"{parameter.grade} ({GRADES[parameter.grade]})",
        "cost": cost_words(parameter),
    }


def label(parameter: Parameter) -> str:
    """The last part of the name, in words."""
    words = parameter.name.partition(".")[2].split("_")
    plain = " ".join(_SHORT.get(word, word) for word in words)
    return plain[:1].upper() + plain[1:]


def range_words(spec: Spec) -> str:
    """The unit of a number and what it may be, in words: "days a week (0 to 5)"."""
    ends = f"{spec.minimum:,.6g} to {spec.maximum:,.6g}".replace("-", "−")
    return f"{spec.unit} ({ends})" if spec.unit[:1].isalpha() else ends


def step_of(parameter: Parameter) -> float:
    """A round step that cuts the range into some fifty parts and does not miss the default."""
    if parameter.type != "number":
        return 1
    width = parameter.high - parameter.low
    fitting = [s for s in _STEPS if s <= width / 20 and _is_on(parameter, s)]
    return fitting[-1] if fitting else width / 100


def _is_on(parameter: Parameter, step: float) -> bool:
    """Whether the ends and the default are whole steps from the low end."""
    away = ((float(end) - parameter.low) / step for end in (parameter.high, float(parameter.default)))
    return all(abs(steps - round(steps)) < 1e-6 for steps in away)


def cost_words(parameter: Parameter) -> str:
    """What a lever costs, or nothing."""
    cost = parameter.cost
    if cost is None:
        return ""
    parts = [
        f"£{number(amount, 0)} {what}"
        for amount, what in (
            (cost.setup, "once"), (cost.yearly, "cash a year"), (cost.staff_time, "of staff time a year"),
        )
        if amount
    ]  # fmt: skip
    dose = (
        ""
        if cost.doses
        else f" for each {cost.per_dose:.3g} {parameter.unit}".replace("for each 1 on or off", "")
    )
    spread = f"range £{number(cost.low, 0)} to £{number(cost.high, 0)} a year" if cost.high else ""
    return "; ".join([*(f"{part}{dose}" for part in parts), *([spread] if spread else []), cost.source])


def values(scenario: Scenario) -> dict[str, Value]:
    """The values of all controls in a scenario."""
    return {**scenario.policy, **scenario.context, **scenario.structure}


def names(groups: Iterable[Payload]) -> set[Any]:
    """The names of all controls in some groups."""
    return {control["name"] for group in groups for control in group["controls"]}
