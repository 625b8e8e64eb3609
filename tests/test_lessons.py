"""Lessons: what they claim of the model, their words, and what their steps show."""

import re
from functools import cache

import pytest
import readability

from collabsim import glossary
from collabsim.analysis.differences import Estimate
from collabsim.lessons import claims, play, rules, truths
from collabsim.lessons.answers import WrongAnswer, collect, read_answer
from collabsim.lessons.lesson import PRICE, Claim
from collabsim.lessons.lesson_file import lesson_names, load_lesson
from collabsim.lessons.text import html, plain, sentences
from collabsim.outcomes import find_scalar

NAMES = lesson_names()
MAIN = "short-term-funding"


@cache
def lesson(name):
    return load_lesson(name)


# --- claims -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_of_a_lesson_is_borne_out_by_the_model(name, stage):
    found = claims.check(lesson(name), stage)
    assert len([c for c in found if c.claim.outcome != PRICE]) >= 5
    failed = [f"{checked.claim.text} {checked.words}" for checked in found if not checked.holds]
    assert not failed


def test_a_claim_needs_an_interval_that_leaves_out_its_margin():
    up = Estimate(0.3, 0.1, 0.5, 1, 10)
    higher, lower = (Claim("", ("a", "b"), "trust_last", way) for way in ("higher", "lower"))
    assert claims.holds(higher, up) and not claims.holds(lower, up)
    assert not claims.holds(Claim("", ("a", "b"), "trust_last", "higher", 0.2), up)
    assert not claims.holds(higher, Estimate(0.3, -0.1, 0.7, 1, 10))
    assert not claims.holds(higher, Estimate(0.3, float("nan"), float("nan"), 0, 1))
    assert claims.holds(Claim("", ("a", "b"), "trust_last", "same", 0.6), up)
    assert not claims.holds(Claim("", ("a", "b"), "trust_last", "same", 0.4), up)


@pytest.mark.parametrize("name", NAMES)
def test_what_learners_are_told_they_could_see_is_a_claim(name):
    for step in lesson(name).steps:
        options = step.observation.options if step.observation else ()
        assert not options or {option.means for option in options} == {"yes", "no"}
        assert all(option.claim for option in options if option.means == "yes")


@pytest.mark.parametrize("name", NAMES)
def test_what_learners_are_told_they_could_see_is_of_what_the_picture_shows(name):
    found = lesson(name)
    for step in found.steps:
        asked = found.predicted(step).prediction if step.observation else None
        shown = (play._course_of(asked), set(asked.policies)) if asked else ("", set())
        for option in step.observation.options if asked else ():
            claim = found.claims[option.claim - 1] if option.means == "yes" else None
            assert claim is None or shown[0] == find_scalar(claim.outcome)[0].name
            assert claim is None or set(claim.policies) <= shown[1], f"{step.title}: {option.text}"


def test_the_link_worker_who_leaves_is_told_as_an_event_of_the_history_with_it(stage):
    found = lesson("the-link-worker-leaves")
    told = play.reveal(found, found.step("how-long-it-took"), stage)["differed"]
    assert [line["base"] for line in told] == ["No link worker"] * 2
    (leaves,) = (line for line in told if line["policy"] == "Link worker leaves in year four")
    assert leaves["what"][-1] == "in month 36, key worker departure"


@pytest.mark.parametrize("name", [MAIN, "the-link-worker-leaves", "equal-partners"])
def test_what_changes_most_is_told_in_the_options_own_words_with_a_figure_for_each(name, stage):
    found = lesson(name)
    step = next(s for s in found.steps if s.prediction and s.prediction.measure == "outcome")
    words = truths.truth(stage, found, step.prediction)["words"]
    figures = [
        float(re.search(rf"{re.escape(option.text)} \((\d+\.\d)", words)[1])
        for option in step.prediction.options
    ]
    assert len(figures) == len(step.prediction.options)
    assert f"What changes most: {step.prediction.options[figures.index(max(figures))].text} (" in words


@pytest.mark.parametrize("name", NAMES)
def test_every_prediction_is_revealed_and_has_an_answer(name, stage):
    found = lesson(name)
    shown = {found.predicted(step).name for step in found.steps if step.kind == "observe"}
    compared = {
        step.name for a, step in zip(found.steps[1:], found.steps, strict=False) if a.kind == "compare"
    }
    for step in found.steps:
        if step.prediction is None:
            continue
        assert step.name in shown | compared
        truth = truths.truth(stage, found, step.prediction)
        if step.prediction.type == "choose":
            assert len(truth["right"]) == 1, f"{step.title}: {truth['words']}"
        elif step.prediction.type == "number":
            assert (
                step.prediction.low < truth["low"] <= truth["value"] <= truth["high"] < step.prediction.high
            )
        else:
            assert min(truth["low"]) > step.prediction.low and max(truth["high"]) < step.prediction.high


