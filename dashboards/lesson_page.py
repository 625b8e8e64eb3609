"""A step of a lesson, as the pages of readers, learners and leaders draw it."""

import solara

from collabsim.dashboard import lesson_parts
from collabsim.dashboard.teaching.lead import Lead


def playing(player, leave=None):
    """The step that a player shows, from its title to the way on: words at one side, what is asked or shown at the other."""
    is_wide = bool(player.task) or player.shows
    with solara.v.Html(tag="div", class_="cs-player wide" if is_wide else "cs-player"):
        lesson_parts.StepHead(content=player.head)
        with solara.v.Html(tag="div", class_="cs-body"):
            if isinstance(player, Lead):
                in_front(player)
            else:
                of_a_reader(player)
    lesson_parts.WayOn(content=player.way_on(bool(leave)), event_go=player.go, event_leave=leave)


def of_a_reader(player):
    """The prediction to make; or what the model gives, what was seen, and what can be tried."""
    if player.shows and player.purse is None:
        lesson_parts.Shown(content=player.shown, mine=player.mine).key(f"shown-{player.step.name}")
    if player.task:
        lesson_parts.Task(content=player.task, event_answer=player.answer).key(player.step.name)
    tried(player)


def in_front(player):
    """What the room predicts; or what the model gives with the room's predictions over it, and what the room saw."""
    if player.shows and player.purse is None:
        lesson_parts.Shown(content=player.shown, crowd=player.spread).key(f"shown-{player.step.name}")
    if player.task or player.purse is not None:
        lesson_parts.Spread(
            content=player.spread, question=player.task, shown=player.shown, event_tell=player.bear_out
        ).key(f"spread-{player.step.name}")
    tried(player)


def tried(player):
    """The levers that the step unlocks, or its budget to spend."""
    trial, purse = player.trial, player.purse
    if trial is not None:
        lesson_parts.Tried(
            content=trial.state,
            courses=trial.courses,
            rows=trial.rows,
            ack=trial.ack,
            event_move=trial.move,
            event_reset=trial.reset,
        ).key(f"trial-{player.step.name}")
    if purse is not None:
        lesson_parts.Spent(
            content=player.shown, state=purse.state, event_buy=purse.buy, event_best=purse.show_best
        ).key(f"game-{player.step.name}")
