"""Writes docs/explanation/speed.md and its figures from the stored figures: python benchmarks/speed_page.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import records
from bars import bars

Figures = Mapping[str, Any]
FOLDER = Path(__file__).parents[1] / "docs/explanation"
PARTS = ("speed", "limit", "peers", "scale", "cold_start", "replicates", "short")
OURS = "CollabSim"
ENGLAND_WEEKS = 52 * 12
WANTED_OF_LIMIT = 2  # how many times the limit a run was to take at most
SHORTEST = 0.005  # ms of a process that is listed


def files(found: Mapping[str, Figures | None]) -> dict[str, str]:
    """Return the page and its figures by file name, from the figures of each part (None: not taken)."""
    written = {}
    parts = [HEAD]
    for name, section in SECTIONS:
        figures = found.get(name)
        parts += section(figures) if figures else []
    for name, draw in PICTURES:
        figures = found.get(name)
        written |= draw(figures) if figures else {}
    written["speed.md"] = "\n\n".join([*parts, *_made(found)]) + "\n"
    return written


HEAD = """# How fast it is

This page is written from the figures in `benchmarks/results/` by `make bench`, which takes them again. Every comparison has both
sides in one process, by turns, so that what else the machine does hits both; ratios are of medians, with 95% intervals. Seconds
are those of the machine named at the end: on another, trust the ratios."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def times(ratio: Figures, decimals: int = 0) -> str:
    """Write a ratio and its interval."""
    return f"{ratio['median']:,.{decimals}f} ({ratio['low']:,.{decimals}f} to {ratio['high']:,.{decimals}f})"


def ms(seconds: float) -> str:
    """Write milliseconds with about three digits."""
    value = 1000 * seconds
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


# --- sections ------------------------------------------------------------------------------------------


def one_run(found: Figures) -> list[str]:
    """Say how a run compares with plain Mesa."""
    taken = found["seconds_a_run"]
    built = [
        [
            name,
            ms(taken[f"{name}, building"]["median"]),
            ms(taken[name]["median"]),
            f"{ms(taken[name]['low'])} to {ms(taken[name]['high'])}",
        ]
        for name in ("plain Mesa", "compiled")
    ]
    both = taken["compiled, two cores"]
    built.append(["compiled, two cores", "", ms(both["median"]), f"{ms(both['low'])} to {ms(both['high'])}"])
    ratios = found["times_plain_mesa"]
    return [
        "## One run",
        f"The default partnership ({found['posts']} posts, {found['years']} years) in the compiled model and in plain Mesa: the program "
        "of `tests/reference/`, written from the declaration as Mesa models are written, which gives the same events and numbers. "
        f"The compiled model is **{times(ratios['one_core'])} times** as fast on one core, and **{times(ratios['two_cores'])} times** with "
        "replicates on two, Mesa using one.",
        table(["program", "building, ms", "a whole run, ms", "95% interval"], built),
        f"`collabsim run short-term-funding --replicates 1000` takes {found['thousand_seconds']:.1f} s, from the command to its last line, on both cores.",
    ]


def limit(found: Figures) -> list[str]:
    """Say how near the least possible it is, and where time goes."""
    parts = [
        "## The limit",
        "A compiled loop that does only what no program of this declaration can leave out, as often as a run does it (random words, "
        "exponentials and logarithms, every relationship, case and post touched), and decides nothing, takes "
        f"{ms(found['limit']['median'])} ms. A run takes {ms(found['kernel']['median'])} ms: {times(found['ratio'], 2)} times as long.",
    ]
    if found["ratio"]["median"] > WANTED_OF_LIMIT:
        parts.append(
            f"At most {WANTED_OF_LIMIT} times as long was aimed at, which is not reached. After each draw a run decides who meets, how it goes, who asks whom "
            "and what is answered, one after another, and looks up what these rest on here and there; the limit goes through its "
            "numbers several at a time. Living several replicates in one vector would come nearer, but every rule would have to be "
            "written for vectors, and could no longer be read as it is declared."
        )
    profile = found.get("profile")
    rows = [row for row in profile["processes"] if row["ms"] >= SHORTEST] if profile else []
    if rows:
        parts += [
            "Where the time of a run goes, process by process of `week.py`, each at its fastest, so that they add up to less than the median run above (those below 0.005 ms are left out):",
            table(
                ["process", "ms", "share"],
                [[f"`{r['process']}`", f"{r['ms']:.2f}", f"{r['share']:.0%}"] for r in rows],
            ),
        ]
    return parts


