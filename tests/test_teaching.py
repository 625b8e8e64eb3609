"""Lessons on the server: what is kept back until a prediction is in, classes and their codes, the door for learners."""

import json
import subprocess
import sys
import threading
import time
from urllib.parse import urlencode

import pytest
from test_dashboard_server import HOST, ORIGIN, _ask, _page, _status

from collabsim.dashboard import limits
from collabsim.dashboard.guard import COOKIE, Guard
from collabsim.dashboard.launcher import Place, _names, _own_url, urls
from collabsim.dashboard.teaching import entrance, learn, results
from collabsim.dashboard.teaching.alone import Alone
from collabsim.dashboard.teaching.classes import CODE_LENGTH, FREE, LETTERS, TOGETHER, Refused, Register
from collabsim.dashboard.teaching.lead import Lead
from collabsim.dashboard.teaching.learn import Follower
from collabsim.dashboard.teaching.lectern import Lectern
from collabsim.dashboard.teaching.results import Results
from collabsim.dashboard.teaching.trial import Trial
from collabsim.dashboard.teaching.way import Way
from collabsim.lessons.lesson_file import load_lesson

WAIT = 120
LESSON = load_lesson("short-term-funding")
PREDICT = next(n for n, step in enumerate(LESSON.steps) if step.prediction is not None)
DRAW = LESSON.steps[PREDICT]
LINE = [0.5] * len(DRAW.prediction.years)


@pytest.fixture
def register():
    return Register()


@pytest.fixture(autouse=True)
def model(monkeypatch):
    """What steps show, without the model: these tests are about who is sent what."""
    found = results.Results()
    monkeypatch.setattr(results, "RESULTS", found)
    monkeypatch.setattr(results, "_worked_out", lambda lesson, step: {"step": step.name, "courses": []})
    return found


# --- predict, observe, explain ------------------------------------------------------------------


def test_the_next_step_opens_when_the_prediction_is_in():
    way = Way(LESSON)
    way.go(99)
    assert way.position == PREDICT and way.waits
    way.answer(DRAW, LINE)
    way.go(PREDICT + 1)
    assert way.position == PREDICT + 1


def test_a_prediction_stands():
    way = Way(LESSON)
    way.answer(DRAW, LINE)
    way.answer(DRAW, [0.6] * len(LINE))
    assert way.answers[DRAW.name] == LINE


@pytest.mark.parametrize(
    "raw", [None, "x", [0.5], [9.0] * len(LINE), [float("nan")] * len(LINE), {"a": 1}, [[0.5]] * 10]
)
def test_what_is_no_line_is_no_prediction(raw):
    with pytest.raises(ValueError, match=r"\.$"):
        Way(LESSON).answer(DRAW, raw)


def test_a_step_that_is_not_open_cannot_be_answered():
    with pytest.raises(ValueError, match="not open"):
        Way(LESSON).answer(LESSON.steps[PREDICT + 1], [0])


def test_a_page_that_claims_to_be_further_than_its_answers_is_put_back():
    way = Way(LESSON)
    way.restore({DRAW.name: "nonsense", LESSON.steps[PREDICT + 1].name: [0]}, 12)
    assert way.position == PREDICT and way.answers == {}
    way.restore({DRAW.name: LINE}, 12)
    assert way.position == PREDICT + 1


def test_a_step_that_predicts_sends_nothing_of_the_result(model):
    player = Alone(LESSON, lambda: None)
    player.go({"to": PREDICT})
    assert player.shown == "" and not player.shows and '"courses"' not in player.task
    player.go({"to": PREDICT + 1})
    assert player.step is DRAW
    player.close()


SEES = LESSON.steps[PREDICT + 1]


@pytest.fixture
def seen(monkeypatch):
    """Steps show that the second answer to "what did you see?" is borne out."""
    monkeypatch.setattr(results, "_worked_out", lambda lesson, step: {"step": step.name, "seen": [1]})


