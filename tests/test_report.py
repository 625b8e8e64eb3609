import itertools
import json
import re
from functools import cache
from html.parser import HTMLParser

import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs
from small_study import HOSTILE, hostile_study, small_study

from collabsim.figures.arithmetic import NOTHING
from collabsim.report import Exhibit, Page, Section, Table, html
from collabsim.short_term_funding import page, sentences
from collabsim.short_term_funding.study import SHIPPED, Study

LOADING = ("src", "href", "srcset", "data", "action", "poster", "background")


class Reader(HTMLParser):
    """What a page holds, element by element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self._in = ""
        self.feed(text.replace(get_plotlyjs(), "Plotly"))
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, {name: value or "" for name, value in attributes}))
        self._in = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._in = ""

    def handle_data(self, data):
        if self._in == "script":
            self.scripts[-1] += data
        elif self._in != "style":
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def written(study: Study) -> str:
    return html(page.build(study, sentences.answers(study)))


@cache
def report() -> str:
    return written(small_study())


@cache
def read() -> Reader:
    return Reader(report())


# --- whole in itself ----------------------------------------------------------------------------


def test_the_page_loads_nothing_from_anywhere():
    for tag, attributes in read().elements:
        for name in LOADING:
            value = attributes.get(name, "#")
            assert value.startswith("#"), (tag, name, value)
    assert not read().all("link")
    assert not read().all("iframe")


def test_the_styles_load_nothing():
    styles = re.search(r"<style>(.*?)</style>", report(), re.DOTALL).group(1)
    assert "url(" not in styles
    assert "@import" not in styles


def test_the_page_forbids_itself_to_load_anything():
    policy = next(
        m["content"] for m in read().all("meta") if m.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy


def test_the_drawing_script_is_embedded_once():
    assert report().count(get_plotlyjs()) == 1
    assert len(read().scripts) == 3


def test_figures_are_json_that_cannot_end_their_script():
    figures = json.loads(read().scripts[0])
    assert list(figures) == [f"figure-{n}" for n in range(1, len(figures) + 1)]
    assert "<" not in read().scripts[0]


# --- words from outside are words ---------------------------------------------------------------


def test_a_hostile_scenario_adds_no_element_and_no_script():
    study = hostile_study()
    hostile = Reader(written(study))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in read().elements]
    assert len(hostile.scripts) == 3
    assert not any("alert(1)" in script for script in hostile.scripts[1:])
    assert HOSTILE in " ".join(hostile.words)


def test_a_hostile_figure_title_adds_no_element():
    exhibit = Exhibit(
        HOSTILE,
        go.Figure(layout={"title": {"text": "</script>"}}),
        HOSTILE,
        Table(HOSTILE, ["a"], [[HOSTILE]]),
    )
    text = html(
        Page(
            HOSTILE,
            HOSTILE,
            [(HOSTILE, HOSTILE)],
            HOSTILE,
            HOSTILE,
            [Section("s", HOSTILE, exhibits=[exhibit])],
        )
    )
    assert len(Reader(text).scripts) == 3
    assert "<script>alert" not in text
    assert Reader(text).all("a") == [{"href": "#s"}]


# --- for everybody ------------------------------------------------------------------------------


def test_the_page_names_its_language_and_its_width():
    assert read().all("html") == [{"lang": "en"}]
    assert any(meta.get("name") == "viewport" for meta in read().all("meta"))


def test_headings_go_down_one_level_at_a_time():
    levels = [int(tag[1]) for tag, _ in read().elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_figure_is_told_in_words_with_its_numbers():
    plots = [a for a in read().all("div") if a.get("class") == "plot"]
    assert len(plots) == len(json.loads(read().scripts[0])) == 18
    for plot in plots:
        assert plot["role"] == "img"
        assert len(plot["aria-label"]) > 60
        assert re.search(r"\d\.\d|\d%", plot["aria-label"]) or NOTHING in plot["aria-label"]


def test_every_figure_has_a_table_of_its_numbers():
    figures = re.findall(r"<figure.*?</figure>", report(), re.DOTALL)
    assert len(figures) == 18
    for figure in figures:
        assert "<caption>" in figure
        assert '<th scope="row">' in figure
        assert '<th scope="col">' in figure


def test_every_link_leads_somewhere():
    names = {attributes["id"] for _, attributes in read().elements if "id" in attributes}
    assert {link["href"].removeprefix("#") for link in read().all("a")} <= names


def test_no_two_elements_share_a_name():
    names = [attributes["id"] for _, attributes in read().elements if "id" in attributes]
    assert len(names) == len(set(names))


# --- what it says -------------------------------------------------------------------------------


def test_the_page_gives_the_four_sentences_of_the_terminal():
    words = " ".join(read().words)
    for answer in sentences.answers(small_study()):
        assert answer.about in words
        assert answer.text in words


def test_the_page_says_that_it_is_no_forecast():
    assert " ".join(read().words).count("Illustrative, not a forecast.") == 2


def test_the_page_says_where_the_numbers_come_from():
    words = " ".join(read().words)
    assert page.command(small_study()) in words
    for label in SHIPPED:
        scenario = small_study().scenarios[label]
        assert scenario.digest in words
        assert scenario.title in words


@pytest.mark.parametrize("label", ["12 months", "permanent"])
def test_the_ledger_is_told_in_a_sentence(label):
    text = page.eaten(small_study(), label)
    assert re.search(
        r"meetings (add|take|may add or take) .*comings and goings of staff (add|take|may)", text
    )
