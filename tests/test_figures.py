import json
from itertools import combinations

import pandas as pd
import pytest

from collabsim import display
from collabsim.figures import arithmetic, causes, channels, differences, style, trajectories
from collabsim.outcomes import OUTCOME
from collabsim.short_term_funding import sentences

TRUST, POSTS = OUTCOME["trust"], OUTCOME["posts_filled"]
TAGS = "<b onclick=alert(1)>36</b>"


def course(*labels: str) -> pd.DataFrame:
    years = [-0.5, 0.5, 1.5]
    rows = [
        {"funding": label, "year": year, "mean": 0.5 + 0.1 * n, "low": 0.4, "high": 0.8}
        for n, label in enumerate(labels)
        for year in years
    ]
    return pd.DataFrame(rows)


def intervals(column: str, names: list[str], middle: str = "difference") -> pd.DataFrame:
    return pd.DataFrame({column: names, middle: 0.2, "low": 0.1, "high": 0.3})


def texts(figure) -> str:
    """Every text of a figure, as its page holds it."""
    return json.dumps(json.loads(figure.to_json()), ensure_ascii=False)


# --- colour is never alone, and stands out ------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast_with_white(colour: str) -> float:
    return 1.05 / (luminance(colour) + 0.05)


@pytest.mark.parametrize("stroke", style.STROKES, ids=lambda stroke: stroke.colour)
def test_every_colour_stands_out_from_white_at_3_to_1(stroke):
    assert contrast_with_white(stroke.colour) >= 3


@pytest.mark.parametrize("colour", [style.INK, style.FAINT])
def test_words_stand_out_from_white_at_4_5_to_1(colour):
    assert contrast_with_white(colour) >= 4.5


def test_no_two_strokes_share_a_dash_a_symbol_or_a_pattern():
    for one, other in combinations(style.STROKES, 2):
        assert one.dash != other.dash
        assert one.symbol != other.symbol
        assert one.pattern != other.pattern


# --- the course of the years --------------------------------------------------------------------


def test_a_course_has_a_line_and_a_band_for_each_funding():
    figure = trajectories.trajectory(course("12 months", "36 months"), TRUST)
    assert [trace.name for trace in figure.data if trace.name] == ["12 months", "36 months"]
    assert [trace.fill for trace in figure.data].count("toself") == 2
    assert len({trace.line.dash for trace in figure.data if trace.name}) == 2


def test_a_course_is_drawn_in_the_unit_that_people_read():
    line = trajectories.trajectory(course("12 months"), POSTS).data[1]
    assert list(line.y) == [50, 50, 50]


def test_the_years_before_the_policy_are_shaded_up_to_its_start():
    shade = trajectories.trajectory(course("12 months"), TRUST).layout.shapes[0]
    assert (shade.x0, shade.x1) == (-0.5, 0)


def test_a_course_in_words_gives_start_and_ends():
    words = trajectories.in_words(course("12 months", "36 months"), POSTS)
    assert "before the policy's start it is 55.0" in words
    assert "60.0 with 36 months (eight in ten between 40.0 to 80.0)" in words


# --- differences, causes, channels, arithmetic --------------------------------------------------


def test_differences_carry_their_intervals_and_mark_the_control():
    table = intervals("funding", ["36 months", "36 months, equal"])
    points = differences.differences(table, POSTS, "36 months, equal").data[0]
    assert list(points.error_x.array) == pytest.approx([10, 10])
    assert list(points.error_x.arrayminus) == pytest.approx([10, 10])
    assert list(points.marker.symbol) == ["circle", "circle-open"]


def test_differences_in_words_give_every_number():
    words = differences.in_words(intervals("funding", ["36 months"]), POSTS)
    assert "36 months +20.0 (+10.0 to +30.0)" in words


def test_causes_are_drawn_for_every_funding():
    table = pd.concat([intervals("cause", ["Newcomers"], "change").assign(funding=f) for f in ("12", "36")])
    figure = causes.causes(table)
    assert [bar.name for bar in figure.data] == ["12", "36"]
    assert "with 12: newcomers +0.200" in causes.in_words(table).lower()


def test_channels_are_drawn_with_intervals():
    table = intervals("channel", ["Gaps"])
    bars = channels.channels(table, POSTS).data[0]
    assert list(bars.x) == [20]
    assert list(bars.error_x.array) == pytest.approx([10])
    assert "gaps +20.0" in channels.in_words(table, POSTS)


def test_the_two_parts_of_the_arithmetic_sum_to_the_whole():
    table = pd.DataFrame({"title": ["Trust"], "share_gone": [0.62], "low": [0.5], "high": [0.7]})
    gone, remains, border = arithmetic.arithmetic(table).data
    assert gone.x[0] + remains.x[0] == pytest.approx(100)
    assert border.x[0] == pytest.approx(62)
    assert "trust 62%" in arithmetic.in_words(table)


def test_an_outcome_whose_share_is_not_told_is_left_out():
    table = pd.DataFrame(
        {"title": ["Trust", "Quits"], "share_gone": [0.62, None], "low": [0.5, None], "high": [0.7, None]}
    )
    assert len(arithmetic.arithmetic(table).data[0].x) == 1


def test_a_figure_without_a_share_that_is_told_says_so():
    table = pd.DataFrame({"title": ["Trust"], "share_gone": [None], "low": [None], "high": [None]})
    (told,) = arithmetic.arithmetic(table).layout.annotations
    assert told.text.replace("<br>", " ") == arithmetic.NOTHING
    assert arithmetic.NOTHING in arithmetic.in_words(table)


@pytest.mark.parametrize(
    "figure",
    [
        trajectories.trajectory(course(TAGS), TRUST),
        differences.differences(intervals("funding", [TAGS]), TRUST),
        causes.causes(intervals("cause", [TAGS], "change").assign(funding=TAGS)),
        channels.channels(intervals("channel", [TAGS]), TRUST),
        arithmetic.arithmetic(
            pd.DataFrame({"title": [TAGS], "share_gone": [0.5], "low": [0.4], "high": [0.6]})
        ),
    ],
    ids=["trajectory", "differences", "causes", "channels", "arithmetic"],
)
def test_a_tag_in_a_name_is_drawn_as_it_is_written(figure):
    assert "<b " not in texts(figure)
    assert "&lt;b" in texts(figure)


def test_figures_name_no_other_address():
    assert "http" not in texts(trajectories.trajectory(course("12 months"), TRUST))


# --- numbers for people -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (0.0261, 3, True, "+0.026"),
        (-0.0261, 3, True, "−0.026"),
        (-0.0001, 3, True, "0.000"),
        (0.0, 1, True, "0.0"),
        (1234567.8, 0, False, "1,234,568"),
        (float("nan"), 2, True, "–"),
        (float("inf"), 2, False, "–"),
    ],
)
def test_numbers_are_written_as_people_read_them(value, decimals, signed, text):
    assert display.number(value, decimals, signed=signed) == text


@pytest.mark.parametrize("name", OUTCOME)
def test_every_outcome_has_a_scale(name):
    assert display.scale(OUTCOME[name]).level(0.5)


def test_every_name_in_the_sentences_is_of_an_outcome():
    assert set(sentences.NAMES) <= set(OUTCOME)
