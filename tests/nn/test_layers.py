"""Layers, activations and losses against values frozen from PyTorch, and their errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd as ag
import nn
from autograd import ShapeError, Tensor

FROZEN_FILE = Path(__file__).parent.parent / "frozen" / "layers.json"
ACTIVATIONS: dict[str, dict[str, Any]] = {
    "ReLU": {},
    "LeakyReLU": {"negative_slope": 0.2},
    "ELU": {"alpha": 0.7},
    "GELU": {},
    "SiLU": {},
    "Sigmoid": {},
    "Tanh": {},
    "Softplus": {},
    "Softmax": {"dim": 1},
    "LogSoftmax": {"dim": -1},
    "Identity": {},
}


def layer_inputs() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    names = {"x": (4, 3), "y": (4, 3), "weight": (2, 3), "bias": (2,)}
    return {**{name: rng.normal(size=shape) for name, shape in names.items()}, "labels": np.array([0, 2, 1, 2])}


INPUTS = layer_inputs()
FROZEN = json.loads(FROZEN_FILE.read_text(encoding="utf-8")) if FROZEN_FILE.exists() else {}


def forward(name: str) -> tuple[Any, list[str]]:
    if name == "linear":
        return nn.functional.linear, ["x", "weight", "bias"]
    if name in ACTIVATIONS:
        return getattr(nn, name)(**ACTIVATIONS[name]), ["x"]
    loss, reduction = name.split()
    if loss == "mse":
        return nn.MSELoss(reduction), ["x", "y"]
    return lambda x: nn.CrossEntropyLoss(reduction=reduction)(x, INPUTS["labels"]), ["x"]


@pytest.mark.parametrize("name", FROZEN)
def test_values_and_gradients_are_pytorchs(name: str) -> None:
    function, names = forward(name)
    leaves = [Tensor(INPUTS[n], requires_grad=True) for n in names]
    out = function(*leaves)
    np.testing.assert_allclose(out.data, FROZEN[name]["out"], rtol=1e-13, atol=1e-15)
    (out * np.cos(np.arange(out.size) + 0.5).reshape(out.shape)).sum().backward()
    for leaf, expected in zip(leaves, FROZEN[name]["grads"], strict=True):
        assert leaf.grad is not None
        np.testing.assert_allclose(leaf.grad, expected, rtol=1e-12, atol=1e-15)


def test_every_activation_and_loss_is_frozen() -> None:
    assert set(ACTIVATIONS) < set(FROZEN)
    assert {"linear", "cross_entropy mean", "mse sum"} < set(FROZEN)


def test_a_wrong_shape_names_the_layers_path_and_both_shapes() -> None:
    model = nn.Sequential(nn.Sequential(nn.Linear(3, 5), nn.ReLU()), nn.Linear(4, 2))
    with pytest.raises(ShapeError, match=r"Linear '1': expected an input of shape \(…, 4\), got \(7, 5\)"):
        model(np.ones((7, 3), np.float32))
    with pytest.raises(ShapeError, match=r"Linear '0.0': expected"):
        model(np.ones((7, 2), np.float32))


def test_cross_entropy_says_what_is_wrong_with_labels() -> None:
    logits = Tensor(np.zeros((2, 3)), requires_grad=True)
    with pytest.raises(ShapeError, match=r"label 3 is outside 0 … 2"):
        ag.cross_entropy(logits, [0, 3])
    with pytest.raises(ShapeError, match=r"label -1 is outside"):
        ag.cross_entropy(logits, [0, -1])
    with pytest.raises(ShapeError, match=r"labels of shape \(2,\), got \(3,\)"):
        ag.cross_entropy(logits, [0, 1, 2])
    with pytest.raises(ValueError, match="reduction"):
        ag.cross_entropy(logits, [0, 1], "average")
    soft = ag.cross_entropy(logits, np.full((2, 3), 1 / 3))
    assert soft.item() == pytest.approx(np.log(3))


def test_mse_does_not_broadcast() -> None:
    with pytest.raises(ShapeError, match="must agree"):
        nn.functional.mse_loss(np.ones((3, 1)), np.ones(3))


def test_linear_without_bias_and_of_many_axes() -> None:
    layer = nn.Linear(3, 2, bias=False, dtype=np.float64, rng=0)
    x = np.ones((2, 5, 3))
    np.testing.assert_allclose(layer(x).data, x @ layer.weight.data.T)
    full = nn.Linear(3, 2, dtype=np.float64, rng=0)
    full(x).sum().backward()
    assert full.weight.grad is not None
    np.testing.assert_allclose(full.weight.grad, np.full((2, 3), 10.0))
    assert full.bias is not None
    assert full.bias.grad is not None
    np.testing.assert_allclose(full.bias.grad, [10.0, 10.0])


def test_the_bounds_of_hardtanh_have_their_gradients() -> None:
    x = np.array([-2.0, -1.0, 0.3, 1.0, 1.7])
    assert ag.grad(lambda low: nn.functional.hardtanh(x, low, 1.0).sum())(-1.0) == 1.0
    assert ag.grad(lambda high: nn.functional.hardtanh(x, -1.0, high).sum())(1.0) == 1.0
    assert ag.grad(lambda x: nn.functional.hardtanh(x).sum())(x).tolist() == [0.0, 0.0, 1.0, 0.0, 0.0]


def test_pooling_layers_tell_where_the_greatest_are_and_unpooling_puts_them_back() -> None:
    x = np.random.default_rng(0).normal(size=(2, 3, 8, 8))
    for layer, function in (
        (nn.MaxPool2d(3, 2, 1, dilation=2, return_indices=True), nn.functional.max_pool2d(x, 3, 2, 1, 2, False, True)),
        (nn.AdaptiveMaxPool2d(3, return_indices=True), nn.functional.adaptive_max_pool2d(x, 3, True)),
    ):
        for found, expected in zip(layer(x), function, strict=True):
            np.testing.assert_array_equal(found, expected)
    greatest, places = nn.MaxPool2d(2, return_indices=True)(x)
    back = nn.MaxUnpool2d(2)(greatest, places, x.shape)
    assert (back == np.where(np.isin(x, greatest), x, 0.0)).all()
    alone = nn.MaxUnpool2d(2)(greatest[0], places[0])
    np.testing.assert_array_equal(alone, back[0])
