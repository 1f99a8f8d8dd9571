"""The tuning half: sick runs of networks in which several things look alike: small weights, deep ones, answers that are cut off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import nn
import optim
from nn import functional, init
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import Recurrent, mlp
from tests.nn.health.corpus.tuning_calm import adam, sgd
from tests.nn.health.corpus.tuning_calm_networks import Tokens
from tests.nn.health.corpus.tuning_places import orders

F = functional


def drawn(model: nn.Module, std: float, seed: int) -> nn.Module:
    """With all weights drawn from N(0, std²)."""
    rng = np.random.default_rng(seed)
    for p in model.parameters():
        if p.ndim > 1:
            init.normal_(p, std=std, rng=rng)
    return model


def board(seed: int, count: int = 500) -> rows.Rows:
    """Fields of a board, black or white."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.5, 1.5, (count, 2)).astype(np.float32)
    return x, (np.floor(x).astype(int).sum(axis=1) % 2).astype(np.int64)


# Weights and depth.


def pictures_by_small_filters(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1, rng=rng), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10, rng=rng),
    )  # fmt: skip
    return Setup(drawn(model, 0.002, seed), *rows.images(400), nn.CrossEntropyLoss(), sgd(model, 0.1), epochs=20)


def labels_by_hundredths(seed: int) -> Setup:
    model = mlp([8, 32, 32, 5], seed)
    return Setup(
        drawn(model, 0.003, seed), *rows.labels(seed), nn.BCEWithLogitsLoss(), sgd(model, 0.1, momentum=0.9), epochs=15
    )


def ten_layers_that_grow(seed: int) -> Setup:
    model = mlp([5, *[64] * 7, 1], seed)
    return Setup(drawn(model, 0.6, seed), *rows.numbers(seed), nn.MSELoss(), adam(model, 0.001), epochs=15)


def grown_filters(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.Conv2d(8, 16, 3, padding=1, rng=rng), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 16, 3, padding=1, rng=rng), nn.ReLU(), nn.Flatten(), nn.Linear(256, 10, rng=rng),
    )  # fmt: skip
    return Setup(
        drawn(model, 1.0, seed), *rows.images(400), nn.CrossEntropyLoss(), sgd(model, 0.01, momentum=0.9), epochs=8
    )


def nine_sigmoids_for_labels(seed: int) -> Setup:
    model = mlp([8, *[24] * 7, 5], seed, nn.Sigmoid)
    return Setup(model, *rows.labels(seed), nn.BCEWithLogitsLoss(), sgd(model, 0.5), epochs=15)


def board_by_dead_middle(seed: int) -> Setup:
    model = mlp([2, 32, 32, 2], seed)
    init.constant_(model[2].bias, -8.0)
    return Setup(model, *board(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=20)


# Answers that cannot be what is asked.


class Ended(nn.Module):
    """A network whose answers go through a function that is no module."""

    def __init__(self, body: nn.Module, end: Callable[[Any], Any]) -> None:
        super().__init__()
        self.body, self.end = body, end

    def forward(self, x: Any) -> Any:
        return self.end(self.body(x))


def numbers_cut_by_tanh(seed: int) -> Setup:
    model = Ended(mlp([6, 32, 1], seed), functional.tanh)
    x, y = rows.plane(seed)
    return Setup(model, x, 3.0 * y, nn.MSELoss(), adam(model, 0.01), epochs=20)


def numbers_cut_by_relu(seed: int) -> Setup:
    model = Ended(mlp([5, 32, 1], seed), functional.relu)
    return Setup(model, *rows.numbers(seed), nn.MSELoss(), adam(model, 0.01), epochs=20)


def scores_divided(seed: int) -> Setup:
    """Scores that are divided by a thousand, so that no softmax of them is sure of anything."""
    model = Ended(mlp([8, 32, 4], seed), lambda o: o / 1000.0)
    return Setup(model, *rows.blobs(seed), nn.CrossEntropyLoss(), adam(model, 0.001), epochs=10)


def softmaxed_digits(seed: int) -> Setup:
    model = Ended(mlp([64, 32, 10], seed), lambda o: functional.softmax(o, dim=1))
    return Setup(model, *rows.digits(500), nn.CrossEntropyLoss(), sgd(model, 0.05), epochs=15)


# Too small, and what is not.


def digits_through_one_unit(seed: int) -> Setup:
    model = mlp([64, 32, 1, 10], seed)
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=15)


