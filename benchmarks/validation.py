"""Writes docs/explanation/what-the-model-gets-right-and-wrong.md anew: every pattern, every structure.

python benchmarks/validation.py [--replicates 60] [--others 12] [--draws 160] [--text-only]

The default structure gets more replicates than the others, which need fewer to show what fails everywhere. About
10 minutes of one core for the default and a minute for each of the 16 others. Verdicts are kept in
benchmarks/results/validation.json, a structure at a time, so that a run that was stopped goes on; `--text-only`
writes the page from them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from collabsim.validation.lab import Lab
from collabsim.validation.otherwise import measured
from collabsim.validation.page import page
from collabsim.validation.report import FINER, model_digest, to_json, validate
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
    options = parser.parse_args()
    if not options.text_only:
        KEPT.parent.mkdir(exist_ok=True)
        measure(options.replicates, options.others, options.draws)
    PAGE.write_text(page(json.loads(KEPT.read_text(encoding="utf-8"))), encoding="utf-8")
    print(f"{PAGE} written")


if __name__ == "__main__":
    main()
