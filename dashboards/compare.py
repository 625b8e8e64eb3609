"""Compare: two to four scenarios under the same luck."""

import json

import solara

from collabsim.dashboard import parts
from collabsim.dashboard.comparison import Comparison
from collabsim.dashboard.desk import outcome_names
from collabsim.dashboard.pages import Page, use_refresh


@solara.component
def Compare():
    """The page; everything that it shows is in its comparison."""
    router = solara.use_router()
    refresh = use_refresh()
    found = solara.use_memo(lambda: Comparison(router.search, refresh), [])
    solara.use_effect(lambda: found.close, [])
    with Page("/compare", found.choice.look, lambda look: found.choose({"look": look})):
        parts.Notice(sentences=json.dumps(found.sentences), event_close=found.hush)
        parts.Compared(content=found.state, event_choose=found.choose)
        parts.Chart(
            content=found.courses,
            kind="drawLines",
            title="Scenarios compared",
            caption="Bands: eight in ten simulated partnerships. All scenarios meet the same luck.",
            outcome=found.choice.outcome,
            names=outcome_names(),
            look=found.choice.look,
            newest=found.newest,
            event_choose=found.choose,
        )
        parts.Table(content=found.table)
        parts.Files(content=found.files, event_want=found.want)
