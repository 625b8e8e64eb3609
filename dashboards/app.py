"""The dashboard: its pages and their addresses. `collabsim dashboard` serves it."""

import solara
from compare import Compare
from explore import Explore


@solara.component
def Plain(children=()):
    """The pages as they are: their head and looks are our own."""
    solara.v.Html(tag="div", children=list(children))


routes = [
    solara.Route(path="/", component=Explore, layout=Plain, label="Explore"),
    solara.Route(path="compare", component=Compare, label="Compare"),
]
