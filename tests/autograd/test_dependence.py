"""What is said of each row of the table about which elements depend on which: never too few."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

import autograd as ag
from autograd.graph.op import TABLE
from autograd.ops.dependence import RULES, Call, Groups, find_dependence
from tests.autograd import samples
from tests.autograd.test_batching import AXES, KEYS, ROWS

X = np.sin(np.arange(24.0)).reshape(2, 3, 4) + 2.0
# Rows of which nothing is said, so that everything depends on everything.
EVERYTHING = {"cofactor_along", "solve", "solve_banded", "solve_sylvester"}
# Rows whose derivatives are all different from 0 where something is said of them, so that the answer is exact.
EXACT = [
    *(["slice", "unslice", "index", "scatter", "reshape", "transpose", "broadcast_to", "concatenate", "pad", "place"]),
    *(["sum", "mean", "norm", "logsumexp", "softmax", "matmul", "linear", "einsum", "convolve", "sum_pool"]),
]


def pattern(name: str, xs: list[np.ndarray], params: dict[str, Any], number: int, moving: list[bool]) -> np.ndarray:
    op = TABLE[name]
    shape = np.shape(op.array(*xs, **params))
    found = find_dependence(Call(op, shape, xs, moving, params), number)
    size, width = int(np.prod(shape)), xs[number].size
    if isinstance(found, Groups):
        assert found.of_result.shape == (size,)
        assert found.of_operand.shape == (width,)
        return (found.of_result[:, None] == found.of_operand) & (found.of_result[:, None] >= 0)
    return csr_array((np.ones(len(found.results)), (found.results, found.operands)), (size, width)).toarray() > 0


def derivatives(name: str, xs: list[np.ndarray], params: dict[str, Any], number: int) -> np.ndarray:
    def of(x: Any) -> Any:
        given = [x if i == number else y for i, y in enumerate(xs)]
        out = TABLE[name].call(*given, **params)
        return ag.numpy.concatenate([ag.numpy.real(out).ravel(), ag.numpy.imag(out).ravel()])

    found = np.asarray(ag.jacobian(of)(xs[number])).reshape(2, -1, xs[number].size)
    return (found != 0).any(axis=0)


def operands(name: str) -> tuple[list[np.ndarray], dict[str, Any]]:
    xs, params = samples.operands(name)
    return [np.asarray(x) for x in xs], {**params, **({"key": KEYS[name]} if name in KEYS else {})}


def numbers(name: str, xs: list[np.ndarray]) -> list[int]:
    op = TABLE[name]
    return [i for i, x in enumerate(xs) if x.dtype.kind == "f" and (op.joint is not None or op.rules[i] is not None)]


@pytest.mark.parametrize("name", [name for name in ROWS if TABLE[name].differentiable])
def test_no_derivative_is_left_out(name: str) -> None:
    xs, params = operands(name)
    for number, others in product(numbers(name, xs), (False, True)):
        moving = [others or i == number for i in range(len(xs))]
        told, found = pattern(name, xs, params, number, moving), derivatives(name, xs, params, number)
        assert not (found & ~told).any()


@pytest.mark.parametrize(("name", "params"), AXES)
def test_no_derivative_is_left_out_along_any_axis(name: str, params: dict[str, Any]) -> None:
    if not isinstance(params["axis"], int):
        # As the functions hand them to the rows.
        params = {**params, "axis": tuple(range(3)) if params["axis"] is None else tuple(a % 3 for a in params["axis"])}
    params = {**params, **({"ddof": 0} if name == "var" else {})}
    if TABLE[name].differentiable:
        assert not (derivatives(name, [X], params, 0) & ~pattern(name, [X], params, 0, [True])).any()


@pytest.mark.parametrize("name", EXACT)
def test_what_is_said_is_exact(name: str) -> None:
    xs, params = operands(name)
    for number in numbers(name, xs):
        moving = [i == number for i in range(len(xs))]
        np.testing.assert_array_equal(
            pattern(name, xs, params, number, moving), derivatives(name, xs, params, number), strict=True
        )


SHAPES = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 1, 2, 3), (4, 3, 2)),
]


@pytest.mark.parametrize(("of_x", "of_y"), SHAPES)
@pytest.mark.parametrize("zeros", [False, True])
def test_products_of_all_shapes(of_x: tuple[int, ...], of_y: tuple[int, ...], zeros: bool) -> None:
    rng = np.random.default_rng(0)
    xs = [rng.uniform(1.0, 2.0, of_x), rng.uniform(1.0, 2.0, of_y)]
    for number in (0, 1):
        given = [x * (rng.random(x.shape) < 0.5) if zeros and i != number else x for i, x in enumerate(xs)]
        told = pattern("matmul", given, {}, number, [i == number for i in (0, 1)])
        found = derivatives("matmul", given, {}, number)
        assert not (found & ~told).any()
        if not zeros or len(of_x) == len(of_y) == 2:
            np.testing.assert_array_equal(told, found)


def test_zeros_of_what_moves_are_not_counted_on() -> None:
    # They may be other numbers at the next point of the same program.
    xs = [np.eye(3), np.eye(3)]
    assert pattern("matmul", xs, {}, 0, [True, True]).sum() == 27
    assert pattern("matmul", xs, {}, 0, [True, False]).sum() == 9


def test_of_which_rows_nothing_is_said() -> None:
    said = {name for name in ROWS if TABLE[name].elementwise} | set(RULES)
    assert {name for name in ROWS if TABLE[name].differentiable} - said == EVERYTHING
