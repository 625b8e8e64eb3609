"""The report of a design whose rows are policies: scenarios, a table, a grid, one factor at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from collabsim import display
from collabsim.analysis.counts import counted
from collabsim.analysis.main_effects import main_effects
from collabsim.analysis.options import Options
from collabsim.experiment.factors import DUMMY
from collabsim.experiment_report import money_words, sentences, survival
from collabsim.experiment_report.called import spoken, told_range
from collabsim.experiment_report.courses import MOST_ROWS
from collabsim.experiment_report.money import Money, money
from collabsim.experiment_report.places import places
from collabsim.experiment_report.sentences import Answer
from collabsim.experiment_report.study import Answered, Setting, Study, heading, thing
from collabsim.figures import options as figure
from collabsim.figures.style import each
from collabsim.report import Exhibit, Section, Table

MOST_DRAWN, MOST_LISTED = 20, 100


@dataclass(frozen=True)
class Compared(Answered):
    """The answer of a comparison."""

    @cached_property
    def setting(self) -> Setting:
        """The setting that the report is about."""
        return self.study.settings[0]

    @cached_property
    def labels(self) -> list[str]:
        """What the options are called."""
        return [self.study.labels[row] for row in self.setting.rows.tolist()]

    @cached_property
    def found(self) -> Options:
        """The options compared."""
        return survival.compared(self.study, self.setting)

    @cached_property
    def bought(self) -> Money | None:
        """What they cost and buy."""
        return money(self.study, self.setting, self.found)

    # --- the answer in three sentences -----------------------------------------------------------

    @property
    def answers(self) -> list[Answer]:
        """The three sentences."""
        return [
            Answer("The answer", self._first()),
            Answer("How sure", sentences.sure(self.found, self.labels, self.study.scalar, self.missing)),
            Answer("What it costs", money_words.sentence(self.bought, self.found, self.labels, self.scale)),
        ]

    def _first(self) -> str:
        text = sentences.best(self.found, self.labels, self.study.scalar)
        where = self.setting.title
        return f"{text} (In this setting: {where}.)" if where else text

    @property
    def drawn_rows(self) -> tuple[list[int], list[str]]:
        """The rows whose years are drawn: the base, the best, and the worst."""
        order = [n for n in self.found.order if math.isfinite(self.found.levels[n].mean)]
        kept = list(dict.fromkeys([self.found.base, *order[:1], *order[-1:]]))[:MOST_ROWS]
        return [int(self.setting.rows[n]) for n in kept], [self.labels[n] for n in kept]

    # --- sections --------------------------------------------------------------------------------

    def ranking(self) -> list[Section]:
        """The options beside one another, and in a grid the factors too."""
        text = [
            f"Each point is how far {thing(self.study.scalar)} differs from what “{self.labels[self.found.base]}” gives, "
            f"with its interval. {self._paired()} The intervals are widened so that, with 95% probability, all of them "
            "together are right. Open grey points cannot be told from no difference.",
        ]
        exhibits = [*self._factors(), self._options()]
        return [Section("ranking", "What matters most", paragraphs=text, exhibits=exhibits)]

    def _paired(self) -> str:
        return (
            "All options met the same luck, so differences are taken partnership by partnership."
            if self.study.common
            else "Every option had luck of its own."
        )

    def _options(self) -> Exhibit:
        table = self.found.table.assign(label=self.labels, is_base=False)
        table.loc[self.found.base, "is_base"] = True
        table = table.iloc[self.found.order]
        drawn = table if len(table) <= MOST_DRAWN else _ends_and_base(table)
        left = f" Drawn are the first and the last of {len(table)}." if len(drawn) < len(table) else ""
        better = {"higher": "More is better.", "lower": "Less is better."}.get(
            self.study.outcome.direction, ""
        )
        return Exhibit(
            title=f"{heading(self.study.scalar)}: options, best first",
            figure=figure.options(drawn, self.study.outcome),
            words=figure.in_words(drawn, self.study.outcome),
            table=self._table(table.head(MOST_LISTED)),
            note=f"{better}{left}".strip(),
        )

    def _table(self, table: pd.DataFrame) -> Table:
        rows = [
            [self.labels[n], self._level(n),
             "–" if n == self.found.base else self.scale.change(self.found.changes[n].mean),
             "–" if n == self.found.base else self.scale.interval(self.found.changes[n], signed=True),
             sentences.chance(self.found.p_best[n]), display.percent(self.found.ahead[n])]
            for n in table.index.tolist()
        ]  # fmt: skip
        caption = f"{heading(self.study.scalar)} ({self.scale.unit}), best first"
        head = ["Option", "level", "difference", "interval", "first in", "ahead in"]
        return Table(caption, head, rows)

    def _level(self, n: int) -> str:
        """An option's mean, and of how many of its runs it is where some have no number."""
        found = self.found.levels[n]
        left_out = display.known(self.study.outcome, found, int(self.study.done[self.setting.rows[n]]))
        return f"{self.scale.bare(found.mean)} ({left_out})" if left_out else self.scale.bare(found.mean)

    def _factors(self) -> list[Exhibit]:
        """In a grid of two factors or more: what each changes on average."""
        factors = [f for f in self.study.experiment.factors if f.name != DUMMY]
        if self.study.kind != "grid" or len(factors) < 2 or self.found.constant or self.found.best < 0:
            return []
        rows = self.setting.rows
        design = self.study.results.design.iloc[rows].reset_index(drop=True)
        levels = {f.name: f.levels() for f in factors}
        table = main_effects(self.study.values()[rows], design, levels)
        labels = [told_range(r.factor, r.first, r.last) for r in each(table)]
        table = table.assign(label=labels, is_base=False)
        return [
            Exhibit(
                title=f"{heading(self.study.scalar)}: factors, the largest first",
                figure=figure.options(table, self.study.outcome),
                words=figure.in_words(table, self.study.outcome),
                table=self._factor_table(table),
                note=f"{factor_sentence(table)} Averaged over every value of the other factors.",
            )
        ]

    def _factor_table(self, table: pd.DataFrame) -> Table:
        rows = [
            [r.label, self.scale.change(r.change), self._ends(r.low, r.high), sentences.chance(r.p_most)]
            for r in each(table)
        ]
        return Table(
            f"Change by factor ({self.scale.unit})", ["Factor", "change", "interval", "largest in"], rows
        )

    def _ends(self, low: float, high: float) -> str:
        factor = self.scale.factor
        return display.interval(low * factor, high * factor, self.scale.decimals, signed=True)

    def doubt(self) -> Section:
        """How sure it is."""
        points = [
            sentences.sure(self.found, self.labels, self.study.scalar),
            "“First in” is the share of redraws of the simulated partnerships in which an option comes first; “ahead in” is "
            "the share of simulated partnerships in which it does better than what it is compared with, luck and all."
            if self.study.common
            else "“First in” is the share of redraws of the simulated partnerships in which an option comes first.",
            self.missing,
        ]
        return Section("doubt", "How sure this is", points=[point for point in points if point])

    def money(self) -> Section:
        """What it costs, and what £10,000 buys."""
        return money_words.section(self.bought, self.found, self.labels, self.study, self.scale)

    def survives(self) -> Section:
        """What holds elsewhere."""
        paragraphs, tables = [], []
        settings = survival.elsewhere(self.study)
        if len(settings) > 1:
            paragraphs += survival.over_settings(settings)
            tables.append(self._over_settings(settings))
        if self.study.accepted and self.found.best >= 0:
            paragraphs.append(self._members())
        if self.found.best >= 0 and len(self.labels) > 1:
            leader = self._leader()
            words = survival.for_others(self.study, self.setting, leader)
            paragraphs.append(survival.others_sentence(self.labels[leader], words))
        return Section(
            "survives",
            "What survives other assumptions",
            exhibits=places(self.study),
            paragraphs=paragraphs,
            points=self._untested(),
            tables=tables,
        )

    def _leader(self) -> int:
        """The best option; where that is the base, the next."""
        return next(n for n in self.found.order if n != self.found.base)

    def _over_settings(self, settings: Sequence[survival.Elsewhere]) -> Table:
        rows = []
        for label in [self.labels[n] for n in self.found.order if n != self.found.base][:MOST_LISTED]:
            counts = [str(n) for n in survival.in_all(settings, label)]
            rows.append([label, *counts, self.scale.size(survival.regret(settings, label))])
        caption = (
            f"In how many of {len(settings)} settings an option is surely better than the "
            "base, and its largest shortfall from the best"
        )
        return Table(caption, ["Option", "better", "cannot tell", "worse", "shortfall"], rows)

    def _members(self) -> str:
        leader = self._leader()
        share = self.found.ahead[leader]
        drawn = (
            "Every simulated partnership drew its coefficients from the accepted ensemble, "
            f"{self.study.results.runs['member'].nunique():,} sets of them here, so the intervals above "
            "hold this doubt too"
        )
        if not math.isfinite(share):
            return f"{drawn}."
        return (
            f"{drawn}; “{self.labels[leader]}” does better than what it is compared with "
            f"in {counted(share, self.found.changes[leader].n, 'simulated partnerships')}."
        )

    def _untested(self) -> list[str]:
        return untested(self.study)


