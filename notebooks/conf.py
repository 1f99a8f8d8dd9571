"""The book: `sphinx-build -W notebooks build/book` makes it of the notebooks, the pages beside them, and the docstrings."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import Any

from sphinx.application import Sphinx

from autograd import __version__

project, author, release = "stepgrad", "the stepgrad authors", __version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "stepgrad"
html_static_path, html_css_files = ["_static"], ["tables.css"]
html_show_copyright = False
exclude_patterns = ["build", "**/.ipynb_checkpoints"]

# What the notebooks show was stored when they ran; tests/test_notebooks.py runs them anew.
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "none"
# The estimators are described where scikit-learn is not installed, too.
autodoc_mock_imports = [name for name in ("sklearn", "scipy") if find_spec(name) is None]
autodoc_default_options = {"members": True, "member-order": "alphabetical", "show-inheritance": True}
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
default_role = "code"
# Sphinx looks each name in a list of attributes up, and several classes have a `data`.
suppress_warnings = ["mystnb.unknown_mime_type", "ref.python"]


def clean_docstring(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Escape what means something else to Sphinx, and leave NumPy's own words at their first line."""
    if (getattr(obj, "__module__", None) or "").startswith("numpy"):
        # NumPy's own words refer to pages of NumPy's.
        del lines[1:]
    # A letter behind a name in backticks, as of several `Value`s, and a bar of a magnitude mean other things to Sphinx.
    lines[:] = [re.sub(r"`([^`]+)`(?=\w)", r"`\1`\\ ", line) for line in lines]
    lines[:] = [line if line.lstrip().startswith((">>>", "...")) else line.replace("|", "\\|") for line in lines]


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", clean_docstring)
