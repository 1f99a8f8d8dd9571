"""Where the branches of activations and losses meet: first and second derivatives against closed forms.

Two branches that meet smoothly have one slope there, which a tie must not share out. Where only the second derivatives
differ, or the first ones, it is the one nearest 0, or that of PyTorch where notebooks/explanation/conventions.md says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import Tensor, Value, elementwise_grad, grad
from nn import functional as F
from tests.sweep import sweep

PDF, CDF = 1.0 / math.sqrt(2.0 * math.pi), 0.5
LOGISTIC = 1.0 / (1.0 + math.exp(-3.0))
ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805
TANH_AT_LN2 = 0.6  # tanh(log 2)


def of_error(loss: Callable[..., Any], **options: float) -> Callable[[Any], Any]:
    """A loss as a function of the prediction, for the target 0."""
    return lambda x: loss(x, np.zeros(np.shape(ag.stop_gradient(x))), "sum", **options)


# function, where, its first and its second derivative there
JOINTS: dict[str, tuple[Callable[[Any], Any], float, float, float]] = {
    "relu at 0": (F.relu, 0.0, 0.0, 0.0),
    "leaky_relu at 0": (F.leaky_relu, 0.0, 0.01, 0.0),
    "elu at 0": (F.elu, 0.0, 1.0, 0.0),
    "elu at 0, alpha 2": (lambda x: F.elu(x, 2.0), 0.0, 1.0, 0.0),
    "elu at 0, alpha 1/2": (lambda x: F.elu(x, 0.5), 0.0, 0.5, 0.0),
    "selu at 0": (F.selu, 0.0, SCALE, 0.0),
    "celu at 0": (F.celu, 0.0, 1.0, 0.0),
    "celu at 0, alpha 2": (lambda x: F.celu(x, 2.0), 0.0, 1.0, 0.0),
    "celu at 0, alpha 1/2": (lambda x: F.celu(x, 0.5), 0.0, 1.0, 0.0),
    "celu at 0, alpha -1": (lambda x: F.celu(x, -1.0), 0.0, 1.0, 0.0),
    "softplus at 0": (F.softplus, 0.0, 0.5, 0.25),
    "logsigmoid at 0": (F.logsigmoid, 0.0, 0.5, -0.25),
    "softsign at 0": (F.softsign, 0.0, 1.0, 0.0),
    "tanhshrink at 0": (F.tanhshrink, 0.0, 0.0, 0.0),
    "silu at 0": (F.silu, 0.0, 0.5, 0.5),
    "gelu at 0": (F.gelu, 0.0, CDF, 2.0 * PDF),
    "gelu by tanh at 0": (lambda x: F.gelu(x, "tanh"), 0.0, 0.5, math.sqrt(2.0 / math.pi)),
    # mish' = tanh(s) at 0, with s = softplus; mish'' = 2·s'·(1 − tanh²(s)).
    "mish at 0": (F.mish, 0.0, TANH_AT_LN2, 1.0 - TANH_AT_LN2**2),
    "relu6 at 0": (F.relu6, 0.0, 0.0, 0.0),
    "relu6 at 6": (F.relu6, 6.0, 0.0, 0.0),
    "hardtanh at -1": (F.hardtanh, -1.0, 0.0, 0.0),
    "hardtanh at 1": (F.hardtanh, 1.0, 0.0, 0.0),
    "hardsigmoid at -3": (F.hardsigmoid, -3.0, 0.0, 0.0),
    "hardsigmoid at 3": (F.hardsigmoid, 3.0, 0.0, 0.0),
    "hardswish at -3": (F.hardswish, -3.0, 0.0, 0.0),
    "hardswish at 3": (F.hardswish, 3.0, 1.0, 0.0),
    "hardswish at 0": (F.hardswish, 0.0, 0.5, 1.0 / 3.0),
    "squared hinge at its joint": (lambda x: F.relu(1.0 - x) ** 2, 1.0, 0.0, 0.0),
    "mse_loss at 0": (of_error(F.mse_loss), 0.0, 0.0, 2.0),
    "half_mse_loss at 0": (of_error(F.half_mse_loss), 0.0, 0.0, 1.0),
    "l1_loss at 0": (of_error(F.l1_loss), 0.0, 0.0, 0.0),
    "huber_loss at 0": (of_error(F.huber_loss), 0.0, 0.0, 1.0),
    "huber_loss at 0, delta 1/4": (of_error(F.huber_loss, delta=0.25), 0.0, 0.0, 1.0),
    "huber_loss at delta": (of_error(F.huber_loss, delta=2.0), 2.0, 2.0, 0.0),
    "huber_loss at -delta": (of_error(F.huber_loss, delta=2.0), -2.0, -2.0, 0.0),
    "huber_loss inside": (of_error(F.huber_loss, delta=2.0), 0.5, 0.5, 1.0),
    "huber_loss outside": (of_error(F.huber_loss, delta=2.0), -5.0, -2.0, 0.0),
    "huber_loss of an infinite error": (of_error(F.huber_loss, delta=2.0), math.inf, 2.0, 0.0),
    "smooth_l1_loss at 0": (of_error(F.smooth_l1_loss), 0.0, 0.0, 1.0),
    "smooth_l1_loss at 0, beta 2": (of_error(F.smooth_l1_loss, beta=2.0), 0.0, 0.0, 0.5),
    "smooth_l1_loss at beta": (of_error(F.smooth_l1_loss, beta=2.0), 2.0, 1.0, 0.0),
    "smooth_l1_loss of beta 0": (of_error(F.smooth_l1_loss, beta=0.0), 0.0, 0.0, 0.0),
    "log_cosh_loss at 0": (of_error(F.log_cosh_loss), 0.0, 0.0, 1.0),
}


@pytest.mark.parametrize("case", sweep(JOINTS, 8))
def test_derivatives_where_branches_meet(case: str) -> None:
    f, x, first, second = JOINTS[case]
    close = {"rel": 1e-13, "abs": 1e-15}
    assert grad(f)(x) == pytest.approx(first, **close)
    assert grad(grad(f))(x) == pytest.approx(second, **close)
    # Beside each other in an array, and compiled.
    places = np.array([x, x])
    np.testing.assert_allclose(elementwise_grad(f)(places), first, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(elementwise_grad(elementwise_grad(f))(places), second, rtol=1e-13, atol=1e-15)
    for native in (False, True):
        slopes = ag.compile(elementwise_grad(f), native=native)(places)
        np.testing.assert_allclose(slopes, first, rtol=1e-13, atol=1e-15)
    if "loss" not in case:
        leaf = Value(x)
        f(leaf).backward()
        assert leaf.grad == pytest.approx(first, **close)


def test_the_slope_of_prelu_at_0_is_its_weight() -> None:
    layer, x = nn.PReLU(init=0.25, dtype=np.float64), Tensor([0.0, 1.0, -2.0], requires_grad=True)
    layer(x).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.25, 1.0, 0.25])
    np.testing.assert_array_equal(layer.weight.grad, [-2.0])


@pytest.mark.parametrize("f", [F.huber_loss, F.smooth_l1_loss, F.l1_loss, F.mse_loss, F.log_cosh_loss])
def test_an_unknown_error_has_an_unknown_slope(f: Callable[..., Any]) -> None:
    with np.errstate(invalid="ignore"):
        slopes = elementwise_grad(lambda x: f(x, np.zeros(2), "none"))(np.array([math.nan, 0.0]))
    np.testing.assert_array_equal(slopes, [math.nan, 0.0])
