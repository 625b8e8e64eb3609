"""The figures of `dashboard.py` in words: beside their bounds, and as a section of the how-to page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent.parent / "docs" / "how-to" / "use-the-dashboard.md"
BEGIN = "## How quick it is\n"
BOUNDS = {
    "first picture, p50 (ms)": 100,
    "first picture, p95 (ms)": 200,
    "all 100 replicates, p95 (ms)": 1_000,
    "room of 30: picture, p95 (ms)": 1_000,
    "room of 30: errors": 0,
    "room of 30: pictures of another's wish": 0,
    "room of 30: last pictures unlike those computed alone": 0,
}


def verdict(name: str, value: float) -> str:
    """Whether a figure keeps its bound; nothing where it has none."""
    if name not in BOUNDS:
        return ""
    return "met" if value <= BOUNDS[name] else "MISSED"


def line(name: str, value: float) -> str:
    """A figure beside its bound, for a terminal."""
    bound = f"   bound {BOUNDS[name]:,}: {verdict(name, value)}" if name in BOUNDS else ""
    return f"{name:<60} {value:>10,.1f}{bound}"


def section(kept: dict[str, Any]) -> str:
    """The section of the page."""
    rows = [
        f"| {name} | {value:,.1f} | {f'{BOUNDS[name]:,}' if name in BOUNDS else ''} | {verdict(name, value)} |"
        for name, value in kept["figures"].items()
    ]
    machine = kept["machine"]
    about = (
        machine if isinstance(machine, str) else ", ".join(f"{key} {value}" for key, value in machine.items())
    )
    taken = ", ".join(
        f"{value:.1%} while *{name}* were measured" for name, value in kept["taken by other machines"].items()
    )
    return "\n".join(
        (
            BEGIN,
            "Measured by `python benchmarks/dashboard.py`: from a lever's move to the painted figure in a headless "
            "Chromium on the server's own machine, half a second",
            "after the picture before was whole (*in haste*: at once, while its tables are still made); and thirty sessions "
            "on one server, each with a scenario or lever of its",
            f"own, each moving a lever every 5 s for 3 minutes. Machine: {about}, virtual.",
            f"Of the processor time that was wanted its neighbours on the same hardware took {taken}.\n",
            "| figure | measured | bound | |",
            "|---|---:|---:|---|",
            *rows,
            "",
        )
    )


def write(kept: dict[str, Any]) -> None:
    """Put the section at the end of the page, in place of an earlier one."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text.split(BEGIN)[0].rstrip() + "\n\n" + section(kept), encoding="utf-8")
