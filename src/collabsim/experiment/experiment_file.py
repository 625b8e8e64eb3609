"""Reads experiment files: every table checked, every error kept, as for scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collabsim import library
from collabsim.checks import Report, ScenarioErrors, nearest, shown
from collabsim.experiment.experiment_format import (
    DESIGNS,
    KEYS,
    KIND,
    LISTS,
    STRUCTURES,
    TABLES,
    Design,
)
from collabsim.experiment.factor_file import read_factors
from collabsim.experiment.factors import Factor, dummy
from collabsim.experiment.table_file import read_rows
from collabsim.experiment.types import Experiment
from collabsim.experiment.whole import errors_of_the_whole
from collabsim.file_format import Field
from collabsim.outcomes import YEARS, scalar_names
from collabsim.parameters import PARAMETER
from collabsim.scenario import load_scenario
from collabsim.scenario_file import checked_row, refuse_unknown
from collabsim.toml_file import label, read_table

Row = dict[str, Any]


def read_experiment(name_or_path: str | Path, changes: Mapping[str, Any] | None = None) -> Experiment:
    """A shipped experiment by its name, or an experiment file by its path.

    Parameters
    ----------
    name_or_path : str or Path
    changes : mapping, optional
        Values that replace the file's, by key; ``size`` is the design's.

    Raises
    ------
    ScenarioErrors
        With everything that is wrong, in the file and in what it names.
    """
    path = _found(name_or_path)
    report = Report(label(path))
    experiment = _experiment(report, path, _changed(read_table(path), changes or {}))
    if experiment is None or report.errors:
        raise ScenarioErrors(report.errors)
    report.errors += errors_of_the_whole(report.file, experiment, changes or ())
    if report.errors:
        raise ScenarioErrors(report.errors)
    return experiment


def is_experiment(table: Mapping[str, Any]) -> bool:
    """Whether a file's content is an experiment's rather than a scenario's."""
    return any(key in table for key in ("design", "scenarios", "factors", "question", "replicates"))


def _found(name_or_path: str | Path) -> Path:
    """The file that a user means: a text with a slash, or ending in .toml, is a path."""
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or "/" in text or "\\" in text or text.endswith(".toml"):
        return Path(text)
    try:
        return library.shipped_path("experiments", text)
    except LookupError as error:
        raise ScenarioErrors([f"{error} (a file of your own is named with its .toml)"]) from None


def _changed(table: Row, changes: Mapping[str, Any]) -> Row:
    """The file's content with values from elsewhere on top."""
    of_design = {key: value for key, value in changes.items() if key == "size"}
    changed = {**table, **{key: value for key, value in changes.items() if key not in of_design}}
    if of_design and isinstance(table.get("design"), dict):
        changed["design"] = {**table["design"], **of_design}
    return changed


def _experiment(report: Report, path: Path, table: Row) -> Experiment | None:
    """The experiment that a file's content describes, as far as it is right."""
    refuse_unknown(report, "", table, [*(key.name for key in KEYS), *LISTS, *TABLES])
    keys = checked_row(report, "", table, KEYS)
    design = _design(report, table.get("design"))
    scenarios = _scenarios(report, path, table.get("scenarios"))
    factors = read_factors(report, table, int(design.get("doses", 3)))
    kind = DESIGNS.get(design.get("kind", ""))
    rows = read_rows(report, path, design["file"], scenarios) if "file" in design else ()
    others: Row = {
        "outcomes": _outcomes(report, table.get("outcomes", [])),
        "structures": _structures(report, table.get("structures", "default")),
    }
    if kind is None:
        return None
    usual = {"title": path.stem, "replicates": kind.replicates, "common": kind.common}
    return Experiment(
        name=path.stem, scenarios=scenarios, factors=_complete(factors, design), design=design, table=rows,
        path=path, **{**usual, **keys}, **others,
    )  # fmt: skip


def _complete(factors: tuple[Factor, ...], design: Row) -> tuple[Factor, ...]:
    """The factors, with the dummy where the design wants one."""
    return (*factors, dummy()) if design.get("dummy") and factors else factors


