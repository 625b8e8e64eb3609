"""`collabsim lesson`: list, show, check, play, print, and write a new one."""

import json
import re

import pytest
from doc_pages import ROOT, commands
from typer.testing import CliRunner

from collabsim.cli import app
from collabsim.lessons.lesson_file import lesson_names
from collabsim.lessons.template import text as template

WRITE = "docs/how-to/write-a-lesson.md"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words, typed=None):
    return CliRunner().invoke(app, list(words), input=typed, prog_name="collabsim")


def test_lessons_are_listed_with_and_without_a_word_more():
    for words in (("lesson",), ("lesson", "list")):
        listed = run(*words)
        assert listed.exit_code == 0 and all(name in listed.stdout for name in lesson_names())
    rows = json.loads(run("lesson", "list", "--json").stdout)["lessons"]
    assert rows[0]["name"] == "short-term-funding" and len(rows[0]["steps"]) >= 10


def test_the_commands_of_the_page_on_lessons_work(here):
    (here / "my-lesson.md").write_text(template("my-lesson").replace("replicates = 20", "replicates = 6"))
    found = [words for words in commands(WRITE) if words[0] == "lesson"]
    assert [words[1] for words in found] == ["new", "check", "show", "guide", "handout"]
    for words in found[1:]:
        done = run(*words)
        assert done.exit_code == 0, (words, done.stderr)
    assert {path.name for path in here.iterdir()} == {
        "my-lesson.md",
        "my-lesson-guide.html",
        "my-lesson-handout.html",
    }
    (here / "my-lesson.md").unlink()
    assert run(*found[0]).exit_code == 0 and (here / "my-lesson.md").read_text() == template("my-lesson")


def test_the_page_names_every_kind_measure_and_number_that_there_is():
    from collabsim.lessons.lesson import KINDS, MEASURES, NUMBERS, PREDICTIONS

    page = (ROOT / WRITE).read_text()
    assert all(f"| {kind} |" in page for kind in (*KINDS, *PREDICTIONS))
    assert all(f"*{measure}*" in page for measure in (*MEASURES, *NUMBERS))


def test_a_lesson_is_played_in_a_pipe(here):
    (here / "small.md").write_text(template("small").replace("replicates = 20", "replicates = 6"))
    done = run("lesson", "play", "small.md", typed="\n1\n1\n")
    said = " ".join(done.stdout.split())
    assert done.exit_code == 0, done.stderr
    assert "Your answer (number): 1" in said and "The model agrees." in said and "What moved trust" in said
    assert "\x1b" not in done.stdout and "some seconds" in done.stderr


@pytest.mark.parametrize("word", ["check", "show", "play"])
def test_a_lesson_without_steps_is_a_sentence_and_not_a_crash(word, here):
    (here / "bare.md").write_text(template("bare").partition("## ")[0])
    done = run("lesson", word, "bare.md")
    assert done.exit_code == 2 and "a lesson has 1 to 40" in done.stderr and not done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("lesson", "shwo"), "did you mean show?"),
        (("lesson", "show", "short-term-fundin"), "did you mean short-term-funding?"),
        (("lesson", "show", "../x.md"), "no such file"),
        (("lesson", "handout", "equal-partners", "--out", "x.pdf"), "must end in .html"),
        (("lesson", "guide", "equal-partners", "--out", "nowhere/x.html"), "there is no such folder"),
        (("lesson", "new", "../x"), "must be letters, digits, hyphens"),
        (("lesson", "new", "here"), "is there already"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_nothing_is_written(words, said, here):
    (here / "here.md").write_text("x")
    wrong = run(*words)
    assert wrong.exit_code == 2 and said in wrong.stderr and not wrong.stdout
    assert len(wrong.stderr.splitlines()) == 1 and [path.name for path in here.iterdir()] == ["here.md"]


def test_a_claim_that_does_not_hold_fails_the_check(here):
    odd = re.sub(r'direction = "higher"', 'direction = "lower"', template("odd"), count=1)
    (here / "odd.md").write_text(odd.replace("replicates = 20", "replicates = 6"))
    done = run("lesson", "check", "odd.md", "--quiet")
    assert (
        done.exit_code == 1 and "FAILS" in done.stdout and "change the sentence, not the model" in done.stderr
    )
