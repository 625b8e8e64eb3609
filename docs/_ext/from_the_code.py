"""Tables that are written by the code they describe, each time the site is built, so that they cannot drift.

In a page, a block of this language is replaced by the table::

    ```{from-the-code} parameters
    ```
"""

from docutils import nodes
from reference_tables import TABLES
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class FromTheCode(SphinxDirective):
    """Put the Markdown of one of `reference_tables.TABLES` in the place of the block."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Parse the Markdown as part of the page, headings and links included."""
        name = self.arguments[0]
        if name not in TABLES:
            raise self.error(f"There is no table {name!r}; there are {', '.join(TABLES)}.")
        return self.parse_text_to_nodes(TABLES[name](), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive; Sphinx calls this."""
    app.add_directive("from-the-code", FromTheCode)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
