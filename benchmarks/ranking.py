"""The ranking of the enablers, from sweep to page, in one command (`make ranking`).

    python benchmarks/ranking.py                  # sweep what is missing, rank, write the page
    python benchmarks/ranking.py --size 1024      # a larger design; keeps the runs that are there
    python benchmarks/ranking.py rank             # no runs: rank what is in results/ and write the page
    python benchmarks/ranking.py page             # no results needed: the page again from the stored summaries

Summaries go to benchmarks/results/enabler-ranking.json, the page to docs/explanation/enabler-ranking.md. Other
summaries benchmarks/results/enabler-ranking-*.json are added to the page in the order of their names.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from ranking_markdown import page

from collabsim.analysis.ranking import CannotRank, Ranking, rank
from collabsim.analysis.ranking_json import as_json, origin
from collabsim.analysis.ranking_words import luck_sentence
from collabsim.experiment.design import read_experiment
from collabsim.experiment.execute import run_sweep
from collabsim.experiment.results import load_results

ROOT = Path(__file__).parents[1]
STORED = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "explanation" / "enabler-ranking.md"
STUDIES = {"ranking": "enabler-ranking", "screening": "enabler-screening"}
IN_FULL = ("trust_last_six", "sharing_last_six", "case_outcome_last_six")
"""Outcomes whose whole table is on the page; the others get a line each."""
IN_A_LINE = (
    "enabler",
    "title",
    "index",
    "low",
    "high",
    "p_first",
    "p_top3",
    "p_top5",
    "above_noise",
    "words",
)


def sweep(name: str, folder: Path, changes: Mapping[str, int]) -> dict[str, Any]:
    """Run what the folder lacks; what it took, here and in the worker processes."""
    began, before = time.time(), _cpu()
    there = _runs(folder)
    ending = run_sweep(read_experiment(name, changes), folder)
    if ending.status:
        sys.exit(ending.sentence)
    return {"runs": _runs(folder) - there, "wall_s": time.time() - began, "cpu_s": _cpu() - before}


def _added(before: Mapping[str, Any], now: Mapping[str, Any], took: Mapping[str, Any]) -> Mapping[str, Any]:
    """What all runs took, if the earlier ones were of the same model."""
    same = before.get("origin", {}).get("code") == now["origin"]["code"]
    earlier = before.get("took") if same else None
    if not earlier or took.get("runs") == now["origin"]["runs"]:
        return took
    return {key: earlier[key] + took.get(key, 0) for key in earlier}


def _runs(folder: Path) -> int:
    return len(load_results(folder, [], design_columns=False).runs) if (folder / "plan.json").exists() else 0


def _cpu() -> float:
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def summary(folder: Path, *, emulator: bool) -> dict[str, Any]:
    """The rankings of one study for every outcome, small enough to be kept."""
    results = load_results(folder, design_columns=False)
    found, refused = {}, []
    for name in results.outcomes:
        full = name in IN_FULL
        try:
            ranking = rank(results, name, pawn=full, details=full, emulator=emulator and full)
        except CannotRank as error:
            refused.append(str(error))
            continue
        found[name] = _kept(ranking)
    return {"origin": {**origin(results), "complete": results.complete, "digest": results.digest},
            "outcomes": found, "refused": refused}  # fmt: skip


def _kept(ranking: Ranking) -> dict[str, Any]:
    """What the page needs of a ranking, rounded."""
    content = as_json(ranking)
    for name in ("curves", "heat", "convergence", "weights", "case"):
        del content[name]
    content["luck_sentence"] = luck_sentence(ranking)
    content["interactions"] = content["interactions"][:6]
    if not content["effects"]:  # a line on the page
        content["table"] = [{key: row[key] for key in IN_A_LINE} for row in content["table"]]
    rounded: dict[str, Any] = _rounded(content)
    return rounded


def _rounded(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_rounded(value) for value in content]
    return float(f"{content:.4g}") if isinstance(content, float) else content


def _lines(kept: Mapping[str, Any]) -> str:
    """JSON with a line for each row of a table, so that changes can be read."""
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    return re.sub(r"\{[^{}\[\]]*\}", lambda row: " ".join(row[0].split()), text) + "\n"


def main() -> None:
    """Sweep, rank and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", nargs="?", choices=("all", "rank", "page"), default="all")
    parser.add_argument("--size", type=int, help="base points of the ranking's design")
    parser.add_argument("--replicates", type=int)
    parser.add_argument("--results", type=Path, default=ROOT / "results")
    parser.add_argument("--only", choices=tuple(STUDIES), help="one study alone")
    options = parser.parse_args()
    stored = STORED / "enabler-ranking.json"
    kept = json.loads(stored.read_text()) if stored.exists() else {}
    for key, name in STUDIES.items() if options.step != "page" else ():
        folder = options.results / name
        if options.only not in (None, key):
            continue
        changes = {"size": options.size} if options.size and key == "ranking" else {}
        changes |= {"replicates": options.replicates} if options.replicates else {}
        took = sweep(name, folder, changes) if options.step == "all" else {}
        found = summary(folder, emulator=key == "ranking")
        kept[key] = {**found, "took": _added(kept.get(key, {}), found, took)}
        stored.write_text(_lines(kept), encoding="utf-8")
    others = sorted(STORED.glob("enabler-ranking-*.json"))
    PAGE.write_text(page(kept, [json.loads(file.read_text()) for file in others]), encoding="utf-8")
    print(f"Written: {stored.relative_to(ROOT)} and {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
