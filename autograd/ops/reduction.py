"""Reductions over the axes of an array; of several scalars, which are then operands of one node.

One file because all of them share how axes are read, kept and put back.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import Node, raw
from autograd.graph.op import Function, implements, row
from autograd.ops.comparison import equal, where
from autograd.ops.complex_numbers import conj
from autograd.ops.elementwise import add, div, maximum, minimum, mul, ratio, sub, unknown
from autograd.ops.indexing import basic, put
from autograd.ops.lengths import along
from autograd.ops.scalars import max_n, min_n, prod_n, sum_n
from autograd.ops.shape import (
    as_array,
    astype,
    axis_tuple,
    broadcast_to,
    cast,
    concatenate,
    flip,
    narrow,
    one_axis,
    reduced_axes,
    refuse_out,
    reshape,
    shape,
    transpose,
    wide,
)
from autograd.ops.strong import scale

Axis = int | Sequence[int] | None


def restore_axes(g: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """`g` with the reduced axes of `x` back, at length 1; the reverse pass repeats it along them."""
    if keepdims:
        return g
    lengths = tuple([1 if i in axis else n for i, n in enumerate(x.shape)])
    return g.reshape(lengths) if g.__class__ is np.ndarray else reshape(g, lengths)


def count(x: Any, axis: tuple[int, ...]) -> int:
    """How many elements of `x` go into one of the result."""
    return math.prod(shape(x)[i] for i in axis)


def _others(x: Any, axis: tuple[int, ...]) -> Any:
    """For each element the product of the others: exact at zeros, to any order, because it only multiplies."""
    rest = [i for i in range(len(shape(x))) if i not in axis]
    order = (*rest, *axis)
    rows = reshape(transpose(x, order), tuple(shape(x)[i] for i in rest) + (count(x, axis),))
    others = _before(rows) * flip(_before(flip(rows, -1)), -1)
    return transpose(reshape(others, tuple(shape(x)[i] for i in order)), tuple(int(i) for i in np.argsort(order)))


def _before(x: Any) -> Any:
    """For each element along the last axis the product of those before it, by doubling."""
    lead, n = shape(x)[:-1], shape(x)[-1]

    def delay(products: Any, step: int) -> Any:
        return concatenate([np.ones((*lead, step), x.dtype), basic(products, (..., slice(0, n - step)))], -1)

    if n == 0:
        return x
    products, step = delay(x, 1), 1
    while step < n:
        products, step = products * delay(products, step), 2 * step
    return products


_sum: Function = row(
    "sum",
    lambda x, axis, keepdims: np.add.reduce(x, axis, keepdims=keepdims),
    lambda g, out, x, axis, keepdims: restore_axes(g, x, axis, keepdims),
    linear=((0,),),
    takes_complex=True,
)
_mean: Function = row(
    "mean",
    lambda x, axis, keepdims: np.mean(x, axis, keepdims=keepdims),
    lambda g, out, x, axis, keepdims: div(wide(restore_axes(g, x, axis, keepdims)), float(count(x, axis))),
    linear=((0,),),
    takes_complex=True,
)
_prod: Function = row(
    "prod",
    lambda x, axis, keepdims: np.prod(x, axis, keepdims=keepdims),
    lambda g, out, x, axis, keepdims: restore_axes(g, x, axis, keepdims) * _others(x, axis),
    takes_complex=True,
)


def _extreme(g: Any, out: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    g = restore_axes(g, x, axis, keepdims)
    ties = equal(x, restore_axes(out, x, axis, keepdims))
    return where(ties, g / _sum(where(ties, 1.0, 0.0), axis=axis, keepdims=True), unknown(g, x))


_amax: Function = row("amax", lambda x, axis, keepdims: np.max(x, axis, keepdims=keepdims), _extreme)
_amin: Function = row("amin", lambda x, axis, keepdims: np.min(x, axis, keepdims=keepdims), _extreme)


def _centre(x: Any, axis: tuple[int, ...]) -> Any:
    return x - _mean(x, axis=axis, keepdims=True)


def _freedom(x: Any, axis: tuple[int, ...], ddof: float) -> float:
    return float(builtins.max(count(x, axis) - ddof, 0))


def _spread_arrays(function: Any, x: np.ndarray, axis: Any, keepdims: bool, ddof: float) -> Any:
    if x.dtype == np.float16:
        # NumPy adds up the squares in half precision.
        return function(x, axis, np.float32, keepdims=keepdims, ddof=ddof).astype(x.dtype)
    return function(x, axis, keepdims=keepdims, ddof=ddof)


_var: Function = row(
    "var",
    lambda x, axis, keepdims, ddof: _spread_arrays(np.var, x, axis, keepdims, ddof),
    lambda g, out, x, axis, keepdims, ddof: scale(
        restore_axes(wide(g), x, axis, keepdims), conj(_centre(wide(x), axis)) * div(2.0, _freedom(x, axis, ddof))
    ),
    takes_complex=True,
)
_std: Function = row(
    "std",
    lambda x, axis, keepdims, ddof: _spread_arrays(np.std, x, axis, keepdims, ddof),
    lambda g, out, x, axis, keepdims, ddof: _std_rule(g, out, x, axis, keepdims, _freedom(x, axis, ddof)),
    length=True,
    takes_complex=True,
)


def _std_rule(g: Any, out: Any, x: Any, axis: tuple[int, ...], keepdims: bool, freedom: float) -> Any:
    centred = conj(div(_centre(wide(x), axis), freedom))
    return along(
        g,
        out,
        centred,
        ratio(centred, restore_axes(out, x, axis, keepdims)),
        lambda h: restore_axes(h, x, axis, keepdims),
    )


_argmax: Function = row("argmax", lambda x, axis, keepdims: np.argmax(x, axis, keepdims=keepdims), None)
_argmin: Function = row("argmin", lambda x, axis, keepdims: np.argmin(x, axis, keepdims=keepdims), None)


def is_array(x: Any) -> bool:
    """Whether `x` is an array, or a node that holds one."""
    return isinstance(raw(x), np.ndarray)


def gather(x: Any, more: Sequence[Any]) -> tuple[Any, ...] | None:
    """The scalars that an n-ary reduction was given, as arguments or as one sequence; None where it was given arrays."""
    items = tuple(x) if not more and isinstance(x, Iterable) else (x, *more)
    if any(isinstance(item, Node) and not is_array(item) for item in items):
        return items
    return items if all(isinstance(item, (int, float)) and not isinstance(item, np.generic) for item in items) else None


def _apply_mask(name: str, x: Any, mask: Any, identity: float) -> Any:
    return x if mask is None or mask is True else where(_mask(name, mask), x, _in_dtype(identity, x.dtype))


def _mask(name: str, mask: Any) -> Any:
    """A `where=` as an array or a tensor of booleans, which no derivative depends on."""
    mask = as_array(mask)
    if mask.dtype != bool:
        raise OperandError(f"{name}: where= takes booleans, such as x > 0, not {mask.dtype}")
    return mask


def _in_dtype(identity: float, dtype: np.dtype[Any]) -> Any:
    """What a reduction begins with, as a number of a dtype: for whole ones the least or the greatest in place of an infinity."""
    if dtype.kind == "f":
        return identity
    if math.isinf(identity):
        limits = (False, True) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
        identity = limits[identity > 0]
    return dtype.type(identity)


NOUNS = {"sum": "sum", "max": "greatest element", "min": "least element", "prod": "product"}
# What the reductions have in common is told once.
IN_NUMPY = """The {noun} over axes, in NumPy's arguments.

