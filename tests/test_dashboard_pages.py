"""The dashboard's pages in a real browser, without a network: every control, by mouse and by keyboard."""

import csv
import itertools
import json
import re
import tomllib
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import open_browser
from dashboards import WAIT, served, watched
from playwright.sync_api import expect
from sweeps import finished

from collabsim.scenario import load_scenario

MOVED = "/?funding.grant_months=36&years=3&seed=4"


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


POLICY = {"month": 3, "kind": "policy", "set": {"colocation.days": 2}}
EVENTS = [
    {"month": 4, "kind": "grant_cliff"},
    {"month": 5, "kind": "leader_departure", "agency": "Police"},
    {"month": 6, "kind": "key_worker_departure"},
    {"month": 7, "kind": "reorganisation", "value": 0.2},
    {"month": 8, "kind": "demand", "value": 1.5, "weeks": 26},
    {"month": 9, "kind": "data_breach", "agency": "Police"},
]
WIDER_THAN_ITS_SELECT = """() => [...document.querySelectorAll('#cs-panel select')].filter((select) => {
  const pen = document.createElement('canvas').getContext('2d'), style = getComputedStyle(select);
  pen.font = style.font;
  const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return pen.measureText(select.selectedOptions[0].text).width > room + 1;
}).map((select) => select.getAttribute('aria-label'))"""


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


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture
def visit(browser, address):
    with watched(browser, address) as visit:
        yield visit


def _whole_table(page):
    """The table of differences of all hundred replicates; it follows the figures."""
    page.get_by_text("100 replicates under the same luck").first.wait_for(timeout=WAIT)
    return page.locator("#cs-panel table").inner_text()


def _violations(page):
    page.wait_for_timeout(100)
    found = Axe().run(page).response["violations"]
    return [(v["id"], [node["html"][:120] for node in v["nodes"]]) for v in found]


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


def _downloaded(page, button):
    """What a button hands over: the file's name and its bytes."""
    with page.expect_download(timeout=WAIT) as waiting:
        page.get_by_role("button", name=button).first.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


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
    assert _violations(page) == []
    for look in ("Projector", "Light"):
        page.get_by_role("button", name=look, exact=True).click()
        assert _violations(page) == []


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
            assert _downloaded(page, f"{figure} as {kind}")[1].startswith(start), figure


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
        assert _violations(page) == []


def test_on_a_telephone_what_is_wrong_is_said_in_view(browser, address):
    with watched(browser, address, 390, 844) as visit:
        page = visit.open("/?years=2&tab=events")
        page.get_by_role("button", name="Add event").click()
        _until_events(page, '"month":12')
        page.locator("#cs-add-month").fill("24")
        page.get_by_role("button", name="Add event").click()
        sentence = page.get_by_text("month is 24, but the run is over after 24 months")
        expect(sentence).to_be_in_viewport(ratio=1)
        box = sentence.bounding_box()
        on_top = "([x, y]) => document.elementFromPoint(x, y).textContent"
        assert "month is 24" in page.evaluate(on_top, [box["x"] + 9, box["y"] + 5])
        assert _violations(page) == []


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
        _typed(field, word)
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
    assert _violations(page) == []


def _touching(page, selector):
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


@pytest.mark.parametrize(("name", "count"), [("scaling-15-agencies", 15), ("gwen-am-byth-care-homes", 9)])
def test_many_agencies_stand_apart_and_their_numbers_are_shown_for_the_chosen_one(visit, name, count):
    page = visit.open(f"/?s={name}&tab=people&month=60&years=5")
    dots = page.locator(".cs-people svg g[role=button]:visible")
    dots.first.wait_for(timeout=WAIT)
    words = page.locator(".cs-people svg text")
    assert not any(text.isdecimal() for text in words.all_text_contents())
    assert _touching(page, ".cs-people svg :is(text, [role=button] circle:last-of-type)") == []
    dots.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('post=')", timeout=WAIT)
    numbers = [text for text in words.all_text_contents() if text.isdecimal()]
    assert len(numbers) == count - 1
    assert _violations(page) == []


