"""The figures behind the tests of verification: mean trust against its formula, and what pairing saves.

python benchmarks/verification.py
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from partnerships import MEAN_FIELD, partnership, turnover
from test_common_random_numbers import paired_variance_ratio
from test_verification import expected_mean_trust, mean_trust

from collabsim.parameters import SECTORS
from collabsim.scenario import load_scenario

TURNOVER = (0.05, 0.10, 0.15, 0.20, 0.30, 0.45, 0.60)
PAIRS = (
    ("mixed-partnership", {"funding.grant_months": 36.0}),
    ("mixed-partnership", {"colocation.days": 3.0}),
    ("short-term-funding", {"funding.grant_months": 36.0}),
    ("short-term-funding", {"colocation.days": 3.0}),
)


def simulated(annual: float, days: float) -> float:
    """Return mean trust over the last 40 of 80 years, 12 replicates."""
    hiring = {f"hiring.{sector}": 2.0 for sector in SECTORS}
    context = {**MEAN_FIELD, **turnover(annual), **hiring}
    return mean_trust(
        partnership(policy={"colocation.days": days}, context=context, years=80), 12, from_year=40
    )


def main() -> None:
    """Print both tables."""
    print("turnover  separate: simulated formula   co-located: simulated formula")
    worst = 0.0
    for annual in TURNOVER:
        row = [(simulated(annual, days), expected_mean_trust(annual, days)) for days in (0.0, 5.0)]
        worst = max(worst, *(abs(a - b) for a, b in row))
        print(f"{annual:8.0%}  {row[0][0]:19.3f} {row[0][1]:7.3f}   {row[1][0]:21.3f} {row[1][1]:7.3f}")
    print(f"largest difference {worst:.4f}\n")
    print("variance of the paired difference over that with independent seeds (mean trust, last year)")
    for name, values in PAIRS:
        base = load_scenario(name)
        ratio = paired_variance_ratio(base, base.with_values(values), 300)
        print(f"{name}, {next(iter(values))} = {next(iter(values.values())):g}: {ratio:.2f}")


if __name__ == "__main__":
    main()