Parameters
----------
x : array_like or Tensor, or a sequence of Value
    Of any shape.
axis : int or sequence of int, optional
    All axes by default.
{dtype}out : None
    Not supported.
keepdims : bool
    Leave the axes, with length 1.
initial : float, array_like or Tensor, optional
    What to begin with.
where : array_like of bool, optional
    Which elements count; its shape broadcasts with that of `x`.

Returns
-------
float, numpy.ndarray, Value or Tensor
    In the shape of `x` without the axes.

Raises
------
OperandError
    For an array to write into, and a `where` of other things than bools.

Examples
--------
>>> import autograd.numpy as np
>>> np.{name}(np.array([2.0, 3.0, 4.0])).item()
{given}
"""
OF_NUMBERS = """The {noun} over `axis` of an array, or of any number of scalars: `{name}(v, w, …)`, `{name}([v, w, …])`.

Parameters
----------
x : array_like or Tensor, or a sequence of Value
    Of any shape.
*more : Value or float
    Further numbers; or, behind an array, the axis.
**arguments
    `axis`, `keepdims` and the further arguments of NumPy's `{name}`.

Returns
-------
float, numpy.ndarray, Value or Tensor
    In the shape of `x` without the axes.

Raises
------
TypeError
    For two arrays; see `maximum`, `minimum` and `add`.

