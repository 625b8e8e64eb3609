"""What the dashboard's pages compute and remember, without a browser: links, undo, what is shown, stories, equal costs."""

import base64
import itertools
import json
import threading
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import picture_of

from collabsim import history
from collabsim.analysis.differences import paired
from collabsim.analysis.samples import sample
from collabsim.checks import ScenarioErrors
from collabsim.dashboard import (
    comparison,
    controls,
    frames,
    limits,
    links,
    takeaway,
    timeline,
    uploads,
    view,
)
from collabsim.dashboard import desk as desks
from collabsim.dashboard.desk import Desk
from collabsim.dashboard.view import OWN, View
from collabsim.model.simulate import run_once
from collabsim.outcomes import MONTHLY, OUTCOME
from collabsim.parameters import LEVERS, PARAMETER, PARAMETERS
from collabsim.scenario import load_scenario
from collabsim.scenario_text import to_toml

WAIT = 120
pytestmark = pytest.mark.usefixtures("compiled_model")


def _desk(search="years=1", until=lambda desk: desk.picture is not None and desk.picture.is_last):
    """A desk whose picture has settled."""
    desk, done = Desk(search, lambda: None), threading.Event()
    desk._changed = lambda: done.set() if until(desk) else None
    if not until(desk):
        assert done.wait(WAIT)
    return desk


# --- links --------------------------------------------------------------------------------------

_VALUES = st.sampled_from(LEVERS).flatmap(
    lambda p: st.tuples(
        st.just(p.name),
        st.sampled_from(p.choices)
        if p.type == "choice"
        else st.booleans()
        if p.type == "boolean"
        else st.integers(int(p.low), int(p.high))
        if p.type == "integer"
        else st.floats(p.low, p.high).map(lambda x: float(f"{x:.6g}")).filter(lambda x: p.low <= x <= p.high),
    )
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(_VALUES, max_size=4),
    st.none() | st.integers(2, limits.MOST_YEARS),
    st.integers(0, view.MOST_SEED),
    st.sampled_from([o.name for o in MONTHLY]),
    st.sampled_from(view.TABS),
    st.sampled_from([None, (), ({"month": 3, "kind": "grant_cliff", "agency": "Police"},)]),
    st.tuples(
        st.sampled_from(view.SIDES),
        st.integers(0, view.MOST_MONTH),
        st.none() | st.integers(0, limits.MOST_POSTS - 1),
        st.lists(st.sampled_from(view.GROUPS), unique=True).map(tuple),
    ),
)
def test_a_link_says_all_that_is_shown(values, years, seed, outcome, tab, events, looking):
    side, month, post, opened = looking
    found = View(
        years=years, seed=seed, shown=(outcome, "trust"), tab=tab, events=events,
        side=side, month=month, post=post, opened=opened,
    )  # fmt: skip
    for name, value in values:
        found = view.with_value(found, name, value)
    assert links.read(links.query(found)) == (found, [])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_whatever_a_link_says_a_page_is_shown(text):
    found, errors = links.read(text)
    view.current(found)
    assert all(isinstance(error, str) and "\n" not in error for error in errors)
    assert comparison.read(text)[0].names


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("s=../../etc/passwd", "There is no scenario called"),
        ("s=nobody", "There is no scenario called"),
        ("s=own&file=AAAA", "carries a scenario that cannot be read"),
        ("colocation.days=nan", "colocation.days is nan"),
        ("colocation.days=<script>", '"<script>"'),
        ("colocation.dys=1", "did you mean colocation.days?"),
        ("events=[1]", "events must be a list of tables"),
        ("events=" + quote('[{"month":1,"kind":"fire"}]'), 'kind is "fire"'),
        ("events=" + "[" * 5000, "events cannot be read"),
        ("years=1000", "must be from 1 to 20"),
        ("post=0", "must be from 1 to 1,000"),
        ("side=theirs", "must be one of baseline, yours"),
        ("open=fundin", "did you mean funding?"),
        ("x" * (limits.MOST_QUERY + 1), "longer than"),
    ],
)
def test_what_is_wrong_in_a_link_is_one_sentence(search, said):
    found, errors = links.read(search)
    assert found == View()
    assert len(errors) == 1 and said in errors[0]