def test_events_are_edited_checked_and_kept_in_the_link(visit):
    page = visit.open("/?years=3&tab=events")
    page.get_by_role("button", name="Add event").click()
    page.wait_for_function("() => location.search.includes('grant_cliff')", timeout=WAIT)
    month = page.get_by_label("Month of event 1")
    month.fill("99")
    month.press("Tab")
    page.get_by_text("timeline: events[1].month is 99, but the run is over after 36 months").wait_for(
        timeout=WAIT
    )
    expect(month).to_have_value("18")
    assert _violations(page) == []
    page.get_by_label("Kind of event 1").select_option("demand")
    page.wait_for_function("() => location.search.includes('demand')", timeout=WAIT)
    page.get_by_label("Size of event 1").wait_for(timeout=WAIT)
    page.get_by_role("tab", name="What changed").click()
    visit.settled()
    page.wait_for_function(
        "() => document.querySelector('#cs-panel').innerText.includes('worse')", timeout=WAIT
    )
    page.get_by_role("tab", name="Timeline").click()
    page.locator("#cs-add-kind").select_option("policy")
    page.locator("#cs-add-month").fill("12")
    page.get_by_role("button", name="Add event").click()
    page.get_by_label("Lever 1 of event 1", exact=True).select_option("colocation.days")
    page.get_by_label("Value of lever 1 of event 1").fill("2")
    page.get_by_label("Value of lever 1 of event 1").press("Tab")
    page.wait_for_function(
        "() => decodeURIComponent(location.search).includes('\"colocation.days\":2')", timeout=WAIT
    )
    page.get_by_role("button", name="Remove event 1").click()
    page.wait_for_function("() => !location.search.includes('colocation.days')", timeout=WAIT)
    page.get_by_role("button", name="Back to the scenario's timeline").click()
    page.wait_for_function("() => !location.search.includes('demand')", timeout=WAIT)


def _events(page):
    """The events of the address; none where they are the scenario's own."""
    return json.loads(dict(parse_qsl(urlsplit(page.url).query)).get("events", "[]"))


def _until_events(page, words):
    """Wait until the address's events hold these words, and take them."""
    held = "(words) => decodeURIComponent(location.search).includes(words)"
    page.wait_for_function(held, arg=words, timeout=WAIT)
    return _events(page)


def _typed(field, word):
    field.fill(word)
    field.press("Tab")


def test_one_lever_of_an_event_is_edited_added_or_left_out_and_the_others_stay(visit):
    page = visit.open("/?s=end-of-boost&tab=events")
    own = dict(load_scenario("end-of-boost").events[0].policy)
    _typed(page.get_by_label("Value of lever 1 of event 1"), "1")
    now = {**own, "training.days_per_year": 1}
    assert _until_events(page, '"training.days_per_year":1') == [{"month": 36, "kind": "policy", "set": now}]
    page.get_by_role("button", name="Add a lever to event 1").click()
    page.get_by_label("Lever 6 of event 1", exact=True).select_option("handover.standard")
    page.get_by_role("combobox", name="Value of lever 6 of event 1").select_option("overlap")
    now["handover.standard"] = "overlap"
    assert _until_events(page, '"overlap"')[0]["set"] == now
    page.get_by_label("Lever 2 of event 1", exact=True).select_option("key_worker.backup")
    page.get_by_role("checkbox", name="Value of lever 2 of event 1: on").check()
    _until_events(page, '"key_worker.backup":true')
    page.get_by_role("button", name="Leave out lever 1 of event 1").click()
    page.get_by_label("Lever 6 of event 1", exact=True).wait_for(state="detached", timeout=WAIT)
    page.wait_for_function("() => !location.search.includes('days_per_year')", timeout=WAIT)
    others = {k: v for k, v in now.items() if k not in ("training.days_per_year", "meetings.per_month")}
    assert _events(page)[0]["set"] == {**others, "key_worker.backup": True}
    assert _violations(page) == []


def test_events_after_a_shorter_run_stay_in_the_timeline(visit):
    page = visit.open("/?s=end-of-boost&years=1&tab=events")
    expect(page.get_by_role("list", name="Events")).to_contain_text("After the end of this run")
    page.get_by_role("button", name="Add event").click()
    assert [row["month"] for row in _until_events(page, "grant_cliff")] == [36, 6]
    years = page.get_by_role("spinbutton", name="Years")
    _typed(years, "10")
    page.get_by_text("After the end of this run").wait_for(state="detached", timeout=WAIT)
    expect(page.get_by_label("Month of event 2")).to_have_value("36")
    _typed(years, "2")
    page.get_by_text("After the end of this run").wait_for(timeout=WAIT)
    expect(page.get_by_role("alert")).to_be_empty()


