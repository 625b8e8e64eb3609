"""Functions whose sensitivity is known, and results of a sweep as they would have left them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from collabsim.experiment.design import rows
from collabsim.experiment.factors import Factor, dummy
from collabsim.experiment.plan import Plan, described
from collabsim.experiment.results import Results
from collabsim.experiment.types import Experiment

Function = Callable[[pd.DataFrame], np.ndarray]
G = (0.0, 1.0, 4.5, 9.0, 99.0, 99.0)
FAST = {"draws": 200, "pawn": False, "details": False}
"""What a ranking is asked for where only its indices are looked at."""


def experiment(kind: str, size: int, factors: tuple[Factor, ...], **more: Any) -> Experiment:
    design = {"kind": kind, "size": size, "groups": False, "second_order": False, "levels": 4}
    usual = {"replicates": 4, "common": False, "outcomes": ("trust_last",)}
    return Experiment("known", factors=factors, design=design | more.pop("design", {}), **usual | more)


def results(of: Experiment, function: Function, noise: float = 0.0, seed: int = 0) -> Results:
    """What a sweep of the experiment would leave if the function were the model, with normal noise."""
    design, generator = rows(of), np.random.default_rng(seed)
    values = function(design)[:, None] + noise * generator.standard_normal((len(design), of.replicates))
    row, replicate = np.divmod(np.arange(values.size), of.replicates)
    runs = pd.DataFrame({"row": row, "replicate": replicate, of.outcomes[0]: values.ravel()})
    content = {
        "experiment": described(of), "outcomes": list(of.outcomes), "chunks": [], "seed": 0,
        "code": {}, "commit": None, "scenarios": {}, "machine": {}, "time": "",
    }  # fmt: skip
    failures = pd.DataFrame({"row": [], "replicate": [], "failure": [], "error": []})
    return Results(Path("known"), [Plan(content)], design, runs, failures)


def uniform(count: int, low: float = 0.0, high: float = 1.0) -> tuple[Factor, ...]:
    return tuple(Factor(f"x{n}", "continuous", low, high) for n in range(1, count + 1))


# --- Ishigami and Homma 1990 --------------------------------------------------------------------

ISHIGAMI = (*uniform(3, -np.pi, np.pi), dummy())


def ishigami(x: pd.DataFrame) -> np.ndarray:
    first, second, third = (x[f"x{n}"].to_numpy() for n in (1, 2, 3))
    return np.sin(first) + 7 * np.sin(second) ** 2 + 0.1 * third**4 * np.sin(first)


def ishigami_answer() -> tuple[dict[str, float], dict[str, float]]:
    """First-order and total indices."""
    alone, second, third = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 0.01 * np.pi**8 * 8 / 225
    whole = alone + second + third
    first = {"x1": alone / whole, "x2": second / whole, "x3": 0.0}
    return first, {"x1": (alone + third) / whole, "x2": second / whole, "x3": third / whole}


# --- Sobol's G ----------------------------------------------------------------------------------


def sobol_g(x: pd.DataFrame) -> np.ndarray:
    parts = [(np.abs(4 * x[f"x{n}"].to_numpy() - 2) + a) / (1 + a) for n, a in enumerate(G, 1)]
    return np.prod(parts, axis=0)


def sobol_g_answer() -> tuple[dict[str, float], dict[str, float]]:
    own = 1 / (3 * (1 + np.array(G)) ** 2)
    whole = np.prod(1 + own) - 1
    total = own * np.prod(1 + own) / (1 + own) / whole
    names = [f"x{n}" for n in range(1, len(G) + 1)]
    return dict(zip(names, own / whole, strict=True)), dict(zip(names, total, strict=True))


# --- linear, and with choices -------------------------------------------------------------------

SLOPES = {"x1": 4.0, "x2": 2.0, "x3": 1.0, "x4": 0.0}
LINEAR = (*uniform(4), dummy())
LINEAR_SD = float(np.sqrt(sum(slope**2 for slope in SLOPES.values()) / 12))


def linear(x: pd.DataFrame) -> np.ndarray:
    return np.asarray(sum(slope * x[name].to_numpy() for name, slope in SLOPES.items()))


def linear_answer() -> dict[str, float]:
    return {name: slope**2 / 12 / LINEAR_SD**2 for name, slope in SLOPES.items()}


COUNT = Factor("count", "integer", 0, 4)
WORD = Factor("word", "categorical", values=("none", "written", "overlap"))
SWITCH = Factor("switch", "boolean", values=(False, True))
MIXED = (COUNT, WORD, SWITCH, dummy())
_WORTH = {"none": 0.0, "written": 1.0, "overlap": 4.0}


def mixed(x: pd.DataFrame) -> np.ndarray:
    """A whole number, a choice, and a switch that doubles what the choice is worth."""
    worth = x["word"].map(_WORTH).to_numpy(dtype=float)
    return x["count"].to_numpy(dtype=float) + worth * (1 + x["switch"].to_numpy(dtype=float))


def mixed_answer() -> tuple[dict[str, float], dict[str, float]]:
    """By counting every combination: all are equally likely."""
    names = ("count", "word", "switch")
    cells = [list(range(5)), list(WORD.values), list(SWITCH.values)]
    table = pd.DataFrame(list(product(*cells)), columns=list(names))
    table["y"] = mixed(table)
    whole = float(table["y"].var(ddof=0))
    first = {n: float(table.groupby(n)["y"].mean().var(ddof=0)) / whole for n in names}
    rest = {n: [m for m in names if m != n] for n in names}
    total = {n: float(table.groupby(rest[n])["y"].var(ddof=0).mean()) / whole for n in names}
    return first, total