def _design(report: Report, given: Any) -> Row:
    """The checked table [design], with every default filled in."""
    if not isinstance(given, dict):
        is_what = "is missing" if given is None else f"is {shown(given)}"
        report.say("design", f'{is_what}, but must be a table: write [design] and kind = "grid", for example')
        return {}
    kind = checked_row(report, "design.", {k: v for k, v in given.items() if k == "kind"}, (KIND,))
    if not kind:
        return {}
    design: Design = DESIGNS[kind["kind"]]
    names = ["kind", *(option.name for option in design.options), *design.lists]
    refuse_unknown(report, "design.", given, names)
    single = {key: value for key, value in given.items() if key not in design.lists}
    found = {**kind, **design.defaults, **checked_row(report, "design.", single, design.options)}
    found |= {name: _amounts(report, f"design.{name}", given[name]) for name in design.lists if name in given}
    if found["kind"] == "sobol" and found["size"] & (found["size"] - 1):
        near = 1 << (found["size"].bit_length() - 1)
        report.say(
            "design.size", f"is {found['size']}, but must be a power of two, such as {near} or {2 * near}"
        )
    if found.get("levels", 2) % 2:
        report.say("design.levels", f"is {found['levels']}, but must be an even number")
    return found


def _amounts(report: Report, key: str, given: Any) -> tuple[float, ...]:
    """A list of pounds a year, from small to large."""
    amounts = given if isinstance(given, list) and given else [given]
    spec = Field(key, "number", "pounds a year", unit="pounds a year", minimum=1, maximum=1e9)
    checked_amounts = [report.value(key, spec, amount) for amount in amounts]
    return tuple(sorted({float(amount) for amount in checked_amounts if amount is not None}))


# --- lists --------------------------------------------------------------------------------------


def _words(report: Report, key: str, given: Any, example: str) -> list[str]:
    """A list of different words; what is none is reported."""
    words = [given] if isinstance(given, str) else given
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        report.say(key, f"is {shown(given)}, but must be a list of names, such as [{shown(example)}]")
        return []
    if len(set(words)) < len(words):
        report.say(key, "names something twice")
    return list(dict.fromkeys(words))


def _scenarios(report: Report, path: Path, given: Any) -> tuple[str, ...]:
    """The scenarios, each loaded once to see that it is right: files beside the experiment, else shipped."""
    if given is None or given == []:
        report.say("scenarios", 'is missing: write scenarios = ["mixed-partnership"], for example')
        return ()
    found = []
    for name in _words(report, "scenarios", given, "mixed-partnership"):
        place = path.parent / f"{name}.toml"
        is_beside = library.is_name(name) and place.is_file() and not _holds_experiment(place)
        chosen = str(place) if is_beside else name
        if not library.is_name(name):
            report.say("scenarios", f"names {shown(name)}, but must hold names of scenarios, not paths")
        elif not is_beside and name not in library.scenario_names():
            beside = [file.stem for file in path.parent.glob("*.toml") if file != path]
            hint = nearest(name, [*library.scenario_names(), *beside])
            report.say("scenarios", f"names {shown(name)}, but there is no such scenario{hint}")
        elif _is_right(report, chosen):
            found.append(chosen)
    return tuple(found)


def _holds_experiment(place: Path) -> bool:
    try:
        return is_experiment(read_table(place))
    except ScenarioErrors:
        return False


def _is_right(report: Report, name: str) -> bool:
    """Whether a scenario can be loaded; what is wrong with it goes to the report."""
    try:
        load_scenario(name)
    except ScenarioErrors as error:
        report.errors += error.errors
        return False
    return True


def _outcomes(report: Report, given: Any) -> tuple[str, ...]:
    names = scalar_names(max(YEARS))
    chosen = _words(report, "outcomes", given, "trust_last")
    for name in chosen:
        if name not in names:
            hint = f"; did you mean {name}_last?" if f"{name}_last" in names else nearest(name, names)
            report.say("outcomes", f"names {shown(name)}, but there is no such outcome{hint}")
    return tuple(chosen)


def _structures(report: Report, given: Any) -> str | tuple[str, ...]:
    """A word, or the full names of the choices that vary."""
    if given in STRUCTURES:
        return str(given)
    names = [p.name for p in PARAMETER.values() if p.kind == "structure"]
    if isinstance(given, str):
        words = ", ".join(STRUCTURES)
        text = f"is {shown(given)}, but must be one of {words}, or a list of structural choices"
        report.say("structures", f"{text}{nearest(given, STRUCTURES)}")
        return "default"
    full = [_full(word) for word in _words(report, "structures", given, "trust_rule")]
    for name in full:
        if name not in names:
            hint = nearest(name, names) or f"; there are {', '.join(names)}"
            report.say("structures", f"names {shown(name)}, but there is no such choice{hint}")
    return tuple(full) or "default"


def _full(word: str) -> str:
    return word if word.startswith("structure.") else f"structure.{word}"