def peers(found: Figures) -> list[str]:
    """Say how other programs of the core compare, in time and in answers."""
    rows = [
        [name, *(ms(one[part]["median"]) for part in ("build", "step", "whole")), times(one["times_ours"], 1)]
        for name, one in found["times"].items()
    ]
    held = [
        [name, one["outcome"], f"{one['theirs']:.4f}", f"{one['ours']:.4f}", f"{one['difference']:+.4f} ({one['low']:+.4f} to {one['high']:+.4f})",
         f"{one['ks_p']:.2f}", str(one["replicates"])]
        for name, several in found["answers"].items()
        for one in several
    ]  # fmt: skip
    equal = "agrees number for number" if found["mesa_is_equal"] else "does NOT agree number for number"
    missing = (
        "" if "AgentPy" in found["times"] else " AgentPy was not installed when these figures were taken."
    )
    return [
        "## Other ways to write it",
        "The model's core (staff, grants, contacts, trust, cases and requests; declared in "
        "`benchmarks/peers/README.md`) in plain NumPy, vectorised by hand over pairs of posts, and in AgentPy; CollabSim and plain "
        "Mesa run it with everything else switched off, but still ask every week. In the batch NumPy lives "
        f"{found['batch']} runs at once, which pays its overhead once; the figures are for one of them.{missing}",
        "![Bars of the time of one run in each program](speed-peers.svg)",
        table(["program", "built, ms", "all weeks, ms", "whole run, ms", "times CollabSim's"], rows),
        f"The same answers: plain Mesa {equal}; the others, with generators of their own, in distribution. Means of replicates, the "
        "difference with its 95% interval, and the two-sample Kolmogorov-Smirnov test's p:",
        table(["program", "outcome", "theirs", "ours", "difference", "p", "replicates"], held),
        "mesa-frames is not compared: it cannot be installed beside the NumPy that CollabSim needs.",
    ]


def scale(found: Figures) -> list[str]:
    """Say what size costs."""
    parts = ["## Scale"]
    if "sizes" in found:
        rows = [
            [f"{r['posts']:,}", f"{r['localities']:,}", str(r["years"]), f"{r['seconds']:.3g}", f"{r['microseconds_per_post_week']:.2f}",
             _with_range(r), f"{r['peak_mb']:,.0f}"]
            for r in found["sizes"]["figures"]
        ]  # fmt: skip
        parts += [
            "One scenario of so many posts. Beyond 60 posts a partnership is dealt into localities, in which a post has about 20 "
            "counterparts, so that work grows with posts and not with their square. What still grows is memory, and with it the way to it: "
            "the last columns are the processor time of a post in a week against that of 45 posts, by turns in one process (the median "
            "round, and the range of all), and the most memory of that process.",
            table(
                [
                    "posts",
                    "localities",
                    "years",
                    "s a run",
                    "µs a post and week",
                    "times that of 45",
                    "peak MB",
                ],
                rows,
            ),
        ]
    if "england" in found:
        parts += _england(found["england"]["figures"])
    return parts


def _with_range(row: Figures) -> str:
    low, high = row["times_the_smallest_range"]
    return f"{row['times_the_smallest']:.2f} ({low:.2f} to {high:.2f})"


