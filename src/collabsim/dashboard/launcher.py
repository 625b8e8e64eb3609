"""Starts the server of the pages: settings first, then Solara behind the guard, then the browser."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import warnings
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import collabsim
from collabsim import library
from collabsim.dashboard import crew, limits
from collabsim.dashboard.guard import App, Guard

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
    """

    host: str = "127.0.0.1"
    port: int = 8765
    results: Path | None = None

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
    from solara.server import settings, starlette

    settings.assets.extra_locations = [str(Path(__file__).parent / "static"), str(_plotly_folder())]
    _only_declared_events()
    warnings.filterwarnings("ignore", message="Cookies with samesite=none", category=UserWarning)
    return Guard(starlette.app, _names(place), code, collabsim.__version__, _work)


def _work() -> dict[str, float]:
    """How much is being computed, for who asks whether the server is well."""
    from collabsim.dashboard.batches import TURNSTILE

    return TURNSTILE.state()


def _plotly_folder() -> Path:
    """Where plotly's own script lies."""
    import plotly

    return Path(plotly.__file__).parent / "package_data"


def _names(place: Place) -> set[str]:
    """The names that the server answers to."""
    if not place.is_open:
        return set(LOOPBACK)
    own = {socket.gethostname().casefold(), _address()} if place.host in ("0.0.0.0", "::") else {place.host}
    return {*LOOPBACK, *own}


def _address() -> str:
    """The machine's address in its network; nothing is sent for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address of documentation: a route is looked up, no more
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


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


def address(place: Place, port: int) -> str:
    """What a browser is to be told."""
    host = _address() if place.host in ("0.0.0.0", "::") else place.host
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


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
    url = address(place, listener.getsockname()[1])
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
    threading.Thread(target=_announce, args=(server, url, ready, browser), daemon=True).start()
    server.run(sockets=[listener])


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


def _announce(server: Any, url: str, ready: Callable[[str], None], browser: bool) -> None:
    """Say the address as soon as the server listens."""
    waited = threading.Event()
    while not (server.started or server.should_exit):
        waited.wait(0.05)
    if server.started:
        ready(url)
        if browser:
            webbrowser.open(url)
