"""The tuning half: the public lists' settings of optimizers; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, sgd, split
from tests.nn.health.corpus.rows import Rows, digits


def parcels(seed: int, count: int = 480) -> Rows:
    """Size, weight and zone of parcels, and how long they travel."""
    rng = np.random.default_rng(seed)
    size, weight = rng.gamma(3, 1, count), rng.gamma(2, 1, count)
    zone = rng.integers(0, 4, count)
    hours = 4 * zone + np.where(weight > 3, 6.0, 0.0) + 0.5 * size * (zone == 2) + rng.normal(size=count)
    x = np.column_stack([(size - 3) / 1.7, (weight - 2) / 1.4, np.eye(4)[zone]])
    return x.astype(np.float32), ((hours - hours.mean()) / hours.std())[:, None].astype(np.float32)


def parcels_in_leaps(seed: int, well: bool = False) -> Setup:
    """Adam with a rate of two."""
    x, y = parcels(seed)
    model = mlp([6, 32, 32, 1], seed)
    train, held = split((x, y), 400)
    return Setup(model, *train, MSE(), adam(model, 0.01 if well else 2.0), held, epochs=30)


def digits_at_a_rate_of_ten(seed: int, well: bool = False) -> Setup:
    """Plain gradient descent whose loss jumps about."""
    x, y = digits(700)
    x = x.reshape(len(x), -1)
    model = mlp([64, 40, 10], seed, nn.Tanh)
    train, held = split((x, y), 560)
    return Setup(model, *train, CE(), sgd(model, 0.3 if well else 30.0), held, epochs=12, batch_size=28)


def rotten_apples(seed: int, well: bool = False) -> Setup:
    """A rate of a ten-thousandth for plain gradient descent."""
    rng = np.random.default_rng(seed)
    colour = rng.normal(size=(350, 3))
    y = (np.linalg.norm(colour - [0.5, 0, 0], axis=1) > 1.6).astype(np.float32)[:, None]
    model = mlp([3, 32, 1], seed, nn.GELU)
    train, held = split((colour.astype(np.float32), y), 280)
    return Setup(model, *train, BCE(), sgd(model, 0.5 if well else 1e-4), held, epochs=60, batch_size=20)


def plankton(seed: int, well: bool = False) -> Setup:
    """A rate of a fine-tuning, 1e-6, for a network that begins from nothing."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 6, 560)
    x = np.random.default_rng(55).uniform(-1, 1, (6, 18))[y] + 0.4 * rng.normal(size=(560, 18))
    model = mlp([18, 40, 6], seed)
    train, held = split((x.astype(np.float32), y), 450)
    optimizer = optim.AdamW(model.parameters(), lr=3e-3 if well else 1e-6, weight_decay=0.01)
    return Setup(model, *train, CE(), optimizer, held, epochs=15)


def weights_of_feathers(seed: int, well: bool = False) -> Setup:
    """A weight decay of three in Adam."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    y = (x[:, :1] - np.abs(x[:, 1:2]) + 0.8 + 0.1 * rng.normal(size=(400, 1))).astype(np.float32)
    model = mlp([4, 24, 1], seed)
    train, held = split((x, y), 320)
    return Setup(model, *train, MSE(), adam(model, 0.01, weight_decay=1e-4 if well else 3.0), held, epochs=40)


def decay_in_plain_descent(seed: int, well: bool = False) -> Setup:
    """A penalty of .4 on each weight, for ten kinds of wire."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 10, 600)
    x = np.random.default_rng(66).normal(size=(10, 12))[y] + 0.5 * rng.normal(size=(600, 12))
    model = mlp([12, 48, 10], seed)
    train, held = split((x.astype(np.float32), y), 480)
    return Setup(
        model, *train, CE(), sgd(model, 0.05, 0.9, weight_decay=1e-4 if well else 0.4), held, epochs=15, batch_size=40
    )


def ball_of_lead(seed: int, well: bool = False) -> Setup:
    """A momentum of .9995 beside a rate made for .9."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (420, 4)).astype(np.float32)
    y = (np.sin(3 * x[:, :1]) + x[:, 1:2] ** 2 - x[:, 2:3] * x[:, 3:]).astype(np.float32)
    model = mlp([4, 32, 1], seed, nn.Tanh)
    train, held = split((x, y), 340)
    return Setup(model, *train, MSE(), sgd(model, 0.05, 0.9 if well else 0.9995), held, epochs=50, batch_size=20)


def schedule_of_halves(seed: int, well: bool = False) -> Setup:
    """The rate is multiplied by .2 after each epoch."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(500, 10))
    y = (x @ np.random.default_rng(7).normal(size=(10, 5)) + 0.4 * rng.normal(size=(500, 5)) > 0).astype(np.float32)
    model = mlp([10, 32, 5], seed)
    optimizer = sgd(model, 0.1, 0.5)

    def scheduler(of: optim.Optimizer) -> Any:
        return optim.lr_scheduler.ExponentialLR(of, gamma=0.95 if well else 0.2)

    train, held = split((x.astype(np.float32), y), 400)
    return Setup(model, *train, BCE(), optimizer, held, epochs=30, scheduler=scheduler)


