"""``collabsim dashboard``."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from collabsim.checks import ScenarioErrors, shown
from collabsim.cli import options
from collabsim.cli.group import WorkFailed, say
from collabsim.model import COMPILING

Port = Annotated[int, options.whole("--port", 0, 65_535, "Port to serve at; 0 for any that is free.")]
Host = Annotated[
    str,
    typer.Option(
        "--host", metavar="ADDRESS", help="Address to serve at; 0.0.0.0 for everybody in the network."
    ),
]
Results = Annotated[
    str, typer.Option("--results", metavar="FOLDER", help="Where results folders lie that may be opened.")
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")]


Address = Annotated[
    str,
    typer.Option(
        "--address",
        metavar="ADDRESS",
        help="What others in the network open, if it is not found out rightly.",
    ),
]


def dashboard(
    port: Port = 8765,
    host: Host = "127.0.0.1",
    results: Results = "results",
    address: Address = "",
    no_browser: NoBrowser = False,
) -> None:
    """Open the dashboard: explore, compare, rank, teach.

    It opens in a browser, and stops with Ctrl+C.
    """
    open_pages("/", port, host, results, address, browser=not no_browser)


def open_pages(
    start: str,
    port: int,
    host: str,
    results: str,
    address: str,
    *,
    browser: bool,
    lessons: Mapping[str, Path] | None = None,
) -> None:
    """Serve the pages until Ctrl+C, and open one of them.

    Parameters
    ----------
    start : str
        Path and query of the page that is opened.
    port, host, results, address
        As they were given.
    browser : bool
        Whether to open a browser.
    lessons : mapping of str to Path, optional
        Lesson files of the reader's own.

    Raises
    ------
    ScenarioErrors
        When an option is wrong.
    WorkFailed
        When the pages cannot be served.
    """
    if find_spec("solara") is None:
        raise WorkFailed("The dashboard needs more packages: pip install 'collabsim[dashboard]'.")
    from collabsim.dashboard.launcher import Place, new_code, serve

    place = Place(
        _checked_host(host), port, _folder(results), start, _checked_address(address), lessons or {}
    )
    code = new_code() if place.is_open else ""
    _warm_up()
    try:
        serve(place, code, lambda url: _announce(url, start, code), browser=browser)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise WorkFailed(f"The dashboard cannot be served at {host}, port {port}: {reason}.") from None


def _announce(url: str, start: str, code: str) -> None:
    """Say where the pages are, and who can reach them."""
    say(f"The dashboard is at {url.rstrip('/')}{start}  (Ctrl+C stops it)")
    if code:
        say(
            f"Everybody in this network can reach it who knows the access code {code}; the traffic is not encrypted. "
            "Learners need only the four letters of their class."
        )


def _checked_address(address: str) -> str:
    """An address of this machine, or nothing."""
    import ipaddress

    if not address:
        return ""
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        text = f"--address is {shown(address)}, but must be an address of this machine such as 192.168.1.20."
        raise ScenarioErrors([text]) from None


def _checked_host(host: str) -> str:
    """An address that can be served at: of a machine, without a port."""
    import ipaddress

    if host == "localhost":
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        text = f"--host is {shown(host)}, but must be an address such as 127.0.0.1 or 0.0.0.0."
        raise ScenarioErrors([text]) from None


def _folder(results: str) -> Path | None:
    """The folder of results; the usual one need not be there."""
    folder = Path(results)
    if folder.is_dir():
        return folder.resolve()
    if results == "results":
        return None
    raise ScenarioErrors([f"--results is {shown(results)}, but there is no such folder."])


def _warm_up() -> None:
    """Compile the model before anybody waits for it."""
    from collabsim.model.compiled import is_compiled
    from collabsim.model.simulate import run_once
    from collabsim.scenario import load_scenario

    if not is_compiled():
        say(COMPILING)
    run_once(load_scenario("mixed-partnership", years=1))
