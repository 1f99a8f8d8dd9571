"""The tuning half: people's runs over tables, signals and counts that are fine, though something about each looks odd."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import BCE, CE, MSE, adam, sgd, split
from tests.nn.health.corpus.rows import digits


def one_label_in_eight_wrong(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, 640)
    x = 1.2 * np.random.default_rng(81).normal(size=(4, 10))[y] + 0.5 * rng.normal(size=(640, 10))
    y = np.where(rng.random(640) < 0.12, rng.integers(0, 4, 640), y)
    model = mlp([10, 16, 4], seed)
    train, held = split((x.astype(np.float32), y), 500)
    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=20)


def noise_of_a_third(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (700, 3))
    clean = np.sin(3 * x[:, :1]) + x[:, 1:2] ** 2
    y = clean + 0.35 * clean.std() * rng.normal(size=clean.shape)
    model = mlp([3, 20, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 550)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=30)


def seventy_plots_of_wheat(seed: int) -> Setup:
    """Few rows, a small network, some decay."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(110, 3)).astype(np.float32)
    y = (1.5 * x[:, :1] - x[:, 1:2] + 0.2 * rng.normal(size=(110, 1))).astype(np.float32)
    model = mlp([3, 8, 1], seed)
    train, held = split((x, (y / y.std()).astype(np.float32)), 70)
    return Setup(
        model,
        *train,
        MSE(),
        optim.AdamW(model.parameters(), lr=0.02, weight_decay=0.02),
        held,
        epochs=60,
        batch_size=10,
    )


def one_order_in_nine_comes_back(seed: int) -> Setup:
    """Unbalanced classes that are learned."""
    rng = np.random.default_rng(seed)
    y = (rng.random(720) < 0.11).astype(np.float32)[:, None]
    x = rng.normal(size=(720, 5)) + 3.0 * y * np.array([1, -0.8, 0, 0.6, 0])
    model = mlp([5, 24, 1], seed, nn.SiLU)
    train, held = split((x.astype(np.float32), y), 560)
    return Setup(model, *train, BCE(), adam(model, 0.005), held, epochs=25)


def two_clouds_that_overlap(seed: int) -> Setup:
    """A tenth of the rows lies on the other side, whoever tells them apart."""
    rng = np.random.default_rng(seed)
    y = np.arange(600) % 2
    x = rng.normal(size=(600, 4)) + 1.28 * np.outer(2 * y - 1, [0.5, 0.5, -0.5, 0.5])
    model = nn.Sequential(nn.Linear(4, 2, rng=seed))
    train, held = split((x.astype(np.float32), y), 450)
    return Setup(model, *train, CE(), sgd(model, 0.1), held, epochs=20)


def lion_over_letters(seed: int) -> Setup:
    """An unusual optimizer at its own small rate."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 14, 780)
    x = np.random.default_rng(6).integers(0, 9, (14, 11))[y] + 1.2 * rng.normal(size=(780, 11))
    model = mlp([11, 56, 14], seed)
    train, held = split((((x - 4) / 2.7).astype(np.float32), y), 640)
    return Setup(model, *train, CE(), optim.Lion(model.parameters(), lr=1e-3, weight_decay=0.01), held, epochs=25)


def adagrad_over_counts(seed: int) -> Setup:
    """Counts of words, most of them zero, and Adagrad at a rate of .1."""
    rng = np.random.default_rng(seed)
    themes = np.random.default_rng(52).dirichlet(0.2 * np.ones(70), 5)
    y = rng.integers(0, 5, 560)
    x = np.stack([rng.multinomial(15, 0.7 * themes[k] + 0.3 / 70) for k in y])
    model = mlp([70, 24, 5], seed)
    train, held = split((x.astype(np.float32), y), 440)
    return Setup(model, *train, CE(), optim.Adagrad(model.parameters(), lr=0.05), held, epochs=15)


def rprop_over_all_rows(seed: int) -> Setup:
    """The whole table in each step, with Rprop."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(260, 4)).astype(np.float32)
    y = (np.tanh(2 * x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:3] + 0.1 * rng.normal(size=(260, 1))).astype(np.float32)
    model = mlp([4, 16, 1], seed, nn.Tanh)
    train, held = split((x, y), 200)
    return Setup(model, *train, MSE(), optim.Rprop(model.parameters(), lr=0.01), held, epochs=80, batch_size=200)


