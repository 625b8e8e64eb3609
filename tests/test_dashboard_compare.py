"""What Compare and Rank compute and remember, without a browser."""

import json
import threading
import tomllib
from dataclasses import replace

import numpy as np
import pytest
from pictures import picture_of
from sweeps import finished

from collabsim import equal_cost
from collabsim.analysis.samples import kept, sample
from collabsim.dashboard import (
    comparison,
    opened,
    ranking,
    takeaway,
    tornado,
)
from collabsim.experiment import results as stored
from collabsim.parameters import LEVERS
from collabsim.scenario import load_scenario

WAIT = 120
pytestmark = pytest.mark.usefixtures("compiled_model")


# --- comparison ---------------------------------------------------------------------------------


def test_policies_are_scaled_to_one_cost():
    scenario = load_scenario("mixed-partnership", {"colocation.days": 3, "training.days_per_year": 2})
    found = equal_cost.at_budget(scenario, 70_000)
    assert found.cost == pytest.approx(70_000, rel=1e-6)
    ratio = found.scenario.policy["colocation.days"] / found.scenario.policy["training.days_per_year"]
    assert ratio == pytest.approx(1.5)
    assert "no priced lever" in equal_cost.at_budget(load_scenario("mixed-partnership"), 70_000).words
    assert "out of its reach" in equal_cost.at_budget(scenario, 2_000_000).words


def test_doses_at_their_bounds_are_said_to_be_there_and_not_multiplied():
    whole = load_scenario("mixed-partnership", {"colocation.days": 5})
    budget = equal_cost.yearly_cost(whole) + 20_000
    said = equal_cost.at_budget(whole, budget).words
    assert "its doses are at their upper bounds already. The budget of" in said
    assert said.startswith("costs £") and "multiplied" not in said
    little = load_scenario("mixed-partnership", {"colocation.days": 0.01})
    found = equal_cost.at_budget(little, budget)
    assert found.scenario.policy["colocation.days"] == 5 and "taken to their upper bounds" in found.words
    half = equal_cost.at_budget(little, equal_cost.yearly_cost(whole) / 2)
    assert half.scenario.policy["colocation.days"] == pytest.approx(2.5)
    assert "multiplied by 250.00 and cost" in half.words
    two = {"colocation.days": 4, "training.days_per_year": 0.1}
    both = equal_cost.at_budget(load_scenario("mixed-partnership", two), budget)
    assert "each up to its upper bound, and cost" in both.words


def test_what_is_compared_is_in_the_link_and_what_cannot_be_is_said():
    choice = comparison.Choice(
        ("mixed-partnership", "mine"), "colocation.days=3", 70_000, True, 5, "quits", "side"
    )
    assert comparison.read(comparison.query(choice)) == (choice, [])
    priced = comparison.scenarios(choice)
    assert all(p.scenario.policy["funding.fix_annual"] is True for p in priced)
    for search in (
        "with=mixed-partnership",
        "with=a,b",
        "with=" + ",".join(["mixed-partnership"] * 5),
        "with=mixed-partnership,mine&mine=bogus%3D1",
    ):
        found, errors = comparison.read(search)
        assert found.names == comparison.START and len(errors) == 1


@pytest.mark.parametrize("word", ["1", "999", "2000001", "-5", "1e4"])
def test_a_budget_that_the_field_refuses_is_refused_in_a_link_too(word):
    found, errors = comparison.read(f"cost={word}&annual=true")
    assert errors == [f'The link\'s cost is "{word}", but must be 0 or from 1,000 to 2,000,000.']
    assert found == comparison.Choice(annual=True)
    assert comparison.read("cost=1000") == (comparison.Choice(budget=1_000), [])
    assert comparison.read("cost=0") == (comparison.Choice(), [])


def test_a_comparison_follows_its_visitor():
    found = comparison.Comparison("with=mixed-partnership,short-term-funding&seed=1")
    done = threading.Event()
    found._changed = lambda: done.set() if found.table else None
    found.choose({"names": ["mixed-partnership", "short-term-funding-permanent"], "bogus": 1, "budget": "x"})
    assert done.wait(WAIT)
    assert found.choice.names[1] == "short-term-funding-permanent" and found.choice.budget == 0
    found.choose({"names": ["mixed-partnership"]})
    assert "Compare 2 to 4" in found.sentences[0]
    found.close()


class Idle:
    """A worker that is asked and does nothing."""

    def __init__(self, *_):
        self.wishes = []

    def ask(self, wish):
        self.wishes.append(wish)


