"""The tuning half: strangers' runs by `fit`, retold from memory of what people ask, with rows and networks that no other file has."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp

ASKED = "question on a question site: "
RECIPE = "Karpathy's recipe"
CS231N = "CS231n"


def adam(model: nn.Module, lr: float = 0.01) -> optim.Optimizer:
    return optim.Adam(model.parameters(), lr=lr)


def sgd(model: nn.Module, lr: float, momentum: float = 0.0) -> optim.Optimizer:
    return optim.SGD(model.parameters(), lr=lr, momentum=momentum)


def houses(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Rooms, area, age and distance, and prices in units of money."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4))
    price = 250_000 + 60_000 * x[:, 1] + 25_000 * x[:, 0] - 15_000 * np.abs(x[:, 2]) + 9_000 * rng.normal(size=count)
    return x.astype(np.float32), price.astype(np.float32)[:, None]


def spirals(seed: int, arms: int = 3, count: int = 360) -> tuple[np.ndarray, np.ndarray]:
    """Half a turn of each arm, in the plane."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, arms, count)
    r = rng.uniform(0.2, 1.5, count)
    a = 2.0 * r + 2.0 * np.pi * y / arms + 0.1 * rng.normal(size=count)
    return np.stack([r * np.cos(a), r * np.sin(a)], axis=1).astype(np.float32), y


