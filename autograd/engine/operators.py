"""Python's operators and NumPy's functions on nodes, each a row of the table; all faces of a node share them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from autograd.engine.plain import plain
from autograd.errors import OperandError
from autograd.graph.modes import inside
from autograd.graph.node import Node, is_computed
from autograd.graph.op import BY_NUMPY, BY_SCIPY, refuse_masks
from autograd.ops import comparison, elementwise, indexing, linalg, shape
from autograd.wording.table import Graph


class Operators(Node):
    """A node with arithmetic."""

    __slots__ = ()

    def graph(self) -> Graph:
        """The graph of this node as a table, for people: `p loss.graph()` in a debugger prints it."""
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
        # Inside of a transform, and of what the compiler captures, a copy is computed from its original, or its derivative would be lost.
        memo[id(self)] = twin = shape.copy(self)
        return twin

    # Comparing two nodes compares their data; a node in a set or a dict is itself.
    __hash__ = Node.__hash__

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        function = implementation(ufunc)
        if function is None or method not in ("__call__", "outer"):
            raise unsupported(ufunc, method)
        if kwargs:
            dtype = kwargs.pop("dtype", None)
            if kwargs:
                raise unsupported(ufunc, kwargs=kwargs)
            if dtype is not None:
                inputs = tuple(shape.astype(shape.as_array(x), dtype) for x in inputs)
        if method == "outer":
            x, y = map(shape.as_array, inputs)
            inputs = shape.reshape(x, shape.shape(x) + (1,) * len(shape.shape(y))), y
        return function(*inputs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        ours = BY_NUMPY.get(function)
        if ours is None:
            raise unsupported(function)
        refuse_masks(function.__name__, (args, kwargs))
        return ours(*args, **kwargs)


def implementation(function: Any) -> Callable[..., Any] | None:
    """What stands here for a function of NumPy, or for a ufunc of SciPy; None where nothing does."""
    found = BY_NUMPY.get(function)
    if found is None and isinstance(function, np.ufunc) and "scipy.special" in sys.modules:
        name = function.__name__
        if getattr(sys.modules["scipy.special"], name, None) is function:
            return BY_SCIPY.get(name)
    return found


# Of these the nearest by name is not the nearest by meaning.
NEAREST: dict[Any, str] = {
    np.linalg.eig: "np.linalg.eigh, for symmetric matrices",
    np.linalg.eigvals: "np.linalg.eigvalsh, for symmetric matrices",
    np.apply_along_axis: "a loop over the slices and np.stack",
    np.apply_over_axes: "a reduction with a tuple of axes",
    np.piecewise: "np.select, or np.where",
    np.choose: "np.select, or np.take_along_axis",
    np.copyto: "t[...] = v, or np.where, which gives a new array; for np.full and np.full_like, those of autograd.numpy",
    np.putmask: "t[mask] = v, or np.where, which gives a new array",
    np.place: "t[mask] = v, or np.where, which gives a new array",
    np.put: "t.ravel()[places] = v, or autograd.put_along_axis(…, inplace=False), which gives a new array",
    np.fill_diagonal: "t[np.arange(n), np.arange(n)] = v, or np.where with np.eye, which gives a new array",
    np.histogram: "np.searchsorted, whose result is a constant",
    np.corrcoef: "np.cov",
    np.polyfit: "np.linalg.lstsq with np.vander",
    np.heaviside: "np.where",
    np.frexp: "np.log2",
    np.ldexp: "x * 2.0 ** n",
    np.nanmedian: "np.median",
    np.nanquantile: "np.quantile",
    np.nanpercentile: "np.percentile",
    np.angle: "np.arctan2",
    np.sort_complex: "np.sort",
}


def numpy_name(function: Any) -> str:
    """A function of NumPy as users write it: `np.linalg.svd`."""
    name = getattr(function, "__name__", str(function))
    for prefix, room in (("np", np), ("np.linalg", np.linalg), ("np.fft", np.fft)):
        if vars(room).get(name) is function:
            return f"{prefix}.{name}"
    return f"scipy.special.{name}" if isinstance(function, np.ufunc) else f"np.{name}"


def unsupported(function: Any, method: str = "__call__", kwargs: Mapping[str, Any] | None = None) -> OperandError:
    """The error for a NumPy function, method or argument that has no derivative here, with the nearest that has."""
    name = numpy_name(function)
    if kwargs:
        instead = f": write t[...] = {name}(…)" if "out" in kwargs else ""
        return OperandError(f"{name}: the argument {next(iter(kwargs))!r} is not supported on nodes{instead}")
    if method != "__call__":
        instead = "; write a = a + t, or index with repeats and sum" if method == "at" else f"; see {name} itself"
        return OperandError(f"{name}.{method} has no derivative here{instead}")
    if function in NEAREST:
        return OperandError(f"{name} has no derivative here; instead use {NEAREST[function]}")
    if name.startswith("np.fft."):
        return OperandError(f"{name} has no derivative here: complex numbers are not differentiated")
    known = {numpy_name(f).rpartition(".")[2]: numpy_name(f) for f in BY_NUMPY}
    near = get_close_matches(name.rpartition(".")[2], sorted(known), 1, 0.0)[0]
    return OperandError(f"{name} has no derivative here; the nearest that has is {known[near]} (all: stepgrad ops)")
