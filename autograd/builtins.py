"""Python's types as HIPS autograd's users import them: `from autograd.builtins import isinstance, list, tuple, dict`.

Containers of tensors are ordinary containers here, and so `DictBox` is `dict`, and lists and tuples are instances of
`SequenceBox`. To `isinstance` and `type` of this module a node is the kind of number that it holds.
"""

from __future__ import annotations

import builtins
from builtins import dict, list, tuple  # noqa: UP029 - what this module passes on
from collections.abc import Iterable
from typing import Any

from autograd.graph.node import Node, raw

__all__ = ["DictBox", "SequenceBox", "dict", "isinstance", "list", "tuple", "type"]
DictBox = dict


class _KnowsSequences(builtins.type):
    def __instancecheck__(cls, x: Any) -> bool:
        return builtins.isinstance(x, (list, tuple))


class SequenceBox(metaclass=_KnowsSequences):
    """What lists and tuples are instances of; called, it makes a tuple.

    Examples
    --------
    >>> from autograd.builtins import SequenceBox
    >>> isinstance([1.0], SequenceBox), SequenceBox([1.0])
    (True, (1.0,))
    """

    def __new__(cls, parts: Iterable[Any]) -> Any:
        return tuple(parts)


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
