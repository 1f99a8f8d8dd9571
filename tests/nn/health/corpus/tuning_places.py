"""The tuning half: axes that are mixed up, padding that is read, places that are not told, each beside a healthy run."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from nn import functional
from tests.nn.health.corpus import rows
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.tuning_strangers import adam, bars
from tests.nn.health.corpus.tuning_strangers_again import motions

RECIPE = "Karpathy, recipe"
ASKED = "question on a question site: "


# Axes within a row that stand otherwise than the network takes them.


def colours(seed: int, count: int = 360) -> rows.Rows:
    """Pictures (8, 8, 3): of which colour a spot is, and whether it is up or down."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 6, count)
    x = 0.35 * rng.normal(size=(count, 8, 8, 3))
    for k in range(count):
        row, column = rng.integers(0, 3) + 4 * (y[k] // 3), rng.integers(0, 6)
        x[k, row : row + 2, column : column + 2, y[k] % 3] += 1.6
    return x.astype(np.float32), y


def colour_net(seed: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1, rng=seed), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 12, 3, padding=1, rng=seed + 1), nn.ReLU(),
        nn.MaxPool2d((2, 4)), nn.Flatten(), nn.Linear(24, 6, rng=seed + 2),
    )  # fmt: skip


def colours_reshaped(seed: int) -> Setup:
    x, y = colours(seed)
    model = colour_net(seed)
    return Setup(model, x.reshape(-1, 3, 8, 8), y, nn.CrossEntropyLoss(), adam(model, 0.005), epochs=15)


def colours_moved(seed: int) -> Setup:
    x, y = colours(seed)
    model = colour_net(seed)
    return Setup(
        model, np.ascontiguousarray(x.transpose(0, 3, 1, 2)), y, nn.CrossEntropyLoss(), adam(model, 0.005), epochs=25
    )


def pooled_signals(seed: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv1d(3, 16, 5, padding=2, rng=seed),
        nn.ReLU(),
        nn.AdaptiveAvgPool1d(1),
        nn.Flatten(),
        nn.Linear(16, 4, rng=seed + 1),
    )


def motions_reshaped(seed: int) -> Setup:
    """Steps of three numbers, which are read on in place of being transposed."""
    x, y = motions(seed, 400)
    x = np.ascontiguousarray(x.transpose(0, 2, 1)).reshape(-1, 3, 16)
    model = pooled_signals(seed)
    return Setup(model, x, y, nn.CrossEntropyLoss(), adam(model, 0.01), epochs=20)


def motions_transposed(seed: int) -> Setup:
    model = pooled_signals(seed)
    return Setup(model, *motions(seed, 400), nn.CrossEntropyLoss(), adam(model, 0.01), epochs=40)


# Padding that a recurrent network reads on.


def texts(seed: int, count: int = 300, width: int = 40, first: bool = False) -> rows.Rows:
    """Texts of two to eight words and zeros after them; whether the last word is a good one."""
    rng = np.random.default_rng(seed)
    x, y = np.zeros((count, width), int), rng.integers(0, 2, count)
    for k in range(count):
        length = rng.integers(2, 9)
        words = rng.integers(1, 31, length)
        words[-1] = rng.integers(1, 16) + 15 * y[k]
        x[k, width - length if first else 0 : width if first else length] = words
    return x, y.astype(np.float32)[:, None]