@pytest.mark.parametrize("name", NAMES)
def test_what_a_lesson_says_of_posts_and_of_time_is_so(name):
    found = lesson(name)
    text = " ".join(step.text for step in found.steps)
    posts = {sum(a.posts for a in p.loaded.agencies) for p in found.policies.values()}
    assert {int(n) for n in re.findall(r"(\d+) posts", text)} <= posts
    assert sum(step.minutes for step in found.steps) == found.minutes
    assert all(p.loaded.years == 10 for p in found.policies.values())


def test_what_the_main_lesson_says_of_grants_is_how_the_model_sets_them():
    found = lesson(MAIN)
    policy = found.policies["twelve"].loaded.policy
    assert policy["funding.grant_months"] == 12 and policy["funding.notice_months"] == 1.5  # six weeks
    assert (
        found.policies["twelve"].loaded.context["funding.renewal_probability"] == 0.65
    )  # about two in three
    assert f"the mean of {found.replicates}" in " ".join(found.step("how-to-read-the-picture").text.split())


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_can_be_read_by_the_general_public(name):
    found = lesson(name)
    asked = [step.prediction.question for step in found.steps if step.prediction]
    asked += [words for step in found.steps for words in (*step.questions, step.notes) if words]
    parts = [found.summary, *(step.text for step in found.steps), *asked]
    words = "\n".join(
        " ".join(re.findall(r"[\w'’-]+|[.?!]", line))
        for part in parts
        for line in re.split(r"(?<=[.?!])\s+", sentences(part).replace("\n", " "))
        if line
    )
    grade = readability.getmeasures(words, lang="en")["readability grades"]["Kincaid"]
    assert grade <= 9


def test_words_of_a_lesson_cannot_become_markup():
    made = html("<script>x</script> [a](javascript:b) ![c](https://d) <img src=e> & **f** [g](https://h)")
    assert "<script" not in made and "<img" not in made and 'href="javascript' not in made
    assert "&lt;script&gt;" in made and "<strong>f</strong>" in made and 'href="https://h"' in made


def test_terms_of_the_glossary_become_buttons_once_and_never_in_links_or_code():
    made = html("Trust and trust, [grants](https://a) and `posts`, a working relationship.\n\nTrust again.")
    assert re.findall(r'data-term="([\w-]+)"', made) == ["trust", "relationship"]
    assert "cs-term" not in html("trust", terms=False)


def test_every_term_is_found_in_each_of_its_forms_and_explained_plainly():
    for term in glossary.TERMS.values():
        assert all([f.key for f in glossary.find(f"The {form}.")] == [term.key] for form in term.forms)
        assert 20 < len(term.meaning) < 220 and term.meaning.endswith(".")
    assert not list(glossary.find("untrustworthy grantees"))


def test_plain_text_is_wrapped_and_keeps_lists():
    text = plain("One *two* " + "three " * 30 + "\n\n- a\n- b\n\n1. c", 40)
    assert max(map(len, text.splitlines())) <= 40
    assert "- a\n- b" in text and "1. c" in text and "*" not in text


# --- predict, observe, explain ------------------------------------------------------------------


def test_nothing_after_a_prediction_is_open_before_it_is_made():
    found = lesson(MAIN)
    asked = [step.name for step in found.steps if rules.asks(step)]
    assert rules.open_steps(found, set()) == 1 + [s.name for s in found.steps].index(asked[0])
    assert rules.open_steps(found, set(asked[:1])) == 1 + [s.name for s in found.steps].index(asked[1])
    assert rules.open_steps(found, set(asked)) == len(found.steps)
    assert not rules.may_see(found, found.step("what-did-you-see"), set())


def test_what_is_given_before_a_prediction_does_not_hold_the_answer(stage):
    found = lesson(MAIN)
    step = found.step("draw-what-you-expect")
    given = play.given(found, step, stage)
    truth = truths.truth(stage, found, step.prediction)
    assert len(given["before"]) == 8 and given["years"] == truth["years"]
    assert set(given["before"]).isdisjoint(truth["values"])
    assert "mean" not in given and given["known"] is None


