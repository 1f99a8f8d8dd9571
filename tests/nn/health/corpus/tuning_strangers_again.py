"""The tuning half: a second set of strangers' runs, written after what the first had shown was mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp

ASKED = "question on a question site: "


def adam(model: nn.Module, lr: float = 0.01) -> optim.Optimizer:
    return optim.Adam(model.parameters(), lr=lr)


def engines(seed: int, count: int = 360) -> rows.Rows:
    """Fuel by weight, power and age, with a bend and a product."""
    rng = np.random.default_rng(seed)
    weight, power, age = rng.uniform(700, 2300, count), rng.uniform(40, 240, count), rng.uniform(0, 20, count)
    fuel = 3.0 + 2.2e-5 * weight * power**0.7 + 0.08 * age + 0.2 * rng.normal(size=count)
    return np.stack([weight, power, age], axis=1).astype(np.float32), fuel.astype(np.float32)[:, None]


def scaled(some: rows.Rows) -> rows.Rows:
    x, y = some
    return ((x - x.mean(0)) / x.std(0)).astype(np.float32), ((y - y.mean()) / y.std()).astype(np.float32)


def rings(seed: int, count: int = 400) -> rows.Rows:
    """Three rings around one another."""
    rng = np.random.default_rng(seed)
    y, a = rng.integers(0, 3, count), rng.uniform(0, 2 * np.pi, count)
    r = 0.4 + 0.55 * y + 0.07 * rng.normal(size=count)
    return np.stack([r * np.cos(a), r * np.sin(a)], axis=1).astype(np.float32), y


def motions(seed: int, count: int = 260, length: int = 16) -> rows.Rows:
    """Three channels of a sensor; which of four motions it is."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, count)
    t = np.arange(length)
    x = 0.5 * rng.normal(size=(count, 3, length))
    x[:, 0] += np.sin(t * (0.4 + 0.35 * (y[:, None] % 2)) + rng.uniform(0, 6, (count, 1)))
    x[:, 1] += np.where(y[:, None] > 1, np.linspace(-1.2, 1.2, length), np.linspace(1.2, -1.2, length))
    return x.astype(np.float32), y


