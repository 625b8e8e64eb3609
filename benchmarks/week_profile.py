"""Where the time of a week goes: `week.py`, compiled with a clock that is read after every process.

The clock is the processor's time stamp counter, read in compiled code, so the processes stay as they are: in one
function, compiled together. What reading it costs is stated with the table. Needs an x86 processor.
"""

from __future__ import annotations

import ast
import inspect
import platform
import time
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

MOST_PROCESSES = 100
LIVED = ("live_week", "meet_and_work")
"""The rules of `week.py` that call the processes."""
ITSELF = "the week itself"
_ticks = np.zeros(MOST_PROCESSES + 1, dtype=np.int64)  # the last reading, then what each process took


@intrinsic
def tick(typing_context, process):
    """Add the time since the last reading to a process."""
    address = _ticks.ctypes.data

    def generate(context, builder, signature, arguments):
        word = ir.IntType(64)
        clock = builder.module.declare_intrinsic("llvm.readcyclecounter", (), ir.FunctionType(word, ()))
        last = builder.inttoptr(ir.Constant(word, address), word.as_pointer())
        mine = builder.gep(last, [builder.add(arguments[0], ir.Constant(word, 1))])
        passed = builder.sub(builder.call(clock, ()), builder.load(last))
        builder.store(builder.add(builder.load(mine), passed), mine)
        builder.store(builder.call(clock, ()), last)  # again: the adding up belongs to nobody
        return context.get_dummy_value()

    return types.void(process), generate


def clocked_week() -> tuple[Any, list[str]]:
    """Return `live` of `week.py` with the clock in it, and the processes' names in the order of their numbers."""
    from collabsim.model import compiled, week

    tree = ast.parse(Path(inspect.getfile(week)).read_text())
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in LIVED:
            node.body = _with_clock(node.body, names)
    tree.body = [node for node in tree.body if not isinstance(node, (ast.Import, ast.ImportFrom))]
    ast.fix_missing_locations(tree)
    module = ModuleType("clocked_week")
    module.__dict__.update(week.__dict__)
    module.__dict__.update(tick=tick, entry=lambda f: numba.njit(f, **compiled._OPTIONS))
    exec(compile(tree, "clocked_week", "exec"), module.__dict__)  # our own source, read above
    return module.__dict__["live"], names


def _with_clock(body: list[ast.stmt], names: list[str]) -> list[ast.stmt]:
    """Return the statements of the week, each followed by a reading of the clock; conditions are looked into."""
    timed: list[ast.stmt] = []
    for line in body:
        timed.append(line)
        if isinstance(line, ast.If | ast.For):
            line.body = _with_clock(line.body, names)
        elif isinstance(line, ast.Assign) or (isinstance(line.value, ast.Call) and _name(line) not in LIVED):
            timed += ast.parse(f"tick({len(names)})").body
            names.append(_name(line))
    return timed


def _name(line: ast.stmt) -> str:
    """What a process is called: the rule that is called; what else the week does is its own."""
    is_call = isinstance(line, ast.Expr) and isinstance(line.value, ast.Call)
    return ast.unparse(line.value.func) if is_call else ITSELF


def profile(scenario, plan, runs: int) -> dict:
    """Return the time of each process in one run (the fastest of its readings over the runs), and the clock's own cost.

    Returns
    -------
    dict
        `processes`: rows of process, ms and share, the longest first; `plain_ms`, `clocked_ms`: medians of a whole run
        without and with the clock (processor time), alternating.
    """
    from collabsim.model import simulate

    if platform.machine() not in ("x86_64", "AMD64"):
        return {"processes": [], "plain_ms": None, "clocked_ms": None}
    clocked, names = clocked_week()
    plain = simulate.live
    whole: dict[bool, list[float]] = {True: [], False: []}
    fastest, rate = np.full(len(names), np.inf), 0.0
    try:
        for n in range(runs + 1):
            for with_clock, entry in ((False, plain), (True, clocked)):
                simulate.live = entry
                _ticks[:] = 0
                start, first = time.thread_time(), _ticks.copy()
                simulate.run_once(scenario, plan=plan)
                took = time.thread_time() - start
                if n > 0:  # the first compiles
                    whole[with_clock].append(took)
                if n > 0 and with_clock:
                    spent = (_ticks - first)[1 : len(names) + 1]
                    fastest[1:] = np.minimum(fastest[1:], spent[1:])
    finally:
        simulate.live = plain
    fastest[0] = 0.0  # the week's number; its reading also holds all time before the first week
    rate = ticks_a_second()
    spent_on: Counter[str] = Counter()
    for name, spent in zip(names, fastest.tolist(), strict=True):
        spent_on[name] += spent
    return {
        "processes": [
            {"process": name, "ms": 1000 * spent / rate, "share": spent / fastest.sum()}
            for name, spent in spent_on.most_common()
            if spent > 0
        ],
        "plain_ms": 1000 * float(np.median(whole[False])),
        "clocked_ms": 1000 * float(np.median(whole[True])),
    }


def ticks_a_second() -> float:
    """Return the clock's rate, against the system's clock."""

    @numba.njit
    def read():
        tick(0)

    read()
    start, begun = time.perf_counter(), int(_ticks[0])
    time.sleep(0.2)
    read()
    return (int(_ticks[0]) - begun) / (time.perf_counter() - start)


def main() -> None:
    """Print the table."""
    import sys

    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from partnerships import partnership

    from collabsim.model.founding import blueprint

    scenario = partnership(years=10)
    found = profile(scenario, blueprint(scenario), 100)
    print(f"a run {found['plain_ms']:.2f} ms, with the clock {found['clocked_ms']:.2f} ms")
    for row in found["processes"]:
        print(f"{row['ms']:8.3f} ms {100 * row['share']:5.1f}%  {row['process']}")


if __name__ == "__main__":
    main()
