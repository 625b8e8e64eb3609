"""Explore and About in a real browser, without a network, and what every page has: by mouse and by keyboard."""

import csv
import re
import tomllib
from pathlib import Path

import pytest
from dashboards import WAIT, downloaded, served, touching, typed, until_events, violations, watched
from playwright.sync_api import expect

MOVED = "/?funding.grant_months=36&years=3&seed=4"


@pytest.fixture(scope="module")
def address():
    with served() as address:
        yield address


def _whole_table(page):
    """The table of differences of all hundred replicates; it follows the figures."""
    page.get_by_text("100 replicates under the same luck").first.wait_for(timeout=WAIT)
    return page.locator("#cs-panel table").inner_text()


def test_a_lever_moved_by_keyboard_changes_figures_table_and_address_and_can_be_undone(visit):
    page = visit.open("/?years=3")
    visit.settled()
    lever = page.get_by_role("slider", name="Grant months")
    lever.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('funding.grant_months=15')", timeout=WAIT)
    visit.settled()
    page.wait_for_function("() => document.querySelectorAll('#cs-panel figure').length === 1", timeout=WAIT)
    expect(page.locator("#cs-panel")).to_contain_text("better")
    expect(page.get_by_role("img").first).to_have_attribute(
        "aria-label", re.compile("with your changes it is")
    )
    page.keyboard.press("Control+z")
    page.wait_for_function("() => !location.search.includes('grant_months')", timeout=WAIT)
    expect(lever).to_have_value("12")
    page.get_by_role("button", name="Redo").click()
    page.wait_for_function("() => location.search.includes('grant_months=15')", timeout=WAIT)
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("() => !location.search.includes('grant_months')", timeout=WAIT)


def test_years_of_a_link_are_set_back_by_reset(visit):
    page = visit.open("/?years=2")
    page.get_by_role("button", name="Reset").click(timeout=WAIT)
    page.wait_for_function("() => !location.search.includes('years')", timeout=WAIT)
    expect(page.get_by_role("spinbutton", name="Years")).to_have_value("10")


def test_a_link_shows_the_same_numbers_again(visit, browser, address):
    page = visit.open(MOVED)
    first = _whole_table(visit.settled())
    with watched(browser, address) as other:
        again = other.open(MOVED)
        other.settled()
        assert _whole_table(again) == first
    expect(page.get_by_role("region", name="Levers")).to_contain_text("36 months")


def test_a_link_shows_the_same_person_in_the_same_month_of_the_same_run(visit, browser, address):
    page = visit.open("/?s=short-term-funding&years=2&tab=people&open=colocation,assumptions&month=20")
    page.get_by_role("button", name="baseline", exact=True).click()
    page.get_by_label("Replicate").fill("4")
    page.get_by_label("Replicate").press("Tab")
    page.wait_for_function("() => location.search.includes('run=3')", timeout=WAIT)
    page.locator("svg g[role=button]").nth(5).click()
    page.wait_for_function("() => location.search.includes('post=6')", timeout=WAIT)
    page.locator("#cs-month").press("ArrowRight")
    page.wait_for_function("() => location.search.includes('month=21')", timeout=WAIT)
    page.locator(".cs-side ol li").first.wait_for(timeout=WAIT)
    link, told = page.url, page.locator(".cs-side").inner_text()
    with watched(browser, address) as other:
        again = other.open(link.removeprefix(address))
        expect(again.locator(".cs-side")).to_have_text(told, use_inner_text=True)
        baseline = again.get_by_role("button", name="baseline", exact=True)
        expect(baseline).to_have_attribute("aria-pressed", "true")
        expect(again.get_by_role("slider", name="Days").first).to_be_visible()
        expect(again.get_by_role("button", name="Hide assumptions")).to_be_visible()
        expect(again).to_have_url(link)


def test_pages_that_close_in_mid_computation_leave_the_server_computing(browser, address):
    for number in range(6):
        with watched(browser, address) as visit:
            visit.open(f"/?years=1&colocation.days={1 + number / 10}")
            visit.page.goto(f"{address}/{('compare', 'rank')[number % 2]}")
    with watched(browser, address) as visit:
        visit.open("/?years=1&colocation.days=2.5")
        visit.settled()
        health = visit.page.request.get(f"{address}/health").json()
    assert health["status"] == "ok" and health["computing"]["working_seconds"] < 60


