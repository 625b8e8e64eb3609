"""Checks everything that a command is given before anything runs or is written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from collabsim.checks import ScenarioErrors, nearest, shown
from collabsim.cli.group import say
from collabsim.cli.options import value_of
from collabsim.cli.show import count
from collabsim.parameters import Value

if TYPE_CHECKING:
    from collabsim.analysis.where import Where
    from collabsim.experiment.results import Results
    from collabsim.scenario import Scenario

MOST_TOLD = 10
"""Events that a sentence names."""


class Findings:
    """The errors found so far, each said once."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def add(self, errors: Iterable[str]) -> None:
        """Take note of errors."""
        self.errors += [error for error in errors if error not in self.errors]

    def settle(self) -> None:
        """Stop here if anything is wrong.

        Raises
        ------
        ScenarioErrors
            With everything that is.
        """
        if self.errors:
            raise ScenarioErrors(self.errors)


def read_settings(words: Sequence[str] | None, findings: Findings) -> dict[str, Value]:
    """The values of `--set name=value`."""
    values: dict[str, Value] = {}
    for word in words or ():
        name, sign, value = (part.strip() for part in word.partition("="))
        if not (name and sign and value):
            findings.add([f"--set is {shown(word)}, but must be NAME=VALUE, as in funding.grant_months=36."])
        elif name in values:
            findings.add([f"--set: {name} is given twice."])
        else:
            values[name] = value_of(value)
    return values


def load(name: str, values: dict[str, Value], years: int | None, findings: Findings) -> Scenario | None:
    """A scenario with values of `--set`; None when it is wrong."""
    from collabsim.scenario import load_scenario

    try:
        return load_scenario(name, values, years)
    except ScenarioErrors as error:
        findings.add(error.errors)
        return None


def load_one(name: str, words: Sequence[str] | None, years: int | None, findings: Findings) -> Scenario:
    """One scenario, when it and all else is right.

    Raises
    ------
    ScenarioErrors
        With everything that is wrong, what was found before included.
    """
    scenario = load(name, read_settings(words, findings), years, findings)
    findings.settle()
    assert scenario is not None
    return scenario


def load_pair(
    base: str, others: Sequence[str], words: Sequence[str] | None, years: int | None, findings: Findings
) -> list[Scenario]:
    """A base and others to compare, all with the values of `--set`.

    Without others, or against itself, only the other has these values.

    Raises
    ------
    ScenarioErrors
        With everything that is wrong, what was found before included.
    """
    values = read_settings(words, findings)
    with_itself = all(name == base for name in others)
    if with_itself and not words:
        findings.add(
            [f"There is nothing to compare {shown(base)} with: name another scenario, or use --set."]
        )
    found = [load(base, {} if with_itself else values, years, findings)]
    found += [load(name, values, years, findings) for name in others or [base]]
    scenarios = [scenario for scenario in found if scenario is not None]
    if len(scenarios) == len(found):
        findings.add(_lengths(scenarios))
    findings.settle()
    return _named_apart([scenarios[0], _changed(scenarios[1], values)] if with_itself else scenarios)


def _lengths(scenarios: Sequence[Scenario]) -> list[str]:
    """That scenarios to compare are of one length."""
    base = scenarios[0]
    return [
        f"{other.name} runs {count(other.years, 'year')} after {other.burn_in_years} of burn-in, but {base.name} "
        f"{base.years} after {base.burn_in_years}: --years makes the years alike."
        for other in scenarios[1:]
        if (other.years, other.burn_in_years) != (base.years, base.burn_in_years)
    ]


def _changed(scenario: Scenario, values: Mapping[str, Value]) -> Scenario:
    """The scenario under a name and title that say that it was changed."""
    return replace(scenario, name=f"{scenario.name}-changed", title=titled(scenario.title, values))


def titled(title: str, values: Mapping[str, Value]) -> str:
    """A title that says what --set set."""
    return f"{title}, with {in_words(values)}" if values else title


def in_words(values: Mapping[str, Value]) -> str:
    """Values of --set, each as a file writes it."""
    written = {name: str(v).lower() if isinstance(v, bool) else v for name, v in values.items()}
    return ", ".join(f"{name} = {value}" for name, value in written.items())


