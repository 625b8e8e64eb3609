"""A small finished sweep that tests of results share."""

from __future__ import annotations

from pathlib import Path

from collabsim.experiment.design import read_experiment
from collabsim.experiment.execute import run_sweep

TEXT = """
scenarios = ["mixed-partnership"]
years = 1
replicates = 3
outcomes = ["trust_last", "quits_last", "recovery"]
[design]
kind = "grid"
[factors.funding]
grant_months = [12, 36]
[factors.handover]
standard = ["none", "overlap"]
"""


def finished(folder: Path, text: str = TEXT) -> Path:
    """The results folder of an experiment, run here and now."""
    path = folder / "mine.toml"
    path.write_text(text)
    ending = run_sweep(read_experiment(path), folder / "results", workers=1, progress="quiet")
    assert ending.status == 0, ending.sentence
    return folder / "results"
