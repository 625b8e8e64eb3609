import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest
from small_study import small_study

from collabsim import demo
from collabsim.analysis.attribution import Attribution
from collabsim.analysis.differences import Difference, Estimate, paired
from collabsim.analysis.ratios import share
from collabsim.cli import app as collabsim
from collabsim.model.state import CHANNELS
from collabsim.outcomes import periods
from collabsim.short_term_funding import page, sentences, tables, terminal
from collabsim.short_term_funding.study import (
    ASKED,
    LONG,
    PERMANENT,
    SHIPPED,
    SHORT,
    WHOLE_CYCLES,
    period_of,
)

LUCK = np.array([-0.02, -0.01, 0.0, 0.01, 0.02])
NOTHING = math.nan


def apart(base: float, other: float, luck: float = 0.1) -> Difference:
    """A paired difference of two levels: sure when luck is small against it."""
    return paired(base + 0 * LUCK, other + luck * LUCK)


def unsure(level: float) -> Difference:
    return paired(level + 0 * LUCK, level + 0.001 + LUCK)


def split(**means: float) -> Attribution:
    """An attribution whose channels have these means."""
    channels = {name: means.get(name, 0.0) + 0.01 * (n + 1) * LUCK for n, name in enumerate(CHANNELS)}
    return Attribution("trust_last", channels, 0 * LUCK, sum(channels.values(), 0 * LUCK))


def estimated(mean: float, low: float, high: float) -> Estimate:
    return Estimate(mean, low, high, 0.0, 5)


# --- shares -------------------------------------------------------------------------------------


def test_share_is_the_ratio_of_the_means_and_its_interval_holds_it():
    part, whole = np.array([1.0, 2.0, 3.0, 2.0]), np.array([3.0, 4.0, 5.0, 4.0])
    found = share(part, whole)
    assert found.mean == pytest.approx(0.5)
    assert found.low < 0.5 < found.high


def test_share_of_a_whole_that_may_be_zero_is_not_told():
    found = share(np.array([1.0, 2.0, 3.0]), np.array([-1.0, 1.0, 0.5]))
    assert math.isnan(found.mean)
    assert math.isnan(found.low)


def test_share_is_the_same_every_time():
    part, whole = np.arange(1.0, 9.0), np.arange(2.0, 10.0)
    assert share(part, whole) == share(part, whole)


def test_share_interval_covers_the_truth_about_as_often_as_it_says():
    luck = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        whole = luck.normal(2, 0.5, 40)
        found = share(0.3 * whole + luck.normal(0, 0.3, 40), whole)
        held += found.low <= 0.3 <= found.high
    assert 0.89 <= held / 200 <= 0.99


# --- the sentence on trust ----------------------------------------------------------------------


def test_trust_lower_under_short_grants_is_said_with_its_size():
    text = sentences.trust_sentence({LONG: apart(0.55, 0.575), PERMANENT: apart(0.55, 0.6)})
    assert text.startswith("Trust between agencies is a little lower under 12-month grants: 0.550 on a scale")
    assert "0.575 under 36-month grants (0.025 more" in text
    assert "0.600 under permanent funding (0.050 more" in text


def test_trust_higher_under_short_grants_is_said_too():
    text = sentences.trust_sentence({LONG: apart(0.6, 0.4)})
    assert "is much higher under 12-month grants" in text
    assert "(0.200 less" in text


def test_trust_that_may_not_differ_is_not_told():
    text = sentences.trust_sentence({LONG: unsure(0.55)})
    assert text.startswith("We cannot tell whether trust between agencies is higher or lower")
    assert "(a difference of [−0.0" in text
    assert sentences.trust_in_short(unsure(0.55)) == "we cannot tell"


@pytest.mark.parametrize(
    ("other", "words"),
    [(0.54, "a little lower"), (0.6, "lower"), (0.8, "much lower"), (0.46, "a little higher")],
)
def test_words_for_sizes_follow_the_relative_difference(other, words):
    assert sentences.trust_in_short(apart(0.5, other)) == words


