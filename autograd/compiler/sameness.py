"""Whether a function does the same when it is captured again: the same operations of the same things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from autograd.graph.node import Node
from autograd.graph.op import Op


@dataclass(frozen=True)
class Recorded:
    """An operation that a trace recorded, with what it was given, and what it computed.

    The node may stand for something else by now, where it was changed in place.
    """

    op: Op
    params: dict[str, Any]
    given: list[Any]
    node: Node
    data: np.ndarray

    def is_same(self, op: Op, params: dict[str, Any], given: list[Any]) -> bool:
        """Whether it is this operation of the same."""
        # An opaque operation may be made for its very call, as a checkpoint is.
        alike = op is self.op or (op.opaque and op.name == self.op.name)
        return alike and repr(params) == repr(self.params) and all(map(are_same, given, self.given))


@dataclass(frozen=True)
class Origin:
    """What a node stands for, in both captures of a function alike.

    Attributes
    ----------
    number : int
        Which node it is, in their order.
    source : int
        The address of what it is read from, where there is such a thing.
    is_outside : bool
        Whether that was there before the function was called.
    """

    number: int
    source: int = 0
    is_outside: bool = False

    def is_same(self, other: Origin) -> bool:
        """Whether both stand for the same thing, which one of them may have made and kept, or for the like."""
        if self.is_outside or other.is_outside:
            return self.source == other.source
        return self.number == other.number


def are_same(x: Any, y: Any) -> bool:
    """Whether what two captures have for something is the same, numbers to the bit.

    Examples
    --------
    >>> are_same([1.0, Origin(3)], [1.0, Origin(3)]), are_same(0.0, -0.0), are_same(1, True)
    (True, False, False)
    """
    if x is y:
        return True
    if type(x) is not type(y):
        return False
    if isinstance(x, Origin):
        return x.is_same(y)
    if isinstance(x, (list, tuple)):
        return len(x) == len(y) and all(map(are_same, x, y))
    if isinstance(x, (np.ndarray, np.generic, float)):
        one, other = np.asarray(x), np.asarray(y)
        return (one.shape, one.dtype) == (other.shape, other.dtype) and one.tobytes() == other.tobytes()
    # A function may be made for the very call.
    return isinstance(x, FunctionType) or bool(x == y)


__all__: Sequence[str] = ("Origin", "Recorded", "are_same")
