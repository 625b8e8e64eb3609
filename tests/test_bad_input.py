"""Whatever is wrong with a scenario file is said in plain sentences, all of them at once."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from bad_scenarios import AGENCIES, BAD_SCENARIOS, BadScenario
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collabsim.library import scenario_path
from collabsim.parameters import PARAMETERS
from collabsim.scenario import ScenarioErrors, load_scenario

NUMBERS = [p for p in PARAMETERS if p.type in ("number", "integer")]


def refusal(path: Path | str, values: dict | None = None, years: int | None = None) -> list[str]:
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path, values, years)
    return caught.value.errors


@pytest.mark.parametrize("bad", BAD_SCENARIOS, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_with_the_words_that_help(bad: BadScenario, tmp_path: Path) -> None:
    errors = refusal(bad.written(tmp_path))
    text = "\n".join(errors)
    assert all(word in text for word in bad.words), text


@pytest.mark.parametrize("bad", BAD_SCENARIOS, ids=lambda bad: bad.name)
def test_an_error_is_one_printable_sentence(bad: BadScenario, tmp_path: Path) -> None:
    for error in refusal(bad.written(tmp_path)):
        assert error.isprintable()
        assert error[-1] in ".?"
        assert "Traceback" not in error and "Error" not in error
        assert "None" not in error


def test_every_error_is_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "many.toml"
    path.write_text(
        'titel = "x"\nhost = "Nobody"\n' + AGENCIES + "[policy.funding]\ngrant_months = 2\npermanent = 1\n"
        '[context.trust]\ngain = nan\n[[events]]\nmonth = 500\nkind = "grant_cliff"\n'
    )
    errors = refusal(path, {"trust.los": 0.1}, years=0)
    keys = ("titel", "host", "grant_months", "permanent", "gain", "events[1].month", "trust.los", "years")
    for key in keys:
        assert sum(f": {key} " in e or f".{key} " in e for e in errors) == 1, (key, errors)
    assert len(errors) == 8


def test_errors_of_a_child_are_reported_though_its_parent_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "child.toml"
    path.write_text('extends = "nowhere"\nyears = 0\n')
    assert len(refusal(path)) == 2


def test_an_error_names_the_file_as_the_user_wrote_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.toml").write_text("years = 0")
    assert all(error.startswith("mine.toml: ") for error in refusal("mine.toml"))


@pytest.mark.parametrize(
    "name", ["../pyproject", "/etc/passwd", "..", "", ".", "a b", "\x1b[31m", "mixed-partnership\n"]
)
def test_a_shipped_name_never_reaches_outside_its_folder(name: str) -> None:
    with pytest.raises(LookupError):
        scenario_path(name)
    assert refusal(name)


def test_an_unknown_name_gets_the_nearest() -> None:
    (error,) = refusal("short-term-fundng")
    assert "did you mean short-term-funding?" in error


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"funding.grant_moths": 6}, "did you mean funding.grant_months?"),
        ({"grant_months": 6}, "did you mean funding.grant_months?"),
        ({"funding.grant_months": "3 years"}, "did you mean 36?"),
        ({"funding.grant_months": True}, "is true"),
        ({"funding.grant_months": None}, "None"),
        ({"structure.trust_rule": "gamma"}, "one of delta, beta"),
        ({"trust.gain": np.float64("nan")}, "is nan"),
        ({"": 1}, "not a known name"),
    ],
)
def test_a_wrong_value_from_outside_the_file_is_refused(values: dict, words: str) -> None:
    (error,) = refusal("mixed-partnership", values)
    assert words in error
    with pytest.raises(ScenarioErrors):
        load_scenario("mixed-partnership").with_values(values)


@pytest.mark.parametrize("years", [0, -1, 101, 2.5, True, "ten"])
def test_wrong_years_are_refused(years: int) -> None:
    assert "years" in refusal("mixed-partnership", years=years)[0]


@given(st.sampled_from(NUMBERS), st.floats(min_value=1e-6, max_value=1e12), st.booleans())
def test_any_value_outside_the_accepted_range_is_refused(parameter, beyond, above) -> None:
    value = parameter.maximum + beyond if above else parameter.minimum - beyond
    (error,) = refusal("mixed-partnership", {parameter.name: value})
    assert parameter.name in error


@given(st.sampled_from(PARAMETERS), st.none() | st.text() | st.lists(st.integers()) | st.binary())
def test_any_value_of_a_wrong_type_is_refused(parameter, value) -> None:
    if value not in parameter.choices:
        assert refusal("mixed-partnership", {parameter.name: value})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_whatever_causes_any_other_exception(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    assert refusal(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(
        ["title", "years", "host", "extends", "agencies", "events", "sources", "policy", "structure"]
    ),
    value=st.sampled_from(
        ["1", "true", "nan", "[]", "[1]", "{}", "{a=1}", '"x"', "[{}]", "[{kind='policy'}]"]
    ),
)
def test_any_key_may_hold_anything_without_a_traceback(key: str, value: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(f"{key} = {value}\n")
    assert all(re.match(r".*odd\.toml", error) for error in refusal(path))


def test_a_wrong_kind_of_event_does_not_hide_a_wrong_agency(tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text(f'{AGENCIES}[[events]]\nmonth = 3\nkind = "grant_clif"\nagency = "Nobody"\n')
    kind, agency = refusal(path)
    assert "did you mean grant_cliff?" in kind
    assert "events[1].agency" in agency and "no agency of that name" in agency


@pytest.mark.parametrize(
    ("given", "hint"), [("yes", "true?"), ("True", "true?"), ("true", "true, without quotes?")]
)
def test_quotes_are_spoken_of_where_there_are_some(given: str, hint: str) -> None:
    (error,) = refusal("mixed-partnership", {"funding.permanent": given})
    assert error.endswith(f"did you mean {hint}")
