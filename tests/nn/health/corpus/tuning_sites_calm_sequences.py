"""The tuning half: people's networks of sequences, words and sets that learn as they should, though something about each looks odd."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
import nn
from nn import functional
from tests.nn.health.corpus.case import HEALTHY, Case, Setup
from tests.nn.health.corpus.networks import mlp
from tests.nn.health.corpus.pairs import ASKED, CE, MSE, RECIPE, adam, split


class Filler(nn.Module):
    """A transformer's layer over tokens, some of which are hidden, and a guess at each place."""

    def __init__(self, seed: int, words: int, length: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.places = nn.Embedding(words + 1, 24, rng=rng), nn.Embedding(length, 24, rng=rng)
        self.layer = nn.TransformerEncoderLayer(24, 2, 48, dropout=0.0, batch_first=True, rng=rng)
        self.head = nn.Linear(24, words, rng=rng)

    def forward(self, x: Any) -> Any:
        return self.head(self.layer(self.words(x) + self.places(np.arange(x.shape[1])))).transpose(0, 2, 1)


def hidden_stops_of_a_line(seed: int) -> Setup:
    """One stop in five is hidden, and only those have a target; the others have -100."""
    rng = np.random.default_rng(seed)
    stops = (rng.integers(0, 9, (480, 1)) + np.arange(8) * rng.choice([1, 2], (480, 1))) % 9
    hidden = rng.random(stops.shape) < 0.2
    hidden[np.arange(480), rng.integers(0, 8, 480)] = True
    x, y = np.where(hidden, 9, stops), np.where(hidden, stops, -100)
    model = Filler(seed, 9, 8)
    train, held = split((x, y), 400)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=30, batch_size=20)


class Causal(nn.Module):
    """Convolutions with holes that look back only, and the next value."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.near, self.far = nn.Conv1d(1, 12, 3, rng=seed), nn.Conv1d(12, 12, 3, dilation=4, rng=seed + 1)
        self.head = nn.Linear(12, 1, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        h = functional.relu(self.near(functional.pad(x, (2, 0))))
        h = functional.relu(self.far(functional.pad(h, (8, 0))))
        return self.head(h[:, :, -1])


def tram_every_quarter(seed: int) -> Setup:
    """Passengers by the quarter of an hour; later days are held, and they are somewhat fuller."""
    rng = np.random.default_rng(seed)
    t = np.arange(640)
    flow = np.sin(t / 6) + 0.6 * np.sin(t / 2.5 + 1) + 0.0006 * t + 0.2 * rng.normal(size=640)
    x = np.stack([flow[k : k + 24] for k in range(610)])[:, None].astype(np.float32)
    y = flow[24:634, None].astype(np.float32)
    model = Causal(seed)
    train, held = split((x, y), 480)
    return Setup(model, *train, MSE(), adam(model, 0.003), held, epochs=30)


class Glancing(nn.Module):
    """A score for each moment, a softmax over the moments, and what is seen there."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.see, self.score = nn.Linear(4, 16, rng=seed), nn.Linear(16, 1, rng=seed + 1)
        self.head = nn.Linear(16, 3, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        h = ag.tanh(self.see(x))
        return self.head((functional.softmax(self.score(h), dim=1) * h).sum(axis=1))


def gestures_by_one_glance(seed: int) -> Setup:
    """Twelve moments, one of which shows the gesture; a softmax along the second of three axes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, 420)
    x = 0.5 * rng.normal(size=(420, 12, 4))
    x[np.arange(420), rng.integers(0, 12, 420)] += 2.2 * np.array([[1, 1, 0, 1], [1, -1, 1, 0], [1, 0, -1, -1]])[y]
    model = Glancing(seed)
    train, held = split((x.astype(np.float32), y), 340)
    return Setup(model, *train, CE(), adam(model, 0.005), held, epochs=25)


class Sets(nn.Module):
    """A network for each thing in a bag, the mean of those that are there, and an answer."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.each, self.all = mlp([3, 24, 16], seed, nn.ReLU, nn.ReLU()), mlp([16, 16, 1], seed + 1)

    def forward(self, x: Any) -> Any:
        there = (np.asarray(x)[:, :, 2:] > 0).astype(np.float32)
        return self.all((self.each(x) * there).sum(axis=1) / there.sum(axis=1))


def bags_of_two_to_nine(seed: int) -> Setup:
    """Things in bags of two to nine, in any order, with empty places behind; how rough they are on average."""
    rng = np.random.default_rng(seed)
    there = np.arange(9) < rng.integers(2, 10, (480, 1))
    x = rng.normal(size=(480, 9, 3)) * there[:, :, None]
    x[:, :, 2] = there
    y = (np.abs(x[:, :, 0]) + np.maximum(x[:, :, 1], 0) * there).sum(axis=1, keepdims=True) / there.sum(
        axis=1, keepdims=True
    )
    model = Sets(seed)
    train, held = split((x.astype(np.float32), (2.5 * (y - 1.2)).astype(np.float32)), 380)
    return Setup(model, *train, nn.HuberLoss(), adam(model, 0.005), held, epochs=30)


class Speller(nn.Module):
    """A recurrent layer over letters, and the next one at each place."""

    def __init__(self, seed: int, letters: int) -> None:
        super().__init__()
        self.table, self.cell = nn.Embedding(letters, 12, rng=seed), nn.LSTM(12, 24, batch_first=True, rng=seed + 1)
        self.head = nn.Linear(24, letters, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(self.table(x))[0]).transpose(0, 2, 1)


def syllables_of_a_language(seed: int) -> Setup:
    """Fourteen letters, of which two or three may follow each; no one can tell which."""
    rng = np.random.default_rng(seed)
    follows = np.random.default_rng(86).integers(0, 14, (14, 3))
    text = rng.integers(0, 14, (240, 13))
    for t in range(1, 13):
        text[:, t] = follows[text[:, t - 1], rng.choice(3, 240, p=[0.75, 0.2, 0.05])]
    model = Speller(seed, 14)
    train, held = split((text[:, :-1], text[:, 1:]), 190)
    return Setup(model, *train, CE(), adam(model, 0.01), held, epochs=20, batch_size=19, clip_norm=1.0)


WELL: list[Case] = [
    Case(made, HEALTHY, source)
    for made, source in [
        (hidden_stops_of_a_line, ASKED + "masked language model, labels -100"),
        (tram_every_quarter, ASKED + "temporal convolution forecast"),
        (gestures_by_one_glance, ASKED + "attention over time steps"),
        (bags_of_two_to_nine, ASKED + "deep sets with a mask"),
        (syllables_of_a_language, RECIPE),
    ]
]
SICK: list[Case] = []
