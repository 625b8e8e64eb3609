"""A panel: an outcome of the same policies in the same states of the world, read from the results of a sweep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from collabsim.experiment.factors import NOT_PARAMETERS
from collabsim.experiment.results import Results
from collabsim.outcomes import find_scalar
from collabsim.parameters import PARAMETER


class CannotCompare(ValueError):
    """The results cannot answer; the message is a plain sentence."""


@dataclass(frozen=True)
class Panel:
    """An outcome of every policy in every state of the world.

    Attributes
    ----------
    outcome : str
    better : str
        ``higher`` or ``lower``.
    policies, states : tuple of str
        The first policy is the base; the first state the usual one.
    values : array (policies, states, replicates)
        Replicate by replicate under the same luck; NaN where a run has no number.
    """

    outcome: str
    better: str
    policies: tuple[str, ...]
    states: tuple[str, ...]
    values: np.ndarray

    @cached_property
    def good(self) -> np.ndarray:
        """The values turned so that more is better."""
        return self.values if self.better == "higher" else -self.values


# --- from results -------------------------------------------------------------------------------


def panel(results: Results, outcome: str, base: str = "") -> Panel:
    """Read a panel from the results of a sweep.

    Parameters
    ----------
    results : Results
    outcome : str
        A scalar that the results hold.
    base : str
        The policy that others are compared with: the first row's, if empty.

    Raises
    ------
    CannotCompare
        When policies and states do not form a full table, rows did not share their luck, or the outcome has no
        direction.
    """
    better = find_scalar(outcome)[0].direction
    if better == "neither":
        raise CannotCompare(f"{outcome} is neither better high nor low, so that policies have no order.")
    if not results.plan["common"]:
        raise CannotCompare(
            "The rows did not meet the same luck (common = false), so that they cannot be paired."
        )
    policies, states = policy_names(results), state_names(results)
    order = list(dict.fromkeys(policies))
    if base and base not in order:
        from collabsim.checks import nearest, shown

        raise CannotCompare(f"There is no policy called {shown(base)}{nearest(base, order) or '.'}")
    order = [base, *(name for name in order if name != base)] if base else order
    columns = list(dict.fromkeys(states))
    values, members = _values(results, outcome, policies, states, order, columns)
    if members:
        columns = [
            f"{state}, member {m}" if len(columns) > 1 else f"member {m}"
            for state in columns
            for m in members
        ]
    return Panel(outcome, better, tuple(order), tuple(columns), values)


def policy_names(results: Results) -> list[str]:
    """What each row of the design does: its label, else the values of its levers."""
    design = results.design
    if "label" in design:
        return [str(label) for label in design["label"]]
    levers = [name for name in design if _kind(str(name)) == "lever"]
    return _named(design[levers], "as it is")


def state_names(results: Results) -> list[str]:
    """Which state of the world each row is in: its world, else scenario and all that is no lever."""
    design = results.design
    if "world" in design:
        return [f"world {number}" for number in design["world"]]
    others = [n for n in design if n not in NOT_PARAMETERS and _kind(str(n)) != "lever"]
    if design["scenario"].nunique() > 1:
        others = ["scenario", *others]
    return _named(design[others], "the world as it is")


def _kind(name: str) -> str:
    return PARAMETER[name].kind if name in PARAMETER else ""


def _named(table: pd.DataFrame, otherwise: str) -> list[str]:
    short = {name: str(name).removeprefix("structure.") for name in table}
    varied = [name for name in table if table[name].nunique() > 1]
    records = table[varied].to_dict("records")
    return [
        ", ".join(f"{short[k]} {_plain(v)}" for k, v in record.items()) or otherwise for record in records
    ]


def _plain(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _values(
    results: Results,
    outcome: str,
    policies: list[str],
    states: list[str],
    order: list[str],
    columns: list[str],
) -> tuple[np.ndarray, list[int]]:
    """The outcome as an array (policies, states, replicates), and the members of an ensemble that are states too."""
    place = {(p, s): row for row, (p, s) in enumerate(zip(policies, states, strict=True))}
    if len(place) < len(policies) or len(place) != len(order) * len(columns):
        raise CannotCompare(
            f"The design holds {len(order):,} policies and {len(columns):,} states of the world, but not each policy "
            "once in each state: use a table, grid or one-at-a-time design with structures, or an equal-cost design."
        )
    wide = results.runs.pivot(index="row", columns="replicate", values=outcome)
    rows = np.array([[place[p, s] for s in columns] for p in order])
    values = wide.reindex(range(len(policies))).to_numpy(dtype=float)[rows]
    members = _members(results, [int(number) for number in wide.columns])
    if not members:
        return np.asarray(values), []
    fewest = min(len(own) for own in members.values())
    split = np.stack([values[:, :, own[:fewest]] for own in members.values()], axis=2)
    return split.reshape(len(order), -1, fewest), list(members)


def _members(results: Results, replicates: list[int]) -> dict[int, list[int]]:
    """Places of the replicates of each accepted member, if each member has two or more; else nothing.

    Under common luck a replicate draws the same member in every row. A member that was run once cannot be told from
    luck: then members stay replicates, and intervals are over members and luck together.
    """
    if "member" not in results.runs:
        return {}
    drawn = results.runs.groupby("replicate")["member"].first()
    found: dict[int, list[int]] = {}
    for place, replicate in enumerate(replicates):
        found.setdefault(int(drawn[replicate]), []).append(place)
    return dict(sorted(found.items())) if min(map(len, found.values())) > 1 else {}
