"""Compare and Rank in a real browser, without a network."""

import csv
import tomllib

import pytest
from dashboards import WAIT, downloaded, served, touching, typed, violations, watched
from playwright.sync_api import expect
from sweeps import finished

from collabsim.scenario import load_scenario

SCREENING = """
scenarios = ["mixed-partnership"]
years = 1
replicates = 2
outcomes = ["trust_last", "quits_last"]
[design]
kind = "morris"
size = 6
[factors.funding]
grant_months = { low = 6, high = 60 }
[factors.colocation]
days = { low = 0, high = 5 }
"""
POLICIES = """
scenarios = ["mixed-partnership"]
structures = ["trust_rule"]
years = 1
replicates = 3
outcomes = ["trust_last"]
[design]
kind = "table"
file = "policies.csv"
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies")
    for name, text in (("screening", SCREENING), ("policies", POLICIES)):
        (folder / name).mkdir()
        (folder / name / "policies.csv").write_text(
            "label,colocation.days\nAs it is,0\nOne day,1\nThree days,3\n"
        )
        finished(folder / name, text)
    with served("--results", str(folder)) as address:
        yield address


def test_scenarios_are_compared_overlaid_and_side_by_side_at_equal_cost(visit):
    page = visit.open("/?years=1&colocation.days=3")
    page.get_by_role("button", name="Compare with others").click()
    page.wait_for_function("() => location.pathname === '/compare'", timeout=WAIT)
    page.locator("#cs-with-1").wait_for(timeout=WAIT)
    expect(page.locator("#cs-with-1 option:checked")).to_have_text("What Explore showed")
    page.get_by_role("button", name="Add a scenario").click()
    page.locator("#cs-with-2").wait_for(timeout=WAIT)
    page.get_by_role("button", name="Remove scenario 3").click()
    page.locator("#cs-with-2").wait_for(state="detached", timeout=WAIT)
    page.get_by_label("Equal cost").check()
    page.get_by_text("its doses are multiplied by").wait_for(timeout=WAIT)
    page.get_by_label("Same yearly chance").check()
    page.get_by_role("button", name="Side by side").click()
    page.wait_for_function(
        "() => location.search.includes('annual=true&') && location.search.includes('side')", timeout=WAIT
    )
    page.get_by_text("Differences from the base").first.wait_for(timeout=WAIT)
    page.get_by_label("£ a year").fill("90000")
    page.get_by_label("£ a year").press("Tab")
    page.wait_for_function("() => location.search.includes('cost=90000')", timeout=WAIT)
    page.locator("#cs-outcome").select_option("quits")
    page.wait_for_function("() => location.search.includes('show=quits')", timeout=WAIT)
    visit.settled()
    name, text = downloaded(page, "Download “Mixed partnership, with your changes” (TOML)")
    assert (
        name == "mixed-partnership-2.toml"
        and tomllib.loads(text.decode())["policy"]["colocation"]["days"] > 0
    )
    figure = downloaded(page, "Download the figure of scenarios compared as SVG")[1]
    for words in (b"Scenarios compared: Voluntary quits", b"100 replicates. Bands: eight in ten"):
        assert figure.startswith(b"<svg") and words in figure
    assert b"Voluntary quits" in downloaded(page, "Download the table “Table of differences” as CSV")[1]
    assert violations(page) == []


def test_a_budget_that_cannot_be_had_is_said_and_the_field_shows_the_one_that_is(visit):
    page = visit.open("/compare?with=mixed-partnership,short-term-funding&cost=70000")
    field = page.get_by_label("£ a year")
    for word in ("99999999", "-5", "", "0", "999"):
        typed(field, word)
        expect(page.get_by_role("alert")).to_contain_text(
            "£ a year must be a whole number from 1,000 to 2,000,000."
        )
        expect(field).to_have_value("70000")
        page.get_by_role("button", name="Close").click()
    assert "cost=70000" in page.url


DOWNLOADS = """() => {
  window.downloads = [];
  const note = () => window.downloads.push([
    document.querySelector('#cs-with-1 option:checked').textContent,
    document.querySelector('[aria-label^="Download the figure"]').disabled,
    [...document.querySelectorAll('[aria-label="Take away"] button')].find((b) => b.textContent.includes('TOML')).disabled,
    Boolean(document.querySelector('[aria-label^="Download the table"]')),
    document.querySelector('figure').classList.contains('cs-old'),
  ]);
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""


def test_nothing_of_the_old_choice_can_be_taken_away_for_the_new_one(visit):
    page = visit.open("/compare?with=mixed-partnership,short-term-funding")
    visit.settled()
    page.evaluate(DOWNLOADS)
    chosen = load_scenario("scaling-15-agencies")
    page.locator("#cs-with-1").select_option("scaling-15-agencies")
    page.wait_for_function("() => location.search.includes('scaling-15')", timeout=WAIT)
    visit.settled()
    seen = page.evaluate("window.downloads")
    assert [
        chosen.title,
        True,
        True,
        False,
        True,
    ] in seen  # no figure, no file, no table; what is left is pale
    assert seen[-1] == [chosen.title, False, False, True, False]
    assert chosen.title.encode() in downloaded(page, f"Download “{chosen.title}” (TOML)")[1]


@pytest.mark.parametrize(("width", "look"), [(1280, "projector"), (390, "light"), (390, "projector")])
def test_scenarios_side_by_side_each_have_an_axis_whose_words_touch_nothing(browser, address, width, look):
    names = "mixed-partnership,short-term-funding,shared-purpose,short-term-funding-36-months-equal-annual"
    with watched(browser, address, width, 844) as visit:
        page = visit.open(f"/compare?with={names}&layout=side&look={look}")
        page.locator(".chart .x4title").wait_for(timeout=WAIT)
        titles = [page.locator(f".chart .x{k}title").text_content() for k in ("", 2, 3, 4)]
        assert all("policy's" in title for title in titles)
        axes = ".chart :is(.xtick, .x2tick, .x3tick, .x4tick) text"
        assert touching(page, f"{axes}, .chart [class$=title]:is(text)") == []
        edge = page.locator(".chart").bounding_box()
        for words in page.locator(".chart .legendtext, .chart [class$=title]:is(text)").all():
            box = words.bounding_box()
            assert box["x"] >= edge["x"] and box["x"] + box["width"] <= edge["x"] + edge["width"] + 1


def test_levers_are_moved_one_at_a_time_around_what_explore_showed(visit):
    page = visit.open("/?years=1&colocation.days=3")
    page.get_by_role("button", name="Which levers matter here?").click()
    page.locator("#cs-around").wait_for(timeout=WAIT)
    expect(page.locator("#cs-around option:checked")).to_have_text("What Explore showed")
    page.get_by_role("region", name="Table of levers").wait_for(timeout=WAIT)
    page.locator("#cs-outcome").select_option("sharing")
    page.wait_for_function("() => location.search.includes('show=sharing')", timeout=WAIT)
    page.get_by_text("change in requests for information met").first.wait_for(timeout=WAIT)
    page.wait_for_function(
        "() => !/levers|Comp/.test(document.getElementById('cs-count').textContent)", timeout=WAIT
    )
    rows = list(
        csv.reader(downloaded(page, "Download the table “Table of levers” as CSV")[1].decode().splitlines())
    )
    assert rows[0][:4] == ["lever", "now", "end", "value"] and len(rows) > 40
    assert {row[4] for row in rows[1:]} == {"sharing_last"}
    assert downloaded(page, "Download the figure of levers moved alone as PNG")[1].startswith(b"\x89PNG")
    page.locator("#cs-around").select_option("short-term-funding")
    page.wait_for_function("() => location.search.includes('around=short-term-funding')", timeout=WAIT)
    assert violations(page) == []


def test_results_of_a_sweep_are_opened_by_their_name(visit):
    page = visit.open("/rank")
    page.locator("#cs-folder").select_option("screening/results")
    page.get_by_role("heading", name="Ranking with its doubt").wait_for(timeout=WAIT)
    expect(page.get_by_role("region", name="Ranking for")).to_contain_text("morris")
    page.wait_for_function("() => location.search.includes('results=screening')", timeout=WAIT)
    page.locator("#cs-scalar").select_option("quits_last")
    page.get_by_role("region", name="Ranking for Voluntary quits").wait_for(timeout=WAIT)
    table = page.get_by_role("region", name="Main effects")
    for words in ("funding.grant_months (months)", "change (per 100 posts a year)"):
        expect(table).to_contain_text(words)
    figure = downloaded(page, "Download Main effect of funding.grant_months as SVG")[1]
    for words in (
        b"Main effect of funding.grant_months: Voluntary quits",
        b">funding.grant_months (months)<",
    ):
        assert words in figure
    page.get_by_role("button", name="Projector").click()
    expect(page.locator(".chart .xtitle").first).to_have_css("font-size", "19px")
    expect(page.locator(".chart .ytitle").last).to_have_css("font-size", "19px")
    assert violations(page) == []


def test_policies_are_ranked_in_every_state_of_the_world(visit):
    page = visit.open("/rank?results=policies/results")
    page.get_by_role("heading", name="Places in every state of the world").wait_for(timeout=WAIT)
    table = page.get_by_role("region", name="Places, state by state")
    for words in ("Three days", "trust_rule beta"):
        expect(table).to_contain_text(words)
    gains = page.get_by_role("region", name="Gains over As it is")
    expect(gains).to_contain_text("mean gain (scale from 0 to 1)")
    results = page.get_by_role("region", name="Results of a sweep")
    expect(results).to_contain_text("in all 2 states of the world")
    assert b"Three days" in downloaded(page, "Download “Places, state by state” (CSV)")[1]
    assert downloaded(page, "Download Places in every state of the world as SVG")[1].startswith(b"<svg")


def test_no_other_folder_can_be_opened(visit):
    page = visit.open("/rank?results=../../etc")
    page.get_by_text('There are no results called "../../etc"').wait_for(timeout=WAIT)
