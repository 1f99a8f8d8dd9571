"""Losses of one's own that runs do well with: classes along the second axis, steps of a scale, weighed targets, answers alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
import optim
from nn import functional
from nn.health.evidence.shapes import find_one_for_several
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.test_told import linear, subject

RNG = np.random.default_rng(0)
X = RNG.normal(size=(320, 5)).astype(np.float32)
F = X[:, :1] - np.abs(X[:, 1:2]) + 0.5 * X[:, 2:3] + 0.5
Y = (F + 0.1 * RNG.normal(size=F.shape)).astype(np.float32)


def diagnose(model: nn.Module, x: np.ndarray, y: np.ndarray, loss: Any, lr: float = 0.01, batch_size: int = 20) -> str:
    optimizer = optim.Adam(model.parameters(), lr=lr)
    return nn.health.diagnose(model, (x, y), loss, optimizer=optimizer, epochs=20, batch_size=batch_size).cause


class Next(nn.Module):
    """The next of six tokens at each place, scores of classes first; as many places as classes, or fewer."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.head = nn.Embedding(6, 12, rng=0), nn.Linear(12, 6, rng=2)

    def forward(self, x: Any) -> Any:
        return self.head(self.words(x)).transpose(0, 2, 1)


def of_places(out: Any, y: Any) -> Any:
    """A cross-entropy by hand of the places that have a class; the others are -1."""
    rows, places = np.nonzero(np.asarray(y) >= 0)
    return -functional.log_softmax(out, dim=1)[rows, np.asarray(y)[rows, places], places].mean()


@pytest.mark.parametrize("length", [6, 5])
@pytest.mark.parametrize(("hidden", "lr", "told"), [(0.0, 0.01, "healthy"), (0.3, 0.01, "healthy"), (0.0, 1e-7, None)])
def test_classes_may_stand_along_the_second_axis(length: int, hidden: float, lr: float, told: str | None) -> None:
    rng = np.random.default_rng(1)
    text = (rng.integers(0, 6, (300, 1)) + np.arange(length + 1)) % 6
    y = np.where(rng.random((300, length)) < hidden, -1, text[:, 1:])
    assert diagnose(Next(), text[:, :-1], y, of_places, lr) == (told or "learning rate too low")


def test_shares_of_classes_may_stand_along_the_second_axis() -> None:
    rng = np.random.default_rng(2)
    kinds = np.zeros((160, 8, 8), int)
    for picture in kinds:
        for kind, size in ((1, 4), (2, 3)):
            i, j = rng.integers(0, 9 - size, 2)
            picture[i : i + size, j : j + size] = kind
    x = (kinds[:, None] + 0.2 * rng.normal(size=(160, 1, 8, 8))).astype(np.float32)
    y = np.ascontiguousarray(np.eye(3, dtype=np.float32)[kinds].transpose(0, 3, 1, 2))

    def dice(out: Any, y: Any) -> Any:
        p = functional.softmax(out, dim=1)
        return 1.0 - ((2.0 * (p * y).sum(axis=(0, 2, 3)) + 1.0) / ((p + y).sum(axis=(0, 2, 3)) + 1.0)).mean()

    def model() -> nn.Module:
        return nn.Sequential(nn.Conv2d(1, 12, 3, padding=1, rng=0), nn.ReLU(), nn.Conv2d(12, 3, 1, rng=1))

    assert diagnose(model(), x, y, dice, 0.02) == "healthy"
    assert diagnose(model(), x, y, nn.CrossEntropyLoss(), 0.02) == "healthy"
    assert diagnose(model(), x, y, dice, 1e-7) == "learning rate too low"


def test_a_scale_has_one_step_more_than_outputs() -> None:
    grade = np.digitize(F[:, 0], [-0.6, 0.3, 1.0])

    def above(out: Any, y: Any) -> Any:
        return functional.binary_cross_entropy_with_logits(
            out, (np.asarray(y)[:, None] > np.arange(3)).astype(np.float32)
        )

    assert diagnose(mlp([5, 32, 3], 0), X, grade, above) == "healthy"
    assert diagnose(mlp([5, 32, 3], 0), X, grade, above, 1e-7) == "learning rate too low"


def test_weights_may_stand_beside_targets() -> None:
    weighed = np.hstack([Y, RNG.uniform(0.2, 2.0, Y.shape)]).astype(np.float32)

    def loss(out: Any, y: Any) -> Any:
        return (y[:, 1:] * (out - y[:, :1]) ** 2).mean()

    def broadcast(out: Any, y: Any) -> Any:
        return ((out - y) ** 2).mean()

    outputs = np.zeros((40, 1), np.float32)
    for own, told in ((loss, 0), (broadcast, 1)):
        asked = subject(linear(3, 1), weighed[:40], own)
        assert len(list(find_one_for_several(asked, outputs, weighed[:40]))) == told
    assert diagnose(mlp([5, 32, 1], 0), X, weighed, loss) == "healthy"


class Views(nn.Module):
    """Both views of a row, embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = mlp([8, 32, 6], 0)

    def forward(self, x: Any) -> Any:
        return ag.stack([self.embed(x[:, 0]), self.embed(x[:, 1])], axis=1)


@pytest.mark.parametrize(("lr", "told"), [(0.01, "healthy"), (1e-7, "learning rate too low")])
def test_answers_that_are_compared_with_each_other_are_judged_beside_one_that_is_always_the_same(
    lr: float, told: str
) -> None:
    rng = np.random.default_rng(4)
    hidden, way = rng.normal(size=(320, 4)), rng.normal(size=(4, 8))
    x = np.stack([np.tanh(hidden @ way) + 0.1 * rng.normal(size=(320, 8)) for _ in range(2)], axis=1)

    def found_again(out: Any, _: Any) -> Any:
        a, b = (out[:, k] / ag.sqrt((out[:, k] ** 2).sum(axis=1, keepdims=True) + 1e-6) for k in range(2))
        return functional.cross_entropy(a @ b.T / 0.2, np.arange(len(out)))

    assert diagnose(Views(), x.astype(np.float32), np.zeros(320, np.float32), found_again, lr, 40) == told


class Gaps(nn.Module):
    """A network that is told which numbers are there."""

    def __init__(self) -> None:
        super().__init__()
        self.net = mlp([10, 32, 1], 0)

    def forward(self, x: Any) -> Any:
        there = np.isfinite(np.asarray(x))
        return self.net(np.concatenate([np.where(there, np.asarray(x), 0.0), there], axis=1).astype(np.float32))


@pytest.mark.parametrize(("lr", "told"), [(0.01, "healthy"), (1e-7, "learning rate too low")])
def test_a_network_may_be_made_for_gaps_in_its_inputs(lr: float, told: str) -> None:
    x = np.where(np.random.default_rng(3).random(X.shape) < 0.1, np.nan, X).astype(np.float32)
    assert diagnose(Gaps(), x, Y, nn.MSELoss(), lr) == told
    assert diagnose(mlp([5, 32, 1], 0), x, Y, nn.MSELoss(), lr) == "inputs not finite"
