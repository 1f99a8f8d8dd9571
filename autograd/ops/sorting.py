"""Orders: sorting, quantiles, and picking and putting elements along an axis by their indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import GraphError, ShapeError
from autograd.graph.modes import mode
from autograd.graph.node import Node, raw
from autograd.graph.op import Function, implements, refuse_masks, row
from autograd.ops.comparison import equal, isinf, isnan, logical_and, where
from autograd.ops.complex_numbers import is_complex
from autograd.ops.elementwise import add, div, mul, sub
from autograd.ops.indexing import getitem, split_key
from autograd.ops.joining import take
from autograd.ops.placing import place
from autograd.ops.reduction import Axis, _amax
from autograd.ops.shape import (
    as_array,
    axis_index,
    axis_tuple,
    broadcast_to,
    cast,
    expand_dims,
    moveaxis,
    one_axis,
    ravel,
    refuse_out,
    reshape,
    shape,
    wide,
)

_argsort: Function = row(
    "argsort", lambda x, axis, kind, stable: np.argsort(x, axis=axis, kind=kind, stable=stable), None
)
_argpartition: Function = row(
    "argpartition", lambda x, kth, axis, kind: np.argpartition(x, kth, axis=axis, kind=kind), None
)


def _flat(x: Any, axis: int | None) -> tuple[Any, int]:
    x = as_array(x)
    return (ravel(x), 0) if axis is None else (x, axis_index(axis, len(shape(x))))


@implements(np.argsort)
def argsort(x: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: bool | None = None) -> Any:
    """The indices that sort along an axis; a constant.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int, optional
        The last by default; with None, the array counts as flattened.
    kind : str, optional
        As in NumPy.
    order : None
        Not supported.
    stable : bool, optional
        Whether equal elements keep their order.

    Returns
    -------
    numpy.ndarray or Tensor
        Of integers, in the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> autograd.argsort([3.0, 1.0, 2.0])
    array([1, 2, 0])
    """
    x, axis = one_axis(x, axis)
    return _argsort(x, axis=axis, kind=kind, stable=stable)


@implements(np.argpartition)
def argpartition(x: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None) -> Any:
    """The indices that put the `kth` element along an axis in its place; a constant.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    kth : int or sequence of int
        The places that get the elements they have when all is sorted.
    axis : int, optional
        The last by default; with None, the array counts as flattened.
    kind, order
        As in NumPy.

    Returns
    -------
    numpy.ndarray or Tensor
        Of integers, in the shape of `x`.

    Examples
    --------
    >>> from autograd import Tensor
    >>> t = Tensor([3.0, 1.0, 2.0])
    >>> t[t.argpartition(0)[0]].item()
    1.0
    """
    refuse_masks("argpartition", kth)
    x, axis = one_axis(x, axis)
    return _argpartition(x, kth=kth, axis=axis, kind=kind)


@implements(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """Sorted by the real parts and then by the imaginary ones, along the last axis; real numbers become complex."""
    x = sort(a)
    return x if is_complex(x) else x + 0j


@implements(np.sort)
def sort(x: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: bool | None = None) -> Any:
    """Sorted along an axis; equal elements keep their own derivatives, in the order in which they come to stand.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int, optional
        The last by default; with None, the array counts as flattened.
    kind : str, optional
        As in NumPy.
    order : None
        Not supported.
    stable : bool, optional
        Whether equal elements keep their order.

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of `x`.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([3.0, 1.0, 2.0], requires_grad=True)
    >>> (autograd.sort(t) * [1.0, 10.0, 100.0]).sum().backward()
    >>> t.grad
    array([100.,   1.,  10.])
    """
    x, axis = _flat(x, axis)
    return take_along_axis(x, argsort(x, axis, kind, stable=stable), axis)


@implements(np.partition)
def partition(x: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: Any = None) -> Any:
    """The `kth` element along an axis in its place, smaller ones before it and greater ones after it."""
    x, axis = _flat(x, axis)
    return take_along_axis(x, argpartition(x, kth, axis, kind), axis)


def _along(x: Any, indices: Any, axis: int) -> tuple[Any, ...]:
    """The key that reads, or writes, one element along an axis for each of the indices."""
    lengths = shape(x)
    if len(shape(indices)) != len(lengths):
        raise ShapeError(f"indices of shape {shape(indices)} along axis {axis} of shape {lengths}")
    return tuple(
        indices if i == axis else np.arange(n).reshape((1,) * i + (-1,) + (1,) * (len(lengths) - i - 1))
        for i, n in enumerate(lengths)
    )


@implements(np.take_along_axis)
def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> Any:
    """The elements along an axis at the indices, such as those of `argsort`.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    indices : array_like of int
        In the shape of `x`, but for the axis.
    axis : int, optional

    Returns
    -------
    numpy.ndarray or Tensor
        In the shape of the indices.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([[3.0, 1.0, 2.0]])
    >>> autograd.take_along_axis(t, autograd.argsort(t), 1).tolist()
    [[1.0, 2.0, 3.0]]
    """
    x, axis = _flat(x, axis)
    return getitem(x, _along(x, as_array(indices), axis))


def put_along_axis(x: Any, indices: Any, values: Any, axis: int | None, *, inplace: bool = True) -> Any:
    """Replace the elements along an axis at the indices.

    Parameters
    ----------
    x, indices, values, axis
        As in NumPy.
    inplace : bool
        Write into `x`, as NumPy does, and return None; into a tensor as `x[…] = values` does. With False, as in JAX, the
        result is a new array, differentiable in `x` and in `values`.

    Raises
    ------
    GraphError
        With `inplace`, where `x` is a leaf that requires a gradient, or where `values` do and `x` is an array.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([3.0, 1.0, 2.0], requires_grad=True)
    >>> autograd.put_along_axis(t, [0], 9.0, 0, inplace=False).tolist()
    [9.0, 1.0, 2.0]
    """
    if inplace:
        leaf = isinstance(x, Node) and x.op is None and x.needs_grad and mode().grad
        if leaf or (not isinstance(x, Node) and isinstance(values, Node) and values.needs_grad):
            raise GraphError(
                "put_along_axis writes into its argument, an array or a leaf, which cannot be differentiated: "
                "use autograd.put_along_axis(…, inplace=False), which returns a new array"
            )
        if axis is None:
            raise GraphError("put_along_axis: give the axis of a tensor, or use inplace=False")
        x[_along(x, raw(as_array(indices)), axis_index(axis, len(shape(x))))] = values
        return None
    lengths = shape(as_array(x))
    flat, axis = _flat(x, axis)
    structure, arrays = split_key(_along(flat, as_array(indices), axis))
    return reshape(place(flat, as_array(values), *arrays, key=structure), lengths)


implements(np.put_along_axis)(put_along_axis)


@implements(np.unique)
def unique(
    x: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    """The different elements in order, or the different slices along an axis; of equal ones the first has the gradient."""
    x = as_array(x)
    unique_of: Any = np.unique
    _, places, *others = unique_of(raw(x), True, return_inverse, return_counts, axis, equal_nan=equal_nan)
    found = (take(x, places, axis), *([places] if return_index else []), *others)
    return found if len(found) > 1 else found[0]


def _unique_with(function: Any) -> Any:
    def unique_with(x: Any, /) -> Any:
        x = as_array(x)
        every = np.unique_all(raw(x))
        values = take(x, every.indices)
        return values if function is np.unique_values else function(raw(x))._replace(values=values)

    unique_with.__name__ = unique_with.__qualname__ = function.__name__
    unique_with.__doc__ = "The array API's `unique`."
    return implements(function)(unique_with)


unique_all, unique_counts = _unique_with(np.unique_all), _unique_with(np.unique_counts)
unique_inverse, unique_values = _unique_with(np.unique_inverse), _unique_with(np.unique_values)


@implements(np.median)
def median(x: Any, axis: Axis = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The median over axes; the two middle elements of an even count share.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int or sequence of int, optional
        All axes by default.
    out : None
        Not supported.
    overwrite_input : bool
        As in NumPy; nothing is overwritten.
    keepdims : bool
        Leave the axes, with length 1.

    Returns
    -------
    float, numpy.ndarray or Tensor
        In the shape of `x` without the axes.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([3.0, 1.0, 2.0, 5.0], requires_grad=True)
    >>> autograd.median(t).backward()
    >>> t.grad
    array([0.5, 0. , 0.5, 0. ])
    """
    return quantile(x, 0.5, axis, out, overwrite_input, keepdims=keepdims)


