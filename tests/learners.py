"""Learners without a browser: WebSocket clients that speak what a page speaks with Solara's server.

Each is one tab of its own: it asks for the page, opens its socket, keeps the components that the server sends it, and
sends their events. What the server sent can be looked at, down to the last letter.
"""

import asyncio
import json
import threading
import urllib.request
import uuid
from contextlib import suppress
from dataclasses import dataclass, field

import websockets

WAIT = 60.0


def _message(kind: str, content: dict, session: str) -> str:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": session,
              "date": "2026-01-01T00:00:00Z", "version": "5.3"}  # fmt: skip
    return json.dumps(
        {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
            "buffers": [],
        }
    )


@dataclass
class Learner:
    """One learner's page."""

    address: str
    code: str
    token: str = ""
    received: list[str] = field(default_factory=list)
    models: dict[str, dict] = field(default_factory=dict)

    async def open(self) -> None:
        """Ask for the page, connect, and say what the tab has kept."""
        self.models, self.received = {}, []
        self.session, kernel = uuid.uuid4().hex, uuid.uuid4().hex
        self._changed = asyncio.Condition()
        cookie = await asyncio.to_thread(self._cookie)
        url = f"ws{self.address.removeprefix('http')}/jupyter/api/kernels/{kernel}/channels?session_id={self.session}"
        headers = {"Cookie": cookie, "Origin": self.address}
        self._socket = await websockets.connect(
            url, additional_headers=headers, max_size=None, open_timeout=WAIT
        )
        self._reader = asyncio.create_task(self._read())
        control = {"comm_id": uuid.uuid4().hex, "target_name": "solara.control", "data": {}}
        await self._socket.send(_message("comm_open", control, self.session))
        run = {"method": "run", "args": {"path": f"/join?class={self.code}", "appName": "__default__"}}
        await self._socket.send(
            _message("comm_msg", {"comm_id": control["comm_id"], "data": run}, self.session)
        )
        saved = {"code": self.code, "token": self.token} if self.token else None
        await self.tell("hello", {"saved": saved})
        await self.until(lambda: self.state("go") is not None)
        self.token = json.loads(self.state("hello")["keep"])["token"]

    def _cookie(self) -> str:
        with urllib.request.urlopen(f"{self.address}/join?class={self.code}") as answer:
            return "; ".join(c.split(";")[0] for c in answer.headers.get_all("set-cookie"))

    async def _read(self) -> None:
        with suppress(websockets.ConnectionClosed):
            async for text in self._socket:
                await self._hear(text)

    async def _hear(self, text) -> None:
        self.received.append(text if isinstance(text, str) else repr(text))
        message = json.loads(text) if isinstance(text, str) else {"header": {"msg_type": ""}}
        self._take(message["header"]["msg_type"], message.get("content", {}))
        async with self._changed:
            self._changed.notify_all()

    def _take(self, kind: str, content: dict) -> None:
        data = content.get("data", {})
        if kind == "comm_open" and content["target_name"] == "jupyter.widget":
            self.models[content["comm_id"]] = data["state"]
        elif kind == "comm_msg" and data.get("method") == "update":
            self.models.setdefault(content["comm_id"], {}).update(data["state"])
        elif kind == "comm_close":
            self.models.pop(content["comm_id"], None)

    def _named(self, event: str) -> tuple[str, dict] | None:
        """The component that sends an event of this name."""
        found = [(name, state) for name, state in self.models.items() if event in (state.get("events") or ())]
        return found[-1] if found else None

    def state(self, event: str) -> dict | None:
        """What the server told the component that sends an event of this name."""
        found = self._named(event)
        return found[1] if found else None

    def content(self, event: str) -> dict:
        """The same component's content."""
        return json.loads((self.state(event) or {}).get("content") or "{}")

    async def until(self, holds) -> None:
        """Wait until something holds of what was received."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(holds), WAIT)

    async def tell(self, event: str, data: dict) -> None:
        """Send an event of a component."""
        await self.until(lambda: self._named(event) is not None)
        content = {"comm_id": self._named(event)[0],
                   "data": {"method": "custom", "content": {"event": event, "data": data}}}  # fmt: skip
        await self._socket.send(_message("comm_msg", content, self.session))

    async def answer(self, value) -> None:
        """Answer what the page asks, and wait until it is taken."""
        await self.until(lambda: self.where and self.content("answer").get("step") == self.where)
        await self.tell("answer", {"step": self.where, "value": value})

    async def at(self, step: str) -> None:
        """Wait until the page is at a step."""
        await self.until(lambda: self.where == step)

    @property
    def where(self) -> str:
        """The name of the step that the page shows."""
        heads = [
            json.loads(s["content"]) for s in self.models.values() if '"lesson":' in str(s.get("content"))
        ]
        return heads[-1]["name"] if heads else ""

    async def close(self) -> None:
        """Leave as somebody does who walks out of the network."""
        self._reader.cancel()
        await self._socket.close()


class Room:
    """Learners on a thread of their own, beside a browser that is driven on this one."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.learners: list[Learner] = []

    def run(self, *work):
        """Run coroutines side by side, and give their results."""

        async def together():
            return await asyncio.gather(*work)

        return asyncio.run_coroutine_threadsafe(together(), self._loop).result(4 * WAIT)

    def join(self, address: str, code: str, count: int) -> list[Learner]:
        """So many learners join a class at the same time."""
        found = [Learner(address, code) for _ in range(count)]
        self.run(*(learner.open() for learner in found))
        self.learners += found
        return found

    def close(self) -> None:
        """Everybody leaves."""
        self.run(*(learner.close() for learner in self.learners))
        self._loop.call_soon_threadsafe(self._loop.stop)
