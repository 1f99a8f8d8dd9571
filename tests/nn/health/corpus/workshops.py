"""Rows and networks of people of many trades: arms, tremors, bars, parcels, remarks, tags, calls, tides."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from nn import functional
from tests.nn.health.corpus.rows import Rows


def arm(seed: int, count: int = 400) -> Rows:
    """The angles of two joints, and where the hand is."""
    a, b = np.random.default_rng(seed).uniform(-1.7, 1.7, (2, count))
    y = np.stack([np.cos(a) + 0.7 * np.cos(a + b), np.sin(a) + 0.7 * np.sin(a + b)], axis=1)
    return np.stack([a, b], axis=1).astype(np.float32), y.astype(np.float32)


def tremors(seed: int, count: int = 400, length: int = 24) -> Rows:
    """Three channels of ground motion; slow or quick, in the first or in the second channel."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, count)
    x = 0.5 * rng.normal(size=(count, 3, length))
    wave = np.sin(np.array([0.5, 1.4])[y // 2][:, None] * np.arange(length) + rng.uniform(0, 6, (count, 1)))
    x[np.arange(count), y % 2] += 1.4 * wave
    return x.astype(np.float32), y


def bars(seed: int, count: int = 400, size: int = 9, noise: float = 0.4) -> Rows:
    """Pictures of a bar that lies, stands or leans to one of two sides."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, count)
    x = noise * rng.normal(size=(count, 1, size, size))
    for k in range(count):
        at, step = rng.integers(2, size - 2, 2), [(0, 1), (1, 0), (1, 1), (1, -1)][y[k]]
        for j in range(-2, 3):
            x[k, 0, at[0] + j * step[0], at[1] + j * step[1]] += 1.8
    return x.astype(np.float32), y


def parcels(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parcels: scaled features, the same in grams, millimetres and kilometres, and the price in euros."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(count, 4))
    price = 22 + 5 * z[:, 0] + 4 * np.abs(z[:, 1]) + 3 * z[:, 2] * (z[:, 3] > 0) + 0.7 * rng.normal(size=count)
    raw = z * np.array([900.0, 120.0, 210.0, 1.2]) + np.array([2800.0, 400.0, 650.0, 4.0])
    return z.astype(np.float32), raw.astype(np.float32), price[:, None].astype(np.float32)


def prices(seed: int, count: int = 400) -> Rows:
    """Scaled features of parcels, and their scaled price."""
    x, _, y = parcels(seed, count)
    return x, ((y - 25.0) / 7.0).astype(np.float32)


def remarks(seed: int, count: int = 400, length: int = 9, words: int = 40) -> Rows:
    """Remarks of customers: of three departments, by one telling word among others."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    x = rng.integers(16, words, (count, length))
    x[np.arange(count), rng.integers(0, length, count)] = 1 + 5 * y + rng.integers(0, 5, count)
    return x, y


def tags(seed: int, count: int = 450, groups: int = 4) -> Rows:
    """Titles of seven words, and which of four subjects they touch."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 36, (count, 7))
    y = np.stack([((x >= 5 * k) & (x < 5 * k + 3)).any(axis=1) for k in range(groups)], axis=1)
    return x, y.astype(np.float32)


def calls(seed: int, count: int = 500, base: float = -0.7) -> Rows:
    """Hours of a hot line, and how many called, most often none."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4))
    rate = np.exp(base + 0.8 * x[:, :1] + 0.5 * np.abs(x[:, 1:2]))
    return x.astype(np.float32), rng.poisson(rate).astype(np.float32)


def tides(seed: int, count: int = 420, length: int = 20) -> Rows:
    """Twenty hours of a gauge, and what it shows one and three hours later."""
    rng = np.random.default_rng(seed)
    t = np.arange(count + length + 4)
    level = np.sin(t / 2.0 + rng.uniform(0, 6)) + 0.5 * np.sin(t / 5.3) + 0.1 * rng.normal(size=len(t))
    x = np.stack([level[k : k + length] for k in range(count)])[:, :, None]
    y = np.stack([[level[k + length], level[k + length + 2]] for k in range(count)])
    return x.astype(np.float32), y.astype(np.float32)


def cups(seed: int, count: int = 420) -> Rows:
    """What three tasters (of twelve) and a kind of tea (of ten) come to: pairs, and a mark."""
    rng = np.random.default_rng(seed)
    taste, kind = rng.normal(size=(12, 3)), rng.normal(size=(10, 3))
    x = np.stack([rng.integers(0, 12, count), rng.integers(0, 10, count)], axis=1)
    y = np.tanh((taste[x[:, 0]] * kind[x[:, 1]]).sum(axis=1, keepdims=True)) + 0.05 * rng.normal(size=(count, 1))
    return x, y.astype(np.float32)


class Titles(nn.Module):
    """Embeddings, a layer for each word, their maximum, and an answer."""

    def __init__(self, seed: int, words: int, outputs: int, size: int = 12, *end: nn.Module) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.mix = nn.Embedding(words, size, rng=rng), nn.Linear(size, 24, rng=rng)
        self.head = nn.Sequential(nn.Linear(24, outputs, rng=rng), *end)

    def forward(self, x: Any) -> Any:
        return self.head(functional.relu(self.mix(self.words(x))).max(axis=1))


class Gauge(nn.Module):
    """A recurrent layer, and an answer from its last state."""

    def __init__(self, seed: int, inputs: int = 1, outputs: int = 2, width: int = 16, kind: Any = nn.GRU) -> None:
        super().__init__()
        self.cell: Any = kind(inputs, width, batch_first=True, rng=seed)
        self.head = nn.Linear(width, outputs, rng=seed + 1)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(x)[0][:, -1])


class Glance(nn.Module):
    """Attention over words with places, and a mean."""

    def __init__(self, seed: int, words: int = 40, length: int = 9, outputs: int = 3) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.words, self.places = nn.Embedding(words, 16, rng=rng), nn.Embedding(length, 16, rng=rng)
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True, rng=rng)
        self.mix, self.head = nn.Linear(16, 24, rng=rng), nn.Linear(24, outputs, rng=rng)

    def forward(self, x: Any) -> Any:
        h = self.words(x) + self.places(np.arange(x.shape[1]))
        h = h + self.attention(h, h, h)[0]
        return self.head(functional.relu(self.mix(h)).max(axis=1))


