"""The Markdown of the reference tables, from the table of parameters, the list of outcomes and the model's week."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from assumption_links import LINKS

from collabsim.glossary import TERMS
from collabsim.model import week
from collabsim.outcomes import OUTCOMES
from collabsim.parameters import LEVER_GROUPS, PARAMETER, PARAMETERS, Kind, Parameter


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; a bar within a cell is escaped."""
    heads = list(head)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)


# --- parameters ---------------------------------------------------------------------------------


def _shown(parameter: Parameter, value: object) -> str:
    if parameter.type == "boolean":
        return "on" if value else "off"
    if parameter.type == "choice":
        return str(value)
    return f"{value:,g}"


def _span(parameter: Parameter, low: float, high: float) -> str:
    if parameter.type == "choice":
        return ", ".join(parameter.choices)
    if parameter.type == "boolean":
        return "on, off"
    return f"{low:,g} to {high:,g}"


def _of(kind: Kind) -> list[Parameter]:
    return [parameter for parameter in PARAMETERS if parameter.kind == kind]


def _anchor(name: str) -> str:
    return name.replace(".", "-").replace("_", "-")


def _linked(evidence: str, folder: str = "") -> str:
    """The evidence, its rows of the table of values being links."""
    return re.sub(r"(values rows?) (\d+)", rf"\1 [\2]({folder}evidence-values.md#row-\2)", evidence)


def _row(parameter: Parameter) -> list[str]:
    unit = "" if parameter.type in ("boolean", "choice") else f" ({parameter.unit})"
    return [
        f"[`{parameter.name}`]{{#{_anchor(parameter.name)}}}<br>{parameter.meaning}{unit}",
        _shown(parameter, parameter.default),
        _span(parameter, parameter.low, parameter.high),
        _span(parameter, parameter.minimum, parameter.maximum),
        parameter.grade,
        _linked(parameter.evidence),
    ]


_PARAMETER_HEAD = ("parameter (unit)", "default", "range", "accepted", "grade", "evidence")


def _group_table(parameters: Iterable[Parameter]) -> str:
    return table(_PARAMETER_HEAD, map(_row, parameters))


def _by_group(parameters: Iterable[Parameter]) -> Iterator[tuple[str, list[Parameter]]]:
    for group, members in groupby(parameters, key=lambda parameter: parameter.group):
        yield group, list(members)


def levers() -> str:
    """Every lever, group by group."""
    return "\n\n".join(
        f"### {LEVER_GROUPS[group]}\n\n{_group_table(members)}" for group, members in _by_group(_of("lever"))
    )


def uncertainties() -> str:
    """Every uncertainty, group by group, in the order in which groups first come up."""
    members = _of("uncertainty")
    order = list(dict.fromkeys(parameter.group for parameter in members))
    groups = _by_group(sorted(members, key=lambda parameter: order.index(parameter.group)))
    return "\n\n".join(
        f"### {group.replace('_', ' ').capitalize()}\n\n{_group_table(rows)}" for group, rows in groups
    )


def structures() -> str:
    """The choices between equations."""
    return _group_table(_of("structure"))


def constants() -> str:
    """What is fixed by definition."""
    return _group_table(_of("constant"))


def lever_costs() -> str:
    """What each priced lever costs."""
    head = (
        "lever",
        "dose",
        "set-up £",
        "cash £ a year",
        "staff time £ a year",
        "range £ a year",
        "grade",
        "source",
    )
    return table(head, map(_cost_row, (lever for lever in _of("lever") if lever.cost)))


def _cost_row(lever: Parameter) -> list[str]:
    cost = lever.cost
    assert cost is not None
    dose = "a choice" if cost.doses else f"{cost.per_dose:+g} {'' if lever.type == 'boolean' else lever.unit}"
    return [
        f"`{lever.name}`",
        dose.strip(),
        *(f"{pounds:,.0f}" for pounds in (cost.setup, cost.yearly, cost.staff_time)),
        f"{cost.low:,.0f} to {cost.high:,.0f}",
        cost.grade,
        cost.source,
    ]


def discounts() -> str:
    """Effects that are lowered for use in the field, and what was published."""
    rows = (
        [
            f"[`{p.name}`](#{_anchor(p.name)})",
            p.discount.setting,
            f"{p.discount.published:g}",
            _shown(p, p.default),
        ]
        for p in PARAMETERS
        if p.discount
    )
    return table(("parameter", "measured in", "published", "used"), rows)


# --- grades -------------------------------------------------------------------------------------

