"""The figures of the report, each with its numbers in a table and itself in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from collabsim import display
from collabsim.analysis.differences import Estimate
from collabsim.figures import arithmetic, causes, channels, differences, trajectories
from collabsim.figures.style import each
from collabsim.outcomes import OUTCOME
from collabsim.report import Exhibit, Table
from collabsim.short_term_funding import tables
from collabsim.short_term_funding.study import ASKED, CONTROL, SHORT, Study


def glance(study: Study) -> Table:
    """Levels of every outcome under every funding, each with its difference from 12 months beneath."""
    rows = [_glance_row(study, name) for name in ASKED]
    caption = "Levels, and beneath them the difference from 12 months"
    return Table(caption, ["Measure", *study.scenarios], rows)


def _glance_row(study: Study, name: str) -> list[str]:
    scale = display.scale(OUTCOME[name])
    cells = []
    for label in study.scenarios:
        found = study.difference(label, name)
        apart = f"{scale.change(found.difference.mean)} {scale.half_width(found.difference)}"
        cells.append(
            scale.bare(found.other.mean) + ("" if label == SHORT else f"\n{apart}{_doubt(found.difference)}")
        )
    return [f"{OUTCOME[name].title}\n{scale.unit}", *cells]


def _doubt(found: Estimate) -> str:
    return "" if found.excludes_zero else " (cannot tell)"


# --- the course of ten years --------------------------------------------------------------------


def course(study: Study) -> list[Exhibit]:
    """A figure of the years for each outcome that is drawn."""
    table = tables.trajectories(study)
    return [_course(name, table[table["outcome"] == name]) for name in tables.DRAWN]


def _course(name: str, table: pd.DataFrame) -> Exhibit:
    outcome = OUTCOME[name]
    return Exhibit(
        title=outcome.title,
        figure=trajectories.trajectory(table, outcome),
        words=trajectories.in_words(table, outcome),
        table=_by_year(name, table),
    )


def _by_year(name: str, table: pd.DataFrame) -> Table:
    scale = display.scale(OUTCOME[name])
    years = table["year"].floordiv(1).astype(int) + 1
    means = (table.assign(year=years).groupby(["year", "funding"], sort=False)["mean"].mean()).unstack()
    rows = [
        [_year(year), *(scale.bare(value) for value in row)]
        for year, row in zip(means.index.tolist(), means.to_numpy(), strict=True)
    ]
    return Table(f"{OUTCOME[name].title} ({scale.unit}), mean of each year", ["Year", *means.columns], rows)


def _year(year: int) -> str:
    """A year's name; year 1 is the policy's first."""
    return str(year) if year > 0 else f"{1 - year} before"


# --- differences --------------------------------------------------------------------------------


def apart(study: Study) -> list[Exhibit]:
    """A figure of differences from 12 months for each outcome."""
    table = tables.differences(study)
    table = table[table["funding"] != SHORT]
    return [_apart(name, table[table["outcome"] == name]) for name in ASKED]


def _apart(name: str, table: pd.DataFrame) -> Exhibit:
    outcome = OUTCOME[name]
    scale = display.scale(outcome)
    rows = [
        [row.funding, scale.bare(row.level), scale.change(row.difference), _ends(scale, row.low, row.high)]
        for row in each(table)
    ]
    return Exhibit(
        title=outcome.title,
        note=scale.unit,
        figure=differences.differences(table, outcome, CONTROL),
        words=differences.in_words(table, outcome),
        table=Table(
            f"{outcome.title} ({scale.unit})", ["Funding", "level", "difference", "95% interval"], rows
        ),
    )


def _ends(scale: display.Scale, low: float, high: float) -> str:
    return display.interval(low * scale.factor, high * scale.factor, scale.decimals, signed=True)


# --- the ledger ---------------------------------------------------------------------------------


def ledger(study: Study) -> Exhibit:
    """What each cause added to trust over the years."""
    table = tables.causes(study)
    return Exhibit(
        title=f"What moved trust in {study.years} years",
        figure=causes.causes(table),
        words=causes.in_words(table),
        table=_lines(tables.ledger(study)),
    )


def _lines(table: pd.DataFrame) -> Table:
    """The ledger's own lines; those that are nought under every funding are left out."""
    kept = table[table["funding"].isin(tables.COMPARED)]
    rows = []
    for line, of_line in kept.groupby("line", sort=False):
        if of_line["change"].any():
            rows.append([str(line), *(_added(row) for row in each(of_line))])
    return Table("Added to mean trust, and the 95% interval", ["Line of the ledger", *tables.COMPARED], rows)


def _added(row: Any) -> str:
    ends = display.interval(row.low, row.high, 3, signed=True)
    return f"{display.number(row.change, 3, signed=True)}\n{ends}"


# --- channels and arithmetic --------------------------------------------------------------------


def through(study: Study) -> list[Exhibit]:
    """A figure of channels for each outcome explained; channels that carry nothing at all are left out."""
    table = tables.channels(study)
    table = table[(table["difference"] != 0) | (table["low"] != 0)]
    return [_through(name, table[table["outcome"] == name]) for name in study.channels]


def _through(name: str, table: pd.DataFrame) -> Exhibit:
    outcome = OUTCOME[name]
    drawn = table[table["channel"] != "Sum"]
    return Exhibit(
        title=outcome.title,
        note=display.scale(outcome).unit,
        figure=channels.channels(drawn, outcome),
        words=channels.in_words(drawn, outcome),
        table=_channel_table(name, table),
    )


def _channel_table(name: str, table: pd.DataFrame) -> Table:
    scale = display.scale(OUTCOME[name])
    rows = [
        [
            row.channel,
            f"{scale.change(row.difference)}\n{_ends(scale, row.low, row.high)}",
            _share(row.share, row.share_low, row.share_high),
        ]
        for row in each(table)
    ]
    caption = f"{OUTCOME[name].title} ({scale.unit}), 36 months less 12 months, with 95% intervals"
    return Table(caption, ["Channel", "difference", "share"], rows)


def _share(mean: float, low: float, high: float) -> str:
    if pd.isna(mean):
        return "cannot tell"
    return f"{display.percent(mean)}\n{display.percent(low)} to {display.percent(high)}"


def lotteries(study: Study) -> Exhibit:
    """How much of what 36-month grants change is arithmetic."""
    table = tables.arithmetic(study)
    rows = []
    for row in each(table):
        scale = display.scale(OUTCOME[row.outcome])
        gone = _share(row.share_gone, row.low, row.high)
        sides = [scale.change(value) for value in (row.difference, row.difference_equal_chance)]
        rows.append([f"{row.title}\n{scale.unit}", *sides, gone])
    return Exhibit(
        title="How much goes, and how much remains",
        figure=arithmetic.arithmetic(table),
        words=arithmetic.in_words(table),
        table=Table(
            "Differences from 12 months, and the share that goes with its 95% interval",
            ["Measure", "36 months", "36 months, equal", "share that goes"],
            rows,
        ),
    )
