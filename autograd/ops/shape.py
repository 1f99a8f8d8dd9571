"""Rearranging, joining and repeating; no arithmetic."""

from __future__ import annotations

import math
import operator
import warnings
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.exceptions import ComplexWarning
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple
from numpy.typing import DTypeLike

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import Node, raw
from autograd.graph.op import EVERY, Function, implements, refuse_masks, row, unary, variadic
from autograd.graph.tree import leaves
from autograd.ops.complex_numbers import conj, is_complex, real
from autograd.ops.indexing import basic


def shape(x: Any) -> tuple[int, ...]:
    """The shape of a node, array or float."""
    return getattr(x, "shape", ())


def as_array(x: Any) -> Any:
    """An array or tensor of what NumPy takes for one: nested sequences of numbers, arrays and tensors."""
    if isinstance(x, Node) or hasattr(x, "shape"):
        return x
    if isinstance(x, (list, tuple)) and any(isinstance(leaf, Node) for leaf in leaves(x)):
        if any(isinstance(leaf, Node) and not hasattr(leaf, "shape") for leaf in leaves(x)):
            raise OperandError(
                "Values do not join to an array: start from a Tensor, whose elements t[i] are tensors, or from several "
                "Tensor(2.0, requires_grad=True); sums, products, max, min and logsumexp take Values as they are"
            )
        return stack(x)
    refuse_masks("an operation", x)
    return np.asarray(x)


def axis_index(axis: int, ndim: int) -> int:
    """A non-negative axis, or NumPy's AxisError."""
    return normalize_axis_index(operator.index(axis), ndim)


