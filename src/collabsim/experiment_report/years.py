"""The section on what happens over the years."""

from __future__ import annotations

import pandas as pd

from collabsim import display
from collabsim.experiment_report.courses import Courses
from collabsim.experiment_report.study import Study
from collabsim.figures import trajectories
from collabsim.outcomes import OUTCOME
from collabsim.report import Exhibit, Section, Table

TITLE = "What happens over the years"


def section(study: Study, found: Courses) -> Section:
    """Lines with bands for a few rows, or why there are none."""
    if found.table.empty:
        return Section("years", TITLE, paragraphs=[found.how])
    band = (
        "Eight in ten simulated partnerships lie within the band of a line's colour. In "
        "grey, the years before the policy starts."
    )
    exhibits = [_exhibit(name, rows) for name, rows in found.table.groupby("outcome", sort=False)]
    return Section("years", TITLE, paragraphs=[f"{found.how} {band}"], exhibits=exhibits, columns=2)


def _exhibit(name: object, table: pd.DataFrame) -> Exhibit:
    outcome = OUTCOME[str(name)]
    return Exhibit(
        title=outcome.title,
        figure=trajectories.trajectory(table, outcome, height=330),
        words=trajectories.in_words(table, outcome),
        table=_by_year(table, str(name)),
    )


def _by_year(table: pd.DataFrame, name: str) -> Table:
    """Means of each year; year 1 is the policy's first."""
    scale = display.scale(OUTCOME[name])
    years = table.assign(year=table["year"].floordiv(1).astype(int) + 1)
    means = years.groupby(["year", "funding"], sort=False)["mean"].mean().unstack().sort_index()
    means = means[list(dict.fromkeys(table["funding"]))]
    rows = [
        [str(year) if year > 0 else f"{1 - year} before", *(scale.bare(value) for value in row)]
        for year, row in zip(means.index.tolist(), means.to_numpy(), strict=True)
    ]
    return Table(f"{OUTCOME[name].title} ({scale.unit}), mean of each year", ["Year", *means.columns], rows)