def untested(study: Study) -> list[str]:
    """What the experiment did not vary, and how to."""
    found = []
    if not study.variant_columns:
        found.append(
            "The model's structure was not varied, so whether the answer survives other equations cannot be told from this "
            'experiment: write “structures = "each"” in its file and run it again.'
        )
    varied = {name for name in study.parameters if name not in study.variant_columns}
    from collabsim.parameters import PARAMETER

    if not study.accepted and not any(PARAMETER[name].kind == "uncertainty" for name in varied):
        found.append(
            "The model's coefficients were not varied, so doubt about the evidence is not in these intervals: write "
            '“uncertainty = "accepted"” in its file and run it again.'
        )
    return found


def factor_sentence(table: pd.DataFrame) -> str:
    """Which factor changes most, or that this cannot be told."""
    if not table["told"].any():
        return "We cannot tell whether any factor changes anything."
    first = table.iloc[0]
    share = sentences.chance(float(first["p_most"]))
    if not first["told"] or first["p_most"] < sentences.SURE:
        return f"We cannot tell which factor changes most; {spoken(first['factor'])} comes first in {share} of redraws."
    return f"{display.begun(spoken(first['factor']))} changes most."


def _ends_and_base(table: pd.DataFrame) -> pd.DataFrame:
    """The first, the last, and the base."""
    half = (MOST_DRAWN - 1) // 2
    kept = table.head(half).index.union(table.tail(half).index, sort=False)
    return table[table.index.isin(kept) | table["is_base"]]
