"""SPEC's worked examples A, B, C and F, to the digits shown there."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

import autograd as ag
from autograd import Tensor, Value, grad
from autograd.check import check_gradients


def test_a_chain_rule() -> None:
    a, b = Value(2.0), Value(1.0)
    c, d = a + b, b + 1
    e = c * d
    e.backward()
    assert (e.data, c.data, d.data) == (6.0, 3.0, 2.0)
    assert (c.grad, d.grad, a.grad, b.grad) == (2.0, 3.0, 2.0, 5.0)


def test_b_gates() -> None:
    x, y, z, w = (Value(v) for v in (3.0, -4.0, 2.0, -1.0))
    product, top = x * y, ag.max(z, w)
    total = product + top
    out = 2 * total
    out.backward()
    assert (product.data, top.data, total.data, out.data) == (-12.0, 2.0, -10.0, -20.0)
    assert (x.grad, y.grad, z.grad, w.grad) == (-8.0, 6.0, 2.0, 0.0)


def test_b_a_linear_classifier_passes_the_scale_of_its_inputs_on() -> None:
    w, x = np.array([0.2, -0.4]), np.array([1.5, 3.0])
    by_w = grad(lambda w, x: w @ x)
    np.testing.assert_allclose(by_w(w, 1000 * x), 1000 * by_w(w, x))


def descent(x: float, rate: float, steps: int, momentum: float = 0.0) -> list[tuple[float, float]]:
    slope, velocity, path = grad(lambda x: x * x / 10 + ag.sin(x)), 0.0, []
    for _ in range(steps):
        g = slope(x)
        path.append((x, g))
        velocity = momentum * velocity + rate * g
        x -= velocity
    return path


def test_c_descent_with_local_minima() -> None:
    path = descent(-9.0, 0.4, 60)
    shown = {
        0: (-9.0, -2.711130),
        1: (-7.915548, -1.644637),
        2: (-7.257693, -0.889963),
        8: (-6.166115, -0.240068),
        9: (-6.070088, -0.236637),
        10: (-5.975433, -0.242070),
        32: (-1.308717, -0.002654),
        33: (-1.307655, -0.001416),
        34: (-1.307089, -0.000756),
    }
    for k, expected in shown.items():
        assert path[k] == pytest.approx(expected, abs=5e-7)
    assert next(k for k, (_, g) in enumerate(path) if abs(g) < 1e-3) == 34
    lowest = descent(-9.0, 0.4, 400)[-1][0]
    assert lowest == pytest.approx(-1.306440008, abs=5e-10)
    assert lowest**2 / 10 + math.sin(lowest) == pytest.approx(-0.794582338, abs=5e-10)
    assert descent(9.0, 0.4, 400)[-1][0] == pytest.approx(3.837467106, abs=5e-10)
    assert descent(9.0, 0.1, 2000, momentum=0.9)[-1][0] == pytest.approx(-1.306440, abs=5e-7)
    assert grad(lambda x: x * x / 10)(20.0) == pytest.approx(4.0)


def regression_data() -> tuple[np.ndarray, np.ndarray]:
    draw = random.Random(0)
    x = np.arange(1.0, 21.0)
    y = np.array([draw.randint(max(0, int(v) - 5), min(20, int(v) + 5)) for v in x], dtype=float)
    return x, y


def test_f_linear_regression() -> None:
    x, y = regression_data()
    theta = Tensor([1.0, 1.0], requires_grad=True)
    iterations = 0
    while True:
        theta.zero_grad()
        residual = theta[0] * x + theta[1] - y
        (residual * residual).sum().backward(1 / 40)
        assert theta.grad is not None
        if np.abs(theta.grad).max() < 1e-5:
            break
        theta.data -= 0.01 * theta.grad
        iterations += 1
    assert iterations == 4694
    np.testing.assert_allclose(theta.data, [0.71579265, 3.18416714], atol=5e-9)
    exact = np.linalg.lstsq(np.stack([x, np.ones(20)], axis=1), y, rcond=None)[0]
    np.testing.assert_allclose(exact, [0.71578947, 3.18421053], atol=5e-9)


def test_f_the_articles_loss_is_400_times_too_large_and_a_check_finds_it() -> None:
    x, y = regression_data()
    start = np.array([1.0, 1.0])

    def meant(t: np.ndarray) -> float:
        return ((t[0] * x + t[1] - y) ** 2).sum() / (2 * 20)

    def printed(t: np.ndarray) -> float:
        return ((t[0] * x + t[1] - y) ** 2).sum() * (1.0 / 2 * 20)

    def by_hand(t: np.ndarray) -> np.ndarray:
        residual = t[0] * x + t[1] - y
        return np.array([(residual * x).mean(), residual.mean()])

    assert (meant(start), printed(start)) == (pytest.approx(4.3), pytest.approx(1720.0))
    assert check_gradients(meant, start, grad=by_hand).verdict == "pass"
    wrong = check_gradients(printed, start, grad=by_hand)
    assert wrong.verdict == "fail"
    for c in wrong.coordinates:
        assert c.measured.value / c.claimed == pytest.approx(400.0)
