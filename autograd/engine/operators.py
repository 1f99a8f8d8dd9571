"""Python's operators on nodes, each a row of the table; all faces of a node share them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograd.engine.numpy_functions import implementation, unsupported_error
from autograd.engine.plain import plain
from autograd.graph.modes import inside
from autograd.graph.node import Node, is_computed
from autograd.graph.op import BY_NUMPY, refuse_masks
from autograd.ops import comparison, elementwise, indexing, linalg, shape
from autograd.wording.table import Graph


class Operators(Node):
    """A node with arithmetic."""

    __slots__ = ()

    def graph(self) -> Graph:
        """The graph of this node as a table, for people: `p loss.graph()` in a debugger prints it.

        Returns
        -------
        Graph
            Its text is the table.

        Examples
        --------
        >>> from autograd import Value
        >>> a = Value(2.0, name='a')
        >>> len(str((a * a).graph()).splitlines())
        3
        """
        return Graph(self)

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

    def __mod__(self, other: Any) -> Any:
        return elementwise.remainder(self, other)

    def __rmod__(self, other: Any) -> Any:
        return elementwise.remainder(other, self)

    def __floordiv__(self, other: Any) -> Any:
        return comparison.floor_divide(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return comparison.floor_divide(other, self)

    def __divmod__(self, other: Any) -> Any:
        return elementwise.divmod(self, other)

    def __neg__(self) -> Any:
        return elementwise.neg(self)

    def __pos__(self) -> Any:
        return shape.positive(self)

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

    def __float__(self) -> float:
        return float(plain(self, "float"))

    def __int__(self) -> int:
        return int(plain(self, "int"))

    def __complex__(self) -> complex:
        return complex(plain(self, "complex"))

    def __copy__(self) -> Any:
        return shape.copy(self) if is_computed(self) else self._twin()

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if not (inside.get() or self.symbolic) or not is_computed(self):
            return super().__deepcopy__(memo)
        # Inside a transform, and of what the compiler captures, a copy is computed from its original, or its derivative would be lost.
        memo[id(self)] = twin = shape.copy(self)
        return twin

    # Comparing two nodes compares their data; a node in a set or a dict is itself.
    __hash__ = Node.__hash__

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        function = implementation(ufunc)
        if function is None or method not in ("__call__", "outer"):
            raise unsupported_error(ufunc, method)
        if kwargs:
            dtype = kwargs.pop("dtype", None)
            if kwargs:
                raise unsupported_error(ufunc, kwargs=kwargs)
            if dtype is not None:
                inputs = tuple(shape.astype(shape.as_array(x), dtype) for x in inputs)
        if method == "outer":
            x, y = map(shape.as_array, inputs)
            inputs = shape.reshape(x, shape.shape(x) + (1,) * len(shape.shape(y))), y
        return function(*inputs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        ours = BY_NUMPY.get(function)
        if ours is None:
            raise unsupported_error(function)
        refuse_masks(function.__name__, (args, kwargs))
        return ours(*args, **kwargs)
