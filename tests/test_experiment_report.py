"""`collabsim report`: a page for every kind of design, read by a parser and looked at in a real browser."""

import itertools
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from doc_pages import blocks, commands, write_files
from small_study import HOSTILE
from test_report import Reader
from typer.testing import CliRunner

from collabsim.cli import app
from collabsim.experiment.design import read_experiment
from collabsim.experiment.execute import run_sweep
from collabsim.experiment.results import Results, load_results
from collabsim.experiment_report import build, origin
from collabsim.experiment_report.called import told
from collabsim.experiment_report.money import _list_prices
from collabsim.experiment_report.study import Study
from collabsim.parameters import PARAMETER
from collabsim.report import Page, html
from collabsim.scenario import load_scenario

PAGE = "docs/how-to/make-a-report.md"
ATTACK = HOSTILE.replace("'", '"')
OUTCOMES = 'outcomes = ["trust_last", "quits_last", "cash_cost_last", "staff_time_cost_last", "recovery"]\n'
FACTORS = """
[factors.colocation]
days = { low = 0, high = 5 }
[factors.key_worker]
fte_per_20 = { low = 0, high = 2 }
"""
GRID = FACTORS.replace("{ low = 0, high = 5 }", "[0, 4]").replace("{ low = 0, high = 2 }", "[0, 1]")
KINDS = {
    "scenarios": f"""
title = '{ATTACK}'
question = '</script><script>alert(2)</script>'
about = '<img src=x onerror=alert(3)>'
scenarios = ["hostile", "short-term-funding-permanent"]
trajectories = true
replicates = 4
[design]
kind = "scenarios"
""",
    "table": 'scenarios = ["mixed-partnership"]\nreplicates = 4\n[design]\nkind = "table"\nfile = "rows.csv"\n',
    "grid": f'scenarios = ["mixed-partnership"]\nreplicates = 4\n[design]\nkind = "grid"\n{GRID}',
    "one-at-a-time": (
        'scenarios = ["mixed-partnership"]\nreplicates = 4\nstructures = ["structure.trust_rule"]\n'
        f'[design]\nkind = "one-at-a-time"\n{GRID}'
    ),
    "lhs": f'scenarios = ["mixed-partnership"]\nreplicates = 2\n[design]\nkind = "lhs"\nsize = 40\n{FACTORS}',
    "morris": f'scenarios = ["mixed-partnership"]\nreplicates = 2\n[design]\nkind = "morris"\nsize = 6\n{FACTORS}',
    "sobol": (
        'scenarios = ["mixed-partnership"]\nreplicates = 4\nyears = 2\nstructures = ["structure.trust_rule"]\n'
        f'[design]\nkind = "sobol"\nsize = 16\ngroups = true\n{FACTORS}'
    ),
    "equal-cost": (
        'scenarios = ["mixed-partnership"]\nreplicates = 2\n'
        f'[design]\nkind = "equal-cost"\nsize = 4\nbudgets = [50000, 100000]\n{FACTORS}'
    ),
}
SECTIONS = ["asked", "ranking", "doubt", "money", "survives", "years", "limits", "method", "origin"]
ROWS = '''label,funding.grant_months,colocation.days
As it is,12,
"<b onmouseover=alert(4)>bold</b> & ""quoted""",36,
Together,,3
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("report")
    (place / "rows.csv").write_text(ROWS)
    (place / "hostile.toml").write_text(
        f"extends = 'short-term-funding'\ntitle = '{ATTACK}'\nabout = '<svg onload=alert(5)>'\n"
    )
    return place


@pytest.fixture(scope="module")
def results(folder):
    """The results of a small experiment of a kind."""

    @cache
    def of(kind: str) -> Results:
        path = folder / f"{kind}.toml"
        years = "" if "years" in KINDS[kind] else "years = 1\n"
        path.write_text(OUTCOMES + years + KINDS[kind])
        ending = run_sweep(read_experiment(path), folder / kind, workers=1, progress="quiet")
        assert ending.status == 0, ending.sentence
        return load_results(folder / kind, design_columns=False)

    return of


@pytest.fixture(scope="module")
def page(results):
    """The page of a small experiment of a kind."""
    return cache(lambda kind: build(results(kind)))


def words_of(page: Page) -> str:
    return " ".join(Reader(html(page)).words)


def answer(page: Page, number: int = 0) -> str:
    return page.answers[number][1]


# --- every kind of design -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_design_has_every_section_and_three_sentences(page, kind):
    found = page(kind)
    keys = [section.key for section in found.sections if section.key not in ("ways", "together")]
    assert keys == SECTIONS
    assert len(found.answers) == 3
    assert all(re.search(r"\d|cannot tell", text) for _, text in found.answers)


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_is_told_in_words_with_numbers_and_every_table_has_a_caption_of_its_own(page, kind):
    exhibits = [exhibit for section in page(kind).sections for exhibit in section.exhibits]
    tables = [table for section in page(kind).sections for table in section.tables]
    assert len(exhibits) >= 4
    assert all(len(e.words) > 60 and re.search(r"\d", e.words) for e in exhibits)
    captions = [table.caption for table in (*tables, *(e.table for e in exhibits))]
    assert len(set(captions)) == len(captions)
    for table in (*tables, *(e.table for e in exhibits)):
        assert {len(row) for row in table.rows} <= {len(table.head)}


@pytest.mark.parametrize("kind", KINDS)
def test_headings_go_down_one_level_at_a_time(page, kind):
    levels = [int(tag[1]) for tag, _ in Reader(html(page(kind))).elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_words_from_files_are_words(page):
    plain = {tag for tag, _ in Reader(html(page("one-at-a-time"))).elements}
    for kind in ("scenarios", "table"):
        text = html(page(kind))
        reader = Reader(text)
        assert len(reader.scripts) == 3
        assert {tag for tag, _ in reader.elements} <= {*plain, "ul", "li"}
        for _, attributes in reader.elements:
            assert not [name for name in attributes if name.startswith("on")]
        assert "alert(" not in reader.scripts[1] + reader.scripts[2]
        assert "</script" not in reader.scripts[0]
        assert "<b onmouseover" not in reader.scripts[0]


def test_the_page_says_the_question_as_it_was_asked(page):
    assert page("scenarios").title == "</script><script>alert(2)</script>"
    assert page("grid").title == "What makes a difference to trust between agencies in the last year?"


# --- what it says -------------------------------------------------------------------------------


def test_the_sentences_follow_the_numbers(results):
    """Trust raised by hand in one row makes that row the answer; without the raise it is another or none."""
    before = results("table")
    raised = before.runs.assign(trust_last=before.runs["trust_last"] + 0.3 * (before.runs["row"] == 1))
    assert '“<b onmouseover=alert(4)>bold</b> & "quoted"” gives the highest' in answer(
        build(replace(before, runs=raised))
    )
    assert "onmouseover" not in answer(build(before)).split("gives the highest")[0]


def test_a_grid_says_which_factor_changes_most(page):
    ranking = page("grid").sections[1]
    assert ranking.exhibits[0].note.startswith("Key worker fte per 20 changes most.")
    assert ranking.exhibits[0].table.rows[0][0] == "key worker, 0 to 1 FTE per 20 posts"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("funding.grant_months", 36.0, "funding grant 36 months"),
        ("key_worker.fte_per_20", 0.5, "key worker 0.5 FTE per 20 posts"),
        ("colocation.days", 1, "colocation 1 day a week"),
        ("meetings.per_month", 4.0, "meetings 4 a month"),
        ("meetings.steering_per_quarter", 1.0, "meetings steering 1 meeting a quarter"),
        ("meetings.protected_time", 0.02, "meetings protected time 2% of time"),
        ("pooled_budget.share", 0.5, "pooled budget 50%"),
        ("power_sharing.paid_participation", 50.0, "power sharing paid participation £50 a day"),
        ("leadership.commitment", 0.8, "leadership commitment 0.8 of 1"),
        ("funding.permanent", np.True_, "funding permanent on"),
        ("handover.standard", "overlap", "handover standard overlap"),
        ("structure.trust_rule", "beta", "structure trust rule beta"),
    ],
)  # fmt: skip
def test_a_dose_is_said_with_its_unit_and_no_word_twice(name, value, words):
    assert told(name, value) == words


def test_every_parameter_can_be_said():
    for name, parameter in PARAMETER.items():
        words = told(name, parameter.default).split()
        assert all(a != b for a, b in itertools.pairwise(words)), words


def test_a_long_label_is_said_in_full_once_and_by_its_letter_after(page):
    texts = [text for _, text in page("grid").answers]
    said = " ".join(texts)
    labels = [row[0] for row in page("grid").sections[1].exhibits[-1].table.rows]
    assert all(
        re.match(r"[A-D]: colocation [04] days a week, key worker [01] FTE per 20 posts$", n) for n in labels
    )
    assert all(said.count(label) <= 1 for label in labels)
    assert re.search("“[A-D]: colocation", texts[0]) and any(f"“{letter}”" in said for letter in "ABCD")


def test_structures_say_what_survives(page):
    survives = next(s for s in page("one-at-a-time").sections if s.key == "survives")
    assert "settings" in survives.paragraphs[0]
    assert [row[0] for row in survives.tables[0].rows]
    assert not any("structure was not varied" in point for point in survives.points)
    ranked = next(s for s in page("sobol").sections if s.key == "survives")
    assert re.search(r"all 2 settings", ranked.paragraphs[0])


def test_where_there_are_several_states_the_places_are_shown(page):
    survives = next(s for s in page("one-at-a-time").sections if s.key == "survives")
    assert survives.exhibits[0].title == "The place of each option in each of 2 states of the world"
    assert [row[0] for row in survives.exhibits[0].table.rows] == [
        "key worker 1 FTE per 20 posts",
        "colocation 4 days a week",
    ]


def test_what_costs_no_more_is_named_apart_from_what_buys_the_most(page):
    text = answer(page("scenarios"), 2)
    assert "Better at no more cost" in text or "cannot tell" in text


def test_coefficients_that_were_drawn_are_said_to_be(results):
    found = results("table")
    members = found.runs.assign(member=found.runs["replicate"] % 2)
    text = words_of(build(replace(found, runs=members)))
    assert "drew its coefficients from the accepted ensemble, 2 sets of them here" in text
    assert "coefficients were not varied" not in text


def test_money_keeps_cash_and_staff_time_apart(page):
    table = next(s for s in page("table").sections if s.key == "money").tables[0]
    assert [table.head[n] for n in (2, 3, 5)] == ["cash a year", "staff time a year", "£10,000 buys"]
    together = next(row for row in table.rows if row[0] == "Together")
    assert together[2].startswith("+£") and "to" in together[2]


def test_recorded_trajectories_are_drawn_and_others_run_again(page):
    for kind, words in (
        ("scenarios", "up to 4 recorded runs"),
        ("grid", "gave the stored numbers bit for bit"),
    ):
        years = next(s for s in page(kind).sections if s.key == "years")
        assert words in years.paragraphs[0]
        assert [e.title for e in years.exhibits][:2] == ["Trust between agencies", "Posts filled"]


def test_runs_of_other_code_are_not_drawn(results, monkeypatch):
    monkeypatch.setattr("collabsim.experiment.replay._changed", lambda plan: ("model",))
    years = next(s for s in build(results("grid")).sections if s.key == "years")
    assert not years.exhibits
    assert "trajectories = true" in years.paragraphs[0]


def test_failures_and_missing_runs_are_said(results):
    found = results("grid")
    failures = pd.DataFrame(
        {
            "row": [3],
            "replicate": [0],
            "seed": [0],
            "failure": ["raised"],
            "error": ["<i>no</i>"],
            "traceback": [""],
        }
    )
    text = words_of(build(replace(found, runs=found.runs.iloc[:-6], failures=failures)))
    assert "The sweep is not finished: 11 of 16 runs (69%) are there" in text
    assert "1 of 16 runs failed, in 1 row, and are left out (the first: <i>no</i>)" in text


@pytest.mark.parametrize("kind", ["grid", "sobol", "lhs"])
def test_a_constant_outcome_is_said_to_be_constant(results, kind):
    found = results(kind)
    page = build(replace(found, runs=found.runs.assign(trust_last=0.5)), "trust_last")
    assert re.search(r"is (exactly )?0\.50* in every run", answer(page))


@pytest.mark.parametrize("kind", ["grid", "sobol"])
def test_an_outcome_without_numbers_is_said_to_have_none(results, kind):
    assert "We cannot tell" in answer(build(results(kind), "recovery"))


def test_luck_alone_ranks_nothing(results):
    found = results("morris")
    luck = np.random.default_rng(1).normal(0.5, 0.01, len(found.runs))
    assert "cannot tell" in answer(build(replace(found, runs=found.runs.assign(trust_last=luck))))


# --- how to get it again ------------------------------------------------------------------------


def test_the_command_gives_the_same_results(results, folder, monkeypatch):
    found = results("table")
    command = origin.command(Study(found, "trust_last"))
    assert command.startswith("collabsim sweep table.toml --replicates 4 --seed 0 --years 1")
    monkeypatch.chdir(folder)
    again = CliRunner().invoke(app, [*command.split()[1:], "-q", "--workers", "1"])
    assert again.exit_code == 0, again.stderr
    assert load_results(folder / "results/table-again").digest == found.digest
    assert command in words_of(build(found))
    assert found.digest in words_of(build(found))


# --- the command --------------------------------------------------------------------------------


def test_the_command_writes_a_page_beside_the_results_and_prints_its_sentences(results, folder):
    done = CliRunner().invoke(app, ["report", str(results("grid").path)])
    assert done.exit_code == 0, done.stderr
    assert done.stderr == f"Written to {folder / 'grid-report.html'}.\n"
    assert "“" in done.stdout and len(done.stdout.splitlines()) == 3
    assert (folder / "grid-report.html").read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["{empty}"], "holds no results of a sweep"),
        (
            ["{grid}", "--outcome", "trust_lsat"],
            ('--outcome is "trust_lsat", but the results hold no such outcome; did you mean'),
        ),
        (["{grid}", "--out", "page.pdf"], '--out is "page.pdf", but must end in .html.'),
        (["{grid}", "--out", "nowhere/page.html"], "there is no such folder"),
        (["{grid}", "--out", "{grid}/page.html"], "lies in the results folder"),
    ],
)
def test_wrong_input_is_one_sentence_and_writes_nothing(results, tmp_path, words, sentence):
    places = {"empty": tmp_path, "grid": results("grid").path}
    done = CliRunner().invoke(app, ["report", *(word.format(**places) for word in words)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in done.stderr and len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


# --- in a browser -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_browser_without_a_network_shows_it_and_axe_finds_nothing(browser, page, folder, kind):
    file = folder / f"{kind}.html"
    file.write_text(html(page(kind)))
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    asked, said = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    tab.goto(file.as_uri())
    tab.wait_for_selector(".plot svg")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert said == []
    assert tab.locator(".plot .main-svg").count() >= len(Reader(file.read_text()).all("figure"))
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(
        tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []
    context.close()


def test_on_a_telephone_it_is_no_wider_than_the_screen_and_every_table_can_be_reached(browser, page, folder):
    file = folder / "phone.html"
    file.write_text(html(page("scenarios")))
    tab = browser.new_page(viewport={"width": 390, "height": 800})
    tab.goto(file.as_uri())
    tab.wait_for_selector(".plot svg")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.evaluate("[...document.querySelectorAll('.scroll')].every(e => e.tabIndex === 0)")
    tab.close()


def test_it_prints_whole(browser, page, folder):
    """Folded parts are unfolded and figures are inside the paper's width."""
    file = folder / "print.html"
    file.write_text(html(page("grid")))
    tab = browser.new_page()
    tab.goto(file.as_uri())
    tab.wait_for_selector(".plot svg")
    assert tab.pdf(format="A4", print_background=True).startswith(b"%PDF")
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate("[...document.querySelectorAll('details.folded')].every(d => d.open)")
    assert tab.evaluate("[...document.querySelectorAll('.plot .main-svg')].every(e => e.clientWidth <= 660)")
    tab.close()


def test_the_commands_and_the_program_of_the_how_to_page_work(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write_files(PAGE, tmp_path)
    sweep, *reports = commands(PAGE)
    few = ("--replicates", "3", "--years", "1", "--workers", "1", "-q")
    for words in ([*sweep, *few], *reports):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, (words, done.stderr)
    assert {path.name for path in tmp_path.rglob("*.html")} == {"our-packages-report.html", "quits.html"}
    (program,) = blocks(PAGE, "python")
    exec(program, {})
    assert capsys.readouterr().out.startswith("('The answer', ")


def test_a_table_of_options_says_of_how_many_runs_a_mean_is(tmp_path):
    path = tmp_path / "cliff.toml"
    path.write_text(
        'scenarios = ["grant-cliff", "short-term-funding"]\nyears = 5\nreplicates = 8\noutcomes = ["recovery"]\n'
        '[design]\nkind = "scenarios"\n'
    )
    assert run_sweep(read_experiment(path), tmp_path / "cliff", workers=1, progress="quiet").status == 0
    said = words_of(build(load_results(tmp_path / "cliff", design_columns=False)))
    assert "47.0 (of 2 of 8 replicates; 6 did not recover)" in said


def test_without_recorded_costs_the_policies_prices_are_taken():
    mixed = load_scenario("mixed-partnership")
    cash, time = _list_prices([mixed, mixed.with_values({"colocation.days": 3.0})], 2)
    assert cash.shape == time.shape == (2, 2)
    assert (cash[0] < cash[1]).all() or (time[0] < time[1]).all()
