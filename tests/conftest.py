"""What several test modules stand on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from collabsim.analysis import samples
from collabsim.scenario import load_scenario

settings.register_profile("collabsim", deadline=None)  # how long an example takes is no part of the question
settings.load_profile("collabsim")


@pytest.fixture(scope="session")
def compiled_model() -> None:
    """The model is compiled before its announcement could get into a command's messages."""
    samples.sample(load_scenario("mixed-partnership", years=1), 1)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