def _england(found: Figures) -> list[str]:
    spread = [
        [size, *(f"{q:.3f}" for q in quantiles)]
        for size, quantiles in sorted(found["trust_5_50_95"].items(), key=lambda item: int(item[0]))
    ]
    per_post = found["processor_seconds"] / found["posts"]
    return [
        "### A million posts",
        f"`collabsim sweep england`: {found['posts']:,} posts in {found['partnerships']:,} local partnerships, ten years after two of burn-in, on two "
        f"cores: **{found['wall_seconds'] / 60:.1f} minutes** ({found['processor_seconds'] / 60:.1f} of processor time, everything included), "
        f"**{found['peak_mb']:,.0f} MB** at most (the command itself {found['peak_parent_mb']:,.0f}), {found['disk_mb']:,.0f} MB on disk, where every "
        "partnership's months are written when it ends. Processor time per post and week, start, files and messages included, is "
        f"{found['times_the_smallest']:.2f} times that of one partnership of 45 posts alone. England is the yardstick of size only. It is no forecast for England: no real place is meant.",
        "How far partnerships of one size come apart by luck alone, trust in the last year (5%, median, 95%). Between the sizes it is not luck: one of 45 posts is a single place, larger ones are dealt into localities of fewer counterparts ([Compare policies, not sizes](limits.md#compare-policies-not-sizes)):",
        table(["posts", "5%", "median", "95%"], spread),
        "### Further: ensembles on a cluster",
        "The arithmetic, with this machine's figures:",
        f"- processor time = posts × years × {1e3 * per_post / 12:.2f} ms, burn-in years counted;",
        f"- so a million posts for 12 years is {found['processor_seconds'] / 3600:.2f} core-hours, and an ensemble of 1,000 such nations "
        f"{found['processor_seconds'] / 3.6:,.0f}: {found['processor_seconds'] / 3.6 / 1000:.1f} hours on 1,000 cores;",
        f"- disk = partnerships × {1e3 * found['disk_mb'] / found['partnerships']:.1f} kB with all months kept; "
        f"memory = {(found['peak_mb'] - found['peak_parent_mb']) / 2:,.0f} MB for each worker, whatever the number of runs.",
        "[A million posts](../how-to/run-a-nation.md) says how; [Run a sweep on a cluster](../how-to/run-on-a-cluster.md) where.",
    ]


def cold_start(found: Figures) -> list[str]:
    """Say how long the first answer takes."""
    first = found["first_compilation"]
    rows = [[name, f"{one['wall']:.2f}", f"{one['processor']:.2f}"] for name, one in found["starts"].items()]
    bits = "gives the same bits" if found["same_bits"] else "does NOT give the same bits"
    return [
        "## The first answer",
        f"The model is compiled once for each version of it, {first['wall']:.0f} s ({first['processor']:.0f} s of processor time). Nobody needs to wait for "
        "it in the middle of something: `make` compiles when it makes its environment, `collabsim warmup` at any time, both telling how it goes, "
        "and a wheel made with `make wheel` carries the compiled code. That code is made for any processor of this kind; it "
        f"{bits} as the code made for this one.",
        table(["fresh process, the fastest of several", "s", "s of processor time"], rows),
        "`from a wheel` is the command above it after such an installation, with nothing compiled before.",
    ]


def replicates(found: Figures) -> list[str]:
    """Say what replicates common random numbers and antithetic runs save."""
    parts = ["## Replicates saved"]
    if "pairing" in found:
        parts += _pairing(found["pairing"])
    if "antithetic" in found:
        parts += _antithetic(found["antithetic"])
    return parts


def fewer(times: float) -> str:
    """Write how many times fewer; beyond a thousand the policy does not touch the outcome."""
    return f"{times:.1f}" if times < 1000 else "over 1,000"


