"""Reads what an experiment varies: shorthands for whole groups, and single factors with their ranges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from collabsim.checks import Report, nearest, shown
from collabsim.experiment.experiment_format import FACTOR_VALUES, FACTOR_WORDS
from collabsim.experiment.factors import Factor, factor_of
from collabsim.file_format import Field
from collabsim.parameters import LEVERS, UNCERTAINTIES, Parameter, Value
from collabsim.scenario_file import checked_row, find_parameter, full_names, refuse_unknown

Row = dict[str, Any]
_KINDS = ("lever", "uncertainty", "structure", "constant")


def read_factors(report: Report, table: Row, doses: int) -> tuple[Factor, ...]:
    """The factors of an experiment: its shorthands in the table's order, then [factors].

    Parameters
    ----------
    report : Report
    table : dict
        The whole content of the file.
    doses : int
        Into how many values a range is divided unless the factor says otherwise.
    """
    levers = _chosen(report, "levers", table.get("levers", []), LEVERS)
    uncertain = _chosen(report, "uncertainties", table.get("uncertainties", []), UNCERTAINTIES)
    left_out = {
        p.name for p in _chosen(report, "leave_out", table.get("leave_out", []), (*levers, *uncertain))
    }
    found = {p.name: factor_of(p) for p in (*levers, *uncertain) if p.name not in left_out}
    found = {name: replace(factor, doses=doses) for name, factor in found.items()}
    found |= _factors(report, table.get("factors", {}), doses)
    return tuple(found.values())


def _chosen(report: Report, key: str, given: Any, known: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """The parameters that a shorthand stands for: "all", or a list of groups and full names."""
    if given == "all":
        return known
    if not isinstance(given, list) or not all(isinstance(word, str) for word in given):
        report.say(key, f'is {shown(given)}, but must be "all" or a list of groups and names')
        return ()
    words = [*dict.fromkeys(p.group for p in known), *(p.name for p in known)]
    for word in given:
        if word not in words:
            hint = nearest(word, words) or "; 'collabsim parameters' lists them"
            report.say(key, f"names {shown(word)}, but there is none of that name to choose{hint}")
    return tuple(p for p in known if p.group in given or p.name in given)


def _factors(report: Report, given: Any, doses: int) -> dict[str, Factor]:
    """The factors under [factors.GROUP]."""
    if not isinstance(given, dict):
        report.say("factors", f"is {shown(given)}, but must be a table: write [factors.funding], for example")
        return {}
    found: dict[str, Factor] = {}
    for name, content in full_names(given):
        parameter = find_parameter(report, name, _KINDS, "factors.")
        if parameter and name in found:
            report.say(f"factors.{name}", "is given twice")
        if parameter:
            found[name] = _factor(report, f"factors.{name}", parameter, content, doses)
    return found


def _factor(report: Report, key: str, parameter: Parameter, given: Any, doses: int) -> Factor:
    """One factor: a list of values, or a table with a range."""
    usual = replace(factor_of(parameter), doses=doses)
    if isinstance(given, list):
        return _with_values(report, key, parameter, usual, given)
    if not isinstance(given, dict):
        report.say(key, f"is {shown(given)}, but must be a list of values, or a table with low and high")
        return usual
    if "values" in given:
        refuse_unknown(report, f"{key}.", given, ["values"])
        return _with_values(report, f"{key}.values", parameter, usual, given["values"])
    if usual.values:
        refuse_unknown(report, f"{key}.", given, ["values"])
        return usual
    return _with_range(report, key, parameter, usual, given)


def _with_values(report: Report, key: str, parameter: Parameter, usual: Factor, given: Any) -> Factor:
    if not isinstance(given, list) or not given:
        report.say(key, f"is {shown(given)}, but must be a list of values")
        return usual
    values = [report.value(key, parameter, value) for value in given]
    right: tuple[Value, ...] = tuple(value for value in values if value is not None)
    if len(set(right)) < len(right):
        report.say(key, "holds a value twice")
    return replace(usual, values=right or (parameter.default,))


def _with_range(report: Report, key: str, parameter: Parameter, usual: Factor, given: Row) -> Factor:
    """A factor over a range, with a distribution; what is not given is the table's."""
    width = Field("sd", "number", "standard deviation", minimum=1e-9, maximum=1e9)
    known = [*FACTOR_VALUES, "sd", *(word.name for word in FACTOR_WORDS)]
    refuse_unknown(report, f"{key}.", given, [*known, "values"])
    ends = {
        name: report.value(f"{key}.{name}", parameter, given[name]) for name in FACTOR_VALUES if name in given
    }
    found: Row = {name: float(value) for name, value in ends.items() if value is not None}
    found |= checked_row(report, f"{key}.", given, (*FACTOR_WORDS, width))
    factor = replace(usual, **found)
    middle = min(max(float(parameter.default), factor.low), factor.high)
    spread: Row = {"mode": middle, "mean": middle, "sd": (factor.high - factor.low) / 4}
    factor = replace(factor, **{name: value for name, value in spread.items() if name not in found})
    _check_range(report, key, factor)
    return factor


def _check_range(report: Report, key: str, factor: Factor) -> None:
    """That the ends, the mode and the distribution of a range fit each other."""
    low, high = factor.low, factor.high
    problems: list[tuple[Callable[[], bool], str]] = [
        (lambda: low >= high, f"runs from {low:,g} to {high:,g}, but low must be less than high"),
        (
            lambda: factor.distribution == "log-uniform" and low <= 0,
            f"is log-uniform from {low:,g}, but low must be more than 0 for that",
        ),
        (
            lambda: factor.distribution == "triangular" and not low <= factor.mode <= high,
            f"has its mode at {factor.mode:,g}, but it must lie from {low:,g} to {high:,g}",
        ),
        (
            lambda: factor.distribution == "normal" and not low <= factor.mean <= high,
            f"has its mean at {factor.mean:,g}, but it must lie from {low:,g} to {high:,g}",
        ),
        (
            lambda: factor.kind == "integer" and factor.distribution != "uniform",
            f"is a whole number and {factor.distribution}, but whole numbers are spread evenly",
        ),
    ]
    wrong = next((text for is_wrong, text in problems if is_wrong()), None)
    if wrong:
        report.say(key, wrong)
