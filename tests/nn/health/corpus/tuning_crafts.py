"""The tuning half: runs of people in many trades, as models with their rows; steps, batches, losses and what stands in the data."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from nn import functional
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import adam, sgd, split
from tests.nn.health.corpus.rows import Rows

ASKED = "question on a question site: "
FORUM = "question on a forum: "


def bridges(seed: int, count: int = 420) -> Rows:
    """How far a beam bends, by its length, load, height and stiffness; scaled logarithms."""
    rng = np.random.default_rng(seed)
    length, load, height, stiff = rng.uniform(-1, 1, (4, count))
    bend = 3.0 * length + load - 2.5 * height - stiff + 0.9 * np.sin(3.0 * length * load) + 0.1 * rng.normal(size=count)
    return 1.7 * np.stack([length, load, height, stiff], axis=1).astype(np.float32), (bend[:, None] / 2.5).astype(
        np.float32
    )


def gauges(seed: int, count: int = 400) -> Rows:
    """Six gauges of a boiler as they show, far from zero, and which of three states it is in."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    centres = np.random.default_rng(21).normal(0.0, 1.2, (3, 6))
    x = centres[y] + 0.7 * rng.normal(size=(count, 6))
    return (np.array([180, 40, 7, 95, 300, 12]) + x * np.array([20, 6, 2, 9, 40, 3])).astype(np.float32), y


def steps_walked(seed: int, count: int = 300, length: int = 15) -> Rows:
    """Two channels of a sensor on a foot, and how fast its owner walks."""
    rng = np.random.default_rng(seed)
    speed = rng.uniform(0.5, 1.6, (count, 1))
    phase = rng.uniform(0, 2 * np.pi, (count, 1))
    t = np.arange(length) * speed + phase
    x = np.stack([np.sin(t), np.cos(t) * speed], axis=2) + 0.1 * rng.normal(size=(count, length, 2))
    return x.astype(np.float32), ((speed - 1.05) / 0.32).astype(np.float32)


def recipes(seed: int, count: int = 420, words: int = 36) -> Rows:
    """Seven words of a recipe; which of four kitchens it is from."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, count)
    own = 9 * y[:, None] + rng.integers(0, 9, (count, 7))
    return np.where(rng.random((count, 7)) < 0.55, own, rng.integers(0, words, (count, 7))), y


def tags(seed: int, count: int = 400) -> Rows:
    """Twelve measures of a song, and which of six tags it has."""
    rng = np.random.default_rng(seed)
    w = np.random.default_rng(8).normal(size=(12, 6))
    x = rng.normal(size=(count, 12)).astype(np.float32)
    return x, (np.tanh(x) @ w + 0.4 * rng.normal(size=(count, 6)) > 0.7).astype(np.float32)


def bars(seed: int, count: int = 360) -> Rows:
    """Pictures of 9 × 9 with a bar that lies, stands or slopes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, count)
    i, j = np.mgrid[-4:5, -4:5]
    a = np.pi * y / 4 + 0.1 * rng.normal(size=count)
    far = np.cos(a)[:, None, None] * i - np.sin(a)[:, None, None] * j + rng.uniform(-1.5, 1.5, (count, 1, 1))
    return (1.8 * np.exp(-(far**2)) - 0.5 + 0.4 * rng.normal(size=far.shape))[:, None].astype(np.float32), y


class Kitchen(nn.Module):
    def __init__(self, seed: int, size: int = 8, words: int = 36, classes: int = 4) -> None:
        super().__init__()
        self.words = nn.Embedding(words, size, rng=seed)
        self.mix = nn.Linear(size, 16, rng=seed + 1)
        self.out = nn.Linear(16, classes, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        return self.out(functional.relu(self.mix(self.words(x).mean(axis=1))))


class Walker(nn.Module):
    def __init__(self, seed: int, kind: Any = nn.LSTM) -> None:
        super().__init__()
        self.cell: Any = kind(2, 14, batch_first=True, rng=seed)
        self.out = nn.Linear(14, 1, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.out(self.cell(x)[0].mean(axis=1))


def barsight(seed: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, rng=seed), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(54, 4, rng=seed + 1)
    )


# Batch norm.


def boiler_with_slow_averages(seed: int) -> Setup:
    model = nn.Sequential(
        nn.BatchNorm1d(6, momentum=0.005), nn.Linear(6, 24, rng=seed), nn.ReLU(), nn.Linear(24, 3, rng=seed)
    )
    train, held = split(gauges(seed), 320)
    return Setup(model, *train, nn.CrossEntropyLoss(), adam(model), validation=held, epochs=12)


def boiler_with_keras_momentum(seed: int) -> Setup:
    model = mlp([6, 24, 3], seed)
    model = nn.Sequential(nn.BatchNorm1d(6, momentum=0.0), *model)
    return Setup(model, *gauges(seed), nn.CrossEntropyLoss(), adam(model), epochs=12)


def beams_two_by_two(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Linear(4, 32, rng=rng), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 1, rng=rng))
    train, held = split(bridges(seed), 340)
    return Setup(model, *train, nn.MSELoss(), adam(model, 0.003), validation=held, epochs=12, batch_size=2)


