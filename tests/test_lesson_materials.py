"""Lessons beyond the page: the game, handouts and guides on paper, and the terminal."""

import html
import re
import shutil
import subprocess
from functools import cache

import pytest

from collabsim.checks import ScenarioErrors
from collabsim.lessons import game, materials, play
from collabsim.lessons.charts import text_chart
from collabsim.lessons.lesson_file import lesson_names, load_lesson, read_lesson
from collabsim.lessons.template import text as template
from collabsim.lessons.terminal import Player
from collabsim.parameters import PARAMETER

NAMES = lesson_names()
MAIN = "short-term-funding"


@cache
def lesson(name):
    return load_lesson(name)


def step_of(found, kind):
    return next(step for step in found.steps if step.kind == kind)


# --- the game -----------------------------------------------------------------------------------


def test_the_game_keeps_to_its_budget_and_says_what_is_gained(stage):
    found = lesson("hundred-thousand-pounds")
    asked = step_of(found, "game").game
    nothing = game.play(found, asked, {}, stage)
    assert nothing["cost"] == 0 and nothing["gain"] == 0 and "Nothing was bought" in nothing["words"]
    dear = game.play(found, asked, {"key_worker.fte_per_20": 4, "colocation.days": 4}, stage)
    assert not dear["within"] and "gain" not in dear and "more than there is" in dear["words"]
    room = game.play(found, asked, {"colocation.days": 2}, stage)
    assert room["within"] and room["low"] > 0 and room["cost"] == 43_750


def test_a_price_list_says_each_step_with_its_unit_and_one_thing_is_not_many():
    found = lesson("hundred-thousand-pounds")
    step = step_of(found, "game")
    listed = {lever["name"]: lever["steps"] for lever in game.table(found, step.game)["levers"]}
    said = {name: [s["value"] for s in steps] for name, steps in listed.items()}
    assert said["handover.standard"] == ["none", "written", "overlap"]
    assert said["key_worker.fte_per_20"][1] == "0.25 FTE per 20 posts"
    assert said["meetings.per_month"][0] == "1 meeting a month"
    assert said["training.days_per_year"][1:3] == ["1 day a year", "2 days a year"]
    assert said["safe_space.facilitation"][1] == "0.25 out of 1"


def test_the_price_of_longer_grants_is_the_one_that_the_lesson_explains():
    found = lesson("hundred-thousand-pounds")
    step = step_of(found, "game")
    grants = game.table(found, step.game)["levers"][0]
    (price,) = (s["price"] for s in grants["steps"] if s["value"] == "36 months")
    assert f"The £{price:,} for grants of 36 months" in step.text
    cost = PARAMETER["funding.grant_months"].cost
    assert "not booked as cash" in cost.source and "loss of flexibility" in cost.source
    assert "You need not spend it all." in step.text


def test_the_optimisers_package_is_affordable_and_beats_each_lever_alone(stage):
    found = lesson("hundred-thousand-pounds")
    asked = step_of(found, "game").game
    best = game.best(found, asked, stage)
    assert best["within"] and set(best["steps"]) <= set(asked.levers)
    assert best["made"]["levers"] == list(asked.levers) and best["made"]["evaluations"] >= 300
    assert best["cost"] == pytest.approx(game.stored.best(asked.best).yearly, abs=1)
    assert best["low"] > max(
        game.play(found, asked, {lever: step}, stage)["high"]
        for lever, step in (("colocation.days", 4), ("training.days_per_year", 4), ("meetings.per_month", 3))
    )
    fresh = best["made"]["fresh_gain"]
    assert fresh[1] < best["gain"] + 0.01 and best["made"]["searched_gain"] > 0


