"""`fit`: a contribution in the shape and dtype of its operand. No rule sums what was broadcast: the pass does it, here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.engine.describe import describe
from autograd.errors import ShapeError
from autograd.graph.node import Node, get_data
from autograd.ops.complex_numbers import real
from autograd.ops.reduction import _sum
from autograd.ops.shape import astype, broadcast_to, shape

# Elements up to which a copy costs less than a view.
MAX_COPIED_ELEMENTS = 8192


def fit(sent: Any, parent: Node, node: Node) -> Any:
    """A contribution in the shape and dtype of the parent: summed where the operand was broadcast, repeated where short.

    Of what is complex, a real operand is sent the real part.

    Parameters
    ----------
    sent : float, array or Node
    parent : Node
        The operand.
    node : Node
        The sender, for messages.

    Raises
    ------
    ShapeError
        Where no sum and no repetition gives the operand's shape.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> row = Tensor([1.0, 2.0], requires_grad=True)
    >>> fit(np.ones((3, 2)), row, row + np.zeros((3, 2)))
    array([3., 3.])
    """
    data = get_data(parent)
    if data.__class__ is float:
        return sent
    if sent.__class__ is not np.ndarray and not isinstance(sent, Node):
        sent = np.asarray(sent)
    if sent.shape != data.shape:
        try:
            sent = unbroadcast(sent, data.shape)
        except ValueError as error:
            raise ShapeError(
                f"backward of {describe(node)}: a contribution of shape {sent.shape} does not fit the operand's shape {data.shape}"
            ) from error
    if sent.dtype.kind == "c" and data.dtype.kind != "c":
        # A real operand can move along the real axis alone.
        sent = real(sent)
    return sent if sent.dtype == data.dtype else astype(sent, data.dtype)


def unbroadcast(x: Any, wanted: tuple[int, ...]) -> Any:
    """An array or a node in the shape that it was broadcast from, or repeated to it."""
    have = shape(x)
    lead = len(have) - len(wanted)
    if lead > 0:
        x = _sum(x, axis=tuple(range(lead)), keepdims=False)
        have = have[lead:]
    if have != wanted and lead >= 0:
        x = _sum(x, axis=tuple(i for i, n in enumerate(wanted) if n == 1 and have[i] != 1), keepdims=True)
    if shape(x) == wanted:
        return x
    if x.__class__ is np.ndarray and math.prod(wanted) <= MAX_COPIED_ELEMENTS:
        whole = np.empty(wanted, x.dtype)
        whole[...] = x
        return whole
    return broadcast_to(x, wanted)
