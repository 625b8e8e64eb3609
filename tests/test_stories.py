"""One worker's story and one case's: nothing is told that the run did not record."""

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from collabsim.cli import app
from collabsim.history import history
from collabsim.model import state
from collabsim.model.simulate import run_once
from collabsim.scenario import load_scenario
from collabsim.stories import at_post, most_eventful, story_of_case, story_of_person
from collabsim.stories.cast import cast_of, name_of
from collabsim.stories.person import Telling
from collabsim.stories.when import count, how_long, month_of, when_of

SCENARIO = load_scenario("short-term-funding", years=4)


@pytest.fixture(scope="module")
def seen():
    return history(SCENARIO, 0, 1)


@pytest.fixture(scope="module")
def cast(seen):
    return cast_of(seen)


@pytest.fixture(scope="module")
def told(seen, cast):
    """Everything that is told of everybody: (person, line)."""
    telling = Telling(seen, cast)
    return [(person, line) for person in cast.people for line in telling.lines(person)]


def _lines(told, kind):
    return [(person, line) for person, line in told if line.kind == kind]


def test_no_two_people_have_one_name():
    names = [name_of(number) for number in range(1, 5_000)]
    assert len(set(names)) == len(names) and all(re.fullmatch(r"[A-Z]\w+( I+\.)? [A-Z]\w+", n) for n in names)


def test_everybody_in_a_run_is_one_person_with_one_number(seen, cast):
    seats = [(spell.post, spell.occupant) for person in cast.people for spell in person.spells]
    assert len(seats) == len(set(seats)) and [p.number for p in cast.people] == list(
        range(1, len(cast.people) + 1)
    )
    filled = seen.run.arrays["posts"][seen.run.arrays["posts"]["filled"] == 1]
    assert {int(post["id"]) for post in filled} == {
        spell.post for person in cast.people for spell in person.spells if spell.left is None
    }


def test_every_leaving_that_is_told_is_an_event_of_the_run(seen, cast, told):
    events = seen.run.events
    left = [
        (p.spells[-1].post, p.spells[-1].occupant, p.spells[-1].left)
        for p in cast.people
        if p.spells[-1].left is not None
    ]
    quits = _lines(told, "left: quit")
    assert len(quits) == int((events["kind"] == state.QUITS).sum())
    for person, line in quits:
        assert (person.spells[-1].post, person.spells[-1].occupant, line.week) in left
        assert f"{person.first_name} quits" in line.words


def test_every_word_on_a_grant_is_an_event_of_the_grant_that_paid(seen, told):
    refused = _lines(told, "grant_refused")
    weeks = set(seen.run.events[seen.run.events["kind"] == state.GRANT_REFUSED]["week"].tolist())
    assert refused and {line.week for _, line in refused} <= weeks


def test_a_post_is_at_risk_only_where_its_grant_is_about_to_end(seen, told):
    for person, line in _lines(told, "risk"):
        month = month_of(line.week)
        held = [
            s for s in person.spells if s.started <= line.week and (s.left is None or line.week <= s.left)
        ]
        places = [int((seen.posts[0]["id"] == spell.post).nonzero()[0][0]) for spell in held]
        assert any(0 < round(seen.left[month, place]) <= 3 for place in places)
        assert any(seen.posts[month][place]["insecurity"] > 0.1 for place in places)


def test_who_arrives_near_a_grants_end_is_told_what_word_had_come_of_it(seen, told):
    events = seen.run.events
    found = {state.GRANT_RENEWED: 0, state.GRANT_REFUSED: 0}
    for person, line in _lines(told, "arrival"):
        if "word has come" not in line.words:
            continue
        kind = state.GRANT_RENEWED if "goes on" in line.words else state.GRANT_REFUSED
        place = seen.places[next(s.post for s in person.spells if max(0, s.started) == line.week)]
        near = (events["week"] < line.week) & (events["week"] >= line.week - 13) & (events["kind"] == kind)
        assert int(seen.posts[month_of(line.week)][place]["grant"]) in events[near]["subject"]
        later = seen.left[month_of(line.week) + 2 : month_of(line.week) + 5, place]
        assert kind == state.GRANT_REFUSED or not later.size or later.max() > 3
        found[kind] += 1
    assert found[state.GRANT_RENEWED]