def test_what_is_wrong_in_a_link_is_said_and_left_out(visit):
    page = visit.open("/?years=1&colocation.days=9&bogus=1&seed=-5&look=pink")
    for said in ("colocation.days is 9, but must be a number from 0 to 5", '"bogus"', '"-5"', '"pink"'):
        expect(page.get_by_role("alert")).to_contain_text(said)
    page.get_by_role("button", name="Close").click()
    page.get_by_text("bogus").wait_for(state="detached", timeout=WAIT)


def test_explore_breaks_no_accessibility_rule_in_any_look(visit):
    page = visit.open(f"{MOVED}&look=dark&tab=why")
    visit.settled()
    page.get_by_role("button", name="Evidence on Grant length and notice: Grant months").click()
    expect(page.locator("dl")).to_contain_text("SCVO")
    assert violations(page) == []
    for look in ("Projector", "Light"):
        page.get_by_role("button", name=look, exact=True).click()
        assert violations(page) == []


def test_data_scenario_and_figures_can_be_taken_away(visit):
    page = visit.open(MOVED)
    visit.settled()
    files = {}
    for name in ("courses (CSV)", "differences (CSV)", "scenario (TOML)"):
        with page.expect_download(timeout=WAIT) as waiting:
            page.get_by_role("button", name=name).click()
        files[waiting.value.suggested_filename] = Path(waiting.value.path()).read_text()
    assert tomllib.loads(files["mixed-partnership.toml"])["policy"]["funding"]["grant_months"] == 36
    rows = list(csv.reader(files["mixed-partnership-differences.csv"].splitlines()[1:]))
    assert rows[0][:4] == ["outcome", "unit", "scenario", "baseline_mean"] and any(
        row[:2] == ["trust_last", "0-1"] for row in rows
    )
    assert "seed 4; 100 replicates" in files["mixed-partnership-courses.csv"].splitlines()[0]
    for kind, start in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        for tab, figure in (
            ("What changed", "Download figure of Trust between agencies"),
            ("What changed", "Download the figure of differences"),
            ("Why trust moved", "Download the figure of causes"),
            ("The partnership", "Download the partnership's picture"),
        ):
            page.get_by_role("tab", name=tab).click()
            assert downloaded(page, f"{figure} as {kind}")[1].startswith(start), figure


def test_an_uploaded_scenario_is_checked_as_on_the_command_line_and_travels_in_the_link(visit, tmp_path):
    page = visit.open("/?years=1")
    page.get_by_text("About this partnership; your own file").click()
    bad, good = tmp_path / "bad.toml", tmp_path / "good.toml"
    bad.write_text('extends = "mixed-partnership"\n[policy.funding]\ngrant_months = "3 years"\n')
    good.write_text('title = "Ours <b>bold</b>"\nextends = "mixed-partnership"\nyears = 1\n')
    page.locator("#cs-upload").set_input_files(bad)
    page.get_by_text("bad.toml: policy.funding.grant_months is").wait_for(timeout=WAIT)
    long = tmp_path / "long.toml"
    long.write_text('extends = "mixed-partnership"\nyears = 30\n')
    page.locator("#cs-upload").set_input_files(long)
    page.get_by_text('"long.toml" has 30 years').wait_for(timeout=WAIT)
    page.locator("#cs-upload").set_input_files(good)
    page.wait_for_function("() => location.search.includes('s=own&file=')", timeout=WAIT)
    expect(page.locator("#cs-scenario option:checked")).to_have_text("Ours <b>bold</b>")


def test_looks_are_chosen_and_stay_in_the_link(visit):
    page = visit.open("/?years=1")
    page.get_by_role("button", name="Dark").click()
    page.wait_for_function("() => location.search.includes('look=dark')", timeout=WAIT)
    expect(page.locator(".v-application").first).to_have_css("background-color", "rgb(21, 24, 27)")


