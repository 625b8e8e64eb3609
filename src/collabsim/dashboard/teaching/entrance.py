"""Where learners come in: the addresses of this machine that others in the room can open, and a code to scan."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

VIRTUAL = (
    "lo",
    "docker",
    "br-",
    "veth",
    "virbr",
    "vmnet",
    "vboxnet",
    "tun",
    "tap",
    "utun",
    "wg",
    "zt",
    "tailscale",
)
"""How interfaces begin that lead to no room: containers, virtual machines, tunnels to elsewhere."""
WIRELESS = ("wl", "wifi", "wi-fi", "ap", "en0", "bridge100")
"""How wireless interfaces and hotspots begin on Linux, Windows and macOS."""


@dataclass
class Entrance:
    """What the server that runs has said of itself.

    Attributes
    ----------
    urls : tuple of str
        Addresses that learners can open, the most likely first; without a slash at the end.
    is_open : bool
        Whether other machines can reach it.
    lessons : mapping of str to Path
        Lesson files besides the shipped ones, by the lesson's name.
    """

    urls: tuple[str, ...] = ("http://127.0.0.1:8765",)
    is_open: bool = False
    lessons: Mapping[str, Path] = field(default_factory=dict)


ENTRANCE = Entrance()
"""Of this process's server; the launcher sets it."""


def addresses() -> list[str]:
    """The addresses of this machine in the networks around it, the one that learners most likely share first.

    A hotspot has no way to the rest of the world, so that a look-up of the usual route is not enough.
    """
    found = [(_rank(name, address), address) for name, address in _interfaces() if _is_near(address)]
    ranked = [address for _, address in sorted(found)]
    return list(dict.fromkeys(ranked)) or ["127.0.0.1"]


def _interfaces() -> list[tuple[str, str]]:
    """Names of the interfaces that are up, with their addresses (version 4: the ones that people can type)."""
    import psutil

    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    return [
        (name.casefold(), entry.address)
        for name, entries in psutil.net_if_addrs().items()
        for entry in entries
        if entry.family == socket.AF_INET and name in up
    ]


def _is_near(address: str) -> bool:
    return not (ipaddress.ip_address(address).is_loopback or ipaddress.ip_address(address).is_link_local)


def _rank(name: str, address: str) -> tuple[bool, bool, bool, bool]:
    """Low for an interface that leads into the room: no tunnel, a private address, wireless, the usual route."""
    return (
        name.startswith(VIRTUAL),
        not ipaddress.ip_address(address).is_private,
        not name.startswith(WIRELESS),
        address != usual_route(),
    )


def usual_route() -> str:
    """The address that this machine would use to reach another network; nothing is sent for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of documentation: a route is looked up, no more
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


@lru_cache(maxsize=32)
def qr(text: str) -> str:
    """A text as a QR code, a figure to stand in a page: black on white in every look, with the quiet zone."""
    import segno

    code = segno.make(text, error="m", micro=False)
    return str(code.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True))
