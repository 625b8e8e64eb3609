"""What was measured for each arrow of the crosswalk, kept as data, and what it says about the arrow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from collabsim.evidence.crosswalk import Row
from collabsim.outcomes import OUTCOME, Outcome

FILE = Path(__file__).with_name("figures.json")

Verdict = Literal["holds", "reversed", "no effect", "cannot tell", "moves"]

NEGLIGIBLE = {"0-1": 0.01, "share": 0.01, "SD": 0.02, "£ a year": 1_000.0}
"""A change no larger than this, its whole interval included, counts as none, by unit; for `flat` arrows."""

# fmt: off
READ_FOR_THE_CROSSWALK = (
    Outcome("contacts", "", "Contacts between agencies", "a week", "higher",
            "contacts of a pair of people at different agencies", ("contacts",), "ties", 2 * 12 / 52),
    Outcome("conflicts", "", "Contacts that end in conflict", "share", "lower",
            "share of contacts between agencies that become conflicts", ("conflicts",), "contacts"),
    Outcome("nonrenewals", "", "Staff whose grant is not renewed", "per post-year", "lower",
            "people who lose a grant-funded post to its grant's end, in a year of a filled one",
            ("nonrenewals",), "grant_filled_weeks", 52.0),
)
# fmt: on
"""Read from the monthly series for arrows on attendance, conflict and renewal, which are no outcomes of a run."""

READ: Mapping[str, Outcome] = {**OUTCOME, **{outcome.name: outcome for outcome in READ_FOR_THE_CROSSWALK}}


@dataclass(frozen=True)
class Figure:
    """One arrow, measured: the paired difference after less before, in the outcome's unit.

    Attributes
    ----------
    row : str
    move : int
        Number of the row's move, from 1.
    outcome, expected : str
    before : float
        The mean before the move.
    change, low, high : float
        The mean difference and its 95% interval.
    sd : float
        Standard deviation of the difference between replicates.
    """

    row: str
    move: int
    outcome: str
    expected: str
    before: float
    change: float
    low: float
    high: float
    sd: float

    @property
    def verdict(self) -> Verdict:
        """Whether the interval lies on the expected side of 0; for `flat`, within the negligible."""
        if self.expected == "flat":
            return self._flat()
        sign = 1 if self.expected == "up" else -1
        ends = sorted((sign * self.low, sign * self.high))
        if ends[0] > 0:
            return "holds"
        if ends[1] < 0:
            return "reversed"
        return "no effect" if self.change == 0 and self.sd == 0 else "cannot tell"

    def _flat(self) -> Verdict:
        limit = NEGLIGIBLE[READ[self.outcome].unit]
        if -limit <= self.low and self.high <= limit:
            return "holds"
        return "moves" if self.low > 0 or self.high < 0 else "cannot tell"


@dataclass(frozen=True)
class Made:
    """How figures were made: package version, the model's digest, replicates, seed and years."""

    version: str
    model: str
    replicates: int
    seed: int
    years: int


def write(made: Made, figures: Iterable[Figure], file: Path = FILE) -> None:
    """Write figures, one line each, numbers to six significant digits."""
    lines = [json.dumps({key: _short(value) for key, value in asdict(f).items()}) for f in figures]
    text = f'{{"made": {json.dumps(asdict(made))},\n"figures": [\n' + ",\n".join(lines) + "\n]}\n"
    file.write_text(text, encoding="utf-8")


def _short(value: object) -> object:
    return float(f"{value:.6g}") if isinstance(value, float) else value


@cache
def read() -> tuple[Made, Mapping[str, tuple[Figure, ...]]]:
    """How the kept figures were made, and the figures by row."""
    content = json.loads(FILE.read_text(encoding="utf-8"))
    by_row: dict[str, list[Figure]] = {}
    for line in content["figures"]:
        by_row.setdefault(line["row"], []).append(Figure(**line))
    return Made(**content["made"]), {row: tuple(found) for row, found in by_row.items()}


def of(row: Row) -> tuple[Figure, ...]:
    """The kept figures of a row."""
    return read()[1].get(row.id, ())


def why(row: Row, figure: Figure) -> str:
    """Why an arrow does not hold, in the row's words; empty where it holds."""
    return "" if figure.verdict == "holds" else row.moves[figure.move - 1].why.get(figure.outcome, "")
