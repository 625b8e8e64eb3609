"""The patterns: their table, how they are measured, what a verdict means, and how it is written down."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from partnerships import partnership
from small_study import HOSTILE
from typer.testing import CliRunner

from collabsim.analysis.differences import Estimate, estimate
from collabsim.cli import app
from collabsim.model.simulate import run_once
from collabsim.validation import (
    funding,
    otherwise,
    patterns,
    report,
    staff,
    sums,
    teams,
    trust,
    work,
    written,
)
from collabsim.validation.kinds import CANNOT_TELL, INSIDE, NOT_MEASURED, OUTSIDE, judged, verdict
from collabsim.validation.lab import Lab
from collabsim.validation.page import page
from collabsim.validation.patterns import PATTERNS
from collabsim.validation.service import by_agency, counted, leavers, service
from collabsim.validation.structures import variants

ROOT = Path(__file__).parents[1]
NUMBERS = (
    1, 2, 3, 4, 6, 7, 8, 10, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 25, 26, 27, 29, 30, 32, 33, 34, 36, 37, 38,
    39, 40, 42, 43, 44, 45,
)  # fmt: skip
"""Of the evidence: the numbers of its patterns are not consecutive."""
FEW = tuple(p for p in PATTERNS if p.number in (19, 21, 25))
"""Patterns that take a moment."""


# --- the table ------------------------------------------------------------------------------------


def test_no_pattern_of_the_evidence_is_dropped() -> None:
    assert tuple(p.number for p in PATTERNS) == NUMBERS


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda p: str(p.number))
def test_every_pattern_has_a_source_a_grade_and_ranges_that_can_be_missed(pattern: patterns.Pattern) -> None:
    assert pattern.source and pattern.grade in "ABCD" and pattern.checks
    for check in pattern.checks:
        assert check.low < check.high and (math.isfinite(check.low) or math.isfinite(check.high))
        assert (check.measure is None) == bool(check.missing)


def test_there_are_sixteen_structures_the_default_first_and_trust_in_two_dimensions_beside_them() -> None:
    names = list(variants())
    assert names[0] == "default" and len(names) == 17 and names[-1] == "two-dimensions"
    assert names[-2] == "beta+zero+fast+privacy-calculus"


# --- verdicts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.25, 0.35, INSIDE), (0.35, 0.45, CANNOT_TELL), (0.45, 0.5, OUTSIDE), (0.1, 0.15, OUTSIDE)],
)
def test_a_verdict_is_certain_only_when_the_whole_interval_is(low: float, high: float, expected: str) -> None:
    assert verdict(Estimate((low + high) / 2, low, high, 0.1, 9), 0.2, 0.4) == expected


def test_a_number_that_does_not_exist_is_neither_inside_nor_outside() -> None:
    assert verdict(Estimate(math.nan, math.nan, math.nan, math.nan, 3), 0, 1) == CANNOT_TELL


def test_what_cannot_be_measured_is_reported_with_its_reason() -> None:
    (care,) = [c for p in PATTERNS for c in p.checks if c.measure is None]
    found = judged(replace(PATTERNS[0], checks=(care,)), Lab())
    assert found.verdict == NOT_MEASURED and "care providers" in care.missing


# --- statistics of sums -------------------------------------------------------------------------------


def test_the_jackknife_of_a_mean_is_the_interval_of_student() -> None:
    values = np.array([0.2, 0.5, 0.1, 0.9, 0.4])
    found = sums.jackknife(sums.mean, np.array([[1.0, value, value**2] for value in values]))
    assert (found.low, found.high) == pytest.approx((estimate(values).low, estimate(values).high))


def test_statistics_agree_with_numpy() -> None:
    x, y = np.random.default_rng(1).normal(size=(2, 50))
    assert sums.correlation(sums.moments(x, y)) == pytest.approx(np.corrcoef(x, y)[0, 1])
    assert sums.slope(sums.moments(x, y)) == pytest.approx(np.polyfit(x, y, 1)[0])
    assert sums.curvature(sums.powers(x, y)) == pytest.approx(np.polyfit(x, y, 2)[0])
    both = np.array([sums.moments(x), sums.moments(y)])
    assert sums.standardised(both) == pytest.approx((y.mean() - x.mean()) / x.std())


def test_the_ratio_over_strata_is_not_fooled_by_who_is_where() -> None:
    strata = np.array([[10, 100, 30, 600], [40, 1000, 2, 100]], dtype=float)  # twice as many in each stratum
    assert sums.mantel_haenszel(strata) == pytest.approx(2.0)
    assert math.isnan(sums.mantel_haenszel(np.zeros((2, 4))))


# --- measuring ------------------------------------------------------------------------------------------


def test_person_weeks_and_quits_of_spells_are_those_of_the_series() -> None:
    run = run_once(partnership(years=6), replicate=2, record=("events",))
    s = service(run)
    assert by_agency(s, leavers(s, begin=0), 5).sum() == run.series["quits"].sum()
    assert by_agency(s, counted(s, begin=0), 5).sum() == run.series["filled_weeks"].sum()
    bands = [counted(s, low, high, 0).sum() for low, high in ((0, 52), (52, 260), (260, 10_000))]
    assert sum(bands) == counted(s, begin=0).sum()


def test_the_years_of_a_run_add_up_to_the_whole() -> None:
    s = service(run_once(partnership(years=6), replicate=2, record=("events",)))
    years = [(52 * year, 52 * year + 52) for year in range(6)]
    for measure in (counted, leavers):
        assert np.array_equal(
            sum(measure(s, begin=a, until=b).astype(int) for a, b in years), measure(s, begin=0)
        )


def test_a_team_is_those_who_share_a_case_as_they_were_surveyed() -> None:
    run = run_once(partnership(years=6), record=("cases", "relationships"))
    trust, performance = teams._teams(run)
    last = run.snapshots[run.snapshots["week"] == 259]
    both = {frozenset((row["post"], row["other"])): (row["trust"] + row["trust_back"]) / 2 for row in last}
    case = run.closed_cases[(run.closed_cases["closed"] >= 260) & (run.closed_cases["members"] == 2)][0]
    (mine,) = np.flatnonzero(performance == case["performance"])
    assert trust[mine] == pytest.approx(both[frozenset((case["post_0"], case["post_1"]))])


def test_what_is_measured_otherwise_is_named_for_a_pattern_of_the_table() -> None:
    assert {other.number for other in otherwise.OTHERS} <= set(NUMBERS)
    kept = json.loads((ROOT / "benchmarks/results/validation.json").read_text())
    one = {"number": 7, "what": "a word", "unit": "r", "mean": 0.5, "low": 0.4, "high": 0.6}
    text = page({**kept, "otherwise": [one]})
    assert "## Measured otherwise" in text and "- Pattern 7, a word: 0.5 (0.4 to 0.6) r." in text


def test_a_measure_follows_the_model() -> None:
    mild, harsh = (Lab(values={"trust.loss": loss}) for loss in (0.08, 0.32))
    assert trust.loss_against_gain(mild).mean == pytest.approx(1.0)
    assert trust.loss_against_gain(harsh).mean == pytest.approx(4.0)
    assert work.kept("none")(Lab(replicates=8)).mean == pytest.approx(0.1 + 0.9 * 0.35)
    assert staff.weeks_to_full_output(Lab(values={"hiring.ramp": 20.0})).mean == 50


def test_a_model_without_the_pattern_is_outside() -> None:
    pattern = next(p for p in PATTERNS if p.number == 21)
    assert judged(pattern, Lab(values={"trust.loss": 0.08})).verdict == OUTSIDE
    assert judged(pattern, Lab()).verdict == INSIDE


def test_deception_leaves_a_mark_that_a_lapse_does_not() -> None:
    lab = Lab(replicates=16)
    assert trust.after_a_lapse(lab).low > 0 > trust.after_deception(lab).high


def test_the_same_seed_gives_the_same_verdicts_whatever_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "PATTERNS", FEW)
    one, two = (report.to_json(report.validate(replicates=4, workers=workers)) for workers in (1, 2))
    assert one == two


# --- a gap that does not come ------------------------------------------------------------------------------


def worlds(knowledge_falls: int | None, trust_falls: int | None, months: int = 24) -> np.ndarray:
    """Four equal replicates in which knowledge and trust halve in a month of the second world, or never do."""
    pieces = np.ones((4, 2, 2, 2, months))
    for outcome, month in enumerate((knowledge_falls, trust_falls)):
        if month is not None:
            pieces[:, 1, outcome, 0, month - 1 :] = 0.5
    return pieces


def told(knowledge_falls: int | None, trust_falls: int | None) -> tuple[str, str, dict[str, object]]:
    """Verdict, words and JSON of a lead of which at least 0 is accepted."""
    found = funding.lead_before_trust(worlds(knowledge_falls, trust_falls))
    pattern = next(p for p in PATTERNS if p.number == 44)
    check = replace(pattern.checks[0], measure=lambda lab: found)
    row = report.to_json(report.Report({"default": [judged(replace(pattern, checks=(check,)), Lab())]}, 4, 0))
    (one,) = row["structures"]["default"][0]["checks"]
    return one["verdict"], written.figure(one), one


def test_a_lead_that_was_seen_is_a_figure() -> None:
    verdict_, words, one = told(6, 16)
    assert (verdict_, words) == (INSIDE, "10") and "censored" not in one


def test_a_gap_of_trust_that_does_not_come_leaves_a_lower_bound_that_says_so() -> None:
    verdict_, words, one = told(6, None)
    assert (verdict_, words) == (INSIDE, "more than 18 (trust does not reach it in 2 years)")
    assert (one["mean"], one["high"]) == (18, None) and one[
        "censored"
    ] == "trust does not reach it in 2 years"


def test_a_gap_that_only_trust_reaches_leaves_an_upper_bound() -> None:
    verdict_, words, _ = told(None, 6)
    assert (verdict_, words) == (OUTSIDE, "less than -18 (only trust reaches it in 2 years)")


def test_without_any_gap_nothing_can_be_told() -> None:
    verdict_, words, one = told(None, None)
    assert (verdict_, words) == (CANNOT_TELL, "neither reaches it in 2 years") and one["mean"] is None


def test_an_interval_is_open_where_one_replicate_decides_whether_the_gap_comes() -> None:
    pieces = worlds(6, None)
    pieces[0, 1, 1, 0, 15:] = 0.5  # 12.5% of the mean of four; without this replicate there is no gap
    found = funding.lead_before_trust(pieces)
    assert found.mean == 12 and found.high == math.inf and not isinstance(found, sums.Bound)
    assert written.figure({"mean": 11.0, "low": 2.0, "high": None}) == "11 (2 or more)"


def test_the_bound_stands_on_the_html_page_and_in_the_documentation() -> None:
    kept = json.loads((ROOT / "benchmarks/results/validation.json").read_text())
    words = "more than 102 (trust does not reach it in 10 years)"
    assert words in page(kept) and words in written.to_html(kept)


# --- the formula ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wrong", "expected"), [(1.0, INSIDE), (1.6, OUTSIDE), (0.6, OUTSIDE)])
def test_a_formula_that_is_not_the_model_is_outside_on_either_side(
    monkeypatch: pytest.MonkeyPatch, wrong: float, expected: str
) -> None:
    right = trust._speed
    monkeypatch.setattr(
        trust, "_speed", lambda scenario, days: (wrong * right(scenario, days)[0], right(scenario, days)[1])
    )
    check = next(c for p in PATTERNS if p.number == 43 for c in p.checks if "half, co-located" in c.what)
    assert verdict(trust.at_half(trust.CO_LOCATED)(Lab(replicates=60)), check.low, check.high) == expected


# --- written down ------------------------------------------------------------------------------------------


def hostile() -> dict[str, object]:
    """Verdicts whose words are an attack."""
    evil = replace(FEW[0], statement=HOSTILE, source=HOSTILE)
    found = report.Report({"default": [judged(evil, Lab())], "beta": [judged(evil, Lab())]}, 4, 0)
    return report.to_json(found)


def test_the_page_escapes_every_word() -> None:
    text = written.to_html(hostile())
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text
    assert "https://" not in text.replace(HOSTILE, "").replace("https://example.org", "")


def test_markdown_has_a_line_for_every_number() -> None:
    found = report.to_json(report.Report({"default": [judged(p, Lab()) for p in FEW]}, 4, 0))
    lines = written.to_markdown(found).splitlines()
    assert sum(line.startswith(("| 19", "| 21", "| 25")) for line in lines) == 3


def test_failures_name_the_structures_and_the_figures() -> None:
    pattern = next(p for p in PATTERNS if p.number == 21)
    found = {"default": [judged(pattern, Lab(values={"trust.loss": 0.08}))], "beta": [judged(pattern, Lab())]}
    (line,) = written.failures(report.to_json(report.Report(found, 4, 0)))
    assert "1 (ratio) where 1.5 to 4 is accepted, in default." in line


def test_the_documentation_holds_the_verdicts_that_are_kept_and_the_present_table() -> None:
    kept = json.loads((ROOT / "benchmarks/results/validation.json").read_text())
    text = (ROOT / "docs/explanation/what-the-model-gets-right-and-wrong.md").read_text()
    assert text == page(kept) and kept["model"] in text
    others = [(one.number, one.what, one.unit) for one in otherwise.OTHERS]
    assert [(one["number"], one["what"], one["unit"]) for one in kept["otherwise"]] == others
    assert list(kept["structures"]) == [name for name in variants() if name in kept["structures"]]
    for rows in kept["structures"].values():
        assert [row["number"] for row in rows] == list(NUMBERS)
        told = [(check["what"], check["accepted"]) for row in rows for check in row["checks"]]
        table = [(c.what, [_end(c.low), _end(c.high)]) for p in PATTERNS for c in p.checks]
        assert told == table


def _end(value: float) -> float | None:
    return value if math.isfinite(value) else None


# --- the command ----------------------------------------------------------------------------------------------


def call(*words: str) -> object:
    return CliRunner().invoke(app, ["validate", *words])


def test_the_command_prints_and_writes_verdicts_and_ends_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(report, "PATTERNS", FEW)
    files = [tmp_path / name for name in ("v.md", "v.html", "v.json")]
    outs = [word for file in files for word in ("--out", str(file))]
    found = call("--replicates", "4", "--structure", "beta", "-q", *outs)
    assert found.exit_code == 0, found.output  # type: ignore[attr-defined]
    assert "Structure: beta" in found.output and "21 B calibration: INSIDE" in found.output  # type: ignore[attr-defined]
    assert all(file.exists() for file in files)
    assert json.loads(files[2].read_text())["structures"]["beta"][1]["number"] == 21


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--structure", "betta"], "did you mean beta?"),
        (["--out", "verdicts.txt"], "must end in .md, .html, .json"),
        (["--out", "nowhere/v.md"], "there is no such folder"),
        (["--replicates", "0"], "must be a whole number"),
    ],
)
def test_wrong_words_get_one_plain_sentence(words: list[str], sentence: str) -> None:
    found = call(*words)
    assert found.exit_code == 2 and sentence in found.output  # type: ignore[attr-defined]
