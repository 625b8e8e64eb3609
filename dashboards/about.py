"""About: what the model is, what it cannot tell, and the evidence to search."""

import json
from urllib.parse import parse_qs

import solara

from collabsim.dashboard import library_of_evidence, parts
from collabsim.dashboard.pages import Page
from collabsim.dashboard.view import LOOKS


@solara.component
def About():
    """The page; its search is done in the browser."""
    router = solara.use_router()
    asked = parse_qs(router.search or "", max_num_fields=400).get("look", [LOOKS[0]])[0]
    look, set_look = solara.use_state(asked if asked in LOOKS else LOOKS[0])
    wrong = (
        []
        if asked in LOOKS
        else [f"The link's look is {json.dumps(asked)}, but must be one of {', '.join(LOOKS)}."]
    )
    sentences, set_sentences = solara.use_state(wrong)
    with Page("/about", look, set_look):
        parts.Notice(sentences=json.dumps(sentences), event_close=lambda _: set_sentences([]))
        parts.Library(content=library_of_evidence.about(), evidence=library_of_evidence.evidence())
