"""What the design of an experiment varies, and over which values."""

from __future__ import annotations

from contextlib import suppress

from collabsim.experiment_report.called import shown_value, spoken
from collabsim.experiment_report.study import Study
from collabsim.report import Table

MOST = 100
FEW = 8
"""Values that are named one by one."""


def tables_of_varied(study: Study) -> list[Table]:
    """What the design varies, and over which values."""
    design = study.results.design
    names = [name for name in design.columns if name in study.parameters][:MOST]
    rows = [[spoken(str(name)), _values(study, str(name))] for name in names]
    return [Table("What was varied", ["What", "Values"], rows)] if rows else []


def _values(study: Study, name: str) -> str:
    """The values that a column takes, or their range where they are many."""
    column = study.results.design[name].dropna()
    values = column.unique().tolist()
    if len(values) > FEW and all(isinstance(value, (int, float)) for value in values):
        return f"{min(values):,.3g} to {max(values):,.3g}"
    with suppress(TypeError):
        values = sorted(values)
    left = f" and {len(values) - FEW} more" if len(values) > FEW else ""
    own = ", or as the scenario has it" if len(column) < len(study.results.design) else ""
    return f"{', '.join(shown_value(value) for value in values[:FEW])}{left}{own}"
