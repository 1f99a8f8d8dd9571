"""The tuning half: people of many trades whose rows are at fault; `well=True` gives the same run with only the fault mended."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from nn import functional
from tests.nn.health.corpus import workshops as w
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, ratings, sgd

# Axes that stand otherwise than the network takes them.


def accord(seed: int, count: int = 700) -> tuple[np.ndarray, np.ndarray]:
    """Three channels of a recording, two of which go up and down together: which two."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    x = rng.choice([-1.0, 1.0], (count, 3, 12))
    first, second = np.array([0, 0, 1])[y], np.array([1, 2, 2])[y]
    x[np.arange(count), second] = x[np.arange(count), first]
    return (x + 0.2 * rng.normal(size=x.shape)).astype(np.float32), y


def electrodes_for_a_recurrent_net(seed: int, well: bool = False) -> Setup:
    x, y = accord(seed)
    x = np.ascontiguousarray(x.transpose(0, 2, 1)) if well else x.reshape(-1, 12, 3)
    model = w.Gauge(seed, 3, 3, 24)
    return Setup(model, x, y, CE(), adam(model, 0.01), epochs=25)


class WordFilters(nn.Module):
    """Embeddings, a convolution over them, and the highest of each filter."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        self.words, self.filters = nn.Embedding(40, 12, rng=seed), nn.Conv1d(12, 20, 2, rng=seed + 1)
        self.head, self.well = nn.Linear(20, 3, rng=seed + 2), well

    def forward(self, x: Any) -> Any:
        h = self.words(x)
        h = h.transpose(0, 2, 1) if self.well else h.reshape(len(x), 12, -1)
        return self.head(functional.relu(self.filters(h)).max(axis=2))


def embeddings_viewed_as_channels(seed: int, well: bool = False) -> Setup:
    model = WordFilters(seed, well)
    return Setup(model, *w.remarks(seed, 360, 14), CE(), adam(model, 0.01), epochs=15)


# Rows that lost what they differed by.


def bulbs(seed: int, count: int = 360) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of a lamp, and how bright it is."""
    rng = np.random.default_rng(seed)
    power = rng.uniform(0.3, 3.0, (count, 1, 1, 1))
    at = np.exp(-((np.arange(9) - rng.uniform(3, 5, (count, 1))) ** 2) / 4.0)
    x = power * at[:, None, :, None] * at[:, None, None, :] + 0.05 * rng.normal(size=(count, 1, 9, 9))
    return x.astype(np.float32), (power[:, :, 0, 0] - 1.65).astype(np.float32)


def lamps_each_standardised(seed: int, well: bool = False) -> Setup:
    x, y = bulbs(seed)
    axes = None if well else (1, 2, 3)
    x = (x - x.mean(axis=axes, keepdims=True)) / x.std(axis=axes, keepdims=True)
    model = w.camera(seed, 1)
    return Setup(model, x, y, MSE(), adam(model, 0.005), epochs=15)


class Leveller(nn.Module):
    """An instance norm before a recurrent layer; or one affine norm for all."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        self.norm, self.rest = nn.Identity() if well else nn.InstanceNorm1d(1), w.Gauge(seed, 1, 2)

    def forward(self, x: Any) -> Any:
        return self.rest(self.norm(x.transpose(0, 2, 1)).transpose(0, 2, 1))


def rooms_levelled(seed: int, well: bool = False) -> Setup:
    """Temperatures of a day; where the level and the swing lie is what is asked for."""
    rng = np.random.default_rng(seed)
    level, swing = rng.normal(size=(400, 1)), rng.uniform(0.5, 1.5, (400, 1))
    x = level + swing * np.sin(np.arange(16) / 2.5 + rng.uniform(0, 6, (400, 1))) + 0.1 * rng.normal(size=(400, 16))
    model = Leveller(seed, well)
    y = np.hstack([level, 2.0 * (swing - 1.0)])
    x, y = x[:, :, None].astype(np.float32), y.astype(np.float32)
    return Setup(model, x, y, MSE(), adam(model, 0.01), epochs=15)


def spectra_to_unit_length(seed: int, well: bool = False) -> Setup:
    """The amount of a substance goes with the height of its line, and not with the line's share."""
    rng = np.random.default_rng(seed)
    amount, other = rng.uniform(0, 2, (2, 400, 1))
    lines = np.abs(np.random.default_rng(5).normal(size=(2, 12)))
    x = amount * lines[0] + amount * other * lines[1] + 0.02 * rng.normal(size=(400, 12))
    x = x if well else x / np.linalg.norm(x, axis=1, keepdims=True)
    model = mlp([12, 32, 1], seed, nn.GELU)
    return Setup(model, x.astype(np.float32), (amount - 1.0).astype(np.float32), MSE(), adam(model, 0.005), epochs=20)


