"""The structural variants by name: the sixteen, and trust in two dimensions beside them."""

from __future__ import annotations

from itertools import product

from collabsim.parameters import PARAMETER, Value

SIXTEEN = (
    "structure.trust_rule",
    "structure.drift_target",
    "structure.institutional_learning",
    "structure.sharing_rule",
)
BESIDE = {"two-dimensions": {"structure.trust_dimensions": "two"}}
"""Variants that are tried with the default of everything else."""
DEFAULT = "default"


def variants() -> dict[str, dict[str, Value]]:
    """Every variant: name and structural choices.

    A name joins the choices that are not the default, as in ``beta+zero``.
    """
    choices = [PARAMETER[name].choices for name in SIXTEEN]
    found: dict[str, dict[str, Value]] = {}
    for values in product(*choices):
        other = [
            value for name, value in zip(SIXTEEN, values, strict=True) if value != PARAMETER[name].default
        ]
        found["+".join(other) or DEFAULT] = dict(zip(SIXTEEN, values, strict=True))
    return {**found, **{name: dict(values) for name, values in BESIDE.items()}}
