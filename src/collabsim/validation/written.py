"""The verdicts in words: tables as Markdown and as an HTML page, from what `report.to_json` gives.

A *row* is a pattern there, a *check* one of its numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from collabsim.display import listed
from collabsim.provenance import NOTE
from collabsim.report import Page, Section, Table, html
from collabsim.validation.kinds import INSIDE, NOT_MEASURED, OUTSIDE
from collabsim.validation.structures import DEFAULT

WANTED = 0.8
"""Share of the validation patterns graded A or B that should be inside."""
HEAD = ("Pattern", "What is measured", "In the model", "Accepted", "Unit", "Use", "Verdict")
GRADES = (
    "Grade A: meta-analysis, official statistics, natural or randomised experiment; B: several consistent studies or "
    "one good field study; C: single, indirect or grey literature; D: theory or judgement."
)
VERDICTS = (
    "Inside or outside: the whole 95% interval is. Cannot tell: it holds an end of the range. Calibration patterns "
    "set the parameters, so they are no test. Validation patterns did not, but for pattern 12, which "
    "the model was built to keep."
)
Row = Mapping[str, Any]


# --- counting -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """How many patterns of a kind are inside, and of how many that could be measured."""

    inside: int
    of: int

    def __str__(self) -> str:
        return f"{self.inside} of {self.of}"


def counted(rows: Sequence[Row], use: str, grades: str = "ABCD") -> Count:
    """Patterns of one use and of these grades."""
    chosen = [r["verdict"] for r in rows if r["use"] == use and r["grade"] in grades]
    measured = [verdict for verdict in chosen if verdict != NOT_MEASURED]
    return Count(measured.count(INSIDE), len(measured))


def summary(rows: Sequence[Row]) -> str:
    """One sentence on a structure."""
    held = counted(rows, "validation", "AB")
    share = held.inside / held.of if held.of else 0.0
    reached = "which is" if share >= WANTED else "which is not"
    return (
        f"Inside: {counted(rows, 'calibration')} calibration patterns; {held} validation patterns graded A or B "
        f"({share:.0%}, {reached} the {WANTED:.0%} wanted); {counted(rows, 'validation', 'CD')} validation patterns "
        f"graded C or D; {counted(rows, 'verification')} verifications; {counted(rows, 'prediction')} predictions."
    )


# --- words --------------------------------------------------------------------------------------


def number(value: float | None) -> str:
    """A number to three digits; a dash for none."""
    if value is None:
        return "–"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def accepted(check: Row) -> str:
    """The range in words."""
    low, high = check["accepted"]
    if low is None:
        return f"at most {number(high)}"
    return f"at least {number(low)}" if high is None else f"{number(low)} to {number(high)}"


def figure(check: Row) -> str:
    """The number with its interval, or why there is none."""
    if "mean" not in check:
        return str(check["missing"])
    if "censored" in check:
        return _bound(check)
    ends = _ends(check)
    return f"{number(check['mean'])} ({ends})" if ends else number(check["mean"])


def _bound(check: Row) -> str:
    """A figure that is only known to lie beyond a bound, and why."""
    if check["mean"] is None:
        return str(check["censored"])
    word = "more than" if check["high"] is None else "less than"
    why = "; ".join(part for part in (_ends(check), check["censored"]) if part)
    return f"{word} {number(check['mean'])} ({why})"


def _ends(check: Row) -> str:
    """The interval, which may be open at one end; nothing where it has no width or is not known."""
    low, high = (None if check[end] == check["mean"] else check[end] for end in ("low", "high"))
    if low is None or high is None:
        return "" if low is high else f"{number(high)} or less" if low is None else f"{number(low)} or more"
    return f"{number(low)} to {number(high)}"


def about(verdicts: Row) -> str:
    """What the numbers were made from."""
    others = verdicts.get("replicates_of_others")
    more = f" ({others} for the other structures)" if others else ""
    return (
        f"CollabSim {verdicts['version']}, model {verdicts['model']}, {verdicts['replicates']} replicates of each "
        f"world{more}, seed {verdicts['seed']}.{_again(verdicts)}"
    )


def _again(verdicts: Row) -> str:
    """Which patterns were measured at another time, on which sources of the model."""
    later: dict[str, list[str]] = {}
    for number, source in verdicts.get("again", {}).items():
        later.setdefault(source["model"], []).append(number)
    told = (f"pattern{'s' * (len(them) > 1)} {listed(them)} on {model}" for model, them in later.items())
    return f" Measured later: {'; '.join(told)}." if later else ""


def cells(row: Row) -> Iterator[list[str]]:
    """A pattern's cells: a line for each number."""
    name = f"{row['number']} ({row['grade']})"
    for n, check in enumerate(row["checks"]):
        yield [
            f"{name}: {row['statement']}\n{row['source']}" if n == 0 else name,
            check["what"],
            figure(check),
            accepted(check),
            check["unit"],
            check["use"],
            check["verdict"],
        ]


