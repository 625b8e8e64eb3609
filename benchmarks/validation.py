"""Writes docs/explanation/what-the-model-gets-right-and-wrong.md anew: every pattern, every structure.

python benchmarks/validation.py [--replicates 60] [--others 12] [--draws 160] [--text-only] [--again 43 44]

The default structure gets more replicates than the others, which need fewer to show what fails everywhere. About
10 minutes of one core for the default and a minute for each of the 16 others. Verdicts are kept in
benchmarks/results/validation.json, a structure at a time, so that a run that was stopped goes on; `--text-only`
writes the page from them. `--again` measures the patterns of these numbers anew in every structure that is kept, for when
a pattern's measure has changed and the model's results have not.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from collabsim.provenance import commit, model_digest
from collabsim.validation.kinds import judged
from collabsim.validation.lab import Lab
from collabsim.validation.otherwise import OTHERS, measured
from collabsim.validation.page import page
from collabsim.validation.patterns import PATTERNS
from collabsim.validation.report import FINER, Report, to_json, validate
from collabsim.validation.structures import DEFAULT, variants

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "benchmarks/results/validation.json"
PAGE = ROOT / "docs/explanation/what-the-model-gets-right-and-wrong.md"


def measure(replicates: int, others: int, draws: int) -> None:
    """Measure what is not kept yet of this model, a structure at a time."""
    kept = _kept(replicates, others)
    for name in variants():
        if name not in kept.get("structures", {}):
            found = _default(replicates, draws) if name == DEFAULT else to_json(validate((name,), others))
            known = {**kept.get("structures", {}), **found["structures"]}
            structures = {known_one: known[known_one] for known_one in variants() if known_one in known}
            kept = {**found, **kept, "structures": structures, "replicates_of_others": others}
            KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"{name} done", flush=True)


def _default(replicates: int, draws: int) -> dict[str, Any]:
    """The default structure, with more draws for patterns 7 and 10, and what other measures give."""
    found = to_json(validate((DEFAULT,), replicates, draws=draws))
    lab = Lab(variants()[DEFAULT], {}, replicates, FINER, draws)
    return {**found, "draws": replicates * draws, "otherwise": measured(lab)}


def measure_again(numbers: Sequence[int], draws: int) -> None:
    """Measure some patterns anew; what is kept of the others stays as it is, and both say of which sources they are."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    for name, rows in kept["structures"].items():
        count = kept["replicates"] if name == DEFAULT else kept["replicates_of_others"]
        lab = Lab(variants()[name], {}, count, FINER, draws)
        fresh = {row["number"]: row for row in _rows(name, lab, numbers)}
        kept["structures"][name] = [fresh.get(row["number"], row) for row in rows]
        if name == DEFAULT:
            kept["otherwise"] = _otherwise_again(kept["otherwise"], lab, numbers)
        print(f"{name} done", flush=True)
    now = {"model": model_digest(), "commit": commit()}
    kept["again"] = {**kept.get("again", {}), **{str(number): now for number in sorted(numbers)}}
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _rows(name: str, lab: Lab, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of some patterns in one structure."""
    found = [judged(pattern, lab) for pattern in PATTERNS if pattern.number in numbers]
    rows: list[dict[str, Any]] = to_json(Report({name: found}, lab.replicates, lab.seed))["structures"][name]
    return rows


def _otherwise_again(kept: list[dict[str, Any]], lab: Lab, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The other measures: of these patterns anew, of the rest as they are kept, in the table's order."""
    fresh = measured(lab, [other for other in OTHERS if other.number in numbers])
    known = {one["what"]: one for one in [*kept, *fresh]}
    return [known[other.what] for other in OTHERS]


def _kept(replicates: int, others: int) -> dict[str, Any]:
    """The verdicts that are kept, if they are of this model and as many replicates."""
    if not KEPT.exists():
        return {}
    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    same = (kept["model"], kept["replicates"], kept["replicates_of_others"])
    return kept if same == (model_digest(), replicates, others) else {}


def main() -> None:
    """Measure, keep and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--replicates", type=int, default=60)
    parser.add_argument("--others", type=int, default=12)
    parser.add_argument("--draws", type=int, default=160, help="for each replicate of the default structure")
    parser.add_argument("--text-only", action="store_true")
    parser.add_argument("--again", type=int, nargs="+", metavar="PATTERN", help="measure only these anew")
    options = parser.parse_args()
    if options.again:
        measure_again(options.again, options.draws)
    elif not options.text_only:
        KEPT.parent.mkdir(exist_ok=True)
        measure(options.replicates, options.others, options.draws)
    PAGE.write_text(page(json.loads(KEPT.read_text(encoding="utf-8"))), encoding="utf-8")
    print(f"{PAGE} written")


if __name__ == "__main__":
    main()
