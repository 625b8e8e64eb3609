"""What cannot be ranked, or not in full: failed, missing and unfinished runs, nothing but luck, too little of anything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from known_answers import FAST, LINEAR, experiment, linear, results, uniform

from collabsim.analysis import sobol
from collabsim.analysis.convergence import against_size
from collabsim.analysis.ranking import CannotRank, cases, rank
from collabsim.experiment.factors import Factor, dummy
from collabsim.experiment.results import Results


def small(noise: float = 0.1) -> Results:
    return results(experiment("sobol", 32, LINEAR), linear, noise=noise)


def test_a_constant_outcome_is_refused_not_ranked_as_zero() -> None:
    held = small()
    held.runs["trust_last"] = 0.12
    with pytest.raises(CannotRank, match=r"trust_last is 0\.12 in every run, so there is nothing to rank"):
        rank(held, "trust_last")


def test_a_base_point_with_a_failed_run_is_dropped_whole() -> None:
    held = small()
    row = 8  # of the second base point: 6 rows each
    failed = pd.DataFrame({"row": [row], "replicate": [2], "failure": ["error"], "error": ["it broke"]})
    lost = (held.runs["row"] == row) & (held.runs["replicate"] == 2)
    found = rank(replace(held, runs=held.runs[~lost], failures=failed), "trust_last", **FAST)
    assert (found.size, found.planned) == (31, 32)
    assert found.dropped == "1 of 32 base points left out, each whole: 1 run failed."
    assert found.dropped in found.notes
    whole = rank(held, "trust_last", **FAST)
    assert np.isfinite(found.table["index"]).all() and not found.table.equals(whole.table)


def test_a_missing_number_drops_its_block_and_is_said() -> None:
    held = small()
    held.runs.loc[[0, 200], "trust_last"] = [np.nan, np.inf]
    found = rank(held, "trust_last", **FAST)
    assert found.dropped == "2 of 32 base points left out, each whole: 2 runs have no number for trust_last."


def test_an_unfinished_sweep_is_ranked_from_what_is_whole() -> None:
    held = small()
    found = rank(replace(held, runs=held.runs.head(30 * 28 + 5)), "trust_last", **FAST)
    assert found.dropped == "2 of 32 base points left out, each whole: 51 runs have not been made yet."
    with pytest.raises(CannotRank, match="Only 10 whole base points are there, and a ranking needs 16"):
        rank(replace(held, runs=held.runs.head(10 * 28)), "trust_last")


def test_an_outcome_that_is_nothing_but_luck_is_not_ranked() -> None:
    held = results(experiment("sobol", 64, LINEAR), lambda x: np.zeros(len(x)), noise=1.0)
    with pytest.raises(CannotRank, match="cannot be told from luck"):
        rank(held, "trust_last")


def test_an_unknown_outcome_gets_the_nearest() -> None:
    with pytest.raises(CannotRank, match=r"no outcome called \"trust_lst\"; did you mean trust_last\?"):
        rank(small(), "trust_lst")


def test_a_design_that_samples_nothing_is_refused() -> None:
    of = experiment("one-at-a-time", 1, (Factor("colocation.days", "continuous", 0, 5),))
    with pytest.raises(CannotRank, match="its rows are no sample"):
        cases(results(of, lambda x: x["colocation.days"].to_numpy()))


def test_arithmetic_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="no finite number"):
        sobol.saltelli(np.full((4, 4, 2), np.nan), 2)
    with pytest.raises(ValueError, match="2 or more replicates"):
        sobol.saltelli(np.zeros((4, 4, 1)), 2)
    with pytest.raises(ValueError, match="must be \\(blocks, 4, replicates\\)"):
        sobol.saltelli(np.zeros((4, 5, 2)), 2)


def test_one_replicate_is_ranked_with_a_warning() -> None:
    found = rank(results(experiment("sobol", 64, LINEAR, replicates=1), linear), "trust_last", **FAST)
    assert any("no luck can be taken off" in note for note in found.notes)
    assert np.isnan(found.luck.share)


def test_one_enabler_is_ranked_though_it_has_nothing_to_work_together_with() -> None:
    of = experiment("sobol", 64, (*uniform(1), dummy()), design={"second_order": True})
    found = rank(results(of, lambda x: x["x1"].to_numpy()), "trust_last", draws=200)
    assert found.table["enabler"].tolist() == ["x1"] and found.heat == ()
    assert list(found.interactions.columns) == ["first", "second", "share", "low", "high", "kind"]


def test_a_design_of_which_no_part_tells_anything_from_luck_has_an_empty_table_of_sizes() -> None:
    def refusing(size: int, draws: int) -> np.ndarray:
        raise CannotRank("Nothing but luck.")

    found = against_size(refusing, 64, ["x1"])
    assert found.empty and list(found.columns) == ["size", "enabler", "index", "low", "high"]
