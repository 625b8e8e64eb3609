"""The documentation site: built strictly, then looked at in a real browser, from files and without a network."""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import open_browser

from collabsim.model.week import SCHEDULE
from collabsim.outcomes import OUTCOMES
from collabsim.parameters import PARAMETERS

ROOT = Path(__file__).parent.parent
PAGES = sorted(path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md"))
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
PHONE = 390  # pixels wide
SAMPLE = ("index", "reference/outcomes")
READ = """() => ({
    title: document.title,
    language: document.documentElement.lang,
    ids: [...document.querySelectorAll("[id]")].map(e => e.id),
    links: [...document.querySelectorAll("a[href]")].map(e => e.href),
    silent: [...document.images].filter(e => !e.hasAttribute("alt")).map(e => e.src),
    broken: [...document.images].filter(e => e.complete && !e.naturalWidth).map(e => e.src),
    width: document.documentElement.scrollWidth,
    headings: [...document.querySelectorAll("article h1, article h2, article h3, article h4, article h5")]
        .map(e => Number(e.tagName[1])),
})"""

CELLS = """() => [...document.querySelectorAll("article table tbody")].map(
    body => [...body.rows].map(row => [...row.cells].map(cell => cell.innerText.trim())))"""


@dataclass
class Visit:
    """What a browser found on a page."""

    title: str
    language: str
    ids: list[str]
    links: list[str]
    silent: list[str]
    broken: list[str]
    width: int
    headings: list[int]
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as `make docs` builds it: a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    (words,) = re.findall(
        r"/python (-m sphinx .*) build/docs$", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    built = subprocess.run(
        [sys.executable, *words.split(), str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def page():
    with open_browser() as browser:
        context = browser.new_context(offline=True, viewport={"width": PHONE, "height": 844})
        page = context.new_page()
        page.set_default_timeout(20_000)
        yield page


@pytest.fixture(scope="module")
def visits(site, page):
    """Every page, visited."""
    return {path.relative_to(site).as_posix(): visit(page, path) for path in sorted(site.rglob("*.html"))}


def visit(page, path: Path, question: str = "") -> Visit:
    requests, complaints = [], []
    listeners = {
        "request": lambda request: requests.append(request.url),
        "requestfailed": lambda request: complaints.append(f"not found: {request.url}"),
        "pageerror": lambda error: complaints.append(str(error)),
        "console": lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    page.goto(path.as_uri() + question)
    found = page.evaluate(READ)
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    return Visit(**found, requests=requests, complaints=complaints)


def test_every_page_of_the_documentation_is_in_the_site(visits):
    assert {f"{page.as_posix()}.html" for page in PAGES} <= visits.keys()
    assert len(PAGES) >= 20


def test_every_page_is_reached_from_the_navigation(site, visits):
    reached = {urlsplit(link).path for link in visits["index.html"].links}
    for page in PAGES:
        assert urlsplit((site / f"{page}.html").as_uri()).path in reached, page


def test_the_tables_have_every_parameter_outcome_and_process(site, page, visits):
    ids = {*visits["reference/parameters.html"].ids}
    assert not {p.name for p in PARAMETERS if p.name.replace(".", "-").replace("_", "-") not in ids}
    ids = {*visits["reference/outcomes.html"].ids}
    assert not {o.name for o in OUTCOMES if f"outcome-{o.name}".replace("_", "-") not in ids}
    page.goto((site / "reference" / "schedule.html").as_uri())
    week, called = page.evaluate(CELLS)
    said = [[cell.replace("’", "'") for cell in row[1:]] for row in week]
    assert said == [list(process) for process in SCHEDULE]
    assert [row[1] for row in called].index("drift.drift") > 10


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_missing(visits):
    for name, found in visits.items():
        assert found.requests and not [
            url for url in found.requests if not url.startswith(("file://", "data:"))
        ], name
        assert not found.complaints, (name, found.complaints)
        assert not found.broken, (name, found.broken)


def test_every_link_and_anchor_leads_somewhere(site, visits):
    ids = {name: {*found.ids, ""} for name, found in visits.items()}
    for name, found in visits.items():
        for link in map(urlsplit, found.links):
            if link.scheme != "file":
                assert link.scheme in ("https", "mailto"), (name, link.geturl())
                continue
            target = Path(unquote(link.path))
            assert target.is_file(), (name, link.geturl())
            if target.suffix == ".html":
                assert unquote(link.fragment) in ids[target.relative_to(site).as_posix()], (
                    name,
                    link.geturl(),
                )


def test_pages_can_be_read_by_ear(visits):
    for name in (f"{page.as_posix()}.html" for page in PAGES):
        found = visits[name]
        assert (found.language, bool(found.title)) == ("en", True), name
        assert not found.silent, (name, found.silent)
        assert found.headings[:1] == [1] and found.headings.count(1) == 1, (name, found.headings)
        steps = zip(found.headings, found.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), (name, found.headings)
        assert len(found.ids) == len(set(found.ids)), name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_pages_of_each_kind(site, page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 800})
    for name in SAMPLE:
        page.goto((site / f"{name}.html").as_uri())
        found = Axe().run(page, options=RULES)
        assert not found.response["violations"], (name, found.generate_report())


def test_a_phone_shows_every_page_without_scrolling_sideways(visits):
    assert not [name for name, found in visits.items() if found.width > PHONE]


def test_the_search_finds_words_without_a_server(site, page):
    found = visit(page, site / "search.html", "?q=co-location")
    page.wait_for_selector("#search-results ul.search li a")
    assert page.locator("#search-results ul.search li a").count() >= 2
    assert not found.complaints


def test_equations_are_drawn_by_the_browser_itself(site, page):
    page.goto((site / "reference" / "odd.html").as_uri())
    drawn = page.locator("math")
    assert drawn.count() >= 12
    assert all(drawn.nth(i).bounding_box()["height"] > 5 for i in range(drawn.count()))
    assert not re.search(r"\\\(|\$\$", page.inner_text("article"))
