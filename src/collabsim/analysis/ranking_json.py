"""A ranking as JSON."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collabsim.experiment.results import Results


def as_json(content: Any) -> Any:
    """The same content in the types that JSON has: None for what is no number, a list of rows for a table."""
    if is_dataclass(content) and not isinstance(content, type):
        return {field.name: as_json(getattr(content, field.name)) for field in fields(content)}
    if isinstance(content, pd.DataFrame):
        return [as_json(row) for row in content.to_dict("records")]
    if isinstance(content, dict) or hasattr(content, "items"):
        return {str(key): as_json(value) for key, value in content.items()}
    if isinstance(content, np.ndarray):
        return as_json(content.tolist())
    if isinstance(content, list | tuple):
        return [as_json(value) for value in content]
    if isinstance(content, np.generic):
        return as_json(content.item())
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content


def origin(results: Results) -> dict[str, Any]:
    """Where results come from: what somebody needs to get them again."""
    plan = results.plan
    experiment = plan["experiment"]
    return {
        "experiment": experiment["name"],
        "question": experiment["question"],
        "design": dict(experiment["design"]),
        "rows": len(results.design),
        "replicates": experiment["replicates"],
        "runs": len(results.runs),
        "failed": len(results.failures),
        "seed": plan["seed"],
        "code": plan["code"],
        "commit": plan["commit"],
        "scenarios": plan["scenarios"],
        "machine": plan["machine"],
        "time": plan["time"],
        "seconds_per_run": plan.get("seconds_per_run", {}),
    }
