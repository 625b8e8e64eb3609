"""What is wrong with an experiment as a whole, though each of its values may be right."""

from __future__ import annotations

from collections.abc import Collection

from collabsim.checks import Report
from collabsim.experiment.equal_cost import priced
from collabsim.experiment.experiment_format import DESIGNS, MOST_CELLS, MOST_ROWS, MOST_RUNS
from collabsim.experiment.types import Experiment
from collabsim.outcomes import years_needed
from collabsim.parameters import PARAMETER


def errors_of_the_whole(file: str, experiment: Experiment, changed: Collection[str] = ()) -> list[str]:
    """Every such error, as a plain sentence.

    Parameters
    ----------
    file : str
        What errors call the file.
    experiment : Experiment
        With values that are right one by one.
    changed : collection of str
        Keys whose values are not the file's but an option's.
    """
    report = Report(file)
    _check_factors(report, experiment)
    _check_luck(report, experiment)
    _check_lengths(report, experiment, "years" in changed)
    if not report.errors:
        _check_size(report, experiment)
    return report.errors


def _check_factors(report: Report, experiment: Experiment) -> None:
    """That there are factors where the design varies something, and none where it does not."""
    kind = experiment.design["kind"]
    varied = [factor.name for factor in experiment.factors if factor.name in PARAMETER]
    if DESIGNS[kind].varies and not varied:
        report.say(
            "design.kind", f'is {kind}, but there is nothing to vary: add levers = "all" or [factors.GROUP]'
        )
    if not DESIGNS[kind].varies and varied:
        report.say("design.kind", f"is {kind}, which varies no factors, but {varied[0]} is one")
    if kind == "equal-cost" and not priced(experiment.factors):
        report.say("design.kind", 'is equal-cost, but no lever with a price is varied: add levers = "all"')
    for name in experiment.variants[0]:
        if name in varied or any(name in row for row in experiment.table):
            report.say("structures", f"varies {name}, which is a factor too")
    groups = {factor.group for factor in experiment.factors if factor.name in PARAMETER}
    if experiment.design.get("groups") and len(groups) < 2:
        report.say("design.groups", "is true, but all factors are of one group")


def _check_luck(report: Report, experiment: Experiment) -> None:
    """That rows of a Sobol' design have noise of their own: its correction for noise assumes so."""
    if experiment.design["kind"] == "sobol" and experiment.common:
        report.say("common", "is true, but the indices of a sobol design need noise of its own in every row")


def _check_lengths(report: Report, experiment: Experiment, asked: bool) -> None:
    """That runs are of one length, and long enough for the outcomes."""
    lengths = {scenario.years for scenario in experiment.loaded.values()}
    if experiment.years is None and len(lengths) > 1:
        years = " and ".join(f"{length}" for length in sorted(lengths))
        report.say("years", f"is missing, but the scenarios run for {years} years: it makes them alike")
        return
    years_run = experiment.years or lengths.pop()
    longer = [name for name in experiment.outcomes if years_needed(name) > years_run]
    if not longer:
        return
    names = (
        f"{longer[0]} and {len(longer) - 1} more, which need" if longer[1:] else f"{longer[0]}, which needs"
    )
    needed = f"{names} {max(map(years_needed, longer))} years"
    if asked:
        report.errors.append(f"--years is {years_run}, but {report.file} records {needed}.")
    else:
        report.say("outcomes", f"names {needed}, but a run has {years_run}")


def _check_size(report: Report, experiment: Experiment) -> None:
    from collabsim.experiment.design import number_of_rows

    rows = number_of_rows(experiment)
    columns = 2 + len(experiment.parameter_columns)
    most = min(MOST_ROWS, MOST_CELLS // columns)
    if rows > most:
        report.say("design", f"has {_many(rows)} rows of {columns} columns, but at most {most:,} are allowed")
    elif rows * experiment.replicates > MOST_RUNS:
        runs = rows * experiment.replicates
        report.say("replicates", f"makes {runs:,} runs, but at most {MOST_RUNS:,} are allowed")


def _many(number: int) -> str:
    return f"{number:,}" if number < 10**12 else f"about 10^{len(str(number)) - 1}"
