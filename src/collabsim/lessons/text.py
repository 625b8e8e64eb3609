"""Markdown of lessons as safe HTML and as plain text: raw HTML is shown, not obeyed; no picture is fetched."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from collabsim import glossary


@cache
def _reader() -> MarkdownIt:
    """CommonMark with tables, without raw HTML and without pictures; links only to https and to places in the page."""
    reader = _Reader("commonmark", {"html": False, "typographer": False}).enable("table")
    return reader.disable(["image", "html_block", "html_inline"])


class _Reader(MarkdownIt):
    """The reader, with fewer links allowed than it would."""

    def validateLink(self, url: str) -> bool:
        """Whether a link may be followed."""
        return url.startswith(("https://", "#"))


def html(markdown: str, first_level: int = 3, *, terms: bool = True) -> str:
    """The words as HTML that holds nothing but paragraphs, lists, tables, emphasis, code, links and terms.

    Parameters
    ----------
    markdown : str
    first_level : int
        Level that a heading of the third level gets, so that it fits the page.
    terms : bool
        Whether the first place of every term of the glossary becomes a button of class ``cs-term`` with its key in
        ``data-term``: a page explains it on hover, on focus and on a click.
    """
    reader = _reader()
    tokens = reader.parse(markdown)
    explained: set[str] = set()
    for token in tokens:
        if token.type == "inline" and terms:
            token.children = _with_terms(token.children or [], explained)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, max(first_level, int(token.tag[1]) - 3 + first_level))}"
        if token.type == "inline":
            _mark_links(token.children or [])
    return str(reader.renderer.render(tokens, reader.options, {}))


def _with_terms(tokens: Sequence[Token], explained: set[str]) -> list[Token]:
    """The tokens with the terms of plain text as buttons; those in links and in code stay."""
    made: list[Token] = []
    links = 0
    for token in tokens:
        links += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        made += _split(token.content, explained) if token.type == "text" and not links else [token]
    return made


def _split(words: str, explained: set[str]) -> list[Token]:
    """A text as texts and buttons."""
    made: list[Token] = []
    place = 0
    for found in glossary.find(words, explained):
        said = escape(words[found.start : found.end])
        button = f'<button type="button" class="cs-term" data-term="{found.key}">{said}</button>'
        made += [_token("text", words[place : found.start]), _token("html_inline", button)]
        place = found.end
        explained.add(found.key)
    return [*made, _token("text", words[place:])]


def _token(kind: str, content: str) -> Token:
    return Token(kind, "", 0, content=content)


def _mark_links(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type == "link_open":
            token.attrSet("rel", "noopener noreferrer")


def plain(markdown: str, width: int = 78) -> str:
    """The words as text for a terminal: paragraphs wrapped, lists with hyphens, no other marks."""
    return "\n\n".join(_paragraphs(markdown, width))


def sentences(markdown: str) -> str:
    """The words alone, one paragraph a line: what a reading level is measured on."""
    return "\n".join(" ".join(paragraph.split()) for paragraph in _paragraphs(markdown, 10_000))


def _paragraphs(markdown: str, width: int) -> list[str]:
    found: list[str] = []
    depth, item = 0, ""
    for token in _reader().parse(markdown):
        depth += {"bullet_list_open": 1, "ordered_list_open": 1}.get(token.type, 0)
        depth -= {"bullet_list_close": 1, "ordered_list_close": 1}.get(token.type, 0)
        if token.type == "list_item_open":
            item = f"{token.info}. " if token.info else "- "
        elif token.type == "inline":
            indent = "  " * max(0, depth - 1)
            words = _words(token.children or [])
            blank = " " * len(item) if depth else ""
            found.append(
                textwrap.fill(words, width, initial_indent=indent + item, subsequent_indent=indent + blank)
            )
            item = " " * len(item)
        elif token.type in ("fence", "code_block"):
            found.append(textwrap.indent(token.content.rstrip(), "    "))
    return _lists_together(found)


def _lists_together(paragraphs: list[str]) -> list[str]:
    """The same with the items of a list on lines that follow each other."""
    together: list[str] = []
    for words in paragraphs:
        is_item = words.lstrip().startswith("- ")
        if is_item and together and together[-1].lstrip().startswith("- "):
            together[-1] += f"\n{words}"
        else:
            together.append(words)
    return together


def _words(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)
