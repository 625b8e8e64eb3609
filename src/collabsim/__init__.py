"""CollabSim: an agent-based simulator of multi-agency partnerships.

Nothing heavy is imported here, so that ``collabsim --help`` answers at once: import what you need
from the module that holds it, for example ``from collabsim.scenario import Scenario``.
"""

__version__ = "0.1.0"
