"""The tuning half: runs of people in fields of science and farming; scales of data and first weights, wrong labels."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from nn import functional
from tests.nn.health.corpus import tuning_fields_data as d
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, CS231N, LIST, MSE, RECIPE, adam, draw, sgd, split
from tests.nn.health.corpus.tuning_fields_losses import Forecast
from tests.nn.health.corpus.tuning_fields_models import Rivals

# Scales of inputs and targets.


def blood_with_one_wild_column(seed: int, well: bool = False) -> Setup:
    """Five columns are scaled; the sixth, white cells, is counted per microlitre, and drives every tanh to its end."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(420, 6))
    y = np.sin(2 * z[:, :1]) + z[:, 1:2] * z[:, 2:3] + 0.5 * z[:, 5:] + 0.1 * rng.normal(size=(420, 1))
    x = z.copy()
    if not well:
        x[:, 5] = 7000 + 1500 * z[:, 5]
    model = mlp([6, 40, 1], seed, nn.Tanh)
    train, held = split((x.astype(np.float32), y.astype(np.float32)), 340)
    return Setup(model, *train, MSE(), adam(model, 0.01), validation=held, epochs=25)


def enzymes_in_moles(seed: int, well: bool = False) -> Setup:
    """Concentrations as they are in the book: some millionths of a mole; what comes out is nearly the bias."""
    rng = np.random.default_rng(seed)
    z = rng.uniform(0, 4, (400, 3))
    y = z[:, :1] / (0.5 + z[:, :1]) * 3 - 0.6 * z[:, 1:2] * (z[:, 2:] > 2) - 1.6 + 0.05 * rng.normal(size=(400, 1))
    model = mlp([3, 32, 1], seed, nn.SiLU)
    return Setup(
        model,
        (z - 2 if well else 1e-6 * z).astype(np.float32),
        y.astype(np.float32),
        MSE(),
        sgd(model, 0.05, 0.9),
        epochs=30,
    )


def nights_in_kelvin(seed: int, well: bool = False) -> Setup:
    """Kelvin, pascals and watts: the spread of each is small beside its mean."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(420, 3))
    y = np.tanh(2 * z[:, :1]) + 0.7 * z[:, 1:2] * z[:, 2:]
    x = z if well else np.array([283.0, 1013.0, 340.0]) + z * np.array([5.0, 8.0, 12.0])
    model = mlp([3, 32, 1], seed)
    return Setup(model, x.astype(np.float32), y.astype(np.float32), nn.HuberLoss(), adam(model, 0.01), epochs=25)


def pressure_in_pascals(seed: int, well: bool = False) -> Setup:
    x, y = d.storms(seed)
    model = Forecast(seed)
    return Setup(model, x, y if well else (101325 + 800 * y).astype(np.float32), MSE(), adam(model, 0.01), epochs=20)


def residues_in_grams(seed: int, well: bool = False) -> Setup:
    """What is left of a spray on a leaf, in grams: the noise of Adam's steps is larger than all of it."""
    x, y = d.harvests(seed)
    model = mlp([5, 32, 1], seed, nn.Tanh)
    return Setup(model, x, y if well else (2e-5 * (y + 2)).astype(np.float32), MSE(), adam(model, 0.01), epochs=25)


# Where weights begin.


class Gates(nn.Module):
    """Layers, each multiplied by a gate that begins half open, one after the other."""

    def __init__(self, seed: int, depth: int, well: bool) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift, self.head = nn.Linear(5, 24, rng=rng), nn.Linear(24, 1, rng=rng)
        self.layers = nn.ModuleList([nn.Linear(24, 24, rng=rng) for _ in range(depth)])
        self.gates = nn.ModuleList([nn.Linear(24, 24, rng=rng) for _ in range(depth)])
        self.well = well

    def forward(self, x: Any) -> Any:
        h = self.lift(x)
        for layer, gate in zip(self.layers, self.gates, strict=True):
            through = functional.tanh(layer(h)) * functional.sigmoid(gate(h))
            h = h + through if self.well else through
        return self.head(h)


def yields_through_twelve_gates(seed: int, well: bool = False) -> Setup:
    model = Gates(seed, 12, well)
    return Setup(model, *d.harvests(seed), MSE(), sgd(model, 0.02, 0.9), epochs=20)


def tides_of_fifty_hours_ago(seed: int, well: bool = False) -> Setup:
    """A plain recurrent layer, and the answer lies in the first of fifty readings."""
    rng = np.random.default_rng(seed)
    x = 0.3 * rng.normal(size=(300, 50, 2)).astype(np.float32)
    y = rng.normal(size=(300, 1)).astype(np.float32)
    x[:, -2 if well else 0, 0] = 2 * y[:, 0]
    model = Forecast(seed, nn.RNN)
    return Setup(model, x, y, MSE(), adam(model, 0.005), epochs=10)


def ailments_through_softsigns(seed: int, well: bool = False) -> Setup:
    """Fifteen layers of softsigns, each of which lets through less than the one before."""
    model = mlp([10, *([24] * (1 if well else 15)), 5], seed, nn.Softsign)
    return Setup(model, *d.ailments(seed), BCE(), adam(model, 0.005), epochs=20)


