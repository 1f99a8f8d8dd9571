"""Rows and networks of offices, shops, clubs and stations: fares, chords, tunes, meters, boards, reviews, sales, duels, delays."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn
from nn import functional
from tests.nn.health.corpus.rows import Rows


def fares(seed: int, count: int = 400) -> Rows:
    """Scaled distance, hour, age and days ahead of a ticket, and its scaled price."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.7, 1.7, (count, 4))
    price = 0.9 * x[:, 0] + np.abs(x[:, 1]) * np.where(x[:, 2] > 0, 0.8, 0.1) + 0.5 * np.exp(-1.2 * x[:, 3]) - 1.3
    return x.astype(np.float32), (price[:, None] + 0.1 * rng.normal(size=(count, 1))).astype(np.float32)


def chords(seed: int, count: int = 480, noise: float = 0.35) -> Rows:
    """How loud each of twelve tones is, and which of four kinds of chord it is, from any root."""
    rng = np.random.default_rng(seed)
    y, root = rng.integers(0, 4, count), rng.integers(0, 12, count)
    steps = np.array([[0, 4, 7], [0, 3, 7], [0, 3, 6], [0, 4, 8]])[y]
    x = np.abs(noise * rng.normal(size=(count, 12)))
    x[np.arange(count)[:, None], (steps + root[:, None]) % 12] += rng.uniform(0.8, 1.6, (count, 3))
    return (1.6 * (x - 0.45)).astype(np.float32), y


def tunes(seed: int, count: int = 420, length: int = 10) -> Rows:
    """Notes of a tune as numbers of keys, and whether it climbs, falls, or does one after the other."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 4, count)
    half = length // 2
    slope = np.array([[1, 1], [-1, -1], [1, -1], [-1, 1]])[y].repeat(half, axis=1)
    steps = np.where(rng.random((count, length)) < 0.88, slope, -slope) * rng.integers(1, 3, (count, length))
    notes = steps.cumsum(axis=1) + rng.integers(-6, 7, (count, 1))
    return (np.clip(notes, -17, 18) + 17).astype(int), y


def meters(seed: int, count: int = 480, length: int = 32) -> Rows:
    """Power and voltage through an hour, and which of four machines runs, at any minute."""
    rng = np.random.default_rng(seed)
    shapes = np.random.default_rng(31).normal(size=(4, 2, 6))
    y = rng.integers(0, 4, count)
    x = 0.5 * rng.normal(size=(count, 2, length))
    for row, at in enumerate(rng.integers(0, length - 6, count)):
        x[row, :, at : at + 6] += 1.4 * shapes[y[row]]
    return x.astype(np.float32), y


def boards(seed: int, count: int = 480) -> Rows:
    """Boards of a game, 6 by 6, own and others' stones; who of the two has more of them in the middle, or neither."""
    rng = np.random.default_rng(seed)
    stones = rng.choice([0, 1, 2], (count, 6, 6), p=[0.5, 0.25, 0.25])
    x = np.stack([stones == 1, stones == 2], axis=1).astype(np.float32)
    middle = x[:, :, 1:5, 1:5].sum(axis=(2, 3))
    return x, np.sign(middle[:, 0] - middle[:, 1]).astype(int) + 1


def reviews(seed: int, count: int = 450, length: int = 8) -> Rows:
    """Words of a review of a shop, and its stars, from none to four."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 5, count)
    own = 8 * y[:, None] + rng.integers(0, 8, (count, length))
    return np.where(rng.random((count, length)) < 0.45, own, rng.integers(0, 40, (count, length))), y


def sales(seed: int, count: int = 500) -> Rows:
    """Day, weather, price and place of a stand, and how many umbrellas it sells: on most days none."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4))
    mean = np.exp(-1.4 + 1.1 * x[:, :1] + 0.6 * np.abs(x[:, 1:2]))
    return x.astype(np.float32), rng.poisson(mean).astype(np.float32)


def duels(seed: int, count: int = 600) -> Rows:
    """Five numbers of each of two teams, and whether the first won."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 10))
    strength = np.tanh(x[:, :5]).sum(axis=1) - np.tanh(x[:, 5:]).sum(axis=1) + x[:, 0] * x[:, 6]
    return x.astype(np.float32), (strength + 0.4 * rng.normal(size=count) > 0).astype(np.float32)[:, None]


def hours(seed: int, count: int = 420) -> Rows:
    """A town's load in eight quarters of an hour, and what it is in the next two."""
    rng = np.random.default_rng(seed)
    at, speed, height = (
        rng.uniform(0, 2 * np.pi, (count, 1)),
        rng.uniform(0.2, 0.6, (count, 1)),
        rng.uniform(0.6, 1.8, (count, 1)),
    )
    load = height * np.sin(at + speed * np.arange(10)) + 0.05 * rng.normal(size=(count, 10))
    return load[:, :8].astype(np.float32), load[:, 8:].astype(np.float32)


class Singer(nn.Module):
    """Notes as vectors, a recurrent layer, and an answer from its last state."""

    def __init__(
        self, seed: int, kind: Any = nn.GRU, size: int = 16, notes: int = 36, classes: int = 4, **options: Any
    ) -> None:
        super().__init__()
        self.notes = nn.Embedding(notes, 8, rng=seed)
        self.cell: Any = kind(8, size, batch_first=True, rng=seed + 1, **options)
        self.head = nn.Linear(size, classes, rng=seed + 2)

    def forward(self, x: Any) -> Any:
        return self.head(self.cell(self.notes(x))[0][:, -1])


class Reviewer(nn.Module):
    """The mean of words, and a hidden layer."""

    def __init__(self, seed: int, size: int = 10, classes: int = 5, *end: nn.Module) -> None:
        super().__init__()
        self.words = nn.Embedding(40, size, rng=seed)
        self.mix = nn.Linear(size, 24, rng=seed + 1)
        self.head = nn.Sequential(nn.Linear(24, classes, rng=seed + 2), *end)

    def forward(self, x: Any) -> Any:
        return self.head(functional.relu(self.mix(self.words(x).mean(axis=1))))


def reader(seed: int, classes: int = 4, act: Any = nn.ReLU, channels: int = 12) -> nn.Sequential:
    """Filters along time, their largest answers, and a layer."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv1d(2, channels, 6, rng=rng), act(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(channels, classes, rng=rng)
    )  # fmt: skip


def player(seed: int, *between: nn.Module) -> nn.Sequential:
    """Filters over a board, and a layer."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Conv2d(2, 8, 3, padding=1, rng=rng), nn.ReLU(), *between, nn.Flatten(), nn.Linear(8 * 36, 24, rng=rng), nn.ReLU(),
        nn.Linear(24, 3, rng=rng),
    )  # fmt: skip
