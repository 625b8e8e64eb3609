"""What the dashboard's pages draw, for tests without a page."""

from collabsim.dashboard.batches import Replicates
from collabsim.dashboard.live import Picture, Wish
from collabsim.scenario import Scenario


def picture_of(*scenarios: Scenario, count: int) -> Picture:
    """So many replicates of each scenario, as if they had arrived."""
    found = tuple(Replicates(scenario, 0, count) for scenario in scenarios)
    for replicates in found:
        replicates.grow(count, 0)
    return Picture(Wish(1, tuple(scenarios), 0), found)
