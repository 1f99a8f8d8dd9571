"""Sums, means, extremes and norms along axes, and running sums."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd.torch as torch
from autograd.bridge.onnx.values import axes_of, cast, ints, number
from autograd.bridge.rules import rule


def _product(x: Any, axes: list[int], keepdim: bool) -> Any:
    for axis in sorted(axes, reverse=True):
        x = torch.prod(x, axis, keepdim)
    return x


_REDUCTIONS: dict[str, Callable[[Any, list[int], bool], Any]] = {
    "Sum": torch.sum,
    "Mean": torch.mean,
    "Max": torch.amax,
    "Min": torch.amin,
    "Prod": _product,
    "L1": lambda x, axes, keepdim: torch.sum(torch.abs(x), axes, keepdim),
    "L2": lambda x, axes, keepdim: torch.linalg.vector_norm(x, 2, axes, keepdim),
    "LogSum": lambda x, axes, keepdim: torch.log(torch.sum(x, axes, keepdim)),
    "LogSumExp": torch.logsumexp,
    "SumSquare": lambda x, axes, keepdim: torch.sum(x * x, axes, keepdim),
}


def _of_nothing(x: Any, over: list[int], keepdims: int, value: float) -> Any:
    """What an extreme of no elements is: the least or the most of the dtype."""
    bounds = np.array([x.dtype == bool and value > 0]) if x.dtype == bool else np.array([value])
    if x.dtype.kind in "iu":
        bounds = np.array([np.iinfo(x.dtype).max if value > 0 else np.iinfo(x.dtype).min])
    shape = [1 if i in over else n for i, n in enumerate(x.shape) if keepdims or i not in over]
    return torch.from_numpy(np.full(shape, bounds[0], x.dtype))


def _reduction(function: Callable[[Any, list[int], bool], Any], empty: float | None) -> Callable[..., Any]:
    def call(x: Any, given: Any = None, axes: Any = None, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Any:
        along = given if given is not None else axes
        wanted = axes_of(along, x) if along is not None else []
        if not wanted and noop_with_empty_axes:
            return x
        over = wanted or axes_of(None, x)
        dtype = x.dtype
        if empty is not None and 0 in [x.shape[axis] for axis in over]:
            return _of_nothing(x, over, keepdims, empty)
        found = function(x, over, bool(keepdims)) if over else function(torch.reshape(x, (1,)), [0], False)
        return cast(found, dtype)

    return call


for _name, _function in _REDUCTIONS.items():
    rule(f"onnx.Reduce{_name}")(_reduction(_function, {"Max": -math.inf, "Min": math.inf}.get(_name)))


def _accumulate_with(function: Callable[[Any, int], Any]) -> Callable[..., Any]:
    def call(x: Any, axis: Any, exclusive: int = 0, reverse: int = 0) -> Any:
        along = int(number(axis)) % len(x.shape)
        turned = torch.flip(x, (along,)) if reverse else x
        found = function(turned, along)
        if exclusive:
            begin = torch.ones_like(turned) if function is torch.cumprod else torch.zeros_like(turned)
            first = torch.narrow(begin, along, 0, 1)
            found = torch.cat([first, torch.narrow(found, along, 0, x.shape[along] - 1)], along)
        return cast(torch.flip(found, (along,)) if reverse else found, x.dtype)

    return call


rule("onnx.CumSum")(_accumulate_with(torch.cumsum))
rule("onnx.CumProd")(_accumulate_with(torch.cumprod))


def _extreme(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(x: Any, axis: int = 0, keepdims: int = 1, select_last_index: int = 0) -> Any:
        if not select_last_index:
            return function(x, axis, bool(keepdims))
        return x.shape[axis] - 1 - function(torch.flip(x, (axis,)), axis, bool(keepdims))

    return call


rule("onnx.ArgMax")(_extreme(torch.argmax))
rule("onnx.ArgMin")(_extreme(torch.argmin))


@rule("onnx.TopK")
def topk(x: Any, k: Any, axis: int = -1, largest: int = 1, sorted: int = 1) -> Any:
    """The largest or smallest, and where they are."""
    return torch.topk(x, ints(k)[0], axis, bool(largest))


@rule("onnx.MeanVarianceNormalization")
def mean_variance_normalization(x: Any, axes: Any = (0, 2, 3)) -> Any:
    """Less its mean, by its deviation."""
    spread, mean = torch.var_mean(x, list(axes), correction=0, keepdim=True)
    return (x - mean) / (torch.sqrt(spread) + 1e-9)


@rule("onnx.LpNormalization")
def lp_normalization(x: Any, axis: int = -1, p: int = 2) -> Any:
    """By its length; a vector of length 0 stays."""
    length = torch.linalg.vector_norm(x, p, axis, True)
    return x / torch.where(torch.eq(length, 0), torch.ones_like(length), length)