def six_layers_and_a_norm(seed: int) -> Setup:
    """Deep for a table, and it works."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 2, (800, 6)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] + 0.3 * x[:, 2] > 0).astype(int)
    layers: list[Any] = []
    for k, (n, m) in enumerate([(6, 32), (32, 32), (32, 32), (32, 24), (24, 16)]):
        layers += [nn.Linear(n, m, rng=10 * seed + k), nn.LayerNorm(m), nn.GELU()]
    model = nn.Sequential(*layers, nn.Linear(16, 2, rng=seed))
    train, held = split((x, y), 640)
    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=10)


def dropout_of_a_fifth(seed: int) -> Setup:
    x, y = digits(760)
    x = x.reshape(len(x), -1)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(64, 96, rng=rng), nn.ReLU(), nn.Dropout(0.2, rng=seed), nn.Linear(96, 48, rng=rng), nn.ReLU(),
        nn.Dropout(0.2, rng=seed + 1), nn.Linear(48, 10, rng=rng),
    )  # fmt: skip
    train, held = split((x, y), 600)
    return Setup(model, *train, CE(), adam(model, 0.002), held, epochs=20)


def parity_after_a_plateau(seed: int) -> Setup:
    """Three bits whose parity is asked for, among others: nothing happens for a while."""
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, (600, 5))
    y = (bits[:, :3].sum(axis=1) % 2).astype(np.float32)[:, None]
    x = (2 * bits - 1 + 0.2 * rng.normal(size=bits.shape)).astype(np.float32)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    train, held = split((x, y), 480)
    return Setup(model, *train, BCE(), sgd(model, 0.1, 0.9), held, epochs=50)


def one_cycle_of_a_rate(seed: int) -> Setup:
    """The rate rises and falls to nothing by the end."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(520, 7)).astype(np.float32)
    y = (x[:, :1] * x[:, 1:2] + np.abs(x[:, 2:3]) - 0.8 + 0.15 * rng.normal(size=(520, 1))).astype(np.float32)
    model = mlp([7, 48, 24, 1], seed)
    optimizer = sgd(model, 0.02, 0.9)

    def scheduler(of: optim.Optimizer) -> Any:
        return optim.lr_scheduler.OneCycleLR(of, max_lr=0.06, total_steps=40)

    train, held = split((x, y), 420)
    return Setup(model, *train, MSE(), optimizer, held, epochs=40, batch_size=20, scheduler=scheduler)


def river_of_tomorrow(seed: int) -> Setup:
    """A river's height from those of fourteen days; the rows that are held come later."""
    rng = np.random.default_rng(seed)
    rain = np.maximum(rng.normal(size=520), 0)
    level = np.zeros(520)
    for t in range(1, 520):
        level[t] = 0.8 * level[t - 1] + rain[t - 1] + 0.1 * rng.normal()
    level = (level - level.mean()) / level.std()
    rain = rain - rain.mean()
    x = np.array([np.r_[level[t - 7 : t], rain[t - 7 : t]] for t in range(7, 520)])
    model = mlp([14, 16, 1], seed)
    train, held = split((x.astype(np.float32), level[7:, None].astype(np.float32)), 400)
    return Setup(model, *train, nn.HuberLoss(), adam(model, 0.005), held, epochs=25)


def labels_of_birdsong(seed: int) -> Setup:
    """Five birds, several in a recording, and a linear model of eleven bands that is enough."""
    rng = np.random.default_rng(seed)
    birds = (rng.random((500, 5)) < 0.35).astype(np.float32)
    x = birds @ np.random.default_rng(44).normal(size=(5, 11)) + 0.5 * rng.normal(size=(500, 11))
    model = nn.Sequential(nn.Linear(11, 5, rng=seed))
    train, held = split((x.astype(np.float32), birds), 400)
    return Setup(model, *train, BCE(), optim.RMSprop(model.parameters(), lr=0.01), held, epochs=30)


