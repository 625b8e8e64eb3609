"""Writes docs/explanation/what-the-model-gets-right-and-wrong.md anew: every pattern, every structure.

python benchmarks/validation.py [--replicates 100] [--others 10] [--text-only]

The default structure gets more replicates than the others, which need fewer to show what fails everywhere. About
4 minutes of one core for the default and half a minute for each of the 16 others. Verdicts are kept in
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


def measure(replicates: int, others: int) -> None:
    """Measure what is not kept yet of this model, a structure at a time."""
    kept = _kept(replicates, others)
    for name in variants():
        if name not in kept.get("structures", {}):
            found = to_json(validate((name,), replicates if name == DEFAULT else others))
            structures = {**kept.get("structures", {}), **found["structures"]}
            if name == DEFAULT:
                found["otherwise"] = measured(Lab(replicates=replicates, finer=FINER))
            kept = {**found, **kept, "structures": structures, "replicates_of_others": others}
            KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"{name} done", flush=True)


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
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--others", type=int, default=10)
    parser.add_argument("--text-only", action="store_true")
    options = parser.parse_args()
    if not options.text_only:
        KEPT.parent.mkdir(exist_ok=True)
        measure(options.replicates, options.others)
    PAGE.write_text(page(json.loads(KEPT.read_text(encoding="utf-8"))), encoding="utf-8")
    print(f"{PAGE} written")


if __name__ == "__main__":
    main()