def _named_apart(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The same scenarios, each with a name of its own."""
    taken: list[str] = []
    for scenario in scenarios:
        names = (scenario.name, *(f"{scenario.name}-{number}" for number in range(2, len(scenarios) + 2)))
        taken.append(next(name for name in names if name not in taken))
    return [replace(scenario, name=name) for scenario, name in zip(scenarios, taken, strict=True)]


def choose(word: str | None, names: Sequence[str], option: str, findings: Findings) -> tuple[str, ...]:
    """The names in a list with commas between them."""
    chosen = tuple(part.strip() for part in (word or "").split(",") if part.strip())
    for name in chosen:
        if name not in names:
            hint = nearest(name, names)
            text = f"{option} names {shown(name)}, but must be of {', '.join(names)}{hint}"
            findings.add([text if hint else f"{text}."])
    return tuple(dict.fromkeys(chosen))


def check_uncertainty(word: str | None, findings: Findings) -> str:
    """Where uncertainties take their values from: a word of `collabsim.accepted.CHOICES`."""
    from collabsim.accepted import CHOICES, DEFAULT

    if word is None or word in CHOICES:
        return word or DEFAULT
    hint = nearest(word, CHOICES) or "."
    findings.add([f"--uncertainty is {shown(word)}, but must be one of {', '.join(CHOICES)}{hint}"])
    return DEFAULT


def check_folder(text: str | None, findings: Findings) -> Path | None:
    """The folder to write to: one that is there and can be written to, or that can be made."""
    if text is None:
        return None
    folder = Path(text)
    problem = _problem_of_folder(folder) if text.strip() else "must name a folder"
    if problem:
        findings.add([f"--out is {shown(text)}, but {problem}."])
    return folder


def _problem_of_folder(folder: Path) -> str:
    """What is wrong with a folder to write to, or nothing."""
    if "\0" in str(folder):
        return "a folder's name cannot hold a null character"
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    except OSError as error:
        return f"no such folder can be made: {(error.strerror or 'unknown reason').lower()}"
    if not there.is_dir():
        return (
            "that is a file, not a folder"
            if there == folder
            else f"{shown(str(there))} is a file, not a folder"
        )
    return "" if os.access(there, os.W_OK | os.X_OK) else "nothing can be written there"


def tell_left_out(scenarios: Iterable[Scenario], years: int | None, quiet: bool) -> None:
    """Say which events --years leaves out, so that nobody looks for what they did."""
    from collabsim.scenario import load_scenario

    if years is None or quiet:
        return
    for path in dict.fromkeys(scenario.path for scenario in scenarios if scenario.path):
        whole = load_scenario(path)
        gone = [
            f"{event.kind} (month {event.month:g})" for event in whole.events if event.month >= 12 * years
        ]
        if gone:
            more = f" and {len(gone) - MOST_TOLD} more" if len(gone) > MOST_TOLD else ""
            events = ", ".join(gone[:MOST_TOLD])
            say(f"--years {years} leaves out what {whole.name} holds after the run's end: {events}{more}.")


def keep_inputs(folder: Path | None, scenarios: Sequence[Scenario]) -> None:
    """That no scenario written to the folder takes the place of a file that was read: it may be all a user has.

    Raises
    ------
    ScenarioErrors
    """
    from collabsim.scenario_file import files_read

    if folder is None:
        return
    read = [file for scenario in scenarios if scenario.path for file in files_read(scenario.path)]
    written = dict.fromkeys(folder / f"{scenario.name}.toml" for scenario in scenarios)
    lost = [file for file in written if file.exists() and any(file.samefile(other) for other in read)]
    errors = [
        f"--out is {shown(str(folder))}, but {file.name} there is read by this command and would be overwritten: "
        f"name another folder, such as {folder / file.stem}-results."
        for file in lost
    ]
    if errors:
        raise ScenarioErrors(errors)


def check_outcome(name: str, years: int) -> None:
    """That a scalar outcome is one of a run of so many years.

    Raises
    ------
    ScenarioErrors
    """
    from collabsim.outcomes import scalar_names

    names = scalar_names(years)
    if name not in names:
        hint = nearest(name, names) or ", such as trust_last or quits_year_1."
        text = f"--outcome is {shown(name)}, but must be an outcome of a run of {count(years, 'year')}{hint}"
        raise ScenarioErrors([text])


def read_results(text: str, where: str | None, findings: Findings) -> tuple[Results | None, Where | None]:
    """The results in a folder and, if one is given, a condition on one of their outcomes."""
    from collabsim.analysis.where import read_where
    from collabsim.experiment.results import NoResults, load_results

    try:
        results = load_results(text, design_columns=False)
    except NoResults as error:
        findings.add([str(error)])
        return None, None
    if where is None:
        return results, None
    try:
        return results, read_where(where, results.outcomes)
    except ScenarioErrors as error:
        findings.add(error.errors)
        return results, None


def outcome_of(results: Results | None, name: str | None, findings: Findings) -> str:
    """An outcome of the results: the one named, else the first."""
    if results is None:
        return ""
    if name is not None and name not in results.outcomes:
        hint = nearest(name, results.outcomes) or f"; they hold {', '.join(results.outcomes)}."
        findings.add([f"--outcome is {shown(name)}, but the results hold no such outcome{hint}"])
    return name or results.outcomes[0]
