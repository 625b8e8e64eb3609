"""What happens over the years in a few rows: from recorded trajectories, or from runs that are run again.

A run that is run again is only drawn when it gives the stored numbers bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from collabsim.checks import ScenarioErrors
from collabsim.experiment_report.study import Study
from collabsim.outcomes import MONTHLY, OUTCOME, monthly

DRAWN = ("trust", "posts_filled", "knowledge", "sharing")
MONTHS = 3
"""Months to a point."""
MOST_ROWS, AGAIN = 3, 8
"""Rows that are drawn, and replicates of each that are run again."""
SPREAD = (0.1, 0.9)


@dataclass(frozen=True)
class Courses:
    """The months of a few rows.

    Attributes
    ----------
    table : DataFrame
        ``outcome``, ``funding`` (the row's label, as `collabsim.figures.trajectories` calls it), ``year``, ``mean``,
        ``low``, ``high``.
    how : str
        Where it comes from, a sentence; why there is nothing, where the table is empty.
    """

    table: pd.DataFrame
    how: str


def courses(study: Study, rows: Sequence[int], labels: Sequence[str]) -> Courses:
    """The courses of rows, for the outcome of the report and a few more."""
    names = list(dict.fromkeys([*([study.outcome.name] if study.outcome.parts else []), *DRAWN]))[
        : len(DRAWN)
    ]
    recorded = study.results.series
    if len(recorded):
        found = [_months(recorded[recorded["row"] == row], names) for row in rows]
        n = max((int(part["replicate"].nunique()) for part in found if len(part)), default=0)
        how = f"Lines are averages of up to {n:,} recorded runs of each."
    else:
        found, how = _again(study, rows, names)
    table = [
        _course(part, name, label)
        for part, label in zip(found, labels, strict=True)
        for name in names
        if len(part)
    ]
    return Courses(pd.concat(table, ignore_index=True) if table else pd.DataFrame(), how)


def _months(series: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    return series[["replicate", "month", *names]]


def _again(study: Study, rows: Sequence[int], names: Sequence[str]) -> tuple[list[pd.DataFrame], str]:
    """The months of a handful of runs, run again."""
    found = [pd.DataFrame(list(_runs_again(study, row, names))) for row in rows]
    found = [_exploded(part) for part in found]
    told = [len(part["replicate"].unique()) for part in found if len(part)]
    if not told:
        return found, (
            "The sweep recorded no trajectories, and its runs cannot be run again here bit for bit: it was made with "
            "other code, or its scenarios are not there. Write “trajectories = true” in the experiment to keep them."
        )
    how = (
        f"The sweep recorded no trajectories, so {sum(told)} of its runs were run again for these figures, and gave the "
        "stored numbers bit for bit. Write “trajectories = true” in the experiment to have every run drawn."
    )
    return found, how


def _runs_again(study: Study, row: int, names: Sequence[str]) -> Iterator[dict[str, object]]:
    from collabsim.experiment.replay import again, find

    runs = study.results.runs
    replicates = runs.loc[runs["row"] == row, "replicate"].to_numpy()[:AGAIN]
    for replicate in replicates.tolist():
        try:
            recorded = find(study.results.path, row, int(replicate))
            if recorded.changed:
                return
            found = again(recorded)
        except (ScenarioErrors, ArithmeticError, ValueError):
            return
        if found.different:
            return
        months = np.arange(len(found.run.series)) - 12 * recorded.scenario.burn_in_years
        columns = {o.name: monthly(o, found.run.series) for o in MONTHLY if o.name in names}
        yield {"replicate": replicate, "month": months, **columns}


def _exploded(part: pd.DataFrame) -> pd.DataFrame:
    """A line for every month of a table with a line for every run."""
    if part.empty:
        return part
    columns = [name for name in part.columns if name != "replicate"]
    return part.explode(columns, ignore_index=True).astype(dict.fromkeys(columns, float))


def _course(part: pd.DataFrame, name: str, label: str) -> pd.DataFrame:
    """Mean and spread over runs, quarter by quarter; year 0 is the policy's start."""
    quarter = part["month"].floordiv(MONTHS)
    means = part.groupby([quarter, part["replicate"]])[name].mean().unstack()
    means = means.loc[means.notna().any(axis=1)]
    spread = means.quantile(list(SPREAD), axis=1)
    year = (means.index.to_numpy(dtype=float) + 0.5) * MONTHS / 12
    course = {
        "year": year,
        "mean": means.mean(axis=1).to_numpy(),
        "low": spread.iloc[0].to_numpy(),
        "high": spread.iloc[1].to_numpy(),
    }
    return pd.DataFrame({"outcome": name, "unit": OUTCOME[name].unit, "funding": label, **course})
