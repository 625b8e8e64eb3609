"""Explore: one partnership, its levers, and what they change."""

import json

import solara

from collabsim.dashboard import desk as desks
from collabsim.dashboard import parts
from collabsim.dashboard.pages import Page, use_refresh


@solara.component
def Explore():
    """The page; everything that it shows is in its desk."""
    router = solara.use_router()
    refresh = use_refresh()
    desk = solara.use_memo(lambda: desks.Desk(router.search, refresh), [])
    solara.use_effect(lambda: desk.close, [])
    with Page("/", desk.view.look, desk.set_look):
        parts.Notice(sentences=json.dumps(desk.sentences), event_close=desk.hush)
        with solara.v.Html(tag="div", attributes={"id": "cs-board"}):
            with solara.v.Html(tag="div", attributes={"id": "cs-left"}):
                parts.Levers(
                    content=desk.state,
                    catalogue=desk.catalogue,
                    revision=desk.revision,
                    ack=desk.ack,
                    event_set=desk.move,
                    event_undo=desk.undo,
                    event_redo=desk.redo,
                    event_reset=desk.reset,
                    event_years=desk.set_years,
                    event_choose=desk.choose,
                    event_file=desk.open_file,
                    event_opened=desk.open_groups,
                )
            with solara.v.Html(tag="div", attributes={"id": "cs-right"}):
                Figures(desk, desk.view.look)
                below(desk)


@solara.component
def Figures(desk, look):
    """The courses: drawn by themselves, before the rest of the page, when a lever moves."""
    desk.drawn = use_refresh()
    parts.Courses(content=desk.courses, names=desks.outcome_names(), look=look, event_show=desk.show)


def below(desk):
    """The tabs below the courses, drawn with the page."""
    names = json.dumps([{"name": name, "title": title} for name, title in desks.TABS])
    parts.Tabs(
        names=names,
        chosen=desk.view.tab,
        summary=desk.summary,
        old=desk.is_settling,
        event_choose=desk.turn_to,
    )
    attributes = {"id": "cs-panel", "role": "tabpanel", "aria-labelledby": f"cs-tab-{desk.view.tab}"}
    old = "cs-old" if desk.is_behind and desk.view.tab in ("changes", "why") else ""
    with solara.v.Html(tag="div", attributes=attributes, class_=old):
        if desk.view.tab == "changes":
            parts.Changes(content=desk.changes, look=desk.view.look)
        elif desk.view.tab == "why":
            parts.Why(content=desk.changes, look=desk.view.look)
        elif desk.view.tab == "people":
            parts.People(
                content=desk.people,
                story=desk.story,
                look=desk.view.look,
                revision=desk.revision,
                event_choose=desk.choose_people,
                event_tell=desk.tell,
            )
        else:
            parts.Timeline(content=desk.timeline, event_edit=desk.edit_event, event_own=desk.own_events)
    parts.Files(content=desk.files, event_want=desk.want)
