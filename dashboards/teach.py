"""Teach: the lessons, played alone or led for a class."""

import json

import solara
from lesson_page import playing

from collabsim.dashboard import lesson_parts, parts
from collabsim.dashboard.pages import Page, use_refresh
from collabsim.dashboard.teaching.lead import Lead
from collabsim.dashboard.teaching.lectern import Lectern


@solara.component
def Teach():
    """The page; everything that it shows is in its lectern."""
    router = solara.use_router()
    refresh = use_refresh()
    lectern = solara.use_memo(lambda: Lectern(router.search, refresh), [])
    solara.use_effect(lambda: lectern.close, [])
    player = lectern.player
    with Page("/teach", lectern.look, lectern.set_look):
        parts.Notice(sentences=json.dumps(lectern.said), event_close=lectern.hush)
        lesson_parts.Keeper(
            name="collabsim-teach",
            keep=lectern.keep,
            query=lectern.query,
            every=5 if isinstance(player, Lead) else 0,
            ticks=lectern.ticks,
            event_hello=lectern.hello,
            event_beat=lectern.beat,
        )
        if player is None:
            lesson_parts.Lessons(
                content=lectern.contents,
                event_choose=lectern.choose,
                event_back=lectern.back,
                event_end=lectern.end,
            )
        else:
            if isinstance(player, Lead):
                lesson_parts.Room(
                    content=player.panel,
                    event_pace=player.set_pace,
                    event_hide=player.hide,
                    event_end=lectern.end,
                )
            playing(player, lectern.leave)
