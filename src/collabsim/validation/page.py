"""The documentation's page on what the model gets right and wrong, written from kept verdicts."""

from __future__ import annotations

from collabsim.validation import written
from collabsim.validation.kinds import INSIDE
from collabsim.validation.written import Row

TITLE = "# What the model gets right and wrong"

WHY = {
    7: "Across draws of all uncertainties trust and outcomes hang together more than in the field: means over eight "
    "years of simulated partnerships hold little of the luck and none of the errors of measurement that weaken the "
    "correlations of real teams, and trust reaches outcomes in the model by one strong way, the answers to requests.",
    10: "Turnover hurts, and about as much as the field's largest values say, but the fall is steeper at high than at low "
    "turnover. The field's other curve needs leavers who fitted badly and newcomers who bring what others lack; the "
    "second is in the model (knowledge.novelty) and off by default, the first is not.",
    12: "The model's levers add up: each acts on the outcome of cases with a size that its own studies support, and no "
    "study has measured fifteen at once. Patterns 8, 14 and 15, which set parameters, want a third of a standard "
    "deviation from shared goals alone and a correlation of 0.3 or more of information with outcomes; what remains "
    "below 0.3 for everything together is then nothing. The sources differ in what an outcome is: teams' performance "
    "in 8, 14 and 15, people's health in 12. The model has one outcome for both. Read its outcome of cases as the "
    "quality of the work, not as what becomes of people; for those, expect much less.",
    13: "A pooled budget takes rivalry away, which raises trust and through it a little of everything else.",
    29: "See the note of pattern 30.",
    30: "The crossover follows from how much time settling things takes (governance.load), which nobody has measured.",
    32: "Co-location needs continuity in the model: relationships must last to be worth building. A shared record does "
    "not make it pay more: record and trust are two ways to the same answer, and where one opens the other adds less.",
    37: "With leaver rates set by pattern 1 permanent posts are left less often than in the studies of this ratio, which "
    "mix secure and insecure posts; non-renewal alone then makes the ratio larger.",
    38: "Insecurity above 0.1 is the model's measure of fearing for the job. It is concentrated in the months before a "
    "decision, and the other agencies have few grants; people in permanent posts, who also fear for their jobs in "
    "surveys, do not in the model.",
    40: "In the model completeness of information is below half in about half of all cases, so it is in most of the worst. "
    "Reviews are written about cases in which much more goes wrong than the model holds.",
    43: "The formula leaves out what the experiment cannot switch off.",
    44: "What erodes first depends on the structure of trust.",
    45: "Earlier decisions let people leave earlier who will have to leave anyway.",
}
"""Why a pattern is not inside, where it is not."""


def page(verdicts: Row) -> str:
    """The page.

    Parameters
    ----------
    verdicts : mapping
        What `report.to_json` gives, with the default structure first.
    """
    rows = next(iter(verdicts["structures"].values()))
    parts = [
        TITLE,
        _opening(verdicts),
        written.summary(rows),
        *_across(verdicts),
        *_reasons(rows),
        *_everything(rows),
    ]
    parts += ["## How the defaults and the ensemble were found", _CALIBRATION]
    parts += ["## Every pattern, default structure", written.GRADES, written.VERDICTS, _table(rows)]
    return "\n\n".join(parts) + "\n"


def _opening(verdicts: Row) -> str:
    return (
        "A model earns trust by what it gets wrong in public. This page holds CollabSim against what the field knows: "
        f"each pattern in the field's words, with the figure that the simulation gives. {written.about(verdicts)} It is "
        "written by `python benchmarks/validation.py`; [Hold the model against the evidence](../how-to/validate.md) says "
        "how to ask for your own structure. Illustrative, not a forecast: a pattern inside its range says that the "
        "model behaves like the field's averages there, not that it knows a place."
    )


def _across(verdicts: Row) -> list[str]:
    if len(verdicts["structures"]) == 1:
        return []
    lines = "\n".join(f"- {line}" for line in written.failures(verdicts))
    return [
        "## Every structure of the model",
        "A name joins the choices that are not the default. The other structures run at the parameters that were "
        "calibrated for the default one.",
        written.markdown_table(*written.across(verdicts)),
        "## What is outside, and where",
        lines,
    ]


def _reasons(rows: list[Row]) -> list[str]:
    """Why what is not inside in the default structure is not."""
    lines = [
        f"- **Pattern {row['number']}**, {row['verdict']}: {_why(row)}"
        for row in rows
        if row["verdict"] != INSIDE
    ]
    missing = [
        f"- **Pattern {row['number']}**, {check['what']}: not measured, as {check['missing']}."
        for row in rows
        for check in row["checks"]
        if "mean" not in check
    ]
    return ["## What is not inside in the default structure, and why", "\n".join([*lines, *missing])]


def _why(row: Row) -> str:
    plain = f"{row['statement'].rstrip('.')}. "
    return plain + WHY.get(
        row["number"], "An interval holds an end of its range: more replicates would tell."
    )


def _everything(rows: list[Row]) -> list[str]:
    row = next(row for row in rows if row["number"] == 12)
    told = "; ".join(f"{c['what']} {written.figure(c)} {c['unit']}" for c in row["checks"])
    return ["## Everything at once", f"All fifteen groups of levers at a full dose move: {told}."]


def _table(rows: list[Row]) -> str:
    return written.markdown_table(written.HEAD, [line for row in rows for line in written.cells(row)])


_CALIBRATION = """The calibration patterns set parameters, in two steps, and the validation patterns were never looked at
in either.

*Defaults.* Where a calibration pattern was outside at the defaults, the defaults that it depends on were moved, inside
their evidence ranges, as little as brought it inside: leaver rates of four sectors and of newcomers (patterns 1 and 2),
weeks to recruit in councils (18), the weight of information (8), reflection's gain and half-life (14), the spread of
agencies' goals (15), and forgetting under the beta rule (25).

*The accepted ensemble.* History matching: a Latin hypercube over the evidence ranges of all uncertainties is run, an
emulator of each calibration number says which points cannot be right, and points that may be are run in turn, in three
waves. What is left is the ensemble that `--uncertainty accepted` draws from. `python benchmarks/calibration.py` makes it
again; the file carries the model, the seed and the criteria that it was made with.

The ensemble is a sample of what the calibration patterns allow, not of what is likely: ranges count as evenly spread, and
most uncertainties that no pattern speaks of keep their whole range."""