def _wait_for_result(page):
    """Another thread brings what the step shows."""
    end = time.monotonic() + 20
    while page.result is None and time.monotonic() < end:
        time.sleep(0.02)


def test_what_was_to_be_seen_is_sent_once_a_reader_has_said_what_they_saw(seen):
    player = Alone(LESSON, lambda: None)
    player.way.answer(DRAW, LINE)
    player.go({"to": PREDICT + 1})
    _wait_for_result(player)
    assert player.shown and '"seen"' not in player.shown
    assert json.loads(player.task)["seen"] is None
    player.answer({"step": SEES.name, "value": [0]})
    assert json.loads(player.task)["seen"] == [1]
    player.close()


def test_the_leading_page_is_told_what_was_to_be_seen_when_all_have_answered_or_it_asks(register, seen):
    led = register.start(LESSON)
    seats = [led.sit() for _ in range(2)]
    for seat in seats:
        led.answer(seat, DRAW, LINE)
    lead, other = Lead(led, lambda: None), Lead(led, lambda: None)
    for page in (lead, other):
        page.go({"to": PREDICT + 1})
        _wait_for_result(page)
        assert json.loads(page.spread)["seen"] is None
        assert page.shown and '"seen"' not in page.shown and json.loads(page.task)["seen"] is None
    led.answer(seats[0], SEES, [0])
    other.bear_out()
    assert json.loads(lead.spread)["seen"] is None and json.loads(other.spread)["seen"] == [1]
    led.answer(seats[1], SEES, [1])
    assert json.loads(lead.spread)["seen"] == [1]
    lead.hide({"hides": True})
    assert "seen" not in json.loads(lead.spread)
    for page in (lead, other):
        page.close()


# --- classes ------------------------------------------------------------------------------------


def test_codes_are_four_letters_that_make_no_word(register):
    codes = {register.start(LESSON).code for _ in range(limits.MOST_CLASSES)}
    assert len(codes) == limits.MOST_CLASSES
    assert all(len(code) == CODE_LENGTH and set(code) <= set(LETTERS) for code in codes)
    assert not set("AEIOUY01") & set(LETTERS)
    with pytest.raises(Refused, match="classes already"):
        register.start(LESSON)


def test_a_code_is_found_however_it_is_typed_and_cannot_be_guessed(register):
    led = register.start(LESSON)
    typed = f" {led.code[:2].lower()} {led.code[2:]} "
    assert register.find(typed) is led
    said = []
    for _ in range(limits.WRONG_CODES_AT_ONCE + 5):
        with pytest.raises(Refused) as refusal:
            register.find("AAAA")
        said.append(str(refusal.value))
    assert "There is no class with this code" in said[0] and "Too many wrong codes" in said[-1]
    assert register.find(led.code) is led  # who has the code still comes in


def test_a_class_keeps_together_and_whoever_has_not_predicted_stays_at_the_prediction(register):
    led = register.start(LESSON)
    quick, slow = (Follower(led, led.sit(), lambda: None) for _ in range(2))
    led.go(PREDICT)
    for learner in (quick, slow):
        learner.follow()
    quick.take_answer(DRAW, LINE)
    led.go(PREDICT + 1)
    for learner in (quick, slow):
        learner.follow()
    assert (quick.way.position, slow.way.position) == (PREDICT + 1, PREDICT)
    slow.go({"to": 0})
    assert slow.way.position == PREDICT and "gone on" in slow.nav["follows"]
    slow.take_answer(DRAW, LINE)
    assert slow.way.position == PREDICT + 1
    led.set_pace(FREE)
    slow.go({"to": 0})
    assert slow.way.position == 0
    led.set_pace(TOGETHER)
    slow.follow()
    assert slow.way.position == PREDICT + 1
    for learner in (quick, slow):
        learner.close()


