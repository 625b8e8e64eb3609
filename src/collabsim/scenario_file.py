"""Reads scenario files: `extends` is followed, every table checked, every error kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from collabsim import file_format, library
from collabsim.checks import Report, ScenarioErrors, nearest, shown, shown_key
from collabsim.file_format import EVENT_KINDS, SECTIONS, Field
from collabsim.parameters import PARAMETER, Parameter, Value
from collabsim.toml_file import label, read_table

Row = dict[str, Any]


@dataclass
class Draft:
    """What the files of one scenario say, checked value by value; defaults are not filled in.

    A list is None where no file gives it.
    """

    keys: Row = field(default_factory=dict)
    tables: dict[str, dict[str, Value]] = field(default_factory=lambda: {name: {} for name in SECTIONS})
    agencies: list[Row] | None = None
    sources: list[Row] | None = None
    events: list[Row] | None = None

    def overlaid(self, child: Draft) -> Draft:
        """The draft with a child's on top: tables merge, lists are replaced when the child has them."""
        return Draft(
            {**self.keys, **child.keys},
            {name: {**table, **child.tables[name]} for name, table in self.tables.items()},
            self.agencies if child.agencies is None else child.agencies,
            self.sources if child.sources is None else child.sources,
            self.events if child.events is None else child.events,
        )


def read_draft(path: Path) -> tuple[Draft, list[str]]:
    """A scenario file on top of those that it extends, and every error found in any of them."""
    draft = Draft()
    files, errors = _family(path)
    is_complete = not errors
    for file, table in reversed(files):
        child, found = _draft_of(table, label(file))
        draft = draft.overlaid(child)
        errors += found
    if is_complete:
        errors += _errors_of_the_whole(draft, label(path))
    return draft, errors


# --- the files that extend each other -----------------------------------------------------------


def files_read(path: Path) -> list[Path]:
    """A scenario file and those that it extends, as far as they can be read."""
    return [file for file, _ in _family(path)[0]]


def _family(path: Path) -> tuple[list[tuple[Path, Row]], list[str]]:
    """The file, the one it extends, and so on, as far as they can be read; and why no further."""
    files: list[tuple[Path, Row]] = []
    following: Path | None = path
    try:
        while following is not None:
            files.append((following, read_table(following)))
            following = _extended(files)
    except ScenarioErrors as error:
        return files, error.errors
    return files, []


def _extended(files: list[tuple[Path, Row]]) -> Path | None:
    """The file that the last one extends: beside it, else shipped. A name is never a path."""
    child, table = files[-1]
    if "extends" not in table:
        return None
    name = table["extends"]
    if not (isinstance(name, str) and library.is_name(name)):
        raise _wrong_extends(child, f"is {shown(name)}, but must be the name of a scenario, not a path")
    read = {file.resolve() for file, _ in files}
    found = [place for place in _places(child, name) if place.is_file()]
    unread = [place for place in found if place.resolve() not in read]
    if found and not unread:
        steps = " extends ".join([*(file.stem for file, _ in files), name])
        raise _wrong_extends(child, f"closes a circle: {steps}")
    if not found:
        names = {*library.scenario_names(), *(file.stem for file in child.parent.glob("*.toml"))}
        hint = nearest(name, sorted(names - {child.stem}))
        raise _wrong_extends(child, f"is {shown(name)}, but there is no such scenario{hint}")
    return unread[0]


def _places(child: Path, name: str) -> list[Path]:
    shipped = library.shipped_files("scenarios").get(name)
    return [child.parent / f"{name}.toml", *([shipped] if shipped else [])]


def _wrong_extends(child: Path, text: str) -> ScenarioErrors:
    report = Report(label(child))
    report.say("extends", text)
    return ScenarioErrors(report.errors)


# --- one file: keys, types, ranges --------------------------------------------------------------


def _draft_of(table: Row, file: str) -> tuple[Draft, list[str]]:
    """The values of one file, each checked on its own, and the errors found."""
    report = Report(file)
    specs = {spec.name: spec for spec in file_format.KEYS}
    refuse_unknown(report, "", table, ["extends", *specs, *SECTIONS, "agencies", "sources", "events"])
    draft = Draft(
        checked_row(report, "", table, specs.values()),
        {section: _section(report, section, table.get(section, {})) for section in SECTIONS},
        _rows(report, table, "agencies", file_format.AGENCY),
        _rows(report, table, "sources", file_format.SOURCE),
        _events(report, table),
    )
    return draft, report.errors


