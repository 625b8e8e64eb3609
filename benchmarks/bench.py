"""All benchmarks, one after another, and the page that tells them: `make bench`.

    python benchmarks/bench.py [PART ...]

Each part is a process of its own and writes its figures to results/ when it is done, so that one that was stopped costs
only itself: name the parts that are still to be done. On two quiet cores all take about a quarter of an hour.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results"
PARTS: dict[str, tuple[str, ...]] = {
    "speed": ("speed.py",),
    "limit": ("limit.py",),
    "short": ("short.py", "--write"),
    "peers": ("peer_speed.py",),
    "sizes": ("scale.py", "sizes"),
    "england": ("scale.py", "england"),
    "start": ("cold_start.py",),
    "pairing": ("replicates.py", "pairing"),
    "antithetic": ("replicates.py", "antithetic"),
    "page": ("speed_page.py",),
}
"""The page comes last. What a part measures is said at the top of its file."""


def run(part: str) -> bool:
    """Run a part; say how long it took, or that it failed."""
    print(f"--- {part}", flush=True)
    began = time.monotonic()
    program, *words = PARTS[part]
    status = subprocess.run([sys.executable, str(HERE / program), *words], check=False).returncode
    print(
        f"--- {part}: {time.monotonic() - began:.0f} s" + (f", FAILED ({status})" if status else ""),
        flush=True,
    )
    return status == 0


def main() -> None:
    """Run the parts that are named, or all; a part that fails does not stop the others."""
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := [part for part in wanted if part not in PARTS]:
        sys.exit(f"There is no part {unknown[0]}; there are {', '.join(PARTS)}.")
    RESULTS.mkdir(exist_ok=True)
    failed = [part for part in wanted if not run(part)]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}. What the others found is kept.")


if __name__ == "__main__":
    main()
