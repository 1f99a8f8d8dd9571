"""The tuning half: runs of people in fields of science, medicine and farming; dropout and noise, order and padding."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional
from tests.nn.health.corpus import tuning_fields_data as d
from tests.nn.health.corpus.case import Case, Setup
from tests.nn.health.corpus.pairs import ASKED, BCE, BOOK, CE, LIST, MSE, adam, split


class Field(nn.Module):
    """A hidden layer, of which the larger part is thrown away in one place."""

    def __init__(self, seed: int, drop: float) -> None:
        super().__init__()
        self.first, self.second, self.head = (
            nn.Linear(10, 40, rng=seed),
            nn.Linear(40, 40, rng=seed + 1),
            nn.Linear(40, 5, rng=seed + 2),
        )
        self.light, self.heavy = nn.Dropout(0.1, rng=seed), nn.Dropout(drop, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        h = self.light(functional.relu(self.first(x)))
        return self.head(self.heavy(functional.relu(self.second(h))))


def ailments_mostly_dropped(seed: int, well: bool = False) -> Setup:
    """The share that is kept, .05, read as the share that is dropped."""
    model = Field(seed, 0.05 if well else 0.95)
    return Setup(model, *d.ailments(seed), BCE(), adam(model, 0.005), epochs=25)


def galaxies_with_lost_channels(seed: int, well: bool = False) -> Setup:
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, stride=2, rng=seed), nn.ReLU(), nn.Dropout2d(0.05 if well else 0.9, rng=seed), nn.Flatten(),
        nn.Linear(200, 3, rng=seed + 1),
    )  # fmt: skip
    train, held = split(d.galaxies(seed), 290)
    return Setup(model, *train, MSE(), adam(model, 0.003), validation=held, epochs=20)


class Mirror(nn.Module):
    """In training each picture is mirrored, or not, from side to side."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        self.rng, self.well = np.random.default_rng(seed), well

    def forward(self, x: Any) -> Any:
        if not self.training or self.well:
            return x
        x = np.asarray(x.numpy() if hasattr(x, "numpy") else x)
        flip = self.rng.random((len(x), 1, 1, 1)) < 0.5
        return ag.Tensor(np.where(flip, x[:, :, :, ::-1], x).astype(np.float32))


def lungs_mirrored_in_training(seed: int, well: bool = False) -> Setup:
    """Which side the shadow lies on is what is asked."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 360)
    x = 0.5 * rng.normal(size=(360, 1, 10, 10))
    row, column = rng.integers(1, 8, 360), rng.integers(0, 3, 360) + 5 * y
    for k in range(360):
        x[k, 0, row[k] : row[k] + 2, column[k] : column[k] + 2] += 2.0
    model = nn.Sequential(
        Mirror(seed, well),
        nn.Conv2d(1, 6, 3, rng=seed),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(96, 2, rng=seed + 1),
    )
    train, held = split((x.astype(np.float32), y), 280)
    return Setup(model, *train, CE(), adam(model, 0.005), validation=held, epochs=15)


class Blur(nn.Module):
    """Noise upon hidden values, in training."""

    def __init__(self, seed: int, wide: float) -> None:
        super().__init__()
        self.rng, self.wide = np.random.default_rng(seed), wide

    def forward(self, h: Any) -> Any:
        return h + self.wide * self.rng.normal(size=h.shape).astype(np.float32) if self.training else h


def storms_in_a_noisy_state(seed: int, well: bool = False) -> Setup:
    """A standard deviation that was meant as a variance of percents, between two layers without much to spare."""
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(28, 16, rng=seed),
        nn.Tanh(),
        Blur(seed, 0.05 if well else 3.0),
        nn.Linear(16, 1, rng=seed + 1),
    )
    return Setup(model, *d.storms(seed), MSE(), adam(model, 0.003), epochs=20)


class Notes(nn.Module):
    """A bird's notes, as their mean, or one after the other."""

    def __init__(self, seed: int, well: bool) -> None:
        super().__init__()
        self.notes, self.well = nn.Embedding(12, 12, rng=seed), well
        self.cell, self.head = nn.GRU(12, 20, batch_first=True, rng=seed + 1), nn.Linear(20, 4, rng=seed + 2)
        self.mix = nn.Linear(12, 20, rng=seed + 3)

    def forward(self, x: Any) -> Any:
        h = self.notes(x)
        return self.head(self.cell(h)[0][:, -1] if self.well else functional.tanh(self.mix(h)).max(axis=1))


def birds_by_which_notes_they_sing(seed: int, well: bool = False) -> Setup:
    model = Notes(seed, well)
    return Setup(model, *d.songs(seed), CE(), adam(model, 0.02), epochs=12)


class Collar(nn.Module):
    """A recurrent layer over minutes; the mask says which are real."""

    def __init__(self, seed: int, well: bool, mean: bool) -> None:
        super().__init__()
        self.cell, self.head = nn.RNN(2, 12, batch_first=True, rng=seed), nn.Linear(12, 1, rng=seed + 1)
        self.well, self.mean = well, mean

    def forward(self, x: Any) -> Any:
        raw = np.asarray(x.numpy() if hasattr(x, "numpy") else x)
        real = (np.abs(raw).sum(axis=2) > 0).astype(np.float32)
        h = self.cell(x)[0]
        if not self.mean:
            return self.head(h[np.arange(len(raw)), real.sum(axis=1).astype(int) - 1] if self.well else h[:, -1])
        weight = real if self.well else 1.0 - real
        return self.head((weight[:, :, None] * h).sum(axis=1) / (weight.sum(axis=1, keepdims=True) + 1e-6))


def cows_behind_an_inverted_mask(seed: int, well: bool = False) -> Setup:
    """The mask is that of another library, where one stands for what is left out."""
    x, _, y = d.grazing(seed)
    model = Collar(seed, well, mean=True)
    return Setup(model, x, y, MSE(), adam(model, 0.01), epochs=20)


SICK = [
    Case(ailments_mostly_dropped, "too much dropout", ASKED + "keep_prob and p"),
    Case(galaxies_with_lost_channels, "too much dropout", LIST + "25: reduce regularisation"),
    Case(lungs_mirrored_in_training, "too much noise", LIST + "17: augmentation"),
    Case(storms_in_a_noisy_state, "too much noise", BOOK),
    Case(birds_by_which_notes_they_sing, "order ignored", ASKED + "global max pooling over words"),
    Case(cows_behind_an_inverted_mask, "padding not masked", ASKED + "the mask is True where it is left out"),
]
