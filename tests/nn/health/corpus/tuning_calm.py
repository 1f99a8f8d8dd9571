"""The tuning half: healthy runs that have something about them which looks like trouble, and is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import nn
import optim
from nn import functional, init
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import Recurrent, mlp
from tests.nn.health.corpus.tuning_calm_networks import (
    Clicks,
    Gated,
    Mixed,
    Patches,
    Residual,
    Tagged,
    Talk,
    Tokens,
    Two,
)
from tests.nn.health.corpus.tuning_places import orders, spots

F = nn.functional


def adam(model: nn.Module, rate: float = 0.01, **options: Any) -> optim.Optimizer:
    return optim.Adam(model.parameters(), lr=rate, **options)


def sgd(model: nn.Module, rate: float, **options: Any) -> optim.Optimizer:
    return optim.SGD(model.parameters(), lr=rate, **options)


# Recurrent networks, with clipping and without.


def sums_by_a_clipped_rnn(seed: int) -> Setup:
    model = Recurrent(seed, nn.RNN)
    return Setup(model, *rows.sequences(seed, 320, 12), optimizer=adam(model), epochs=30, clip_norm=1.0)


def sums_by_a_clipped_gru_and_sgd(seed: int) -> Setup:
    model = Recurrent(seed)
    return Setup(
        model, *rows.sequences(seed, 320, 6), optimizer=sgd(model, 0.2, momentum=0.9), epochs=40, clip_norm=0.5
    )


def echoes_by_an_lstm(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 2, (400, 10, 1)).astype(np.float32)
    model = Recurrent(seed, nn.LSTM)
    same = (x[:, -4] == x[:, -2]).astype(np.float32)
    return Setup(model, x, same, nn.BCEWithLogitsLoss(), adam(model, 0.02), epochs=40, clip_norm=5.0)


# Embeddings drawn from N(0, 1), as they are by default, and wide.


def talk_of_wide_words(seed: int) -> Setup:
    model = Talk(seed, width=48)
    return Setup(model, *rows.tokens(seed, 500), nn.CrossEntropyLoss(), adam(model, 0.005), epochs=12)


def talk_in_order(seed: int) -> Setup:
    model = Tokens(seed)
    return Setup(model, *orders(seed, 800), nn.BCEWithLogitsLoss(), adam(model, 0.01), epochs=30)


def clicks_of_users_and_things(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    users, things = rng.normal(size=(30, 2)), rng.normal(size=(40, 2))
    x = np.stack([rng.integers(0, 30, 2000), rng.integers(0, 40, 2000)], axis=1)
    y = (users[x[:, 0]] * things[x[:, 1]]).sum(axis=1, keepdims=True) + 0.2 * rng.normal(size=(2000, 1))
    model = Clicks(seed)
    return Setup(model, x, y.astype(np.float32), nn.MSELoss(), adam(model, 0.01), epochs=25)


def patches_with_a_token_of_their_own(seed: int) -> Setup:
    model = Patches(seed)
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), adam(model, 0.005), epochs=30)


# Deep ones.


def deep_residual(seed: int) -> Setup:
    model = Residual(seed, 8)
    return Setup(model, *rows.digits(500), nn.CrossEntropyLoss(), adam(model, 0.003), epochs=10)


def deep_residual_without_norms(seed: int) -> Setup:
    model = Residual(seed, 10, norm=False)
    return Setup(model, *rows.numbers(seed, 500), nn.MSELoss(), adam(model, 0.001), epochs=40)


def layers_normed(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(5, 32, rng=rng), nn.LayerNorm(32), nn.GELU(), nn.Linear(32, 32, rng=rng), nn.LayerNorm(32), nn.GELU(),
        nn.Linear(32, 1, rng=rng),
    )  # fmt: skip
    return Setup(model, *rows.numbers(seed, 500), nn.MSELoss(), adam(model, 0.003), epochs=30)


def gated(seed: int) -> Setup:
    model = Gated(seed)
    return Setup(model, *rows.numbers(seed, 500), nn.MSELoss(), adam(model, 0.01), epochs=30)


def large_first_weights(seed: int) -> Setup:
    """Random features of a wide first layer, as they are drawn for a sine."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.0, 1.0, (400, 1)).astype(np.float32)
    model = mlp([1, 64, 1], seed, nn.Tanh)
    init.normal_(model[0].weight, std=6.0, rng=seed)
    init.uniform_(model[0].bias, -4.0, 4.0, rng=seed)
    return Setup(model, x, np.sin(8.0 * x), nn.MSELoss(), adam(model, 0.01), epochs=40)


def two_towers(seed: int) -> Setup:
    model = Two(seed)
    return Setup(model, *rows.numbers(seed, 500), nn.MSELoss(), adam(model, 0.01), epochs=30)


# Steps that are long at first, rates that are high, schedules.


