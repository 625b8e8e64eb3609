"""The report of an equal-cost design: every priced lever at the dose that a budget buys, in worlds of their own prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from collabsim import display
from collabsim.analysis.counts import counted, number
from collabsim.analysis.value import CannotValue, Value, value
from collabsim.analysis.value_words import PARTS, sentences
from collabsim.analysis.value_words import about as made_of
from collabsim.experiment.equal_cost import AS_IT_IS
from collabsim.experiment_report.called import spoken
from collabsim.experiment_report.money_words import TITLE, pounds
from collabsim.experiment_report.sentences import Answer
from collabsim.experiment_report.study import Answered, heading, thing
from collabsim.figures import chances
from collabsim.report import Exhibit, Section, Table

MOST_ROWS = 3


@dataclass(frozen=True)
class Valued(Answered):
    """The answer of an equal-cost design."""

    @cached_property
    def found(self) -> Value | str:
        """What budgets buy, or why this cannot be told."""
        try:
            found = value(self.study.results, self.study.scalar)
        except CannotValue as error:
            return f"We cannot tell. {error}"
        names = [spoken(name) for name in found.table["lever"]]
        unpriced = tuple(spoken(name) for name in found.unpriced)
        return replace(found, table=found.table.assign(lever=names), unpriced=unpriced)

    @property
    def budget(self) -> float:
        """The budget that the three sentences are about: the middle one."""
        assert not isinstance(self.found, str)
        return self.found.budgets[len(self.found.budgets) // 2]

    @property
    def answers(self) -> list[Answer]:
        """The three sentences."""
        if isinstance(self.found, str):
            told = {"The answer": self.found, "How sure": self.missing or _NOTHING, "What it costs": _NOTHING}
            return [Answer(about, text) for about, text in told.items()]
        first = list(sentences(self.found))[self.found.budgets.index(self.budget)]
        return [
            Answer("The answer", first),
            Answer("How sure", self._sure()),
            Answer("What it costs", self._paid()),
        ]

    def _sure(self) -> str:
        """How many levers do anything for certain at this budget."""
        assert not isinstance(self.found, str)
        rows = self._rows(self.budget)
        clear = sum(row["clear"] for row in rows)
        worse = sum(row["high"] < 0 for row in rows)
        text = (
            f"At £{self.budget:,.0f} a year {clear} of {len(rows)} levers surely gain, {worse} surely lose, "
            f"and for {len(rows) - clear - worse} we cannot tell; {self.found.worlds:,} worlds of prices and "
            f"coefficients, {self.found.replicates:,} runs of each."
        )
        return f"{text} {self.missing}".strip()

    def _paid(self) -> str:
        """What the lever that is first at this budget costs, and whether it pays for itself."""
        assert not isinstance(self.found, str)
        clear = [row for row in self._rows(self.budget) if row["clear"]]
        if not clear:
            return "We cannot tell what the money buys: no lever's gain can be told from nothing."
        row = clear[0]
        pays = (
            f"; it pays for itself in {counted(row['p_pays'], self.found.worlds)}"
            if row["p_pays"] == row["p_pays"]
            else ""
        )
        ends = self._ends(row["per_10k_low"], row["per_10k_high"])
        rate = f"{self._change(row['per_10k'])} [{ends}, nine in ten worlds]"
        return f"{display.begun(row['lever'])} takes {_spent(row)}; £10,000 buys {rate}{pays}."

    def _rows(self, budget: float) -> list[dict[Any, Any]]:
        assert not isinstance(self.found, str)
        return self.found.table[self.found.table["budget"] == budget].to_dict("records")

    def _change(self, gain: float) -> str:
        """A gain as a change of the outcome: of a bad thing, less."""
        return self.scale.change(gain if self.study.outcome.direction == "higher" else -gain)

    def _ends(self, low: float, high: float) -> str:
        ends = (low, high) if self.study.outcome.direction == "higher" else (-high, -low)
        first, last = (end * self.scale.factor for end in ends)
        return display.interval(first, last, self.scale.decimals, signed=True)

    @property
    def drawn_rows(self) -> tuple[list[int], list[str]]:
        """The partnership as it is, and two levers, in the first world."""
        design = self.study.results.design
        world = design[design["world"] == design["world"].iloc[0]]
        best = [] if isinstance(self.found, str) else [row["lever"] for row in self._rows(self.budget)]
        named = {spoken(str(label)): int(row) for row, label in zip(world.index, world["label"], strict=True)}
        rows = {label: named[label] for label in [spoken(AS_IT_IS), *best][:MOST_ROWS]}
        return list(rows.values()), list(rows)

    # --- sections --------------------------------------------------------------------------------

    def ranking(self) -> list[Section]:
        """How often each lever comes among the first for its money."""
        if isinstance(self.found, str):
            return [Section("ranking", "What matters most", paragraphs=[self.found])]
        names = chances.shown(self.found)
        rows = [[name, *(self._often(name, budget) for budget in self.found.budgets)] for name in names]
        exhibit = Exhibit(
            "How often each lever is among the first three for its money",
            chances.chances(self.found),
            chances.in_words(self.found),
            Table(
                f"In how many of {self.found.worlds} worlds in the first three per £10,000",
                ["Lever", *_budgets(self.found)],
                rows,
            ),
        )
        return [
            Section(
                "ranking", "What matters most", paragraphs=list(sentences(self.found)), exhibits=[exhibit]
            )
        ]

    def _often(self, lever: str, budget: float) -> str:
        assert not isinstance(self.found, str)
        share = next(row["p_top3"] for row in self._rows(budget) if row["lever"] == lever)
        return number(share, self.found.worlds)

    def doubt(self) -> Section:
        """How sure it is."""
        if isinstance(self.found, str):
            return Section("doubt", "How sure this is", paragraphs=[self.missing or _NOTHING])
        return Section(
            "doubt", "How sure this is", points=[self._sure(), f"{display.begun(made_of(self.found))}."]
        )

    def money(self) -> Section:
        """What every lever costs and gains at every budget."""
        if isinstance(self.found, str):
            return Section("money", TITLE, paragraphs=[_NOTHING])
        tables = [self._table(budget) for budget in self.found.budgets]
        return Section("money", TITLE, paragraphs=[self._paid(), _COSTS], tables=tables)

    def _table(self, budget: float) -> Table:
        unit = f"change ({self.scale.unit})"
        head = ["Lever", unit, *_SUMS, "£10,000 buys", "first", "first 3"]
        assert not isinstance(self.found, str)
        caption = (
            f"{heading(self.study.scalar)}: what £{budget:,.0f} a year buys, doses and intervals beneath; first, and among "
            f"the first 3, in how many of {self.found.worlds} worlds"
        )
        return Table(caption, head, [self._row(row) for row in self._rows(budget)])

    def _row(self, row: dict[Any, Any]) -> list[str]:
        rate = f"{self._change(row['per_10k'])}\n{self._ends(row['per_10k_low'], row['per_10k_high'])}"
        assert not isinstance(self.found, str)
        often = [number(row[key], self.found.worlds) for key in ("p_first", "p_top3")]
        return [
            f"{row['lever']}\n{row['dose_low']} to {row['dose_high']}",
            f"{self._change(row['gain'])}\n{self._ends(row['low'], row['high'])}",
            *(pounds(row[part]) for part in PARTS),
            *([rate, *often] if row["clear"] else ["cannot tell", display.NONE, display.NONE]),
        ]

    def survives(self) -> Section:
        """What holds over worlds: coefficients and prices are drawn, structures are not."""
        text = (
            "Every world drew its own prices, and its own coefficients where the experiment varies them: the counts above "
            f"are of worlds, so an order that holds in most of them survives that doubt. How "
            f"{thing(self.study.scalar)} moves under other equations cannot be told from this experiment."
        )
        return Section("survives", "What survives other assumptions", paragraphs=[text])


_NOTHING = "We cannot tell what the money buys."
_SUMS = ("cash a year", "staff time a year", "funder gives up a year", "set-up a year")
_COSTS = (
    "Every lever may spend the same sum: cash, staff time, what the funder gives up and nobody pays, and set-up spread "
    "over the years of the run, all together. A lever that is used up, or is bought only whole, spends less. “£10,000 buys” "
    "divides by what was spent, all four together; its interval holds nine in ten worlds."
)


def _spent(row: Mapping[Any, Any]) -> str:
    """What a lever takes a year, in all and in its parts."""
    parts = {words: row[name] for name, words in PARTS.items() if row[name] >= 1}
    told = [f"{pounds(value)} {words}" for words, value in parts.items()]
    return f"{pounds(row['spent'])} a year ({display.listed(told if len(told) > 1 else list(parts)) or 'less than £1'})"


def _budgets(found: Value) -> list[str]:
    return [f"£{budget:,.0f} a year" for budget in found.budgets]
