"""Rankings by an emulator, of functions whose answer is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from known_answers import FAST, LINEAR, MIXED, experiment, linear, linear_answer, mixed, mixed_answer, results

from collabsim.analysis.ranking import rank


def test_an_emulator_gives_the_indices_from_a_part_of_the_runs() -> None:
    found = rank(
        results(experiment("sobol", 128, LINEAR), linear, noise=0.5), "trust_last", emulator=True, **FAST
    )
    emulation = found.emulation
    assert emulation is not None and emulation.accepted
    assert emulation.runs == found.runs * 2 / 7
    assert abs(emulation.missed) < 0.1
    total = emulation.table.set_index("enabler")["total"].to_dict()
    assert total == pytest.approx(linear_answer(), abs=0.06)


def test_an_emulator_that_misses_too_much_is_refused() -> None:
    def wild(x: pd.DataFrame) -> np.ndarray:
        return np.sin(60 * x["x1"].to_numpy()) * np.sin(70 * x["x2"].to_numpy())

    found = rank(
        results(experiment("sobol", 64, LINEAR), wild), "trust_last", emulator=True, **FAST
    ).emulation
    assert found is not None and not found.accepted and found.table.empty
    assert "its indices are refused" in found.sentence


def test_an_emulator_takes_choices() -> None:
    found = rank(results(experiment("lhs", 256, MIXED), mixed), "trust_last", emulator=True, details=False)
    assert found.emulation is not None and found.emulation.accepted
    total = found.emulation.table.set_index("enabler")["total"].to_dict()
    assert total == pytest.approx(mixed_answer()[1], abs=0.06)


def test_an_emulator_of_four_trajectories_has_four_folds() -> None:
    found = rank(results(experiment("morris", 4, LINEAR), linear), "trust_last", emulator=True, **FAST)
    assert found.emulation is not None and found.emulation.rows == 4 * (len(LINEAR) + 1)
    assert np.isfinite(found.emulation.missed)


def test_where_no_emulator_can_be_fitted_the_ranking_stands_and_says_so() -> None:
    """So much luck that means of rows vary by less than luck alone makes them vary on average."""
    held = results(experiment("morris", 8, LINEAR), linear, noise=50.0, seed=1)
    found = rank(held, "trust_last", emulator=True, **FAST)
    assert len(found.table) == 4 and found.emulation is not None and not found.emulation.accepted
    assert "varies by nothing but luck" in found.emulation.sentence
    assert found.to_json()["emulation"]["missed"] is None
