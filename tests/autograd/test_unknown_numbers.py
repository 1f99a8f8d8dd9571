"""Functions of NumPy that look at numbers are operations too: for a batch, and in a captured function, they do what they do eagerly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import OperandError
from autograd.compiler import CompileError

RNG = np.random.default_rng(0)
X, NAN, SQUARE = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 4)), RNG.normal(size=(3, 5, 2))
NAN[0, 1] = NAN[2, 3] = NAN[2, 0] = np.nan
PLACES, HEIGHTS = np.array([-1.0, -0.3, 0.2, 1.0]), np.array([2.0, 0.0, 1.0, -1.0])
RIGHT = np.arange(5.0)
# Functions of one example with a derivative, and the examples.
SMOOTH: dict[str, tuple[Callable[[Any], Any], np.ndarray]] = {
    **{f.__name__: (f, NAN) for f in (np.nansum, np.nanprod, np.nanmax, np.nanmin, np.nanmean, np.nanvar, np.nanstd)},
    **{f.__name__: (f, NAN) for f in (np.nancumsum, np.nancumprod)},
    "nanvar over an axis": (lambda x: np.nanvar(x.reshape(2, 2), axis=0, ddof=1), X),
    "mean where": (lambda x: np.mean(x, where=x > -1.0), X),
    "interp": (lambda x: np.interp(x, PLACES, HEIGHTS), X),
    "interp by its heights": (lambda y: np.interp([0.1, 0.3, 2.0], PLACES, y), X),
    "interp by its places": (lambda p: np.interp([0.1, 0.3, 2.0], np.sort(p), HEIGHTS), X),
    "interp, periodic": (lambda x: np.interp(x, PLACES, HEIGHTS, period=1.5), X),
    "lstsq by the matrix": (lambda a: np.linalg.lstsq(a, RIGHT)[0], SQUARE),
    "lstsq, residuals and singular values": (lambda a: np.concatenate(np.linalg.lstsq(a, RIGHT)[1::2]), SQUARE),
}
CONSTANT: dict[str, tuple[Callable[[Any], Any], np.ndarray]] = {
    "any": (lambda x: np.any(x > 0.5), X),
    "any, of some": (lambda x: np.any(x > 0.5, where=[True, False, True, False]), X),
    "all": (lambda x: np.all(x > 0.0, keepdims=True), X),
    "all over an axis": (lambda x: np.all(x.reshape(2, 2) > -0.5, axis=0), X),
    "count_nonzero": (lambda x: np.count_nonzero(x > 0.0), X),
    "nanargmax": (np.nanargmax, NAN),
    "nanargmin": (lambda x: np.nanargmin(x.reshape(2, 2), axis=1), X),
    "searchsorted": (lambda x: np.searchsorted(PLACES, x, side="right"), X),
    "searchsorted in examples": (lambda x: np.searchsorted(np.sort(x), [0.0, 0.4]), X),
    "searchsorted, unsorted": (lambda x: np.searchsorted(PLACES[::-1], x, sorter=[3, 2, 1, 0]), X),
    "digitize": (lambda x: np.digitize(x, PLACES), X),
    "digitize, falling": (lambda x: np.digitize(x, PLACES[::-1], right=True), X),
    "rank": (lambda a: np.linalg.lstsq(a, RIGHT)[2], SQUARE),
}


def _gradient(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return ag.grad(lambda x: np.sum(f(x) ** 2))


@pytest.mark.parametrize("name", [*SMOOTH, *CONSTANT])
def test_for_a_batch_they_give_what_a_loop_gives(name: str) -> None:
    f, examples = (SMOOTH | CONSTANT)[name]
    np.testing.assert_allclose(ag.vmap(f)(examples), [np.asarray(f(x)) for x in examples], 1e-12)
    if name in SMOOTH:
        g = _gradient(f)
        np.testing.assert_allclose(ag.vmap(g)(examples), [g(x) for x in examples], 1e-9, 1e-12)


@pytest.mark.parametrize("name", [*SMOOTH, *CONSTANT])
def test_captured_they_look_at_the_numbers_of_each_call(name: str) -> None:
    f, examples = (SMOOTH | CONSTANT)[name]
    compiled = ag.compile(f, native=False)
    for x in examples:
        np.testing.assert_allclose(compiled(x), np.asarray(f(x)), 1e-12)
    if name in SMOOTH:
        g = _gradient(f)
        compiled = ag.compile(g, native=False)
        for x in examples:
            np.testing.assert_allclose(compiled(x), g(x), 1e-9, 1e-12)


def test_residuals_are_there_whatever_the_rank() -> None:
    square = SQUARE[:, :2]
    residuals = ag.vmap(lambda a: np.linalg.lstsq(a, RIGHT[:2])[1])(square)
    assert residuals.shape == (3, 1)
    np.testing.assert_allclose(residuals, 0.0, atol=1e-20)


@pytest.mark.parametrize(
    "f", [np.unique, np.nonzero, np.flatnonzero, np.argwhere, np.where, lambda x: np.extract(x > 0, x)]
)
def test_results_of_any_length_are_refused_with_what_to_do(f: Callable[[Any], Any]) -> None:
    with pytest.raises(OperandError, match=r"vmap: np.* call it outside, and give what it finds as an argument"):
        ag.vmap(f)(X)
    with pytest.raises(CompileError, match=r"np.* call it outside, and give what it finds as an argument"):
        ag.compile(f)(X)


def test_a_mask_chooses_as_many_of_each_example() -> None:
    top = np.array([[3.0, 1.0, 2.0], [1.0, 5.0, 4.0]])
    np.testing.assert_array_equal(ag.vmap(lambda x: x[x > np.min(x)])(top), [[3.0, 2.0], [5.0, 4.0]])
    with pytest.raises(ag.ShapeError, match=r"the mask chooses more of one example than of another: write np.where"):
        ag.vmap(lambda x: x[x > 1.5])(np.array([[3.0, 1.0, 2.0], [1.0, 1.0, 4.0]]))