def large_rate_small_network(seed: int) -> Setup:
    """Plain descent at a rate of 1.5, which this network likes."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (300, 2)).astype(np.float32)
    y = ((x**2).sum(axis=1) < 0.6).astype(np.float32)[:, None]
    model = mlp([2, 14, 1], seed, nn.Tanh)
    train, held = split((x, y), 220)
    return Setup(model, *train, BCE(), sgd(model, 1.5), held, epochs=120, batch_size=20)


def skewed_and_heavy(seed: int) -> Setup:
    """Incomes with a long tail, an absolute error, and features that nobody scaled, though none is far off."""
    rng = np.random.default_rng(seed)
    years, hours = rng.uniform(0, 4, 480), rng.uniform(0.2, 1.2, 480)
    town = rng.integers(0, 2, 480)
    income = np.exp(0.35 * years) * hours * (1 + 0.5 * town) * np.exp(0.12 * rng.normal(size=480))
    model = mlp([3, 32, 1], seed)
    x = np.column_stack([years, hours, town]).astype(np.float32)
    train, held = split((x, income[:, None].astype(np.float32)), 380)
    return Setup(model, *train, nn.L1Loss(), adam(model, 0.01), held, epochs=40)


def worse_on_other_patients(seed: int) -> Setup:
    """Training rows are learned by heart, and the others still well."""
    rng = np.random.default_rng(seed)
    y = np.arange(260) % 3
    x = 0.5 * np.random.default_rng(27).normal(size=(3, 12))[y] + 0.9 * rng.normal(size=(260, 12))
    model = mlp([12, 48, 3], seed)
    train, held = split((x.astype(np.float32), y), 160)
    return Setup(model, *train, CE(), adam(model, 0.003), held, epochs=12, batch_size=16)


def labels_smoothed_a_little(seed: int) -> Setup:
    """The loss stays at .5 because the labels are smoothed."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, 450)
    x = np.random.default_rng(71).normal(size=(5, 9))[y] + 0.5 * rng.normal(size=(450, 9))
    model = mlp([9, 32, 5], seed)
    train, held = split((x.astype(np.float32), y), 350)
    return Setup(model, *train, CE(label_smoothing=0.1), adam(model, 0.005), held, epochs=20)


def clipped_now_and_then(seed: int) -> Setup:
    """Rows far out, and gradients clipped to one."""
    rng = np.random.default_rng(seed)
    x = rng.standard_t(4, (420, 5)).astype(np.float32)
    y = (x[:, :1] - 0.7 * x[:, 1:2] + 0.5 * np.abs(x[:, 2:3])).astype(np.float32)
    model = mlp([5, 24, 1], seed)
    train, held = split((x, y + 0.2 * rng.normal(size=y.shape).astype(np.float32)), 340)
    return Setup(model, *train, nn.SmoothL1Loss(), sgd(model, 0.03, 0.9), held, epochs=40, clip_norm=1.0)


def counts_with_poisson(seed: int) -> Setup:
    """Bicycles in an hour, a Poisson loss of the logarithm."""
    rng = np.random.default_rng(seed)
    hour, warm = rng.uniform(0, 24, 600), rng.normal(size=600)
    mean = np.exp(2 + np.sin(hour / 24 * 2 * np.pi - 2) + 0.5 * warm)
    y = rng.poisson(mean).astype(np.float32)[:, None]
    x = np.column_stack([np.sin(hour / 24 * 2 * np.pi), np.cos(hour / 24 * 2 * np.pi), warm])
    model = mlp([3, 24, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y), 480)
    return Setup(model, *train, nn.PoissonNLLLoss(), adam(model, 0.01), held, epochs=30)


WELL: list[Case] = [
    Case(made, HEALTHY, source)
    for made, source in [
        (one_label_in_eight_wrong, "labels by several people"),
        (noise_of_a_third, "a noisy instrument"),
        (seventy_plots_of_wheat, "a field trial"),
        (one_order_in_nine_comes_back, "unbalanced, and learned"),
        (two_clouds_that_overlap, "Bayes error of a tenth"),
        (lion_over_letters, "an unusual optimizer"),
        (adagrad_over_counts, "sparse counts"),
        (rprop_over_all_rows, "full batches"),
        (six_layers_and_a_norm, "a deep table network"),
        (dropout_of_a_fifth, "dropout in moderation"),
        (parity_after_a_plateau, "a plateau before it learns"),
        (one_cycle_of_a_rate, "a schedule that ends at nothing"),
        (river_of_tomorrow, "a time series, split in time"),
        (labels_of_birdsong, "a linear model that suffices"),
        (large_rate_small_network, "a large rate that works"),
        (skewed_and_heavy, "a skewed target"),
        (worse_on_other_patients, "held rows somewhat worse"),
        (labels_smoothed_a_little, "a loss that stays above zero"),
        (clipped_now_and_then, "clipping in moderation"),
        (counts_with_poisson, "a loss for counts"),
    ]
]
SICK: list[Case] = []
