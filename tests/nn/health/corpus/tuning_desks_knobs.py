"""The tuning half: networks and optimizers at fault as people of question sites set them; `well=True` mends only the fault."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd.numpy as anp
import nn
import optim
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, LIST, MSE, adam, sgd, split
from tests.nn.health.corpus.tuning_rounds_sick_tables import column, mended


def sine_by_three_units(seed: int, well: bool = False) -> Setup:
    """Six waves of a sine by the three hidden units of an example."""
    rng = np.random.default_rng(seed)
    t = np.sort(rng.uniform(-3, 3, 500))[rng.permutation(500)]
    y = np.sin(2 * np.pi * t).astype(np.float32)[:, None]
    model = mlp([1, 64, 64, 1], seed) if well else mlp([1, 3, 1], seed, nn.Tanh)
    train, held = split((t.astype(np.float32)[:, None], y), 400)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=160, batch_size=40)


def fields_one_at_a_time(seed: int, well: bool = False) -> Setup:
    """One picture fits into memory, so a batch is one picture, and its norm takes away how dark the wet soil is."""
    rng = np.random.default_rng(seed)
    moisture = rng.normal(size=240)
    x = rng.normal(size=(240, 1, 9, 9)) - 0.8 * moisture[:, None, None, None]
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, rng=seed), nn.BatchNorm2d(6), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 1, rng=seed)
    )  # fmt: skip
    train, held = split((x.astype(np.float32), column(moisture)), 200)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=20, batch_size=16 if well else 1)


class Diary(nn.Module):
    """A transformer's layer over the days of a week, with a place for each day."""

    def __init__(self, seed: int, dropout: float) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift = nn.Linear(4, 24, rng=rng)
        self.days = nn.Parameter(0.5 * rng.normal(size=(7, 24)).astype(np.float32))
        self.layers = nn.ModuleList(
            [nn.TransformerEncoderLayer(24, 4, 48, dropout, batch_first=True, rng=rng) for _ in range(2)]
        )
        self.drop = nn.Dropout(dropout, rng=seed)
        self.head = nn.Linear(24, 5, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.drop(self.lift(x) + self.days)
        for layer in self.layers:
            h = layer(h)
        return self.head(h.mean(axis=1))


def weeks_through_heavy_dropout(seed: int, well: bool = False) -> Setup:
    """A transformer's `dropout`, which stands in seven places of it, set to nine tenths against overfitting."""
    rng = np.random.default_rng(seed)
    habit = rng.integers(0, 5, 400)
    x = np.random.default_rng(41).normal(0.0, 1.0, (5, 7, 4))[habit] + 1.2 * rng.normal(size=(400, 7, 4))
    model = Diary(seed, 0.1 if well else 0.9)
    train, held = split((x.astype(np.float32), habit), 320)
    return Setup(model, *train, CE(), adam(model, 0.002), held, epochs=10, batch_size=32)


class Twins(nn.Module):
    """Two things through one encoder, and what the pair of codes says."""

    def __init__(self, seed: int, both: bool) -> None:
        super().__init__()
        self.both = both
        self.encoder = mlp([5, 16, 8], seed)
        self.judge = mlp([16, 12, 1], seed + 1)

    def forward(self, x: Any) -> Any:
        u, v = self.encoder(x[:, :5]), self.encoder(x[:, 5:])
        if self.both:
            return self.judge(anp.concatenate([u, v], axis=1))
        return self.judge(anp.concatenate([anp.abs(u - v), u * v], axis=1))


def which_flat_is_dearer(seed: int, well: bool = False) -> Setup:
    """|u - v| and u · v are the same for a pair and the pair turned round; which of the two is dearer is not."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(600, 10))
    price = x[:, 0::5] * 1.2 + np.abs(x[:, 1::5]) + 0.8 * x[:, 2::5]
    y = (price[:, 0] > price[:, 1]).astype(np.float32)[:, None]
    model = Twins(seed, well)
    train, held = split((x.astype(np.float32), y), 480)
    return Setup(model, *train, BCE(), adam(model, 0.005), held, epochs=20, batch_size=32)


def rmsprop_with_a_long_memory(seed: int, well: bool = False) -> Setup:
    """RMSprop's `momentum` taken for its `alpha`: .999 of each step goes on into the next."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.5, 1.5, (360, 3))
    y = column(np.sin(2 * x[:, 0]) * x[:, 1] + 0.5 * x[:, 2])
    model = mlp([3, 40, 1], seed, nn.GELU)
    optimizer = optim.RMSprop(model.parameters(), lr=0.003, momentum=0.0 if well else 0.999)
    train, held = split((x.astype(np.float32), y), 300)
    return Setup(model, *train, nn.SmoothL1Loss(), optimizer, held, epochs=60, batch_size=20)


def factor_times_the_epoch(seed: int, well: bool = False) -> Setup:
    """`0.9 * epoch` where `0.9 ** epoch` was meant: a rate that grows from epoch to epoch."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 6, 480)
    x = np.random.default_rng(3).normal(size=(6, 9))[y] + 0.7 * rng.normal(size=(480, 9))
    model = mlp([9, 40, 40, 6], seed)
    power = (lambda epoch: 0.9**epoch) if well else (lambda epoch: 0.9 * epoch)

    def scheduler(of: optim.Optimizer) -> Any:
        return optim.lr_scheduler.LambdaLR(of, power)

    train, held = split((x.astype(np.float32), y), 400)
    return Setup(model, *train, CE(), sgd(model, 0.15, 0.9), held, epochs=25, batch_size=25, scheduler=scheduler)


class Route(nn.Module):
    """Stops of a bus as vectors, a GRU, and whether it comes late."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.stops = nn.Embedding(20, 6, rng=seed)
        self.gru = nn.GRU(6, 20, batch_first=True, rng=seed + 1)
        self.fc = nn.Linear(20, 3, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        _, last = self.gru(self.stops(x))
        return self.fc(last[0])


def routes_in_a_batch_of_512(seed: int, well: bool = False) -> Setup:
    """A batch of 512 out of habit; all routes there are fit into one."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 20, (500, 6))
    slow = (x < 7).sum(axis=1)
    y = np.digitize(slow, [2, 3])
    model = Route(seed)
    train, held = split((x, y), 410)
    return Setup(model, *train, CE(), adam(model, 0.004), held, epochs=15, batch_size=16 if well else 512)


def powers_by_plain_descent(seed: int, well: bool = False) -> Setup:
    """The first eleven powers of a number, each scaled, and all of them nearly alike: descent does not get along the valley."""
    rng = np.random.default_rng(seed)
    t = rng.uniform(0, 1, 300)
    x = t[:, None] ** np.arange(1, 12)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = column(np.sin(5 * np.pi * t + 0.6) + 0.1 * rng.normal(size=300))
    model = nn.Sequential(nn.Linear(11, 1, rng=seed))
    optimizer = optim.LBFGS(model.parameters(), line_search_fn="strong_wolfe") if well else sgd(model, 0.05)
    train, held = split((x.astype(np.float32), y), 240)
    return Setup(model, *train, MSE(), optimizer, held, epochs=200, batch_size=240)


SICK: list[Case] = [
    Case(sine_by_three_units, "network too small", ASKED + "a network cannot fit a sine over several periods"),
    Case(fields_one_at_a_time, "normalisation of one row", ASKED + "BatchNorm2d with a batch size of 1"),
    Case(weeks_through_heavy_dropout, "too much dropout", LIST + "25, reduce regularisation"),
    Case(which_flat_is_dearer, "order ignored", ASKED + "Siamese network with |u - v| for a directed relation"),
    Case(rmsprop_with_a_long_memory, "momentum too high", ASKED + "momentum and alpha of RMSprop"),
    Case(factor_times_the_epoch, "learning rate too high", ASKED + "LambdaLR with * in place of **"),
    Case(routes_in_a_batch_of_512, "batch too large", LIST + "11, reduce the batch size", ("too few steps",)),
    Case(
        powers_by_plain_descent,
        "optimizer unfit",
        ASKED + "polynomial regression by gradient descent does not converge",
    ),
]
WELL: list[Case] = [Case(mended(case.make), "healthy", case.source) for case in SICK]
