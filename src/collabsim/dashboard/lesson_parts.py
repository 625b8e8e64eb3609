"""The components of lessons: each takes texts (JSON) and calls back; what they look like is in `vue/` and `static/`."""

from __future__ import annotations

import solara

from collabsim.dashboard.parts import Told


@solara.component_vue("vue/lesson_list.vue")
def Lessons(
    content: str = "{}", event_choose: Told = None, event_back: Told = None, event_end: Told = None
) -> None:
    """The lessons to choose from, or one of them before it starts; and the way back to a class that was left."""


@solara.component_vue("vue/lesson_step.vue")
def StepHead(content: str = "{}") -> None:
    """Title and words of a step (`Player.head`); takes the focus whenever the step changes."""


@solara.component_vue("vue/lesson_task.vue")
def Task(content: str = "{}", event_answer: Told = None) -> None:
    """A prediction to draw, to choose or to type in, or what was seen (`Player.task`)."""


@solara.component_vue("vue/lesson_shown.vue")
def Shown(content: str = "", mine: str = "", crowd: str = "") -> None:
    """What the model gives (`Player.shown`), over one's own prediction or the room's."""


@solara.component_vue("vue/lesson_trial.vue")
def Tried(
    content: str = "{}",
    courses: str = "",
    rows: str = "",
    ack: int = 0,
    event_move: Told = None,
    event_reset: Told = None,
) -> None:
    """The levers that a step unlocks (`Trial`)."""


@solara.component_vue("vue/lesson_game.vue")
def Spent(content: str = "", state: str = "{}", event_buy: Told = None, event_best: Told = None) -> None:
    """A budget to spend (`Player.shown`, `Purse.state`)."""


@solara.component_vue("vue/lesson_way.vue")
def WayOn(content: str = "{}", event_go: Told = None, event_leave: Told = None) -> None:
    """Questions to discuss, back and on (`Player.nav`)."""


@solara.component_vue("vue/lesson_keeper.vue")
def Keeper(
    name: str = "",
    keep: str = "null",
    query: str = "",
    every: int = 0,
    ticks: int = 0,
    event_hello: Told = None,
    event_beat: Told = None,
) -> None:
    """Keeps a text in the browser's tab, gives it back when the page is loaded again, and notices a lost connection.

    Parameters
    ----------
    name : str
        Under which it is kept.
    keep : str
        What is to be kept; "null" for nothing.
    query : str
        What the page's address is to say.
    every : int
        Seconds between signs of life; 0 for none.
    ticks : int
        The last sign of life that the server heard.
    """


@solara.component_vue("vue/lesson_room.vue")
def Room(
    content: str = "{}", event_pace: Told = None, event_hide: Told = None, event_end: Told = None
) -> None:
    """The class that a page leads (`Lead.panel`)."""


@solara.component_vue("vue/lesson_spread.vue")
def Spread(content: str = "{}", question: str = "", shown: str = "", event_tell: Told = None) -> None:
    """What the room answers (`Lead.spread`), what it was asked, and the price list of a game."""


@solara.component_vue("vue/lesson_join.vue")
def Join(content: str = "{}", event_join: Told = None) -> None:
    """The form to join a class by (`Learn.door`)."""
