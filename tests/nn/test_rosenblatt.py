"""Rosenblatt's perceptron: a step function, and a rule that needs no gradient."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from autograd import ShapeError, Tensor

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "not x": [1, 1, 0, 0]}


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("lr", [1.0, 0.1])
def test_it_learns_every_gate_that_a_line_parts(gate: str, lr: float) -> None:
    unit = nn.Perceptron(2)
    mistakes = unit.learn(CORNERS, GATES[gate], lr=lr)
    assert mistakes[-1] == 0 < mistakes[0]
    assert len(mistakes) < 15
    assert unit(CORNERS).data.ravel().tolist() == GATES[gate]


def test_it_never_learns_xor() -> None:
    assert all(nn.Perceptron(2).learn(CORNERS, [0, 1, 1, 0], epochs=200))


def test_its_mistakes_are_bounded_by_the_margin() -> None:
    """Novikoff 1962: no more than (R/γ)², with the bias as a weight of an input 1."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    plane = np.array([1.0, -2.0, 0.5, 0.3]) / np.linalg.norm([1.0, -2.0, 0.5, 0.3])
    rows = np.column_stack([x, np.ones(len(x))])
    keep = np.abs(rows @ plane) > 0.2
    rows = rows[keep]
    mistakes = nn.Perceptron(3).learn(x[keep], rows @ plane > 0)
    assert mistakes[-1] == 0
    assert sum(mistakes) <= np.max(np.sum(rows**2, axis=1)) / np.min(np.abs(rows @ plane)) ** 2


def test_units_of_a_layer_learn_as_if_alone() -> None:
    layer = nn.Perceptron(2, 4)
    layer.learn(CORNERS, np.array(list(GATES.values())).T)
    for k, gate in enumerate(GATES.values()):
        alone = nn.Perceptron(2)
        alone.learn(CORNERS, gate)
        np.testing.assert_array_equal(layer(CORNERS).data[:, k], alone(CORNERS).data[:, 0])


def test_no_gradient_comes_through_a_step() -> None:
    unit, x = nn.Perceptron(2), Tensor(CORNERS, requires_grad=True)
    unit.learn(CORNERS, GATES["or"])
    assert not unit(x).requires_grad


def test_what_it_cannot_learn_from_is_refused_and_changes_nothing() -> None:
    unit = nn.Perceptron(2)
    for x, t, error, message in (
        (CORNERS, [-1, 1, 1, 1], ValueError, "targets are zeros and ones"),
        (CORNERS, [0, 1], ShapeError, r"expected targets of shape \(4, 1\), got \(2,\)"),
        (CORNERS[:, :1], [0, 1, 1, 1], ShapeError, r"expected x of shape \(n, 2\), got \(4, 1\)"),
    ):
        with pytest.raises(error, match=message):
            unit.learn(x, t)
    with pytest.raises(ValueError, match="lr must be a number above 0"):
        unit.learn(CORNERS, [0, 1, 1, 1], lr=0.0)
    assert not unit.weight.data.any()
