"""CollabSim: an agent-based simulator of multi-agency partnerships.

Nothing heavy is imported here, so that ``collabsim --help`` answers at once: import what you need
from the module that holds it, for example ``from collabsim.scenario import Scenario``.
"""

__version__ = "0.1.0"


def __getattr__(name: str) -> type:
    """Find `collabsim.PartnershipModel` when somebody asks: importing Mesa is slow and has effects."""
    if name == "PartnershipModel":
        from collabsim.mesa_model import PartnershipModel

        return PartnershipModel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
