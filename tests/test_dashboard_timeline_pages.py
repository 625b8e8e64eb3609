"""The timeline editor of Explore in a real browser, without a network."""

import json
from urllib.parse import quote

import pytest
from dashboards import WAIT, events_of, served, typed, until_events, violations, watched
from playwright.sync_api import expect

from collabsim.scenario import load_scenario

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
def address():
    with served() as address:
        yield address


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
    assert violations(page) == []
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


def test_one_lever_of_an_event_is_edited_added_or_left_out_and_the_others_stay(visit):
    page = visit.open("/?s=end-of-boost&tab=events")
    own = dict(load_scenario("end-of-boost").events[0].policy)
    typed(page.get_by_label("Value of lever 1 of event 1"), "1")
    now = {**own, "training.days_per_year": 1}
    assert until_events(page, '"training.days_per_year":1') == [{"month": 36, "kind": "policy", "set": now}]
    page.get_by_role("button", name="Add a lever to event 1").click()
    page.get_by_label("Lever 6 of event 1", exact=True).select_option("handover.standard")
    page.get_by_role("combobox", name="Value of lever 6 of event 1").select_option("overlap")
    now["handover.standard"] = "overlap"
    assert until_events(page, '"overlap"')[0]["set"] == now
    page.get_by_label("Lever 2 of event 1", exact=True).select_option("key_worker.backup")
    page.get_by_role("checkbox", name="Value of lever 2 of event 1: on").check()
    until_events(page, '"key_worker.backup":true')
    page.get_by_role("button", name="Leave out lever 1 of event 1").click()
    page.get_by_label("Lever 6 of event 1", exact=True).wait_for(state="detached", timeout=WAIT)
    page.wait_for_function("() => !location.search.includes('days_per_year')", timeout=WAIT)
    others = {k: v for k, v in now.items() if k not in ("training.days_per_year", "meetings.per_month")}
    assert events_of(page)[0]["set"] == {**others, "key_worker.backup": True}
    assert violations(page) == []


def test_events_after_a_shorter_run_stay_in_the_timeline(visit):
    page = visit.open("/?s=end-of-boost&years=1&tab=events")
    expect(page.get_by_role("list", name="Events")).to_contain_text("After the end of this run")
    page.get_by_role("button", name="Add event").click()
    assert [row["month"] for row in until_events(page, "grant_cliff")] == [36, 6]
    years = page.get_by_role("spinbutton", name="Years")
    typed(years, "10")
    page.get_by_text("After the end of this run").wait_for(state="detached", timeout=WAIT)
    expect(page.get_by_label("Month of event 2")).to_have_value("36")
    typed(years, "2")
    page.get_by_text("After the end of this run").wait_for(timeout=WAIT)
    expect(page.get_by_role("alert")).to_be_empty()


AT_ONCE = """() => {
  const put = (label, value) => {
    const field = document.querySelector('[aria-label="' + label + '"]');
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  };
  put('Month of event 1', '12');
  put('Agency of event 2', 'Police');
  document.querySelector('[aria-label="Remove event 3"]').click();
  document.querySelector('[aria-label="Remove event 4"]').click();
  const add = [...document.querySelectorAll('button')].find((button) => button.textContent === 'Add event');
  add.click(); add.click();
}"""


def test_edits_made_before_the_page_has_heard_of_earlier_ones_are_all_kept(visit):
    events = [*EVENTS[:1], {**EVENTS[1], "agency": "Council"}, *EVENTS[2:]]
    page = visit.open(f"/?years=3&tab=events&events={quote(json.dumps(events))}")
    page.get_by_label("Agency of event 2").wait_for(timeout=WAIT)
    page.evaluate(AT_ONCE)
    expect(page.get_by_role("button", name="Remove event")).to_have_count(6)
    page.wait_for_function(
        "() => decodeURIComponent(location.search).split('grant_cliff').length === 4", timeout=WAIT
    )
    moved, added = {"month": 12, "kind": "grant_cliff"}, {"month": 18, "kind": "grant_cliff"}
    assert events_of(page) == [EVENTS[1], *EVENTS[4:], moved, added, added]
    expect(page.get_by_label("Month of event 4")).to_have_value("12")
    expect(page.get_by_role("alert")).to_be_empty()
    assert violations(page) == []


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
    typed(box, word)
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(box).to_have_value(before)
    assert events_of(page) == [POLICY]


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
        assert violations(page) == []
