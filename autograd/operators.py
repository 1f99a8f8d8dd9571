"""Python's operators and NumPy's functions on nodes, each a row of the table; all faces of a node share them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from autograd.errors import OperandError
from autograd.node import Node
from autograd.op import BY_NUMPY
from autograd.ops import comparison, elementwise, indexing, linalg


class Operators(Node):
    """A node with arithmetic."""

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return elementwise.add(self, other)

    def __radd__(self, other: Any) -> Any:
        return elementwise.add(other, self)

    def __sub__(self, other: Any) -> Any:
        return elementwise.sub(self, other)

    def __rsub__(self, other: Any) -> Any:
        return elementwise.sub(other, self)

    def __mul__(self, other: Any) -> Any:
        return elementwise.mul(self, other)

    def __rmul__(self, other: Any) -> Any:
        return elementwise.mul(other, self)

    def __truediv__(self, other: Any) -> Any:
        return elementwise.div(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return elementwise.div(other, self)

    def __pow__(self, other: Any) -> Any:
        return elementwise.power(self, other)

    def __rpow__(self, other: Any) -> Any:
        return elementwise.power(other, self)

    def __matmul__(self, other: Any) -> Any:
        return linalg.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return linalg.matmul(other, self)

    def __neg__(self) -> Any:
        return elementwise.neg(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return elementwise.abs(self)

    def __getitem__(self, key: Any) -> Any:
        return indexing.getitem(self, key)

    def __gt__(self, other: Any) -> Any:
        return comparison.greater(self, other)

    def __ge__(self, other: Any) -> Any:
        return comparison.greater_equal(self, other)

    def __lt__(self, other: Any) -> Any:
        return comparison.less(self, other)

    def __le__(self, other: Any) -> Any:
        return comparison.less_equal(self, other)

    # Comparing two nodes compares their data; a node in a set or a dict is itself.
    __hash__ = Node.__hash__

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        function = BY_NUMPY.get(ufunc)
        if function is None or method != "__call__" or kwargs:
            raise unsupported(ufunc, method, kwargs)
        return function(*inputs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        ours = BY_NUMPY.get(function)
        if ours is None:
            raise unsupported(function)
        return ours(*args, **kwargs)


def unsupported(function: Any, method: str = "__call__", kwargs: Mapping[str, Any] | None = None) -> OperandError:
    """The error for a NumPy function, method or argument that has no derivative here, with the nearest that has."""
    name = getattr(function, "__name__", str(function))
    if method != "__call__":
        return OperandError(f"np.{name}.{method} has no derivative here")
    if kwargs:
        return OperandError(f"np.{name}: the argument {next(iter(kwargs))!r} is not supported on nodes")
    near = get_close_matches(name, sorted({f.__name__ for f in BY_NUMPY}), 1, 0.5)
    return OperandError(
        f"np.{name} has no derivative here" + (f"; the nearest that has is np.{near[0]}" if near else "")
    )