def reviews(seed: int, count: int = 360) -> rows.Rows:
    """Ten words of forty; 1 where more of the good ones stand in it than of the bad ones."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 40, (count, 10))
    score = (x < 10).sum(1) - ((x >= 10) & (x < 20)).sum(1)
    keep = score != 0
    return x[keep], (score[keep] > 0).astype(np.float32)[:, None]


class Review(nn.Module):
    def __init__(self, seed: int, hidden: int = 12) -> None:
        super().__init__()
        self.words = nn.Embedding(40, 8, rng=seed)
        self.rnn = nn.LSTM(8, hidden, batch_first=True, rng=seed + 1)
        self.out = nn.Linear(hidden, 1, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        return self.out(self.rnn(self.words(x))[0].mean(axis=1))


def signal_net(seed: int, *end: nn.Module) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(3, 12, 5, rng=seed), nn.ReLU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(72, 24, rng=seed + 1), nn.ReLU(),
        nn.Linear(24, 4, rng=seed + 2), *end,
    )  # fmt: skip


# The sick ones.


def engines_as_measured(seed: int) -> Setup:
    x, y = engines(seed)
    model = mlp([3, 32, 1], seed, nn.Tanh)
    return Setup(model, x, scaled((x, y))[1], nn.MSELoss(), adam(model, 0.003), epochs=40)


def engines_by_sgd_at_2(seed: int) -> Setup:
    model = mlp([3, 32, 32, 1], seed)
    return Setup(model, *scaled(engines(seed)), nn.MSELoss(), optim.SGD(model.parameters(), lr=2.0), epochs=20)


def rings_by_sgd_at_1e_3(seed: int) -> Setup:
    model = mlp([2, 32, 3], seed)
    return Setup(model, *rings(seed), nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=1e-3), epochs=20)


def rings_by_lines(seed: int) -> Setup:
    model = nn.Sequential(nn.Linear(2, 64, rng=seed), nn.Dropout(0.1, rng=seed), nn.Linear(64, 3, rng=seed))
    return Setup(model, *rings(seed), nn.CrossEntropyLoss(), adam(model), epochs=25)


def class_numbers_at_1e_6(seed: int) -> Setup:
    x, y = rings(seed)
    model = mlp([2, 32, 1], seed)
    y = np.array([1, 0, 2])[y].astype(np.float32)[:, None]
    return Setup(model, x, y, nn.MSELoss(), adam(model, 1e-6), epochs=15)


def motions_squashed(seed: int) -> Setup:
    model = signal_net(seed, nn.Sigmoid())
    return Setup(model, *motions(seed), nn.CrossEntropyLoss(), adam(model, 0.002), epochs=12)


def motions_all_zero(seed: int) -> Setup:
    model = signal_net(seed)
    for p in model.parameters():
        p.data = np.zeros_like(p.data)
    return Setup(model, *motions(seed), nn.CrossEntropyLoss(), adam(model), epochs=12)


def motions_clipped(seed: int) -> Setup:
    model = signal_net(seed)
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    return Setup(model, *motions(seed), nn.CrossEntropyLoss(), optimizer, epochs=15, clip_norm=1e-4)


def motions_once(seed: int) -> Setup:
    model = signal_net(seed)
    return Setup(model, *motions(seed), nn.CrossEntropyLoss(), adam(model, 0.001), epochs=1)


def reviews_by_a_softmax_of_one(seed: int) -> Setup:
    model = nn.Sequential(Review(seed), nn.Softmax(dim=-1))
    return Setup(model, *reviews(seed), nn.BCELoss(), adam(model), epochs=15)


def reviews_mixed_up(seed: int) -> Setup:
    x, y = reviews(seed)
    model = Review(seed)
    return Setup(model, np.random.default_rng(seed).permutation(x), y, nn.BCEWithLogitsLoss(), adam(model), epochs=12)


def reviews_of_a_row(seed: int) -> Setup:
    def error(outputs: Any, targets: Any) -> Any:
        return (outputs.sigmoid() - targets).abs().mean()

    x, y = reviews(seed)
    model = Review(seed)
    return Setup(model, x, y[:, 0], error, adam(model), epochs=15)


def motions_by_one_unit(seed: int) -> Setup:
    x, y = motions(seed)
    model = mlp([48, 1, 4], seed)
    return Setup(model, x.reshape(len(x), -1), y, nn.CrossEntropyLoss(), adam(model), epochs=25)


def engines_rectified(seed: int) -> Setup:
    model = mlp([3, 32, 1], seed, nn.ReLU, nn.ReLU())
    return Setup(model, *scaled(engines(seed)), nn.MSELoss(), adam(model, 0.003), epochs=25)


def rings_with_l2(seed: int) -> Setup:
    model = mlp([2, 32, 3], seed)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.5)
    return Setup(model, *rings(seed), nn.CrossEntropyLoss(), optimizer, epochs=25)


def tanh_by_tens(seed: int) -> Setup:
    model = mlp([2, 32, 32, 32, 3], seed, nn.Tanh)
    for p in model.parameters():
        if p.ndim > 1:
            p.data = np.random.default_rng(seed).normal(0.0, 10.0, p.shape).astype(np.float32)
    return Setup(model, *rings(seed), nn.CrossEntropyLoss(), adam(model, 0.001), epochs=15)


def nine_sigmoids(seed: int) -> Setup:
    model = mlp([2, *[24] * 9, 3], seed, nn.Sigmoid)
    return Setup(
        model, *rings(seed), nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.1, momentum=0.9), epochs=25
    )


def biases_of_minus_ten(seed: int) -> Setup:
    model = mlp([2, 32, 32, 3], seed)
    model[0].bias.data = np.full(32, -10.0, np.float32)
    return Setup(model, *rings(seed), nn.CrossEntropyLoss(), adam(model, 0.003), epochs=20)


def rare_motion(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x, y = motions(seed, 1600)
    keep = (y != 3) | (rng.random(len(y)) < 0.15)
    y = (y == 3).astype(np.float32)[:, None]
    model = nn.Sequential(*signal_net(seed)[:6], nn.Linear(24, 1, rng=seed))
    return Setup(model, x[keep], y[keep], nn.BCEWithLogitsLoss(), optim.SGD(model.parameters(), lr=0.01), epochs=8)


def huge_batches(seed: int) -> Setup:
    model = mlp([2, 32, 3], seed)
    return Setup(model, *rings(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=15, batch_size=400)


def other_scale_in_validation(seed: int) -> Setup:
    x, y = scaled(engines(seed))
    other, asked = engines(seed + 50, 100)
    model = mlp([3, 32, 1], seed)
    held = other, ((asked - asked.mean()) / asked.std()).astype(np.float32)
    return Setup(model, x, y, nn.MSELoss(), adam(model, 0.005), epochs=20, validation=held)


# The healthy ones.


def engines_learned(seed: int) -> Setup:
    model = mlp([3, 32, 32, 1], seed, nn.SiLU)
    return Setup(model, *scaled(engines(seed)), nn.MSELoss(), adam(model, 0.005), epochs=40)


def rings_learned(seed: int) -> Setup:
    model = mlp([2, 32, 32, 3], seed)
    return Setup(
        model, *rings(seed), nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=0.1, momentum=0.9), epochs=30
    )


def motions_learned(seed: int) -> Setup:
    model = signal_net(seed)
    return Setup(model, *motions(seed), nn.CrossEntropyLoss(), adam(model, 0.003), epochs=25)


def reviews_learned(seed: int) -> Setup:
    model = Review(seed)
    return Setup(model, *reviews(seed, 1500), nn.BCEWithLogitsLoss(), adam(model), epochs=8)


def nine_tanhs_by_xavier(seed: int) -> Setup:
    model = mlp([2, *[24] * 9, 3], seed, nn.Tanh)
    for p in model.parameters():
        if p.ndim > 1:
            nn.init.xavier_uniform_(p, rng=seed)
    return Setup(model, *rings(seed), nn.CrossEntropyLoss(), adam(model, 0.003), epochs=40)


def labels_hardly_told(seed: int) -> Setup:
    """One row in four has the other label."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(600, 5)).astype(np.float32)
    y = ((x[:, 0] + x[:, 1] > 0) ^ (rng.random(600) < 0.25)).astype(np.float32)[:, None]
    model = mlp([5, 8, 1], seed, nn.Tanh)
    return Setup(model, x, y, nn.BCEWithLogitsLoss(), adam(model, 0.003), epochs=10)