def test_the_page_on_the_optimiser_shows_its_two_scores_and_its_words_fit_them(stage):
    found = lesson("hundred-thousand-pounds")
    step = found.step("what-the-computer-bought")
    shown = play.reveal(found, step, stage)["search"]
    made = game.stored.best(found.searched(step).best).made
    mean, low, high = made["fresh_gain"]
    assert [score["gain"] for score in shown["scores"]] == [
        f"{made['searched_gain']:+.3f}", f"{mean:+.3f} (95% interval {low:+.3f} to {high:+.3f})",
    ]  # fmt: skip
    assert low <= made["searched_gain"] <= high and "cannot be told apart" in shown["words"]
    assert "Here they hardly differ" in step.text and made["searched_gain"] - mean < 0.003
    assert "hundreds" in step.text and made["evaluations"] >= 300
    assert all(score["gain"] in materials.guide(found, stage) for score in shown["scores"])


def test_two_scores_without_a_stored_package_are_refused(tmp_path):
    path = tmp_path / "a.md"
    path.write_text(template("a").replace('show = ["table", "ledger"]', 'show = ["search"]'))
    with pytest.raises(ScenarioErrors, match="no game before it has a stored package"):
        read_lesson(path)


# --- materials ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_handout_and_a_guide_are_whole_pages_of_two_sides_at_most(name, stage, tmp_path):
    found = lesson(name)
    for kind, made in (
        ("handout", materials.handout(found, stage)),
        ("guide", materials.guide(found, stage)),
    ):
        assert made.startswith("<!doctype html>") and "Illustrative, not a forecast." in made
        assert not re.findall(r"(?:src|href)=\"(?!#)", made) and "<script" not in made
        assert all(step.title.replace("'", "&#39;") in made for step in found.steps if kind == "guide")
        assert "Does NOT hold" not in made
        assert 1 <= _sides(made, tmp_path / kind) <= 2, f"{name}: {kind}"


def test_a_guide_says_what_the_ledger_and_the_channels_give(stage):
    found = lesson(MAIN)
    made = materials.guide(found, stage)
    ledger = play.reveal(found, found.step("the-trust-ledger"), stage)["ledger"]["rows"]
    assert f"{ledger[1]['title']} {ledger[1]['base'][0]:+.3f}" in made
    channels = play.reveal(found, found.step("where-the-harm-comes-from"), stage)["channels"]["rows"]
    assert f"{channels[0]['title']} {channels[0]['part']}" in made


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_says_which_answers_the_model_bears_out_and_a_handout_does_not(name, stage):
    found = lesson(name)
    guide, handout = (
        html.unescape(made) for made in (materials.guide(found, stage), materials.handout(found, stage))
    )
    for step in found.steps:
        if step.observation is None:
            continue
        options = step.observation.options
        borne = [options[n].text for n in play.reveal(found, step, stage)["seen"]]
        assert f"{step.observation.question} What the model bears out: {' '.join(borne)}</p>" in guide
        boxes = "\n".join(f"<li>{option.text}</li>" for option in options)
        assert boxes in handout  # every answer alike
    assert "bears out" not in handout


def test_a_handout_has_what_its_tasks_need_and_names_its_axes(stage):
    made = materials.handout(lesson("leave-the-building"), stage)
    assert "Thin line: They stay." in made and made.count("<polyline") == 2
    assert ">Trust between agencies (scale from 0 to 1)</text>" in made and ">Year</text>" in made
    game_sheet = materials.handout(lesson("hundred-thousand-pounds"), stage)
    assert (
        "2.50 days a week: <b>£43,750</b>" in game_sheet
        and "What we buy" in game_sheet
        and "Why</th>" in game_sheet
    )


