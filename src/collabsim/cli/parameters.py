"""``collabsim parameters``."""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import Annotated

import typer

from collabsim.checks import ScenarioErrors, nearest, shown
from collabsim.cli.options import Json
from collabsim.parameters import LEVER_GROUPS, PARAMETERS, Parameter, json_schema

KINDS = {
    "lever": "Levers: what a partnership or its funder chooses",
    "structure": "Structural choices: which equation",
    "uncertainty": "Uncertainties: what nobody knows",
    "constant": "Constants: fixed by definition",
}

Group = Annotated[
    str | None,
    typer.Argument(
        metavar="[GROUP]",
        help="A group (funding), a kind (lever) or one full name; with --evidence a row (B1) or a scenario too.",
    ),
]
Schema = Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of scenario files.")]
Evidence = Annotated[
    bool,
    typer.Option(
        "--evidence", help="The crosswalk: what the evidence says, what carries it, what was measured."
    ),
]


def parameters(
    group: Group = None, json: Json = False, schema: Schema = False, evidence: Evidence = False
) -> None:
    """List levers and uncertainties, with range and evidence."""
    from collabsim.cli.show import print_json

    if evidence:
        from collabsim.cli.evidence import print_evidence

        return print_evidence(group, json)
    chosen = _chosen(group)
    if schema:
        return print_json(json_schema())
    if json:
        return print_json({"parameters": [{**asdict(p), "group": p.group} for p in chosen]})
    for kind, title in KINDS.items():
        _print_kind(title, [p for p in chosen if p.kind == kind])
    print("Grades: H, M, L for sourced values (high, moderate, low confidence), J for judgement.")
    return None


def _chosen(group: str | None) -> list[Parameter]:
    """The parameters of a group or kind, or the one of that name."""
    if group is None:
        return list(PARAMETERS)
    word = group.strip().casefold()
    chosen = [p for p in PARAMETERS if word in (p.group, p.kind, f"{p.kind}s", p.name)]
    if not chosen:
        words = [*dict.fromkeys(p.group for p in PARAMETERS), *KINDS, *(p.name for p in PARAMETERS)]
        hint = (
            nearest(word, words) or f"; groups are {', '.join(dict.fromkeys(p.group for p in PARAMETERS))}."
        )
        raise ScenarioErrors([f"There is no group or parameter {shown(group)}{hint}"])
    return chosen


def _print_kind(title: str, chosen: list[Parameter]) -> None:
    if chosen:
        print(f"{title}\n")
    for group in dict.fromkeys(p.group for p in chosen):
        is_lever = chosen[0].kind == "lever"
        print(f"{group}: {LEVER_GROUPS[group]}" if is_lever else group)
        for parameter in (p for p in chosen if p.group == group):
            print(_entry(parameter))
        print()


def _entry(parameter: Parameter) -> str:
    """A parameter in three lines or more: name and default, range, meaning and evidence."""
    p = parameter
    texts = (f"{p.meaning}. {_range(p)}.", f"Evidence ({p.grade}): {p.evidence}", _price(p))
    lines = [f"  {p.name:<36} {_shown(p.default)} {'' if p.choices else p.unit}".rstrip()]
    for text in texts:
        lines += textwrap.wrap(text, 76, initial_indent="      ", subsequent_indent="      ")
    return "\n".join(lines)


def _range(p: Parameter) -> str:
    if p.choices:
        return f"One of {', '.join(p.choices)}"
    if p.type == "boolean":
        return "true or false"
    what = {"lever": "Doses", "uncertainty": "Range"}.get(p.kind, "Value")
    span = f"{p.low:,g}" if p.low == p.high else f"{p.low:,g} to {p.high:,g}"
    return f"{what} {span}; accepted {p.minimum:,g} to {p.maximum:,g}"


def _price(p: Parameter) -> str:
    """What a lever costs the reference partnership, where it is priced."""
    if p.cost is None:
        return ""
    once = f"£{p.cost.setup:,.0f} once, " if p.cost.setup else ""
    dose = "" if p.choices else f" for {p.cost.per_dose:+g} {p.unit}"
    yearly, time = p.cost.yearly, p.cost.staff_time
    sums = f"{once}£{yearly:,.0f} a year" + (f" and £{time:,.0f} of staff time" if time else "")
    return f"Costs 45 posts {sums}{dose} ({p.cost.low:,.0f} to {p.cost.high:,.0f}; {p.cost.grade})"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:,g}" if isinstance(value, float) else str(value)
