"""Scenario files that must be refused, each with words that the refusal must contain.

Loading them and running them from the command line are tested with the same list.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

AGENCIES = """
[[agencies]]
name = "Trust"
sector = "nhs"
posts = 12

[[agencies]]
name = "Charity"
sector = "vcse"
posts = 9
"""


class BadScenario(NamedTuple):
    """A file to refuse: its text, its bytes, or what makes it in a folder and returns its path."""

    name: str
    content: str | bytes | Callable[[Path], Path]
    words: tuple[str, ...]

    def written(self, folder: Path) -> Path:
        """The path of the bad file, which stands in this folder (or does not)."""
        if callable(self.content):
            return self.content(folder)
        path = folder / "bad.toml"
        path.write_bytes(self.content.encode() if isinstance(self.content, str) else self.content)
        return path


def _agency(line: str) -> str:
    """Two agencies, a line of the second being replaced."""
    key = line.partition(" = ")[0]
    rows = AGENCIES.splitlines()
    last = max(number for number, row in enumerate(rows) if row.startswith(f"{key} ")) if key else 0
    return "\n".join([*rows[:last], line, *rows[last + 1 :]])


def _more(text: str) -> str:
    return AGENCIES + text


def _files(**texts: str) -> Callable[[Path], Path]:
    """Writes these files; the first is the bad one."""

    def write(folder: Path) -> Path:
        for stem, text in texts.items():
            (folder / f"{stem}.toml").write_text(text)
        return folder / f"{next(iter(texts))}.toml"

    return write


def _folder(folder: Path) -> Path:
    path = folder / "folder.toml"
    path.mkdir()
    return path


def _pipe(folder: Path) -> Path:
    path = folder / "pipe.toml"
    os.mkfifo(path)
    return path


FILES = [
    BadScenario("missing file", lambda folder: folder / "nothing.toml", ("nothing.toml", "no such file")),
    BadScenario("folder", _folder, ("folder.toml", "is a folder")),
    BadScenario("pipe that nobody writes to", _pipe, ("pipe.toml", "not an ordinary file")),
    BadScenario("null in the path", lambda folder: folder / "a\0b.toml", ("null character",)),
    BadScenario("path too long", lambda folder: folder / ("a" * 5_000 + ".toml"), ("too long",)),
    BadScenario("file as folder", lambda _: Path(__file__) / "x.toml", ("not a directory",)),
    BadScenario("binary", bytes(range(256)), ("UTF-8",)),
    BadScenario("UTF-16", AGENCIES.encode("utf-16"), ("UTF-8",)),
    BadScenario("null bytes", b"\0" * 100, ("not valid TOML",)),
    BadScenario("10 MB", AGENCIES + "#" * 10_000_000, ("10,000,", "1,000,000")),
    BadScenario("empty file", "", ("agencies", "2 to 24")),
    BadScenario("prose", "Dear all, here is our partnership", ("not valid TOML", "line 1")),
    BadScenario("JSON", '{"agencies": []}', ("not valid TOML",)),
    BadScenario("unclosed quote", 'title = "Trust\n' + AGENCIES, ("not valid TOML", "line 1")),
    BadScenario("key twice", "years = 5\nyears = 6\n" + AGENCIES, ("not valid TOML",)),
    BadScenario("deep nesting", "years = " + "[" * 50_000, ("nested too deeply",)),
    BadScenario("endless number", "years = " + "9" * 10_000 + AGENCIES, ("thousands of digits",)),
]

NAMES = [
    BadScenario("unknown key", 'titel = "X"\n' + AGENCIES, ("titel", "did you mean title?")),
    BadScenario("unknown table", _more("[polcy.funding]\ngrant_months = 6"), ("polcy", "policy")),
    BadScenario(
        "unknown lever",
        _more("[policy.funding]\ngrant_moths = 6"),
        ("policy.funding.grant_moths", "did you mean funding.grant_months?"),
    ),
    BadScenario("unknown group", _more("[policy.fundin]\ngrant_months = 6"), ("funding.grant_months",)),
    BadScenario("lever without group", _more("[policy]\ngrant_months = 6"), ("did you mean funding.grant",)),
    BadScenario("group without lever", _more("[policy]\nfunding = 6"), ("policy.funding", "a group")),
    BadScenario(
        "lever in the context", _more("[context.training]\ndays_per_year = 1"), ("a lever", "[policy]")
    ),
    BadScenario("uncertainty as lever", _more("[policy.trust]\ngain = 0.1"), ("an uncertainty", "[context]")),
    BadScenario("structure as context", _more('[context.structure]\ntrust_rule = "beta"'), ("[structure]",)),
    BadScenario("policy is no table", "policy = 3\n" + AGENCIES, ("policy", "is 3", "a table")),
    BadScenario(
        "given twice", _more('[policy]\n"funding.grant_months" = 6\nfunding.grant_months = 9'), ("twice",)
    ),
    BadScenario("control in key", _more('[policy.funding]\n"a\\u001bb" = 6'), ("funding.a\\x1bb",)),
]

VALUES = [
    BadScenario(
        "out of range",
        _more("[policy.funding]\ngrant_months = 1000"),
        ("policy.funding.grant_months", "1000", "3", "120", "months"),
    ),
    BadScenario(
        "below range", _more("[context.trust]\ngain = -0.1"), ("context.trust.gain", "-0.1", "0 to 1")
    ),
    BadScenario("not a number", _more("[context.trust]\ngain = nan"), ("nan", "a number")),
    BadScenario("infinity", _more("[context.costs]\nleaver = inf"), ("inf", "a number")),
    BadScenario("negative infinity", _more("[policy.funding]\nnotice_months = -inf"), ("-inf",)),
    BadScenario(
        "switch as number", _more("[policy.training]\ndays_per_year = true"), ("is true", "a number")
    ),
    BadScenario("number as switch", _more("[policy.funding]\npermanent = 1"), ("true or false", "mean true")),
    BadScenario(
        "quoted switch", _more('[policy.funding]\npermanent = "yes"'), ("true or false", "mean true")
    ),
    BadScenario(
        "list for number", _more("[policy.training]\ndays_per_year = [1, 2]"), ("a list", "a number")
    ),
    BadScenario("date for number", _more("[policy.training]\ndays_per_year = 2024-02-23"), ("2024-02-23",)),
    BadScenario("fraction of a count", _more("[policy.meetings]\ncore_group_size = 8.5"), ("whole number",)),
    BadScenario("wrong choice", _more('[policy.handover]\nstandard = "writen"'), ("written", "overlap")),
    BadScenario("unknown structure", _more('[structure]\ntrust_rule = "bayes"'), ("delta", "beta")),
    BadScenario("3 years", _more('[policy.funding]\ngrant_months = "3 years"'), ("did you mean 36?",)),
    BadScenario("12 months", _more('[policy.funding]\ngrant_months = "12 months"'), ("did you mean 12?",)),
    BadScenario("years for months", _more("[policy.funding]\ngrant_months = 2"), ("did you mean 24?",)),
    BadScenario("months for years", _more("[policy.leadership]\ntenure_years = 60"), ("did you mean 5?",)),
    BadScenario("months for weeks", _more('[context.hiring]\nnhs = "3 months"'), ("did you mean 13?",)),
    BadScenario(
        "percentage", _more("[context.funding]\nrenewal_probability = 65"), ("is 65", "did you mean 0.65?")
    ),
    BadScenario("per cent sign", _more('[context.funding]\nrenewal_probability = "65%"'), ("mean 0.65?",)),
    BadScenario("pounds sign", _more('[context.costs]\nleaver = "£15000"'), ("did you mean 15000?",)),
    BadScenario("no years", "years = 0\n" + AGENCIES, ("years is 0", "1 to 100")),
    BadScenario("half a year", "years = 0.5\n" + AGENCIES, ("years is 0.5", "whole number")),
    BadScenario("escape in title", 'title = "\\u001b[31mred"\n' + AGENCIES, ("title", "control")),
    BadScenario("title of two lines", 'title = "a\\nb"\n' + AGENCIES, ("title", "one line")),
    BadScenario("endless about", f'about = "{"x" * 3_000}"\n' + AGENCIES, ("about", "2000")),
    BadScenario("huge number", _more(f"[context.trust]\ngain = {'9' * 4_000}"), ("trust.gain", "...")),
]

PARTNERSHIPS = [
    BadScenario("no agencies", "agencies = []", ("agencies", "empty list")),
    BadScenario("one agency", AGENCIES[: AGENCIES.rindex("[[")], ("agencies has 1", "2 to 24")),
    BadScenario("agencies not a list", "agencies = 3", ("agencies is 3", "[[agencies]]")),
    BadScenario("agency not a table", 'agencies = ["Trust", "Charity"]', ("agencies[1]", "a table")),
    BadScenario("too many agencies", AGENCIES * 13, ("26", "2 to 24")),
    BadScenario("no name", _agency("").replace('name = "Charity"', ""), ("agencies[2]", "has no name")),
    BadScenario("empty name", _agency('name = " "'), ("agencies[2].name",)),
    BadScenario("control in name", _agency('name = "A\\u0007B"'), ("agencies[2].name", "control", "\\x07")),
    BadScenario("hidden direction", _agency('name = "A\\u202eB"'), ("agencies[2].name", "\\u202e")),
    BadScenario("same name twice", _agency('name = "trust"'), ("2 called", "trust")),
    BadScenario("no posts", _agency("posts = 0"), ("agencies[2].posts is 0", "1 to")),
    BadScenario("negative posts", _agency("posts = -4"), ("agencies[2].posts is -4",)),
    BadScenario("half a post", _agency("posts = 4.5"), ("agencies[2].posts is 4.5", "whole number")),
    BadScenario("posts in words", _agency('posts = "nine"'), ("agencies[2].posts", "whole number")),
    BadScenario("too many posts", AGENCIES.replace("12", "90_000").replace("9\n", "20_000\n"), ("110,000",)),
    BadScenario("unknown sector", _agency('sector = "Council"'), ("sector", "did you mean la?")),
    BadScenario("sector misspelt", _agency('sector = "vsce"'), ("did you mean vcse?",)),
    BadScenario("unknown agency key", _agency("posts = 9\npost = 3"), ("agencies[2].post ", "posts")),
    BadScenario("share as percentage", _agency("posts = 9\ngrant_share = 70"), ("did you mean 0.7?",)),
    BadScenario("unknown host", 'host = "Charty"\n' + AGENCIES, ("host", "did you mean Charity?")),
    BadScenario("source without place", _more('[[sources]]\npassage = "x"'), ("sources[1] has no where",)),
]

EVENTS = [
    BadScenario("unknown event", _more('[[events]]\nmonth = 3\nkind = "breach"'), ("data_breach",)),
    BadScenario("event without month", _more('[[events]]\nkind = "grant_cliff"'), ("has no month",)),
    BadScenario("event without kind", _more("[[events]]\nmonth = 3"), ("has no kind",)),
    BadScenario(
        "event after the run",
        "years = 2\n" + _more('[[events]]\nmonth = 24\nkind = "grant_cliff"'),
        ("events[1].month is 24", "24 months"),
    ),
    BadScenario(
        "event before the policy", _more('[[events]]\nmonth = -1\nkind = "grant_cliff"'), ("month is -1",)
    ),
    BadScenario(
        "event at an unknown agency",
        _more('[[events]]\nmonth = 3\nkind = "data_breach"\nagency = "Trst"'),
        ("events[1].agency", "did you mean Trust?"),
    ),
    BadScenario(
        "leak without agency", _more('[[events]]\nmonth = 3\nkind = "data_breach"'), ("has no agency",)
    ),
    BadScenario(
        "demand without factor", _more('[[events]]\nmonth = 3\nkind = "demand"\nweeks = 9'), ("no value",)
    ),
    BadScenario(
        "key of another kind",
        _more('[[events]]\nmonth = 3\nkind = "grant_cliff"\nweeks = 9'),
        ("events[1].weeks", "month, kind, agency"),
    ),
    BadScenario("policy without levers", _more('[[events]]\nmonth = 3\nkind = "policy"'), ("events[1].set",)),
    BadScenario(
        "policy with a wrong lever",
        _more('[[events]]\nmonth = 3\nkind = "policy"\nset = { "colocation.day" = 9 }'),
        ("events[1].set.colocation.day", "colocation.days"),
    ),
    BadScenario(
        "policy with a wrong dose",
        _more('[[events]]\nmonth = 3\nkind = "policy"\nset = { colocation = { days = 9 } }'),
        ("events[1].set.colocation.days is 9", "0 to 5"),
    ),
    BadScenario("events not a list", _more("[events]\nmonth = 3"), ("[[events]]",)),
]

EXTENDS = [
    BadScenario("extends itself", 'extends = "bad"\n' + AGENCIES, ("extends", "circle", "bad extends bad")),
    BadScenario(
        "extends in a circle",
        _files(a='extends = "b"', b='extends = "c"', c='extends = "a"'),
        ("a extends b extends c extends a",),
    ),
    BadScenario("extends nothing", 'extends = "mixed-partnershp"', ("mixed-partnership",)),
    BadScenario("extends a path", 'extends = "../../etc/passwd"', ("must be the name",)),
    BadScenario("extends an absolute path", 'extends = "/etc/passwd"', ("must be the name",)),
    BadScenario("extends another folder", 'extends = "..\\\\secret"', ("must be the name",)),
    BadScenario("extends dots", 'extends = ".."', ("must be the name",)),
    BadScenario("extends a number", "extends = 3", ("extends is 3", "the name")),
    BadScenario(
        "wrong value in the extended file",
        _files(child='extends = "parent"', parent=_more("[context.trust]\ngain = 7")),
        ("parent.toml", "context.trust.gain is 7"),
    ),
]

BAD_SCENARIOS = [*FILES, *NAMES, *VALUES, *PARTNERSHIPS, *EVENTS, *EXTENDS]