Examples
--------
>>> import autograd
>>> autograd.{name}(autograd.Value(2.0), 3.0, 4.0).data
{given}
>>> autograd.{name}(autograd.Tensor([[2.0, 3.0, 4.0]]), axis=1).tolist()
[{given}]
"""


def _reducer(
    name: str,
    of_scalars: Callable[..., Any],
    of_axes: Callable[..., Any],
    identity: float,
    combine: Callable[..., Any],
    *functions: Any,
    has_dtype: bool,
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A reduction in NumPy's arguments, and the same for any number of scalars as well."""

    def over(
        x: Any,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: Any = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = None,
    ) -> Any:
        if dtype is None and initial is None and where is None and out is None and is_array(x):
            return of_axes(x, axis=reduced_axes(axis, x.ndim), keepdims=bool(keepdims))
        refuse_out(name, out)
        if not is_array(x):
            x = tuple(x) if isinstance(x, Iterable) else x
            items = gather(x, ())
            if items is not None and axis is None and not keepdims and where is None:
                total = of_scalars(*items)
                return total if initial is None else combine(total, initial)
            x = as_array(x if isinstance(x, tuple) else (x,))
        x = _apply_mask(name, x if dtype is None else astype(x, dtype), where, identity)
        axes = reduced_axes(axis, len(shape(x)))
        if initial is not None and math.isinf(identity) and count(x, axes) == 0:
            # NumPy's maximum of nothing is an error unless there is an initial value.
            left = np.sum(raw(x), axes, keepdims=keepdims)
            return broadcast_to(cast(as_array(initial), x.dtype), left.shape)
        total = of_axes(x, axis=axes, keepdims=bool(keepdims))
        # In the dtype of the elements, as NumPy has it.
        return total if initial is None else combine(total, cast(as_array(initial), total.dtype))

    def reduce(x: Any, *more: Any, **arguments: Any) -> Any:
        if not more:
            return over(x, **arguments)
        if not is_array(x) or (not shape(x) and not isinstance(more[0], (int, np.integer))):
            return over((x, *more), **arguments)
        if len(more) > 1 or "axis" in arguments or isinstance(more[0], Node) or is_array(more[0]):
            raise TypeError(
                f"{name}: give one array and an axis, or any number of scalars; for two arrays see maximum, minimum, add"
            )
        if not shape(x):
            raise TypeError(
                f"{name}: is {more[0]} an axis of a tensor without axes, or another scalar? Write axis={more[0]} or {more[0]}.0"
            )
        return over(x, more[0], **arguments)

    def over_without_dtype(
        x: Any, axis: Axis = None, out: Any = None, keepdims: bool = False, initial: Any = None, where: Any = None
    ) -> Any:
        return over(x, axis, None, out, keepdims, initial, where)

    in_numpy = over if has_dtype else over_without_dtype
    in_numpy.__name__ = in_numpy.__qualname__ = reduce.__name__ = reduce.__qualname__ = name
    noun, dtype_told = NOUNS[name], "dtype : dtype, optional\n    What to convert `x` to before.\n" if has_dtype else ""
    given = over([2.0, 3.0, 4.0])
    in_numpy.__doc__ = IN_NUMPY.format(name=name, noun=noun, dtype=dtype_told, given=given)
    reduce.__doc__ = OF_NUMBERS.format(name=name, noun=noun, given=given)
    return implements(*functions)(in_numpy), reduce


sum_over, sum = _reducer("sum", sum_n, _sum, 0.0, add, np.sum, has_dtype=True)
max_over, max = _reducer("max", max_n, _amax, -math.inf, maximum, np.max, np.amax, has_dtype=False)
min_over, min = _reducer("min", min_n, _amin, math.inf, minimum, np.min, np.amin, has_dtype=False)
prod_over, prod = _reducer("prod", prod_n, _prod, 1.0, mul, np.prod, has_dtype=True)


