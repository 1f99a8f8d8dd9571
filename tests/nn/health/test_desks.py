"""What runs from many desks have shown: losses that shape targets themselves, noise that is learned, pairs between layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn.health import diagnose
from nn.health.evidence.shapes import find_broadcast
from optim import SGD, Adam
from tests.nn.health.corpus.case import Setup
from tests.nn.health.test_mended import looked_at

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 6)).astype(np.float32)
Y = (X[:, :1] * X[:, 1:2]).astype(np.float32)


class Flat(nn.Module):
    """Answers of one axis."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 8, rng=0), nn.Tanh(), nn.Linear(8, 1, rng=1))

    def forward(self, x: Any) -> Any:
        return self.body(x)[:, 0]


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (lambda out, y: ((out - y[:, 0]) ** 2).mean(), False),
        (lambda out, y: ((out - y.reshape(-1)) ** 2).sum(), False),
        (lambda out, y: ((out - y) ** 2).mean(), True),
        (lambda out, y: ((out - y) ** 2).sum(), True),
        (lambda out, y: (y * out**2).mean(), True),
    ],
)
@pytest.mark.parametrize("y", [Y, (np.arange(120) > 9).astype(np.float32)[:, None]])
def test_a_loss_that_brings_targets_into_the_shape_of_outputs_broadcasts_nothing(loss: Any, told: bool, y: Any) -> None:
    model = Flat()
    subject, facts = looked_at(Setup(model, X, y, loss, SGD(model.parameters(), lr=0.1)))
    found = list(find_broadcast(subject, facts.outputs, subject.y[: len(facts.outputs)]))
    assert [f.cause for f in found] == ["shapes broadcast"] * told


class Noise(nn.Module):
    """Normal numbers times what is learned, or half of the units dropped, whatever the mode."""

    def __init__(self, drops: bool) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(6, 16, rng=0), nn.Linear(16, 1, rng=1)
        self.deviation = nn.Parameter(np.ones(16, np.float32))
        self.drops, self.draws = drops, np.random.default_rng(3)

    def forward(self, x: Any) -> Any:
        h = self.first(x)
        if self.drops:
            return self.last(nn.functional.dropout(h, 0.5))
        return self.last(h + self.deviation * Tensor(self.draws.normal(size=h.shape).astype(np.float32)))


@pytest.mark.integration
@pytest.mark.parametrize(("drops", "causes"), [(True, ["training mode in evaluation"]), (False, [])])
def test_noise_whose_size_is_learned_is_no_dropout(drops: bool, causes: list[str]) -> None:
    y = X[:, :1] - 0.5 * X[:, 1:2]
    model = Noise(drops)
    found = diagnose(model, (X, y), nn.MSELoss(), optimizer=Adam(model.parameters(), lr=0.02), epochs=60, batch_size=20)
    assert [f.cause for f in found.findings] == causes


class Last(nn.Module):
    """The last outputs of the pair that a recurrent layer gives."""

    def forward(self, given: Any) -> Any:
        return given[0][:, -1]


@pytest.mark.integration
@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
def test_a_module_between_layers_may_take_a_pair(kind: Any) -> None:
    model = nn.Sequential(kind(2, 8, batch_first=True, rng=0), Last(), nn.Linear(8, 1, rng=1))
    x = X.reshape(120, 3, 2)
    found = diagnose(model, (x, X[:, -1:]), nn.MSELoss(), optimizer=Adam(model.parameters(), lr=0.01), epochs=30)
    assert found.cause == "healthy"
