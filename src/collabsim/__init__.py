"""CollabSim: an agent-based simulator of multi-agency partnerships.

Nothing heavy is imported here, so that ``collabsim --help`` answers at once: import what you need
from the module that holds it, for example ``from collabsim.scenario import Scenario``.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"


_LAZY = {"PartnershipModel": "collabsim.mesa_model", "load_results": "collabsim.experiment.results"}


def __getattr__(name: str) -> Any:
    """Find `PartnershipModel` and `load_results` when somebody asks: importing what they need is slow."""
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
