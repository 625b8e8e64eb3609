"""Equations as MathML, which browsers draw themselves: no script, no font and no network.

The conversion from LaTeX is docutils'; Sphinx only knows renderers that load a script or make pictures.
"""

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError


def _mathml(latex: str, as_block: bool) -> str:
    try:
        return tex2mathml(latex, as_block=as_block)
    except MathError as error:
        raise ExtensionError(f"The equation {latex!r} cannot be drawn: {error}") from error


def _draw_inline(writer, node: nodes.math) -> None:
    writer.body.append(_mathml(node.astext(), as_block=False))
    raise nodes.SkipNode


def _draw_block(writer, node: nodes.math_block) -> None:
    writer.body.append(writer.starttag(node, "div", CLASS="equation"))
    writer.body.append(_mathml(node.astext(), as_block=True))
    writer.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the renderer; Sphinx calls this."""
    app.add_html_math_renderer("mathml", (_draw_inline, None), (_draw_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
