"""``collabsim scenarios``."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from collabsim.cli.options import Json

if TYPE_CHECKING:
    from collabsim.scenario import Scenario

WIDEST_NAME = 32
"""Names are aligned up to this width; a longer one pushes its title to the right."""

Which = Annotated[
    str | None,
    typer.Argument(
        metavar="[GROUP|NAME]", help="A group (shocks), or one scenario to read about; all by default."
    ),
]


def scenarios(which: Which = None, json: Json = False) -> None:
    """List the shipped scenarios, or tell what one stands for."""
    from collabsim.cli.show import print_json

    found = _chosen(which)
    if json:
        return print_json({"scenarios": [_row(scenario) for scenario in found]})
    if which is not None and [scenario.name for scenario in found] == [which]:
        return print(_told(found[0]))
    for group, members in by_group(found).items():
        print(_group(group, members))
    print("collabsim run NAME runs one; collabsim scenarios NAME tells what it stands for.")
    return None


def by_group(found: Sequence[Scenario]) -> dict[str, list[Scenario]]:
    """Scenarios under their groups, in the order of the tour; within a group by name."""
    from collabsim.library import SCENARIO_GROUPS

    groups = dict.fromkeys([*SCENARIO_GROUPS, *sorted({s.group for s in found})])
    members = {group: [s for s in found if s.group == group] for group in groups}
    return {group: inside for group, inside in members.items() if inside}


def _chosen(which: str | None) -> list[Scenario]:
    """All scenarios, those of a group, or the one of that name."""
    from collabsim.checks import ScenarioErrors, nearest, shown
    from collabsim.library import scenario_names
    from collabsim.scenario import load_scenario

    names = scenario_names()
    if which in names:
        return [load_scenario(which)]
    found = [load_scenario(name) for name in names]
    if which is None:
        return found
    word = which.strip().casefold()
    chosen = [scenario for scenario in found if scenario.group.casefold() == word]
    if not chosen:
        groups = [group.casefold() for group in by_group(found)]
        hint = nearest(word, [*groups, *names]) or f"; groups are {', '.join(groups)}."
        raise ScenarioErrors([f"There is no scenario or group {shown(which)}{hint}"])
    return chosen


def _row(scenario: Scenario) -> dict[str, Any]:
    from collabsim.evidence.crosswalk import stands_for

    sources = [{"passage": source.passage, "where": source.where} for source in scenario.sources]
    return {
        "name": scenario.name,
        "title": scenario.title,
        "group": scenario.group,
        "about": scenario.about,
        "sources": sources,
        "rows": stands_for(scenario.name),
    }


def _group(group: str, members: Sequence[Scenario]) -> str:
    """A heading and a line for each scenario."""
    from collabsim.library import SCENARIO_GROUPS

    about = SCENARIO_GROUPS.get(group)
    width = min(WIDEST_NAME, max(len(scenario.name) for scenario in members))
    lines = [f"{group}: {about}" if about else group]
    lines += [_line(f"  {scenario.name:<{width}}  {scenario.title}") for scenario in members]
    return "\n".join([*lines, ""])


def _line(line: str) -> str:
    """A line, cut short on a terminal that is too narrow."""
    from collabsim.cli.show import console

    width = console().width
    return f"{line[: width - 3]}..." if sys.stdout.isatty() and len(line) > width else line


def _told(scenario: Scenario) -> str:
    """What a scenario stands for, and the words that it comes from."""
    from collabsim.evidence.crosswalk import stands_for

    paragraphs = [scenario.title, textwrap.fill(scenario.about, 80)]
    for source in scenario.sources:
        paragraphs.append(f"{textwrap.fill(f'“{source.passage}”', 80)}\n{textwrap.fill(source.where, 80)}")
    if rows := stands_for(scenario.name):
        paragraphs.append(
            f"Rows of the crosswalk: {', '.join(rows)} (collabsim parameters --evidence {rows[0]})"
        )
    return "\n\n".join(paragraphs)