def table_in_one_step(seed: int, well: bool = False) -> Setup:
    """One step an epoch, and seven epochs."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 7, 720)
    x = np.random.default_rng(91).normal(size=(7, 8))[y] + 0.6 * rng.normal(size=(720, 8))
    model = mlp([8, 32, 7], seed)
    train, held = split((x.astype(np.float32), y), 600)
    return Setup(model, *train, CE(), sgd(model, 0.1), held, epochs=7, batch_size=12 if well else 600)


def one_look_at_the_rows(seed: int, well: bool = False) -> Setup:
    """A single epoch over few rows, for a curve that takes many."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-3, 3, (240, 2))
    y = (np.sin(2 * x[:, 0]) * np.cos(x[:, 1]))[:, None]
    model = mlp([2, 48, 48, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), (y / y.std()).astype(np.float32)), 200)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=150 if well else 2, batch_size=20)


def clipped_to_almost_nothing(seed: int, well: bool = False) -> Setup:
    """Gradients of a norm of one are cut to a ten-thousandth."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(450, 6)).astype(np.float32)
    y = (np.maximum(x[:, 0], x[:, 1]) > x[:, 2]).astype(int)
    model = mlp([6, 32, 2], seed)
    train, held = split((x, y), 350)
    return Setup(model, *train, CE(), sgd(model, 0.2), held, epochs=25, clip_norm=1.0 if well else 1e-4)


def never_warmed_up(seed: int, well: bool = False) -> Setup:
    """A warm-up that was counted in steps and is stepped by epochs."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(380, 5)).astype(np.float32)
    y = (np.tanh(x[:, :1] + x[:, 1:2]) * 1.5 + 0.5 * x[:, 2:3] + 0.1 * rng.normal(size=(380, 1))).astype(np.float32)
    model = mlp([5, 32, 1], seed)
    optimizer = optim.SGD(model.parameters(), lr=0.05)
    steps = 5 if well else 100_000

    def scheduler(of: optim.Optimizer) -> Any:
        return optim.lr_scheduler.LambdaLR(of, lambda epoch: min(1.0, (epoch + 1) / steps))

    train, held = split((x, y), 300)
    return Setup(model, *train, MSE(), optimizer, held, epochs=30, scheduler=scheduler)


def single_rows(seed: int, well: bool = False) -> Setup:
    """Batches of a single row, at the rate for batches of thirty-two."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(320, 8)).astype(np.float32)
    y = (x[:, :1] * 0.8 - x[:, 1:2] * 0.6 + 0.3 * x[:, 2:3] + 0.4 * rng.normal(size=(320, 1))).astype(np.float32)
    model = nn.Sequential(nn.Linear(8, 1, rng=seed))
    train, held = split((x, y), 240)
    return Setup(model, *train, MSE(), sgd(model, 0.1), held, epochs=15, batch_size=32 if well else 1)


def adadelta_as_it_is_called(seed: int, well: bool = False) -> Setup:
    """Adadelta with Adam's rate, which it multiplies its own steps by."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, 500)
    x = np.random.default_rng(13).normal(size=(5, 7))[y] + 0.5 * rng.normal(size=(500, 7))
    model = mlp([7, 32, 5], seed, nn.LeakyReLU)
    train, held = split((x.astype(np.float32), y), 400)
    optimizer = optim.Adadelta(model.parameters(), lr=1.0 if well else 1e-3)
    return Setup(model, *train, CE(), optimizer, held, epochs=20)


SICK: list[Case] = [
    Case(parcels_in_leaps, "learning rate too high", CS231N + ", the loss explodes"),
    Case(digits_at_a_rate_of_ten, "learning rate too high", LIST + "33, increase, decrease the rate"),
    Case(rotten_apples, "learning rate too low", CS231N + ", the loss is barely changing"),
    Case(plankton, "learning rate too low", ASKED + "loss decreases very slowly, Adam 1e-6"),
    Case(weights_of_feathers, "too much weight decay", LIST + "27, reduce regularisation"),
    Case(decay_in_plain_descent, "too much weight decay", BOOK + ", and stats.SE 352036"),
    Case(ball_of_lead, "momentum too high", ASKED + "momentum of .9995"),
    Case(schedule_of_halves, "rate decays too fast", RECIPE + ", do not trust learning rate decay"),
    Case(table_in_one_step, "batch too large", LIST + "11, reduce the batch size"),
    Case(one_look_at_the_rows, "too few steps", LIST + "28, give it time"),
    Case(clipped_to_almost_nothing, "clipping too tight", LIST + "32, gradient clipping"),
    Case(never_warmed_up, "learning rate too low", ASKED + "warm-up steps and epochs", ("scheduler out of order",)),
    Case(single_rows, "batch too small", LIST + "11, and " + ASKED + "batch size 1", ("learning rate too high",)),
    Case(adadelta_as_it_is_called, "learning rate too low", ASKED + "Adadelta does not learn"),
]
WELL: list[Case] = []