# Rows that are all one.


def pictures_divided_as_whole_numbers(seed: int, well: bool = False) -> Setup:
    x, y = w.bars(seed)
    whole = np.clip(40 + 45 * x, 0, 254).astype(np.uint8)
    x = (whole / 255 if well else whole // 255).astype(np.float32)
    model = w.camera(seed)
    return Setup(model, x, y, CE(), adam(model, 0.01), epochs=12)


def vocabulary_of_another_language(seed: int, well: bool = False) -> Setup:
    """No word is found in the list, and each becomes the number of unknown words."""
    x, y = w.remarks(seed)
    listed = np.arange(40) if well else np.ones(40, int)
    model = w.Titles(seed, 40, 3)
    return Setup(model, listed[x], y, CE(), adam(model, 0.01), epochs=12)


def windows_that_never_move(seed: int, well: bool = False) -> Setup:
    x, y = w.tides(seed)
    x = x if well else np.stack([x[0] for _ in range(len(x))])
    model = w.Gauge(seed)
    return Setup(model, x, y, MSE(), adam(model, 0.01), epochs=12)


# Targets that are all one.


def argmax_of_one_column(seed: int, well: bool = False) -> Setup:
    x, y = w.bars(seed)
    model = w.camera(seed)
    column = y[:, None]
    return Setup(model, x, column[:, 0] if well else column.argmax(axis=1), CE(), sgd(model, 0.05, 0.9), epochs=12)


def ground_cut_to_whole_numbers(seed: int, well: bool = False) -> Setup:
    """Shares of three kinds of ground between 0 and 1, read in as whole numbers."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 6))
    y = 0.98 / (1 + np.exp(-2 * x[:, :3] * x[:, 3:]))
    model = mlp([6, 48, 3], seed, nn.SiLU)
    y = y if well else y.astype(int)
    return Setup(model, x.astype(np.float32), y.astype(np.float32), MSE(), adam(model, 0.01), epochs=20)


# Features on unlike scales.


def parcels_in_grams(seed: int, well: bool = False) -> Setup:
    z, raw, price = w.parcels(seed)
    model = mlp([4, 32, 1], seed, nn.Tanh)
    y = ((price - 25) / 7).astype(np.float32)
    return Setup(model, z if well else raw, y, MSE(), adam(model, 0.01), epochs=20)


def currents_in_amperes(seed: int, well: bool = False) -> Setup:
    """Microamperes are written as amperes, and come to nothing."""
    x, y = w.tremors(seed)
    model = w.sensor(seed)
    return Setup(model, x if well else x * np.float32(2e-5), y, CE(), sgd(model, 0.1, 0.9), epochs=25)


def years_beside_shares(seed: int, well: bool = False) -> Setup:
    """A year of about 2010 beside features between 0 and 1."""
    rng = np.random.default_rng(seed)
    year, share = 2010 + rng.integers(-8, 9, (500, 1)), rng.uniform(0, 1, (500, 4))
    y = (0.15 * (year - 2010) + 3 * (share[:, :1] - share[:, 1:2]) + 0.2 * rng.normal(size=(500, 1))) > 0
    x = np.hstack([year, share])
    model = mlp([5, 24, 24, 1], seed)
    x = w.scaled(x) if well else x.astype(np.float32)
    return Setup(model, x, y.astype(np.float32), BCE(), sgd(model, 0.05, 0.9), epochs=15)


# Targets on unlike scales.


def people_and_degrees(seed: int, well: bool = False) -> Setup:
    """Two answers: how many people live somewhere, and how warm it is."""
    x, y = w.arm(seed)
    model = mlp([2, 32, 2], seed, nn.Tanh)
    y = y if well else (y * np.array([40_000.0, 6.0]) + np.array([90_000.0, 11.0])).astype(np.float32)
    return Setup(model, x, y, MSE(), adam(model, 0.005), epochs=25)


def tea_marked_to_a_thousand(seed: int, well: bool = False) -> Setup:
    x, y = ratings(seed)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(
        nn.EmbeddingBag(50, 8, mode="mean", rng=rng), nn.Linear(8, 24, rng=rng), nn.Tanh(), nn.Linear(24, 1, rng=rng)
    )
    x = x + np.array([0, 30])
    y = ((x[:, :1] % 7 - 3) / 2.0 + (x[:, 1:] % 5 - 2) / 2.0).astype(np.float32)
    return Setup(model, x, y if well else 500 + 300 * y, MSE(), adam(model, 0.02), epochs=15)


def leaks_in_millionths(seed: int, well: bool = False) -> Setup:
    """Rates so tiny that the first answers are thousands of times larger, and never come down to them."""
    x, y = w.tides(seed)
    model = w.Gauge(seed)
    return Setup(model, x, y if well else y * np.float32(2e-5), MSE(), sgd(model, 0.1, 0.9), epochs=10)


# Rows in the order of their answers.


def shelves_read_one_by_one(seed: int, well: bool = False) -> Setup:
    x, y = w.bars(seed, 480)
    order = np.argsort(y, kind="stable")
    model = w.camera(seed)
    return Setup(model, x[order], y[order], CE(), adam(model, 0.01), epochs=6, batch_size=24, shuffle=well)


def parcels_from_cheap_to_dear(seed: int, well: bool = False) -> Setup:
    x, y = w.prices(seed)
    order = np.argsort(y[:, 0])
    model = mlp([4, 32, 1], seed)
    return Setup(model, x[order], y[order], MSE(), sgd(model, 0.03, 0.9), epochs=8, batch_size=10, shuffle=well)


def remarks_by_department(seed: int, well: bool = False) -> Setup:
    x, y = w.remarks(seed)
    order = np.argsort(y, kind="stable")
    model = w.Titles(seed, 40, 3)
    return Setup(model, x[order], y[order], CE(), adam(model, 0.02), epochs=6, batch_size=20, shuffle=well)


SICK: list[Case] = [
    Case(electrodes_for_a_recurrent_net, "axes mixed up", ASKED + "reshape in place of transpose before an LSTM"),
    Case(embeddings_viewed_as_channels, "axes mixed up", ASKED + "view of embeddings before Conv1d"),
    Case(lamps_each_standardised, "rows normalised", CS231N),
    Case(rooms_levelled, "rows normalised", LIST + "31"),
    Case(spectra_to_unit_length, "rows normalised", ASKED + "Normalizer or StandardScaler"),
    Case(pictures_divided_as_whole_numbers, "inputs all alike", LIST + "1"),
    Case(vocabulary_of_another_language, "inputs all alike", ASKED + "all tokens are unknown"),
    Case(windows_that_never_move, "inputs all alike", LIST + "1"),
    Case(argmax_of_one_column, "targets all alike", ASKED + "argmax of a column of class numbers"),
    Case(ground_cut_to_whole_numbers, "targets all alike", RECIPE),
    Case(parcels_in_grams, "inputs not scaled", CS231N),
    Case(currents_in_amperes, "inputs not scaled", LIST + "32"),
    Case(years_beside_shares, "inputs not scaled", ASKED + "year as a feature"),
    Case(people_and_degrees, "targets not scaled", BOOK),
    Case(tea_marked_to_a_thousand, "targets not scaled", ASKED + "loss is large and does not fall"),
    Case(leaks_in_millionths, "targets not scaled", ASKED + "tiny targets, loss is zero"),
    Case(shelves_read_one_by_one, "rows not shuffled", LIST + "7"),
    Case(parcels_from_cheap_to_dear, "rows not shuffled", BOOK),
    Case(remarks_by_department, "rows not shuffled", LIST + "7"),
]
WELL: list[Case] = []
