"""The checker itself: right gradients pass over all scales, wrong ones fail, and doubt is called doubt."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import primitive
from autograd.check import check_gradients, check_parameters, derivative

RIGHT: list[tuple[Any, float]] = [
    (lambda x: 1 / x, 1e-7),
    (ag.log, 1e-9),
    (lambda x: 1e-6 * x, 3.0),
    (lambda x: 1e6 * x * x, 3.0),
    (lambda x: x * x, 0.0),
    (lambda x: x**3, 0.0),
    (lambda x: x * 0.0, 1.0),
    (lambda x: ag.sin(1e3 * x), 1.0),
    (lambda x: ag.exp(500 * x), 1.0),
    (ag.sigmoid, -30.0),
]


@pytest.mark.parametrize(("function", "x"), RIGHT)
def test_right_gradients_pass_at_every_scale(function: Any, x: float) -> None:
    assert check_gradients(function, x).verdict == "pass"


@pytest.mark.parametrize("factor", [1.0001, 0.0, -1.0, 50.0])
@pytest.mark.parametrize(("function", "x"), [RIGHT[i] for i in (0, 1, 2, 3, 8, 9)])
def test_wrong_gradients_fail_at_every_scale(function: Any, x: float, factor: float) -> None:
    assert check_gradients(function, x, grad=lambda x: factor * ag.grad(function)(x)).verdict == "fail"


def test_many_points_of_smooth_functions() -> None:
    rng = random.Random(0)
    for function in (ag.sin, ag.exp, ag.tanh, ag.atan, ag.gelu, ag.softplus, ag.erf, lambda x: x**3 - 2 * x):
        for _ in range(30):
            x = rng.choice([1, -1]) * 10 ** rng.uniform(-6, 1)
            assert check_gradients(function, x).verdict != "fail", f"{function} at {x}"
            wrong = check_gradients(function, x, grad=lambda x, function=function: 1.001 * ag.grad(function)(x))
            assert wrong.verdict != "pass", f"{function} at {x}"


def test_a_gradient_fifty_times_too_large_fails_though_it_is_small() -> None:
    assert check_gradients(lambda x: 1e-7 * x, 1.0, grad=lambda x: 5e-6).verdict == "fail"


def test_what_rounding_hides_is_inconclusive() -> None:
    report = check_gradients(lambda x: 1e6 + 1e-7 * np.abs(x), np.ones(2))
    assert report.verdict == "inconclusive"
    assert not report
    assert "ill-conditioned" in report.coordinates[0].reason


@pytest.mark.parametrize("function", [ag.relu, ag.abs, lambda x: ag.maximum(x, 0.0), ag.leaky_relu])
def test_at_a_kink_the_gradient_must_lie_between_both_sides(function: Any) -> None:
    report = check_gradients(function, 0.0)
    assert report.verdict == "pass"
    assert "kink" in report.coordinates[0].reason
    assert check_gradients(function, 0.0, grad=lambda x: 1.5).verdict == "fail"


def test_what_is_not_finite_never_passes() -> None:
    assert check_gradients(ag.sqrt, 0.0).verdict == "pass", "its slope grows without bound, as the gradient says"
    assert check_gradients(ag.sqrt, 0.0, grad=lambda x: 7.0).verdict == "fail"
    assert check_gradients(lambda x: x * x, 2.0, grad=lambda x: math.nan).verdict == "fail"
    assert check_gradients(ag.log, -1.0).verdict != "pass"


def test_a_primitive_with_a_wrong_rule_is_caught_among_right_ones() -> None:
    @primitive(lambda g, out, x, y: g * y, lambda g, out, x, y: g * y)
    def product(x: Any, y: Any) -> Any:
        return x * y

    report = check_gradients(lambda x, y: product(x, y), 2.0, 3.0)
    assert [c.verdict for c in report.coordinates] == ["pass", "fail"]
    assert "worst: y: 3 by the gradient, 2 by differences" in str(report)


def test_structures_arrays_and_seeds() -> None:
    parameters = {"w": np.array([[1.0, -2.0], [0.5, 0.3]]), "b": [0.1, np.float64(0.2)]}
    before = parameters["w"].copy()
    report = check_gradients(
        lambda p, x: ag.sum(ag.tanh(p["w"] @ x)) * p["b"][0] + p["b"][1], parameters, np.array([0.3, 0.7])
    )
    assert report
    assert len([c for c in report.coordinates if c.place is not None]) == 8
    np.testing.assert_array_equal(parameters["w"], before)


def test_parameters_of_a_model_are_checked_and_put_back() -> None:
    model = nn.Sequential(nn.Linear(3, 4, dtype=np.float64, rng=0), nn.Tanh(), nn.Linear(4, 2, dtype=np.float64, rng=1))
    x, y = np.random.default_rng(0).normal(size=(5, 3)), np.array([0, 1, 1, 0, 1])
    before = model.state_dict()
    report = check_parameters(lambda: nn.functional.cross_entropy(model(x), y), model.named_parameters())
    assert report
    assert len(report.coordinates) == sum(p.size for p in model.parameters())
    for name, p in model.named_parameters():
        np.testing.assert_array_equal(p.data, before[name])
        assert p.grad is None
    with pytest.raises(ValueError, match="float64"):
        check_parameters(lambda: None, nn.Linear(2, 2).named_parameters())


def test_the_estimate_of_the_error_is_honest() -> None:
    for f, df, x in ((math.exp, math.exp, 1.0), (math.sin, math.cos, 2.0), (math.atan, lambda x: 1 / (1 + x * x), 0.3)):
        estimate = derivative(f, x)
        assert abs(estimate.value - df(x)) <= 10 * estimate.error
        assert estimate.error < 1e-10