def test_the_truth_of_a_line_is_the_course_that_is_revealed(stage):
    found = lesson(MAIN)
    step = found.step("what-did-you-see")
    shown = play.reveal(found, step, stage)
    line = shown["courses"][0]["lines"][0]["mean"]
    assert shown["truth"]["values"] == pytest.approx(
        [line[4 * (2 + year) - 1] for year in range(1, 11)], abs=1e-5
    )
    assert shown["seen"] == [1] and shown["note"] == "Illustrative, not a forecast."


def test_the_part_that_is_left_is_the_ratio_of_two_paired_differences(stage):
    found = lesson(MAIN)
    asked = found.step("how-much-of-that-is-real").prediction
    twelve, longer, equal = (
        stage.sample(found, p).scalars["trust_last_six"].mean() for p in ("twelve", "thirty-six", "equal")
    )
    truth = truths.truth(stage, found, asked)
    assert truth["value"] == pytest.approx(100 * (equal - twelve) / (longer - twelve), abs=1e-3)
    assert truth["low"] < truth["value"] < truth["high"]


def test_a_ledger_of_a_lesson_sums_to_the_change(stage):
    found = lesson(MAIN)
    rows = play.reveal(found, found.step("the-trust-ledger"), stage)["ledger"]["rows"]
    assert rows[0]["base"][0] == pytest.approx(sum(row["base"][0] for row in rows[1:]), abs=1e-4)


def test_channels_sum_to_the_difference_that_their_words_name_and_one_is_nearly_all_of_it(stage):
    found = lesson(MAIN)
    shown = play.reveal(found, found.step("where-the-harm-comes-from"), stage)["channels"]
    table = play.reveal(found, found.step("the-same-in-numbers"), stage)["table"]
    assert shown["total"][0] == pytest.approx(sum(row["change"][0] for row in shown["rows"]), abs=1e-4)
    assert f"{shown['total'][0]:+.3f}" in shown["words"] and table["period"] in shown["words"]
    assert shown["total"][1] < float(table["rows"][0]["others"][0]["change"]) < shown["total"][2]
    assert shown["rows"][0]["change"][1] > 0.75 * shown["total"][0]
    assert 90 <= int(shown["rows"][0]["part"].rstrip("%")) <= 110


def test_a_page_names_what_differs(stage):
    found = lesson(MAIN)
    shown = play.reveal(found, found.step("the-same-in-numbers"), stage)
    assert [line["what"] for line in shown["differed"]] == [
        ["length of a grant from its start to its end date: 12 → 36 months"]
    ]


def test_answers_are_checked_and_put_together_without_order():
    found = lesson(MAIN)
    draw, choose, number, seen = (
        found.step(name) for name in ("draw-what-you-expect", "what-will-longer-grants-change-most",
                                      "how-much-of-that-is-real", "what-did-you-see")
    )  # fmt: skip
    for step, wrong in [
        (draw, [0.5] * 9), (draw, [0.5] * 9 + [2.0]), (draw, [0.5] * 9 + ["x"]), (draw, [float("nan")] * 10), (draw, None),
        (choose, 4), (choose, -1), (choose, True), (choose, "1"), (choose, 1.0), (number, 101), (number, True),
        (number, [1]), (seen, []), (seen, [3]), (seen, 1), (seen, [0, 1, 2, 0]),
    ]:  # fmt: skip
        with pytest.raises(WrongAnswer):
            read_answer(step, wrong)
    lines = [read_answer(draw, [level] * 10) for level in (0.6, 0.4, 0.5)]
    together = collect(draw, lines)
    assert together["median"] == [0.5] * 10 and [line[0] for line in together["lines"]] == [0.4, 0.5, 0.6]
    assert collect(choose, [1, 1, 3])["counts"] == [0, 2, 0, 1]
    assert collect(seen, [[0, 1], [1]])["counts"] == [1, 2, 0]
    assert sum(collect(number, [30.0, 95.0, 100.0])["counts"]) == 3
    assert collect(draw, [])["n"] == 0 and collect(number, [])["median"] is None


def test_an_answer_is_held_against_the_model_in_words(stage):
    found = lesson(MAIN)
    step = found.step("draw-what-you-expect")
    truth = truths.truth(stage, found, step.prediction)
    said = play.verdict(step, truth["values"], truth)
    assert said["right"] is None and "inside the band in 10 of 10 years" in said["words"]
    step = found.step("what-will-longer-grants-change-most")
    truth = truths.truth(stage, found, step.prediction)
    (right,) = truth["right"]
    assert (
        play.verdict(step, right, truth)["right"] and not play.verdict(step, (right + 1) % 4, truth)["right"]
    )
