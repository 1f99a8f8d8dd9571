"""The tuning half: causes that public lists name and the diagnosis had no name for, each beside a healthy run that looks like it."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from autograd import primitive
from nn import functional
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.tuning_strangers import adam
from tests.nn.health.corpus.tuning_strangers_again import rings

IVANOV = "37 reasons, "
RECIPE = "Karpathy, recipe"
CS231N = "CS231n"
BOOK = "Goodfellow, chapter 11"
ASKED = "question on a question site: "


# Targets of which a part is wrong, learned by heart.


def a_third_of_the_classes_wrong(seed: int) -> Setup:
    x, y = rows.blobs(seed, count=600)
    rng = np.random.default_rng(seed + 1)
    y = np.where(rng.random(600) < 0.4, rng.integers(0, 4, 600), y)
    model = mlp([8, 128, 128, 4], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.005), epochs=80)


def labels_turned_round(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 10)).astype(np.float32)
    y = (x[:, :1] + x[:, 1:2] - x[:, 2:3] > 0.0) ^ (rng.random((500, 1)) < 0.25)
    model = mlp([10, 128, 128, 1], seed)
    return Setup(model, x, y.astype(np.float32), nn.BCEWithLogitsLoss(), adam(model, 0.003), epochs=80)


def digits_told_wrong(seed: int) -> Setup:
    x, y = rows.digits(600)
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(600) < 0.4, rng.integers(0, 10, 600), y)
    model = mlp([64, 128, 10], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.01), epochs=40)


def classes_that_overlap(seed: int) -> Setup:
    x, y = rows.blobs(seed, count=600, spread=1.8)
    model = mlp([8, 16, 4], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.005), epochs=15)


# Noise on the inputs that hides what they say.


class Noise(nn.Module):
    """Adds noise while it trains."""

    def __init__(self, size: float, seed: int) -> None:
        super().__init__()
        self.size, self._rng = size, np.random.default_rng(seed)

    def forward(self, x: Any) -> Any:
        if not self.training:
            return x
        return x + self.size * self._rng.normal(size=x.shape).astype(np.float32)


def with_noise(seed: int, size: float) -> Setup:
    model = nn.Sequential(Noise(size, seed), *rows_net(seed))
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), adam(model, 0.005), epochs=12)


def rows_net(seed: int) -> nn.Sequential:
    return mlp([64, 32, 10], seed)


def digits_in_strong_noise(seed: int) -> Setup:
    return with_noise(seed, 12.0)


def digits_in_some_noise(seed: int) -> Setup:
    return with_noise(seed, 0.1)


class Jittered(nn.Module):
    """Noise in `forward`, between the layers."""

    def __init__(self, seed: int, size: float) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(5, 32, rng=seed), nn.Linear(32, 1, rng=seed + 1)
        self.size, self._rng = size, np.random.default_rng(seed)

    def forward(self, x: Any) -> Any:
        h = functional.tanh(self.first(x))
        if self.training:
            h = h + self.size * self._rng.normal(size=h.shape).astype(np.float32)
        return self.last(h)


def hidden_units_in_noise(seed: int) -> Setup:
    model = Jittered(seed, 6.0)
    return Setup(model, *rows.numbers(seed), nn.MSELoss(), adam(model), epochs=40)


def hidden_units_in_a_little_noise(seed: int) -> Setup:
    model = Jittered(seed, 0.05)
    return Setup(model, *rows.numbers(seed), nn.MSELoss(), adam(model), epochs=40)


# Derivatives that were written by hand, and are wrong.


@primitive(lambda g, out, x: -g * 2.0 * x)
def squared(x: Any) -> Any:
    return x * x


@primitive(lambda g, out, x: g * out * (1.0 + out))
def own_sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


@primitive(lambda g, out, x: g * (1.0 - out * out))
def own_tanh(x: Any) -> Any:
    return np.tanh(x)


class Hidden(nn.Module):
    """A layer, a function, a layer."""

    def __init__(self, sizes: tuple[int, int, int], seed: int, function: Any) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(sizes[0], sizes[1], rng=seed), nn.Linear(sizes[1], sizes[2], rng=seed + 1)
        self.function = [function]

    def forward(self, x: Any) -> Any:
        return self.last(self.function[0](self.first(x)))


def squares_with_a_wrong_sign(seed: int) -> Setup:
    model = Hidden((2, 16, 1), seed, squared)
    return Setup(model, *rows.circle(seed), nn.BCEWithLogitsLoss(), adam(model), epochs=30)


def loss_with_a_wrong_slope(seed: int) -> Setup:
    @primitive(lambda g, out, d: -g * np.sign(d) * np.ones_like(d))
    def size(d: Any) -> Any:
        return np.abs(d)

    def error(outputs: Any, targets: Any) -> Any:
        return size(outputs - targets).mean()

    model = mlp([6, 16, 1], seed)
    return Setup(model, *rows.plane(seed), error, adam(model), epochs=30)


def tanh_of_ones_own(seed: int) -> Setup:
    model = Hidden((5, 32, 1), seed, own_tanh)
    return Setup(model, *rows.numbers(seed), nn.MSELoss(), adam(model), epochs=40)


# Targets that are all the same.


def classes_all_zero(seed: int) -> Setup:
    x, y = rows.blobs(seed)
    model = mlp([8, 16, 4], seed)
    return Setup(model, x, np.zeros_like(y), nn.CrossEntropyLoss(), adam(model), epochs=10)


def shares_cut_off(seed: int) -> Setup:
    x, _ = rows.plane(seed)
    model = mlp([6, 16, 1], seed)
    return Setup(model, x, np.zeros((len(x), 1), np.float32), nn.MSELoss(), adam(model), epochs=15)


# Rows that are normalised, each by itself, where their size says what is asked.


def circle_of_unit_rows(seed: int) -> Setup:
    x, y = rows.circle(seed, 400)
    model = nn.Sequential(nn.LayerNorm(2), *mlp([2, 32, 1], seed))
    return Setup(model, x, y, nn.BCEWithLogitsLoss(), adam(model), epochs=30)


def sizes(seed: int, count: int = 400) -> rows.Rows:
    """Four lengths of a thing; how large it is as a whole, but for its form."""
    rng = np.random.default_rng(seed)
    size = rng.normal(size=(count, 1))
    return (size + 0.4 * rng.normal(size=(count, 4))).astype(np.float32), (np.sin(2 * size)).astype(np.float32)


def sizes_by_rows(seed: int) -> Setup:
    x, y = sizes(seed)
    x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    model = mlp([4, 32, 1], seed)
    return Setup(model, x, y, nn.MSELoss(), adam(model), epochs=30)


def rings_of_unit_rows(seed: int) -> Setup:
    x, y = rings(seed)
    model = mlp([2, 32, 3], seed)
    x = (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model), epochs=25)


def digits_by_rows(seed: int) -> Setup:
    x, y = rows.digits(600)
    x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    model = mlp([64, 32, 10], seed)
    return Setup(model, x.astype(np.float32), y, nn.CrossEntropyLoss(), adam(model, 0.005), epochs=12)


def digits_with_a_norm_first(seed: int) -> Setup:
    model = nn.Sequential(nn.LayerNorm(64), *mlp([64, 32, 10], seed))
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), adam(model, 0.005), epochs=12)


SICK = [
    Case(a_third_of_the_classes_wrong, "noisy targets", IVANOV + "6"),
    Case(labels_turned_round, "noisy targets", IVANOV + "6"),
    Case(digits_told_wrong, "noisy targets", RECIPE + ": become one with the data"),
    Case(digits_in_strong_noise, "too much noise", IVANOV + "13: too much augmentation"),
    Case(hidden_units_in_noise, "too much noise", IVANOV + "30: too much regularization"),
    Case(squares_with_a_wrong_sign, "wrong gradient", CS231N + ": gradient checks", ("loss maximised",)),
    Case(loss_with_a_wrong_slope, "wrong gradient", IVANOV + "26", ("loss maximised",)),
    Case(classes_all_zero, "targets all alike", IVANOV + "1"),
    Case(shares_cut_off, "targets all alike", ASKED + "astype(int) of shares"),
    Case(circle_of_unit_rows, "rows normalised", ASKED + "which axis to normalise"),
    Case(sizes_by_rows, "rows normalised", ASKED + "StandardScaler by rows"),
    Case(rings_of_unit_rows, "rows normalised", ASKED + "Normalizer in place of StandardScaler"),
]
WELL = [
    Case(make, HEALTHY, "the same kinds without their fault")
    for make in (
        classes_that_overlap, digits_in_some_noise, hidden_units_in_a_little_noise, tanh_of_ones_own, digits_by_rows,
        digits_with_a_norm_first,
    )
]  # fmt: skip
