"""Lessons as files: what is refused, in which words, and what can never be reached."""

import re

import numpy as np
import pytest

from collabsim import library
from collabsim.checks import ScenarioErrors
from collabsim.lessons.lesson_file import lesson_names, load_lesson, read_lesson, shipped_lessons
from collabsim.lessons.template import text as template

NAMES = lesson_names()
MAIN = "short-term-funding"


def test_lessons_are_shipped_in_their_order_and_the_main_one_is_first():
    assert next(found.name for found in shipped_lessons()) == MAIN
    assert len(NAMES) >= 6
    assert library.shipped_files(library.LESSONS)[MAIN].is_file()


WRONG = [
    ('audience = "Who it is for."', "", "has no audience"),
    ("minutes = 10", 'minutes = "ten"', 'minutes is "ten", but must be a whole number from 1 to 240'),
    ("minutes = 10", "minuets = 10", "did you mean minutes?"),
    ('scenario = "mixed-partnership"', 'scenario = "mixed-partnershp"', "did you mean mixed-partnership?"),
    ('scenario = "mixed-partnership"', 'scenario = "../x"', "must be the name of a scenario, not a path"),
    ('"training.days_per_year" = 2', '"training.days_per_yer" = 2', "did you mean training.days_per_year?"),
    ('"training.days_per_year" = 2', '"training.days_per_year" = 200', "is 200, but must be a number from 0"),
    ('kind = "predict"', 'kind = "predcit"', "did you mean predict?"),
    ('type = "choose"', 'type = "chose"', "did you mean choose?"),
    ('measure = "direction"', 'measure = "level"', "there is no measure of a choice of that name"),
    ('outcome = "sharing_last_six"', 'outcome = "shering_last_six"', "did you mean sharing_last_six?"),
    ('policies = ["before", "after"]\noptions', 'policies = ["before", "aftr"]\noptions', "did you mean after?"),
    ('means = "higher"', 'means = "more"', "there is no meaning of that name"),
    ('direction = "higher"\n', 'direction = "higher"\nchannel = "gasp"\n', "did you mean gaps?"),
    ('audience = "Who it is for."', "", ": has no audience"),
    ('direction = "higher"\n', 'direction = "same"\n', "is missing or 0, but same needs one"),
    ("```lesson\nkind = \"observe\"", "```leson\nkind = \"observe\"", 'marked "leson"; did you mean lesson?'),
    ("trust\"]\nquestions = [\"Would you pay for it?\"]\n```", "trust\"]", "opens a block that no later line of ``` closes"),
    ("claim = 1", "claim = 7", "must be one of the 1 claims"),
    ('direction = "higher"\n', 'direction = "up"\n', "must be one of higher, lower, same"),
    ('show = ["table", "ledger"]', 'show = ["tabel"]', "did you mean table?"),
    ("## Why?", "## What did you see?", "has the same title as another step"),
    ("+++\n\n## Meet", "\n\n## Meet", "must begin with a front matter"),
    ("+++\n\n## Meet", "+++\n\nHello\n\n## Meet", "stands before the first step"),
    ("```lesson\nminutes = 2", "```lesson\nminutes = = 2", "is not valid TOML"),
    ('kind = "observe"', 'kind = "observe"\nlevers = ["x"]', "is not a key of a step of kind observe"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), WRONG)
def test_a_wrong_lesson_is_refused_in_a_plain_sentence(right, wrong, said, tmp_path):
    whole = template("a-lesson")
    assert right in whole
    path = tmp_path / "a-lesson.md"
    path.write_text(whole.replace(right, wrong, 1))
    with pytest.raises(ScenarioErrors) as caught:
        read_lesson(path)
    sentences_said = caught.value.errors
    assert any(said in sentence for sentence in sentences_said), sentences_said
    assert all(sentence.startswith(str(path)) and "\n" not in sentence for sentence in sentences_said)


@pytest.mark.parametrize(("first", "last", "count"), [(1.2, 1.9, 0), (0, 1, 1), (0.5, 2.5, 2)])
def test_a_line_needs_three_whole_years(first, last, count, tmp_path):
    whole = library.shipped_path(library.LESSONS, MAIN).read_text(encoding="utf-8")
    path = tmp_path / "a-lesson.md"
    path.write_text(re.sub("from_year = .*\nto_year = .*", f"from_year = {first}\nto_year = {last}", whole))
    with pytest.raises(ScenarioErrors, match=f"to_year leaves too few whole years to draw: {count}"):
        read_lesson(path)


def test_errors_of_a_step_name_its_line(tmp_path):
    lines = template("a-lesson").splitlines()
    path = tmp_path / "a.md"
    path.write_text("\n".join(lines).replace('type = "choose"', 'type = "chose"'))
    heading = lines.index("## What do you expect?") + 1
    with pytest.raises(
        ScenarioErrors, match=rf'step "What do you expect\?" \(line {heading}\): prediction.type'
    ):
        read_lesson(path)


def test_every_error_of_a_step_names_the_same_line(tmp_path):
    whole = template("a-lesson")
    path = tmp_path / "a.md"
    named = set()
    for right, wrong in (
        ('type = "choose"', 'type = "chose"'),
        ('measure = "direction"', 'measure = "level"'),
        ('[prediction]\n', '[predicton]\n'),
        ('means = "higher"', 'means = "more"'),
    ):  # fmt: skip
        path.write_text(whole.replace(right, wrong))
        with pytest.raises(ScenarioErrors) as caught:
            read_lesson(path)
        named |= {
            re.findall(r"\(line (\d+)\)", error)[0] for error in caught.value.errors if "expect" in error
        }
    assert named == {str(1 + whole.splitlines().index("## What do you expect?"))}


def test_all_errors_of_a_lesson_are_told_at_once(tmp_path):
    whole = template("a-lesson")
    path = tmp_path / "a.md"
    wrong = whole.replace("minutes = 10", 'minutes = "ten"').replace('= "higher"\n', '= "up"\n')
    path.write_text(wrong.replace('"ledger"]', '"leger"]').replace("= 2 }", "= 900 }"))
    with pytest.raises(ScenarioErrors) as caught:
        read_lesson(path)
    said = "\n".join(caught.value.errors)
    assert all(words in said for words in ("minutes is", "direction", "did you mean ledger?", "is 900"))
    assert len(caught.value.errors) == 4


def test_a_lesson_without_steps_is_refused(tmp_path):
    path = tmp_path / "a.md"
    path.write_text(template("a-lesson").partition("## ")[0])
    with pytest.raises(ScenarioErrors, match="steps are 0, but a lesson has 1 to 40"):
        read_lesson(path)


def test_the_template_is_a_right_lesson(tmp_path):
    path = tmp_path / "new.md"
    path.write_text(template("new"))
    assert [step.kind for step in read_lesson(path).steps] == ["text", "predict", "observe", "explain"]


@pytest.mark.parametrize("name", ["../../README", "/etc/passwd", "a/b", "nope", "short-term-fundin"])
def test_a_name_of_a_lesson_never_reaches_outside_its_folder(name):
    with pytest.raises(ScenarioErrors):
        load_lesson(name)


def test_any_text_is_a_lesson_or_refused(tmp_path):
    whole = template("a")
    luck = np.random.default_rng(3)
    path = tmp_path / "a.md"
    for _ in range(150):
        at, length = luck.integers(len(whole)), luck.integers(1, 40)
        path.write_text(
            whole[:at] + whole[at + length :] if luck.random() < 0.6 else whole[:at] + "{[#`\x00" + whole[at:]
        )
        try:
            read_lesson(path)
        except ScenarioErrors as error:
            assert error.errors