@pytest.mark.parametrize(
    ("field", "word", "said"),
    [
        ("Month of event 1", "-4", "month is -4, but must be a number from 0"),
        ("Month of event 1", "", "events[1] has no month"),
        ("Value of lever 1 of event 1", "9", "colocation.days is 9"),
        ("Value of lever 1 of event 1", "", 'colocation.days is ""'),
    ],
)
def test_a_field_of_the_timeline_shows_what_is_so_when_a_value_is_refused(visit, field, word, said):
    page = visit.open(f"/?years=1&tab=events&events={quote(json.dumps([POLICY]))}")
    box = page.get_by_label(field)
    before = box.input_value()
    _typed(box, word)
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(box).to_have_value(before)
    assert _events(page) == [POLICY]


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (390, 844)])
def test_nothing_of_the_timeline_is_cut_and_every_number_has_its_unit(browser, address, width, height):
    with watched(browser, address, width, height) as visit:
        page = visit.open(f"/?years=3&tab=events&events={quote(json.dumps([POLICY, *EVENTS]))}")
        events = page.get_by_role("list", name="Events")
        for words in ("days a week (0 to 5)", "times (0 to 10)", "weeks (1 to 5,200)", "share of the posts"):
            expect(events).to_contain_text(words)
        expect(page.get_by_role("button", name="Remove event")).to_have_count(7)
        for control in events.locator("button, select, input").all():
            box = control.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width, control.get_attribute("aria-label")
        assert page.evaluate(WIDER_THAN_ITS_SELECT) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert _violations(page) == []


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
    name, text = _downloaded(page, "Download “Mixed partnership, with your changes” (TOML)")
    assert (
        name == "mixed-partnership-2.toml"
        and tomllib.loads(text.decode())["policy"]["colocation"]["days"] > 0
    )
    figure = _downloaded(page, "Download the figure of scenarios compared as SVG")[1]
    for words in (b"Scenarios compared: Voluntary quits", b"100 replicates. Bands: eight in ten"):
        assert figure.startswith(b"<svg") and words in figure
    assert b"Voluntary quits" in _downloaded(page, "Download the table “Table of differences” as CSV")[1]
    assert _violations(page) == []


def test_a_budget_that_cannot_be_had_is_said_and_the_field_shows_the_one_that_is(visit):
    page = visit.open("/compare?with=mixed-partnership,short-term-funding&cost=70000")
    field = page.get_by_label("£ a year")
    for word in ("99999999", "-5", "", "0", "999"):
        _typed(field, word)
        expect(page.get_by_role("alert")).to_contain_text(
            "£ a year must be a whole number from 1,000 to 2,000,000."
        )
        expect(field).to_have_value("70000")
        page.get_by_role("button", name="Close").click()
    assert "cost=70000" in page.url


@pytest.mark.parametrize(("width", "look"), [(1280, "projector"), (390, "light"), (390, "projector")])
def test_scenarios_side_by_side_each_have_an_axis_whose_words_touch_nothing(browser, address, width, look):
    names = "mixed-partnership,short-term-funding,shared-purpose,short-term-funding-36-months-equal-annual"
    with watched(browser, address, width, 844) as visit:
        page = visit.open(f"/compare?with={names}&layout=side&look={look}")
        page.locator(".chart .x4title").wait_for(timeout=WAIT)
        titles = [page.locator(f".chart .x{k}title").text_content() for k in ("", 2, 3, 4)]
        assert all("policy's" in title for title in titles)
        axes = ".chart :is(.xtick, .x2tick, .x3tick, .x4tick) text"
        assert _touching(page, f"{axes}, .chart [class$=title]:is(text)") == []
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
        csv.reader(_downloaded(page, "Download the table “Table of levers” as CSV")[1].decode().splitlines())
    )
    assert rows[0][:4] == ["lever", "now", "end", "value"] and len(rows) > 40
    assert {row[4] for row in rows[1:]} == {"sharing_last"}
    assert _downloaded(page, "Download the figure of levers moved alone as PNG")[1].startswith(b"\x89PNG")
    page.locator("#cs-around").select_option("short-term-funding")
    page.wait_for_function("() => location.search.includes('around=short-term-funding')", timeout=WAIT)
    assert _violations(page) == []


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
    figure = _downloaded(page, "Download Main effect of funding.grant_months as SVG")[1]
    for words in (
        b"Main effect of funding.grant_months: Voluntary quits",
        b">funding.grant_months (months)<",
    ):
        assert words in figure
    page.get_by_role("button", name="Projector").click()
    expect(page.locator(".chart .xtitle").first).to_have_css("font-size", "19px")
    expect(page.locator(".chart .ytitle").last).to_have_css("font-size", "19px")
    assert _violations(page) == []


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
    assert b"Three days" in _downloaded(page, "Download “Places, state by state” (CSV)")[1]
    assert _downloaded(page, "Download Places in every state of the world as SVG")[1].startswith(b"<svg")


def test_no_other_folder_can_be_opened(visit):
    page = visit.open("/rank?results=../../etc")
    page.get_by_text('There are no results called "../../etc"').wait_for(timeout=WAIT)


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
    assert b"trust.gain" in _downloaded(page, "Download (CSV)")[1]
    assert _violations(page) == []


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
