"""The branch not taken sends nothing: an exactly zero gradient wins over any local derivative, to every order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value, grad
from autograd.graph.op import TABLE
from tests.autograd import samples
from tests.sweep import sweep

inf, nan = math.inf, math.nan
# Overflow, underflow, poles, branch points, and what is not a number at all.
POINTS = (0.0, -0.0, 1.0, -1.0, 2.0, -1.5, 1e3, -1e3, 1e200, 1e-200, 1e308, inf, -inf, nan)
ORDERS = (0.0, 1.0, 2.0)
# Products follow IEEE 754, as in NumPy.
PRODUCTS = {"mul"}
ROWS = sorted(
    name for name, op in TABLE.items() if op.differentiable and samples.elementwise(op) and name not in PRODUCTS
)
OF_ARRAYS = ("norm", "std", "var", "amax", "amin", "logsumexp")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def operands(name: str) -> Iterator[tuple[float, ...]]:
    ranges = [ORDERS if samples.ORDERS.get(name) == i else POINTS for i in range(len(TABLE[name].rules))]
    yield from itertools.product(*ranges)


def not_taken(name: str, xs: tuple[float, ...], operand: int, condition: Any) -> Callable[[Any], Any]:
    op, params = TABLE[name], samples.PARAMETERS.get(name, {})
    return lambda x: ag.where(condition, op.call(*xs[:operand], x, *xs[operand + 1 :], **params), 0.0)


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", ROWS)
def test_a_branch_not_taken_sends_exactly_nothing(name: str, order: int) -> None:
    for i, rule in enumerate(TABLE[name].rules):
        if rule is None:
            continue
        # The dead elements of all operands at once: arrays have the same rules as single numbers.
        columns = [np.array(column) for column in zip(*operands(name), strict=True)]
        dead = not_taken(name, tuple(columns), i, np.zeros(len(columns[0]), bool))
        for _ in range(order):
            dead = ag.elementwise_grad(dead)
        np.testing.assert_array_equal(dead(columns[i]), 0.0)


@pytest.mark.parametrize("name", [name for name in ROWS if TABLE[name].scalar is not None])
def test_of_values_too(name: str) -> None:
    for i, rule in enumerate(TABLE[name].rules):
        for xs in operands(name) if rule is not None else ():
            leaf = Value(xs[i])
            not_taken(name, xs, i, False)(leaf).backward()
            assert leaf.grad == 0.0, (name, xs)
            if not any(map(math.isnan, xs)) and len(xs) == 1:
                slope = grad(not_taken(name, xs, i, False))
                assert grad(slope)(Value(xs[i])) == 0.0, (name, xs)


@pytest.mark.parametrize("name", sweep(ROWS))
def test_in_compiled_programs_too(name: str) -> None:
    assert_nothing_is_sent(name, native=False)


@pytest.mark.integration
@pytest.mark.parametrize("name", sweep(ROWS, 3, rest=pytest.mark.night))
def test_in_native_programs_too(name: str) -> None:
    assert_nothing_is_sent(name, native=True)


def assert_nothing_is_sent(name: str, native: bool) -> None:
    columns = [np.array(column) for column in zip(*operands(name), strict=True)]
    for i, rule in enumerate(TABLE[name].rules):
        if rule is not None:

            def total(condition: Any, x: Any, i: int = i) -> Any:
                return not_taken(name, tuple(columns), i, condition)(x).sum()

            gradient = ag.compile(grad(total, 1), native=native)
            np.testing.assert_array_equal(gradient(np.zeros(len(columns[0]), bool), columns[i]), 0.0)


@pytest.mark.parametrize("name", OF_ARRAYS)
@pytest.mark.parametrize("x", [[inf, 1.0], [nan, 1.0], [0.0, 0.0], [1e200, 1e200]], ids=str)
def test_reductions_not_taken(name: str, x: list[float]) -> None:
    def f(x: Any) -> Any:
        return ag.where(np.array(False), TABLE[name].call(x, **{**samples.ARRAYS[name][1], "axis": (0,)}), 0.0)

    np.testing.assert_array_equal(grad(f)(np.array(x)), 0.0)


CASES: dict[str, tuple[Callable[[Any], Any], float, float]] = {
    "exp that overflows": (lambda x: ag.where(x < 1, ag.exp(x), x), 1000.0, 1.0),
    "its square": (lambda x: ag.where(x < 1, ag.exp(x) ** 2, x), 1000.0, 1.0),
    "sinh": (lambda x: ag.where(x < 1, ag.sinh(x), x), 1000.0, 1.0),
    "cosh": (lambda x: ag.where(x < 1, ag.cosh(x), x), 1000.0, 1.0),
    "expm1": (lambda x: ag.where(x < 1, ag.expm1(x), x), 1000.0, 1.0),
    "exp2": (lambda x: ag.where(x < 1, ag.exp2(x), x), 2000.0, 1.0),
    "the logistic function of textbooks": (lambda x: 1 / (1 + ag.exp(-x)), -800.0, 0.0),
    "a power of it": (lambda x: (1 + ag.exp(-x)) ** -2.0, -800.0, 0.0),
    "tanh of textbooks, where it holds": (lambda x: 1 - 2 / (ag.exp(2 * x) + 1), 800.0, 0.0),
    "a function of what has no logarithm": (lambda x: ag.where(x > 0, ag.tanh(ag.log(x)), 0.0), -1.0, 0.0),
    "tan of an infinity": (lambda x: ag.where(x < 1, ag.tan(ag.exp(x)), x), 1000.0, 1.0),
    "one over nothing": (lambda x: ag.where(x > 0, 1 / x, x), 0.0, 1.0),
}


@pytest.mark.parametrize("case", CASES)
def test_graphs_that_overflow_beside_what_they_give(case: str) -> None:
    f, x, expected = CASES[case]
    assert grad(f)(x) == expected
    leaf = Value(x)
    f(leaf).backward()
    assert leaf.grad == expected
    assert grad(f)(Value(x)) == expected
    assert ag.compile(grad(f), native=False)(np.array(x)) == expected


@pytest.mark.parametrize("case", sweep(CASES))
def test_native_programs_that_overflow_beside_what_they_give(case: str) -> None:
    f, x, expected = CASES[case]
    assert ag.compile(grad(f))(np.array(x)) == expected


def test_live_elements_beside_dead_ones() -> None:
    x = np.array([1000.0, 0.5])
    f = lambda x: ag.where(x < 1, ag.exp(x), x).sum()
    np.testing.assert_array_equal(grad(f)(x), [1.0, np.exp(0.5)])
    np.testing.assert_array_equal(ag.hessian(f)(x), np.diag([0.0, np.exp(0.5)]))
    np.testing.assert_array_equal(ag.jvp(f, (x,), (np.ones(2),))[1], 1.0 + np.exp(0.5))
    np.testing.assert_array_equal(ag.hvp(f, (x,), (np.ones(2),)), [0.0, np.exp(0.5)])
    np.testing.assert_array_equal(ag.jvp(grad(f), (x,), (np.ones(2),))[1], [0.0, np.exp(0.5)])


def test_products_follow_ieee_754() -> None:
    assert math.isnan(grad(lambda x: x * 0.0 * inf)(1.0))
    assert math.isnan(grad(lambda x: ag.where(False, x * inf, x))(Value(1.0)))
    x = Tensor([inf, 1.0], requires_grad=True)
    (x * np.array([0.0, 1.0]) * x).sum().backward()
    assert x.grad is not None
    assert np.isnan(x.grad[0])
    # What arrives is infinite, not zero.
    assert math.isnan(grad(lambda x: ag.sqrt(x * x))(0.0))


def test_a_product_that_a_rule_recorded_is_the_product() -> None:
    """Only the derivatives of such a product differ from those of one that a user wrote."""
    f = grad(grad(lambda x: x * x * x * ag.exp(x)))
    assert f(0.5) == pytest.approx(math.exp(0.5) * (0.125 + 6 * 0.25 + 6 * 0.5))
    for native in (False, True):
        assert ag.compile(f, native=native)(np.array(0.5)) == pytest.approx(f(0.5), rel=1e-15)
