"""The tuning half: targets and last layers that question sites tell of; `well=True` gives the run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from nn import functional
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, CE, LIST, MSE, RECIPE, adam, sgd, split


def ones_and_twos_of_a_factor(seed: int, well: bool = False) -> Setup:
    """A factor came over from R as 1 and 2, and the loss takes 0 and 1."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(380, 4)).astype(np.float32)
    y = 1.0 + (np.abs(x[:, :1]) > 0.6 + 0.4 * x[:, 1:2])
    model = mlp([4, 24, 1], seed, nn.ELU)
    train, held = split((x, (y - 1.0 if well else y).astype(np.float32)), 300)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=25)


class Tagger(nn.Module):
    """A recurrent layer in both directions, and a kind for each word."""

    def __init__(self, seed: int, words: int, kinds: int) -> None:
        super().__init__()
        self.table = nn.Embedding(words, 10, rng=seed)
        self.cell = nn.GRU(10, 16, batch_first=True, bidirectional=True, rng=seed + 1)
        self.head = nn.Linear(32, kinds, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(self.table(x))[0]).transpose(0, 2, 1)


def words_behind_the_end(seed: int, well: bool = False) -> Setup:
    """Tags of words; behind the end of a sentence the tag is -1, and the loss leaves out -100."""
    rng = np.random.default_rng(seed)
    ends = rng.integers(4, 10, (300, 1))
    x = rng.integers(1, 30, (300, 9)) * (np.arange(9) < ends)
    before = np.hstack([np.zeros((300, 1), int), x[:, :-1]])
    y = np.where(x > 0, x % 3 + (before % 2 == 0), -1)
    model = Tagger(seed, 30, 4)
    loss = CE(ignore_index=-1) if well else CE()
    train, held = split((x, y), 240)
    return Setup(model, *train, loss, adam(model, 0.01), held, epochs=25, batch_size=20)


def tickets_scaled_like_everything(seed: int, well: bool = False) -> Setup:
    """Counts of tickets an hour; the scaler of the table scaled them too, and half of them are negative."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(480, 3))
    y = rng.poisson(np.exp(1.6 + 0.7 * x[:, 0] - 0.5 * np.abs(x[:, 1]))).astype(np.float32)[:, None]
    if not well:
        y = (y - y.mean()) / y.std()
    model = mlp([3, 24, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y), 380)
    return Setup(model, *train, nn.PoissonNLLLoss(), adam(model, 0.01), held, epochs=30)


class Meter(nn.Module):
    """A recurrent layer over readings, and one number."""

    def __init__(self, seed: int, inputs: int, flat: bool) -> None:
        super().__init__()
        self.cell, self.head = nn.LSTM(inputs, 14, batch_first=True, rng=seed), nn.Linear(14, 1, rng=seed + 1)
        self.flat = flat

    def forward(self, x: Any) -> Any:
        out = self.head(self.cell(x)[0][:, -1])
        return out.squeeze(-1) if self.flat else out


def squared_error(out: Any, y: Any) -> Any:
    """The mean of the squared differences, as one writes it down."""
    return ((out - y) ** 2).mean()


def wells_squeezed(seed: int, well: bool = False) -> Setup:
    """The answers lost their last axis, the levels have one, and the error is written by hand."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 8, 2)).astype(np.float32)
    y = (0.9 * x[:, -1, :1] * x[:, -2, 1:] + x[:, -2:, 0].sum(axis=1, keepdims=True) * 0.6).astype(np.float32)
    model = Meter(seed, 2, not well)
    train, held = split((x, y), 240)
    return Setup(model, *train, squared_error, adam(model, 0.01), held, epochs=50, batch_size=24)


