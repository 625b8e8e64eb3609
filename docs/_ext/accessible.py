"""What Sphinx and its theme leave out for people who use a screen reader or a keyboard."""

from typing import Any

from sphinx.application import Sphinx

_CAPTION = 'role="heading"'
_SCROLLED = {
    '<div class="table-wrapper': '<div tabindex="0" role="region" aria-label="Table" class="table-wrapper',
    '<div class="highlight"><pre>': '<div class="highlight"><pre tabindex="0">',
    '<div class="equation': '<div tabindex="0" role="region" aria-label="Equation" class="equation',
}


def _complete(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Captions of the navigation have a level; what scrolls sideways is reached with the keyboard."""
    for part, level in (("furo_navigation_tree", 2), ("body", 3)):
        if context.get(part):
            context[part] = context[part].replace(_CAPTION, f'{_CAPTION} aria-level="{level}"')
    for found, better in _SCROLLED.items():
        if context.get("body"):
            context["body"] = context["body"].replace(found, better)


def setup(app: Sphinx) -> dict[str, bool]:
    """Change pages after the theme has made its navigation; Sphinx calls this."""
    app.connect("html-page-context", _complete, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
