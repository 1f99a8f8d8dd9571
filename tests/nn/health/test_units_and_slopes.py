"""Units that began alike in layers of many kinds, derivatives that point elsewhere, and labels that compete: each beside what is usual."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from nn.health.evidence.facts import look
from nn.health.evidence.gradients import find_wrong_gradients
from nn.health.evidence.loss import find_in_loss
from nn.health.finding import Finding
from nn.health.frameworks.adapt import adapt
from nn.health.subject import Subject

RNG = np.random.default_rng(0)
X = RNG.normal(size=(64, 8)).astype(np.float32)
Y = (X[:, 0] > X[:, 1]).astype(int)
# What goes on from units that are alike, to answers that are not.
ENDS = np.array([0.3, -0.2], np.float32)


def subject(model: Any, x: np.ndarray, y: np.ndarray, loss: Any = None) -> Subject:
    given = adapt(model, (x, y), loss, None, 32, True, (None, None, None))
    return Subject(given.network, given.x, given.y, None, 32, True, None, 100, 0)


class Last(nn.Module):
    """The answer of a layer of sequences at their last place."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.layer, self.head = layer, nn.Linear(6, 2, rng=1)

    def forward(self, x: Any) -> Any:
        return self.head(self.layer(x)[0][:, -1])


class ByHand(nn.Module):
    """Parameters that are multiplied from the right."""

    def __init__(self, first: np.ndarray) -> None:
        super().__init__()
        self.first = nn.Parameter(first.astype(np.float32))
        self.second = nn.Parameter(np.tile(ENDS, (6, 1)))

    def forward(self, x: Any) -> Any:
        return ag.tanh(x.reshape(len(x), -1) @ self.first) @ self.second


def count_twins(model: Any, constant: bool) -> dict[str, int]:
    if constant:
        for p in model.parameters():
            p.data = np.full(p.shape, 0.05, np.float32)
        model.head.weight.data = np.tile(ENDS[:, None], (1, 6))
    x = X.reshape(64, 4, 2)
    measured = subject(model, x, Y).network.copy().measure(x[:32], Y[:32], 1)
    return {path: p.twins for path, p in measured.parameters.items() if p.twins}


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_units_of_a_recurrent_layer_are_alike_gate_by_gate(kind: Any) -> None:
    made = lambda: Last(kind(2, 6, batch_first=True, rng=0))
    found = count_twins(made(), constant=True)
    assert (found["layer.weight_ih_l0"], found["layer.weight_hh_l0"]) == (6, 6)
    assert count_twins(made(), constant=False) == {}


def test_units_are_alike_along_either_axis() -> None:
    assert count_twins(ByHand(RNG.normal(size=(8, 1)) * np.ones((1, 6))), constant=False)["first"] == 6
    assert count_twins(ByHand(RNG.normal(size=(8, 6))), constant=False) == {}
    # Of a constant both axes are alike: units are what weights from the right have columns of.
    assert count_twins(ByHand(np.full((8, 6), 0.1)), constant=False)["first"] == 6


def test_what_begins_at_zero_beside_units_that_differ_is_no_twin() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(8, 6, rng=0), nn.Tanh(), nn.Linear(6, 2, rng=1))
    nn.init.zeros_(model[3].weight)
    assert count_twins(model, constant=False) == {}


Rule = Callable[[tuple[np.ndarray, np.ndarray], np.ndarray], tuple[np.ndarray, np.ndarray]]


def product(rule: Rule) -> Any:
    """A product of matrices with a derivative by hand."""

    @ag.custom_vjp
    def multiply(x: Any, weight: Any) -> Any:
        return x @ weight

    multiply.defvjp(lambda x, a: (x @ a, (x, a)), rule)
    return multiply


class Squares(nn.Module):
    def __init__(self, seed: int, function: Any) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.first, self.second = (nn.Parameter((rng.normal(size=(8, 8)) / 2.0).astype(np.float32)) for _ in range(2))
        self.head, self.function = nn.Linear(8, 2, rng=seed), function

    def forward(self, x: Any) -> Any:
        return self.head(ag.tanh(self.function(ag.tanh(self.function(x, self.first)), self.second)))


RIGHT: Rule = lambda kept, g: (g @ kept[1].T, kept[0].T @ g)
WRONG: dict[str, Rule] = {
    "transposed": lambda kept, g: (g @ kept[1].T, g.T @ kept[0]),
    "of the other weight's columns": lambda kept, g: (g @ kept[1].T, (kept[0].T @ g)[:, ::-1]),
    "of other rows": lambda kept, g: (g @ kept[1].T, np.roll(kept[0], 1, axis=0).T @ g),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_gradient_that_points_elsewhere_is_wrong(name: str) -> None:
    found = [list(find_wrong_gradients(subject(Squares(seed, product(WRONG[name])), X, Y))) for seed in range(4)]
    assert [[f.cause for f in each] for each in found] == [["wrong gradient"]] * 4


def test_a_right_one_and_one_that_stands_for_rounding_are_not() -> None:
    for seed in range(4):
        assert list(find_wrong_gradients(subject(Squares(seed, product(RIGHT)), X, Y))) == []
        rounded = ag.primitive(lambda g, out, x: g)(lambda x: np.round(np.asarray(x)))
        straight = lambda x, a, rounded=rounded: rounded(2.0 * (x @ a)) / 2.0
        assert list(find_wrong_gradients(subject(Squares(seed, straight), X, Y))) == []


def of_loss(labels: np.ndarray, loss: Any) -> list[Finding]:
    asked = subject(nn.Sequential(nn.Linear(8, 4, rng=0)), X, labels, loss)
    return [f for f in find_in_loss(asked, look(asked)) if f.cause == "loss unfit"]


def softmax_by_hand(outputs: Any, y: Any) -> Any:
    parts = ag.exp(outputs)
    return -(ag.log(parts / parts.sum(axis=1, keepdims=True)) * y).sum(axis=1).mean()


def test_labels_that_compete_in_a_softmax_are_told() -> None:
    labels = (RNG.random((64, 4)) < 0.4).astype(np.float32)
    one = np.eye(4, dtype=np.float32)[RNG.integers(0, 4, 64)]
    for loss in (nn.CrossEntropyLoss(), softmax_by_hand):
        (found,) = of_loss(labels, loss)
        assert "several labels" in found.sentence
        assert of_loss(one, loss) == []
        assert of_loss(labels / np.maximum(labels.sum(axis=1, keepdims=True), 1.0), loss) == []
    assert of_loss(labels, nn.BCEWithLogitsLoss()) == []