def counts(x: Any, counted: Any, axis: Axis, keepdims: bool, ddof: float = 0.0) -> Any:
    """How many elements count, less `ddof`, in the dtype of `x`, so that dividing by them does not widen it."""
    dtype = np.finfo(x.dtype).dtype if x.dtype.kind in "fc" else np.dtype(float)
    mask = broadcast_to(as_array(counted), shape(x))
    found = _sum(astype(mask, int), axis=axis_tuple(axis, len(shape(x))), keepdims=bool(keepdims))
    return cast(as_array(maximum(sub(found, ddof), 0)), dtype)


@implements(np.mean)
def mean(
    x: Any,
    axis: Axis = None,
    dtype: DTypeLike | None = None,
    out: Any = None,
    keepdims: bool = False,
    *,
    where: Any = None,
) -> Any:
    """The arithmetic mean over axes; with `where`, of the elements where that is true.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int or sequence of int, optional
        All axes by default.
    dtype : dtype, optional
        What to convert `x` to before.
    out : None
        Not supported.
    keepdims : bool
        Leave the axes, with length 1.
    where : array_like of bool, optional
        Which elements count; its shape broadcasts with that of `x`.

    Returns
    -------
    float, numpy.ndarray or Tensor
        In the shape of `x` without the axes.

    Raises
    ------
    OperandError
        For an array to write into, and a `where` of other things than bools.

    Examples
    --------
    >>> import autograd
    >>> t = autograd.Tensor([[1.0, 2.0], [3.0, 6.0]], requires_grad=True)
    >>> autograd.mean(t, axis=0).tolist()
    [2.0, 4.0]
    >>> autograd.mean(t).backward()
    >>> t.grad.tolist()
    [[0.25, 0.25], [0.25, 0.25]]
    """
    refuse_out("mean", out)
    x = as_array(x) if dtype is None else astype(as_array(x), dtype)
    if where is not None:
        total = counts(wide(x), _mask("mean", where), axis, keepdims)
        return narrow(div(sum(wide(x), axis=axis, keepdims=keepdims, where=where), total), x)
    return _mean(x, axis=axis_tuple(axis, len(shape(x))), keepdims=bool(keepdims))


SPREAD = """The {what}

Parameters
----------
x : array_like or Tensor
    Of any shape.
axis : int or sequence of int, optional
    All axes by default.
dtype : dtype, optional
    What to convert `x` to before.
out : None
    Not supported.
ddof : float
    What is taken from the number of elements.
keepdims : bool
    Leave the axes, with length 1.
correction : float, optional
    A newer name of `ddof`.

Returns
-------
float, numpy.ndarray or Tensor
    In the shape of `x` without the axes.

Examples
--------
>>> import autograd
>>> autograd.{name}(autograd.Tensor([1.0, 5.0])).item()
{given}
"""


def _spread(name: str, of_axes: Callable[..., Any], what: str, function: Any) -> Callable[..., Any]:
    def spread(
        x: Any,
        axis: Axis = None,
        dtype: DTypeLike | None = None,
        out: Any = None,
        ddof: float = 0,
        keepdims: bool = False,
        *,
        correction: float | None = None,
    ) -> Any:
        refuse_out(name, out)
        x = as_array(x) if dtype is None else astype(as_array(x), dtype)
        freedom = ddof if correction is None else correction
        return of_axes(x, axis=axis_tuple(axis, len(shape(x))), keepdims=bool(keepdims), ddof=freedom)

    spread.__name__ = spread.__qualname__ = name
    spread.__doc__ = SPREAD.format(what=what, name=name, given=function([1.0, 5.0]).item())
    return implements(function)(spread)


var = _spread("var", _var, "variance over axes, divided by n - ddof; ddof is 0 as in NumPy (PyTorch's is 1).", np.var)
std = _spread(
    "std", _std, "standard deviation over axes; where the elements are all equal its derivative is 0.", np.std
)