def test_who_looked_where_the_class_was_before_it_went_on_takes_no_page_back(register, monkeypatch):
    led, goes, looked, may_go = register.start(LESSON), Way.go, threading.Event(), threading.Event()
    learner = Follower(led, led.sit(), lambda: None)

    def slow(way, position):
        if position == PREDICT and not looked.is_set():
            looked.set()
            assert may_go.wait(WAIT)
        goes(way, position)

    led.go(PREDICT)
    led.answer(learner.seat, DRAW, LINE)
    monkeypatch.setattr(Way, "go", slow)
    late = threading.Thread(target=learner.follow, daemon=True)
    late.start()
    assert looked.wait(WAIT)
    led.go(PREDICT + 1)
    rung = threading.Thread(target=learner.follow, daemon=True)
    rung.start()
    rung.join(0.5)  # it need not wait for the other, but then must be the last to move
    may_go.set()
    for thread in (late, rung):
        thread.join(WAIT)
    assert learner.way.position == PREDICT + 1
    learner.close()


@pytest.mark.parametrize("does", ["goes on", "ends"])
def test_what_a_class_does_while_a_learners_page_is_made_is_not_missed(register, monkeypatch, does):
    monkeypatch.setattr(learn, "REGISTER", register)
    led = register.start(LESSON)
    listens = led.listen

    def late(listener, *, leads):
        led.go(PREDICT) if does == "goes on" else register.end(led)
        return listens(listener, leads=leads)

    monkeypatch.setattr(led, "listen", late)
    page = learn.Learn("", lambda: None)
    page.join({"code": led.code})
    if does == "goes on":
        assert page.player.way.position == PREDICT
    else:
        assert page.player is None and "The class has ended." in page.sentence
    page.close()


def test_what_the_room_predicts_says_of_nobody_who_predicted_what(register):
    led = register.start(LESSON)
    seats = [led.sit() for _ in range(5)]
    for k, seat in enumerate(seats):
        led.answer(seat, DRAW, [0.4 + 0.02 * k] * len(LINE))
    lead = Lead(led, lambda: None)
    lead.go({"to": PREDICT})
    shown = lead.spread + lead.panel
    assert '"n":5' in shown and not any(seat.token in shown for seat in seats)
    lead.close()


def test_a_seat_is_kept_for_its_token_and_for_nobody_else(register):
    one, other = register.start(LESSON), register.start(LESSON)
    seat = one.sit()
    one.answer(seat, DRAW, LINE)
    assert one.sit(seat.token) is seat
    assert one.sit("guess") is not seat
    assert other.sit(seat.token) is not seat
    assert register.led("") is None and register.led(one.key) is one


def test_a_class_has_bounds_and_an_end(register, monkeypatch):
    led = register.start(LESSON)
    monkeypatch.setattr(limits, "MOST_LEARNERS", 2)
    led.sit(), led.sit()
    with pytest.raises(Refused, match="full"):
        led.sit()
    heard = []
    led.listen(lambda: heard.append(1), leads=False)
    register.end(led)
    assert led.seats == [] and heard
    with pytest.raises(Refused, match="no class"):
        register.find(led.code)
    late = register.start(LESSON)
    monkeypatch.setattr(limits, "CLASS_HOURS", 0)
    register.tidy()
    assert late.is_over


def test_a_vote_is_told_to_who_leads_only(register):
    led, told = register.start(LESSON), []
    led.listen(lambda: told.append("leads"), leads=True)
    stop = led.listen(lambda: told.append("learns"), leads=False)
    led.answer(led.sit(), DRAW, LINE)
    assert set(told) == {"leads"}
    led.go(1)
    assert "learns" in told
    stop()
    told.clear()
    led.go(2)
    assert set(told) == {"leads"}


