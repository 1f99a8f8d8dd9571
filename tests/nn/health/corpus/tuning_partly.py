"""The tuning half: sick runs that learn a part of what can be learned, so that they may pass for healthy."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.tuning_calm import adam, sgd


def bent(seed: int, count: int = 500) -> rows.Rows:
    """Half of it is linear, half is not."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 5)).astype(np.float32)
    y = x[:, :1] + np.abs(x[:, 1:2]) * 1.5 + x[:, 2:3] * x[:, 3:4]
    return x, y.astype(np.float32)


def bent_by_lines(seed: int) -> Setup:
    model = mlp([5, 32, 32, 1], seed, None)
    return Setup(model, *bent(seed), nn.MSELoss(), adam(model), epochs=25)


def digits_slowly(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), sgd(model, 0.005), epochs=15)


def one_column_of_thousands(seed: int) -> Setup:
    x, y = rows.numbers(seed)
    x[:, 4] *= 2000.0
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, x, y, nn.MSELoss(), adam(model, 0.01), epochs=30)


def inputs_mostly_dropped(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Dropout(0.8, rng=rng), nn.Linear(5, 32, rng=rng), nn.ReLU(), nn.Linear(32, 1, rng=rng))
    return Setup(model, *rows.numbers(seed), nn.MSELoss(), adam(model), epochs=40)


def clipped_to_a_hundredth(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), sgd(model, 0.3), epochs=12, clip_norm=0.02)


def decayed_by_half(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    optimizer = optim.SGD(model.parameters(), lr=0.1, weight_decay=0.15)
    return Setup(model, *rows.numbers(seed), nn.MSELoss(), optimizer, epochs=40)


def rate_halved_each_epoch(seed: int) -> Setup:
    def schedule(optimizer: optim.Optimizer) -> Any:
        return optim.lr_scheduler.ExponentialLR(optimizer, 0.4)

    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), sgd(model, 0.05), epochs=20, scheduler=schedule)


def hundreds_by_adam(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 32, 1], seed)
    return Setup(model, x, 300.0 * y + 100.0, nn.MSELoss(), adam(model, 0.003), epochs=20)


def shares_cut_at_one(seed: int) -> Setup:
    x, y = rows.plane(seed)
    model = mlp([6, 16, 1], seed, nn.Tanh, nn.Sigmoid())
    return Setup(model, x, (y - y.min()) / y.std(), nn.MSELoss(), adam(model), epochs=30)


def large_rate_that_wanders(seed: int) -> Setup:
    model = mlp([64, 64, 10], seed)
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), adam(model, 0.4), epochs=12)


def long_memory(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), nn.MSELoss(), sgd(model, 0.05, momentum=0.998), epochs=30)


def one_in_five_told_wrong(seed: int) -> Setup:
    x, y = rows.blobs(seed, count=600)
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(len(y)) < 0.25, rng.integers(0, 4, len(y)), y)
    model = mlp([8, 64, 4], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.01), epochs=80)


def one_in_forty_left_out(seed: int) -> Setup:
    model = mlp([4, 16, 2], seed)
    return Setup(model, *rows.rare(seed, 0.025, 800, 2.2), nn.CrossEntropyLoss(), adam(model, 0.001), epochs=10)


def few_pixels_by_heart(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(90, 30)).astype(np.float32)
    y = (x[:, :1] - x[:, 1:2] + 0.8 * rng.normal(size=(90, 1))).astype(np.float32)
    model = mlp([30, 128, 1], seed)
    return Setup(model, x, y, nn.MSELoss(), adam(model, 0.01), epochs=100)


def ordered_by_classes(seed: int) -> Setup:
    x, y = rows.digits(600)
    order = np.argsort(y, kind="stable")
    model = mlp([64, 32, 10], seed)
    return Setup(model, x[order], y[order], nn.CrossEntropyLoss(), adam(model, 0.003), epochs=8, shuffle=False)


def six_epochs_of_few(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(300), nn.CrossEntropyLoss(), adam(model, 0.002), epochs=4)


OWN = "written for the tuning half, after the listed kinds"
SICK = [
    Case(bent_by_lines, "no activation", OWN),
    Case(digits_slowly, "learning rate too low", OWN, ("too few steps",)),
    Case(one_column_of_thousands, "inputs not scaled", OWN),
    Case(inputs_mostly_dropped, "too much dropout", OWN),
    Case(clipped_to_a_hundredth, "clipping too tight", OWN),
    Case(decayed_by_half, "too much weight decay", OWN),
    Case(rate_halved_each_epoch, "rate decays too fast", OWN),
    Case(hundreds_by_adam, "targets not scaled", OWN),
    Case(shares_cut_at_one, "output range", OWN),
    Case(large_rate_that_wanders, "learning rate too high", OWN),
    Case(long_memory, "momentum too high", OWN),
    Case(one_in_five_told_wrong, "noisy targets", OWN),
    Case(one_in_forty_left_out, "classes unbalanced", OWN, ("learning rate too low", "too few steps")),
    Case(few_pixels_by_heart, "overfitting", OWN),
    Case(ordered_by_classes, "rows not shuffled", OWN),
    Case(six_epochs_of_few, "too few steps", OWN, ("learning rate too low",)),
]
