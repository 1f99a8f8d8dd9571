"""What comes of the elements along axes, in PyTorch's arguments: `dim`, `keepdim`, and pairs of values and indices."""

from __future__ import annotations

import builtins
import math
from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from autograd.errors import OperandError, ShapeError
from autograd.graph.node import Node, get_data, raw
from autograd.ops import comparison, cumulative, elementwise, joining, nans, reduction, sorting, stable
from autograd.ops import shape as shapes
from autograd.torch.calling import function
from autograd.torch.dtypes import as_dtype
from autograd.torch.places import gather
from autograd.torch.tensor import axis_of, wrap

if TYPE_CHECKING:
    from autograd.typing import Operand


def _axes(name: str, input: Operand, dim: Any) -> Any:
    """`dim` as the engine's `axis`; PyTorch's empty tuple stands for all axes."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return None
    ndim = len(shapes.shape(input))
    if isinstance(dim, (tuple, list)):
        return tuple(axis_of(name, d, ndim) for d in dim) if ndim else None
    axis = axis_of(name, dim, ndim)
    return axis if ndim else None


def _in(input: Any, dtype: DTypeLike | None) -> Any:
    wanted = as_dtype(dtype)
    return input if wanted is None or wanted == input.dtype else shapes.astype(input, wanted)


def _whole(input: Any) -> Any:
    """Bools and small whole numbers as int64, in which PyTorch adds them up."""
    return shapes.astype(input, np.int64) if input.dtype.kind in "iub" and input.dtype != np.int64 else input


@function
def sum(
    input: Operand, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: DTypeLike | None = None
) -> Any:
    """The sum over axes; of bools and whole numbers int64."""
    return reduction.sum(_whole(_in(input, dtype)), axis=_axes("sum", input, dim), keepdims=keepdim)


@function
def nansum(
    input: Operand, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: DTypeLike | None = None
) -> Any:
    """The sum of what is not NaN."""
    kept = _in(input, dtype)
    return reduction.sum(
        comparison.where(comparison.isnan(kept), 0.0, kept), axis=_axes("nansum", input, dim), keepdims=keepdim
    )


@function
def mean(
    input: Operand, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: DTypeLike | None = None
) -> Any:
    """The mean over axes; of floats alone, as in PyTorch."""
    kept = _in(input, dtype)
    if kept.dtype.kind != "f":
        raise OperandError(
            f"torch.mean(): could not infer output dtype: the input must be floats, not {kept.dtype}: write t.float().mean()"
        )
    return reduction.mean(kept, axis=_axes("mean", input, dim), keepdims=keepdim)


@function
def nanmean(
    input: Operand, dim: int | Sequence[int] | None = None, keepdim: bool = False, *, dtype: DTypeLike | None = None
) -> Any:
    """The mean of what is not NaN."""
    return nans.nanmean(_in(input, dtype), axis=_axes("nanmean", input, dim), keepdims=keepdim)


@function
def prod(input: Operand, dim: int | None = None, keepdim: bool = False, *, dtype: DTypeLike | None = None) -> Any:
    """The product over an axis, or of all."""
    return reduction.prod(_whole(_in(input, dtype)), axis=_axes("prod", input, dim), keepdims=keepdim)


def _spread(name: str, row: Callable[..., Any]) -> Callable[..., Any]:
    def of(input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Any:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        if input.dtype.kind != "f":
            raise OperandError(f"torch.{name}: the input must be floats, not {input.dtype}: write t.float() first")
        if correction is None:
            correction = 0 if unbiased is False else 1
        return row(input, axis=_axes(name, input, dim), ddof=correction, keepdims=keepdim)

    of.__name__ = of.__qualname__ = name
    of.__doc__ = (
        f"PyTorch's `{name}`: unbiased, over n - 1, unless `unbiased=False` or another `correction`; NumPy's is over n."
    )
    return function(of)


var, std = _spread("var", reduction.var), _spread("std", reduction.std)


def _with_mean(name: str, spread: Callable[..., Any]) -> Callable[..., Any]:
    def of(input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Any:
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        return spread(input, dim, unbiased, keepdim, correction=correction), mean(input, dim, keepdim)

    of.__name__ = of.__qualname__ = name
    of.__doc__ = f"`{spread.__name__}` and the mean, in its arguments."
    return function(of)


var_mean, std_mean = _with_mean("var_mean", var), _with_mean("std_mean", std)


def _of_lines(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function along an axis, for which a tensor without axes is a line of one element."""

    @wraps(f)
    def call(input: Operand, *args: Any, **kwargs: Any) -> Any:
        if len(shapes.shape(input)):
            return f(input, *args, **kwargs)
        found = f(shapes.reshape(input, (1,)), *args, **kwargs)
        if isinstance(found, tuple):
            return type(found)(*[shapes.reshape(part, ()) for part in found])
        return shapes.reshape(found, ())

    return call


