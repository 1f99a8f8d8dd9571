"""The measuring itself: values within their estimated error over all scales, noise seen, kinks and jumps from both sides."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
from autograd import Value
from autograd.check import derivative
from autograd.check.differences import EPSILON, measure_rounding
from autograd.check.precise import complex_step, differentiate_graph, exact_functions
from autograd.graph.op import TABLE


def safe(f: Callable[[float], Any]) -> Callable[[float], float]:
    """NaN where Python raises."""

    def g(x: float) -> float:
        try:
            return float(f(x))
        except (ArithmeticError, ValueError):
            return math.nan

    return g


SMOOTH: dict[str, tuple[Callable[[float], Any], float, float]] = {
    "exp": (math.exp, 1.0, math.e),
    "many waves in a step": (lambda x: math.sin(1e3 * x), 1.0, 1e3 * math.cos(1e3)),
    "1/x close to 0": (lambda x: 1 / x, 1e-7, -1 / 1e-7**2),
    "log close to 0": (math.log, 1e-9, 1e9),
    "the square of what is rounded": (lambda x: math.log(x / (1 - x)) ** 2, 0.5, 0.0),
    "a square at 0": (lambda x: x * x, 0.0, 0.0),
    "steep": (lambda x: math.exp(500 * x), 1.0, 500 * math.exp(500)),
    "small x, values on the scale of 1": (lambda x: math.cos(x) + x, 1e-12, 1.0),
    "large x, values on the scale of 1": (math.sin, 1e6, math.cos(1e6)),
    "terms that cancel": (lambda x: (1e8 + math.sin(x)) - 1e8, 1.0, math.cos(1.0)),
    "a sharp bend": (lambda x: math.tanh(1e6 * x), 0.0, 1e6),
    "a sharp bend beside it": (lambda x: math.tanh(1e4 * (x - 1)), 1.01, 0.0),
    "three halves": (lambda x: abs(x) ** 1.5, 0.0, 0.0),
    "float32 inside": (lambda x: np.tanh(np.float32(x)), 0.7, 1 - math.tanh(0.7) ** 2),
    "tiny": (lambda x: 1e-300 * x * x, 1.0, 2e-300),
    "huge": (lambda x: 1e300 * x * x, 1.0, 2e300),
    "a jump": (math.floor, 2.0, 0.0),
    "a jump up": (math.ceil, 2.0, 0.0),
    "both sides of a jump": (np.sign, 0.0, 0.0),
    "a sawtooth": (lambda x: x % 1.0, 3.0, 1.0),
    "a step on a parabola": (lambda x: x * x + (x >= 1.0), 1.0, 2.0),
    "long steps": (lambda x: math.floor(40 * x) / 40, 0.51, 0.0),
    "the end of a domain": (lambda x: x**2.5 if x >= 0 else math.nan, 0.0, 0.0),
}


@pytest.mark.parametrize("case", SMOOTH)
def test_the_value_is_within_its_estimated_error(case: str) -> None:
    f, x, slope = SMOOTH[case]
    with np.errstate(all="ignore"):
        estimate = derivative(safe(f), x)
    assert not estimate.kink
    assert abs(estimate.value - slope) <= 10 * estimate.error
    assert estimate.error <= 1e-4 * max(abs(slope), 1.0)


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (math.sqrt, 0.0, math.inf),
        (math.cbrt, 0.0, math.inf),
        (lambda x: -math.cbrt(x), 0.0, -math.inf),
        (np.arcsin, 1.0, math.inf),
        (lambda x: x * math.log(x) if x else 0.0, 0.0, -math.inf),
    ],
)
def test_a_slope_that_grows_without_bound_is_infinite(f: Any, x: float, slope: float) -> None:
    with np.errstate(all="ignore"):
        assert derivative(safe(f), x).value == slope


@pytest.mark.parametrize(
    ("f", "x", "left", "right"),
    [
        (abs, 0.0, -1.0, 1.0),
        (lambda x: max(x, 0.0), 0.0, 0.0, 1.0),
        (lambda x: 1000 * x + 1e-3 * abs(x), 0.0, 1000 - 1e-3, 1000 + 1e-3),
        (lambda x: min(x, 1.0), 1.0, 1.0, 0.0),
        (lambda x: x * x if x < 1 else 5 + 3 * x, 1.0, 2.0, 3.0),
        (lambda x: math.sqrt(x) if x > 0 else 0.0, 0.0, 0.0, math.inf),
        (lambda x: abs(math.sin(x)) + math.exp(x), 0.0, 0.0, 2.0),
    ],
)
def test_both_sides_of_a_kink(f: Any, x: float, left: float, right: float) -> None:
    estimate = derivative(f, x)
    assert estimate.left == pytest.approx(left, rel=1e-6, abs=1e-6)
    assert estimate.right == pytest.approx(right, rel=1e-6, abs=1e-6)


def test_what_rounding_hides_is_not_claimed_to_be_known() -> None:
    estimate = derivative(lambda x: 1e6 + 1e-7 * x, 1.0)
    assert estimate.error > 1e-8
    assert not math.isfinite(derivative(lambda x: math.nan, 1.0).error)
    assert not math.isfinite(derivative(lambda x: math.inf if x == 0 else x, 0.0).error)


def test_the_noise_of_a_function_is_seen_where_its_value_does_not_show_it() -> None:
    assert measure_rounding(math.sin, 1.0, 1.0)[0] < 10 * EPSILON
    cancelling, stepped = measure_rounding(lambda x: (1e8 + math.sin(x)) - 1e8, 1.0, 1.0)
    assert 1e-9 < cancelling < 1e-6
    assert not stepped
    narrow, stepped = measure_rounding(lambda x: float(np.tanh(np.float32(x))), 0.7, 0.7)
    assert 1e-9 < narrow < 1e-6
    assert stepped


def test_fifty_digits_see_what_float64_has_rounded_away() -> None:
    x = Value(2.0)
    assert differentiate_graph(1e20 + x * x, x) == 4.0
    assert differentiate_graph((1e16 + x.sin()) - 1e16, x) == pytest.approx(math.cos(2.0), rel=1e-15)
    assert differentiate_graph(x * 3.0, Value(1.0)) == 0.0
    assert set(exact_functions()) >= {name for name, op in TABLE.items() if op.scalar and op.differentiable}


def test_complex_steps_are_exact_or_none() -> None:
    assert complex_step(lambda x: np.exp(np.sin(x)), 0.5) == pytest.approx(
        math.cos(0.5) * math.exp(math.sin(0.5)), rel=1e-15
    )
    assert complex_step(abs, 0.5) is None
    assert complex_step(math.sin, 0.5) is None
    assert complex_step(lambda x: x.real * 2, 0.5) is None
    assert complex_step(ag.sinh, 0.5) == pytest.approx(math.cosh(0.5), rel=1e-15)
    assert complex_step(ag.relu, 0.5) is None, "a function that has no complex derivative"
