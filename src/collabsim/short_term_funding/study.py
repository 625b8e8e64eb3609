"""Runs the question: six lengths of grants under the same luck, and the channels between two of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collabsim.analysis.attribution import Attribution, attribute
from collabsim.analysis.differences import Difference, Estimate, paired
from collabsim.analysis.ledgers import Account, trust_account
from collabsim.analysis.ratios import share
from collabsim.analysis.samples import NOBODY, Sample, Watcher, sample
from collabsim.model.state import CHANNELS
from collabsim.scenario import Scenario, load_scenario

SHORT, LONG, PERMANENT, CONTROL = "12 months", "36 months", "permanent", "36 months, equal"
SHIPPED = {
    SHORT: "short-term-funding",
    "24 months": "short-term-funding-24-months",
    LONG: "short-term-funding-36-months",
    "60 months": "short-term-funding-60-months",
    PERMANENT: "short-term-funding-permanent",
    CONTROL: "short-term-funding-36-months-equal-annual",
}
"""The shipped scenarios, by the label that figures and tables use."""

UNDER = {
    SHORT: "12-month grants",
    "24 months": "24-month grants",
    LONG: "36-month grants",
    "60 months": "60-month grants",
    PERMANENT: "permanent funding",
    CONTROL: "36-month grants with the same yearly chance of going on",
}
"""The same in a sentence: "under ..."."""

ASKED = (
    "trust", "quits", "separations", "posts_filled", "sharing", "knowledge", "continuity", "worker_changes",
)  # fmt: skip
"""Outcomes that the question is about."""

EXPLAINED = ("trust", "posts_filled", "knowledge", "continuity")
"""Outcomes whose difference is split over channels."""

WHOLE_CYCLES = "last_six"
"""Six years hold a whole number of 12-, 24- and 36-month grants.

The policy starts at one moment, so grants of one length end in the same years for ever after: a single year
shows where the clock stands (in year 10 most 36-month grants end, and few 24-month grants), not what the
policy does.
"""

_SETS = 2 ** (len(CHANNELS) + 1)  # sets of channels, in each of two scenarios

PERIODS = {WHOLE_CYCLES: "the last six years", "last": "the last year"}


@dataclass(frozen=True)
class Study:
    """The answer in numbers.

    Attributes
    ----------
    scenarios, samples : mapping of label to Scenario, Sample
        In the order of `SHIPPED`.
    channels : mapping of outcome to Attribution
        Of the difference between 36 months and 12.
    seed : int
    """

    scenarios: Mapping[str, Scenario]
    samples: Mapping[str, Sample]
    channels: Mapping[str, Attribution]
    seed: int

    @property
    def period(self) -> str:
        """The period over which outcomes are measured."""
        return period_of(self.years)

    @property
    def years(self) -> int:
        """Years after the policy's start."""
        return self.scenarios[SHORT].years

    @property
    def replicates(self) -> int:
        """Replicates of each scenario."""
        return self.samples[SHORT].replicates

    @property
    def channel_replicates(self) -> int:
        """Replicates of each set of channels."""
        return len(self.channels[EXPLAINED[0]].total)

    @property
    def runs(self) -> int:
        """How many runs it took."""
        return self.replicates * len(self.scenarios) + self.channel_replicates * _SETS

    def difference(self, label: str, outcome: str, period: str = "") -> Difference:
        """What a funding gives beyond 12-month grants, in an outcome over the study's period or another."""
        scalar = f"{outcome}_{period or self.period}"
        return paired(self.samples[SHORT].scalars[scalar], self.samples[label].scalars[scalar])

    def account(self, label: str) -> Account:
        """The trust ledger from the policy's start to the end."""
        return trust_account(self.samples[label])

    def arithmetic(self, outcome: str) -> Estimate:
        """The share of the 36-month difference that goes when the yearly chance of going on is held equal."""
        scalar = f"{outcome}_{self.period}"
        short, long, control = (self.samples[label].scalars[scalar] for label in (SHORT, LONG, CONTROL))
        return share(long - control, long - short)


def period_of(years: int) -> str:
    """The period that a run of so many years is measured over."""
    return WHOLE_CYCLES if years >= 6 else "last"


def load(years: int | None = None) -> dict[str, Scenario]:
    """The shipped scenarios by label."""
    return {label: load_scenario(name, years=years) for label, name in SHIPPED.items()}


def run(
    scenarios: Mapping[str, Scenario],
    replicates: int,
    channel_replicates: int,
    seed: int = 0,
    *,
    workers: int | None = None,
    watcher: Watcher = NOBODY,
) -> Study:
    """Run every scenario, and the two that are explained with every set of channels.

    Parameters
    ----------
    scenarios : mapping of label to Scenario
    replicates, channel_replicates : int
    seed : int
    workers : int, optional
    watcher : Watcher
        Told once of all the runs to come.
    """
    watcher.expect(replicates * len(scenarios) + channel_replicates * _SETS)
    counting = _Counting(watcher)
    samples = {
        label: sample(scenario, replicates, seed, workers=workers, keep_monthly=True, watcher=counting)
        for label, scenario in scenarios.items()
    }
    scalars = [f"{outcome}_{period_of(scenarios[SHORT].years)}" for outcome in EXPLAINED]
    pair = scenarios[LONG], scenarios[SHORT]
    split = attribute(*pair, scalars, channel_replicates, seed, workers=workers, watcher=counting)
    return Study(scenarios, samples, dict(zip(EXPLAINED, split.values(), strict=True)), seed)


class _Counting:
    """Passes on that a run is done, but not what is to come, which has been said."""

    def __init__(self, watcher: Watcher) -> None:
        self.tick = watcher.tick

    def expect(self, runs: int) -> None:
        """Nothing new."""
