"""Partnerships drawn at random: any lever, uncertainty, structure, event and channel."""

from __future__ import annotations

from random import Random

from collabsim.parameters import LEVERS, OPTIONS, SECTORS, UNCERTAINTIES, Parameter, Value, defaults
from collabsim.scenario import Agency, Event, Scenario
from reference.examples import STRUCTURAL_VARIANTS
from reference.partnership import CHANNELS

KINDS = (
    "policy", "policy", "grant_cliff", "leader_departure", "key_worker_departure", "reorganisation", "demand",
    "data_breach",
)  # fmt: skip


class Luck(Random):
    """A source of choices, either from the ranges of the evidence or from all that the model accepts."""

    def __init__(self, seed: int, wide: bool = False) -> None:
        super().__init__(seed)
        self.wide = wide

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def value(self, parameter: Parameter) -> Value:
        """Draw a value from a parameter's range, some from its ends."""
        if parameter.type == "boolean":
            return self.chance(0.5)
        if parameter.type == "choice":
            return self.choice(parameter.choices)
        beyond = self.wide and self.chance(0.3)
        ends = (parameter.minimum, parameter.maximum) if beyond else (parameter.low, parameter.high)
        if parameter.type == "integer":
            return self.randint(*map(int, ends))
        return float(self.choice(ends) if self.chance(0.2) else self.uniform(*ends))


def arbitrary_scenario(seed: int, wide: bool = False) -> Scenario:
    """Draw a scenario of two years at most; the same seed draws the same."""
    luck = Luck(seed, wide)
    agencies = tuple(arbitrary_agency(luck, number) for number in range(luck.randint(1, 6)))
    baseline = defaults("lever") | some_levers(luck, luck.randint(0, 12))
    policy = baseline | some_levers(luck, luck.randint(0, 25))
    for levers in (baseline, policy):  # seldom permanent, or funding would seldom be seen
        levers["funding.permanent"] = levers["funding.permanent"] and luck.chance(0.5)
    events = [arbitrary_event(luck, len(agencies)) for _ in range(luck.randint(0, 8))]
    return Scenario(
        name=f"arbitrary {seed}",
        title="",
        group="",
        about="",
        sources=(),
        agencies=agencies,
        host=luck.randrange(len(agencies)),
        baseline=baseline,
        policy=policy,
        context=arbitrary_context(luck),
        structure=luck.choice(STRUCTURAL_VARIANTS) | {one.name: luck.value(one) for one in OPTIONS},
        events=tuple(sorted(events, key=lambda event: event.month)),
        years=1,
        burn_in_years=luck.choice((0, 1, 1)),
    )


def arbitrary_channels(seed: int) -> dict[str, int]:
    """Draw the channels that are switched off: few, if any."""
    luck = Luck(-seed)
    return {channel: 0 for channel in CHANNELS if luck.chance(0.12)}


def arbitrary_agency(luck: Luck, number: int) -> Agency:
    """Draw an agency; now and then a large one, so that there are localities."""
    return Agency(
        name=f"Agency {number}",
        sector=luck.choice(SECTORS),
        posts=luck.randint(1, 9) if luck.chance(0.85) else luck.randint(10, 40),
        grant_share=luck.choice((None, None, 0.0, 0.5, 1.0)),
        power=luck.choice((None, 0.5)),
        site=luck.choice(("", "", "North", "South")),
        seat=luck.choice((None, None, 0.3)),
        goal=luck.choice((None, None, 0.8)),
    )


def arbitrary_context(luck: Luck) -> dict[str, Value]:
    """Draw most uncertainties; half of the time people leave often, so that more happens."""
    context = defaults("uncertainty", "constant")
    context |= {one.name: luck.value(one) for one in UNCERTAINTIES if luck.chance(0.6)}
    if luck.chance(0.5):
        context |= {f"turnover.{sector}": luck.uniform(0.3, 0.8) for sector in SECTORS}
    return context | {"cases.per_week": luck.uniform(0.5, 4)}


def arbitrary_event(luck: Luck, agencies: int) -> Event:
    """Draw something that happens in the policy's first year."""
    kind = luck.choice(KINDS)
    month = luck.choice((0, luck.randint(0, 11), luck.uniform(0, 11.9)))
    one = luck.randrange(agencies)
    agency = one if kind == "data_breach" else luck.choice((-1, one))
    if kind == "policy":
        return Event(month, kind, policy=some_levers(luck, luck.randint(1, 5)))
    if kind == "demand":
        return Event(month, kind, value=luck.uniform(0, 3), weeks=luck.choice((4.0, 7.5, 10.0)))
    if kind == "reorganisation":
        return Event(month, kind, value=luck.choice((0.2, 0.5, 1.0)))
    return Event(month, kind, agency=agency if kind != "key_worker_departure" else -1)


def some_levers(luck: Luck, count: int) -> dict[str, Value]:
    """Draw a few levers and their values."""
    return {lever.name: luck.value(lever) for lever in luck.sample(LEVERS, count)}
