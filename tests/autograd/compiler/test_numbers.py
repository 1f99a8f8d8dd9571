"""Kinds of numbers and of arrays that loops are not for, and zeros with their signs: as the engine computes, to the digit."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor
from autograd.compiler import compile
from autograd.graph.tree import leaves

RNG = np.random.default_rng(0)
ALL = pytest.mark.parametrize("made_of", ["NumPy", "loops", "numba"], indirect=True)
SHAPES = [(3, 4), (2, 3, 1, 2, 3), (1, 2, 1, 2, 3, 2), (5,)]


@pytest.fixture(autouse=True)
def numba_if_it_is_used(made_of: str) -> None:
    if made_of == "numba":
        pytest.importorskip("numba")


def exactly(compiled: Any, plain: Any) -> None:
    for mine, theirs in zip(leaves(compiled), leaves(plain), strict=True):
        theirs = theirs.data if isinstance(theirs, Tensor) else theirs
        mine = np.asarray(mine)
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)
        if mine.dtype.kind == "f":
            np.testing.assert_array_equal(np.signbit(mine), np.signbit(theirs))


def everything(x: Any, y: Any) -> Any:
    """What loops do for other numbers, over several shapes."""
    parts = [
        x + y * 2.0, x - x.sum(axis=0), x * np.max(x, axis=-1, keepdims=True), x / (np.abs(y) + 1.0), np.tanh(x), np.exp(-x * x),
        ag.sigmoid(y), np.maximum(x, y), np.where(x > y, x, 0.3), ag.relu(x), ag.softmax(x), ag.log_softmax(y), ag.softplus(y),
        x - x.mean(axis=-1, keepdims=True), x / np.sqrt(x.var(axis=0) + 1.0), (x > y).astype(x.dtype) * y,
        np.concatenate([x[..., :2], y[..., 2:]], axis=-1), x * np.arange(x.shape[-1], dtype=np.int8), ag.silu(x),
    ]  # fmt: skip
    return parts


def weighted(x: Any, y: Any) -> Any:
    return sum((part * np.cos(x)).sum() for part in everything(x, y))


@ALL
@pytest.mark.parametrize(
    "shape", [SHAPES[0], *(pytest.param(shape, marks=pytest.mark.integration) for shape in SHAPES[1:])]
)
@pytest.mark.parametrize("dtype", ["float16", "longdouble"])
def test_half_and_extended_precision(dtype: str, shape: tuple[int, ...]) -> None:
    x, y = RNG.normal(size=(2, *shape)).astype(dtype)
    exactly(compile(everything)(x, y), everything(Tensor(x), Tensor(y)))
    exactly(compile(ag.grad(weighted, (0, 1)))(x, y), ag.grad(weighted, (0, 1))(x, y))


def by_all(*dtypes: Any, night: Any) -> pytest.MarkDecorator:
    """Each of them for each dtype; numba, which takes six to ten seconds for that, for one of them in the night alone."""
    pairs = itertools.product(["NumPy", "loops", "numba"], dtypes)
    chosen = [
        pytest.param(*pair, marks=pytest.mark.night if pair == ("numba", night) else pytest.mark.integration)
        for pair in pairs
    ]
    return pytest.mark.parametrize(("made_of", "dtype"), chosen, indirect=["made_of"])


@by_all(">f8", ">f4", night=">f8")
def test_numbers_in_the_other_byte_order(dtype: str) -> None:
    x, y = RNG.normal(size=(2, 3, 4)).astype(dtype)
    tolerance = 1e-12 if dtype == ">f8" else 1e-5
    for mine, theirs in zip(compile(everything)(x, y), everything(Tensor(x), Tensor(y)), strict=True):
        assert mine.dtype == theirs.dtype
        np.testing.assert_allclose(mine, theirs.data, rtol=tolerance, atol=tolerance)
    for mine, theirs in zip(compile(ag.grad(weighted, (0, 1)))(x, y), ag.grad(weighted, (0, 1))(x, y), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    "made_of", ["NumPy", "loops", pytest.param("numba", marks=pytest.mark.integration)], indirect=True
)
@pytest.mark.parametrize("shape", [(2, 3, 1, 2, 3), pytest.param((1, 2, 1, 2, 3, 2), marks=pytest.mark.integration)])
def test_arrays_of_many_axes(shape: tuple[int, ...]) -> None:
    x, y = RNG.normal(size=(2, *shape))
    exactly(compile(everything)(x, y), everything(Tensor(x), Tensor(y)))
    exactly(compile(ag.grad(weighted, (0, 1)))(x, y), ag.grad(weighted, (0, 1))(x, y))


@ALL
@pytest.mark.parametrize("dtype", ["float16", "longdouble", ">f4"])
def test_numbers_of_several_kinds_meet(dtype: str) -> None:
    x, y = RNG.normal(size=(2, 5)), RNG.normal(size=5).astype(dtype)
    f = lambda x, y: [x * y, (x + 1.0) * y.astype(np.float64), np.where(y > 0, x, y), (y * y).sum() * x]
    exactly(compile(f)(x, y), f(Tensor(x), Tensor(y)))


@ALL
def test_many_halves_are_added_up_without_an_overflow() -> None:
    f = lambda x: [x.mean(), (x * x).mean(axis=0, keepdims=True)]
    x = np.ones(70_000, np.float16)
    exactly(compile(f)(x), f(Tensor(x)))
    assert compile(f)(x)[0] == 1.0


@ALL
def test_constants_keep_the_digits_of_a_long_double() -> None:
    third = np.longdouble(1) / 3
    f = lambda x: [x * np.full(3, third), x + np.full(3, np.longdouble(0.5))]
    exactly(compile(f)(np.ones(3, np.longdouble)), f(Tensor(np.ones(3, np.longdouble))))


# the sign of zero

ZEROS = np.array([-0.0, 0.0, -1.0, 1.0, -0.0, -0.0, 0.0])
LEFT, RIGHT = (part.copy() for part in np.meshgrid(ZEROS, ZEROS))


def with_zeros(x: Any, y: Any) -> Any:
    reduced = [
        f(x * 1.0, axis=axis, keepdims=keepdims)
        for f in (np.max, np.min, np.sum, np.mean)
        for axis in (0, 1, (0, 1), ())
        for keepdims in (False, True)
    ]
    return [
        np.maximum(x, y), np.minimum(x, y), np.maximum(x, 0.0), np.maximum(x, -0.0), np.maximum(0.0, x), np.minimum(x, 0.0),
        np.minimum(-0.0, x), np.fmax(x, y), np.fmin(x, y), np.clip(x, 0.0, 1.0), np.clip(x, -1.0, -0.0), np.clip(y, -0.0, 0.5),
        ag.relu(x), np.abs(x), -x, 0.0 - x, x * 1.0, x * -1.0, x / -1.0, np.tanh(x), np.sqrt(x), np.sin(x), np.log1p(x), ag.erf(x),
        ag.leaky_relu(x, 0.1), ag.silu(x), ag.gelu(x), np.square(x), np.where(x > y, x, y), np.where(x == y, x, -y), x + y, x - y,
        x[1:] * y[1:], np.concatenate([x, -y], axis=1) * 1.0, np.cumsum(x, axis=1), *reduced,
    ]  # fmt: skip


@by_all(np.float16, np.float32, np.float64, night=np.float32)
def test_zeros_have_the_signs_that_they_have_in_the_engine(dtype: Any) -> None:
    x, y = LEFT.astype(dtype), RIGHT.astype(dtype)
    with np.errstate(all="ignore"):
        compiled, plain = compile(with_zeros)(x, y), with_zeros(Tensor(x), Tensor(y))
    for k, (mine, theirs) in enumerate(zip(compiled, plain, strict=True)):
        zero = np.asarray(theirs.data == 0)
        np.testing.assert_array_equal(np.signbit(mine)[zero], np.signbit(theirs.data)[zero], err_msg=f"result {k}")
