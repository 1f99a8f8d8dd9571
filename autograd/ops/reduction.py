"""Reductions: over the axes of an array, or over any number of scalars."""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.node import Node
from autograd.op import Function, implements, row, variadic
from autograd.ops.comparison import equal, isinf, stop_gradient, where
from autograd.ops.elementwise import div, exp, ratio
from autograd.ops.indexing import basic
from autograd.ops.shape import axis_index, axis_tuple, concatenate, flip, ravel, reshape, shape, stack, transpose

Axis = int | Sequence[int] | None


def kept(g: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """`g` with the reduced axes of `x` back, at length 1; the reverse pass repeats it along them."""
    if keepdims:
        return g
    return reshape(g, tuple(1 if i in axis else n for i, n in enumerate(shape(x))))


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

    def delayed(products: Any, step: int) -> Any:
        return concatenate([np.ones((*lead, step), x.dtype), basic(products, (..., slice(0, n - step)))], -1)

    if n == 0:
        return x
    products, step = delayed(x, 1), 1
    while step < n:
        products, step = products * delayed(products, step), 2 * step
    return products


_sum: Function = row(
    "sum",
    lambda x, axis, keepdims: np.add.reduce(x, axis, keepdims=keepdims),
    lambda g, out, x, axis, keepdims: kept(g, x, axis, keepdims),
)
_mean: Function = row(
    "mean",
    lambda x, axis, keepdims: np.mean(x, axis, keepdims=keepdims),
    lambda g, out, x, axis, keepdims: div(kept(g, x, axis, keepdims), float(count(x, axis))),
)
_prod: Function = row(
    "prod",
    lambda x, axis, keepdims: np.prod(x, axis, keepdims=keepdims),
    lambda g, out, x, axis, keepdims: kept(g, x, axis, keepdims) * _others(x, axis),
)


def _extreme(g: Any, out: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    ties = where(equal(x, kept(out, x, axis, keepdims)), 1.0, 0.0)
    return kept(g, x, axis, keepdims) * (ties / _sum(ties, axis=axis, keepdims=True))


_amax: Function = row("amax", lambda x, axis, keepdims: np.max(x, axis, keepdims=keepdims), _extreme)
_amin: Function = row("amin", lambda x, axis, keepdims: np.min(x, axis, keepdims=keepdims), _extreme)


def _centred(x: Any, axis: tuple[int, ...]) -> Any:
    return x - _mean(x, axis=axis, keepdims=True)


def _freedom(x: Any, axis: tuple[int, ...], ddof: float) -> float:
    return float(builtins.max(count(x, axis) - ddof, 0))


_var: Function = row(
    "var",
    lambda x, axis, keepdims, ddof: np.var(x, axis, keepdims=keepdims, ddof=ddof),
    lambda g, out, x, axis, keepdims, ddof: (
        kept(g, x, axis, keepdims) * (_centred(x, axis) * div(2.0, _freedom(x, axis, ddof)))
    ),
)
_std: Function = row(
    "std",
    lambda x, axis, keepdims, ddof: np.std(x, axis, keepdims=keepdims, ddof=ddof),
    lambda g, out, x, axis, keepdims, ddof: (
        kept(g, x, axis, keepdims) * ratio(_centred(x, axis), kept(out, x, axis, keepdims) * _freedom(x, axis, ddof))
    ),
)
_cumsum: Function = row(
    "cumsum", lambda x, axis: np.cumsum(x, axis), lambda g, out, x, axis: flip(_cumsum(flip(g, axis), axis=axis), axis)
)
_argmax: Function = row("argmax", lambda x, axis, keepdims: np.argmax(x, axis, keepdims=keepdims), None)
_argmin: Function = row("argmin", lambda x, axis, keepdims: np.argmin(x, axis, keepdims=keepdims), None)


def _tied(g: Any, out: Any, xs: Sequence[Any]) -> list[Any]:
    ties = [where(equal(x, out), 1.0, 0.0) for x in xs]
    each = g / sum_n(*ties)
    return [where(tie, each, 0.0) for tie in ties]


sum_n: Function = variadic("sum_n", lambda *xs: math.fsum(xs), lambda *xs: np.sum(xs), lambda g, out, xs: [g] * len(xs))
max_n: Function = variadic("max_n", lambda *xs: float(np.max(xs)), lambda *xs: np.max(xs), _tied)
min_n: Function = variadic("min_n", lambda *xs: float(np.min(xs)), lambda *xs: np.min(xs), _tied)
dot_n: Function = variadic(
    "dot_n",
    lambda *xs: math.fsum(map(operator.mul, xs[: len(xs) // 2], xs[len(xs) // 2 :])),
    lambda *xs: np.dot(xs[: len(xs) // 2], xs[len(xs) // 2 :]),
    lambda g, out, xs: [g * x for x in xs[len(xs) // 2 :]] + [g * x for x in xs[: len(xs) // 2]],
)


def _logsumexp_floats(*xs: float) -> float:
    top = builtins.max(xs, default=-math.inf)
    return top if math.isinf(top) else top + math.log(math.fsum(math.exp(x - top) for x in xs))


def _logsumexp_rule(g: Any, out: Any, xs: Sequence[Any]) -> list[Any]:
    # The shift cancels, so it counts as a constant. Where the greatest is infinite, those that attain it share evenly.
    endless = isinf(out)
    shift = where(endless, 0.0, stop_gradient(max_n(*xs)))
    weights = [where(endless, 0.0, exp(where(endless, 0.0, x - shift))) for x in xs]
    total = where(endless, 1.0, sum_n(*weights))
    return [where(endless, tie, g * (w / total)) for tie, w in zip(_tied(g, out, xs), weights, strict=True)]


logsumexp_n: Function = variadic(
    "logsumexp_n", _logsumexp_floats, lambda *xs: np.float64(_logsumexp_floats(*map(float, xs))), _logsumexp_rule
)


def is_array(x: Any) -> bool:
    """Whether `x` is an array, or a node that holds one."""
    return isinstance(getattr(x, "data", x) if isinstance(x, Node) else x, np.ndarray)


def gather(x: Any, more: Sequence[Any]) -> tuple[Any, ...] | None:
    """The scalars that an n-ary reduction was given, as arguments or as one sequence; None where it was given arrays."""
    items = (x, *more) if more or not hasattr(x, "__iter__") else tuple(x)
    if any(isinstance(item, Node) and not is_array(item) for item in items):
        return items
    return items if all(isinstance(item, (int, float)) and not isinstance(item, np.generic) for item in items) else None


def _reducer(
    name: str, of_scalars: Callable[..., Any], of_axes: Callable[..., Any], *functions: Any
) -> Callable[..., Any]:
    def reduce(x: Any, *more: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        if not is_array(x):
            items = gather(x, more)
            if items is not None and axis is None and not keepdims:
                return of_scalars(*items)
            x, more = stacked(x if hasattr(x, "__iter__") else (x, *more)), ()
        elif more and not shape(x):
            x, more = stacked((x, *more)), ()
        if more:
            if len(more) > 1 or axis is not None or isinstance(more[0], Node) or is_array(more[0]):
                raise TypeError(
                    f"{name}: give one array and an axis, or any number of scalars; for two arrays see maximum, minimum, add"
                )
            axis = more[0]
        return of_axes(x, axis=axis_tuple(axis, len(shape(x))), keepdims=bool(keepdims))

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = (
        f"The {name} over `axis` of an array, or of any number of scalars: `{name}(v, w, …)`, `{name}([v, w, …])`."
    )
    return implements(*functions)(reduce)


def stacked(items: Any) -> Any:
    """One array or tensor of a sequence of scalars, arrays or tensors."""
    items = items if isinstance(items, np.ndarray) or np.isscalar(items) else list(items)
    if isinstance(items, list) and any(isinstance(item, Node) for item in items):
        return stack(items)
    return np.asarray(items)


sum = _reducer("sum", sum_n, _sum, np.sum)
max = _reducer("max", max_n, _amax, np.max, np.amax)
min = _reducer("min", min_n, _amin, np.min, np.amin)


@implements(np.mean)
def mean(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """The arithmetic mean over axes."""
    x = x if is_array(x) else stacked(x)
    return _mean(x, axis=axis_tuple(axis, len(shape(x))), keepdims=bool(keepdims))


@implements(np.prod)
def prod(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """The product over axes; its derivatives are exact where elements are 0."""
    x = x if is_array(x) else stacked(x)
    return _prod(x, axis=axis_tuple(axis, len(shape(x))), keepdims=bool(keepdims))


@implements(np.var)
def var(x: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """The variance over axes, divided by n - ddof; ddof is 0 as in NumPy (PyTorch's is 1)."""
    return _var(x, axis=axis_tuple(axis, len(shape(x))), keepdims=bool(keepdims), ddof=ddof)


@implements(np.std)
def std(x: Any, axis: Axis = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    """The standard deviation over axes; where the elements are all equal its derivative is 0."""
    return _std(x, axis=axis_tuple(axis, len(shape(x))), keepdims=bool(keepdims), ddof=ddof)


@implements(np.cumsum)
def cumsum(x: Any, axis: int | None = None) -> Any:
    """The running sum along an axis; with axis None, of the flattened array."""
    if axis is None:
        x, axis = ravel(x), 0
    return _cumsum(x, axis=axis_index(axis, len(shape(x))))


@implements(np.argmax)
def argmax(x: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """The index of the first greatest element; a constant."""
    return _argmax(x, axis=axis, keepdims=bool(keepdims))


@implements(np.argmin)
def argmin(x: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    """The index of the first least element; a constant."""
    return _argmin(x, axis=axis, keepdims=bool(keepdims))
