"""SPEC's worked examples A and B, C's tangent and the article's mistake in F; the descents of C and F are in tests/optim."""

from __future__ import annotations

import random

import numpy as np
import pytest

import autograd as ag
from autograd import Value, grad
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


def test_c_the_tangent_of_the_parabola_at_20_has_slope_4() -> None:
    assert grad(lambda x: x * x / 10)(20.0) == pytest.approx(4.0)


def regression_data() -> tuple[np.ndarray, np.ndarray]:
    draw = random.Random(0)
    x = np.arange(1.0, 21.0)
    y = np.array([draw.randint(max(0, int(v) - 5), min(20, int(v) + 5)) for v in x], dtype=float)
    return x, y


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
