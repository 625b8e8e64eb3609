"""Stands between the network and the pages: who may ask, how often, and what a browser may do with the answer.

Solara itself checks neither `Host` (so another site's name may be pointed at this machine) nor the origin of a
WebSocket (so another site's page may open one), sends no content security policy, and tells everybody about its
sessions at /resourcez.
"""

from __future__ import annotations

import asyncio
import hmac
import html
import json
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from collabsim.dashboard import limits

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Work = Callable[[], dict[str, float]]

COOKIE = "collabsim-access"
PAGES = ("/", "/explore", "/compare", "/rank", "/teach", "/join", "/about")
OPEN_PATHS = (*PAGES, "/health", "/readyz", "/favicon.ico")
JOIN = "/join"
"""Where a class's code opens the door as well as the access code does."""
OPEN_FOLDERS = ("/static/", "/_solara/", "/jupyter/")
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # Vue compiles templates in the browser
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: blob: data:",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
TRIES = 20
"""Wrong access codes in all before the server asks for a restart: a code of eight letters cannot be guessed."""


@dataclass
class Bucket:
    """So many a second, and a burst of some seconds' worth."""

    rate: float
    burst: float
    level: float = 0.0
    seen: float = field(default_factory=time.monotonic)

    def wait(self) -> float:
        """Count one, and the seconds to wait before it (0 within the bounds)."""
        now = time.monotonic()
        self.level = max(0.0, self.level - (now - self.seen) * self.rate) + 1.0
        self.seen = now
        return max(0.0, (self.level - self.burst) / self.rate)


class Guard:
    """An ASGI application that hands on only what is allowed.

    Parameters
    ----------
    app : ASGI application
    hosts : iterable of str
        Names under which the server may be asked for, without the port.
    code : str
        What visitors must type in before they see anything; empty for none.
    version : str
    work : callable, optional
        Tells how much is being computed. The health address tells both.
    why_not : callable, optional
        Says why a class's code does not let its visitor in; nothing when it does.
    """

    def __init__(
        self,
        app: App,
        hosts: Iterable[str],
        code: str = "",
        version: str = "",
        work: Work = lambda: {},
        why_not: Callable[[str], str] = lambda _: "There are no classes here.",
    ) -> None:
        self._app, self._hosts, self._code, self._version = app, frozenset(hosts), code, version
        self._work, self._why_not = work, why_not
        self._token = secrets.token_urlsafe(32)
        self._wrong = 0
        self._sessions = 0
        self._visitors: OrderedDict[str, Bucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or hand on."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            return await _refuse(scope, receive, send, *refusal)
        if scope["type"] == "websocket":
            return await self._socket(scope, receive, send)
        if scope["path"] in ("/health", "/readyz"):
            return await _answer(send, 200, self._health(), "application/json")
        if not self._is_known(headers):
            return await self._door(scope, receive, send)
        return await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str] | None:
        """Why a request is refused: status and sentence; None when it is not."""
        if _name(headers.get("host", "")) not in self._hosts:
            return 421, "This server does not answer to that name."
        origin = headers.get("origin")
        is_own = origin in (f"http://{headers['host']}", f"https://{headers['host']}")
        if (scope["type"] == "websocket" or origin is not None) and not is_own:
            return 403, "Requests from other sites are refused."
        if not (scope["path"] in OPEN_PATHS or scope["path"].startswith(OPEN_FOLDERS)):
            return 404, "There is no such page."
        if len(scope.get("query_string", b"")) > limits.MOST_QUERY:
            return 414, f"The address is longer than {limits.MOST_QUERY:,} characters."
        if self._is_too_often(scope):
            return 429, "Too many requests: wait a few seconds."
        if scope["type"] == "websocket" and not self._is_known(headers):
            return 403, "The access code is missing."
        if scope["type"] == "websocket" and self._sessions >= limits.MOST_SESSIONS:
            return 503, f"There are {limits.MOST_SESSIONS} sessions already; close a page somewhere."
        return None

    def _is_too_often(self, scope: Scope) -> bool:
        visitor = (scope.get("client") or ("", 0))[0]
        bucket = self._visitors.setdefault(visitor, Bucket(rate=100, burst=2_000))
        self._visitors.move_to_end(visitor)
        while len(self._visitors) > 1_000:
            self._visitors.popitem(last=False)
        return bucket.wait() > 0

    def _health(self) -> str:
        found = {"status": "ok", "version": self._version, "sessions": self._sessions}
        return json.dumps(found | {"computing": self._work()})

    # --- sessions -------------------------------------------------------------------------------

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a session on; one that asks too often is kept waiting."""
        bucket = Bucket(rate=limits.MOST_REQUESTS, burst=10 * limits.MOST_REQUESTS)

        async def slowly() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and (seconds := bucket.wait()):
                await asyncio.sleep(min(seconds, 5.0))
            return message

        self._sessions += 1
        try:
            await self._app(scope, slowly, send)
        finally:
            self._sessions -= 1

    # --- the access code ------------------------------------------------------------------------

    def _is_known(self, headers: dict[str, str]) -> bool:
        if not self._code:
            return True
        cookies = dict(pair.strip().partition("=")[::2] for pair in headers.get("cookie", "").split(";"))
        return hmac.compare_digest(cookies.get(COOKIE, "").encode(), self._token.encode())

    async def _door(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask for a code, or let in who gives it."""
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=400)
        given = query.get("code", [""])[0].strip().upper()
        letters = query.get("class", [""])[0] if scope["path"] == JOIN else ""
        if given and self._wrong < TRIES and hmac.compare_digest(given.encode(), self._code.encode()):
            return await _answer(
                send, 303, "", "text/plain", [(b"location", _onward(scope, query)), self._cookie]
            )
        words = self._why_not(letters) if letters else ""
        if (
            letters and not words
        ):  # not sent elsewhere first: a cookie of a redirect from another site's link is held back
            return await self._app(scope, receive, _with_headers(send, [self._cookie]))
        self._wrong += bool(given)
        words = "That is not the code." if given else words
        if self._wrong >= TRIES and not letters:
            words = "Too many wrong codes: the dashboard must be started again."
        return await _answer(send, 401, _door_page(words, scope["path"], query), "text/html; charset=utf-8")

    @property
    def _cookie(self) -> tuple[bytes, bytes]:
        """What a browser keeps that may come in."""
        return b"set-cookie", f"{COOKIE}={self._token}; HttpOnly; SameSite=Strict; Path=/".encode()


