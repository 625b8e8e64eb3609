"""The answer on a terminal: a table and four sentences, 80 columns wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from collabsim import display
from collabsim.outcomes import OUTCOME
from collabsim.provenance import NOTE
from collabsim.short_term_funding.sentences import Answer
from collabsim.short_term_funding.study import ASKED, CONTROL, LONG, PERIODS, PERMANENT, SHORT, Study

WIDTH = 80
TITLE = "What does short-term funding do to a partnership?"
_HEADS = {LONG: ("36", "months"), PERMANENT: ("", "permanent"), CONTROL: ("36 mo.,", "equal*")}
_WORDS, _LEVEL, _NUMBER = 29, 7, 8  # widths of the columns
_WIDE = {PERMANENT: 11, CONTROL: 9}


def text(study: Study, answers: list[Answer]) -> str:
    """Everything that is printed."""
    lines = [TITLE, "", *_caption(study), "", *_table(study), "", *_footnote(study), ""]
    for number, answer in enumerate(answers, 1):
        lines += [*_wrapped(f"{number}. {answer.about}", "   "), *_indented(answer.text), ""]
    lines += [*_wrapped("In square brackets: 95% intervals over the simulated partnerships' luck."), ""]
    return "\n".join([*lines, NOTE])


def _caption(study: Study) -> list[str]:
    kept = f"over {PERIODS[study.period]} of {study.years}"
    runs = f"{study.replicates:,} simulated partnerships of each kind, {kept}"
    return _wrapped(
        f"Grants of 12 months and longer ones: {runs}. The first column is the level under 12-month grants, "
        "the others are differences from it; ± is half the width of a difference's 95% interval."
    )


def _footnote(study: Study) -> list[str]:
    control = (
        "* 36-month grants that are no likelier to go on from one year to the next than 12-month grants: "
        "what is left is not arithmetic."
    )
    doubt = "? We cannot tell: the interval includes zero, or there are too few replicates for one."
    return [*_wrapped(control), *(_wrapped(doubt) if _any_doubt(study) else [])]


def _indented(sentence: str) -> list[str]:
    return [f"   {line}" for line in textwrap.wrap(sentence, WIDTH - 3, break_on_hyphens=False)]


def _wrapped(sentence: str, indent: str = "") -> list[str]:
    return textwrap.wrap(sentence, WIDTH, subsequent_indent=indent, break_on_hyphens=False)


# --- the table ----------------------------------------------------------------------------------


def _table(study: Study) -> Iterator[str]:
    others = [label for label in study.scenarios if label != SHORT]
    for row in (0, 1):
        heads = [_head(label)[row].rjust(_width(label)) for label in others]
        yield " " * _WORDS + _head(SHORT)[row].rjust(_LEVEL) + "".join(heads)
    yield "-" * (_WORDS + _LEVEL + sum(_width(label) for label in others))
    for name in ASKED:
        yield from _rows(study, name, others)


def _head(label: str) -> tuple[str, ...]:
    return _HEADS.get(label) or tuple(label.split(" ", 1))


def _width(label: str) -> int:
    return _WIDE.get(label, _NUMBER)


def _rows(study: Study, name: str, others: list[str]) -> Iterator[str]:
    """Two lines of one outcome: its levels and differences, and what these may be off by."""
    outcome = OUTCOME[name]
    scale = display.scale(outcome)
    found = {label: study.difference(label, name).difference for label in others}
    level = scale.bare(study.difference(SHORT, name).base.mean).rjust(_LEVEL)
    changes = "".join(
        (scale.change(f.mean) + ("" if f.excludes_zero else "?")).rjust(_width(k)) for k, f in found.items()
    )
    yield f"{outcome.title.ljust(_WORDS)}{level}{changes}"
    halves = [scale.half_width(f).rjust(_width(k)) for k, f in found.items()]
    yield f"  {scale.unit}".ljust(_WORDS + _LEVEL) + "".join(halves)


def _any_doubt(study: Study) -> bool:
    others = [label for label in study.scenarios if label != SHORT]
    return not all(
        study.difference(label, name).difference.excludes_zero for label in others for name in ASKED
    )
