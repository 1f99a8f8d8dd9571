"""Rows and networks of the runs whose cause is easily taken for another: skewed numbers, mixed tables, many classes, sets, places."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
import optim
from tests.nn.health.corpus.rows import Rows

# Where such runs are told of, and their losses.
RECIPE = "Karpathy's recipe"
LIST = "Ivanov, 37 reasons, no. "
CS231N = "CS231n"
BOOK = "Goodfellow, Bengio, Courville, Deep Learning, chapter 11"
ASKED = "question on a site or forum: "
BCE = nn.BCEWithLogitsLoss
CE = nn.CrossEntropyLoss
MSE = nn.MSELoss


def adam(model: nn.Module, lr: float = 0.01, **options: Any) -> optim.Optimizer:
    return optim.Adam(model.parameters(), lr=lr, **options)


def sgd(model: nn.Module, lr: float, momentum: float = 0.0, **options: Any) -> optim.Optimizer:
    return optim.SGD(model.parameters(), lr=lr, momentum=momentum, **options)


def claims(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Insured people: scaled features, the same as they are written down, and the logarithm of what they cost."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(count, 4))
    smokes = (rng.random((count, 1)) < 0.3).astype(float)
    log_cost = (
        8.5 + 0.7 * z[:, :1] + 0.8 * smokes * z[:, 1:2] + 0.3 * np.abs(z[:, 2:3]) + 0.25 * rng.normal(size=(count, 1))
    )
    raw = np.hstack(
        [45 + 14 * z[:, :1], 27 + 5 * z[:, 1:2], 40_000 * np.exp(0.4 * z[:, 2:3]), 2005 + 8 * z[:, 3:], smokes]
    )
    return np.hstack([z, smokes]).astype(np.float32), raw.astype(np.float32), log_cost.astype(np.float32)


def costs(seed: int, count: int = 400) -> Rows:
    """The same for training: scaled features and a scaled logarithm."""
    x, _, y = claims(seed, count)
    return x, ((y - y.mean()) / y.std()).astype(np.float32)


def letters(seed: int, classes: int = 20, count: int = 800) -> Rows:
    """Sixteen whole numbers between 0 and 15 for each of twenty letters, scaled."""
    rng = np.random.default_rng(seed)
    shapes = rng.integers(0, 16, (classes, 16))
    y = rng.integers(0, classes, count)
    x = np.clip(np.round(shapes[y] + 2.0 * rng.normal(size=(count, 16))), 0, 15)
    return ((x - 7.5) / 4.5).astype(np.float32), y


def board(seed: int, count: int = 500) -> Rows:
    """The fields of a board of three by three, black or white, in a column."""
    x = np.random.default_rng(seed).uniform(-1.5, 1.5, (count, 2)).astype(np.float32)
    y = np.floor(x + 1.5).sum(axis=1) % 2
    return x, y.astype(np.float32)[:, None]


def spots(seed: int, count: int = 300) -> Rows:
    """Pictures of 12 × 12 with a bright spot, and where it is, from -1 to 1."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(-1, 1, (count, 2))
    grid = np.linspace(-1.2, 1.2, 12)
    far = (grid[None, :, None] - at[:, :1, None]) ** 2 + (grid[None, None, :] - at[:, 1:, None]) ** 2
    x = 2.0 * np.exp(-far / 0.08) + 0.2 * rng.normal(size=far.shape)
    return x[:, None].astype(np.float32), (1.7 * at).astype(np.float32)


def ratings(seed: int, people: int = 30, films: int = 20, count: int = 500) -> Rows:
    """Pairs of a person and a film, and how much the one likes the other."""
    rng = np.random.default_rng(seed)
    taste, kind = rng.normal(size=(people, 2)), rng.normal(size=(films, 2))
    x = np.stack([rng.integers(0, people, count), rng.integers(0, films, count)], axis=1)
    y = (taste[x[:, 0]] * kind[x[:, 1]]).sum(axis=1, keepdims=True) + 0.1 * rng.normal(size=(count, 1))
    return x, (y / y.std()).astype(np.float32)


def beats(seed: int, count: int = 260, length: int = 16) -> Rows:
    """Noisy beats at one of three distances, to be told apart."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    start = rng.integers(0, 6, count)
    t = np.arange(length)
    x = ((t[None] + start[:, None]) % np.array([2, 3, 5])[y][:, None] == 0) + 0.2 * rng.normal(size=(count, length))
    return (2.0 * x[:, :, None] - 0.7).astype(np.float32), y


def orders(seed: int, count: int = 320, length: int = 7, words: int = 24) -> Rows:
    """Sentences; the answer is which of four groups the second word is of."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, words, (count, length))
    return x, x[:, 1] % 4


