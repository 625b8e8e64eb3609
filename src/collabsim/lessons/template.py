"""The template of a new lesson: small, whole, and right as it stands."""

from __future__ import annotations

from pathlib import Path


def text(name: str) -> str:
    """The template for a lesson of a name.

    Parameters
    ----------
    name : str
        Letters, digits, hyphens and underscores; it becomes the title.
    """
    title = name.replace("-", " ").replace("_", " ").strip().capitalize() or name
    return Path(__file__).with_name("template.md").read_text("utf-8").replace("TITLE", title)
