"""The tour of the seeds: every shipped scenario has its group and its passage, and runs."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from command_line import answer, answer_json, refusal

from collabsim.library import SCENARIO_GROUPS, scenario_names, scenario_path, shipped_folder
from collabsim.model.simulate import simulate
from collabsim.outcomes import MONTHLY, mean_over
from collabsim.scenario import load_scenario

SHOCKS = {
    "grant-cliff", "leader-departure", "key-worker-leaves", "key-worker-leaves-with-backup", "reorganisation",
    "demand-surge", "data-breach", "end-of-co-location", "end-of-boost",
}  # fmt: skip


def test_a_name_is_shipped_once() -> None:
    files = Counter(path.stem for path in shipped_folder("scenarios").rglob("*.toml"))
    assert sorted(files.elements()) == scenario_names()


@pytest.mark.parametrize("name", scenario_names())
def test_a_shipped_scenario_stands_in_its_groups_folder(name: str) -> None:
    group = load_scenario(name).group
    assert group in SCENARIO_GROUPS
    assert scenario_path(name).parent.name == group.casefold()


def test_every_shock_of_the_seeds_ships() -> None:
    shocks = {name for name in scenario_names() if load_scenario(name).group == "Shocks"}
    assert shocks >= SHOCKS
    assert all(load_scenario(name).events for name in shocks)


@pytest.mark.parametrize("name", scenario_names())
def test_a_shipped_scenario_runs_through_its_events(name: str) -> None:
    scenario = load_scenario(name, years=4)
    assert all(event.month < 48 for event in scenario.events)
    runs = simulate(scenario, 1, workers=1)
    means = {outcome.name: mean_over(outcome, runs.series[0]) for outcome in MONTHLY}
    assert all(np.isfinite(value) for value in means.values() if not np.isnan(value))
    assert 0 < means["trust"] < 1 and 0 < means["sharing"] < 1 and 0 < means["posts_filled"] <= 1


def test_the_tour_goes_from_group_to_group() -> None:
    lines = answer("scenarios").splitlines()
    headings = [line.split(":")[0] for line in lines if line and not line.startswith((" ", "collabsim"))]
    assert headings == list(SCENARIO_GROUPS)
    assert sum(len(line) > 80 for line in lines) <= 1  # one name of old is 41 letters long
    assert len(lines) < len(scenario_names()) + 3 * len(SCENARIO_GROUPS)


def test_a_group_is_listed_alone() -> None:
    rows = answer_json("scenarios", "Shocks")["scenarios"]
    assert {row["group"] for row in rows} == {"Shocks"} and {row["name"] for row in rows} >= SHOCKS
    assert answer("scenarios", "shocks").splitlines()[0].startswith("Shocks: ")


def test_a_scenario_tells_what_it_stands_for() -> None:
    told = " ".join(answer("scenarios", "andys-story").split())
    assert "Illustrative" in told and "002_collaborative_working_evidence.txt" in told
    assert "X20" in told and answer_json("scenarios", "andys-story")["scenarios"][0]["rows"] == ["X20"]


@pytest.mark.parametrize(
    ("word", "hint"), [("shoks", "did you mean shocks?"), ("xyzzy", "groups are reference, funding")]
)
def test_an_unknown_group_is_one_sentence(word: str, hint: str) -> None:
    (sentence,) = refusal("scenarios", word)
    assert hint in sentence
