"""SPEC examples C and F by the optimizers, to the digits shown; example D is in test_trajectories.py."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from autograd import Tensor
from tests.autograd.test_examples import regression_data

NO_MOMENTUM: dict[str, Any] = {"momentum": 0.0, "dampening": 0.0, "weight_decay": 0.0, "nesterov": False}
DOCUMENT_MOMENTUM = {**NO_MOMENTUM, "momentum": 0.9, "momentum_form": "inside"}


def descend(start: float, steps: int, **options: Any) -> list[tuple[float, float]]:
    """The points of descent on x²/10 + sin x, each with the gradient there."""
    x = Tensor(start, requires_grad=True)
    optimizer = optim.SGD([x], **options)
    path = []
    for _ in range(steps + 1):
        optimizer.zero_grad()
        (x**2 / 10 + ag.sin(x)).backward()
        path.append((x.item(), float(x.grad)))
        optimizer.step()
    return path


@pytest.mark.parametrize(
    ("step", "x", "gradient"),
    [
        (0, -9.0, -2.711130),
        (1, -7.915548, -1.644637),
        (2, -7.257693, -0.889963),
        (8, -6.166115, -0.240068),
        (9, -6.070088, -0.236637),
        (10, -5.975433, -0.242070),
        (32, -1.308717, -0.002654),
        (33, -1.307655, -0.001416),
        (34, -1.307089, -0.000756),
    ],
)
def test_c_descent_from_minus_nine(step: int, x: float, gradient: float) -> None:
    assert descend(-9.0, step, lr=0.4, **NO_MOMENTUM)[step] == pytest.approx((x, gradient), abs=5e-7)


def test_c_the_first_gradient_below_a_thousandth_comes_at_step_34() -> None:
    gradients = [abs(g) for _, g in descend(-9.0, 40, lr=0.4, **NO_MOMENTUM)]
    assert next(step for step, g in enumerate(gradients) if g < 1e-3) == 34


def test_c_the_gradient_is_smallest_at_step_nine_of_the_flat_stretch_and_descent_gets_over_it() -> None:
    gradients = [abs(g) for _, g in descend(-9.0, 20, lr=0.4, **NO_MOMENTUM)]
    assert int(np.argmin(gradients[:15])) == 9
    assert gradients[20] > gradients[9]


def test_c_from_minus_nine_descent_finds_the_lowest_minimum() -> None:
    x = descend(-9.0, 400, lr=0.4, **NO_MOMENTUM)[-1][0]
    assert x == pytest.approx(-1.306440008, abs=5e-10)
    assert x**2 / 10 + math.sin(x) == pytest.approx(-0.794582338, abs=5e-10)


def test_c_from_nine_descent_stops_in_a_local_minimum_and_momentum_escapes_it() -> None:
    assert descend(9.0, 400, lr=0.4, **NO_MOMENTUM)[-1][0] == pytest.approx(3.837467106, abs=5e-10)
    assert descend(9.0, 400, lr=0.1, **NO_MOMENTUM)[-1][0] == pytest.approx(3.837467106, abs=5e-10)
    assert descend(9.0, 2000, lr=0.1, **DOCUMENT_MOMENTUM)[-1][0] == pytest.approx(-1.306440, abs=5e-7)


def test_c_momentum_in_the_documents_form_and_in_pytorchs_takes_one_path_while_the_rate_stays() -> None:
    inside = descend(9.0, 100, lr=0.1, **DOCUMENT_MOMENTUM)
    outside = descend(9.0, 100, lr=0.1, **{**DOCUMENT_MOMENTUM, "momentum_form": "torch"})
    np.testing.assert_allclose(inside, outside, atol=1e-9)


@pytest.mark.integration
def test_f_linear_regression_takes_4694_iterations() -> None:
    x, y = regression_data()
    model = nn.Linear(1, 1, dtype=np.float64)
    model.load_state_dict({"weight": [[1.0]], "bias": [1.0]})
    loss_of = nn.HalfMSELoss()
    optimizer = optim.SGD(model.parameters(), lr=0.01, **NO_MOMENTUM)
    iterations = 0
    while True:
        optimizer.zero_grad()
        loss = loss_of(model(x[:, None]), y[:, None])
        if iterations == 0:
            assert loss.item() == pytest.approx(4.3)
        loss.backward()
        if max(np.abs(p.grad).max() for p in model.parameters()) < 1e-5:
            break
        optimizer.step()
        iterations += 1
    assert iterations == 4694
    assert (model.weight.item(), model.bias.item()) == pytest.approx((0.71579265, 3.18416714), abs=5e-9)


def test_f_newtons_step_is_the_least_squares_solution() -> None:
    x, y = regression_data()
    theta = Tensor([1.0, 1.0], requires_grad=True)
    optim.Newton([theta]).step(lambda t: nn.functional.half_mse_loss(t[0] * x + t[1], y))
    assert theta.tolist() == pytest.approx([0.71578947, 3.18421053], abs=5e-9)
