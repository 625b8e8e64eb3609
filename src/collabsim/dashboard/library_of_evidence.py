"""What the About page looks up: the crosswalk of the evidence, the parameters, the model's week, versions."""

from __future__ import annotations

from functools import cache

import collabsim
from collabsim import provenance
from collabsim.evidence import figures, words
from collabsim.evidence.crosswalk import SECTIONS, SEEDS, Row, crosswalk
from collabsim.model.week import SCHEDULE
from collabsim.parameters import PARAMETERS, Parameter
from collabsim.payloads import Payload, as_text


@cache
def evidence() -> str:
    """Every row of the crosswalk and every parameter, to search in."""
    rows = [_row(row) for row in crosswalk().values()]
    return as_text({"rows": [*rows, *(_parameter(p) for p in PARAMETERS)]})


def _row(row: Row) -> Payload:
    """One item of the source documents: what carries it, what was expected, what was measured."""
    return {
        "id": row.id,
        "kind": "evidence",
        "what": row.item,
        "where": f"{SEEDS[row.seed]}: {SECTIONS[row.section]}",
        "carried": " ".join([row.mechanism, *(words.moved(move) for move in row.moves)]),
        "found": [
            f"{words.title(found)}: expected {found.expected}, measured {words.measured(found)}: {found.verdict}"
            for found in figures.of(row)
        ],
        "note": row.note,
    }


def _parameter(parameter: Parameter) -> Payload:
    return {
        "id": parameter.name,
        "kind": parameter.kind,
        "what": parameter.meaning,
        "where": f"{parameter.evidence}. Grade {parameter.grade}.",
        "carried": f"{parameter.unit}; usual {parameter.default}; {parameter.low:g} to {parameter.high:g}",
        "found": [],
        "note": "",
    }


@cache
def about() -> str:
    """The model's week, and which versions run."""
    libraries = provenance.libraries()
    return as_text(
        {
            "week": [{"name": name, "what": what} for name, what in SCHEDULE],
            "version": collabsim.__version__,
            "commit": provenance.commit() or "",
            "libraries": libraries,
        }
    )