def years_of_songs(seed: int, well: bool = False) -> Setup:
    """Twelve measures of a song, and its year as it stands on the record."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(700, 12)).astype(np.float32)
    year = 1985 + 9 * x[:, 0] + 7 * np.abs(x[:, 1]) - 6 * x[:, 2] * x[:, 3] + 2 * rng.normal(size=700)
    y = (year - year.mean()) / year.std() if well else year
    model = mlp([12, 48, 1], seed)
    train, held = split((x, y[:, None].astype(np.float32)), 560)
    return Setup(model, *train, MSE(), adam(model, 0.002), held, epochs=25)


def orbits_in_kilometres(seed: int, well: bool = False) -> Setup:
    """Where a moon is, by the day: hundreds of thousands of kilometres to either side, and plain descent."""
    rng = np.random.default_rng(seed)
    t = rng.uniform(-1, 1, (360, 1))
    x = np.hstack([t, t**2 - 0.33, np.sin(4 * t)]).astype(np.float32)
    y = 384_400 * np.hstack([np.cos(3.5 * t), np.sin(3.5 * t)])
    model = mlp([3, 32, 32, 2], seed)
    train, held = split((x, (y / 270_000 if well else y).astype(np.float32)), 290)
    return Setup(model, *train, MSE(), sgd(model, 0.05, 0.9), held, epochs=50, batch_size=20)


def hands_on_a_map(seed: int, well: bool = False) -> Setup:
    """Two coordinates out of a softmax: they cannot but add up to one."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(420, 6)).astype(np.float32)
    y = np.hstack([x[:, :1] + 0.5 * np.abs(x[:, 1:2]), np.tanh(2 * x[:, 2:3]) + 0.4 * x[:, 3:4]])
    end = [] if well else [nn.Softmax(dim=-1)]
    model = mlp([6, 40, 2], seed, nn.ReLU, *end)
    train, held = split((x, (1.3 * y).astype(np.float32)), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25)


def votes_of_plus_and_minus(seed: int, well: bool = False) -> Setup:
    """For and against as 1 and -1, a squared error, and a sigmoid that ends at nought."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 10))
    y = np.sign(x @ np.random.default_rng(17).normal(size=(10, 3)) - 2.0 + 0.3 * rng.normal(size=(400, 3)))
    model = mlp([10, 32, 3], seed, nn.ReLU, nn.Tanh() if well else nn.Sigmoid())
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 320)
    return Setup(model, *train, MSE(), adam(model, 0.01), held, epochs=25)


def fumes_cut_at_six(seed: int, well: bool = False) -> Setup:
    """An autoencoder whose last layer is a ReLU6, for readings that go both ways."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(420, 3))
    x = (np.hstack([z, np.tanh(z), z[:, :1] * z[:, 1:2]]) @ np.random.default_rng(8).normal(size=(7, 14)) / 2.6) - 0.8
    x = x.astype(np.float32)
    end = [] if well else [nn.ReLU6()]
    model = mlp([14, 32, 4, 32, 14], seed, nn.LeakyReLU, *end)
    train, held = split((x, x), 340)
    return Setup(model, *train, MSE(), adam(model, 0.005), held, epochs=40)


def islands(seed: int, count: int = 260) -> tuple[np.ndarray, np.ndarray]:
    """Maps of 12 × 12 with some islands in a noisy sea, and where land is."""
    rng = np.random.default_rng(seed)
    y = np.zeros((count, 1, 12, 12), np.float32)
    for k in range(count):
        for _ in range(rng.integers(1, 3)):
            i, j, n = rng.integers(0, 9, 2).tolist() + [int(rng.integers(2, 4))]
            y[k, 0, i : i + n, j : j + n] = 1.0
    x = 1.2 * y - 0.3 + 0.5 * rng.normal(size=y.shape)
    return x.astype(np.float32), y


def mapper(seed: int, *end: nn.Module) -> nn.Sequential:
    """Three convolutions that keep the picture's size."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=seed), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1, rng=seed + 1), nn.ReLU(),
        nn.Conv2d(8, 1, 3, padding=1, rng=seed + 2), *end,
    )  # fmt: skip


def dice(out: Any, y: Any) -> Any:
    """How far two masks overlap, from 0 to 1."""
    p = 1.0 / (1.0 + (-out).exp())
    return (2.0 * (p * y).sum() + 1.0) / (p.sum() + y.sum() + 1.0)


def no_dice(out: Any, y: Any) -> Any:
    """One less the overlap."""
    return 1.0 - dice(out, y)


def islands_sink(seed: int, well: bool = False) -> Setup:
    """The overlap of masks, which should grow, is given as the loss."""
    model = mapper(seed)
    train, held = split(islands(seed), 210)
    return Setup(model, *train, no_dice if well else dice, adam(model, 0.01), held, epochs=10, batch_size=20)


def islands_told_twice(seed: int, well: bool = False) -> Setup:
    """Masks by a sigmoid at the end, and a loss that takes logits."""
    model = mapper(seed, *([] if well else [nn.Sigmoid()]))
    train, held = split(islands(seed), 210)
    return Setup(model, *train, BCE(), adam(model, 0.01), held, epochs=15, batch_size=20)


class Experts(nn.Module):
    """Four experts, and a gate that says whom to hear; its shares add up over the axis that is given."""

    def __init__(self, seed: int, axis: int) -> None:
        super().__init__()
        self.gate, self.say, self.axis = mlp([5, 16, 4], seed), nn.Linear(5, 12, rng=seed + 1), axis

    def forward(self, x: Any) -> Any:
        shares = functional.softmax(self.gate(x), dim=self.axis)
        return (self.say(x).reshape(len(x), 4, 3) * shares.reshape(len(x), 4, 1)).sum(axis=1)


def experts_of_the_batch(seed: int, well: bool = False) -> Setup:
    """A gate of four experts whose shares add up to one over the batch."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(520, 5)).astype(np.float32)
    w = np.random.default_rng(14).normal(size=(2, 5, 3)) / 2.2
    y = np.where(x[:, :1] > 0, x @ w[0] + 1.0, x @ w[1] - 0.5)
    model = Experts(seed, -1 if well else 0)
    train, held = split((x, y.astype(np.float32)), 420)
    return Setup(model, *train, MSE(), sgd(model, 0.1, 0.9), held, epochs=25, batch_size=60)


