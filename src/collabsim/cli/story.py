"""``collabsim story``."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.cli import inputs, options

if TYPE_CHECKING:
    from collabsim.parameters import Value

Person = Annotated[
    int | None,
    options.whole("--person", 1, 1_000_000, "Number of the person; without it, one to whom much happened."),
]
Case = Annotated[int | None, options.whole("--case", 1, 1_000_000, "Number of a closed case, told instead.")]
Replicate = Annotated[int, options.whole("--replicate", 0, 9_999, "Which run to tell from.")]
Agency = Annotated[str | None, typer.Option("--agency", metavar="NAME", help="Somebody from this agency.")]


@dataclass(frozen=True)
class _Whom:
    about: str
    replicate: int
    which: int | None
    agency: str


def story(
    scenario: options.ScenarioName,
    person: Person = None,
    case: Case = None,
    agency: Agency = None,
    replicate: Replicate = 0,
    settings: options.Settings = None,
    seed: options.Seed = 0,
    years: options.Years = None,
    json: options.Json = False,
) -> None:
    """Tell what happened to one worker, or to one case, in a run.

    Every sentence is an event of that run; only the names are made up.
    """
    from collabsim.checks import ScenarioErrors
    from collabsim.stories import story as tell

    findings = inputs.Findings()
    if person is not None and case is not None:
        findings.add(["--person and --case cannot be told together: choose one."])
    loaded = inputs.load_one(scenario, settings, years, findings)
    values = inputs.read_settings(settings, findings)
    _check_agency(agency, [one.name for one in loaded.agencies])
    inputs.tell_left_out([loaded], years, quiet=False)
    whom = _Whom(
        "person" if case is None else "case", replicate, case if case is not None else person, agency or ""
    )
    try:
        found = tell(loaded, seed, whom)
    except LookupError as error:
        option = "--person" if case is None else "--case"
        raise ScenarioErrors([f"{option} is {whom.which}, but {error.args[0]}."]) from None
    _print(found, loaded.title, values, json)


def _check_agency(agency: str | None, names: list[str]) -> None:
    from collabsim.checks import ScenarioErrors, nearest, shown

    if agency is not None and agency not in names:
        hint = nearest(agency, names) or f"; there are {', '.join(names)}."
        raise ScenarioErrors([f"--agency is {shown(agency)}, but there is no such agency{hint}"])


def _print(found: dict[str, Any], title: str, values: Mapping[str, Value], json: bool) -> None:
    from collabsim.cli import answer, show
    from collabsim.provenance import NOTE

    if json:
        head = {"command": "story", "note": NOTE, "scenario": title, **answer.settings(values)}
        return show.print_json({**head, **found})
    print(
        f"{found['title']}\n{inputs.titled(title, values)}; run {found['replicate']} of seed {found['seed']}\n"
    )
    for line in found["lines"]:
        print(textwrap.fill(line["words"], 90, subsequent_indent="  "))
    what = f"{found['people']:,} people" if "people" in found else f"{found['cases']:,} closed cases"
    print(
        f"\nNumber {found['number']:,} of the run's {what}. Names are made up; the events are the run's. {NOTE}"
    )
    return None
