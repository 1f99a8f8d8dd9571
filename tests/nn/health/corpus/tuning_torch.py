"""The tuning half: networks of PyTorch's; it is imported only where PyTorch is."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn as tnn

from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup

ASKED = "question on PyTorch's forum or Stack Overflow: "


def tensors(some: rows.Rows) -> tuple[Any, Any]:
    return torch.from_numpy(some[0]), torch.from_numpy(np.asarray(some[1]))


def mlp(sizes: list[int], seed: int, act: Any = tnn.ReLU, *end: Any) -> Any:
    torch.manual_seed(seed)
    layers: list[Any] = []
    for n, m in zip(sizes, sizes[1:], strict=False):
        layers += [tnn.Linear(n, m), *([act()] if act is not None else [])]
    return tnn.Sequential(*(layers[:-1] if act is not None else layers), *end)


def adam(model: Any, lr: float = 0.01) -> Any:
    return torch.optim.Adam(model.parameters(), lr=lr)


def blobs_learned(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    return Setup(model, *tensors(rows.blobs(seed)), tnn.CrossEntropyLoss(), adam(model), epochs=15)


def numbers_learned(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, tnn.Tanh)
    return Setup(model, *tensors(rows.numbers(seed)), tnn.MSELoss(), adam(model), epochs=40)


def images_learned(seed: int) -> Setup:
    torch.manual_seed(seed)
    layers = [tnn.Conv2d(1, 8, 3, padding=1), tnn.ReLU(), tnn.MaxPool2d(2), tnn.Flatten(), tnn.Linear(128, 10)]
    model = tnn.Sequential(*layers)
    return Setup(model, *tensors(rows.images()), tnn.CrossEntropyLoss(), adam(model, 0.005), epochs=10)


def normed_and_dropped(seed: int) -> Setup:
    torch.manual_seed(seed)
    model = tnn.Sequential(tnn.Linear(64, 32), tnn.BatchNorm1d(32), tnn.ReLU(), tnn.Dropout(0.2), tnn.Linear(32, 10))
    return Setup(model, *tensors(rows.digits()), tnn.CrossEntropyLoss(), adam(model), epochs=10)


class Listed(tnn.Module):
    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.hidden = [tnn.Linear(8, 32)]
        self.head = tnn.Linear(32, 4)

    def forward(self, x: Any) -> Any:
        for layer in self.hidden:
            x = layer(x).relu()
        return self.head(x)


def list_of_layers(seed: int) -> Setup:
    model = Listed(seed)
    return Setup(model, *tensors(rows.blobs(seed)), tnn.CrossEntropyLoss(), adam(model), epochs=15)


def softmax_twice(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed, tnn.ReLU, tnn.Softmax(1))
    return Setup(model, *tensors(rows.blobs(seed)), tnn.CrossEntropyLoss(), adam(model), epochs=15)


def column_and_row(seed: int) -> Setup:
    x, y = tensors(rows.numbers(seed))
    model = mlp([5, 32, 1], seed, tnn.Tanh)
    return Setup(model, x, y[:, 0], lambda o, t: ((o - t) ** 2).mean(), adam(model), epochs=20)


def linear_twice(seed: int) -> Setup:
    model = mlp([2, 16, 1], seed, None)
    return Setup(model, *tensors(rows.circle(seed)), tnn.BCEWithLogitsLoss(), adam(model, 0.02), epochs=30)


def sgd_too_slow(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    return Setup(
        model,
        *tensors(rows.blobs(seed)),
        tnn.CrossEntropyLoss(),
        torch.optim.SGD(model.parameters(), lr=1e-5),
        epochs=15,
    )


def sgd_too_fast(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, tnn.Tanh)
    return Setup(
        model, *tensors(rows.numbers(seed)), tnn.MSELoss(), torch.optim.SGD(model.parameters(), lr=2.0), epochs=10
    )


def pixels(seed: int) -> Setup:
    x, y = tensors(rows.digits())
    model = mlp([64, 32, 10], seed, tnn.Tanh)
    return Setup(model, 255.0 * x, y, tnn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=0.1), epochs=10)


def permuted(seed: int) -> Setup:
    x, y = tensors(rows.blobs(seed))
    model = mlp([8, 32, 4], seed)
    order = torch.from_numpy(np.random.default_rng(seed + 1).permutation(len(y)))
    return Setup(model, x, y[order], tnn.CrossEntropyLoss(), adam(model), epochs=15)


def other_parameters(seed: int) -> Setup:
    model, other = mlp([8, 32, 4], seed), mlp([8, 32, 4], seed + 1)
    return Setup(model, *tensors(rows.blobs(seed)), tnn.CrossEntropyLoss(), adam(other), epochs=15)


def dead(seed: int) -> Setup:
    model = mlp([8, 32, 4], seed)
    with torch.no_grad():
        model[0].bias.fill_(-50.0)
    return Setup(model, *tensors(rows.blobs(seed)), tnn.CrossEntropyLoss(), adam(model), epochs=15)


SICK = [
    Case(list_of_layers, "unregistered parameters", ASKED + "layers in a list", torch=True),
    Case(softmax_twice, "double softmax", ASKED + "Softmax and CrossEntropyLoss", torch=True),
    Case(column_and_row, "shapes broadcast", ASKED + "using a target size that is different", torch=True),
    Case(linear_twice, "no activation", ASKED + "network is linear", torch=True),
    Case(sgd_too_slow, "learning rate too low", ASKED + "loss barely changes", torch=True),
    Case(sgd_too_fast, "learning rate too high", ASKED + "loss is nan", torch=True),
    Case(pixels, "inputs not scaled", ASKED + "pixels 0 … 255", torch=True),
    Case(permuted, "targets unrelated to inputs", "Ivanov, 37 Reasons, no. 4", torch=True),
    Case(other_parameters, "foreign parameters", ASKED + "optimizer of another model", torch=True),
    Case(dead, "dead units", "CS231n, Neural Networks Part 1", torch=True),
]
WELL = [
    Case(blobs_learned, HEALTHY, "PyTorch's tutorials", torch=True),
    Case(numbers_learned, HEALTHY, "PyTorch's tutorials", torch=True),
    Case(images_learned, HEALTHY, "PyTorch's tutorials", torch=True),
    Case(normed_and_dropped, HEALTHY, "PyTorch's tutorials", torch=True),
]
