"""The page of the ranking, from stored summaries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from collabsim.analysis.ranking_words import digits_for
from collabsim.analysis.together import Sums, share_words
from collabsim.display import number, percent

Stored = Mapping[str, Any]
FACTORS = 12
AIM = 1024
"""Base points at which the time is told."""


def page(kept: Stored, others: Sequence[Stored]) -> str:
    """The page as Markdown: the ranking, its doubt, and what other summaries add.

    Parameters
    ----------
    kept : mapping
        ``ranking`` and ``screening``, as `ranking.py` stores them.
    others : sequence of mapping
        Each with ``heading``, ``made``, ``paragraphs`` and ``tables``.
    """
    ranking, screening = kept["ranking"], kept.get("screening")
    parts = [*_head(ranking), *_order(ranking), *_lines(ranking), *_ways(ranking), *_together(ranking)]
    parts += [*_doubt(), *(_screening(screening) if screening else [])]
    for other in others:
        parts += _other(other)
    return "\n\n".join([*parts, *_made(kept, others)]) + "\n"


# --- the answer ---------------------------------------------------------------------------------


def _full(study: Stored) -> dict[str, Stored]:
    """The outcomes with details."""
    return {name: found for name, found in study["outcomes"].items() if found["effects"]}


def _head(study: Stored) -> list[str]:
    answers = [f"- {plain(found['answer'])}" for found in _full(study).values()]
    unfinished = (
        [] if study["origin"]["complete"] else
        [f"**These are the first {study['origin']['runs']:,} runs of a sweep that is not finished.**"]
    )  # fmt: skip
    return [
        "# Which enablers matter most",
        "Which of the fifteen enablers matter most for a partnership, and how sure is that? Illustrative, not a "
        "forecast: this is the order *in the model*, for the mixed partnership, with each enabler varied over its "
        "feasible doses. [Rank the enablers](../how-to/read-a-ranking.md) says how to read it.",
        *unfinished,
        "\n".join(answers),
    ]


def _order(study: Stored) -> list[str]:
    parts = []
    for found in _full(study).values():
        parts += [f"## {plain(found['title'])}", _READING, _table_of(found), _notes(found)]
    return parts


_READING = (
    "Indices are shares of the variance of the mean outcome over the design, 0-1 (an estimate may lie a little outside), "
    "luck taken off: *alone* without what one does with others, *total index* with it. *First*, *first three* and "
    "*first five* are shares of redraws of the design."
)


def _table_of(found: Stored) -> str:
    digits = digits_for([row["index"] for row in found["table"]])
    rows = [
        [row["place"], row["title"], number(row["index"], digits),
         f"{number(row['low'], digits)} to {number(row['high'], digits)}", number(row["first"], digits),
         percent(row["p_first"]), percent(row["p_top3"]), percent(row["p_top5"]), row["words"]]
        for row in found["table"]
    ]  # fmt: skip
    head = [
        "",
        "Enabler",
        "Total index",
        "95% interval",
        "Alone",
        "First",
        "First three",
        "First five",
        "How sure",
    ]
    return table(head, rows)


def _notes(found: Stored) -> str:
    """Luck, verdict, check and emulator in one paragraph."""
    emulation = found["emulation"] or {}
    sentences = [
        found["luck_sentence"],
        found["verdict"]["sentence"],
        *found["notes"],
        emulation.get("sentence", ""),
    ]
    if emulation.get("table"):
        totals = {row["enabler"]: row["total"] for row in emulation["table"]}
        apart = max(abs(row["total"] - totals[row["enabler"]]) for row in found["table"])
        sentences.append(f"The emulator's total indices lie within {number(apart, 2)} of the direct ones.")
    return plain(" ".join(sentence for sentence in sentences if sentence))


def _lines(study: Stored) -> list[str]:
    rows = []
    for found in study["outcomes"].values():
        apart = [row for row in found["table"] if row["above_noise"]]
        first = "; ".join(f"{row['title']} ({number(row['index'], 2)})" for row in apart[:3])
        rows.append([
            found["title"], first or "none can be told from nothing", f"{len(apart)} of {len(found['table'])}",
            percent(found["luck"]["share"]),
        ])  # fmt: skip
    text = (
        "The first three for each outcome with their total indices (shares of its variance, 0-1); how many of the "
        "fifteen can be told from nothing; and the share of luck in single runs."
    )
    refused = [plain(sentence) for sentence in study["refused"]]
    return ["## Every outcome", text, table(["Outcome", "First three", "Told apart", "Luck"], rows), *refused]


# --- how ----------------------------------------------------------------------------------------


def _ways(study: Stored) -> list[str]:
    parts = [
        "## Which way they push",
        "The change of the mean outcome from the lowest to the highest eighth of the doses, all else varying.",
    ]
    for found in _full(study).values():
        told = [row for row in found["effects"] if row["direction"] != "unclear"]
        told = sorted(told, key=lambda row: -abs(row["change"]))[:FACTORS]
        digits = digits_for([row["change"] for row in told]) if told else 2
        rows = [
            [f"`{row['factor']}`", f"{row['low_value']} to {row['high_value']}", number(row["change"], digits, signed=True),
             f"{number(row['low'], digits, signed=True)} to {number(row['high'], digits, signed=True)}", row["words"]]
            for row in told
        ]  # fmt: skip
        parts.append(f"**{plain(found['title'])}** ({plain(found['unit'])})")
        parts.append(table(["Lever", "Doses", "Change", "95% interval", "In words"], rows))
    return parts


def _together(study: Stored) -> list[str]:
    rows = []
    for found in _full(study).values():
        pairs = [
            f"`{row['first']}` with `{row['second']}` {row['share']:.1%}" for row in found["interactions"][:3]
        ]
        rows.append(
            [found["title"], *_sums(found["sums"]), "; ".join(pairs) or "none can be told from chance"]
        )
    text = (
        "*Alone* is the sum of first-order indices, *total* that of total indices, of what varies in the mean outcome, with "
        "95% intervals. Both would be 100% if enablers did nothing together. What they do together counts in two total "
        "indices or more, so it is no more than what *total* exceeds 100% by. That *alone* is below 100% proves nothing "
        "by itself: its estimate errs as well. The strongest pairs of levers stand with their share of what varies (or "
        "more: it is measured in coarse bins), each told from chance by itself; a pair of one enabler's levers is part of "
        "what that enabler does alone."
    )
    head = ["Outcome", "Alone", "Total", "Together", "Strongest pairs"]
    return ["## What works together", text, table(head, rows)]


def _sums(stored: Stored) -> list[str]:
    """What enablers do alone, the sum of their total indices, and what they do together."""
    found = Sums(**stored)
    return [
        f"{percent(found.first)} ({percent(found.first_low)} to {percent(found.first_high)})",
        f"{percent(found.total)} ({percent(found.total_low)} to {percent(found.total_high)})",
        share_words(found),
    ]


def _doubt() -> list[str]:
    text = (
        "Intervals and probabilities hold the luck of the model and the size of the design. They do not hold doubt about "
        "the model's coefficients or its equations, nor whether the doses compared are of equal price: those are other "
        "questions, answered apart. Among the enablers that cannot be told from nothing some may still do something: "
        "they do less than these runs can show."
    )
    return ["## What this order does not say", text]


def _screening(study: Stored) -> list[str]:
    rows = []
    for found in study["outcomes"].values():
        apart = [f"`{row['enabler']}`" for row in found["table"] if row["above_noise"]]
        rows.append(
            [found["title"], f"{len(apart)} of {len(found['table'])}", ", ".join(apart[:8]) or "none"]
        )
    origin = study["origin"]
    text = (
        f"Morris's method over every single lever ({origin['design']['size']} trajectories, {origin['runs']:,} runs): which "
        "move the outcome more than a lever that does nothing, strongest first (at most eight are named)."
    )
    return ["## Which single levers do anything", text, table(["Outcome", "Told apart", "Strongest"], rows)]


# --- what others add, and where it comes from ---------------------------------------------------


def _other(stored: Stored) -> list[str]:
    parts = [f"## {plain(stored['heading'])}", *(plain(text) for text in stored["paragraphs"])]
    for one in stored["tables"]:
        parts += [plain(one["caption"]), table(one["head"], one["rows"])]
    return parts


def _made(kept: Stored, others: Sequence[Stored]) -> list[str]:
    rows = [_made_row(kept[key]) for key in ("ranking", "screening") if key in kept]
    for stored in others:
        made = stored["made"]
        rows.append([stored["heading"], f"{made['runs']:,}" if isinstance(made.get("runs"), int) else made.get("runs", ""),
                     str(made.get("date", ""))[:10], made.get("version", ""), str(made.get("model", ""))[:12],
                     f"`{made.get('command', '')}`"])  # fmt: skip
    head = ["What", "Runs", "Date", "Version", "Model", "Command"]
    text = (
        "This page is written by `python benchmarks/ranking.py` from `benchmarks/results/enabler-ranking*.json`; `make "
        "ranking` runs the sweeps as well. *Model* is the beginning of the hash of the model's sources: numbers of "
        "another model differ."
    )
    took = [_took(kept[key]) for key in ("ranking", "screening") if kept.get(key, {}).get("took")]
    return ["## How it was made", text, table(head, rows), *took, *_estimate(kept["ranking"])]


def _estimate(study: Stored) -> list[str]:
    """What the ranking takes at the size that the study aims at, from the time of one run."""
    origin = study["origin"]
    each = max(origin["seconds_per_run"].values(), default=0.0)
    enablers = len(next(iter(study["outcomes"].values()))["table"]) + 1  # the dummy
    runs = AIM * (enablers + 2) * origin["replicates"]
    if not each:
        return []
    took = study.get("took") or {}
    crowded = took["cpu_s"] / took["runs"] if took else each
    least, most = (runs * seconds / 2 / 60 for seconds in sorted((each, crowded)))
    return [
        f"A run took {1000 * each:.0f} ms of processor time when it was timed before the sweep, and "
        f"{1000 * crowded:.0f} ms in the sweep. So {AIM:,} base points with {origin['replicates']} replicates, {runs:,} "
        f"runs, take {least:.0f} to {most:.0f} minutes on two free cores: that is worked out, not timed."
    ]


def _made_row(study: Stored) -> list[Any]:
    origin = study["origin"]
    design, code = origin["design"], origin["code"]
    sizes = f"--size {design['size']} --replicates {origin['replicates']}"
    return [
        f"{origin['experiment']}: {design['kind']}, size {design['size']}, {origin['replicates']} replicates, "
        f"seed {origin['seed']}",
        f"{origin['runs']:,}", origin["time"][:10], code["collabsim"], code["model"][:12],
        f"`collabsim sweep {origin['experiment']} {sizes}`",
    ]  # fmt: skip


def _took(study: Stored) -> str:
    took, origin = study["took"], study["origin"]
    each = 1000 * took["cpu_s"] / max(took["runs"], 1)
    return (
        f"The {took['runs']:,} runs of {origin['experiment']} took {took['wall_s'] / 60:.1f} minutes on a machine of "
        f"{origin['machine']['cores']} cores: {took['cpu_s'] / 60:.1f} minutes of processor "
        f"time, {each:.0f} ms a run, start-up and compilation included."
    )


# --- Markdown -----------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table; what would end a cell or begin a tag is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value: Any) -> str:
    return plain(str(value)).replace("|", "\\|").replace("\n", " ")


def plain(text: str) -> str:
    """A text in which nothing is HTML; code in backticks stays as it is."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(
        piece if piece.startswith("`") else piece.replace("&", "&amp;").replace("<", "&lt;")
        for piece in pieces
    )
