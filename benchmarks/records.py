"""What every benchmark writes down beside its figures, and where."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collabsim.provenance import commit, libraries, machine, model_digest

RESULTS = Path(__file__).parent / "results"


def provenance() -> dict[str, Any]:
    """The machine, the versions, the commit and the model that figures belong to, and what else the machine did."""
    return {
        "machine": machine(),
        "libraries": libraries(),
        "commit": commit(),
        "model": model_digest(),
        "load_average_before": [round(load, 1) for load in os.getloadavg()],
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def save(name: str, figures: dict[str, Any]) -> None:
    """Write a part's figures to `results/NAME.json`."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=1, ensure_ascii=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def load(name: str) -> dict[str, Any] | None:
    """Return a part's figures, if they have been taken."""
    file = RESULTS / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
