"""The options that commands share, and how their words are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

import typer

from collabsim.checks import checked
from collabsim.file_format import KEYS, Field
from collabsim.parameters import Value

_MOST_REPLICATES = 10_000
_YEARS = next(key for key in KEYS if key.name == "years")


def _number(name: str, kind: str, low: float, high: float) -> Callable[[str], Value]:
    """A reader of an option that is a number between two bounds."""
    spec = Field(name, kind, "", minimum=low, maximum=high)

    def read(word: str) -> Value:
        try:
            return checked(spec, value_of(word))
        except ValueError as error:
            raise typer.BadParameter(f"{name} {error}") from None

    return read


def number_of(name: str, low: float, high: float) -> Callable[[str], Value]:
    """A reader of an option that is any number between two bounds."""
    return _number(name, "number", low, high)


def value_of(word: object) -> Value:
    """What a word on the command line stands for: true, false, a number, or itself."""
    if not isinstance(word, str):
        return word  # type: ignore[return-value]  # a default, which is no word
    if word in ("true", "false"):
        return word == "true"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def whole(name: str, low: int, high: int, text: str) -> typer.models.OptionInfo:
    """An option that takes a whole number between two bounds."""
    option: typer.models.OptionInfo = typer.Option(
        name, parser=_number(name, "integer", low, high), metavar="N", help=text
    )
    return option


ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped name, or a file's path.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Give a lever or uncertainty a value (repeatable)."),
]
Replicates = Annotated[int, whole("--replicates", 1, _MOST_REPLICATES, "Replicates: runs of each scenario.")]
Precision = Annotated[
    float | None,
    typer.Option(
        parser=_number("--precision", "number", 0.0001, 1),
        metavar="X",
        help="Add replicates until the interval of trust in the last year is mean ± X or narrower.",
    ),
]
Seed = Annotated[int, whole("--seed", 0, 2**63 - 1, "Seed of the model's luck.")]
Uncertainty = Annotated[
    str | None,
    typer.Option(
        "--uncertainty",
        metavar="WHERE",
        help="Values of uncertainties: default, or accepted (each replicate draws from the calibrated ensemble).",
    ),
]
Years = Annotated[
    int | None,
    whole("--years", int(_YEARS.minimum), int(_YEARS.maximum), "Years after the policy's start."),
]
Workers = Annotated[int | None, whole("--workers", 1, 1024, "Threads; all cores by default.")]
Out = Annotated[str | None, typer.Option("--out", metavar="DIR", help="Write results to this folder too.")]
Json = Annotated[bool, typer.Option("--json", help="Print results for another program.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no messages, only errors.")]


@dataclass(frozen=True)
class Batch:
    """How many runs, with what luck, on how many cores, whether to speak of it, whence uncertainties, and what was set."""

    replicates: int
    precision: float | None
    seed: int
    workers: int | None
    quiet: bool
    uncertainty: str = "default"
    settings: Mapping[str, Value] = field(default_factory=dict)

    @property
    def keep(self) -> tuple[str, ...]:
        """What --set gave a value, so that no draw may change it."""
        return tuple(self.settings)
