"""The pages of the documentation that are written from the crosswalk: the crosswalk itself, and the tour of scenarios."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from collabsim.evidence import figures, words
from collabsim.evidence.crosswalk import SECTIONS, SEEDS, Row, crosswalk, stands_for
from collabsim.library import SCENARIO_GROUPS, scenario_names
from collabsim.scenario import Scenario, load_scenario

COMMAND = "python -m collabsim.evidence"


def pages() -> dict[str, str]:
    """File below `docs/` -> its text."""
    return {"reference/crosswalk.md": crosswalk_page(), "reference/scenarios.md": scenarios_page()}


def write_pages(docs: Path) -> None:
    """Write the pages into a folder of documentation."""
    for name, text in pages().items():
        (docs / name).write_text(text, encoding="utf-8")


# --- the crosswalk ------------------------------------------------------------------------------


def crosswalk_page() -> str:
    """The page of all rows."""
    rows = list(crosswalk().values())
    parts = [_introduction(rows), "## What did not hold", *_failures(rows)]
    for section, heading in SECTIONS.items():
        parts += [f"## {heading}", _table_of([row for row in rows if row.section == section])]
    return "\n\n".join(parts) + "\n"


def _introduction(rows: Sequence[Row]) -> str:
    made = figures.read()[0]
    found = [figure for row in rows for figure in figures.of(row)]
    holds = sum(figure.verdict == "holds" for figure in found)
    whole = sum(all(f.verdict == "holds" for f in figures.of(row)) for row in rows)
    counts = Counter(row.section for row in rows)
    named = ", ".join(
        f"{counts[section]} {heading[0].lower()}{heading[1:]}" for section, heading in SECTIONS.items()
    )
    seeds = "\n".join(f"- {number}: {name}" for number, name in SEEDS.items())
    return f"""# The crosswalk

Five source documents name barriers to working together, what enables it, programmes and structures that tried, and
what helps communication: {len(rows)} items. Each is carried by something that exists in the model, and each says which
outcomes it should move, and which way. This page is written from the data by `{COMMAND}`, which measures every
arrow (`make crosswalk` does the same). `collabsim parameters --evidence B1` shows one row on the terminal, and
`collabsim parameters --evidence colocation` the rows of a group of levers.

**Coverage {len(rows)} of {len(rows)}** ({named}). **{holds} of {len(found)} arrows hold**; in {whole} rows all of them
do. An arrow holds when the 95% interval of the paired difference, under the same luck, lies on the expected side of
zero. A *flat* arrow holds when the whole interval is negligible (0.01 on a scale from 0 to 1 or of a share,
0.02 SD of case outcome, £1,000 a year).

Measured with {made.replicates} replicates over {made.years} years after the policy's start (two years under the
baseline before that), seed {made.seed}, CollabSim {made.version}, model `{made.model}`. With {len(found)} arrows at
95%, a handful would seem to hold or to fail by luck alone; arrows of one row, and rows that share a target, are not
independent. That an arrow holds says that the model does what the evidence says it should, not that the model is
right: many effects were put there on the strength of the same evidence. Illustrative, not a forecast.

Rows are those of the project's evidence crosswalk; the documents:

{seeds}"""


def _failures(rows: Sequence[Row]) -> list[str]:
    failed = [(row, figure) for row in rows for figure in figures.of(row) if figure.verdict != "holds"]
    if not failed:
        return ["Every arrow holds."]
    counts = Counter(words.VERDICTS[figure.verdict] for _, figure in failed)
    text = ", ".join(f"{count} *{word}*" for word, count in counts.most_common())
    text = (
        f"{len(failed)} arrows: {text}. *The other way*: the interval lies on the wrong side of zero. *No effect*: "
        "not one replicate changed. *Cannot tell*: the interval includes zero. *It moves*: it was expected to be flat."
    )
    lines = [
        (
            row.id,
            f"{words.title(f)} {f.expected}",
            words.measured(f),
            words.VERDICTS[f.verdict],
            figures.why(row, f),
        )
        for row, f in failed
    ]
    return [text, _table(("Row", "Expected", "Measured", "Verdict", "Why"), lines)]


def _table_of(rows: Iterable[Row]) -> str:
    lines = [
        (
            row.id,
            f"{_text(row.item)} <br>*{row.seed}*",
            "<br>".join(_text(text) for text in (row.mechanism, row.note) if text),
            "<br>".join(_moves(row)),
            "<br>".join(_arrows(row)),
        )
        for row in rows
    ]
    return _table(
        ("Row", "Item", "In the model", "What is moved", "Expected and measured"), lines, is_raw=True
    )


def _moves(row: Row) -> Iterable[str]:
    """What each move compares, numbered where there are several."""
    for number, move in enumerate(row.moves, 1):
        period = f" ({words.PERIODS[move.period]})" if move.period in words.PERIODS else ""
        yield f"{_number(row, number)}{_text(words.moved(move))}{period}"


def _arrows(row: Row) -> Iterable[str]:
    """Every arrow with its figure, and the verdict where it does not hold."""
    for figure in figures.of(row):
        verdict = "" if figure.verdict == "holds" else f", **{words.VERDICTS[figure.verdict]}**"
        text = f"{words.title(figure)} {figure.expected}: {words.measured(figure)}"
        yield f"{_number(row, figure.move)}{_text(text)}{verdict}"


def _number(row: Row, number: int) -> str:
    return f"({number}) " if len(row.moves) > 1 else ""


# --- the tour of scenarios ----------------------------------------------------------------------


def scenarios_page() -> str:
    """The page of all shipped scenarios."""
    scenarios = [load_scenario(name) for name in scenario_names()]
    parts = [
        f"""# The shipped scenarios

{len(scenarios)} scenarios are a tour of the source documents: every programme and case in them, and the barriers,
enablers and shocks that they speak of. Each gives the passage that it stands for, in `collabsim scenarios NAME` and in
its file, `scenarios/GROUP/NAME.toml`; rows are those of the [crosswalk](crosswalk.md), where each is measured. Sizes and
doses are assumed: they are illustrative, and none of them describes the real place it is named for. This page is
written from the files by `{COMMAND}`.

```
collabsim scenarios                                  # the tour, one line each
collabsim scenarios shocks                           # one group
collabsim scenarios grant-cliff                      # what one stands for, word for word
collabsim compare key-worker-leaves key-worker-leaves-with-backup   # two of them under the same luck
```"""
    ]
    for group, about in SCENARIO_GROUPS.items():
        members = [scenario for scenario in scenarios if scenario.group == group]
        parts += [f"## {group}", f"{about[0].upper()}{about[1:]}.", _tour(members)]
    return "\n\n".join(parts) + "\n"


def _tour(scenarios: Iterable[Scenario]) -> str:
    lines = [(f"`{s.name}`", _stands_for(s), _words(s), _rows_of(s)) for s in scenarios]
    return _table(("Scenario", "What it stands for", "In the words of", "Rows"), lines, is_raw=True)


def _stands_for(scenario: Scenario) -> str:
    return f"**{_text(scenario.title)}.** {_text(' '.join(scenario.about.split()))}"


def _words(scenario: Scenario) -> str:
    source = scenario.sources[0]
    return f"“{_text(source.passage)}” <br>*{_text(source.where.partition(' (')[0])}*"


def _rows_of(scenario: Scenario) -> str:
    return ", ".join(stands_for(scenario.name)) or "–"


# --- Markdown -----------------------------------------------------------------------------------


def _table(head: Sequence[str], lines: Iterable[Sequence[str]], *, is_raw: bool = False) -> str:
    rows = [head, ["---"] * len(head)]
    rows += [line if is_raw else [_text(cell) for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _text(text: str) -> str:
    """A text that Markdown shows as it is."""
    return re.sub(r"([\\`*_\[\]<>|$])", r"\\\1", text)
