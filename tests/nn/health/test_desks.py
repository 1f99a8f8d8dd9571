"""What runs from many desks have shown: losses that shape targets themselves, noise that is learned, pairs between layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor
from nn.health import diagnose
from nn.health.evidence.ends import find_output_range
from nn.health.evidence.loss import find_by_descent
from nn.health.evidence.shapes import find_broadcast
from nn.health.evidence.structure import find_unregistered, find_unused_inputs
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


def spread(out: Any) -> Any:
    return out[:, 1:]


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (lambda out, y: 0.5 * ((y - out[:, :1]) ** 2 * (-spread(out)).exp() - spread(out)).mean(), True),
        (lambda out, y: 0.5 * ((y - out[:, :1]) ** 2 * (-spread(out)).exp() + spread(out)).mean(), False),
        (lambda out, y: 5.0 * ((y - out[:, :1]) ** 2).mean() - 3.0 * spread(out).sigmoid().mean(), False),
        (lambda out, y: (out[:, :1].exp() - (40.0 * y**2 + 1.0) * out[:, :1]).sum(), False),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_likelihood_whose_second_term_is_turned_has_no_bound(loss: Any, told: bool, seed: int) -> None:
    model = nn.Sequential(nn.Linear(6, 16, rng=seed), nn.Tanh(), nn.Linear(16, 2, rng=seed + 1))
    subject, facts = looked_at(Setup(model, X, Y, loss, SGD(model.parameters(), lr=0.1)))
    found = list(find_by_descent(subject, facts.outputs, subject.y[: len(facts.outputs)], None))
    assert [f.cause for f in found] == ["loss unbounded"] * told


class Ended(nn.Module):
    """Three numbers, and what is made of them in the end."""

    def __init__(self, end: Any) -> None:
        super().__init__()
        self.body, self.end = nn.Sequential(nn.Linear(6, 16, rng=0), nn.Tanh(), nn.Linear(16, 3, rng=1)), end

    def forward(self, x: Any) -> Any:
        return self.end(self.body(x))


@pytest.mark.parametrize(
    ("end", "targets", "told"),
    [
        (nn.functional.normalize, 3.0 * X[:, :3], True),
        (lambda out: 2.0 * nn.functional.normalize(out), 3.0 * X[:, :3], True),
        (lambda out: nn.functional.layer_norm(out, 3), 3.0 * X[:, :3], True),
        (lambda out: out, 3.0 * X[:, :3], False),
        (lambda out: 0.0 * out + 1.0, 3.0 * X[:, :3], False),
        (nn.functional.normalize, X[:, :3] / np.linalg.norm(X[:, :3], axis=1, keepdims=True), False),
        (lambda out: out / (1.0 + (out**2).sum(axis=1, keepdims=True)), 3.0 * X[:, :3], False),
    ],
)
def test_answers_of_one_length_for_targets_of_others(end: Any, targets: Any, told: bool) -> None:
    model = Ended(end)
    subject, facts = looked_at(Setup(model, X, targets, nn.MSELoss(), SGD(model.parameters(), lr=0.1)))
    found = [f for f in find_output_range(subject, facts) if "length" in f.evidence]
    assert [f.cause for f in found] == ["output range"] * told


class Chain(nn.Module):
    """Two linear layers, and what stands between them, as an operation."""

    def __init__(self, between: Any) -> None:
        super().__init__()
        self.first, self.last, self.between = nn.Linear(6, 8, rng=0), nn.Linear(8, 1, rng=1), between

    def forward(self, x: Any) -> Any:
        return self.last(self.between(self.first(x)))


@pytest.mark.parametrize(
    ("between", "shares"),
    [
        (lambda h: nn.functional.softmax(h, 1), 1),
        (nn.Softmax(dim=1), 1),
        (lambda h: nn.functional.softmax(h, 0), 0),
        (lambda h: nn.functional.softmax(h, 1) * h, 0),
        (nn.functional.sigmoid, 0),
        (nn.functional.relu, 0),
    ],
)
def test_a_softmax_between_linear_layers_stands_for_an_activation(between: Any, shares: int) -> None:
    model = Chain(between)
    facts = looked_at(Setup(model, X, Y, nn.MSELoss(), SGD(model.parameters(), lr=0.1)))[1]
    assert facts.shares == [("first", "last")] * shares
    assert facts.squashes == shares


class Deep(nn.Module):
    """Four linear layers with an activation as an operation."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(n, 32, rng=n) for n in (8, 32, 32)])
        self.last = nn.Linear(32, 3, rng=3)

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = nn.functional.softmax(layer(x), 1)
        return self.last(x)