def one_in_ten(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    y = (rng.random(900) < 0.1).astype(int)
    x = rng.normal(size=(900, 4)).astype(np.float32)
    x[y == 1, :2] += 2.0
    model = mlp([4, 16, 2], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model), epochs=15)


def smoothed_labels(seed: int) -> Setup:
    x, y = rings(seed)
    model = mlp([2, 32, 3], seed)
    soft = 0.9 * np.eye(3, dtype=np.float32)[y] + np.float32(0.1 / 3)

    def entropy(outputs: Any, targets: Any) -> Any:
        return -(functional.log_softmax(outputs, -1) * targets).sum(axis=1).mean()

    return Setup(model, x, soft, entropy, adam(model), epochs=30)


def small_steps_for_long(seed: int) -> Setup:
    model = mlp([2, 32, 3], seed)
    return Setup(model, *rings(seed), nn.CrossEntropyLoss(), adam(model, 0.002), epochs=120)


def counts_by_a_softplus(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 3)).astype(np.float32)
    y = rng.poisson(np.exp(0.8 * x[:, 0] - 0.5 * x[:, 1] + 0.7)).astype(np.float32)[:, None]
    model = mlp([3, 24, 1], seed, nn.Tanh, nn.Softplus())

    def poisson(outputs: Any, targets: Any) -> Any:
        return (outputs - targets * (outputs + 1e-6).log()).mean()

    return Setup(model, x, y, poisson, adam(model), epochs=25)


SICK = [
    Case(engines_as_measured, "inputs not scaled", ASKED + "loss does not fall with raw features"),
    Case(engines_by_sgd_at_2, "learning rate too high", ASKED + "loss is nan"),
    Case(rings_by_sgd_at_1e_3, "learning rate too low", ASKED + "the loss stays at ln 3"),
    Case(rings_by_lines, "no activation", ASKED + "accuracy stays low on rings"),
    Case(class_numbers_at_1e_6, "learning rate too low", ASKED + "class numbers by MSE", ("loss unfit",)),
    Case(motions_squashed, "double softmax", ASKED + "sigmoid before cross entropy", ("output range",)),
    Case(motions_all_zero, "identical units", "CS231n: all zero initialisation"),
    Case(motions_clipped, "clipping too tight", "37 reasons, 35"),
    Case(motions_once, "too few steps", "37 reasons, 37", ("learning rate too low",)),
    Case(reviews_by_a_softmax_of_one, "softmax over one unit", ASKED + "softmax with one output"),
    Case(reviews_mixed_up, "targets unrelated to inputs", "37 reasons, 5"),
    Case(reviews_of_a_row, "shapes broadcast", ASKED + "the mean absolute error of a sigmoid"),
    Case(motions_by_one_unit, "network too small", "37 reasons, 19"),
    Case(engines_rectified, "output range", ASKED + "ReLU on the output"),
    Case(rings_with_l2, "too much weight decay", "37 reasons, 28"),
    Case(tanh_by_tens, "saturation", "CS231n", ("exploding gradients",)),
    Case(nine_sigmoids, "vanishing gradients", "Goodfellow, chapter 8"),
    Case(biases_of_minus_ten, "dead units", "CS231n"),
    Case(
        rare_motion,
        "learning rate too low",
        "37 reasons, 36: a rare class, and plain SGD",
        ("classes unbalanced", "too few steps"),
    ),
    Case(
        huge_batches,
        "batch too large",
        ASKED + "batch size and generalisation",
        ("too few steps", "learning rate too low"),
    ),
    Case(other_scale_in_validation, "validation differs", "37 reasons, 15"),
]
WELL = [
    Case(make, HEALTHY, "a tutorial")
    for make in (
        engines_learned, rings_learned, motions_learned, reviews_learned, nine_tanhs_by_xavier, labels_hardly_told, one_in_ten,
        smoothed_labels, small_steps_for_long, counts_by_a_softplus,
    )
]  # fmt: skip
