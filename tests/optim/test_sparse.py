"""Parameters that a penalty makes exactly zero: the proximal step of SGD, and Ftrl."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
import optim
from autograd import Tensor

RNG = np.random.default_rng(0)
# Three of eight features count.
X = RNG.normal(size=(200, 8))
Y = X @ np.array([2.0, -1.5, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]) + 0.1 * RNG.normal(size=200)
PENALTY = 0.1


def minimise(make: Any, penalty: float = 0.0, steps: int = 300) -> np.ndarray:
    """Half the mean squared error, with a penalty in the loss or in the optimizer."""
    w = Tensor(np.full(8, 0.5), requires_grad=True)
    optimizer = make([w])
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.half_mse_loss(X @ w, Y)
        if penalty:
            loss = loss + penalty * nn.l1_penalty([w])
        loss.backward()
        optimizer.step()
    return w.data


@pytest.mark.parametrize(
    "momentum",
    [
        {},
        {"momentum": 0.5},
        {"momentum": 0.9, "momentum_form": "inside"},
        {"momentum": 0.9, "nesterov": True},
        {"momentum": 0.9, "dampening": 0.9},
    ],
)
def test_proximal_steps_give_the_lasso(momentum: dict[str, Any]) -> None:
    w = minimise(lambda p: optim.SGD(p, lr=0.2, l1=PENALTY, **momentum))
    assert np.flatnonzero(w == 0.0).tolist() == [3, 4, 5, 6, 7]
    lasso = pytest.importorskip("sklearn.linear_model").Lasso(alpha=PENALTY, fit_intercept=False, tol=1e-10)
    np.testing.assert_allclose(w, lasso.fit(X, Y).coef_, atol=1e-6)


def test_ftrl_finds_the_same_and_the_subgradient_none() -> None:
    assert np.flatnonzero(minimise(lambda p: optim.Ftrl(p, lr=0.5, l1=20.0)) == 0.0).tolist() == [3, 4, 5, 6, 7]
    assert not np.any(minimise(lambda p: optim.SGD(p, lr=0.2), penalty=PENALTY) == 0.0)


def test_only_the_groups_that_say_so_are_sparse_and_the_rate_counts() -> None:
    weight, bias = Tensor([0.3, -0.3, 0.05], requires_grad=True), Tensor([0.05], requires_grad=True)
    optimizer = optim.SGD([{"params": weight, "l1": 0.5}, {"params": bias}], lr=0.2)
    weight.grad, bias.grad = np.zeros(3), np.zeros(1)
    optimizer.step()
    np.testing.assert_allclose(weight.data, [0.2, -0.2, 0.0])
    assert bias.data.tolist() == [0.05]
    optimizer.param_groups[0]["lr"] = 0.02
    optimizer.step()
    np.testing.assert_allclose(weight.data, [0.19, -0.19, 0.0])


def test_a_penalty_is_not_negative() -> None:
    with pytest.raises(ValueError, match="SGD: l1 must be a number that is not negative, got -1"):
        optim.SGD([Tensor([1.0], requires_grad=True)], l1=-1.0)
    with pytest.raises(ValueError, match="l1 needs a momentum below 1"):
        optim.SGD([Tensor([1.0], requires_grad=True)], momentum=1.0, l1=0.1)


def test_a_network_is_trained_sparse() -> None:
    """Most of the first layer's inputs say nothing, and end without a single weight."""
    model = nn.Sequential(nn.Linear(8, 6, rng=0), nn.Tanh(), nn.Linear(6, 1, rng=1))
    sparse = optim.SGD(
        [{"params": model[0].weight, "l1": 0.05}, {"params": [model[0].bias, *model[2].parameters()]}], lr=0.1
    )
    nn.fit(model, (X, Y), optimizer=sparse, loss="half_mse", epochs=60, batch_size=100)
    assert (model[0].weight.data[:, 3:] == 0.0).mean() > 0.9
    assert (model[0].weight.data[:, :3] != 0.0).any(axis=0).all()