# --- the sentence on posts, knowledge and continuity --------------------------------------------

WORSE = {
    "posts_filled": apart(0.7, 0.9),
    "knowledge": apart(0.25, 0.35),
    "continuity": apart(9.0, 18.0),
    "worker_changes": apart(1.2, 0.5),
}


def test_consequences_all_worse_and_by_more_than_trust():
    text = sentences.consequences_sentence(WORSE, apart(0.55, 0.575))
    assert "all four measures are worse, by more than trust (4%)" in text
    assert "posts filled 22% lower (70.0 against 90.0%)" in text
    assert "changes of worker 140% higher (1.20 against 0.50 per case)" in text
    assert sentences.consequences_in_short(WORSE, apart(0.55, 0.575)) == "worse, by more than trust"


def test_consequences_with_every_sign_reversed_are_better():
    better = {name: apart(found.other.mean, found.base.mean) for name, found in WORSE.items()}
    text = sentences.consequences_sentence(better, unsure(0.55))
    assert "all four measures are better:" in text
    assert "posts filled 29% higher (90.0 against 70.0%)" in text
    assert sentences.consequences_in_short(better, unsure(0.55)) == "better"


def test_consequences_that_are_not_sure_are_named():
    beyond = {**WORSE, "knowledge": unsure(0.3), "continuity": apart(18.0, 9.0)}
    text = sentences.consequences_sentence(beyond, apart(0.1, 0.575))
    assert "of four measures two are worse and one is better" in text
    assert "two of them by more than trust" in text
    assert text.endswith("we cannot tell for knowledge of shared work.")
    assert sentences.consequences_in_short(beyond, unsure(0.5)) == "mixed"


def test_consequences_none_of_which_is_sure_are_not_told():
    beyond = {name: unsure(found.base.mean) for name, found in WORSE.items()}
    assert sentences.consequences_sentence(beyond, unsure(0.5)).startswith("We cannot tell whether 12-month")
    assert sentences.consequences_in_short(beyond, unsure(0.5)) == "we cannot tell"


# --- the sentence on channels -------------------------------------------------------------------


def test_the_channel_that_carries_most_is_named_with_its_share():
    text = sentences.channels_sentence({"trust": split(nonrenewal=0.03, anticipation=0.01)})
    assert text.startswith("Most of the difference in trust between agencies, 75% [")
    assert "comes through posts lost when a grant is not renewed, and 25% [" in text
    assert "through quits before a grant's end" in text


@pytest.mark.parametrize("way", [1, -1])
def test_the_leading_channel_does_not_depend_on_the_sign_of_the_difference(way):
    found = split(nonrenewal=0.005 * way, gaps=0.03 * way, anticipation=-0.004 * way)
    text = sentences.channels_sentence({"trust": found})
    assert "comes through gaps between grants and slow rehiring" in text
    assert "quits before a grant's end work the other way (−1" in text
    assert sentences.channels_in_short(found) == "mostly gaps between grants and slow rehiring"


def test_channels_too_close_to_call_are_not_ranked():
    found = Attribution(
        "x",
        {name: 0.02 + LUCK * (1 if n % 2 else -0.5) for n, name in enumerate(CHANNELS)},
        0 * LUCK,
        0.1 + 0.01 * LUCK,
    )
    text = sentences.channels_sentence({"trust": found})
    assert text.startswith("We cannot tell whether ")
    assert sentences.channels_in_short(found) == "we cannot tell"


def test_no_channel_is_named_when_there_may_be_no_difference():
    found = Attribution("x", dict.fromkeys(CHANNELS, LUCK), 0 * LUCK, 5 * LUCK)
    assert sentences.channels_sentence({"trust": found}) == (
        "We cannot tell, as we cannot tell whether trust between agencies differs at all."
    )


def test_other_outcomes_are_compared_with_the_first():
    channels = {
        "trust": split(nonrenewal=0.03),
        "knowledge": split(nonrenewal=0.05),
        "posts_filled": split(gaps=0.05),
    }
    text = sentences.channels_sentence(channels)
    assert "the same channel leads for knowledge of shared work" in text
    assert "for posts filled it is gaps between grants" in text


