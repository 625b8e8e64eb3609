"""A program for a test: pages that open, ask and close in mid-computation, beside threads that take their time.

    python page_closer.py PAGES SEED

Prints how many pages came and went, and what the crew says once the last picture is there; fails where
nothing is computed any more.
"""

import random
import sys
import threading

import solara.server.starlette  # noqa: F401  (gives every thread of a page its context, as on the server)
from solara.server import kernel
from solara.server.kernel_context import VirtualKernelContext

from collabsim.dashboard import crew
from collabsim.dashboard.live import Live, Wish
from collabsim.model.simulate import run_once
from collabsim.scenario import load_scenario

BASE = load_scenario("mixed-partnership", years=1)
BUSY, PATIENCE = 2, 60.0


def busy(done: threading.Event) -> None:
    while not done.is_set():
        sum(range(3_000))


def wish(luck: random.Random) -> Wish:
    return Wish(1, (BASE, BASE.with_values({"colocation.days": luck.randrange(1, 500) / 100})), 0)


def visit(number: int, luck: random.Random) -> None:
    """A page that closes while its pictures are computed; its worker is told only afterwards."""
    page = VirtualKernelContext(id=str(number), kernel=kernel.Kernel(), session_id="visitor")
    with page:
        live = Live(lambda _: None, lambda _: None)
        live.ask(wish(luck))
    done.wait(luck.random() * 0.05)
    page.close()
    live.close()


def last_picture(luck: random.Random) -> bool:
    """Whether somebody who comes now still sees something."""
    shown = threading.Event()
    live = Live(lambda _: shown.set(), lambda _: None)
    live.ask(wish(luck))
    return shown.wait(PATIENCE)


if __name__ == "__main__":
    pages, luck, done = int(sys.argv[1]), random.Random(int(sys.argv[2])), threading.Event()
    crew.watch()
    run_once(BASE)
    for _ in range(BUSY):
        threading.Thread(target=busy, args=(done,), daemon=True).start()
    for number in range(pages):
        visit(number, luck)
    is_well = last_picture(luck)
    done.set()
    print(f"{pages} pages came and went; {crew.CREW.state()}")
    sys.exit(0 if is_well else 1)
