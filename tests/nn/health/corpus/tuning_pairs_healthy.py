"""The tuning half: healthy runs of the kinds whose causes are easily taken for one another."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import (
    Factors,
    Reader,
    Rhythm,
    Tower,
    adam,
    alarms,
    beats,
    board,
    costs,
    finder,
    genes,
    letters,
    listener,
    orders,
    ratings,
    sgd,
    split,
    spots,
    surface,
)  # fmt: skip


def costs_in_logarithms(seed: int) -> Setup:
    train, held = split(costs(seed), 300)
    model = mlp([5, 32, 16, 1], seed)
    return Setup(model, *train, nn.MSELoss(), adam(model, 0.005), validation=held, epochs=30)


def costs_by_absolute_errors(seed: int) -> Setup:
    model = Tower(seed, 5, 1)
    return Setup(model, *costs(seed), nn.L1Loss(), adam(model, 0.003), epochs=30)


def costs_with_a_little_decay(seed: int) -> Setup:
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, *costs(seed), nn.MSELoss(), sgd(model, 0.05, 0.9, weight_decay=1e-3), epochs=40)


def letters_by_sgd(seed: int) -> Setup:
    model = mlp([16, 48, 20], seed)
    return Setup(model, *letters(seed), nn.CrossEntropyLoss(), sgd(model, 0.1, 0.9), epochs=20)


def letters_by_adadelta(seed: int) -> Setup:
    model = mlp([16, 48, 20], seed)
    return Setup(model, *letters(seed), nn.CrossEntropyLoss(), optim.Adadelta(model.parameters(), lr=1.0), epochs=25)


def board_by_a_tower(seed: int) -> Setup:
    model = Tower(seed, 2, 1)
    return Setup(model, *board(seed), nn.BCEWithLogitsLoss(), adam(model, 0.005), epochs=50)


def spots_found(seed: int) -> Setup:
    model = finder(seed)
    return Setup(model, *spots(seed), nn.MSELoss(), adam(model, 0.003), epochs=25)


def films_liked(seed: int) -> Setup:
    model = Factors(seed, size=2)
    return Setup(model, *ratings(seed), nn.MSELoss(), adam(model, 0.03), epochs=40)


def beats_told_apart(seed: int) -> Setup:
    model = Rhythm(seed)
    return Setup(model, *beats(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=25, clip_norm=1.0)


def orders_with_places(seed: int) -> Setup:
    model = Reader(seed)
    return Setup(model, *orders(seed), nn.CrossEntropyLoss(), adam(model, 0.005), epochs=25)


def alarms_heard(seed: int) -> Setup:
    model = listener(seed)
    return Setup(model, *alarms(seed), nn.BCEWithLogitsLoss(), adam(model, 0.005), epochs=20)


def surface_by_an_autoencoder(seed: int) -> Setup:
    model = mlp([12, 48, 6, 48, 12], seed, nn.Tanh)
    return Setup(model, *surface(seed), nn.MSELoss(), adam(model, 0.005), epochs=50)


def genes_by_few_weights(seed: int) -> Setup:
    train, held = split(genes(seed, 600, 12), 450)
    model = mlp([12, 8, 1], seed)
    return Setup(model, *train, nn.BCEWithLogitsLoss(), adam(model, 0.005), validation=held, epochs=15)


def letters_warmed_up(seed: int) -> Setup:
    def schedule(optimizer: Any) -> Any:
        warm = optim.lr_scheduler.LinearLR(optimizer, start_factor=0.2, total_iters=3)
        fade = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=17)
        return optim.lr_scheduler.SequentialLR(optimizer, [warm, fade], milestones=[3])

    model = mlp([16, 48, 20], seed)
    return Setup(model, *letters(seed), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=20, scheduler=schedule)


def heavy_tails_and_little_to_know(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(600, 5)).astype(np.float32)
    y = 0.8 * x[:, :1] - 0.6 * x[:, 1:2] + 0.7 * rng.standard_t(4, size=(600, 1))
    model = mlp([5, 12, 1], seed, nn.Tanh)
    return Setup(model, x, y.astype(np.float32), nn.HuberLoss(), adam(model, 0.003), epochs=20)


def one_in_eight_seen(seed: int) -> Setup:
    rng = np.random.default_rng(seed)
    y = (rng.random((800, 1)) < 0.12).astype(np.float32)
    x = rng.normal(size=(800, 6)).astype(np.float32)
    x[:, :3] += 1.8 * y
    model = mlp([6, 16, 1], seed)
    return Setup(model, x, y, nn.BCEWithLogitsLoss(), adam(model, 0.005), epochs=15)


WELL = [
    Case(make, HEALTHY, "the same kinds without their fault")
    for make in (
        costs_in_logarithms, costs_by_absolute_errors, costs_with_a_little_decay, letters_by_sgd, letters_by_adadelta,
        board_by_a_tower, spots_found, films_liked, beats_told_apart, orders_with_places, alarms_heard,
        surface_by_an_autoencoder, genes_by_few_weights, letters_warmed_up, heavy_tails_and_little_to_know, one_in_eight_seen,
    )
]  # fmt: skip
