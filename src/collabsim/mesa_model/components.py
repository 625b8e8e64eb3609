"""What Mesa's page, `mesa.visualization.SolaraViz`, can show of a `PartnershipModel`.

Needs Mesa 3.4 or newer, so Python 3.12 or newer, and `collabsim[solaraviz]`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations
from typing import Any

import solara
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from mesa.visualization import make_plot_component
from mesa.visualization.utils import update_counter

from collabsim.mesa_model.agents import Agency
from collabsim.mesa_model.partnership import PartnershipModel
from collabsim.outcomes import OUTCOME

Component = tuple[Callable[[Any], Any], int]


def default_components() -> list[Component]:
    """Trust and posts filled month by month, and who trusts whom: the `components` of a `SolaraViz`."""
    return [plot_of("trust"), plot_of("posts_filled"), (TrustNetwork, 0)]


def plot_of(outcome: str) -> Component:
    """A plot of an outcome, by its name in the table of outcomes, over all months of the run."""
    described = OUTCOME[outcome]

    def name_axes(axes: Axes) -> None:
        axes.set_title(described.title)
        axes.set_ylabel(described.unit)

    component: Component = make_plot_component(described.name, post_process=name_axes)
    return component


@solara.component
def TrustNetwork(model: PartnershipModel) -> None:
    """A picture of who trusts whom now, drawn afresh at every step."""
    update_counter.get()
    solara.FigureMatplotlib(trust_network(model), format="png", bbox_inches="tight")


def trust_network(model: PartnershipModel) -> Figure:
    """The agencies in a ring, the larger the more staff; arrows are the wider and darker the more trust."""
    figure = Figure(figsize=(8, 6))
    axes = figure.subplots()
    agencies = list(model.agencies)
    places = {agency: _on_ring(n, len(agencies)) for n, agency in enumerate(agencies)}
    for agency, other in permutations(agencies, 2):
        _draw_trust(axes, agency.staff_trust_in(other), places[agency], places[other])
    for agency in agencies:
        _draw_agency(axes, agency, places[agency])
    axes.set(title="Trust of staff between agencies", xlim=(-2, 2), ylim=(-1.5, 1.5), aspect="equal")
    axes.set_axis_off()
    return figure


def _on_ring(n: int, total: int) -> tuple[float, float]:
    angle = math.tau * n / total
    return math.sin(angle), math.cos(angle)


def _draw_trust(axes: Axes, trust: float, start: tuple[float, float], end: tuple[float, float]) -> None:
    if math.isnan(trust):
        return
    look = {"arrowstyle": "->", "lw": 5 * trust, "alpha": trust, "color": "C0", "shrinkA": 15, "shrinkB": 15}
    axes.annotate("", xy=end, xytext=start, arrowprops={**look, "connectionstyle": "arc3,rad=0.12"})


def _draw_agency(axes: Axes, agency: Agency, place: tuple[float, float]) -> None:
    axes.scatter(*place, s=40 * max(1, agency.posts_filled), color="C1", zorder=3)
    words = f"{agency.name}\n{agency.posts_filled} of {agency.posts} posts filled"
    side = "left" if place[0] > 0.1 else "right" if place[0] < -0.1 else "center"
    axes.annotate(words, (1.15 * place[0], 1.25 * place[1]), ha=side, va="center", fontsize=9)
