"""A dashboard for tests: served by the command itself, looked at by a browser that reports every fault; and what the
tests of its pages do and look at again and again.
"""

import itertools
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

WAIT = 120_000  # milliseconds: the machine may be busy
expect.set_options(timeout=WAIT)


@contextmanager
def served(*options: str, command: str = "dashboard") -> Iterator[str]:
    """The address of a dashboard that is served while the block runs."""
    words = [sys.executable, "-m", "collabsim", command, "--port", "0", "--no-browser", *options]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    try:
        yield _address(process)
    finally:
        _end(process)


def _end(process: subprocess.Popen) -> None:
    """End a server; one that does not end when it is asked to fails the test, and is gone all the same."""
    try:
        process.terminate()
        process.wait(timeout=30)
    finally:
        process.kill()
        process.wait(timeout=30)


def _address(process: subprocess.Popen) -> str:
    said = []
    for line in process.stderr:
        said.append(line)
        found = re.search(r"http://[^\s/]+", line)
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()  # nobody else empties it
            return found[0]
    raise AssertionError(f"the dashboard did not start: {''.join(said)}")


@dataclass
class Watched:
    """A page, what it said on its console, and what it asked of others than its server."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str = "/") -> Page:
        """Go to a page and wait until it is drawn."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector("#cs-main", timeout=WAIT)
        return self.page

    def settled(self) -> Page:
        """Wait for the last picture of the newest wish."""
        self.page.wait_for_function(
            "() => { const c = document.getElementById('cs-count');"
            " return c && c.dataset.done > 0 && !c.textContent.includes('settling') }",
            timeout=WAIT,
        )
        return self.page


@contextmanager
def watched(browser: Browser, address: str, width: int = 1280, height: int = 720) -> Iterator[Watched]:
    """A page in a fresh profile; at the end there must be no fault, and nothing asked of another machine."""
    context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
    found = Watched(context.new_page(), address)
    page, faults = found.page, found.faults
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("console", lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None)
    page.on(
        "request",
        lambda r: (
            faults.append(f"asked: {r.url}") if not r.url.startswith((address, "data:", "blob:")) else None
        ),
    )
    page.on("response", lambda r: faults.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
    try:
        yield found
        assert not faults, faults
    finally:
        context.close()


# --- what tests look at ------------------------------------------------------------------------


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds against the rules of accessibility: rule, and where."""
    page.wait_for_timeout(100)
    found = Axe().run(page).response["violations"]
    return [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found]


def downloaded(page: Page, button: str) -> tuple[str, bytes]:
    """What a button hands over: the file's name and its bytes."""
    with page.expect_download(timeout=WAIT) as waiting:
        page.get_by_role("button", name=button).first.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def touching(page: Page, selector: str) -> list[tuple[str, str]]:
    """The words and marks of a drawing that lie over each other, in pairs."""
    boxes = page.locator(selector).evaluate_all(
        "all => all.map((e) => [e.textContent.trim() || e.tagName, e.getBoundingClientRect().toJSON()])"
    )
    return [
        (first, other)
        for (first, a), (other, b) in itertools.combinations(boxes, 2)
        if min(a["right"], b["right"]) - max(a["left"], b["left"]) > 1
        and min(a["bottom"], b["bottom"]) - max(a["top"], b["top"]) > 1
    ]


def events_of(page: Page) -> list[dict]:
    """The events of the address; none where they are the scenario's own."""
    return json.loads(dict(parse_qsl(urlsplit(page.url).query)).get("events", "[]"))


def until_events(page: Page, words: str) -> list[dict]:
    """Wait until the address's events hold these words, and take them."""
    held = "(words) => decodeURIComponent(location.search).includes(words)"
    page.wait_for_function(held, arg=words, timeout=WAIT)
    return events_of(page)


def typed(box: Locator, word: str) -> None:
    box.fill(word)
    box.press("Tab")
