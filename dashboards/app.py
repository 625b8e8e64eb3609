"""The dashboard: its pages and their addresses. `collabsim dashboard` serves it."""

import solara
from about import About
from compare import Compare
from explore import Explore
from join import JoinPage
from rank import Rank
from teach import Teach


@solara.component
def Plain(children=()):
    """The pages as they are: their head and looks are our own."""
    solara.v.Html(tag="div", children=list(children))


routes = [
    solara.Route(path="/", component=Explore, layout=Plain, label="Explore"),
    solara.Route(path="compare", component=Compare, label="Compare"),
    solara.Route(path="rank", component=Rank, label="Rank"),
    solara.Route(path="teach", component=Teach, label="Teach"),
    solara.Route(path="join", component=JoinPage, label="Join"),
    solara.Route(path="about", component=About, label="About"),
]
