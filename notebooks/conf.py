"""The book: `sphinx-build -W notebooks build/book` makes it of the notebooks, the pages beside them, and the docstrings."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from sphinx.application import Sphinx

from autograd import __version__
from autograd.engine.formula import contribution_formula
from autograd.engine.tensor import Tensor
from autograd.graph.op import Op

project, author, release = "stepgrad", "the stepgrad authors", __version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "stepgrad"
exclude_patterns = ["build", "**/.ipynb_checkpoints"]

# What the notebooks show was stored when they ran; tests/test_notebooks.py runs them anew.
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_default_options = {"members": True, "member-order": "alphabetical", "show-inheritance": True}
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
default_role = "code"
suppress_warnings = ["mystnb.unknown_mime_type"]

# An operand at which every row of one or two arguments can be read.
SAMPLE = 0.5


def derivatives(function: Any) -> list[str]:
    """The derivatives of a row of the table, printed from its rules; none for a function that is no row."""
    op = getattr(function, "op", None)
    if not isinstance(op, Op) or op.joint is not None or op.scalar is None or not any(op.rules):
        return []
    operands = [Tensor(np.array([SAMPLE]), requires_grad=True) for _ in op.rules]
    try:
        node = function(*operands)
        told = [contribution_formula(node, k, local=True) for k, rule in enumerate(op.rules) if rule is not None]
    except (TypeError, ValueError):
        return []
    names = [name for name, rule in zip("xyz", op.rules, strict=False) if rule is not None]
    return [f"``∂out/∂{name} = {text}``" for name, text in zip(names, told, strict=False)]


def add_derivatives(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Print the derivative below the docstring of a function that is a row of the table."""
    if (getattr(obj, "__module__", None) or "").startswith("numpy"):
        # NumPy's own words refer to pages of NumPy's.
        del lines[1:]
    # A letter behind a name in backticks, as of several `Value`s, and a bar of a magnitude mean other things to Sphinx.
    lines[:] = [re.sub(r"`([^`]+)`(?=\w)", r"`\1`\\ ", line) for line in lines]
    lines[:] = [line if line.lstrip().startswith((">>>", "...")) else line.replace("|", "\\|") for line in lines]
    for line in derivatives(obj):
        lines += ["", line]


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", add_derivatives)
