"""Join: a learner's page in a class."""

import json
from urllib.parse import parse_qsl

import solara
from lesson_page import playing

from collabsim.dashboard import lesson_parts, parts
from collabsim.dashboard.pages import Page, use_refresh
from collabsim.dashboard.teaching.learn import Learn


@solara.component
def JoinPage():
    """The page; everything that it shows is in its learner's state."""
    router = solara.use_router()
    refresh = use_refresh()
    look, set_look = solara.use_state("light")
    code = dict(parse_qsl(router.search or "", max_num_fields=40)).get("class", "")
    learn = solara.use_memo(lambda: Learn(code, refresh), [])
    solara.use_effect(lambda: learn.close, [])
    player = learn.player
    with Page("/join", look, set_look, pages=False):
        parts.Notice(sentences=json.dumps(player.sentences if player else []), event_close=learn.hush)
        lesson_parts.Keeper(
            name="collabsim-seat",
            keep=learn.keep,
            query=learn.query,
            every=5,
            ticks=learn.ticks,
            event_hello=learn.hello,
            event_beat=learn.beat,
        )
        if player is None:
            lesson_parts.Join(content=learn.door, event_join=learn.join)
        else:
            playing(player)
