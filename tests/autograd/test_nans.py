"""A result that is NaN because of some elements has the derivative NaN at these, and at no others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value, grad, hessian

nan, inf = math.nan, math.inf
norm = np.linalg.norm
X = np.array([1.0, nan, 0.0, nan])
WHERE = np.array([0.0, nan, 0.0, nan])
# Of four numbers, two of which are NaN, and the gradient.
CASES: dict[str, tuple[Callable[[Any], Any], np.ndarray]] = {
    **{f.__name__: (f, WHERE) for f in (np.max, np.min, np.amax, np.amin, np.ptp, np.median)},
    "norm inf": (lambda x: norm(x, inf), WHERE),
    "norm -inf": (lambda x: norm(x, -inf), WHERE),
    "quantile": (lambda x: np.quantile(x, 0.3), WHERE),
    "quantiles": (lambda x: np.quantile(x, [0.3, 0.5]).sum(), WHERE),
    "the lower of two": (lambda x: np.quantile(x, 0.3, method="lower"), WHERE),
    "percentile": (lambda x: np.percentile(x, 10), WHERE),
    "max with an initial value": (lambda x: np.max(x, initial=0.5), WHERE),
    "max over an axis": (lambda x: np.max(x.reshape(2, 2), axis=1).sum(), WHERE),
    "median over an axis": (lambda x: np.median(x.reshape(2, 2), axis=1).sum(), WHERE),
    "maximum": (lambda x: np.maximum(x, 0.5).sum(), np.array([1.0, nan, 0.0, nan])),
    "minimum": (lambda x: np.minimum(0.5, x).sum(), np.array([0.0, nan, 1.0, nan])),
    "maximum of two": (lambda x: np.maximum(x, x[::-1]).sum(), np.array([0.0, nan, 0.0, nan])),
    "clip": (lambda x: np.clip(x, 0.25, 2.0).sum(), np.array([1.0, nan, 0.0, nan])),
    "relu6": (lambda x: nn.functional.relu6(x - 0.5).sum(), np.array([1.0, 1.0, 0.0, 1.0])),
    "interp": (lambda x: np.interp(x, [-1.0, 2.0], [0.0, 3.0]).sum(), np.array([1.0, nan, 1.0, nan])),
    # Those that leave NaN out.
    "fmax": (lambda x: np.fmax(x, 0.5).sum(), np.array([1.0, 0.0, 0.0, 0.0])),
    "fmin": (lambda x: np.fmin(0.5, x).sum(), np.array([0.0, 0.0, 1.0, 0.0])),
    "nanmax": (np.nanmax, np.array([1.0, 0.0, 0.0, 0.0])),
    "nanmin": (np.nanmin, np.array([0.0, 0.0, 1.0, 0.0])),
    "nanmean": (np.nanmean, np.array([0.5, 0.0, 0.5, 0.0])),
    "nanvar": (np.nanvar, np.array([0.5, 0.0, -0.5, 0.0])),
    "nanstd": (np.nanstd, np.array([0.5, 0.0, -0.5, 0.0])),
    # A choice by order is linear in what it chooses.
    "sort": (lambda x: np.sort(x)[0] + 2 * np.sort(x)[3], np.array([0.0, 0.0, 1.0, 2.0])),
}
NOTHING = np.array([nan, nan])
# Of nothing but NaN, the result is NaN whatever is left out.
OF_NOTHING = [
    np.nanmax,
    np.nanmin,
    np.nanmean,
    np.nanvar,
    np.nanstd,
    lambda x: np.fmax(x, nan).sum(),
    lambda x: np.fmin(nan, x).sum(),
]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


@pytest.mark.parametrize("case", CASES)
def test_nan_in_nan_out_backwards_too(case: str) -> None:
    f, expected = CASES[case]
    np.testing.assert_array_equal(grad(f)(X), expected)
    leaf = Tensor(X, requires_grad=True)
    f(leaf).backward()
    np.testing.assert_array_equal(leaf.grad, expected)


@pytest.mark.parametrize("native", [False, pytest.param(True, marks=pytest.mark.integration)])
@pytest.mark.parametrize("case", ["max", "norm inf", "maximum", "minimum", "clip", "fmax", "max over an axis"])
def test_in_compiled_programs(case: str, native: bool) -> None:
    f, expected = CASES[case]
    np.testing.assert_array_equal(ag.compile(grad(f), native=native)(X), expected)


@pytest.mark.parametrize("f", OF_NOTHING)
def test_of_nothing_but_nan(f: Callable[[Any], Any]) -> None:
    np.testing.assert_array_equal(grad(f)(NOTHING), [nan, nan])


def test_each_row_for_itself() -> None:
    x = np.array([[1.0, nan], [3.0, 2.0]])
    for f in (np.max, np.median, np.nanmax, lambda x, axis: np.quantile(x, 1.0, axis=axis)):
        expected = [[1.0 if f is np.nanmax else 0.0, 0.0 if f is np.nanmax else nan], [1.0, 0.0]]
        expected = [[0.0, nan], [0.5, 0.5]] if f is np.median else expected
        np.testing.assert_array_equal(grad(lambda x, f=f: f(x, axis=1).sum())(x), expected)


def test_the_branch_not_taken_sends_nothing_even_there() -> None:
    for case, (f, _) in CASES.items():
        gradient = grad(lambda x, f=f: ag.where(np.array(False), f(x), 0.0))(X)
        np.testing.assert_array_equal(gradient, 0.0, err_msg=case)


def test_of_values() -> None:
    for f, expected in (
        (lambda v, w: ag.max(v, w), [nan, 0.0]),
        (lambda v, w: ag.min(v, w), [nan, 0.0]),
        (lambda v, w: ag.max([v, w, v]), [nan, 0.0]),
        (lambda v, w: ag.maximum(v, w), [nan, 0.0]),
        (lambda v, w: ag.minimum(w, v), [nan, 0.0]),
        (lambda v, w: ag.clip(v, w, 3.0), [nan, 0.0]),
        (lambda v, w: ag.clip(w, v, 3.0), [0.0 + nan, 0.0]),
        (lambda v, w: ag.clip(w, 0.0, v), [nan, 0.0]),
        (lambda v, w: np.fmax(v, w), [0.0, 1.0]),
        (lambda v, w: np.fmin(v, v + w), [nan, nan]),
    ):
        v, w = Value(nan), Value(1.0)
        f(v, w).backward()
        np.testing.assert_array_equal([v.grad, w.grad], expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("layer", [nn.MaxPool1d(2, 1), nn.AdaptiveMaxPool1d(3)], ids=["MaxPool1d", "AdaptiveMaxPool1d"])
def test_pooling(layer: nn.Module, dtype: Any) -> None:
    x = np.array([[[3.0, 2.0, nan, 1.0]]], dtype)
    # Windows (3, 2), (2, nan), (nan, 1).
    np.testing.assert_array_equal(grad(lambda x: layer(x).sum())(x), [[[1.0, 0.0, nan, 0.0]]])
    last = np.array([0.0, 0.0, 1.0], dtype)
    np.testing.assert_array_equal(grad(lambda x: (layer(x) * last).sum())(x), [[[0.0, 0.0, nan, 0.0]]])
    first = np.array([1.0, 0.0, 0.0], dtype)
    np.testing.assert_array_equal(grad(lambda x: ag.where(first > 0, layer(x), 0.0).sum())(x), [[[1.0, 0.0, 0.0, 0.0]]])
    tangent = ag.jvp(layer, (x,), (np.ones_like(x),))[1]
    np.testing.assert_array_equal(tangent, [[[1.0, nan, nan]]])


def test_second_derivatives_of_what_is_known() -> None:
    f = lambda x: (np.maximum(x, 0.0) ** 2).sum()
    np.testing.assert_array_equal(np.diag(hessian(f)(np.array([1.0, -1.0, nan]))), [2.0, 0.0, nan])