@implements(np.quantile)
def quantile(
    x: Any,
    q: Any,
    axis: Axis = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
) -> Any:
    """The q-th quantiles over axes, for `q` in [0, 1], with the methods `linear`, `lower`, `higher` and `midpoint`.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    q : array_like
        From 0 to 1; its axes come first in the result.
    axis : int or sequence of int, optional
        All axes by default.
    out : None
        Not supported.
    overwrite_input : bool
        As in NumPy; nothing is overwritten.
    method : str
        How to choose between two elements, as in NumPy.
    keepdims : bool
        Leave the axes, with length 1.

    Returns
    -------
    float, numpy.ndarray or Tensor

    Examples
    --------
    >>> from autograd import Tensor
    >>> Tensor([1.0, 2.0, 3.0, 4.0]).quantile(0.5).item()
    2.5
    """
    refuse_out("quantile", out)
    x = as_array(x)
    axes = axis_tuple(axis, len(shape(x)))
    rest = [i for i in range(len(shape(x))) if i not in axes]
    last = reshape(moveaxis(x, axes, range(len(rest), len(shape(x)))), (*(shape(x)[i] for i in rest), -1))
    ordered = sort(last, -1)
    exact = mul(wide(as_array(q)), float(shape(last)[-1] - 1))
    places = raw(exact) if isinstance(exact, Node) else np.asarray(exact)
    if places.size and not (places.min() >= 0 and places.max() <= shape(last)[-1] - 1):
        raise ValueError("quantile: q must be in [0, 1] (percentile: in [0, 100])")
    low, high = np.floor(places).astype(int), np.ceil(places).astype(int)
    if isinstance(exact, Node):
        # At an element the slope is that of the interval to its right; at the last one, of the interval before it.
        low = np.clip(low, 0, max(shape(last)[-1] - 2, 0))
        high = np.minimum(low + 1, shape(last)[-1] - 1)
    below, above = take(ordered, low, -1), take(ordered, high, -1)
    if method in ("lower", "higher"):
        found = below if method == "lower" else above
    elif method in ("linear", "midpoint"):
        share = sub(exact, low) if method == "linear" else 0.5 * (high > low)
        # A plain number has no dtype of its own, others do.
        given = x.dtype if isinstance(q, (int, float)) and not isinstance(q, np.generic) else as_array(q).dtype
        share = cast(as_array(share), given) if given.kind == "f" else share
        # Where a share is 0 the other element, which may be infinite, does not count; a share that is a node still does.
        exactly = logical_and(equal(share, 0.0), isinf(above)) if isinstance(share, Node) else np.equal(share, 0.0)
        found = where(exactly, below, add(mul(below, sub(1.0, share)), mul(where(exactly, below, above), share)))
    else:
        raise ValueError(f"quantile: method must be one of linear, lower, higher, midpoint, not {method!r}")
    # A quantile of what has a NaN in it is NaN, as the greatest of it is.
    greatest = _amax(last, axis=(len(rest),), keepdims=False)
    greatest = reshape(greatest, shape(greatest) + (1,) * places.ndim)
    found = where(broadcast_to(isnan(greatest), shape(found)), greatest, found)
    found = moveaxis(found, range(len(rest), len(rest) + places.ndim), range(places.ndim))
    return expand_dims(found, tuple(axis + places.ndim for axis in axes)) if keepdims else found


@implements(np.percentile)
def percentile(
    x: Any,
    q: Any,
    axis: Axis = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
) -> Any:
    """`quantile` for `q` in [0, 100]."""
    plain = isinstance(q, (int, float)) and not isinstance(q, np.generic)
    return quantile(x, q / 100.0 if plain else div(as_array(q), 100.0), axis, out, overwrite_input, method, keepdims)
