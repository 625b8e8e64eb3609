"""How quick the dashboard is, in a real browser and for a room of learners.

    python benchmarks/dashboard.py            # both parts, about six minutes, then the page
    python benchmarks/dashboard.py moves      # one browser: a lever is moved, its new picture is painted (three minutes)
    python benchmarks/dashboard.py room       # thirty sessions on one server (less than four minutes)
    python benchmarks/dashboard.py page       # only the figures of docs/how-to/use-the-dashboard.md, from what is kept

The server is started as a user starts it; the browser is Debian's chromium without a screen. *moves*: the time from the
key that moves a lever to the frame after the last figure shows its first picture, and to the picture of all 100
replicates: 50 moves of the default partnership, half a second after the picture before was whole, and 50 in haste, made as
soon as it is. *room*: thirty sessions speak the page's own protocol, each with another scenario
or lever, each moving a lever every 5 s for 3 minutes; the time from the message that moves it to the message that
holds its picture. Every picture is checked to be of that session's own wish, and the last one of every page to hold
the numbers that the same wish gives when it is computed alone. Bounds are those of the project's requirements; one that
is missed is printed, and stands on the page, as missed. Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dashboard_page
import dashboard_room
import numpy as np
import psutil

from collabsim.provenance import machine

RESULTS = Path(__file__).parent / "results" / "dashboard.json"
MOVES, SESSIONS, SECONDS = 50, 30, 180.0
PAUSE = 0.5  # seconds from one move's last picture to the next move; none between moves in haste


@contextmanager
def server() -> Iterator[tuple[str, psutil.Process]]:
    """A dashboard of its own, and its process."""
    command = [sys.executable, "-m", "collabsim", "dashboard", "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        address = next(found[0] for line in process.stderr if (found := re.search(r"http://[^\s/]+", line)))
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


# --- one browser --------------------------------------------------------------------------------

_MOVE = """
async (value) => {
  const lever = document.querySelector('[data-lever="colocation.days"]');
  const charts = () => [...document.querySelectorAll('.cs-courses .chart')];
  const old = charts().map((c) => c.dataset.painted);
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const painted = (isSo) => new Promise((done) => { // watched, not asked in every frame, which would be work of its own
    const watcher = new MutationObserver(async () => {
      if (!isSo()) return;
      watcher.disconnect();
      await frame(); await frame(); // the second begins when the first has been painted
      done(performance.now() - began);
    });
    watcher.observe(document.querySelector('.cs-courses'), { subtree: true, attributeFilter: ['data-painted'] });
  });
  const began = performance.now();
  const first = painted(() => charts().every((c, k) => c.dataset.painted !== old[k]));
  const whole = painted(() => charts().every((c, k) => c.dataset.painted !== old[k] && c.dataset.painted.endsWith(':100')));
  lever.value = value;
  lever.dispatchEvent(new Event('input', { bubbles: true }));
  return [await first, await whole];
}
"""


def moves() -> dict[str, float]:
    """Fifty moves of one lever, and fifty more in haste, each to a value that was not computed before."""
    sys.path.append(str(Path(__file__).parent.parent / "tests"))
    from browser import open_browser

    with server() as (address, process), open_browser() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(address)
        page.wait_for_selector("#cs-count[data-done='100']", timeout=120_000)
        page.get_by_role("button", name="Co-location").click()
        page.wait_for_selector('[data-lever="colocation.days"]')
        page.locator('[data-lever="colocation.days"]').evaluate("(lever) => { lever.step = 0.01 }")
        before = _cpu(process)
        first, whole = _times(page, 0.07, PAUSE)
        spent = _cpu(process) - before
        hasty, _ = _times(page, 0.12, 0.0)
    return {
        "first picture, p50 (ms)": float(np.quantile(first, 0.5)),
        "first picture, p95 (ms)": float(np.quantile(first, 0.95)),
        "all 100 replicates, p50 (ms)": float(np.quantile(whole, 0.5)),
        "all 100 replicates, p95 (ms)": float(np.quantile(whole, 0.95)),
        "first picture of a move in haste, p50 (ms)": float(np.quantile(hasty, 0.5)),
        "first picture of a move in haste, p95 (ms)": float(np.quantile(hasty, 0.95)),
        "server's CPU for a move and its 100 replicates (ms)": 1_000 * spent / MOVES,
    }


def _times(page: Any, lowest: float, pause: float) -> np.ndarray:
    """The milliseconds to the first and to the last picture of every move, the moves this many seconds apart."""
    found = []
    for k in range(MOVES):
        found.append(page.evaluate(_MOVE, round(lowest + 0.097 * k, 2)))
        time.sleep(pause)
    return np.array(found).T


def _cpu(process: psutil.Process) -> float:
    found = process.cpu_times()
    return float(found.user + found.system)


def room(seconds: float = SECONDS, sessions: int = SESSIONS) -> dict[str, float]:
    """Many sessions at once, each with its own scenario and co-location."""
    with server() as (address, process):
        return dashboard_room.room(address, process, seconds, sessions)


def stolen(before: Any, after: Any) -> float:
    """The share of the processor time wanted between two readings that a virtual machine's neighbours got.

    Where it is above a few hundredths, the figures are the neighbours' as much as the dashboard's.
    """
    spent = {name: getattr(after, name) - getattr(before, name) for name in after._fields}
    return float(spent.get("steal", 0.0) / max(sum(spent.values()) - spent["idle"], 1e-9))


def main(parts: list[str]) -> None:
    """Measure, print each figure beside its bound, keep them, and write them into the page."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"figures": {}}
    for name, part in (("moves", moves), ("room", room)):
        if name in parts or not parts:
            before = psutil.cpu_times()
            found = {key: round(value, 1) for key, value in part().items()}
            taken = stolen(before, psutil.cpu_times())
            kept["figures"] |= found
            kept["machine"] = machine()
            kept["taken by other machines"] = kept.get("taken by other machines", {}) | {
                name: round(taken, 3)
            }
            print("\n".join(dashboard_page.line(key, value) for key, value in found.items()))
            print(f"{'processor time that other machines took (%)':<60} {100 * taken:>10.1f}", flush=True)
            RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    if kept["figures"]:
        dashboard_page.write(kept)


if __name__ == "__main__":
    main(sys.argv[1:])
