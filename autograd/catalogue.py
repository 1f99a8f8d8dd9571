"""What is differentiated here: NumPy's and SciPy's functions by family, read from the table itself."""

from __future__ import annotations

import inspect

from autograd import ops
from autograd.engine.numpy_functions import numpy_name
from autograd.graph.op import BY_NUMPY, BY_SCIPY


def catalogue() -> list[tuple[str, str, list[str]]]:
    """For each family its name, what it is, and the NumPy and SciPy functions that it stands for.

    Examples
    --------
    >>> families = {name: functions for name, _, functions in catalogue()}
    >>> families["diagonal"]
    ['np.diag', 'np.diagflat', 'np.diagonal', 'np.trace', 'np.tril', 'np.triu']
    """
    left = {numpy_name(function): ours for function, ours in BY_NUMPY.items()}
    left |= {f"scipy.special.{name}": ours for name, ours in BY_SCIPY.items()}
    found = []
    for family in ops.FAMILIES:
        # A function may be imported by later families, so it belongs to the first that has it.
        own = {id(value) for value in vars(family).values()}
        names = sorted(name for name, ours in left.items() if id(ours) in own)
        if family is ops.constant:
            names = sorted(left)
        for name in names:
            del left[name]
        about = (inspect.getdoc(family) or "").split("\n\n")[0].replace("\n", " ")
        if names:
            found.append((family.__name__.rpartition(".")[2], about, names))
    return found


def markdown() -> str:
    """The catalogue as the table of the book."""
    lines = ["| family | functions |", "|---|---|"]
    for name, about, functions in catalogue():
        shown = " ".join(f"`{function.removeprefix('np.')}`" for function in functions)
        lines.append(f"| **{name}**. {about} | {shown} |")
    return "\n".join(lines)