def axis_tuple(axis: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """All the axes named, sorted and non-negative; every axis for None."""
    if axis is None:
        return tuple(range(ndim))
    if axis.__class__ is int:
        return (normalize_axis_index(axis, ndim),)
    return tuple(sorted(normalize_axis_tuple(axis, ndim)))


def reduced_axes(axis: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """`axis_tuple` as NumPy's reductions have it: an array without axes may be reduced over axis 0 or -1 too."""
    return () if ndim == 0 and isinstance(axis, (int, np.integer)) and axis in (0, -1) else axis_tuple(axis, ndim)


def one_axis(x: Any, axis: int | None) -> tuple[Any, int]:
    """An array of one axis or more, and the index of an axis; for None the array is flattened, and a number has one axis."""
    x = as_array(x)
    if axis is None or not shape(x):
        x, axis = ravel(x), 0 if axis is None else axis
    return x, axis_index(axis, len(shape(x)))


_reshape: Function = row(
    "reshape",
    lambda x, shape: np.reshape(x, shape),
    lambda g, out, x, shape: _reshape(g, shape=_shape(x)),
    view=True,
    linear=((0,),),
    takes_complex=True,
)
_transpose: Function = row(
    "transpose",
    lambda x, axes: np.transpose(x, axes),
    lambda g, out, x, axes: _transpose(g, axes=tuple(int(i) for i in np.argsort(axes))),
    view=True,
    linear=((0,),),
    takes_complex=True,
)
_broadcast_to: Function = row(
    "broadcast_to",
    lambda x, shape: np.broadcast_to(x, shape),
    lambda g, out, x, shape: g,
    view=True,
    linear=((0,),),
    takes_complex=True,
)
_astype: Function = row(
    "astype",
    lambda x, dtype: np.asarray(x).astype(dtype),
    lambda g, out, x, dtype: g,
    linear=((0,),),
    takes_complex=True,
)
_concatenate: Function = variadic(
    "concatenate",
    None,
    lambda *xs, axis: np.concatenate(xs, axis=axis),
    lambda g, out, xs, axis: pieces(g, [_shape(x)[axis] for x in xs], axis),
    linear=(EVERY,),
    takes_complex=True,
)
_shape: Function = shape
identity: Function = unary("identity", lambda x: x, lambda x: x, lambda g, out, x: g, view=True, takes_complex=True)


def refuse_out(name: str, out: Any) -> None:
    """Raise where a result should be written into an array, which no derivative can follow."""
    if out is not None:
        raise OperandError(f"{name}: the argument 'out' is not supported on nodes; bind the result to a name")


def pieces(x: Any, sizes: Sequence[int], axis: int) -> list[Any]:
    ends = list(accumulate(sizes))
    return [basic(x, (slice(None),) * axis + (slice(end - size, end),)) for size, end in zip(sizes, ends, strict=True)]


@implements(np.reshape)
def reshape(
    x: Any,
    /,
    shape: int | Sequence[int] | None = None,
    order: str = "C",
    *,
    newshape: Any = None,
    copy: bool | None = None,
) -> Any:
    """Give the same elements another shape; one length may be -1. Orders are C (rows first) and F (columns first).

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    shape : int or sequence of int
    order : str
    newshape : int or sequence of int
        NumPy's older name of the shape.
    copy : bool, optional
        As in NumPy.

    Returns
    -------
    numpy.ndarray or Tensor
        A view where it can be.

    Raises
    ------
    ShapeError
        Where the shape has another number of elements.

    Examples
    --------
    >>> import autograd
    >>> autograd.reshape(autograd.Tensor([1.0, 2.0, 3.0, 4.0]), (2, -1)).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    x = as_array(x)
    new = shape if shape is not None else newshape
    lengths = (new,) if isinstance(new, (int, np.integer)) else tuple(new)
    lengths = tuple(operator.index(n) for n in lengths)
    size = math.prod(_shape(x))
    if -1 in lengths:
        known = math.prod(n for n in lengths if n != -1)
        if lengths.count(-1) > 1 or known == 0 or size % known:
            raise ShapeError(f"reshape: cannot reshape shape {_shape(x)} into {lengths}")
        lengths = tuple(size // known if n == -1 else n for n in lengths)
    if math.prod(lengths) != size:
        raise ShapeError(f"reshape: shape {_shape(x)} has {size} elements, {lengths} needs {math.prod(lengths)}")
    if order == "F":
        return transpose(_reshape(transpose(x), shape=lengths[::-1]))
    if order not in ("C", "A", "K"):
        raise ValueError(f"reshape: order must be 'C' or 'F', not {order!r}")
    return x if lengths == _shape(x) else _reshape(x, shape=lengths)


@implements(np.ravel)
def ravel(x: Any, order: str = "C") -> Any:
    """All the elements in one axis.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    order : str
        C for rows first, F for columns first.

    Returns
    -------
    numpy.ndarray or Tensor, of one axis
        A view where it can be.

    Examples
    --------
    >>> import autograd
    >>> autograd.ravel(autograd.Tensor([[1.0, 2.0], [3.0, 4.0]]), 'F').tolist()
    [1.0, 3.0, 2.0, 4.0]
    """
    x = as_array(x)
    return reshape(x, (-1,) if 0 not in shape(x) else (0,), order)


@implements(np.transpose, np.permute_dims)
def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """Permute the axes; by default reverse them.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axes : sequence of int, optional
        Which axis of `x` comes first, which second, and so on.

    Returns
    -------
    numpy.ndarray or Tensor
        A view.

    Raises
    ------
    ShapeError
        Where the axes do not name each one once.

    Examples
    --------
    >>> import autograd
    >>> autograd.transpose(autograd.Tensor([[1.0, 2.0, 3.0]])).shape
    (3, 1)
    """
    x = as_array(x)
    ndim = len(shape(x))
    order = tuple(reversed(range(ndim))) if axes is None else normalize_axis_tuple(axes, ndim)
    if len(order) != ndim:
        raise ShapeError(
            f"transpose: axes {tuple(axes or ())} do not name each of the {ndim} axes of shape {shape(x)} once"
        )
    return _transpose(x, axes=order)


@implements(np.swapaxes)
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Exchange two axes.

    Parameters
    ----------
    x : array_like or Tensor
        Of both axes.
    axis1, axis2 : int

    Returns
    -------
    numpy.ndarray or Tensor
        A view.

    Examples
    --------
    >>> import autograd
    >>> autograd.swapaxes(autograd.Tensor([[1.0, 2.0, 3.0]]), 0, 1).shape
    (3, 1)
    """
    x = as_array(x)
    order = list(range(len(shape(x))))
    first, second = axis_index(axis1, len(order)), axis_index(axis2, len(order))
    order[first], order[second] = order[second], order[first]
    return _transpose(x, axes=tuple(order))


@implements(np.matrix_transpose)
def matrix_transpose(x: Any) -> Any:
    """Exchange the last two axes."""
    return x.swapaxes(-1, -2) if x.__class__ is np.ndarray else swapaxes(x, -1, -2)


@implements(np.squeeze)
def squeeze(x: Any, axis: int | Sequence[int] | None = None) -> Any:
    """Drop axes of length 1: all, or those named.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int or sequence of int, optional

    Returns
    -------
    numpy.ndarray or Tensor
        A view.

    Raises
    ------
    ShapeError
        Where a named axis has another length than 1.

    Examples
    --------
    >>> import autograd
    >>> autograd.squeeze(autograd.Tensor([[1.0, 2.0]])).shape
    (2,)
    """
    x = as_array(x)
    lengths = shape(x)
    gone = tuple(i for i, n in enumerate(lengths) if n == 1) if axis is None else reduced_axes(axis, len(lengths))
    if any(lengths[i] != 1 for i in gone):
        raise ShapeError(f"squeeze: axis {axis} of shape {lengths} has a length other than 1")
    return reshape(x, tuple(n for i, n in enumerate(lengths) if i not in gone))


@implements(np.expand_dims)
def expand_dims(x: Any, axis: int | Sequence[int]) -> Any:
    """Put in axes of length 1.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int or sequence of int
        Where the new axes are in the result.

    Returns
    -------
    numpy.ndarray or Tensor
        A view.

    Examples
    --------
    >>> import autograd
    >>> autograd.expand_dims(autograd.Tensor([1.0, 2.0]), 0).shape
    (1, 2)
    """
    x = as_array(x)
    count = 1 if isinstance(axis, (int, np.integer)) else len(axis)
    places = normalize_axis_tuple(axis, len(shape(x)) + count)
    lengths = iter(shape(x))
    return reshape(x, tuple(1 if i in places else next(lengths) for i in range(len(shape(x)) + count)))


@implements(np.broadcast_to)
def broadcast_to(x: Any, shape: int | Sequence[int], subok: bool = False) -> Any:
    """Repeat along new axes and axes of length 1, without copying.

    Parameters
    ----------
    x : array_like or Tensor
    shape : int or sequence of int
        What the shape of `x` broadcasts to.
    subok : bool
        As in NumPy.

    Returns
    -------
    numpy.ndarray or Tensor
        A view, of that shape.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([1.0, 2.0], requires_grad=True)
    >>> autograd.broadcast_to(t, (3, 2)).sum().backward()
    >>> t.grad
    array([3., 3.])
    """
    lengths = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    return x if lengths == _shape(x) else _broadcast_to(x, shape=lengths)


@implements(np.astype)
def astype(x: Any, dtype: DTypeLike | None, /, *, copy: bool = True, device: Any = None) -> Any:
    """Convert to another dtype; of real floats the gradient comes back in the dtype of `x`, others are constants.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    dtype : dtype
        Of numbers or bools. Of complex numbers real ones keep the real part, with NumPy's warning.
    copy : bool
        As in NumPy; the result has memory of its own.
    device : None
        As in NumPy.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([1.0, 2.0], requires_grad=True)
    >>> small = autograd.astype(t, 'float32')
    >>> small.sum().backward()
    >>> small.dtype, t.grad.dtype
    (dtype('float32'), dtype('float64'))
    """
    dtype = np.dtype(dtype)
    if is_complex(x) and dtype.kind not in "cb":
        warnings.warn("astype of complex numbers to real ones discards the imaginary part", ComplexWarning, 2)
        x = real(x)
    return _astype(x, dtype=dtype)


def cast(x: Any, dtype: DTypeLike | None) -> Any:
    """`x` in a dtype: itself where it has that."""
    return x if x.dtype == dtype else astype(x, dtype)


def wide(x: Any) -> Any:
    """`x` with room for counts: in half precision, whose numbers end at 65,504, as single precision.

    Rules divide in it; the pass turns what they send back into the operand's dtype.

    Examples
    --------
    >>> wide(np.ones(2, np.float16)).dtype, wide(np.ones(2)).dtype
    (dtype('float32'), dtype('float64'))
    """
    return cast(x, np.float32) if getattr(x, "dtype", None) == np.float16 else x


def narrow(result: Any, x: Any) -> Any:
    """A result that was computed `wide` in the dtype of `x`."""
    return cast(result, np.float16) if x.dtype == np.float16 else result


@implements(np.copy)
def copy(x: Any, order: str = "K", subok: bool = False) -> Any:
    """The same values in memory of their own."""
    x = as_array(x)
    return _astype(x, dtype=x.dtype) if hasattr(x, "dtype") else identity(x)


@implements(np.full_like)
def full_like(
    a: Any,
    fill_value: Any,
    dtype: DTypeLike | None = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    """A new array in the shape and the dtype of `a`, where no others are given, filled with a value that may be a node."""
    a, value = as_array(a), as_array(fill_value)
    lengths = _shape(a) if shape is None else shape
    return copy(broadcast_to(astype(value, a.dtype if dtype is None else dtype), lengths))


@implements(np.real_if_close)
def real_if_close(x: Any, tol: float = 100) -> Any:
    """The real part, where all imaginary parts are 0 but for rounding; `x` itself elsewhere."""
    return real(x) if is_complex(x) and not np.iscomplexobj(np.real_if_close(raw(x), tol)) else x


@implements(np.positive)
def positive(x: Any) -> Any:
    """The same numbers; an array of them may be edited by itself."""
    return copy(x) if hasattr(x, "shape") else x


@implements(np.conjugate)
def conjugate(x: Any) -> Any:
    """The complex conjugate, in memory of its own."""
    return conj(x) if is_complex(x) else positive(x)


@implements(np.concatenate, np.concat)
def concatenate(
    arrays: Sequence[Any],
    axis: int | None = 0,
    out: Any = None,
    *,
    dtype: DTypeLike | None = None,
    casting: str = "same_kind",
) -> Any:
    """Join along an axis that is there; with axis None, flatten first.

    Parameters
    ----------
    arrays : sequence of array_like or Tensor
        Of one shape, but for the axis.
    axis : int, optional
        The first by default.
    out : None
        Not supported.
    dtype : dtype, optional
        What to convert all to before.
    casting : str
        As in NumPy.

    Returns
    -------
    numpy.ndarray or Tensor
        A tensor where one of them is.

    Raises
    ------
    ShapeError
        Where there are none.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([1.0, 2.0], requires_grad=True)
    >>> autograd.concatenate([t, [5.0]]).tolist()
    [1.0, 2.0, 5.0]
    """
    refuse_out("concatenate", out)
    parts = [as_array(x) for x in (arrays if isinstance(arrays, (list, tuple)) else list(arrays))]
    if dtype is not None:
        parts = [astype(x, dtype) for x in parts]
    if axis is None:
        parts, axis = [ravel(x) for x in parts], 0
    if not parts:
        raise ShapeError("concatenate: need at least one array")
    return _concatenate(*parts, axis=axis_index(axis, len(shape(parts[0]))))


@implements(np.stack)
def stack(
    arrays: Sequence[Any], axis: int = 0, out: Any = None, *, dtype: DTypeLike | None = None, casting: str = "same_kind"
) -> Any:
    """Join along a new axis.

    Parameters
    ----------
    arrays : sequence of array_like or Tensor
        All of one shape.
    axis : int
        Where the new axis is in the result.
    out : None
        Not supported.
    dtype : dtype, optional
        What to convert all to before.
    casting : str
        As in NumPy.

    Returns
    -------
    numpy.ndarray or Tensor
        A tensor where one of them is.

    Raises
    ------
    ShapeError
        Where there are none, or of several shapes.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([1.0, 2.0], requires_grad=True)
    >>> autograd.stack([t, 2 * t]).sum().backward()
    >>> t.grad
    array([3., 3.])
    """
    parts = [as_array(x) for x in arrays]
    if not parts:
        raise ShapeError("stack: need at least one array")
    if len({shape(x) for x in parts}) != 1:
        raise ShapeError(f"stack: all shapes must be equal, got {[shape(x) for x in parts]}")
    return concatenate([expand_dims(x, axis) for x in parts], axis, out, dtype=dtype)


@implements(np.flip)
def flip(x: Any, axis: int | Sequence[int] | None = None) -> Any:
    """Reverse the order along axes: all, or those named.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int or sequence of int, optional
        All axes by default.

    Returns
    -------
    numpy.ndarray or Tensor
        A view, in the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.flip(autograd.Tensor([1.0, 2.0, 3.0])).tolist()
    [3.0, 2.0, 1.0]
    """
    x = as_array(x)
    turned = axis_tuple(axis, len(shape(x)))
    return basic(x, tuple(slice(None, None, -1) if i in turned else slice(None) for i in range(len(shape(x)))))


@implements(np.moveaxis)
def moveaxis(x: Any, source: int | Sequence[int], destination: int | Sequence[int]) -> Any:
    """Move axes to other places; the others keep their order."""
    x = as_array(x)
    ndim = len(shape(x))
    sources, places = normalize_axis_tuple(source, ndim), normalize_axis_tuple(destination, ndim)
    if len(sources) != len(places):
        raise ShapeError(f"moveaxis: {len(sources)} axes to {len(places)} places")
    order = [i for i in range(ndim) if i not in sources]
    for place, axis in sorted(zip(places, sources, strict=True)):
        order.insert(place, axis)
    return transpose(x, order)


@implements(np.rollaxis)
def rollaxis(x: Any, axis: int, start: int = 0) -> Any:
    """Move one axis back to before position `start`; `moveaxis` is easier to read."""
    x = as_array(x)
    axis = axis_index(axis, len(shape(x)))
    start = start + len(shape(x)) if start < 0 else start
    return moveaxis(x, axis, start - 1 if axis < start else start)


@implements(np.fliplr)
def fliplr(x: Any) -> Any:
    """Reverse the second axis."""
    return flip(x, 1)


@implements(np.flipud)
def flipud(x: Any) -> Any:
    """Reverse the first axis."""
    return flip(x, 0)


@implements(np.rot90)
def rot90(x: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """Turn by `k` right angles, from the first of the two axes towards the second."""
    x = as_array(x)
    first, second = normalize_axis_tuple(axes, len(shape(x)))
    k %= 4
    if k == 2:
        return flip(x, (first, second))
    if k == 1:
        return swapaxes(flip(x, second), first, second)
    return flip(swapaxes(x, first, second), second) if k else x


def _at_least(ndim: int, *xs: Any) -> Any:
    def raise_to(x: Any) -> Any:
        x = as_array(x)
        n = shape(x)
        if len(n) >= ndim:
            return x
        return reshape(
            x, {1: n or (1,), 2: (1, *(n or (1,))), 3: (1, *(n or (1,)), 1) if len(n) < 2 else (*n, 1)}[ndim]
        )

    found = tuple(raise_to(x) for x in xs)
    return found[0] if len(found) == 1 else found


@implements(np.atleast_1d)
def atleast_1d(*xs: Any) -> Any:
    """Each with one axis or more."""
    return _at_least(1, *xs)


@implements(np.atleast_2d)
def atleast_2d(*xs: Any) -> Any:
    """Each with two axes or more; a vector becomes a row."""
    return _at_least(2, *xs)


@implements(np.atleast_3d)
def atleast_3d(*xs: Any) -> Any:
    """Each with three axes or more; a vector becomes (1, n, 1), a matrix (m, n, 1)."""
    return _at_least(3, *xs)


@implements(np.broadcast_arrays)
def broadcast_arrays(*xs: Any, subok: bool = False) -> tuple[Any, ...]:
    """All repeated to one shape."""
    found = [as_array(x) for x in xs]
    lengths = np.broadcast_shapes(*map(shape, found))
    return tuple(broadcast_to(x, lengths) for x in found)
