"""Lessons in a real browser, with a class: of thirty learners two have a browser and 28 are the WebSocket clients of
`learners`, with the page that leads them.
"""

import json
import re
import time

import pytest
from dashboards import WAIT, served, violations, watched
from learners import Room
from lesson_pages import BORNE_OUT, DRAW, LESSON, NAME, SEEN, answer, asks, at, go_on, play_to, raw, started
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def address():
    with served(NAME, command="teach") as address:
        yield address


@pytest.fixture
def room():
    room = Room()
    yield room
    room.close()


def _led(visit):
    """A page that leads a class, and the class's code."""
    page = started(visit, "Lead a class")
    code = page.locator("#cs-class-code")
    code.wait_for(timeout=WAIT)
    return page, code.inner_text()


def _end(lead):
    """End the class: the server bears eight."""
    lead.get_by_role("button", name="End the class").click()
    lead.get_by_role("button", name="Yes, end it").click()
    expect(lead.get_by_role("button", name="Play it yourself")).to_have_count(1)


def _joined(visit, code):
    page = visit.open("/join")
    page.get_by_label("The four letters").fill(code.lower())
    page.keyboard.press("Enter")
    page.locator("#cs-step-title").wait_for(timeout=WAIT)
    return page


def _counts(page, joined, answered=None):
    page.wait_for_function(
        "([joined, answered]) => { const d = document.getElementById('cs-count-class').dataset;"
        " return d.joined == joined && (answered === null || d.answered == answered) }",
        arg=[joined, answered],
        timeout=WAIT,
    )


WATCH_VOTES = """() => { window.votes = []; new MutationObserver(() => {
  const n = Number(document.getElementById('cs-spread')?.dataset.lines || 0);
  while (window.votes.length < n) window.votes.push(Date.now());
}).observe(document.body, { subtree: true, childList: true, attributes: true }) }"""


def test_thirty_learners_and_their_leader_play_the_main_lesson_from_start_to_end(
    visit, browser, address, room
):
    lead, code = _led(visit)
    with watched(browser, address, 390, 844) as first, watched(browser, address) as second:
        pages = [_joined(first, code), _joined(second, code)]
        learners = room.join(address, code, 28)
        _counts(lead, 30)
        for number, step in enumerate(LESSON.steps):
            at(lead, step.name)
            room.run(*(learner.at(step.name) for learner in learners))
            for page in pages:
                at(page, step.name)
            if asks(step):
                for page in pages:
                    answer(page)
                room.run(*(learner.answer(raw(step, k)) for k, learner in enumerate(learners)))
                _counts(lead, 30, 30)
            if step is DRAW:
                expect(lead.locator("#cs-spread .crowd polyline").nth(25)).to_be_attached()
                pages[0].reload()  # a telephone loses its page, and comes back to its seat
                at(pages[0], step.name)
                pages[0].get_by_text("Your prediction is in.").wait_for(timeout=WAIT)
                _counts(lead, 30, 30)
            if number + 1 < len(LESSON.steps):
                go_on(lead)
        _end(lead)
        for page in pages:
            page.get_by_text("The class has ended. Nothing of it was kept.").wait_for(timeout=WAIT)


def test_a_vote_is_on_the_projector_within_a_second_or_so(visit, address, room):
    lead, code = _led(visit)
    learners = room.join(address, code, 12)
    _counts(lead, 12)
    play_to(lead, DRAW, answers=False)
    room.run(*(learner.at(DRAW.name) for learner in learners))
    lead.evaluate(WATCH_VOTES)
    sent = []
    for k, learner in enumerate(learners):
        sent.append(time.time() * 1_000)
        room.run(learner.answer(raw(DRAW, k)))
        lead.wait_for_timeout(100)
    lead.wait_for_function("() => window.votes.length >= 12", timeout=WAIT)
    late = sorted(seen - when for seen, when in zip(lead.evaluate("window.votes"), sent, strict=True))
    assert late[-1] < 10_000  # measured: benchmarks/classroom.py


