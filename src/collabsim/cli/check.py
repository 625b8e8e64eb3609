"""``collabsim check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.cli.options import Json

if TYPE_CHECKING:
    from collabsim.scenario import Scenario

Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Scenario or experiment files, or shipped names.")
]


def check(files: Files, json: Json = False) -> None:
    """Validate scenario and experiment files: all errors at once."""
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
    """What was found; a name that a shipped scenario and a shipped experiment share is the scenario's."""
    return _experiment(file) if _is_experiment(file) else _scenario(file)


def _is_experiment(file: str) -> bool:
    from collabsim.library import scenario_names, shipped_names

    if _is_path(file):
        return _holds_experiment(file)
    return file in shipped_names("experiments") and file not in scenario_names()


def _is_path(file: str) -> bool:
    return "/" in file or "\\" in file or file.endswith(".toml")


def _holds_experiment(file: str) -> bool:
    from collabsim.experiment.experiment_file import is_experiment
    from collabsim.scenario import ScenarioErrors
    from collabsim.toml_file import read_table

    try:
        return is_experiment(read_table(Path(file)))
    except ScenarioErrors:
        return False


def _scenario(file: str) -> dict[str, Any]:
    from collabsim.scenario import ScenarioErrors, load_scenario

    try:
        summary, errors = _summary(load_scenario(file)), []
    except ScenarioErrors as error:
        summary, errors = "", error.errors
    return {"file": file, "kind": "scenario", "right": not errors, "summary": summary, "errors": errors}


def _experiment(file: str) -> dict[str, Any]:
    from collabsim.cli.show import count
    from collabsim.experiment.design import number_of_rows, read_experiment
    from collabsim.scenario import ScenarioErrors

    try:
        found = read_experiment(file)
        rows = number_of_rows(found)
        size = f"{count(rows, 'row')}, {count(rows * found.replicates, 'run')}"
        summary = f"An experiment: {found.design['kind']}, {size}."
        errors = []
    except ScenarioErrors as error:
        summary, errors = "", error.errors
    return {"file": file, "kind": "experiment", "right": not errors, "summary": summary, "errors": errors}


def _summary(scenario: Scenario) -> str:
    from collabsim.cli.show import count

    posts = sum(agency.posts for agency in scenario.agencies)
    years, before = count(scenario.years, "year"), scenario.burn_in_years
    events = f", {count(len(scenario.events), 'event')}" if scenario.events else ""
    return f"{len(scenario.agencies)} agencies, {posts:,} posts, {years} after {before} of burn-in{events}."
