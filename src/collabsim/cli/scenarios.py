"""``collabsim scenarios``."""

from __future__ import annotations

import sys

from collabsim.cli.options import Json


def scenarios(json: Json = False) -> None:
    """List the shipped scenarios, one line each."""
    from collabsim.cli.show import print_json
    from collabsim.library import scenario_names
    from collabsim.scenario import load_scenario

    found = [load_scenario(name) for name in scenario_names()]
    if json:
        rows = [{"name": s.name, "title": s.title, "group": s.group, "about": s.about} for s in found]
        return print_json({"scenarios": rows})
    for group in dict.fromkeys(s.group for s in found):
        print(f"{group}")
        for scenario in (s for s in found if s.group == group):
            print(_line(scenario.name, scenario.title))
        print()
    print("collabsim run NAME runs one; --json says more about each.")
    return None


def _line(name: str, title: str) -> str:
    """A name and a title on one line, cut short on a terminal that is too narrow."""
    from collabsim.cli.show import console

    line = f"  {name:<42} {title}"
    width = console().width
    return f"{line[: width - 3]}..." if sys.stdout.isatty() and len(line) > width else line
