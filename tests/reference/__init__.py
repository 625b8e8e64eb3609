"""The model once more, in plain Mesa: agents with methods, ordinary objects, from the declaration alone.

It is easy to read, and independent of the compiled model: the tests hold the two together draw for draw,
and the benchmarks measure the compiled model against it.
"""

from reference.partnership import ReferencePartnership

__all__ = ["ReferencePartnership"]