def test_no_result_is_sent_to_a_learner_who_has_not_predicted(visit, address, room):
    lead, code = _led(visit)
    early, late = room.join(address, code, 2)
    lead.get_by_role("button", name="Own pace").click()
    where = LESSON.steps.index(DRAW)
    for learner in (early, late):
        for step in LESSON.steps[1 : where + 1]:
            room.run(learner.tell("go", {"to": LESSON.steps.index(step)}))
            room.run(learner.at(step.name))
    room.run(late.tell("go", {"to": where + 1}), late.tell("answer", {"step": SEEN.name, "value": [0]}))
    room.run(early.answer(raw(DRAW, 3)))
    room.run(early.tell("go", {"to": where + 1}))
    room.run(early.until(lambda: any('"truth' in text.replace("\\", "") for text in early.received)))
    truth = next(text for text in early.received if '"truth' in text.replace("\\", ""))
    sent = "".join(late.received).replace("\\", "")
    means = re.search(r'"mean":\[([^\]]+)\]', truth.replace("\\", ""))[1].split(",")
    years = LESSON.policies["twelve"].loaded.burn_in_years
    assert late.where == DRAW.name and '"truth' not in sent and '"courses' not in sent
    assert means[0] in sent  # what is given beforehand
    assert not [mean for mean in set(means[4 * years :]) - set(means[: 4 * years]) if f",{mean}," in sent]
    right = '"seen":['  # what was to be seen comes with the answer
    assert not any(right in text.replace("\\", "") for text in early.received)
    room.run(early.answer([0]))
    room.run(early.until(lambda: any(right in text.replace("\\", "") for text in early.received)))


def test_a_learner_who_comes_back_finds_the_step_and_the_prediction(visit, address, room):
    lead, code = _led(visit)
    learner, other = room.join(address, code, 2)
    play_to(lead, DRAW, answers=False)
    room.run(learner.at(DRAW.name), other.at(DRAW.name))
    room.run(learner.answer(raw(DRAW, 7)))
    _counts(lead, 2, 1)
    room.run(learner.close())
    go_on(lead)  # the class goes on meanwhile
    room.run(learner.open())
    room.run(learner.at(SEEN.name))
    room.run(learner.until(lambda: "You drew" in "".join(learner.received)))
    _counts(lead, 2)
    assert other.where == DRAW.name  # who has not predicted stays there


def test_a_lost_connection_is_said_and_mended(visit, browser, address):
    _, code = _led(visit)
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/join?class={code}")
    page.locator("#cs-step-title").wait_for(timeout=WAIT)
    context.set_offline(True)
    page.evaluate("solara.debug.dropConnection()")
    page.get_by_text("The connection is lost").wait_for(timeout=WAIT)
    context.set_offline(False)
    page.get_by_text("The connection is lost").wait_for(state="detached", timeout=WAIT)
    at(page, LESSON.steps[0].name)
    context.close()


def test_a_wrong_code_is_said_and_two_classes_are_apart(visit, browser, address, room):
    lead, code = _led(visit)
    with watched(browser, address) as second:
        other, other_code = _led(second)
        assert code != other_code
        learners = room.join(address, code, 3)
        _counts(lead, 3)
        _counts(other, 0)
        play_to(lead, DRAW, answers=False)
        room.run(*(learner.at(DRAW.name) for learner in learners))
        expect(other.locator("#cs-step-title")).to_have_attribute("data-step", LESSON.steps[0].name)
    with watched(browser, address) as third:
        page = third.open("/join")
        page.get_by_label("The four letters").fill("ZZZZ")
        page.keyboard.press("Enter")
        page.get_by_text("There is no class with this code.").wait_for(timeout=WAIT)
        assert violations(page) == []


def test_the_leading_page_shows_how_to_join_and_breaks_no_accessibility_rule(visit):
    lead, code = _led(visit)
    expect(lead.locator("#cs-link")).to_contain_text(f"/join?class={code}")
    expect(lead.get_by_role("img", name=re.compile("QR code"))).to_have_count(1)
    expect(lead.locator("#cs-main")).to_contain_text("Only this computer can join")
    assert violations(lead) == []
    lead.reload()  # who leads comes back to the class
    lead.locator("#cs-class-code").wait_for(timeout=WAIT)
    expect(lead.locator("#cs-class-code")).to_have_text(code)
    assert json.loads(lead.evaluate("sessionStorage.getItem('collabsim-teach')"))["key"]


