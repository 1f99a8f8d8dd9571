"""`call_hooks`: what the hooks of a node make of its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.describe import describe
from autograd.engine.unbroadcast import fit
from autograd.errors import OperandError, ShapeError, type_name
from autograd.graph.node import HOOKS, Node, get_data, raw
from autograd.ops.complex_numbers import is_complex
from autograd.ops.shape import shape


def call_hooks(node: Node, g: Any) -> Any:
    """The gradient of a node after its hooks, each of which is given what the one before made of it."""
    for hook in list((HOOKS.get(node) or {}).values()):
        # Other nodes may have been sent the same memory.
        replaced = hook(_as_read_only(g) if g.__class__ is np.ndarray else g)
        if replaced is not None:
            g = _replace(replaced if isinstance(g, Node) else raw(replaced), node)
    return g


def _as_read_only(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False
    return view


def _replace(replaced: Any, node: Node) -> Any:
    """What a hook gave, in place of the gradient of its node."""
    wanted = np.shape(get_data(node))
    array = replaced if isinstance(replaced, Node) else np.asarray(replaced)
    kinds, numbers = ("fiubc", "complex") if is_complex(get_data(node)) else ("fiub", "real")
    if np.asarray(raw(array)).dtype.kind not in kinds:
        raise OperandError(
            f"a hook of {describe(node)} gave {type_name(replaced)}: return a gradient of {numbers} numbers, or None to leave it as it is"
        )
    if shape(array) != wanted:
        raise ShapeError(
            f"a hook of {describe(node)} gave shape {shape(array)} for a gradient of shape {wanted}: return one of its shape, "
            "or None to leave it as it is"
        )
    return fit(array, node, node) if get_data(node).__class__ is np.ndarray or isinstance(array, Node) else float(array)
