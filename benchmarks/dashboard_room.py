"""A room of learners for `dashboard.py`: sessions that speak the page's protocol, and what they were shown."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from typing import Any

import numpy as np
import psutil

from collabsim.dashboard import frames, limits
from collabsim.dashboard.batches import Replicates
from collabsim.dashboard.live import Picture, Wish
from collabsim.scenario import load_scenario

EVERY = 5.0


class Visitor:
    """One session, speaking the protocol of the page over its WebSocket."""

    def __init__(self, address: str, days: float, scenario: str) -> None:
        self.address, self.days, self.scenario = address, days, scenario
        self.times: list[float] = []
        self.errors = self.strangers = 0
        self.models: dict[str, dict[str, Any]] = {}
        self.protected, self.last = 0.0, dict[str, Any]()

    async def visit(self, until: float, delay: float) -> None:
        """Open the page and move a lever again and again."""
        import websockets

        await asyncio.sleep(delay)
        kernel, session = str(uuid.uuid4()), str(uuid.uuid4())
        cookie = await asyncio.to_thread(_cookie, self.address)
        url = (
            f"{self.address.replace('http', 'ws')}/jupyter/api/kernels/{kernel}/channels?session_id={session}"
        )
        headers = {"Origin": self.address, "Cookie": cookie}
        async with websockets.connect(url, additional_headers=headers, max_size=1 << 24) as socket:
            self.socket, self.session = socket, session
            await self._say("comm_open", comm_id="control", target_name="solara.control", data={})
            path = f"/?s={self.scenario}&colocation.days={self.days}"
            args = {"path": path, "appName": None, "dark": False, "themes": {"light": {}, "dark": {}}}
            data = {"method": "run", "args": args}
            await self._say("comm_msg", comm_id="control", data=data)
            await self._until(lambda: self._courses().get("done"), 60)
            number = 0
            while time.monotonic() < until:
                number += 1
                began = time.monotonic()
                value = 0.05 * ((number * 7 + self.days * 13) % 100)
                self.protected = value / 50
                wish = {
                    "event": "set",
                    "data": {"name": "meetings.protected_time", "value": self.protected, "number": number},
                }
                data = {"method": "custom", "content": wish}
                await self._say("comm_msg", comm_id=self._comm("revision"), data=data)
                if await self._until(lambda wanted=number: self._courses().get("number", -1) >= wanted, 20):
                    self.times.append(1_000 * (time.monotonic() - began))
                    self.strangers += not self._is_mine()
                else:
                    self.errors += 1
                await self._rest(max(0.0, EVERY - (time.monotonic() - began)))
            await self._until(lambda: self._courses().get("done") == self._courses().get("most"), 30)
            self.last = self._courses()

    async def _say(self, kind: str, **content: Any) -> None:
        header = {
            "msg_id": str(uuid.uuid4()),
            "msg_type": kind,
            "session": self.session,
            "username": "",
            "version": "5.3",
        }
        message = {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": content,
            "channel": "shell",
            "buffers": [],
        }
        await self.socket.send(json.dumps(message))

    async def _until(self, holds: Any, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not holds():
            left = end - time.monotonic()
            if left <= 0:
                return False
            try:
                self._note(await asyncio.wait_for(self.socket.recv(), left))
            except TimeoutError:
                return False
        return True

    async def _rest(self, seconds: float) -> None:
        await self._until(lambda: False, seconds)

    def _note(self, raw: Any) -> None:
        text = raw if isinstance(raw, str) else raw[4 + 4 * (raw[3] + 1) :].decode("utf-8", "replace")
        try:
            message = json.loads(text)
        except ValueError:
            return
        kind, content = message.get("header", {}).get("msg_type"), message.get("content", {})
        state = content.get("data", {}).get("state") if kind in ("comm_open", "comm_msg") else None
        if state is not None:
            self.models.setdefault(content["comm_id"], {}).update(state)

    def _comm(self, field: str) -> str:
        return next(key for key, state in self.models.items() if field in state and "catalogue" in state)

    def _courses(self) -> dict[str, Any]:
        for state in self.models.values():
            content = state.get("content")
            if isinstance(content, str) and content.startswith('{"number"'):
                return dict(json.loads(content))
        return {}

    def _is_mine(self) -> bool:
        """Whether the levers and the address are this session's own."""
        state = json.loads(self.models[self._comm("revision")]["content"])
        return state["values"]["colocation.days"] == self.days and state["scenario"] == self.scenario

    def is_as_alone(self) -> bool:
        """Whether the last picture holds the numbers that its wish gives when nobody else asks for anything."""
        values = {"colocation.days": self.days}
        base = load_scenario(self.scenario)
        moved = base.with_values({**values, "meetings.protected_time": self.protected})
        found = tuple(Replicates(scenario, 0, limits.MOST_REPLICATES) for scenario in (base, moved))
        for replicates in found:
            replicates.grow(self.last.get("done", 0), 0)  # a busy server may not have got to the last one
        names = [chart["name"] for chart in self.last.get("charts", [])]
        expected = frames.courses(Picture(Wish(0, (base, moved), 0), found), names)
        return bool(names) and self.last["charts"] == json.loads(frames.as_text(expected))["charts"]


def _cookie(address: str) -> str:
    import requests

    answer = requests.get(address, timeout=30)
    return "; ".join(f"{name}={value}" for name, value in answer.cookies.items())


SCENARIOS = ("mixed-partnership", "short-term-funding", "short-term-funding-36-months")


def room(address: str, process: psutil.Process, seconds: float, sessions: int) -> dict[str, float]:
    """What many sessions at once had to wait for, and whether each saw its own."""
    before = process.memory_info().rss
    visitors = [
        Visitor(address, round(0.1 * (n + 1), 1), SCENARIOS[n % len(SCENARIOS)]) for n in range(sessions)
    ]

    async def everybody() -> list[Any]:
        until = time.monotonic() + seconds
        visits = (v.visit(until, delay=n * EVERY / sessions) for n, v in enumerate(visitors))
        return await asyncio.gather(*visits, return_exceptions=True)

    ends = asyncio.run(everybody())
    grown = process.memory_info().rss - before
    failed = [end for end in ends if isinstance(end, BaseException)]
    for end in failed[:3]:
        print(f"a session ended: {end!r}", file=sys.stderr)
    times = np.array([t for v in visitors for t in v.times] or [np.nan])
    return {
        f"room of {sessions}: moves": float(len(times)),
        f"room of {sessions}: picture, p50 (ms)": float(np.quantile(times, 0.5)),
        f"room of {sessions}: picture, p95 (ms)": float(np.quantile(times, 0.95)),
        f"room of {sessions}: errors": float(len(failed) + sum(v.errors for v in visitors)),
        f"room of {sessions}: pictures of another's wish": float(sum(v.strangers for v in visitors)),
        f"room of {sessions}: last pictures unlike those computed alone": float(
            sum(not v.is_as_alone() for v in visitors)
        ),
        f"room of {sessions}: memory per session (MiB)": grown / sessions / 2**20,
    }
