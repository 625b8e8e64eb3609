"""Scenarios: what ships, how files extend each other, values from outside, writing and reading again."""

from __future__ import annotations

import dataclasses
import pickle
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from bad_scenarios import AGENCIES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_parameters import accepted_values

from collabsim.file_format import AGENCY, EVENT_KINDS, KEYS, SECTIONS, SOURCE
from collabsim.library import scenario_names, scenario_path
from collabsim.parameters import LEVERS, PARAMETERS, SECTORS, defaults, json_schema
from collabsim.scenario import Agency, Event, Scenario, Source, load_scenario
from collabsim.scenario_text import to_toml

SHIPPED = pytest.mark.parametrize("name", scenario_names())


def written(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


# --- what ships ---------------------------------------------------------------------------------


def test_the_partnerships_of_the_case_studies_ship() -> None:
    assert set(scenario_names()) >= {
        "mixed-partnership", "highland-core-group", "london-joint-learning", "croydon-partnership-board",
        "milton-keynes-alliance", "dudley-wolverhampton-broker", "short-term-funding",
    }  # fmt: skip


@SHIPPED
def test_a_shipped_scenario_cites_its_passage_and_says_it_is_illustrative(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.sources and all(source.passage and source.where for source in scenario.sources)
    assert "illustrative" in scenario.about.casefold()
    assert scenario.title and scenario.group
    assert (scenario.name, scenario.path) == (name, scenario_path(name))


@SHIPPED
def test_a_shipped_scenario_holds_a_value_for_every_parameter(name: str) -> None:
    scenario = load_scenario(name)
    assert list(scenario.policy) == list(scenario.baseline) == list(defaults("lever"))
    assert set(scenario.context) == set(defaults("uncertainty", "constant"))
    assert set(scenario.structure) == set(defaults("structure"))


def test_shipped_titles_and_contents_differ() -> None:
    scenarios = [load_scenario(name) for name in scenario_names()]
    assert len({s.title for s in scenarios}) == len({s.digest for s in scenarios}) == len(scenarios)


def test_the_mixed_partnership_is_the_default() -> None:
    scenario = load_scenario("mixed-partnership")
    assert [agency.posts for agency in scenario.agencies] == [12, 12, 6, 6, 9]
    assert tuple(agency.sector for agency in scenario.agencies) == SECTORS
    assert scenario.policy == scenario.baseline == defaults("lever")
    assert scenario.context == defaults("uncertainty", "constant")
    assert (scenario.years, scenario.burn_in_years, scenario.host) == (10, 2, 4)


@pytest.mark.parametrize(
    ("variant", "changes"),
    [
        ("", {}),
        ("-24-months", {"funding.grant_months": 24}),
        ("-36-months", {"funding.grant_months": 36}),
        ("-60-months", {"funding.grant_months": 60}),
        ("-permanent", {"funding.permanent": True}),
        ("-36-months-equal-annual", {"funding.grant_months": 36, "funding.fix_annual": True}),
    ],
)
def test_short_term_funding_and_its_variants_differ_in_the_policy_alone(variant: str, changes: dict) -> None:
    base, scenario = load_scenario("short-term-funding"), load_scenario(f"short-term-funding{variant}")
    assert base.with_values(changes).digest == scenario.digest
    assert scenario.baseline["funding.grant_months"] == 12
    assert {agency.grant_share for agency in scenario.agencies} == {1.0}
    assert sum(a.posts for a in scenario.agencies) == 45
    assert sum(a.posts for a in scenario.agencies if a.sector == "vcse") > 22


def test_shipped_files_are_found_beside_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "_shipped" / "scenarios"
    folder.mkdir(parents=True)
    written(folder, AGENCIES, "only-this")
    monkeypatch.setattr("collabsim.library._PACKAGE", tmp_path)
    assert scenario_names() == ["only-this"]
    assert load_scenario("only-this").agencies[0].name == "Trust"


# --- reading ------------------------------------------------------------------------------------


def test_agencies_alone_are_a_scenario(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, AGENCIES))
    assert scenario.agencies == (Agency("Trust", "nhs", 12), Agency("Charity", "vcse", 9))
    assert (scenario.title, scenario.host) == ("mine", 1)


def test_without_a_voluntary_agency_the_first_is_host(tmp_path: Path) -> None:
    assert load_scenario(written(tmp_path, AGENCIES.replace("vcse", "la"))).host == 0


def test_a_file_is_read_whatever_its_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf" + AGENCIES.replace("\n", "\r\n").encode())
    assert load_scenario(str(path)).agencies[1].posts == 9


def test_a_child_merges_tables_and_replaces_lists(tmp_path: Path) -> None:
    written(
        tmp_path,
        'title = "Parent"\nyears = 4\n[policy.funding]\ngrant_months = 24\nnotice_months = 3\n'
        '[[events]]\nmonth = 6\nkind = "grant_cliff"\n' + AGENCIES,
        "parent",
    )
    child = 'extends = "parent"\nyears = 5\nevents = []\n[policy.funding]\ngrant_months = 36\n'
    scenario = load_scenario(written(tmp_path, child))
    assert (scenario.title, scenario.years, scenario.events) == ("Parent", 5, ())
    assert (scenario.policy["funding.grant_months"], scenario.policy["funding.notice_months"]) == (36, 3)
    assert len(scenario.agencies) == 2


def test_a_file_may_extend_the_shipped_scenario_of_its_own_name(tmp_path: Path) -> None:
    path = written(tmp_path, 'extends = "mixed-partnership"\nyears = 3\n', "mixed-partnership")
    assert load_scenario(path).years == 3


def test_the_policy_is_the_baseline_with_the_policy_on_top(tmp_path: Path) -> None:
    text = AGENCIES + "[baseline.funding]\ngrant_months = 24\n[policy.training]\ndays_per_year = 2\n"
    scenario = load_scenario(written(tmp_path, text))
    assert scenario.policy["funding.grant_months"] == 24
    assert (scenario.baseline["training.days_per_year"], scenario.policy["training.days_per_year"]) == (0, 2)


def test_events_are_sorted_by_month_and_name_their_agency(tmp_path: Path) -> None:
    events = """
events = [
  { month = 30, kind = "data_breach", agency = "Charity" },
  { month = 6, kind = "policy", set = { "colocation.days" = 2, training.days_per_year = 1 } },
  { month = 6, kind = "demand", value = 1.5, weeks = 13 },
  { month = 6, kind = "leader_departure" },
]
"""
    assert load_scenario(written(tmp_path, events + AGENCIES)).events == (
        Event(6, "policy", policy={"colocation.days": 2, "training.days_per_year": 1}),
        Event(6, "demand", value=1.5, weeks=13),
        Event(6, "leader_departure"),
        Event(30, "data_breach", agency=1),
    )


_PAGE = Path(__file__).parents[1] / "docs" / "reference" / "scenario-files.md"


def test_the_examples_on_the_reference_page_load(tmp_path: Path) -> None:
    partnership, variant = re.findall(r"```toml\n(.*?)```", _PAGE.read_text(), re.DOTALL)
    base = load_scenario(written(tmp_path, partnership, "our-partnership"))
    longer = load_scenario(written(tmp_path, variant, "our-partnership-longer"))
    assert longer == dataclasses.replace(
        base.with_values({"funding.grant_months": 36}), name=longer.name, title=longer.title
    )


def test_the_reference_page_names_every_key_and_kind_of_event() -> None:
    page = _PAGE.read_text()
    keys = {spec.name for spec in (*KEYS, *AGENCY, *SOURCE)} | set(EVENT_KINDS) | set(SECTIONS)
    assert not {key for key in keys if f"`{key}`" not in page}


# --- values from outside ------------------------------------------------------------------------


def test_values_go_where_they_belong() -> None:
    values = {"funding.grant_months": 36, "trust.gain": 0.1, "structure.trust_rule": "beta"}
    base = load_scenario("mixed-partnership")
    scenario = base.with_values(values, years=5)
    assert scenario == load_scenario("mixed-partnership", values, years=5)
    assert (scenario.policy["funding.grant_months"], scenario.baseline["funding.grant_months"]) == (36, 12)
    assert (scenario.context["trust.gain"], scenario.structure["structure.trust_rule"]) == (0.1, "beta")
    assert (scenario.years, base.years) == (5, 10)


def test_a_shorter_run_leaves_out_the_events_after_its_end() -> None:
    scenario = load_scenario("milton-keynes-alliance")
    assert len(scenario.events) == 1
    assert scenario.with_values({}, years=3).events == ()
    assert scenario.with_values({}, years=4).events == scenario.events


def test_the_digest_changes_with_what_a_run_depends_on_and_with_nothing_else() -> None:
    scenario = load_scenario("mixed-partnership")
    assert dataclasses.replace(scenario, title="Other", path=None, name="x").digest == scenario.digest
    assert scenario.with_values({"funding.grant_months": 12}).digest == scenario.digest
    digests = {scenario.with_values({p.name: another(p)}).digest for p in PARAMETERS}
    assert len(digests | {scenario.digest}) == len(PARAMETERS) + 1


def another(parameter: Any) -> Any:
    if parameter.type == "choice":
        return parameter.choices[1]
    if parameter.type == "boolean":
        return not parameter.default
    return parameter.minimum if parameter.default != parameter.minimum else parameter.maximum


@SHIPPED
def test_a_scenario_travels_between_processes(name: str) -> None:
    scenario = load_scenario(name)
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert pickle.loads(pickle.dumps(scenario)).digest == scenario.digest


# --- writing ------------------------------------------------------------------------------------


@SHIPPED
def test_a_shipped_scenario_is_written_and_read_again(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(name)
    assert load_scenario(written(tmp_path, to_toml(scenario), name)) == scenario


_LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
_SHARE = st.none() | st.floats(0, 1)
_LEVER = st.sampled_from(LEVERS).flatmap(lambda p: st.tuples(st.just(p.name), accepted_values(p)))
_LEVERS = st.lists(_LEVER, max_size=5)
_TEXT = st.lists(_LINE, max_size=3).map("\n".join)
_SOURCE = st.builds(Source, _LINE, _LINE)


@st.composite
def _agencies(draw: st.DrawFn) -> tuple[Agency, ...]:
    names = draw(st.lists(_LINE, min_size=2, max_size=6, unique_by=str.casefold))
    rest = [st.sampled_from(SECTORS), st.integers(1, 50), _SHARE, _SHARE, st.just("") | _LINE, _SHARE, _SHARE]
    return tuple(Agency(name, *draw(st.tuples(*rest))) for name in names)


@st.composite
def _event(draw: st.DrawFn, agencies: int) -> Event:
    kind = draw(st.sampled_from(list(EVENT_KINDS)))
    if kind == "policy":
        policy = draw(st.dictionaries(st.just("colocation.days"), st.floats(0, 5), min_size=1))
        return Event(draw(st.floats(0, 119)), kind, policy=policy)
    value = draw(st.floats(0, 1)) if kind in ("demand", "reorganisation") else 0.0
    weeks = draw(st.floats(1, 99)) if kind == "demand" else 0.0
    may_name = kind in ("grant_cliff", "leader_departure", "data_breach")
    agency = draw(st.integers(0 if kind == "data_breach" else -1, agencies - 1)) if may_name else -1
    return Event(draw(st.floats(0, 119)), kind, agency, value, weeks)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    agencies = draw(_agencies())
    baseline = {**defaults("lever"), **dict(draw(_LEVERS))}
    context = {**defaults("uncertainty", "constant"), "trust.gain": draw(st.floats(0, 1))}
    events = draw(st.lists(_event(len(agencies)), max_size=4))
    return Scenario(
        "mine", draw(_LINE), draw(_LINE), draw(_TEXT), tuple(draw(st.lists(_SOURCE, max_size=2))), agencies,
        draw(st.integers(0, len(agencies) - 1)), baseline, {**baseline, **dict(draw(_LEVERS))},
        context, defaults("structure"), tuple(sorted(events, key=lambda event: event.month)),
        burn_in_years=draw(st.integers(0, 5)),
    )  # fmt: skip


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(scenario=scenarios())
def test_any_scenario_is_written_and_read_again(scenario: Scenario, tmp_path: Path) -> None:
    again = load_scenario(written(tmp_path, to_toml(scenario)))
    assert again == scenario
    assert again.digest == scenario.digest


@pytest.mark.parametrize(
    ("title", "begins"),
    [
        ("Mine, with " + ", ".join(f"colocation.days = {day}" for day in range(20)), "Mine, with "),
        ("Early, " + "word " * 60, "Early, word word"),
        ("w" * 250, "wwww"),
    ],
)
def test_a_title_that_is_too_long_for_a_file_is_cut_between_words(
    title: str, begins: str, tmp_path: Path
) -> None:
    scenario = dataclasses.replace(load_scenario("mixed-partnership"), title=title)
    again = load_scenario(written(tmp_path, to_toml(scenario)))
    whole, dots = again.title[:-4], again.title[-4:]
    assert again.digest == scenario.digest and dots == " ..." and 170 < len(again.title) <= 200
    assert whole.startswith(begins) and title.startswith(whole)
    assert title[len(whole)] == " " or " " not in title
    assert whole.endswith(",") or not title.startswith("Mine")


# --- the JSON Schema ----------------------------------------------------------------------------


def fits(schema: dict[str, Any], value: Any) -> bool:
    """Whether a value fits the part of JSON Schema that `json_schema` uses."""
    if "oneOf" in schema:
        return sum(fits(one, value) for one in schema["oneOf"]) == 1
    if "const" in schema:
        return bool(value == schema["const"])
    types = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "number": (int, float),
        "integer": int,
    }
    if not isinstance(value, types[schema["type"]]):
        return False
    if isinstance(value, dict):
        known = schema["properties"]
        whole = set(schema.get("required", [])) <= set(value) <= set(known)
        return whole and all(fits(known[key], inside) for key, inside in value.items())
    if isinstance(value, list):
        return all(fits(schema["items"], inside) for inside in value)
    if isinstance(value, str):
        return value in schema.get("enum", [value])
    return schema.get("minimum", value) <= value <= schema.get("maximum", value)


@SHIPPED
def test_a_shipped_scenario_fits_the_schema(name: str) -> None:
    assert fits(json_schema(), tomllib.loads(scenario_path(name).read_text()))
    assert fits(json_schema(), tomllib.loads(to_toml(load_scenario(name))))


@pytest.mark.parametrize(
    "text", ["titel = 'x'", "years = 0", "[policy.funding]\ngrant_months = 2", "agencies = [1]"]
)
def test_a_wrong_file_does_not_fit_the_schema(text: str) -> None:
    assert not fits(json_schema(), tomllib.loads(text))
