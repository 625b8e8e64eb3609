"""The place of each option in each state of the world, at one look, where a design has several states."""

from __future__ import annotations

from dataclasses import replace

from collabsim.analysis.panels import CannotCompare, panel, policy_names
from collabsim.analysis.robustness import Robustness, robustness
from collabsim.analysis.robustness_words import agreement
from collabsim.experiment_report.study import Study
from collabsim.figures import places as figure
from collabsim.report import Exhibit, Table

MOST_OPTIONS, MOST_STATES = 30, 32


def places(study: Study) -> list[Exhibit]:
    """A figure of places; none where the design has one state, or more than a page can show."""
    try:
        found = _labelled(study, robustness(panel(study.results, study.scalar)))
    except CannotCompare:
        return []
    options, states = found.place.shape
    if states < 2 or options < 2 or states > MOST_STATES or options > MOST_OPTIONS:
        return []
    return [
        Exhibit(
            f"The place of each option in each of {states} states of the world",
            figure.places(found),
            figure.in_words(found),
            _table(found),
            note=f"1 is best. States are scenarios, structures or sets of coefficients. {agreement(found)}",
        )
    ]


def _labelled(study: Study, found: Robustness) -> Robustness:
    """The same with the options' names in this report, where they name them as well."""
    rows, named = study.settings[0].rows, policy_names(study.results)
    labels = {named[row]: study.labels[row] for row in rows.tolist()}
    if len(set(labels.values())) < len(labels) or not set(found.place.index) <= set(labels):
        return found
    table = found.table.assign(policy=[labels[name] for name in found.table["policy"]])
    return replace(found, table=table, place=found.place.rename(index=labels))


def _table(found: Robustness) -> Table:
    ordered = found.place.loc[list(found.table["policy"])]
    head = ["Option", *(f"{number}: {name}" for number, name in enumerate(found.panel.states, 1))]
    rows = [
        [str(name), *(str(place) for place in of_option)]
        for name, of_option in zip(ordered.index, ordered.to_numpy().tolist(), strict=True)
    ]
    return Table("Places by state", head, rows)
