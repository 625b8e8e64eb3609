"""``collabsim teach``."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import typer

from collabsim.cli.dashboard import Address, Host, NoBrowser, Port, Results, open_pages

Name = Annotated[
    str,
    typer.Argument(
        metavar="[LESSON]",
        help="A shipped lesson, or your own lesson file (.md); without one, the list of them.",
    ),
]


def teach(
    lesson: Name = "",
    port: Port = 8765,
    host: Host = "127.0.0.1",
    results: Results = "results",
    address: Address = "",
    no_browser: NoBrowser = False,
) -> None:
    """Open a lesson in a browser: play it, or lead a class.

    It stops with Ctrl+C.
    """
    from collabsim.lessons.lesson_file import lesson_names, load_lesson

    found = load_lesson(lesson) if lesson else None
    own = {found.name: found.path} if found is not None and lesson not in lesson_names() else {}
    start = f"/teach?lesson={quote(found.name)}" if found is not None else "/teach"
    open_pages(start, port, host, results, address, browser=not no_browser, lessons=own)
