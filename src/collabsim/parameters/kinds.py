"""What a parameter is, and the four ways to write one down: a number, a whole number, a switch, a choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Value = bool | int | float | str
Kind = Literal["lever", "uncertainty", "structure", "constant"]
Type = Literal["number", "integer", "boolean", "choice"]
Setting = Literal["laboratory", "survey", "before-after"]

REFERENCE_POSTS = 45
"""The partnership that every cost is quoted for: five agencies, 45 posts."""


@dataclass(frozen=True)
class Cost:
    """What one dose of a lever costs the reference partnership of 45 posts, in pounds at 2024-25 prices.

    Attributes
    ----------
    setup : float
        Paid once.
    yearly : float
        Cash a year.
    staff_time : float
        Staff time a year, at opportunity cost: kept apart from cash.
    low, high : float
        Range of the yearly figure, cash and staff time together.
    per_dose : float
        The dose, in the lever's own unit above its default, that costs this. Negative for a lever
        that is turned down.
    doses : tuple of float
        For a choice: how many doses each choice is. Empty otherwise.
    source : str
        What the figure is, and how it was derived.
    grade : str
        H, M or L for sourced figures, J for judgement.
    """

    setup: float = 0.0
    yearly: float = 0.0
    staff_time: float = 0.0
    low: float = 0.0
    high: float = 0.0
    per_dose: float = 1.0
    doses: tuple[float, ...] = ()
    source: str = ""
    grade: str = "J"


FIELD_FACTOR: Mapping[Setting, float] = {"laboratory": 0.4, "survey": 0.5, "before-after": 0.3}
"""What is kept of an effect for use in the field, by where it was measured: a laboratory, one survey for both
sides, a before-and-after comparison without a control group (criticisms, row 7 [J])."""


@dataclass(frozen=True)
class Discount:
    """How a default was lowered because its study's setting is not the field's.

    Attributes
    ----------
    setting : str
        Where the effect was measured: one of `FIELD_FACTOR`.
    published : float
        The effect without the discount, in the parameter's unit. Where it is not the default over the setting's
        factor it is a bound that the study gives.
    """

    setting: Setting
    published: float


@dataclass(frozen=True)
class Parameter:
    """One line of the table: a lever, an uncertainty, a structural choice or a constant.

    Attributes
    ----------
    name : str
        ``group.word``, as written in scenario files and on the command line.
    kind : str
        ``lever`` (people choose it), ``uncertainty`` (nobody knows it), ``structure`` (which
        equation), ``constant`` (fixed by definition).
    type : str
        ``number``, ``integer``, ``boolean`` or ``choice``.
    unit : str
    low, high : float
        Evidence range of an uncertainty, feasible doses of a lever: what sensitivity analysis varies.
        0 and 1 for a switch, the first and last index for a choice.
    default : bool, int, float or str
    minimum, maximum : float
        What the model accepts.
    choices : tuple of str
        Of a choice, the first being the default; else empty.
    meaning, evidence : str
        One line each. Evidence names a work or a row of the evidence tables.
    grade : str
        H, M or L for values with a source, J for judgement.
    cost : Cost or None
        Of a lever that the cost table prices.
    discount : Discount or None
        Of an uncertainty whose default is a published effect, lowered for use in the field.
    """

    name: str
    kind: Kind
    type: Type
    unit: str
    low: float
    high: float
    default: Value
    minimum: float
    maximum: float
    grade: str
    meaning: str
    evidence: str
    choices: tuple[str, ...] = ()
    cost: Cost | None = None
    discount: Discount | None = None

    @property
    def group(self) -> str:
        """The part of the name before the dot: the table it stands in, in a scenario file."""
        return self.name.partition(".")[0]

    @property
    def field(self) -> str:
        """The name with an underscore for the dot: its column in the model's records."""
        return self.name.replace(".", "_")


def number(
    kind: Kind,
    name: str,
    unit: str,
    low: float,
    high: float,
    default: float,
    minimum: float,
    maximum: float,
    grade: str,
    meaning: str,
    evidence: str,
    *,
    cost: Cost | None = None,
    discount: Discount | None = None,
) -> Parameter:
    """A parameter that is any number between two bounds."""
    return Parameter(
        name, kind, "number", unit, low, high, float(default), minimum, maximum, grade, meaning,
        evidence, cost=cost, discount=discount,
    )  # fmt: skip


def whole(
    kind: Kind,
    name: str,
    unit: str,
    low: int,
    high: int,
    default: int,
    minimum: int,
    maximum: int,
    grade: str,
    meaning: str,
    evidence: str,
    *,
    cost: Cost | None = None,
) -> Parameter:
    """A parameter that counts something."""
    return Parameter(
        name, kind, "integer", unit, low, high, int(default), minimum, maximum, grade, meaning,
        evidence, cost=cost,
    )  # fmt: skip


def switch(
    kind: Kind,
    name: str,
    default: bool,
    grade: str,
    meaning: str,
    evidence: str,
    *,
    cost: Cost | None = None,
) -> Parameter:
    """A parameter that is on or off."""
    return Parameter(
        name, kind, "boolean", "on or off", 0, 1, default, 0, 1, grade, meaning, evidence, cost=cost
    )


def choice(
    kind: Kind,
    name: str,
    choices: tuple[str, ...],
    grade: str,
    meaning: str,
    evidence: str,
    *,
    cost: Cost | None = None,
) -> Parameter:
    """A parameter that is one of a few words, the first being the default."""
    last = len(choices) - 1
    return Parameter(
        name, kind, "choice", "one of", 0, last, choices[0], 0, last, grade, meaning, evidence,
        choices=choices, cost=cost,
    )  # fmt: skip


def encode(parameter: Parameter, value: Value) -> float:
    """The value as the model's arrays hold it: a switch as 0 or 1, a choice as its index."""
    if parameter.type == "choice":
        return float(parameter.choices.index(str(value)))
    return float(value)


def undiscounted(parameter: Parameter, value: float) -> float:
    """The value with its discount taken back: in proportion, at most what the model accepts."""
    if parameter.discount is None:
        return value
    return min(parameter.maximum, value * parameter.discount.published / float(parameter.default))


def doses(parameter: Parameter, value: Value) -> float:
    """How many priced doses a value is: 0 at the default, and never below."""
    if parameter.cost is None:
        return 0.0
    if parameter.cost.doses:
        return parameter.cost.doses[int(encode(parameter, value))]
    above = encode(parameter, value) - encode(parameter, parameter.default)
    return max(0.0, above / parameter.cost.per_dose)


def by_name(parameters: tuple[Parameter, ...]) -> Mapping[str, Parameter]:
    """The same parameters, found by their names."""
    return {parameter.name: parameter for parameter in parameters}
