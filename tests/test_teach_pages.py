"""Lessons in a real browser, played alone and by keyboard."""

import re

import pytest
from dashboards import WAIT, served, violations, watched
from lesson_pages import (
    BORNE_OUT,
    CHOOSE,
    DRAW,
    LESSON,
    NAME,
    SEEN,
    answer,
    asks,
    at,
    go_on,
    play_to,
    started,
)
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def address():
    with served(NAME, command="teach") as address:
        yield address


def test_a_lesson_is_played_alone_by_keyboard_and_breaks_no_accessibility_rule_on_the_way(visit):
    page, kinds = started(visit), set()
    for number, step in enumerate(LESSON.steps):
        at(page, step.name)
        expect(page.locator("#cs-main")).to_contain_text(f"Step {number + 1} of {len(LESSON.steps)}")
        if step.kind not in kinds:
            page.get_by_role(
                "button", name=("Dark", "Projector", "Light")[len(kinds) % 3], exact=True
            ).click()
            assert violations(page) == [], step.name
            kinds.add(step.kind)
        if asks(step):
            expect(page.locator(f".cs-way[data-step={step.name}] #cs-next")).to_be_disabled()
            answer(page)
        if number + 1 < len(LESSON.steps):
            assert go_on(page) == LESSON.steps[number + 1].name
            expect(page.locator("#cs-step-title")).to_be_focused()
    assert kinds >= {"text", "predict", "observe", "ledger", "story", "compare"}
    expect(page.locator("#cs-next")).to_have_count(0)
    expect(page.locator("#cs-main")).to_contain_text("Sources")


def test_the_result_lies_over_the_prediction_and_is_replayed_at_will(visit):
    page = started(visit)
    play_to(page, DRAW)
    drawing = page.locator(".cs-draw svg")
    drawing.wait_for(timeout=WAIT)
    box = drawing.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.7, steps=6)
    page.mouse.up()
    drawn = [float(p.get_attribute("aria-valuenow")) for p in page.get_by_role("slider").all()]
    assert drawn == sorted(drawn, reverse=True) and drawn[0] > drawn[-1] + 0.1
    page.get_by_text("Type numbers instead").click()
    typed = page.locator(".cs-numbers input").nth(4)
    typed.fill("")
    typed.press("Tab")
    expect(typed).to_have_value(f"{drawn[4]:g}")  # a box that is cleared is no lowest value
    expect(page.get_by_role("slider").nth(4)).to_have_attribute("aria-valuenow", f"{drawn[4]:g}")
    page.reload()  # what was drawn is kept in the tab until it is sent
    at(page, DRAW.name)
    page.locator("#cs-send").click()
    page.get_by_text("Your prediction is in.").wait_for(timeout=WAIT)
    first = page.get_by_role("slider", name="Year 1", exact=True)
    expect(first).to_have_attribute("aria-valuenow", f"{drawn[0]:g}")
    go_on(page)
    at(page, SEEN.name)
    assert f"You drew {drawn[-1]:g}" in page.locator("#cs-verdict").inner_text().replace("0 for", " for")
    page.wait_for_function("() => document.querySelector('svg[data-now]').dataset.now === '1'", timeout=WAIT)
    expect(page.locator("svg[data-now] .mine circle")).to_have_count(len(drawn))
    page.get_by_role("button", name="Replay last change").click()
    page.wait_for_function("() => document.querySelector('svg[data-now]').dataset.now < 1", timeout=WAIT)
    page.wait_for_function("() => document.querySelector('svg[data-now]').dataset.now === '1'", timeout=WAIT)
    page.reload()  # a reader goes on where the page was
    at(page, SEEN.name)
    page.locator("#cs-verdict").wait_for(timeout=WAIT)


def test_what_the_model_bears_out_is_said_once_a_reader_has_said_what_they_saw(visit):
    page = started(visit)
    play_to(page, SEEN)
    page.locator(".cs-option").first.click()
    assert "bears" not in page.locator("#cs-main").inner_text()
    page.locator("#cs-send").click()
    page.get_by_text(f"What the model bears out: {' '.join(BORNE_OUT)}").wait_for(timeout=WAIT)
    expect(page.locator(".cs-option", has_text="the model bears this out")).to_have_count(len(BORNE_OUT))
    expect(page.locator(".cs-option.mine")).not_to_contain_text("bears")
    assert violations(page) == []