def refuse_unknown(report: Report, prefix: str, row: Row, known: Iterable[str]) -> None:
    """Report every key of a table that is not known, with the nearest that is."""
    known = list(known)
    for key in row:
        if key not in known:
            hint = nearest(key, known) or f"; known are {', '.join(known)}"
            report.say(prefix + shown_key(key), f"is not a known key{hint}")


def checked_row(report: Report, prefix: str, row: Row, specs: Iterable[Field]) -> Row:
    """The values of one table that are right; what is wrong or missing goes to the report."""
    values = {}
    for spec in specs:
        if spec.name in row:
            values[spec.name] = report.value(prefix + spec.name, spec, row[spec.name])
        elif spec.required:
            report.say(prefix.rstrip("."), f"has no {spec.name} ({spec.meaning}), which it needs")
    return {key: value for key, value in values.items() if value is not None}


def _rows(report: Report, table: Row, name: str, specs: tuple[Field, ...]) -> list[Row] | None:
    """The checked rows of a list of tables; None where the file has no such list."""
    if (given := _list(report, table, name)) is None:
        return None
    for prefix, row in given:
        refuse_unknown(report, prefix, row, [spec.name for spec in specs])
    return [checked_row(report, prefix, row, specs) for prefix, row in given]


def _list(report: Report, table: Row, name: str) -> list[tuple[str, Row]] | None:
    """The tables of a list, each with the start of its keys' names; what is no table is reported."""
    if name not in table:
        return None
    given = table[name]
    if not isinstance(given, list):
        report.say(name, f"is {shown(given)}, but must be a list: write [[{name}]] above each entry")
        return []
    if name == "agencies" and not given:
        report.say(name, "is an empty list, but a partnership needs agencies")
    rows = [(f"{name}[{number}].", row) for number, row in enumerate(given, 1)]
    for prefix, row in rows:
        if not isinstance(row, dict):
            report.say(prefix.rstrip("."), f"is {shown(row)}, but must be a table")
    return [(prefix, row) for prefix, row in rows if isinstance(row, dict)]


# --- parameters ---------------------------------------------------------------------------------


def _section(report: Report, section: str, table: Any, prefix: str = "") -> dict[str, Value]:
    """The parameters under [baseline], [policy], [context] or [structure], by their full names."""
    if not isinstance(table, dict):
        report.say(prefix or section, f"is {shown(table)}, but must be a table")
        return {}
    is_flat = section == "structure"
    prefix = prefix or ("" if is_flat else f"{section}.")
    values: dict[str, Value] = {}
    for name, value in full_names({section: table} if is_flat else table):
        spec = find_parameter(report, name, SECTIONS[section], prefix)
        right = report.value(prefix + name, spec, value) if spec else None
        if name in values:
            report.say(prefix + name, "is given twice")
        if right is not None:
            values[name] = right
    return values


def full_names(table: Row) -> list[tuple[str, Any]]:
    """Full names and values in a table of tables; a name may be written with its dot, in quotes."""
    pairs: list[tuple[str, Any]] = []
    for group, inside in table.items():
        is_group = isinstance(inside, dict) and "." not in group
        pairs += [(f"{group}.{word}", value) for word, value in inside.items()] if is_group else []
        pairs += [] if is_group else [(group, inside)]
    return pairs


_KIND_WORDS = {
    "lever": "a lever, which belongs under [policy] or [baseline]",
    "uncertainty": "an uncertainty, which belongs under [context]",
    "constant": "a constant, which belongs under [context]",
    "structure": "a structural choice, which belongs under [structure]",
}


def find_parameter(report: Report, name: str, kinds: Iterable[str], prefix: str = "") -> Parameter | None:
    """The parameter of a name, if it is of one of these kinds; else None and a sentence in the report."""
    kinds = tuple(kinds)
    parameter = PARAMETER.get(name)
    if parameter is None:
        known = [p.name for p in PARAMETER.values() if p.kind in kinds]
        report.say(prefix + shown_key(name), f"is not a known name{_meant(name, known)}")
    elif parameter.kind not in kinds:
        report.say(prefix + name, f"is {_KIND_WORDS[parameter.kind]}")
        return None
    return parameter


def _meant(name: str, known: list[str]) -> str:
    """A hint at the parameter that was meant, also when only its group or its last word is given."""
    same_word = [full for full in known if full.partition(".")[2] == name.rpartition(".")[2]]
    in_group = [full for full in known if full.startswith(f"{name}.")]
    if in_group:
        return f" but a group of names: write {in_group[0]}, for example"
    hint = f"; did you mean {same_word[0]}?" if len(same_word) == 1 else nearest(name, known)
    return hint or "; 'collabsim parameters' lists them"