# --- the sentence on arithmetic -----------------------------------------------------------------

BENEFIT = estimated(0.026, 0.024, 0.028)


def test_the_arithmetic_share_is_said_with_what_remains():
    shares = {"trust": estimated(0.62, 0.55, 0.68), "knowledge": estimated(0.6, 0.5, 0.7)}
    text = sentences.arithmetic_sentence(BENEFIT, estimated(0.01, 0.008, 0.012), shares)
    assert text.startswith("62% [55% to 68%] of the difference in trust between agencies is arithmetic")
    assert "the rest remains (+0.010 [+0.008 to +0.012])" in text
    assert "in the same way goes 60% of knowledge of shared work" in text


def test_a_remainder_that_may_be_nothing_is_not_told():
    shares = {"trust": estimated(0.95, 0.8, 1.1)}
    text = sentences.arithmetic_sentence(BENEFIT, estimated(0.001, -0.002, 0.004), shares)
    assert "whether anything remains we cannot tell" in text


def test_a_remainder_of_the_other_sign_is_said():
    shares = {"trust": estimated(1.3, 1.1, 1.5)}
    text = sentences.arithmetic_sentence(BENEFIT, estimated(-0.008, -0.01, -0.006), shares)
    assert text.startswith("All [110% to 150%] of the difference")
    assert "what remains points the other way" in text


def test_a_difference_that_grows_under_the_control_is_not_arithmetic():
    part = estimated(-0.3, -0.5, -0.1)
    text = sentences.arithmetic_sentence(BENEFIT, estimated(0.03, 0.02, 0.04), {"trust": part})
    assert text.startswith("None of the difference in trust between agencies is arithmetic")
    assert sentences.arithmetic_in_short(part) == "none of the difference in trust"


def test_the_arithmetic_share_is_not_told_without_a_sure_difference():
    nothing = estimated(NOTHING, NOTHING, NOTHING)
    text = sentences.arithmetic_sentence(unsure(0.5).difference, unsure(0.5).difference, {"trust": nothing})
    assert text.startswith("We cannot tell how much is arithmetic")
    assert sentences.arithmetic_in_short(nothing) == "we cannot tell"


def test_a_share_that_may_be_zero_is_not_called_arithmetic():
    part = estimated(0.1, -0.1, 0.3)
    text = sentences.arithmetic_sentence(BENEFIT, estimated(0.02, 0.01, 0.03), {"trust": part})
    assert text.startswith("We cannot tell whether any of the difference")
    assert sentences.arithmetic_in_short(part) == "we cannot tell"


# --- what is measured ---------------------------------------------------------------------------


def test_the_period_holds_whole_cycles_of_12_24_and_36_months():
    first, end = periods(10)[WHOLE_CYCLES]
    assert end == 120
    assert [(end - first) % months for months in (12, 24, 36)] == [0, 0, 0]


def test_a_run_too_short_for_whole_cycles_is_measured_in_its_last_year():
    assert period_of(10) == WHOLE_CYCLES
    assert period_of(5) == "last"


def test_ledger_lines_and_causes_both_sum_to_the_change():
    account = small_study().account(LONG)
    causes = sum(tables.of_causes(account).values(), np.zeros_like(account.change))
    assert causes == pytest.approx(account.change, abs=1e-12)
    assert set(account.lines) == {line for lines in tables.CAUSES.values() for line in lines}


def test_quarters_are_means_that_leave_out_missing_months():
    months = np.array([[1.0, 3.0, np.nan, np.nan, np.nan, np.nan]])
    np.testing.assert_array_equal(tables.quarters(months), [[2.0, np.nan]])


# --- the terminal -------------------------------------------------------------------------------


def printed() -> str:
    return terminal.text(small_study(), sentences.answers(small_study()))


