"""A traced number that becomes a plain one: an error inside a transform, a warning outside, for no derivative follows it."""

from __future__ import annotations

from typing import Any

from autograd.errors import GraphWarning, LostGradientError
from autograd.graph.modes import inside, is_grad_enabled
from autograd.graph.sites import here, warn

INSTEAD = (
    "write .item() where only the number is meant; for its derivative, the functions of NumPy and autograd (np.exp for "
    "math.exp), and stack([…]) for an array of computed elements instead of assigning them"
)


def plain(node: Any, kind: str) -> Any:
    """The number of a node that Python asks for as a `float`, `int` or `complex`.

    Raises
    ------
    LostGradientError
        Inside a transform, where the node requires a gradient: the derivative would silently be wrong.
    """
    number = node.item()
    if node.needs_grad and is_grad_enabled():
        if inside.get():
            raise LostGradientError(f"{kind}() of {node.label()!r} loses its gradient: {INSTEAD}; at {here()}")
        warn(f"{kind}() of {node.label()!r}, which requires a gradient, cuts the graph: {INSTEAD}", GraphWarning)
    return number