# --- events -------------------------------------------------------------------------------------


def _events(report: Report, table: Row) -> list[Row] | None:
    """The checked events, each with the keys of its kind."""
    if (given := _list(report, table, "events")) is None:
        return None
    return [_event(report, prefix, row) for prefix, row in given]


def checked_events(
    rows: Sequence[Mapping[str, Any]], agencies: Sequence[str], months: int
) -> tuple[list[Row], list[str]]:
    """Events of a timeline by itself, checked like a file's, and what is wrong with them.

    Parameters
    ----------
    rows : sequence of mapping
    agencies : sequence of str
        Names of the partnership's agencies.
    months : int
        Length of the run.
    """
    report = Report("timeline")
    events = _events(report, {"events": [dict(row) for row in rows]}) or []
    draft = Draft(agencies=[{"name": name} for name in agencies], events=events)
    if not report.errors:
        _check_names_of_agencies(report, draft)
        check_months(report, events, months)
    return events, report.errors


def _event(report: Report, prefix: str, row: Row) -> Row:
    event = checked_row(report, prefix, row, (file_format.MONTH, file_format.KIND))
    if "kind" not in event:  # what its other keys may be is then not known, but whose it is can be looked up
        return {**event, **checked_row(report, prefix, row, (file_format.WHOSE,))}
    kind = EVENT_KINDS[event["kind"]]
    specs = (*(replace(spec, required=True) for spec in kind.needs), *kind.may)
    if event["kind"] == "policy":
        event["set"] = _switched_levers(report, f"{prefix}set", row.get("set"))
    known = ["month", "kind", *(spec.name for spec in specs), *(["set"] if "set" in event else [])]
    refuse_unknown(report, prefix, row, known)
    return {**event, **checked_row(report, prefix, row, specs)}


def _switched_levers(report: Report, key: str, given: Any) -> dict[str, Value]:
    """The levers that an event of kind policy sets."""
    if isinstance(given, dict) and given:
        return _section(report, "policy", given, prefix=f"{key}.")
    is_what = "is missing" if given is None else f"is {shown(given)}"
    example = 'set = { "colocation.days" = 0 }'
    report.say(key, f"{is_what}, but must say which levers change, for example {example}")
    return {}


# --- the scenario as a whole --------------------------------------------------------------------


def _errors_of_the_whole(draft: Draft, file: str) -> list[str]:
    """What is wrong with a scenario as a whole, though each of its values may be right."""
    report = Report(file)
    if draft.agencies != []:
        _check_agencies(report, draft.agencies or [])
        _check_names_of_agencies(report, draft)
    check_months(report, draft.events or [], 12 * draft.keys.get("years", file_format.DEFAULT_YEARS))
    return report.errors


def check_months(report: Report, events: list[Row], months: int) -> None:
    """That every event happens while the run lasts."""
    for number, event in enumerate(events, 1):
        if event.get("month", 0) >= months:
            text = f"is {event['month']:g}, but the run is over after {months} months"
            report.say(f"events[{number}].month", text)


def _check_agencies(report: Report, agencies: list[Row]) -> None:
    """How many agencies and posts there are, and that no two agencies have one name."""
    most, most_posts = file_format.MAX_AGENCIES, file_format.MAX_POSTS
    if not 2 <= len(agencies) <= most:
        text = f"has {len(agencies)} entries, but a partnership has 2 to {most}"
        report.say("agencies", f"{text}: write [[agencies]] above each")
    for name, count in Counter(row.get("name", "").casefold() for row in agencies).items():
        if name and count > 1:
            report.say("agencies", f"has {count} called {shown(name)}, but each needs a name of its own")
    posts = sum(row.get("posts", 0) for row in agencies)
    if posts > most_posts:
        report.say("agencies", f"has {posts:,} posts in all, but at most {most_posts:,} are allowed")


def _check_names_of_agencies(report: Report, draft: Draft) -> None:
    """That the host, and the agency of each event, is there."""
    names = [row["name"] for row in draft.agencies or [] if "name" in row]
    named = {f"events[{n}].agency": e.get("agency") for n, e in enumerate(draft.events or [], 1)}
    named["host"] = draft.keys.get("host")
    for key, name in named.items():
        if name is not None and name not in names:
            hint = nearest(name, names) or f"; there are {', '.join(map(shown, names[:10]))}"
            report.say(key, f"is {shown(name)}, but there is no agency of that name{hint}")
