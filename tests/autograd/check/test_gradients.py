"""The checker itself: right gradients pass over all scales, wrong ones fail, and doubt is called doubt."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, primitive
from autograd.check import GradientError, assert_gradients, check_gradients, check_parameters

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


@pytest.mark.integration
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


def test_foreign_gradients_come_in_every_form() -> None:
    x, y = np.array([0.3, -0.7]), 1.5
    cube = lambda x: 3 * x**2
    assert check_gradients(lambda x: np.sum(x**3), x, grad=lambda x: list(cube(x)))
    assert check_gradients(lambda x: np.sum(x**3), x, grad=lambda x: (cube(x),))
    assert check_gradients(lambda x, y: np.sum(x**3) * y, x, y, grad=lambda x, y: (cube(x) * y, np.sum(x**3)))
    assert check_gradients(lambda p: p["a"] @ p["b"], {"a": x, "b": 2 * x}, grad=lambda p: {"a": p["b"], "b": p["a"]})
    assert check_gradients(
        lambda x: np.concatenate([x, x**2]), x, grad=lambda x: np.vstack([np.eye(2), np.diag(2 * x)])
    )
    assert check_gradients(lambda x: np.float32(np.sum(x**3)), x, grad=cube), "as much as float32 shows"
    assert check_gradients(lambda x: x @ x / 2, x, grad=lambda x: x), "the input itself, where that is right"
    assert check_gradients(lambda x: 2 * x, 1.0, grad=lambda x: 2), "a whole number"
    assert check_gradients(math.sin, 0.5, grad=math.cos)


@pytest.mark.parametrize(
    ("function", "gradient", "told"),
    [
        (lambda x, y: x * y, lambda x, y: y, "gives one array: it should give a tuple"),
        (lambda x, y: x * y, lambda x, y: (y, x, x), "has 3 parts, the inputs have 2"),
        (lambda x, y: (x, y), lambda x, y: (y, x), "one number or one array, not 2"),
        (lambda x, y: np.array([x, y]), lambda x, y: (np.ones(3), np.ones(2)), "its Jacobian, of shape (2,)"),
        (lambda x, y: x * y, lambda x, y: (None, x), "the gradient has 1 parts, the inputs have 2"),
        (lambda x, y: None, None, "the function returns nothing"),
        (lambda x, y: 1j * x, lambda x, y: (y, x), "complex"),
    ],
)
def test_what_cannot_be_checked_is_said(function: Any, gradient: Any, told: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        check_gradients(function, 1.0, 2.0, grad=gradient)
    assert told in str(caught.value)


def test_nothing_to_differentiate_by_is_no_pass() -> None:
    for inputs in ((), (np.array([1, 2]),), (True,), ("text",), (np.ones(0),)):
        with pytest.raises(ValueError, match="nothing to differentiate with respect to"):
            check_gradients(lambda *xs: 1.0, *inputs)


def test_keyword_arguments_and_constants() -> None:
    weights, index = np.full(2, 0.5), np.array([0, 1, 1])
    report = check_gradients(
        lambda x, i, axis=None, w=None: np.sum(x[i] * w, axis=axis),
        np.ones((2, 2)),
        index,
        kwargs={"axis": 0, "w": weights},
    )
    assert report
    assert {c.name for c in report.coordinates} == {
        "x[0, 0]",
        "x[0, 1]",
        "x[1, 0]",
        "x[1, 1]",
        "w[0]",
        "w[1]",
        "forward mode",
    }


def test_functions_over_values_and_over_tensors() -> None:
    assert check_gradients(lambda a, b: (a + b).relu() * (b + 1), ag.Value(2.0), ag.Value(1.0), order=2)
    assert check_gradients(lambda t: t.tanh().sum(), Tensor(np.ones((2, 2), np.float32)), order=2)
    assert check_gradients(lambda x: {"a": x, "b": [x**2, np.sin(x)]}, np.ones(2))


@pytest.mark.integration
def test_many_inputs_are_checked_along_directions_and_narrowed_down() -> None:
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(20, 1000)), rng.normal(size=1000)
    calls = [0]

    def f(x: Any) -> Any:
        calls[0] += 1
        return np.sum(np.tanh(w @ x / 10))

    right = ag.grad(lambda x: np.sum(np.tanh(w @ x / 10)))
    report = check_gradients(f, x, grad=right)
    assert report and all(c.place is None for c in report.coordinates)
    assert calls[0] < 200

    def wrong(x: np.ndarray) -> np.ndarray:
        g = right(x)
        g[537] *= 1.01
        return g

    report = check_gradients(f, x, grad=wrong)
    assert report.verdict == "fail"
    assert report.worst is not None and report.worst.name == "x[537]"
    assert [c.name for c in report.coordinates if c.place and c.verdict == "fail"] == ["x[537]"]
    every = check_gradients(f, x, grad=lambda x: 2 * right(x))
    assert every.diagnosis is not None and every.diagnosis.kind == "constant factor"
    at_kinks = np.where(rng.random(500) < 0.02, 0.0, rng.normal(size=500))
    assert check_gradients(lambda x: np.sum(ag.relu(x) * np.arange(500.0)), at_kinks)


@pytest.mark.integration
def test_a_large_product_of_matrices_is_checked() -> None:
    rng = np.random.default_rng(0)
    report = check_gradients(lambda a, b: a @ b, rng.normal(size=(300, 300)), rng.normal(size=(300, 300)))
    assert report and len(report.coordinates) == 4


def test_second_order_and_what_is_held_constant_in_it() -> None:
    assert check_gradients(ag.sin, 0.7, order=3)
    with pytest.raises(ValueError, match="order is 1 … 8, not 0"):
        check_gradients(ag.sin, 0.7, order=0)
    with pytest.raises(ValueError, match="check a given second derivative"):
        check_gradients(ag.sin, 0.7, grad=ag.cos, order=2)


def test_assert_gradients_raises_on_doubt_unless_it_is_allowed() -> None:
    doubtful = lambda x: 1e6 + 1e-7 * np.abs(x)
    assert assert_gradients(ag.sin, 0.7)
    with pytest.raises(GradientError, match="inconclusive") as caught:
        assert_gradients(doubtful, np.ones(2))
    assert caught.value.report.verdict == "inconclusive"
    assert assert_gradients(doubtful, np.ones(2), allow_inconclusive=True).verdict == "inconclusive"
    with pytest.raises(GradientError, match="fail"):
        assert_gradients(ag.sin, 0.7, grad=ag.sin, allow_inconclusive=True)


def test_forward_mode_is_compared_with_differences() -> None:
    names = [c.name for c in check_gradients(lambda x: np.sum(x**3), np.array([1.0, -2.0])).coordinates]
    assert names == ["x[0]", "x[1]", "forward mode"]


def test_reports_print_repeat_and_escape() -> None:
    report = check_gradients(lambda p: p["[red]w[/]"] ** 2, {"[red]w[/]": 2.0}, grad=lambda p: {"[red]w[/]": 3.0})
    text = str(report)
    assert "p['[red]w[/]']" in text
    assert repr(report).startswith("<Report gradient check: fail (1 coordinate: 1 fail); ")
    assert "p[&#x27;[red]w[/]&#x27;]" in report._repr_html_()
    again = check_gradients(lambda p: p["[red]w[/]"] ** 2, {"[red]w[/]": 2.0}, grad=lambda p: {"[red]w[/]": 3.0})
    assert str(again) == text


def test_what_cancels_to_the_last_digit_is_doubt_and_no_failure() -> None:
    # The gradient is 4e-17 + 1 - 1, and all that a complex step sees of solve(a, a) = 1 is rounding.
    cancelling = check_gradients(lambda x: ag.sinc(x / x) * x, ag.Value(1.0), order=2)
    assert cancelling.verdict == "inconclusive"
    assert "cancel" in cancelling.coordinates[0].reason
    constant = check_gradients(lambda a: np.linalg.solve(a, a), np.array([[1.5, -1.0], [2.83203125, 1.0]]))
    assert constant.verdict == "inconclusive"
    assert check_gradients(lambda x: ag.sinc(x / x) * x + x, ag.Value(1.0), grad=lambda x: 1.01).verdict == "fail"


@pytest.mark.parametrize("order", [0, -1, 9, 99, 1.5, True, "2"])
def test_orders_are_bounded(order: Any) -> None:
    with pytest.raises(ValueError, match="order is 1 … 8, not"):
        check_gradients(ag.tanh, 0.5, order=order)


def test_coroutines_are_refused_without_a_warning_of_what_was_never_awaited() -> None:
    async def square(x: Any) -> Any:
        return x * x

    for later in (square, lambda x: square(x)):
        with pytest.raises(TypeError, match=r"the function is a coroutine \(async def\)"):
            check_gradients(later, 1.0)
        with pytest.raises(TypeError, match=r"the gradient is a coroutine \(async def\)"):
            check_gradients(lambda x: x * x, 1.0, grad=later)
