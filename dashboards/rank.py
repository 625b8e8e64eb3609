"""Rank: which levers matter most."""

import json

import solara

from collabsim.dashboard import parts
from collabsim.dashboard.desk import outcome_names
from collabsim.dashboard.pages import Page, use_refresh
from collabsim.dashboard.ranking import Board


@solara.component
def Rank():
    """The page; everything that it shows is in its board."""
    router = solara.use_router()
    refresh = use_refresh()
    board = solara.use_memo(lambda: Board(router.search, refresh), [])
    solara.use_effect(lambda: board.close, [])
    with Page("/rank", board.question.look, lambda look: board.choose({"look": look})):
        parts.Notice(sentences=json.dumps(board.sentences), event_close=board.hush)
        parts.Around(content=board.state, event_choose=board.choose)
        parts.Chart(
            content=board.swings,
            kind="drawTornado",
            title="Levers moved alone",
            caption="Plain bars: the upper end of the lever's range; striped: the lower end. Lines: 95% intervals.",
            outcome=board.question.outcome,
            names=outcome_names(),
            look=board.question.look,
            newest=board.newest,
            event_choose=board.choose,
        )
        parts.Table(content=board.table)
        parts.Results(
            content=board.results, told=board.told, look=board.question.look, event_choose=board.choose
        )
