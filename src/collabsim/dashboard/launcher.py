"""Starts the server of the pages: settings first, then Solara behind the guard, then the browser."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import warnings
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import collabsim
from collabsim import library
from collabsim.dashboard import crew, limits
from collabsim.dashboard.guard import App, Guard
from collabsim.dashboard.teaching.entrance import ENTRANCE, addresses

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is mistaken for another
RESULTS = "COLLABSIM_RESULTS"
"""Environment variable that tells the pages where results folders may lie."""

_SETTINGS = {
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_TELEMETRY_SERVER_USER_ID": "nobody",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",  # nothing is fetched: what pages need is installed
    "SOLARA_KERNEL_CULL_TIMEOUT": "30m",
    "SOLARA_KERNEL_MAX_COUNT": str(2 * limits.MOST_SESSIONS),
    "SOLARA_SESSION_HTTP_ONLY": "True",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_THEME_TITLE": "CollabSim",
}


@dataclass(frozen=True)
class Place:
    """Where the pages are served, and who may see them.

    Attributes
    ----------
    host : str
        Loopback, or the address of a network.
    port : int
        0 for one that is free.
    results : Path or None
        The folder below which results may be opened.
    start : str
        The page that the browser opens: path and query.
    address : str
        What others in the network are to open, if it is not to be found out.
    lessons : mapping of str to Path
        Lesson files of the reader's own, by the lesson's name.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    results: Path | None = None
    start: str = "/"
    address: str = ""
    lessons: Mapping[str, Path] = field(default_factory=dict)

    @property
    def addresses(self) -> list[str]:
        """The addresses that others can open, the most likely first."""
        found = addresses() if self.host in ("0.0.0.0", "::") else [self.host]
        return list(dict.fromkeys([self.address, *found] if self.address else found))

    @property
    def is_open(self) -> bool:
        """Whether other machines can reach it."""
        return self.host not in ("127.0.0.1", "localhost", "::1")


def new_code() -> str:
    """An access code that can be read out in a room."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def application(place: Place, code: str = "") -> App:
    """The pages behind the guard, as an ASGI application."""
    os.environ.update(_SETTINGS)
    os.environ["SOLARA_APP"] = str(library.shipped_folder("dashboards") / "app.py")
    if place.results is not None:
        os.environ[RESULTS] = str(place.results)
    import pandas  # noqa: F401  (whole before pages are drawn: Reacton looks into it while another thread may import it)
    from solara.server import settings, starlette

    settings.assets.extra_locations = [str(Path(__file__).parent / "static"), str(_plotly_folder())]
    _only_declared_events()
    warnings.filterwarnings("ignore", message="Cookies with samesite=none", category=UserWarning)
    return Guard(starlette.app, _names(place), code, collabsim.__version__, _work, _why_not)


def _work() -> dict[str, float]:
    """How much is being computed, for who asks whether the server is well."""
    return crew.CREW.state()


def _read_menu() -> None:
    """Have what every page begins with at hand, before a whole class opens its pages at once."""
    from collabsim.dashboard.desk import catalogue

    catalogue("")


def _why_not(letters: str) -> str:
    """Why a class's code does not let its visitor in; nothing when it does."""
    from collabsim.dashboard.teaching.classes import REGISTER, Refused

    try:
        REGISTER.find(letters)
    except Refused as refusal:
        return str(refusal)
    return ""


def _plotly_folder() -> Path:
    """Where plotly's own script lies."""
    import plotly

    return Path(plotly.__file__).parent / "package_data"


def _names(place: Place) -> set[str]:
    """The names that the server answers to."""
    if not place.is_open:
        return set(LOOPBACK)
    own = {socket.gethostname().casefold()} if place.host in ("0.0.0.0", "::") else set()
    return {*LOOPBACK, *own, *(_host(address).casefold() for address in place.addresses)}


def _host(address: str) -> str:
    """An address as it stands before the port."""
    return f"[{address}]" if ":" in address else address


def _only_declared_events() -> None:
    """Let a page send the events that its components declare, and nothing else.

    As it comes, ipyvue also lets a browser name any Python class to be made and any method to be called.
    """
    from ipyvue import VueTemplateWidget

    def handle(self: Any, _: Any, content: dict[str, Any], buffers: Any) -> None:
        event = content.get("event")
        if isinstance(event, str) and event in self.events:
            getattr(self, f"vue_{event}")(content.get("data", {}))

    VueTemplateWidget.Events._handle_event = handle


def urls(place: Place, port: int) -> tuple[str, ...]:
    """What browsers of others are to be told, the most likely first; no slash at the end."""
    return tuple(f"http://{_host(address)}:{port}" for address in place.addresses)


def serve(
    place: Place, code: str, ready: Callable[[str], None], *, browser: bool = False, log: str = "warning"
) -> None:
    """Serve until stopped.

    Parameters
    ----------
    place : Place
    code : str
        The access code; empty for none.
    ready : callable
        Told the address once pages can be asked for.
    browser : bool
        Whether to open it in a browser.
    log : str
        The least serious messages that are logged.

    Raises
    ------
    OSError
        When the port is taken.
    """
    import uvicorn

    logging.basicConfig(level=log.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    crew.watch()
    listener = _listener(place)
    port = listener.getsockname()[1]
    ENTRANCE.urls, ENTRANCE.is_open, ENTRANCE.lessons = urls(place, port), place.is_open, place.lessons
    opened = _own_url(place, port, code) if browser else ""
    server = uvicorn.Server(
        uvicorn.Config(
            application(place, code),
            log_level=log,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws_max_size=1 << 20,
            timeout_graceful_shutdown=2,
        )
    )
    crew.start(_read_menu, "collabsim-menu")
    threading.Thread(
        target=_announce, args=(server, ENTRANCE.urls[0] + "/", ready, opened), daemon=True
    ).start()
    server.run(sockets=[listener])


def _own_url(place: Place, port: int, code: str) -> str:
    """What this machine's own browser opens; who started the server need not type the code."""
    host = "127.0.0.1" if place.host in (*LOOPBACK, "0.0.0.0") else place.addresses[-1]
    mark = "&" if "?" in place.start else "?"
    return f"http://{_host(host)}:{port}{place.start}" + (f"{mark}code={code}" if code else "")


def _listener(place: Place) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((place.host, place.port))
    except OSError:
        listener.close()
        raise
    return listener


def _announce(server: Any, url: str, ready: Callable[[str], None], opened: str) -> None:
    """Say the address as soon as the server listens."""
    waited = threading.Event()
    while not (server.started or server.should_exit):
        waited.wait(0.05)
    if server.started:
        ready(url)
        if opened:
            webbrowser.open(opened)
