"""How the dashboard computes, without a browser: refinement, urgency, what is remembered."""

import threading
import time

import pytest

from collabsim.dashboard import beginnings, comparison, frames, limits, tornado
from collabsim.dashboard.batches import Replicates
from collabsim.dashboard.beginnings import Lives
from collabsim.dashboard.cache import Cache
from collabsim.dashboard.crew import Crew
from collabsim.dashboard.live import Live, Picture, Wish
from collabsim.model.simulate import run_once, simulate
from collabsim.outcomes import OUTCOME
from collabsim.parameters import LEVERS
from collabsim.scenario import load_scenario

WAIT = 120
pytestmark = pytest.mark.usefixtures("compiled_model")


def _until(holds):
    """Wait until something holds; fail when it does not in time."""
    end = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.001)


def _thread(work, *words):
    """A thread that begins at once, and that a failing test leaves behind without waiting for it."""
    thread = threading.Thread(target=work, args=words, daemon=True)
    thread.start()
    return thread


def test_chunks_are_the_same_runs_as_one_batch():
    scenario = load_scenario("mixed-partnership", {"colocation.days": 2}, years=1)
    whole, found = simulate(scenario, 11, 0), Replicates(scenario, 0, 11)
    for count in (2, 7, 11):
        found.grow(count, 0)
        assert found.done == count
    assert (found.runs.series == whole.series).all() and (found.runs.ledger == whole.ledger).all()


def test_what_is_worked_out_while_replicates_come_is_not_kept_for_them():
    found = Replicates(load_scenario("mixed-partnership", years=1), 0, 8)
    found.grow(2, 0)

    def slow(runs):
        found.grow(8, 0)
        return len(runs.series)

    assert found.once("count", slow) == 2
    assert found.once("count", lambda runs: len(runs.series)) == 8


def test_a_picture_can_be_drawn_while_its_last_scenario_has_more_replicates_than_its_base():
    base = load_scenario("mixed-partnership", years=1)
    scenarios = base, base.with_values({"colocation.days": 3})
    found = tuple(Replicates(scenario, 0, 12) for scenario in scenarios)
    found[0].grow(2, 0)
    found[1].grow(12, 0)
    picture = Picture(Wish(1, scenarios, 0), found)
    drawn = frames.courses(picture, ["trust"])["charts"][0]
    compared = comparison.courses(picture, ["base", "other"], OUTCOME["trust"])["lines"]
    assert drawn["base"]["mean"] == compared[0]["mean"] and drawn["now"]["mean"] == compared[1]["mean"]


def test_only_the_newest_wish_is_fulfilled_to_the_end():
    base = load_scenario("mixed-partnership", years=1)
    pictures, done = [], threading.Event()

    def show(picture):
        pictures.append((picture.wish.number, picture.done))
        if picture.wish.number == 20 and picture.is_last:
            done.set()

    live = Live(show, pytest.fail)
    for number in range(1, 21):
        live.ask(Wish(number, (base, base.with_values({"colocation.days": number / 5})), 0))
    assert done.wait(WAIT)
    live.close()
    assert [count for number, count in pictures if number == 20][-1] == limits.MOST_REPLICATES
    assert all(count < limits.MOST_REPLICATES for number, count in pictures if number < 20)


def test_a_failing_model_is_said_and_the_next_wish_is_fulfilled(monkeypatch):
    scenario = load_scenario("mixed-partnership", {"colocation.days": 0.7}, years=1)
    failed, shown = threading.Event(), threading.Event()
    monkeypatch.setattr(beginnings, "live_weeks", lambda *_, **__: 1 / 0)
    live = Live(
        lambda _: shown.set(), lambda sentence: failed.set() if "ZeroDivisionError" in sentence else None
    )
    live.ask(Wish(1, (scenario,), 0))
    assert failed.wait(WAIT)
    monkeypatch.undo()
    live.ask(Wish(2, (scenario,), 0))
    assert shown.wait(WAIT)
    live.close()


def test_first_pictures_go_before_refinements():
    crew, order, begun, may_go = Crew(1), [], threading.Event(), threading.Event()

    def hold(_):
        begun.set()
        may_go.wait(WAIT)

    threads = [_thread(crew.compute, hold, [0], 0)]
    assert begun.wait(WAIT)
    threads += [_thread(crew.compute, order.append, [urgency] * 2, urgency) for urgency in (50, 10, 0)]
    _until(lambda: crew.state()["waiting"] >= 6)
    may_go.set()
    for thread in threads:
        thread.join(WAIT)
    assert order == [0, 0, 10, 10, 50, 50]
    assert crew.state() == {"waiting": 0, "working_seconds": 0.0}


def test_what_is_no_longer_wanted_is_left_out_and_what_is_there_has_no_gaps():
    crew, slow, seen = Crew(2), threading.Event(), []

    def half(number):
        if number == 3:
            slow.wait(WAIT)  # the others go on meanwhile
        seen.append(number)
        if len(seen) == 7:
            slow.set()
        return number / 2

    assert crew.compute(half, range(8), 0) == [number / 2 for number in range(8)]
    for bound in range(5):
        seen.clear()
        found = crew.compute(
            lambda n: seen.append(n) or str(n), range(20), 0, lambda most=bound: len(seen) < most
        )
        assert found == [str(number) for number in range(len(found))] and len(found) <= bound + 1
    with pytest.raises(ZeroDivisionError):
        crew.compute(lambda number: 1 / number, [1, 0, 2], 0)
    assert crew.compute(str, [], 0) == []


def test_who_wants_no_more_does_not_wait_for_more_urgent_work():
    crew, begun, may_go, is_over = Crew(1), threading.Event(), threading.Event(), threading.Event()
    urgent = _thread(crew.compute, lambda _: (begun.set(), may_go.wait(WAIT)), [0], 0)
    assert begun.wait(WAIT)
    other = _thread(crew.compute, str, range(9), 5, lambda: not is_over.is_set())
    _until(lambda: crew.state()["waiting"] >= 9)
    is_over.set()
    crew.look_again()
    other.join(WAIT)
    assert not other.is_alive() and urgent.is_alive()
    may_go.set()
    urgent.join(WAIT)


def test_a_run_goes_on_from_its_remembered_years_before_the_policy_as_if_lived_at_one_go():
    for name in ("mixed-partnership", "short-term-funding-36-months"):
        base = load_scenario(name, years=2)
        ends = {p.name: tornado.ends(p)[1] for p in LEVERS}
        together = dict(list(ends.items())[:3])
        for values in ({}, together, *({lever: end} for lever, end in ends.items())):
            scenario = base.with_values(values)
            lives = Lives(scenario, 5)
            for replicate in (0, 7):
                expected = run_once(scenario, 5, replicate)
                for _ in range(2):  # as the first of its kind, and with what that left behind
                    run = lives.live(replicate)
                    assert (run.series == expected.series).all() and (run.ledger == expected.ledger).all()


def test_the_cache_stays_within_its_bytes():
    cache = Cache[str](most=30)
    for number in range(10):
        cache.put(number, "row", 10)
    assert [cache.get(number) == "row" for number in range(10)] == [False] * 7 + [True] * 3