def throws_through_wide_first_weights(seed: int, well: bool = False) -> Setup:
    """Normal numbers of standard deviation one as weights, in seven layers of ReLUs."""
    model = mlp([4, 40, 40, 40, 40, 40, 40, 2], seed)
    draw(model, seed, 0.22 if well else 1.0)
    return Setup(model, *d.throws(seed), nn.SmoothL1Loss(), sgd(model, 0.01, 0.9), epochs=20)


class Loop(nn.Module):
    """A recurrent layer of ReLUs; its matrix makes states longer, or shorter, with each hour."""

    def __init__(self, seed: int, grow: float) -> None:
        super().__init__()
        self.cell, self.head = (
            nn.RNN(2, 16, nonlinearity="relu", batch_first=True, rng=seed),
            nn.Linear(16, 1, rng=seed + 1),
        )
        first = np.linalg.qr(np.random.default_rng(seed).normal(size=(16, 16)))[0] + 0.5 * np.eye(16)
        for name, p in self.cell.named_parameters():
            if "weight_hh" in name:
                p.data = (grow * first).astype(np.float32)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(x)[0][:, -1])


def growth_that_feeds_itself(seed: int, well: bool = False) -> Setup:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 30, 2))
    y = np.tanh(x[:, -8:, 0].sum(axis=1) / 2.0) + 0.5 * np.abs(x[:, -1, 1])
    model = Loop(seed, 0.6 if well else 1.6)
    return Setup(model, x.astype(np.float32), y[:, None].astype(np.float32), MSE(), adam(model, 0.003), epochs=20)


def stars_through_steep_sigmoids(seed: int, well: bool = False) -> Setup:
    model = mlp([7, 32, 32, 4], seed, nn.Sigmoid)
    if not well:
        draw(model, seed, 6.0)
    return Setup(model, *d.stars(seed), CE(), adam(model, 0.01), epochs=20)


def songs_by_loud_embeddings(seed: int, well: bool = False) -> Setup:
    """Embeddings that were scaled by forty before a recurrent layer, whose gates stand open or shut from then on."""
    x, y = d.songs(seed)
    model = Songs(seed, 1.0 if well else 40.0)
    return Setup(model, x, y, CE(), adam(model, 0.01), epochs=15)


class Songs(nn.Module):
    def __init__(self, seed: int, loud: float) -> None:
        super().__init__()
        self.notes, self.loud = nn.Embedding(12, 12, rng=seed), loud
        self.cell, self.head = nn.LSTM(12, 20, batch_first=True, rng=seed + 1), nn.Linear(20, 4, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(self.loud * self.notes(x))[0][:, -1])


def cells_by_faint_filters(seed: int, well: bool = False) -> Setup:
    """Filters and head begin at some thousandths; it looks like a rate that is too low."""
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, rng=seed), nn.ReLU(), nn.Conv2d(6, 8, 3, stride=2, rng=seed), nn.ReLU(), nn.Flatten(),
        nn.Linear(72, 4, rng=seed + 1),
    )  # fmt: skip
    if not well:
        draw(model, seed, 0.003)
    return Setup(model, *d.cells(seed), CE(), sgd(model, 0.05, 0.9), epochs=8)


def rivals_who_begin_at_nothing(seed: int, well: bool = False) -> Setup:
    """Products of embeddings that begin at a thousandth: both factors wait for each other."""
    model = Rivals(seed, 6)
    for p in model.parameters():
        p.data = ((0.5 if well else 0.001) * p.data).astype(np.float32)
    return Setup(model, *d.matches(seed), MSE(), sgd(model, 0.5), epochs=8)


# Norms.


def hearts_by_the_averages_of_another_clinic(seed: int, well: bool = False) -> Setup:
    """A norm brought its averages along from raw readings, and moves them by a thousandth a step."""
    x, y = d.pulses(seed, 440)
    norm = nn.BatchNorm1d(48, momentum=0.1 if well else 0.001)
    norm.running_mean = np.full(48, 2.0, np.float32)
    norm.running_var = np.full(48, 60.0, np.float32)
    model = nn.Sequential(nn.Flatten(), norm, nn.Linear(48, 32, rng=seed), nn.Tanh(), nn.Linear(32, 3, rng=seed + 1))
    return Setup(model, x[:340], y[:340], CE(), adam(model, 0.005), validation=(x[340:], y[340:]), epochs=15)


def throws_two_by_two(seed: int, well: bool = False) -> Setup:
    """The memory of a small board holds two rows, and the norm was kept."""
    model = nn.Sequential(nn.Linear(4, 32, rng=seed), nn.BatchNorm1d(32), nn.Tanh(), nn.Linear(32, 2, rng=seed + 1))
    return Setup(model, *d.throws(seed, 300), MSE(), sgd(model, 0.01), epochs=12, batch_size=12 if well else 2)


# Labels.