def sensor(seed: int, outputs: int = 4, *end: nn.Module, bias: bool = True) -> nn.Sequential:
    """Two convolutions along time over three channels, and the mean of each filter."""
    return nn.Sequential(
        nn.Conv1d(3, 12, 5, padding=2, bias=bias, rng=seed), nn.ReLU(), nn.Conv1d(12, 16, 5, padding=2, bias=bias, rng=seed + 1),
        nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, outputs, bias=bias, rng=seed + 2), *end,
    )  # fmt: skip


def camera(seed: int, outputs: int = 4, act: Any = nn.ReLU, *end: nn.Module) -> nn.Sequential:
    """Two convolutions over pictures of nine by nine."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1, rng=seed), act(), nn.MaxPool2d(2), nn.Conv2d(8, 12, 3, padding=1, rng=seed + 1), act(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(48, outputs, rng=seed + 2), *end,
    )  # fmt: skip


def scale(model: nn.Module, by: float) -> None:
    """Multiply the weights (not the biases) of a network."""
    for p in model.parameters():
        if p.ndim > 1:
            p.data = (by * p.data).astype(p.data.dtype)


def scaled(some: Any) -> np.ndarray:
    """Each column with mean 0 and deviation 1."""
    a = np.asarray(some)
    return ((a - a.mean(axis=0)) / (a.std(axis=0) + 1e-8)).astype(np.float32)
