"""The page of an experiment: question, answer, ranking, doubt, money, what survives, years, limits, method, origin."""

from __future__ import annotations

from typing import Protocol

from collabsim.experiment.results import Results
from collabsim.experiment_report import origin
from collabsim.experiment_report.called import once, section_once
from collabsim.experiment_report.compared import Compared
from collabsim.experiment_report.courses import courses
from collabsim.experiment_report.limits import FEW_VARIED, limits, method
from collabsim.experiment_report.sentences import Answer
from collabsim.experiment_report.study import Study, chosen, thing
from collabsim.experiment_report.varied import tables_of_varied
from collabsim.experiment_report.years import section as years
from collabsim.provenance import NOTE
from collabsim.report import Page, Section

DESIGNS = {
    "scenarios": "each scenario as it is",
    "table": "the rows of a table",
    "grid": "every combination of the factors' values",
    "one-at-a-time": "each factor over its values, the others as the scenario has them",
    "lhs": "a Latin hypercube: every factor spread evenly, in random combination",
    "morris": "Morris's trajectories, which change one factor after another",
    "sobol": "Saltelli's design for Sobol' indices",
    "equal-cost": "every priced lever at the dose that each budget buys, in worlds with prices of their own",
}


class View(Protocol):
    """What answers for one kind of design."""

    @property
    def answers(self) -> list[Answer]:
        """The three sentences."""
        ...

    @property
    def drawn_rows(self) -> tuple[list[int], list[str]]:
        """The rows whose years are drawn, and what they are called."""
        ...

    def ranking(self) -> list[Section]:
        """What matters most: one section or more."""
        ...

    def doubt(self) -> Section:
        """How sure that is."""
        ...

    def money(self) -> Section:
        """What it costs and buys."""
        ...

    def survives(self) -> Section:
        """What holds elsewhere."""
        ...


def build(results: Results, outcome: str = "") -> Page:
    """The page of an experiment's results.

    Parameters
    ----------
    results : Results
        Finished or not.
    outcome : str
        The scalar that it is about; a usual one unless named.
    """
    study = Study(results, chosen(results, outcome))
    view = _view(study)
    rows, labels = view.drawn_rows
    sections = [
        _asked(study), *view.ranking(), view.doubt(), view.money(), view.survives(),
        years(study, courses(study, rows, labels)), limits(study), method(study), origin.section(study),
    ]  # fmt: skip
    long = list(study.letters.values())
    answers = once([answer.text for answer in view.answers], long)
    return Page(
        title=_title(study),
        kicker=_kicker(study),
        answers=[(answer.about, text) for answer, text in zip(view.answers, answers, strict=True)],
        answers_note=_answers_note(study),
        note=f"{NOTE} {_ASSUMED}",
        sections=[section_once(section, long) for section in sections],
    )


_ASSUMED = "The numbers show what follows from the model's assumptions, not what will happen in a real place."


def _view(study: Study) -> View:
    missing = origin.missing(study)
    if study.is_sample:
        from collabsim.experiment_report.sampled import Sampled

        return Sampled(study, missing)
    if study.kind == "equal-cost":
        from collabsim.experiment_report.valued import Valued

        return Valued(study, missing)
    return Compared(study, missing)


def _title(study: Study) -> str:
    """The question; without one, what was asked of the numbers."""
    question = " ".join(study.experiment.question.split())
    return question or f"What makes a difference to {thing(study.scalar)}?"


def _kicker(study: Study) -> str:
    title = " ".join(study.experiment.title.split()) or study.experiment.name
    return f"{title} – CollabSim, a simulator of partnerships between agencies"


def _answers_note(study: Study) -> str:
    return (
        f"About {thing(study.scalar)}: {study.outcome.meaning}. In square brackets: the 95% interval, which says "
        "how far a "
        "number could be off because of luck in the simulation. Where it includes zero, "
        "the sentence says that we cannot tell."
    )


# --- what was asked -----------------------------------------------------------------------------


def _asked(study: Study) -> Section:
    varied = tables_of_varied(study)
    is_short = sum(len(table.rows) for table in varied) <= FEW_VARIED
    left = "" if is_short else " What was varied is listed under Method."
    about = " ".join(study.experiment.about.split())
    return Section(
        "asked",
        "What was asked, and of what",
        paragraphs=[text for text in (about, *_scenarios(study), _runs(study) + left) if text],
        tables=varied if is_short else [],
    )


def _scenarios(study: Study) -> list[str]:
    """The scenarios, each with what it is about: of many, only the first."""
    told = []
    for name, title in list(study.titles.items())[:6]:
        scenario = study.scenarios.get(name)
        about = " ".join(scenario.about.split()) if scenario else "It cannot be read from the results folder."
        told.append(f"{title}: {about}")
    more = len(study.titles) - len(told)
    return [*told, *([f"And {more} more scenarios, listed under the provenance."] if more else [])]


def _runs(study: Study) -> str:
    rows, done = len(study.results.design), len(study.results.runs)
    luck = "under the same luck" if study.common else "each with luck of its own"
    return (
        f"The design is {DESIGNS[study.kind]}: {rows:,} row{'s' * (rows != 1)}, each run {study.replicates:,} "
        f"time{'s' * (study.replicates != 1)} {luck}; {done:,} runs in all."
    )