# --- across structures --------------------------------------------------------------------------


def across(verdicts: Row) -> tuple[tuple[str, ...], list[list[str]]]:
    """A row for each structure: how many are inside, and which patterns are outside."""
    head = ("Structure", "Calibration inside", "Validation A-B inside", "Validation C-D inside", "Outside")
    found = []
    for name, rows in verdicts["structures"].items():
        outside = ", ".join(str(row["number"]) for row in rows if row["verdict"] == OUTSIDE)
        kinds = (("calibration", "ABCD"), ("validation", "AB"), ("validation", "CD"))
        found.append([name, *(str(counted(rows, *kind)) for kind in kinds), outside or "none"])
    return head, found


def failures(verdicts: Row) -> list[str]:
    """One line for each number that is outside somewhere: where, and its smallest and largest value."""
    structures = verdicts["structures"]
    lines = []
    for p, row in enumerate(next(iter(structures.values()))):
        for c, check in enumerate(row["checks"]):
            there = {name: rows[p]["checks"][c] for name, rows in structures.items()}
            where = {name: found["mean"] for name, found in there.items() if found["verdict"] == OUTSIDE}
            if where:
                lines.append(_failure(row, check, where, len(structures)))
    return lines or ["Nothing is outside anywhere."]


def _failure(row: Row, check: Row, where: Mapping[str, float], structures: int) -> str:
    values = sorted(where.values())
    span = number(values[0]) if len(values) == 1 else f"{number(values[0])} to {number(values[-1])}"
    places = "every structure" if len(where) == structures > 1 else ", ".join(where)
    return (
        f"Pattern {row['number']} ({row['grade']}, {check['use']}), {check['what']}: {span} ({check['unit']}) where "
        f"{accepted(check)} is accepted, in {places}."
    )


# --- Markdown -----------------------------------------------------------------------------------


def to_markdown(verdicts: Row) -> str:
    """The tables, without a title, for a page or a file of their own."""
    structures = verdicts["structures"]
    parts = [about(verdicts), GRADES, VERDICTS]
    if len(structures) > 1:
        parts += ["## What fails where", "\n".join(f"- {line}" for line in failures(verdicts))]
        parts += ["## Every structure", markdown_table(*across(verdicts))]
    first = next(iter(structures))
    parts += [f"## Every pattern: {titled(first)}", summary(structures[first])]
    parts.append(markdown_table(HEAD, [line for row in structures[first] for line in cells(row)]))
    return "\n\n".join([*parts, NOTE]) + "\n"


def titled(name: str) -> str:
    """A structure's name in a heading."""
    return "the default structure" if name == DEFAULT else name


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    return "\n".join([_line(head), _line(["---"] * len(head)), *(_line(row) for row in rows)])


def _line(texts: Sequence[str]) -> str:
    return f"| {' | '.join(text.replace('|', '/').replace(chr(10), ' *') + '*' * (chr(10) in text) for text in texts)} |"


# --- HTML ---------------------------------------------------------------------------------------


def to_html(verdicts: Row) -> str:
    """One page with everything that it needs in it."""
    structures = verdicts["structures"]
    sections = [_section(name, rows) for name, rows in structures.items()]
    if len(structures) > 1:
        table = Table("Patterns inside their ranges, by structure", *across(verdicts))
        sections.insert(
            0, Section("structures", "Every structure", points=failures(verdicts), tables=[table])
        )
    first = next(iter(structures))
    return html(
        Page(
            title="What does the model get right, and what wrong?",
            kicker="CollabSim, a simulator of partnerships between agencies",
            answers=[(f"{titled(first).capitalize()}.", summary(structures[first]))],
            answers_note=VERDICTS,
            note=f"{NOTE} {about(verdicts)}",
            sections=sections,
        )
    )


def _section(name: str, rows: Sequence[Row]) -> Section:
    key = name.replace("+", "-")
    tables = [_pattern_table(row) for row in rows]
    return Section(
        key, titled(name).capitalize(), [summary(rows), GRADES], tables=tables, folded=name != DEFAULT
    )


def _pattern_table(row: Row) -> Table:
    """A table of one pattern, under its words."""
    caption = (
        f"{row['number']}. {row['statement']}. Source: {row['source']}; grade {row['grade']}; {row['use']}. "
    )
    how = f"In the model: {row['how']}. " if row["how"] else ""
    return Table(f"{caption}{how}Verdict: {row['verdict']}.", HEAD[1:], [line[1:] for line in cells(row)])