_GRADES = {
    "H": "high: official statistics, a meta-analysis, or several studies that agree",
    "M": "medium: one good study, or several that differ",
    "L": "low: an indirect, small or secondary source, or derived from such",
    "J": "judgement: there is no source, only a range that we find defensible",
}


def grades() -> str:
    """How many parameters of each kind have which grade."""
    kinds: tuple[Kind, ...] = ("lever", "structure", "uncertainty", "constant")
    rows = [
        [grade, meaning, *(str(sum(p.grade == grade for p in _of(kind))) for kind in kinds)]
        for grade, meaning in _GRADES.items()
    ]
    return table(("grade", "what it says", *kinds), rows)


def links() -> str:
    """The links that are inputs, with the grade and the source of each parameter that carries them."""
    rows = ([cause, effect, "<br>".join(map(_carrier, names.split()))] for cause, effect, names in LINKS)
    return table(("cause", "effect", "carried by (grade): source"), rows)


def _carrier(name: str) -> str:
    parameter = PARAMETER[name]
    link = f"[`{name}`](../reference/parameters.md#{_anchor(name)})"
    return f"{link} ({parameter.grade}): {_linked(parameter.evidence, '../reference/')}"


# --- outcomes -----------------------------------------------------------------------------------


def outcomes() -> str:
    """Every outcome, group by group."""
    return "\n\n".join(
        f"## {group}\n\n" + table(("name", "title", "unit", "better", "meaning"), map(_outcome_row, members))
        for group, members in ((g, list(m)) for g, m in groupby(OUTCOMES, key=lambda outcome: outcome.group))
    )


def _outcome_row(outcome) -> list[str]:
    name = f"[`{outcome.name}`]{{#outcome-{_anchor(outcome.name)}}}"
    return [name, outcome.title, outcome.unit, outcome.direction, outcome.meaning]


# --- the week -----------------------------------------------------------------------------------


def schedule() -> str:
    """The processes of a week, in their order, as `collabsim explain --schedule` prints them."""
    return table(
        ("", "process", "what happens"),
        ([str(i), name, what] for i, (name, what) in enumerate(week.SCHEDULE, start=1)),
    )


_WHEN = {
    "policy_starts": "when a policy starts",
    "voice.ends_month(week)": "at a month's end",
    "(week + 1) % 13 == 0": "at a quarter's end",
    "(week + 1) % 52 == 0": "at a year's end",
    "not apart": "every week, unless a breach can come out",
    "apart": "every week, where a breach can come out: when all have met",
}


def calls() -> str:
    """Every function that a week calls, in order, with the first line of its docstring."""
    rules = {
        node.name: node
        for node in ast.parse(inspect.getsource(week)).body
        if isinstance(node, ast.FunctionDef)
    }
    lived = _calls_in(rules["live_week"].body, "every week", rules)
    return table(
        ("", "function", "what it does", "when"), ([str(i), *row] for i, row in enumerate(lived, start=1))
    )


def _calls_in(
    statements: list[ast.stmt], when: str, rules: dict[str, ast.FunctionDef]
) -> Iterator[list[str]]:
    for statement in statements:
        if isinstance(statement, ast.If):
            condition = ast.unparse(statement.test)
            yield from _calls_in(statement.body, _WHEN.get(condition, f"when `{condition}`"), rules)
        elif isinstance(statement, ast.For):
            yield from _calls_in(statement.body, when, rules)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            name = ast.unparse(statement.value.func)
            if name in rules:
                yield from _calls_in(rules[name].body, when, rules)
            else:
                yield [*_named(name), when]


def _named(call: str) -> tuple[str, str]:
    alias, _, function = call.partition(".")
    module = getattr(week, alias)
    described = inspect.getdoc(getattr(module, function)) or ""
    return f"`{module.__name__.rpartition('.')[2]}.{function}`", " ".join(described.split("\n\n")[0].split())


# --- words --------------------------------------------------------------------------------------


def glossary() -> str:
    """Every term of the glossary, by its name."""
    terms = sorted(TERMS.values(), key=lambda term: term.term.casefold())
    return table(("word", "meaning"), ([f"[{t.term}]{{#term-{t.key}}}", t.meaning] for t in terms))


TABLES: dict[str, Callable[[], str]] = {
    "levers": levers,
    "uncertainties": uncertainties,
    "structures": structures,
    "constants": constants,
    "lever-costs": lever_costs,
    "discounts": discounts,
    "grades": grades,
    "links": links,
    "outcomes": outcomes,
    "schedule": schedule,
    "calls": calls,
    "glossary": glossary,
}