def moons(seed: int, count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Two arcs that reach into one another; 0 and 1 in a column."""
    rng = np.random.default_rng(seed)
    y, a = rng.integers(0, 2, count), rng.uniform(0.0, np.pi, count)
    x = np.stack([np.cos(a) + y - 0.5, np.sin(a) * (1 - 2 * y) + 0.25 * (2 * y - 1)], axis=1)
    return (1.5 * x + 0.1 * rng.normal(size=x.shape)).astype(np.float32), y.astype(np.float32)[:, None]


def bars(seed: int, count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of 10 × 10 with a bright bar, lying, standing or on the diagonal, in noise."""
    rng = np.random.default_rng(seed)
    y, at = rng.integers(0, 3, count), rng.integers(1, 9, count)
    x = 0.4 * rng.normal(size=(count, 1, 10, 10))
    for k in range(count):
        if y[k] < 2:
            x[k, 0, at[k] if y[k] == 0 else slice(None), slice(None) if y[k] == 0 else at[k]] += 1.5
        else:
            x[k, 0] += 1.5 * np.eye(10, k=int(at[k]) - 5)
    return x.astype(np.float32), y


def waves(seed: int, count: int = 240, length: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Pieces of waves, with the next value in a column."""
    rng = np.random.default_rng(seed)
    start, speed = rng.uniform(0, 6, (count, 1)), rng.uniform(0.3, 0.7, (count, 1))
    all_of = np.sin(start + speed * np.arange(length + 1)) + 0.05 * rng.normal(size=(count, length + 1))
    return all_of[:, :-1, None].astype(np.float32), all_of[:, -1:].astype(np.float32)


def topics(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Counts of twenty words, and which of four topics a text has: none, one or several."""
    rng = np.random.default_rng(seed)
    y = (rng.random((count, 4)) < 0.35).astype(np.float32)
    rates = 0.5 + y @ np.kron(np.eye(4), 2.0 * np.ones((1, 5)))
    return np.log1p(rng.poisson(rates)).astype(np.float32), y


class Wave(nn.Module):
    """An LSTM that foretells the next value."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, 16, batch_first=True, rng=seed)
        self.out = nn.Linear(16, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.out(self.lstm(x)[0][:, -1])


class Turned(nn.Module):
    """Attention over steps, whose input was reshaped to (steps, rows, features) where it should have been transposed."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.lift = nn.Linear(1, 8, rng=seed)
        self.attention = nn.MultiheadAttention(8, 2, rng=seed)
        self.out = nn.Linear(8, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        h = self.lift(x).reshape(x.shape[1], x.shape[0], 8)
        return self.out(self.attention(h, h, h)[0].mean(axis=0))


def prices_as_they_are(seed: int) -> Setup:
    model = mlp([4, 32, 16, 1], seed)
    return Setup(model, *houses(seed), nn.MSELoss(), adam(model, 0.001), epochs=30)


def income_beside_shares(seed: int) -> Setup:
    x, y = moons(seed)
    income = np.random.default_rng(seed).normal(45_000, 15_000, (len(x), 1))
    model = mlp([3, 24, 1], seed, nn.Tanh)
    x = np.hstack([x, income]).astype(np.float32)
    return Setup(model, x, y, nn.BCEWithLogitsLoss(), adam(model), epochs=30)


def spirals_at_twenty(seed: int) -> Setup:
    model = mlp([2, 48, 48, 3], seed)
    return Setup(model, *spirals(seed), nn.CrossEntropyLoss(), sgd(model, 20.0, 0.9), epochs=40)


def picture(seed: int, *end: nn.Module) -> nn.Sequential:
    """Two convolutions."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=seed), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 24, rng=seed + 1),
        nn.ReLU(), nn.Linear(24, 3, rng=seed + 2), *end,
    )  # fmt: skip


def bars_at_1e_6(seed: int) -> Setup:
    model = picture(seed)
    return Setup(model, *bars(seed), nn.CrossEntropyLoss(), adam(model, 1e-6), epochs=15)


def moons_without_activation(seed: int) -> Setup:
    model = mlp([2, 32, 32, 1], seed, None)
    x, y = moons(seed)
    # Bent once more, so that no line parts them.
    y = ((x[:, :1] * x[:, 1:2] > 0.0) ^ (y > 2)).astype(np.float32)
    return Setup(model, x, y, nn.BCEWithLogitsLoss(), adam(model), epochs=30)


def bars_softmax_twice(seed: int) -> Setup:
    model = picture(seed, nn.Softmax(dim=-1))
    return Setup(model, *bars(seed), nn.CrossEntropyLoss(), sgd(model, 0.05, 0.9), epochs=15)


def waves_by_a_sigmoid(seed: int) -> Setup:
    model = nn.Sequential(Wave(seed), nn.Sigmoid())
    return Setup(model, *waves(seed), nn.MSELoss(), adam(model), epochs=25)


def waves_against_a_row(seed: int) -> Setup:
    def mean_squared(outputs: Any, targets: Any) -> Any:
        return ((outputs - targets) ** 2).mean()

    x, y = waves(seed)
    model = Wave(seed)
    return Setup(model, x, y[:, 0], mean_squared, adam(model), epochs=25)


def spirals_by_huge_weights(seed: int) -> Setup:
    model = mlp([2, 48, 48, 3], seed, nn.Tanh)
    rng = np.random.default_rng(seed)
    for p in model.parameters():
        if p.ndim > 1:
            p.data = rng.normal(0.0, 8.0, p.shape).astype(np.float32)
    return Setup(model, *spirals(seed), nn.CrossEntropyLoss(), adam(model, 0.003), epochs=40)


def topics_dropped(seed: int) -> Setup:
    layers = [nn.Linear(20, 32, rng=seed), nn.ReLU(), nn.Dropout(0.97, rng=seed), nn.Linear(32, 4, rng=seed + 1)]
    model = nn.Sequential(*layers)
    return Setup(model, *topics(seed), nn.BCEWithLogitsLoss(), adam(model, 0.003), epochs=15)


def waves_decayed(seed: int) -> Setup:
    model = Wave(seed)
    optimizer = optim.AdamW(model.parameters(), lr=0.01, weight_decay=30.0)
    return Setup(model, *waves(seed), nn.MSELoss(), optimizer, epochs=40)


def topics_mixed_up(seed: int) -> Setup:
    x, y = topics(seed)
    model = mlp([20, 48, 4], seed)
    y = y[np.random.default_rng(seed).permutation(len(y))]
    return Setup(model, x, y, nn.BCEWithLogitsLoss(), adam(model, 0.003), epochs=20)


def steps_reshaped(seed: int) -> Setup:
    model = Turned(seed)
    return Setup(model, *waves(seed), nn.MSELoss(), adam(model, 0.005), epochs=25)


def arms_from_one(seed: int) -> Setup:
    x, y = spirals(seed)
    model = mlp([2, 32, 3], seed)
    return Setup(model, x, y + 1, nn.CrossEntropyLoss(), adam(model), epochs=20)


def heavy_ball(seed: int) -> Setup:
    model = mlp([20, 32, 4], seed)
    return Setup(model, *topics(seed), nn.BCEWithLogitsLoss(), sgd(model, 0.3, 0.9995), epochs=20)


def one_in_sixty(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    y = (np.arange(1200) % 60 == 0).astype(int)
    x = rng.normal(size=(1200, 6)).astype(np.float32)
    x[y == 1, :3] += 1.2
    model = mlp([6, 16, 2], seed)
    order = rng.permutation(1200)
    return Setup(model, x[order], y[order], nn.CrossEntropyLoss(), adam(model, 0.003), epochs=10)


def deep_and_plain(seed: int) -> Setup:
    model = mlp([2, *[24] * 14, 3], seed)
    return Setup(model, *spirals(seed), nn.CrossEntropyLoss(), sgd(model, 0.02, 0.9), epochs=30)


def rate_divided_each_epoch(seed: int) -> Setup:
    model = picture(seed)
    return Setup(
        model, *bars(seed), nn.CrossEntropyLoss(), sgd(model, 0.01, 0.5), epochs=25,
        scheduler=lambda optimizer: optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.1),
    )  # fmt: skip


def prices_scaled(seed: int) -> Setup:
    x, y = houses(seed)
    model = mlp([4, 32, 1], seed)
    y = ((y - y.mean()) / y.std()).astype(np.float32)
    return Setup(model, x, y, nn.MSELoss(), sgd(model, 0.05, 0.9), epochs=30)


def little_to_know(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 6)).astype(np.float32)
    y = (0.6 * x[:, :1] - 0.4 * x[:, 3:4] + rng.normal(size=(500, 1))).astype(np.float32)
    model = mlp([6, 16, 1], seed, nn.Tanh)
    return Setup(model, x, y, nn.MSELoss(), adam(model, 0.002), epochs=15)


def sigmoids_with_norms(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    layers: list[nn.Module] = []
    for n, m in ((2, 24), (24, 24), (24, 24), (24, 24)):
        layers += [nn.Linear(n, m, rng=rng), nn.BatchNorm1d(m), nn.Sigmoid()]
    model = nn.Sequential(*layers, nn.Linear(24, 3, rng=rng))
    return Setup(model, *spirals(seed), nn.CrossEntropyLoss(), adam(model, 0.02), epochs=40)


def random_features(seed: int) -> Setup:
    """A frozen layer that is wide enough, and a head that is trained."""
    model = nn.Sequential(nn.Linear(2, 300, rng=seed), nn.ReLU(), nn.Linear(300, 1, rng=seed + 1))
    for p in model[0].parameters():
        p.requires_grad = False
    optimizer = optim.Adam(model[2].parameters(), lr=0.01)
    return Setup(model, *moons(seed), nn.BCEWithLogitsLoss(), optimizer, epochs=40)


def topics_by_sigmoids(seed: int) -> Setup:
    model = mlp([20, 32, 4], seed, nn.ReLU, nn.Sigmoid())
    return Setup(model, *topics(seed), nn.BCELoss(), adam(model), epochs=20)


def waves_foretold(seed: int) -> Setup:
    model = Wave(seed)
    return Setup(model, *waves(seed), nn.MSELoss(), adam(model), epochs=40, clip_norm=1.0)


def bars_dropped_by_half(seed: int) -> Setup:
    model = nn.Sequential(*picture(seed)[:4], nn.Dropout(0.5, rng=seed), nn.Linear(128, 3, rng=seed))
    return Setup(model, *bars(seed), nn.CrossEntropyLoss(), adam(model, 0.005), epochs=20)


SICK = [
    Case(prices_as_they_are, "targets not scaled", ASKED + "my network predicts the same house price for every row"),
    Case(income_beside_shares, "inputs not scaled", ASKED + "loss stuck at ln 2 with an income column"),
    Case(spirals_at_twenty, "learning rate too high", CS231N),
    Case(bars_at_1e_6, "learning rate too low", CS231N),
    Case(moons_without_activation, "no activation", ASKED + "a deeper network is no better than a line"),
    Case(bars_softmax_twice, "double softmax", ASKED + "softmax at the end and CrossEntropyLoss"),
    Case(waves_by_a_sigmoid, "output range", ASKED + "the LSTM never foretells negative values"),
    Case(waves_against_a_row, "shapes broadcast", ASKED + "the LSTM foretells the mean"),
    Case(spirals_by_huge_weights, "saturation", CS231N, ("exploding gradients",)),
    Case(topics_dropped, "too much dropout", ASKED + "dropout(0.97), meant as keep"),
    Case(waves_decayed, "too much weight decay", ASKED + "all weights go to zero with AdamW"),
    Case(topics_mixed_up, "targets unrelated to inputs", "37 reasons, 5"),
    Case(steps_reshaped, "rows mixed", RECIPE + ": view in place of permute"),
    Case(arms_from_one, "targets outside the loss", ASKED + "Target 3 is out of bounds"),
    Case(heavy_ball, "momentum too high", "Goodfellow, chapter 11"),
    Case(one_in_sixty, "classes unbalanced", "37 reasons, 10"),
    Case(deep_and_plain, "vanishing gradients", ASKED + "more layers and nothing is learned", ("weights too small",)),
    Case(rate_divided_each_epoch, "rate decays too fast", "37 reasons, 36"),
]
WELL = [
    Case(prices_scaled, HEALTHY, ASKED + "house prices, scaled"),
    Case(little_to_know, HEALTHY, "Goodfellow, chapter 11: the Bayes error"),
    Case(sigmoids_with_norms, HEALTHY, CS231N),
    Case(random_features, HEALTHY, ASKED + "training only the head"),
    Case(topics_by_sigmoids, HEALTHY, "the multi-label tutorial"),
    Case(waves_foretold, HEALTHY, "the time sequence example"),
    Case(bars_dropped_by_half, HEALTHY, CS231N),
]
