"""Writes results to a folder: each file is whole or not there."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from collabsim.checks import ScenarioErrors, shown
from collabsim.cli.answer import known
from collabsim.cli.group import WorkFailed, say
from collabsim.cli.show import clean

if TYPE_CHECKING:
    from collabsim.analysis.differences import Difference, Estimate
    from collabsim.analysis.samples import Sample
    from collabsim.scenario import Scenario

Rows = Iterable[Mapping[str, Any]]


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn trouble with a folder into a plain sentence."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise WorkFailed(f"The results could not be written to {folder}: {reason}.") from None


def make(folder: Path | None) -> None:
    """Make the folder, if one is wanted and it is not there yet.

    Raises
    ------
    ScenarioErrors
        When it cannot be made: the input is wrong.
    """
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        text = f"--out is {shown(str(folder))}, but that folder cannot be made: {reason}."
        raise ScenarioErrors([text]) from None


def write_text(path: Path, text: str) -> None:
    """Write a file under another name first, so that nobody reads half of it."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    unfinished.replace(path)


def write_csv(path: Path, rows: Rows) -> None:
    """Write rows as CSV, a number that is missing being empty."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: clean(value) for key, value in row.items()} for row in rows)
    write_text(path, text.getvalue())


def write_provenance(folder: Path, scenarios: Sequence[Scenario], seed: int, **more: Any) -> None:
    """Write scenarios as resolved and where the results come from."""
    from collabsim.provenance import provenance
    from collabsim.scenario_text import to_toml

    for scenario in scenarios:
        write_text(folder / f"{scenario.name}.toml", to_toml(scenario))
    content = clean(provenance(scenarios, seed, **more))
    write_text(folder / "provenance.json", json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def tell(folder: Path, quiet: bool) -> None:
    """Say where the results are; dots alone would run into the full stop and name nothing."""
    if not quiet:
        say(f"Written to {folder.resolve() if folder.name in ('', '..') else folder}.")


# --- rows ---------------------------------------------------------------------------------------


def outcome_rows(estimates: Mapping[str, Estimate], replicates: int) -> Rows:
    """One row per scalar outcome."""
    for name, estimate in estimates.items():
        yield {**_described(name), **vars(estimate), **known(name, estimate, replicates)}


def difference_rows(other: str, differences: Mapping[str, Difference], replicates: int) -> Rows:
    """One row per scalar outcome of a scenario compared with the base."""
    for name, found in differences.items():
        apart = found.difference
        yield {
            "scenario": other,
            **_described(name),
            "base": found.base.mean,
            "other": found.other.mean,
            "difference": apart.mean,
            "low": apart.low,
            "high": apart.high,
            "n": apart.n,
            "excludes_zero": apart.excludes_zero,
            "saving": found.saving,
            **known(name, found, replicates),
        }


def _described(name: str) -> dict[str, str]:
    from collabsim.outcomes import find_scalar

    outcome, period = find_scalar(name)
    return {
        "name": name,
        "outcome": outcome.name,
        "period": period,
        "title": outcome.title,
        "unit": outcome.unit,
        "better": outcome.direction,
    }


def monthly_rows(sample: Sample, burn_in_years: int) -> Rows:
    """One row per monthly outcome and month; month 1 is the policy's first, month 0 the last before it."""
    from collabsim.analysis.differences import estimate
    from collabsim.outcomes import OUTCOME

    for name, values in sample.monthly.items():
        for index in range(values.shape[1]):
            month = index - 12 * burn_in_years + 1
            found = vars(estimate(values[:, index]))
            yield {"month": month, "outcome": name, "unit": OUTCOME[name].unit, **found}