def warmed_up_to_a_high_rate(seed: int) -> Setup:
    model = mlp([64, 64, 10], seed)

    def schedule(optimizer: optim.Optimizer) -> Any:
        return optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: min((epoch + 1) / 3, 1.0))

    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), adam(model, 0.02), epochs=12, scheduler=schedule)


def cosine(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)

    def schedule(optimizer: optim.Optimizer) -> Any:
        return optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)

    return Setup(
        model, *rows.digits(500), nn.CrossEntropyLoss(), sgd(model, 0.3, momentum=0.9), epochs=20, scheduler=schedule
    )


def high_rate_of_adam(seed: int) -> Setup:
    model = mlp([8, 64, 4], seed)
    return Setup(model, *rows.blobs(seed, count=600), nn.CrossEntropyLoss(), adam(model, 0.05), epochs=15)


def high_rate_of_sgd(seed: int) -> Setup:
    model = mlp([6, 16, 1], seed, nn.Tanh)
    return Setup(model, *rows.plane(seed, 400), nn.MSELoss(), sgd(model, 0.3), epochs=25)


def long_momentum(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(600), nn.CrossEntropyLoss(), sgd(model, 0.01, momentum=0.95), epochs=20)


# Losses that are large, and targets as they come.


def summed_with_a_small_rate(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), nn.MSELoss(reduction="sum"), sgd(model, 0.001, momentum=0.9), epochs=60)


def summed_by_adam(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(500), nn.CrossEntropyLoss(reduction="sum"), adam(model, 0.005), epochs=10)


def prices_as_they_are(seed: int) -> Setup:
    """Hundreds, reached by a bias that begins at their mean."""
    x, y = rows.plane(seed, 400)
    y = 40.0 * y + 300.0
    model = mlp([6, 32, 1], seed)
    init.constant_(model[2].bias, float(y.mean()))
    return Setup(model, x, y, nn.MSELoss(), adam(model, 0.05), epochs=40)


def hundreds_by_a_linear_model(seed: int) -> Setup:
    x, y = rows.plane(seed, 400)
    model = nn.Linear(6, 1, rng=seed)
    return Setup(model, x, 100.0 * y + 50.0, nn.MSELoss(), sgd(model, 0.05), epochs=30)


def weighed_squares(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *rows.numbers(seed), lambda o, y: 100.0 * ((o - y) ** 2).mean(), adam(model), epochs=40)


# Noise that nothing takes away, and a gap between rows that are trained on and others.


def floor_of_noise(seed: int) -> Setup:
    model = mlp([6, 16, 1], seed, nn.Tanh)
    x, y = rows.plane(seed, 500)
    y = y + float(y.std()) * np.random.default_rng(seed + 1).normal(size=y.shape)
    return Setup(model, x, y.astype(np.float32), nn.MSELoss(), adam(model, 0.003), epochs=15)


def noise_that_grows(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.0, 1.0, (500, 2)).astype(np.float32)
    y = 3.0 * x[:, :1] + x[:, :1] * rng.normal(size=(500, 1))
    model = mlp([2, 16, 1], seed, nn.ReLU)
    return Setup(model, x, y.astype(np.float32), nn.MSELoss(), adam(model, 0.01), epochs=20)


def classes_that_overlap(seed: int) -> Setup:
    model = mlp([8, 16, 4], seed)
    return Setup(model, *rows.blobs(seed, count=600, spread=2.0), nn.CrossEntropyLoss(), adam(model, 0.005), epochs=12)


def few_rows_with_a_slight_gap(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(200), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=30)


def few_rows_to_validate(seed: int) -> Setup:
    x, y = rows.digits(420)
    model = mlp([64, 64, 10], seed)
    return Setup(model, x[:300], y[:300], nn.CrossEntropyLoss(), adam(model, 0.005), (x[300:], y[300:]), epochs=25)


def numbers_of_few_rows(seed: int) -> Setup:
    model = mlp([6, 32, 1], seed)
    return Setup(model, *rows.plane(seed, 120), nn.MSELoss(), adam(model, 0.01), epochs=40)


def diabetes_for_long(seed: int) -> Setup:
    model = mlp([10, 16, 1], seed, nn.Tanh)
    return Setup(model, *rows.table("diabetes"), nn.MSELoss(), adam(model, 0.003), epochs=15)


def wide_for_long(seed: int) -> Setup:
    model = mlp([5, 128, 1], seed)
    return Setup(model, *rows.numbers(seed, 600, noise=0.3), nn.MSELoss(), adam(model, 0.003), epochs=40)


def decayed(seed: int) -> Setup:
    model = mlp([64, 64, 10], seed)
    optimizer = optim.AdamW(model.parameters(), lr=0.005, weight_decay=0.05)
    return Setup(model, *rows.digits(400), nn.CrossEntropyLoss(), optimizer, epochs=15)


