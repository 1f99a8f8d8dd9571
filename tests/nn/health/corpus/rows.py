"""Rows that the cases of the tuning half are made of: small, seeded, of every kind of task."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import nn

Rows = tuple[np.ndarray, np.ndarray]


def numbers(seed: int, count: int = 400, noise: float = 0.1) -> Rows:
    """A smooth function of five features with noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 5)).astype(np.float32)
    y = np.sin(x[:, :1]) + x[:, 1:2] * x[:, 2:3] + noise * rng.normal(size=(count, 1))
    return x, y.astype(np.float32)


def plane(seed: int, count: int = 300) -> Rows:
    """Numbers that are linear in the features, with some noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 6)).astype(np.float32)
    w = rng.normal(size=(6, 1))
    return x, (x @ w + 0.3 * rng.normal(size=(count, 1))).astype(np.float32)


def circle(seed: int, count: int = 300) -> Rows:
    """Inside or outside, as 0 and 1 in a column."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.5, 1.5, (count, 2)).astype(np.float32)
    return x, ((x**2).sum(axis=1) < 1.2).astype(np.float32)[:, None]


def blobs(seed: int, classes: int = 4, count: int = 400, spread: float = 0.7) -> Rows:
    """Classes around centres in eight dimensions."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0.0, 1.5, (classes, 8))
    y = rng.integers(0, classes, count)
    return (centres[y] + spread * rng.normal(size=(count, 8))).astype(np.float32), y


def rare(seed: int, share: float = 0.03, count: int = 800, apart: float = 3.0) -> Rows:
    """Two classes of which the second is rare."""
    rng = np.random.default_rng(seed)
    y = (np.arange(count) < share * count).astype(int)
    x = rng.normal(size=(count, 4)).astype(np.float32)
    x[y == 1, :2] += apart / np.sqrt(2.0)
    order = rng.permutation(count)
    return x[order], y[order]


def labels(seed: int, count: int = 500) -> Rows:
    """Five labels a row, each of its own function."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 8)).astype(np.float32)
    w = rng.normal(size=(8, 5))
    return x, (x @ w + 0.5 * rng.normal(size=(count, 5)) > 0.8).astype(np.float32)


def sequences(seed: int, count: int = 256, length: int = 8) -> Rows:
    """Running sums, to be told at the end."""
    x = np.random.default_rng(seed).normal(size=(count, length, 1)).astype(np.float32)
    return x, (x.sum(axis=1) / np.sqrt(length)).astype(np.float32)


def tokens(seed: int, count: int = 300, words: int = 60) -> Rows:
    """Texts of eight words, each mostly of the vocabulary of its class."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count)
    own = rng.integers(0, words // 3, (count, 8)) + (words // 3) * y[:, None]
    return np.where(rng.random((count, 8)) < 0.8, own, rng.integers(0, words, (count, 8))), y


@cache
def _digits() -> Any:
    return nn.load_digits_split()


def digits(count: int = 600) -> Rows:
    """Images of 8 × 8, flat."""
    data = _digits()
    return data.train_images[:count], data.train_labels[:count]


def images(count: int = 400) -> Rows:
    """The same as pictures of one channel."""
    x, y = digits(count)
    return x.reshape(-1, 1, 8, 8), y


def table(name: str, scaled: bool = True) -> Rows:
    """A bundled table."""
    data = nn.data.load(name)
    x = nn.data.Standardize().fit(data.features)(data.features) if scaled else data.features
    y = data.target
    if y.dtype.kind == "f" and scaled:
        y = ((y - y.mean()) / y.std())[:, None]
    return x.astype(np.float32), y.astype(np.float32) if y.dtype.kind == "f" else y


XOR = (
    np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], np.float32),
    np.array([[0.0], [1.0], [1.0], [0.0]], np.float32),
)