@pytest.mark.parametrize("part", ["courses", "table"])
def test_a_picture_that_is_drawn_while_others_are_chosen_gets_no_new_headings(part, monkeypatch):
    monkeypatch.setattr(comparison, "Live", Idle)
    found = comparison.Comparison("with=mixed-partnership,short-term-funding")
    picture = picture_of(*(priced.scenario for priced in found._priced), count=12)
    draw = getattr(comparison, part)

    def slow(*words):
        found.choose({"names": ["mixed-partnership", "short-term-funding-permanent"]})
        return draw(*words)

    monkeypatch.setattr(comparison, part, slow)
    found._take(picture)
    assert getattr(found, part) == ""


def test_an_outcome_chosen_while_another_is_drawn_stays(monkeypatch):
    monkeypatch.setattr(comparison, "Live", Idle)
    found, draw = comparison.Comparison("with=mixed-partnership,short-term-funding"), comparison.courses
    picture = picture_of(*(priced.scenario for priced in found._priced), count=2)

    def slow(*words):
        monkeypatch.setattr(comparison, "courses", draw)
        found.choose({"outcome": "quits"})
        return draw(*words)

    monkeypatch.setattr(comparison, "courses", slow)
    found._take(picture)
    assert json.loads(found.courses)["name"] == "quits"


def test_a_file_is_of_what_is_chosen_or_there_is_none_meanwhile(monkeypatch):
    monkeypatch.setattr(comparison, "Live", Idle)
    found = comparison.Comparison("with=mixed-partnership,short-term-funding")
    picture = picture_of(*(priced.scenario for priced in found._priced), count=2)
    found._take(picture)
    before = json.loads(found.files)
    found.want({"kind": "scenario-2", "of": before["of"]})
    assert found.file["file"]["name"] == "short-term-funding.toml" and not before["waits"]
    found.choose({"names": ["mixed-partnership", "short-term-funding-permanent"]})
    meanwhile = json.loads(found.files)
    for of in (before["of"], meanwhile["of"]):
        found.want({"kind": "scenario-2", "of": of})
        assert found.sentences == [takeaway.CHANGED] and found.file["number"] == 1 and meanwhile["waits"]
    found._take(replace(picture, wish=found._live.wishes[-1]))
    assert not json.loads(found.files)["waits"]
    found.want({"kind": "scenario-2", "of": before["of"]})  # a button that had not heard of it yet
    assert found.file["number"] == 1
    found.want({"kind": "scenario-2", "of": meanwhile["of"]})
    assert found.file["file"]["name"] == "short-term-funding-permanent.toml"


def test_every_scenario_that_is_compared_can_be_taken_away():
    base = load_scenario("mixed-partnership", years=1)
    picture = picture_of(base, base.with_values({"colocation.days": 3}), count=2)
    kinds = [item["kind"] for item in takeaway.menu(["One", "Other"])]
    assert kinds == ["courses", "outcomes", "scenario-1", "scenario-2"]
    made = [takeaway.file(kind, picture) for kind in kinds[2:]]
    policies = [tomllib.loads(each["text"]).get("policy", {}) for each in made]
    assert policies == [{}, {"colocation": {"days": 3}}]
    assert len({f["name"] for f in made}) == 2


@pytest.mark.parametrize("kind", ["courses", "outcomes"])
def test_a_file_has_the_replicates_that_its_first_line_says_though_more_arrive(kind, monkeypatch):
    scenario = load_scenario("mixed-partnership", years=1)
    picture, more = (picture_of(scenario, replace(scenario), count=count) for count in (2, 4))
    expected, names = takeaway.file(kind, picture)["text"], takeaway._names
    assert "; 2 replicates;" in expected

    def slow(*words):
        for replicates, grown in zip(picture.replicates, more.replicates, strict=True):
            replicates._series, replicates._ledger = grown._series, grown._ledger
            replicates._so_far = 4, {}  # as the thread that computes counts them in
        return names(*words)

    monkeypatch.setattr(takeaway, "_names", slow)
    assert takeaway.file(kind, picture)["text"] == expected


def test_samples_of_chunks_are_those_of_a_batch():
    scenario = load_scenario("mixed-partnership", years=1)
    found = picture_of(scenario, replace(scenario), count=6)
    chunks, batch = kept(found.base.runs, scenario), sample(scenario, 6)
    assert all(np.array_equal(chunks.scalars[n], batch.scalars[n], equal_nan=True) for n in batch.scalars)