def _pairing(found: Figures) -> list[str]:
    names = {"trust_last": "trust", "quits_last": "quits", "sharing_last": "sharing"}
    rows = [
        [f"{r['base']} → {r['other']}", *(fewer(r["outcomes"][o]["times_fewer"]) for o in names)]
        for r in found["main"]
    ]
    spread = []
    for outcome, word in names.items():
        values = sorted(r["outcomes"][outcome]["times_fewer"] for r in found["every"])
        low, middle, high = (values[int(q * (len(values) - 1))] for q in (0.05, 0.5, 0.95))
        spread.append(f"{word} {fewer(middle)} ({fewer(low)} to {fewer(high)})")
    return [
        "Every policy meets the same luck. So many times fewer replicates give a difference the interval that runs with luck of their own "
        f"would have ({found['replicates']} replicates; last year's outcomes):",
        table(["comparison", *names.values()], rows),
        f"Over all {len(found['every'])} shipped scenarios, each against the one that it extends ({found['replicates_of_each']} replicates), the median, and "
        f"between which nine in ten lie: {'; '.join(spread)}. Where it is hundreds or more, the policy hardly touches that outcome.",
    ]


def _antithetic(found: Figures) -> list[str]:
    names = {"trust_last": "trust", "quits_last": "quits", "sharing_last": "sharing"}
    rows = [
        [
            r["scenario"],
            *(
                f"{r['outcomes'][o]['correlation']:+.2f} ({r['outcomes'][o]['times_fewer']:.2f})"
                for o in names
            ),
        ]
        for r in found["rows"]
    ]
    values = [r["outcomes"][o]["correlation"] for r in found["rows"] for o in names]
    middle = sorted(r["outcomes"][o]["times_fewer"] for r in found["rows"] for o in names)[len(values) // 2]
    return [
        "Antithetic runs, in which every second one meets mirrored luck (1 − u for every u), were tried on a copy of the model with that one "
        "change. The correlation of a run with its mirror image, and in brackets how many times fewer runs that would allow:",
        table(["scenario", *names.values()], rows),
        f"In the median they would allow {middle:.2f} times fewer runs. The model pairs policies, as above, and offers no antithetic runs. Quasi-random "
        "replicates were not tried: a run takes tens of thousands of draws, and in so many dimensions low-discrepancy points are hardly better than random ones.",
    ]


def _made(found: Mapping[str, Figures | None]) -> list[str]:
    rows = []
    for name, figures in found.items():
        if not figures:
            continue
        several = {"": figures} if "provenance" in figures else figures
        for part, one in several.items():
            p = one["provenance"]
            machine, load = p["machine"], p.get("load_average_before", ["-"])[0]
            words = f"{machine['system']}, {machine['processor']}, {machine['cores']} cores"
            rows.append(
                [
                    f"{name} {part}".strip(),
                    words,
                    machine["python"],
                    (p["commit"] or "")[:10],
                    str(load),
                    p["time"][:16],
                ]
            )
    return [
        "## Taken how",
        table(["part", "machine", "Python", "commit", "load before", "time (UTC)"], rows),
        "A load above 1 before a part says that the machine did other work too: ratios stand, seconds are too long. `make bench` takes "
        'everything anew in about a quarter of an hour, `make bench PARTS="peers page"` some of it. `make bench-short`, part of '
        "`make test`, fails when a run has become more than 30% slower against a loop in the same process.",
    ]


SECTIONS = (
    ("speed", one_run),
    ("limit", limit),
    ("peers", peers),
    ("scale", scale),
    ("cold_start", cold_start),
    ("replicates", replicates),
)


def _draw_peers(found: Figures) -> dict[str, str]:
    rows = [
        (name, one["whole"]["median"], f"{ms(one['whole']['median'])} ms")
        for name, one in found["times"].items()
    ]
    rows.sort(key=lambda row: row[1])
    title = "One run of the core, milliseconds (logarithmic)"
    return {"speed-peers.svg": bars(title, rows, OURS, logarithmic=True)}


PICTURES = (("peers", _draw_peers),)


def main() -> None:
    """Write the page."""
    for name, text in files({part: records.load(part) for part in PARTS}).items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"{FOLDER / name} written")


if __name__ == "__main__":
    main()
