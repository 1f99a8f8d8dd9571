"""Python's types as HIPS autograd's users import them: `from autograd.builtins import isinstance, list, tuple, dict`.

Containers of tensors are ordinary containers here, and so `DictBox` and `SequenceBox` are the types of those. To `isinstance`
and `type` of this module a node is the kind of number that it holds.
"""

from __future__ import annotations

import builtins
from builtins import dict, list, tuple  # noqa: UP029 - what this module passes on
from typing import Any

from autograd.graph.node import Node, raw

__all__ = ["DictBox", "SequenceBox", "dict", "isinstance", "list", "tuple", "type"]
DictBox, SequenceBox = dict, (list, tuple)


def isinstance(x: Any, kind: Any) -> bool:
    """Whether a node, or the data that it holds, is of a type.

    Parameters
    ----------
    x
        A node, or anything else.
    kind : type, or tuple of types

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import Tensor
    >>> isinstance(Tensor([1.0]), np.ndarray)
    True
    """
    return builtins.isinstance(x, kind) or (builtins.isinstance(x, Node) and builtins.isinstance(raw(x), kind))


def type(x: Any) -> Any:
    """The type of the data that a node holds; of anything else its own.

    Parameters
    ----------
    x
        A node, or anything else.

    Returns
    -------
    type

    Examples
    --------
    >>> from autograd import Tensor, builtins
    >>> builtins.type(Tensor([1.0])).__name__
    'ndarray'
    """
    return builtins.type(raw(x))
