"""Where the numbers come from, how to get them again, and what is missing."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from typing import Any

from collabsim import display, library
from collabsim.experiment_report.study import Study
from collabsim.report import Section, Table

MOST_TEXT = 20_000


def missing(study: Study) -> str:
    """What of the planned runs is not there, a sentence or two; empty when all is."""
    results = study.results
    failed, done = len(results.failures), len(results.runs)
    parts = []
    if not results.complete:
        share = display.percent((done + failed) / study.planned)
        parts.append(
            f"The sweep is not finished: {done + failed:,} of {study.planned:,} runs ({share}) are there, so all of this is "
            "preliminary; the same command goes on with it."
        )
    if failed:
        parts.append(_failures(study))
    nothing = int(results.runs[study.scalar].isna().sum())
    if nothing:
        parts.append(f"{nothing:,} of {done:,} runs have no number for this outcome and are left out.")
    return " ".join(parts)


def _failures(study: Study) -> str:
    failures = study.results.failures
    rows = failures["row"].nunique()
    words = " ".join(str(failures["error"].iloc[0]).split())[:200]
    return (
        f"{len(failures):,} of {study.planned:,} runs failed, in {rows:,} row{'s' * (rows != 1)}, and are left out (the "
        f"first: {words}); if they failed because of what was varied, what is left flatters those rows."
    )


# --- again --------------------------------------------------------------------------------------


def command(study: Study) -> str:
    """The command that makes these results again; empty where the experiment came from no file."""
    experiment = study.experiment
    text = file_text(study)
    if not text.strip():
        return ""
    name = experiment.name if _is_shipped(experiment.name, text) else f"{experiment.name}.toml"
    words = ["collabsim", "sweep", name, *_options(study), "--out", f"results/{experiment.name}-again"]
    return shlex.join(words)


def _is_shipped(name: str, text: str) -> bool:
    try:
        return library.shipped_path("experiments", name).read_text() == text
    except (LookupError, OSError):
        return False


def file_text(study: Study) -> str:
    """The experiment's file, as the results folder keeps it."""
    try:
        return (study.results.path / "experiment.toml").read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _options(study: Study) -> Iterator[str]:
    """What the command line may have changed, said in full: then it does not matter what the file says."""
    experiment = study.experiment
    yield from ("--replicates", str(study.replicates), "--seed", str(study.results.plan["seed"]))
    if experiment.years is not None:
        yield from ("--years", str(experiment.years))
    if "size" in experiment.design:
        yield from ("--size", str(experiment.design["size"]))


def section(study: Study) -> Section:
    """Provenance, the commands, and the experiment's own file."""
    plan, results = study.results.plan, study.results
    again = command(study)
    report = shlex.join(
        ["collabsim", "report", f"results/{study.experiment.name}-again", "--outcome", study.scalar]
    )
    same = "The same version, experiment, scenarios and seed give the same numbers, bit for bit, on any number of cores."
    return Section(
        "origin",
        "Where the numbers come from, and how to get them again",
        paragraphs=[same, *_from_where(study, again)],
        commands=[*([again, report] if again else [report]), *_file(study)],
        tables=[
            Table("Provenance", ["What", "Which"], _facts(study, plan)),
            Table("Scenarios", ["Name", "Title", "SHA-256 of all that a run depends on"], _scenarios(study)),
            *([_failure_table(study)] if len(results.failures) else []),
        ],
        folded=True,
    )  # fmt: skip


def _scenarios(study: Study) -> list[list[str]]:
    digests = study.results.plan["scenarios"].items()
    return [[str(name), study.titles.get(str(name), str(name)), str(digest)] for name, digest in digests]


def _from_where(study: Study, again: str) -> list[str]:
    if not again:
        return [
            "The experiment came from Python, not from a file: resolved.json in the results folder holds all of it."
        ]
    own = [name for name in study.results.plan["scenarios"] if str(name) not in library.scenario_names()]
    beside = (
        ""
        if again.split()[2] == study.experiment.name
        else f" Save the experiment below as {study.experiment.name}.toml"
    )
    beside += ", with the table that it names beside it" if beside and study.kind == "table" else ""
    beside += ", and from the results folder's “scenarios” the files that it names" if beside and own else ""
    return [
        f"To run it again, and to make this report:{beside}."
        if beside
        else "To run it again, and to make this report:"
    ]


def _file(study: Study) -> list[str]:
    text = file_text(study).strip()
    return [text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}\n…"] if text else []


def _facts(study: Study, plan: dict[str, Any]) -> list[list[str]]:
    code, machine = plan["code"], plan["machine"]
    rows = [
        ["Experiment", study.experiment.name],
        ["Version", f"CollabSim {code['collabsim']}, commit {plan.get('commit') or 'not known'}"],
        ["Model", f"digest of its rules and parameters: {code['model']}"],
        ["Libraries", ", ".join(f"{n} {v}" for n, v in code.items() if n not in ("collabsim", "model"))],
        [
            "Seed",
            f"{plan['seed']}, {'one luck for all rows' if study.common else 'luck of its own for each row'}",
        ],
        ["Runs", f"{len(study.results.runs):,} of {study.planned:,}; {len(study.results.failures):,} failed"],
        ["Design", f"{study.kind}, {len(study.results.design):,} rows, SHA-256 {plan['design']}"],
        ["Results", f"SHA-256 {study.results.digest}"],
        ["Machine", ", ".join(f"{name} {value}" for name, value in machine.items())],
        ["Begun (UTC)", str(plan["time"])],
    ]
    if plan.get("uncertainty"):
        rows.append(["Accepted ensemble", f"SHA-256 {plan['uncertainty']}"])
    return rows


def _failure_table(study: Study) -> Table:
    failures = study.results.failures
    counted = Counter(zip(failures["failure"].astype(str), failures["error"].astype(str), strict=True))
    rows = [[kind, " ".join(words.split())[:300], f"{n:,}"] for (kind, words), n in counted.most_common(20)]
    return Table("Runs that failed", ["Kind", "Error", "Runs"], rows)
