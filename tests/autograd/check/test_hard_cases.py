"""Hard cases: mistakes beside large derivatives, coarse arithmetic, fast functions, odd input."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import primitive
from autograd.check import check_gradients, check_parameters, gradient_property
from autograd.check.strategies import floats
from autograd.graph.op import TABLE

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("function", "inputs", "gradient"),
    [
        (lambda x: np.sum(np.exp(x)), [np.array([0.0, 30.0])], lambda x: np.exp(x) * np.array([2.0, 1.0])),
        (lambda x: np.sum(np.exp(x)), [np.array([0.0, 30.0])], lambda x: np.exp(x) * np.array([0.0, 1.0])),
        (lambda x: np.sum(np.exp(x)), [np.array([-5.0, 22.0])], lambda x: np.exp(x) * np.array([1.1, 1.0])),
        (lambda x: np.sum(np.exp(x)), [np.array([-60.0, 1, 40])], lambda x: np.exp(x) + np.array([10.0, 0, 0])),
        (lambda x, y: 1e12 * x**2 + np.sin(y), [1.0, 0.3], lambda x, y: (2e12 * x, 0.0)),
        (lambda x: np.sum(x**3), [np.array([1e-8, 1, 1e8])], lambda x: np.array([1e6, *(3 * x**2)[1:]])),
        (lambda x: 1e20 * x**2 + 0.0, [1.0], lambda x: 3e20 * x),
    ],
)
def test_a_wrong_derivative_beside_a_large_one_does_not_pass(function: Any, inputs: Any, gradient: Any) -> None:
    assert check_gradients(function, *inputs, grad=gradient).verdict != "pass"


def test_a_second_derivative_of_zero_is_zero_at_fifty_digits_too() -> None:
    for x in (1.0, 1.7578125):
        assert check_gradients(lambda x: ag.log(ag.exp2(x)), ag.Value(x), order=2).verdict != "fail"


def test_a_function_that_has_saturated_is_no_false_alarm() -> None:
    assert check_gradients(lambda x: ag.tanh(2.0 * x * x), ag.Value(3.0)).verdict != "fail"


def test_a_wrong_rule_beside_a_large_derivative_does_not_pass() -> None:
    sine = primitive(lambda g, out, x: 1.01 * g * np.cos(x))(np.sin)
    assert check_gradients(lambda x, y: 1e12 * x**2 + sine(y), 1.0, 0.3).verdict != "pass"


def test_the_jacobian_of_a_result_with_one_element_is_its_gradient() -> None:
    weights = np.ones((1, 3))
    jacobian = lambda x: (1 - np.tanh(weights @ x) ** 2)[:, None] * weights
    assert check_gradients(lambda x: np.tanh(weights @ x), np.ones(3), grad=jacobian)
    assert check_gradients(lambda x: np.sum(x**2, keepdims=True), np.ones(3), grad=lambda x: (2 * x)[None, :])


@pytest.mark.integration
@pytest.mark.parametrize("narrow", [lambda x: x.astype(np.float32), lambda x: np.round(x, 4)])
def test_a_function_of_coarse_arithmetic_is_no_false_alarm(narrow: Any) -> None:
    for _ in range(20):
        x = RNG.normal(size=3)
        found = check_gradients(lambda x: float(np.sum(narrow(x) ** 2)), x, grad=lambda x: 2 * x)
        assert found.verdict != "fail", found
        if narrow(x).dtype == np.float32:
            assert check_gradients(lambda x: float(np.sum(narrow(x) ** 2)), x, grad=lambda x: 3 * x).verdict != "pass"
            assert check_gradients(lambda x: (x.astype(np.float32) ** 2).sum(), x).verdict != "fail"


@pytest.mark.parametrize("x", [133968460.36, 2.7e8 + 0.3, 1.1e9 + 0.7, 5.3e9 + 0.1])
def test_a_function_that_varies_fast_beside_its_input_is_no_false_alarm(x: float) -> None:
    assert check_gradients(math.sin, x, grad=math.cos).verdict != "fail"
    assert check_gradients(np.sin, x).verdict != "fail"
    minute = 2 * math.pi / 60
    wrong = check_gradients(lambda t: math.cos(minute * t), x, grad=lambda t: -minute * math.sin(minute * t))
    assert wrong.verdict != "fail"


def test_narrow_peaks_are_no_false_alarms() -> None:
    for centre in RNG.uniform(0.9, 1.1, 20):
        peak = lambda x, c=centre: np.exp(-(((x - c) / 1e-7) ** 2))
        assert check_gradients(peak, centre + 3e-8).verdict != "fail"


def test_frozen_parameters_are_left_out() -> None:
    layer = nn.Linear(3, 2, dtype=np.float64, rng=0)
    layer.weight.requires_grad_(False)
    x = np.ones((4, 3))
    report = check_parameters(lambda: layer(x).tanh().sum(), layer.named_parameters())
    assert report
    assert "weight" in report.notes[0]
    assert layer.bias is not None
    layer.bias.requires_grad_(False)
    with pytest.raises(ValueError, match="no parameter requires a gradient"):
        check_parameters(lambda: layer(x).tanh().sum(), layer.named_parameters())


def test_constants_of_the_caller_stay_as_they_are() -> None:
    order = np.array([3, 1, 2])

    def sorting(x: Any, i: Any) -> Any:
        i.sort()
        return np.sum(x * i)

    assert check_gradients(sorting, np.ones(3), order).diagnosis.kind == "mutated input"  # type: ignore[union-attr]
    assert order.tolist() == [3, 1, 2]
    weights = np.array([1.0, 2.0, 3.0])

    def adding(x: Any, w: Any = None) -> Any:
        w += 1
        return np.sum(x * w)

    report = check_gradients(adding, np.ones(3), grad=lambda x, w=None: w, kwargs={"w": weights})
    assert report.diagnosis.kind == "mutated input"  # type: ignore[union-attr]
    assert weights.tolist() == [1.0, 2.0, 3.0]


def test_names_decide_where_there_are_names() -> None:
    @gradient_property(y=floats(), x=floats(), grad=lambda x, y: (y**2, 2 * x * y))
    def product(x: Any, y: Any) -> Any:
        return x * y**2

    product()
    gradient = lambda p: {"b": 2 * p["w"] * p["b"], "w": p["b"] ** 2}
    assert check_gradients(lambda p: p["w"] * p["b"] ** 2, {"w": 2.0, "b": 3.0}, grad=gradient)


def test_small_and_infinite_numbers_among_many_are_seen() -> None:
    x = np.linspace(-1.0, 1.0, 200)
    x[50] = 1e-16
    wrong = check_gradients(lambda x: np.sum(np.exp(x)), x, grad=lambda x: np.where(abs(x) < 1e-8, 0.0, np.exp(x)))
    assert wrong.verdict == "fail"
    assert wrong.worst.name == "x[50]"
    x[50] = np.inf
    claim = lambda x: np.where(np.isinf(x), 7.0, -np.exp(-x))
    assert check_gradients(lambda x: np.sum(np.exp(-x)), x, grad=claim).verdict == "inconclusive"


@pytest.mark.parametrize("x", [1e-200, 1e-300, 1.7e308, -1.7e308])
def test_the_ends_of_the_range_of_floats_are_no_crash(x: float) -> None:
    assert check_gradients(np.sin, x).verdict != "fail"
    assert check_gradients(lambda x: 0.5 * x, x).verdict != "fail"


def test_a_result_that_changes_its_shape_is_no_crash() -> None:
    report = check_gradients(lambda x: x[x > 1] ** 2, np.array([0.95, 2.0, 3.0]))
    assert report.verdict != "fail"
    with pytest.raises(ValueError, match="returns nothing"):
        check_gradients(lambda x: [], 1.0)


def test_nan_is_called_by_its_name() -> None:
    cube = primitive(lambda g, out, x: g * 3 * out / x)(lambda x: x**3)
    report = check_gradients(cube, np.array([1.0, 0.0, -1.0]))
    assert report.diagnosis is not None
    assert report.diagnosis.kind == "conditioning"


@pytest.mark.parametrize(("far_away", "kind"), [(True, "conditioning"), (False, "wrong formula")])
def test_a_formula_loses_its_digits_far_away_where_it_is_right_on_the_scale_of_1(far_away: bool, kind: str) -> None:
    def gradient(x: np.ndarray) -> np.ndarray:
        return np.cos(x) + np.where((np.abs(x) > 100.0) | (not far_away), 0.2 * np.sin(3.0 * x), 0.0)

    for x in ([3003.0, 5001.0], [-3003.0, 5001.0]):
        report = check_gradients(lambda x: np.sum(np.sin(x)), np.array(x), grad=gradient)
        assert report.diagnosis is not None
        assert report.diagnosis.kind == kind
    # Near the scale of 1 nothing was far away.
    report = check_gradients(lambda x: np.sum(np.sin(x)), np.array([300.0, 501.0]), grad=gradient)
    assert report.diagnosis is not None
    assert report.diagnosis.kind == "wrong formula"


def test_forward_mode_is_believed_where_every_coordinate_bears_it_out() -> None:
    def narrow(x: Any) -> Any:
        y = TABLE["log_ndtr"].call(x + x)
        return TABLE["erfcinv"].call(ag.exp2(-4.0 * y))

    assert check_gradients(narrow, ag.Value(2.0))


def saturated(x: Any) -> Any:
    erfcinv, log_ndtr = TABLE["erfcinv"].call, TABLE["log_ndtr"].call
    return erfcinv(ag.exp2(-4.0 * log_ndtr(x)))


@pytest.mark.parametrize(
    ("function", "inputs", "gradient"),
    [
        (lambda x: saturated(ag.exp(x)), [ag.Value(3.0)], None),
        (lambda x: ag.sum(saturated(ag.exp(x))), [np.array([3.0, 3.1])], None),
        (lambda x: ag.sin((1e20 + x) - 1e20), [ag.Value(1.0)], None),
        (lambda x: ag.minimum(ag.sin((1e20 + x) - 1e20), x + math.inf), [ag.Value(1.0)], None),
        (lambda x: ag.sin((1e20 + x) - 1e20), [1.0], math.cos),
        (lambda x: ag.cross_entropy(x, np.array([0])), [np.array([[40.0, 0.0]])], None),
        (lambda x: 1.0 - math.tanh(x), [20.0], lambda x: 1.0 / math.cosh(x) ** 2),
    ],
)
def test_a_slope_that_rounding_hides_is_in_doubt(function: Any, inputs: Any, gradient: Any) -> None:
    report = check_gradients(function, *inputs, grad=gradient)
    assert report.verdict == "inconclusive", report
    assert any("rounding hides" in c.reason for c in report.coordinates)


def test_a_slope_that_rounding_hides_passes_at_fifty_digits() -> None:
    assert check_gradients(lambda x: saturated(x * x), ag.Value(3.0))


def test_no_node_is_blamed_for_a_slope_that_rounding_hides() -> None:
    report = check_gradients(lambda x, y: ag.cross_entropy(x, np.array([0])) + ag.relu(y), np.array([[40.0, 0.0]]), 0.0)
    assert any(c.measured.kink for c in report.coordinates)
    assert report.wrong_node is None


@pytest.mark.parametrize(
    ("function", "x", "claimed"),
    [
        (lambda x: ag.floor(x) * 1.0, 3.3, 0.5),
        (lambda x: ag.floor(x) * 1.0, 3.3, 1e-9),
        (lambda x: 1e-20 * max(x - 4.0, 0.0), 3.0, 1e-20),
        (lambda x: 1.0 - math.tanh(x), 20.0, -1e-13),
        (lambda x: 1e-20 * math.sin(x), 1.0, 1e-21),
        (lambda x: math.exp(-30.0 * x), 2.0, -29.0 * math.exp(-60.0)),
    ],
)
def test_a_slope_that_rounding_would_not_hide_fails_however_small(function: Any, x: float, claimed: float) -> None:
    assert check_gradients(function, x, grad=lambda x: claimed).verdict == "fail"