# --- rank ---------------------------------------------------------------------------------------


def test_a_tornado_is_the_paired_difference_at_either_end_largest_first():
    scenario = load_scenario("mixed-partnership", years=1)
    wish, seen, done = tornado.Around(1, scenario, "trust", 0), {}, threading.Event()

    def show(_, swings, replicates, share):
        seen["payload"] = tornado.payload(wish, swings, replicates, share)
        seen["swings"] = {swing.lever.name: swing for swing in swings}
        if share == 1.0:
            done.set()

    worker = tornado.Tornado(show, pytest.fail)
    worker.ask(wish)
    assert done.wait(WAIT)
    worker.close()
    swing, count = seen["swings"]["colocation.days"], len(seen["swings"]["colocation.days"].changes[1])
    moved = scenario.with_values({"colocation.days": 5})
    expected = sample(moved, count).scalars["trust_last"] - sample(scenario, count).scalars["trust_last"]
    assert np.allclose(swing.changes[1], expected, atol=1e-12)
    assert swing.changes[0] == [0.0] * count
    assert set(seen["swings"]) == {lever.name for lever in LEVERS}
    sizes = [max(abs(end["x"][0]) for end in row["ends"]) for row in seen["payload"]["rows"]]
    assert sizes == sorted(sizes, reverse=True)
    head, *lines = tornado.table(wish, list(seen["swings"].values()), count)["csv"]
    assert len(lines) == 2 * len(LEVERS)
    line = next(row for row in lines if row[0] == "colocation.days" and row[head.index("end")] == "upper")
    assert line[head.index("change")] == pytest.approx(expected.mean(), abs=1e-6)


def test_swings_that_come_when_another_outcome_is_chosen_get_no_table(monkeypatch):
    monkeypatch.setattr(ranking, "Tornado", Idle)
    board, written = ranking.Board(""), tornado.table
    first = board._tornado.wishes[-1]
    board._take(first, [], 2, 1.0)
    assert json.loads(board.swings)["number"] == board.newest and board.table

    def slow(*words):
        board.choose({"outcome": "quits"})
        return written(*words)

    monkeypatch.setattr(tornado, "table", slow)
    board._take(first, [], 4, 1.0)
    assert board.table == "" and json.loads(board.swings)["number"] != board.newest


def test_what_is_wrong_in_a_link_to_the_ranking_is_said():
    for search in ("around=nobody", "around=mine&mine=bogus%3D1", "show=nothing", "around=../x"):
        question, errors = ranking.read(search)
        assert question == ranking.Question() and len(errors) == 1


def test_only_folders_below_the_given_one_are_listed(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder in (inside / "a", inside / "b" / "results", outside):
        folder.mkdir(parents=True)
        (folder / "plan.json").write_text("{}")
    (inside / "link").symlink_to(outside)
    assert opened.folders(inside) == ["a", "b/results"]
    for name in ("../outside", "link", "/etc", "a/../../outside", ""):
        with pytest.raises(opened.CannotOpen, match="There are no results called"):
            opened.told(opened.Asked(0, name), inside)
    with pytest.raises(opened.CannotOpen) as error:
        opened.told(opened.Asked(0, "a"), inside)
    assert str(tmp_path) not in str(error.value)


def test_what_an_old_outcome_or_case_says_is_not_shown_for_the_new(monkeypatch):
    monkeypatch.setattr(ranking, "Tornado", Idle)
    monkeypatch.setattr(ranking, "Opener", Idle)
    board = ranking.Board("results=a")
    board.choose({"scalar": "quits_last"})
    board.choose({"case": 1})
    *old, new = board._opener.wishes
    for wish in old:
        board._open(wish, {"outcome": wish.outcome})
        assert board.told == "" and json.loads(board.results)["reading"]
    board._open(new, {"outcome": new.outcome})
    assert json.loads(board.told)["outcome"] == "quits_last" and not json.loads(board.results)["reading"]


def test_results_that_are_too_large_are_refused_before_they_are_loaded(tmp_path, monkeypatch):
    finished(tmp_path)
    monkeypatch.setattr(opened, "MOST_RUNS", 11)
    monkeypatch.setattr(stored, "load_results", lambda *_, **__: pytest.fail("they were loaded"))
    with pytest.raises(opened.CannotOpen, match="results has 12 runs: 'collabsim rank' takes that many"):
        opened.told(opened.Asked(0, "results"), tmp_path)