@implements(np.ptp)
def ptp(x: Any, axis: Axis = None, out: Any = None, keepdims: bool = False) -> Any:
    """The range over axes: the greatest less the least."""
    return sub(max(x, axis=axis, out=out, keepdims=keepdims), min(x, axis=axis, keepdims=keepdims))


@implements(np.average)
def average(x: Any, axis: Axis = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """The weighted mean over axes; both the elements and the weights may be nodes."""
    x = as_array(x)
    axes = axis_tuple(axis, len(shape(x)))
    if weights is None:
        result = _mean(x, axis=axes, keepdims=bool(keepdims))
        total: Any = np.full(shape(result), float(count(x, axes)), result.dtype) if returned else None
    else:
        weights = as_array(weights)
        if shape(weights) != shape(x):
            if shape(weights) != tuple(shape(x)[i] for i in axes) or axis is None:
                raise ShapeError(f"average: weights of shape {shape(weights)} for {shape(x)} over axis {axis}")
            weights = reshape(weights, tuple(n if i in axes else 1 for i, n in enumerate(shape(x))))
            weights = broadcast_to(weights, shape(x))
        dtype = np.result_type(x.dtype, weights.dtype, *([float] if x.dtype.kind != "f" else []))
        x, weights = wide(cast(x, dtype)), wide(cast(weights, dtype))
        total = _sum(weights, axis=axes, keepdims=bool(keepdims))
        result = cast(div(_sum(mul(x, weights), axis=axes, keepdims=bool(keepdims)), total), dtype)
        total = cast(total, dtype)
    return (result, total) if returned else result


@implements(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """How often each whole number occurs, which is a constant; or the sum of the weights of each."""
    x = np.asarray(raw(x))
    occurrences = np.bincount(x, minlength=minlength)
    if weights is None:
        return occurrences
    weights = as_array(weights)
    if shape(weights) != shape(x):
        raise ShapeError(f"bincount: weights of shape {shape(weights)} for numbers of shape {shape(x)}")
    return put(astype(weights, np.float64), (x,), occurrences.shape)


RUNNING = """The running {noun} along an axis; with axis None, of the flattened array.

Parameters
----------
x : array_like or Tensor
    Of any shape.
axis : int, optional
dtype : dtype, optional
    What to convert `x` to before.
out : None
    Not supported.

Returns
-------
numpy.ndarray or Tensor
    In the shape of `x`, or of one axis.

Examples
--------
>>> import autograd
>>> autograd.{name}(autograd.Tensor([2.0, 3.0, 4.0])).tolist()
{given}
"""


def _of_one(x: Any, axis: int | None) -> int | None:
    """One axis as its index, which is 0 where there is none; None where the array counts as flattened."""
    return None if axis is None else one_axis(x, axis)[1]


@implements(np.argmax)
def argmax(x: Any, axis: int | None = None, out: Any = None, *, keepdims: bool = False) -> Any:
    """The index of the first greatest element; a constant.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int, optional
        By default the array counts as flattened.
    out : None
        Not supported.
    keepdims : bool
        Leave the axis, with length 1.

    Returns
    -------
    int, numpy.ndarray or Tensor
        Of integers, in the shape of `x` without the axis.

    Examples
    --------
    >>> import autograd
    >>> autograd.argmax([[1.0, 5.0], [7.0, 2.0]], axis=1)
    array([1, 0])
    """
    refuse_out("argmax", out)
    return _argmax(as_array(x), axis=_of_one(x, axis), keepdims=bool(keepdims))


@implements(np.argmin)
def argmin(x: Any, axis: int | None = None, out: Any = None, *, keepdims: bool = False) -> Any:
    """The index of the first least element; a constant.

    Parameters
    ----------
    x : array_like or Tensor
        Of any shape.
    axis : int, optional
        By default the array counts as flattened.
    out : None
        Not supported.
    keepdims : bool
        Leave the axis, with length 1.

    Returns
    -------
    int, numpy.ndarray or Tensor
        Of integers, in the shape of `x` without the axis.

    Examples
    --------
    >>> import autograd
    >>> autograd.argmin([[1.0, 5.0], [7.0, 2.0]], axis=1)
    array([0, 1])
    """
    refuse_out("argmin", out)
    return _argmin(as_array(x), axis=_of_one(x, axis), keepdims=bool(keepdims))