def _sides(made, file):
    """How many A4 pages a browser prints."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "the tests need Chromium"
    page, pdf = file.with_suffix(".html"), file.with_suffix(".pdf")
    page.write_text(made)
    subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", f"--user-data-dir={file.parent / 'profile'}", "--no-pdf-header-footer",
         f"--print-to-pdf={pdf}", page.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def test_words_of_a_lesson_are_escaped_on_paper(tmp_path, stage):
    path = tmp_path / "odd.md"
    odd = template("odd").replace('title = "Odd"', 'title = "<b>Odd</b> & co"')
    path.write_text(
        odd.replace("Would you pay for it?", "<i>Pay</i>?").replace("replicates = 20", "replicates = 8")
    )
    found = read_lesson(path)
    for made in (materials.handout(found, stage), materials.guide(found, stage)):
        assert "<b>Odd" not in made and "&lt;b&gt;Odd&lt;/b&gt; &amp; co" in made and "<i>Pay" not in made


# --- the terminal -------------------------------------------------------------------------------


def _played(name, lines, stage):
    said, waiting = [], list(lines)
    player = Player(lesson(name), lambda question: waiting.pop(0) if waiting else None, said.append, stage)
    given = player.play()
    return given, " ".join("\n".join(said).split())


def test_a_lesson_can_be_played_in_a_terminal(stage):
    given, said = _played("leave-the-building", ["", "1", "1", "0.6 0.59 0.58", "1 2", ""], stage)
    assert given["what-does-the-room-do"] == 0 and len(given["the-lease-ends"]) == 7
    assert "You said: It is higher than without the room. The model agrees." in said
    assert "You drew 0.58 for year 10." in said and "o yours" in said
    assert said.index("what has happened to trust") < said.index("You said:")
    assert "What moved trust in 10 years" in said


def test_a_wrong_answer_is_asked_again_and_without_answers_the_lesson_goes_on(stage):
    given, said = _played("leave-the-building", ["", "7", "one", "2"], stage)
    assert "Choose one of the 3 answers." in said and "That is no number." in said
    assert given == {"what-does-the-room-do": 1}
    assert "The model says something else." in said and "goes on without one" in said
    assert "Illustrative, not a forecast." in said


def test_the_game_can_be_played_in_a_terminal(stage):
    given, said = _played("hundred-thousand-pounds", ["", "1", "1", "2:2 99:1", "2:2 9:1", ""], stage)
    assert given["spend-it"] == {"colocation.days": 2, "safe_space.facilitation": 1}
    assert (
        "Write LEVER:STEP" in said
        and "You bought, for £45,300 a year" in said
        and "The optimiser bought" in said
    )


def test_who_spends_too_much_is_asked_again(stage):
    given, said = _played(
        "hundred-thousand-pounds", ["", "1", "1", "2:2 5:1 4:4", "2:7", "2:2 9:1", ""], stage
    )
    assert (
        "That costs £145,856, which is £45,856 too much." in said and "Lever 2 has steps from 1 to 4." in said
    )
    assert given["spend-it"] == {"colocation.days": 2, "safe_space.facilitation": 1}


def test_who_gives_no_readable_answer_is_told_that_the_lesson_goes_on(stage):
    given, said = _played("leave-the-building", ["", *["what?"] * 5, "1", ""], stage)
    assert "That was no answer 5 times: the lesson goes on without one." in said
    assert "what-does-the-room-do" not in given and given["the-first-three-years"] == [0]


def test_a_chart_of_letters_draws_every_policy_and_knows_no_year_of_minus_zero(stage):
    _, said = _played("hundred-thousand-pounds", ["", "1", "1"], stage)
    labels = ("+ A shared room", "x Joint training", "# A link worker", "% More meetings")
    assert all(label in said for label in labels)
    drawn = text_chart({"*": [(-0.4, 0.2), (9.8, 0.4)]}, [], 0, 1)
    assert "year 0" in drawn and "-0" not in drawn


def test_who_buys_nothing_sees_the_optimisers_package_only_where_the_lesson_shows_it(stage):
    _, said = _played("hundred-thousand-pounds", ["", "1", "1"], stage)
    assert said.count("The optimiser bought") == 1
    assert said.index("The optimiser bought") > said.index("5. What the computer bought")
    assert "In the search that chose it +0.065" in said and "Run again, with fresh luck +0.063" in said
