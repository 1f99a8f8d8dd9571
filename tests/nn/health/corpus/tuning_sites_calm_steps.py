"""The tuning half: setups that are fine, with unusual optimizers, high rates, noise and few rows."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.tuning_sites_rates import Breath, Heads, breaths, standard


def votes_at_a_rate_of_three(seed: int) -> Setup:
    """One layer by plain steps of three, which it takes; one vote in ten says the opposite."""
    rng = np.random.default_rng(seed)
    x = rng.choice([-1.0, 0.0, 1.0], (560, 9))
    y = x @ np.random.default_rng(61).normal(size=9) > 0.2
    y = np.where(rng.random(560) < 0.1, ~y, y)[:, None].astype(np.float32)
    model = mlp([9, 1], seed)
    train, held = split((x.astype(np.float32), y), 400)
    return Setup(model, *train, BCE(), sgd(model, 3.0), held, epochs=20, batch_size=90)


def spices_by_muon(seed: int) -> Setup:
    """Muon for the matrices of three layers, nine spices, and two that smell alike."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 9, 520)
    scents = np.random.default_rng(93).normal(size=(9, 12))
    scents[8] = scents[7] + 0.45 * np.random.default_rng(94).normal(size=12)
    x = (scents[y] + 0.55 * rng.normal(size=(520, 12))).astype(np.float32)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(12, 48, bias=False, rng=rng), nn.SiLU(), nn.Linear(48, 48, bias=False, rng=rng), nn.SiLU(),
        nn.Linear(48, 9, bias=False, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), 400)
    return Setup(
        model, *train, CE(), optim.Muon(model.parameters(), lr=0.02, weight_decay=0.0), held, epochs=12, batch_size=25
    )


def kilns_by_adafactor(seed: int) -> Setup:
    """Adafactor over a smooth surface, with noise of a quarter."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (400, 3))
    y = standard(np.exp(x[:, 0]) * np.cos(2 * x[:, 1]) + x[:, 2] ** 2)
    y = standard(y + 0.25 * rng.normal(size=y.shape))
    model = mlp([3, 48, 48, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y), 320)
    return Setup(model, *train, MSE(), optim.Adafactor(model.parameters(), lr=0.02), held, epochs=60, batch_size=20)


def wool_of_sixty_sheep(seed: int) -> Setup:
    """Sixty rows, a small network, a decay, a cosine; other sheep are known somewhat worse."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(160, 4)).astype(np.float32)
    y = standard(x[:, 0] - 0.7 * x[:, 1] + 0.6 * np.tanh(2 * x[:, 2]) + 0.35 * rng.normal(size=160))
    model = mlp([4, 10, 1], seed, nn.Softplus)
    train, held = split((x, y), 60)

    def scheduler(of: optim.Optimizer) -> Any:
        return optim.lr_scheduler.CosineAnnealingLR(of, T_max=80)

    optimizer = optim.AdamW(model.parameters(), lr=0.03, weight_decay=0.02)
    return Setup(model, *train, MSE(), optimizer, held, epochs=80, batch_size=12, scheduler=scheduler)


def sleepers_turned_over(seed: int) -> Setup:
    """A recurrent network by gradient descent, clipped, over sequences with noise of a third."""
    x, y = breaths(seed, 380)
    y = standard(y + 0.3 * np.random.default_rng(seed + 50).normal(size=y.shape))
    model = Breath(seed, nn.GRU)
    train, held = split((x, y), 300)
    return Setup(model, *train, MSE(), sgd(model, 0.1, 0.9), held, epochs=40, batch_size=20, clip_norm=1.0)


def wreck_among_stones(seed: int) -> Setup:
    """One picture in seven holds a wreck, and it is found; filters, a mean over the picture, Adamax."""
    rng = np.random.default_rng(seed)
    n = 720
    wreck = rng.random(n) < 0.14
    x = 0.5 * rng.normal(size=(n, 1, 10, 10))
    for k in range(n):
        i, j = rng.integers(0, 7, 2)
        if wreck[k]:
            x[k, 0, i : i + 3, j : j + 3] += 2.2
        else:
            x[k, 0, i, j] += 2.5
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, rng=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 8, 3, rng=rng), nn.ReLU(), nn.Flatten(),
        nn.Linear(32, 2, rng=rng),
    )  # fmt: skip
    train, held = split((x.astype(np.float32), wreck.astype(int)), 540)
    return Setup(model, *train, CE(), optim.Adamax(model.parameters(), lr=0.01), held, epochs=25, batch_size=27)


def seven_layers_of_tanh_by_momentum(seed: int) -> Setup:
    """Seven layers that stand still for some epochs and then learn; a decay of 1e-4, five sorts on two spirals' arms."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 450)
    r = rng.uniform(0.1, 1, 450)
    turn = 3.2 * r + 2 * np.pi / 3 * y + 0.1 * rng.normal(size=450)
    x = 1.8 * np.stack([r * np.cos(turn), r * np.sin(turn)], 1)
    model = mlp([2, 20, 20, 20, 20, 20, 20, 3], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y), 360)
    return Setup(model, *train, CE(), sgd(model, 0.05, 0.9, weight_decay=1e-4), held, epochs=90, batch_size=20)


def tickets_two_kinds_alike(seed: int) -> Setup:
    """Tokens through attention; two of four kinds of ticket differ by a single word, and one in twelve has a wrong name."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 520)
    x = rng.integers(8, 30, (520, 7))
    place = rng.integers(0, 7, 520)
    x[np.arange(520), place] = np.where(y < 2, y, 2 * y + rng.integers(0, 2, 520) - 2)
    y = np.where(rng.random(520) < 0.08, rng.integers(0, 4, 520), y)
    model = Heads(seed, classes=4)
    train, held = split((x, y), 420)
    return Setup(model, *train, CE(), adam(model, 0.004), held, epochs=14, batch_size=21)


def half_of_a_wide_layer_left_out(seed: int) -> Setup:
    """Dropout of .4 in a wide network, six labels, one in ten of them wrong, and ASGD."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(620, 12))
    y = x @ np.random.default_rng(17).normal(size=(12, 6)) + 0.6 * np.abs(x[:, :6]) > 0.5
    y = np.where(rng.random(y.shape) < 0.06, ~y, y).astype(np.float32)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Linear(12, 128, rng=rng), nn.ReLU(), nn.Dropout(0.4, rng=seed), nn.Linear(128, 6, rng=rng))
    train, held = split((x.astype(np.float32), y), 500)
    return Setup(model, *train, BCE(), optim.ASGD(model.parameters(), lr=0.5), held, epochs=30, batch_size=25)


WELL: list[Case] = [
    Case(votes_at_a_rate_of_three, HEALTHY, CS231N),
    Case(spices_by_muon, HEALTHY, ASKED + "Muon for a small network"),
    Case(kilns_by_adafactor, HEALTHY, ASKED + "Adafactor outside of transformers"),
    Case(wool_of_sixty_sheep, HEALTHY, BOOK),
    Case(sleepers_turned_over, HEALTHY, BOOK + ", 10.11"),
    Case(wreck_among_stones, HEALTHY, LIST + "9"),
    Case(seven_layers_of_tanh_by_momentum, HEALTHY, CS231N),
    Case(tickets_two_kinds_alike, HEALTHY, RECIPE),
    Case(half_of_a_wide_layer_left_out, HEALTHY, LIST + "27"),
]
SICK: list[Case] = []
