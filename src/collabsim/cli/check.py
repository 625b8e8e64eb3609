"""``collabsim check``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.cli.options import Json

if TYPE_CHECKING:
    from collabsim.scenario import Scenario

Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files, or shipped names.")]


def check(files: Files, json: Json = False) -> None:
    """Validate scenario files: all errors at once."""
    from collabsim.cli.group import WRONG, say
    from collabsim.cli.show import print_json

    found = [_checked(file) for file in files]
    if json:
        print_json({"files": found})
    for row in found:
        if row["right"] and not json:
            print(f"{row['file']}: right. {row['summary']}")
        for error in row["errors"]:
            say(error)
    if not all(row["right"] for row in found):
        raise typer.Exit(WRONG)


def _checked(file: str) -> dict[str, Any]:
    from collabsim.scenario import ScenarioErrors, load_scenario

    try:
        scenario = load_scenario(file)
    except ScenarioErrors as error:
        return {"file": file, "right": False, "summary": "", "errors": error.errors}
    return {"file": file, "right": True, "summary": _summary(scenario), "errors": []}


def _summary(scenario: Scenario) -> str:
    posts = sum(agency.posts for agency in scenario.agencies)
    count, years, before = len(scenario.agencies), scenario.years, scenario.burn_in_years
    events = f", {len(scenario.events)} events" if scenario.events else ""
    return f"{count} agencies, {posts:,} posts, {years} years after {before} of burn-in{events}."