def shares_without_their_logarithm(seed: int, well: bool = False) -> Setup:
    """A divergence that wants logarithms of shares, and gets the shares."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(450, 6)).astype(np.float32)
    scores = 1.2 * x @ np.random.default_rng(15).normal(size=(6, 5)) / 2.0 + 0.5 * np.abs(x[:, :5])
    y = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    model = mlp([6, 32, 5], seed, nn.ReLU, nn.LogSoftmax(dim=1) if well else nn.Softmax(dim=1))
    train, held = split((x, y.astype(np.float32)), 360)
    return Setup(model, *train, nn.KLDivLoss(reduction="batchmean"), adam(model, 0.01), held, epochs=30)


def summed_over_a_day(seed: int, well: bool = False) -> Setup:
    """An autoencoder of days of 48 half hours; the errors of all half hours and days are added."""
    rng = np.random.default_rng(seed)
    hour = np.arange(48) / 48 * 2 * np.pi
    a, b, c = rng.normal(size=(3, 400, 1))
    x = (
        a * np.sin(hour)
        + b * np.cos(2 * hour)
        + np.abs(c) * np.exp(-((hour - 3) ** 2))
        + 0.2 * rng.normal(size=(400, 48))
    )
    x = x.astype(np.float32)
    model = mlp([48, 24, 6, 24, 48], seed, nn.Tanh)
    train, held = split((x, x), 320)
    loss = MSE() if well else MSE(reduction="sum")
    return Setup(model, *train, loss, sgd(model, 0.3, 0.9), held, epochs=40, batch_size=32)


SICK: list[Case] = [
    Case(ones_and_twos_of_a_factor, "targets outside the loss", ASKED + "labels 1 and 2, negative loss"),
    Case(words_behind_the_end, "targets outside the loss", ASKED + "padding label -1 and ignore_index", ("error",)),
    Case(
        tickets_scaled_like_everything, "targets outside the loss", ASKED + "Poisson loss is negative", ("loss unfit",)
    ),
    Case(wells_squeezed, "shapes broadcast", ASKED + "LSTM regression predicts the mean, squeeze()"),
    Case(years_of_songs, "targets not scaled", ASKED + "year prediction, loss of millions"),
    Case(orbits_in_kilometres, "targets not scaled", ASKED + "regression loss is nan with SGD"),
    Case(hands_on_a_map, "output range", ASKED + "softmax activation in regression"),
    Case(votes_of_plus_and_minus, "output range", ASKED + "labels -1 and 1 with a sigmoid"),
    Case(fumes_cut_at_six, "output range", ASKED + "autoencoder reconstructs zeros"),
    Case(islands_sink, "loss maximised", ASKED + "dice coefficient goes to zero"),
    Case(islands_told_twice, "double softmax", LIST + "16, and " + ASKED + "sigmoid and BCEWithLogits"),
    Case(experts_of_the_batch, "softmax over rows", ASKED + "gating network, softmax dim=0"),
    Case(shares_without_their_logarithm, "loss unfit", ASKED + "KLDivLoss is negative"),
    Case(summed_over_a_day, "loss summed", RECIPE + ", and reduction='sum'"),
]
WELL: list[Case] = []
