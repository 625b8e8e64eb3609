"""Splits a lesson's file into its front matter and its steps, each with its block and its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from collabsim.checks import ScenarioErrors, nearest, shown
from collabsim.toml_file import label, read_text, read_toml

FENCE = "+++"
BLOCK = "lesson"


@dataclass(frozen=True)
class RawStep:
    """A step as it stands in the file: `line` is its heading's."""

    title: str
    line: int
    block: dict[str, Any]
    text: str


def split(path: Path) -> tuple[dict[str, Any], list[RawStep]]:
    """The front matter, and the steps in their order.

    Raises
    ------
    ScenarioErrors
        When there is no such file, or it is not made of a front matter and steps.
    """
    lines = read_text(path, "Markdown").splitlines()
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == FENCE), 0)
    if not lines or lines[0].strip() != FENCE or not end:
        raise _wrong(path, 1, f"must begin with a front matter: TOML between two lines of {FENCE}")
    front = _toml(path, lines[1:end], 1)
    return front, _steps(path, lines, end + 1)


def _steps(path: Path, lines: list[str], first: int) -> list[RawStep]:
    heads = _headings(lines, first)
    before = [n for n in range(first, heads[0][0] if heads else len(lines)) if lines[n].strip()]
    if before:
        raise _wrong(path, before[0] + 1, "stands before the first step: begin a step with '## Its title'")
    ends = [line for line, _ in heads[1:]] + [len(lines)]
    return [_step(path, lines, title, at, end) for (at, title), end in zip(heads, ends, strict=False)]


def _headings(lines: list[str], first: int) -> list[tuple[int, str]]:
    """Line (from 0) and title of every heading of the second level; none inside a fence counts."""
    tokens = MarkdownIt("commonmark").parse("\n".join(lines[first:]))
    return [
        (first + token.map[0], tokens[n + 1].content.strip())
        for n, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2" and token.map and token.level == 0
    ]


def _step(path: Path, lines: list[str], title: str, at: int, end: int) -> RawStep:
    body = lines[at + 1 : end]
    blocks = _blocks(path, body, at + 2)
    if len(blocks) > 1:
        raise _wrong(path, at + 2 + blocks[1][0], f"opens a second {BLOCK} block, but a step has one")
    if not blocks:
        return RawStep(title, at + 1, {}, "\n".join(body).strip())
    first, last = blocks[0]
    table = _toml(path, body[first + 1 : last - 1], at + 2 + first)
    return RawStep(title, at + 1, table, "\n".join([*body[:first], *body[last:]]).strip())


def _blocks(path: Path, body: list[str], first: int) -> list[tuple[int, int]]:
    """First line of every lesson block, and the line after its last; `first` is the body's own line in the file."""
    found = []
    for token in MarkdownIt("commonmark").parse("\n".join(body)):
        if token.type != "fence" or token.level or not token.map:
            continue
        start, end = token.map
        word = token.info.strip()
        if hint := nearest(word, [BLOCK]) if word != BLOCK else "":
            raise _wrong(path, first + start, f"opens a block marked {shown(word)}{hint}")
        if not _closes(body[end - 1], token.markup) or end - 1 == start:
            raise _wrong(path, first + start, f"opens a block that no later line of {token.markup} closes")
        found += [(start, end)] if word == BLOCK else []
    return found


def _closes(line: str, fence: str) -> bool:
    """Whether a line ends what a fence began."""
    return line.strip().startswith(fence) and not line.strip().strip(fence[0])


def _toml(path: Path, lines: list[str], before: int) -> dict[str, Any]:
    """The table in some lines of a file that stand after `before` others."""
    table, problem = read_toml("\n".join(lines))
    if problem:
        raise ScenarioErrors([f"{label(path)}: {_moved(problem, before)}."])
    return table


def _moved(problem: str, before: int) -> str:
    """The message with its line counted from the file's first."""
    words = re.sub(r"at line (\d+)", lambda found: f"at line {int(found[1]) + before}", problem)
    return words.replace("at end of document", f"at the end of the part that begins in line {before + 1}")


def _wrong(path: Path, line: int, text: str) -> ScenarioErrors:
    return ScenarioErrors([f"{label(path)}: line {line} {text}{'' if text.endswith('?') else '.'}"])
