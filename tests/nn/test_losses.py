"""Losses that documents describe beyond PyTorch's: Huber's on a robust scale, the hinge without a margin."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from autograd import ShapeError, Tensor
from nn import functional

# Errors that are exactly normal: the quantiles of N(0, 1).
NORMAL = np.array([NormalDist().inv_cdf(p) for p in np.linspace(0.0, 1.0, 4001)[1:-1]])
SCALED_HUBER = nn.HuberLoss(delta=1.35, scale="mad")


def outliers(units: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """y = 2x with a little noise, and six of the forty rows far below, most of them on the right."""
    rng = np.random.default_rng(1)
    x = np.linspace(-2.0, 2.0, 40)
    y = 2.0 * x + rng.normal(scale=0.2, size=40)
    y[[5, 20, 26, 31, 35, 38]] -= 4.0
    return x[:, None], units * y


def slope(loss: Any, units: float = 1.0) -> float:
    """In the units of y."""
    x, y = outliers(units)
    line = nn.Linear(1, 1, dtype=np.float64, rng=0)
    optimizer = optim.SGD(line.parameters(), lr=0.2, momentum=0.7)
    for _ in range(150):
        optimizer.zero_grad()
        loss(line(x)[:, 0], y).backward()
        optimizer.step()
    return line.weight.item() / units


def test_huber_on_a_robust_scale_finds_the_slope_that_outliers_hide() -> None:
    """N: with outliers, the squared error's slope is 1.7 for 2."""
    assert slope(nn.MSELoss()) == pytest.approx(1.7, abs=0.05)
    robust = slope(SCALED_HUBER)
    assert robust == pytest.approx(1.95, abs=0.05)
    sklearn = pytest.importorskip("sklearn.linear_model")
    # It estimates σ together with the line, and so a little differently.
    x, y = outliers()
    assert robust == pytest.approx(sklearn.HuberRegressor(epsilon=1.35, alpha=0.0).fit(x, y).coef_[0], abs=0.03)


@pytest.mark.integration
def test_a_robust_scale_makes_huber_blind_to_units() -> None:
    for units in (1e-3, 1e3):
        assert slope(SCALED_HUBER, units) == pytest.approx(slope(SCALED_HUBER), rel=1e-6)
    # Without it, errors of thousandths are small, and their squares decide.
    assert slope(nn.HuberLoss(delta=1.35), 1e-3) == pytest.approx(slope(nn.MSELoss()), abs=1e-6)


def efficiency(loss: Any, errors: np.ndarray) -> float:
    """That of the location with the smallest loss, beside the mean of normal errors: σ⁻²·E[ψ']² / E[ψ²] turned over."""
    total = lambda r: loss(r, np.zeros_like(errors))
    psi = ag.grad(total)(errors)
    curvature = ag.grad(lambda r: ag.grad(total)(r).sum())(errors)
    return float(np.mean(curvature) ** 2 / np.mean(psi**2) * errors.var())


def test_delta_1_35_is_95_percent_efficient_on_its_scale_alone() -> None:
    """N: δ = 1.35 for 95 %."""
    plain, scaled = nn.HuberLoss("sum", 1.35), nn.HuberLoss("sum", 1.35, "mad")
    assert efficiency(plain, NORMAL) == pytest.approx(0.95, abs=0.005)
    assert efficiency(plain, 100.0 * NORMAL) < 0.7
    for units in (1.0, 1e-3, 1e3):
        assert efficiency(scaled, units * NORMAL) == pytest.approx(0.95, abs=0.005)


def test_the_scale_is_the_median_size_over_that_of_normal_errors_and_is_held_constant() -> None:
    r = np.array([0.1, -0.2, 0.3, -0.4, 50.0])
    delta = 1.35 * 1.4826 * 0.3
    expected = np.where(np.abs(r) <= delta, r**2 / 2, delta * (np.abs(r) - delta / 2))
    zero = np.zeros(5)
    np.testing.assert_allclose(functional.huber_loss(r, zero, "none", delta=1.35, scale="mad"), expected)
    x = Tensor(r, requires_grad=True)
    functional.huber_loss(x, zero, "sum", delta=1.35, scale="mad").backward()
    np.testing.assert_allclose(x.grad, np.clip(r, -delta, delta))
    # Compiled, too.
    for errors in (r, 3.0 * r):
        np.testing.assert_allclose(ag.compile(lambda x: SCALED_HUBER(x, zero))(errors), SCALED_HUBER(errors, zero))


def test_a_scale_where_most_errors_are_zero_or_all() -> None:
    x = Tensor([0.0, 0.0, 0.0, 4.0], requires_grad=True)
    SCALED_HUBER(x, np.zeros(4)).backward()
    np.testing.assert_allclose(x.grad, [0.0, 0.0, 0.0, 1.35 * 1.0 / 4])
    x = Tensor(np.zeros(3), requires_grad=True)
    loss = SCALED_HUBER(x, np.zeros(3))
    loss.backward()
    assert loss.item() == 0.0
    assert x.grad.tolist() == [0.0, 0.0, 0.0]


def test_scales_that_are_none() -> None:
    with pytest.raises(ValueError, match="HuberLoss: scale must be 'mad' or None, got 'std'"):
        nn.HuberLoss(scale="std")
    with pytest.raises(ValueError, match=r"huber_loss: scale must be 'mad' or None, got 2.0"):
        functional.huber_loss(np.ones(2), np.zeros(2), scale=2.0)
    with pytest.raises(ShapeError, match="no median of an empty batch"):
        functional.huber_loss(np.ones(0), np.zeros(0), "sum", scale="mad")
    assert repr(SCALED_HUBER) == "HuberLoss(reduction='mean', delta=1.35, scale='mad')"


def test_a_hinge_without_a_margin_is_the_perceptrons_and_solves_and() -> None:
    """Rosenblatt's criterion: what is on its side costs nothing, so descent on it moves for mistakes alone."""
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = np.array([-1.0, -1.0, -1.0, 1.0])
    model = nn.Linear(2, 1, dtype=np.float64, rng=0)
    loss = nn.HingeLoss(margin=0.0)
    assert loss(np.array([0.5, -3.0]), np.array([1.0, -1.0])) == 0.0
    history = nn.fit(model, (x, y), loss=loss, optimizer="sgd", lr=0.5, epochs=50, batch_size=1, metrics="accuracy")
    assert history["accuracy"][-1] == 1.0
    assert history["loss"][-1] == 0.0


def test_label_smoothing_of_the_article() -> None:
    """N: logits [2, 1, .1], target 0."""
    logits, label = np.array([[2.0, 1.0, 0.1]]), np.array([0])
    assert functional.cross_entropy(logits, label) == pytest.approx(0.417030, abs=5e-7)
    assert functional.cross_entropy(logits, label, label_smoothing=0.1) == pytest.approx(0.513697, abs=5e-7)


def test_probabilities_that_rounding_makes_0_or_1_are_no_error() -> None:
    """Logarithms end at −100, without a warning, as in PyTorch; a network that is sure of itself gives such numbers."""
    sure = np.array([0.0, 1.0, 1.0, 0.0, 0.5])
    loss = nn.functional.binary_cross_entropy(Tensor(sure), Tensor([0.0, 1.0, 0.0, 1.0, 1.0]))
    assert loss.item() == pytest.approx((200.0 + np.log(2.0)) / 5)