def test_words_of_the_glossary_are_explained_on_hover_and_by_keyboard(visit):
    page = started(visit)
    at(page, LESSON.steps[0].name)
    while not page.locator(".cs-term").count():
        at(page, go_on(page))
    word = page.locator(".cs-term").first
    word.hover()
    page.get_by_role("tooltip").wait_for(timeout=WAIT)
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_have_count(0)
    page.locator("#cs-step-title").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("tooltip")).to_have_text(re.compile(".{21,}"))
    expect(word).to_have_attribute("aria-describedby", "cs-tip")


def test_only_the_levers_of_a_step_move_and_the_answer_is_live(visit):
    step = next(step for step in LESSON.steps if step.levers)
    page = started(visit)
    play_to(page, step)
    lever = page.locator(".cs-try input[type=range]")
    lever.first.wait_for(timeout=WAIT)
    expect(page.locator(".cs-try .cs-control")).to_have_count(len(step.levers))
    lever.first.focus()
    page.keyboard.press("End")
    page.get_by_role("region", name="What your change does").wait_for(timeout=WAIT)
    expect(page.locator(".cs-try")).to_contain_text("now 60 months")
    page.locator(".cs-try").get_by_role("button", name="Replay last change").click()
    page.get_by_role("button", name=re.compile("^Back to")).click()
    page.get_by_role("region", name="What your change does").wait_for(state="detached", timeout=WAIT)


def test_lessons_fit_a_telephone_and_large_screens(browser, address):
    for width, height in ((390, 844), (1920, 1080)):
        with watched(browser, address, width, height) as visit:
            page = visit.open("/teach")
            page.get_by_role("heading", name=LESSON.title).wait_for(timeout=WAIT)
            page = started(visit)
            for step in LESSON.steps[:5]:
                at(page, step.name)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, step.name
                if asks(step):
                    answer(page)
                go_on(page)


IN_SIGHT = """() => { const send = document.getElementById('cs-send').getBoundingClientRect();
  return send.top >= 0 && send.bottom <= document.querySelector('.cs-way').getBoundingClientRect().top }"""


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 740)])
def test_the_bar_of_a_telephone_covers_no_button_that_sends_an_answer(browser, address, width, height):
    with watched(browser, address, width, height) as visit:
        page = started(visit)
        for step in LESSON.steps[: LESSON.steps.index(CHOOSE) + 1]:
            at(page, step.name)
            if step in (SEEN, CHOOSE):
                page.locator(".cs-option").first.click()
                page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
                page.wait_for_function(IN_SIGHT, timeout=WAIT)
                page.evaluate("window.scrollTo(0, 0)")
                page.locator(".cs-option input").first.focus()
                while not page.evaluate("document.activeElement.id === 'cs-send'"):
                    page.keyboard.press("Tab")
                page.wait_for_function(IN_SIGHT, timeout=WAIT)
                page.keyboard.press("Enter")
            elif asks(step):
                answer(page)
            if step is not CHOOSE:
                go_on(page)


def test_a_lesson_that_there_is_not_is_said(visit):
    page = visit.open("/teach?lesson=short-term-fundin")
    page.get_by_text(
        'There is no lesson called "short-term-fundin"; did you mean short-term-funding?'
    ).wait_for(timeout=WAIT)


def test_an_own_lesson_with_a_mistake_says_what_is_wrong_and_cannot_be_started(browser, tmp_path):
    own = tmp_path / "own.md"
    own.write_bytes(LESSON.path.read_bytes())
    with served(str(own), command="teach") as address, watched(browser, address) as visit:
        own.write_bytes(LESSON.path.read_bytes().replace(b"minutes = 25", b"minuts = 25"))
        page = visit.open("/teach")
        card = page.locator(".cs-card").filter(has_text="own cannot be read")
        expect(card).to_contain_text("did you mean minutes?")
        expect(card).to_contain_text("It can be played once its file is right.")
        expect(card.get_by_role("button")).to_have_count(0)
        expect(page.locator(".cs-card").nth(1).get_by_role("button")).to_have_count(2)
        assert violations(page) == []