def corals_noted_one_line_below(seed: int, well: bool = False) -> Setup:
    """One line is missing in the notes: from there on each reef has the kind of the next."""
    x, y = d.reefs(seed, 500)
    model = mlp([5, 40, 5], seed)
    shown = y if well else np.concatenate([y[:130], np.roll(y[130:], -1)])
    return Setup(model, x, shown, CE(), adam(model, 0.005), epochs=20)


def cells_labelled_by_students(seed: int, well: bool = False) -> Setup:
    """Every second label is a guess."""
    x, y = d.cells(seed)
    rng = np.random.default_rng(seed)
    shown = y if well else np.where(rng.random(len(y)) < 0.6, rng.integers(0, 4, len(y)), y)
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, rng=seed), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(96, 4, rng=seed + 1)
    )
    return Setup(model, x, shown, CE(), adam(model, 0.01), epochs=25)


def storms_of_another_station(seed: int, well: bool = False) -> Setup:
    """The files of two stations were sorted in different ways."""
    x, y = d.storms(seed)
    model = Forecast(seed)
    shown = y if well else y[np.random.default_rng(seed).permutation(len(y))]
    return Setup(model, x, shown, MSE(), adam(model, 0.005), epochs=12)


def harvests_of_the_next_village(seed: int, well: bool = False) -> Setup:
    """Two sheets side by side, of which one begins with another farm."""
    x, y = d.harvests(seed)
    model = mlp([5, 16, 1], seed, nn.ELU)
    train, held = split((x, y if well else np.roll(y, 57, axis=0)), 340)
    return Setup(model, *train, MSE(), sgd(model, 0.02, 0.9), validation=held, epochs=20)


def tumours_of_fifty_patients(seed: int, well: bool = False) -> Setup:
    """Fifty patients with sixty genes each, four of which say something, and a wide network."""
    rng = np.random.default_rng(seed)
    count = 900 if well else 50
    x = rng.normal(size=(count + 200, 60)).astype(np.float32)
    y = (x[:, :4].sum(axis=1, keepdims=True) + 0.7 * rng.normal(size=(count + 200, 1)) > 0).astype(np.float32)
    model = mlp([60, 128, 1], seed)
    return Setup(model, x[:count], y[:count], BCE(), adam(model, 0.003), validation=(x[count:], y[count:]), epochs=25)


def yields_of_thirty_plots(seed: int, well: bool = False) -> Setup:
    """Thirty plots with uncertain yields, by a network with room for each of them."""
    x, y = d.harvests(seed, 900 if well else 230)
    y = (y + 0.5 * np.random.default_rng(seed).normal(size=y.shape)).astype(np.float32)
    model = mlp([5, 100, 100, 1], seed)
    return Setup(
        model,
        x[200:],
        y[200:],
        MSE(),
        adam(model, 0.005),
        validation=(x[:200], y[:200]),
        epochs=150 if not well else 20,
    )


SICK = [
    Case(blood_with_one_wild_column, "inputs not scaled", CS231N, ("saturation",)),
    Case(enzymes_in_moles, "inputs not scaled", LIST + "16: standardise the features"),
    Case(nights_in_kelvin, "inputs not scaled", ASKED + "Kelvin and hectopascals"),
    Case(pressure_in_pascals, "targets not scaled", ASKED + "predictions far below the targets"),
    Case(residues_in_grams, "targets not scaled", ASKED + "tiny targets, R² negative though the loss is tiny"),
    Case(yields_through_twelve_gates, "vanishing gradients", BOOK),
    Case(
        tides_of_fifty_hours_ago, "vanishing gradients", "Bengio, Simard and Frasconi, Learning long-term dependencies"
    ),
    Case(ailments_through_softsigns, "vanishing gradients", "Glorot and Bengio, Understanding the difficulty"),
    Case(throws_through_wide_first_weights, "exploding gradients", CS231N),
    Case(growth_that_feeds_itself, "exploding gradients", "Pascanu, Mikolov and Bengio"),
    Case(stars_through_steep_sigmoids, "saturation", CS231N),
    Case(
        songs_by_loud_embeddings,
        "saturation",
        ASKED + "embedding times the square root of its size",
        ("inputs not scaled",),
    ),
    Case(cells_by_faint_filters, "weights too small", CS231N),
    Case(rivals_who_begin_at_nothing, "weights too small", ASKED + "matrix factorisation stays at zero"),
    Case(hearts_by_the_averages_of_another_clinic, "running statistics", ASKED + "model.eval() gives other results"),
    Case(throws_two_by_two, "normalisation of one row", "Wu and He, Group normalization", ("batch too small",)),
    Case(corals_noted_one_line_below, "noisy targets", LIST + "7: too much noise in the data set"),
    Case(cells_labelled_by_students, "noisy targets", LIST + "7: too much noise in the data set"),
    Case(storms_of_another_station, "targets unrelated to inputs", RECIPE),
    Case(harvests_of_the_next_village, "targets unrelated to inputs", LIST + "3: check the data loader"),
    Case(tumours_of_fifty_patients, "overfitting", BOOK),
    Case(yields_of_thirty_plots, "overfitting", LIST + "25: reduce or add regularisation"),
]