def test_the_terminal_needs_no_more_than_80_columns():
    assert max(len(line) for line in printed().splitlines()) <= 80


def test_the_terminal_shows_every_outcome_and_four_sentences():
    lines = printed().splitlines()
    for row in tables.differences(small_study()).drop_duplicates("title")["title"]:
        assert sum(line.startswith(row) for line in lines) == 1
    assert [line[0] for line in lines if line[:3] in ("1. ", "2. ", "3. ", "4. ")] == ["1", "2", "3", "4"]
    assert len(sentences.answers(small_study())) == 4


def test_the_terminal_marks_differences_that_may_be_zero():
    table = tables.differences(small_study())
    doubtful = ((table["low"] <= 0) & (table["high"] >= 0) & (table["funding"] != SHORT)).sum()
    rows = printed().partition("---\n")[2].partition("\n* ")[0]
    assert doubtful > 0
    assert rows.count("?") == doubtful


# --- the command --------------------------------------------------------------------------------


QUICK = ["--replicates", "2", "--channel-replicates", "2", "--years", "1", "--quiet"]


def left_with(words: list[str], command=demo.app) -> int:
    """The status that a command leaves with."""
    with pytest.raises(SystemExit) as stop:
        command(words)
    return stop.value.code


def test_the_demo_prints_the_answer_and_writes_the_report_with_its_numbers(tmp_path, capsys):
    folder = tmp_path / "deep" / "down"
    assert left_with([*QUICK, "--out", str(folder)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("What does short-term funding do to a partnership?")
    assert "Illustrative, not a forecast." in out
    assert str(folder / "report.html") in out
    assert sorted(path.name for path in folder.iterdir()) == [
        "arithmetic.csv",
        "channels.csv",
        "differences.csv",
        "report.html",
        "trajectories.csv",
        "trust_ledger.csv",
    ]
    rows = list(csv.DictReader((folder / "differences.csv").read_text().splitlines()))
    assert len(rows) == len(ASKED) * len(SHIPPED)


@pytest.mark.parametrize(
    "words",
    [["--replicates", "0"], ["--replicates", "many"], ["--years", "-1"], ["--seed", "-1"], ["--speed"]],
)
def test_the_demo_refuses_wrong_words_in_one_sentence(words, capsys):
    assert left_with(words) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_demo_says_in_one_sentence_that_it_cannot_write(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert left_with([*QUICK, "--out", str(tmp_path / "file")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_the_command_in_the_report_gives_the_same_numbers(tmp_path, capsys):
    assert left_with([*page.command(small_study()).split()[3:], "--quiet", "--out", str(tmp_path)]) == 0
    assert sentences.answers(small_study())[0].text in " ".join(capsys.readouterr().out.split())
    assert (tmp_path / "differences.csv").read_text() == tables.differences(small_study()).to_csv(index=False)


# --- the documentation --------------------------------------------------------------------------

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "docs/tutorial/first-run.md"]


def lines_in_blocks(page: Path) -> list[str]:
    blocks = page.read_text().split("```")[1::2]
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_output_in_the_documentation_has_the_form_of_the_output(page):
    form = {re.sub(r"[-+−±\d.?]+", "#", line) for line in printed().splitlines()}
    shown = [line for line in lines_in_blocks(page) if line.startswith(("   ", "Trust", "  scale"))]
    assert len(shown) == 4
    for line in shown:
        assert re.sub(r"[-+−±\d.?]+", "#", line).split() in [known.split() for known in form]


def test_the_commands_of_the_tutorial_work(tmp_path, capsys):
    short = ["--years", "6", "--replicates", "2", "--quiet"]
    lines = [line.split() for line in lines_in_blocks(PAGES[1])]
    for words in (words for words in lines if words[0] == "collabsim"):
        assert left_with([*words[1:], *short], collabsim) == 0
        assert capsys.readouterr().out
    demos = [words[3:] for words in lines if words[0] == "python"]
    assert len(demos) == 1
    assert left_with([*demos[0], *QUICK, "--out", str(tmp_path)]) == 0
