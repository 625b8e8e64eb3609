"""Mesa's face on the model: `PartnershipModel`, `Agency`, `Staff`.

The state is that of the compiled model, and a step is one week of it: stepped to its end, a run has exactly
the series of `collabsim.model.simulate.run_once`. Agents are views. They hold a number and read the arrays
when they are asked.

This is for Mesa's own tools and vocabulary: `AgentSet`, `DataCollector`, `batch_run`, `SolaraViz`. Large
batches run faster through `collabsim.model.simulate.simulate`, which lives a whole replicate in one call.

Examples
--------
>>> from collabsim.mesa_model import PartnershipModel
>>> model = PartnershipModel("short-term-funding", seed=1, years=1, funding__grant_months=36)
>>> model.step()
>>> len(model.agencies), model.week
(5, 1)
"""

from collabsim.mesa_model.agents import Agency, Staff
from collabsim.mesa_model.collector import MonthlyCollector
from collabsim.mesa_model.partnership import PartnershipModel

__all__ = ["Agency", "MonthlyCollector", "PartnershipModel", "Staff"]