def test_trust_that_is_told_is_the_trust_of_the_month_before(seen, told):
    for _, line in _lines(told, "loss")[:40]:
        level = float(re.search(r"reached (\d\.\d\d)", line.words)[1])
        assert level >= 0.6 and round(100 * level) in seen.trust[month_of(line.week) - 1]


def test_the_story_that_is_chosen_has_a_beginning_and_an_end(seen, cast):
    person = most_eventful(seen, cast)
    lines = sorted(Telling(seen, cast).lines(person), key=lambda line: line.week)
    assert lines[0].kind == "arrival" and any(line.kind.startswith("left") for line in lines)
    assert 6 <= len(lines) <= 20 and "{" not in Telling(seen, cast).story(person)["lines"][0]["words"]


def test_a_story_of_an_agency_is_of_somebody_there_and_numbers_are_checked():
    told = story_of_person(SCENARIO, 0, 1, agency="Council early help team")
    assert "Council early help team" in told["title"]
    assert story_of_person(SCENARIO, 0, 1, told["number"])["lines"] == told["lines"]
    with pytest.raises(LookupError, match="numbered from 1"):
        story_of_person(SCENARIO, 0, 1, 100_000)


def test_a_case_is_told_as_it_was_closed():
    cases = run_once(SCENARIO, 0, 1, record=("cases",)).closed_cases
    told = story_of_case(SCENARIO, 0, 1)
    case = cases[told["number"] - 1]
    assert case["changes"] == cases["changes"][cases["opened"] >= 104].max()
    words = " ".join(line["words"] for line in told["lines"])
    assert f"{count(int(case['members']), 'team')}" in words
    assert f"{case['completeness'] * 100:.0f}% of what they needed" in words
    assert "standard deviations" not in words and "The work went" in words
    quiet = int(np.flatnonzero(cases["changes"] == 0)[0]) + 1
    assert "The same people" in " ".join(
        line["words"] for line in story_of_case(SCENARIO, 0, 1, quiet)["lines"]
    )


def test_a_page_tells_whoever_held_a_post(seen):
    for post in range(0, 45, 11):
        told = at_post(seen, post, 30)
        assert told["post"] == post and len(told["ties"]) in (0, seen.months)
        assert all(0 <= line["month"] < seen.months and line["words"] for line in told["lines"])


def test_months_and_lengths_are_said_plainly():
    assert [when_of(m) for m in (-2, 0, 11, 12)] == [
        "Two months before the start", "In month 1", "In month 12", "In year 2, month 1,",
    ]  # fmt: skip
    assert [how_long(w) for w in (0, 1, 13, 104, 260)] == [
        "no weeks",
        "one week",
        "three months",
        "2 years",
        "5 years",
    ]


def test_the_command_tells_a_story_and_refuses_what_is_not_there():
    few = ("--years", "1", "--replicate", "2")

    def run(*words):
        return CliRunner().invoke(app, ["story", "short-term-funding", *few, *words], prog_name="collabsim")

    told = run()
    assert told.exit_code == 0 and "Names are made up" in told.stdout
    found = json.loads(run("--case", "3", "--json").stdout)
    assert found["command"] == "story" and found["number"] == 3 and found["set"] == {}
    some = ("--set", "funding.grant_months=36", "--set", "funding.fix_annual=true")
    assert json.loads(run(*some, "--json").stdout)["set"] == {
        "funding.grant_months": 36,
        "funding.fix_annual": True,
    }
    assert "grants, with funding.grant_months = 36, funding.fix_annual = true; run 2 of" in run(*some).stdout
    for words, said in [
        (("--person", "99999"), "--person is 99999, but there are"),
        (("--case", "99999"), "cases close in this run"),
        (("--person", "1", "--case", "1"), "choose one"),
        (("--agency", "Comunity network"), "did you mean Community network?"),
    ]:
        wrong = run(*words)
        assert wrong.exit_code == 2 and said in wrong.stderr and not wrong.stdout
