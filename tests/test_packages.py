"""Packages within a budget: prices by hand, a front that is known, luck that is measured, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from collabsim.analysis import package_search, packages
from collabsim.analysis.packages import Laboratory, Package, examined, nondominated, price_of, values_of
from collabsim.analysis.packages_words import sentences
from collabsim.cli import app
from collabsim.figures import fronts
from collabsim.model.costs import programme_cost
from collabsim.scenario import load_scenario

SCENARIO = load_scenario("mixed-partnership")
CHOICES = packages.options(SCENARIO)
NAMES = [option.lever.name for option in CHOICES]
USEFUL = ("funding.notice_months", "pooled_budget.share", "handover.standard")
FAIR = ("power_sharing.user_seat", "power_sharing.paid_participation")


class Known(Laboratory):
    """A laboratory whose gains are known: a step of a useful lever gives 1, of a fair one 1 of equity."""

    noise = 0.0

    def run(self, package: Package) -> np.ndarray:
        if package not in self.known:
            steps = dict(zip(NAMES, package, strict=True))
            truth = [sum(steps[name] for name in USEFUL), sum(steps[name] for name in FAIR)]
            luck = np.random.default_rng([self.seed, *package]).normal(0, 1, (self.replicates, 2))
            self.known[package] = np.array([truth]) + self.noise * luck
        return self.known[package]


def known(seed: int, noise: float = 0.0, replicates: int = 4) -> Known:
    laboratory = Known(SCENARIO, CHOICES, ("trust_last_six", "equity_last_six"), replicates, seed)
    laboratory.noise = noise
    return laboratory


def package(**steps: int) -> Package:
    return tuple(steps.get(name.replace(".", "_"), 0) for name in NAMES)


def test_a_front_by_hand() -> None:
    points = np.array([[1.0, 5.0], [2.0, 2.0], [2.0, 2.0], [3.0, 3.0], [5.0, 1.0]])
    assert nondominated(points).tolist() == [True, True, True, False, True]


def test_the_front_of_a_known_function_is_its_lower_edge() -> None:
    x = np.random.default_rng(1).random((300, 2))
    edge = np.column_stack([np.linspace(0, 1, 50), 1 - np.linspace(0, 1, 50)])
    above = x[x.sum(axis=1) > 1.03]
    assert nondominated(np.vstack([edge, above])).tolist() == [True] * 50 + [False] * len(above)


def test_a_package_costs_what_the_model_books_for_it() -> None:
    chosen = package(
        colocation_days=2, training_days_per_year=4, handover_standard=1, flexibility_reporting_load=2
    )
    price = price_of(chosen, CHOICES)
    booked = programme_cost(SCENARIO.with_values(values_of(chosen, CHOICES)).policy, 45)
    assert (price.setup, price.cash, price.time) == pytest.approx((booked.setup, booked.cash, booked.time))
    assert price.yearly(10) == pytest.approx(booked.setup / 10 + booked.cash + booked.time)


def test_long_grants_are_not_free_and_the_share_of_posts_is_not_for_sale() -> None:
    assert price_of(package(funding_grant_months=2), CHOICES).funder == pytest.approx(11_500)
    assert "colocation.share_of_posts" not in NAMES and "purpose.vision_pull" not in NAMES
    assert values_of(package(purpose_workshops_per_year=2), CHOICES)["purpose.vision_pull"] == 0.25


def test_what_is_too_dear_is_taken_back_until_the_budget_holds_it() -> None:
    prices = package_search.costs(CHOICES, 10)
    full = np.array([len(p) - 1 for p in prices])
    kept = package_search.within(full, prices, 80_000, np.random.default_rng(1))
    assert sum(p[s] for p, s in zip(prices, kept, strict=True)) <= 80_000 and (kept <= full).all()


def test_the_search_finds_the_best_package_that_is_known() -> None:
    laboratory = known(0)
    package_search.search(laboratory, 60_000, 200, seed=3)
    assert len(laboratory.known) <= 200
    found = examined(laboratory, known(1), 60_000)
    best = dict(zip(NAMES, found.front[0].package, strict=True))
    assert [best[name] for name in USEFUL] == [4, 4, 2]  # 1,500 + 13,000 + 34,040 a year
    assert all(choice.yearly <= 60_000 for choice in found.front)
    assert max(choice.searched[1].mean for choice in found.front) == 8  # both seats in full


def test_a_search_is_a_function_of_its_seed() -> None:
    def tried(seed: int) -> list[Package]:
        laboratory = known(0, noise=1.0)
        package_search.search(laboratory, 60_000, 90, seed=seed)
        return list(laboratory.known)

    assert tried(5) == tried(5) != tried(6)


def test_luck_in_the_search_is_measured_as_optimism() -> None:
    laboratory = known(0, noise=4.0)
    package_search.search(laboratory, 100_000, 120, seed=1)
    found = examined(laboratory, known(1, noise=4.0, replicates=200), 100_000)
    assert found.optimism[0].low > 0  # the best of many noisy ones is flattered
    truth = [sum(dict(zip(NAMES, c.package, strict=True))[n] for n in USEFUL) for c in found.front]
    fresh = [choice.fresh[0].mean for choice in found.front]
    assert np.mean(np.subtract(fresh, truth)) == pytest.approx(0, abs=0.6)
    assert any("did luck flatter" in sentence for sentence in sentences(found))


def test_without_luck_there_is_no_optimism_and_the_whole_front_stays() -> None:
    laboratory = known(0)
    package_search.search(laboratory, 60_000, 100, seed=1)
    found = examined(laboratory, known(1), 60_000)
    assert found.optimism[0].mean == 0 and all(choice.still for choice in found.front)
    assert "more than on fresh seeds" in " ".join(sentences(found))
    assert f"{len(found.front)} packages" in fronts.in_words(found)


def test_a_budget_that_buys_nothing_says_so() -> None:
    laboratory = known(0)
    package_search.search(laboratory, 10, 12, seed=1)
    assert "No package within £10" in next(sentences(examined(laboratory, known(1), 10)))


def call(*words: str) -> Any:
    return CliRunner().invoke(app, ["packages", *words], prog_name="collabsim")


SMALL = ["mixed-partnership", "--budget", "60000", "--years", "1", "--evaluations", "36", "--replicates", "2",
         "--fresh", "3", "--outcome", "trust_last", "-q"]  # fmt: skip


def test_the_command_prints_and_writes_one_answer_whatever_the_workers(tmp_path: Path) -> None:
    said = call(*SMALL, "--out", str(tmp_path / "out"), "--workers", "1")
    assert said.exit_code == 0, said.stderr
    content = json.loads(call(*SMALL, "--json", "--workers", "2").stdout)
    assert content == json.loads((tmp_path / "out" / "packages.json").read_text())
    assert content["evaluated"] <= 36 and content["fresh_seed"] == 1
    assert len(pd.read_parquet(tmp_path / "out" / "evaluated.parquet")) == content["evaluated"]
    assert len(pd.read_csv(tmp_path / "out" / "front.csv")) == len(content["front"])
    flat = " ".join(said.stdout.split())
    assert all(" ".join(sentence.split()) in flat for sentence in content["sentences"])
    assert {"packages.html", "provenance.json", "mixed-partnership.toml"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }


def test_what_was_set_is_said_on_the_screen_on_the_page_and_in_json(tmp_path: Path) -> None:
    some = ["--set", "funding.grant_months=36", "--set", "funding.fix_annual=true", "--out", str(tmp_path)]
    words = "Mixed partnership, with funding.grant_months = 36, funding.fix_annual = true"
    said = call(*SMALL, *some)
    assert said.exit_code == 0, said.stderr
    assert f"{words}: packages within £60,000 a year" in " ".join(said.stdout.split())
    assert f"{words}<" in (tmp_path / "packages.html").read_text()
    content = json.loads((tmp_path / "packages.json").read_text())
    assert content["set"] == {"funding.grant_months": 36, "funding.fix_annual": True}
    assert content["scenarios"][0]["title"] == "Mixed partnership"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["mixed-partnership"], "--budget"),
        (["mixed-partnership", "--budget", "0"], "--budget is 0"),
        (["mixed-partnership", "--budget", "much"], "--budget is"),
        (["mixed-partnership", "--budget", "1000", "--outcome", "trust_lst"], "did you mean trust_last?"),
        (["mixed-partnershi", "--budget", "1000"], "did you mean mixed-partnership?"),
        (["mixed-partnership", "--budget", "1000", "--evaluations", "1"], "--evaluations is 1"),
    ],
)
def test_wrong_words_are_refused_and_nothing_is_written(tmp_path: Path, words: list[str], said: str) -> None:
    result = call(*words, "--out", str(tmp_path / "out"))
    assert (result.exit_code, result.stdout) == (2, "") and said in result.stderr, result.stderr
    assert not (tmp_path / "out").exists()