def board_by_two_units(seed: int) -> Setup:
    model = mlp([2, 2, 2], seed)
    return Setup(model, *board(seed, 800), nn.CrossEntropyLoss(), adam(model, 0.02), epochs=30)


def numbers_by_a_line(seed: int) -> Setup:
    """Ways over two hills by one linear layer."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2.0, 2.0, (400, 2)).astype(np.float32)
    y = np.sin(3.0 * x[:, :1]) * np.cos(3.0 * x[:, 1:])
    model = mlp([2, 2, 1], seed, nn.Tanh)
    return Setup(model, x, y, nn.MSELoss(), adam(model, 0.01), epochs=60)


# The steps.


def words_by_a_high_rate(seed: int) -> Setup:
    model = Tokens(seed)
    return Setup(model, *orders(seed, 600), nn.BCEWithLogitsLoss(), adam(model, 0.5), epochs=20)


def words_by_a_low_rate(seed: int) -> Setup:
    model = Tokens(seed)
    return Setup(model, *orders(seed, 600), nn.BCEWithLogitsLoss(), adam(model, 1e-5), epochs=20)


def sums_by_a_low_rate(seed: int) -> Setup:
    model = Recurrent(seed)
    return Setup(model, *rows.sequences(seed, 320), nn.MSELoss(), sgd(model, 1e-4), epochs=15)


def thousands_by_tanh(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, x, 2000.0 * y + 5000.0, nn.MSELoss(), adam(model, 0.01), epochs=20)


def decayed_to_nothing(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=20.0)
    return Setup(model, *rows.digits(500), nn.CrossEntropyLoss(), optimizer, epochs=10)


def residual_dropped(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(8, 32, rng=rng), nn.ReLU(), nn.Dropout(0.97, rng=rng), nn.Linear(32, 32, rng=rng), nn.ReLU(), nn.Dropout(0.9, rng=rng),
        nn.Linear(32, 4, rng=rng),
    )  # fmt: skip
    return Setup(model, *rows.blobs(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=15)


def genes_by_heart(seed: int) -> Setup:
    """Sixty rows of forty columns of which two count."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(120, 40)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] + 0.5 * rng.normal(size=120) > 0.0).astype(np.int64)
    model = mlp([40, 128, 2], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.01), epochs=80)


def two_in_five_told_wrong(seed: int) -> Setup:
    x, y = rows.blobs(seed, count=600)
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(y)) < 0.4
    y = np.where(wrong, rng.integers(0, 4, len(y)), y)
    model = mlp([8, 64, 4], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.01), epochs=60)


def lines_between_lines(seed: int) -> Setup:
    """Three layers that a person believed to have activations between them."""
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(2, 32, rng=rng), nn.BatchNorm1d(32), nn.Linear(32, 32, rng=rng), nn.Linear(32, 2, rng=rng)
    )
    return Setup(model, *board(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=20)


OWN = "written for the tuning half, after the listed kinds"
SICK = [
    Case(pictures_by_small_filters, "weights too small", OWN),
    Case(labels_by_hundredths, "weights too small", OWN),
    Case(ten_layers_that_grow, "exploding gradients", OWN),
    Case(grown_filters, "exploding gradients", OWN),
    Case(nine_sigmoids_for_labels, "vanishing gradients", OWN),
    Case(board_by_dead_middle, "dead units", OWN),
    Case(numbers_cut_by_tanh, "output range", OWN),
    Case(numbers_cut_by_relu, "output range", OWN),
    Case(scores_divided, "learning rate too low", OWN, ("weights too small",)),
    Case(softmaxed_digits, "double softmax", OWN),
    Case(digits_through_one_unit, "network too small", OWN),
    Case(board_by_two_units, "network too small", OWN),
    Case(numbers_by_a_line, "network too small", OWN),
    Case(words_by_a_high_rate, "learning rate too high", OWN),
    Case(words_by_a_low_rate, "learning rate too low", OWN),
    Case(sums_by_a_low_rate, "learning rate too low", OWN),
    Case(thousands_by_tanh, "targets not scaled", OWN),
    Case(decayed_to_nothing, "too much weight decay", OWN),
    Case(residual_dropped, "too much dropout", OWN),
    Case(genes_by_heart, "overfitting", OWN),
    Case(two_in_five_told_wrong, "noisy targets", OWN),
    Case(lines_between_lines, "no activation", OWN),
]
