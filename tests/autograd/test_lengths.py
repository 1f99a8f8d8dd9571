"""The square of a length is smooth where the length is 0, and its second derivatives say so; other kinks keep theirs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Value, grad, hessian

norm = np.linalg.norm
# Functions of three numbers, and their Hessian at the origin.
EYE = np.eye(3)
CENTRED = EYE - 1.0 / 3.0
AT_ORIGIN: dict[str, tuple[Callable[[Any], Any], np.ndarray]] = {
    "norm(x)**2": (lambda x: norm(x) ** 2, 2 * EYE),
    "square(norm(x))": (lambda x: np.square(norm(x)), 2 * EYE),
    "power(norm(x), 2.0)": (lambda x: np.power(norm(x), 2.0), 2 * EYE),
    "float_power(norm(x), 2)": (lambda x: np.float_power(norm(x), 2), 2 * EYE),
    "norm(x) * norm(x)": (lambda x: norm(x) * norm(x), 2 * EYE),
    "exp(-norm(x)**2)": (lambda x: np.exp(-(norm(x) ** 2)), -2 * EYE),
    "a kernel of some width": (lambda x: np.exp(-0.5 * (norm(x) / 0.5) ** 2), -4 * EYE),
    "log(1 + norm(x)**2)": (lambda x: np.log(1 + norm(x) ** 2), 2 * EYE),
    "sqrt(1 + norm(x)**2)": (lambda x: np.sqrt(1 + norm(x) ** 2), EYE),
    "norm(x)**4": (lambda x: norm(x) ** 4, 0 * EYE),
    "norm by ord=2": (lambda x: norm(x, 2) ** 2, 2 * EYE),
    "norm of a matrix": (lambda x: norm(x.reshape(1, 3), "fro") ** 2, 2 * EYE),
    "norms along an axis": (lambda x: (norm(x.reshape(3, 1), axis=1) ** 2).sum(), 2 * EYE),
    "norms that keep their axis": (lambda x: (norm(x.reshape(1, 3), axis=1, keepdims=True) ** 2).sum(), 2 * EYE),
    "vector_norm": (lambda x: np.linalg.vector_norm(x) ** 2, 2 * EYE),
    "a polynomial of norm(x)": (lambda x: np.polyval([1.0, 0.0, 0.0], norm(x)), 2 * EYE),
    "q + q**2 for q = norm(x)**2": (lambda x: norm(x) ** 2 + norm(x) ** 4, 2 * EYE),
    "(q + q**2), from one q": (lambda x: (lambda q: q + q**2)(norm(x) ** 2), 2 * EYE),
    "(1 + r*r) * r * r": (lambda x: (1 + norm(x) * norm(x)) * norm(x) * norm(x), 2 * EYE),
    "(1 + r) * r * r, from one r": (lambda x: (lambda r: (1 + r) * r * r)(norm(x)), 2 * EYE),
    "q * exp(-q)": (lambda x: (lambda q: q * np.exp(-q))(norm(x) ** 2), 2 * EYE),
    "a norm times numbers": (lambda x: ((norm(x) * np.array([1.0, 2.0])) ** 2).sum(), 10 * EYE),
    "abs(x)**2": (lambda x: (abs(x) ** 2).sum(), 2 * EYE),
    "abs(x) @ abs(x)": (lambda x: np.dot(abs(x), abs(x)), 2 * EYE),
    "fabs(x)**2": (lambda x: (np.fabs(x) ** 2).sum(), 2 * EYE),
    "copysign(x, -1)**2": (lambda x: (np.copysign(x, -1.0) ** 2).sum(), 2 * EYE),
    "hypot(x, 2x)**2": (lambda x: (np.hypot(x, 2 * x) ** 2).sum(), 10 * EYE),
    "std(x)**2": (lambda x: np.std(x) ** 2, 2 / 3 * CENTRED),
    "std(x, ddof=1)**2": (lambda x: np.std(x, ddof=1) ** 2, CENTRED),
    "squares among other things": (lambda x: norm(x) ** 2 + 3 * norm(x) + abs(x).sum() ** 1, 2 * EYE),
    "where it is chosen": (lambda x: np.where(abs(x) < 1, abs(x) ** 2, 2 * abs(x) - 1).sum(), 2 * EYE),
    # Real kinks, which have the derivative 0 by convention, to all orders.
    "norm(x)": (norm, 0 * EYE),
    "abs(x)": (lambda x: abs(x).sum(), 0 * EYE),
    "std(x)": (np.std, 0 * EYE),
    "exp(norm(x))": (lambda x: np.exp(norm(x)), 0 * EYE),
    "norm(x)**3": (lambda x: norm(x) ** 3, 0 * EYE),
    "norm(x, 1)**2": (lambda x: norm(x, 1) ** 2, 0 * EYE),
}


@pytest.mark.parametrize("case", AT_ORIGIN)
def test_hessians_at_the_origin(case: str) -> None:
    f, expected = AT_ORIGIN[case]
    origin = np.zeros(3)
    np.testing.assert_array_equal(grad(f)(origin), 0.0)
    np.testing.assert_allclose(hessian(f)(origin), expected, atol=1e-15)
    for direction in np.eye(3):
        np.testing.assert_allclose(
            ag.jvp(grad(f), (origin,), (direction,))[1],
            expected @ direction,
            atol=1e-15,
            err_msg="forward over reverse",
        )
        np.testing.assert_allclose(ag.hvp(f, (origin,), (direction,)), expected @ direction, atol=1e-15)


@pytest.mark.parametrize("native", [False, pytest.param(True, marks=pytest.mark.integration)])
@pytest.mark.parametrize(
    "case", ["norm(x)**2", "exp(-norm(x)**2)", "abs(x)**2", "hypot(x, 2x)**2", "std(x)**2", "norm(x)"]
)
def test_in_compiled_programs(case: str, native: bool) -> None:
    f, expected = AT_ORIGIN[case]
    compiled = ag.compile(hessian(f), native=native)
    np.testing.assert_allclose(compiled(np.zeros(3)), expected, atol=1e-15)
    x = np.array([0.3, -1.2, 0.0])
    np.testing.assert_allclose(compiled(x), hessian(f)(x), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("case", AT_ORIGIN)
def test_away_from_it_nothing_changes(case: str) -> None:
    f, _ = AT_ORIGIN[case]
    if case in ("where it is chosen", "norm(x, 1)**2"):
        return  # with kinks of their own
    x, direction, h = np.array([0.3, -1.2, 0.7]), np.array([0.4, 0.1, -0.8]), 1e-5
    differences = (grad(f)(x + h * direction) - grad(f)(x - h * direction)) / (2 * h)
    np.testing.assert_allclose(ag.hvp(f, (x,), (direction,)), differences, rtol=1e-6, atol=1e-8)


TWO, FOUR = np.zeros(2), np.zeros((4, 1))
BROADCAST: dict[str, Callable[[Any], Any]] = {
    "added to a vector": lambda x: ((norm(x) + TWO) ** 2).sum(),
    "taken from a vector": lambda x: ((TWO - norm(x)) ** 2).sum(),
    "a norm of it": lambda x: norm(2 * norm(x) + TWO) ** 2,
    "in one branch": lambda x: (np.where([True, False, True], norm(x), 1.0) ** 2).sum(),
    "twice": lambda x: ((FOUR + norm(x) + TWO) ** 2).sum(),
    "over an axis": lambda x: (((norm(x) + FOUR).sum(axis=0) + TWO) ** 2).sum(),
    "a spread": lambda x: ((np.std(x) + TWO) ** 2).sum(),
    "reshaped": lambda x: (np.tile(norm(x), (2, 3)) ** 2).sum(),
    "joined": lambda x: (np.concatenate([norm(x, keepdims=True), TWO + norm(x)]) ** 2).sum(),
    "many, along the others' axis": lambda x: ((abs(x) + FOUR).sum(axis=0) ** 2).sum(),
}
# The sum of several lengths is no length, and has kinks.
SUMS: dict[str, Callable[[Any], Any]] = {
    "whole": lambda x: abs(x).sum() ** 2,
    "with its axis": lambda x: (abs(x).sum(keepdims=True) ** 2).sum(),
    "repeated before": lambda x: (np.broadcast_to(abs(x), (2, 3)).sum(axis=1, keepdims=True) ** 2).sum(),
    "repeated by a sum": lambda x: ((abs(x) + FOUR).sum(axis=1) ** 2).sum(),
    "running": lambda x: (np.cumsum(abs(x)) ** 2).sum(),
    "a mean": lambda x: (abs(x).mean(keepdims=True) ** 2).sum(),
    "of norms": lambda x: ((norm(np.outer(x, [1.0, 2.0]), axis=1)[:, None] + np.zeros((3, 3))).sum(0) ** 2).sum(),
}


@pytest.mark.parametrize("case", SUMS)
def test_sums_of_lengths_are_differentiated_as_they_are(case: str) -> None:
    f, x, direction, h = SUMS[case], np.array([0.3, -1.2, 0.7]), np.array([0.4, 0.1, -0.8]), 1e-5
    differences = (grad(f)(x + h * direction) - grad(f)(x - h * direction)) / (2 * h)
    np.testing.assert_allclose(ag.hvp(f, (x,), (direction,)), differences, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("case", BROADCAST)
def test_a_length_that_is_repeated_counts_as_often(case: str) -> None:
    f, direction, h = BROADCAST[case], np.array([0.4, 0.1, -0.8]), 1e-5
    for x in (np.array([0.3, -1.2, 0.7]), np.zeros(3)):
        differences = (grad(f)(x + h * direction) - grad(f)(x - h * direction)) / (2 * h)
        np.testing.assert_allclose(ag.hvp(f, (x,), (direction,)), differences, rtol=1e-6, atol=1e-8)


SECOND: dict[str, tuple[Callable[[Any], Any], float]] = {
    "abs(x)**2": (lambda x: abs(x) ** 2, 2.0),
    "abs(x) * abs(x)": (lambda x: abs(x) * abs(x), 2.0),
    "(3 * abs(x))**2": (lambda x: (3 * abs(x)) ** 2, 18.0),
    "(-abs(x))**2 / 2": (lambda x: (-abs(x)) ** 2 / 2, 1.0),
    "exp(-abs(x)**2)": (lambda x: ag.exp(-(abs(x) ** 2)), -2.0),
    "hypot(x, 0)**2": (lambda x: ag.hypot(x, 0.0) ** 2, 2.0),
    "abs(abs(x))**2": (lambda x: abs(abs(x)) ** 2, 2.0),
    "abs(x)": (abs, 0.0),
    "abs(x)**3": (lambda x: abs(x) ** 3, 0.0),
}


@pytest.mark.parametrize("case", SECOND)
def test_of_values_and_numbers(case: str) -> None:
    f, expected = SECOND[case]
    assert grad(grad(f))(0.0) == expected
    assert grad(grad(f))(Value(0.0)) == expected
    assert ag.jvp(grad(f), (0.0,), (1.0,))[1] == expected


def test_a_length_in_a_long_product_is_found_or_left_alone() -> None:
    """The look for the length is bounded, so that a graph of any depth has its gradients, by convention at the least."""

    def deep(n: int) -> Callable[[Any], Any]:
        def f(x: Any) -> Any:
            length = norm(x)
            for _ in range(n):
                length = length * 1.0
            return length**2

        return f

    np.testing.assert_array_equal(hessian(deep(3))(np.zeros(2)), 2 * np.eye(2))
    assert np.isfinite(hessian(deep(3000))(np.zeros(2))).all()


def test_an_infinite_slope_times_nothing_is_no_kink_of_a_length() -> None:
    assert math.isnan(grad(lambda x: ag.sqrt(x * x))(0.0))