class LastState(nn.Module):
    def __init__(self, seed: int, kind: Any = nn.GRU) -> None:
        super().__init__()
        self.words = nn.Embedding(31, 8, rng=seed)
        self.rnn, self.out = kind(8, 16, batch_first=True, rng=seed + 1), nn.Linear(16, 1, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        return self.out(self.rnn(self.words(x))[0][:, -1])


def padding_read_by_a_gru(seed: int) -> Setup:
    model = LastState(seed)
    return Setup(model, *texts(seed), nn.BCEWithLogitsLoss(), adam(model, 0.005), epochs=12)


def padding_read_by_an_rnn(seed: int) -> Setup:
    model = LastState(seed, nn.RNN)
    return Setup(model, *texts(seed, width=30), nn.BCEWithLogitsLoss(), adam(model, 0.005), epochs=12)


def padding_before_the_words(seed: int) -> Setup:
    model = LastState(seed)
    return Setup(model, *texts(seed, first=True), nn.BCEWithLogitsLoss(), adam(model, 0.01), epochs=20)


# Places that a mean over them loses.


def orders(seed: int, count: int = 500, length: int = 8) -> rows.Rows:
    """Texts in which the words 0 and 1 stand once each: which of them comes first."""
    rng = np.random.default_rng(seed)
    x, y = rng.integers(2, 12, (count, length)), rng.integers(0, 2, count)
    for k in range(count):
        a, b = np.sort(rng.choice(length, 2, replace=False))
        x[k, a], x[k, b] = (0, 1) if y[k] else (1, 0)
    return x, y.astype(np.float32)[:, None]


class Bag(nn.Module):
    """Words, with or without their places, and their mean."""

    def __init__(self, seed: int, places: bool) -> None:
        super().__init__()
        self.words = nn.Embedding(12, 16, rng=seed)
        self.mix, self.out = nn.Linear(16, 32, rng=seed + 1), nn.Linear(32, 1, rng=seed + 2)
        self.places = nn.Embedding(8, 16, rng=seed + 3) if places else None

    def forward(self, x: Any) -> Any:
        h = self.words(x)
        if self.places is not None:
            h = h + self.places(np.arange(8))
        return self.out(functional.relu(self.mix(h)).mean(axis=1))


def words_in_no_order(seed: int) -> Setup:
    model = Bag(seed, False)
    return Setup(model, *orders(seed), nn.BCEWithLogitsLoss(), adam(model), epochs=25)


def words_with_their_places(seed: int) -> Setup:
    model = Bag(seed, True)
    return Setup(model, *orders(seed, 800), nn.BCEWithLogitsLoss(), adam(model), epochs=40)


def spots(seed: int, count: int = 400) -> rows.Rows:
    """Where a spot is: in which quarter of the picture."""
    rng = np.random.default_rng(seed)
    y, x = rng.integers(0, 4, count), 0.3 * rng.normal(size=(count, 1, 8, 8))
    for k in range(count):
        i, j = 4 * (y[k] // 2) + rng.integers(0, 3), 4 * (y[k] % 2) + rng.integers(0, 3)
        x[k, 0, i : i + 2, j : j + 2] += 2.0
    return x.astype(np.float32), y


def spots_averaged(seed: int) -> Setup:
    model = nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1, rng=seed),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(12, 4, rng=seed),
    )
    return Setup(model, *spots(seed), nn.CrossEntropyLoss(), adam(model), epochs=20)


def bars_averaged(seed: int) -> Setup:
    """What matters is what there is, and not where."""
    x, y = bars(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1, rng=seed),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(12, 3, rng=seed),
    )
    return Setup(model, x.reshape(len(x), 1, *x.shape[-2:]), y, nn.CrossEntropyLoss(), adam(model, 0.02), epochs=40)


SICK = [
    Case(colours_reshaped, "axes mixed up", RECIPE + ": view and permute"),
    Case(motions_reshaped, "axes mixed up", RECIPE + ": view and permute"),
    Case(padding_read_by_a_gru, "padding not masked", ASKED + "the last output of a padded batch"),
    Case(padding_read_by_an_rnn, "padding not masked", ASKED + "pack_padded_sequence"),
    Case(words_in_no_order, "order ignored", ASKED + "the mean of embeddings forgets the order"),
    Case(spots_averaged, "order ignored", ASKED + "global pooling forgets the place"),
]
WELL = [
    Case(make, HEALTHY, "the same kinds without their fault")
    for make in (colours_moved, motions_transposed, padding_before_the_words, words_with_their_places, bars_averaged)
]
