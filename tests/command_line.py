"""The command line as tests call it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from collabsim.cli import app

ROOT = Path(__file__).parent.parent
HEAVY = {"numpy", "numba", "pandas", "pyarrow", "scipy", "mesa", "plotly"}
FEW = ("--years", "1", "--replicates", "3")


def call(*words: str) -> Any:
    return CliRunner().invoke(app, list(words), prog_name="collabsim")


def answer(*words: str) -> str:
    """What a command that must succeed puts on standard output."""
    result = call(*words)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def answer_json(*words: str) -> Any:
    return json.loads(answer(*words, "--json"))


def refusal(*words: str) -> list[str]:
    """The sentences of a command that must refuse its input."""
    result = call(*words)
    assert result.exit_code == 2, (result.exit_code, result.stderr)
    assert result.stdout == ""
    sentences = result.stderr.splitlines()
    assert sentences
    for sentence in sentences:
        assert sentence.isprintable() and sentence[-1] in ".?)", sentence
        assert "Traceback" not in sentence and "Error" not in sentence
    return sentences


def process(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "collabsim", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