def test_the_rest_of_the_controls_on_explore(visit):
    page = visit.open("/?years=1")
    page.get_by_role("spinbutton", name="Years").fill("2")
    page.get_by_role("spinbutton", name="Years").press("Tab")
    page.wait_for_function("() => location.search.includes('years=2')", timeout=WAIT)
    page.get_by_role("checkbox", name="Permanent").check()
    page.wait_for_function("() => location.search.includes('funding.permanent=true')", timeout=WAIT)
    page.get_by_role("button", name="Handover standard").click()
    page.locator("#cs-handover-standard").select_option("overlap")
    page.wait_for_function("() => location.search.includes('handover.standard=overlap')", timeout=WAIT)
    page.get_by_role("button", name="Replay last").click()
    page.wait_for_function("() => !location.search.includes('standard')", timeout=WAIT)
    page.wait_for_function("() => location.search.includes('handover.standard=overlap')", timeout=WAIT)
    page.get_by_role("button", name="Show assumptions").click()
    page.get_by_role("button", name="Trust", exact=False).last.wait_for(timeout=WAIT)
    page.get_by_label("Outcome of figure 2").select_option("sharing")
    page.wait_for_function("() => location.search.includes('show=trust,sharing')", timeout=WAIT)
    page.locator("#cs-scenario").select_option("short-term-funding")
    page.wait_for_function("() => location.search.startsWith('?s=short-term-funding')", timeout=WAIT)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("textbox", name="Link")).to_have_value(page.url)
    page.get_by_role("tab", name="What changed").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('tab=why')", timeout=WAIT)
    page.keyboard.press("Home")
    page.locator("body").press("Tab")


def test_on_a_telephone_the_figure_stays_in_view_while_a_lever_moves(browser, address):
    with watched(browser, address, 390, 844) as visit:
        page = visit.open("/?years=1&open=funding,purpose,handover")
        visit.settled()
        lever = page.get_by_role("slider").last
        lever.scroll_into_view_if_needed()
        lever.press("ArrowRight")
        figure, moved = page.locator(".cs-courses figure").first.bounding_box(), lever.bounding_box()
        assert figure["y"] >= 0 and figure["y"] + figure["height"] <= moved["y"] <= 844
        assert violations(page) == []


def test_on_a_telephone_what_is_wrong_is_said_in_view(browser, address):
    with watched(browser, address, 390, 844) as visit:
        page = visit.open("/?years=2&tab=events")
        page.get_by_role("button", name="Add event").click()
        until_events(page, '"month":12')
        page.locator("#cs-add-month").fill("24")
        page.get_by_role("button", name="Add event").click()
        sentence = page.get_by_text("month is 24, but the run is over after 24 months")
        expect(sentence).to_be_in_viewport(ratio=1)
        box = sentence.bounding_box()
        on_top = "([x, y]) => document.elementFromPoint(x, y).textContent"
        assert "month is 24" in page.evaluate(on_top, [box["x"] + 9, box["y"] + 5])
        assert violations(page) == []


def test_every_page_fits_a_telephone(browser, address):
    with watched(browser, address, 390, 844) as visit:
        for path in ("/?years=1", "/compare", "/rank", "/about"):
            page = visit.open(path)
            page.wait_for_timeout(1_500)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_a_replicate_that_cannot_be_shown_is_said_and_the_field_shows_the_one_that_is(visit):
    page = visit.open("/?years=1&tab=people&run=4")
    field = page.get_by_label("Replicate")
    for word in ("101", "", "1.5"):
        typed(field, word)
        expect(page.get_by_role("alert")).to_contain_text("Replicate must be a whole number from 1 to 100.")
        expect(field).to_have_value("5")
        page.get_by_role("button", name="Close").click()
    assert "run=4" in page.url


