"""The small tasks of the kept half; each gives ((x, y), (held x, held y))."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.nn.health.corpus.kept_case import Part, rng_of

Arrays = tuple[Part, Part]


def parted(x: NDArray[np.generic], y: NDArray[np.generic], rows: int) -> Arrays:
    """The first rows to train on, the rest held."""
    return (x[:rows], y[:rows]), (x[rows:], y[rows:])


def surface(seed: int, rows: int = 192) -> Arrays:
    """Regression: a curved surface over three inputs, targets (N, 1) of about unit variance."""
    x = rng_of(seed).normal(size=(rows + 96, 3))
    y = np.sin(1.5 * x[:, 0]) + 0.6 * x[:, 1] * np.abs(x[:, 2]) ** 0.5
    return parted(x.astype(np.float32), y[:, None].astype(np.float32), rows)


def plane(seed: int, rows: int = 160) -> Arrays:
    """Regression: a linear function of five inputs with a little noise."""
    rng = rng_of(seed)
    x = rng.normal(size=(rows + 96, 5))
    y = x @ np.array([1.0, -2.0, 0.5, 0.0, 1.5]) / 2.7 + 0.1 * rng.normal(size=rows + 96)
    return parted(x.astype(np.float32), y[:, None].astype(np.float32), rows)


def disc(seed: int, rows: int = 192) -> Arrays:
    """Binary: inside or outside a circle, half and half; targets (N, 1) of 0 and 1."""
    x = rng_of(seed).uniform(-1, 1, size=(rows + 96, 2))
    y = (np.square(x).sum(1) < 0.64)[:, None]
    return parted(x.astype(np.float32), y.astype(np.float32), rows)


def crescents(seed: int, rows: int = 192) -> Arrays:
    """Binary: two interleaved half-moons, class numbers (N,)."""
    rng = rng_of(seed)
    number = rows + 96
    y = rng.integers(0, 2, number)
    angle = rng.uniform(0, np.pi, number)
    x = np.stack([np.cos(angle) * (1 - 2 * y) + y - 0.5, np.sin(angle) * (1 - 2 * y) + 0.35 * y - 0.2], 1)
    x += 0.08 * rng.normal(size=x.shape)
    return parted(x.astype(np.float32), y, rows)


def clouds(seed: int, rows: int = 240, classes: int = 6) -> Arrays:
    """Many classes: normal clouds on a ring, class numbers (N,)."""
    rng = rng_of(seed)
    y = rng.integers(0, classes, rows + 120)
    angle = 2 * np.pi * y / classes + 0.3
    x = np.stack([np.cos(angle), np.sin(angle)], 1) * 1.6 + 0.25 * rng.normal(size=(len(y), 2))
    return parted(x.astype(np.float32), y, rows)


def tags(seed: int, rows: int = 240) -> Arrays:
    """Several labels: three questions about six inputs, targets (N, 3) of 0 and 1."""
    x = rng_of(seed).normal(size=(rows + 120, 6))
    y = np.stack([x[:, 0] + x[:, 1] > 0, x[:, 2] > 0.5 * x[:, 3], np.abs(x[:, 4]) > 0.7], 1)
    return parted(x.astype(np.float32), y.astype(np.float32), rows)


def bars(seed: int, rows: int = 192) -> Arrays:
    """Images (N, 1, 8, 8): a horizontal, a vertical or a diagonal bar somewhere, with noise."""
    rng = rng_of(seed)
    y = rng.integers(0, 3, rows + 96)
    x = 0.25 * rng.normal(size=(len(y), 1, 8, 8))
    for image, kind in zip(x[:, 0], y, strict=True):
        at, start = rng.integers(1, 7), rng.integers(0, 4)
        along = np.arange(start, start + 5)
        across = (along + at) % 8 if kind == 2 else np.full(5, at)
        rows_of, columns_of = (across, along) if kind != 1 else (along, across)
        image[rows_of, columns_of] += 1.5
    return parted(x.astype(np.float32), y, rows)


def corner(seed: int, rows: int = 192) -> Arrays:
    """Images (N, 1, 8, 8) with one bright blob: in which quarter is it?"""
    rng = rng_of(seed)
    y = rng.integers(0, 4, rows + 96)
    x = 0.1 * rng.normal(size=(len(y), 1, 8, 8))
    for image, kind in zip(x[:, 0], y, strict=True):
        row, column = 4 * (kind // 2) + rng.integers(0, 3), 4 * (kind % 2) + rng.integers(0, 3)
        image[row : row + 2, column : column + 2] += 1.0
    return parted(x.astype(np.float32), y, rows)


def drift(seed: int, rows: int = 192, length: int = 10) -> Arrays:
    """Sequences (N, T, 1): did the noisy walk end above where it began? class numbers."""
    rng = rng_of(seed)
    steps = rng.normal(size=(rows + 96, length, 1))
    return parted(steps.astype(np.float32), (steps.sum((1, 2)) > 0).astype(int), rows)


def first_sign(seed: int, rows: int = 192, length: int = 8) -> Arrays:
    """Sequences (N, T, 1): the sign of the first element, to be remembered to the end."""
    x = rng_of(seed).normal(size=(rows + 96, length, 1))
    x[:, 0] = np.sign(x[:, 0]) * (0.5 + np.abs(x[:, 0]))
    return parted(x.astype(np.float32), (x[:, 0, 0] > 0).astype(int), rows)


def order_of_two(seed: int, rows: int = 256, length: int = 6) -> Arrays:
    """Tokens (N, T) of 0–7: does the one 0 come before the one 1? Only their order tells."""
    rng = rng_of(seed)
    x = rng.integers(2, 8, size=(rows + 96, length))
    y = rng.integers(0, 2, rows + 96)
    for line, answer in zip(x, y, strict=True):
        early, late = sorted(rng.choice(length, 2, replace=False))
        line[[early, late]] = (0, 1) if answer else (1, 0)
    return parted(x, y, rows)


def which_token(seed: int, rows: int = 256, length: int = 6) -> Arrays:
    """Tokens (N, T) of 0–9: which of 0, 1, 2 stands among fillers?"""
    rng = rng_of(seed)
    x = rng.integers(3, 10, size=(rows + 96, length))
    y = rng.integers(0, 3, rows + 96)
    x[np.arange(len(y)), rng.integers(0, length, len(y))] = y
    return parted(x, y, rows)