def test_thirty_who_ask_at_once_have_one_result_worked_out():
    found, step, texts = Results(), LESSON.steps[PREDICT + 1], []
    asking = [
        threading.Thread(target=lambda: texts.append(found.of(LESSON, step).text), daemon=True)
        for _ in range(30)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join(WAIT)
    assert found.computed == 1 and len(texts) == 30 and len({id(text) for text in texts}) == 1


def test_a_lesson_that_its_author_edited_is_worked_out_anew(tmp_path):
    file, found = tmp_path / "mine.md", Results()
    file.write_bytes(LESSON.path.read_bytes())
    for _ in range(2):
        lesson = load_lesson(file)
        found.of(lesson, lesson.steps[PREDICT + 1])
    assert found.computed == 1
    file.write_bytes(file.read_bytes().replace(b'"colocation.days" = 1.9', b'"colocation.days" = 2.9'))
    edited = load_lesson(file)
    assert edited.policies != lesson.policies
    found.of(edited, edited.steps[PREDICT + 1])
    assert found.computed == 2


def test_only_the_levers_of_a_step_can_be_moved():
    step = next(step for step in LESSON.steps if step.levers)
    trial = Trial(LESSON, step, lambda: None)
    trial.move({"name": "colocation.days", "value": 3, "number": 1})
    assert trial.values == {} and "colocation.days" not in step.levers
    trial.move({"name": step.levers[0], "value": 1e9, "number": 2})
    assert trial.values == {} and trial.sentences and trial.ack == 2
    trial.move({"name": step.levers[0], "value": 36, "number": 3})
    assert trial.values == {step.levers[0]: 36}
    trial.close()


def test_who_leaves_a_class_keeps_its_key_and_comes_back(register, monkeypatch):
    monkeypatch.setattr("collabsim.dashboard.teaching.lectern.REGISTER", register)
    lectern = Lectern(f"lesson={LESSON.name}", lambda: None)
    lectern.choose({"lesson": LESSON.name, "mode": "lead"})
    led = lectern.led
    lectern.player.go({"to": 1})
    lectern.leave()
    assert lectern.player is None and not led.is_over and led.code in lectern.contents
    lectern.choose({"lesson": LESSON.name, "mode": "lead"})  # a second class would lose the first
    assert lectern.player is None and "already" in lectern.said[0] and lectern.led is led
    lectern.choose({"lesson": LESSON.name, "mode": "alone"})
    assert led.key in lectern.keep
    again = Lectern(f"lesson={LESSON.name}", lambda: None)  # the page is loaded again
    again.hello({"saved": json.loads(lectern.keep)})
    assert again.player is None and led.code in again.contents
    again.back()
    assert again.player.led is led and again.player.way.position == 1
    again.end()
    assert led.is_over and again.keep == "null" and json.loads(again.contents)["led"] is None
    lectern.back()
    assert lectern.said == ["The class has ended."]
    lectern.close()


def test_an_unknown_lesson_in_a_link_is_one_sentence():
    lectern = Lectern("lesson=<b>&look=pink", lambda: None)
    assert lectern.said == ['There is no lesson called "<b>".'] and lectern.look == "light"


def test_a_mistake_in_one_own_lesson_leaves_the_list_of_the_others(tmp_path, monkeypatch):
    right, wrong, gone = (tmp_path / f"{name}.md" for name in ("right", "wrong", "gone"))
    right.write_bytes(LESSON.path.read_bytes())
    wrong.write_bytes(LESSON.path.read_bytes().replace(b"minutes = 25", b"minuts = 25"))
    own = {path.stem: path for path in (right, wrong, gone)}
    monkeypatch.setattr(entrance.ENTRANCE, "lessons", own)
    cards = json.loads(Lectern("", lambda: None).contents)["lessons"]
    assert [card["name"] for card in cards[:3]] == list(own) and len(cards) > 3
    assert cards[0]["title"] == LESSON.title
    assert cards[1]["title"] == "wrong cannot be read" and "did you mean minutes?" in cards[1]["errors"][0]
    assert "gone.md" in cards[2]["errors"][0] and "errors" not in cards[0]
    assert not any(str(tmp_path) in sentence for card in cards[1:3] for sentence in card["errors"])


# --- the door and the addresses -----------------------------------------------------------------


@pytest.fixture
def door(register):
    led = register.start(LESSON)

    def why_not(letters):
        try:
            register.find(letters)
        except Refused as refusal:
            return str(refusal)
        return ""

    return Guard(_page, {"127.0.0.1"}, "ABCDEFGH", why_not=why_not), led.code


def test_a_class_code_opens_the_door_of_learners_and_no_other(door):
    guard, code = door
    sent = _ask(guard, "/join", query=f"class={code}".encode())
    cookie = dict(sent[0]["headers"])[b"set-cookie"].decode()
    assert _status(sent) == 200 and cookie.startswith(COOKIE) and "HttpOnly" in cookie
    assert _status(_ask(guard, "/teach", query=f"class={code}".encode())) == 401
    assert _status(_ask(guard, "/join", query=b"class=ZZZZ")) == 401
    assert b"There is no class with this code" in _ask(guard, "/join", query=b"class=ZZZZ")[1]["body"]
    assert _status(_ask(guard, "/jupyter/x", [HOST, ORIGIN], kind="websocket")) == "websocket.close"
    kept = ("cookie", cookie.split(";")[0])
    assert _status(_ask(guard, "/jupyter/x", [HOST, ORIGIN, kept], kind="websocket")) == "websocket.accept"


def test_the_access_code_leads_on_to_the_page_that_was_asked_for(door):
    guard, _ = door
    query = urlencode({"lesson": "short-term-funding", "code": "abcdefgh"}).encode()
    location = dict(_ask(guard, "/teach", query=query)[0]["headers"])[b"location"]
    assert location == b"/teach?lesson=short-term-funding"
    form = _ask(guard, "/teach", query=urlencode({"lesson": "'><script>"}).encode())[1]["body"]
    assert b"<script>" not in form and b"&lt;script&gt;" in form


def test_learners_are_told_an_address_of_the_room_not_of_a_container_or_tunnel(monkeypatch):
    there = [
        ("docker0", "172.17.0.1"),
        ("tun0", "10.8.0.2"),
        ("eth0", "192.168.1.7"),
        ("wlp2s0", "10.42.0.1"),
        ("lo", "127.0.0.1"),
    ]
    monkeypatch.setattr(entrance, "_interfaces", lambda: there)
    monkeypatch.setattr(entrance, "usual_route", lambda: "10.8.0.2")
    assert entrance.addresses()[:2] == ["10.42.0.1", "192.168.1.7"]
    place = Place("0.0.0.0", address="192.168.1.7")
    assert urls(place, 8765)[:2] == ("http://192.168.1.7:8765", "http://10.42.0.1:8765")
    assert {"192.168.1.7", "10.42.0.1"} <= _names(place)
    monkeypatch.setattr(entrance, "_interfaces", lambda: [("lo", "127.0.0.1")])
    assert entrance.addresses() == ["127.0.0.1"]


def test_the_own_browser_of_who_starts_the_server_needs_no_code_typed_in():
    place = Place("0.0.0.0", start="/teach?lesson=x")
    assert _own_url(place, 1, "ABC") == "http://127.0.0.1:1/teach?lesson=x&code=ABC"
    assert _own_url(Place(), 1, "") == "http://127.0.0.1:1/"


def test_a_qr_code_is_a_figure_that_needs_no_network():
    figure = entrance.qr("http://10.42.0.1:8765/join?class=KVTM")
    assert figure.startswith("<svg") and "http" not in figure


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["short-term-fundin"],
            'There is no lesson called "short-term-fundin"; did you mean short-term-funding?',
        ),
        (["nowhere.md"], "nowhere.md"),
        (["--address", "here"], '--address is "here", but must be an address of this machine'),
    ],
)
def test_wrong_words_are_one_sentence(words, said):
    command = [sys.executable, "-m", "collabsim", "teach", *words]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=WAIT)
    assert answer.returncode == 2 and said in answer.stderr and len(answer.stderr.splitlines()) == 1
