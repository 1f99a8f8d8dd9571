"""The tuning half: first weights and activations that question sites tell of; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from nn import functional
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, CS231N, LIST, MSE, adam, sgd, split


class Taste(nn.Module):
    """What a guest and a dish have in common."""

    def __init__(self, seed: int, zero: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.guests, self.dishes = nn.Embedding(24, 4, rng=rng), nn.Embedding(18, 4, rng=rng)
        for table in (self.guests, self.dishes):
            if zero:
                nn.init.zeros_(table.weight)
            else:
                nn.init.normal_(table.weight, std=0.4, rng=rng)

    def forward(self, x: Any) -> Any:
        return (self.guests(x[:, 0]) * self.dishes(x[:, 1])).sum(axis=1, keepdims=True)


def guests_that_begin_at_nothing(seed: int, well: bool = False) -> Setup:
    """Both tables of a factorisation begin at zero, and each waits for the other."""
    rng = np.random.default_rng(seed)
    guest, dish = rng.normal(size=(24, 2)), rng.normal(size=(18, 2))
    x = np.stack([rng.integers(0, 24, 640), rng.integers(0, 18, 640)], axis=1)
    y = (guest[x[:, 0]] * dish[x[:, 1]]).sum(axis=1, keepdims=True) / 1.4 + 0.1 * rng.normal(size=(640, 1))
    model = Taste(seed, not well)
    train, held = split((x, y.astype(np.float32)), 540)
    return Setup(model, *train, MSE(), adam(model, 0.03), held, epochs=30)


def fish_behind_hard_gates(seed: int, well: bool = False) -> Setup:
    """Hard sigmoids, and matrices between -30 and 30: nearly every gate is open or shut, without a slope."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 6)).astype(np.float32)
    y = (np.sin(1.5 * x[:, :1]) + 0.7 * x[:, 1:2] * x[:, 2:3]).astype(np.float32)
    model = mlp([6, 20, 20, 20, 1], seed, nn.Hardsigmoid)
    for layer in model:
        if isinstance(layer, nn.Linear) and layer.out_features > 1:
            bound = 2.0 if well else 120.0
            nn.init.uniform_(layer.weight, -bound, bound, rng=rng)
    train, held = split((x, y), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=60)


def tuned_by_a_gain_of_six(seed: int, well: bool = False) -> Setup:
    """Eight layers whose gain is six in place of the root of two."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(560, 8)).astype(np.float32)
    y = (x @ np.random.default_rng(41).normal(size=(8, 4)) / 3 + 0.2 * np.abs(x[:, :4])).argmax(axis=1)
    model = mlp([8, *[32] * 8, 4], seed)
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_normal_(layer.weight, gain=2.0**0.5 if well else 6.0, rng=rng)
    train, held = split((x, y), 460)
    return Setup(model, *train, CE(), adam(model, 0.001), held, epochs=30)


def knobs_of_ten_sigmoids(seed: int, well: bool = False) -> Setup:
    """Ten layers of sigmoids, and plain descent."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 480)
    x = np.random.default_rng(43).normal(size=(4, 10))[y] + 0.6 * rng.normal(size=(480, 10))
    model = mlp([10, *[24] * 9, 4], seed, nn.ReLU if well else nn.Sigmoid)
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, rng=rng)
    train, held = split((x.astype(np.float32), y), 380)
    return Setup(model, *train, CE(), sgd(model, 0.1), held, epochs=15)


def prints_from_a_millionth(seed: int, well: bool = False) -> Setup:
    """An autoencoder whose matrices begin at some hundred-thousandths."""
    rng = np.random.default_rng(seed)
    x = np.tanh(rng.normal(size=(420, 3)) @ np.random.default_rng(45).normal(size=(3, 20))).astype(np.float32)
    model = mlp([20, 24, 8, 24, 20], seed, nn.Tanh)
    for p in model.parameters():
        if p.ndim > 1 and not well:
            nn.init.normal_(p, std=2e-5, rng=rng)
    train, held = split((x, x), 340)
    return Setup(model, *train, MSE(), sgd(model, 0.5), held, epochs=40)


def weeds_below_the_threshold(seed: int, well: bool = False) -> Setup:
    """A threshold of ten: whatever is smaller becomes zero, and has no slope."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(380, 5)).astype(np.float32)
    y = (x[:, :1] ** 2 + 0.8 * x[:, 1:2] * x[:, 2:3] > 0.7).astype(np.float32)
    model = mlp([5, 32, 32, 1], seed, lambda: nn.Threshold(0.0 if well else 10.0, 0.0))
    train, held = split((x, y), 300)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=30)


class Drawn(nn.Module):
    """Two layers by hand, whose rows are drawn one after the other."""

    def __init__(self, seed: int, anew: bool) -> None:
        super().__init__()
        rows = [np.random.default_rng(seed if anew else seed + 100 * i).normal(size=9) / 3.0 for i in range(30)]
        self.first = nn.Parameter(np.stack(rows).astype(np.float32))
        self.offset = nn.Parameter(np.zeros(30, np.float32))
        self.second = nn.Parameter(np.full((1, 30), 0.1, np.float32))
        self.base = nn.Parameter(np.zeros(1, np.float32))

    def forward(self, x: Any) -> Any:
        h = functional.gelu(functional.linear(x, self.first, self.offset))
        return functional.linear(h, self.second, self.base)


def rows_of_the_same_seed(seed: int, well: bool = False) -> Setup:
    """Each row of the matrix is drawn by a generator that begins anew."""
    rng = np.random.default_rng(seed + 1)
    x = rng.normal(size=(420, 9)).astype(np.float32)
    y = np.abs(x[:, :1]) + 0.8 * x[:, 1:2] * x[:, 2:3] - 0.8 + 0.1 * rng.normal(size=(420, 1))
    model = Drawn(seed, not well)
    train, held = split((x, y.astype(np.float32)), 340)
    return Setup(model, *train, MSE(), adam(model, 0.02), held, epochs=50)


SICK: list[Case] = [
    Case(guests_that_begin_at_nothing, "identical units", CS231N + ", all zero initialisation", ("weights too small",)),
    Case(fish_behind_hard_gates, "saturation", CS231N),
    Case(tuned_by_a_gain_of_six, "exploding gradients", LIST + "24, check the initialisation"),
    Case(knobs_of_ten_sigmoids, "vanishing gradients", ASKED + "deep sigmoid network, loss stays at ln 4"),
    Case(prints_from_a_millionth, "weights too small", CS231N + ", small random numbers"),
    Case(weeds_below_the_threshold, "dead units", ASKED + "activations are all zero"),
    Case(rows_of_the_same_seed, "identical units", ASKED + "same seed for each row"),
]
WELL: list[Case] = []