def _pair(name: str) -> Any:
    """The class of a result with `.values` and `.indices`."""
    return namedtuple(name, ["values", "indices"])


_Max, _Min, MedianPair, _Mode, _Sort, _Topk, _Kth, _Cum = map(
    _pair, ("max", "min", "median", "mode", "sort", "topk", "kthvalue", "cumulative")
)


def at_places(input: Operand, places: Any, dim: int, keepdim: bool) -> tuple[Any, Any]:
    """The elements at one place of each line along an axis, and the places."""
    values = gather(input, dim, places)
    if keepdim:
        return values, places
    return shapes.squeeze(values, dim), shapes.squeeze(places, dim)


def _extreme(
    name: str, all_of: Callable[..., Any], of_two: Callable[..., Any], place: Callable[..., Any], pair: Any
) -> Callable[..., Any]:
    def of(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        if isinstance(dim, Node) or other is not None:
            return of_two(input, dim if other is None else other)
        if dim is None:
            if not get_data(input).size:
                raise ShapeError(
                    f"torch.{name}(): an empty tensor has none; give an initial value, or test numel() first"
                )
            return all_of(input)
        return along(input, dim, keepdim)

    @_of_lines
    def along(input: Operand, dim: int, keepdim: bool) -> Any:
        axis = axis_of(name, dim, len(shapes.shape(input)))
        return pair(*at_places(input, place(input, axis, keepdims=True), axis, keepdim))

    of.__name__ = of.__qualname__ = name
    of.__doc__ = (
        f"The {name}imum of all; with `dim` a pair `.values`, `.indices`, whose gradient goes to the place of the index; of two "
        f"tensors the {name}imum element by element."
    )
    return function(of)


max = _extreme("max", reduction.max, elementwise.maximum, reduction.argmax, _Max)
min = _extreme("min", reduction.min, elementwise.minimum, reduction.argmin, _Min)


@function
def amax(input: Operand, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Any:
    """The greatest over axes; equal ones share the gradient."""
    return reduction.max(input, axis=_axes("amax", input, dim), keepdims=keepdim)


@function
def amin(input: Operand, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Any:
    """The least over axes; equal ones share the gradient."""
    return reduction.min(input, axis=_axes("amin", input, dim), keepdims=keepdim)


_Aminmax = namedtuple("_Aminmax", ["min", "max"])


@function
def aminmax(input: Operand, *, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Any:
    """The least and the greatest."""
    return _Aminmax(amin(input, dim, keepdim), amax(input, dim, keepdim))


@function
def argmax(input: Operand, dim: int | None = None, keepdim: bool = False) -> Any:
    """Where the greatest is; without `dim` in the flattened tensor."""
    return reduction.argmax(input, _axes("argmax", input, dim), keepdims=keepdim)


@function
def argmin(input: Operand, dim: int | None = None, keepdim: bool = False) -> Any:
    """Where the least is; without `dim` in the flattened tensor."""
    return reduction.argmin(input, _axes("argmin", input, dim), keepdims=keepdim)


@function
@_of_lines
def sort(input: Operand, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """In order along an axis, as a pair `.values`, `.indices`."""
    places = argsort(input, dim, descending)
    return _Sort(gather(input, dim, places), places)


@function
@_of_lines
def argsort(input: Operand, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The indices that put an axis in order; equal elements keep theirs."""
    axis = axis_of("argsort", dim, len(shapes.shape(input)))
    if not descending:
        return sorting.argsort(input, axis, stable=True)
    # Backwards twice, so that equal elements keep their order.
    backwards = sorting.argsort(shapes.flip(input, axis), axis, stable=True)
    return shapes.shape(input)[axis] - 1 - shapes.flip(backwards, axis)


def msort(input: Operand) -> Any:
    """In order along the first axis."""
    return sort(input, 0).values


@function
@_of_lines
def topk(input: Operand, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k greatest, or least, along an axis, as a pair `.values`, `.indices`."""
    axis = axis_of("topk", dim, len(shapes.shape(input)))
    length, k = shapes.shape(input)[axis], int(k)
    if not 0 <= k <= length:
        raise ShapeError(f"torch.topk: k={k} is out of range for an axis of length {length}")
    places = joining.take(argsort(input, axis, largest), np.arange(k), axis)
    return _Topk(gather(input, axis, places), places)


@function
@_of_lines
def kthvalue(input: Operand, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th least along an axis, counted from 1, as a pair `.values`, `.indices`."""
    axis = axis_of("kthvalue", dim, len(shapes.shape(input)))
    if not 1 <= k <= shapes.shape(input)[axis]:
        raise ShapeError(f"torch.kthvalue: k={k} is out of range for an axis of length {shapes.shape(input)[axis]}")
    places = joining.take(argsort(input, axis), np.array([k - 1]), axis)
    return _Kth(*at_places(input, places, axis, keepdim))


@function
def median(input: Operand, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower of the middle two, where NumPy's is their mean; with `dim` a pair `.values`, `.indices`."""
    return _median_of_all(input) if dim is None else _median_of_lines(input, dim, keepdim)


def _median_of_all(input: Operand) -> Any:
    flat = shapes.reshape(input, (-1,))
    if not shapes.shape(flat)[0]:
        return wrap(np.full((), np.nan, flat.dtype))
    middle = comparison.stop_gradient(_median_of_lines(flat, 0, False).values)
    # The greatest of those that equal it, among which the gradient is shared; beside NaN there is nothing else.
    least = -math.inf if flat.dtype.kind == "f" else np.iinfo(flat.dtype).min
    others = comparison.logical_or(comparison.less(flat, middle), comparison.greater(flat, middle))
    return reduction.max(comparison.where(others, least, flat))


@_of_lines
def _median_of_lines(input: Any, dim: int, keepdim: bool) -> Any:
    axis = axis_of("median", dim, len(shapes.shape(input)))
    places = joining.take(argsort(input, axis), np.array([(shapes.shape(input)[axis] - 1) // 2]), axis)
    if input.dtype.kind == "f":
        unknown = comparison.isnan(input)
        first = reduction.argmax(unknown, axis, keepdims=True)
        places = comparison.where(any(unknown, axis, keepdim=True), first, places)
    return MedianPair(*at_places(input, places, axis, keepdim))


@function
@_of_lines
def mode(input: Any, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent element along an axis, the least of several, with its last place."""
    data = get_data(input)
    axis = axis_of("mode", dim, data.ndim)

    def place(line: np.ndarray) -> Any:
        values, counts = np.unique(line, return_counts=True)
        return np.flatnonzero(line == values[counts.argmax()])[-1]

    places = wrap(np.expand_dims(np.apply_along_axis(place, axis, data), axis))
    return _Mode(*at_places(input, places, axis, keepdim))


@function
def quantile(
    input: Operand, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Any:
    """Quantiles along an axis; between two elements in a straight line, or as `interpolation` says."""
    if interpolation == "nearest":
        q, interpolation = _nearest(input, q, dim), "lower"
    return sorting.quantile(input, raw(q), _axes("quantile", input, dim), method=interpolation, keepdims=keepdim)


def _nearest(input: Any, q: Any, dim: int | None) -> Any:
    """Shares that lie at elements: those that are nearest to others, and of two the even one."""
    last = (
        input.numel() if dim is None else shapes.shape(input)[axis_of("quantile", dim, len(shapes.shape(input)))]
    ) - 1
    places = np.round(np.asarray(raw(q)) * last)
    # Beyond the place by less than the next, so that rounding does not lead to the one before.
    return np.minimum((places + 0.25) / builtins.max(last, 1), 1.0)


@function
def logsumexp(input: Operand, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Any:
    """`log(sum(exp(input)))`, computed without overflow."""
    return stable.logsumexp(input, axis=_axes("logsumexp", input, dim), keepdims=keepdim)


@function
@_of_lines
def cumsum(input: Operand, dim: int, *, dtype: DTypeLike | None = None) -> Any:
    """Running sums along an axis."""
    return cumulative.cumsum(_whole(_in(input, dtype)), axis_of("cumsum", dim, len(shapes.shape(input))))


@function
@_of_lines
def cumprod(input: Operand, dim: int, *, dtype: DTypeLike | None = None) -> Any:
    """Running products along an axis."""
    return cumulative.cumprod(_whole(_in(input, dtype)), axis_of("cumprod", dim, len(shapes.shape(input))))


def _running(name: str, further: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def of(input: Any, dim: int) -> Any:
        data = get_data(input)
        axis = axis_of(name, dim, data.ndim)
        lines = np.moveaxis(data, axis, 0)
        places = np.zeros(lines.shape, np.int64)
        for i in range(1, len(lines)):
            best = np.take_along_axis(lines, places[i - 1 : i], 0)[0]
            # From the first NaN on it is NaN, which no comparison holds of.
            places[i] = np.where(further(lines[i], best) | (lines[i] != lines[i]), i, places[i - 1])
        found = wrap(np.ascontiguousarray(np.moveaxis(places, 0, axis)))
        return _Cum(gather(input, axis, found), found)

    of.__name__ = of.__qualname__ = name
    of.__doc__ = f"The {name[3:]}imum so far along an axis, as a pair `.values`, `.indices`."
    return function(_of_lines(of))


cummax, cummin = _running("cummax", np.greater_equal), _running("cummin", np.less_equal)


def _truths(input: Any) -> Any:
    return input if input.dtype.kind == "b" else comparison.not_equal(input, 0)


def _of_truths(row: Callable[..., Any], of_none: Callable[..., Any], input: Operand, axes: Any, keepdim: bool) -> Any:
    """Bools over axes by the greatest or the least of them, which none have."""
    if not math.prod(shapes.shape(input)):
        return wrap(np.asarray(of_none(np.ones(shapes.shape(input), bool), axes, keepdims=keepdim)))
    return row(_truths(input), axis=axes, keepdims=keepdim)


@function
def all(input: Operand, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Any:
    """Whether all are true."""
    return _of_truths(reduction.min, np.all, input, _axes("all", input, dim), keepdim)


@function
def any(input: Operand, dim: int | Sequence[int] | None = None, keepdim: bool = False) -> Any:
    """Whether any is true."""
    return _of_truths(reduction.max, np.any, input, _axes("any", input, dim), keepdim)


@function
def count_nonzero(input: Operand, dim: int | Sequence[int] | None = None) -> Any:
    """How many are not 0."""
    return sum(_truths(input), _axes("count_nonzero", input, dim))