def _onward(scope: Scope, query: dict[str, list[str]]) -> bytes:
    """Where somebody wanted to go who has given the access code."""
    path = scope["path"] if scope["path"] in PAGES else "/"
    rest = urlencode({key: values[0] for key, values in query.items() if key != "code"})
    return (path + (f"?{rest}" if rest else "")).encode("latin-1")


def _door_page(words: str, path: str, query: dict[str, list[str]]) -> str:
    """The form to type a code into; what else the address said goes along."""
    joins = path == JOIN
    name, label = (
        ("class", "The four letters on the screen at the front:")
        if joins
        else ("code", "Access code, as the server's terminal shows it:")
    )
    kept = {key: values[0] for key, values in query.items() if key not in ("code", "class")}
    hidden = "".join(
        f"<input type=hidden name='{html.escape(key)}' value='{html.escape(value)}'>"
        for key, value in kept.items()
    )
    other = "" if joins else "<p><a href=/join>Join a class</a></p>"
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>CollabSim: {'join a class' if joins else 'access code'}</title>"
        "<style>body{font:1.2rem/1.5 system-ui,sans-serif;max-width:32rem;"
        "margin:15vh auto;padding:0 1rem}input,button{font:inherit;padding:.4rem .6rem}</style>"
        f"<main><h1>CollabSim</h1><form method=get><p role=alert>{html.escape(words)}</p>{hidden}"
        f"<label>{label}<br><input name={name} autocomplete=off autocapitalize=characters autofocus></label> "
        f"<button>Enter</button></form>{other}</main></html>"
    )


def _name(host: str) -> str:
    """A `Host` header without its port."""
    name, _, port = host.rpartition(":")
    return (name if name and port.isdecimal() else host).casefold()


def _with_headers(send: Send, more: Iterable[tuple[bytes, bytes]] = ()) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *HEADERS, *more]}
        await send(message)

    return guarded


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, sentence: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": sentence})
    else:
        await _answer(send, status, sentence + "\n", "text/plain; charset=utf-8")


async def _answer(
    send: Send, status: int, body: str, kind: str, more: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    head = [(b"content-type", kind.encode()), (b"cache-control", b"no-store"), *HEADERS, *more]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body.encode()})
