"""Answers that are one linear function of the inputs, by kinds of networks, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
from nn import functional
from nn.health.evidence.linear import is_linear
from nn.health.frameworks.adapt import adapt

X = np.random.default_rng(0).normal(size=(96, 6)).astype(np.float32)


class Layers(nn.Module):
    """Two layers, and what a function makes of what stands between."""

    def __init__(self, between: Callable[[Any], Any], added: float = 0.0, residual: bool = False) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(6, 6, rng=0), nn.Linear(6, 1, rng=1)
        self.between, self.residual = between, residual
        assert self.first.bias is not None
        self.first.bias.data += np.float32(added)

    def forward(self, x: Any) -> Any:
        h = self.between(self.first(x))
        return self.second(h + x if self.residual else h)


def as_it_is(h: Any) -> Any:
    return h


def looked_at(model: Any, x: np.ndarray = X) -> bool:
    given = adapt(model, (x, X[:, :1]), nn.MSELoss(), None, 32, True, (None, None, None))
    return is_linear(given.network.copy(), given.x)


@pytest.mark.parametrize(
    "model",
    [
        Layers(as_it_is),
        Layers(as_it_is, residual=True),
        Layers(lambda h: 2.0 * h - h.mean(axis=1, keepdims=True)),
        nn.Sequential(nn.Linear(6, 8, rng=0), nn.BatchNorm1d(8), nn.Dropout(0.5, rng=0), nn.Linear(8, 1, rng=1)),
        nn.Sequential(nn.Unflatten(1, (1, 6)), nn.Conv1d(1, 4, 3, rng=0), nn.Flatten(), nn.Linear(16, 1, rng=1)),
    ],
)
def test_layers_with_nothing_between_are_linear(model: Any) -> None:
    assert looked_at(model)


@pytest.mark.parametrize(
    "model",
    [
        Layers(functional.relu),
        # On for all rows that there are.
        Layers(functional.relu, added=9.0),
        Layers(functional.tanh, residual=True),
        Layers(lambda h: h * h),
        nn.Sequential(
            nn.Unflatten(1, (1, 6)), nn.Conv1d(1, 4, 3, rng=0), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(8, 1, rng=1)
        ),
        # One matrix is meant to be linear.
        nn.Sequential(nn.Linear(6, 1, rng=0)),
    ],
)
def test_others_are_not(model: Any) -> None:
    assert not looked_at(model)


def test_words_are_not_added_up() -> None:
    words = np.random.default_rng(1).integers(0, 9, (96, 6))
    model = nn.Sequential(nn.Embedding(9, 3, rng=0), nn.Flatten(), nn.Linear(18, 4, rng=0), nn.Linear(4, 1, rng=1))
    assert not looked_at(model, words)


@pytest.mark.integration
@pytest.mark.parametrize(("bent", "cause"), [(True, "no activation"), (False, "healthy")])
def test_a_linear_network_is_told_of_where_a_plain_one_knows_far_more(bent: bool, cause: str) -> None:
    x = np.random.default_rng(0).normal(size=(300, 6)).astype(np.float32)
    y = x[:, :1] + x[:, 1:2] + (1.5 * np.abs(x[:, 2:3]) if bent else 0.0)
    found = nn.health.diagnose(
        Layers(lambda h: 2.0 * h - h.mean(axis=1, keepdims=True)),
        (x, y - y.mean()),
        nn.MSELoss(),
        epochs=60,
        seconds=200.0,
    )
    assert found.cause == cause, str(found)
