"""What several test modules stand on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from collabsim.analysis import samples
from collabsim.scenario import load_scenario

if TYPE_CHECKING:  # the newest Mesa is tested where there is neither a browser nor its driver
    from dashboards import Watched
    from playwright.sync_api import Browser

    from collabsim.lessons.stage import Stage

settings.register_profile("collabsim", deadline=None)  # how long an example takes is no part of the question
settings.load_profile("collabsim")


@pytest.fixture(scope="session")
def compiled_model() -> None:
    """The model is compiled before its announcement could get into a command's messages."""
    samples.sample(load_scenario("mixed-partnership", years=1), 1)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser, without a screen."""
    from browser import open_browser

    with open_browser() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Watched]:
    """A page of the server at the module's `address`, in a fresh profile, with no fault at its end."""
    from dashboards import watched

    with watched(browser, address) as visit:
        yield visit


@pytest.fixture(scope="session")
def stage() -> Stage:
    """The runs of all lessons, each policy once; scenarios that lessons share are run once too."""
    from collabsim.lessons.stage import Stage

    return Stage()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
