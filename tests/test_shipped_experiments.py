"""Every shipped experiment runs: cut down to a few rows and one replicate, nothing fails."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from collabsim.experiment.design import experiment_of, read_experiment, rows
from collabsim.experiment.execute import run_sweep
from collabsim.experiment.results import load_results
from collabsim.library import shipped_names


@pytest.mark.parametrize("name", shipped_names("experiments"))
def test_a_few_rows_of_each_shipped_experiment_run(name, tmp_path):
    experiment = replace(read_experiment(name), replicates=1, years=6)
    few = rows(experiment).iloc[:3].reset_index(drop=True)
    ending = run_sweep(experiment, tmp_path / "out", workers=1, progress="quiet", rows=few)
    assert ending.status == 0, ending.sentence
    assert ending.failed == 0
    assert len(load_results(tmp_path / "out").runs) == len(few)


@pytest.mark.parametrize("name", shipped_names("experiments"))
def test_an_experiment_can_be_read_back_from_its_results(name, tmp_path):
    experiment = read_experiment(name)
    back = experiment_of(json.loads(json.dumps(experiment.resolved(), default=str)))
    assert back.resolved() == experiment.resolved()