def test_the_partnership_is_scrubbed_through_time_and_its_people_tell_their_story(visit):
    page = visit.open("/?s=short-term-funding&years=3&tab=people")
    month = page.locator("#cs-month")
    month.wait_for(timeout=WAIT)
    expect(month).to_have_attribute("aria-valuetext", re.compile("2 before the policy"))
    month.focus()
    page.keyboard.press("End")
    expect(month).to_have_attribute("aria-valuetext", "year 3, month 12")
    dots = page.locator("svg g[role=button]")
    expect(dots).to_have_count(45)
    dots.nth(20).focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=", member of staff, Family support charity").wait_for(timeout=WAIT)
    expect(page.locator(".cs-side")).to_contain_text("The post hangs on a grant")
    month.focus()
    page.keyboard.press("Home")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => document.getElementById('cs-month').value > 0", timeout=WAIT)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="baseline", exact=True).click()
    assert violations(page) == []


@pytest.mark.parametrize(("name", "count"), [("scaling-15-agencies", 15), ("gwen-am-byth-care-homes", 9)])
def test_many_agencies_stand_apart_and_their_numbers_are_shown_for_the_chosen_one(visit, name, count):
    page = visit.open(f"/?s={name}&tab=people&month=60&years=5")
    dots = page.locator(".cs-people svg g[role=button]:visible")
    dots.first.wait_for(timeout=WAIT)
    words = page.locator(".cs-people svg text")
    assert not any(text.isdecimal() for text in words.all_text_contents())
    assert touching(page, ".cs-people svg :is(text, [role=button] circle:last-of-type)") == []
    dots.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('post=')", timeout=WAIT)
    numbers = [text for text in words.all_text_contents() if text.isdecimal()]
    assert len(numbers) == count - 1
    assert violations(page) == []


def test_evidence_is_searched_and_its_search_is_in_the_link(visit):
    page = visit.open("/about?look=dark")
    page.get_by_label("Search").fill("short-term funding turnover")
    page.wait_for_function("() => location.search.includes('search=short')", timeout=WAIT)
    found = page.get_by_role("region", name="Evidence and parameters found")
    page.wait_for_function(
        "() => { const n = document.querySelectorAll('[aria-label=\"Evidence and parameters found\"] tr').length;"
        " return n > 0 && n < 20 }",
        timeout=WAIT,
    )
    for words in ("expected", "measured"):
        expect(found).to_contain_text(words)
    page.get_by_label("Search").fill("nothing at all like this")
    page.get_by_text("0 of").wait_for(timeout=WAIT)
    expect(page.locator("#cs-main")).to_contain_text("Nothing is calibrated to a real place")
    page.get_by_label("Search").fill("trust.gain")
    page.get_by_label("Kind").select_option("uncertainty")
    page.wait_for_function("() => location.search.includes('kind=uncertainty')", timeout=WAIT)
    assert b"trust.gain" in downloaded(page, "Download (CSV)")[1]
    assert violations(page) == []


def test_the_content_is_reached_past_the_head_by_keyboard(visit):
    page = visit.open("/about")
    page.get_by_role("navigation").wait_for(timeout=WAIT)
    page.get_by_role("heading", name="What this is").wait_for(timeout=WAIT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#cs-main")).to_be_focused()


def test_every_page_is_reached_from_the_head_and_says_it_is_no_forecast(visit):
    page = visit.open("/?years=1&look=dark")
    for title in ("Compare", "Rank", "About", "Explore"):
        page.get_by_role("navigation").get_by_role("link", name=title).click()
        page.wait_for_function(f"() => document.title.startsWith('{title}')", timeout=WAIT)
        expect(page.locator("header")).to_contain_text("Illustrative, not a forecast.")
        expect(page.locator("html")).to_have_attribute("data-look", "dark")


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("Explore", "/?s=short-term-funding&funding.grant_months=36&years=2"),
        ("Compare", "/compare?with=mixed-partnership,short-term-funding&cost=70000"),
    ],
)
def test_the_head_leaves_the_page_that_is_shown_and_its_link_as_they_are(visit, address, title, path):
    page = visit.open(path)
    visit.settled()
    link = page.get_by_role("navigation").get_by_role("link", name=title)
    link.focus()
    page.keyboard.press("Enter")
    link.click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("textbox", name="Link")).to_have_value(address + path)
    expect(link).to_have_attribute("aria-current", "page")
    link.focus()
    expect(link).to_be_focused()
