"""The dashboard's door: who is let in, how often, and what the command says about wrong words."""

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from collabsim.dashboard import guard, launcher, limits
from collabsim.dashboard.crew import Crew
from collabsim.dashboard.guard import Guard

HOST = ("host", "127.0.0.1:8765")
ORIGIN = ("origin", "http://127.0.0.1:8765")


async def _page(scope, receive, send):
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a page"})


def _ask(door, path="/", headers=(HOST,), query=b"", kind="http", received=()):
    """What is sent back: a list of ASGI messages."""
    scope = {
        "type": kind,
        "path": path,
        "query_string": query,
        "headers": [(key.encode(), value.encode()) for key, value in headers],
        "client": ("127.0.0.1", 5),
    }
    waiting, sent = list(received), []

    async def receive():
        return waiting.pop(0) if waiting else {"type": f"{kind}.disconnect"}

    async def send(message):
        sent.append(message)

    asyncio.run(door(scope, receive, send))
    return sent


def _status(sent):
    return sent[0].get("status") or sent[0]["type"]


@pytest.fixture
def door():
    return Guard(_page, {"127.0.0.1", "localhost"}, version="1")


def test_a_page_carries_a_policy_that_lets_nothing_in_from_elsewhere(door):
    headers = dict(_ask(door)[0]["headers"])
    policy = headers[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "http" not in policy
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "127.0.0.1@evil"]
)
def test_another_name_for_this_machine_is_refused(door, host):
    assert _status(_ask(door, headers=[("host", host)])) == 421


def test_another_site_may_neither_post_nor_open_a_session(door):
    evil = ("origin", "http://evil.example")
    assert _status(_ask(door, headers=[HOST, evil])) == 403
    assert _status(_ask(door, "/jupyter/x", [HOST, evil], kind="websocket")) == "websocket.close"
    assert _status(_ask(door, "/jupyter/x", [HOST], kind="websocket")) == "websocket.close"
    assert _status(_ask(door, "/jupyter/x", [HOST, ORIGIN], kind="websocket")) == "websocket.accept"


@pytest.mark.parametrize("path", ["/resourcez", "/../etc/passwd", "/static", "/secret", "/_solara"])
def test_only_known_addresses_are_answered(door, path):
    assert _status(_ask(door, path)) == 404


def test_too_long_an_address_and_too_many_requests_are_refused(door):
    assert _status(_ask(door, query=b"x" * (limits.MOST_QUERY + 1))) == 414
    door._visitors["127.0.0.1"] = guard.Bucket(rate=0.001, burst=3)
    assert [_status(_ask(door)) for _ in range(4)] == [200, 200, 200, 429]


def test_the_health_address_says_how_many_sessions_there_are(door):
    assert b'"status": "ok"' in _ask(door, "/health")[1]["body"]
    assert b'"sessions": 0' in _ask(door, "/health")[1]["body"]


def test_there_are_no_more_sessions_than_the_server_bears(door, monkeypatch):
    monkeypatch.setattr(limits, "MOST_SESSIONS", 0)
    assert _status(_ask(door, "/jupyter/x", [HOST, ORIGIN], kind="websocket")) == "websocket.close"


def test_an_open_server_asks_for_its_code_and_remembers_who_gave_it():
    door = Guard(_page, {"127.0.0.1"}, code="ABCDEFGH")
    assert _status(_ask(door)) == 401
    assert _status(_ask(door, "/jupyter/x", [HOST, ORIGIN], kind="websocket")) == "websocket.close"
    assert _status(_ask(door, query=b"code=WRONG")) == 401
    sent = _ask(door, query=b"code=abcdefgh")
    cookie = dict(sent[0]["headers"])[b"set-cookie"].decode()
    assert _status(sent) == 303 and "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert _status(_ask(door, headers=[HOST, ("cookie", cookie.split(";")[0])])) == 200
    assert _status(_ask(door, headers=[HOST, ("cookie", f"{guard.COOKIE}=guess")])) == 401


def test_the_code_cannot_be_guessed():
    door = Guard(_page, {"127.0.0.1"}, code="ABCDEFGH")
    for _ in range(guard.TRIES):
        _ask(door, query=b"code=WRONG")
    assert _status(_ask(door, query=b"code=ABCDEFGH")) == 401
    assert launcher.new_code() != launcher.new_code() and len(launcher.new_code()) == 8


def test_a_session_that_asks_too_often_is_kept_waiting(door, monkeypatch):
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    monkeypatch.setattr(guard.asyncio, "sleep", sleep)
    often = [{"type": "websocket.receive"}] * (12 * limits.MOST_REQUESTS)
    _ask(door, "/jupyter/x", [HOST, ORIGIN], kind="websocket", received=often)
    assert waits and max(waits) <= 5


def test_a_server_for_this_machine_only_answers_to_its_own_names():
    assert launcher.Place().is_open is False
    assert launcher.Place("0.0.0.0").is_open is True
    assert launcher._names(launcher.Place()) == set(launcher.LOOPBACK)


def test_a_browser_can_send_declared_events_only():
    from ipyvue import VueTemplateWidget

    launcher._only_declared_events()
    called = []

    class Component:
        events = ("move",)

        def vue_move(self, data):
            called.append(data)

    handle = VueTemplateWidget.Events._handle_event
    handle(Component(), None, {"event": "move", "data": 1}, [])
    handle(Component(), None, {"event": "close", "data": 1}, [])
    handle(Component(), None, {"create_widget": ["os", "system"], "props": {}, "id": "x"}, [])
    assert called == [1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "99999"], "--port is 99999, but must be a whole number from 0 to 65,535"),
        (["--host", "example.org"], '--host is "example.org", but must be an address'),
        (["--results", "nowhere"], '--results is "nowhere", but there is no such folder'),
    ],
)
def test_wrong_words_are_one_sentence(words, said):
    command = [sys.executable, "-m", "collabsim", "dashboard", *words]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 2 and said in answer.stderr and len(answer.stderr.splitlines()) == 1


def test_pages_that_close_while_they_compute_stop_nobody_else():
    program = Path(__file__).parent / "page_closer.py"
    answer = subprocess.run([sys.executable, program, "25", "1"], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert "Unexpected end" not in answer.stderr and "Traceback" not in answer.stderr


def test_whoever_stops_waiting_wants_no_more(monkeypatch):
    crew, begun, go = Crew(1), threading.Event(), threading.Event()

    def work(item):
        begun.set()
        go.wait()
        return str(item)

    batch = crew.begin(work, [1, 2], 0)
    begun.wait()
    monkeypatch.setattr(batch.over, "wait_for", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        batch.wait()
    go.set()
    assert crew.compute(str, [3], 5) == ["3"]
    assert batch.found == {0: "1"}
    assert crew.state() == {"waiting": 0, "working_seconds": 0.0}


def test_the_health_address_tells_what_is_computed():
    door = Guard(_page, {"127.0.0.1"}, version="1", work=Crew(1).state)
    found = json.loads(_ask(door, "/health")[1]["body"])
    assert found["computing"] == {"waiting": 0, "working_seconds": 0.0}
