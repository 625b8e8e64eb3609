"""The report of a design whose rows are a sample: Latin hypercube, Morris, Sobol'. The ranking says what matters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from collabsim import display, ranking_page
from collabsim.analysis.ranking import CannotRank, Ranking, cases, rank
from collabsim.analysis.ranking_words import luck_sentence
from collabsim.analysis.ranking_words import thing as thing_of
from collabsim.experiment_report import sampled_money, sampled_words
from collabsim.experiment_report.called import spoken
from collabsim.experiment_report.compared import untested
from collabsim.experiment_report.sentences import Answer
from collabsim.experiment_report.study import Answered, Study, heading, thing
from collabsim.report import Section, Table

TOP = 3
FEW_DRAWS = 300


@dataclass(frozen=True)
class Sampled(Answered):
    """The answer of a sample."""

    @cached_property
    def ranked(self) -> Ranking | str:
        """The ranking in the first setting, or why there is none."""
        return self._rank(self.study.scalar, 0, details=True)

    def _rank(self, scalar: str, case: int, *, details: bool) -> Ranking | str:
        try:
            chosen = cases(self.study.results)[case]
            draws = 1_000 if details else FEW_DRAWS
            found = rank(self.study.results, scalar, case=chosen, pawn=details, details=details, draws=draws)
        except CannotRank as error:
            return str(error)
        return _in_words(found)

    @cached_property
    def spending(self) -> sampled_money.Spending | str:
        """What the levers cost and buy, or why this cannot be told."""
        if isinstance(self.ranked, str):
            return "We cannot tell what the money buys, as nothing can be ranked."
        return sampled_money.spending(self.study, self.ranked)

    # --- the answer in three sentences -----------------------------------------------------------

    @property
    def answers(self) -> list[Answer]:
        """The three sentences."""
        return [
            Answer("The answer", self._first()),
            Answer("How sure", self._sure()),
            Answer("What it costs", sampled_money.sentence(self.spending, self.scale)),
        ]

    def _first(self) -> str:
        if isinstance(self.ranked, str):
            return f"We cannot tell what matters most. {display.begun(self.ranked)}"
        where = self.study.settings[0].title
        text = sampled_words.matters(self.ranked, thing(self.study.scalar), self.scale)
        return f"{text} (In this setting: {where}.)" if where else text

    def _sure(self) -> str:
        if isinstance(self.ranked, str):
            return self.missing or "There is no ranking to be sure of."
        parts = [sampled_words.sure(self.ranked), self.missing]
        return " ".join(part for part in parts if part)

    @property
    def drawn_rows(self) -> tuple[list[int], list[str]]:
        """A row that ends low, one in the middle and one that ends high, by the mean of its replicates."""
        rows = self.study.settings[0].rows
        values = self.study.values()[rows]
        whole = np.isfinite(values).all(axis=1)
        if not whole.any():
            return [], []
        rows, means = rows[whole], values[whole].mean(axis=1)
        order = np.argsort(means, kind="stable")
        picks = {
            round(share * (len(order) - 1)): word
            for share, word in ((0.1, "low"), (0.5, "middle"), (0.9, "high"))
        }
        chosen = [int(rows[order[place]]) for place in picks]
        return chosen, [f"{word} (row {row:,})" for word, row in zip(picks.values(), chosen, strict=True)]

    # --- sections --------------------------------------------------------------------------------

    def ranking(self) -> list[Section]:
        """The order, which way enablers push, and what works together."""
        if isinstance(self.ranked, str):
            return [Section("ranking", "What matters most", paragraphs=[self.ranked])]
        found = self.ranked
        own = ranking_page.order(found)
        reading = [_READING[found.method]]
        first = Section("ranking", "What matters most", paragraphs=reading, exhibits=own.exhibits)
        others = ranking_page.ways(found), ranking_page.together(found)
        return [section for section in (first, *others) if section]

    def doubt(self) -> Section:
        """How sure it is."""
        if isinstance(self.ranked, str):
            return Section("doubt", "How sure this is", paragraphs=[self._sure()])
        size = ranking_page.size(self.ranked)
        points = [luck_sentence(self.ranked), self.ranked.verdict.sentence, *self.ranked.notes, self.missing]
        return Section(
            "doubt", "How sure this is", points=[point for point in points if point],
            exhibits=size.exhibits if size else (),
        )  # fmt: skip

    def money(self) -> Section:
        """What the levers cost, and what £10,000 buys."""
        return sampled_money.section(self.spending, self.study, self.scale)

    def survives(self) -> Section:
        """What of the ranking holds in other settings and for other outcomes."""
        paragraphs, tables = [], []
        if isinstance(self.ranked, str):
            return Section(
                "survives",
                _SURVIVES,
                paragraphs=["There is no ranking that could survive."],
                points=untested(self.study),
            )
        if len(self.study.settings) > 1:
            text, table = self._over_settings(self.ranked)
            paragraphs.append(text)
            tables += table
        text, table = self._over_outcomes(self.ranked)
        paragraphs.append(text)
        tables += table
        return Section(
            "survives", _SURVIVES, paragraphs=paragraphs, points=untested(self.study), tables=tables
        )

    def _over_settings(self, own: Ranking) -> tuple[str, list[Table]]:
        """The places of enablers in every setting."""
        others = [self._rank(self.study.scalar, n, details=False) for n in range(1, len(self.study.settings))]
        rankings = [own, *(found for found in others if not isinstance(found, str))]
        places = [dict(zip(r.table["enabler"], r.table["place"], strict=True)) for r in rankings]
        tops = [set(r.table.loc[r.table["above_noise"], "enabler"].head(TOP)) for r in rankings]
        rows = []
        for row in own.table.to_dict("records"):
            of_it = [p[row["enabler"]] for p in places]
            in_top = sum(row["enabler"] in top for top in tops)
            rows.append([str(row["title"]), _range(of_it), f"{in_top} of {len(rankings)}"])
        titles = dict(zip(own.table["enabler"], own.table["title"], strict=True))
        table = Table(
            f"Places over {len(rankings)} settings",
            [own.thing.capitalize(), "places", f"in the first {TOP}"],
            rows,
        )
        return survival_sentence(tops, titles, len(rankings)), [table]

    def _over_outcomes(self, own: Ranking) -> tuple[str, list[Table]]:
        """What matters most for the other outcomes."""
        leader = own.table["enabler"].iloc[0] if own.table["above_noise"].iloc[0] else None
        rows: list[list[str]] = []
        leads, ranked = 0, 0
        for scalar in self.study.results.outcomes:
            if scalar == self.study.scalar:
                continue
            found = self._rank(scalar, 0, details=False)
            if isinstance(found, str):
                rows.append([heading(scalar), f"cannot be ranked\n{found}", "–"])
                continue
            ranked += 1
            apart = found.table[found.table["above_noise"]]
            leads += leader is not None and len(apart) > 0 and apart["enabler"].iloc[0] == leader
            rows.append(
                [
                    heading(scalar),
                    ", ".join(apart["title"].head(TOP)) or "none can be told from nothing",
                    _share(found.luck.share),
                ]
            )
        if not rows:
            return "No other outcome was recorded.", []
        table = Table(
            "What matters most for the other outcomes", ["Outcome", f"the first {TOP}", "luck"], rows
        )
        return _other_outcomes(own, leader, leads, ranked, self.study), [table]


def _in_words(found: Ranking) -> Ranking:
    """The ranking with names that people say: single factors have none but their own."""
    titles = [title if title != name else display.begun(spoken(name)) for name, title in
              zip(found.table["enabler"], found.table["title"], strict=True)]  # fmt: skip
    return replace(found, table=found.table.assign(title=titles))


_SURVIVES = "What survives other assumptions"
_READING = {
    "sobol": "Each point is the share of what varies from row to row that would be left if all the others "
    "were known (its total index), what it does together with them included; the mark beside it is what it does alone.",
    "morris": "Each point is the mean size of the change when one alone moves over its range (mu*).",
    "pawn": "Each point is how far the outcome's whole distribution moves with it (PAWN, from 0 to 1).",
}


def survival_sentence(tops: Sequence[set[str]], titles: dict[str, str], count: int) -> str:
    """Which enablers are among the first everywhere, and which only here.

    Parameters
    ----------
    tops : sequence of set of str
        The first enablers, told from nothing, in each setting; the report's own first.
    titles : dict of str to str
    count : int
        Settings that could be ranked.
    """
    everywhere = [titles[name] for name in titles if all(name in top for top in tops)]
    lost = [titles[name] for name in titles if name in tops[0] and not all(name in top for top in tops)]
    if count < 2:
        return "Only one setting could be ranked, so what survives cannot be told."
    kept = (
        f"Among the first {TOP} in all {count} settings: {display.listed(everywhere)}."
        if everywhere else f"No {thing_of(titles)} is among the first {TOP} in all {count} settings."
    )  # fmt: skip
    return f"{kept} Among them here, but not everywhere: {display.listed(lost)}." if lost else kept


def _other_outcomes(own: Ranking, leader: str | None, leads: int, ranked: int, study: Study) -> str:
    if leader is None:
        return f"No {own.thing} can be told from nothing for {thing(study.scalar)}; for other outcomes that may differ."
    title = own.table["title"].iloc[0]
    if not ranked:
        return "None of the other outcomes can be ranked."
    return (
        f"{title} comes first for {leads} of the {ranked} other outcomes that can be "
        "ranked, as far as these runs can tell."
    )


def _range(places: Sequence[int]) -> str:
    low, high = min(places), max(places)
    return str(low) if low == high else f"{low} to {high}"


def _share(share: float) -> str:
    return display.percent(share) if math.isfinite(share) else display.NONE