class Standard(nn.Module):
    """Hidden values less their mean over the batch, by their spread."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(width, affine=False)

    def forward(self, h: Any) -> Any:
        return self.norm(h)


def songs_in_pairs(seed: int) -> Setup:
    model = nn.Sequential(nn.Linear(12, 40, rng=seed), Standard(40), nn.Tanh(), nn.Linear(40, 6, rng=seed + 1))
    return Setup(model, *tags(seed), nn.BCEWithLogitsLoss(), adam(model, 0.003), epochs=12, batch_size=2)


# Sizes of batches and numbers of steps.


def beams_one_by_one(seed: int) -> Setup:
    model = mlp([4, 32, 32, 1], seed, nn.Tanh)
    x, y = bridges(seed)
    y = (y + 0.8 * np.random.default_rng(seed).normal(size=y.shape)).astype(np.float32)
    return Setup(model, x, y, nn.MSELoss(), sgd(model, 0.03, 0.5), epochs=6, batch_size=1)


def songs_in_twos(seed: int) -> Setup:
    model = mlp([12, 48, 6], seed)
    train, held = split(tags(seed), 320)
    return Setup(
        model,
        *train,
        nn.BCEWithLogitsLoss(),
        optim.RMSprop(model.parameters(), lr=0.02),
        validation=held,
        epochs=10,
        batch_size=2,
    )


def recipes_singly(seed: int) -> Setup:
    model = Kitchen(seed)
    return Setup(model, *recipes(seed), nn.CrossEntropyLoss(), adam(model, 0.03), epochs=5, batch_size=1)


def bars_in_one_batch(seed: int) -> Setup:
    model = barsight(seed)
    train, held = split(bars(seed), 300)
    return Setup(model, *train, nn.CrossEntropyLoss(), sgd(model, 0.1, 0.9), validation=held, epochs=6, batch_size=300)


def walkers_in_batches_of_256(seed: int) -> Setup:
    model = Walker(seed)
    return Setup(model, *steps_walked(seed), nn.MSELoss(), adam(model, 0.01), epochs=12, batch_size=256)


def songs_for_one_epoch(seed: int) -> Setup:
    model = mlp([12, 32, 6], seed, nn.GELU)
    return Setup(model, *tags(seed), nn.BCEWithLogitsLoss(), adam(model, 0.005), epochs=1, batch_size=16)


def walkers_for_two_epochs(seed: int) -> Setup:
    model = Walker(seed, nn.GRU)
    train, held = split(steps_walked(seed), 250)
    return Setup(model, *train, nn.L1Loss(), adam(model, 0.005), validation=held, epochs=2)


# The optimizer.


def beams_carried_on(seed: int) -> Setup:
    model = mlp([4, 24, 1], seed)
    return Setup(model, *bridges(seed), nn.MSELoss(), sgd(model, 0.05, 0.999), epochs=15)


def walkers_by_nesterov(seed: int) -> Setup:
    model = Walker(seed, nn.GRU)
    train, held = split(steps_walked(seed), 240)
    return Setup(model, *train, nn.MSELoss(), sgd(model, 0.05, 0.999, nesterov=True), validation=held, epochs=20)


def bars_by_rprop(seed: int) -> Setup:
    model = barsight(seed)
    return Setup(
        model, *bars(seed), nn.CrossEntropyLoss(), optim.Rprop(model.parameters(), lr=0.01), epochs=10, batch_size=6
    )


def beams_by_lbfgs_of_batches(seed: int) -> Setup:
    model = mlp([4, 24, 1], seed, nn.Tanh)
    x, y = bridges(seed)
    y = (y + 0.5 * np.random.default_rng(seed).normal(size=y.shape)).astype(np.float32)
    return Setup(model, x, y, nn.MSELoss(), optim.LBFGS(model.parameters(), lr=1.0, max_iter=5), epochs=3, batch_size=8)


def songs_with_halved_rates(seed: int) -> Setup:
    model = mlp([12, 32, 6], seed)
    return Setup(
        model, *tags(seed), nn.BCEWithLogitsLoss(), sgd(model, 0.3, 0.5), epochs=20,
        scheduler=lambda o: optim.lr_scheduler.ExponentialLR(o, gamma=0.3),
    )  # fmt: skip


def walkers_with_rates_by_squares(seed: int) -> Setup:
    model = Walker(seed, nn.GRU)
    train, held = split(steps_walked(seed), 240)
    return Setup(
        model, *train, nn.MSELoss(), adam(model, 0.003), validation=held, epochs=20,
        scheduler=lambda o: optim.lr_scheduler.LambdaLR(o, lambda epoch: 1.0 / (1.0 + epoch) ** 3),
    )  # fmt: skip


def bars_with_clipped_norm(seed: int) -> Setup:
    model = barsight(seed)
    return Setup(model, *bars(seed), nn.CrossEntropyLoss(), sgd(model, 0.1, 0.9), epochs=15, clip_norm=0.003)


def walkers_clipped_for_safety(seed: int) -> Setup:
    model = Walker(seed, nn.GRU)
    return Setup(model, *steps_walked(seed), nn.MSELoss(), sgd(model, 0.05, 0.9), epochs=20, clip_norm=0.003)


class Bounded(optim.SGD):
    """After each step no weight is larger than the bound."""

    bound = 0.02

    def step(self, *args: Any, **options: Any) -> Any:
        loss = super().step(*args, **options)
        for group in self.param_groups:
            for p in group["params"]:
                p.data = np.clip(p.data, -self.bound, self.bound)
        return loss


def beams_with_bounded_weights(seed: int) -> Setup:
    model = mlp([4, 32, 1], seed, nn.LeakyReLU)
    return Setup(model, *bridges(seed), nn.MSELoss(), Bounded(model.parameters(), lr=0.05, momentum=0.9), epochs=15)


SICK = [
    Case(boiler_with_slow_averages, "running statistics", FORUM + "good in train mode, bad in eval mode"),
    Case(boiler_with_keras_momentum, "running statistics", "momentum of batch norm taken for that of another library"),
    Case(
        beams_two_by_two,
        "normalisation of one row",
        "Wu and He, Group normalization: small batches",
        ("batch too small",),
    ),
    Case(
        songs_in_pairs, "normalisation of one row", "Ioffe, Batch renormalization: small batches", ("batch too small",)
    ),
    Case(beams_one_by_one, "batch too small", "Goodfellow, chapter 8.1.3", ("learning rate too high",)),
    Case(songs_in_twos, "batch too small", "Ivanov, 37 reasons; batches of two", ("learning rate too high",)),
    Case(recipes_singly, "batch too small", "CS231n; batches of one", ("learning rate too high",)),
    Case(bars_in_one_batch, "batch too large", "Ivanov, 37 reasons: reduce the batch size", ("too few steps",)),
    Case(
        walkers_in_batches_of_256,
        "batch too large",
        "Keskar and others; a batch for a large data set",
        ("too few steps",),
    ),
    Case(songs_for_one_epoch, "too few steps", "Ivanov, 37 reasons: give it some time"),
    Case(walkers_for_two_epochs, "too few steps", "Karpathy's recipe"),
    Case(beams_carried_on, "momentum too high", "Goodfellow, chapter 8.3.2"),
    Case(walkers_by_nesterov, "momentum too high", "Sutskever and others; the last momentum of a schedule, all along"),
    Case(bars_by_rprop, "optimizer unfit", "Hinton, lecture 6e: rprop does not work with mini-batches"),
    Case(beams_by_lbfgs_of_batches, "optimizer unfit", "Goodfellow, chapter 8.1.3: second order needs large batches"),
    Case(songs_with_halved_rates, "rate decays too fast", "Goodfellow, chapter 8.3.1"),
    Case(walkers_with_rates_by_squares, "rate decays too fast", "Robbins and Monro: rates whose sum ends"),
    Case(bars_with_clipped_norm, "clipping too tight", FORUM + "clipping by a norm of a thousandth"),
    Case(walkers_clipped_for_safety, "clipping too tight", "Pascanu and others; a norm of a hundredth"),
    Case(beams_with_bounded_weights, "weights held small", "Arjovsky and others, Wasserstein GAN"),
]