def surface(seed: int, count: int = 360) -> Rows:
    """Points of a bent surface of two dimensions in twelve."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(-np.pi, np.pi, (count, 2))
    parts = np.hstack([np.cos(angle), np.sin(angle), np.cos(angle[:, :1] + angle[:, 1:]), np.sin(2 * angle[:, :1])])
    x = parts @ rng.normal(size=(6, 12)) / 2.0 + 0.05 * rng.normal(size=(count, 12))
    return x.astype(np.float32), x.astype(np.float32)


def genes(seed: int, count: int = 160, width: int = 80) -> Rows:
    """Many columns, of which four count, and a binary answer with some noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, width)).astype(np.float32)
    y = x[:, :4].sum(axis=1) + 0.8 * rng.normal(size=count) > 0
    return x, y.astype(np.float32)[:, None]


def alarms(seed: int, count: int = 400, length: int = 20) -> Rows:
    """A signal in two channels, and which of four patterns occur in it: none, one, or several."""
    rng = np.random.default_rng(seed)
    patterns = np.random.default_rng(99).normal(0.0, 1.6, (4, 2, 4))
    y = (rng.random((count, 4)) < 0.35).astype(np.float32)
    x = 0.5 * rng.normal(size=(count, 2, length))
    for row, k in zip(*np.nonzero(y), strict=True):
        at = rng.integers(0, 2) + 5 * k
        x[row, :, at : at + 4] += patterns[k]
    return x.astype(np.float32), y


class Tower(nn.Module):
    """Residual blocks, with an activation in each or none."""

    def __init__(
        self, seed: int, inputs: int, outputs: int, width: int = 24, blocks: int = 4, act: Any = nn.ReLU
    ) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.lift = nn.Linear(inputs, width, rng=rng)
        self.first = nn.ModuleList([nn.Linear(width, width, rng=rng) for _ in range(blocks)])
        self.second = nn.ModuleList([nn.Linear(width, width, rng=rng) for _ in range(blocks)])
        self.act: Any = act() if act is not None else nn.Identity()
        self.head = nn.Linear(width, outputs, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.act(self.lift(x))
        for first, second in zip(self.first, self.second, strict=True):
            h = h + 0.5 * second(self.act(first(h)))
        return self.head(h)


class Factors(nn.Module):
    """The product of a person's and a film's embedding, summed."""

    def __init__(self, seed: int, size: int = 6, scale: float = 0.3) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.people, self.films = nn.Embedding(30, size, rng=rng), nn.Embedding(20, size, rng=rng)
        for table in (self.people, self.films):
            table.weight.data = (scale * table.weight.data).astype(np.float32)

    def forward(self, x: Any) -> Any:
        return (self.people(x[:, 0]) * self.films(x[:, 1])).sum(axis=1, keepdims=True)


class Rhythm(nn.Module):
    """A recurrent layer over a signal, and three classes from its last state."""

    def __init__(self, seed: int, kind: Any = nn.GRU, batch_first: bool = True) -> None:
        super().__init__()
        self.cell: Any = kind(1, 16, rng=seed, batch_first=batch_first)
        self.head = nn.Linear(16, 3, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(x)[0][:, -1])


class Reader(nn.Module):
    """A transformer's layer over embeddings, with or without their places, and a mean."""

    def __init__(self, seed: int, places: bool = True) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words = nn.Embedding(24, 16, rng=rng)
        self.places = nn.Parameter((0.7 * rng.normal(size=(7, 16))).astype(np.float32)) if places else None
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True, rng=rng)
        self.head = nn.Linear(16 * 7 if places else 16, 4, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.words(x)
        if self.places is None:
            return self.head(self.layer(h).mean(axis=1))
        return self.head(self.layer(h + self.places).reshape(len(x), -1))


def finder(seed: int, *between: nn.Module) -> nn.Sequential:
    """Two convolutions and the two coordinates of a spot."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1, rng=rng), nn.ReLU(), *between, nn.MaxPool2d(2), nn.Conv2d(6, 8, 3, rng=rng), nn.ReLU(),
        nn.Flatten(), nn.Linear(128, 2, rng=rng),
    )  # fmt: skip


def listener(seed: int, *end: nn.Module) -> nn.Sequential:
    """Convolutions along time, and four labels."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv1d(2, 12, 4, rng=rng), nn.ReLU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(96, 4, rng=rng), *end
    )


def draw(model: nn.Module, seed: int, scale: float) -> None:
    """Matrices anew from a normal distribution."""
    rng = np.random.default_rng(seed)
    for p in model.parameters():
        if p.ndim > 1:
            p.data = rng.normal(0.0, scale, p.shape).astype(np.float32)


def split(some: Rows, at: int) -> tuple[Rows, Rows]:
    """The first rows for training, the others to judge by."""
    return (some[0][:at], some[1][:at]), (some[0][at:], some[1][at:])
