"""What survives, and what a budget buys: python benchmarks/robustness.py all [--folder DIR].

    run     the two sweeps (enablers-one-by-one, equal-cost) and a search for packages, into --folder
    page    what they show, as JSON in benchmarks/results for the page docs/explanation/enabler-ranking.md
    all     both

A sweep that is there already is completed, not run again. The model that the numbers belong to is named in the JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from collabsim.accepted import FILE
from collabsim.analysis.counts import number
from collabsim.analysis.robustness import Robustness, panel, robustness
from collabsim.analysis.robustness_words import sentences as survives
from collabsim.analysis.value import Value, value
from collabsim.analysis.value_words import PARTS, about
from collabsim.analysis.value_words import sentences as buys
from collabsim.experiment.results import Results, load_results
from collabsim.outcomes import find_scalar

RESULTS = Path(__file__).parent / "results"
COMMAND = "python benchmarks/robustness.py all"
OUTCOMES = ("trust_last_six", "quits_last_six", "case_outcome_last_six")
BUDGET = 100_000
SWEEPS = ("enablers-one-by-one", "equal-cost")
ENSEMBLE = "enablers-accepted"
"""The folder of the first sweep with every replicate drawn from the accepted ensemble, where there is one."""


def run(folder: Path) -> None:
    """The sweeps and the search, each by its command."""
    for name in SWEEPS:
        _command("sweep", name, "--out", str(folder / name))
    if FILE.exists():
        _command("sweep", SWEEPS[0], "--uncertainty", "accepted", "--out", str(folder / ENSEMBLE))
    search = ["--evaluations", "150", "--replicates", "4", "--fresh", "20"]
    _command(
        "packages", "mixed-partnership", "--budget", str(BUDGET), "--out", str(folder / "packages"), *search
    )


def _command(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "collabsim", *words], check=True)


def page(folder: Path) -> None:
    """Write both sections."""
    variants, equal = (load_results(folder / name, design_columns=False) for name in SWEEPS)
    packages = json.loads((folder / "packages" / "packages.json").read_text())
    _write("enabler-ranking-1-robustness", survival(variants))
    _write("enabler-ranking-2-money", money(equal, packages))
    if (folder / ENSEMBLE).exists():
        accepted = load_results(folder / ENSEMBLE, design_columns=False)
        _write("enabler-ranking-3-accepted", survival(accepted))


def _write(name: str, content: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def made(results: Results) -> dict[str, Any]:
    """Where a section comes from."""
    plan = results.plan
    code = plan["code"]
    return {
        "date": plan["time"][:10], "version": code["collabsim"], "model": code["model"][:12], "command": COMMAND,
        "runs": len(results.runs),
    }  # fmt: skip


# --- what survives ------------------------------------------------------------------------------


def survival(results: Results) -> dict[str, Any]:
    """The enablers over the sixteen structural variants."""
    found = [robustness(panel(results, name)) for name in OUTCOMES]
    states, replicates = len(found[0].panel.states), results.plan["replicates"]
    method = (
        f"Each enabler alone, at the dose that the cost table prices, against the partnership as it is, in {states} "
        f"structural variants of the model and under the same luck: {replicates} replicates of {len(results.design)} rows. "
        "Differences are paired. A Sobol' design in each variant would take a hundred times as many runs; it would tell "
        "how doses work together, which this does not. Doses are not of equal cost: the next section is about that."
    )
    said = [" ".join(survives(r)) for r in found]
    named = "; ".join(f"{number}: {state}" for number, state in enumerate(found[0].panel.states, 1))
    heading = "What survives the structural variants"
    if "member" in results.runs:
        heading += ", with accepted uncertainties"
        method += " Every replicate draws a member of the accepted ensemble, so that intervals are over members and luck."
    return {
        "heading": heading,
        "made": made(results),
        "paragraphs": [method, *said, f"The variants: {named}."],
        "tables": [_place_table(found[0]), *(_survival_table(r) for r in found)],
    }


def _place_table(found: Robustness) -> dict[str, Any]:
    """The place of every enabler in every variant, at one look."""
    ordered = found.place.loc[list(found.table["policy"])]
    numbers = [f"{number}" for number in range(1, len(ordered.columns) + 1)]
    rows = [[name, *map(str, row)] for name, row in zip(ordered.index, ordered.to_numpy(), strict=True)]
    title = find_scalar(found.panel.outcome)[0].title
    return {
        "caption": f"{title}: the place of each enabler in each variant",
        "head": ["Enabler", *numbers],
        "rows": rows,
    }


def _survival_table(found: Robustness) -> dict[str, Any]:
    head = [
        "Enabler",
        "Gain",
        "95% interval",
        "Place in the usual model",
        "Places over variants",
        "Largest regret",
    ]
    rows = [
        [
            row["policy"], f"{row['gain']:+.3f}", f"{row['low']:+.3f} to {row['high']:+.3f}", f"{row['place']}",
            f"{row['best_place']} to {row['worst_place']}", f"{row['max_regret']:.3f}",
        ]
        for row in found.table.to_dict("records")
    ]  # fmt: skip
    outcome, _ = find_scalar(found.panel.outcome)
    better = "more" if found.panel.better == "higher" else "less"
    caption = (
        f"{outcome.title} ({outcome.unit}, {better} is better), mean over variants; W = {found.agreement:.2f}"
    )
    return {"caption": caption, "head": head, "rows": rows}


# --- what money buys ----------------------------------------------------------------------------


def money(results: Results, packages: dict[str, Any]) -> dict[str, Any]:
    """What budgets buy, one lever at a time and in packages."""
    found = [value(results, name) for name in OUTCOMES]
    method = (
        f"Every lever that the cost table prices, alone, at the dose that a budget buys; {about(found[0])}. How often a "
        "lever is first is counted over these worlds. Cash and staff time are one budget and are shown apart; set-up is "
        "spread over ten years."
    )
    said = [" ".join(list(buys(v))[: len(v.budgets)]) for v in found]
    harmful = [s for v in found for s in list(buys(v))[len(v.budgets) :] if s.startswith("Money")]
    last = list(buys(found[0]))[-1]
    searched = [
        f"A package. {' '.join(packages['sentences'])} (A search of {packages['evaluated']} packages, "
        f"{packages['replicates']} replicates each, and {packages['fresh_replicates']} on fresh seeds.)"
    ]
    return {
        "heading": "What a budget buys",
        "made": made(results),
        "paragraphs": [method, *said, *harmful, last, *searched],
        "tables": [_money_table(v, budget) for v in found[:1] for budget in v.budgets]
        + [_money_table(v, v.budgets[1]) for v in found[1:]],
    }


def _money_table(found: Value, budget: float) -> dict[str, Any]:
    head = ["Lever", "Gain", "95% interval", "Cash a year", "Staff time a year", "Funder gives up a year", "Set-up a year",
            "Gain per £10,000 (90% of worlds)",
            f"First, of {found.worlds} worlds", f"Top 3, of {found.worlds} worlds"]  # fmt: skip
    table = found.table[found.table["budget"] == budget]
    rows = [_money_row(row, found.worlds) for row in table[table["clear"]].to_dict("records")]
    unclear = len(table) - len(rows)
    title = find_scalar(found.outcome)[0].title
    caption = (
        f"{title}: £{budget:,.0f} a year on one lever ({unclear} more cannot be told from nothing, or lose)"
    )
    return {"caption": caption, "head": head, "rows": rows}


def _money_row(row: dict[Any, Any], worlds: int) -> Sequence[str]:
    return [
        row["lever"], f"{row['gain']:+.4f}", f"{row['low']:+.4f} to {row['high']:+.4f}",
        *(f"£{row[part]:,.0f}" for part in PARTS),
        f"{row['per_10k']:.4f} ({row['per_10k_low']:.4f} to {row['per_10k_high']:.4f})",
        number(row["p_first"], worlds), number(row["p_top3"], worlds),
    ]  # fmt: skip


def main(words: Iterable[str] | None = None) -> None:
    """Do what the words say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("run", "page", "all"))
    parser.add_argument("--folder", type=Path, default=Path("results"))
    given = parser.parse_args(None if words is None else list(words))
    if given.what in ("run", "all"):
        run(given.folder)
    if given.what in ("page", "all"):
        page(given.folder)


if __name__ == "__main__":
    main()