@pytest.mark.parametrize("before", ["", "0" * 5, "0" * 19, "0" * 20, "0" * 40])
def test_zeros_before_a_number_take_it_past_no_bound(before):
    wrong, _ = links.read(f"years={before}150&seed={before}{'9' * 40}&run={before}99999")
    assert (wrong.years, wrong.seed, wrong.replicate) == (None, 0, 0)
    compared, said = comparison.read(f"cost={before}{'9' * 40}&seed={before}{'9' * 40}")
    assert (compared.budget, compared.seed) == (0, 0) and len(said) == 2
    right, said = links.read(f"years={before}12")
    assert (right.years, said) == (12, []) if len(before) < 19 else right.years is None


def test_an_own_scenario_travels_in_the_link_and_a_bomb_does_not():
    text = to_toml(load_scenario("mixed-partnership"))
    found = View(scenario=OWN, text=text)
    assert links.read(links.query(found)) == (found, [])
    assert view.baseline(found).digest == load_scenario("mixed-partnership").digest
    with pytest.raises(ScenarioErrors):
        uploads.unpacked(uploads.packed(" " * (limits.MOST_UPLOAD + 1)))


def test_a_partnership_too_large_to_show_live_is_refused():
    text = to_toml(load_scenario("mixed-partnership")).replace("posts = 12", "posts = 900")
    assert (
        "has 1,821 posts, but the dashboard shows at most 1,000"
        in links.read(links.query(View(scenario=OWN, text=text)))[1][0]
    )


# --- the desk -----------------------------------------------------------------------------------


def test_moves_of_one_lever_are_undone_together_and_redone(monkeypatch):
    desk = _desk()
    clock = itertools.count(0, 60)
    monkeypatch.setattr(desks.time, "monotonic", lambda: next(clock))  # a server that is slow to listen
    for number, months in enumerate((24, 30, 36), 1):
        desk.move({"name": "funding.grant_months", "value": months, "number": number, "again": number > 1})
    monkeypatch.undo()
    desk.move({"name": "colocation.days", "value": 2, "number": 4})
    desk.undo()
    assert desk.view.values == {"funding.grant_months": 36.0}
    desk.undo()
    assert desk.view.values == {}
    desk.redo()
    desk.redo()
    assert desk.view.values == {"funding.grant_months": 36.0, "colocation.days": 2.0}
    desk.reset()
    assert desk.view.values == {}
    desk.close()


def test_a_wrong_move_changes_nothing_and_is_answered():
    desk = _desk()
    desk.move({"name": "colocation.days", "value": 99, "number": 7})
    assert desk.view.values == {} and desk.ack == 7
    assert "colocation.days is 99" in desk.sentences[0]
    desk.open_file({"name": "x.toml", "size": 9, "data": base64.b64encode(b"\xff\xfe").decode()})
    assert "not text in UTF-8" in desk.sentences[0]
    desk.open_file({"name": "big.toml", "size": limits.MOST_UPLOAD + 1, "data": ""})
    assert "at most" in desk.sentences[0]
    long = base64.b64encode(b'extends = "mixed-partnership"\nyears = 30\n').decode()
    desk.open_file({"name": "big.toml", "size": 9, "data": long})
    assert desk.sentences[0].startswith('"big.toml" has 30 years, but the dashboard shows at most 20')
    desk.choose_people({"replicate": limits.MOST_REPLICATES})
    assert desk.sentences == ["Replicate must be a whole number from 1 to 100."] and desk.view.replicate == 0
    desk.set_years({"years": 21})
    assert "from 1 to 20" in desk.sentences[0]
    desk.edit_event({"event": None, "now": {"month": 1, "kind": "demand"}})
    assert all(sentence.startswith("timeline: events[1]") for sentence in desk.sentences)
    desk.close()


def test_events_that_a_shorter_run_leaves_out_stay_and_new_ones_after_its_end_are_refused():
    desk = _desk("s=end-of-boost&years=1")
    own = json.loads(desk.timeline)["rows"]
    assert [row["month"] for row in own] == [36] and view.current(desk.view).events == ()
    desk.edit_event({"event": None, "now": {"month": 6, "kind": "grant_cliff"}})
    assert [event.month for event in view.current(desk.view).events] == [6]
    desk.edit_event({"event": None, "now": {"month": 99, "kind": "grant_cliff"}})
    assert desk.sentences == ["timeline: events[3].month is 99, but the run is over after 12 months."]
    desk.set_years({"years": 10})
    assert [event.month for event in view.current(desk.view).events] == [6, 36] and desk.sentences == []
    assert links.read(links.query(replace(desk.view, years=1))) == (replace(desk.view, years=1), [])
    desk.close()