def dropped_and_normed(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Linear(64, 64, rng=rng), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.3, rng=rng), nn.Linear(64, 10, rng=rng)
    )
    return Setup(model, *rows.digits(500), nn.CrossEntropyLoss(), adam(model, 0.005), epochs=15)


def smoothed(seed: int) -> Setup:
    model = mlp([64, 32, 10], seed)
    return Setup(model, *rows.digits(500), nn.CrossEntropyLoss(label_smoothing=0.1), adam(model, 0.01), epochs=12)


def shifted_pictures(seed: int) -> Setup:
    """Each picture also moved by a place to the left and to the right."""
    x, y = rows.images(200)
    x = np.concatenate([np.roll(x, k, axis=3) for k in (-1, 0, 1)])
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10, rng=rng)
    )  # fmt: skip
    return Setup(model, x, np.tile(y, 3), nn.CrossEntropyLoss(), adam(model, 0.005), epochs=8)


# Other tasks and heads.


def spots_with_places_kept(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=rng), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 4, rng=rng)
    )  # fmt: skip
    return Setup(model, *spots(seed), nn.CrossEntropyLoss(), adam(model, 0.02), epochs=20)


def mean_and_deviation(seed: int) -> Setup:
    """A network that answers how sure it is, too."""
    x, y = rows.numbers(seed, 500, noise=0.2)
    model = mlp([5, 32, 2], seed, nn.Tanh)

    def loss(o: Any, y: Any) -> Any:
        return (o[:, 1:] + (o[:, :1] - y) ** 2 * (-o[:, 1:]).exp()).mean()

    return Setup(model, x, y, loss, adam(model, 0.01), epochs=40)


def tags_of_places(seed: int) -> Setup:
    """A class for each place: whether the word before is of the first half."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 20, (300, 6))
    y = np.concatenate([np.zeros((300, 1), int), (x[:, :-1] < 10).astype(int)], axis=1)
    model = Tagged(seed)

    def loss(o: Any, y: Any) -> Any:
        return functional.cross_entropy(o.reshape(-1, 2), np.asarray(y).reshape(-1))

    return Setup(model, x, y, loss, adam(model, 0.01), epochs=20)


def half_the_classes_rare(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    y = rng.choice(4, 800, p=[0.45, 0.4, 0.08, 0.07])
    x = (rng.normal(0.0, 2.0, (4, 8))[y] + 0.7 * rng.normal(size=(800, 8))).astype(np.float32)
    model = mlp([8, 32, 4], seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.01), epochs=12)


def mixed_columns(seed: int) -> Setup:
    """Numbers beside codes of a kind, in a network with a way for each."""
    rng = np.random.default_rng(seed)
    codes, x = np.eye(6, dtype=np.float32)[rng.integers(0, 6, 500)], rng.normal(size=(500, 4)).astype(np.float32)
    y = x[:, :1] * 1.5 + codes @ rng.normal(size=(6, 1)) + 0.2 * rng.normal(size=(500, 1))
    model = Mixed(seed)
    return Setup(model, np.hstack([x, codes]), y.astype(np.float32), nn.MSELoss(), adam(model, 0.01), epochs=20)


def angles(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    turn = rng.uniform(-math.pi, math.pi, (400, 1))
    x = np.hstack([np.cos(turn), np.sin(turn)]) + 0.05 * rng.normal(size=(400, 2))
    model = mlp([2, 32, 2], seed, nn.Tanh)
    y = np.hstack([np.cos(2.0 * turn), np.sin(2.0 * turn)]).astype(np.float32)
    return Setup(model, x.astype(np.float32), y, nn.MSELoss(), adam(model, 0.01), epochs=30)


MAKERS: tuple[Callable[[int], Setup], ...] = (
    sums_by_a_clipped_rnn, sums_by_a_clipped_gru_and_sgd, echoes_by_an_lstm, talk_of_wide_words, talk_in_order,
    clicks_of_users_and_things, patches_with_a_token_of_their_own, deep_residual, deep_residual_without_norms, layers_normed, gated,
    large_first_weights, two_towers, warmed_up_to_a_high_rate, cosine, high_rate_of_adam, high_rate_of_sgd, long_momentum,
    summed_with_a_small_rate, summed_by_adam, prices_as_they_are, hundreds_by_a_linear_model, weighed_squares, floor_of_noise,
    noise_that_grows, classes_that_overlap, few_rows_with_a_slight_gap, few_rows_to_validate, numbers_of_few_rows, diabetes_for_long,
    wide_for_long, decayed, dropped_and_normed, smoothed, shifted_pictures, spots_with_places_kept, mean_and_deviation, tags_of_places,
    half_the_classes_rare, mixed_columns, angles,
)  # fmt: skip
WELL = [Case(make, HEALTHY, "usual practice: what looks like trouble and is none") for make in MAKERS]