@pytest.mark.integration
@pytest.mark.parametrize("by_modules", [True, False])
def test_softmaxes_in_the_place_of_activations_are_named(by_modules: bool) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 240)
    x = (2.0 * np.eye(3)[y] @ rng.normal(size=(3, 8)) + 0.5 * rng.normal(size=(240, 8))).astype(np.float32)
    layers = [[nn.Linear(n, 32, rng=n), nn.Softmax(dim=1)] for n in (8, 32, 32)]
    stack = nn.Sequential(*(layer for pair in layers for layer in pair), nn.Linear(32, 3, rng=3))
    model = stack if by_modules else Deep()
    optimizer = SGD(model.parameters(), lr=0.05, momentum=0.9)
    assert diagnose(model, (x, y), nn.CrossEntropyLoss(), optimizer=optimizer, epochs=20).cause == "vanishing gradients"


class Before(nn.Module):
    """A layer behind what is done to its inputs."""

    def __init__(self, change: Any) -> None:
        super().__init__()
        self.change, self.body = change, nn.Linear(6, 1, rng=0)

    def forward(self, x: Any) -> Any:
        return self.body(self.change(x))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda x: np.floor(x / 255.0), True),
        (lambda x: np.clip(x, 0.0, 1.0), True),
        (lambda x: x / 255.0, False),
        (lambda x: np.floor(x / 100.0), False),
    ],
)
def test_rows_that_are_made_the_same_before_the_first_layer(change: Any, told: bool) -> None:
    x = np.random.default_rng(1).integers(2, 250, (120, 6)).astype(np.float32)
    model = Before(change)
    subject = looked_at(Setup(model, x, Y, nn.MSELoss(), SGD(model.parameters(), lr=0.1)))[0]
    found = list(find_unused_inputs(subject))
    assert [(f.cause, f.path) for f in found] == [("inputs unused", "body")] * told


class Parts:
    """What holds layers, and is no module."""

    def __init__(self, *layers: Any) -> None:
        self.layers, self.width = layers, 8


class Holder(nn.Module):
    """A layer, and something else."""

    def __init__(self, make: Any) -> None:
        super().__init__()
        self.first = nn.Linear(6, 8, rng=0)
        self.other = make(self)

    def forward(self, x: Any) -> Any:
        return self.first(x)


@pytest.mark.parametrize(
    ("make", "count"),
    [
        (lambda own: Parts(nn.Linear(8, 8, rng=0), nn.Linear(8, 1, rng=0)), 2),
        (lambda own: [Parts(nn.Linear(8, 8, rng=0))], 1),
        (lambda own: Parts(Parts(nn.Parameter(np.zeros(3, np.float32)))), 1),
        (lambda own: [nn.Linear(8, 8, rng=0)], 1),
        (lambda own: Parts(own.first, "name", 3), 0),
        (lambda own: [own.first], 0),
        (lambda own: Parts(own), 0),
        (lambda own: SGD(own.parameters(), lr=0.1), 0),
        (lambda own: np.zeros(3), 0),
    ],
)
def test_layers_in_objects_that_are_no_modules(make: Any, count: int) -> None:
    model = Holder(make)
    setup = Setup(model, X, Y, nn.MSELoss(), SGD(model.parameters(), lr=0.1))
    found = list(find_unregistered(looked_at(setup)[0].network))
    assert [(f.cause, f.evidence["count"]) for f in found] == [("unregistered parameters", count)] * (count > 0)