EVENTS = [
    {"month": 2, "kind": "grant_cliff"},
    {"month": 4, "kind": "demand", "value": 1.5, "weeks": 26},
    {"month": 6, "kind": "policy", "set": {"colocation.days": 1, "meetings.per_month": 2}},
]


def _timeline(desk):
    """The numbers of the events that the page shows, and the events."""
    shown = json.loads(desk.timeline)
    return shown["numbers"], shown["rows"]


BREACH = {"month": 0, "kind": "data_breach", "agency": "Police"}
LARGER = (1, {"key": "value", "value": 2})


@pytest.mark.parametrize(
    ("edits", "rows"),
    [
        ([(0, {"key": "month", "value": 8}), LARGER], [1, 2, 0]),
        ([(0, {"now": None}), LARGER], [1, 2]),
        ([(1, {"key": "month", "value": 1}), (1, {"key": "month", "value": 4}), LARGER], [0, 1, 2]),
        ([(None, {"now": BREACH}), LARGER, (None, {"now": BREACH})], [None, None, 0, 1, 2]),
    ],
)
def test_an_edit_of_the_timeline_is_of_the_event_that_was_meant_wherever_earlier_edits_have_put_it(
    edits, rows
):
    desk = _desk(f"years=1&events={quote(json.dumps(EVENTS))}")
    numbers, before = _timeline(desk)
    for k, edit in edits:  # the page has heard of none of them yet
        desk.edit_event({"event": None if k is None else numbers[k], **edit})
    after, found = _timeline(desk)
    assert desk.sentences == []
    assert [numbers.index(number) if number in numbers else None for number in after] == rows
    assert next(row for row in found if row["kind"] == "demand") == {**before[1], "value": 2}
    for _ in edits:
        desk.undo()
    assert _timeline(desk)[1] == before
    desk.close()


def test_edits_of_one_event_are_all_kept_and_what_is_gone_is_said():
    desk = _desk(f"years=1&events={quote(json.dumps(EVENTS))}")
    first, second, third = _timeline(desk)[0]
    desk.edit_event({"event": third, "lever": None, "other": "training.days_per_year", "value": 3})
    desk.edit_event({"event": third, "lever": "colocation.days", "other": "key_worker.backup", "value": True})
    desk.edit_event({"event": third, "lever": "meetings.per_month", "value": 9})
    desk.edit_event({"event": third, "key": "month", "value": 99})
    assert desk.sentences == ["timeline: events[3].month is 99, but the run is over after 12 months."]
    desk.edit_event({"event": third, "key": "month", "value": 7})
    levers = [("key_worker.backup", True), ("meetings.per_month", 9), ("training.days_per_year", 3)]
    assert list(_timeline(desk)[1][2]["set"].items()) == levers and _timeline(desk)[1][2]["month"] == 7
    desk.edit_event({"event": third, "lever": "colocation.days", "value": 2})
    assert desk.sentences == [timeline.GONE]
    desk.edit_event({"event": second, "key": "month", "value": 5})
    desk.edit_event({"event": second, "now": {"month": 4, "kind": "data_breach", "agency": "Police"}})
    assert _timeline(desk)[1][1] == {"month": 5, "kind": "data_breach", "agency": "Police"}
    desk.edit_event({"event": second, "key": "agency", "value": None})
    assert "agency" in desk.sentences[0]
    desk.edit_event({"event": first, "now": None})
    desk.edit_event({"event": first, "key": "agency", "value": "Police"})
    assert desk.sentences == [timeline.GONE] and _timeline(desk)[0] == [second, third]
    desk.own_events()
    assert desk.view.events is None and desk.sentences == []
    desk.close()


def test_a_file_that_does_not_fit_into_a_link_is_refused():
    desk = _desk()
    noise = base64.b64encode(np.random.default_rng(1).bytes(30_000)).decode()
    for comment, is_shown in ((noise, False), ("long " * 8_000, True)):
        data = f'# {comment}\nextends = "mixed-partnership"\nyears = 1\n'.encode()
        desk.open_file({"name": "ours.toml", "size": len(data), "data": base64.b64encode(data).decode()})
        assert (desk.view.scenario == OWN) is is_shown
        assert len(desk.sentences) == (not is_shown)
        assert all("ours.toml" in said and "does not fit into a link" in said for said in desk.sentences)
        assert len(links.query(desk.view)) < limits.MOST_QUERY
    desk.close()