def test_who_leaves_the_class_comes_back_to_it_and_may_end_it_from_outside(visit, address, room):
    lead, code = _led(visit)
    room.join(address, code, 1)
    _counts(lead, 1)
    second = go_on(lead)
    at(lead, second)
    for _ in range(2):
        lead.get_by_role("button", name="Leave the lesson").click()
        lead.get_by_text(f"Your class {code} goes on").wait_for(timeout=WAIT)
        lead.reload()  # the tab has kept the key
        lead.get_by_text(f"Your class {code} goes on").wait_for(timeout=WAIT)
        assert violations(lead) == []
        lead.get_by_role("button", name="Back to your class").focus()
        lead.keyboard.press("Enter")
        at(lead, second)
        lead.locator("#cs-count-class").wait_for(timeout=WAIT)
        _counts(lead, 1)
    lead.get_by_role("button", name="Leave the lesson").click()
    lead.get_by_text(f"Your class {code} goes on").wait_for(
        timeout=WAIT
    )  # the lesson's page has such a button too
    _end(lead)
    expect(lead.get_by_role("button", name="Back to your class")).to_have_count(0)
    room.run(room.learners[0].until(lambda: "The class has ended." in "".join(room.learners[0].received)))


def test_the_projector_marks_what_was_to_be_seen_when_all_have_answered_or_the_leader_asks(
    visit, address, room
):
    lead, code = _led(visit)
    learners = room.join(address, code, 2)
    play_to(lead, DRAW, answers=False)
    room.run(*(learner.at(DRAW.name) for learner in learners))
    room.run(*(learner.answer(raw(DRAW, k)) for k, learner in enumerate(learners)))
    _counts(lead, 2, 2)  # an answer is told, and taken a little later
    go_on(lead)
    at(lead, SEEN.name)
    room.run(*(learner.at(SEEN.name) for learner in learners))
    room.run(learners[0].answer([0]))
    _counts(lead, 2, 1)
    marked = lead.locator("#cs-spread .right")
    expect(marked).to_have_count(0)
    expect(lead.get_by_role("button", name="Show what the model bears out")).to_have_count(1)
    room.run(learners[1].answer([0]))
    expect(marked).to_have_text([re.compile(re.escape(text.rstrip("."))) for text in BORNE_OUT])
    assert violations(lead) == []
    later = next(step for step in LESSON.steps if step.kind == "observe" and step is not SEEN)
    while go_on(lead) != later.name:
        pass
    at(lead, later.name)
    expect(marked).to_have_count(0)
    lead.get_by_role("button", name="Show what the model bears out").click()
    expect(marked).to_contain_text(["the model bears this out"])
    _end(lead)


PICTURE_IN_SIGHT = """() => {
  const picture = document.querySelector('svg[data-now], svg#cs-spread')?.getBoundingClientRect();
  return picture && picture.top >= 0 && picture.bottom <= document.querySelector('.cs-way').getBoundingClientRect().top }"""


def test_the_picture_is_on_the_projector_when_a_step_opens_and_wide_tables_fit(visit):
    lead, _ = _led(visit)
    lead.get_by_role("button", name="Projector", exact=True).click()
    for step in LESSON.steps:
        at(lead, step.name)
        if step is DRAW or step.kind in ("observe", "compare"):
            lead.wait_for_function(PICTURE_IN_SIGHT, timeout=WAIT)
        if step.kind == "compare":
            table = lead.get_by_role("region", name="Table of outcomes")
            table.wait_for(timeout=WAIT)
            assert table.evaluate("table => table.scrollWidth <= table.clientWidth"), step.name
        if step is not LESSON.steps[-1]:
            go_on(lead)
    assert violations(lead) == []
    lead.reload()
    at(lead, LESSON.steps[-1].name)
    expect(lead.locator(".cs-class.slim")).to_have_count(1)
    _end(lead)
