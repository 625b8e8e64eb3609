"""The documentation site: Sphinx reads this. `make docs` writes it to build/docs, for a browser and no network."""

import sys
from pathlib import Path

import collabsim

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "CollabSim"
version = release = collabsim.__version__
author = "CollabSim contributors"
html_title = f"CollabSim {release}"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "accessible",
    "mathml",
    "from_the_code",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_ext", "_static"]
highlight_language = "none"  # what is printed in a terminal is in no language

myst_enable_extensions = ["dollarmath", "colon_fence", "attrs_inline"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the numpydoc tables give them
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
add_module_names = False

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it fetches pages, which a browser refuses from a file
