"""Reading ahead, so that a large partnership does not wait for memory at every number.

What a place holds fits into the processor's caches; what thousands of places hold does not, and is far away again when
a place's turn comes. Rules look up what they need here and there, and each such look takes as long as hundreds of their
steps. The same lines read side by side, one after another, come many times faster, and are near when the rules ask.
"""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.extending import intrinsic

from collabsim.model.compiled import UNCOMPILED, rule

FAR = 2_500  # posts: of more, what a place holds is far away after a week; of fewer, reading ahead only takes time
LINE = 64  # bytes that memory hands over at a time


@rule
def read_ahead(m, place, q):
    """Bring near what a place holds, in a large partnership; nothing changes."""
    if UNCOMPILED or len(m.posts) <= FAR:
        return
    first, stop = place["first"], place["first"] + place["slots"]
    seen = read(m.trust, first, stop) + read(m.cap, first, stop)
    seen += read(m.met, first, stop) + read(m.contacts, first, stop)
    seen += read(m.answered, first, stop) + read(m.posts, first, stop)
    seen += read(m.fours, place["first_four"], place["first_four"] + place["fours"])
    team, beyond = place["first_team"], place["first_team"] + m.world["agencies"] + 1
    seen += read(m.teams, team, beyond) + read(m.target, team, beyond)
    for n in range(place["open_cases"]):
        slot = m.open_cases[q, n]
        seen += m.cases[slot]["id"] + m.member_post[slot, 0] + m.member_team[slot, 0]
    m.fresh[0] = seen  # scratch: what nobody can ever look at is not read at all


@rule
def read(array, first, stop):
    """Read every line of some rows of an array; return a sum that means nothing."""
    look: Any = byte_of  # its first argument is the compiler's
    width = array.strides[0]
    seen = 0
    for n in range(first * width, stop * width, LINE):
        seen += look(array, n)
    return seen


@intrinsic
def byte_of(context: Any, array: Any, n: Any) -> Any:
    """Return byte `n` of a contiguous array, whatever it holds: numbers read with a stride come half as fast."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        there = context.make_array(signature.args[0])(context, builder, arguments[0])
        start = builder.bitcast(there.data, context.get_value_type(types.voidptr))
        return builder.load(builder.gep(start, [arguments[1]]))

    return types.uint8(array, types.int64), code