def test_an_assumption_holds_for_the_baseline_too():
    found = view.with_value(View(), "trust.gain", 0.1)
    assert view.baseline(found).context["trust.gain"] == view.current(found).context["trust.gain"] == 0.1


def test_a_file_of_levers_that_moved_meanwhile_is_not_handed_over(monkeypatch):
    desk = _desk()
    monkeypatch.setattr(desk._live, "ask", lambda wish: None)
    desk.want({"kind": "scenario"})
    assert desk.file["number"] == 1 and desk.sentences == []
    desk.move({"name": "colocation.days", "value": 3, "number": 1})
    desk.want({"kind": "scenario"})
    assert desk.file["number"] == 1 and desk.sentences == [takeaway.CHANGED]
    desk.close()


def test_two_visitors_share_nothing():
    one, other = _desk("years=1&colocation.days=3"), _desk("s=short-term-funding&years=1")
    one.move({"name": "funding.grant_months", "value": 36, "number": 1})
    assert other.view == links.read("s=short-term-funding&years=1")[0]
    assert other.courses != one.courses
    one.close()
    other.close()


# --- what is shown ------------------------------------------------------------------------------


def test_few_replicates_are_corrected_by_the_baseline_and_many_are_the_plain_mean():
    base = load_scenario("mixed-partnership", years=2)
    other = base.with_values({"colocation.days": 3})
    many = picture_of(base, other, count=40)
    values = [frames.by_quarter(OUTCOME["trust"], r.runs) for r in many.replicates]
    truth = values[1].mean(axis=0)
    assert np.allclose(frames.course_of(values[1], values[0])["mean"], truth)
    corrected = np.abs(frames.course_of(values[1][:2], values[0])["mean"] - truth).mean()
    plain = np.abs(values[1][:2].mean(axis=0) - truth).mean()
    assert corrected < plain / 2
    few = frames.course_of(values[1][:2])
    assert set(few) == {"mean"}


def test_differences_are_those_of_the_command_line():
    base = load_scenario("mixed-partnership", years=1)
    other = base.with_values({"colocation.days": 3})
    found = frames.changes(picture_of(base, other, count=12))
    expected = paired(sample(base, 12).scalars["trust_last"], sample(other, 12).scalars["trust_last"])
    row = next(row for row in found["rows"] if row["name"] == "trust")
    assert row["change"] == f"{expected.difference.mean:+.3f}"
    lines = found["ledger"]
    assert sum(line["change"][0] for line in lines[1:]) == pytest.approx(lines[0]["change"][0], abs=1e-4)
    assert "trust between agencies" in frames.summary(found)


def test_every_lever_has_a_control_that_reaches_its_default_and_ends():
    groups = controls.lever_groups() + controls.assumption_groups()
    told = {control["name"]: control for group in groups for control in group["controls"]}
    assert set(told) == {p.name for p in PARAMETERS if p.kind != "constant"}
    for name, control in told.items():
        parameter = PARAMETER[name]
        if parameter.type == "number" and parameter.kind == "lever":
            steps = (float(parameter.default) - parameter.low) / control["step"]
            assert abs(steps - round(steps)) < 1e-6, name
        assert control["meaning"] and control["evidence"]


def test_the_partnership_shown_is_the_run_of_the_command_line():
    scenario = load_scenario("short-term-funding", years=2)
    seen, run = history.history(scenario, 3, 5), run_once(scenario, 3, 5, record=("events",))
    assert (seen.run.series == run.series).all() and (seen.run.events == run.events).all()
    told = history.picture(seen)
    last = told["frames"][-1]
    assert last["state"].count("f") == run.series["posts_filled"][-1] + run.series["hub_filled"][-1]
    assert last["mean"] == pytest.approx(run.series["trust_sum"][-1] / run.series["ties"][-1], abs=1e-4)


# --- what was measured --------------------------------------------------------------------------


def test_the_page_says_what_the_benchmark_kept(monkeypatch):
    root = Path(__file__).parent.parent
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    import dashboard_page

    kept, page = root / "benchmarks/results/dashboard.json", dashboard_page.PAGE.read_text()
    expected = dashboard_page.section(json.loads(kept.read_text())) if kept.exists() else ""
    assert "".join(page.partition(dashboard_page.BEGIN)[1:]) == expected
    missed = dashboard_page.section(
        {
            "figures": {"room of 30: errors": 2.0},
            "machine": {"cores": 2},
            "taken by other machines": {"room": 0.1},
        }
    )
    assert "| room of 30: errors | 2.0 | 0 | MISSED |" in missed
