"""Writes docs/explanation/what-the-model-gets-right-and-wrong.md anew: every pattern, every structure.

python benchmarks/validation.py [--replicates 60] [--others 20] [--text-only]

The default structure gets more replicates than the others, which need fewer to show what fails everywhere. About
3 minutes of one core for the default and 1 for each of the 17 other structures. Verdicts are kept in
benchmarks/results/validation.json; `--text-only` writes the page from them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from collabsim.validation.page import page
from collabsim.validation.report import to_json, validate
from collabsim.validation.structures import DEFAULT, variants

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "benchmarks/results/validation.json"
PAGE = ROOT / "docs/explanation/what-the-model-gets-right-and-wrong.md"


def measured(replicates: int, others: int) -> dict[str, Any]:
    """The verdicts of every structure."""
    first = validate((DEFAULT,), replicates)
    print(f"{DEFAULT} done", flush=True)
    found = {**to_json(first), "replicates_of_others": others}
    for name in list(variants())[1:]:
        found["structures"] |= to_json(validate((name,), others))["structures"]
        print(f"{name} done", flush=True)
    return found


def main() -> None:
    """Measure, keep and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--replicates", type=int, default=60)
    parser.add_argument("--others", type=int, default=20)
    parser.add_argument("--text-only", action="store_true")
    options = parser.parse_args()
    if not options.text_only:
        KEPT.parent.mkdir(exist_ok=True)
        verdicts = measured(options.replicates, options.others)
        KEPT.write_text(json.dumps(verdicts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(json.loads(KEPT.read_text(encoding="utf-8"))), encoding="utf-8")
    print(f"{PAGE} written")


if __name__ == "__main__":
    main()
